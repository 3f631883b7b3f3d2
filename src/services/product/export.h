// Writing the catalogue in Shopify's form: the current template, with columns behind it for what
// the template has no place for. Imported into an empty shop and exported again it gives the same
// bytes.
#ifndef SOUK_PRODUCT_EXPORT_H
#define SOUK_PRODUCT_EXPORT_H

#include <stdio.h>

#include "app/app.h"

struct export_summary {
    size_t products, variants;
    size_t skipped; // variants without a price in the shop's currency
};

// Reads batch by batch and writes to `file`. ERR_UNAVAILABLE when either cannot be done.
CHECKED enum err export_shopify(struct app *app, FILE *file, struct export_summary *out,
                                struct problem *problem);

#endif
