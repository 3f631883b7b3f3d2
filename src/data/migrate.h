// The schema: files src/LAYER/schema/NNN_name.sql, embedded by tools/embed_schema.py and applied
// forward at start, each in a transaction of its own.
//
// One text serves both engines; where they truly differ, NNN_name.postgres.sql beside it stands in
// for it on PostgreSQL. What was applied is in the table schema_migration. A file that was applied
// is never edited: its checksum is kept. To change the schema add a file with the next number.
// Several processes may start at once: one applies a migration, the others wait and find it done.
//
// The version before goes on beside a newer schema, and may be started on it: a migration adds what
// that version need not know of. One that it cannot work with stands in the file `breaking` beside
// it, with the reason; the table schema_break tells those who do not know the migration. tidy finds
// the ones that ought to stand there.
//
//     struct migration_set set = migrations_every();
//     err = migrate(db, &set, &problem);
#ifndef SOUK_DATA_MIGRATE_H
#define SOUK_DATA_MIGRATE_H

#include "core/shape.h"
#include "data/db.h"

struct migration {
    const char *service; // the folder that holds schema/
    int number;
    const char *name, *sql, *postgres; // postgres: NULL where the text serves both
    const char *breaks;                // why the version before cannot work with it; NULL: it can
};

// Those of this program: of app and data first, then the services', each by number.
extern const struct migration migrations[];
extern const size_t migration_count;

// What belongs into one schema.
struct migration_set {
    const struct migration *all;
    size_t count;
    // On PostgreSQL: whose schema, and its name (plain: letters and underscores), which holds the
    // tables and a schema_migration of its own. NULL: where the connection's search_path leads.
    const char *service, *schema;
};
// All of this program, in the connection's own schema.
struct migration_set migrations_every(void);
// What one service needs in a schema of its own: its own tables and a copy of app's and data's.
struct migration_set migrations_of(struct arena *arena, const char *service);

#define MIGRATION_STATE(F, S)                                                                      \
    F(S, text, service, .doc = "Whose tables.")                                                    \
    F(S, i64, number, .doc = "Place in the service's order.")                                      \
    F(S, text, name, .doc = "What it is about.")                                                   \
    F(S, text, checksum, .doc = "SHA-256 of its text.")                                            \
    F(S, time, applied_at, .optional = true, .doc = "When; null while it waits.")
SHAPE(migration_state, MIGRATION_STATE);

// Applies what is missing. ERR_CONFLICT when the database has one whose text differs, or is newer
// than the set in a way that the set's program cannot work with: by a migration that is breaking,
// or one beside which something of the set is missing. Nothing is changed then; `problem` says
// what.
CHECKED enum err migrate(struct db *db, const struct migration_set *set, struct problem *problem);
// For who may not migrate, only read: refuses the same, and a migration that is still missing.
CHECKED enum err migrate_check(struct db *db, const struct migration_set *set,
                               struct problem *problem);
// Lists the set in its order, and what migrate would refuse as a problem. Changes nothing.
CHECKED enum err migrate_status(struct db *db, const struct migration_set *set,
                                struct problem *problem, struct migration_state_list *out);

#endif
