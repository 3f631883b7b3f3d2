// What the PostgreSQL engine has to see in the text of a statement: parameters, and what it writes.
//
// Rewrites the `:name` parameters of a statement to `$1`, `$2`, ... as PostgreSQL wants them. The
// same name gets the same number. What only looks like one is left alone: strings ('...', E'...',
// $tag$...$tag$), "identifiers", comments (nested too), `::type`, `:=` and array slices.
//
//     "SELECT ':a', b::text FROM t WHERE id = :id"  ->  "... WHERE id = $1", names {"id"}
#ifndef SOUK_DATA_SQL_NAMES_H
#define SOUK_DATA_SQL_NAMES_H

#include "core/arena.h"

enum { SQL_NAMES_MAX = 72 };

struct sql_names {
    const char *sql; // in the arena, like the names
    size_t count;
    const char *names[SQL_NAMES_MAX];
};

// False when there are more names than SQL_NAMES_MAX.
CHECKED bool sql_number_names(const char *sql, struct arena *arena, struct sql_names *out);

// What a statement leaves behind when it succeeds.
enum sql_effect {
    SQL_READS,        // nothing
    SQL_WRITES_LOCAL, // rows of tables that are DB_LOCAL (query.h) alone
    SQL_WRITES,       // others, or what this scanner does not know
};
enum sql_effect sql_effect_of(const char *sql);

#endif
