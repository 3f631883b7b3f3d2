// Writing a product document into the catalogue: creates the product, or changes what differs, or
// finds that nothing does. Used by imports, by seed and by the staff's routes alike.
//
// Runs inside a transaction, or with `dry` inside a snapshot. Stock is the inventory's: what has to
// be counted there comes back in `counts`, for the caller to hand to call_inventory_count after the
// commit, and then to product_counted; a crash in between leaves the count to the next import.
#ifndef SOUK_PRODUCT_PUT_H
#define SOUK_PRODUCT_PUT_H

#include "services/inventory/inventory.h"
#include "services/product/catalogue.h"
#include "services/product/category.h"

enum put_mode {
    PUT_IMPORT, // by handle: makes it or changes it; an SKU that is in use gets a number behind it
    PUT_CREATE, // a handle or SKU that is in use is a conflict
    PUT_CHANGE, // the product `id`; a handle or SKU that is in use is a conflict
};

// A picture that was stored before (media.h), by the name that the document gives it.
struct stored_image {
    const char *source, *media;
    i64 width, height;
};

struct put_settings {
    enum put_mode mode;
    bool dry;               // say what would be, write nothing
    const char *currency;   // of the document's prices
    const char *public_url; // a stored picture's address starts with it
    struct uuid id;         // PUT_CHANGE
    i64 version;            // PUT_CHANGE: what it must have now; 0: any
    const struct stored_image *stored;
    size_t stored_count;
    struct category_tree *tree; // read once for many documents; grows
    void (*note)(void *context, const char *column, const char *sentence); // may be NULL
    void *context;
};

#define COUNTED_VARIANT(F, S)                                                                      \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, i64, stock_imported, .doc = "What the file says is there.")
SHAPE(counted_variant, COUNTED_VARIANT);

enum put_result { PUT_UNCHANGED, PUT_CREATED, PUT_UPDATED };
struct put_outcome {
    enum put_result result;
    struct uuid id;
    const char *changes; // names of what changed, with commas
    struct counted_variant_list counts;
};

// Faults of the document are fields of rq->problem.
CHECKED enum err product_put(struct rq *rq, const struct put_settings *settings,
                             const struct product_document *document, struct put_outcome *out);
// Notes that the inventory has taken the counts over.
CHECKED enum err product_counted(struct rq *rq, const struct counted_variant_list *counts);

// The document that would put a stored product back as it is: what changes are measured against and
// what exports write. Prices in `currency` are its main ones. For an export pictures go by an
// address that works elsewhere, otherwise by the name that an import gave them. In document_of.c.
struct document_form {
    const struct category_tree *tree;
    const char *currency, *public_url;
    bool for_export;
};
void document_of_parts(struct arena *arena, const struct document_form *form,
                       const struct parts *parts, struct product_document *out);
// The name of a picture in a document.
const char *image_name(struct arena *arena, const struct document_form *form,
                       const struct image_row *image);
// True for pictures that the staff uploaded: no import knows them, so none takes them away.
bool image_uploaded(const struct image_row *image);

// What more than one way into the catalogue writes of a product; the change is still to be
// numbered.
CHECKED enum err price_store(struct rq *rq, const struct price_row *row);
CHECKED enum err prices_delete(struct rq *rq, const struct uuid *variant_id);
// With its prices.
CHECKED enum err variant_delete(struct rq *rq, const struct uuid *id);
// Variants that showed it show none.
CHECKED enum err image_delete(struct rq *rq, const struct uuid *id);

#endif
