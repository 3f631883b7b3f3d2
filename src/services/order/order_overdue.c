// Orders that staff want captured, cancelled or refunded, and whose provider has not done it for
// longer than it is away by chance: counted for an alert, and named by the audit after a day. Who
// asks it again, and how often: put_off in order_advance.c.
#include <stdatomic.h>

#include "app/app.h"
#include "app/audit_sql.h"
#include "core/time.h"
#include "services/order/order_row.h"

#define OVERDUE_BOUND(F, S) F(S, i64, tries, .doc = "So many at least.")
SHAPE(overdue_bound, OVERDUE_BOUND);
#define OVERDUE_COUNT(F, S) F(S, i64, orders, .doc = "How many.")
SHAPE(overdue_count, OVERDUE_COUNT);

// Of those that are due at all, by the index orders_due: few.
QUERY_ROW(order_overdue_counted, overdue_bound, overdue_count,
          "SELECT COUNT(*) AS orders FROM orders"
          " WHERE due_at IS NOT NULL AND wanted IS NOT NULL AND tries >= :tries");

SNAPSHOT(order_overdue_count, overdue_bound, overdue_count)
{
    return order_overdue_counted(rq, in, out);
}

static _Atomic i64 overdue;

static i64 read_overdue(UNUSED struct app *app)
{
    return atomic_load(&overdue);
}
METRIC_GAUGE(orders_overdue, "souk_orders_overdue",
             "Orders to be captured, cancelled or refunded, in vain for more than an hour.",
             read_overdue);

static enum err measure_overdue(struct rq *rq)
{
    struct overdue_bound bound = {.tries = ORDER_TRIES_OVERDUE};
    struct overdue_count counted = {0};
    enum err err = order_overdue_count(rq, &bound, &counted);
    if (err == ERR_OK)
        atomic_store(&overdue, counted.orders);
    return err;
}
JOB(order_overdue, MINUTE_MS, measure_overdue);

// An hour of tries until it is overdue, and 46 more, half an hour apart: a day.
QUERY_AUDIT(order_overdue,
            "SELECT 'order ' || number || ' is ' || state || ' and was to be ' || wanted ||"
            " ' a day ago; payment says ' || COALESCE(payment_state, 'nothing') AS sentence"
            " FROM orders WHERE due_at IS NOT NULL AND wanted IS NOT NULL AND tries >= 66");
