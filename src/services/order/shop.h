// The facts of the shop that carts and orders go by: currency, taxes, coupons, shipping. Rows as
// they are stored; the staff's routes for each are in the .c of its name, the arithmetic in
// price.h.
#ifndef SOUK_SERVICES_ORDER_SHOP_H
#define SOUK_SERVICES_ORDER_SHOP_H

#include "app/declare.h"
#include "core/limits.h"
#include "services/order/price.h"
#include "services/payment/payment.h"

#define SHOP_SETTINGS(F, S)                                                                        \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "Of the shop.")           \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Where none is named.")                 \
    F(S, texts, currencies, .min = 1, .max = 50, .doc = "All that prices may be in.")              \
    F(S, bool, prices_include_tax, .doc = "Whether prices and shipping rates contain the tax.")    \
    F(S, one_of(capture_mode), capture, .doc = "When the money of an order is taken.")
SHAPE(shop_settings, SHOP_SETTINGS);

CHECKED enum err shop_settings_read(struct rq *rq, struct shop_settings *out);
bool shop_has_currency(const struct shop_settings *shop, const char *currency);

#define TAX_RATE(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the rate.")                                                          \
    F(S, text, country, .format = FORMAT_COUNTRY, .doc = "Where it is due.")                       \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true,                         \
      .doc = "There alone; null: in the whole country.")                                           \
    F(S, text, tax_class, .min = 1, .max = 100, .format = FORMAT_LINE,                             \
      .doc = "Of the variants; `standard` also taxes those without a rate of their own.")          \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "Shown to shoppers.")     \
    F(S, i64, rate_ppm, .min = 0, .max = PPM, .doc = "190000 is 19 per cent.")                     \
    F(S, i64, priority, .min = 1, .max = 9,                                                        \
      .doc = "Rates of different priorities add up; of one, that of the region holds.")            \
    F(S, bool, on_shipping, .doc = "Whether shipping is taxed too.")
SHAPE(tax_rate, TAX_RATE);

#define DESTINATION(F, S)                                                                          \
    F(S, text, country, .format = FORMAT_COUNTRY, .optional = true, .doc = "ISO 3166-1.")          \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true,                         \
      .doc = "ISO 3166-2 part.")                                                                   \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Of the cart.")
SHAPE(destination, DESTINATION);

// The rates of the destination's country, none when it is not known.
CHECKED enum err tax_rates_for(struct rq *rq, const struct destination *to,
                               struct tax_rate_list *out);

#define SHIPPING_RATE(F, S)                                                                        \
    F(S, text, code, .min = 1, .max = 50, .format = FORMAT_HANDLE,                                 \
      .doc = "Of the option; rates with one code are its brackets.")                               \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "Shown to shoppers.")     \
    F(S, text, estimate, .max = 100, .format = FORMAT_LINE, .optional = true,                      \
      .doc = "How long it takes: 2-3 days.")                                                       \
    F(S, one_of(shipping_basis), basis,                                                            \
      .doc = "What the bracket counts: nothing, grams or money.")                                  \
    F(S, i64, bracket_from, .min = 0, .max = LIMIT_MINOR, .optional = true,                        \
      .doc = "It holds from this on.")                                                             \
    F(S, i64, bracket_below, .min = 1, .max = LIMIT_MINOR, .optional = true,                       \
      .doc = "And below this; null: no end.")                                                      \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "For carts in this currency.")          \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "What it costs.")                \
    F(S, minor, free_over_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                   \
      .doc = "Free when the goods cost this much after discount.")
SHAPE(shipping_rate, SHIPPING_RATE);

// The rates of the destination's zone in its currency, in the order of the zone; none when it is
// not known or nobody ships there.
CHECKED enum err shipping_rates_for(struct rq *rq, const struct destination *to,
                                    struct shipping_rate_list *out);

#define COUPON(F, S)                                                                               \
    F(S, uuid, id, .doc = "Of the coupon.")                                                        \
    F(S, text, code, .min = 1, .max = 50, .format = FORMAT_LINE,                                   \
      .doc = "What shoppers type; large letters.")                                                 \
    F(S, one_of(coupon_kind), kind, .doc = "What it does.")                                        \
    F(S, i64, percent_ppm, .min = 0, .max = PPM, .optional = true,                                 \
      .doc = "percent: 100000 is 10 %.")                                                           \
    F(S, minor, amount_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                      \
      .doc = "fixed: taken off.")                                                                  \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Of its amounts; null for one without amounts.")                                      \
    F(S, minor, minimum_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                     \
      .doc = "The subtotal from which it holds.")                                                  \
    F(S, time, starts_at, .optional = true, .doc = "From when.")                                   \
    F(S, time, ends_at, .optional = true, .doc = "Until when.")                                    \
    F(S, i64, uses_max, .min = 1, .max = LIMIT_INTEGER, .optional = true, .doc = "Orders in all.") \
    F(S, i64, uses_max_per_customer, .min = 1, .max = LIMIT_INTEGER, .optional = true,             \
      .doc = "Orders of one customer or e-mail.")                                                  \
    F(S, i64, uses, .min = 0, .doc = "Orders so far.")                                             \
    F(S, bool, active, .doc = "Whether it can be used.")
SHAPE(coupon, COUPON);

// The names of the payment providers that are switched on.
CHECKED enum err shop_payment_providers(struct rq *rq, struct text_list *out);

// A code as it is stored: without blanks around, ASCII letters large.
const char *coupon_code(struct arena *arena, const char *typed);
// Why a coupon cannot be used now in this currency, NULL when it can.
const char *coupon_fault(const struct coupon *coupon, const char *currency, i64 now_ms);
// The coupon of a code; ERR_NOT_FOUND.
CHECKED enum err coupon_by_code(struct rq *rq, const char *code, struct coupon *out);

// A country, or a region of one.
struct country {
    const char *code, *name;
};
extern const struct country countries[];
extern const size_t country_count;
bool country_known(const char *code);
// The regions of a country that taxes tell apart; NULL and 0 when there are none.
const struct country *country_regions(const char *code, size_t *count);

#endif
