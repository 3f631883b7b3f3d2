// The database: one face over SQLite and PostgreSQL.
//
// A `struct db` is opened once and shared by all threads. Work runs inside db_read or db_write (or
// db_submit, which does not wait), each of which lends a `struct db_session` for its duration; a
// session belongs to the thread that runs the work and is never kept. Queries are constants (see
// data/query.h, app/declare.h) whose `:name` parameters and result columns are looked up in shapes,
// checked once by db_check_queries.
//
// SQLite: one writer thread runs the submitted work in savepoints and commits a batch at once with
// full sync (group commit), then tells everybody; reads run on the caller's thread on a pool of
// read-only connections, each read in one snapshot. PostgreSQL: both run on the caller's thread on
// a bounded pool, writes SERIALIZABLE (db_write_as) so that they mean what they mean on SQLite; a
// serialization failure or a deadlock runs the work again.
//
// Work therefore may run more than once and has no effect but through its session and its context.
// It asks for no second session of the same database (asserted).
//
// Columns by kind: i64, minor, time BIGINT; bool BOOLEAN; text, json, enum (its name), texts (a
// JSON array) TEXT; uuid UUID. Absent optional values, NULL texts and empty ids bind NULL; NULL
// reads as zero without its bit in `set`. For the same answer of both engines: PostgreSQL's
// LC_COLLATE is "C"; say NULLS FIRST or LAST, CAST(SUM(x) AS BIGINT), ESCAPE '\' after LIKE.
#ifndef SOUK_DATA_DB_H
#define SOUK_DATA_DB_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"
#include "data/isolation.h"

struct db;
struct db_session;

enum query_kind { QUERY_KIND_ROW, QUERY_KIND_LIST, QUERY_KIND_RUN };

// One SQL statement. `postgres` is NULL where the text serves both engines. Every query may use,
// without naming them in its shape, :now (when the session began) and :new_id (a fresh UUIDv7 a
// statement, the same within it).
struct query {
    const char *name, *sql, *postgres, *file;
    enum query_kind kind;
    const struct shape *in, *out; // out is nothing_shape for QUERY_KIND_RUN
    bool *reached;                // set when it ran in this process; may be NULL
};

enum db_statements { DB_PREPARED, DB_UNPREPARED, DB_PREPARED_SHARED }; // data/README.md
struct db_settings {
    const char *url; // "sqlite:PATH" or "postgresql://..." (a libpq URI)
    int readers;     // SQLite read connections; PostgreSQL: connections in the pool; at most 256
    i64 wait_ms;     // longest wait for a turn, a free connection, a lock or a statement
    bool unsafe;     // SQLite without sync, for tests and imports that can be run again
    enum db_statements statements; // PostgreSQL, of `url`; prepared at the replicas
    // Servers that follow the one of `url`, as libpq URIs, for db_read_view. Any of them may be the
    // primary at times; then it is not read at.
    const char *const *replicas;
    size_t replica_count;
    int replica_connections; // at most, to each of them
    i64 replica_lag_ms;      // one that is further behind is not read at
};

// Opens, or says in `problem` why not. The caller closes.
CHECKED enum err db_open(const struct db_settings *settings, struct db **out,
                         struct problem *problem);
// Waits for work in progress. NULL is allowed.
void db_close(struct db *db);
bool db_is_postgres(const struct db *db);

// Prepares each query and checks that every parameter is a field of `in` (or :now, :new_id), every
// column one of `out`, of a kind that SQL can carry. Adds one fault a query, named, to `problem`.
CHECKED enum err db_check_queries(struct db *db, const struct query *const *queries, size_t count,
                                  struct problem *problem);

typedef enum err db_work(struct db_session *session, void *context);

// Runs `work` in a read-only snapshot on this thread. Returns what it returned, or ERR_UNAVAILABLE.
// It sees every write that has returned.
CHECKED enum err db_read(struct db *db, db_work *work, void *context);

// A series of reads that may see an older state: which one at least, as a position in the history
// of writes (data/position.h), and where the series reads, so that no read of it sees an older
// state than the one before. It is read at a replica that has replayed the position, else at the
// primary; a replica that fails is left for another within the call.
enum {
    DB_NEWEST = 0, // what db_read sees: at the primary
    DB_ANY = 1,    // within replica_lag_ms, and not before the last db_mark
};
struct db_view {
    u64 position; // or one of these two
    int place;    // 0 at the start; then the engine's
};
CHECKED enum err db_read_view(struct db *db, struct db_view *view, db_work *work, void *context);
// Whatever is committed now, no read that begins after this call sees an older state: a cache that
// was dropped is not filled again with what made it be dropped. Does not wait.
void db_mark(struct db *db);
// Lets go of memory that is only kept to be fast, for a time when nobody asks. Does not wait.
void db_trim(struct db *db);

// Runs `work` in a transaction and returns after it is durable. Anything but ERR_OK rolls it back.
// ERR_UNAVAILABLE: nothing of it stays, unless PostgreSQL went away during the commit itself, when
// nobody can know; whoever must know gives the write an idempotency key and asks again.
CHECKED enum err db_write(struct db *db, db_work *work, void *context);
// The same; `position` gets that of the commit, 0 where there are no replicas; may be NULL.
CHECKED enum err db_write_as(struct db *db, enum db_isolation isolation, db_work *work,
                             void *context, u64 *position);

// The same without waiting: `done` is called once, on any thread, when the work is durable or
// failed; the job, the caller's, must live until then. PostgreSQL runs all but DB_TOGETHER before
// returning.
struct db_job {
    db_work *work;
    void (*done)(struct db_job *job, enum err err);
    void *context;
    enum db_isolation isolation;
    u64 position;        // of the commit, as db_write_as has it
    struct db_job *next; // this and the rest are the queue's
    i64 queued_ms;
    enum err err;
    bool wake;
};
void db_submit(struct db *db, struct db_job *job);

// One row; ERR_NOT_FOUND when there is none. Texts live in `arena`.
CHECKED enum err db_row(struct db_session *session, const struct query *query, const void *in,
                        struct arena *arena, void *out);
// All rows into a struct S_list of the out shape.
CHECKED enum err db_list(struct db_session *session, const struct query *query, const void *in,
                         struct arena *arena, void *list);
// A statement without rows; `changed` may be NULL. A broken UNIQUE, CHECK or foreign key gives
// ERR_CONFLICT in all three, and ends the transaction: it rolls back, whatever the work returns. To
// go on, say ON CONFLICT DO NOTHING.
CHECKED enum err db_run(struct db_session *session, const struct query *query, const void *in,
                        i64 *changed);

// The same for one whose outcome nobody needs at once: to PostgreSQL it travels with the next
// statement, or the commit. If it fails that one does, with its error.
CHECKED enum err db_put(struct db_session *session, const struct query *query, const void *in);

// For tests: the n-th statement or commit from now on fails with ERR_UNAVAILABLE; 0: none.
void db_fail_at(struct db *db, u32 nth);

#endif
