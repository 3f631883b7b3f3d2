// What other services may ask of the stock. Whether a variant is tracked and may be owed is the
// product's to say (services/product); here is how many there are and who holds them.
//
//     struct reserve reserve = {.order_id = order->id, .hold_ms = 15 * MINUTE_MS, .items = lines};
//     enum err err = call_inventory_reserve(rq, &reserve, &(struct nothing){0});
//     if (err == ERR_OUT_OF_STOCK) ...   // rq->problem names each short line: "items.SKU", "2
//     left"
//
// Every call may be repeated: reserving again what is held only holds it longer, selling again what
// is sold and releasing again what is released change nothing.
#ifndef SOUK_SERVICES_INVENTORY_H
#define SOUK_SERVICES_INVENTORY_H

#include "app/declare.h"
#include "core/limits.h"

enum { STOCK_MAX = 1000000000, STOCK_SKUS_MAX = 2048 };

#define STOCK_LEVEL(F, S)                                                                          \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Of the variant.")         \
    F(S, i64, on_hand, .min = 0, .max = STOCK_MAX, .doc = "Pieces in the house.")                  \
    F(S, i64, reserved, .min = 0, .max = STOCK_MAX, .doc = "Of these, held for orders.")           \
    F(S, i64, backordered, .min = 0, .max = STOCK_MAX,                                             \
      .doc = "Owed to orders beyond what is there.")                                               \
    F(S, i64, available, .min = 0, .max = STOCK_MAX, .doc = "What can still be sold.")
SHAPE(stock_level, STOCK_LEVEL);

#define STOCK_QUERY(F, S)                                                                          \
    F(S, texts, sku, .min = 1, .max = STOCK_SKUS_MAX, .doc = "Whose levels to tell.")
SHAPE(stock_query, STOCK_QUERY);

// Levels of the SKUs asked for, in the order of SKU. A SKU that was never counted is not among them
// and has none.
#define STOCK_LEVELS(F, S)                                                                         \
    F(S, list(stock_level), items, .max = STOCK_SKUS_MAX, .doc = "One a SKU that is known.")
SHAPE(stock_levels, STOCK_LEVELS);
CALL(inventory_levels, stock_query, stock_levels);

// What changed after a movement: for those who keep a copy. Start with an empty id.
#define STOCK_SINCE(F, S) F(S, uuid, after, .optional = true, .doc = "`last` of the call before.")
SHAPE(stock_since, STOCK_SINCE);
#define STOCK_CHANGES(F, S)                                                                        \
    F(S, list(stock_level), items, .max = STOCK_SKUS_MAX, .doc = "Levels as they are now.")        \
    F(S, uuid, last, .optional = true, .doc = "The newest movement among these.")
SHAPE(stock_changes, STOCK_CHANGES);
CALL(inventory_changes, stock_since, stock_changes);

// Counted stock of many SKUs at once: imports and new variants. Sets on_hand, in one transaction;
// what orders hold stays theirs, so a count below that is raised to it.
#define STOCK_COUNT(F, S)                                                                          \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Of the variant.")         \
    F(S, i64, on_hand, .min = 0, .max = STOCK_MAX, .doc = "Pieces counted.")
SHAPE(stock_count, STOCK_COUNT);
#define STOCK_COUNTS(F, S)                                                                         \
    F(S, list(stock_count), items, .min = 1, .max = STOCK_SKUS_MAX, .doc = "One a SKU.")           \
    F(S, text, reason, .max = 200, .optional = true, .doc = "Kept in the ledger.")
SHAPE(stock_counts, STOCK_COUNTS);
CALL(inventory_count, stock_counts, nothing);

// Holds stock for an order, all lines or none (ERR_OUT_OF_STOCK). Lines of one SKU come as one.
#define RESERVE_LINE(F, S)                                                                         \
    F(S, text, sku, .min = 1, .max = 255, .doc = "Of the variant.")                                \
    F(S, i64, quantity, .min = 1, .max = LIMIT_QUANTITY, .doc = "Pieces.")                         \
    F(S, bool, backorder, .doc = "Whether the shop may owe what is not there.")
SHAPE(reserve_line, RESERVE_LINE);
#define RESERVE(F, S)                                                                              \
    F(S, uuid, order_id, .doc = "Whose hold it is.")                                               \
    F(S, i64, hold_ms, .min = 1, .max = LIMIT_INTEGER, .doc = "From now on; then it expires.")     \
    F(S, list(reserve_line), items, .min = 1, .max = LIMIT_CART_LINES, .doc = "Tracked lines only.")
SHAPE(reserve, RESERVE);
CALL(inventory_reserve, reserve, nothing);

// What an order holds leaves the house; what had expired is held again first, or ERR_OUT_OF_STOCK.
#define ORDER_STOCK(F, S) F(S, uuid, order_id, .doc = "Whose hold it is.")
SHAPE(order_stock, ORDER_STOCK);
CALL(inventory_sell, order_stock, nothing);
// What an order holds is free again; what it bought goes back.
CALL(inventory_release, order_stock, nothing);

// What a stretch of orders holds and has bought, by order id: for those who compare.
#define HOLD_STRETCH(F, S)                                                                         \
    F(S, uuid, after, .optional = true,                                                            \
      .doc = "Orders later than this one; null: from the first.")                                  \
    F(S, uuid, upto, .optional = true, .doc = "And not later than this one; null: to the last.")
SHAPE(hold_stretch, HOLD_STRETCH);
#define ORDER_HOLD(F, S)                                                                           \
    F(S, uuid, order_id, .doc = "Whose.")                                                          \
    F(S, i64, held, .doc = "Pieces held, owed ones too.")                                          \
    F(S, i64, sold, .doc = "Pieces bought, owed ones too.")
SHAPE(order_hold, ORDER_HOLD);
#define ORDER_HOLDS(F, S) F(S, list(order_hold), items, .max = 1000000, .doc = "By order id.")
SHAPE(order_holds, ORDER_HOLDS);
CALL(inventory_holds, hold_stretch, order_holds);

#endif
