// One SQLite connection with its prepared statements. Batches are in sqlite_writer.c, the pool of
// readers and the engine's table in sqlite.c.
#ifndef SOUK_DATA_SQLITE_H
#define SOUK_DATA_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>

#include "data/engine.h"
#include "data/plan.h"
#include "data/pool.h"

struct statement;

// The statements that the engine itself runs over and over, prepared like the others.
enum sqlite_command {
    SQLITE_COMMAND_BEGIN,
    SQLITE_COMMAND_BEGIN_WRITE,
    SQLITE_COMMAND_COMMIT,
    SQLITE_COMMAND_ROLLBACK,
    SQLITE_COMMAND_SAVEPOINT,
    SQLITE_COMMAND_RELEASE,
    SQLITE_COMMAND_ROLLBACK_TO,
    SQLITE_COMMAND_COUNT,
};

// A connection belongs to one thread at a time.
struct sqlite_connection {
    struct pooled pooled;          // first
    sqlite3 *handle;               // NULL: to be opened at next use
    struct statement **statements; // a hash table keyed by the query's address
    size_t room, used;
    sqlite3_stmt *commands[SQLITE_COMMAND_COUNT];
    struct arena *scratch;
    i64 wait_ms, busy_until_ms;
    int wal_pages;     // in the log at the last commit from here
    int checkpoint_at; // try when it has so many; 0: the usual number
    bool broken; // the disk or the file failed under it: the transaction is lost, open it anew
};

struct sqlite_session {
    struct db_session base; // first: the engine gets this one
    struct sqlite_connection *connection;
};

struct sqlite_writer {
    struct sqlite_connection connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct db_job *first, **last; // the queue
    bool stopping, trims;         // trims: at the next pause
};

struct sqlite_db {
    struct db base;      // first: db.h hands out this one
    char *path, *folder; // folder: of a database in memory, removed at close
    struct sqlite_writer writer;
    struct pool pool;
    struct sqlite_connection *readers;
};

// Opens the connection if it is not open. ERR_UNAVAILABLE, logged, with a sentence in `problem`
// when that is not NULL.
CHECKED enum err sqlite_connect(struct sqlite_db *db, struct sqlite_connection *connection,
                                bool writes, struct problem *problem);
void sqlite_disconnect(struct sqlite_connection *connection);
// Gives back the pages that it keeps.
void sqlite_forget_pages(struct sqlite_connection *connection);
CHECKED enum err sqlite_do(struct sqlite_connection *connection, enum sqlite_command command);
// What a result code means; logs what is not the statement's own fault.
enum err sqlite_err(struct sqlite_connection *connection, int code, const char *doing);
// The engine's three entries that run in a session.
enum err sqlite_run(struct db_session *session, const struct query *query, const void *in,
                    struct rows *rows);
enum err sqlite_script(struct db_session *session, const char *sql);
enum err sqlite_describe(struct db_session *session, const struct query *query,
                         struct described *described, struct arena *arena);

// The writer: starts its thread, takes a job, finishes what is queued and ends its thread. Its
// connection stays open.
CHECKED enum err sqlite_writer_start(struct sqlite_db *db, struct problem *problem);
void sqlite_writer_submit(struct db *db, struct db_job *job);
void sqlite_writer_trim(struct sqlite_db *db);
void sqlite_writer_stop(struct sqlite_db *db);

#endif
