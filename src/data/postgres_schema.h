// One database for services that are apart: each owns a PostgreSQL schema, souk_NAME, and logs in
// as a role that can touch nothing else.
//
// An owner, who may create schemas and roles, makes both before the services start; the services
// only look whether all is there. A schema holds the service's tables and its own copies of app's
// and data's, so that a service finds everything by unqualified names: the role's search_path leads
// there. It is set for the role, because a pooler that shares connections keeps nothing of a
// session. Services of one process share a role; app's and data's tables are then those of the
// first schema.
//
//     struct schemas schemas = {.names = names, .count = 2};   // "order", "payment"
//     err = schemas_migrate(&schemas, owner_url, url, &problem);
//     err = schemas_check(db, &schemas, &problem);
#ifndef SOUK_DATA_POSTGRES_SCHEMA_H
#define SOUK_DATA_POSTGRES_SCHEMA_H

#include "data/migrate.h"

// The services of one role, in the order of its search_path.
struct schemas {
    const char *const *names;
    size_t count;
};

// Connected as the owner: makes the schemas, migrates each, makes the role that `url` names with
// its password, and gives it exactly what these services need: to read and write the rows of their
// tables, also of those that the owner adds later. What it had elsewhere is taken from it, and from
// everybody what PostgreSQL allows in a new database (as far as the owner may). May be repeated,
// and run several times at once. ERR_INVALID when `url` names no role and password, ERR_CONFLICT
// when the role is more than a service's or the schemas are newer than this program.
CHECKED enum err schemas_migrate(const struct schemas *schemas, const char *owner_url,
                                 const char *url, struct problem *problem);
// ERR_CONFLICT when `db`, opened as the services' role, is not in their schemas, or these are older
// or newer than this program. Needs and changes nothing.
CHECKED enum err schemas_check(struct db *db, const struct schemas *schemas,
                               struct problem *problem);
// After the check: a sentence on events that wait in an outbox which this process does not send
// from, as they do when its services ran apart before; NULL when there are none.
CHECKED enum err schemas_left(struct db *db, const struct schemas *schemas, struct problem *problem,
                              const char **left);

// The other way about: ERR_CONFLICT when one of these schemas is there, beside which a process of
// all services would begin an empty shop. Nothing on SQLite.
CHECKED enum err schemas_absent(struct db *db, const struct schemas *schemas,
                                struct problem *problem);

#endif
