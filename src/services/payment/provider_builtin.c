// The built-in provider: cards that work, decline, time out, or charge and then time out. It keeps
// its own durable record, as a remote one would. What a provider owes: provider.h.
#include <string.h>
#include <time.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/payment/provider.h"

enum { SLOW_MS = 1500 };

#define CHARGE_STATE(X, E) X(E, captured) X(E, declined) X(E, refunded)
ENUMERATION(charge_state, CHARGE_STATE);

#define TEST_CHARGE(F, S)                                                                          \
    F(S, text, reference, .doc = "The provider's name of it.")                                     \
    F(S, text, idempotency_key, .doc = "What it was asked by.")                                    \
    F(S, text, token, .doc = "The card.")                                                          \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .doc = "What was asked for.")                                        \
    F(S, one_of(charge_state), state, .doc = "What became of it.")
SHAPE(test_charge, TEST_CHARGE);

QUERY_RUN(
    test_charge_add, test_charge,
    "INSERT INTO test_provider_charge (reference, idempotency_key, token, currency, amount_minor,"
    " state, created_at) VALUES (:reference, :idempotency_key, :token, :currency, :amount_minor,"
    " :state, :now) ON CONFLICT (idempotency_key) DO NOTHING");
QUERY_ROW(test_charge_by_key, test_charge, test_charge,
          "SELECT reference, idempotency_key, token, currency, amount_minor, state"
          " FROM test_provider_charge WHERE idempotency_key = :idempotency_key");
QUERY_RUN(test_charge_give_back, test_charge,
          "UPDATE test_provider_charge SET state = 'refunded', refunded_minor = amount_minor"
          " WHERE idempotency_key = :idempotency_key AND state = 'captured'");

// As a remote provider does: once a key, and the same answer ever after.
STEP(test_charge_store, test_charge, test_charge)
{
    enum err err = test_charge_add(rq, in, NULL);
    return err == ERR_OK ? test_charge_by_key(rq, in, out) : err;
}

STEP(test_charge_refund, test_charge, test_charge)
{
    enum err err = test_charge_give_back(rq, in, NULL);
    return err == ERR_OK ? test_charge_by_key(rq, in, out) : err;
}

SNAPSHOT(test_charge_find, test_charge, test_charge)
{
    return test_charge_by_key(rq, in, out);
}

// What waiting for a network is to a worker thread.
static void pause_ms(i64 ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0)
        continue;
}

// A record in the words of provider.h; without one, or when it cannot be read, what that means.
static void tell(struct provider_result *result, enum err err, const struct test_charge *charge)
{
    static const enum provider_outcome outcomes[] = {
        [charge_state_captured] = provider_outcome_captured,
        [charge_state_declined] = provider_outcome_declined,
        [charge_state_refunded] = provider_outcome_refunded,
    };
    *result = (struct provider_result){.outcome = provider_outcome_unknown, .detail = "no answer"};
    if (err == ERR_NOT_FOUND)
        *result = (struct provider_result){.outcome = provider_outcome_nothing};
    if (err == ERR_OK)
        *result = (struct provider_result){.outcome = outcomes[charge->state],
                                           .reference = charge->reference};
    if (result->outcome == provider_outcome_declined)
        result->detail = "the card was declined";
}

// Whether a charge is stored and whether an answer is given are two things, as on a real line.
static void test_charge_card(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                             struct provider_result *result)
{
    const char *token = payment->token;
    *result = (struct provider_result){.outcome = provider_outcome_unknown, .detail = "no answer"};
    if (str_equal(token, "tok_down")) {
        result->outcome = provider_outcome_unavailable;
        result->detail = "connection refused";
        return;
    }
    if (str_equal(token, "tok_timeout") || (str_equal(token, "tok_slow") && timeout_ms < SLOW_MS)) {
        pause_ms(timeout_ms);
        return;
    }
    if (str_equal(token, "tok_slow"))
        pause_ms(SLOW_MS);
    bool charged_silently = str_equal(token, "tok_charged_timeout");
    bool good = charged_silently || str_equal(token, "tok_ok") || str_equal(token, "tok_slow");
    struct test_charge charge = {.reference = arena_printf(rq->arena, "ch_%s", uuid_new().s),
                                 .idempotency_key = payment->idempotency_key.s,
                                 .token = token,
                                 .currency = payment->currency,
                                 .amount_minor = payment->amount_minor,
                                 .state = good ? charge_state_captured : charge_state_declined};
    struct test_charge stored = {0};
    enum err err = test_charge_store(rq, &charge, &stored);
    if (charged_silently)
        pause_ms(timeout_ms);
    else
        tell(result, err, &stored);
}

static void test_refund(struct rq *rq, const struct payment *payment, UNUSED i64 timeout_ms,
                        struct provider_result *result)
{
    struct test_charge key = {.idempotency_key = payment->idempotency_key.s}, stored = {0};
    tell(result, test_charge_refund(rq, &key, &stored), &stored);
}

static void test_read_back(struct rq *rq, const struct payment *payment, UNUSED i64 timeout_ms,
                           struct provider_result *result)
{
    struct test_charge key = {.idempotency_key = payment->idempotency_key.s}, stored = {0};
    tell(result, test_charge_find(rq, &key, &stored), &stored);
}

const struct payment_provider provider_test = {
    .name = "test",
    .charge = test_charge_card,
    .refund = test_refund,
    .read_back = test_read_back,
};
