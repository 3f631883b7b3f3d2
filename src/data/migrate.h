// The schema: files src/LAYER/schema/NNN_name.sql, embedded by tools/embed_schema.py and applied
// forward at start, each in a transaction of its own.
//
// One text serves both engines; where they truly differ, NNN_name.postgres.sql beside it stands in
// for it on PostgreSQL. What was applied is in the table schema_migration. A file that was applied
// is never edited: its checksum is kept. To change the schema add a file with the next number.
// Several processes may start at once: one applies a migration, the others wait and find it done.
//
//     err = migrate(db, migrations, migration_count, &problem);
#ifndef SOUK_DATA_MIGRATE_H
#define SOUK_DATA_MIGRATE_H

#include "core/shape.h"
#include "data/db.h"

struct migration {
    const char *service; // the folder that holds schema/
    int number;
    const char *name, *sql, *postgres; // postgres: NULL where the text serves both
};

// Those of this program: of app and data first, then the services', each by number.
extern const struct migration migrations[];
extern const size_t migration_count;

#define MIGRATION_STATE(F, S)                                                                      \
    F(S, text, service, .doc = "Whose tables.")                                                    \
    F(S, i64, number, .doc = "Place in the service's order.")                                      \
    F(S, text, name, .doc = "What it is about.")                                                   \
    F(S, text, checksum, .doc = "SHA-256 of its text.")                                            \
    F(S, time, applied_at, .optional = true, .doc = "When; null while it waits.")
SHAPE(migration_state, MIGRATION_STATE);

// Applies what is missing. ERR_CONFLICT when the database has a migration that is not among these
// (it is newer than the program) or one whose text differs; nothing is changed then. `problem` says
// what.
CHECKED enum err migrate(struct db *db, const struct migration *all, size_t count,
                         struct problem *problem);
// Lists all in their order, and what migrate would refuse as a problem. Makes the table
// schema_migration where there is none, and changes nothing else.
CHECKED enum err migrate_status(struct db *db, const struct migration *all, size_t count,
                                struct problem *problem, struct migration_state_list *out);

#endif
