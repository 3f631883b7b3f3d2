// The queue of accepted orders. Contract in order_queue.h; shoppers follow it in order_events.c.
//
// An order's place is its number. Who takes a turn waits until no number that was drawn for the
// queue is still to be committed, so that no lower one turns up later (ORDER_QUEUE_LOCK). Stock is
// asked for strictly in that order, by one process at a time (the row order_queue_lease), for as
// many orders as it has hands free; what follows, the money above all, is done by those hands at
// the same time, with order_advance, as for any other order. So first come is first served, and one
// slow card holds up nobody.
//
// Where a process dies, its lease of the queue ends in seconds, or at once when that can be seen
// (lease.h), and the next one asks for the same orders again: a hold that is there is kept. An
// order whose stock was asked for is the sweeper's from then on.
//
// Nobody but who joins and who has the lease writes to order_queue. An order that is done is taken
// out by the latter, not in the transaction that ends it: those would get in each other's way.
#include "services/order/order_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/lease.h"

enum {
    TURN_MS = 2000,       // what a turn may take,
    TURN_LEASE_MS = 3000, // and when it is taken for dead
    TURN_MAX = 16,        // orders a turn; the statement that cleans up looks at 200
    PAUSE_MS = 10,
    MEASURE_MS = 500,
};

// A worker's hands: those that requests wait for, and those that work for the queue.
struct hands {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct pool *pool;
    int free;           // of the queue's
    size_t count;       // of `began`: one a thread
    i64 *began_ms;      // when a request began to work on an order; 0: a free hand
    i64 measured_at_ms; // of the two below
    _Atomic i64 length, age_ms;
};

static enum err start(struct app *app, void **state, UNUSED struct problem *problem)
{
    struct pool_settings settings = {.threads = (int)app->config.checkout_workers};
    struct hands *hands = ARENA_NEW(app->arena, struct hands);
    hands->free = settings.threads;
    hands->count = (size_t)config_buying_threads(&app->config);
    hands->began_ms = ARENA_ARRAY(app->arena, i64, hands->count);
    pthread_mutex_init(&hands->lock, NULL);
    pthread_cond_init(&hands->changed, NULL);
    hands->pool = pool_new(&settings);
    *state = hands;
    return ERR_OK;
}

static void stop(void *state)
{
    struct hands *hands = state;
    pool_free(hands->pool); // the job has waited for all of them
    pthread_mutex_destroy(&hands->lock);
    pthread_cond_destroy(&hands->changed);
}
SERVICE(order_queue, .start = start, .stop = stop);

static struct hands *hands_of(const struct app *app)
{
    return service_state(app, &order_queue_service);
}

// Joining.

size_t order_hand_take(struct rq *rq)
{
    struct hands *hands = hands_of(rq->app);
    size_t hand = 0;
    pthread_mutex_lock(&hands->lock);
    while (hand < hands->count && hands->began_ms[hand] != 0)
        hand++;
    if (hand < hands->count)
        hands->began_ms[hand] = monotonic_ms();
    pthread_mutex_unlock(&hands->lock);
    return hand;
}

void order_hand_leave(struct rq *rq, size_t hand)
{
    struct hands *hands = hands_of(rq->app);
    pthread_mutex_lock(&hands->lock);
    if (hand < hands->count)
        hands->began_ms[hand] = 0;
    pthread_mutex_unlock(&hands->lock);
}

// True when half of the threads have been kept for longer than anybody should wait: with a slow
// provider the rest would soon be too, and nobody could even be told to wait.
static bool hands_full(struct hands *hands, i64 target_ms)
{
    size_t kept = 0;
    i64 since_ms = monotonic_ms() - target_ms;
    pthread_mutex_lock(&hands->lock);
    for (size_t i = 0; i < hands->count; i++)
        kept += hands->began_ms[i] != 0 && hands->began_ms[i] <= since_ms;
    pthread_mutex_unlock(&hands->lock);
    return kept > 0 && 2 * kept >= hands->count;
}

// Each end by itself, which an index answers.
QUERY_ROW(queue_ends_seen, nothing, queue_ends,
          "SELECT (SELECT MIN(position) FROM order_queue) AS first,"
          " (SELECT MAX(position) FROM order_queue) AS last");

SNAPSHOT(queue_look, nothing, queue_ends)
{
    return queue_ends_seen(rq, in, out);
}

enum err order_queue_wanted(struct rq *rq, struct queue_ends *seen, bool *wanted)
{
    i64 target_ms = rq->app->config.checkout_queue_ms;
    // Apart from the transaction that writes the order: there it would stand in the way of others.
    enum err err = queue_look(rq, &(struct nothing){0}, seen);
    *wanted =
        seen->last > 0 || rq->waited_ms >= target_ms || hands_full(hands_of(rq->app), target_ms);
    return err;
}

#define QUEUE_ENTRY(F, S)                                                                          \
    F(S, i64, position, .doc = "The order's number.")                                              \
    F(S, uuid, order_id, .doc = "Of the order.")
SHAPE(queue_entry, QUEUE_ENTRY);
QUERY_PUT(queue_add, queue_entry,
          "INSERT INTO order_queue (position, order_id, accepted_at)"
          " VALUES (:position, :order_id, :now)");

#define ACCEPTANCE(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, json, reply, .doc = "The order as it is accepted.")
SHAPE(acceptance, ACCEPTANCE);
QUERY_PUT(order_accept, acceptance,
          "UPDATE orders SET reply_code = '202', reply = :reply WHERE id = :id");

static i64 number_of(const struct order_row *order)
{
    return strtoll(order->number + strlen("S-"), NULL, 10);
}

enum err order_queue_join(struct rq *rq, const struct queue_ends *seen, struct order_row *order)
{
    struct queue_entry entry = {.position = number_of(order), .order_id = order->id};
    struct order shown = {0};
    if (seen->last - seen->first >= ORDER_QUEUE_MAX) {
        reply_retry_after(rq, 5);
        return fail(rq, ERR_BUSY, "too many orders wait at this moment, please try again later");
    }
    enum err err = queue_add(rq, &entry);
    if (err == ERR_OK)
        err = order_show(rq, order, true, &shown);
    if (err != ERR_OK)
        return err;
    i64 first = seen->last > 0 ? seen->first : entry.position;
    SET(&shown, order, queue_position, entry.position - first + 1);
    struct acceptance acceptance = {.id = order->id,
                                    .reply = json_text(&order_shape, &shown, rq->arena)};
    order->reply_code = "202";
    order->reply = acceptance.reply;
    rq_after_commit(rq, job_wake, "order_queue");
    return order_accept(rq, &acceptance);
}

#define QUEUE_PLACE(F, S) F(S, i64, place, .doc = "Counted from 1.")
SHAPE(queue_place, QUEUE_PLACE);
QUERY_ROW(queue_place_of, order_key, queue_place,
          "SELECT position - (SELECT MIN(position) FROM order_queue) + 1 AS place"
          " FROM order_queue WHERE order_id = :id");

enum err order_queue_position(struct rq *rq, const struct uuid *id, i64 *position)
{
    struct queue_place place = {0};
    enum err err = queue_place_of(rq, &(struct order_key){.id = *id}, &place);
    *position = place.place;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// Taking a turn.

#define QUEUE_TURN(F, S)                                                                           \
    F(S, uuid, lease_owner, .doc = "Whose turn.")                                                  \
    F(S, text, lease_process, .doc = "Of which process.")                                          \
    F(S, time, due_at, .doc = "Until when.")                                                       \
    F(S, i64, count, .doc = "Orders, at most.")
SHAPE(queue_turn, QUEUE_TURN);

QUERY_RUN(queue_lease_take, queue_turn,
          "UPDATE order_queue_lease SET lease_owner = :lease_owner,"
          " lease_process = :lease_process, due_at = :due_at WHERE one = 1 AND due_at <= :now");
// The first 200 have all that are worked on among them.
QUERY_RUN(queue_clean, nothing,
          "DELETE FROM order_queue WHERE order_id IN (SELECT orders.id FROM orders"
          " WHERE state <> 'prepared' AND id IN"
          " (SELECT order_id FROM order_queue ORDER BY position LIMIT 200))");
QUERY_LIST(queue_heads, queue_turn, order_row,
           "UPDATE orders SET lease_owner = :lease_owner, lease_process = :lease_process,"
           " due_at = :due_at WHERE id IN (SELECT order_id FROM order_queue"
           " WHERE reserved_at IS NULL ORDER BY position LIMIT :count) AND wanted IS NULL"
           " AND state = 'prepared' AND (due_at IS NULL OR due_at <= :now)"
           " RETURNING " ORDER_COLUMNS);

#define QUEUE_HEADS(F, S)                                                                          \
    F(S, bool, taken, .doc = "Whether it is this one's turn.")                                     \
    F(S, list(order_row), items, .doc = "Leased, in any order.")
SHAPE(queue_heads_found, QUEUE_HEADS);

STEP_LOCKING(queue_take, queue_turn, queue_heads_found)
{
    i64 taken = 0;
    enum err err = queue_lease_take(rq, in, &taken);
    out->taken = taken > 0;
    if (err == ERR_OK && out->taken)
        err = rq_lock(rq, ORDER_QUEUE_LOCK, "");
    if (err == ERR_OK && out->taken)
        err = queue_clean(rq, &(struct nothing){0}, NULL);
    return err == ERR_OK && out->taken ? queue_heads(rq, in, &out->items) : err;
}

#define QUEUE_TURN_END(F, S)                                                                       \
    F(S, uuid, lease_owner, .doc = "Whose turn.")                                                  \
    F(S, texts, reserved, .doc = "Orders whose stock was asked for.")                              \
    F(S, texts, rest, .doc = "Orders that are left for the next turn.")                            \
    F(S, time, due_at, .doc = "Until when the former are worked on.")
SHAPE(queue_turn_end, QUEUE_TURN_END);

#define IDS_OF(list_) "(SELECT value FROM json_each(:" list_ "))"
#define IDS_OF_POSTGRES(list_)                                                                     \
    "(SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST(:" list_ " AS JSON)) AS value)"
QUERY_RUN_FOR(queue_reserved, queue_turn_end,
              "UPDATE order_queue SET reserved_at = :now WHERE order_id IN " IDS_OF("reserved"),
              "UPDATE order_queue SET reserved_at = :now"
              " WHERE order_id IN " IDS_OF_POSTGRES("reserved"));
QUERY_RUN_FOR(queue_keep, queue_turn_end,
              "UPDATE orders SET due_at = :due_at WHERE lease_owner = :lease_owner"
              " AND id IN " IDS_OF("reserved"),
              "UPDATE orders SET due_at = :due_at WHERE lease_owner = :lease_owner"
              " AND id IN " IDS_OF_POSTGRES("reserved"));
QUERY_RUN_FOR(queue_put_back, queue_turn_end,
              "UPDATE orders SET due_at = NULL, lease_owner = NULL"
              " WHERE lease_owner = :lease_owner AND id IN " IDS_OF("rest"),
              "UPDATE orders SET due_at = NULL, lease_owner = NULL"
              " WHERE lease_owner = :lease_owner AND id IN " IDS_OF_POSTGRES("rest"));
QUERY_RUN(queue_lease_end, queue_turn_end,
          "UPDATE order_queue_lease SET due_at = 0 WHERE lease_owner = :lease_owner");

// A turn that took too long may be another one's by now, who has put the orders back: marked as
// reserved they would be nobody's.
STEP_LOCKING(queue_end_turn, queue_turn_end, nothing)
{
    i64 ours = 0;
    enum err err = queue_lease_end(rq, in, &ours);
    if (err == ERR_OK && ours == 0)
        return fail(rq, ERR_CONFLICT, "the turn has passed on");
    if (err == ERR_OK && in->reserved.count > 0)
        err = queue_reserved(rq, in, NULL);
    if (err == ERR_OK && in->reserved.count > 0)
        err = queue_keep(rq, in, NULL);
    return err == ERR_OK && in->rest.count > 0 ? queue_put_back(rq, in, NULL) : err;
}

#define QUEUE_HOLDER(F, S) F(S, text, lease_process, .doc = "Whose turn it is.")
SHAPE(queue_holder, QUEUE_HOLDER);
QUERY_ROW(queue_holder_of, nothing, queue_holder,
          "SELECT lease_process FROM order_queue_lease WHERE due_at > :now");
QUERY_RUN(queue_lease_break, queue_holder,
          "UPDATE order_queue_lease SET due_at = 0 WHERE lease_process = :lease_process");

// A turn of a process that was killed is over.
STEP_LOCKING(queue_end_dead_turn, nothing, nothing)
{
    struct queue_holder holder = {0};
    enum err err = queue_holder_of(rq, in, &holder);
    if (err == ERR_OK && lease_process_gone(holder.lease_process))
        err = queue_lease_break(rq, &holder, NULL);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// Working.

struct work {
    struct pool_job job; // first: the pool hands it back
    struct hands *hands;
    struct rq *rq;
    struct uuid id, lease_owner;
};

QUERY_ROW(queue_order, order_key, order_row, "SELECT " ORDER_COLUMNS " FROM orders WHERE id = :id");
SNAPSHOT(queue_order_look, order_key, order_row)
{
    return queue_order(rq, in, out);
}

static void advance(struct pool_job *job)
{
    struct work *work = (struct work *)(void *)job;
    struct hands *hands = work->hands;
    struct order_row order = {0};
    trace_set_current(&work->rq->trace);
    enum err err = queue_order_look(work->rq, &(struct order_key){.id = work->id}, &order);
    crash_point("queue.reserved");
    if (err == ERR_OK && uuid_equal(&order.lease_owner, &work->lease_owner))
        err = order_advance(work->rq, &order);
    if (err != ERR_OK)
        log_line(LOG_WARN, "order_queue", "%s waits: %s", work->id.s, err_code(err));
    trace_set_current(NULL);
    rq_end(work->rq);
    pthread_mutex_lock(&hands->lock);
    hands->free++;
    pthread_cond_signal(&hands->changed);
    pthread_mutex_unlock(&hands->lock);
}

static void hand_out(struct rq *rq, struct hands *hands, const struct order_row *order)
{
    struct rq *own = rq_begin(rq->app, rq->id, ORDER_RUN_MS);
    struct work *work = ARENA_NEW(own->arena, struct work);
    *work = (struct work){.job = {.run = advance},
                          .hands = hands,
                          .rq = own,
                          .id = order->id,
                          .lease_owner = order->lease_owner};
    pthread_mutex_lock(&hands->lock);
    hands->free--;
    pthread_mutex_unlock(&hands->lock);
    // One hand a thread, so that none of them waits.
    bool taken = pool_submit(hands->pool, POOL_CHECKOUT, &work->job);
    assert(taken);
}

static int by_number(const void *a, const void *b)
{
    i64 x = number_of(a), y = number_of(b);
    return (x > y) - (x < y);
}

// Asks for the stock of one after the other. Returns how many were answered; one whose stock is
// gone is answered too. What the world refuses ends the turn: nobody is passed over.
static size_t reserve_in_turn(struct rq *rq, const struct order_row_list *orders)
{
    for (size_t i = 0; i < orders->count; i++) {
        bool holds;
        enum err err =
            rq_left_ms(rq) > 0 ? order_reserve(rq, &orders->items[i], &holds) : ERR_TIMEOUT;
        crash_point("queue.turn");
        if (err != ERR_OK && err_status(err) >= 500) {
            log_line(LOG_WARN, "order_queue", "%s keeps its place: %s", orders->items[i].number,
                     err_code(err));
            return i;
        }
    }
    return orders->count;
}

// Waits until a hand is free, or a moment. Returns how many are.
static int free_hands(struct hands *hands, bool wait)
{
    struct timespec until = monotonic_after(PAUSE_MS);
    pthread_mutex_lock(&hands->lock);
    if (wait || hands->free == 0)
        pthread_cond_clockwait(&hands->changed, &hands->lock, CLOCK_MONOTONIC, &until);
    int free = hands->free;
    pthread_mutex_unlock(&hands->lock);
    return free;
}

// One turn for at most so many orders. *more: another one may find some, now or in a moment.
static enum err take_turn(struct rq *rq, struct hands *hands, i64 count, bool *more)
{
    struct queue_heads_found heads = {0};
    struct queue_turn turn = {.lease_owner = uuid_new(),
                              .lease_process = lease_process(),
                              .due_at = time_now_ms() + TURN_LEASE_MS,
                              .count = min_i64(count, TURN_MAX)};
    enum err err = queue_take(rq, &turn, &heads);
    if (err == ERR_OK && !heads.taken)
        err = queue_end_dead_turn(rq, &(struct nothing){0}, &(struct nothing){0});
    size_t found = heads.items.count;
    *more = err == ERR_OK && (found > 0 || !heads.taken);
    if (found == 0)
        free_hands(hands, true);
    if (err != ERR_OK || !heads.taken)
        return err;
    if (found > 0)
        qsort(heads.items.items, found, sizeof *heads.items.items, by_number);
    size_t reserved = reserve_in_turn(rq, &heads.items);
    const char **ids = ARENA_ARRAY(rq->arena, const char *, found + 1);
    for (size_t i = 0; i < found; i++)
        ids[i] = heads.items.items[i].id.s;
    struct queue_turn_end end = {.lease_owner = turn.lease_owner,
                                 .reserved = {reserved, ids},
                                 .rest = {found - reserved, ids + reserved},
                                 .due_at = time_now_ms() + ORDER_LEASE_MS};
    err = queue_end_turn(rq, &end, &(struct nothing){0});
    for (size_t i = 0; i < reserved && err == ERR_OK; i++)
        hand_out(rq, hands, &heads.items.items[i]);
    return err == ERR_OK && reserved < found ? ERR_UNAVAILABLE : err;
}

#define QUEUE_STATE(F, S)                                                                          \
    F(S, i64, waiting, .doc = "1 when somebody's stock was not asked for.")                        \
    F(S, i64, there, .doc = "1 when somebody is in it at all.")
SHAPE(queue_state, QUEUE_STATE);
QUERY_ROW(queue_state_now, nothing, queue_state,
          "SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 FROM order_queue WHERE reserved_at IS NULL"
          " LIMIT 1) AS w) AS BIGINT) AS waiting,"
          " CAST((SELECT COUNT(*) FROM (SELECT 1 FROM order_queue LIMIT 1) AS a) AS BIGINT)"
          " AS there");
SNAPSHOT(queue_state_look, nothing, queue_state)
{
    return queue_state_now(rq, in, out);
}

#define QUEUE_MEASURE(F, S)                                                                        \
    F(S, i64, length, .doc = "Orders in it.")                                                      \
    F(S, time, since, .optional = true, .doc = "When the first of them was accepted.")
SHAPE(queue_measure, QUEUE_MEASURE);
QUERY_ROW(queue_measured, nothing, queue_measure,
          "SELECT COUNT(*) AS length, MIN(accepted_at) AS since FROM order_queue");
SNAPSHOT(queue_measure_now, nothing, queue_measure)
{
    return queue_measured(rq, in, out);
}

static i64 read_length(struct app *app)
{
    const struct hands *hands = hands_of(app);
    return hands != NULL ? hands->length : 0;
}
METRIC_GAUGE(queue_length, "souk_checkout_queue_length", "Accepted orders that wait.", read_length);

static i64 read_age(struct app *app)
{
    const struct hands *hands = hands_of(app);
    return hands != NULL ? hands->age_ms : 0;
}
METRIC_GAUGE(queue_age, "souk_checkout_queue_age_ms", "For how long the first of them has waited.",
             read_age);

static enum err measure(struct rq *rq, struct hands *hands)
{
    struct queue_measure seen = {0};
    i64 now_ms = monotonic_ms();
    if (now_ms - hands->measured_at_ms < MEASURE_MS)
        return ERR_OK;
    hands->measured_at_ms = now_ms;
    enum err err = queue_measure_now(rq, &(struct nothing){0}, &seen);
    if (err == ERR_OK) {
        hands->length = seen.length;
        hands->age_ms = seen.length > 0 ? max_i64(0, time_now_ms() - seen.since) : 0;
    }
    return err;
}

// One look at the queue and, where somebody waits, a turn. *more: look again at once.
static enum err serve(struct rq *rq, struct hands *hands, bool *more)
{
    struct queue_state state = {0};
    int all = (int)rq->app->config.checkout_workers;
    enum err err = queue_state_look(rq, &(struct nothing){0}, &state);
    if (err == ERR_OK)
        err = measure(rq, hands);
    *more = false;
    if (err != ERR_OK)
        return err;
    int free = free_hands(hands, state.waiting == 0 && state.there > 0);
    // Nobody waits and all is done: one turn more takes those out who are done.
    if (free > 0 && (state.waiting > 0 || (state.there > 0 && free == all)))
        err = take_turn(rq, hands, free, more);
    *more |= free < all;
    return err;
}

static void wait_for_hands(struct hands *hands, int all)
{
    pthread_mutex_lock(&hands->lock);
    while (hands->free < all)
        pthread_cond_wait(&hands->changed, &hands->lock);
    pthread_mutex_unlock(&hands->lock);
}

// Serves until nobody waits. What fails for the world's reasons is tried again by the next run.
static enum err serve_all(struct rq *rq)
{
    struct hands *hands = hands_of(rq->app);
    enum err err = ERR_OK;
    bool more = true;
    while (more && err == ERR_OK && !jobs_stopping(rq->app)) {
        struct rq *own = rq_begin(rq->app, rq->id, TURN_MS);
        err = serve(own, hands, &more);
        rq_end(own);
    }
    wait_for_hands(hands, (int)rq->app->config.checkout_workers);
    return err;
}
JOB(order_queue, 250, serve_all);
