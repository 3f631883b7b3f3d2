// Pictures: checked, turned upright, resized and kept in the media folder by the hash of what came
// in. A stored picture is never changed, so it may be cached for ever. Rows are in the image table.
//
// Accepted: JPEG, PNG, WebP, by their content, up to LIMIT_UPLOAD bytes and MEDIA_PIXELS_MAX
// pixels. Kept: WebP in the widths of media_widths and a JPEG for link previews, all under
// "ab/abcdef...-640.webp"; written and synced before the row that names them is.
//
//     struct media media;
//     enum err err = media_store(folder, bytes, length, arena, &media, &problem);
//     // media.hash, media.width, media.height; media_path(arena, media.hash, 640)
#ifndef SOUK_PRODUCT_MEDIA_H
#define SOUK_PRODUCT_MEDIA_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"

enum {
    MEDIA_SHELVES = 256, // folders within the folder, by the hash's first byte
    MEDIA_WIDTHS_MAX = 6,
    MEDIA_WIDTH_MAX = 1600, // of what is kept
    MEDIA_SIDE_MAX = 12000, // of what comes in
    MEDIA_PIXELS_MAX = 40 * 1000 * 1000,
};

struct media {
    char hash[65];     // SHA-256 of what came in, hexadecimal
    i64 width, height; // of the largest that is kept
};

// ERR_UNSUPPORTED_MEDIA, ERR_TOO_LARGE or ERR_INVALID with a sentence; ERR_UNAVAILABLE when the
// folder cannot be written. Storing the same bytes again changes nothing.
CHECKED enum err media_store(const char *folder, const void *bytes, size_t length,
                             struct arena *arena, struct media *out, struct problem *problem);
// The widths that are kept of a picture whose largest is `width`, ascending, that one last.
size_t media_widths(i64 width, i64 widths[MEDIA_WIDTHS_MAX]);
// "ab/abcd...-640.webp"; width 0: the JPEG for link previews.
const char *media_path(struct arena *arena, const char *hash, i64 width);
// Reads a file of the folder by its path; ERR_NOT_FOUND for anything else than a media_path.
CHECKED enum err media_read(const char *folder, const char *path, struct arena *arena,
                            const char **type, const void **bytes, size_t *length);
// The hashes of pictures in one of the folder's MEDIA_SHELVES that have a file older than `age_ms`,
// each once.
void media_list(const char *folder, int shelf, i64 age_ms, struct arena *arena,
                struct text_list *out);
// Removes the files of a picture that are older than `age_ms`. Storing it again makes its files
// young, so that one which is about to get a row is not taken away.
void media_remove(const char *folder, const char *hash, i64 age_ms);

#endif
