// Facet counts: for each facet over the documents that pass all filters but its own. Contract in
// search_run.h.
//
// A facet's own choice does not narrow its own counts: whoever has chosen red must see how many
// blue ones there are. So each facet is counted over the documents that pass all filters but its
// own; facets without a choice share one count.
#include <stdlib.h>
#include <string.h>

#include "services/product/search_run.h"

// Counting by document visits each value of each document found, counting by value intersects two
// bitmaps; these are the costs by which the cheaper one is chosen, measured on 100,000 products.
enum { COST_OF_VALUE = 100, COST_OF_DOCUMENT = 10 };

struct listed {
    const struct value *value;
    i64 count;
    bool chosen;
};
struct counting {
    struct run *run;
    u32 *counts;           // by value
    bool *chosen;          // by value: the query filters by it
    struct listed *listed; // room for all values
};

// The filter that a value's own facet has, NO_FILTER when the query leaves it open.
static i64 own_filter(const struct run *run, const struct value *value)
{
    for (u32 i = 0; i < run->filter_count; i++) {
        const struct filter *filter = &run->filters[i];
        if (filter->facet == value->facet && filter->name == value->name)
            return i;
    }
    return NO_FILTER;
}

static bool counted(const struct value *value)
{
    return value->count > 0 && value->facet != FACET_NAME;
}

// Good for few documents.
static void count_by_document(struct counting *counting, const roaring_bitmap_t *slots, i64 filter)
{
    const struct search *search = counting->run->search;
    roaring_uint32_iterator_t at;
    roaring_init_iterator(slots, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        const struct list *values = &search->docs[at.current_value].values;
        for (u32 i = 0; i < values->count; i++)
            counting->counts[values->at[i]]++;
    }
    // Values of other facets were counted along; they are not counted under these filters.
    for (u32 i = 0; i < search->values.count; i++)
        if (own_filter(counting->run, &search->values.at[i]) != filter)
            counting->counts[i] = 0;
}

// Good for many documents: bitmaps of 100,000 are intersected in some 10 us.
static void count_by_value(struct counting *counting, const roaring_bitmap_t *slots, i64 filter)
{
    const struct values *values = &counting->run->search->values;
    for (u32 i = 0; i < values->count; i++)
        if (counted(&values->at[i]) && own_filter(counting->run, &values->at[i]) == filter)
            counting->counts[i] = (u32)roaring_bitmap_and_cardinality(slots, values->at[i].slots);
}

// Counts the values whose own filter is this one into `counts`.
static void count(struct counting *counting, u32 *counts, i64 filter)
{
    const roaring_bitmap_t *slots = run_without(counting->run, filter);
    const struct values *values = &counting->run->search->values;
    struct counting part = *counting;
    part.counts = ARENA_ARRAY(counting->run->arena, u32, values->count);
    u64 documents = roaring_bitmap_get_cardinality(slots);
    if (documents * COST_OF_DOCUMENT < (u64)values->count * COST_OF_VALUE)
        count_by_document(&part, slots, filter);
    else
        count_by_value(&part, slots, filter);
    for (u32 i = 0; i < values->count; i++)
        counts[i] += part.counts[i];
}

static void choose(struct counting *counting, enum facet facet, const char *name, const char *value)
{
    i64 number =
        values_find(&counting->run->search->values, counting->run->arena, facet, name, value);
    if (number != NONE)
        counting->chosen[number] = true;
}

static void mark_chosen(struct counting *counting)
{
    const struct search_query *query = counting->run->query;
    for (size_t i = 0; i < query->category_count; i++)
        choose(counting, FACET_CATEGORY, NULL, query->categories[i]);
    for (size_t i = 0; i < query->brand_count; i++)
        choose(counting, FACET_BRAND, NULL, query->brands[i]);
    for (size_t i = 0; i < query->type_count; i++)
        choose(counting, FACET_TYPE, NULL, query->types[i]);
    for (size_t i = 0; i < query->tag_count; i++)
        choose(counting, FACET_TAG, NULL, query->tags[i]);
    for (size_t i = 0; i < query->option_count; i++)
        choose(counting, FACET_OPTION, query->options[i].name, query->options[i].value);
}

static int by_count(const void *a, const void *b)
{
    const struct listed *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->value->key, right->value->key);
}

// The values of a facet, or of the options of one name, that are to be listed.
static struct search_facet list_facet(struct counting *counting, enum facet facet, i64 name)
{
    const struct values *values = &counting->run->search->values;
    struct arena *arena = counting->run->arena;
    struct listed *listed = counting->listed;
    size_t count = 0;
    for (u32 i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (counted(value) && value->facet == facet && value->name == name &&
            (counting->counts[i] > 0 || counting->chosen[i]))
            listed[count++] = (struct listed){value, counting->counts[i], counting->chosen[i]};
    }
    qsort(listed, count, sizeof *listed, by_count);
    struct search_facet result = {.values = ARENA_ARRAY(arena, struct search_count, count)};
    for (size_t i = 0; i < count; i++)
        if (result.count < SEARCH_FACET_VALUES_MAX || listed[i].chosen)
            result.values[result.count++] = (struct search_count){
                .value = arena_text(arena, listed[i].value->value),
                .label = arena_text(arena, listed[i].value->label),
                .count = listed[i].count,
            };
    return result;
}

static int by_name(const void *a, const void *b)
{
    const struct search_facet *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void list_options(struct counting *counting, struct search_page *page)
{
    const struct values *values = &counting->run->search->values;
    struct arena *arena = counting->run->arena;
    size_t names = 0;
    for (u32 i = 0; i < values->count; i++)
        names += values->at[i].count > 0 && values->at[i].facet == FACET_NAME;
    page->options = ARENA_ARRAY(arena, struct search_facet, names);
    for (u32 i = 0; i < values->count; i++) {
        if (values->at[i].count == 0 || values->at[i].facet != FACET_NAME)
            continue;
        struct search_facet facet = list_facet(counting, FACET_OPTION, i);
        facet.name = arena_text(arena, values->at[i].label);
        if (facet.count > 0)
            page->options[page->option_count++] = facet;
    }
    qsort(page->options, page->option_count, sizeof *page->options, by_name);
}

// The range that a price filter can be set to: under all filters but that of the price.
static void price_range(struct run *run, struct search_page *page)
{
    i64 currency = currency_find(run->search, run->query->currency);
    if (currency == NONE)
        return;
    i64 own = NO_FILTER;
    for (u32 i = 0; i < run->filter_count; i++)
        if (run->filters[i].price)
            own = i;
    page->price_min_minor = INT64_MAX;
    roaring_uint32_iterator_t at;
    roaring_init_iterator(run_without(run, own), &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        i64 price = run->search->prices[currency][at.current_value];
        if (price == INT64_MAX)
            continue;
        page->price_min_minor = min_i64(page->price_min_minor, price);
        page->price_max_minor = page->priced ? max_i64(page->price_max_minor, price) : price;
        page->priced = true;
    }
    if (!page->priced)
        page->price_min_minor = 0;
}

static i64 in_stock(struct run *run)
{
    i64 own = NO_FILTER;
    for (u32 i = 0; i < run->filter_count; i++)
        if (run->filters[i].slots == run->search->in_stock)
            own = i;
    return (i64)roaring_bitmap_and_cardinality(run_without(run, own), run->search->in_stock);
}

void run_facets(struct run *run, struct search_page *page)
{
    u32 values = run->search->values.count;
    struct counting counting = {
        .run = run,
        .counts = ARENA_ARRAY(run->arena, u32, values),
        .chosen = ARENA_ARRAY(run->arena, bool, values),
        .listed = ARENA_ARRAY(run->arena, struct listed, values),
    };
    mark_chosen(&counting);
    count(&counting, counting.counts, NO_FILTER);
    for (u32 i = 0; i < run->filter_count; i++)
        if (run->filters[i].facet != FACET_NAME)
            count(&counting, counting.counts, i);
    page->categories = list_facet(&counting, FACET_CATEGORY, NONE);
    page->brands = list_facet(&counting, FACET_BRAND, NONE);
    page->types = list_facet(&counting, FACET_TYPE, NONE);
    page->tags = list_facet(&counting, FACET_TAG, NONE);
    list_options(&counting, page);
    price_range(run, page);
    page->in_stock = in_stock(run);
}
