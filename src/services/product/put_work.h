// What the three parts of putting a document share: put.c finds the product, put_resolve.c settles
// what the document leaves open, put_write.c writes the rows. Nobody else includes this.
#ifndef SOUK_PRODUCT_PUT_WORK_H
#define SOUK_PRODUCT_PUT_WORK_H

#include "services/product/put.h"

// One document on its way in.
struct put {
    struct rq *rq;
    const struct put_settings *settings;
    struct arena *arena;
    bool exists;
    struct parts parts;               // when it exists
    struct product_document document; // what will be, as far as the caller's says something
    const struct variant_row **same;  // the stored variant of each of the document's, or NULL
    struct uuid *image_ids;           // of the document's images
    struct put_outcome *out;
};

struct document_form put_form(const struct put *put);
// The stored picture that goes by this name in a document, or NULL.
const struct image_row *put_image(const struct put *put, const char *name);
// Settles SKUs, prices, pictures and attributes; put->document is complete afterwards.
CHECKED enum err put_resolve(struct put *put, const struct product_document *before);
// Writes what put->document sets.
CHECKED enum err put_write(struct put *put);

#endif
