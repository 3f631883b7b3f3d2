// One PostgreSQL connection with its prepared statements. The pool, transactions and their retries
// are in postgres.c.
#ifndef SOUK_DATA_POSTGRES_H
#define SOUK_DATA_POSTGRES_H

#include <libpq-fe.h>

#include "data/plan.h"
#include "data/pool.h"

struct prepared;

// What the last failure asks for, beside telling the caller.
enum postgres_fate {
    POSTGRES_GO_ON,
    POSTGRES_AGAIN, // the transaction lost against another one: the same work may win next time
    POSTGRES_LOST,  // the connection is of no more use
};

// How a transaction starts: a command, and one that must follow it at once or NULL.
struct postgres_begin {
    const char *sql, *also;
};

// A connection belongs to one thread at a time.
struct postgres_connection {
    struct pooled pooled;       // first
    PGconn *handle;             // NULL: to be opened at next use
    struct prepared **prepared; // a hash table keyed by the query's address
    size_t room, used;
    struct arena *scratch; // of a session
    struct arena *texts;   // of the prepared statements, until disconnected
    enum postgres_fate fate;
    const struct postgres_begin *begin; // travels with the first statement; NULL: it has begun
    bool owes;                          // the answer to a COMMIT that nobody needed to wait for
    bool proven;                        // it has answered a statement
};

struct postgres_db {
    struct db base; // first: db.h hands out this one
    const char *url;
    struct postgres_begin begin_read, begin_write;
    struct arena *arena; // of the texts above
    struct pool pool;
    pthread_mutex_t lane; // work that lost against others repeatedly runs one at a time
    struct postgres_connection *connections;
    _Atomic i64 refused_ms; // when a connection could last not be made (monotonic)
};

struct postgres_session {
    struct db_session base; // first: the engine gets this one
    struct postgres_connection *connection;
};

// Opens the connection if it is not open, or is open no more. `problem` may be NULL.
CHECKED enum err postgres_connect(struct postgres_db *db, struct postgres_connection *connection,
                                  struct problem *problem);
// A connection failed before it was of use: for a while no other one is opened.
void postgres_refused(struct postgres_db *db);
void postgres_disconnect(struct postgres_connection *connection);
// Runs statements without parameters and waits at most so long; 0: for ever. `tag`, when not NULL,
// gets the command's tag: a COMMIT that came too late answers "ROLLBACK".
CHECKED enum err postgres_exec(struct postgres_connection *connection, const char *sql, i64 wait_ms,
                               char tag[16]);
// Sends a command and leaves its answer for postgres_connect.
void postgres_send(struct postgres_connection *connection, const char *sql);
// The engine's entries that run in a session.
enum err postgres_run(struct db_session *session, const struct query *query, const void *in,
                      struct rows *rows);
enum err postgres_script(struct db_session *session, const char *sql);
enum err postgres_describe(struct db_session *session, const struct query *query,
                           struct described *described, struct arena *arena);

#endif
