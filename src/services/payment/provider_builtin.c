// The built-in provider: cards that work, decline, time out, or charge and then time out; README.md
// lists them. It keeps its own durable record, as a remote one would. What a provider owes:
// provider.h.
#include <string.h>
#include <time.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/payment/provider.h"

enum { SLOW_MS = 1500, LATE_MS = 60000 };

#define CHARGE_STATE(X, E)                                                                         \
    X(E, authorized) X(E, captured) X(E, declined) X(E, refunded) X(E, voided)
ENUMERATION(charge_state, CHARGE_STATE);

#define TEST_CHARGE(F, S)                                                                          \
    F(S, text, reference, .doc = "The provider's name of it.")                                     \
    F(S, text, idempotency_key, .doc = "What it was asked by.")                                    \
    F(S, text, token, .doc = "The card.")                                                          \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .doc = "What was asked for.")                                        \
    F(S, minor, captured_minor, .doc = "What was taken.")                                          \
    F(S, one_of(charge_state), state, .doc = "What became of it.")                                 \
    F(S, time, lands_at, .doc = "When the provider knows of it.")
SHAPE(test_charge, TEST_CHARGE);

QUERY_PUT(
    test_charge_add, test_charge,
    "INSERT INTO test_provider_charge (reference, idempotency_key, token, currency, amount_minor,"
    " captured_minor, state, lands_at, created_at) VALUES (:reference, :idempotency_key, :token,"
    " :currency, :amount_minor, :captured_minor, :state, :lands_at, :now)"
    " ON CONFLICT (idempotency_key) DO NOTHING");
QUERY_ROW(test_charge_by_key, test_charge, test_charge,
          "SELECT reference, idempotency_key, token, currency, amount_minor, captured_minor, state,"
          " lands_at FROM test_provider_charge"
          " WHERE idempotency_key = :idempotency_key AND lands_at <= :now");
QUERY_RUN(test_charge_take, test_charge,
          "UPDATE test_provider_charge SET state = 'captured', captured_minor = :captured_minor"
          " WHERE idempotency_key = :idempotency_key AND state = 'authorized' AND lands_at <= :now"
          " AND token NOT IN ('tok_expired', 'tok_capture_declined')");
QUERY_RUN(test_charge_decline, test_charge,
          "UPDATE test_provider_charge SET state = 'declined'"
          " WHERE idempotency_key = :idempotency_key AND state = 'authorized' AND lands_at <= :now"
          " AND token = 'tok_capture_declined'");
QUERY_RUN(
    test_charge_let_go, test_charge,
    "UPDATE test_provider_charge SET state = 'voided'"
    " WHERE idempotency_key = :idempotency_key AND state = 'authorized' AND lands_at <= :now");
QUERY_RUN(test_charge_give_back, test_charge,
          "UPDATE test_provider_charge SET state = 'refunded', refunded_minor = captured_minor"
          " WHERE idempotency_key = :idempotency_key AND state = 'captured' AND lands_at <= :now");

// As a remote provider does: once a key, and the same answer ever after. What is still on its way
// is not there to be read.
STEP_LOCKING(test_charge_store, test_charge, test_charge)
{
    enum err err = test_charge_add(rq, in);
    if (err == ERR_OK)
        err = test_charge_by_key(rq, in, out);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// What cannot be taken has expired.
STEP_LOCKING(test_charge_capture, test_charge, test_charge)
{
    enum err err = test_charge_take(rq, in, NULL);
    if (err == ERR_OK)
        err = test_charge_decline(rq, in, NULL);
    if (err == ERR_OK)
        err = test_charge_let_go(rq, in, NULL);
    return err == ERR_OK ? test_charge_by_key(rq, in, out) : err;
}

STEP_LOCKING(test_charge_void, test_charge, test_charge)
{
    enum err err = test_charge_let_go(rq, in, NULL);
    return err == ERR_OK ? test_charge_by_key(rq, in, out) : err;
}

STEP_LOCKING(test_charge_refund, test_charge, test_charge)
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

static void no_answer(struct provider_result *result)
{
    *result = (struct provider_result){.outcome = provider_outcome_unknown, .detail = "no answer"};
}

static void refused(struct provider_result *result)
{
    *result = (struct provider_result){.outcome = provider_outcome_unavailable,
                                       .detail = "connection refused"};
}

// A record in the words of provider.h; without one, or when it cannot be read, what that means.
static void tell(struct provider_result *result, enum err err, const struct test_charge *charge)
{
    static const enum provider_outcome outcomes[] = {
        [charge_state_authorized] = provider_outcome_authorized,
        [charge_state_captured] = provider_outcome_captured,
        [charge_state_declined] = provider_outcome_declined,
        [charge_state_refunded] = provider_outcome_refunded,
        [charge_state_voided] = provider_outcome_voided,
    };
    no_answer(result);
    if (err == ERR_NOT_FOUND)
        *result = (struct provider_result){.outcome = provider_outcome_nothing};
    if (err == ERR_OK)
        *result = (struct provider_result){.outcome = outcomes[charge->state],
                                           .reference = charge->reference,
                                           .captured_minor = charge->captured_minor};
    if (result->outcome == provider_outcome_declined)
        result->detail = "the card was declined";
}

static bool is_one_of(const char *token, const char *const tokens[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(token, tokens[i]))
            return true;
    return false;
}

// What the provider keeps of a question; `held`: of a card that works.
static struct test_charge charge_of(struct rq *rq, const struct payment *payment,
                                    enum charge_state held)
{
    static const char *const good[] = {
        "tok_ok",
        "tok_slow",
        "tok_charged_timeout",
        "tok_late",
        "tok_capture_timeout",
        "tok_capture_down",
        "tok_capture_declined",
        "tok_void_timeout",
        "tok_expired",
    };
    bool works = is_one_of(payment->token, good, COUNT_OF(good));
    bool late = str_equal(payment->token, "tok_late");
    return (struct test_charge){
        .reference = arena_printf(rq->arena, "ch_%s", uuid_new().s),
        .idempotency_key = payment->idempotency_key.s,
        .token = payment->token,
        .currency = payment->currency,
        .amount_minor = payment->amount_minor,
        .captured_minor = works && held == charge_state_captured ? payment->amount_minor : 0,
        .state = works ? held : charge_state_declined,
        .lands_at = rq->now_ms + (late ? LATE_MS : 0),
    };
}

// Whether a charge is stored and whether an answer is given are two things, as on a real line.
static void ask_card(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                     struct provider_result *result, enum charge_state held)
{
    static const char *const silent[] = {"tok_charged_timeout", "tok_late"};
    const char *token = payment->token;
    no_answer(result);
    if (str_equal(token, "tok_down")) {
        refused(result);
        return;
    }
    if (str_equal(token, "tok_timeout") || (str_equal(token, "tok_slow") && timeout_ms < SLOW_MS)) {
        pause_ms(timeout_ms);
        return;
    }
    if (str_equal(token, "tok_slow"))
        pause_ms(SLOW_MS);
    struct test_charge charge = charge_of(rq, payment, held), stored = {0};
    enum err err = test_charge_store(rq, &charge, &stored);
    if (is_one_of(token, silent, COUNT_OF(silent)))
        pause_ms(timeout_ms);
    else
        tell(result, err, &stored);
}

static void test_charge_card(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                             struct provider_result *result)
{
    ask_card(rq, payment, timeout_ms, result, charge_state_captured);
}

static void test_authorize(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                           struct provider_result *result)
{
    ask_card(rq, payment, timeout_ms, result, charge_state_authorized);
}

static void test_capture(struct rq *rq, const struct payment *payment, i64 amount_minor,
                         i64 timeout_ms, struct provider_result *result)
{
    struct test_charge ask = {.idempotency_key = payment->idempotency_key.s,
                              .captured_minor = amount_minor};
    struct test_charge stored = {0};
    enum err err = test_charge_find(rq, &ask, &stored);
    if (err == ERR_OK && str_equal(stored.token, "tok_capture_down")) {
        refused(result);
        return;
    }
    if (err == ERR_OK)
        err = test_charge_capture(rq, &ask, &stored);
    tell(result, err, &stored);
    if (err == ERR_OK && str_equal(stored.token, "tok_capture_timeout")) {
        pause_ms(timeout_ms);
        no_answer(result);
    }
}

static void test_void(struct rq *rq, const struct payment *payment, i64 timeout_ms,
                      struct provider_result *result)
{
    struct test_charge key = {.idempotency_key = payment->idempotency_key.s}, stored = {0};
    enum err err = test_charge_void(rq, &key, &stored);
    tell(result, err, &stored);
    if (err == ERR_OK && str_equal(stored.token, "tok_void_timeout")) {
        pause_ms(timeout_ms);
        no_answer(result);
    }
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
    .authorize = test_authorize,
    .capture = test_capture,
    .void_hold = test_void,
    .refund = test_refund,
    .read_back = test_read_back,
};
