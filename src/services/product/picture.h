// Pixels: decoding, turning upright, resizing and encoding pictures. Files and rows are media.h's.
//
// One picture is at work at a time in a process, because an uncompressed one may take 160 MB.
#ifndef SOUK_PRODUCT_PICTURE_H
#define SOUK_PRODUCT_PICTURE_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"

// RGBA, 8 bits each, rows from the top without padding. Lives in its arena.
struct picture {
    int width, height;
    unsigned char *pixels;
};

struct encoded {
    const void *bytes;
    size_t length;
};

// Decodes a JPEG, PNG or WebP and turns it as its EXIF orientation says. A JPEG that is much wider
// than `width_wanted` may come out smaller than it is, but not below that. Says in `problem` why
// not.
CHECKED enum err picture_read(const void *bytes, size_t length, int width_wanted,
                              struct arena *arena, struct picture *out, struct problem *problem);
// True when the bytes may be kept as they are: an upright WebP that is no wider than `width_most`.
bool picture_keeps(const void *bytes, size_t length, int width_most);
// Width and height of a WebP out of its first bytes.
bool picture_webp_size(const void *bytes, size_t length, int *width, int *height);
// The same picture in another width; the height follows.
struct picture picture_resize(const struct picture *picture, int width, struct arena *arena);
// ERR_UNAVAILABLE when there is no memory for it.
CHECKED enum err picture_webp(const struct picture *picture, struct arena *arena,
                              struct encoded *out);
// On white where it is transparent.
CHECKED enum err picture_jpeg(const struct picture *picture, struct arena *arena,
                              struct encoded *out);

#endif
