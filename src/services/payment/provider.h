// What a payment provider must be able to do. One const table each; provider_builtin.c is the
// built-in one.
//
// Operations run outside any transaction and may take until `timeout_ms`. They are asked by a key
// and do a thing at most once a key. They answer in `result`; `unknown` is the honest answer when
// there was none. They change nothing of the shop's own records.
#ifndef SOUK_SERVICES_PAYMENT_PROVIDER_H
#define SOUK_SERVICES_PAYMENT_PROVIDER_H

#include "services/payment/payment.h"

// nothing: it knows of no such key. unavailable: it surely did nothing. voided stands in attempts
// only.
#define PROVIDER_OUTCOME(X, E)                                                                     \
    X(E, captured)                                                                                 \
    X(E, declined) X(E, refunded) X(E, voided) X(E, nothing) X(E, unknown) X(E, unavailable)
ENUMERATION(provider_outcome, PROVIDER_OUTCOME);

struct provider_result {
    enum provider_outcome outcome;
    const char *reference; // its own name of the charge, NULL when it has none
    const char *detail;    // for people, may be NULL
};

struct payment_provider {
    const char *name;
    // Authorizes and captures in one: captured, declined, unknown or unavailable.
    void (*charge)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                   struct provider_result *result);
    // Gives all of a captured payment back (or voids it, where it is not settled yet): refunded,
    // unknown or unavailable. Once, however often it is asked.
    void (*refund)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                   struct provider_result *result);
    // What became of the key: captured, declined, refunded, nothing, unknown or unavailable.
    void (*read_back)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                      struct provider_result *result);
};

extern const struct payment_provider provider_test;

#endif
