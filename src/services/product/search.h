// Search and browse: the read model of the published catalogue, in this process.
//
// Plain documents go in, ordered ids and facet counts come out; nothing here knows HTTP or SQL.
// product.c feeds it and renders what it finds. How it works: search_index.h.
//
// Threads: any number of readers (search_run, search_suggest, search_stats) beside one writer
// (search_put, search_remove, search_publish; the caller sees to it that there is one). What the
// writer puts is seen by nobody until search_publish, and then all of it at once. Readers wait
// while a publish is under way (some 50 us a document): feed a live index in small batches.
//
//     struct search *search = search_new(NULL);
//     search_put(search, &(struct search_document){.id = id, .title = "Blue tent", ...});
//     search_publish(search);
//     struct search_query query = {.text = "tnet", .limit = 24, .facets = true};
//     struct search_page page;
//     enum err err = search_run(search, &query, rq->arena, &page);
//     // page.ids best first, page.total, page.corrected_query "tent"
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_H
#define SOUK_SERVICES_PRODUCT_SEARCH_H

#include "core/arena.h"
#include "core/err.h"
#include "core/shape.h"

enum {
    SEARCH_TEXT_MAX = 500,         // bytes of a query that are read; the rest is dropped
    SEARCH_FACET_VALUES_MAX = 200, // values listed of one facet, the most frequent ones
    SEARCH_CURRENCIES_MAX = 8,     // of one shop; prices in further ones are not kept
};
// A facet value: what the query parameter carries and what people read.
struct search_label {
    const char *value, *label;
};
// A category with its ancestors, root first: value is the handle, label the title.
struct search_path {
    const struct search_label *nodes;
    size_t count;
};
struct search_option {
    const char *name, *value;
};
struct search_price {
    char currency[4]; // ISO 4217
    i64 price_minor;  // the lowest of the variants
};

// Everything is copied. Texts are valid UTF-8 and may be NULL, title and id may not.
struct search_document {
    struct uuid id;
    const char *title, *brand, *type;
    const char *description; // plain text, see html_to_text in core/html.h
    const char *const *tags;
    size_t tag_count;
    const char *const *codes; // SKUs and barcodes of the variants
    size_t code_count;
    const struct search_path *paths;
    size_t path_count;
    const struct search_option *options; // of all variants; the same pair may come twice
    size_t option_count;
    const struct search_price *prices;
    size_t price_count;
    bool in_stock;
    i64 popularity; // 0 or more, for example units sold
    i64 published_ms;
};

enum search_sort {
    SEARCH_DEFAULT, // relevance with a text, else popular
    SEARCH_RELEVANCE,
    SEARCH_NEWEST,
    SEARCH_PRICE_ASC, // in the query's currency; what has no price in it comes last
    SEARCH_PRICE_DESC,
    SEARCH_TITLE,
    SEARCH_POPULAR,
};

// Filters of one list are OR, lists among each other AND; options are OR within one name. Values
// match without ASCII case. A value that no product has matches nothing.
struct search_query {
    const char *text; // NULL or blank browses
    const char *const *categories, *const *brands, *const *types, *const *tags;
    size_t category_count, brand_count, type_count, tag_count;
    const struct search_option *options;
    size_t option_count;
    const char *currency;                         // of price filter, price sort and price range
    const i64 *price_min_minor, *price_max_minor; // inclusive; NULL leaves that side open
    bool in_stock;                                // true: only what is in stock
    enum search_sort sort;
    size_t limit;       // 0 gives no items, only total and facets
    const char *cursor; // next_cursor of the page before, with all else unchanged; NULL to start
    bool facets;        // count them; pages after the first rarely need it
};

struct search_count {
    const char *value, *label;
    i64 count;
};
struct search_facet {
    const char *name;            // of an option; NULL for the others
    struct search_count *values; // most frequent first, chosen ones always, even with count 0
    size_t count;
};

// Lives in the arena given. Each facet is counted under all filters but its own.
struct search_page {
    struct uuid *ids;
    size_t count;
    i64 total;
    const char *next_cursor;     // NULL after the last page
    const char *corrected_query; // on a first page that answers another spelling
    struct search_facet categories, brands, types, tags;
    struct search_facet *options;
    size_t option_count;
    bool priced; // price_*_minor are set: some product found has a price in the currency
    i64 price_min_minor, price_max_minor;
    i64 in_stock; // products found that are in stock, whether or not the query asked for it
};
enum search_kind { SEARCH_PRODUCT, SEARCH_CATEGORY, SEARCH_BRAND, SEARCH_QUERY };
struct search_suggestion {
    enum search_kind kind;
    struct uuid id;    // of a product
    const char *value; // of a category (handle) or brand, as a filter takes it
    const char *label; // NULL for a product; the completed query
};

struct search_stats {
    i64 documents, words, facet_values, bytes;
};
// An empty index. `synonyms` is one rule a line, NULL for search_synonyms_default:
// "tv, television" (each finds the others), "hoover => vacuum cleaner" (left finds right only).
struct search *search_new(const char *synonyms);
void search_free(struct search *search);
extern const char search_synonyms_default[];

// Adds a document, or replaces the one with its id, from the next publish on.
void search_put(struct search *search, const struct search_document *document);
// Takes one out, from the next publish on. An unknown id is no error.
void search_remove(struct search *search, const struct uuid *id);
void search_publish(struct search *search);

// Finds. ERR_INVALID when the cursor is not one of this query's. A product that does not change
// between two pages is neither skipped nor repeated, whatever happens to others.
CHECKED enum err search_run(struct search *search, const struct search_query *query,
                            struct arena *arena, struct search_page *page);
// At most `limit` completions for what has been typed so far; returns how many.
size_t search_suggest(struct search *search, const char *text, size_t limit, struct arena *arena,
                      struct search_suggestion **suggestions);
struct search_stats search_stats(struct search *search);

#endif
