// Schema changes: numbered files of each service, applied forward, once each.
//
// `services/X/schema/NNN_name.sql` serves both engines; `NNN_name.postgres.sql`, where there is
// one, replaces it on PostgreSQL. The files are part of the binary (core/asset.h).
#ifndef SOUK_DATA_MIGRATE_H
#define SOUK_DATA_MIGRATE_H

#include "core/problem.h"
#include "data/db.h"

struct migration {
    const char *service;
    i64 number;
    const char *name, *sql;
    const char *postgres; // NULL: the same
};

// All that the binary carries, by service and number.
const struct migration *migrations_carried(struct arena *arena, size_t *count);

// Applies what is missing, each in a transaction of its own, and notes it in schema_migration.
// Several processes may do so at once. Refused, with nothing changed, when the database has what
// this program does not know (it is newer), or when an applied file has changed since.
CHECKED enum err migrate(struct db *db, const struct migration *all, size_t count,
                         struct problem *problem);

#endif
