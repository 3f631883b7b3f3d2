// Payments of orders: charged once, read back when an answer was lost, given back in full. The
// ledger is written in the transaction that learns of a movement. Providers: provider.h.
#include "services/payment/payment.h"

#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/payment/provider.h"

static const struct payment_provider *const providers[] = {&provider_test};

// Of all that the program knows, switched on or not: old payments keep theirs.
static const struct payment_provider *provider_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(providers); i++)
        if (str_equal(providers[i]->name, name))
            return providers[i];
    return NULL;
}

#define PAYMENT_COLUMNS                                                                            \
    "id, order_id, provider, token, idempotency_key, reference, currency, amount_minor,"           \
    " captured_minor, refunded_minor, state, detail, created_at, updated_at"

// The order's id is unique: whoever comes second finds the first one's row.
QUERY_RUN(
    payment_add, payment_order,
    "INSERT INTO payment (id, order_id, provider, token, idempotency_key, currency, amount_minor,"
    " state, created_at, updated_at) VALUES (:new_id, :order_id, :provider, :token, :new_id,"
    " :currency, :amount_minor, 'prepared', :now, :now) ON CONFLICT (order_id) DO NOTHING");
QUERY_ROW(payment_of_order, payment_order, payment,
          "SELECT " PAYMENT_COLUMNS " FROM payment WHERE order_id = :order_id");

#define ATTEMPT_OPERATION(X, E) X(E, charge) X(E, refund) X(E, read_back)
ENUMERATION(attempt_operation, ATTEMPT_OPERATION);

// A question to a provider, and, once it is answered, what the payment becomes by it.
#define ATTEMPT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the attempt.")                                                       \
    F(S, uuid, payment_id, .doc = "Of the payment.")                                               \
    F(S, uuid, order_id, .doc = "What is paid.")                                                   \
    F(S, one_of(attempt_operation), operation, .doc = "What is asked.")                            \
    F(S, one_of(provider_outcome), outcome, .optional = true, .doc = "What was answered.")         \
    F(S, text, reference, .optional = true, .doc = "The provider's name for the charge.")          \
    F(S, text, detail, .optional = true, .doc = "Why, for people.")
SHAPE(attempt, ATTEMPT);

QUERY_RUN(attempt_add, attempt,
          "INSERT INTO payment_attempt (id, payment_id, operation, started_at)"
          " VALUES (:id, :payment_id, :operation, :now)");
QUERY_RUN(attempt_end, attempt,
          "UPDATE payment_attempt SET outcome = :outcome, detail = :detail, ended_at = :now"
          " WHERE id = :id");

// Money can only be found to have moved; it is never forgotten. Hence no way out of `captured` but
// by a refund, and `captured` also from `voided`: a charge that arrived after its payment was
// closed.
QUERY_RUN(
    payment_captured, attempt,
    "UPDATE payment SET state = 'captured', captured_minor = amount_minor, reference = :reference,"
    " token = NULL, detail = NULL, updated_at = :now"
    " WHERE id = :payment_id AND captured_minor = 0");
QUERY_RUN(
    payment_refunded, attempt,
    "UPDATE payment SET state = 'refunded', refunded_minor = captured_minor, updated_at = :now"
    " WHERE id = :payment_id AND captured_minor > 0 AND refunded_minor = 0");
QUERY_RUN(payment_not_captured, attempt,
          "UPDATE payment SET state = :outcome, detail = :detail, updated_at = :now, token ="
          " CASE WHEN :outcome = 'declined' OR :outcome = 'voided' THEN NULL ELSE token END"
          " WHERE id = :payment_id AND state IN ('prepared', 'unknown', 'unavailable')");

#define POSTING(F, S)                                                                              \
    F(S, uuid, payment_id, .doc = "Of the payment.")                                               \
    F(S, text, movement, .doc = "capture or refund.")                                              \
    F(S, text, account, .doc = "Whose side.")                                                      \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .min = -LIMIT_MINOR, .max = LIMIT_MINOR,                             \
      .doc = "What the account gains.")
SHAPE(posting, POSTING);

QUERY_RUN(ledger_add, posting,
          "INSERT INTO ledger_entry (payment_id, movement, account, currency, amount_minor, at)"
          " VALUES (:payment_id, :movement, :account, :currency, :amount_minor, :now)");

// Both sides of a movement between the shop's sales and what the provider owes it.
static enum err post(struct rq *rq, const struct payment *payment, const char *movement, i64 amount)
{
    struct posting side = {.payment_id = payment->id,
                           .movement = movement,
                           .account = arena_printf(rq->arena, "provider:%s", payment->provider),
                           .currency = payment->currency,
                           .amount_minor = amount};
    enum err err = ledger_add(rq, &side, NULL);
    side.account = "sales";
    side.amount_minor = -amount;
    return err == ERR_OK ? ledger_add(rq, &side, NULL) : err;
}

static enum err settle_captured(struct rq *rq, const struct attempt *in,
                                const struct payment *payment)
{
    i64 changed = 0;
    enum err err = payment_captured(rq, in, &changed);
    return err == ERR_OK && changed > 0 ? post(rq, payment, "capture", payment->amount_minor) : err;
}

// A refund that is found before its capture was (the answers of both were lost) books both.
static enum err settle_refunded(struct rq *rq, const struct attempt *in,
                                const struct payment *payment)
{
    i64 changed = 0;
    enum err err = settle_captured(rq, in, payment);
    if (err == ERR_OK)
        err = payment_refunded(rq, in, &changed);
    return err == ERR_OK && changed > 0 ? post(rq, payment, "refund", -payment->amount_minor) : err;
}

// Stores an answer, with what it means for the payment and the ledger, and reads the payment again.
STEP(payment_settle, attempt, payment)
{
    struct payment_order key = {.order_id = in->order_id};
    enum err err = attempt_end(rq, in, NULL);
    if (err == ERR_OK)
        err = payment_of_order(rq, &key, out);
    if (err != ERR_OK)
        return err;
    if (in->outcome == provider_outcome_captured)
        err = settle_captured(rq, in, out);
    else if (in->outcome == provider_outcome_refunded)
        err = settle_refunded(rq, in, out);
    else if (in->outcome != provider_outcome_nothing)
        err = payment_not_captured(rq, in, NULL);
    return err == ERR_OK ? payment_of_order(rq, &key, out) : err;
}

#define PREPARED(F, S)                                                                             \
    F(S, bool, fresh, .doc = "Nobody was asked before.")                                           \
    F(S, nested(payment), payment, .doc = "As it is stored.")                                      \
    F(S, uuid, attempt_id, .optional = true, .doc = "Of the question that is asked now.")
SHAPE(prepared, PREPARED);

// Stores a payment and the first question about it, unless the payment is there.
STEP(payment_prepare, payment_order, prepared)
{
    i64 added = 0;
    out->payment = ARENA_NEW(rq->arena, struct payment);
    enum err err = payment_add(rq, in, &added);
    if (err == ERR_OK)
        err = payment_of_order(rq, in, out->payment);
    out->fresh = added > 0;
    if (err != ERR_OK || !out->fresh)
        return err;
    out->attempt_id = uuid_new();
    struct attempt attempt = {.id = out->attempt_id,
                              .payment_id = out->payment->id,
                              .operation = attempt_operation_charge};
    return attempt_add(rq, &attempt, NULL);
}

STEP(payment_ask, attempt, nothing)
{
    return attempt_add(rq, in, NULL);
}

// Never longer than whoever waits for us.
static i64 timeout_ms(const struct rq *rq)
{
    return min_i64(rq->app->config.payment_timeout_ms, rq_left_ms(rq));
}

// Asks the provider, whose question is stored already, and stores the answer.
static enum err ask_stored(struct rq *rq, struct attempt *attempt, struct payment *payment)
{
    const struct payment_provider *provider = provider_named(payment->provider);
    struct provider_result result = {0};
    assert(provider != NULL); // checked when the payment was stored
    crash_point("payment.before_provider");
    if (attempt->operation == attempt_operation_charge)
        provider->charge(rq, payment, timeout_ms(rq), &result);
    else if (attempt->operation == attempt_operation_refund)
        provider->refund(rq, payment, timeout_ms(rq), &result);
    else
        provider->read_back(rq, payment, timeout_ms(rq), &result);
    crash_point("payment.after_provider");
    SET(attempt, attempt, outcome, result.outcome);
    attempt->reference = result.reference;
    attempt->detail = result.detail;
    struct payment settled = {0};
    enum err err = payment_settle(rq, attempt, &settled);
    if (err == ERR_OK)
        *payment = settled;
    return err;
}

// Stores a question, asks it and stores the answer. `*outcome` may be NULL.
static enum err ask(struct rq *rq, struct payment *payment, enum attempt_operation operation,
                    enum provider_outcome *outcome)
{
    struct attempt attempt = {.id = uuid_new(),
                              .payment_id = payment->id,
                              .order_id = payment->order_id,
                              .operation = operation};
    enum err err = payment_ask(rq, &attempt, &(struct nothing){0});
    if (err == ERR_OK)
        err = ask_stored(rq, &attempt, payment);
    if (outcome != NULL)
        *outcome = attempt.outcome;
    return err;
}

// Money may have moved, and nobody here knows.
static bool is_lost(const struct payment *payment)
{
    return payment->state == payment_state_prepared || payment->state == payment_state_unknown;
}

// After a lost answer the provider is asked what it did; only when it knows nothing of the key is
// it asked to charge again, by the same key.
static enum err charge_again(struct rq *rq, struct payment *payment)
{
    enum provider_outcome outcome = provider_outcome_nothing;
    enum err err =
        is_lost(payment) ? ask(rq, payment, attempt_operation_read_back, &outcome) : ERR_OK;
    if (err != ERR_OK || outcome != provider_outcome_nothing)
        return err;
    return ask(rq, payment, attempt_operation_charge, NULL);
}

// Names in SOUK_PAYMENT_PROVIDERS that this program knows.
static struct text_list enabled_providers(struct rq *rq)
{
    const char *left = rq->app->config.payment_providers;
    struct text_list names = {.items = ARENA_ARRAY(rq->arena, const char *, strlen(left) + 1)};
    while (*left != '\0') {
        size_t length = strcspn(left, ",");
        const char *name = str_trim(rq->arena, arena_text_n(rq->arena, left, length));
        if (provider_named(name) != NULL)
            names.items[names.count++] = name;
        left += length + (left[length] == ',');
    }
    return names;
}

static enum err check_provider(struct rq *rq, const char *name)
{
    struct text_list names = enabled_providers(rq);
    for (size_t i = 0; i < names.count; i++)
        if (str_equal(names.items[i], name))
            return ERR_OK;
    return fail_field(rq, "payment.provider", "is not one of this shop's");
}

// Fresh: ask. Lost or surely not done: ask again, as charge_again says. Otherwise: it is known.
HANDLER(payment_charge, payment_order, payment)
{
    struct prepared prepared = {0};
    enum err err = check_provider(rq, in->provider);
    if (err == ERR_OK)
        err = payment_prepare(rq, in, &prepared);
    if (err != ERR_OK)
        return err;
    *out = *prepared.payment;
    assert(out->amount_minor == in->amount_minor && str_equal(out->currency, in->currency));
    if (prepared.fresh) {
        struct attempt attempt = {.id = prepared.attempt_id,
                                  .payment_id = out->id,
                                  .order_id = out->order_id,
                                  .operation = attempt_operation_charge};
        return ask_stored(rq, &attempt, out);
    }
    bool open = is_lost(out) || out->state == payment_state_unavailable;
    return open ? charge_again(rq, out) : ERR_OK;
}

// Closes a payment that surely was not captured, so that it never will be.
static enum err close_uncaptured(struct rq *rq, struct payment *payment)
{
    struct attempt attempt = {.id = uuid_new(),
                              .payment_id = payment->id,
                              .order_id = payment->order_id,
                              .operation = attempt_operation_refund};
    SET(&attempt, attempt, outcome, provider_outcome_voided);
    struct payment settled = {0};
    enum err err = payment_ask(rq, &attempt, &(struct nothing){0});
    if (err == ERR_OK)
        err = payment_settle(rq, &attempt, &settled);
    if (err == ERR_OK)
        *payment = settled;
    return err;
}

STEP(payment_open, payment_order, payment)
{
    enum err err = payment_add(rq, in, NULL);
    return err == ERR_OK ? payment_of_order(rq, in, out) : err;
}

// What cannot be found out now stays open; the caller asks again later.
HANDLER(payment_cancel, payment_order, payment)
{
    enum provider_outcome outcome = provider_outcome_nothing;
    enum err err = payment_open(rq, in, out);
    if (err == ERR_OK && is_lost(out))
        err = ask(rq, out, attempt_operation_read_back, &outcome);
    if (err != ERR_OK)
        return err;
    if (out->state == payment_state_captured)
        return ask(rq, out, attempt_operation_refund, NULL);
    bool open = is_lost(out) || out->state == payment_state_unavailable;
    return open && outcome == provider_outcome_nothing ? close_uncaptured(rq, out) : ERR_OK;
}

HANDLER(payment_provider_list, nothing, payment_providers)
{
    out->items = enabled_providers(rq);
    return ERR_OK;
}

QUERY_LIST(payments_between, payment_stretch, payment,
           "SELECT " PAYMENT_COLUMNS " FROM payment WHERE (:after IS NULL OR order_id > :after)"
           " AND (:upto IS NULL OR order_id <= :upto) ORDER BY order_id");

HANDLER(payment_range, payment_stretch, payments_in)
{
    return payments_between(rq, in, &out->items);
}

static const struct route payment_routes[] = {
    {POST, "/internal/v1/payment_charge", &payment_charge_handler, 200, ROLE_PEER,
     "Charge an order once.", .flags = ROUTE_CONDUCTS, .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/payment_cancel", &payment_cancel_handler, 200, ROLE_PEER,
     "Give back or close the payment of an order.", .flags = ROUTE_CONDUCTS,
     .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/payment_range", &payment_range_handler, 200, ROLE_PEER,
     "Payments of a stretch of orders.", .flags = ROUTE_READS, .load = CLASS_REPORT},
    {POST, "/internal/v1/payment_provider_list", &payment_provider_list_handler, 200, ROLE_PEER,
     "Payment providers that are switched on.", .flags = ROUTE_READS},
};
ROUTES(payment, payment_routes);
