// Adding up what was sold. Contract in sales_count.h.
#include "services/order/sales_count.h"

#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "core/str.h"

// A product in one currency; `slots` finds it by both.
struct product_tally {
    const char *currency;
    struct sales_product product;
};

enum { SLOTS_FIRST = 256 }; // a power of two, like all that follow

struct sales_count *sales_count_new(struct arena *arena)
{
    struct sales_count *count = ARENA_NEW(arena, struct sales_count);
    count->arena = arena;
    count->sales.items = ARENA_ARRAY(arena, struct sales, SALES_CURRENCIES_MOST);
    count->slot_count = SLOTS_FIRST;
    count->slots = ARENA_ARRAY(arena, struct product_tally *, count->slot_count);
    return count;
}

struct sales *sales_of(struct sales_count *count, const char *currency)
{
    for (size_t i = 0; i < count->sales.count; i++)
        if (str_equal(count->sales.items[i].currency, currency))
            return &count->sales.items[i];
    assert(count->sales.count < SALES_CURRENCIES_MOST);
    struct sales *sales = &count->sales.items[count->sales.count++];
    sales->currency = arena_text(count->arena, currency);
    return sales;
}

static size_t slot_of(const struct sales_count *count, const char *currency, const char *handle)
{
    u64 hash = str_hash(str_hash(STR_HASH, currency), handle);
    size_t at = (size_t)hash & (count->slot_count - 1);
    for (const struct product_tally *found; (found = count->slots[at]) != NULL;) {
        if (str_equal(found->currency, currency) && str_equal(found->product.handle, handle))
            break;
        at = (at + 1) & (count->slot_count - 1);
    }
    return at;
}

static void grow(struct sales_count *count)
{
    struct product_tally **before = count->slots;
    size_t slots = count->slot_count;
    count->slot_count = 2 * slots;
    count->slots = ARENA_ARRAY(count->arena, struct product_tally *, count->slot_count);
    for (size_t i = 0; i < slots; i++)
        if (before[i] != NULL)
            count->slots[slot_of(count, before[i]->currency, before[i]->product.handle)] =
                before[i];
}

// NULL when there are too many.
static struct product_tally *tally_of(struct sales_count *count, const struct sales *sales,
                                      const struct sold_item *item)
{
    size_t at = slot_of(count, sales->currency, item->handle);
    if (count->slots[at] != NULL)
        return count->slots[at];
    if (count->products == SALES_PRODUCTS_MOST)
        return NULL;
    if (2 * ++count->products > count->slot_count) {
        grow(count);
        at = slot_of(count, sales->currency, item->handle);
    }
    struct product_tally *tally = ARENA_NEW(count->arena, struct product_tally);
    tally->currency = sales->currency;
    tally->product.handle = arena_text(count->arena, item->handle);
    tally->product.title = arena_text(count->arena, item->title);
    count->slots[at] = tally;
    return tally;
}

static int order_by_id_of(const void *key, const void *at)
{
    return strcmp(key, ((const struct sold_order *)at)->id.s);
}

// The first line of an order; lines are sorted by their orders.
static size_t first_item(const struct sold_item_list *items, const struct uuid *order_id)
{
    size_t low = 0, high = items->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(items->items[middle].order_id.s, order_id->s) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The part of an amount that was captured with a part of the total.
static i64 captured_of(const struct sold_order *order, i64 part_minor, i64 captured_minor)
{
    return captured_minor == order->total_minor
               ? part_minor
               : money_share(part_minor, captured_minor, order->total_minor);
}

static void count_item(struct sales_count *count, struct sales *sales,
                       const struct sold_order *order, const struct sold_item *item,
                       i64 captured_minor)
{
    struct product_tally *tally = tally_of(count, sales, item);
    sales->pieces += item->quantity;
    count->too_many = count->too_many || tally == NULL;
    if (tally == NULL)
        return;
    tally->product.pieces += item->quantity;
    tally->product.total_minor += captured_of(order, item->total_minor, captured_minor);
}

void sales_count_capture(struct sales_count *count, const struct sold *sold,
                         const struct uuid *order_id, const char *currency, i64 amount_minor)
{
    struct sales *sales = sales_of(count, currency);
    const struct sold_order *order =
        sold->orders.count == 0 ? NULL
                                : bsearch(order_id->s, sold->orders.items, sold->orders.count,
                                          sizeof *sold->orders.items, order_by_id_of);
    sales->orders_paid++;
    sales->gross_minor += amount_minor;
    if (order == NULL) {
        sales->orders_archived++;
        return;
    }
    assert(str_equal(order->currency, currency) && amount_minor <= order->total_minor);
    sales->tax_minor += captured_of(order, order->tax_minor, amount_minor);
    sales->shipping_minor += captured_of(order, order->shipping_minor, amount_minor);
    sales->discount_minor += captured_of(order, order->discount_minor, amount_minor);
    for (size_t i = first_item(&sold->items, order_id);
         i < sold->items.count && str_equal(sold->items.items[i].order_id.s, order_id->s); i++)
        count_item(count, sales, order, &sold->items.items[i], amount_minor);
}

void sales_count_refund(struct sales_count *count, const char *currency, i64 amount_minor)
{
    struct sales *sales = sales_of(count, currency);
    sales->orders_refunded++;
    sales->refunded_minor += amount_minor;
}

// More pieces, then more money, then by handle, so that the same sales give the same list.
static bool sells_better(const struct sales_product *a, const struct sales_product *b)
{
    if (a->pieces != b->pieces)
        return a->pieces > b->pieces;
    if (a->total_minor != b->total_minor)
        return a->total_minor > b->total_minor;
    return strcmp(a->handle, b->handle) < 0;
}

// Into its place among the best, if it has one.
static void place(struct sales_product_list *best, const struct sales_product *product)
{
    size_t at = best->count;
    while (at > 0 && sells_better(product, &best->items[at - 1]))
        at--;
    if (at == SALES_TOP)
        return;
    size_t kept = best->count < SALES_TOP ? best->count : SALES_TOP - 1;
    memmove(&best->items[at + 1], &best->items[at], (kept - at) * sizeof *best->items);
    best->items[at] = *product;
    best->count = kept + 1;
}

static int by_currency(const void *a, const void *b)
{
    return strcmp(((const struct sales *)a)->currency, ((const struct sales *)b)->currency);
}

void sales_count_end(struct sales_count *count, struct sales_list *out)
{
    // The first is the shop's own.
    if (count->sales.count > 2)
        qsort(count->sales.items + 1, count->sales.count - 1, sizeof *count->sales.items,
              by_currency);
    for (size_t i = 0; i < count->sales.count; i++) {
        struct sales *sales = &count->sales.items[i];
        sales->products.items = ARENA_ARRAY(count->arena, struct sales_product, SALES_TOP);
        sales->net_minor = sales->gross_minor - sales->refunded_minor;
        if (sales->orders_paid > 0)
            SET(sales, sales, average_minor,
                money_share(sales->gross_minor, 1, sales->orders_paid));
    }
    for (size_t i = 0; i < count->slot_count; i++)
        if (count->slots[i] != NULL)
            place(&sales_of(count, count->slots[i]->currency)->products, &count->slots[i]->product);
    *out = count->sales;
}
