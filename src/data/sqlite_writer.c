// The SQLite writer: one thread that runs queued jobs in savepoints and commits many at once, with
// one sync for all. Contract in db.h (db_submit); connections are in sqlite_connection.c.
//
// SQLite has one writer whatever we do. A thread of its own makes that an advantage: what arrives
// while a commit is being synced waits in the queue and shares the next sync, so throughput grows
// with load while nobody waits for a timer. A savepoint a job keeps them apart: one that fails is
// undone alone.
//
// Life of a batch: take a job, BEGIN IMMEDIATE (which may wait for another process), run what is
// queued within bounds, COMMIT, tell everybody, fold the log. Nobody is told before the commit, and
// all of a batch share its fate: a job whose work succeeded is told ERR_UNAVAILABLE when the commit
// fails.
#include "core/limits.h"
#include "core/log.h"
#include "core/time.h"
#include "data/sqlite.h"

enum {
    BATCH_JOBS = 256,      // jobs of one commit
    BATCH_US = 5000,       // time spent in their work before it
    WAL_PAGES = 1000,      // checkpoint when the log holds so many: SQLite's own default
    WAL_PAGES_MAX = 16000, // then also wait for readers, or the log would grow for ever
    RESTART_WAIT_MS = 50,
};

struct batch {
    struct db_job *first, **last;
    size_t jobs;
    i64 began_us;
};

static void append(struct batch *batch, struct db_job *job)
{
    job->next = NULL;
    *batch->last = job;
    batch->last = &job->next;
    batch->jobs++;
}

// NULL when the queue is empty, or the batch is complete.
static struct db_job *take(struct sqlite_writer *writer, const struct batch *batch)
{
    if (batch->jobs == BATCH_JOBS || monotonic_us() - batch->began_us > BATCH_US)
        return NULL;
    pthread_mutex_lock(&writer->lock);
    struct db_job *job = writer->first;
    if (job != NULL) {
        writer->first = job->next;
        if (writer->first == NULL)
            writer->last = &writer->first;
    }
    pthread_mutex_unlock(&writer->lock);
    return job;
}

// With the lock held, and not while it works: a connection is its thread's.
static void trim(struct sqlite_writer *writer)
{
    writer->trims = false;
    pthread_mutex_unlock(&writer->lock);
    sqlite_forget_pages(&writer->connection);
    pthread_mutex_lock(&writer->lock);
}

static bool wait_for_job(struct sqlite_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    // What is queued when it stops is still done: `there` comes from the queue alone.
    while (writer->first == NULL && !writer->stopping)
        if (writer->trims)
            trim(writer);
        else
            pthread_cond_wait(&writer->arrived, &writer->lock);
    bool there = writer->first != NULL;
    pthread_mutex_unlock(&writer->lock);
    return there;
}

static enum err run_in_savepoint(struct sqlite_db *db, struct db_job *job)
{
    struct sqlite_connection *connection = &db->writer.connection;
    enum err err = sqlite_do(connection, SQLITE_COMMAND_SAVEPOINT);
    if (err != ERR_OK)
        return err;
    arena_reset(connection->scratch);
    struct sqlite_session session = {session_start(&db->base, connection->scratch), connection};
    err = session_work(&session.base, job->work, job->context);
    job->wake = err == ERR_OK && session.base.wake;
    // The savepoint went with the transaction.
    if (connection->broken)
        return err;
    enum err ended = err == ERR_OK ? ERR_OK : sqlite_do(connection, SQLITE_COMMAND_ROLLBACK_TO);
    if (ended == ERR_OK)
        ended = sqlite_do(connection, SQLITE_COMMAND_RELEASE);
    return err == ERR_OK ? ended : err;
}

// Whoever waited too long is told so instead of being run: the caller has given up or soon will.
static enum err run_job(struct sqlite_db *db, struct db_job *job)
{
    if (monotonic_ms() - job->queued_ms > db->base.settings.wait_ms)
        return ERR_UNAVAILABLE;
    return run_in_savepoint(db, job);
}

static enum err begin(struct sqlite_db *db)
{
    enum err err = sqlite_connect(db, &db->writer.connection, true, NULL);
    return err == ERR_OK ? sqlite_do(&db->writer.connection, SQLITE_COMMAND_BEGIN_WRITE) : err;
}

static enum err commit(struct sqlite_db *db)
{
    struct sqlite_connection *connection = &db->writer.connection;
    enum err err = ERR_UNAVAILABLE;
    if (!connection->broken && !db_fails_now(&db->base))
        err = sqlite_do(connection, SQLITE_COMMAND_COMMIT);
    // A failed COMMIT may have left the transaction open (SQLITE_BUSY) or have ended it.
    if (sqlite3_get_autocommit(connection->handle) == 0 &&
        sqlite_do(connection, SQLITE_COMMAND_ROLLBACK) != ERR_OK)
        connection->broken = true;
    return err;
}

static void finish(struct sqlite_db *db, struct batch *batch, enum err err)
{
    bool wake = false;
    for (struct db_job *job = batch->first; job != NULL; job = job->next) {
        job->err = err != ERR_OK ? err : job->err;
        wake = wake || (job->err == ERR_OK && job->wake);
    }
    // Before the replies, as the dispatcher has another thread and the work to do is there already.
    if (wake)
        db_wake(&db->base);
    for (struct db_job *job = batch->first, *next; job != NULL; job = next) {
        next = job->next; // `done` may free the job
        job->done(job, job->err);
    }
}

static void run_batch(struct sqlite_db *db)
{
    struct sqlite_connection *connection = &db->writer.connection;
    struct batch batch = {.last = &batch.first, .began_us = monotonic_us()};
    // The first before BEGIN, so that a lock is never taken for nothing.
    struct db_job *job = take(&db->writer, &batch);
    enum err err = begin(db);
    batch.began_us = monotonic_us(); // the wait for another process's lock is not work
    for (; job != NULL;
         job = connection->broken || err != ERR_OK ? NULL : take(&db->writer, &batch)) {
        append(&batch, job);
        if (err == ERR_OK)
            job->err = run_job(db, job);
    }
    if (err == ERR_OK)
        err = commit(db);
    finish(db, &batch, err);
}

// After the replies have left, so that nobody waits for it. While readers hold the log's start it
// can only be tried again later: after as many pages more, and once it is long, by making them wait
// a moment. A failure is told and tried again too: the log keeps what was committed until then.
static void checkpoint(struct sqlite_connection *connection)
{
    sqlite3 *handle = connection->handle;
    int pages = connection->wal_pages;
    if (handle == NULL || pages < max_i64(connection->checkpoint_at, WAL_PAGES))
        return;
    i64 wait_ms = connection->wait_ms;
    connection->wait_ms = RESTART_WAIT_MS;
    int mode = pages < WAL_PAGES_MAX ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    int code = sqlite3_wal_checkpoint_v2(handle, NULL, mode, NULL, NULL);
    connection->wait_ms = wait_ms;
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        log_line(LOG_ERROR, "db_checkpoint", "%s", sqlite3_errmsg(handle));
    connection->checkpoint_at = pages + WAL_PAGES;
}

static void *write_for_ever(void *context)
{
    struct sqlite_db *db = context;
    while (wait_for_job(&db->writer)) {
        run_batch(db);
        checkpoint(&db->writer.connection);
    }
    return NULL;
}

void sqlite_writer_submit(struct db *base, struct db_job *job)
{
    struct sqlite_writer *writer = &((struct sqlite_db *)base)->writer;
    pthread_mutex_lock(&writer->lock);
    bool was_empty = writer->first == NULL;
    *writer->last = job;
    writer->last = &job->next;
    // A writer that has something to do looks at the queue again before it sleeps.
    if (was_empty)
        pthread_cond_signal(&writer->arrived);
    pthread_mutex_unlock(&writer->lock);
}

enum err sqlite_writer_start(struct sqlite_db *db, struct problem *problem)
{
    struct sqlite_writer *writer = &db->writer;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->arrived, NULL);
    writer->last = &writer->first;
    enum err err = sqlite_connect(db, &writer->connection, true, problem);
    if (err != ERR_OK)
        return err;
    int failed = pthread_create(&writer->thread, NULL, write_for_ever, db);
    assert(failed == 0);
    return ERR_OK;
}

void sqlite_writer_trim(struct sqlite_db *db)
{
    struct sqlite_writer *writer = &db->writer;
    pthread_mutex_lock(&writer->lock);
    writer->trims = true;
    pthread_cond_signal(&writer->arrived);
    pthread_mutex_unlock(&writer->lock);
}

void sqlite_writer_stop(struct sqlite_db *db)
{
    struct sqlite_writer *writer = &db->writer;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->arrived);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->arrived);
}
