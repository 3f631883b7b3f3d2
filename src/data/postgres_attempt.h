// Running work in a transaction on PostgreSQL: alone (postgres.c), at a replica
// (postgres_replica.c), beside others (postgres_together.c).
#ifndef SOUK_DATA_POSTGRES_ATTEMPT_H
#define SOUK_DATA_POSTGRES_ATTEMPT_H

#include "data/postgres_wire.h"

// An attempt of a piece of work in a transaction.
struct postgres_attempt {
    db_work *work;
    void *context;
    bool writes, again, wake;
    enum db_isolation isolation; // of a write
    bool failed;                 // because of the place, not of the work
    int lost, forgotten;         // connections; their statements
    bool learns;                 // see postgres_connection
    u64 position;                // of its commit
    enum err err;
};
// `connection` has been borrowed and stays so.
CHECKED enum err postgres_attempt_on(struct postgres_connection *connection,
                                     struct postgres_attempt *attempt);

// Runs it at the primary, again where that is right, until it wins or patience ends.
CHECKED enum err postgres_transact(struct postgres_db *db, struct postgres_attempt *attempt);
// The parts of an attempt, for work that shares a transaction. `begin` travels with the first
// statement; the position is that of the commit.
CHECKED enum err postgres_start(struct postgres_connection *connection,
                                const struct postgres_begin *begin);
CHECKED enum err postgres_commit(struct postgres_connection *connection, u64 *position);

// Runs jobs beside others of their moment, on a thread of its own, and calls their `done` there.
struct postgres_together *postgres_together_new(struct postgres_db *db);
void postgres_together_submit(struct postgres_together *together, struct db_job *job);
// Waits for what was submitted.
void postgres_together_free(struct postgres_together *together);

#endif
