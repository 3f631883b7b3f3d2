// Inside the search index: what is kept of the catalogue, and how search works.
//
// Each document has a slot, a small number. A word leads to its postings, sorted slots with an
// impact of 1 to 255: how well the word stands for that document, by the fields it is in (BM25F
// with constants in place of averages, so that an impact never depends on other documents). A
// facet value leads to a bitmap of slots. Each sort has its order, all slots sorted by key and id.
//
// A text becomes a plan (search_plan.h): groups of alternatives, one group a word, each with a
// weight by its rarity. A document is found when it has as many groups as the best one has; its
// score is the sum over groups of weight and best impact, plus boosts for the category that the
// words name, for popularity and for stock. Filters are intersections of bitmaps.
//
// A cursor holds the sort key and id of the last hit. Scores would move with the catalogue under
// a reader's feet, so the cursor of a search by relevance also holds the plan with its weights:
// the score of a document that does not change is then the same on every page.
//
// SQLite's FTS5 was tried in this place and is measured beside it by `make bench-search`: its
// bm25() visits every match through SQL and depends on the statistics of the moment.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_INDEX_H
#define SOUK_SERVICES_PRODUCT_SEARCH_INDEX_H

#include <pthread.h>
#include <roaring/roaring.h>

#include "services/product/search.h"
#include "services/product/search_blocks.h"
#include "services/product/search_synonyms.h"

enum {
    NONE = -1,           // no such term or value
    SLOTS_MAX = 1 << 24, // a posting is a slot and 8 bits of impact
};
_Static_assert(NONE == -1, "found numbers are i64 so that NONE fits beside every u32");

struct term {
    const char *text;
    u64 letters;
    struct list postings; // slot << 8 | impact
    u32 hash, mass;       // mass: sum of the impacts, how much the word matters in this shop
    u32 length;
};
struct terms {
    struct term *at;
    u32 count, capacity;
    struct list unused, sorted; // numbers given back; numbers by text, for prefixes
    struct list fresh, dying;   // of the publish under way
    struct lookup by_text;
};

enum facet { FACET_CATEGORY, FACET_BRAND, FACET_TYPE, FACET_TAG, FACET_OPTION, FACET_NAME };
struct value {
    enum facet facet;
    u32 hash, count;
    i64 name;        // of an option: the number of its FACET_NAME, else NONE
    const char *key; // small; of an option name, 0x1F, value
    const char *value, *label;
    const char *words; // of the label, folded, for suggestions and intents
    roaring_bitmap_t *slots;
};
struct values {
    struct value *at;
    u32 count, capacity;
    struct list unused;
    struct lookup by_key;
};

struct id {
    u64 high, low;
};
struct doc {
    struct id id;
    i64 published_ms, popularity;
    const char *title;  // folded: the key of SEARCH_TITLE
    u8 *terms;          // ascending numbers, as differences in groups of 7 bits
    struct list values; // all facets, ancestors of categories included
    u64 words_hash;     // of words and impacts: equal ones keep their postings
    u32 terms_size;
    bool alive, in_stock;
};

enum { ORDER_NEWEST, ORDER_POPULAR, ORDER_TITLE, ORDER_PRICES, ORDERS = ORDER_PRICES + 16 };
_Static_assert(ORDERS == ORDER_PRICES + 2 * SEARCH_CURRENCIES_MAX, "two orders a currency");

struct search {
    pthread_rwlock_t lock; // held for writing only while a publish is applied
    struct blocks blocks;
    struct synonyms synonyms;
    struct terms terms;
    struct values values;
    struct doc *docs;
    u8 *boosts; // by slot, beside the documents so that scoring reads little memory
    u32 doc_count, doc_capacity, alive; // doc_count: slots ever used
    struct list unused;                 // slots given back
    struct lookup by_id;
    roaring_bitmap_t *all, *in_stock;
    char currencies[SEARCH_CURRENCIES_MAX][4];
    u32 currency_count;
    i64 *prices[SEARCH_CURRENCIES_MAX]; // by slot, INT64_MAX for none
    struct list orders[ORDERS];
    struct arena *pending_arena, *reading_arena; // of the writer, outside the lock
    struct pending *pending;                     // newest first
    u32 pending_count;
};

// search_terms.c
i64 terms_find(const struct terms *terms, const char *text);
// Finds the word or makes it; it is known from then on, but no prefix finds it before terms_settle.
u32 terms_take(struct search *search, const char *text);
// Ends a publish: puts new words in order and drops those that no document has any more.
void terms_settle(struct search *search);
u32 terms_from(const struct terms *terms, const char *prefix); // first in sorted not before it
void postings_add(struct search *search, u32 term, u32 slot, u32 impact);
void postings_drop(struct search *search, u32 term, u32 slot);
u32 postings_impact(const struct list *postings, u32 slot); // 0 when it is not there

// search_values.c
i64 values_find(const struct values *values, struct arena *arena, enum facet facet,
                const char *name, const char *value);
// Finds or makes the value and counts the slot in; `name` is for options.
u32 values_add(struct search *search, enum facet facet, const char *name,
               const struct search_label *label, u32 slot);
void values_drop(struct search *search, u32 value, u32 slot);

// search_order.c: the keys of a slot in an order, all ascending.
i64 order_key(const struct search *search, u32 order, u32 slot);
int order_compare(const struct search *search, u32 order, u32 a, u32 b);
void order_start(struct search *search, u32 order);                   // of a currency that is new
void orders_drop(struct search *search, const u32 *slots, u32 count); // before keys change
void orders_merge(struct search *search, u32 *slots, u32 count);
i64 currency_find(const struct search *search, const char *currency);

int id_compare(const struct id *a, const struct id *b);
i64 docs_find(const struct search *search, const struct id *id);
struct id id_of(const struct uuid *uuid);
struct uuid id_text(const struct id *id);

#endif
