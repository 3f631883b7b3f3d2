// Files that the binary carries: demo catalogue and pictures, the built web pages. tools/embed.py
// makes the table at build time; meson.build says which folders go in. (Schemas: data/migrate.h.)
//
// Paths begin with what the file is for: "seed/pictures/lamp.webp", "storefront/index.html",
// "admin/assets/index-2f9c01ab.js". What was not built is not there: a binary made before
// `make web` has no storefront. Everything is read-only and lives forever.
//
//     const struct asset *page = asset_find("storefront/index.html");
#ifndef SOUK_CORE_ASSET_H
#define SOUK_CORE_ASSET_H

#include "core/base.h"

struct asset {
    const char *path;
    const char *type;                   // Content-Type
    const char *etag;                   // quoted, of the content
    const unsigned char *bytes;         // a NUL follows, so text can be read as such
    const unsigned char *gzip, *brotli; // NULL where compressing saves nothing
    size_t length, gzip_length, brotli_length;
    bool immutable; // the name carries a hash of the content: cache it forever
};

// Sorted by path.
extern const struct asset assets[];
extern const size_t asset_count;

// The asset of that path, or NULL.
const struct asset *asset_find(const char *path);
// The first of the `count` assets whose paths start with `prefix`; they stand in a row.
const struct asset *asset_range(const char *prefix, size_t *count);

#endif
