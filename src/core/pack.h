// Structs of shapes as bytes, for caches: several times faster to read than JSON, and of nobody's
// business but this program's. Not for what is kept: a shape that changes reads no older bytes.
//
//     buf_printf(&key, "product:%016llx:%s", pack_fingerprint(&parts_shape), id);
//     pack_write(&parts_shape, &parts, &bytes);
//     if (pack_read(&parts_shape, value, length, arena, &parts)) ...
#ifndef SOUK_CORE_PACK_H
#define SOUK_CORE_PACK_H

#include "core/buf.h"
#include "core/shape.h"

// Appends every field of a struct, what it nests and lists too.
void pack_write(const struct shape *shape, const void *in, struct buf *out);
// Reads it again. Texts point into `bytes`, which must live as long as `out`; lists are made in the
// arena. False when the bytes are not what pack_write wrote of this shape, as far as can be seen:
// any bytes may be given.
bool pack_read(const struct shape *shape, const void *bytes, size_t length, struct arena *arena,
               void *out);
// A number that differs when the names or kinds of a shape's fields do.
u64 pack_fingerprint(const struct shape *shape);

#endif
