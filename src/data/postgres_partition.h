// The partitions of tables that are split by time on PostgreSQL: making those to come, detaching
// old ones, attaching them again. How tables are split: schema/002_partition.postgres.sql.
//
// Made while the shop runs, by whoever owns the tables. What must wait for a lock gives up after a
// while (ERR_UNAVAILABLE) and may be repeated: everything here goes on where it was left.
//
//     struct partition_upkeep upkeep = {.url = owner_url, .ahead = 3, .tell = print};
//     err = partitions_keep(&upkeep, &problem);
#ifndef SOUK_DATA_POSTGRES_PARTITION_H
#define SOUK_DATA_POSTGRES_PARTITION_H

#include "data/postgres_schema.h"

struct partition_upkeep {
    const char *url;        // of the owner
    struct schemas schemas; // of services that are apart; none: where the search_path leads
    i64 ahead;              // partitions to come that are made
    i64 split_above;    // categories with as many products get a partition of their own; 0: none
    const char *before; // a date: partitions that end by then are detached; NULL: none
    const char *since;  // a date: detached partitions that begin then or later are attached; NULL
    bool dry_run;       // only tells
    void (*tell)(const char *line);
};

// Makes, detaches and attaches what is asked for, then tells each partition there is. ERR_INVALID
// for what is not a date.
CHECKED enum err partitions_keep(const struct partition_upkeep *upkeep, struct problem *problem);

// For a process of the shop, as a role that may not make tables: makes the partitions to come.
// `late` is how many tables have none for the month (or year) after this one. Nothing on SQLite.
CHECKED enum err partitions_premake(struct db *db, struct arena *arena, i64 ahead, i64 *late);

#define PARTITION_PARENT(F, S)                                                                     \
    F(S, text, home, .doc = "Its schema.")                                                         \
    F(S, text, parent, .doc = "A partitioned table.")                                              \
    F(S, i64, ahead, .doc = "Parts after the one of today; see partitions_premake.")
SHAPE(partition_parent, PARTITION_PARENT);
// Every table partitioned of this process; none on SQLite.
CHECKED enum err partition_parents(struct db_session *session, struct arena *arena,
                                   struct partition_parent_list *out);

#endif
