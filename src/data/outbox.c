// Rows of the outbox: adding, claiming, finishing. Contract in outbox.h; the threads that deliver
// are in outbox_dispatch.c.
//
// A row is pending, done (done_at) or set aside (set_aside_at). A pending one is due when next_at
// has come; claiming it moves next_at to the end of the lease, so that the same column says when a
// first attempt, a repeated one and an abandoned one may be taken. There is no state "being
// delivered" that a crash could leave behind.
//
// Delivery is at least once. Exactly once does not exist across two systems; the event's id is what
// lets a consumer see a repeat.
#include "data/outbox_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/trace.h"
#include "data/engine.h"
#include "data/query.h"

REGISTRY(const struct outbox_consumer *const, outbox_consumers);

// An event is as safe as what it tells of, in whose transaction it is written; a delivery that is
// forgotten is made again.
DB_LOCAL(outbox, "outbox");

#define OUTBOX_CLAIM(F, S)                                                                         \
    F(S, time, lease_until, .doc = "When others may take them.")                                   \
    F(S, i64, count, .doc = "At most so many.")
SHAPE(outbox_claim, OUTBOX_CLAIM);

#define OUTBOX_NEXT(F, S) F(S, time, next_at, .optional = true, .doc = "When something is due.")
SHAPE(outbox_next, OUTBOX_NEXT);

#define OUTBOX_BEFORE(F, S) F(S, time, before, .doc = "Older ones are forgotten.")
SHAPE(outbox_before, OUTBOX_BEFORE);

#define PENDING " done_at IS NULL AND set_aside_at IS NULL"
#define EVENT_COLUMNS                                                                              \
    "id, consumer, topic, key, payload, traceparent, created_at, attempts, next_at, set_aside_at," \
    " last_error"

// Ids are UUIDv7: they sort by the time of their making, which is the order that events of one key
// keep.
DB_QUERY(outbox_insert, QUERY_KIND_RUN, outbox_event, nothing,
         "INSERT INTO outbox (id, consumer, topic, key, payload, traceparent, created_at,"
         " attempts, next_at)"
         " VALUES (:new_id, :consumer, :topic, :key, :payload, :traceparent, :now, 0, :now)");

DB_QUERY(outbox_insert_handed, QUERY_KIND_RUN, outbox_event, nothing,
         "INSERT INTO outbox (id, consumer, topic, key, payload, traceparent, created_at,"
         " attempts, next_at)"
         " VALUES (:id, :consumer, :topic, :key, :payload, :traceparent, :created_at, 0, :now)"
         " ON CONFLICT (id) DO NOTHING");

// An event waits for the earlier ones of its key. Two dispatchers never claim the same row: SQLite
// has one writer, PostgreSQL skips what another has locked and looks again at what was changed.
#define CLAIM_START                                                                                \
    "UPDATE outbox SET attempts = attempts + 1, next_at = :lease_until WHERE id IN ("              \
    "SELECT id FROM outbox AS due WHERE" PENDING " AND next_at <= :now AND NOT EXISTS ("           \
    "SELECT 1 FROM outbox AS earlier WHERE earlier.consumer = due.consumer"                        \
    " AND earlier.key = due.key AND earlier.id < due.id"                                           \
    " AND earlier.done_at IS NULL AND earlier.set_aside_at IS NULL)"                               \
    " ORDER BY next_at, id LIMIT :count"
#define CLAIM_END ") RETURNING " EVENT_COLUMNS
DB_QUERY_TWO(outbox_take, QUERY_KIND_LIST, outbox_claim, outbox_event, CLAIM_START CLAIM_END,
             CLAIM_START " FOR UPDATE SKIP LOCKED" CLAIM_END);

// `attempts` is the claim: somebody who came after our lease has a higher one.
DB_QUERY(outbox_done, QUERY_KIND_RUN, outbox_event, nothing,
         "UPDATE outbox SET done_at = :now, last_error = NULL"
         " WHERE id = :id AND attempts = :attempts");
DB_QUERY(outbox_failed, QUERY_KIND_RUN, outbox_event, nothing,
         "UPDATE outbox SET next_at = :next_at, set_aside_at = :set_aside_at,"
         " last_error = :last_error WHERE id = :id AND attempts = :attempts");
DB_QUERY(outbox_give_back, QUERY_KIND_RUN, outbox_event, nothing,
         "UPDATE outbox SET next_at = :now, attempts = attempts - 1"
         " WHERE id = :id AND attempts = :attempts");
DB_QUERY(outbox_next_due, QUERY_KIND_ROW, nothing, outbox_next,
         "SELECT MIN(next_at) AS next_at FROM outbox WHERE" PENDING);
DB_QUERY(outbox_counts_now, QUERY_KIND_ROW, nothing, outbox_counts,
         "SELECT (SELECT COUNT(*) FROM outbox WHERE" PENDING ") AS pending,"
         " (SELECT COUNT(*) FROM outbox WHERE set_aside_at IS NOT NULL) AS set_aside,"
         " (SELECT MIN(created_at) FROM outbox WHERE" PENDING ") AS oldest_at");
DB_QUERY(outbox_aside, QUERY_KIND_LIST, nothing, outbox_event,
         "SELECT " EVENT_COLUMNS " FROM outbox WHERE set_aside_at IS NOT NULL"
         " ORDER BY set_aside_at, id LIMIT 100");
DB_QUERY(outbox_again, QUERY_KIND_RUN, outbox_event, nothing,
         "UPDATE outbox SET set_aside_at = NULL, attempts = 0, next_at = :now"
         " WHERE id = :id AND set_aside_at IS NOT NULL");
DB_QUERY(outbox_delete, QUERY_KIND_RUN, outbox_before, nothing,
         "DELETE FROM outbox WHERE done_at < :before");

const struct outbox_consumer *outbox_consumer_find(const char *name)
{
    for (const struct outbox_consumer *const *at = __start_outbox_consumers;
         at < __stop_outbox_consumers; at++)
        if (str_equal((*at)->name, name))
            return *at;
    return NULL;
}

enum err outbox_add(struct db_session *session, const char *topic, const char *key,
                    const char *payload_json)
{
    char parent[TRACEPARENT_SIZE];
    if (trace_current() != NULL)
        trace_write(trace_current(), parent);
    int consumers = 0;
    enum err err = ERR_OK;
    for (const struct outbox_consumer *const *at = __start_outbox_consumers;
         at < __stop_outbox_consumers && err == ERR_OK; at++) {
        if (!str_equal((*at)->topic, topic))
            continue;
        struct outbox_event event = {.consumer = (*at)->name,
                                     .topic = topic,
                                     .key = key,
                                     .payload = payload_json,
                                     .traceparent = trace_current() != NULL ? parent : NULL};
        err = db_put(session, &outbox_insert, &event);
        consumers++;
    }
    // An event that nobody hears is a misspelt topic.
    assert(consumers > 0);
    session->wake = true;
    return err;
}

enum err outbox_receive(struct db_session *session, const struct outbox_event *event)
{
    if (outbox_consumer_find(event->consumer) == NULL)
        return ERR_NOT_FOUND;
    session->wake = true;
    session->told = true; // who hands it on takes it for done
    return db_put(session, &outbox_insert_handed, event);
}

// RETURNING promises no order.
static int by_id(const void *a, const void *b)
{
    const struct outbox_event *left = a, *right = b;
    return strcmp(left->id.s, right->id.s);
}

static enum err claim_work(struct db_session *session, void *context)
{
    struct outbox_batch *batch = context;
    struct outbox_claim claim = {.lease_until = session->now_ms + batch->lease_ms,
                                 .count = OUTBOX_BATCH};
    enum err err = db_list(session, &outbox_take, &claim, batch->arena, &batch->events);
    if (batch->events.count > 0)
        qsort(batch->events.items, batch->events.count, sizeof(struct outbox_event), by_id);
    return err;
}

static enum err next_work(struct db_session *session, void *context)
{
    struct outbox_batch *batch = context;
    struct outbox_next next = {0};
    enum err err = db_row(session, &outbox_next_due, &(struct nothing){0}, batch->arena, &next);
    batch->next_at = IS_SET(&next, outbox_next, next_at) ? next.next_at : INT64_MAX;
    batch->now_ms = session->now_ms;
    return err;
}

// Looks with a read before it claims with a write, unless it was told that there is something:
// dispatchers look every second, and an idle shop should not write.
enum err outbox_claim_due(struct db *db, struct outbox_batch *batch)
{
    bool told = batch->told;
    batch->told = false;
    batch->events = (struct outbox_event_list){0};
    enum err err = told ? ERR_OK : db_read(db, next_work, batch);
    if (err != ERR_OK || (!told && batch->next_at > batch->now_ms))
        return err;
    err = db_write_as(db, DB_READ_COMMITTED, claim_work, batch, NULL);
    if (err == ERR_OK && batch->events.count == 0 && told)
        err = db_read(db, next_work, batch);
    if (batch->events.count == 0 && batch->next_at <= batch->now_ms)
        batch->next_at = INT64_MAX; // what is due waits for an earlier one, whose end wakes us
    return err;
}

struct finishing {
    const struct query *query;
    const struct outbox_event *event;
};

static enum err finish_work(struct db_session *session, void *context)
{
    const struct finishing *finishing = context;
    session->wake = finishing->event->key != NULL; // the next one of its key
    return db_put(session, finishing->query, finishing->event);
}

enum err outbox_finish(struct db *db, enum outbox_outcome outcome, const struct outbox_event *event)
{
    static const struct query *const queries[] = {
        [OUTBOX_DONE] = &outbox_done,
        [OUTBOX_FAILED] = &outbox_failed,
        [OUTBOX_GIVEN_BACK] = &outbox_give_back,
    };
    struct finishing finishing = {queries[outcome], event};
    return db_write_as(db, DB_READ_COMMITTED, finish_work, &finishing, NULL);
}

enum err outbox_count(struct db_session *session, struct outbox_counts *out)
{
    return db_row(session, &outbox_counts_now, &(struct nothing){0}, session->scratch, out);
}

enum err outbox_list_set_aside(struct db_session *session, struct arena *arena,
                               struct outbox_event_list *out)
{
    return db_list(session, &outbox_aside, &(struct nothing){0}, arena, out);
}

enum err outbox_retry(struct db_session *session, const struct uuid *id)
{
    i64 changed;
    enum err err = db_run(session, &outbox_again, &(struct outbox_event){.id = *id}, &changed);
    session->wake = true;
    return err == ERR_OK && changed == 0 ? ERR_NOT_FOUND : err;
}

enum err outbox_forget(struct db_session *session, i64 before_ms, i64 *deleted)
{
    return db_run(session, &outbox_delete, &(struct outbox_before){.before = before_ms}, deleted);
}
