// Filters: each is a bitmap of the documents that it lets through. Contract in search_run.h.
//
// Within a facet values are alternatives (red or blue), between facets conditions (red and large);
// each name of an option is a facet of its own. The bitmaps of values belong to the index and are
// only read; those that are made here are freed with the arena.
#include <string.h>

#include "services/product/search_run.h"

static void release(void *bitmap)
{
    roaring_bitmap_free(bitmap);
}

roaring_bitmap_t *bitmap_keep(struct arena *arena, roaring_bitmap_t *bitmap)
{
    arena_defer(arena, release, bitmap);
    return bitmap;
}

static void add_filter(struct run *run, struct filter filter)
{
    run->filters[run->filter_count++] = filter;
}

// The union of a list of values; one that nobody has adds nothing.
static void filter_values(struct run *run, enum facet facet, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    roaring_bitmap_t *slots = bitmap_keep(run->arena, roaring_bitmap_create());
    for (size_t i = 0; i < count; i++) {
        i64 value = values_find(&run->search->values, run->arena, facet, NULL, texts[i]);
        if (value != NONE)
            roaring_bitmap_or_inplace(slots, run->search->values.at[value].slots);
    }
    add_filter(run, (struct filter){.facet = facet, .name = NONE, .slots = slots});
}

static roaring_bitmap_t *filter_of_name(struct run *run, i64 name, u32 first)
{
    for (u32 i = first; i < run->filter_count; i++)
        if (run->filters[i].name == name) {
            union {
                const roaring_bitmap_t *seen;
                roaring_bitmap_t *own;
            } slots = {.seen = run->filters[i].slots};
            return slots.own;
        }
    roaring_bitmap_t *slots = bitmap_keep(run->arena, roaring_bitmap_create());
    add_filter(run, (struct filter){.facet = FACET_OPTION, .name = name, .slots = slots});
    return slots;
}

// Options of one name are one filter. A name that no product has lets nothing through.
static void filter_options(struct run *run)
{
    const struct values *values = &run->search->values;
    u32 first = run->filter_count;
    for (size_t i = 0; i < run->query->option_count; i++) {
        const struct search_option *option = &run->query->options[i];
        i64 name = values_find(values, run->arena, FACET_NAME, NULL, option->name);
        roaring_bitmap_t *slots = filter_of_name(run, name, first);
        i64 value = values_find(values, run->arena, FACET_OPTION, option->name, option->value);
        if (value != NONE)
            roaring_bitmap_or_inplace(slots, values->at[value].slots);
    }
}

static void filter_price(struct run *run)
{
    const struct search_query *query = run->query;
    if (query->price_min_minor == NULL && query->price_max_minor == NULL)
        return;
    i64 currency = currency_find(run->search, query->currency);
    i64 low = query->price_min_minor != NULL ? *query->price_min_minor : INT64_MIN;
    // INT64_MAX stands for "no price".
    i64 high = query->price_max_minor != NULL ? *query->price_max_minor : INT64_MAX - 1;
    u32 *slots = ARENA_ARRAY(run->arena, u32, run->search->doc_count);
    size_t count = 0;
    for (u32 slot = 0; currency != NONE && slot < run->search->doc_count; slot++) {
        i64 price = run->search->prices[currency][slot];
        if (price >= low && price <= high && price != INT64_MAX)
            slots[count++] = slot;
    }
    roaring_bitmap_t *bitmap = bitmap_keep(run->arena, roaring_bitmap_of_ptr(count, slots));
    add_filter(run,
               (struct filter){.facet = FACET_NAME, .name = NONE, .price = true, .slots = bitmap});
}

void run_filters(struct run *run)
{
    const struct search_query *query = run->query;
    run->filters = ARENA_ARRAY(run->arena, struct filter, 6 + query->option_count);
    filter_values(run, FACET_CATEGORY, query->categories, query->category_count);
    filter_values(run, FACET_BRAND, query->brands, query->brand_count);
    filter_values(run, FACET_TYPE, query->types, query->type_count);
    filter_values(run, FACET_TAG, query->tags, query->tag_count);
    filter_price(run);
    if (query->in_stock)
        add_filter(run, (struct filter){
                            .facet = FACET_NAME, .name = NONE, .slots = run->search->in_stock});
    filter_options(run);
}

const roaring_bitmap_t *run_without(struct run *run, i64 filter)
{
    roaring_bitmap_t *found = NULL;
    for (u32 i = 0; i < run->filter_count; i++) {
        if ((i64)i == filter)
            continue;
        if (found == NULL)
            found = bitmap_keep(run->arena, roaring_bitmap_and(run->text, run->filters[i].slots));
        else
            roaring_bitmap_and_inplace(found, run->filters[i].slots);
    }
    return found != NULL ? found : run->text;
}
