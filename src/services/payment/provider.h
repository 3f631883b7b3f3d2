// What a payment provider must be able to do. One const table each; provider_builtin.c is the
// built-in one.
//
// Operations run outside any transaction and may take until `timeout_ms`. They are asked by the
// payment's key and do a thing at most once a key: asked again, or too late, they answer what has
// become of it, which may be any outcome. They answer in `result`; `unknown` is the honest answer
// when there was none. They change nothing of the shop's own records.
#ifndef SOUK_SERVICES_PAYMENT_PROVIDER_H
#define SOUK_SERVICES_PAYMENT_PROVIDER_H

#include "services/payment/payment.h"

// nothing: it knows of no such key. unavailable: this question surely did nothing.
#define PROVIDER_OUTCOME(X, E)                                                                     \
    X(E, authorized)                                                                               \
    X(E, captured)                                                                                 \
    X(E, declined) X(E, refunded) X(E, voided) X(E, nothing) X(E, unknown) X(E, unavailable)
ENUMERATION(provider_outcome, PROVIDER_OUTCOME);

struct provider_result {
    enum provider_outcome outcome;
    const char *reference; // its own name of the charge, NULL when it has none
    const char *detail;    // for people, may be NULL
    i64 captured_minor;    // with captured and refunded: how much was captured
};

struct payment_provider {
    const char *name;
    // Authorizes and captures in one: captured or declined.
    void (*charge)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                   struct provider_result *result);
    // Holds the money without taking it: authorized or declined.
    void (*authorize)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                      struct provider_result *result);
    // Takes all or a part of what is held and releases the rest: captured. voided: the hold is
    // gone. declined: the money will not be had, and is held no more.
    void (*capture)(struct rq *rq, const struct payment *payment, i64 amount_minor, i64 timeout_ms,
                    struct provider_result *result);
    // Releases what is held: voided. captured: it came too late.
    void (*void_hold)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                      struct provider_result *result);
    // Gives all of what was captured back (or voids it, where it is not settled yet): refunded.
    void (*refund)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                   struct provider_result *result);
    // What became of the key; nothing: it has not heard of it.
    void (*read_back)(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                      struct provider_result *result);
};

extern const struct payment_provider provider_test;

#endif
