// What sells: for those who prepare for shoppers (souk warm). Contract in order.h.
//
// Ids of orders are UUIDs of version 7, which begin with the time: those since a moment are a range
// of the key, on PostgreSQL in the newest partitions alone.
#include <stdio.h>

#include "core/time.h"
#include "services/order/order.h"

#define SOLD_SINCE(F, S)                                                                           \
    F(S, uuid, since, .doc = "The lowest id of an order since then.")                              \
    F(S, i64, count, .doc = "How many at most.")
SHAPE(sold_since, SOLD_SINCE);

QUERY_LIST(products_sold, sold_since, product_sold,
           "SELECT handle, CAST(SUM(quantity) AS BIGINT) AS sold FROM order_item"
           " WHERE order_id >= :since GROUP BY handle ORDER BY sold DESC, handle LIMIT :count");

HANDLER(order_popular, popular_query, popular_products)
{
    struct sold_since query = {.count = in->count};
    u64 since_ms = (u64)max_i64(0, rq->now_ms - in->days * DAY_MS);
    snprintf(query.since.s, sizeof query.since.s, "%08x-%04x-7000-8000-000000000000",
             (unsigned)(since_ms >> 16), (unsigned)(since_ms & 0xffff));
    return products_sold(rq, &query, &out->items);
}

static const struct route popular_routes[] = {
    {POST, "/internal/v1/order_popular", &order_popular_handler, 200, ROLE_PEER,
     "What was ordered most.", .flags = ROUTE_READS, .load = CLASS_REPORT},
};
ROUTES(order, popular_routes);
