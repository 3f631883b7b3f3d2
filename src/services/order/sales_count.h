// Adding up what was sold: the arithmetic of the sales report, which reads no database. What is
// read, and the contract of the whole: sales.h.
//
//     struct sales_count *count = sales_count_new(arena);
//     sales_count_capture(count, &sold, &order_id, "EUR", 4990);
//     sales_count_end(count, &report.currencies);
#ifndef SOUK_SERVICES_ORDER_SALES_COUNT_H
#define SOUK_SERVICES_ORDER_SALES_COUNT_H

#include "services/order/order.h"
#include "services/order/sales.h"

#define SOLD_ORDER(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, currency, .doc = "Of all amounts.")                                                 \
    F(S, minor, discount_minor, .doc = "Taken off the goods.")                                     \
    F(S, minor, shipping_minor, .doc = "Of the option chosen.")                                    \
    F(S, minor, tax_minor, .doc = "In the total.")                                                 \
    F(S, minor, total_minor, .doc = "What was to be paid.")
SHAPE(sold_order, SOLD_ORDER);
#define SOLD_ORDER_COLUMNS                                                                         \
    "o.id, o.currency, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor"

#define SOLD_ITEM(F, S)                                                                            \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, handle, .doc = "Of the product then.")                                              \
    F(S, text, title, .doc = "Of the product then.")                                               \
    F(S, i64, quantity, .doc = "Pieces.")                                                          \
    F(S, minor, total_minor, .doc = "After discount; with tax.")
SHAPE(sold_item, SOLD_ITEM);

// Both by the order's id.
#define SOLD(F, S)                                                                                 \
    F(S, list(sold_order), orders, .doc = "A page of them.")                                       \
    F(S, list(sold_item), items, .doc = "Their lines.")
SHAPE(sold, SOLD);

struct product_tally;
struct sales_count {
    struct arena *arena;
    struct sales_list sales; // the shop's own currency is asked for first
    struct product_tally **slots;
    size_t slot_count, products;
    bool too_many; // products: the rest was not counted
};

struct sales_count *sales_count_new(struct arena *arena);
// The figures of a currency, zeros where there are none yet.
struct sales *sales_of(struct sales_count *count, const char *currency);
// An order that was paid, or of which a part was captured. One that is not among those read is
// counted as archived.
void sales_count_capture(struct sales_count *count, const struct sold *sold,
                         const struct uuid *order_id, const char *currency, i64 amount_minor);
void sales_count_refund(struct sales_count *count, const char *currency, i64 amount_minor);
// What follows from the sums: net, average, what sold best.
void sales_count_end(struct sales_count *count, struct sales_list *out);

#endif
