// What a cart costs: pure arithmetic, no database, no clock. The rule in prose: README.md here.
//
// `struct price` holds what goes in and, after price_cart, what comes out. The caller owns every
// array and text, which are neither kept nor freed; a price belongs to one thread.
//
//     struct price_line lines[] = {{.unit_price_minor = 1999, .quantity = 3, .taxable = true,
//                                   .tax_class = "standard"}};
//     struct price price = {.lines = lines, .line_count = 1, .country = "DE", .rates = rates, ...};
//     if (!price_cart(&price))
//         return fail(rq, ERR_INVALID, "the cart is worth more than the shop can count");
#ifndef SOUK_SERVICES_ORDER_PRICE_H
#define SOUK_SERVICES_ORDER_PRICE_H

#include "core/base.h"
#include "core/limits.h"
#include "core/shape.h"

#define PPM INT64_C(1000000)
#define TAX_CLASS_STANDARD "standard" // taxes what has no class of its own, and shipping

enum {
    PRICE_COUPONS_MAX = 10,
    PRICE_TAX_RATES_MAX = 64,      // of one country
    PRICE_SHIPPING_RATES_MAX = 64, // of one zone
};

#define COUPON_KIND(X, E) X(E, percent) X(E, fixed) X(E, free_shipping)
ENUMERATION(coupon_kind, COUPON_KIND);

#define SHIPPING_BASIS(X, E) X(E, flat) X(E, weight) X(E, total)
ENUMERATION(shipping_basis, SHIPPING_BASIS);

struct price_line {
    i64 unit_price_minor, quantity, weight_g; // 0..LIMIT_MINOR, 1..LIMIT_QUANTITY, of one piece
    const char *tax_class;                    // a class without a rate of its own is standard
    bool taxable, requires_shipping;

    i64 subtotal_minor, discount_minor, tax_minor, total_minor; // out
};

struct price_coupon {
    enum coupon_kind kind;
    i64 percent_ppm;   // percent: 0..PPM
    i64 amount_minor;  // fixed
    i64 minimum_minor; // the subtotal from which it holds

    bool applied; // out: the minimum is reached
    i64 discount_minor;
};

// Of the rates of one class and priority the one for the region beats the one for the country;
// rates of different priorities add up (a federal and a provincial tax).
struct price_tax_rate {
    const char *country, *region; // region "" or NULL: the whole country
    const char *tax_class, *name;
    i64 rate_ppm, priority; // 0..PPM
    bool on_shipping;       // heeded in the standard class only

    bool used; // out: something was taxed at this rate
    i64 tax_minor;
};

// One bracket of one option: rows with the same code are the brackets of an option. It holds from
// `from` up to, not with, `below`, of the goods' weight in grams or of their total after discount.
struct price_shipping_rate {
    const char *code, *name;
    enum shipping_basis basis;
    i64 from, below; // below 0: no end
    i64 price_minor;
    i64 free_over_minor; // -1: never free

    bool offered; // out: it holds for this cart
    i64 quote_minor;
};

struct price {
    struct price_line *lines;
    struct price_coupon *coupons;
    struct price_tax_rate *rates; // of the country, in any order
    struct price_shipping_rate
        *shipping_rates; // of the zone; the first that holds of a code counts
    size_t line_count, coupon_count, rate_count, shipping_rate_count;
    const char *country, *region; // NULL: not known yet, no tax
    const char *shipping_option;  // a code, or NULL: none chosen
    bool include_tax;             // prices and shipping rates contain the tax

    i64 subtotal_minor, discount_minor, shipping_minor, shipping_tax_minor, tax_minor, total_minor;
    i64 weight_g;           // of what is shipped
    bool requires_shipping; // a line does
    int shipping_at;        // the chosen option's row, or -1
};

// Works out every `out` field. False, and nothing to rely on, when the total would pass
// LIMIT_MINOR. Limits above are the caller's to keep (asserted); line_count 0 gives a price of 0.
CHECKED bool price_cart(struct price *price);

// The parts of price_cart, for its files only: price_tax.c needs discounts and shipping done.
void price_tax(struct price *price, struct price_line **sorted);

#endif
