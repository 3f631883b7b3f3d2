// Stock of what was put. Contract in stock.h.
//
// The inventory takes so many SKUs at a time. Each stretch is counted there and then noted here, in
// a transaction of its own: when the program dies between the two, the stretch is counted again by
// the next import, which sets the same figures.
#include "services/product/stock.h"

STEP(note_counted, counted_variant_list, nothing)
{
    return product_counted(rq, in);
}

static enum err count_some(struct rq *rq, const struct counted_variant_list *some,
                           const char *reason)
{
    struct stock_counts counts = {.reason = reason};
    counts.items.items = ARENA_ARRAY(rq->arena, struct stock_count, some->count);
    counts.items.count = some->count;
    for (size_t i = 0; i < some->count; i++)
        counts.items.items[i] = (struct stock_count){.sku = some->items[i].sku,
                                                     .on_hand = some->items[i].stock_imported};
    struct nothing nothing;
    enum err err = call_inventory_count(rq, &counts, &nothing);
    return err == ERR_OK ? note_counted(rq, some, &nothing) : err;
}

enum err product_stock_count(struct rq *rq, const struct counted_variant_list *counts,
                             const char *reason)
{
    enum err err = ERR_OK;
    for (size_t at = 0; err == ERR_OK && at < counts->count; at += STOCK_SKUS_MAX) {
        size_t left = counts->count - at;
        struct counted_variant_list some = {.items = counts->items + at,
                                            .count = left < STOCK_SKUS_MAX ? left : STOCK_SKUS_MAX};
        err = count_some(rq, &some, reason);
    }
    return err;
}
