// Tests of the price of a cart: examples worked out by hand, then properties over random carts.
#include "services/order/price.h"

#include <string.h>

#include "core/money.h"
#include "core/test.h"

// EXAMPLE(price, lines...): a price over literals that live in the block of the test.
#define LINES(...)                                                                                 \
    .lines = (struct price_line[]){__VA_ARGS__},                                                   \
    .line_count = COUNT_OF(((struct price_line[]){__VA_ARGS__}))
#define RATES(...)                                                                                 \
    .rates = (struct price_tax_rate[]){__VA_ARGS__},                                               \
    .rate_count = COUNT_OF(((struct price_tax_rate[]){__VA_ARGS__}))
#define COUPONS(...)                                                                               \
    .coupons = (struct price_coupon[]){__VA_ARGS__},                                               \
    .coupon_count = COUNT_OF(((struct price_coupon[]){__VA_ARGS__}))
#define SHIPPING(...)                                                                              \
    .shipping_rates = (struct price_shipping_rate[]){__VA_ARGS__},                                 \
    .shipping_rate_count = COUNT_OF(((struct price_shipping_rate[]){__VA_ARGS__}))
#define GOODS(price_, quantity_)                                                                   \
    {                                                                                              \
        .unit_price_minor = (price_), .quantity = (quantity_), .weight_g = 500, .taxable = true,   \
        .tax_class = "standard", .requires_shipping = true                                         \
    }
#define BOOKS(price_, quantity_)                                                                   \
    {                                                                                              \
        .unit_price_minor = (price_), .quantity = (quantity_), .taxable = true,                    \
        .tax_class = "books", .requires_shipping = true                                            \
    }
#define VAT(class_, ppm_)                                                                          \
    {                                                                                              \
        .country = "DE", .tax_class = class_, .name = "VAT", .rate_ppm = (ppm_), .priority = 1,    \
        .on_shipping = true                                                                        \
    }
#define POST(code_, basis_, from_, below_, price_)                                                 \
    {                                                                                              \
        .code = code_, .basis = shipping_basis_##basis_, .from = (from_), .below = (below_),       \
        .price_minor = (price_), .free_over_minor = -1                                             \
    }

TEST(price_empty)
{
    struct price price = {.country = "DE"};
    CHECK(price_cart(&price));
    CHECK_I64(price.total_minor, 0);
    CHECK(!price.requires_shipping);
}

TEST(price_tax_on_top_rounds_once)
{
    // 3 x 0.33 at 19 % is 0.1881: line by line it would be 0.18.
    struct price price = {LINES(GOODS(33, 1), GOODS(33, 1), GOODS(33, 1)),
                          RATES(VAT("standard", 190000)), .country = "DE"};
    CHECK(price_cart(&price));
    CHECK_I64(price.tax_minor, 19);
    CHECK_I64(price.total_minor, 118);
    CHECK_I64(price.lines[0].tax_minor + price.lines[1].tax_minor + price.lines[2].tax_minor, 19);
}

TEST(price_tax_within)
{
    struct price price = {LINES(GOODS(11900, 1), BOOKS(1070, 2)),
                          RATES(VAT("standard", 190000), VAT("books", 70000)),
                          SHIPPING(POST("dhl", flat, 0, 0, 595)),
                          .country = "DE",
                          .shipping_option = "dhl",
                          .include_tax = true};
    CHECK(price_cart(&price));
    CHECK_I64(price.total_minor, 11900 + 2140 + 595);
    CHECK_I64(price.lines[0].tax_minor, 1900);
    CHECK_I64(price.lines[1].tax_minor, 140);
    CHECK_I64(price.shipping_tax_minor, 95);
    CHECK_I64(price.rates[0].tax_minor, 1995);
    CHECK_I64(price.rates[1].tax_minor, 140);
}

TEST(price_tax_by_region)
{
    // Quebec: the federal rate and the provincial one; elsewhere in Canada its own.
    struct price price = {LINES(GOODS(10000, 1)),
                          RATES({.country = "CA",
                                 .tax_class = "standard",
                                 .name = "GST",
                                 .rate_ppm = 50000,
                                 .priority = 1},
                                {.country = "CA",
                                 .region = "QC",
                                 .tax_class = "standard",
                                 .name = "QST",
                                 .rate_ppm = 99750,
                                 .priority = 2},
                                {.country = "CA",
                                 .region = "ON",
                                 .tax_class = "standard",
                                 .name = "HST",
                                 .rate_ppm = 130000,
                                 .priority = 1}),
                          .country = "CA", .region = "QC"};
    CHECK(price_cart(&price));
    CHECK_I64(price.rates[0].tax_minor, 500);
    CHECK_I64(price.rates[1].tax_minor, 998);
    CHECK_I64(price.tax_minor, 1498);
    price.region = "ON";
    CHECK(price_cart(&price));
    CHECK_I64(price.tax_minor, 1300);
    CHECK(!price.rates[0].used && price.rates[2].used);
    price.country = "US";
    CHECK(price_cart(&price));
    CHECK_I64(price.tax_minor, 0);
}

TEST(price_class_without_rate_is_standard)
{
    struct price price = {LINES(BOOKS(10000, 1), {.unit_price_minor = 500, .quantity = 1}),
                          RATES(VAT("standard", 190000)), .country = "DE"};
    CHECK(price_cart(&price));
    CHECK_I64(price.lines[0].tax_minor, 1900);
    CHECK_I64(price.lines[1].tax_minor, 0);
}

TEST(price_coupons)
{
    struct price price = {
        LINES(GOODS(1000, 1), GOODS(333, 3)),
        COUPONS({.kind = coupon_kind_fixed, .amount_minor = 5000},
                {.kind = coupon_kind_percent, .percent_ppm = 500000},
                {.kind = coupon_kind_percent, .percent_ppm = 1000000, .minimum_minor = 2000})};
    CHECK(price_cart(&price));
    CHECK_I64(price.coupons[1].discount_minor, 1000); // 999.5 away from zero
    CHECK_I64(price.coupons[0].discount_minor, 999);
    CHECK(!price.coupons[2].applied);
    CHECK_I64(price.discount_minor, 1999);
    CHECK_I64(price.total_minor, 0);
}

TEST(price_shipping_brackets)
{
    struct price price = {LINES(GOODS(1000, 4)),
                          SHIPPING(POST("post", weight, 0, 1000, 300),
                                   POST("post", weight, 1000, 3000, 500),
                                   POST("post", weight, 3000, 0, 900),
                                   POST("van", total, 0, 4000, 800), POST("pickup", flat, 0, 0, 0)),
                          .shipping_option = "post"};
    CHECK(price_cart(&price));
    CHECK_I64(price.shipping_minor, 500);
    CHECK(!price.shipping_rates[3].offered && price.shipping_rates[4].offered);
    price.shipping_rates[1].free_over_minor = 4000;
    CHECK(price_cart(&price));
    CHECK_I64(price.shipping_minor, 0);
    price.shipping_option = "van";
    CHECK(price_cart(&price));
    CHECK_I64(price.shipping_at, -1);
}

TEST(price_free_shipping_coupon)
{
    struct price price = {LINES(GOODS(1000, 1)), SHIPPING(POST("post", flat, 0, 0, 490)),
                          COUPONS({.kind = coupon_kind_free_shipping, .minimum_minor = 1000}),
                          .shipping_option = "post"};
    CHECK(price_cart(&price));
    CHECK_I64(price.total_minor, 1000);
    price.coupons[0].minimum_minor = 1001;
    CHECK(price_cart(&price));
    CHECK_I64(price.total_minor, 1490);
}

TEST(price_past_the_limit)
{
    struct price price = {LINES(GOODS(LIMIT_MINOR, 1))};
    CHECK(price_cart(&price));
    price.lines[0].quantity = LIMIT_QUANTITY;
    CHECK(!price_cart(&price));
}

// From here on: random carts.

enum { LINES_MAX = LIMIT_CART_LINES, CARTS = 200000 };

struct random_cart {
    struct price price;
    struct price_line lines[LINES_MAX];
    struct price_coupon coupons[4];
    struct price_tax_rate rates[6];
    struct price_shipping_rate shipping_rates[3];
};

static i64 below(struct test *t, i64 bound)
{
    return (i64)(test_random(t) % (u64)bound);
}

static i64 random_amount(struct test *t, i64 unit)
{
    static const i64 sizes[] = {1, 10, 300, 5000};
    return below(t, sizes[below(t, COUNT_OF(sizes))] * unit + 1);
}

static void random_lines(struct test *t, struct random_cart *cart, i64 unit)
{
    static const char *const classes[] = {"standard", "books", "food", "unheard"};
    i64 most = below(t, 500) == 0 ? LINES_MAX : 9;
    cart->price.lines = cart->lines;
    cart->price.line_count = (size_t)below(t, most + 1);
    for (size_t i = 0; i < cart->price.line_count; i++)
        cart->lines[i] = (struct price_line){
            .unit_price_minor = random_amount(t, unit),
            .quantity = 1 + below(t, below(t, 4) == 0 ? 100 : 3),
            .weight_g = below(t, 3000),
            .taxable = below(t, 8) > 0,
            .tax_class = classes[below(t, COUNT_OF(classes))],
            .requires_shipping = below(t, 6) > 0,
        };
}

static void random_taxes(struct test *t, struct random_cart *cart)
{
    static const char *const classes[] = {"standard", "standard", "standard", "books", "food"};
    static const i64 rates_ppm[] = {0,     200000, 190000,  70000,  99750,
                                    50000, 77500,  1000000, 333333, 1};
    cart->price.rates = cart->rates;
    cart->price.rate_count = (size_t)below(t, 7);
    for (size_t i = 0; i < cart->price.rate_count; i++)
        cart->rates[i] = (struct price_tax_rate){
            .country = below(t, 6) > 0 ? "CA" : "US",
            .region = below(t, 3) == 0 ? "QC" : "",
            .tax_class = classes[below(t, COUNT_OF(classes))],
            .rate_ppm = rates_ppm[below(t, COUNT_OF(rates_ppm))],
            .priority = 1 + below(t, 2),
            .on_shipping = below(t, 2) == 0,
        };
    cart->price.country = "CA";
    cart->price.region = below(t, 2) == 0 ? "QC" : "ON";
    cart->price.include_tax = below(t, 2) == 0;
}

static void random_cart(struct test *t, struct random_cart *cart)
{
    static const char *const currencies[] = {"EUR", "USD", "GBP", "CHF", "SEK", "PLN",
                                             "CAD", "JPY", "KRW", "ISK", "KWD", "TND"};
    i64 unit = 1;
    for (int i = currency_decimals(currencies[below(t, COUNT_OF(currencies))]); i > 0; i--)
        unit *= 10;
    memset(cart, 0, sizeof *cart);
    random_lines(t, cart, unit);
    random_taxes(t, cart);
    cart->price.coupons = cart->coupons;
    cart->price.coupon_count = below(t, 2) == 0 ? 0 : (size_t)below(t, 5);
    for (size_t i = 0; i < cart->price.coupon_count; i++)
        cart->coupons[i] = (struct price_coupon){
            .kind = (enum coupon_kind)below(t, coupon_kind_count),
            .percent_ppm = below(t, 5) == 0 ? PPM : below(t, PPM),
            .amount_minor = random_amount(t, unit),
            .minimum_minor = below(t, 2) == 0 ? 0 : random_amount(t, unit),
        };
    cart->price.shipping_rates = cart->shipping_rates;
    cart->price.shipping_rate_count = (size_t)below(t, 4);
    for (size_t i = 0; i < cart->price.shipping_rate_count; i++)
        cart->shipping_rates[i] = (struct price_shipping_rate){
            .code = below(t, 2) == 0 ? "post" : "van",
            .basis = (enum shipping_basis)below(t, shipping_basis_count),
            .from = below(t, 2000),
            .below = below(t, 2) == 0 ? 0 : below(t, 9000),
            .price_minor = random_amount(t, unit),
            .free_over_minor = below(t, 2) == 0 ? -1 : random_amount(t, unit),
        };
    cart->price.shipping_option = "post";
}

__extension__ typedef __int128 i128;

// A reference that shares no code with the engine: half a minor unit at most between the exact tax
// of a rate and what was charged. Exact taxes are compared as fractions, never as floats.
static void check_exact_tax(struct test *t, const struct price *price,
                            const struct price_tax_rate *rate)
{
    i64 base =
        rate->on_shipping && strcmp(rate->tax_class, "standard") == 0 ? price->shipping_minor : 0;
    for (size_t i = 0; i < price->line_count; i++) {
        const struct price_line *line = &price->lines[i];
        bool own = false;
        for (size_t j = 0; j < price->rate_count; j++) {
            const struct price_tax_rate *other = &price->rates[j];
            own |= strcmp(other->tax_class, line->tax_class) == 0 &&
                   strcmp(other->country, "CA") == 0 &&
                   (*other->region == '\0' || strcmp(other->region, price->region) == 0);
        }
        const char *tax_class = own ? line->tax_class : "standard";
        if (line->taxable && strcmp(tax_class, rate->tax_class) == 0)
            base += line->subtotal_minor - line->discount_minor;
    }
    i128 twice = 2 * ((i128)rate->tax_minor * PPM - (i128)base * rate->rate_ppm);
    CHECK(twice <= PPM && twice >= -PPM);
}

static void check_sums(struct test *t, const struct price *price)
{
    i64 lines = 0, tax = price->shipping_tax_minor, by_rate = 0;
    for (size_t i = 0; i < price->line_count; i++) {
        const struct price_line *line = &price->lines[i];
        lines += line->total_minor;
        tax += line->tax_minor;
        CHECK(line->total_minor >= 0 && line->tax_minor >= 0 && line->discount_minor >= 0);
        CHECK(line->discount_minor <= line->subtotal_minor);
    }
    for (size_t i = 0; i < price->rate_count; i++) {
        by_rate += price->rates[i].tax_minor;
        if (!price->include_tax && price->rates[i].used)
            check_exact_tax(t, price, &price->rates[i]);
    }
    i64 shipping = price->shipping_minor + (price->include_tax ? 0 : price->shipping_tax_minor);
    CHECK(lines + shipping == price->total_minor);
    CHECK(tax == price->tax_minor && by_rate == price->tax_minor);
    CHECK(price->discount_minor <= price->subtotal_minor && price->total_minor >= 0);
    CHECK(!price->include_tax || price->tax_minor <= price->total_minor);
}

static void shuffle_lines(struct test *t, struct price *price)
{
    for (size_t i = price->line_count; i > 1; i--) {
        size_t j = (size_t)below(t, (i64)i);
        struct price_line swapped = price->lines[i - 1];
        price->lines[i - 1] = price->lines[j];
        price->lines[j] = swapped;
    }
}

TEST(slow_price_of_random_carts)
{
    struct random_cart *cart = ARENA_NEW(t->arena, struct random_cart);
    for (int n = 0; n < CARTS && t->failures == 0; n++) {
        random_cart(t, cart);
        struct price *price = &cart->price;
        CHECK(price_cart(price));
        check_sums(t, price);
        if (n % 4 > 0)
            continue;
        struct price before = *price;
        shuffle_lines(t, price);
        CHECK(price_cart(price));
        CHECK_I64(price->discount_minor, before.discount_minor);
        CHECK_I64(price->shipping_minor, before.shipping_minor);
        CHECK_I64(price->tax_minor, before.tax_minor);
        CHECK_I64(price->total_minor, before.total_minor);
    }
}

// The largest cart that the limits allow in: nothing overflows (UBSan), and it is refused.
TEST(price_of_the_largest_cart)
{
    struct random_cart *cart = ARENA_NEW(t->arena, struct random_cart);
    cart->price = (struct price){.lines = cart->lines, .line_count = LINES_MAX};
    for (size_t i = 0; i < LINES_MAX; i++)
        cart->lines[i] = (struct price_line){.unit_price_minor = LIMIT_MINOR,
                                             .quantity = LIMIT_QUANTITY,
                                             .weight_g = LIMIT_MINOR,
                                             .requires_shipping = true};
    CHECK(!price_cart(&cart->price));
    for (size_t i = 0; i < LINES_MAX; i++)
        cart->lines[i] = (struct price_line){.unit_price_minor = LIMIT_MINOR / LINES_MAX,
                                             .quantity = 1,
                                             .taxable = true,
                                             .tax_class = "standard"};
    cart->price.rates = cart->rates;
    cart->price.rate_count = 1;
    cart->rates[0] =
        (struct price_tax_rate){.country = "US", .tax_class = "standard", .rate_ppm = PPM};
    cart->price.country = "US";
    CHECK(!price_cart(&cart->price));
    cart->price.include_tax = true;
    CHECK(price_cart(&cart->price));
    CHECK_I64(cart->price.tax_minor, LIMIT_MINOR / 2);
}
