// What both engines have in common. Contract in db.h; the engines are sqlite.c and postgres.c.
//
// Everything that must mean the same on both stands here or in plan.c: the rule that a failed
// statement ends its transaction, faults for tests, the check of queries against shapes. An engine
// is left with what truly differs, which is how a session is lent and how a statement is run.
#include "data/db.h"

#include <semaphore.h>
#include <sodium.h>
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "data/engine.h"
#include "data/plan.h"
#include "data/query.h"

// The database whose session this thread holds: a second one would wait for the first for ever.
static _Thread_local const struct db *held;

enum err db_open(const struct db_settings *settings, struct db **out, struct problem *problem)
{
    assert(settings->readers > 0 && settings->readers <= 256 && settings->wait_ms > 0);
    if (str_starts(settings->url, "sqlite:"))
        return sqlite_open(settings, out, problem);
    if (str_starts(settings->url, "postgresql://") || str_starts(settings->url, "postgres://"))
        return postgres_open(settings, out, problem);
    problem_detail(problem, "the database's address must start with sqlite: or postgresql://");
    return ERR_INVALID;
}

void db_close(struct db *db)
{
    if (db != NULL)
        db->engine->close(db);
}

bool db_is_postgres(const struct db *db)
{
    return db->engine->is_postgres;
}

void db_init(struct db *db, const struct engine *engine, const struct db_settings *settings)
{
    db->engine = engine;
    db->settings = *settings;
    pthread_mutex_init(&db->wake_lock, NULL);
}

struct db_session session_start(struct db *db, struct arena *scratch)
{
    return (struct db_session){.db = db, .scratch = scratch, .now_ms = time_now_ms()};
}

enum err session_work(struct db_session *session, db_work *work, void *context)
{
    assert(held != session->db);
    const struct db *outer = held;
    held = session->db;
    enum err err = work(session, context);
    held = outer;
    return err == ERR_OK ? session->failed : err;
}

enum err db_read(struct db *db, db_work *work, void *context)
{
    struct db_view view = {.position = DB_NEWEST};
    return db_read_view(db, &view, work, context);
}

enum err db_read_view(struct db *db, struct db_view *view, db_work *work, void *context)
{
    assert(held != db);
    return db->engine->read(db, view, work, context);
}

void db_trim(struct db *db)
{
    if (db->engine->trim != NULL)
        db->engine->trim(db);
}

void db_mark(struct db *db)
{
    if (db->engine->mark != NULL)
        db->engine->mark(db);
}

void db_stats(const struct db *db, struct db_stats *out)
{
    *out = (struct db_stats){0};
    if (db->engine->stats != NULL)
        db->engine->stats(db, out);
}

void db_submit(struct db *db, struct db_job *job)
{
    assert(held != db); // on PostgreSQL it waits
    job->next = NULL;
    job->wake = false;
    job->position = 0;
    job->err = ERR_OK;
    job->queued_ms = monotonic_ms();
    db->engine->submit(db, job);
}

// db_write is db_submit and a wait: one path through the engines, so that what holds for one holds
// for the other.
struct waiting {
    struct db_job job; // first: `done` gets this one back
    sem_t done;
    enum err err;
};

static void write_done(struct db_job *job, enum err err)
{
    struct waiting *waiting = (struct waiting *)job;
    waiting->err = err;
    sem_post(&waiting->done);
}

enum err db_write(struct db *db, db_work *work, void *context)
{
    return db_write_as(db, DB_SERIALIZABLE, work, context, NULL);
}

enum err db_write_as(struct db *db, enum db_isolation isolation, db_work *work, void *context,
                     u64 *position)
{
    struct waiting waiting = {
        .job = {.work = work, .done = write_done, .context = context, .isolation = isolation}};
    // A semaphore and not a condition variable: sem_post is the last that the writer's thread does
    // with it, and glibc lets the waiter destroy it then.
    sem_init(&waiting.done, 0, 0);
    db_submit(db, &waiting.job);
    while (sem_wait(&waiting.done) != 0)
        ; // a signal
    sem_destroy(&waiting.done);
    if (position != NULL)
        *position = waiting.job.position;
    return waiting.err;
}

bool db_fails_now(struct db *db)
{
    // The first test keeps the counter, which all threads share, out of the way when no test uses
    // it.
    return atomic_load_explicit(&db->fail_at, memory_order_relaxed) > 0 &&
           atomic_fetch_sub(&db->fail_at, 1) == 1;
}

void db_fail_at(struct db *db, u32 nth)
{
    atomic_store(&db->fail_at, nth);
}

void db_on_wake(struct db *db, void (*wake)(void *), void *context)
{
    pthread_mutex_lock(&db->wake_lock);
    db->wake = wake;
    db->wake_context = context;
    pthread_mutex_unlock(&db->wake_lock);
}

// Holds the lock while the hook runs: after db_on_wake(db, NULL, NULL) nobody is inside it any
// more, and outbox_stop may free what it points to.
void db_wake(struct db *db)
{
    pthread_mutex_lock(&db->wake_lock);
    if (db->wake != NULL)
        db->wake(db->wake_context);
    pthread_mutex_unlock(&db->wake_lock);
}

// A broken transaction stays broken, on both engines alike: PostgreSQL would refuse the statement,
// SQLite would go on from a state that the work does not expect.
static enum err run(struct db_session *session, const struct query *query, const void *in,
                    struct rows *rows)
{
    if (session->failed != ERR_OK)
        return session->failed;
    session->new_id.s[0] = '\0';
    // Looked at first: writing it every time would bounce its cache line between all workers.
    if (query->reached != NULL && !__atomic_load_n(query->reached, __ATOMIC_RELAXED))
        __atomic_store_n(query->reached, true, __ATOMIC_RELAXED);
    enum err err = db_fails_now(session->db) ? ERR_UNAVAILABLE
                                             : session->db->engine->run(session, query, in, rows);
    session->failed = err;
    return err;
}

enum err db_row(struct db_session *session, const struct query *query, const void *in,
                struct arena *arena, void *out)
{
    assert(query->kind == QUERY_KIND_ROW);
    struct rows rows = {.shape = query->out, .arena = arena, .out = out};
    enum err err = run(session, query, in, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_NOT_FOUND : err;
}

enum err db_list(struct db_session *session, const struct query *query, const void *in,
                 struct arena *arena, void *list)
{
    assert(query->kind == QUERY_KIND_LIST);
    struct rows rows = {.shape = query->out, .arena = arena, .out = list, .many = true};
    *(struct text_list *)list = (struct text_list){0}; // the layout of every S_list
    return run(session, query, in, &rows);
}

enum err db_run(struct db_session *session, const struct query *query, const void *in, i64 *changed)
{
    assert(query->kind == QUERY_KIND_RUN);
    struct rows rows = {.shape = query->out};
    enum err err = run(session, query, in, &rows);
    if (changed != NULL)
        *changed = rows.changed;
    return err;
}

enum err db_put(struct db_session *session, const struct query *query, const void *in)
{
    assert(query->kind == QUERY_KIND_RUN);
    struct rows rows = {.shape = query->out, .later = true};
    return run(session, query, in, &rows);
}

#define DB_LOCK(F, S) F(S, i64, key, .doc = "Of the name.")
SHAPE(db_lock, DB_LOCK);
DB_QUERY_APART(lock_take, QUERY_KIND_RUN, db_lock, nothing, "SELECT pg_advisory_xact_lock(:key)");
DB_QUERY_APART(lock_take_shared, QUERY_KIND_RUN, db_lock, nothing,
               "SELECT pg_advisory_xact_lock_shared(:key)");

// Two names of one key only wait for each other without need.
enum err db_lock(struct db_session *session, const char *kind, const char *name, bool shared)
{
    static const unsigned char secret[crypto_shorthash_KEYBYTES] = "souk";
    unsigned char hash[crypto_shorthash_BYTES];
    struct db_lock lock;
    if (!session->db->engine->is_postgres)
        return session->failed;
    const char *text = arena_printf(session->scratch, "%s %s", kind, name);
    crypto_shorthash(hash, (const unsigned char *)text, strlen(text), secret);
    memcpy(&lock.key, hash, sizeof hash);
    return db_put(session, shared ? &lock_take_shared : &lock_take, &lock);
}

enum err db_script(struct db_session *session, const char *sql)
{
    if (session->failed == ERR_OK)
        session->failed =
            db_fails_now(session->db) ? ERR_UNAVAILABLE : session->db->engine->script(session, sql);
    return session->failed;
}

struct checking {
    const struct query *const *queries;
    size_t count;
    struct problem *problem;
};

// Goes on after a fault, so that whoever changed a table sees every query that it broke.
static enum err check(struct db_session *session, void *context)
{
    struct checking *checking = context;
    for (size_t i = 0; i < checking->count; i++) {
        const struct query *query = checking->queries[i];
        struct described described = {0};
        enum err err =
            session->db->engine->describe(session, query, &described, checking->problem->arena);
        if (err == ERR_INVALID)
            problem_field(checking->problem, query->name, "%s: %s", query->file, described.error);
        else if (err != ERR_OK)
            return err;
        else
            plan_check(query, &described, checking->problem);
    }
    return checking->problem->count > 0 ? ERR_INVALID : ERR_OK;
}

enum err db_check_queries(struct db *db, const struct query *const *queries, size_t count,
                          struct problem *problem)
{
    struct checking checking = {queries, count, problem};
    return db_read(db, check, &checking);
}
