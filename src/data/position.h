// Positions in the history of PostgreSQL's writes, and what became of reads and commits.
//
// A position is what PostgreSQL calls an LSN: how many bytes of its write-ahead log there are. It
// only grows, and a replica that has replayed the position of a commit shows what was committed. As
// a text it is PostgreSQL's own: "16/B374D848".
//
// One number is enough for a caller of several services. Where these share a PostgreSQL, as they
// should, its log is one; where they do not, the largest of several positions asks too much of the
// others, whose reads then go to the primary, and never too little.
#ifndef SOUK_DATA_POSITION_H
#define SOUK_DATA_POSITION_H

#include "core/arena.h"
#include "core/base.h"

struct db;

// False when it is not one: `position` stays as it was then.
bool position_read(const char *text, u64 *position);
const char *position_text(struct arena *arena, u64 position);

// Why a read was at the primary.
#define READ_WHY_MAP(X)                                                                            \
    X(newest) /* it had to be: DB_NEWEST */                                                        \
    X(behind) /* no replica had replayed what it had to see */                                     \
    X(out)    /* no replica was well */                                                            \
    X(busy)   /* those that could have served it lent all their connections */                     \
    X(failed) /* a replica failed under it */
enum read_why {
#define X(name_) READ_##name_,
    READ_WHY_MAP(X)
#undef X
        READ_WHY_COUNT
};
extern const char *const read_why_names[READ_WHY_COUNT];

enum { REPLICAS_MAX = 16 };

// What has happened since the database was opened, and how the replicas are.
struct db_stats {
    i64 reads_replica, reads_primary[READ_WHY_COUNT];
    i64 commits_synchronous, commits_local;
    size_t replica_count;
    struct {
        const char *name;  // HOST:PORT
        bool well, leads;  // leads: it is the primary at the moment
        const char *fault; // why it is not read at; NULL when it is
        i64 lag_ms, lag_bytes;
    } replica[REPLICAS_MAX];
};
void db_stats(const struct db *db, struct db_stats *out);

#endif
