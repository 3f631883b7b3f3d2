// Tests of the numbers of orders.
#include <stdlib.h>

#include "app/app.h"
#include "services/order/fixture.h"
#include "services/order/order_number.h"

// "S-10001" to 10001.
static i64 number_of(const char *text)
{
    return strtoll(text + 2, NULL, 10);
}

static i64 skip(struct test *t, i64 count)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    i64 last = 0;
    CHECK(order_number_skip(rq, count, &last) == ERR_OK);
    rq_end(rq);
    return last;
}

// The audit, which runs after all tests, counts what was left out here.
TEST(order_numbers_left_out)
{
    order_begin(t, "NUM-A", 9);
    order_cart(t, "num-a", "tok_ok", "201 {'number':'<number>'}");
    i64 before = number_of(check_value("number"));
    CHECK(skip(t, 0) >= before);
    i64 last = skip(t, 500);
    CHECK(last >= before + 500);
    cart_with(t, "NUM-A", 2);
    order_cart(t, "num-b", "tok_ok", "201 {'number':'<number>'}");
    CHECK(number_of(check_value("number")) > last);
    CHECK(skip(t, 0) >= last + 1);
}

TEST(order_numbers_command_refuses)
{
    CHECK_TEXT(order_refused_command(t, "numbers --skip 0"),
               "souk: --skip is a number from 1 to 1000000\n");
    CHECK_TEXT(order_refused_command(t, "numbers --skip some"),
               "souk: --skip is a number from 1 to 1000000\n");
    CHECK_TEXT(order_refused_command(t, "numbers --back 5"),
               "souk: there is no option --back here; see souk help\n");
    CHECK_TEXT(order_refused_command(t, "numbers 5"), "souk: usage: souk numbers [--skip N]\n");
}
