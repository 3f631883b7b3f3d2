// The stock's own shapes and steps, shared by stock.c (levels, counts) and reservation.c (holds).
#ifndef SOUK_SERVICES_INVENTORY_STOCK_H
#define SOUK_SERVICES_INVENTORY_STOCK_H

#include "services/inventory/inventory.h"

#define MOVEMENT_KIND(X, E)                                                                        \
    X(E, counted)                                                                                  \
    X(E, adjusted) X(E, reserved) X(E, released) X(E, expired) X(E, sold) X(E, returned)
ENUMERATION(movement_kind, MOVEMENT_KIND);

// How far a movement went, for whom and why: of a move to be made, and of one in the ledger.
#define MOVED_BY(F, S)                                                                             \
    F(S, i64, on_hand_delta, .min = -STOCK_MAX, .max = STOCK_MAX,                                  \
      .doc = "Pieces that came or went.")                                                          \
    F(S, i64, reserved_delta, .min = -STOCK_MAX, .max = STOCK_MAX, .doc = "Pieces held or freed.") \
    F(S, i64, backordered_delta, .min = -STOCK_MAX, .max = STOCK_MAX,                              \
      .doc = "Pieces newly owed or no longer.")                                                    \
    F(S, uuid, order_id, .optional = true, .doc = "For which order.")                              \
    F(S, text, actor, .optional = true, .doc = "E-mail of who did it.")                            \
    F(S, text, reason, .optional = true, .doc = "In their words.")

// A change of one SKU: the deltas to apply, and the row of the ledger that says why.
#define STOCK_MOVE(F, S)                                                                           \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, one_of(movement_kind), kind, .doc = "Why.")                                               \
    MOVED_BY(F, S)
SHAPE(stock_move, STOCK_MOVE);

// Applies a move and writes its row. ERR_OUT_OF_STOCK when there is less than it takes: fewer in
// the house than are held afterwards, or, for a `reserved` move, fewer available. Nothing is
// changed then.
CHECKED enum err stock_apply(struct rq *rq, const struct stock_move *move);
// Makes sure that the SKU has a row.
CHECKED enum err stock_ensure(struct rq *rq, const char *sku);
// The level of one SKU, zeros when it was never counted.
CHECKED enum err stock_of(struct rq *rq, const char *sku, struct stock_level *level);
// The same with the row held until the transaction ends; ERR_NOT_FOUND when it was never counted.
CHECKED enum err stock_of_held(struct rq *rq, const char *sku, struct stock_level *level);

#endif
