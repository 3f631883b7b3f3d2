// JSON to shapes and back. Reading goes through jansson (strict, duplicate keys refused); writing
// is the shape's own.
#ifndef SOUK_CORE_JSON_H
#define SOUK_CORE_JSON_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"

// Reads a document into a struct of the shape. ERR_MALFORMED when it is not JSON (detail says
// where), ERR_INVALID when fields are missing, unknown, of the wrong type or outside their limits:
// `problem` then names each with its path ("items.2.sku"). Fields whose bit is in `skip` are
// neither asked for nor allowed: they come from the path. `out` must be zeroed; texts live in
// problem->arena.
CHECKED enum err json_read(const struct shape *shape, const char *bytes, size_t length, u64 skip,
                           struct problem *problem, void *out);

// The same for what another version of this program wrote: a peer, the outbox, a cache. Fields that
// the shape does not name are passed over, here and in what it nests.
CHECKED enum err json_read_known(const struct shape *shape, const char *bytes, size_t length,
                                 struct problem *problem, void *out);

// Reads one field from text, as query parameters and path segments need. Lists of texts append.
CHECKED enum err json_read_text_field(const struct shape *shape, int position, const char *text,
                                      struct problem *problem, void *out);

// Adds the faults of required fields that are not set, but for those in `skip`.
void json_require(const struct shape *shape, const void *in, u64 skip, struct problem *problem);

// Writes a struct as an object, every field, absent ones as null.
void json_write(const struct shape *shape, const void *in, struct buf *out);
// Writes the value of one field, null when it is absent: comparing, ETags.
void json_write_field(const struct shape *shape, int position, const void *in, struct buf *out);
// A struct as JSON text in an arena: payloads of outbox rows, bodies of calls.
const char *json_text(const struct shape *shape, const void *in, struct arena *arena);

#endif
