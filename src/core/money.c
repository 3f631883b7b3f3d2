// Money arithmetic. Contract in money.h. Decimals of currencies: ISO 4217 list one.
//
// Products are taken in 128 bits: the largest amount (LIMIT_MINOR, 10^12) times the largest rate in
// use fits 64 bits today, but weights are amounts too, and amount times amount does not.
//
// There are two operations, because there are only two ways to lose money: rounding (money_share,
// at one place and by one rule) and dividing among parts (money_split, which never rounds: it hands
// out what is there). services/order/README.md says where each is used.
#include "core/money.h"

#include <string.h>

#include "core/limits.h"

// What is not listed here has two decimals.
static const char no_decimals[] =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
static const char three_decimals[] = "BHD IQD JOD KWD LYD OMR TND ";
static const char two_decimals[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW "
    "ZWG ";

// Lists are text with four bytes a code, so that they can be read and checked against the standard.
static bool listed(const char *list, const char *code)
{
    for (; *list != '\0'; list += 4)
        if (memcmp(list, code, 3) == 0)
            return true;
    return false;
}

int currency_decimals(const char *code)
{
    if (strlen(code) != 3)
        return -1;
    if (listed(two_decimals, code))
        return 2;
    if (listed(no_decimals, code))
        return 0;
    return listed(three_decimals, code) ? 3 : -1;
}

static i64 power_of_ten(int n)
{
    i64 power = 1;
    while (n-- > 0)
        power *= 10;
    return power;
}

bool money_parse(const char *text, const char *currency, i64 *minor)
{
    int decimals = currency_decimals(currency), seen = -1;
    bool negative = *text == '-';
    text += negative;
    // `seen` is the number of decimals read and kept, -1 before the point.
    i64 value = 0;
    if (decimals < 0 || *text < '0' || *text > '9')
        return false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && seen < 0) {
            seen = 0;
            continue;
        }
        // The bound is tested before each digit, so value stays below 10^13 here and below 10^16
        // after the last multiplication: no overflow however long the text is.
        if (*text < '0' || *text > '9' || value > LIMIT_MINOR)
            return false;
        if (seen >= decimals && *text != '0')
            return false;
        if (seen < decimals)
            value = value * 10 + (*text - '0');
        seen += seen >= 0 && seen < decimals;
    }
    value *= power_of_ten(decimals - (seen > 0 ? seen : 0));
    *minor = negative ? -value : value;
    return value <= LIMIT_MINOR;
}

char *money_text(struct arena *arena, i64 minor, const char *currency)
{
    int decimals = currency_decimals(currency);
    assert(decimals >= 0);
    i64 unit = power_of_ten(decimals);
    const char *sign = minor < 0 ? "-" : "";
    i64 amount = minor < 0 ? -minor : minor;
    if (decimals == 0)
        return arena_printf(arena, "%s%lld", sign, (long long)amount);
    return arena_printf(arena, "%s%lld.%0*lld", sign, (long long)(amount / unit), decimals,
                        (long long)(amount % unit));
}

__extension__ typedef __int128 i128;

i64 money_share(i64 amount_minor, i64 numerator, i64 denominator)
{
    assert(denominator > 0);
    i128 product = (i128)amount_minor * numerator;
    i128 half = denominator / 2;
    // An odd denominator has no exact half, so adding its floor still rounds to nearest.
    i128 rounded =
        product >= 0 ? (product + half) / denominator : -((-product + half) / denominator);
    assert(rounded <= INT64_MAX && rounded >= INT64_MIN);
    return (i64)rounded;
}

// The part with the largest remainder still unpaid, the earliest of equals.
static size_t largest(const i128 *remainders, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (remainders[i] > remainders[best])
            best = i;
    return best;
}

void money_split(i64 total_minor, const i64 *weights, size_t count, i64 *parts)
{
    assert(count > 0 && count <= LIMIT_CART_LINES * 2);
    i128 remainders[LIMIT_CART_LINES * 2];
    i128 sum = 0;
    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0);
        sum += weights[i];
    }
    // Hare's quota with largest remainders (Hamilton's method), on the absolute value: a refund
    // splits exactly as the charge it undoes.
    i64 size = total_minor < 0 ? -total_minor : total_minor, left = size;
    for (size_t i = 0; i < count; i++) {
        i128 product = (i128)size * (sum > 0 ? weights[i] : 1);
        i128 whole = sum > 0 ? sum : (i128)count;
        parts[i] = (i64)(product / whole);
        remainders[i] = product % whole;
        left -= parts[i];
    }
    // What is left is the sum of the fractions cut off: less than the number of parts that have
    // one. So nobody is paid twice, and a part of weight 0 gets nothing unless all weights are 0.
    for (; left > 0; left--) {
        size_t i = largest(remainders, count);
        parts[i]++;
        remainders[i] = -1;
    }
    for (size_t i = 0; i < count && total_minor < 0; i++)
        parts[i] = -parts[i];
}
