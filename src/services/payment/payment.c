// Payments of orders: charged once, or authorized and captured once; read back when an answer was
// lost; voided, or given back in full. The ledger is written in the transaction that learns of a
// movement. Providers: provider.h.
#include "services/payment/payment.h"

#include <string.h>

#include "app/app.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "services/payment/provider.h"

enum {
    CHECK_FIRST_MS = MINUTE_MS, // a closed payment is looked at after a minute, then two, four ...
    CHECKS_MAX = 12,            // for almost three days, as long as nothing is found
    CHECKS_FAST = 5,            // what was found is asked about every half an hour at least
    CHECK_RUN_MS = 8000,
    SWEEP_MAX = 50,
};

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
    "id, order_id, provider, token, idempotency_key, reference, currency, amount_minor, capture,"  \
    " captured_minor, refunded_minor, state, detail, check_at, checks, created_at, updated_at"

// The order's id is unique: whoever comes second finds the first one's row.
QUERY_ROW(
    payment_add, payment_order, payment,
    "INSERT INTO payment (id, order_id, provider, token, idempotency_key, currency, amount_minor,"
    " capture, state, created_at, updated_at) VALUES (:new_id, :order_id, :provider, :token,"
    " :new_id, :currency, :amount_minor, :capture, 'prepared', :now, :now)"
    " ON CONFLICT (order_id) DO NOTHING RETURNING " PAYMENT_COLUMNS);
QUERY_ROW(payment_of_order, payment_order, payment,
          "SELECT " PAYMENT_COLUMNS " FROM payment WHERE order_id = :order_id");

#define ATTEMPT_OPERATION(X, E)                                                                    \
    X(E, charge) X(E, authorize) X(E, capture) X(E, void) X(E, refund) X(E, read_back)
ENUMERATION(attempt_operation, ATTEMPT_OPERATION);

// A question to a provider, and, once it is answered, what the payment becomes by it.
#define ATTEMPT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the attempt.")                                                       \
    F(S, uuid, payment_id, .doc = "Of the payment.")                                               \
    F(S, uuid, order_id, .doc = "What is paid.")                                                   \
    F(S, one_of(attempt_operation), operation, .doc = "What is asked.")                            \
    F(S, minor, amount_minor, .optional = true, .doc = "Of a capture: how much.")                  \
    F(S, one_of(provider_outcome), outcome, .optional = true, .doc = "What was answered.")         \
    F(S, minor, captured_minor, .doc = "How much was captured, where the answer says so.")         \
    F(S, text, reference, .optional = true, .doc = "The provider's name for the charge.")          \
    F(S, text, detail, .optional = true, .doc = "Why, for people.")
SHAPE(attempt, ATTEMPT);

QUERY_PUT(attempt_add, attempt,
          "INSERT INTO payment_attempt (id, payment_id, operation, amount_minor, started_at)"
          " VALUES (:id, :payment_id, :operation, :amount_minor, :now)");
QUERY_PUT(attempt_end, attempt,
          "UPDATE payment_attempt SET outcome = :outcome, detail = :detail, ended_at = :now"
          " WHERE id = :id");

// What a payment may become. Money can only be found to have moved, it is never forgotten: hence no
// way out of `captured` but by a refund, and ways out of `voided` and `declined` for what arrived
// after the payment was closed. An answer that comes late and would go another way is not heard.
static const struct payment_move {
    enum payment_state from, to;
} moves[] = {
    {payment_state_prepared, payment_state_unknown},
    {payment_state_prepared, payment_state_unavailable},
    {payment_state_prepared, payment_state_authorized},
    {payment_state_prepared, payment_state_captured},
    {payment_state_prepared, payment_state_declined},
    {payment_state_prepared, payment_state_refunded},
    {payment_state_prepared, payment_state_voided},
    {payment_state_unknown, payment_state_unavailable},
    {payment_state_unknown, payment_state_authorized},
    {payment_state_unknown, payment_state_captured},
    {payment_state_unknown, payment_state_declined},
    {payment_state_unknown, payment_state_refunded},
    {payment_state_unknown, payment_state_voided},
    {payment_state_unavailable, payment_state_unknown},
    {payment_state_unavailable, payment_state_authorized},
    {payment_state_unavailable, payment_state_captured},
    {payment_state_unavailable, payment_state_declined},
    {payment_state_unavailable, payment_state_refunded},
    {payment_state_unavailable, payment_state_voided},
    {payment_state_authorized, payment_state_unknown},
    {payment_state_authorized, payment_state_captured},
    {payment_state_authorized, payment_state_refunded},
    {payment_state_authorized, payment_state_voided},
    {payment_state_captured, payment_state_refunded},
    {payment_state_voided, payment_state_authorized}, // while it is looked at again: may_become
    {payment_state_voided, payment_state_captured},
    {payment_state_voided, payment_state_refunded},
    {payment_state_declined, payment_state_captured},
    {payment_state_declined, payment_state_refunded},
};

// What the provider itself called voided holds no money; only an answer that was under way
// meanwhile can say otherwise.
static bool may_become(const struct payment *payment, enum payment_state to)
{
    if (payment->state == payment_state_voided && to == payment_state_authorized &&
        !IS_SET(payment, payment, check_at))
        return false;
    for (size_t i = 0; i < COUNT_OF(moves); i++)
        if (moves[i].from == payment->state && moves[i].to == to)
            return true;
    return false;
}

#define PAYMENT_STEP(F, S)                                                                         \
    F(S, uuid, id, .doc = "Of the payment.")                                                       \
    F(S, one_of(payment_state), from, .doc = "As it was read.")                                    \
    F(S, one_of(payment_state), to, .doc = "What it becomes.")                                     \
    F(S, text, reference, .optional = true, .doc = "The provider's name for the charge.")          \
    F(S, text, detail, .optional = true, .doc = "Why, for people.")                                \
    F(S, minor, captured_minor, .doc = "What was paid.")                                           \
    F(S, minor, refunded_minor, .doc = "What was given back.")
SHAPE(payment_step, PAYMENT_STEP);

// The token is kept as long as it may be needed to ask again.
QUERY_ROW(payment_move_row, payment_step, payment,
          "UPDATE payment SET state = :to, reference = COALESCE(:reference, reference),"
          " detail = :detail, captured_minor = :captured_minor, refunded_minor = :refunded_minor,"
          " token = CASE WHEN :to = 'unknown' OR :to = 'unavailable' THEN token ELSE NULL END,"
          " updated_at = :now WHERE id = :id AND state = :from RETURNING " PAYMENT_COLUMNS);
// Whoever dies while asking leaves it unknown.
QUERY_PUT(payment_asked, attempt,
          "UPDATE payment SET state = 'unknown', updated_at = :now WHERE id = :payment_id"
          " AND state IN ('unavailable', 'authorized')");

#define POSTING(F, S)                                                                              \
    F(S, uuid, payment_id, .doc = "Of the payment.")                                               \
    F(S, text, movement, .doc = "capture or refund.")                                              \
    F(S, text, account, .doc = "Whose side.")                                                      \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .min = -LIMIT_MINOR, .max = LIMIT_MINOR,                             \
      .doc = "What the account gains.")
SHAPE(posting, POSTING);

QUERY_PUT(ledger_add, posting,
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
    enum err err = ledger_add(rq, &side);
    side.account = "sales";
    side.amount_minor = -amount;
    return err == ERR_OK ? ledger_add(rq, &side) : err;
}

// What an answer makes of a payment; its own state where it says nothing new.
static enum payment_state state_after(const struct attempt *in, enum payment_state now)
{
    bool of_hold =
        in->operation == attempt_operation_capture || in->operation == attempt_operation_void;
    bool of_card =
        in->operation == attempt_operation_charge || in->operation == attempt_operation_authorize;
    switch (in->outcome) {
    case provider_outcome_authorized:
        return payment_state_authorized;
    case provider_outcome_captured:
        return payment_state_captured;
    case provider_outcome_declined:
        return payment_state_declined;
    case provider_outcome_refunded:
        return payment_state_refunded;
    case provider_outcome_voided:
        return payment_state_voided;
    case provider_outcome_unknown:
        return of_card || of_hold ? payment_state_unknown : now;
    case provider_outcome_unavailable: // the hold is where it was before it was asked about
        if (of_hold && now == payment_state_unknown)
            return payment_state_authorized;
        return of_card ? payment_state_unavailable : now;
    default:
        return now;
    }
}

// Writes a move and what it books. A refund that is found before its capture was (the answers of
// both were lost) books both.
static enum err move(struct rq *rq, const struct attempt *in, const struct payment *payment,
                     enum payment_state to, struct payment *after)
{
    bool refunded = to == payment_state_refunded;
    struct payment_step step = {.id = payment->id,
                                .from = payment->state,
                                .to = to,
                                .reference = in->reference,
                                .detail = in->detail,
                                .captured_minor = payment->captured_minor,
                                .refunded_minor = payment->refunded_minor};
    if (payment->captured_minor == 0 && (refunded || to == payment_state_captured))
        step.captured_minor = in->captured_minor;
    if (refunded)
        step.refunded_minor = step.captured_minor;
    enum err err = payment_move_row(rq, &step, after);
    if (err == ERR_OK && step.captured_minor > payment->captured_minor)
        err = post(rq, payment, "capture", step.captured_minor - payment->captured_minor);
    if (err == ERR_OK && step.refunded_minor > payment->refunded_minor)
        err = post(rq, payment, "refund", payment->refunded_minor - step.refunded_minor);
    return err;
}

// Of an order's payment one answer, one question, one decision at a time is stored.
static enum err lock(struct rq *rq, const struct uuid *order_id)
{
    return rq_lock(rq, "payment", order_id->s);
}

// Stores an answer, with what it means for the payment and the ledger.
STEP_LOCKING(payment_settle, attempt, payment)
{
    struct payment_order key = {.order_id = in->order_id};
    enum err err = lock(rq, &in->order_id);
    if (err == ERR_OK)
        err = attempt_end(rq, in);
    if (err == ERR_OK)
        err = payment_of_order(rq, &key, out);
    if (err != ERR_OK)
        return err;
    enum payment_state to = state_after(in, out->state);
    if (to == out->state || !may_become(out, to))
        return ERR_OK;
    struct payment before = *out;
    return move(rq, in, &before, to, out);
}

#define PREPARED(F, S)                                                                             \
    F(S, bool, fresh, .doc = "Nobody was asked before.")                                           \
    F(S, nested(payment), payment, .doc = "As it is stored.")                                      \
    F(S, uuid, attempt_id, .optional = true, .doc = "Of the question that is asked now.")
SHAPE(prepared, PREPARED);

static enum attempt_operation operation_of(const struct payment *payment)
{
    return payment->capture == capture_mode_manual ? attempt_operation_authorize
                                                   : attempt_operation_charge;
}

// Stores a payment, unless it is there.
static enum err add(struct rq *rq, const struct payment_order *in, struct payment *out, bool *fresh)
{
    enum err err = lock(rq, &in->order_id);
    if (err == ERR_OK)
        err = payment_add(rq, in, out);
    *fresh = err == ERR_OK;
    return err == ERR_NOT_FOUND ? payment_of_order(rq, in, out) : err;
}

// Stores a payment and the first question about it, unless the payment is there.
STEP_LOCKING(payment_prepare, payment_order, prepared)
{
    out->payment = ARENA_NEW(rq->arena, struct payment);
    enum err err = add(rq, in, out->payment, &out->fresh);
    if (err != ERR_OK || !out->fresh)
        return err;
    out->attempt_id = uuid_new();
    struct attempt attempt = {.id = out->attempt_id,
                              .payment_id = out->payment->id,
                              .operation = operation_of(out->payment)};
    return attempt_add(rq, &attempt);
}

// Stores a question before it is asked. Reading back changes nothing; money that was captured is
// known to be, whatever becomes of its refund.
STEP_LOCKING(payment_ask, attempt, nothing)
{
    enum err err = lock(rq, &in->order_id);
    if (err == ERR_OK)
        err = attempt_add(rq, in);
    return err == ERR_OK && in->operation != attempt_operation_read_back ? payment_asked(rq, in)
                                                                         : err;
}

// Never longer than whoever waits for us.
static i64 timeout_ms(const struct rq *rq)
{
    return min_i64(rq->app->config.payment_timeout_ms, rq_left_ms(rq));
}

static void ask_provider(struct rq *rq, const struct attempt *attempt,
                         const struct payment *payment, struct provider_result *result)
{
    const struct payment_provider *provider = provider_named(payment->provider);
    i64 wait_ms = timeout_ms(rq);
    assert(provider != NULL); // checked when the payment was stored
    switch (attempt->operation) {
    case attempt_operation_charge:
        provider->charge(rq, payment, wait_ms, result);
        break;
    case attempt_operation_authorize:
        provider->authorize(rq, payment, wait_ms, result);
        break;
    case attempt_operation_capture:
        provider->capture(rq, payment, attempt->amount_minor, wait_ms, result);
        break;
    case attempt_operation_void:
        provider->void_hold(rq, payment, wait_ms, result);
        break;
    case attempt_operation_refund:
        provider->refund(rq, payment, wait_ms, result);
        break;
    default:
        provider->read_back(rq, payment, wait_ms, result);
        break;
    }
}

// Asks the provider, whose question is stored already, and stores the answer.
static enum err ask_stored(struct rq *rq, struct attempt *attempt, struct payment *payment)
{
    struct provider_result result = {0};
    crash_point("payment.before_provider");
    ask_provider(rq, attempt, payment, &result);
    crash_point("payment.after_provider");
    SET(attempt, attempt, outcome, result.outcome);
    attempt->reference = result.reference;
    attempt->detail = result.detail;
    attempt->captured_minor = result.captured_minor;
    struct payment settled = {0};
    enum err err = payment_settle(rq, attempt, &settled);
    if (err == ERR_OK)
        *payment = settled;
    return err;
}

static struct attempt attempt_of(const struct payment *payment, enum attempt_operation operation)
{
    return (struct attempt){.id = uuid_new(),
                            .payment_id = payment->id,
                            .order_id = payment->order_id,
                            .operation = operation};
}

// Stores a question, asks it and stores the answer. `*outcome` may be NULL.
static enum err ask(struct rq *rq, struct payment *payment, enum attempt_operation operation,
                    enum provider_outcome *outcome)
{
    struct attempt attempt = attempt_of(payment, operation);
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
    return ask(rq, payment, operation_of(payment), NULL);
}

// Names in SOUK_PAYMENT_PROVIDERS that this program knows.
static struct text_list enabled_providers(struct rq *rq)
{
    struct text_list names = config_list(rq->arena, rq->app->config.payment_providers);
    size_t known = 0;
    for (size_t i = 0; i < names.count; i++)
        if (provider_named(names.items[i]) != NULL)
            names.items[known++] = names.items[i];
    names.count = known;
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
        struct attempt attempt = attempt_of(out, operation_of(out));
        attempt.id = prepared.attempt_id;
        return ask_stored(rq, &attempt, out);
    }
    bool open = is_lost(out) || out->state == payment_state_unavailable;
    return open ? charge_again(rq, out) : ERR_OK;
}

// When a closed payment is looked at again; null: never.
#define PAYMENT_WATCH(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the payment.")                                                       \
    F(S, time, check_at, .optional = true, .doc = "When.")                                         \
    F(S, i64, checks, .doc = "How often that was done.")
SHAPE(payment_watch, PAYMENT_WATCH);
// A question whose answer was lost may still be on its way to the provider.
QUERY_RUN(payment_watch_closed, payment_watch,
          "UPDATE payment SET check_at = :check_at, checks = 0 WHERE id = :id AND state = 'voided'"
          " AND EXISTS (SELECT 1 FROM payment_attempt a WHERE a.payment_id = payment.id"
          " AND a.operation IN ('charge', 'authorize'))");

STEP_LOCKING(payment_close, attempt, payment)
{
    struct payment_order key = {.order_id = in->order_id};
    struct payment_watch watch = {.id = in->payment_id};
    SET(&watch, payment_watch, check_at, rq->now_ms + CHECK_FIRST_MS);
    enum err err = lock(rq, &in->order_id);
    if (err == ERR_OK)
        err = attempt_add(rq, in);
    if (err == ERR_OK)
        err = payment_settle_body(rq, in, out);
    if (err == ERR_OK)
        err = payment_watch_closed(rq, &watch, NULL);
    return err == ERR_OK ? payment_of_order(rq, &key, out) : err;
}

// Closes a payment of which the provider knows nothing, so that it never will be charged; nobody is
// asked.
static enum err close_unheard(struct rq *rq, struct payment *payment)
{
    struct attempt attempt = attempt_of(payment, attempt_operation_void);
    struct payment closed = {0};
    SET(&attempt, attempt, outcome, provider_outcome_voided);
    enum err err = payment_close(rq, &attempt, &closed);
    if (err == ERR_OK)
        *payment = closed;
    return err;
}

SNAPSHOT(payment_find, payment_order, payment)
{
    return payment_of_order(rq, in, out);
}

// What cannot be found out now stays as it is; the caller asks again later.
HANDLER(payment_capture, payment_part, payment)
{
    enum provider_outcome outcome = provider_outcome_unknown;
    enum err err = payment_find(rq, &(struct payment_order){.order_id = in->order_id}, out);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "there is no payment of this order");
    if (err == ERR_OK && in->amount_minor > out->amount_minor)
        return fail_field(rq, "amount_minor", "is more than was authorized");
    if (err == ERR_OK && is_lost(out))
        err = ask(rq, out, attempt_operation_read_back, &outcome);
    if (err != ERR_OK)
        return err;
    if (is_lost(out) && outcome == provider_outcome_nothing)
        return close_unheard(rq, out);
    if (out->state != payment_state_authorized)
        return ERR_OK;
    struct attempt attempt = attempt_of(out, attempt_operation_capture);
    SET(&attempt, attempt, amount_minor, in->amount_minor);
    err = payment_ask(rq, &attempt, &(struct nothing){0});
    return err == ERR_OK ? ask_stored(rq, &attempt, out) : err;
}

STEP_LOCKING(payment_open, payment_order, payment)
{
    bool fresh;
    return add(rq, in, out, &fresh);
}

// A void that comes after somebody's capture is answered `captured`.
static enum err give_back(struct rq *rq, struct payment *payment)
{
    enum err err = ERR_OK;
    if (payment->state == payment_state_authorized)
        err = ask(rq, payment, attempt_operation_void, NULL);
    if (err == ERR_OK && payment->state == payment_state_captured)
        err = ask(rq, payment, attempt_operation_refund, NULL);
    return err;
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
    bool open = is_lost(out) || out->state == payment_state_unavailable;
    return open && outcome == provider_outcome_nothing ? close_unheard(rq, out)
                                                       : give_back(rq, out);
}

// The sweeper: payments that were closed while a charge was perhaps still on its way.

QUERY_ROW(payment_due, payment_watch, payment,
          "UPDATE payment SET check_at = :check_at WHERE check_at <= :now AND id ="
          " (SELECT id FROM payment WHERE check_at <= :now ORDER BY check_at LIMIT 1)"
          " RETURNING " PAYMENT_COLUMNS);

// Whoever takes one has a minute for it.
STEP_LOCKING(payment_take_due, payment_watch, payment)
{
    return payment_due(rq, in, out);
}

#define PAYMENT_LOOK(F, S)                                                                         \
    F(S, nested(payment), payment, .doc = "As it is now.")                                         \
    F(S, one_of(provider_outcome), outcome, .doc = "What reading back said.")
SHAPE(payment_look, PAYMENT_LOOK);

QUERY_PUT(payment_checked, payment_watch,
          "UPDATE payment SET check_at = :check_at, checks = :checks WHERE id = :id");

// Nothing can arrive any more, by the provider's own word or because it was waited for long enough.
static bool is_over(const struct payment_look *look)
{
    const struct payment *payment = look->payment;
    if (payment->state != payment_state_voided)
        return payment->state == payment_state_refunded;
    return payment->checks >= CHECKS_MAX || look->outcome == provider_outcome_authorized ||
           look->outcome == provider_outcome_voided || look->outcome == provider_outcome_declined;
}

// Says when to look again, or that it is over; and tells of money that came late and went back.
STEP_LOCKING(payment_look_end, payment_look, nothing)
{
    const struct payment *payment = in->payment;
    struct payment_watch watch = {.id = payment->id, .checks = payment->checks + 1};
    bool found = payment->state != payment_state_voided;
    i64 doublings = min_i64(watch.checks, found ? CHECKS_FAST : CHECKS_MAX);
    if (!is_over(in))
        SET(&watch, payment_watch, check_at, rq->now_ms + ((i64)CHECK_FIRST_MS << doublings));
    enum err err = lock(rq, &payment->order_id);
    if (err == ERR_OK)
        err = payment_checked(rq, &watch);
    if (err != ERR_OK || payment->state != payment_state_refunded)
        return err;
    return outbox_add(rq->db, "payment.returned", payment->order_id.s,
                      json_text(&payment_shape, payment, rq->arena));
}

// One payment that is due; ERR_NOT_FOUND when there is none.
static enum err check_closed(struct rq *rq)
{
    struct payment payment = {0};
    struct payment_watch lease = {.set = 0};
    struct payment_look look = {.payment = &payment, .outcome = provider_outcome_nothing};
    SET(&lease, payment_watch, check_at, time_now_ms() + CHECK_FIRST_MS);
    enum err err = payment_take_due(rq, &lease, &payment);
    if (err != ERR_OK)
        return err;
    if (payment.state == payment_state_voided || is_lost(&payment))
        err = ask(rq, &payment, attempt_operation_read_back, &look.outcome);
    if (err == ERR_OK)
        err = give_back(rq, &payment);
    if (err == ERR_OK)
        err = payment_look_end(rq, &look, &(struct nothing){0});
    if (err != ERR_OK || payment.state != payment_state_voided)
        log_line(err == ERR_OK ? LOG_INFO : LOG_WARN, "payment_swept", "%s is %s: %s", payment.id.s,
                 payment_state_names[payment.state], err_code(err));
    return ERR_OK;
}

// Each payment in a context of its own: its memory and its deadline.
static enum err sweep(struct rq *rq)
{
    enum err err = ERR_OK;
    for (int i = 0; i < SWEEP_MAX && err == ERR_OK; i++) {
        struct rq *own = rq_begin(rq->app, rq->id, CHECK_RUN_MS);
        err = check_closed(own);
        rq_end(own);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
JOB(payment_sweeper, 5000, sweep);

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
     "Charge or authorize an order once.", .flags = ROUTE_CONDUCTS, .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/payment_capture", &payment_capture_handler, 200, ROLE_PEER,
     "Capture what was authorized, or a part of it.", .flags = ROUTE_CONDUCTS,
     .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/payment_cancel", &payment_cancel_handler, 200, ROLE_PEER,
     "Give back, void or close the payment of an order.", .flags = ROUTE_CONDUCTS,
     .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/payment_range", &payment_range_handler, 200, ROLE_PEER,
     "Payments of a stretch of orders.", .flags = ROUTE_READS, .load = CLASS_REPORT},
    {POST, "/internal/v1/payment_provider_list", &payment_provider_list_handler, 200, ROLE_PEER,
     "Payment providers that are switched on.", .flags = ROUTE_READS, .load = CLASS_CART},
};
ROUTES(payment, payment_routes);
