// The SQLite engine: opening, the pool of readers, the engine's table. Connections are in
// sqlite_connection.c, writes in sqlite_writer.c, the other engine is postgres.c.
#include "data/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"

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
    // BEGIN is deferred: the snapshot is that of the first statement.
    err = session_work(&session.base, work, context);
    if (sqlite3_get_autocommit(connection->handle) == 0) {
        enum err ended = sqlite_do(connection, SQLITE_COMMAND_COMMIT);
        err = err == ERR_OK ? ended : err;
    }
    return err;
}

// Connections are opened by whoever borrows one that is not open yet, so an idle shop holds one or
// two.
static enum err sqlite_read(struct db *base, UNUSED struct db_view *view, db_work *work,
                            void *context)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    struct pooled *entry = pool_borrow(&db->pool, base->settings.wait_ms);
    if (entry == NULL)
        return ERR_UNAVAILABLE;
    enum err err = read_on(db, (struct sqlite_connection *)entry, work, context);
    pool_return(&db->pool, entry);
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

// The connection that writes goes last, so that SQLite folds the log into the file and removes it.
static void sqlite_release(struct sqlite_db *db)
{
    for (int i = 0; i < db->base.settings.readers; i++) {
        sqlite_disconnect(&db->readers[i]);
        arena_free(db->readers[i].scratch);
    }
    sqlite_disconnect(&db->writer.connection);
    arena_free(db->writer.connection.scratch);
    if (db->folder != NULL)
        remove_folder(db);
    pool_release(&db->pool);
    free(db->readers);
    free(db->folder);
    free(db->path);
    free(db);
}

// What is queued is done first, for those who are told of it may read.
static void sqlite_close(struct db *base)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    sqlite_writer_stop(db);
    sqlite_release(db);
}

// Those that are at work have a use for what they keep.
static void sqlite_trim(struct db *base)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    struct pooled *trimmed = NULL, *entry;
    while ((entry = pool_borrow(&db->pool, 0)) != NULL) {
        sqlite_forget_pages((struct sqlite_connection *)entry);
        entry->next = trimmed;
        trimmed = entry;
    }
    for (; trimmed != NULL; trimmed = entry) {
        entry = trimmed->next;
        pool_return(&db->pool, trimmed);
    }
    sqlite_writer_trim(db);
}

static const struct engine sqlite_engine = {
    .close = sqlite_close,
    .trim = sqlite_trim,
    .read = sqlite_read,
    .submit = sqlite_writer_submit,
    .run = sqlite_run,
    .script = sqlite_script,
    .describe = sqlite_describe,
};

// A name of its own in a file system that is memory, because SQLite's ":memory:" has one
// connection.
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
    pool_init(&db->pool);
    db->readers = calloc((size_t)db->base.settings.readers, sizeof *db->readers);
    assert(db->readers != NULL);
    for (int i = 0; i < db->base.settings.readers; i++)
        pool_return(&db->pool, &db->readers[i].pooled);
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
    db_init(&db->base, &sqlite_engine, settings);
    init_pool(db);
    enum err err = make_path(db, settings->url + strlen("sqlite:"), problem)
                       ? sqlite_writer_start(db, problem)
                       : ERR_UNAVAILABLE;
    if (err != ERR_OK) {
        sqlite_release(db);
        return err;
    }
    *out = &db->base;
    return ERR_OK;
}
