// Tests of payments by call: every token of the built-in provider, lost answers, captures, voids,
// refunds, charges that arrive late.
#include "services/payment/payment.h"

#include <pthread.h>
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

enum question { ASK_CHARGE, ASK_AUTHORIZE, ASK_CAPTURE, ASK_CANCEL };

static enum err call(struct rq *rq, enum question question, const char *order, const char *token,
                     i64 minor, struct payment *out)
{
    struct payment_order in = {.order_id = uuid_of(order),
                               .provider = "test",
                               .token = token,
                               .currency = "EUR",
                               .amount_minor = 1999,
                               .capture = question == ASK_CHARGE ? capture_mode_automatic
                                                                 : capture_mode_manual};
    struct payment_part part = {.order_id = in.order_id, .amount_minor = minor};
    if (question == ASK_CAPTURE)
        return call_payment_capture(rq, &part, out);
    return question == ASK_CANCEL ? call_payment_cancel(rq, &in, out)
                                  : call_payment_charge(rq, &in, out);
}

static struct payment paid(struct test *t, enum question question, const char *order,
                           const char *token, i64 minor)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment payment = {0};
    rq->app->config.payment_timeout_ms = 20;
    CHECK(call(rq, question, order, token, minor, &payment) == ERR_OK);
    payment.reference = payment.reference != NULL ? arena_text(t->arena, payment.reference) : NULL;
    payment.token = payment.token != NULL ? arena_text(t->arena, payment.token) : NULL;
    rq_end(rq);
    return payment;
}

#define CHARGE(order_, token_) paid(t, ASK_CHARGE, order_, token_, 0)
#define AUTHORIZE(order_, token_) paid(t, ASK_AUTHORIZE, order_, token_, 0)
#define CAPTURE(order_, minor_) paid(t, ASK_CAPTURE, order_, NULL, minor_)
#define CANCEL(order_) paid(t, ASK_CANCEL, order_, "tok_ok", 0)

TEST(payment_charged_once)
{
    struct payment first = CHARGE("pay-ok", "tok_ok"), again = CHARGE("pay-ok", "tok_ok");
    CHECK(first.state == payment_state_captured && again.state == payment_state_captured);
    CHECK_I64(first.captured_minor, 1999);
    CHECK(first.token == NULL);
    CHECK_TEXT(again.reference, first.reference);
}

TEST(payment_declined)
{
    CHECK(CHARGE("pay-no", "tok_declined").state == payment_state_declined);
    CHECK(CHARGE("pay-no", "tok_ok").state == payment_state_declined);
    CHECK(CHARGE("pay-what", "tok_of_another_world").state == payment_state_declined);
    CHECK(CANCEL("pay-no").state == payment_state_declined);
}

TEST(payment_provider_down)
{
    CHECK(CHARGE("pay-down", "tok_down").state == payment_state_unavailable);
    CHECK(CHARGE("pay-down", "tok_down").state == payment_state_unavailable);
    CHECK(CANCEL("pay-down").state == payment_state_voided);
    CHECK(CHARGE("pay-down", "tok_ok").state == payment_state_voided);
}

TEST(payment_timed_out)
{
    CHECK(CHARGE("pay-lost", "tok_timeout").state == payment_state_unknown);
    CHECK(CHARGE("pay-lost", "tok_timeout").state == payment_state_unknown);
    CHECK(CANCEL("pay-lost").state == payment_state_voided);
}

TEST(payment_charged_and_timed_out)
{
    CHECK(CHARGE("pay-late", "tok_charged_timeout").state == payment_state_unknown);
    struct payment found = CHARGE("pay-late", "tok_charged_timeout");
    CHECK(found.state == payment_state_captured && found.reference != NULL);
    CHECK(CHARGE("pay-late-2", "tok_charged_timeout").state == payment_state_unknown);
    struct payment back = CANCEL("pay-late-2"); // found, and given back
    CHECK(back.state == payment_state_refunded);
    CHECK_I64(back.refunded_minor, 1999);
}

TEST(payment_slow_is_lost_when_too_slow)
{
    CHECK(CHARGE("pay-slow", "tok_slow").state == payment_state_unknown);
}

TEST(payment_refunded_once)
{
    CHECK(CHARGE("pay-back", "tok_ok").state == payment_state_captured);
    CHECK(CANCEL("pay-back").state == payment_state_refunded);
    struct payment again = CANCEL("pay-back");
    CHECK(again.state == payment_state_refunded);
    CHECK_I64(again.refunded_minor, 1999);
    CHECK(CHARGE("pay-back", "tok_ok").state == payment_state_refunded);
}

TEST(payment_before_any_charge_can_be_closed)
{
    CHECK(CANCEL("pay-never").state == payment_state_voided);
    CHECK(CHARGE("pay-never", "tok_ok").state == payment_state_voided);
}

TEST(payment_authorized_and_captured_once)
{
    struct payment held = AUTHORIZE("hold-ok", "tok_ok"), again = AUTHORIZE("hold-ok", "tok_ok");
    CHECK(held.state == payment_state_authorized && again.state == payment_state_authorized);
    CHECK(held.captured_minor == 0 && held.token == NULL);
    struct payment all = CAPTURE("hold-ok", 1999);
    CHECK(all.state == payment_state_captured);
    CHECK_I64(all.captured_minor, 1999);
    CHECK_TEXT(all.reference, held.reference);
    CHECK_I64(CAPTURE("hold-ok", 5).captured_minor, 1999);
    CHECK(AUTHORIZE("hold-ok", "tok_ok").state == payment_state_captured);
    CHECK_I64(CANCEL("hold-ok").refunded_minor, 1999);
    CHECK(CAPTURE("hold-ok", 1999).state == payment_state_refunded);
}

TEST(payment_captured_in_part)
{
    CHECK(AUTHORIZE("hold-part", "tok_ok").state == payment_state_authorized);
    CHECK_I64(CAPTURE("hold-part", 700).captured_minor, 700);
    CHECK_I64(CAPTURE("hold-part", 1999).captured_minor, 700);
    struct payment back = CANCEL("hold-part");
    CHECK(back.state == payment_state_refunded);
    CHECK_I64(back.refunded_minor, 700);
}

TEST(payment_voided)
{
    CHECK(AUTHORIZE("hold-void", "tok_ok").state == payment_state_authorized);
    struct payment closed = CANCEL("hold-void");
    CHECK(closed.state == payment_state_voided && closed.reference != NULL);
    CHECK(!IS_SET(&closed, payment, check_at)); // the provider said so itself
    CHECK(CAPTURE("hold-void", 1999).state == payment_state_voided);
    CHECK(AUTHORIZE("hold-void", "tok_ok").state == payment_state_voided);
    CHECK(AUTHORIZE("hold-no", "tok_declined").state == payment_state_declined);
    CHECK(CAPTURE("hold-no", 1999).state == payment_state_declined);
}

TEST(payment_capture_timed_out)
{
    CHECK(AUTHORIZE("hold-slow", "tok_capture_timeout").state == payment_state_authorized);
    CHECK(CAPTURE("hold-slow", 700).state == payment_state_unknown);
    struct payment found = CAPTURE("hold-slow", 900); // read back: the first one was heard
    CHECK(found.state == payment_state_captured);
    CHECK_I64(found.captured_minor, 700);
    CHECK(AUTHORIZE("hold-slow-2", "tok_capture_timeout").state == payment_state_authorized);
    CHECK(CAPTURE("hold-slow-2", 700).state == payment_state_unknown);
    CHECK_I64(CANCEL("hold-slow-2").refunded_minor, 700);
}

TEST(payment_void_timed_out)
{
    CHECK(AUTHORIZE("void-slow", "tok_void_timeout").state == payment_state_authorized);
    CHECK(CANCEL("void-slow").state == payment_state_unknown);
    CHECK(CANCEL("void-slow").state == payment_state_voided);
    CHECK(AUTHORIZE("void-slow-2", "tok_void_timeout").state == payment_state_authorized);
    CHECK(CANCEL("void-slow-2").state == payment_state_unknown);
    CHECK(CAPTURE("void-slow-2", 1999).state == payment_state_voided);
}

TEST(payment_capture_while_the_provider_is_down)
{
    CHECK(AUTHORIZE("hold-down", "tok_capture_down").state == payment_state_authorized);
    CHECK(CAPTURE("hold-down", 1999).state == payment_state_authorized);
    CHECK(CANCEL("hold-down").state == payment_state_voided);
}

TEST(payment_hold_expired)
{
    CHECK(AUTHORIZE("hold-old", "tok_expired").state == payment_state_authorized);
    CHECK(CAPTURE("hold-old", 1999).state == payment_state_voided);
    CHECK(CANCEL("hold-old").state == payment_state_voided);
}

TEST(payment_capture_refused)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment payment;
    CHECK(call(rq, ASK_CAPTURE, "hold-none", NULL, 1, &payment) == ERR_NOT_FOUND);
    CHECK(AUTHORIZE("hold-much", "tok_ok").state == payment_state_authorized);
    CHECK(call(rq, ASK_CAPTURE, "hold-much", NULL, 2000, &payment) == ERR_INVALID);
    CHECK_TEXT(rq->problem.fields[0].field, "amount_minor");
    rq_end(rq);
    CHECK(CANCEL("hold-much").state == payment_state_voided);
}

// Whatever statement fails, of the shop or of the provider: the same question again ends well.
static struct payment in_spite_of_faults(struct test *t, enum question question, const char *order,
                                         u32 nth)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment payment = {0};
    db_fail_at(check_app()->db, nth);
    enum err err = call(rq, question, order, "tok_ok", 700, &payment);
    db_fail_at(check_app()->db, 0);
    CHECK(err == ERR_OK || err == ERR_UNAVAILABLE);
    rq_end(rq);
    return paid(t, question, order, "tok_ok", 700);
}

TEST(payment_survives_any_failing_statement)
{
    for (u32 nth = 1; nth <= 24; nth++) {
        const char *captured = arena_printf(t->arena, "hold-f-%u", nth);
        const char *voided = arena_printf(t->arena, "hold-g-%u", nth);
        CHECK(in_spite_of_faults(t, ASK_AUTHORIZE, captured, nth).state ==
              payment_state_authorized);
        struct payment part = in_spite_of_faults(t, ASK_CAPTURE, captured, nth);
        CHECK(part.state == payment_state_captured);
        CHECK_I64(part.captured_minor, 700);
        CHECK_I64(in_spite_of_faults(t, ASK_CANCEL, captured, nth).refunded_minor, 700);
        CHECK(AUTHORIZE(voided, "tok_ok").state == payment_state_authorized);
        CHECK(in_spite_of_faults(t, ASK_CANCEL, voided, nth).state == payment_state_voided);
    }
}

static struct payment stored(struct test *t, const char *order)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment_stretch all = {.set = 0};
    struct payments_in payments = {0};
    struct payment found = {.state = payment_state_count};
    struct uuid id = uuid_of(order);
    CHECK(call_payment_range(rq, &all, &payments) == ERR_OK);
    for (size_t i = 0; i < payments.items.count; i++)
        if (uuid_equal(&payments.items.items[i].order_id, &id))
            found = payments.items.items[i];
    rq_end(rq);
    return found;
}

// Whoever is killed between a question and its answer leaves a payment that is read back, also one
// of which it was known that nothing had happened.
TEST(payment_asked_again_is_unknown_until_it_is_answered)
{
    int unknown = 0;
    for (u32 nth = 1; nth <= 12; nth++) {
        const char *order = arena_printf(t->arena, "pay-asked-%u", nth);
        CHECK(CHARGE(order, "tok_down").state == payment_state_unavailable);
        struct rq *rq = rq_begin(check_app(), t->name, 5000);
        struct payment payment = {0};
        db_fail_at(check_app()->db, nth);
        enum err err = call(rq, ASK_CHARGE, order, "tok_down", 0, &payment);
        db_fail_at(check_app()->db, 0);
        enum payment_state state = stored(t, order).state;
        CHECK(state == payment_state_unavailable || err != ERR_OK);
        unknown += state == payment_state_unknown;
        CHECK(CANCEL(order).state == payment_state_voided);
        rq_end(rq);
    }
    CHECK(unknown > 0);
}

static void sweep(struct test *t, i64 after_ms)
{
    time_shift_ms(after_ms);
    CHECK(job_run(check_app(), "payment_sweeper") == ERR_OK);
    time_shift_ms(0);
}

// A charge, or a hold, that reaches the provider after its payment was closed.
TEST(payment_landed_late)
{
    struct payment closed = {0}, held = {0};
    CHECK(CHARGE("late-a", "tok_late").state == payment_state_unknown);
    CHECK(AUTHORIZE("late-b", "tok_late").state == payment_state_unknown);
    closed = CANCEL("late-a");
    held = CANCEL("late-b");
    CHECK(closed.state == payment_state_voided && IS_SET(&closed, payment, check_at));
    CHECK(held.state == payment_state_voided && IS_SET(&held, payment, check_at));
    sweep(t, 2 * MINUTE_MS);
    closed = CANCEL("late-a");
    held = CANCEL("late-b");
    CHECK(closed.state == payment_state_refunded && !IS_SET(&closed, payment, check_at));
    CHECK_I64(closed.refunded_minor, 1999);
    CHECK(held.state == payment_state_voided && !IS_SET(&held, payment, check_at));
    CHECK(held.reference != NULL && held.captured_minor == 0);
}

// Whatever statement of the sweeper fails, what arrived late goes back once.
TEST(payment_landed_late_survives_any_failing_statement)
{
    check_apart(t);
    for (u32 nth = 1; nth <= 16; nth++) {
        const char *order = arena_printf(t->arena, "late-f-%u", nth);
        CHECK(CHARGE(order, "tok_late").state == payment_state_unknown);
        CHECK(CANCEL(order).state == payment_state_voided);
        time_shift_ms(2 * MINUTE_MS);
        db_fail_at(check_app()->db, nth);
        enum err err = job_run(check_app(), "payment_sweeper");
        db_fail_at(check_app()->db, 0);
        CHECK(err == ERR_OK || err == ERR_UNAVAILABLE);
        sweep(t, 10 * MINUTE_MS);
        sweep(t, 60 * MINUTE_MS); // where it was the answer to the refund that was lost
        struct payment back = stored(t, order);
        CHECK(back.state == payment_state_refunded && !IS_SET(&back, payment, check_at));
        CHECK_I64(back.refunded_minor, 1999);
    }
}

// Of what never arrives nobody asks for ever.
TEST(payment_looked_at_less_and_less)
{
    CHECK(CHARGE("late-c", "tok_timeout").state == payment_state_unknown);
    struct payment closed = CANCEL("late-c");
    i64 after_ms = 2 * MINUTE_MS, checks = 0;
    for (; IS_SET(&closed, payment, check_at) && checks < 20; checks++) {
        i64 before = closed.checks;
        sweep(t, after_ms);
        closed = CANCEL("late-c");
        CHECK_I64(closed.checks, before + 1);
        after_ms = closed.check_at - time_now_ms() + 1000;
    }
    CHECK_I64(checks, 13);
    CHECK(closed.state == payment_state_voided);
}

TEST(payment_providers_of_the_shop)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment_providers providers;
    struct payment payment;
    struct payment_order in = {
        .order_id = uuid_of("pay-none"), .provider = "tes", .currency = "EUR", .amount_minor = 1};
    CHECK(call_payment_provider_list(rq, &(struct nothing){0}, &providers) == ERR_OK);
    CHECK(providers.items.count == 1 && str_equal(providers.items.items[0], "test"));
    CHECK(call_payment_charge(rq, &in, &payment) == ERR_INVALID);
    CHECK_TEXT(rq->problem.fields[0].field, "payment.provider");
    rq_end(rq);
}

#define SPOIL(F, S)                                                                                \
    F(S, uuid, order_id, .doc = "Whose payment.")                                                  \
    F(S, i64, by, .min = -1, .max = 1, .doc = "1 spoils, -1 mends.")
SHAPE(spoil, SPOIL);
QUERY_RUN(spoil_ledger, spoil,
          "UPDATE ledger_entry SET amount_minor = amount_minor + :by WHERE account = 'sales'"
          " AND payment_id IN (SELECT id FROM payment WHERE order_id = :order_id)");
QUERY_RUN(spoil_charge, spoil,
          "UPDATE test_provider_charge SET amount_minor = amount_minor + :by WHERE reference IN"
          " (SELECT reference FROM payment WHERE order_id = :order_id)");

QUERY_RUN(spoil_captured, spoil,
          "UPDATE payment SET captured_minor = captured_minor + :by WHERE order_id = :order_id"
          " AND capture = 'manual'");

STEP(spoil_payment, spoil, nothing)
{
    enum err err = spoil_ledger(rq, in, NULL);
    if (err == ERR_OK)
        err = spoil_charge(rq, in, NULL);
    return err == ERR_OK ? spoil_captured(rq, in, NULL) : err;
}

TEST(payment_audit_names_what_is_wrong)
{
    CHECK(CHARGE("pay-spoilt", "tok_ok").state == payment_state_captured);
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct spoil spoil = {.order_id = uuid_of("pay-spoilt"), .by = 1};
    CHECK(spoil_payment(rq, &spoil, &(struct nothing){0}) == ERR_OK);
    const char *told = check_audit(t);
    CHECK(strstr(told, "ledger_balance: the capture") != NULL);
    CHECK(strstr(told, "payment_test_provider: ") != NULL);
    spoil.by = -1;
    CHECK(spoil_payment(rq, &spoil, &(struct nothing){0}) == ERR_OK);
    told = check_audit(t);
    CHECK(strstr(told, "ledger_balance") == NULL && strstr(told, "payment_test_provider") == NULL);
    rq_end(rq);
}

// More captured than staff asked for, than the ledger has and than the provider says.
TEST(payment_audit_names_a_wrong_capture)
{
    CHECK(AUTHORIZE("hold-spoilt", "tok_ok").state == payment_state_authorized);
    CHECK_I64(CAPTURE("hold-spoilt", 700).captured_minor, 700);
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct spoil spoil = {.order_id = uuid_of("hold-spoilt"), .by = 1};
    CHECK(spoil_payment(rq, &spoil, &(struct nothing){0}) == ERR_OK);
    const char *told = check_audit(t);
    CHECK(strstr(told, "has 701 captured; asked for was 700") != NULL);
    CHECK(strstr(told, "701 captured and 0 refunded; the ledger says 700") != NULL);
    CHECK(strstr(told, "is captured with 701") != NULL);
    spoil.by = -1;
    CHECK(spoil_payment(rq, &spoil, &(struct nothing){0}) == ERR_OK);
    CHECK(strstr(check_audit(t), "asked for was 700") == NULL);
    rq_end(rq);
}

// Orders are worked on by one at a time; payments must not need that.
struct rival {
    pthread_t thread;
    struct test *t;
    const char *order;
    enum question question;
    enum err err;
};

static void *act(void *context)
{
    struct rival *rival = context;
    struct rq *rq = rq_begin(check_app(), rival->t->name, 20000);
    struct payment payment = {0};
    rival->err = call(rq, rival->question, rival->order, "tok_ok", 700, &payment);
    rq_end(rq);
    return NULL;
}

static void contend(struct test *t, const char *order)
{
    struct rival rivals[8];
    for (size_t i = 0; i < COUNT_OF(rivals); i++) {
        rivals[i] = (struct rival){
            .t = t, .order = order, .question = i % 2 == 0 ? ASK_CAPTURE : ASK_CANCEL};
        int started = pthread_create(&rivals[i].thread, NULL, act, &rivals[i]);
        assert(started == 0);
    }
    for (size_t i = 0; i < COUNT_OF(rivals); i++) {
        pthread_join(rivals[i].thread, NULL);
        CHECK(rivals[i].err == ERR_OK || rivals[i].err == ERR_UNAVAILABLE);
    }
}

TEST(zx_race_for_one_payment)
{
    check_apart(t);
    for (int i = 0; i < 12; i++) {
        const char *order = arena_printf(t->arena, "hold-race-%d", i);
        CHECK(AUTHORIZE(order, "tok_ok").state == payment_state_authorized);
        contend(t, order);
        struct payment last = CANCEL(order);
        CHECK(last.state == payment_state_voided || last.state == payment_state_refunded);
        CHECK_I64(last.captured_minor, last.state == payment_state_refunded ? 700 : 0);
        CHECK_I64(last.refunded_minor, last.captured_minor);
    }
    const char *told = check_audit(t);
    CHECK(strstr(told, "payment_") == NULL && strstr(told, "ledger_") == NULL);
}
