// Money: integers in the minor unit of a currency. There is no floating point in here.
#ifndef SOUK_CORE_MONEY_H
#define SOUK_CORE_MONEY_H

#include "core/arena.h"

// Digits after the point in ISO 4217 (0, 2 or 3), or -1 for a code that is not known.
int currency_decimals(const char *code);
// Reads "12", "12.5", "1234.500", also with a leading '-', into minor units. False when it is not a
// plain decimal number, has more decimals than the currency (zeros aside), or passes LIMIT_MINOR.
bool money_parse(const char *text, const char *currency, i64 *minor);
// "12.50": the decimals of the currency, a point, no grouping, no symbol.
char *money_text(struct arena *arena, i64 minor, const char *currency);

// amount * numerator / denominator, rounded half away from zero: the one rounding rule of the shop.
// The product may not pass 127 bits; denominator > 0.
i64 money_share(i64 amount_minor, i64 numerator, i64 denominator);
// Splits `total` over `count` parts in proportion to `weights` (none negative) by largest
// remainder: the parts add up to the total exactly; earlier parts win ties. All weights 0: by
// count.
void money_split(i64 total_minor, const i64 *weights, size_t count, i64 *parts);

#endif
