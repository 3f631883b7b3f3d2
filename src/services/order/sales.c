// The sales report: read and counted. Contract in sales.h, in which words it is told: sales_text.c.
//
// The ledger says which payments moved in the span; their orders are read by id, a page at a time,
// in a context of its own each: neither memory nor a snapshot grows with the span. Ids of orders
// begin with their time, so on PostgreSQL a page reads the partitions of its months alone.
#include "services/order/sales.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/csv.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/sales_count.h"
#include "services/order/shop.h"
#include "services/payment/payment.h"

enum { PAGE = 500, PAGE_MS = 20000 };
// An order that nothing is paid for waits for its stock alone, and not for so long.
#define FREE_ORDER_WAITS_MS (31 * DAY_MS)

const char *sales_span_of(const struct sales_query *query, i64 now_ms, struct sales_span *out,
                          const char **field)
{
    bool from = IS_SET(query, sales_query, from), until = IS_SET(query, sales_query, until);
    bool days = IS_SET(query, sales_query, days);
    *field = "days";
    if (days && (from || until))
        return "says how long already: leave it out beside from and until";
    out->until = until ? query->until : now_ms - now_ms % DAY_MS;
    out->from = from ? query->from : out->until - (days ? query->days : 1) * DAY_MS;
    *field = "from";
    if (until && !from)
        return "is missing: until when is said, from when is not";
    *field = "until";
    if (out->until <= out->from)
        return "must be later than from";
    if (out->until - out->from > SALES_DAYS_MOST * DAY_MS)
        return "is more than 366 days after from";
    return NULL;
}

#define SOLD_IDS(F, S)                                                                             \
    F(S, texts, ids, .max = PAGE, .doc = "Orders.")                                                \
    F(S, uuid, least, .doc = "The first of them.")                                                 \
    F(S, uuid, most, .doc = "The last of them.")
SHAPE(sold_ids, SOLD_IDS);

// On PostgreSQL the bounds lead to the months of the page.
QUERY_LIST_FOR(sold_orders, sold_ids, sold_order,
               "SELECT " SOLD_ORDER_COLUMNS
               " FROM orders o WHERE o.id IN (SELECT value FROM json_each(:ids)) ORDER BY o.id",
               "SELECT " SOLD_ORDER_COLUMNS " FROM orders o WHERE o.id >= :least AND o.id <= :most"
               " AND o.id IN (SELECT CAST(value AS UUID)"
               " FROM json_array_elements_text(CAST(:ids AS JSON)) AS value) ORDER BY o.id");
QUERY_LIST_FOR(sold_items, sold_ids, sold_item,
               "SELECT order_id, handle, title, quantity, total_minor FROM order_item"
               " WHERE order_id IN (SELECT value FROM json_each(:ids))"
               " ORDER BY order_id, position",
               "SELECT order_id, handle, title, quantity, total_minor FROM order_item"
               " WHERE order_id >= :least AND order_id <= :most"
               " AND order_id IN (SELECT CAST(value AS UUID)"
               " FROM json_array_elements_text(CAST(:ids AS JSON)) AS value)"
               " ORDER BY order_id, position");

SNAPSHOT(sales_sold, sold_ids, sold)
{
    enum err err = sold_orders(rq, in, &out->orders);
    return err == ERR_OK ? sold_items(rq, in, &out->items) : err;
}

static void add_id(struct sold_ids *ids, const struct uuid *id)
{
    bool first = ids->ids.count == 0;
    ids->least = first || strcmp(id->s, ids->least.s) < 0 ? *id : ids->least;
    ids->most = first || strcmp(id->s, ids->most.s) > 0 ? *id : ids->most;
    ids->ids.items[ids->ids.count++] = id->s;
}

static enum err count_movements(struct rq *rq, struct sales_count *count,
                                const struct movement_list *movements)
{
    struct sold_ids ids = {.ids.items = ARENA_ARRAY(rq->arena, const char *, movements->count)};
    struct sold sold = {0};
    enum err err = ERR_OK;
    for (size_t i = 0; i < movements->count; i++)
        if (movements->items[i].kind == movement_kind_capture)
            add_id(&ids, &movements->items[i].order_id);
    if (ids.ids.count > 0)
        err = sales_sold(rq, &ids, &sold);
    for (size_t i = 0; i < movements->count && err == ERR_OK; i++) {
        const struct movement *movement = &movements->items[i];
        if (movement->kind == movement_kind_capture)
            sales_count_capture(count, &sold, &movement->order_id, movement->currency,
                                movement->amount_minor);
        else
            sales_count_refund(count, movement->currency, movement->amount_minor);
    }
    return err;
}

// What a series of pages goes on with: where it is, and what it counts.
struct reading {
    const struct sales_span *span;
    struct sales_count *count;
    struct movement_stretch stretch;
    struct uuid after; // of free orders
    bool last;
};

static enum err read_movements(struct rq *rq, struct reading *reading)
{
    struct movements_in page = {0};
    enum err err = call_payment_movements(rq, &reading->stretch, &page);
    reading->last = page.items.count < PAGE;
    if (err != ERR_OK || page.items.count == 0)
        return err;
    const struct movement *end = &page.items.items[page.items.count - 1];
    reading->stretch.after_at = end->at;
    reading->stretch.after_payment = end->payment_id;
    reading->stretch.after_kind = end->kind;
    return count_movements(rq, reading->count, &page.items);
}

#define FREE_STRETCH(F, S)                                                                         \
    F(S, uuid, after, .doc = "Later orders than this one.")                                        \
    F(S, time, from, .doc = "That became paid from then on")                                       \
    F(S, time, until, .doc = "and before then.")                                                   \
    F(S, i64, limit, .doc = "How many at most.")
SHAPE(free_stretch, FREE_STRETCH);

// The ledger does not know them. Few orders are free (orders_free), so the history of each is
// looked at.
QUERY_LIST(free_orders, free_stretch, sold_order,
           "SELECT " SOLD_ORDER_COLUMNS " FROM orders o WHERE o.total_minor = 0 AND o.id > :after"
           " AND EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.state = 'paid'"
           " AND e.at >= :from AND e.at < :until) ORDER BY o.id LIMIT :limit");

SNAPSHOT(sales_free, free_stretch, sold)
{
    enum err err = free_orders(rq, in, &out->orders);
    if (err != ERR_OK || out->orders.count == 0)
        return err;
    struct sold_ids ids = {.ids.items = ARENA_ARRAY(rq->arena, const char *, out->orders.count)};
    for (size_t i = 0; i < out->orders.count; i++)
        add_id(&ids, &out->orders.items[i].id);
    return sold_items(rq, &ids, &out->items);
}

static enum err read_free(struct rq *rq, struct reading *reading)
{
    struct sold sold = {0};
    struct free_stretch stretch = {.after = reading->after,
                                   .from = reading->span->from,
                                   .until = reading->span->until,
                                   .limit = PAGE};
    enum err err = sales_free(rq, &stretch, &sold);
    reading->last = sold.orders.count < PAGE;
    for (size_t i = 0; i < sold.orders.count && err == ERR_OK; i++)
        sales_count_capture(reading->count, &sold, &sold.orders.items[i].id,
                            sold.orders.items[i].currency, 0);
    if (sold.orders.count > 0)
        reading->after = sold.orders.items[sold.orders.count - 1].id;
    return err;
}

#define CURRENCY_COUNT(F, S)                                                                       \
    F(S, text, currency, .doc = "Of the orders.")                                                  \
    F(S, one_of(order_state), state, .doc = "What they are.")                                      \
    F(S, i64, orders, .doc = "How many.")
SHAPE(currency_count, CURRENCY_COUNT);

// updated_at never is before the event, and it has an index of these orders alone, which SQLite
// would pass over for that of all states.
#define CANCELLED_WITHIN                                                                           \
    " WHERE o.state = 'cancelled' AND o.updated_at >= :from AND EXISTS (SELECT 1"                  \
    " FROM order_event e WHERE e.order_id = o.id AND e.state = 'cancelled'"                        \
    " AND e.at >= :from AND e.at < :until) GROUP BY currency, state"
QUERY_LIST_FOR(orders_cancelled, sales_span, currency_count,
               "SELECT currency, state, COUNT(*) AS orders FROM orders o"
               " INDEXED BY orders_cancelled" CANCELLED_WITHIN,
               "SELECT currency, state, COUNT(*) AS orders FROM orders o" CANCELLED_WITHIN);
QUERY_LIST(orders_waiting, nothing, currency_count,
           "SELECT currency, state, COUNT(*) AS orders FROM orders"
           " WHERE state IN ('pending_payment', 'authorized')"
           " GROUP BY currency, state");

#define SALES_STATES(F, S)                                                                         \
    F(S, nested(shop_settings), shop, .doc = "The shop's own facts.")                              \
    F(S, list(currency_count), cancelled, .doc = "In the span.")                                   \
    F(S, list(currency_count), waiting, .doc = "Now.")
SHAPE(sales_states, SALES_STATES);

SNAPSHOT(sales_states, sales_span, sales_states)
{
    out->shop = ARENA_NEW(rq->arena, struct shop_settings);
    enum err err = shop_settings_read(rq, out->shop);
    if (err == ERR_OK)
        err = orders_cancelled(rq, in, &out->cancelled);
    return err == ERR_OK ? orders_waiting(rq, &(struct nothing){0}, &out->waiting) : err;
}

static enum err read_states(struct rq *rq, struct reading *reading)
{
    struct sales_states states = {0};
    enum err err = sales_states(rq, reading->span, &states);
    reading->last = true;
    if (err != ERR_OK)
        return err;
    sales_of(reading->count, states.shop->currency);
    for (size_t i = 0; i < states.cancelled.count; i++)
        sales_of(reading->count, states.cancelled.items[i].currency)->orders_cancelled +=
            states.cancelled.items[i].orders;
    for (size_t i = 0; i < states.waiting.count; i++) {
        const struct currency_count *waiting = &states.waiting.items[i];
        struct sales *sales = sales_of(reading->count, waiting->currency);
        *(waiting->state == order_state_authorized ? &sales->waiting_capture
                                                   : &sales->waiting_payment) += waiting->orders;
    }
    return ERR_OK;
}

// Each page in a context of its own. A span that is over is the same at every replica.
static enum err read_pages(struct rq *rq, struct reading *reading,
                           enum err (*read)(struct rq *rq, struct reading *reading))
{
    bool over = reading->span->until + rq->app->config.replica_lag_ms < rq->now_ms;
    enum err err = ERR_OK;
    for (reading->last = false; err == ERR_OK && !reading->last;) {
        struct rq *own = rq_begin(rq->app, rq->id, min_i64(PAGE_MS, rq_left_ms(rq)));
        own->view.position = over ? DB_ANY : DB_NEWEST;
        err = read(own, reading);
        if (err != ERR_OK && own->problem.detail != NULL)
            err = fail(rq, err, "%s", own->problem.detail);
        if (err == ERR_OK && reading->count->too_many)
            err = fail(rq, ERR_INVALID,
                       "more than %d different products were sold in it: ask for a shorter span",
                       SALES_PRODUCTS_MOST);
        if (err == ERR_OK && rq_left_ms(rq) == 0)
            err = fail(rq, ERR_TIMEOUT, "it takes too long: ask for a shorter span");
        rq_end(own);
    }
    return err;
}

// The lowest id of an order since a moment.
static struct uuid id_since(i64 at_ms)
{
    struct uuid id;
    u64 since_ms = (u64)max_i64(0, at_ms);
    snprintf(id.s, sizeof id.s, "%08x-%04x-7000-8000-000000000000", (unsigned)(since_ms >> 16),
             (unsigned)(since_ms & 0xffff));
    return id;
}

enum err sales_read(struct rq *rq, const struct sales_span *span, struct sales_report *out)
{
    struct reading reading = {
        .span = span,
        .count = sales_count_new(rq->arena),
        .stretch = {.after_at = span->from,
                    .after_payment = uuid_nil,
                    .after_kind = movement_kind_capture,
                    .until = span->until,
                    .limit = PAGE},
        .after = id_since(span->from - FREE_ORDER_WAITS_MS),
    };
    *out = (struct sales_report){.from = span->from, .until = span->until, .made_at = rq->now_ms};
    enum err err = read_pages(rq, &reading, read_states);
    if (err == ERR_OK)
        err = read_pages(rq, &reading, read_movements);
    if (err == ERR_OK)
        err = read_pages(rq, &reading, read_free);
    if (err == ERR_OK)
        sales_count_end(reading.count, &out->currencies);
    return err;
}

static enum err read_asked(struct rq *rq, const struct sales_query *in, struct sales_report *out)
{
    struct sales_span span;
    const char *field, *fault = sales_span_of(in, rq->now_ms, &span, &field);
    return fault != NULL ? fail_field(rq, field, "%s", fault) : sales_read(rq, &span, out);
}

HANDLER(sales_report, sales_query, sales_report)
{
    return read_asked(rq, in, out);
}

HANDLER(sales_report_csv, sales_query, nothing)
{
    struct sales_report report;
    enum err err = read_asked(rq, in, &report);
    if (err != ERR_OK)
        return err;
    struct buf csv = buf_in(rq->arena);
    struct sales_span span = {.from = report.from, .until = report.until};
    const char *name = str_handle(rq->arena, sales_span_name(rq->arena, &span));
    sales_write_csv(&report, &csv);
    reply_header(rq, "Content-Disposition",
                 arena_printf(rq->arena, "attachment; filename=\"sales-%s.csv\"", name));
    reply_raw(rq, CSV_TYPE, csv.at, csv.length);
    return ERR_OK;
}

// Conductors: a GET that is none has one snapshot for all it reads.
static const struct route sales_routes[] = {
    {GET, "/api/v1/admin/reports/sales", &sales_report_handler, 200, ROLE_ORDERS | ROLE_SUPPORT,
     "What was sold in a span of time, by currency.", .flags = ROUTE_CONDUCTS, .load = CLASS_REPORT,
     .deadline_ms = PAGE_MS},
    {GET, "/api/v1/admin/reports/sales.csv", &sales_report_csv_handler, 200,
     ROLE_ORDERS | ROLE_SUPPORT, "The same as a table for spreadsheets.",
     .flags = ROUTE_CONDUCTS | ROUTE_CSV, .load = CLASS_REPORT, .deadline_ms = PAGE_MS},
};
ROUTES(order, sales_routes);
