// Stock levels, counts and the ledger of movements. Holds of orders live in reservation.c.
//
// A level is three numbers: on_hand, what is in the house; reserved, what of it orders hold;
// backordered, what is owed beyond that. What can be sold is the rest. They change by one statement
// only (stock_change), which adds differences under the conditions of the table and writes a
// movement beside: no level is ever set, so two who change it at once add up, and the ledger
// explains every level from zero.
#include "services/inventory/stock.h"

#include <stdatomic.h>

#include "app/app.h"
#include "app/metrics.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

// Owed pieces come first when goods come in, hence they are not available.
#define LEVEL_COLUMNS                                                                              \
    "sku, on_hand, reserved, backordered,"                                                         \
    " CASE WHEN on_hand > reserved + backordered THEN on_hand - reserved - backordered ELSE 0 END" \
    " AS available"

#define STOCK_KEY(F, S)                                                                            \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Of the variant.")
SHAPE(stock_key, STOCK_KEY);

QUERY_ROW(stock_by_sku, stock_key, stock_level,
          "SELECT " LEVEL_COLUMNS " FROM stock WHERE sku = :sku");

QUERY_ROW_FOR(stock_by_sku_held, stock_key, stock_level,
              "SELECT " LEVEL_COLUMNS " FROM stock WHERE sku = :sku",
              "SELECT " LEVEL_COLUMNS " FROM stock WHERE sku = :sku FOR UPDATE");

QUERY_LIST_FOR(stock_by_skus, stock_query, stock_level,
               "SELECT " LEVEL_COLUMNS " FROM stock"
               " WHERE sku IN (SELECT value FROM json_each(:sku)) ORDER BY sku",
               "SELECT " LEVEL_COLUMNS " FROM stock"
               " WHERE sku IN (SELECT json_array_elements_text(CAST(:sku AS JSON)))"
               " ORDER BY sku COLLATE \"C\"");

// The first count or debt of a SKU makes its row.
QUERY_RUN(stock_create, stock_key,
          "INSERT INTO stock (sku, on_hand, updated_at) VALUES (:sku, 0, :now)"
          " ON CONFLICT (sku) DO NOTHING");

// The conditions are the checks of the table, so that what cannot be done changes no row instead of
// breaking the transaction; a hold needs pieces that nobody waits for.
QUERY_RUN(
    stock_change, stock_move,
    "UPDATE stock SET on_hand = on_hand + :on_hand_delta, reserved = reserved + :reserved_delta,"
    " backordered = backordered + :backordered_delta, updated_at = :now"
    " WHERE sku = :sku AND on_hand + :on_hand_delta >= reserved + :reserved_delta"
    " AND reserved + :reserved_delta >= 0 AND backordered + :backordered_delta >= 0"
    " AND (:kind <> 'reserved' OR :backordered_delta > 0"
    " OR on_hand - reserved - backordered >= :reserved_delta)");

QUERY_PUT(
    movement_add, stock_move,
    "INSERT INTO stock_movement (id, sku, kind, on_hand_delta, reserved_delta,"
    " backordered_delta, order_id, actor, reason, at) VALUES (:new_id, :sku, :kind,"
    " :on_hand_delta, :reserved_delta, :backordered_delta, :order_id, :actor, :reason, :now)");

enum err stock_apply(struct rq *rq, const struct stock_move *move)
{
    i64 changed = 0;
    enum err err = stock_change(rq, move, &changed);
    if (err == ERR_OK && changed == 0)
        return ERR_OUT_OF_STOCK;
    return err == ERR_OK ? movement_add(rq, move) : err;
}

enum err stock_ensure(struct rq *rq, const char *sku)
{
    return stock_create(rq, &(struct stock_key){.sku = sku}, NULL);
}

// Never counted is none.
enum err stock_of(struct rq *rq, const char *sku, struct stock_level *level)
{
    enum err err = stock_by_sku(rq, &(struct stock_key){.sku = sku}, level);
    if (err != ERR_NOT_FOUND)
        return err;
    *level = (struct stock_level){.sku = sku};
    return ERR_OK;
}

enum err stock_of_held(struct rq *rq, const char *sku, struct stock_level *level)
{
    return stock_by_sku_held(rq, &(struct stock_key){.sku = sku}, level);
}

HANDLER(inventory_levels, stock_query, stock_levels)
{
    return stock_by_skus(rq, in, &out->items);
}

#define MOVED(F, S)                                                                                \
    F(S, uuid, id, .doc = "Of the newest movement.")                                               \
    F(S, text, sku, .doc = "That moved.")
SHAPE(moved, MOVED);

QUERY_LIST(moved_since, stock_since, moved,
           "SELECT id, sku FROM stock_movement WHERE id > :after ORDER BY id LIMIT 2048");
QUERY_LIST(moved_first, nothing, moved,
           "SELECT id, sku FROM stock_movement ORDER BY id LIMIT 2048");

// Movements that were committed out of the order of their ids, on PostgreSQL, may be passed over by
// one call; who keeps a copy compares the whole now and then.
HANDLER(inventory_changes, stock_since, stock_changes)
{
    struct moved_list moved = {0};
    enum err err = uuid_empty(&in->after) ? moved_first(rq, &(struct nothing){0}, &moved)
                                          : moved_since(rq, in, &moved);
    out->last = in->after;
    if (err != ERR_OK || moved.count == 0)
        return err;
    struct stock_query query = {
        .sku = {.items = ARENA_ARRAY(rq->arena, const char *, moved.count)}};
    for (size_t i = 0; i < moved.count; i++)
        // A SKU that moved twice is asked for twice and answered once (IN).
        query.sku.items[query.sku.count++] = moved.items[i].sku;
    out->last = moved.items[moved.count - 1].id;
    return stock_by_skus(rq, &query, &out->items);
}

// Sets what is there. A count that is less than what orders hold says so, unless `raise` takes what
// they hold for the count.
static enum err count_one(struct rq *rq, const struct stock_count *count, const char *reason,
                          bool raise)
{
    struct stock_level level = {0};
    enum err err = stock_ensure(rq, count->sku);
    if (err == ERR_OK)
        err = stock_of_held(rq, count->sku, &level);
    if (err != ERR_OK)
        return err;
    i64 on_hand = raise ? max_i64(count->on_hand, level.reserved) : count->on_hand;
    if (on_hand < level.reserved)
        return fail(rq, ERR_CONFLICT, "orders hold %lld of %s", (long long)level.reserved,
                    count->sku);
    // A count that finds what was thought to be there is no movement.
    if (on_hand == level.on_hand)
        return ERR_OK;
    return stock_apply(rq, &(struct stock_move){.sku = count->sku,
                                                .kind = movement_kind_counted,
                                                .on_hand_delta = on_hand - level.on_hand,
                                                .actor = rq->caller.email,
                                                .reason = reason});
}

HANDLER(inventory_count, stock_counts, nothing)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < in->items.count && err == ERR_OK; i++)
        err = count_one(rq, &in->items.items[i], in->reason, true);
    return err;
}

// The staff's view.

#define MOVEMENT(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the movement.")                                                      \
    F(S, one_of(movement_kind), kind, .doc = "Why stock moved.")                                   \
    MOVED_BY(F, S)                                                                                 \
    F(S, time, at, .doc = "When.")
SHAPE(movement, MOVEMENT);

#define STOCK_ROW(F, S)                                                                            \
    STOCK_LEVEL(F, S)                                                                              \
    F(S, i64, low_below, .min = 0, .max = STOCK_MAX,                                               \
      .doc = "Fewer than this for sale count as low; 0: never.")
SHAPE(stock_row, STOCK_ROW);

QUERY_ROW(stock_row_of, stock_key, stock_row,
          "SELECT " LEVEL_COLUMNS ", low_below FROM stock WHERE sku = :sku");

#define STOCK(F, S)                                                                                \
    STOCK_ROW(F, S)                                                                                \
    F(S, list(movement), movements, .max = 50, .doc = "The newest first.")
SHAPE(stock, STOCK);

QUERY_LIST(
    movements_of, stock_key, movement,
    "SELECT id, kind, on_hand_delta, reserved_delta, backordered_delta, order_id, actor, reason,"
    " at FROM stock_movement WHERE sku = :sku ORDER BY id DESC LIMIT 50");

// The level with the last fifty movements.
static enum err stock_read(struct rq *rq, const char *sku, struct stock *out)
{
    struct stock_row row = {0};
    struct stock_key key = {.sku = sku};
    enum err err = stock_row_of(rq, &key, &row);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "no stock was ever counted for %s", sku);
    if (err != ERR_OK)
        return err;
    out->sku = row.sku;
    out->on_hand = row.on_hand;
    out->reserved = row.reserved;
    out->backordered = row.backordered;
    out->available = row.available;
    out->low_below = row.low_below;
    return movements_of(rq, &key, &out->movements);
}

HANDLER(stock_show, stock_key, stock)
{
    return stock_read(rq, in->sku, out);
}

#define STOCK_SET(F, S)                                                                            \
    STOCK_COUNT(F, S)                                                                              \
    F(S, text, reason, .min = 1, .max = 200, .doc = "Kept in the ledger.")                         \
    F(S, i64, low_below, .min = 0, .max = STOCK_MAX, .optional = true,                             \
      .doc = "Fewer than this for sale count as low; as it was when absent.")
SHAPE(stock_set, STOCK_SET);

QUERY_RUN(stock_set_low, stock_set, "UPDATE stock SET low_below = :low_below WHERE sku = :sku");

HANDLER(stock_put, stock_set, stock)
{
    struct stock_count count = {.sku = in->sku, .on_hand = in->on_hand};
    enum err err = count_one(rq, &count, in->reason, false);
    if (err == ERR_OK && IS_SET(in, stock_set, low_below))
        err = stock_set_low(rq, in, NULL);
    return err == ERR_OK ? stock_read(rq, in->sku, out) : err;
}

#define STOCK_ADJUSTMENT(F, S)                                                                     \
    STOCK_KEY(F, S)                                                                                \
    F(S, i64, delta, .min = -STOCK_MAX, .max = STOCK_MAX,                                          \
      .doc = "Pieces that came (or went, below 0).")                                               \
    F(S, text, reason, .min = 1, .max = 200, .doc = "Kept in the ledger.")
SHAPE(stock_adjustment, STOCK_ADJUSTMENT);

// For what comes in or breaks: unlike a count it adds up with what others do meanwhile.
HANDLER(stock_adjust, stock_adjustment, stock)
{
    struct stock_level level = {0};
    enum err err = stock_ensure(rq, in->sku);
    if (err == ERR_OK)
        err = stock_of_held(rq, in->sku, &level);
    if (err != ERR_OK)
        return err;
    if (in->delta == 0 || level.on_hand + in->delta > STOCK_MAX)
        return fail_field(rq, "delta", in->delta == 0 ? "is 0" : "leaves more than can be counted");
    struct stock_move move = {.sku = in->sku,
                              .kind = movement_kind_adjusted,
                              .on_hand_delta = in->delta,
                              .actor = rq->caller.email,
                              .reason = in->reason};
    err = stock_apply(rq, &move);
    if (err == ERR_OUT_OF_STOCK)
        return fail(rq, ERR_CONFLICT, "%lld of %s are there, %lld of them held for orders",
                    (long long)level.on_hand, in->sku, (long long)level.reserved);
    return err == ERR_OK ? stock_read(rq, in->sku, out) : err;
}

#define LOW_COUNT(F, S) F(S, i64, skus, .doc = "That are low.")
SHAPE(low_count, LOW_COUNT);
// What is owed counts against what there is, so the difference may be below 0.
QUERY_ROW(stock_low_count, nothing, low_count,
          "SELECT COUNT(*) AS skus FROM stock WHERE on_hand - reserved - backordered < low_below");
SNAPSHOT(stock_count_low, nothing, low_count)
{
    return stock_low_count(rq, in, out);
}

static _Atomic i64 low_skus;

static i64 read_low(UNUSED struct app *app)
{
    return atomic_load(&low_skus);
}
METRIC_GAUGE(low, "souk_stock_low_skus", "SKUs with fewer for sale than their threshold.",
             read_low);

static enum err measure_low(struct rq *rq)
{
    struct low_count low = {0};
    enum err err = stock_count_low(rq, &(struct nothing){0}, &low);
    if (err == ERR_OK)
        atomic_store(&low_skus, low.skus);
    return err;
}
// It reads the whole table: some milliseconds for 100,000 SKUs.
JOB(stock_low, MINUTE_MS, measure_low);

static const struct route stock_routes[] = {
    {POST, "/internal/v1/inventory_levels", &inventory_levels_handler, 200, ROLE_PEER,
     "Stock levels of many SKUs.", .flags = ROUTE_READS},
    {POST, "/internal/v1/inventory_changes", &inventory_changes_handler, 200, ROLE_PEER,
     "Stock levels that changed after a movement.", .flags = ROUTE_READS},
    {POST, "/internal/v1/inventory_count", &inventory_count_handler, 204, ROLE_PEER,
     "Set the stock of many SKUs.", .flags = ROUTE_LOCKING},
    {GET, "/api/v1/admin/stock/{sku}", &stock_show_handler, 200, ROLE_CATALOG,
     "Show a stock level and its movements.", .flags = 0},
    {PUT, "/api/v1/admin/stock/{sku}", &stock_put_handler, 200, ROLE_CATALOG,
     "Set how many are there.", .flags = ROUTE_LOCKING},
    {POST, "/api/v1/admin/stock/{sku}/adjustments", &stock_adjust_handler, 200, ROLE_CATALOG,
     "Add or take away pieces.", .flags = ROUTE_LOCKING},
};
ROUTES(inventory, stock_routes);
