// The PostgreSQL engine: the pool, transactions and their retries. Connections are in
// postgres_connection.c, statements in postgres_statement.c, reads on replicas in
// postgres_replica.c, the other engine is sqlite.c.
//
// Writes are SERIALIZABLE unless they say otherwise. Handlers are written once and run one after
// the other on SQLite; only this level gives them the same meaning here, also where they read,
// decide and write. What it costs is a retry when two of them meet, and those that meet again take
// turns (`lane`), so that a hot row is not fought over. The server also takes for a meeting what
// only touches the same page of an index, as ids of the same moment do; so what many shoppers do at
// once is READ COMMITTED and waits instead (db_lock). Reads are one snapshot (REPEATABLE READ, READ
// ONLY), which never fails to serialize and works on a replica.
//
// How a commit is made durable and where it came to stand cost no journey of their own: both go
// with the COMMIT in one message. The level is known only then, by what was written (DB_LOCAL).
#include "data/postgres_attempt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"

enum {
    ATTEMPTS_ALONE = 2, // so many times work runs beside others before it takes turns
    FORGOTTEN_RUNS = 4, // each may be lent a connection whose statements were forgotten
    FORGOTTEN_MAX = 10, // statements that a server did not know, before none are prepared there
};

// What begins the transaction goes with its first statement: one journey to the server, not two.
enum err postgres_start(struct postgres_connection *connection, const struct postgres_begin *begin)
{
    enum err err = postgres_connect(connection, NULL);
    connection->begin = begin;
    connection->erred = connection->learns = false;
    connection->known = NULL;
    connection->effect = SQL_READS;
    return err;
}

static void count(_Atomic i64 *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

// `on` and not what the role or server has: an order must not depend on a setting that somebody
// changed. The position is asked for when the commit is over, so that it is not before it.
#define SET_ON "SET LOCAL synchronous_commit = on"
#define SET_LOCAL "SET LOCAL synchronous_commit = local"
#define ASK_POSITION "SELECT pg_current_wal_flush_lsn()"
static const char *const commits[2][2] = {
    {SET_ON "; COMMIT", SET_ON "; COMMIT; " ASK_POSITION},
    {SET_LOCAL "; COMMIT", SET_LOCAL "; COMMIT; " ASK_POSITION},
};

// With what was sent before and not waited for. Where one of that failed the COMMIT was never
// tried.
static enum err commit_along(struct postgres_connection *connection, bool local, u64 *position)
{
    int before = connection->sent_count;
    bool asks = connection->place->db->replica_count > 0;
    connection->warned = false;
    bool sent = postgres_send_along(connection, local ? SET_LOCAL : SET_ON) &&
                postgres_send_along(connection, "COMMIT") &&
                (!asks || postgres_send_along(connection, ASK_POSITION)) &&
                PQpipelineSync(connection->handle) == 1;
    PGresult *result = postgres_await(connection, sent, connection->place->patience_ms);
    enum err err = postgres_err(connection, result, postgres_failed_name(connection, "COMMIT"));
    if (err == ERR_OK && asks && PQntuples(result) == 1)
        (void)position_read(PQgetvalue(result, 0, 0), position);
    PQclear(result);
    connection->undone = connection->failed_at >= 0 && connection->failed_at < before;
    return err;
}

static enum err commit_alone(struct postgres_connection *connection, bool local, u64 *position)
{
    bool asks = connection->place->db->replica_count > 0;
    return postgres_exec(connection, commits[local][asks], connection->place->patience_ms,
                         position);
}

// What was sent and not waited for goes with the rest, whether it failed or not.
static enum err roll_back(struct postgres_connection *connection)
{
    if (postgres_settle(connection) != ERR_OK && connection->fate == POSTGRES_LOST)
        return ERR_UNAVAILABLE;
    return postgres_exec(connection, "ROLLBACK", connection->place->patience_ms, NULL);
}

// A commit whose answer did not come may have happened: then the work must not run again. Nor must
// anybody rely on one that came with a warning: the server was told to stop waiting for the
// synchronous replica, which may not have it.
enum err postgres_commit(struct postgres_connection *connection, u64 *position)
{
    struct postgres_db *db = connection->place->db;
    bool local = connection->effect != SQL_WRITES;
    bool along = PQpipelineStatus(connection->handle) != PQ_PIPELINE_OFF;
    connection->undone = false;
    // A commit that a test lets fail must not have happened. One of a transaction that the server
    // has given up would answer ROLLBACK, as a success.
    if (db_fails_now(&db->base) ||
        (!along && PQtransactionStatus(connection->handle) != PQTRANS_INTRANS)) {
        enum err err = roll_back(connection);
        return err == ERR_OK ? ERR_UNAVAILABLE : err;
    }
    enum err err = along ? commit_along(connection, local, position)
                         : commit_alone(connection, local, position);
    if (err == ERR_OK && !local && connection->warned) {
        log_line(LOG_ERROR, "db_commit", "the synchronous replica was not waited for");
        err = ERR_UNAVAILABLE;
    }
    if (err == ERR_OK)
        count(local ? &db->commits_local : &db->commits_synchronous);
    else if (connection->undone && connection->fate != POSTGRES_LOST &&
             roll_back(connection) == ERR_OK)
        return err;
    else if (PQtransactionStatus(connection->handle) != PQTRANS_IDLE)
        connection->fate = POSTGRES_LOST;
    return err;
}

// A pooler that keeps statements for its clients knows ours again when they are prepared again. One
// that does not would lose them for ever: there they travel whole from now on. Where they are
// shared each of its servers is taught them once, by a transaction that learns; what fails even so
// does for another reason.
static void forget(struct postgres_connection *connection)
{
    struct postgres_place *place = connection->place;
    if (place->shared && !connection->learns)
        return;
    postgres_forget(connection);
    if (atomic_fetch_add(&place->forgotten, 1) + 1 != FORGOTTEN_MAX)
        return;
    place->unprepared = true;
    log_line(LOG_WARN, "db_unprepared", "%s keeps no prepared statements", place->name);
}

// What decides is that a statement failed, not what the work returned: it may have hidden the
// failure, or made another error of it.
static bool runs_again(struct postgres_connection *connection, struct postgres_attempt *attempt,
                       enum err failed)
{
    if (failed == ERR_OK)
        return false;
    // Nothing was committed yet, so running again is safe also for writes. Once only: a server that
    // is down should be told as such.
    if (connection->fate == POSTGRES_LOST)
        return attempt->lost++ == 0; // a fresh one may do
    // Its statements are prepared inside the transaction the next time, where none can be missing.
    if (connection->fate == POSTGRES_FORGOT) {
        attempt->learns = connection->place->shared;
        return attempt->forgotten++ < FORGOTTEN_RUNS;
    }
    return connection->fate == POSTGRES_AGAIN;
}

// Nobody waits for the end of a read: whoever borrows the connection next finds its answer there.
static enum err end(struct postgres_connection *connection, struct postgres_attempt *attempt,
                    enum err err)
{
    if (connection->begin != NULL)
        return err; // no statement ran
    if (err != ERR_OK) {
        if (roll_back(connection) != ERR_OK)
            connection->fate = POSTGRES_LOST;
    } else if (attempt->writes) {
        err = postgres_commit(connection, &attempt->position);
        attempt->again = connection->undone ? runs_again(connection, attempt, err)
                                            : connection->fate == POSTGRES_AGAIN;
    } else {
        postgres_send(connection, "COMMIT");
    }
    return err;
}

enum err postgres_attempt_on(struct postgres_connection *connection,
                             struct postgres_attempt *attempt)
{
    struct postgres_place *place = connection->place;
    attempt->again = false;
    attempt->failed = true;
    enum err err = postgres_start(
        connection, attempt->writes ? &place->begin_write[attempt->isolation] : &place->begin_read);
    if (err != ERR_OK)
        return err;
    connection->learns = attempt->learns;
    connection->lesson += attempt->learns;
    arena_reset(connection->scratch);
    struct postgres_session session = {session_start(&place->db->base, connection->scratch),
                                       connection};
    err = session_work(&session.base, attempt->work, attempt->context);
    attempt->wake = session.base.wake;
    attempt->failed = session.base.failed != ERR_OK && connection->erred;
    attempt->again = runs_again(connection, attempt, session.base.failed);
    if (connection->fate == POSTGRES_LOST) {
        if (!connection->proven)
            postgres_refused(place);
        return err;
    }
    err = end(connection, attempt, err);
    if (connection->fate == POSTGRES_FORGOT)
        forget(connection);
    return err;
}

// At most 32 ms: the transactions it stands aside for take a few.
static void nap(int attempts)
{
    u32 chance;
    random_bytes(&chance, sizeof chance);
    u32 most_us = 500u << min_i64(attempts, 6);
    nanosleep(&(struct timespec){.tv_nsec = (long)(chance % most_us) * 1000}, NULL);
}

static enum err attempt_once(struct postgres_db *db, struct postgres_attempt *attempt, i64 until_ms)
{
    struct pool *pool = &db->primary.pool;
    struct pooled *entry = pool_borrow(pool, max_i64(until_ms - monotonic_ms(), 1));
    attempt->again = false;
    if (entry == NULL)
        return ERR_UNAVAILABLE;
    enum err err = postgres_attempt_on((struct postgres_connection *)entry, attempt);
    pool_return(pool, entry);
    return err;
}

// False when the time was up before it was ours, or is by now.
static bool enter_lane(struct postgres_db *db, i64 until_ms)
{
    struct timespec until = monotonic_after(max_i64(until_ms - monotonic_ms(), 0));
    if (pthread_mutex_clocklock(&db->lane, CLOCK_MONOTONIC, &until) != 0)
        return false;
    bool in_time = monotonic_ms() < until_ms;
    if (!in_time)
        pthread_mutex_unlock(&db->lane);
    return in_time;
}

// The connection goes back to the pool between attempts: who naps holds nothing. The lane is taken
// before a connection is borrowed, never the other way round, so those who wait for it hold none
// either.
enum err postgres_transact(struct postgres_db *db, struct postgres_attempt *attempt)
{
    i64 until_ms = monotonic_ms() + db->base.settings.wait_ms;
    enum err err = attempt_once(db, attempt, until_ms);
    for (int attempts = 1; attempt->again && monotonic_ms() < until_ms; attempts++) {
        nap(attempts);
        bool in_lane = attempts >= ATTEMPTS_ALONE;
        if (in_lane && !enter_lane(db, until_ms))
            break;
        err = attempt_once(db, attempt, until_ms);
        if (in_lane)
            pthread_mutex_unlock(&db->lane);
    }
    if (attempt->again)
        log_line(LOG_WARN, "db_retry", "gave up on work that lost against others all the time");
    return attempt->again ? ERR_UNAVAILABLE : err;
}

// The time that replicas took is not added to the primary's: both end with the caller's patience.
static enum err postgres_read(struct db *base, struct db_view *view, db_work *work, void *context)
{
    struct postgres_db *db = (struct postgres_db *)base;
    struct postgres_attempt attempt = {.work = work, .context = context};
    enum read_why why;
    if (postgres_find_replica(db, view, &attempt, &why)) {
        count(&db->reads_replica);
        return attempt.err;
    }
    count(&db->reads_primary[why]);
    attempt.lost = attempt.forgotten = 0;
    return postgres_transact(db, &attempt);
}

static void postgres_submit(struct db *db, struct db_job *job)
{
    if (job->isolation == DB_TOGETHER) {
        postgres_together_submit(((struct postgres_db *)db)->together, job);
        return;
    }
    struct postgres_attempt attempt = {
        .work = job->work, .context = job->context, .writes = true, .isolation = job->isolation};
    enum err err = postgres_transact((struct postgres_db *)db, &attempt);
    if (err == ERR_OK && attempt.wake)
        db_wake(db);
    job->position = err == ERR_OK ? attempt.position : 0;
    job->done(job, err);
}

static void postgres_close(struct db *base)
{
    struct postgres_db *db = (struct postgres_db *)base;
    postgres_together_free(db->together);
    postgres_watch_stop(db);
    postgres_place_release(&db->primary);
    pthread_mutex_destroy(&db->lane);
    arena_free(db->arena);
    free(db);
}

static void postgres_stats(const struct db *base, struct db_stats *out)
{
    const struct postgres_db *db = (const struct postgres_db *)base;
    out->reads_replica = db->reads_replica;
    for (int why = 0; why < READ_WHY_COUNT; why++)
        out->reads_primary[why] = db->reads_primary[why];
    out->commits_synchronous = db->commits_synchronous;
    out->commits_local = db->commits_local;
    out->replica_count = db->replica_count;
    for (size_t i = 0; i < db->replica_count; i++) {
        const struct postgres_replica *replica = &db->replicas[i];
        out->replica[i].name = replica->place.name;
        out->replica[i].well = replica->well;
        out->replica[i].leads = replica->leads;
        out->replica[i].fault = replica->well ? NULL : replica->fault;
        out->replica[i].lag_ms = replica->lag_ms;
        out->replica[i].lag_bytes = replica->lag_bytes;
    }
}

static const struct engine postgres_engine = {
    .is_postgres = true,
    .close = postgres_close,
    .read = postgres_read,
    .mark = postgres_mark,
    .stats = postgres_stats,
    .submit = postgres_submit,
    .run = postgres_run,
    .script = postgres_script,
    .describe = postgres_describe,
};

// Not in the session once and for all: behind a pooler a session is not ours.
static struct postgres_begin begin_with(const struct postgres_place *place, const char *level)
{
    struct arena *arena = place->db->arena;
    return (struct postgres_begin){
        .sql = arena_printf(arena, "BEGIN ISOLATION LEVEL %s", level),
        .also =
            arena_printf(arena, "SET LOCAL statement_timeout = %lld", (long long)place->wait_ms),
    };
}

// The HOST:PORT of a libpq URI, which has a password beside it.
static const char *name_of(struct arena *arena, const char *url)
{
    const char *host = "", *port = "5432";
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    for (PQconninfoOption *at = options; at != NULL && at->keyword != NULL; at++) {
        if (at->val != NULL && str_equal(at->keyword, "host"))
            host = at->val;
        if (at->val != NULL && str_equal(at->keyword, "port"))
            port = at->val;
    }
    const char *name = arena_printf(arena, "%s:%s", host, port);
    PQconninfoFree(options);
    return name;
}

void postgres_place_init(struct postgres_place *place, struct postgres_db *db, const char *url,
                         int connections, i64 wait_ms)
{
    *place = (struct postgres_place){
        .db = db,
        .url = arena_text(db->arena, url),
        .name = name_of(db->arena, url),
        .wait_ms = wait_ms,
        .patience_ms = wait_ms + min_i64(wait_ms, 1000), // the server's own timeout comes first
        .connections = ARENA_ARRAY(db->arena, struct postgres_connection, (size_t)connections),
        .count = connections,
    };
    place->begin_read = begin_with(place, "REPEATABLE READ, READ ONLY");
    place->begin_write[DB_SERIALIZABLE] = begin_with(place, "SERIALIZABLE");
    place->begin_write[DB_READ_COMMITTED] = begin_with(place, "READ COMMITTED");
    place->begin_write[DB_TOGETHER] = place->begin_write[DB_READ_COMMITTED];
    pool_init(&place->pool);
    for (int i = 0; i < connections; i++) {
        place->connections[i].place = place;
        pool_return(&place->pool, &place->connections[i].pooled);
    }
}

void postgres_place_release(struct postgres_place *place)
{
    for (int i = 0; i < place->count; i++) {
        postgres_disconnect(&place->connections[i]);
        arena_free(place->connections[i].scratch);
    }
    pool_release(&place->pool);
}

enum err postgres_open(const struct db_settings *settings, struct db **out, struct problem *problem)
{
    struct postgres_db *db = calloc(1, sizeof *db);
    assert(db != NULL && settings->replica_count <= REPLICAS_MAX);
    db_init(&db->base, &postgres_engine, settings);
    db->arena = arena_new(MIB(4));
    postgres_place_init(&db->primary, db, settings->url, settings->readers, settings->wait_ms);
    db->primary.unprepared = settings->statements == DB_UNPREPARED;
    db->primary.shared = settings->statements == DB_PREPARED_SHARED;
    pthread_mutex_init(&db->lane, NULL);
    db->together = postgres_together_new(db);
    // The one on top of the pool, which is lent first: a wrong address is told at start.
    enum err err = postgres_connect(&db->primary.connections[settings->readers - 1], problem);
    if (err == ERR_OK)
        postgres_watch_start(db);
    if (err != ERR_OK)
        postgres_close(&db->base);
    else
        *out = &db->base;
    return err;
}
