// A document as the index takes it in: words with impacts and facet values, worked out before the
// index is locked.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_DOCUMENT_H
#define SOUK_SERVICES_PRODUCT_SEARCH_DOCUMENT_H

#include "services/product/search_index.h"

struct pending_word {
    const char *text;
    u32 impact; // 1 to 255
};
struct pending_value {
    enum facet facet;
    const char *name; // of an option
    struct search_label label;
};

// What a publish will do for one id. All texts live in the arena of the pending documents.
struct pending {
    struct pending *older;
    struct id id;
    u32 sequence;
    bool removal;               // the rest is empty then
    struct pending_word *words; // each once
    u32 word_count, value_count, price_count;
    u64 words_hash;
    struct pending_value *values;
    struct search_price *prices;
    const char *title; // folded
    i64 popularity, published_ms;
    bool in_stock;
};

// The result lives in `arena`; `scratch` is reset.
struct pending *pending_read(struct arena *arena, struct arena *scratch,
                             const struct search_document *document);

#endif
