// The PostgreSQL engine: the pool, transactions and their retries. Connections are in
// postgres_connection.c, statements in postgres_statement.c, the other engine is sqlite.c.
//
// Writes are SERIALIZABLE. Handlers are written once and run one after the other on SQLite; only
// this level gives them the same meaning here, also where they read, decide and write. What it
// costs is a retry when two of them really meet, and those that meet again take turns (`lane`), so
// that a hot row is not fought over. Reads are one snapshot (REPEATABLE READ, READ ONLY), which
// never fails to serialize and works on a replica.
#include "data/postgres.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"

enum { ATTEMPTS_ALONE = 2 }; // so many times work runs beside others before it takes turns

// What begins the transaction goes with its first statement: one journey to the server, not two.
static enum err begin(struct postgres_db *db, struct postgres_connection *connection,
                      const struct postgres_begin *begin)
{
    enum err err = postgres_connect(db, connection, NULL);
    connection->begin = begin;
    return err;
}

// A commit whose answer did not come may have happened: then the work must not run again.
static enum err commit(struct postgres_db *db, struct postgres_connection *connection)
{
    char tag[16];
    // A commit that a test lets fail must not have happened.
    if (db_fails_now(&db->base)) {
        enum err err = postgres_exec(connection, "ROLLBACK", db->base.settings.wait_ms, NULL);
        return err == ERR_OK ? ERR_UNAVAILABLE : err;
    }
    enum err err = postgres_exec(connection, "COMMIT", db->base.settings.wait_ms + 1000, tag);
    // A COMMIT of a transaction that the server had given up succeeds as a command and answers
    // ROLLBACK.
    return err == ERR_OK && !str_equal(tag, "COMMIT") ? ERR_UNAVAILABLE : err;
}

struct attempt {
    db_work *work;
    void *context;
    bool writes, again, wake;
    int lost; // connections
};

// Nobody waits for the end of a read: whoever borrows the connection next finds its answer there.
static enum err end(struct postgres_db *db, struct postgres_connection *connection,
                    struct attempt *attempt, enum err err)
{
    if (connection->begin != NULL)
        return err; // no statement ran
    if (err != ERR_OK) {
        if (postgres_exec(connection, "ROLLBACK", db->base.settings.wait_ms, NULL) != ERR_OK)
            connection->fate = POSTGRES_LOST;
    } else if (attempt->writes) {
        err = commit(db, connection);
        attempt->again = connection->fate == POSTGRES_AGAIN;
    } else {
        postgres_send(connection, "COMMIT");
    }
    return err;
}

static enum err attempt_on(struct postgres_db *db, struct postgres_connection *connection,
                           struct attempt *attempt)
{
    attempt->again = false;
    enum err err = begin(db, connection, attempt->writes ? &db->begin_write : &db->begin_read);
    if (err != ERR_OK)
        return err;
    arena_reset(connection->scratch);
    struct postgres_session session = {session_start(&db->base, connection->scratch), connection};
    err = session_work(&session.base, attempt->work, attempt->context);
    attempt->wake = session.base.wake;
    // What decides is that a statement failed, not what the work returned: it may have hidden the
    // failure, or made another error of it.
    attempt->again = session.base.failed != ERR_OK && connection->fate != POSTGRES_GO_ON;
    if (connection->fate == POSTGRES_LOST) {
        if (db->base.settings.unprepared && !connection->proven)
            postgres_refused(db);
        // Nothing was committed yet, so running again is safe also for writes. Once only: a server
        // that is down should be told as such.
        attempt->again = attempt->again && attempt->lost++ == 0; // a fresh one may do
        return err;
    }
    connection->proven = connection->proven || connection->begin == NULL;
    return end(db, connection, attempt, err);
}

// At most 32 ms: the transactions it stands aside for take a few.
static void nap(int attempts)
{
    u32 chance;
    random_bytes(&chance, sizeof chance);
    u32 most_us = 500u << min_i64(attempts, 6);
    nanosleep(&(struct timespec){.tv_nsec = (long)(chance % most_us) * 1000}, NULL);
}

static enum err attempt_once(struct postgres_db *db, struct attempt *attempt, i64 until_ms)
{
    struct pooled *entry = pool_borrow(&db->pool, max_i64(until_ms - monotonic_ms(), 1));
    attempt->again = false;
    if (entry == NULL)
        return ERR_UNAVAILABLE;
    enum err err = attempt_on(db, (struct postgres_connection *)entry, attempt);
    pool_return(&db->pool, entry);
    return err;
}

// The connection goes back to the pool between attempts: who naps holds nothing. The lane is taken
// before a connection is borrowed, never the other way round, so those who wait for it hold none
// either.
static enum err transact(struct postgres_db *db, struct attempt *attempt)
{
    i64 until_ms = monotonic_ms() + db->base.settings.wait_ms;
    enum err err = attempt_once(db, attempt, until_ms);
    for (int attempts = 1; attempt->again && monotonic_ms() < until_ms; attempts++) {
        nap(attempts);
        bool in_lane = attempts >= ATTEMPTS_ALONE;
        if (in_lane)
            pthread_mutex_lock(&db->lane);
        err = attempt_once(db, attempt, until_ms);
        if (in_lane)
            pthread_mutex_unlock(&db->lane);
    }
    if (attempt->again)
        log_line(LOG_WARN, "db_retry", "gave up on work that lost against others all the time");
    return attempt->again ? ERR_UNAVAILABLE : err;
}

static enum err postgres_read(struct db *db, db_work *work, void *context)
{
    struct attempt attempt = {.work = work, .context = context};
    return transact((struct postgres_db *)db, &attempt);
}

static void postgres_submit(struct db *db, struct db_job *job)
{
    struct attempt attempt = {.work = job->work, .context = job->context, .writes = true};
    enum err err = transact((struct postgres_db *)db, &attempt);
    if (err == ERR_OK && attempt.wake)
        db_wake(db);
    job->done(job, err);
}

static void postgres_close(struct db *base)
{
    struct postgres_db *db = (struct postgres_db *)base;
    for (int i = 0; i < base->settings.readers; i++) {
        postgres_disconnect(&db->connections[i]);
        arena_free(db->connections[i].scratch);
    }
    pool_release(&db->pool);
    pthread_mutex_destroy(&db->lane);
    arena_free(db->arena);
    free(db->connections);
    free(db);
}

static const struct engine postgres_engine = {
    .is_postgres = true,
    .close = postgres_close,
    .read = postgres_read,
    .submit = postgres_submit,
    .run = postgres_run,
    .script = postgres_script,
    .describe = postgres_describe,
};

static struct postgres_begin begin_with(const struct postgres_db *db, const char *level)
{
    struct postgres_begin begin = {.sql =
                                       arena_printf(db->arena, "BEGIN ISOLATION LEVEL %s", level)};
    if (db->base.settings.unprepared)
        begin.also = arena_printf(db->arena, "SET LOCAL statement_timeout = %lld",
                                  (long long)db->base.settings.wait_ms);
    return begin;
}

enum err postgres_open(const struct db_settings *settings, struct db **out, struct problem *problem)
{
    struct postgres_db *db = calloc(1, sizeof *db);
    assert(db != NULL);
    db_init(&db->base, &postgres_engine, settings);
    db->arena = arena_new(MIB(1));
    db->url = arena_text(db->arena, settings->url);
    db->begin_read = begin_with(db, "REPEATABLE READ, READ ONLY");
    db->begin_write = begin_with(db, "SERIALIZABLE");
    pool_init(&db->pool);
    pthread_mutex_init(&db->lane, NULL);
    db->connections = calloc((size_t)settings->readers, sizeof *db->connections);
    assert(db->connections != NULL);
    for (int i = 0; i < settings->readers; i++)
        pool_return(&db->pool, &db->connections[i].pooled);
    // The one on top of the pool, which is lent first: a wrong address is told at start.
    enum err err = postgres_connect(db, &db->connections[settings->readers - 1], problem);
    if (err != ERR_OK)
        postgres_close(&db->base);
    else
        *out = &db->base;
    return err;
}
