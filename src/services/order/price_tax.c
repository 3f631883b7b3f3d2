// Taxes of a cart: rounded once, split over the lines. Discounts and shipping live in price.c.
//
// Rounding once per rate over the order, and not per line, keeps lines of a tenth of a cent from
// adding up to cents. The price of it is that a line's tax is a share of a rounded sum, found by
// splitting, so two equal lines may differ by one minor unit.
//
// Two cases. Prices without tax: each rate is worked out by itself on what it taxes (add_rate).
// Prices with tax: all rates of a class together are part of the price, so their sum is worked out
// once, and split (contain_class).
#include <string.h>

#include "core/money.h"
#include "core/str.h"
#include "services/order/price.h"

// What is taxed together: each line of the cart in sorted order, and shipping behind them.
struct taxed {
    struct price *price;
    struct price_line **lines;
    bool holds[PRICE_TAX_RATES_MAX]; // the rate is in force at the destination
    i64 weights[LIMIT_CART_LINES + 1], parts[LIMIT_CART_LINES + 1];
};

static bool at_destination(const struct price *price, const struct price_tax_rate *rate)
{
    if (!str_equal(rate->country, price->country))
        return false;
    return str_blank(rate->region) || str_equal(rate->region, price->region);
}

// A rate for the region replaces that for the country in its class and priority.
static bool beaten(const struct price *price, const struct price_tax_rate *rate)
{
    for (size_t i = 0; i < price->rate_count && str_blank(rate->region); i++) {
        const struct price_tax_rate *other = &price->rates[i];
        if (!str_blank(other->region) && at_destination(price, other) &&
            other->priority == rate->priority && str_equal(other->tax_class, rate->tax_class))
            return true;
    }
    return false;
}

// A class that the destination does not know is taxed as standard: a merchant who names a class
// "books" for one country need not set it up for all.
static const char *class_in_force(const struct taxed *taxed, const struct price_line *line)
{
    for (size_t i = 0; i < taxed->price->rate_count; i++)
        if (taxed->holds[i] && str_equal(taxed->price->rates[i].tax_class, line->tax_class))
            return line->tax_class;
    return TAX_CLASS_STANDARD;
}

// Fills the weights with what the lines of a class cost after discount; returns their sum.
static i64 weigh(struct taxed *taxed, const char *tax_class, bool with_shipping)
{
    size_t count = taxed->price->line_count;
    i64 sum = 0;
    for (size_t i = 0; i < count; i++) {
        const struct price_line *line = taxed->lines[i];
        bool in = line->taxable && str_equal(class_in_force(taxed, line), tax_class);
        taxed->weights[i] = in ? line->subtotal_minor - line->discount_minor : 0;
        sum += taxed->weights[i];
    }
    taxed->weights[count] = with_shipping ? taxed->price->shipping_minor : 0;
    return sum + taxed->weights[count];
}

// Splits a tax over what was weighed.
static void spread(struct taxed *taxed, i64 tax_minor)
{
    size_t count = taxed->price->line_count;
    money_split(tax_minor, taxed->weights, count + 1, taxed->parts);
    for (size_t i = 0; i < count; i++)
        taxed->lines[i]->tax_minor += taxed->parts[i];
    taxed->price->shipping_tax_minor += taxed->parts[count];
}

static bool is_standard(const struct price_tax_rate *rate)
{
    return str_equal(rate->tax_class, TAX_CLASS_STANDARD);
}

// Tax on top: each rate is rounded once over the order.
static void add_rate(struct taxed *taxed, struct price_tax_rate *rate)
{
    i64 base = weigh(taxed, rate->tax_class, rate->on_shipping && is_standard(rate));
    if (base == 0)
        return;
    rate->used = true;
    rate->tax_minor = money_share(base, rate->rate_ppm, PPM);
    spread(taxed, rate->tax_minor);
}

// Tax within: the sum of the rates is rounded once, so that it never passes the price that contains
// it, and then split over them. `only_shipping` heeds the rates on shipping alone.
static void contain_rates(struct taxed *taxed, const char *tax_class, bool only_shipping, i64 base)
{
    struct price *price = taxed->price;
    i64 rates_ppm[PRICE_TAX_RATES_MAX] = {0}, parts[PRICE_TAX_RATES_MAX], sum_ppm = 0;
    for (size_t i = 0; i < price->rate_count; i++) {
        struct price_tax_rate *rate = &price->rates[i];
        if (!taxed->holds[i] || !str_equal(rate->tax_class, tax_class) ||
            (only_shipping && !rate->on_shipping))
            continue;
        rates_ppm[i] = rate->rate_ppm;
        sum_ppm += rate->rate_ppm;
        rate->used |= base > 0;
    }
    // gross * R / (1 + R): the tax contained in a price.
    i64 tax_minor = money_share(base, sum_ppm, PPM + sum_ppm);
    if (tax_minor == 0)
        return;
    spread(taxed, tax_minor);
    money_split(tax_minor, rates_ppm, price->rate_count, parts);
    for (size_t i = 0; i < price->rate_count; i++)
        price->rates[i].tax_minor += parts[i];
}

// When every standard rate is on shipping too, goods and shipping share one base and one rounding;
// else shipping is a base of its own with the rates that are on it.
static bool all_on_shipping(const struct taxed *taxed)
{
    for (size_t i = 0; i < taxed->price->rate_count; i++) {
        const struct price_tax_rate *rate = &taxed->price->rates[i];
        if (taxed->holds[i] && is_standard(rate) && !rate->on_shipping)
            return false;
    }
    return true;
}

static void contain_class(struct taxed *taxed, const char *tax_class)
{
    bool standard = str_equal(tax_class, TAX_CLASS_STANDARD);
    bool together = standard && all_on_shipping(taxed);
    contain_rates(taxed, tax_class, false, weigh(taxed, tax_class, together));
    if (standard && !together) {
        i64 shipping_minor = taxed->price->shipping_minor;
        memset(taxed->weights, 0, sizeof taxed->weights);
        taxed->weights[taxed->price->line_count] = shipping_minor;
        contain_rates(taxed, tax_class, true, shipping_minor);
    }
}

// A class is worked out with its first rate.
static bool class_is_new(const struct taxed *taxed, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (taxed->holds[i] &&
            str_equal(taxed->price->rates[i].tax_class, taxed->price->rates[at].tax_class))
            return false;
    return true;
}

void price_tax(struct price *price, struct price_line **sorted)
{
    struct taxed taxed = {.price = price, .lines = sorted};
    for (size_t i = 0; i < price->rate_count; i++) {
        struct price_tax_rate *rate = &price->rates[i];
        assert(rate->rate_ppm >= 0 && rate->rate_ppm <= PPM);
        rate->used = false;
        rate->tax_minor = 0;
        taxed.holds[i] = at_destination(price, rate) && !beaten(price, rate);
    }
    for (size_t i = 0; i < price->rate_count; i++) {
        if (!taxed.holds[i])
            continue;
        if (!price->include_tax)
            add_rate(&taxed, &price->rates[i]);
        else if (class_is_new(&taxed, i))
            contain_class(&taxed, price->rates[i].tax_class);
    }
}
