// What db.c and the two engines (sqlite.c, postgres.c) share; nobody outside data/ includes it.
//
// An engine lends sessions, runs statements in them and decides what a failure means. The mapping
// between shapes and SQL values is plan.h's and the same for both, so that both give the same
// bytes.
#ifndef SOUK_DATA_ENGINE_H
#define SOUK_DATA_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/uuid.h"
#include "data/db.h"
#include "data/position.h"

struct rows;
struct described;

struct engine {
    bool is_postgres;
    void (*close)(struct db *db);
    enum err (*read)(struct db *db, struct db_view *view, db_work *work, void *context);
    void (*mark)(struct db *db); // may be NULL, like the next two
    void (*trim)(struct db *db);
    void (*stats)(const struct db *db, struct db_stats *out);
    void (*submit)(struct db *db, struct db_job *job);
    enum err (*run)(struct db_session *session, const struct query *query, const void *in,
                    struct rows *rows);
    // Several statements without parameters or rows, with no limit of time: schema changes.
    enum err (*script)(struct db_session *session, const char *sql);
    // Prepares a query and tells its parameters and columns; ERR_INVALID with a sentence otherwise.
    enum err (*describe)(struct db_session *session, const struct query *query,
                         struct described *described, struct arena *arena);
};

// The engine's own struct starts with this one.
struct db {
    const struct engine *engine;
    struct db_settings settings;
    _Atomic u32 fail_at;
    pthread_mutex_t wake_lock;
    void (*wake)(void *); // called after a commit in which a session asked for it
    void *wake_context;
};

// The engine's own session starts with this one.
struct db_session {
    struct db *db;
    struct arena *scratch; // until the session ends
    struct uuid new_id;    // of this statement, empty until it is bound
    i64 now_ms;            // when the session began
    enum err failed; // of the first statement that broke the transaction: it cannot commit any more
    bool wake;
    bool told;            // somebody relies on what is written from here on, DB_LOCAL or not
    const char *sentence; // what the engine said of the script that failed
};

enum err sqlite_open(const struct db_settings *settings, struct db **out, struct problem *problem);
enum err postgres_open(const struct db_settings *settings, struct db **out,
                       struct problem *problem);

// Fills in what both engines have.
void db_init(struct db *db, const struct engine *engine, const struct db_settings *settings);
// A session at its start.
struct db_session session_start(struct db *db, struct arena *scratch);
// Runs the work; what it returns, unless a statement failed and the work did not say so.
enum err session_work(struct db_session *session, db_work *work, void *context);
// True for the operation that db_fail_at chose.
bool db_fails_now(struct db *db);
// Runs the hook of db_on_wake, when there is one.
void db_wake(struct db *db);
// Calls `wake(context)` from any thread after commits whose session had `wake` set. NULL: no more,
// also not by a call that is under way.
void db_on_wake(struct db *db, void (*wake)(void *), void *context);
// See engine.script.
CHECKED enum err db_script(struct db_session *session, const char *sql);

#endif
