// The threads that deliver what the outbox holds. Contract in outbox.h; rows are in outbox.c.
//
// They wake by three ways: a commit of this process that added a row (db_on_wake), the time of the
// next attempt, and a look every second, which finds what other processes added. The first makes
// mail leave within milliseconds, the others make it leave at all.
//
// A delivery runs outside any transaction, since it may take seconds and must not hold a database
// meanwhile; what it changed is told in a transaction of its own afterwards. Between the two lies
// the window in which a crash means delivering twice.
#include <pthread.h>
#include <stdlib.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/engine.h"
#include "data/outbox_rows.h"

enum {
    THREADS_DEFAULT = 2,
    THREADS_MAX = 16,
    ATTEMPTS_DEFAULT = 16,
    LOOK_MS = 1000, // rows that another process added are found by looking
};

struct outbox {
    struct db *db;
    struct outbox_settings settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    u64 wakes; // counted, so that none is lost while a thread delivers
    bool stopping;
    pthread_t threads[THREADS_MAX];
};

static struct outbox_settings with_defaults(const struct outbox_settings *settings)
{
    struct outbox_settings full = *settings;
    full.threads = full.threads > 0 ? full.threads : THREADS_DEFAULT;
    full.attempts_max = full.attempts_max > 0 ? full.attempts_max : ATTEMPTS_DEFAULT;
    full.lease_ms = full.lease_ms > 0 ? full.lease_ms : 2 * MINUTE_MS;
    assert(full.threads <= THREADS_MAX);
    return full;
}

// Half of the doubling time is certain, half is chance.
// Many events fail together when one server is down; without chance they would come back together.
static i64 pause_ms(i64 attempts)
{
    i64 whole_ms = min_i64(SECOND_MS << min_i64(attempts - 1, 12), HOUR_MS);
    u32 chance;
    random_bytes(&chance, sizeof chance);
    return whole_ms / 2 + (i64)(chance % (u32)(whole_ms / 2 + 1));
}

// A peer that is away comes back: it is asked again soon, and for ever.
static enum err hand_on_later(struct db *db, struct outbox_event *event, const char *error)
{
    enum { PATIENCE = 5 };
    event->last_error = error;
    SET(event, outbox_event, next_at, time_now_ms() + pause_ms(min_i64(event->attempts, PATIENCE)));
    return outbox_finish(db, OUTBOX_FAILED, event);
}

static enum err put_off(struct db *db, const struct outbox_settings *settings,
                        struct outbox_event *event, const char *error)
{
    event->last_error = error;
    SET(event, outbox_event, next_at, time_now_ms() + pause_ms(event->attempts));
    // next_at stays set beside set_aside_at: `PENDING` excludes the row whatever it says.
    if (event->attempts >= settings->attempts_max) {
        SET(event, outbox_event, set_aside_at, time_now_ms());
        log_line(LOG_ERROR, "outbox_set_aside", "%s %s for %s after %lld attempts: %s",
                 event->topic, event->id.s, event->consumer, (long long)event->attempts, error);
    }
    return outbox_finish(db, OUTBOX_FAILED, event);
}

static enum err deliver(struct db *db, const struct outbox_settings *settings,
                        struct outbox_event *event, struct arena *arena)
{
    const struct outbox_consumer *consumer = outbox_consumer_find(event->consumer);
    // Written by another version of the program, perhaps a newer one that runs beside us: put off,
    // not dropped.
    if (consumer == NULL)
        return put_off(db, settings, event, "this program has no such consumer");
    struct outbox_delivery delivery = {.context = settings->context, .arena = arena};
    bool handed_on = false;
    enum err err = settings->deliver == NULL
                       ? consumer->consume(event, &delivery)
                       : settings->deliver(consumer, event, &delivery, &handed_on);
    if (err == ERR_OK)
        return outbox_finish(db, OUTBOX_DONE, event);
    const char *error = delivery.error != NULL ? delivery.error : err_title(err);
    return handed_on ? hand_on_later(db, event, error) : put_off(db, settings, event, error);
}

static bool stopping(struct outbox *outbox)
{
    if (outbox == NULL)
        return false;
    pthread_mutex_lock(&outbox->lock);
    bool is = outbox->stopping;
    pthread_mutex_unlock(&outbox->lock);
    return is;
}

// One batch. `outbox` is NULL where nobody can stop it.
static enum err deliver_batch(struct db *db, const struct outbox_settings *settings,
                              struct outbox *outbox, struct outbox_batch *batch)
{
    batch->lease_ms = settings->lease_ms;
    enum err err = outbox_claim_due(db, batch);
    for (size_t i = 0; err == ERR_OK && i < batch->events.count; i++) {
        struct outbox_event *event = &batch->events.items[i];
        // Given back with its attempt, so that a restart costs neither the rest of the lease nor
        // one of the attempts.
        err = stopping(outbox) ? outbox_finish(db, OUTBOX_GIVEN_BACK, event)
                               : deliver(db, settings, event, batch->arena);
    }
    if (err != ERR_OK)
        log_line(LOG_WARN, "outbox", "%s", err_title(err)); // the lease brings the rest back
    return err;
}

enum err outbox_drain(struct db *db, const struct outbox_settings *settings, i64 *attempts)
{
    struct outbox_settings full = with_defaults(settings);
    struct outbox_batch batch = {.arena = arena_new(LIMIT_ARENA)};
    enum err err;
    *attempts = 0;
    do {
        arena_reset(batch.arena);
        err = deliver_batch(db, &full, NULL, &batch);
        *attempts += (i64)batch.events.count;
    } while (err == ERR_OK && batch.events.count > 0);
    arena_free(batch.arena);
    return err;
}

// What was added up to here is found by the look that follows. False: it is to end.
static bool begin_look(struct outbox *outbox, u64 *seen)
{
    pthread_mutex_lock(&outbox->lock);
    bool goes_on = !outbox->stopping;
    *seen = outbox->wakes;
    pthread_mutex_unlock(&outbox->lock);
    return goes_on;
}

// Until a commit added something since `seen` (true), something is due, or it is time to look.
static bool wait_due(struct outbox *outbox, u64 seen, i64 next_at)
{
    i64 wait_ms = max_i64(min_i64(next_at - time_now_ms(), LOOK_MS), 0);
    struct timespec until = monotonic_after(wait_ms);
    int waited = 0;
    pthread_mutex_lock(&outbox->lock);
    while (outbox->wakes == seen && !outbox->stopping && waited == 0)
        waited = pthread_cond_clockwait(&outbox->changed, &outbox->lock, CLOCK_MONOTONIC, &until);
    bool told = outbox->wakes != seen;
    pthread_mutex_unlock(&outbox->lock);
    return told;
}

static void *dispatch(void *context)
{
    struct outbox *outbox = context;
    struct outbox_batch batch = {.arena = arena_new(LIMIT_ARENA)};
    for (u64 seen; begin_look(outbox, &seen);) {
        arena_reset(batch.arena);
        enum err err = deliver_batch(outbox->db, &outbox->settings, outbox, &batch);
        // After a full batch it looks again at once: more may be due.
        if (err != ERR_OK || batch.events.count == 0)
            batch.told = wait_due(outbox, seen, err == ERR_OK ? batch.next_at : INT64_MAX);
    }
    arena_free(batch.arena);
    return NULL;
}

static void wake(void *context)
{
    struct outbox *outbox = context;
    pthread_mutex_lock(&outbox->lock);
    outbox->wakes++;
    pthread_cond_signal(&outbox->changed); // one is enough: those at work look again by themselves
    pthread_mutex_unlock(&outbox->lock);
}

struct outbox *outbox_start(struct db *db, const struct outbox_settings *settings)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    assert(outbox != NULL);
    outbox->db = db;
    outbox->settings = with_defaults(settings);
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->changed, NULL);
    db_on_wake(db, wake, outbox);
    for (int i = 0; i < outbox->settings.threads; i++) {
        int failed = pthread_create(&outbox->threads[i], NULL, dispatch, outbox);
        assert(failed == 0);
    }
    return outbox;
}

void outbox_stop(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    pthread_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
    for (int i = 0; i < outbox->settings.threads; i++)
        pthread_join(outbox->threads[i], NULL);
    db_on_wake(outbox->db, NULL, NULL);
    pthread_cond_destroy(&outbox->changed);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}
