// How a customer wants to see the shop, kept with the account so that it holds on each device. A
// guest's choice stays in the browser.
#ifndef SOUK_SERVICES_USER_PREFERENCES_H
#define SOUK_SERVICES_USER_PREFERENCES_H

#include "app/declare.h"

#define COLOUR_SCHEME(X, E) X(E, system) X(E, light) X(E, dark)
ENUMERATION(colour_scheme, COLOUR_SCHEME);

#define PREFERENCES(F, S)                                                                          \
    F(S, one_of(colour_scheme), colour_scheme, .optional = true,                                   \
      .doc = "Of the pages; null: not chosen.")                                                    \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "To shop in, while the shop has prices in it; null: not chosen.")
SHAPE(preferences, PREFERENCES);

// In a transaction or snapshot. All are absent where nothing was chosen.
CHECKED enum err preferences_find(struct rq *rq, const struct uuid *user_id,
                                  struct preferences *out);

#endif
