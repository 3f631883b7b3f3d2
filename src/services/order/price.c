// Subtotals, discounts, shipping and the final sums of a cart. Taxes live in price_tax.c.
//
// The rule in prose, and why each step is rounded where it is, stands in README.md here; the order
// of the steps below is the order of the rule. Lines are worked on in an order of their own
// (by_price), not in the cart's: where a cent is left over after splitting, who gets it must not
// depend on which line was put in first.
#include "services/order/price.h"

#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "core/str.h"

static int compare_i64(i64 a, i64 b)
{
    return (a > b) - (a < b);
}

// By everything that bears on the price, so that lines which compare equal can change places
// without changing a total.
static int by_price(const void *left, const void *right)
{
    const struct price_line *a = *(struct price_line *const *)left;
    const struct price_line *b = *(struct price_line *const *)right;
    int order = compare_i64(a->subtotal_minor, b->subtotal_minor);
    if (order == 0)
        order = compare_i64(a->taxable, b->taxable);
    if (order == 0 && a->taxable)
        order = strcmp(a->tax_class, b->tax_class);
    return order;
}

// Limits that the shapes of carts keep; here so that arithmetic which relies on them says so.
static void check_input(const struct price *price)
{
    assert(price->line_count <= LIMIT_CART_LINES && price->coupon_count <= PRICE_COUPONS_MAX);
    assert(price->rate_count <= PRICE_TAX_RATES_MAX);
    assert(price->shipping_rate_count <= PRICE_SHIPPING_RATES_MAX);
    for (size_t i = 0; i < price->line_count; i++) {
        const struct price_line *line = &price->lines[i];
        assert(line->unit_price_minor >= 0 && line->unit_price_minor <= LIMIT_MINOR);
        assert(line->quantity > 0 && line->quantity <= LIMIT_QUANTITY);
        assert(line->weight_g >= 0 && line->weight_g <= LIMIT_MINOR);
        assert(!line->taxable || line->tax_class != NULL);
    }
}

// 200 lines of 9,999 pieces at LIMIT_MINOR are 2 * 10^18: the sums fit before they are judged.
static bool goods_total(struct price *price)
{
    for (size_t i = 0; i < price->line_count; i++) {
        struct price_line *line = &price->lines[i];
        line->subtotal_minor = line->unit_price_minor * line->quantity;
        line->discount_minor = line->tax_minor = 0;
        price->subtotal_minor += line->subtotal_minor;
        price->weight_g += line->requires_shipping ? line->weight_g * line->quantity : 0;
        price->requires_shipping |= line->requires_shipping;
    }
    return price->subtotal_minor <= LIMIT_MINOR;
}

// What the coupons of one kind take off, each from the subtotal, together never more than is left.
static void take_off(struct price *price, enum coupon_kind kind)
{
    for (size_t i = 0; i < price->coupon_count; i++) {
        struct price_coupon *coupon = &price->coupons[i];
        if (coupon->kind != kind)
            continue;
        coupon->applied = price->subtotal_minor >= coupon->minimum_minor;
        i64 amount = kind == coupon_kind_fixed ? coupon->amount_minor : 0;
        if (kind == coupon_kind_percent)
            amount = money_share(price->subtotal_minor, coupon->percent_ppm, PPM);
        i64 left = price->subtotal_minor - price->discount_minor;
        coupon->discount_minor = coupon->applied ? min_i64(amount, left) : 0;
        price->discount_minor += coupon->discount_minor;
    }
}

static void discount(struct price *price, struct price_line **sorted)
{
    i64 weights[LIMIT_CART_LINES], parts[LIMIT_CART_LINES];
    take_off(price, coupon_kind_percent);
    take_off(price, coupon_kind_fixed);
    take_off(price, coupon_kind_free_shipping);
    if (price->line_count == 0)
        return;
    for (size_t i = 0; i < price->line_count; i++)
        weights[i] = sorted[i]->subtotal_minor;
    money_split(price->discount_minor, weights, price->line_count, parts);
    for (size_t i = 0; i < price->line_count; i++)
        sorted[i]->discount_minor = parts[i];
}

static bool ships_free(const struct price *price)
{
    for (size_t i = 0; i < price->coupon_count; i++)
        if (price->coupons[i].kind == coupon_kind_free_shipping && price->coupons[i].applied)
            return true;
    return false;
}

static bool bracket_holds(const struct price *price, const struct price_shipping_rate *rate)
{
    i64 amount = price->subtotal_minor - price->discount_minor;
    if (rate->basis == shipping_basis_flat)
        return true;
    if (rate->basis == shipping_basis_weight)
        amount = price->weight_g;
    return amount >= rate->from && (rate->below == 0 || amount < rate->below);
}

// Brackets of one option may overlap; the first in the merchant's order is the price.
static bool offered_before(const struct price *price, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (price->shipping_rates[i].offered &&
            str_equal(price->shipping_rates[i].code, price->shipping_rates[at].code))
            return true;
    return false;
}

static void shipping(struct price *price)
{
    i64 goods = price->subtotal_minor - price->discount_minor;
    bool coupon = ships_free(price);
    for (size_t i = 0; i < price->shipping_rate_count; i++) {
        struct price_shipping_rate *rate = &price->shipping_rates[i];
        rate->offered =
            price->requires_shipping && bracket_holds(price, rate) && !offered_before(price, i);
        bool is_free = coupon || (rate->free_over_minor >= 0 && goods >= rate->free_over_minor);
        rate->quote_minor = is_free ? 0 : rate->price_minor;
        if (rate->offered && str_equal(rate->code, price->shipping_option)) {
            price->shipping_at = (int)i;
            price->shipping_minor = rate->quote_minor;
        }
    }
}

static void add_up(struct price *price)
{
    price->tax_minor = price->shipping_tax_minor;
    for (size_t i = 0; i < price->line_count; i++) {
        struct price_line *line = &price->lines[i];
        line->total_minor = line->subtotal_minor - line->discount_minor;
        line->total_minor += price->include_tax ? 0 : line->tax_minor;
        price->tax_minor += line->tax_minor;
    }
    price->total_minor = price->subtotal_minor - price->discount_minor + price->shipping_minor +
                         (price->include_tax ? 0 : price->tax_minor);
}

// The invariants of README.md. They guard every total that the shop shows, stores or charges.
static void check_output(const struct price *price)
{
    i64 subtotal = 0, discount = 0, tax = price->shipping_tax_minor, total = price->shipping_minor;
    total += price->include_tax ? 0 : price->shipping_tax_minor;
    for (size_t i = 0; i < price->line_count; i++) {
        const struct price_line *line = &price->lines[i];
        assert(line->discount_minor >= 0 && line->discount_minor <= line->subtotal_minor);
        assert(line->tax_minor >= 0 && line->total_minor >= 0);
        assert(line->taxable || line->tax_minor == 0);
        assert(!price->include_tax || line->tax_minor <= line->total_minor);
        subtotal += line->subtotal_minor;
        discount += line->discount_minor;
        tax += line->tax_minor;
        total += line->total_minor;
    }
    assert(subtotal == price->subtotal_minor && discount == price->discount_minor);
    assert(tax == price->tax_minor && total == price->total_minor);
    assert(price->shipping_minor >= 0 && price->shipping_tax_minor >= 0);
    for (size_t i = 0; i < price->rate_count; i++)
        tax -= price->rates[i].tax_minor;
    for (size_t i = 0; i < price->coupon_count; i++)
        discount -= price->coupons[i].discount_minor;
    assert(tax == 0 && discount == 0);
}

bool price_cart(struct price *price)
{
    struct price_line *sorted[LIMIT_CART_LINES];
    check_input(price);
    // Outputs are set, not assumed: a price may be worked out again with other input.
    price->subtotal_minor = price->discount_minor = price->shipping_minor = 0;
    price->shipping_tax_minor = price->weight_g = 0;
    price->requires_shipping = false;
    price->shipping_at = -1;
    if (!goods_total(price))
        return false;
    for (size_t i = 0; i < price->line_count; i++)
        sorted[i] = &price->lines[i];
    qsort(sorted, price->line_count, sizeof *sorted, by_price);
    discount(price, sorted);
    shipping(price);
    // Before taxes, whose arithmetic multiplies it by a rate.
    if (price->subtotal_minor - price->discount_minor + price->shipping_minor > LIMIT_MINOR)
        return false;
    price_tax(price, sorted);
    add_up(price);
    if (price->total_minor > LIMIT_MINOR)
        return false;
    check_output(price);
    return true;
}
