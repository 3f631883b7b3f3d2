// Writes that share a transaction, as all of them do on SQLite: what many shoppers want of one row
// at the same moment. Contract in db.h (DB_TOGETHER) and postgres.h.
//
// A row that is changed stays locked until the commit, so one after the other they could change it
// only as often as a disk syncs. What arrives while a commit is under way waits here and shares the
// next one. Each piece of work has a savepoint, and one that fails is undone alone. Processes take
// turns by a lock, or their batches would wait for each other's rows in a circle.
//
// What fails because of the connection, or lost against another transaction, says nothing of the
// work: then each piece of the batch runs alone, as any other write does.
#include <pthread.h>
#include <stdlib.h>

#include "core/time.h"
#include "data/postgres_attempt.h"

enum { BATCH_JOBS = 64 }; // subtransactions that a server keeps account of in memory

struct postgres_together {
    struct postgres_db *db;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct db_job *first, **last;
    bool started, stopping;
    pthread_t thread;
};

enum savepoint { SAVEPOINT_NONE, SAVEPOINT_USED, SAVEPOINT_FRESH };

struct batch {
    struct db_job *jobs[BATCH_JOBS];
    size_t count;
    enum savepoint savepoint;
    u64 position;
};

static bool take(struct postgres_together *together, struct batch *batch)
{
    *batch = (struct batch){.count = 0};
    pthread_mutex_lock(&together->lock);
    // What was submitted before the end is still done.
    while (together->first == NULL && !together->stopping)
        pthread_cond_wait(&together->arrived, &together->lock);
    while (together->first != NULL && batch->count < BATCH_JOBS) {
        struct db_job *job = together->first;
        together->first = job->next;
        batch->jobs[batch->count++] = job;
    }
    if (together->first == NULL)
        together->last = &together->first;
    pthread_mutex_unlock(&together->lock);
    return batch->count > 0;
}

// Whoever waited too long is told so instead of being run, as on SQLite: the caller has given up or
// soon will. So a server that hangs keeps nobody for longer than once.
static bool too_late(const struct postgres_db *db, struct db_job *job)
{
    bool late = monotonic_ms() - job->queued_ms > db->base.settings.wait_ms;
    job->err = late ? ERR_UNAVAILABLE : job->err;
    return late;
}

static void run_alone(struct postgres_db *db, struct db_job *job)
{
    if (too_late(db, job))
        return;
    struct postgres_attempt attempt = {
        .work = job->work, .context = job->context, .writes = true, .isolation = DB_READ_COMMITTED};
    job->err = postgres_transact(db, &attempt);
    job->wake = job->err == ERR_OK && attempt.wake;
    job->position = job->err == ERR_OK ? attempt.position : 0;
}

// False: the transaction is of no more use.
static bool run_job(struct postgres_connection *connection, struct batch *batch, struct db_job *job)
{
    static const struct postgres_begin begins[] = {
        [SAVEPOINT_NONE] = {"SAVEPOINT job", NULL},
        [SAVEPOINT_USED] = {"RELEASE SAVEPOINT job", "SAVEPOINT job"},
    };
    if (too_late(connection->place->db, job))
        return true;
    bool fresh = batch->savepoint == SAVEPOINT_FRESH;
    connection->begin = fresh ? NULL : &begins[batch->savepoint];
    arena_reset(connection->scratch);
    struct postgres_session session = {
        session_start(&connection->place->db->base, connection->scratch), connection};
    job->err = session_work(&session.base, job->work, job->context);
    enum err settled = postgres_settle(connection);
    job->err = job->err == ERR_OK ? settled : job->err;
    job->wake = job->err == ERR_OK && session.base.wake;
    if (connection->fate != POSTGRES_GO_ON)
        return false;
    bool idle = connection->begin != NULL; // it ran no statement
    connection->begin = NULL;
    if (!idle)
        batch->savepoint = job->err == ERR_OK ? SAVEPOINT_USED : SAVEPOINT_FRESH;
    return idle || job->err == ERR_OK ||
           postgres_exec(connection, "ROLLBACK TO SAVEPOINT job", connection->place->patience_ms,
                         NULL) == ERR_OK;
}

static enum err lock(struct db_session *session, UNUSED void *context)
{
    return db_lock(session, "together", "", false);
}

static enum err begin(struct postgres_connection *connection)
{
    enum err err = postgres_start(connection, &connection->place->begin_write[DB_TOGETHER]);
    if (err != ERR_OK)
        return err;
    arena_reset(connection->scratch);
    struct postgres_session session = {
        session_start(&connection->place->db->base, connection->scratch), connection};
    err = session_work(&session.base, lock, NULL);
    return err == ERR_OK ? postgres_settle(connection) : err;
}

// False: nothing of it was done. Else *err is for all whose work succeeded.
static bool run_all(struct postgres_connection *connection, struct batch *batch, enum err *err)
{
    bool useful = begin(connection) == ERR_OK;
    for (size_t i = 0; i < batch->count && useful; i++)
        useful = run_job(connection, batch, batch->jobs[i]);
    if (!useful) {
        // Where the connection is lost the server does that by itself.
        if (connection->handle != NULL && connection->fate != POSTGRES_LOST &&
            postgres_exec(connection, "ROLLBACK", connection->place->patience_ms, NULL) != ERR_OK)
            connection->fate = POSTGRES_LOST;
        return false;
    }
    *err = postgres_commit(connection, &batch->position);
    return connection->fate != POSTGRES_AGAIN;
}

static void run_batch(struct postgres_db *db, struct batch *batch)
{
    struct pooled *entry =
        batch->count > 1 ? pool_borrow(&db->primary.pool, db->base.settings.wait_ms) : NULL;
    enum err err = ERR_OK;
    bool done = entry != NULL && run_all((struct postgres_connection *)entry, batch, &err);
    if (entry != NULL)
        pool_return(&db->primary.pool, entry);
    for (size_t i = 0; i < batch->count; i++) {
        struct db_job *job = batch->jobs[i];
        if (!done) {
            run_alone(db, job);
            continue;
        }
        job->err = job->err == ERR_OK ? err : job->err;
        job->position = job->err == ERR_OK ? batch->position : 0;
    }
}

static void tell(struct postgres_db *db, struct batch *batch)
{
    bool wake = false;
    for (size_t i = 0; i < batch->count; i++)
        wake = wake || (batch->jobs[i]->err == ERR_OK && batch->jobs[i]->wake);
    if (wake)
        db_wake(&db->base);
    for (size_t i = 0; i < batch->count; i++)
        batch->jobs[i]->done(batch->jobs[i], batch->jobs[i]->err); // which may free it
}

static void *run_for_ever(void *context)
{
    struct postgres_together *together = context;
    struct batch batch;
    while (take(together, &batch)) {
        run_batch(together->db, &batch);
        tell(together->db, &batch);
    }
    return NULL;
}

struct postgres_together *postgres_together_new(struct postgres_db *db)
{
    struct postgres_together *together = calloc(1, sizeof *together);
    assert(together != NULL);
    together->db = db;
    together->last = &together->first;
    pthread_mutex_init(&together->lock, NULL);
    pthread_cond_init(&together->arrived, NULL);
    return together;
}

// Its thread is there where it is needed: most processes have no such work.
void postgres_together_submit(struct postgres_together *together, struct db_job *job)
{
    pthread_mutex_lock(&together->lock);
    if (!together->started) {
        int failed = pthread_create(&together->thread, NULL, run_for_ever, together);
        assert(failed == 0);
        together->started = true;
    }
    *together->last = job;
    together->last = &job->next;
    pthread_cond_signal(&together->arrived);
    pthread_mutex_unlock(&together->lock);
}

void postgres_together_free(struct postgres_together *together)
{
    pthread_mutex_lock(&together->lock);
    together->stopping = true;
    pthread_cond_signal(&together->arrived);
    pthread_mutex_unlock(&together->lock);
    if (together->started)
        pthread_join(together->thread, NULL);
    pthread_cond_destroy(&together->arrived);
    pthread_mutex_destroy(&together->lock);
    free(together);
}
