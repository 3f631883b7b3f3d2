// Tests of stock and reservations: by HTTP where staff come in, by call where services do.
#include "services/inventory/inventory.h"

#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

static struct nothing none;
static const char *short_line; // the first field that the last refusal named

static struct rq *begin(struct test *t)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    return rq;
}

static void count_stock(struct test *t, const char *sku, i64 on_hand)
{
    struct rq *rq = begin(t);
    struct stock_count count = {.sku = sku, .on_hand = on_hand};
    struct stock_counts counts = {.items = {.count = 1, .items = &count}};
    CHECK(call_inventory_count(rq, &counts, &none) == ERR_OK);
    rq_end(rq);
}

static void check_level(struct test *t, const char *sku, i64 on_hand, i64 reserved, i64 backordered)
{
    struct rq *rq = begin(t);
    struct stock_query query = {.sku = {.count = 1, .items = &sku}};
    struct stock_levels levels;
    CHECK(call_inventory_levels(rq, &query, &levels) == ERR_OK && levels.items.count == 1);
    CHECK_I64(levels.items.items[0].on_hand, on_hand);
    CHECK_I64(levels.items.items[0].reserved, reserved);
    CHECK_I64(levels.items.items[0].backordered, backordered);
    rq_end(rq);
}

static enum err reserve(struct test *t, const char *order, const struct reserve_line *lines,
                        size_t count)
{
    struct rq *rq = begin(t);
    struct reserve in = {.order_id = uuid_of(order), .hold_ms = MINUTE_MS};
    in.items.count = count;
    in.items.items = ARENA_ARRAY(rq->arena, struct reserve_line, count);
    memcpy(in.items.items, lines, count * sizeof *lines);
    enum err err = call_inventory_reserve(rq, &in, &none);
    if (err == ERR_OUT_OF_STOCK)
        short_line = arena_text(t->arena, rq->problem.fields[0].field);
    rq_end(rq);
    return err;
}

static enum err reserve_one(struct test *t, const char *order, const char *sku, i64 quantity)
{
    struct reserve_line line = {.sku = sku, .quantity = quantity};
    return reserve(t, order, &line, 1);
}

static enum err sell(struct test *t, const char *order)
{
    struct rq *rq = begin(t);
    struct order_stock in = {.order_id = uuid_of(order)};
    enum err err = call_inventory_sell(rq, &in, &none);
    rq_end(rq);
    return err;
}

static enum err release(struct test *t, const char *order)
{
    struct rq *rq = begin(t);
    struct order_stock in = {.order_id = uuid_of(order)};
    enum err err = call_inventory_release(rq, &in, &none);
    rq_end(rq);
    return err;
}

TEST(stock_by_staff)
{
    check(t, "GET /api/v1/admin/stock/INV-A", "401 {'code':'unauthenticated'}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/INV-A", "404 {'code':'not_found'}");
    check(t, "PUT /api/v1/admin/stock/INV-A {'on_hand':10,'reason':'inventory'}",
          "200 {'sku':'INV-A','on_hand':10,'reserved':0,'available':10,"
          "'movements':[{'kind':'counted','on_hand_delta':10,'reason':'inventory'}]}");
    check(t, "POST /api/v1/admin/stock/INV-A/adjustments {'delta':-3,'reason':'broken'}",
          "200 {'on_hand':7,'movements':[{'kind':'adjusted','on_hand_delta':-3},'...']}");
    check(t, "POST /api/v1/admin/stock/INV-A/adjustments {'delta':-8,'reason':'broken'}",
          "409 {'code':'conflict'}");
    check(t, "POST /api/v1/admin/stock/INV-A/adjustments {'delta':0,'reason':'why'}",
          "422 {'errors':[{'field':'delta'}]}");
    check(t, "PUT /api/v1/admin/stock/INV-A {'on_hand':-1,'reason':'x'}",
          "422 {'errors':[{'field':'on_hand','detail':'less than 0'}]}");
    check(t, "GET /api/v1/admin/stock/INV-A", "200 {'on_hand':7}");
}

TEST(stock_held_sold_and_freed)
{
    count_stock(t, "INV-B", 5);
    CHECK(reserve_one(t, "inv-b-1", "INV-B", 3) == ERR_OK);
    check_level(t, "INV-B", 5, 3, 0);
    CHECK(reserve_one(t, "inv-b-1", "INV-B", 3) == ERR_OK); // again: the same hold
    check_level(t, "INV-B", 5, 3, 0);
    CHECK(reserve_one(t, "inv-b-2", "INV-B", 3) == ERR_OUT_OF_STOCK);
    CHECK_TEXT(short_line, "items.INV-B");
    CHECK(sell(t, "inv-b-1") == ERR_OK && sell(t, "inv-b-1") == ERR_OK);
    check_level(t, "INV-B", 2, 0, 0);
    CHECK(release(t, "inv-b-1") == ERR_OK && release(t, "inv-b-1") == ERR_OK); // comes back
    check_level(t, "INV-B", 5, 0, 0);
    CHECK(reserve_one(t, "inv-b-3", "INV-B", 5) == ERR_OK);
    CHECK(release(t, "inv-b-3") == ERR_OK);
    check_level(t, "INV-B", 5, 0, 0);
    CHECK(release(t, "inv-b-nobody") == ERR_OK);
    // Calls that come late, of whoever worked on the order before: it has ended.
    CHECK(sell(t, "inv-b-1") == ERR_CONFLICT && sell(t, "inv-b-3") == ERR_CONFLICT);
    check_level(t, "INV-B", 5, 0, 0);
    CHECK(reserve_one(t, "inv-b-3", "INV-B", 5) == ERR_OK); // a new run begins with the stock
    CHECK(sell(t, "inv-b-3") == ERR_OK);
    check_level(t, "INV-B", 0, 0, 0);
}

TEST(stock_all_lines_or_none)
{
    count_stock(t, "INV-C", 1);
    count_stock(t, "INV-D", 1);
    struct reserve_line lines[] = {{.sku = "INV-D", .quantity = 1},
                                   {.sku = "INV-C", .quantity = 2},
                                   {.sku = "INV-NEVER", .quantity = 1}};
    CHECK(reserve(t, "inv-c", lines, 3) == ERR_OUT_OF_STOCK);
    check_level(t, "INV-D", 1, 0, 0);
}

TEST(stock_owed)
{
    struct reserve_line line = {.sku = "INV-E", .quantity = 4, .backorder = true};
    count_stock(t, "INV-E", 1);
    CHECK(reserve(t, "inv-e-1", &line, 1) == ERR_OK);
    check_level(t, "INV-E", 1, 1, 3);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "PUT /api/v1/admin/stock/INV-E {'on_hand':0,'reason':'x'}", "409 {'code':'conflict'}");
    check(t, "PUT /api/v1/admin/stock/INV-E {'on_hand':6,'reason':'came'}", "200 {'available':2}");
    CHECK(reserve_one(t, "inv-e-2", "INV-E", 3) == ERR_OUT_OF_STOCK); // owed ones come first
    CHECK(sell(t, "inv-e-1") == ERR_OK);
    check_level(t, "INV-E", 5, 0, 3);
    CHECK(release(t, "inv-e-1") == ERR_OK);
    check_level(t, "INV-E", 6, 0, 0);
}

TEST(stock_holds_expire)
{
    count_stock(t, "INV-F", 2);
    CHECK(reserve_one(t, "inv-f-1", "INV-F", 2) == ERR_OK);
    time_shift_ms(2 * MINUTE_MS);
    CHECK(job_run(check_app(), "reservation_expiry") == ERR_OK);
    check_level(t, "INV-F", 2, 0, 0);
    CHECK(reserve_one(t, "inv-f-2", "INV-F", 1) == ERR_OK);
    CHECK(sell(t, "inv-f-1") == ERR_OUT_OF_STOCK); // too late: one is somebody else's
    CHECK(release(t, "inv-f-2") == ERR_OK);
    CHECK(sell(t, "inv-f-1") == ERR_OK);
    check_level(t, "INV-F", 0, 0, 0);
    time_shift_ms(0);
}

static i64 low_skus(struct test *t)
{
    CHECK(job_run(check_app(), "stock_low") == ERR_OK);
    return check_metric(t, "souk_stock_low_skus");
}

TEST(stock_that_is_low_is_counted)
{
    i64 before = low_skus(t);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "PUT /api/v1/admin/stock/INV-H {'on_hand':7,'reason':'came'}",
          "200 {'available':7,'low_below':5}");
    CHECK_I64(low_skus(t), before);
    check(t, "PUT /api/v1/admin/stock/INV-H {'on_hand':7,'reason':'as it was','low_below':-1}",
          "422 {'errors':[{'field':'low_below'}]}");
    check(t, "PUT /api/v1/admin/stock/INV-H {'on_hand':7,'reason':'as it was','low_below':8}",
          "200 {'available':7,'low_below':8}");
    CHECK_I64(low_skus(t), before + 1);
    check(t, "PUT /api/v1/admin/stock/INV-H {'on_hand':9,'reason':'came'}", "200 {'low_below':8}");
    CHECK_I64(low_skus(t), before);
    CHECK(reserve_one(t, "inv-h-1", "INV-H", 2) == ERR_OK); // what is held is not for sale
    CHECK_I64(low_skus(t), before + 1);
    check(t, "PUT /api/v1/admin/stock/INV-H {'on_hand':9,'reason':'counted','low_below':0}", "200");
    CHECK_I64(low_skus(t), before);
    CHECK(release(t, "inv-h-1") == ERR_OK);
}

TEST(stock_changes_are_told)
{
    struct rq *rq = begin(t);
    struct stock_since since = {0};
    struct stock_changes changes;
    count_stock(t, "INV-G", 1);
    while (call_inventory_changes(rq, &since, &changes) == ERR_OK && changes.items.count > 0)
        since.after = changes.last;
    CHECK(!uuid_empty(&since.after));
    count_stock(t, "INV-G", 4);
    CHECK(call_inventory_changes(rq, &since, &changes) == ERR_OK && changes.items.count == 1);
    CHECK_TEXT(changes.items.items[0].sku, "INV-G");
    CHECK_I64(changes.items.items[0].available, 4);
    rq_end(rq);
}

#define SPOIL(F, S)                                                                                \
    F(S, text, sku, .doc = "Whose stock.")                                                         \
    F(S, i64, by, .min = -1, .max = 1, .doc = "1 spoils, -1 mends.")
SHAPE(spoil, SPOIL);
QUERY_RUN(stock_spoil, spoil, "UPDATE stock SET on_hand = on_hand + :by WHERE sku = :sku");

STEP(spoil_stock, spoil, nothing)
{
    return stock_spoil(rq, in, NULL);
}

TEST(inventory_audit_names_what_is_wrong)
{
    count_stock(t, "INV-SPOILT", 5);
    struct rq *rq = begin(t);
    struct spoil spoil = {.sku = "INV-SPOILT", .by = 1};
    CHECK(spoil_stock(rq, &spoil, &none) == ERR_OK);
    CHECK(strstr(check_audit(t), "stock_movements: stock of INV-SPOILT") != NULL);
    spoil.by = -1;
    CHECK(spoil_stock(rq, &spoil, &none) == ERR_OK);
    CHECK(strstr(check_audit(t), "INV-SPOILT") == NULL);
    rq_end(rq);
}
