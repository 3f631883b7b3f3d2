// The database: one face over SQLite and PostgreSQL.
//
// A `struct db` is opened once and shared by all threads. Work runs inside db_read or db_write (or
// db_submit, which does not wait), each of which lends a `struct db_session` for its duration; a
// session belongs to the thread that runs the work and is never kept. Queries are constants (see
// app/declare.h) whose `:name` parameters and result columns are looked up in shapes, checked once
// by db_check_queries.
//
// SQLite: one writer thread runs the submitted work in savepoints and commits a batch at once with
// full sync (group commit), then tells everybody; reads run on the caller's thread on a pool of
// read-only connections, each read in one snapshot. PostgreSQL: both run on the caller's thread on
// a bounded pool; a serialization failure or a deadlock runs the work again.
//
// Work therefore may run more than once and has no effect but through its session and its context.
#ifndef SOUK_DATA_DB_H
#define SOUK_DATA_DB_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"

struct db;
struct db_session;

enum query_kind { QUERY_KIND_ROW, QUERY_KIND_LIST, QUERY_KIND_RUN };

// One SQL statement. `postgres` is NULL where the text serves both engines.
struct query {
    const char *name, *sql, *postgres, *file;
    enum query_kind kind;
    const struct shape *in, *out; // out is nothing_shape for QUERY_KIND_RUN
};

// Parameters that every query may use without naming them in its shape: :now and :new_id (a fresh
// UUIDv7 each time it is bound in a statement; the same within one statement).
struct db_settings {
    const char *url; // "sqlite:PATH" or "postgresql://..." (a libpq URI)
    int readers;     // SQLite read connections; PostgreSQL: connections in the pool
    i64 wait_ms;     // longest wait for a free connection or a busy database
    bool unsafe;     // SQLite without sync, for tests and imports that can be run again
};

// Opens, or says in `problem` why not. The caller closes.
CHECKED enum err db_open(const struct db_settings *settings, struct db **out,
                         struct problem *problem);
// Waits for work in progress. NULL is allowed.
void db_close(struct db *db);
bool db_is_postgres(const struct db *db);

// Prepares each query and checks that every parameter is a field of `in` (or :now, :new_id) and
// every column a field of `out`, of a kind that SQL can carry. Adds one fault a query, named, to
// `problem`.
CHECKED enum err db_check_queries(struct db *db, const struct query *const *queries, size_t count,
                                  struct problem *problem);

typedef enum err db_work(struct db_session *session, void *context);

// Runs `work` in a read-only snapshot on this thread. Returns what it returned, or ERR_UNAVAILABLE.
CHECKED enum err db_read(struct db *db, db_work *work, void *context);
// Runs `work` in a transaction and returns after it is durable. Anything but ERR_OK rolls it back.
CHECKED enum err db_write(struct db *db, db_work *work, void *context);

// The same without waiting: `done` is called once, on any thread, when the work is durable or
// failed. The job belongs to the caller and must live until then. On PostgreSQL it runs before
// returning.
struct db_job {
    db_work *work;
    void (*done)(struct db_job *job, enum err err);
    void *context;
    struct db_job *next; // the queue's
    enum err err;        // the queue's
};
void db_submit(struct db *db, struct db_job *job);

// One row; ERR_NOT_FOUND when there is none. Texts live in `arena`.
CHECKED enum err db_row(struct db_session *session, const struct query *query, const void *in,
                        struct arena *arena, void *out);
// All rows into a struct S_list of the out shape.
CHECKED enum err db_list(struct db_session *session, const struct query *query, const void *in,
                         struct arena *arena, void *list);
// A statement without rows; `changed` may be NULL. A broken UNIQUE, CHECK or foreign key gives
// ERR_CONFLICT, and the transaction can go on (SQLite) or must end (PostgreSQL): treat it as its
// end.
CHECKED enum err db_run(struct db_session *session, const struct query *query, const void *in,
                        i64 *changed);
// Statements run in this session so far, for the queries-per-endpoint budget.
u32 db_session_queries(const struct db_session *session);

// For tests: the n-th statement from now on fails with ERR_UNAVAILABLE; 0 switches it off.
void db_fail_at(struct db *db, u32 nth);

#endif
