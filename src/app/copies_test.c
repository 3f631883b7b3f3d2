// Tests of the copies in Redis: which of two versions stays, what has ended stays ended, and that a
// log-out is one also when Redis could not be told. They need SOUK_TEST_REDIS; those of sessions
// SOUK_TEST_SPLIT too, since the user service itself looks into its database.
#include "app/copies.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/check.h"
#include "app/peer.h"
#include "app/session.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/test_redis.h"

#define NOTE(F, S)                                                                                 \
    F(S, text, text, .doc = "Anything.")                                                           \
    F(S, i64, number, .optional = true, .doc = "Anything.")
SHAPE(note, NOTE);
enum { NOTE_FRESH_MS = 60000 };
COPY(note, note, NOTE_FRESH_MS);

static void keep(struct rq *rq, const char *id, i64 version, const char *text)
{
    struct copy_stamp stamp = {version, rq->now_ms};
    note_copy_keep(rq, id, stamp, time_now_ms() + MINUTE_MS, &(struct note){.text = text});
}

static const char *found(struct rq *rq, const char *id)
{
    struct note note = {0};
    struct copy_stamp stamp;
    enum copied copied = note_copied(rq, id, &stamp, &note);
    return copied == copied_fresh
               ? arena_printf(rq->arena, "%lld %s", (long long)stamp.version, note.text)
               : copied_names[copied];
}

TEST(copies_newer_stays)
{
    struct rq *rq = rq_begin(check_app(), "copies", MINUTE_MS);
    if (copies_kept(rq->app)) {
        CHECK_TEXT(found(rq, "a"), "none");
        keep(rq, "a", 2, "second");
        keep(rq, "a", 1, "first, and late");
        CHECK_TEXT(found(rq, "a"), "2 second");
        keep(rq, "a", 10, "tenth \"<\n");
        CHECK_TEXT(found(rq, "a"), "10 tenth \"<\n");
        copy_end(rq, &note_copy, "a", time_now_ms() + MINUTE_MS);
        CHECK_TEXT(found(rq, "a"), "ended");
        keep(rq, "a", LIMIT_INTEGER - 1, "read before it ended");
        CHECK_TEXT(found(rq, "a"), "ended");
        keep(rq, "b", 1, "old");
        rq->now_ms += NOTE_FRESH_MS;
        CHECK_TEXT(found(rq, "b"), "stale");
        rq->now_ms -= 2 * NOTE_FRESH_MS; // a clock that goes wrong
        CHECK_TEXT(found(rq, "b"), "stale");
    }
    rq_end(rq);
}

// A copy lives until its end, and is written as if that had been before.
TEST(copies_end_by_themselves)
{
    struct rq *rq = rq_begin(check_app(), "copies", MINUTE_MS);
    struct copy_stamp stamp = {1, rq->now_ms};
    if (copies_kept(rq->app)) {
        i64 life_ms = 250, end_ms;
        const char *before;
        do { // long enough to be seen, which may take a while on a busy machine
            life_ms *= 2;
            end_ms = time_now_ms() + life_ms;
            note_copy_keep(rq, "c", stamp, end_ms, &(struct note){.text = "short"});
            before = found(rq, "c");
        } while (!str_equal(before, "1 short") && time_now_ms() >= end_ms && life_ms < MINUTE_MS);
        CHECK_TEXT(before, "1 short");
        while (time_now_ms() <= end_ms + 20)
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        CHECK_TEXT(found(rq, "c"), "none");
        note_copy_keep(rq, "d", stamp, time_now_ms() - 1, &(struct note){.text = "late"});
        CHECK_TEXT(found(rq, "d"), "none");
    }
    rq_end(rq);
}

struct writer {
    struct app *app;
    int number;
    pthread_t thread;
};

enum { WRITERS = 8, WRITES = 40 };

// Versions 1 to 320 in an order that no two writers know of each other.
static void *write_versions(void *context)
{
    struct writer *writer = context;
    struct rq *rq = rq_begin(writer->app, "copies", MINUTE_MS);
    for (int i = 0; i < WRITES; i++) {
        i64 version = 1 + (i * 7 % WRITES) * WRITERS + writer->number;
        keep(rq, "many", version, arena_printf(rq->arena, "text %lld", (long long)version));
    }
    rq_end(rq);
    return NULL;
}

TEST(copies_written_together)
{
    struct writer writers[WRITERS];
    struct rq *rq = rq_begin(check_app(), "copies", MINUTE_MS);
    for (int i = 0; i < WRITERS && copies_kept(rq->app); i++) {
        writers[i] = (struct writer){.app = rq->app, .number = i};
        pthread_create(&writers[i].thread, NULL, write_versions, &writers[i]);
    }
    for (int i = 0; i < WRITERS && copies_kept(rq->app); i++)
        pthread_join(writers[i].thread, NULL);
    if (copies_kept(rq->app))
        CHECK_TEXT(found(rq, "many"), "320 text 320");
    rq_end(rq);
}

// How often a copy of a session was found like this.
static i64 sessions(struct test *t, const char *how)
{
    struct buf text = buf_in(t->arena);
    copies_write_metrics(check_app_of(service_id_order)->copies, &text);
    const char *name =
        arena_printf(t->arena, "souk_redis_lookups_total{copy=\"session\",found=\"%s\"} ", how);
    const char *at = strstr(buf_as_text(&text), name);
    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : -1;
}

// Such tests have no answers where there is no Redis, to be compared with.
static bool is_apart(struct test *t)
{
    const struct app *order = check_app_of(service_id_order);
    check_apart(t);
    return copies_kept(order) && order != check_app_of(service_id_user);
}

TEST(copies_session)
{
    if (!is_apart(t))
        return;
    i64 fresh = sessions(t, "fresh"), ended = sessions(t, "ended");
    check_as_staff(t, ROLE_ANYONE); // a customer
    check(t, "GET /api/v1/users/me/orders", "200");
    check(t, "GET /api/v1/users/me/orders", "200");
    CHECK_I64(sessions(t, "fresh"), fresh + 2);
    check(t, "DELETE /api/v1/sessions/current", "204");
    check(t, "GET /api/v1/users/me/orders", "401");
    CHECK_I64(sessions(t, "ended"), ended + 1);
}

// What was read before the log-out and arrives after it.
TEST(copies_session_late_reader)
{
    if (!is_apart(t))
        return;
    struct rq *rq = rq_begin(check_app_of(service_id_order), "copies", MINUTE_MS);
    struct session session, late = {0};
    struct copy_stamp stamp;
    check_as_staff(t, ROLE_ANYONE);
    const char *token = check_value("staff");
    const char *hash = sha256_hex(rq->arena, token, strlen(token));
    CHECK_I64(call_session_find(rq, &(struct session_token_hash){.token_hash = hash}, &session),
              ERR_OK);
    check(t, "DELETE /api/v1/sessions/current", "204");
    const struct copy_kind *kind = copy_kind_named("session");
    copy_keep(rq, kind, hash, (struct copy_stamp){session.version, rq->now_ms}, session.expires_at,
              &session);
    CHECK_I64(copy_find(rq, kind, hash, &stamp, &late), copied_ended);
    check(t, "GET /api/v1/users/me/orders", "401");
    rq_end(rq);
}

// Staff are asked for each time: a role that was taken away is gone, whatever Redis has.
TEST(copies_session_staff)
{
    if (!is_apart(t))
        return;
    i64 fresh = sessions(t, "fresh");
    check_as_staff(t, ROLE_ORDERS);
    const char *token = check_value("staff");
    struct rq *rq = rq_begin(check_app_of(service_id_order), "copies", MINUTE_MS);
    struct copy_stamp stamp = {1, rq->now_ms};
    const char *hash = sha256_hex(rq->arena, token, strlen(token));
    struct session session, faked;
    CHECK_I64(call_session_find(rq, &(struct session_token_hash){.token_hash = hash}, &session),
              ERR_OK);
    faked = session;
    faked.roles = ROLE_ADMIN;
    copy_keep(rq, copy_kind_named("session"), hash, stamp, session.expires_at, &faked);
    check(t, "GET /api/v1/admin/orders", "200");
    check(t, "PATCH /api/v1/admin/shop {'name':'Mine'}", "403");
    CHECK_I64(sessions(t, "fresh"), fresh + 2);
    rq_end(rq);
}

// As a process would look it up so long after the user service was asked, now that it is gone.
static enum err look_up_alone(struct test *t, i64 later_ms)
{
    struct app *order = check_app_of(service_id_order), alone = *order;
    struct config config = order->config;
    struct problem problem = {.arena = t->arena};
    config.peers = "user=http://127.0.0.1:1";
    CHECK_I64(peers_new(t->arena, &config, &alone.peers, &problem), ERR_OK);
    struct rq *rq = rq_begin(&alone, "copies", 2 * SECOND_MS);
    const char *token = check_value("staff");
    struct session_token_hash key = {.token_hash = sha256_hex(rq->arena, token, strlen(token))};
    struct session session;
    rq->now_ms += later_ms;
    enum err err = session_look_up(rq, &key, &session);
    rq_end(rq);
    peers_free(alone.peers);
    return err;
}

// Customers are let in for a quarter of an hour, staff are not.
TEST(copies_session_without_user_service)
{
    if (!is_apart(t))
        return;
    check_as_staff(t, ROLE_ANYONE);
    CHECK_I64(look_up_alone(t, 0), ERR_OK);
    CHECK_I64(look_up_alone(t, 31 * SECOND_MS), ERR_OK);
    CHECK_I64(look_up_alone(t, 16 * MINUTE_MS), ERR_UNAVAILABLE);
    check(t, "DELETE /api/v1/sessions/current", "204");
    CHECK_I64(look_up_alone(t, 0), ERR_NOT_FOUND);
    check_as_staff(t, ROLE_ORDERS);
    CHECK_I64(look_up_alone(t, 0), ERR_UNAVAILABLE);
}

static void wait_for_copies(struct test *t)
{
    struct rq *rq = rq_begin(check_app_of(service_id_order), "copies", MINUTE_MS);
    while (str_equal(found(rq, "any"), "error") && rq_left_ms(rq) > 0)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    CHECK(rq_left_ms(rq) > 0);
    rq_end(rq);
}

// Logs out while Redis does not answer. Requests go on meanwhile.
static void log_out_in_the_dark(struct test *t)
{
    check_as_staff(t, ROLE_ANYONE);
    i64 start_ms = monotonic_ms();
    for (int i = 0; i < 50; i++)
        check(t, "GET /api/v1/users/me/orders", "200");
    i64 calm_ms = monotonic_ms() - start_ms;
    CHECK(test_redis_do("pause", NULL));
    start_ms = monotonic_ms();
    check(t, "GET /api/v1/users/me/orders", "200");
    check(t, "DELETE /api/v1/sessions/current", "204");
    check(t, "GET /api/v1/users/me/orders", "401");
    for (int i = 0; i < 50; i++)
        check(t, "GET /api/v1/users/me/orders", "401");
    // Somebody waits for Redis a few times, and most who ask do not.
    CHECK(monotonic_ms() - start_ms < 2 * SECOND_MS + 5 * calm_ms);
    CHECK(test_redis_do("resume", NULL));
    wait_for_copies(t);
}

TEST(slow_copies_session_ended_in_the_dark)
{
    if (!is_apart(t))
        return;
    log_out_in_the_dark(t);
    check_deliver(t);
    check(t, "GET /api/v1/users/me/orders", "401");
    log_out_in_the_dark(t);
    time_shift_ms(31 * SECOND_MS);
    check(t, "GET /api/v1/users/me/orders", "401");
    time_shift_ms(0);
}
