// One search under way: what search_run.c, search_filter.c, search_facets.c and search_cursor.c
// hand to each other.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_RUN_H
#define SOUK_SERVICES_PRODUCT_SEARCH_RUN_H

#include "services/product/search_plan.h"

// A place in an order: the key and id of a hit. `title` is the key of ORDER_TITLE.
struct place {
    i64 key;
    const char *title;
    struct id id;
};

enum { ORDER_RELEVANCE = ORDERS };

// The documents that one filter lets through; options of one name are one filter.
struct filter {
    enum facet facet; // FACET_OPTION: of `name`
    i64 name;         // number of the option's name
    bool price;
    const roaring_bitmap_t *slots;
};

struct run {
    const struct search *search;
    const struct search_query *query;
    struct arena *arena;
    struct plan *plan; // NULL without a text
    struct scores scores;
    const roaring_bitmap_t *text; // matches of the text, or all documents
    struct filter *filters;
    u32 filter_count;
    u32 order;
    u32 perfect;               // a hundredth of the score of a perfect match
    const struct place *after; // from the cursor
    const roaring_bitmap_t *found;
};

// search_run.c: under the lock.
CHECKED enum err run_search(struct run *run, struct search_page *page);

// search_filter.c
void run_filters(struct run *run);
enum { NO_FILTER = -1 };
// Text and all filters but one. Lives in the arena.
const roaring_bitmap_t *run_without(struct run *run, i64 filter);
// Hands a bitmap to the arena.
roaring_bitmap_t *bitmap_keep(struct arena *arena, roaring_bitmap_t *bitmap);

// search_facets.c
void run_facets(struct run *run, struct search_page *page);

// search_cursor.c: a cursor is bound to its query by a hash and carries the plan of a search by
// relevance. It is not a secret and not trusted: reading checks every length.
const char *cursor_write(const struct run *run, const struct place *last);
bool cursor_read(struct run *run, const char *cursor);

#endif
