// Tests of the outbox, each on both engines. Time is moved, chance only stretches it.
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "core/time.h"
#include "core/uuid.h"
#include "data/migrate.h"
#include "data/outbox.h"
#include "data/position.h"
#include "data/test_db.h"

// What the consumers below see and do.
struct watch {
    _Atomic int seen, failing;
    char order[64]; // last characters of payloads, in order of delivery
    struct uuid last;
};

static enum err consume(const struct outbox_event *event, struct outbox_delivery *delivery)
{
    struct watch *watch = delivery->context;
    int at = atomic_fetch_add(&watch->seen, 1);
    watch->last = event->id;
    if (at < 63)
        watch->order[at] = event->payload[strlen(event->payload) - 2];
    if (atomic_load(&watch->failing) == 0)
        return ERR_OK;
    delivery->error = "told to fail";
    return ERR_UNAVAILABLE;
}

static enum err consume_also(UNUSED const struct outbox_event *event,
                             UNUSED struct outbox_delivery *delivery)
{
    return ERR_OK;
}

OUTBOX_CONSUMER(outbox_test_first, "outbox_test.single", consume);
OUTBOX_CONSUMER(outbox_test_pair, "outbox_test.pair", consume);
OUTBOX_CONSUMER(outbox_test_other, "outbox_test.pair", consume_also);

struct adding {
    const char *topic, *key;
    int count;
    enum err err;
    struct outbox_counts counts;
    struct outbox_event_list aside;
    struct arena *arena;
    struct uuid id;
};

static enum err add_work(struct db_session *session, void *context)
{
    const struct adding *adding = context;
    enum err err = ERR_OK;
    for (int i = 0; i < adding->count && err == ERR_OK; i++) {
        char payload[] = {'"', (char)('a' + i), '"', '\0'};
        err = outbox_add(session, adding->topic, adding->key, payload);
    }
    return err == ERR_OK ? adding->err : err;
}

static enum err add(struct db *db, const char *topic, const char *key, int count)
{
    return db_write(db, add_work, &(struct adding){.topic = topic, .key = key, .count = count});
}

static enum err look_work(struct db_session *session, void *context)
{
    struct adding *adding = context;
    enum err err = outbox_count(session, &adding->counts);
    return err == ERR_OK ? outbox_list_set_aside(session, adding->arena, &adding->aside) : err;
}

static enum err retry_work(struct db_session *session, void *context)
{
    return outbox_retry(session, &((struct adding *)context)->id);
}

static enum err forget_work(struct db_session *session, void *context)
{
    i64 deleted;
    enum err err = outbox_forget(session, time_now_ms() + 1, &deleted);
    ((struct adding *)context)->count = (int)deleted;
    return err;
}

static void prepare(struct test *t, struct db *db)
{
    struct problem problem = {.arena = t->arena};
    struct migration_set every = migrations_every();
    CHECK_I64(migrate(db, &every, &problem), ERR_OK);
}

static i64 drain(struct test *t, struct db *db, struct watch *watch)
{
    i64 attempts = -1;
    struct outbox_settings settings = {.context = watch, .attempts_max = 3};
    CHECK_I64(outbox_drain(db, &settings, &attempts), ERR_OK);
    return attempts;
}

static enum err receive_work(struct db_session *session, void *context)
{
    return outbox_receive(session, context);
}

// Handed on twice, because the answer to the first time was lost.
TEST_ON_DB(outbox_received_once)
{
    prepare(t, db);
    struct watch watch = {0};
    struct outbox_event event = {.id = uuid_of("handed"),
                                 .consumer = "outbox_test_first",
                                 .topic = "outbox_test.single",
                                 .payload = "\"h\""};
    CHECK_I64(db_write(db, receive_work, &event), ERR_OK);
    CHECK_I64(db_write(db, receive_work, &event), ERR_OK);
    CHECK_I64(drain(t, db, &watch), 1);
    CHECK_I64(db_write(db, receive_work, &event), ERR_OK);
    CHECK_I64(drain(t, db, &watch), 0);
    CHECK_TEXT(watch.order, "h");
    event.consumer = "nobody";
    CHECK_I64(db_write(db, receive_work, &event), ERR_NOT_FOUND);
}

// Whoever hands it on forgets it then: it must outlive a failover.
TEST_ON_DB(outbox_received_waits_for_the_standby)
{
    prepare(t, db);
    struct db_stats before = {0}, after = {0};
    struct outbox_event event = {.id = uuid_of("handed"),
                                 .consumer = "outbox_test_first",
                                 .topic = "outbox_test.single",
                                 .payload = "\"h\""};
    db_stats(db, &before);
    CHECK_I64(db_write(db, receive_work, &event), ERR_OK);
    db_stats(db, &after);
    CHECK_I64(after.commits_synchronous - before.commits_synchronous, db_is_postgres(db));
    CHECK_I64(after.commits_local, before.commits_local);
}

TEST_ON_DB(outbox_delivers)
{
    prepare(t, db);
    struct watch watch = {0};
    struct adding look = {.arena = t->arena};
    CHECK_I64(drain(t, db, &watch), 0);
    CHECK_I64(add(db, "outbox_test.single", NULL, 10), ERR_OK);
    CHECK_I64(drain(t, db, &watch), 10);
    CHECK_TEXT(watch.order, "abcdefghij");
    CHECK_I64(drain(t, db, &watch), 0);
    CHECK_I64(add(db, "outbox_test.pair", NULL, 1), ERR_OK);
    CHECK_I64(drain(t, db, &watch), 2); // a row a consumer
    CHECK_I64(watch.seen, 11);
    CHECK_I64(db_read(db, look_work, &look), ERR_OK);
    CHECK(look.counts.pending == 0 && look.counts.set_aside == 0);
    CHECK_I64(db_write(db, forget_work, &look), ERR_OK);
    CHECK_I64(look.count, 12);
}

TEST_ON_DB(outbox_rolled_back)
{
    prepare(t, db);
    struct watch watch = {0};
    struct adding adding = {.topic = "outbox_test.single", .count = 1, .err = ERR_CONFLICT};
    CHECK_I64(db_write(db, add_work, &adding), ERR_CONFLICT);
    CHECK_I64(drain(t, db, &watch), 0);
}

// A failing event comes back later and later, is set aside at the third attempt, and comes again
// when somebody says so. Those behind it in its key wait for it until then.
TEST_ON_DB(outbox_fails)
{
    prepare(t, db);
    struct watch watch = {.failing = 1};
    struct adding look = {.arena = t->arena};
    CHECK_I64(add(db, "outbox_test.single", "k", 2), ERR_OK);
    for (int attempt = 1; attempt <= 3; attempt++) {
        CHECK_I64(drain(t, db, &watch), attempt < 3 ? 1 : 2);
        time_shift_ms((5 << attempt) * SECOND_MS);
    }
    CHECK(memcmp(watch.order, "aaab", 4) == 0);
    CHECK_I64(db_read(db, look_work, &look), ERR_OK);
    CHECK(look.counts.pending == 1 && look.counts.set_aside == 1);
    CHECK_TEXT(look.aside.count == 1 ? look.aside.items[0].last_error : "", "told to fail");
    watch.failing = 0;
    look.id = look.aside.count == 1 ? look.aside.items[0].id : uuid_new();
    CHECK_I64(db_write(db, retry_work, &look), ERR_OK);
    CHECK_I64(db_write(db, retry_work, &look), ERR_NOT_FOUND);
    CHECK_I64(drain(t, db, &watch), 2);
    time_shift_ms(0);
}

// A delivery whose end could not be written is made again when its lease is over.
TEST_ON_DB(outbox_lease)
{
    prepare(t, db);
    struct watch watch = {0};
    i64 attempts;
    struct outbox_settings settings = {.context = &watch};
    CHECK_I64(add(db, "outbox_test.single", NULL, 1), ERR_OK);
    db_fail_at(db, 4); // look, claim and its commit are fine, the end is not
    CHECK_I64(outbox_drain(db, &settings, &attempts), ERR_UNAVAILABLE);
    struct uuid first = watch.last;
    CHECK_I64(drain(t, db, &watch), 0);
    time_shift_ms(3 * MINUTE_MS);
    CHECK_I64(drain(t, db, &watch), 1);
    CHECK(watch.seen == 2 && uuid_equal(&first, &watch.last));
    time_shift_ms(0);
}

// The dispatcher wakes with the commit, long before it would look by itself.
TEST_ON_DB(outbox_wakes)
{
    prepare(t, db);
    struct watch watch = {0};
    struct outbox_settings settings = {.context = &watch};
    struct outbox *outbox = outbox_start(db, &settings);
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    int quick = 0;
    for (int i = 0; i < 10; i++) {
        i64 start_ms = monotonic_ms();
        CHECK_I64(add(db, "outbox_test.single", NULL, 1), ERR_OK);
        while (watch.seen <= i && monotonic_ms() - start_ms < MINUTE_MS)
            nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
        quick += monotonic_ms() - start_ms < 700;
    }
    outbox_stop(outbox);
    CHECK(quick > 5); // a busy machine may be late now and then
    CHECK_I64(watch.seen, 10);
}

static enum err consume_slowly(UNUSED const struct outbox_event *event,
                               struct outbox_delivery *delivery)
{
    struct watch *watch = delivery->context;
    atomic_fetch_add(&watch->seen, 1);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    return ERR_OK;
}

OUTBOX_CONSUMER(outbox_test_slow, "outbox_test.slow", consume_slowly);

// What a dispatcher had claimed but not begun when it was stopped is due at once for the next one.
TEST_ON_DB(outbox_stops)
{
    prepare(t, db);
    struct watch watch = {0};
    struct outbox_settings settings = {.context = &watch, .threads = 1};
    CHECK_I64(add(db, "outbox_test.slow", NULL, 4), ERR_OK);
    struct outbox *outbox = outbox_start(db, &settings);
    while (watch.seen == 0)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    outbox_stop(outbox);
    CHECK(watch.seen < 4);
    (void)drain(t, db, &watch);
    CHECK_I64(watch.seen, 4);
}
