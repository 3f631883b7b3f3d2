// Taking a file's products into the catalogue, in batches of one transaction each. What was taken
// in stays when the program dies; the same file again finds it unchanged and goes on with the rest.
//
// Any error of a product (an SKU that cannot be had, a statement that failed) costs that product
// only.
#ifndef SOUK_PRODUCT_IMPORT_RUN_H
#define SOUK_PRODUCT_IMPORT_RUN_H

#include "app/app.h"
#include "services/product/import.h"
#include "services/product/put.h"

struct import_plan {
    const struct import_format *format;
    const char *file;
    const char *currency; // NULL: the shop's
    struct text_list markets;
    const struct seed_random *random; // of import_random, seed.h
    bool dry_run;                     // writes nothing, tells what would be
    bool strict; // reads the whole file first; writes nothing when a row is bad
    // The bytes of a picture that the file names without a web address; NULL when there are none.
    CHECKED enum err (*open_picture)(void *context, const char *name, struct arena *arena,
                                     const void **bytes, size_t *length);
    // All of these may be NULL.
    void (*issue)(void *context, const struct import_issue *issue);
    void (*done)(void *context, const char *handle, const struct put_outcome *outcome);
    void (*progress)(void *context, size_t bytes, size_t bytes_total, size_t products);
    void *context;
};

struct import_summary {
    size_t created, updated, unchanged, variants, bad, notes;
    bool refused; // strict: nothing was written
};

// ERR_OK also when rows were bad: the summary counts them. Otherwise the problem says why the file
// could not be read or the catalogue not be written; what was committed before stays.
CHECKED enum err import_run(struct app *app, const struct import_plan *plan,
                            struct import_summary *out, struct problem *problem);

#endif
