// Tests of payments by call: every token of the built-in provider, lost answers, refunds.
#include "services/payment/payment.h"

#include "app/app.h"
#include "app/check.h"
#include "core/str.h"
#include "core/uuid.h"

static struct payment paid(struct test *t, const char *order, const char *token, bool cancel)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct payment_order in = {.order_id = uuid_of(order),
                               .provider = "test",
                               .token = token,
                               .currency = "EUR",
                               .amount_minor = 1999};
    struct payment payment = {0};
    rq->app->config.payment_timeout_ms = 20;
    CHECK((cancel ? call_payment_cancel(rq, &in, &payment)
                  : call_payment_charge(rq, &in, &payment)) == ERR_OK);
    payment.reference = payment.reference != NULL ? arena_text(t->arena, payment.reference) : NULL;
    payment.token = payment.token != NULL ? arena_text(t->arena, payment.token) : NULL;
    rq_end(rq);
    return payment;
}

#define CHARGE(order_, token_) paid(t, order_, token_, false)
#define CANCEL(order_) paid(t, order_, "tok_ok", true)

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
