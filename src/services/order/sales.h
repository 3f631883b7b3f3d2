// What was sold in a span of time: the sales report, as page, command, file and mail.
//
// Money is that of the ledger (services/payment) and counts when it was taken or given back, not
// when the order was placed; so does the order it was for. What the ledger does not know (names,
// taxes, pieces) comes from the orders. An order that nothing was paid for counts when it became
// paid; one of which a part was captured counts with that part of its tax, shipping and discount.
//
//     struct sales_query query = {.set = 0};                   // yesterday
//     struct sales_span span;
//     const char *field, *fault = sales_span_of(&query, rq->now_ms, &span, &field);
//     if (fault == NULL)
//         err = sales_read(rq, &span, &report);                // outside any transaction
#ifndef SOUK_SERVICES_ORDER_SALES_H
#define SOUK_SERVICES_ORDER_SALES_H

#include "app/declare.h"
#include "core/limits.h"

enum {
    SALES_TOP = 10,
    SALES_DAYS_MOST = 366,
    SALES_CURRENCIES_MOST = 200,  // ISO 4217 has fewer
    SALES_PRODUCTS_MOST = 200000, // different ones of one span: some forty megabytes
};

#define SALES_QUERY(F, S)                                                                          \
    F(S, i64, days, .min = 1, .max = SALES_DAYS_MOST, .optional = true,                            \
      .doc = "So many days until the last midnight UTC; 1 where nothing is said.")                 \
    F(S, time, from, .optional = true, .doc = "Or from this moment, a date being its midnight,")   \
    F(S, time, until, .optional = true, .doc = "until this one, which is not in it.")
SHAPE(sales_query, SALES_QUERY);

#define SALES_SPAN(F, S)                                                                           \
    F(S, time, from, .doc = "Its first moment.")                                                   \
    F(S, time, until, .doc = "Its end, which is not in it.")
SHAPE(sales_span, SALES_SPAN);

#define SALES_SUM .min = -LIMIT_INTEGER, .max = LIMIT_INTEGER
#define SALES_PRODUCT(F, S)                                                                        \
    F(S, text, handle, .doc = "Of the product when it was ordered.")                               \
    F(S, text, title, .doc = "Of the product then.")                                               \
    F(S, i64, pieces, .doc = "How many were sold.")                                                \
    F(S, minor, total_minor, SALES_SUM, .doc = "What was paid for them.")
SHAPE(sales_product, SALES_PRODUCT);

#define SALES(F, S)                                                                                \
    F(S, text, currency, .doc = "ISO 4217, of all amounts.")                                       \
    F(S, i64, orders_paid, .doc = "Orders whose money was taken.")                                 \
    F(S, i64, orders_cancelled, .doc = "Orders that were cancelled, paid before or not.")          \
    F(S, i64, orders_refunded, .doc = "Orders whose money was given back, cancelled or not.")      \
    F(S, minor, gross_minor, SALES_SUM, .doc = "What was taken, with tax and shipping.")           \
    F(S, minor, tax_minor, SALES_SUM, .doc = "Tax in it.")                                         \
    F(S, minor, shipping_minor, SALES_SUM, .doc = "Shipping in it.")                               \
    F(S, minor, discount_minor, SALES_SUM, .doc = "What had been taken off before.")               \
    F(S, minor, refunded_minor, SALES_SUM, .doc = "What was given back.")                          \
    F(S, minor, net_minor, SALES_SUM, .doc = "Taken less given back.")                             \
    F(S, minor, average_minor, SALES_SUM, .optional = true,                                        \
      .doc = "Taken of one order; null: of none.")                                                 \
    F(S, i64, pieces, .doc = "Pieces in the orders paid.")                                         \
    F(S, list(sales_product), products, .max = SALES_TOP, .doc = "What sold best, by pieces.")     \
    F(S, i64, waiting_payment, .doc = "Orders whose payment is pending now.")                      \
    F(S, i64, waiting_capture, .doc = "Orders that wait to be captured and sent now.")             \
    F(S, i64, orders_archived,                                                                     \
      .doc = "Of those paid: taken off the database since; their money is counted, no more.")
SHAPE(sales, SALES);

#define SALES_REPORT(F, S)                                                                         \
    F(S, time, from, .doc = "The first moment of the span.")                                       \
    F(S, time, until, .doc = "Its end, which is not in it.")                                       \
    F(S, time, made_at, .doc = "When it was read.")                                                \
    F(S, list(sales), currencies, .max = SALES_CURRENCIES_MOST,                                    \
      .doc = "The shop's own first, then those in which anything happened.")
SHAPE(sales_report, SALES_REPORT);

// The span that is asked for; or why there is none, in words that follow the name of `*field`.
const char *sales_span_of(const struct sales_query *query, i64 now_ms, struct sales_span *out,
                          const char **field);

// Reads pages of the ledger and their orders, each with memory of its own; what grows with the span
// is the list of products. ERR_INVALID when these are too many.
CHECKED enum err sales_read(struct rq *rq, const struct sales_span *span, struct sales_report *out);

// sales_text.c: for people, at most 60 columns; and a table with one row a currency and product.
void sales_write_text(const struct sales_report *report, struct buf *out);
void sales_write_csv(const struct sales_report *report, struct buf *out);
// "2026-11-21", or "2026-11-15 until 2026-11-22": of subjects and file names.
const char *sales_span_name(struct arena *arena, const struct sales_span *span);

// sales_mail.c: has the notification service mail a report, once a span and address.
CHECKED enum err sales_mail(struct rq *rq, const struct sales_report *report,
                            const char *recipient);

#endif
