// Numbers of orders, and `souk numbers`. A database that went back to an earlier moment (a restore,
// the loss of a region) would give again what shoppers were told since: these are left out by hand.
#include <stdio.h>

#include "app/command.h"
#include "app/services.h"
#include "core/str.h"
#include "core/time.h"
#include "services/order/order.h"
#include "services/order/order_number.h"

#define NUMBER_SKIP(F, S) F(S, i64, count, .doc = "How many are left out.")
SHAPE(number_skip, NUMBER_SKIP);
#define NUMBER_LAST(F, S) F(S, i64, last, .doc = "The last one given or left out.")
SHAPE(number_last, NUMBER_LAST);

QUERY_ROW_FOR(number_draw, nothing, number_last,
              "UPDATE order_number SET last = last + 1 WHERE one = 1 RETURNING last",
              "SELECT nextval('order_number_drawn') AS last");
QUERY_ROW_FOR(number_read, nothing, number_last, "SELECT last FROM order_number",
              "SELECT last_value AS last FROM order_number_drawn");
// The service's role may draw from the sequence, and not set it.
QUERY_ROW_FOR(number_skip_write, number_skip, number_last,
              "UPDATE order_number SET last = last + :count, skipped = skipped + :count"
              " WHERE one = 1 RETURNING last",
              "SELECT MAX(nextval('order_number_drawn')) AS last FROM generate_series(1, :count)");

static const char *number_text(struct arena *arena, i64 number)
{
    return arena_printf(arena, "S-%lld", (long long)number);
}

enum err order_number_next(struct rq *rq, const char **number)
{
    struct number_last drawn = {0};
    enum err err = number_draw(rq, &(struct nothing){0}, &drawn);
    *number = number_text(rq->arena, drawn.last);
    return err;
}

STEP(skip, number_skip, number_last)
{
    return in->count > 0 ? number_skip_write(rq, in, out)
                         : number_read(rq, &(struct nothing){0}, out);
}

enum err order_number_skip(struct rq *rq, i64 count, i64 *last)
{
    assert(count >= 0 && count <= ORDER_NUMBERS_SKIP_MOST);
    struct number_last now = {0};
    enum err err = skip(rq, &(struct number_skip){.count = count}, &now);
    *last = now.last;
    return err;
}

static int tell(struct command *command, i64 count)
{
    struct rq *rq = rq_begin(command->app, "numbers", MINUTE_MS);
    i64 last;
    int status = 0;
    if (order_number_skip(rq, count, &last) != ERR_OK)
        status = command_fail_problem("no number was left out", &rq->problem);
    else
        printf("the next order is %s or later\n", number_text(rq->arena, last + 1));
    rq_end(rq);
    return status;
}

static int numbers(struct command *command)
{
    const char *option = command_option(command, "--skip");
    i64 count = 0;
    if (option != NULL &&
        (!str_i64(option, &count) || count < 1 || count > ORDER_NUMBERS_SKIP_MOST))
        return command_fail("--skip is a number from 1 to %d", ORDER_NUMBERS_SKIP_MOST);
    if (command_has_unknown_options(command))
        return 1;
    if (command->count > 0)
        return command_fail("usage: souk numbers [--skip N]");
    if (command_open(command) == NULL)
        return 1;
    if (!services_have(command->app->services, service_id_order))
        return command_fail("the orders are not this process's: set SOUK_SERVICES to order");
    return tell(command, count);
}
COMMAND(numbers, "[--skip N]",
        "Says the number of the next order; --skip leaves out N that shoppers may have been told of"
        " before the database went back to an earlier moment.",
        numbers);
