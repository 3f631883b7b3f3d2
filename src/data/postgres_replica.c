// Which replica a read may take place at. Contract of db_read_view in db.h; what is known of the
// replicas is postgres_probe.c's.
//
// A replica is good for a read when it has replayed the position that the read has to see. How far
// it is was seen by a probe some moments ago, which is enough as it never goes back; when no
// replica was far enough then, one of them is asked now. The question goes before the transaction,
// not into it: there it would take the snapshot first and the position after it, which may be one
// that the snapshot lacks.
//
// "Never goes back" has one exception: a server that crashed replays again from further back, and
// lets readers in before it is where it was. All its connections end with the crash, so each new
// one asks before it believes what was known.
#include "core/log.h"
#include "core/time.h"
#include "data/postgres_attempt.h"

enum {
    PLACE_PRIMARY = -1,   // of a db_view; a replica is its index + 1
    ANOTHER_MS = 300,     // a read that a replica kept so long goes to the primary, not to the next
    AHEAD_MAX = 64 << 20, // bytes that the primary may have written since it was last looked at
};

struct search {
    struct postgres_db *db;
    struct postgres_attempt *attempt;
    u64 wanted;
    enum read_why why;
};

static void raise_to(_Atomic u64 *known, u64 position)
{
    u64 old = atomic_load(known);
    while (old < position && !atomic_compare_exchange_weak(known, &old, position))
        ;
}

// Asks where the server is, unless what is known is enough.
static bool has_replayed(struct postgres_replica *replica, struct postgres_connection *connection,
                         u64 wanted)
{
    u64 position = 0;
    if (!connection->fresh && atomic_load(&replica->replayed) >= wanted)
        return true;
    if (postgres_exec(connection, "SELECT pg_last_wal_replay_lsn()", replica->place.patience_ms,
                      &position) != ERR_OK)
        return false;
    if (connection->fresh)
        atomic_store(&replica->replayed, position);
    else
        raise_to(&replica->replayed, position);
    connection->fresh = false;
    return position >= wanted;
}

static bool read_on(struct search *search, struct postgres_replica *replica,
                    struct postgres_connection *connection)
{
    struct postgres_attempt *attempt = search->attempt;
    bool connected = postgres_connect(connection, NULL) == ERR_OK;
    bool there = connected && has_replayed(replica, connection, search->wanted);
    if (there)
        attempt->err = postgres_attempt_on(connection, attempt);
    bool lost = !connected || connection->fate == POSTGRES_LOST;
    bool answered = there && !attempt->failed;
    if (!answered)
        search->why = lost || there ? READ_failed : READ_behind;
    if (lost && !answered)
        postgres_replica_out(replica, "failed under a read");
    return answered;
}

// Nobody waits for a connection: the primary is there.
static bool read_at(struct search *search, struct postgres_replica *replica)
{
    struct pooled *entry = pool_borrow(&replica->place.pool, 0);
    if (entry == NULL) {
        search->why = READ_busy;
        return false;
    }
    bool answered = read_on(search, replica, (struct postgres_connection *)entry);
    pool_return(&replica->place.pool, entry);
    return answered;
}

// The place of a replica that answered, else PLACE_PRIMARY. First those that are known to be far
// enough, each in its turn; then one that may be by now.
static int find(struct search *search)
{
    struct postgres_db *db = search->db;
    u32 turn = atomic_fetch_add_explicit(&db->turn, 1, memory_order_relaxed);
    struct postgres_replica *behind = NULL;
    i64 until_ms = monotonic_ms() + ANOTHER_MS;
    for (size_t i = 0; i < db->replica_count && monotonic_ms() < until_ms; i++) {
        size_t at = (turn + i) % db->replica_count;
        struct postgres_replica *replica = &db->replicas[at];
        if (!replica->well)
            continue;
        if (replica->replayed < search->wanted) {
            behind = replica;
            continue;
        }
        if (read_at(search, replica))
            return (int)at + 1;
    }
    if (behind == NULL || search->why != READ_out)
        return PLACE_PRIMARY;
    search->why = READ_behind;
    bool may_be = search->wanted <= postgres_newest(db) + AHEAD_MAX;
    return may_be && read_at(search, behind) ? (int)(behind - db->replicas) + 1 : PLACE_PRIMARY;
}

bool postgres_find_replica(struct postgres_db *db, struct db_view *view,
                           struct postgres_attempt *attempt, enum read_why *why)
{
    struct search search = {.db = db, .attempt = attempt, .why = READ_newest};
    int before = view->place;
    view->place = PLACE_PRIMARY;
    if (db->replica_count > 0 && view->position != DB_NEWEST && before != PLACE_PRIMARY) {
        u64 floor = postgres_floor(db);
        search.wanted = view->position > floor ? view->position : floor;
        search.why = floor == DB_NEWEST ? READ_behind : READ_out;
        if (floor == DB_NEWEST)
            view->place = PLACE_PRIMARY;
        else if (before == 0)
            view->place = find(&search);
        else if (db->replicas[before - 1].well && read_at(&search, &db->replicas[before - 1]))
            view->place = before;
    }
    *why = search.why;
    return view->place != PLACE_PRIMARY;
}
