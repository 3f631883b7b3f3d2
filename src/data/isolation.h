// How PostgreSQL keeps a write apart from others. SQLite runs one at a time, and none of this makes
// a difference there; what it costs and saves stands in data/README.md.
//
//     enum err err = db_lock(session, "cart", id, false);   // in work of DB_READ_COMMITTED
//     if (err == ERR_OK)
//         err = db_row(session, &cart_by_id, &key, arena, &cart); // as the last one left it
#ifndef SOUK_DATA_ISOLATION_H
#define SOUK_DATA_ISOLATION_H

#include "core/err.h"

struct db_session;

enum db_isolation {
    // As if they came one after the other; of two that meet one runs again.
    DB_SERIALIZABLE,
    // Each statement sees what is committed then. The work decides by statements that hold their
    // own condition, or locks what it decides by before it reads it.
    DB_READ_COMMITTED,
    // The same for short work on rows that many want: what comes at the same moment shares a
    // transaction, each in a savepoint, and its commit.
    DB_TOGETHER,
};

// Waits until no other transaction holds the lock of that kind and name, and holds it until this
// one ends; `shared`: beside others who share it. It costs no journey of its own. Locks come before
// changes of rows, and in one order where there are several.
CHECKED enum err db_lock(struct db_session *session, const char *kind, const char *name,
                         bool shared);

#endif
