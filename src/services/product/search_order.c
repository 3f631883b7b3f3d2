// The sort orders of the search index: all slots by key, then by id. Declared in search_index.h.
//
// A list sorted by price or date is asked for more often than the catalogue changes, so each order
// is kept sorted: a page is a walk, and a cursor a binary search. The id behind the key makes every
// order total; without it two products at one price could change places between two pages.
//
// What it costs is four bytes for each document and order, with two orders a currency.
#include <stdlib.h>
#include <string.h>

#include "services/product/search_index.h"

int id_compare(const struct id *a, const struct id *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->low < b->low ? -1 : a->low > b->low;
}

i64 currency_find(const struct search *search, const char *currency)
{
    for (u32 i = 0; currency != NULL && i < search->currency_count; i++)
        if (strcmp(search->currencies[i], currency) == 0)
            return i;
    return NONE;
}

i64 order_key(const struct search *search, u32 order, u32 slot)
{
    const struct doc *doc = &search->docs[slot];
    if (order == ORDER_NEWEST)
        return -doc->published_ms;
    if (order == ORDER_POPULAR)
        return -doc->popularity;
    assert(order >= ORDER_PRICES && order < ORDERS);
    i64 price = search->prices[(order - ORDER_PRICES) / 2][slot];
    bool descending = (order - ORDER_PRICES) % 2 == 1;
    return descending && price != INT64_MAX ? -price : price;
}

int order_compare(const struct search *search, u32 order, u32 a, u32 b)
{
    int compared;
    if (order == ORDER_TITLE) {
        compared = strcmp(search->docs[a].title, search->docs[b].title);
    } else {
        i64 key_a = order_key(search, order, a), key_b = order_key(search, order, b);
        compared = key_a < key_b ? -1 : key_a > key_b;
    }
    return compared != 0 ? compared : id_compare(&search->docs[a].id, &search->docs[b].id);
}

static u32 orders_used(const struct search *search)
{
    return ORDER_PRICES + 2 * search->currency_count;
}

// The place of a slot in an order, by the keys that it still has.
static u32 order_place(const struct search *search, u32 order, u32 slot)
{
    const struct list *list = &search->orders[order];
    u32 low = 0, high = list->count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (order_compare(search, order, list->at[middle], slot) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < list->count && list->at[low] == slot);
    return low;
}

static void order_filter(struct list *list, const bool *gone)
{
    u32 kept = 0;
    for (u32 i = 0; i < list->count; i++) {
        list->at[kept] = list->at[i];
        kept += !gone[list->at[i]];
    }
    list->count = kept;
}

void orders_drop(struct search *search, const u32 *slots, u32 count)
{
    // One by one costs a binary search and a move each; beyond a few dozen one pass over the whole
    // is cheaper.
    enum { MANY = 32 };
    if (count < MANY) {
        for (u32 order = 0; order < orders_used(search); order++)
            for (u32 i = 0; i < count; i++)
                list_remove(&search->orders[order], order_place(search, order, slots[i]));
        return;
    }
    bool *gone = ARENA_ARRAY(search->pending_arena, bool, search->doc_count);
    for (u32 i = 0; i < count; i++)
        gone[slots[i]] = true;
    for (u32 order = 0; order < orders_used(search); order++)
        order_filter(&search->orders[order], gone);
}

struct sorting {
    const struct search *search;
    u32 order;
};

static int by_order(const void *a, const void *b, void *context)
{
    const struct sorting *sorting = context;
    return order_compare(sorting->search, sorting->order, *(const u32 *)a, *(const u32 *)b);
}

void order_start(struct search *search, u32 order)
{
    const struct list *known = &search->orders[ORDER_NEWEST];
    struct list *list = &search->orders[order];
    list_reserve(&search->blocks, list, known->count);
    for (u32 i = 0; i < known->count; i++)
        list->at[i] = known->at[i];
    list->count = known->count;
    struct sorting sorting = {search, order};
    if (list->count > 0)
        qsort_r(list->at, list->count, sizeof(u32), by_order, &sorting);
}

// Merges sorted new slots from the back, so that each old one moves once.
static void merge(struct search *search, u32 order, const u32 *slots, u32 count)
{
    struct list *list = &search->orders[order];
    u32 end = list->count;
    list_reserve(&search->blocks, list, end + count);
    list->count += count;
    for (u32 left = count; left > 0; left--) {
        u32 low = 0, high = end;
        while (low < high) {
            u32 middle = low + (high - low) / 2;
            if (order_compare(search, order, list->at[middle], slots[left - 1]) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(list->at + low + left, list->at + low, (size_t)(end - low) * sizeof(u32));
        list->at[low + left - 1] = slots[left - 1];
        end = low;
    }
}

void orders_merge(struct search *search, u32 *slots, u32 count)
{
    for (u32 order = 0; order < orders_used(search); order++) {
        struct sorting sorting = {search, order};
        qsort_r(slots, count, sizeof *slots, by_order, &sorting);
        merge(search, order, slots, count);
    }
}
