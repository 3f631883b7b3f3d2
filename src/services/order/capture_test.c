// Tests of orders whose money is authorized at checkout and captured later: every way it can end.
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/time.h"
#include "services/order/fixture.h"
#include "services/order/order.h"

static void shop_captures(struct test *t, const char *mode)
{
    check_as_staff(t, ROLE_ADMIN);
    check(t, arena_printf(t->arena, "PATCH /api/v1/admin/shop {'capture':'%s'}", mode),
          arena_printf(t->arena, "200 {'capture':'%s'}", mode));
    check_headers(t, "");
}

// An order as "order", placed while the shop captures by hand, and answered as `expected`.
static void hold(struct test *t, const char *sku, const char *token, const char *expected)
{
    order_begin(t, sku, 5);
    shop_captures(t, "manual");
    order_cart(t, arena_printf(t->arena, "hold-%s-%s", sku, token), token, expected);
    shop_captures(t, "automatic");
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
}

#define AUTHORIZED                                                                                 \
    "201 {'id':'<order>','number':'<number>','state':'authorized','access_token':'<token>',"       \
    "'payment':{'state':'authorized','captured_minor':null}}"

#define CAPTURE "POST /api/v1/admin/orders/{order}/capture "
#define CANCEL "POST /api/v1/admin/orders/{order}/cancel "
#define STAFF_SEE "GET /api/v1/admin/orders/{order}"

TEST(order_capture_setting)
{
    check(t, "GET /api/v1/shop", "200 {'capture':'automatic'}");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PATCH /api/v1/admin/shop {'capture':'by hand'}",
          "422 {'errors':[{'field':'capture'}]}");
    check(t, "PATCH /api/v1/admin/shop {'capture':'manual'}", "200 {'capture':'manual'}");
    check(t, "GET /api/v1/shop", "200 {'capture':'manual'}");
    check(t, "PATCH /api/v1/admin/shop {'capture':'automatic'}", "200");
}

TEST(order_capture_all)
{
    hold(t, "CAP-A", "tok_ok", AUTHORIZED);
    check(t, "GET /api/v1/admin/stock/CAP-A", "200 {'on_hand':3,'reserved':0}");
    check(t, "POST /api/v1/admin/orders/{order}/refund {}", "409 {'code':'conflict'}");
    check(t, "GET /api/v1/admin/orders?state=authorized&q={number}", "200 {'items':[{}]}");
    check(t, CAPTURE "{'reason':'packed'}",
          "200 {'state':'paid','total_minor':2490,'refunded_minor':0,"
          "'payment':{'state':'captured','captured_minor':2490},"
          "'history':[{},{'state':'authorized'},{'state':'paid','note':'packed'}]}");
    check(t, CAPTURE "{}",
          "409 {'code':'conflict','detail':'an order that is paid cannot be captured'}");
    check(t, "POST /api/v1/admin/orders/{order}/refund {}",
          "200 {'state':'refunded','refunded_minor':2490}");
    check_as_staff(t, ROLE_SUPPORT);
    check(t, CAPTURE "{}", "403");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/orders/01890000-0000-7000-8000-000000000000/capture {}", "404");
}

TEST(order_capture_part)
{
    hold(t, "CAP-B", "tok_ok", AUTHORIZED);
    check(t, CAPTURE "{'amount_minor':2491}", "422 {'errors':[{'field':'amount_minor'}]}");
    check(t, CAPTURE "{'amount_minor':0}", "422 {'errors':[{'field':'amount_minor'}]}");
    check(t, CAPTURE "{'amount_minor':1000}",
          "200 {'state':'paid','total_minor':2490,'payment':{'captured_minor':1000}}");
    CHECK_TEXT(check_audit(t), "");
    check(t, CANCEL "{}",
          "200 {'state':'cancelled','refunded_minor':1000,'payment':{'state':'refunded'}}");
    check(t, "GET /api/v1/admin/stock/CAP-B", "200 {'on_hand':5,'reserved':0}");
}

// What was taken and what went back, whoever counts: each once.
TEST(order_revenue_is_counted)
{
    i64 earned = check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}");
    i64 returned = check_metric(t, "souk_refunds_minor_total{currency=\"EUR\"}");
    hold(t, "CAP-REV", "tok_ok", AUTHORIZED);
    CHECK_I64(check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}"), earned);
    check(t, CAPTURE "{'amount_minor':1000}", "200 {'state':'paid'}");
    CHECK_I64(check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}"), earned + 1000);
    CHECK_I64(check_metric(t, "souk_refunds_minor_total{currency=\"EUR\"}"), returned);
    check(t, CANCEL "{}", "200 {'state':'cancelled'}");
    CHECK_I64(check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}"), earned + 1000);
    CHECK_I64(check_metric(t, "souk_refunds_minor_total{currency=\"EUR\"}"), returned + 1000);
}

TEST(order_capture_not_before_cancel)
{
    hold(t, "CAP-C", "tok_ok", AUTHORIZED);
    check(t, CANCEL "{'reason':'changed their mind'}",
          "200 {'state':'cancelled','refunded_minor':0,"
          "'payment':{'state':'voided','captured_minor':null},"
          "'history':[{},{'state':'authorized'},"
          "{'state':'cancelled','note':'changed their mind'}]}");
    check(t, "GET /api/v1/admin/stock/CAP-C", "200 {'on_hand':5,'reserved':0}");
    check(t, CAPTURE "{}",
          "409 {'code':'conflict','detail':'an order that is cancelled cannot be captured'}");
    CHECK_TEXT(check_audit(t), "");
}

TEST(order_capture_of_a_hold_whose_answer_was_lost)
{
    hold(t, "CAP-D", "tok_charged_timeout",
         "202 {'id':'<order>','state':'pending_payment','access_token':'<token>'}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, STAFF_SEE, "200 {'state':'authorized','payment':{'state':'authorized'}}");
    check(t, CAPTURE "{}", "200 {'state':'paid'}");
    check_headers(t, "");
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'history':[{},{'state':'pending_payment'},{'state':'authorized'},"
          "{'state':'paid'}]}");
}

TEST(order_capture_whose_answer_is_lost)
{
    hold(t, "CAP-E", "tok_capture_timeout", AUTHORIZED);
    check(t, CAPTURE "{'amount_minor':2000}",
          "202 {'state':'authorized','payment':{'state':'unknown'}}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, STAFF_SEE, "200 {'state':'paid','wanted':null,'payment':{'captured_minor':2000}}");
    hold(t, "CAP-E2", "tok_capture_timeout", AUTHORIZED);
    check(t, CAPTURE "{}", "202 {'state':'authorized'}");
    check(t, CANCEL "{}", "200 {'state':'cancelled','refunded_minor':2490}");
}

TEST(order_capture_while_the_provider_is_down)
{
    hold(t, "CAP-F", "tok_capture_down", AUTHORIZED);
    check(t, CAPTURE "{}",
          "202 {'state':'authorized','wanted':'captured','payment':{'state':'authorized'}}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, STAFF_SEE, "200 {'state':'authorized','wanted':'captured'}");
    check(t, CANCEL "{}", "200 {'state':'cancelled','wanted':null,'payment':{'state':'voided'}}");
    CHECK_TEXT(check_audit(t), "");
}

static i64 overdue_orders(struct test *t)
{
    CHECK(job_run(check_app(), "order_overdue") == ERR_OK);
    return check_metric(t, "souk_orders_overdue");
}

// What is wanted in vain is tried more seldom, and shown: after an hour by the metric, after a day
// by the audit. Staff who ask again begin anew.
TEST(order_capture_in_vain_is_shown)
{
    i64 at_ms = 0, shown_ms = 0, named_ms = 0, others = overdue_orders(t);
    hold(t, "CAP-P", "tok_capture_down", AUTHORIZED);
    check(t, CAPTURE "{}", "202 {'number':'<number>','state':'authorized'}");
    const char *sentence = arena_printf(
        t->arena, "order_overdue: order %s is authorized and was to be captured a day ago",
        check_value("number"));
    for (int hour = 0; hour < 30 && named_ms == 0; hour++)
        for (int minute = 0; minute < 60; minute += 5) {
            order_sweep(t, at_ms += 5 * MINUTE_MS + SECOND_MS);
            if (shown_ms == 0 && overdue_orders(t) > others)
                shown_ms = at_ms;
            if (named_ms == 0 && minute == 0 && strstr(check_audit(t), sentence) != NULL)
                named_ms = at_ms;
        }
    CHECK(shown_ms > HOUR_MS && shown_ms < 2 * HOUR_MS);
    CHECK(named_ms > 20 * HOUR_MS && named_ms < 28 * HOUR_MS);
    check(t, STAFF_SEE, "200 {'state':'authorized','payment':{'state':'authorized'}}");
    time_shift_ms(at_ms + HOUR_MS);
    check_as_staff(t, ROLE_ORDERS);
    check(t, CAPTURE "{}", "202 {'state':'authorized'}");
    CHECK_I64(overdue_orders(t), others);
    check(t, CANCEL "{}", "200 {'state':'cancelled','payment':{'state':'voided'}}");
    time_shift_ms(0);
    CHECK_TEXT(check_audit(t), "");
}

TEST(order_capture_of_what_is_being_cancelled)
{
    hold(t, "CAP-G", "tok_void_timeout", AUTHORIZED);
    check(t, CANCEL "{}", "202 {'state':'authorized','payment':{'state':'unknown'}}");
    check(t, CAPTURE "{}", "409 {'code':'conflict','detail':'the order is being cancelled'}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, STAFF_SEE, "200 {'state':'cancelled','payment':{'state':'voided'}}");
}

TEST(order_capture_of_what_has_expired)
{
    hold(t, "CAP-H", "tok_expired", AUTHORIZED);
    check(t, CAPTURE "{}",
          "402 {'code':'payment_declined',"
          "'detail':'the authorization has expired; the order is cancelled'}");
    check(t, STAFF_SEE,
          "200 {'state':'cancelled','payment':{'state':'voided'},"
          "'history':[{},{},{'state':'cancelled','note':'the authorization has expired'}]}");
    check(t, "GET /api/v1/admin/stock/CAP-H", "200 {'on_hand':5,'reserved':0}");
}

TEST(order_capture_that_is_declined)
{
    hold(t, "CAP-O", "tok_capture_declined", AUTHORIZED);
    check(t, CAPTURE "{}",
          "402 {'code':'payment_declined',"
          "'detail':'the capture was declined; the order is cancelled'}");
    check(t, STAFF_SEE,
          "200 {'state':'cancelled','payment':{'state':'declined','captured_minor':null},"
          "'history':[{},{},{'state':'cancelled','note':'the capture was declined'}]}");
    check(t, "GET /api/v1/admin/stock/CAP-O", "200 {'on_hand':5,'reserved':0}");
    CHECK_TEXT(check_audit(t), "");
}

TEST(order_capture_mails)
{
    hold(t, "CAP-I", "tok_ok", AUTHORIZED);
    const char *number = check_value("number");
    CHECK(strstr(check_mail(t, "Ada@Example.org"), "Your bank holds the amount") != NULL);
    check_as_staff(t, ROLE_ORDERS);
    check(t, CAPTURE "{'amount_minor':2000}", "200");
    CHECK(strstr(check_mail(t, "Ada@Example.org"), "We have taken 20.00 EUR") != NULL);
    check_as_staff(t, ROLE_SUPPORT);
    check(t, "GET /api/v1/admin/mails?limit=1",
          arena_printf(t->arena, "200 {'items':[{'subject':'Your order %s is paid'}]}", number));
}

// A charge that arrives after its order was cancelled goes back by itself, and the order says so.
TEST(order_charged_after_it_was_cancelled)
{
    order_begin(t, "CAP-J", 5);
    order_cart(t, "cap-j", "tok_late", "202 {'id':'<order>','access_token':'<token>'}");
    check_as_staff(t, ROLE_ORDERS);
    check(t, CANCEL "{}", "200 {'state':'cancelled','payment':{'state':'voided'}}");
    time_shift_ms(2 * MINUTE_MS);
    CHECK(job_run(check_app_of(service_id_payment), "payment_sweeper") == ERR_OK);
    check_deliver(t);
    time_shift_ms(0);
    check(t, STAFF_SEE,
          "200 {'state':'cancelled','refunded_minor':2490,'payment':{'state':'refunded',"
          "'captured_minor':2490},'history':[{},{},{'state':'cancelled'},"
          "{'state':'cancelled','note':'a charge arrived late and was given back'}]}");
    CHECK_TEXT(check_audit(t), "");
}

// Money that is on its way back is no violation; money that does not go is one.
TEST(order_audit_gives_money_time_to_go_back)
{
    struct app *payment = check_app_of(service_id_payment);
    i64 at_ms = 2 * MINUTE_MS;
    bool told = false;
    check_apart(t); // which statement leaves it there depends on the form
    order_begin(t, "CAP-N", 5);
    order_cart(t, "cap-n", "tok_late", "202 {'id':'<order>'}");
    check_as_staff(t, ROLE_ORDERS);
    check(t, CANCEL "{}", "200 {'state':'cancelled'}");
    for (u32 nth = 1; nth <= 24 && !told; nth++, at_ms += 8 * MINUTE_MS) {
        time_shift_ms(at_ms);
        db_fail_at(payment->db, nth);
        CHECK(job_run(payment, "payment_sweeper") != ERR_INVALID);
        db_fail_at(payment->db, 0);
        CHECK_TEXT(check_audit(t), "");
        time_shift_ms(at_ms + 4 * MINUTE_MS);
        told = strstr(check_audit(t), "0 captured and 0 refunded; payment keeps 2490") != NULL;
    }
    CHECK(told);
    time_shift_ms(at_ms);
    CHECK(job_run(payment, "payment_sweeper") == ERR_OK);
    time_shift_ms(0);
    CHECK_TEXT(check_audit(t), "");
}

// Whatever statement of a capture or of a cancellation fails, the sweeper takes it to its end.
TEST(order_capture_survives_any_failing_statement)
{
    for (u32 nth = 1; nth <= 40; nth++) {
        bool captures = nth % 2 == 0;
        order_begin(t, "CAP-K", 100000);
        shop_captures(t, "manual");
        order_cart(t, arena_printf(t->arena, "cap-k-%u", nth), "tok_ok", AUTHORIZED);
        shop_captures(t, "automatic");
        check_as_staff(t, ROLE_ORDERS);
        db_fail_at(check_app()->db, nth / 2 + 1);
        check(t, captures ? CAPTURE "{'amount_minor':2000}" : CANCEL "{}", "0");
        db_fail_at(check_app()->db, 0);
        order_sweep(t, 15 * SECOND_MS);
        order_sweep(t, 60 * SECOND_MS);
        check(t, captures ? CAPTURE "{'amount_minor':2000}" : CANCEL "{}", "0");
        check(t, STAFF_SEE,
              captures ? "200 {'state':'paid','payment':{'captured_minor':2000}}"
                       : "200 {'state':'cancelled','payment':{'state':'voided'}}");
        check_headers(t, "");
    }
    CHECK_TEXT(check_audit(t), "");
}

#define HOLD_SPOIL(F, S)                                                                           \
    F(S, text, held, .doc = "Number of an authorized order.")                                      \
    F(S, text, captured, .doc = "Number of one that was captured in part.")                        \
    F(S, one_of(order_state), state, .doc = "What the first is made to be.")                       \
    F(S, i64, by, .min = -1, .max = 1, .doc = "1 spoils, -1 mends.")
SHAPE(hold_spoil, HOLD_SPOIL);
QUERY_RUN(spoil_held, hold_spoil, "UPDATE orders SET state = :state WHERE number = :held");
QUERY_RUN(spoil_captured, hold_spoil,
          "UPDATE orders SET captured_minor = captured_minor + :by WHERE number = :captured");

STEP(spoil_holds, hold_spoil, nothing)
{
    enum err err = spoil_held(rq, in, NULL);
    return err == ERR_OK ? spoil_captured(rq, in, NULL) : err;
}

static void spoil(struct test *t, i64 by)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct hold_spoil in = {.held = check_value("held"),
                            .captured = check_value("captured"),
                            .state = by > 0 ? order_state_cancelled : order_state_authorized,
                            .by = by};
    CHECK(spoil_holds(rq, &in, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
}

// Money that is held for an order that is gone, and an order that was captured otherwise than its
// payment.
TEST(order_capture_audit_names_what_is_wrong)
{
    hold(t, "CAP-L", "tok_ok", AUTHORIZED);
    check_remember("held", check_value("number"));
    hold(t, "CAP-M", "tok_ok", AUTHORIZED);
    check(t, CAPTURE "{'amount_minor':1000}", "200 {'number':'<captured>'}");
    spoil(t, 1);
    const char *told = check_audit(t);
    CHECK(strstr(told, arena_printf(t->arena,
                                    "order_peers: order %s is cancelled with a total of 2490;"
                                    " payment holds 2490\n",
                                    check_value("held"))) != NULL);
    CHECK(strstr(told, arena_printf(t->arena,
                                    "order_peers: order %s is paid with a total of 2490,"
                                    " 1001 captured and 0 refunded; payment keeps 1000\n",
                                    check_value("captured"))) != NULL);
    spoil(t, -1);
    CHECK_TEXT(check_audit(t), "");
}
