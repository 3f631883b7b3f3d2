// PostgreSQL: one connection with its prepared statements, one server and the connections to it,
// the primary and its replicas. Transactions and their retries are in postgres.c, the choice of a
// replica in postgres_replica.c, what is known of them in postgres_probe.c.
#ifndef SOUK_DATA_POSTGRES_H
#define SOUK_DATA_POSTGRES_H

#include <libpq-fe.h>

#include "data/plan.h"
#include "data/pool.h"
#include "data/sql_names.h"

struct prepared;
struct postgres_db;
struct postgres_place;
struct postgres_attempt;
struct postgres_together;

// What the last failure asks for, beside telling the caller.
enum postgres_fate {
    POSTGRES_GO_ON,
    POSTGRES_AGAIN,  // the transaction lost against another one: the same work may win next time
    POSTGRES_FORGOT, // the server does not know our prepared statements any more
    POSTGRES_LOST,   // the connection is of no more use
};

// How a transaction starts: a command, and one that must follow it at once or NULL.
struct postgres_begin {
    const char *sql, *also;
};

enum { POSTGRES_SENT_MAX = 24 };

// A connection belongs to one thread at a time.
struct postgres_connection {
    struct pooled pooled; // first
    struct postgres_place *place;
    PGconn *handle;             // NULL: to be opened at next use
    struct prepared **prepared; // a hash table keyed by the query's address
    size_t room, used;
    char prefix[20];       // of the prepared statements' names
    struct arena *scratch; // of a session
    struct arena *texts;   // of the prepared statements, until disconnected
    enum postgres_fate fate;
    const char *sent[POSTGRES_SENT_MAX]; // what was sent without waiting, for what may fail of it
    int sent_count;
    int failed_at;                      // of `sent`, the first that failed; -1: none
    bool undone;                        // a commit that failed was never tried
    bool learns;                        // this transaction finds out what its server knows:
    const char *known;                  // names of statements; NULL: not asked yet
    u32 lesson;                         // counts such transactions
    const struct postgres_begin *begin; // travels with the first statement; NULL: it has begun
    enum sql_effect effect;             // of the statements of this transaction
    bool owes;                          // the answer to a COMMIT that nobody needed to wait for
    bool proven;                        // it has answered a statement
    bool erred;                         // the server refused a statement of this transaction
    bool warned;                        // the server had something to say about the last one
    bool fresh;                         // has not asked yet how far its server is
    bool quiet;                         // who uses it tells what went wrong
};

// A server and the connections to it.
struct postgres_place {
    struct postgres_db *db;
    const char *url, *name;   // name: HOST:PORT
    i64 wait_ms, patience_ms; // the server's own limit of a statement; ours, which comes later
    _Atomic bool unprepared;  // its pooler keeps no prepared statements,
    bool shared;              // or has those of all its clients
    _Atomic int forgotten;    // so often it did not know one
    struct postgres_begin begin_read, begin_write[DB_TOGETHER + 1]; // by enum db_isolation
    struct pool pool;
    struct postgres_connection *connections;
    int count;
    _Atomic i64 refused_ms; // when a connection could not be made (monotonic); 0: the last one was
    _Atomic bool trying;    // after a refusal somebody finds out whether the server is back
};

struct postgres_replica {
    struct postgres_place place;      // first
    struct postgres_connection probe; // its thread's own
    pthread_t thread;
    _Atomic bool well, leads;  // leads: it says that it is the primary
    const char *_Atomic fault; // of the last look; NULL: none
    _Atomic u64 replayed;      // so far at least
    _Atomic i64 lag_ms, lag_bytes;
};

struct postgres_db {
    struct db base; // first: db.h hands out this one
    struct arena *arena;
    struct postgres_place primary;
    struct postgres_together *together; // of DB_TOGETHER
    pthread_mutex_t lane; // work that lost against others repeatedly runs one at a time
    struct postgres_replica *replicas;
    size_t replica_count;
    _Atomic u32 turn; // the replica that is asked first
    struct postgres_watch *watch;
    _Atomic i64 reads_replica, reads_primary[READ_WHY_COUNT];
    _Atomic i64 commits_synchronous, commits_local;
};

struct postgres_session {
    struct db_session base; // first: the engine gets this one
    struct postgres_connection *connection;
};

// Texts are copied into the arena of `db`. Connections are opened when they are lent.
void postgres_place_init(struct postgres_place *place, struct postgres_db *db, const char *url,
                         int connections, i64 wait_ms);
void postgres_place_release(struct postgres_place *place);

// Opens the connection if it is not open, or is open no more. `problem` may be NULL.
CHECKED enum err postgres_connect(struct postgres_connection *connection, struct problem *problem);
// A connection failed before it was of use: for a while no other one is opened.
void postgres_refused(struct postgres_place *place);
void postgres_disconnect(struct postgres_connection *connection);
// Forgets the prepared statements: they are prepared anew, under other names.
void postgres_forget(struct postgres_connection *connection);
// Runs statements without parameters and waits at most so long; 0: for ever. A position that one of
// them answers as its only value is put into `position` unless that is NULL.
CHECKED enum err postgres_exec(struct postgres_connection *connection, const char *sql, i64 wait_ms,
                               u64 *position);
// Waits for what was sent and not waited for (db_put).
CHECKED enum err postgres_settle(struct postgres_connection *connection);
// Sends a command and leaves its answer for postgres_connect.
void postgres_send(struct postgres_connection *connection, const char *sql);

// The engine's entries that run in a session.
enum err postgres_run(struct db_session *session, const struct query *query, const void *in,
                      struct rows *rows);
enum err postgres_script(struct db_session *session, const char *sql);
enum err postgres_describe(struct db_session *session, const struct query *query,
                           struct described *described, struct arena *arena);

// Reads at a replica that `view` allows. True when that is the answer (attempt->err); false with
// the reason when it is the primary's turn.
CHECKED bool postgres_find_replica(struct postgres_db *db, struct db_view *view,
                                   struct postgres_attempt *attempt, enum read_why *why);
// See db_mark. What no read may be older than, DB_NEWEST while that is not known; where the primary
// was seen last.
void postgres_mark(struct db *db);
u64 postgres_floor(const struct postgres_db *db);
u64 postgres_newest(const struct postgres_db *db);
// Begins and ends to look at the replicas.
void postgres_watch_start(struct postgres_db *db);
void postgres_watch_stop(struct postgres_db *db);
// Something went wrong there: nobody reads at it until a probe finds it well.
void postgres_replica_out(struct postgres_replica *replica, const char *why);

#endif
