// The SQLite engine: opening, the pool of readers, the engine's table. Connections are in
// sqlite_connection.c, writes in sqlite_writer.c, the other engine is postgres.c.
#include "data/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"

static struct timespec after_ms(i64 ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    i64 ns = at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

// NULL when none came back in time.
static struct sqlite_connection *borrow(struct sqlite_db *db)
{
    struct timespec until;
    int waited = 0;
    pthread_mutex_lock(&db->lock);
    if (db->idle == NULL)
        until = after_ms(db->base.settings.wait_ms);
    while (db->idle == NULL && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&db->returned, &db->lock, &until);
    struct sqlite_connection *connection = db->idle;
    if (connection != NULL)
        db->idle = connection->next;
    pthread_mutex_unlock(&db->lock);
    return connection;
}

static void give_back(struct sqlite_db *db, struct sqlite_connection *connection)
{
    pthread_mutex_lock(&db->lock);
    connection->next = db->idle;
    db->idle = connection;
    pthread_cond_signal(&db->returned);
    pthread_mutex_unlock(&db->lock);
}

static enum err read_on(struct sqlite_db *db, struct sqlite_connection *connection, db_work *work,
                        void *context)
{
    enum err err = sqlite_connect(db, connection, false, NULL);
    if (err == ERR_OK)
        err = sqlite_do(connection, SQLITE_COMMAND_BEGIN);
    if (err != ERR_OK)
        return err;
    arena_reset(connection->scratch);
    struct sqlite_session session = {session_start(&db->base, connection->scratch), connection};
    err = session_work(&session.base, work, context);
    if (sqlite3_get_autocommit(connection->handle) == 0) {
        enum err ended = sqlite_do(connection, SQLITE_COMMAND_COMMIT);
        err = err == ERR_OK ? ended : err;
    }
    return err;
}

static enum err sqlite_read(struct db *base, db_work *work, void *context)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    struct sqlite_connection *connection = borrow(db);
    if (connection == NULL)
        return ERR_UNAVAILABLE;
    enum err err = read_on(db, connection, work, context);
    give_back(db, connection);
    return err;
}

static void remove_folder(const struct sqlite_db *db)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[256];
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "%s%s", db->path, ends[i]);
        unlink(path);
    }
    rmdir(db->folder);
}

static void sqlite_release(struct sqlite_db *db)
{
    for (int i = 0; i < db->base.settings.readers; i++) {
        sqlite_disconnect(&db->readers[i]);
        arena_free(db->readers[i].scratch);
    }
    if (db->folder != NULL)
        remove_folder(db);
    pthread_mutex_destroy(&db->lock);
    pthread_cond_destroy(&db->returned);
    free(db->readers);
    free(db->folder);
    free(db->path);
    free(db);
}

// The writer goes last of all connections, so that SQLite folds the log into the file and removes it.
static void sqlite_close(struct db *base)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    for (int i = 0; i < base->settings.readers; i++)
        sqlite_disconnect(&db->readers[i]);
    sqlite_writer_stop(db);
    sqlite_release(db);
}

static const struct engine sqlite_engine = {
    .close = sqlite_close,
    .read = sqlite_read,
    .submit = sqlite_writer_submit,
    .run = sqlite_run,
    .script = sqlite_script,
    .describe = sqlite_describe,
};

// A name of its own in a file system that is memory, because SQLite's ":memory:" has one connection.
static bool make_path(struct sqlite_db *db, const char *path, struct problem *problem)
{
    if (strcmp(path, ":memory:") != 0) {
        db->path = strdup(path);
        return true;
    }
    char folder[] = "/dev/shm/souk-XXXXXX", file[64];
    if (mkdtemp(folder) == NULL) {
        problem_detail(problem, "cannot make a folder in /dev/shm: %s", strerror(errno));
        return false;
    }
    snprintf(file, sizeof file, "%s/db", folder);
    db->folder = strdup(folder);
    db->path = strdup(file);
    return true;
}

static void init_pool(struct sqlite_db *db)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->returned, &attributes);
    pthread_condattr_destroy(&attributes);
    db->readers = calloc((size_t)db->base.settings.readers, sizeof *db->readers);
    assert(db->readers != NULL);
    for (int i = 0; i < db->base.settings.readers; i++) {
        db->readers[i].next = db->idle;
        db->idle = &db->readers[i];
    }
}

// Without it every allocation takes a global lock to count itself. Too late, and of no consequence,
// when somebody used SQLite before.
static void configure_once(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

enum err sqlite_open(const struct db_settings *settings, struct db **out, struct problem *problem)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_once);
    struct sqlite_db *db = calloc(1, sizeof *db);
    assert(db != NULL);
    db->base.engine = &sqlite_engine;
    db->base.settings = *settings;
    init_pool(db);
    enum err err = make_path(db, settings->url + strlen("sqlite:"), problem)
                       ? sqlite_writer_start(db, problem)
                       : ERR_UNAVAILABLE;
    if (err != ERR_OK) {
        arena_free(db->writer.connection.scratch);
        sqlite_release(db);
        return err;
    }
    *out = &db->base;
    return ERR_OK;
}
