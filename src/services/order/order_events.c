// Following an order: a stream of its changes and of its place in the queue (app/events.h). The
// queue itself is in order_queue.c.
//
// One look serves all who watch, whichever process works on their orders: it reads the front of the
// queue, which tells everybody's place, and the history of those orders that have left it or that
// were not looked at for a while. The id of an event is how many changes the order has seen, so a
// browser that comes back is told what it has missed, and no more.
#include <string.h>

#include "app/app.h"
#include "app/events.h"
#include "core/json.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/order_queue.h"

enum {
    EVERY_MS = 250,
    FRONT_MAX = 1000,     // positions that are read; who is further behind is told "at most"
    LOOKED_UP_MAX = 200,  // orders a statement
    LOOK_AGAIN_MS = 1000, // at an order that does not wait for its turn,
    LOOK_LATE_MS = 5000,  // and at one that does: staff may have ended it
    NEAR = 50,            // who is near hears of each step, others every so often
    TELL_PLACE_MS = 3000,
};
enum { MARK_POSITION, MARK_PLACE, MARK_LOOK_AT_MS, MARK_TELL_AT_MS };

#define ORDER_PROGRESS(F, S)                                                                       \
    F(S, one_of(order_state), state, .doc = "What it became.")                                     \
    F(S, time, at, .doc = "When.")                                                                 \
    F(S, text, note, .optional = true, .doc = "Why.")                                              \
    F(S, i64, queue_position, .optional = true,                                                    \
      .doc = "At most so many are before it and itself; null: it does not wait for its turn.")     \
    F(S, text, refusal, .optional = true,                                                          \
      .doc = "Code of the error that it came to nothing by; null: it did not.")
SHAPE(order_progress, ORDER_PROGRESS);

#define ORDER_CHANGE(F, S)                                                                         \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, one_of(order_state), state, .doc = "What it became.")                                     \
    F(S, time, at, .doc = "When.")                                                                 \
    F(S, text, note, .optional = true, .doc = "Why.")                                              \
    F(S, text, refusal, .optional = true, .doc = "Of the order.")
SHAPE(order_change, ORDER_CHANGE);

#define FOLLOWED(F, S)                                                                             \
    F(S, texts, ids, .max = LOOKED_UP_MAX, .doc = "Of orders.")                                    \
    F(S, uuid, least, .doc = "The first of them.")                                                 \
    F(S, uuid, most, .doc = "The last of them.")
SHAPE(followed, FOLLOWED);
#define CHANGE_COLUMNS "e.order_id, e.state, e.at, e.note, o.refusal"
QUERY_LIST_FOR(order_changes, followed, order_change,
               "SELECT " CHANGE_COLUMNS " FROM order_event e JOIN orders o ON o.id = e.order_id"
               " WHERE e.order_id IN (SELECT value FROM json_each(:ids))" ORDER_BY_HISTORY("e."),
               "SELECT " CHANGE_COLUMNS " FROM order_event e JOIN orders o ON o.id = e.order_id"
               " WHERE e.order_id >= :least AND e.order_id <= :most"
               " AND o.id >= :least AND o.id <= :most"
               " AND e.order_id IN (SELECT CAST(value AS UUID) FROM"
               " json_array_elements_text(CAST(:ids AS JSON)) AS value)" ORDER_BY_HISTORY("e."));

#define CHANGES_FOUND(F, S) F(S, list(order_change), items, .doc = "The oldest first.")
SHAPE(changes_found, CHANGES_FOUND);
SNAPSHOT(order_changes_look, followed, changes_found)
{
    return order_changes(rq, in, &out->items);
}

#define QUEUED(F, S) F(S, i64, position, .doc = "The order's number.")
SHAPE(queued, QUEUED);
QUERY_LIST(queue_front, nothing, queued,
           "SELECT position FROM order_queue ORDER BY position LIMIT 1000");
#define QUEUE_FRONTS(F, S) F(S, list(queued), items, .doc = "Who has waited longest, first.")
SHAPE(queue_fronts, QUEUE_FRONTS);
SNAPSHOT(queue_front_look, nothing, queue_fronts)
{
    return queue_front(rq, in, &out->items);
}

QUERY_ROW(queued_at, order_key, queued, "SELECT position FROM order_queue WHERE order_id = :id");

static bool is_end(enum order_state state)
{
    return state != order_state_prepared && state != order_state_pending_payment;
}

static void tell(struct rq *rq, struct event_watch *watch, const char *name, i64 told,
                 const struct order_progress *progress)
{
    event_tell(rq, watch, name, told, json_text(&order_progress_shape, progress, rq->arena));
}

static void tell_change(struct rq *rq, struct event_watch *watch, i64 told,
                        const struct order_change *change)
{
    struct order_progress progress = {.state = change->state,
                                      .at = change->at,
                                      .note = change->note,
                                      .refusal = is_end(change->state) ? change->refusal : NULL};
    if (change->state == order_state_prepared && watch->mark[MARK_PLACE] > 0)
        SET(&progress, order_progress, queue_position, watch->mark[MARK_PLACE]);
    tell(rq, watch, "state", told, &progress);
    watch->ended = is_end(change->state);
}

// Tells what was not told yet of the changes of one order, which come with those of others.
static void tell_changes(struct rq *rq, struct event_watch *watch,
                         const struct order_change_list *changes)
{
    i64 number = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const struct order_change *change = &changes->items[i];
        if (!uuid_equal(&change->order_id, &watch->id))
            continue;
        watch->ended = is_end(change->state);
        if (++number > watch->told)
            tell_change(rq, watch, number, change);
    }
}

// Who is within what was read has an exact place, who is behind it one that may be too high.
// 0: it is not in the queue any more.
static i64 place_of(const struct queued_list *front, i64 position)
{
    size_t low = 0, high = front->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (front->items[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < front->count)
        return front->items[low].position == position ? (i64)low + 1 : 0;
    if (front->count < FRONT_MAX)
        return 0;
    return FRONT_MAX + position - front->items[FRONT_MAX - 1].position;
}

static void tell_place(struct rq *rq, struct event_watch *watch, i64 place, i64 now_ms)
{
    struct order_progress progress = {.state = order_state_prepared, .at = rq->now_ms};
    if (place >= watch->mark[MARK_PLACE] || // places only become better
        (place > NEAR && now_ms < watch->mark[MARK_TELL_AT_MS]))
        return;
    watch->mark[MARK_PLACE] = place;
    watch->mark[MARK_TELL_AT_MS] = now_ms + TELL_PLACE_MS;
    SET(&progress, order_progress, queue_position, place);
    tell(rq, watch, "position", 0, &progress);
}

static i64 look_again_at(const struct event_watch *watch, i64 now_ms)
{
    return now_ms + (watch->mark[MARK_POSITION] > 0 ? LOOK_LATE_MS : LOOK_AGAIN_MS);
}

// Some of those who watch, by pointer: the statement takes their ids.
struct some {
    size_t count;
    struct event_watch *watches[LOOKED_UP_MAX];
};

static enum err look_up(struct rq *rq, struct some *some, i64 now_ms)
{
    struct changes_found changes = {0};
    struct followed in = {.ids.items = ARENA_ARRAY(rq->arena, const char *, LOOKED_UP_MAX)};
    for (size_t i = 0; i < some->count; i++) {
        const struct uuid *id = &some->watches[i]->id;
        in.ids.items[in.ids.count++] = id->s;
        in.least = i == 0 || strcmp(id->s, in.least.s) < 0 ? *id : in.least;
        in.most = i == 0 || strcmp(id->s, in.most.s) > 0 ? *id : in.most;
    }
    enum err err = some->count > 0 ? order_changes_look(rq, &in, &changes) : ERR_OK;
    for (size_t i = 0; i < some->count && err == ERR_OK; i++) {
        tell_changes(rq, some->watches[i], &changes.items);
        some->watches[i]->mark[MARK_LOOK_AT_MS] = look_again_at(some->watches[i], now_ms);
    }
    some->count = 0;
    return err;
}

static enum err look_at_changes(struct rq *rq, struct event_watch *watches, size_t count,
                                i64 now_ms)
{
    struct some some = {0};
    enum err err = ERR_OK;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (now_ms >= watches[i].mark[MARK_LOOK_AT_MS])
            some.watches[some.count++] = &watches[i];
        if (some.count == LOOKED_UP_MAX)
            err = look_up(rq, &some, now_ms);
    }
    return err == ERR_OK ? look_up(rq, &some, now_ms) : err;
}

static enum err look(struct rq *rq, struct event_watch *watches, size_t count)
{
    struct queue_fronts front = {0};
    i64 now_ms = monotonic_ms();
    enum err err = queue_front_look(rq, &(struct nothing){0}, &front);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        i64 *mark = watches[i].mark;
        if (mark[MARK_POSITION] == 0)
            continue;
        i64 place = place_of(&front.items, mark[MARK_POSITION]);
        if (place == 0) // its turn has come: how it went is in its history
            mark[MARK_POSITION] = mark[MARK_LOOK_AT_MS] = 0;
        else
            tell_place(rq, &watches[i], place, now_ms);
    }
    return err == ERR_OK ? look_at_changes(rq, watches, count, now_ms) : err;
}

static const struct event_feed order_feed = {"order", EVERY_MS, look};

// Where it is in the queue, in the snapshot of the request.
static enum err find_place(struct rq *rq, struct event_watch *watch)
{
    struct queued queued = {0};
    enum err err = queued_at(rq, &(struct order_key){.id = watch->id}, &queued);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    watch->mark[MARK_POSITION] = queued.position;
    return order_queue_position(rq, &watch->id, &watch->mark[MARK_PLACE]);
}

// Begins with how the order stands, or with all that who comes back has missed. 204 tells a browser
// that nothing will follow.
HANDLER(order_events, order_query, order_progress)
{
    struct order_row order = {0};
    struct order_change_list changes = {0};
    struct event_watch watch = {.id = in->id};
    const char *id = in->id.s;
    enum err err = order_of_caller(rq, in, &order);
    if (err == ERR_OK)
        err = order_changes(
            rq, &(struct followed){.ids = {1, &id}, .least = in->id, .most = in->id}, &changes);
    if (err == ERR_OK)
        err = find_place(rq, &watch);
    if (err != ERR_OK)
        return err;
    i64 told = event_last_told(rq), seen = (i64)changes.count;
    watch.told = told > 0 && told <= seen ? told : seen - 1;
    watch.mark[MARK_LOOK_AT_MS] = look_again_at(&watch, monotonic_ms());
    tell_changes(rq, &watch, &changes);
    if (watch.ended && watch.text.at == NULL) {
        reply_status(rq, 204);
        reply_raw(rq, "text/plain", "", 0);
        return ERR_OK;
    }
    reply_events(rq, &order_feed, &watch);
    return ERR_OK;
}

static const struct route event_routes[] = {
    {GET, "/api/v1/orders/{id}/events", &order_events_handler, 200, ROLE_ANYONE,
     "Follow an order to the end of its checkout.", .flags = ROUTE_EVENTS, .load = CLASS_CHECKOUT,
     .status_also = 204},
};
ROUTES(order, event_routes);
