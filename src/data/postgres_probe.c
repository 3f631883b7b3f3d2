// What is known of the replicas: a thread each that looks at it, and one that looks at the primary.
//
// Far behind is measured in time on our own clock, with no clock of a server's: the replica has to
// reach where the primary was seen at a moment, and the lag is how long that takes it, or has taken
// it so far. A shop where nobody writes has no lag, and a replica that stands still has more with
// every look. While the primary is away nothing new is asked of a replica: reads go on.
//
// A server that is no replica is not read at, though it may be the primary now: that one is reached
// by its own address, and an old primary that does not know yet that it is replaced says the same.
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/time.h"
#include "data/postgres.h"
#include "data/postgres_follow.h"

enum {
    LOOK_MS = 200,
    ANSWER_MS = 1000,       // a server that takes longer is not well
    REPLICA_READ_MS = 1000, // a read that takes longer is the primary's
};

struct postgres_watch {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    struct postgres_place primary; // a connection of its own
    pthread_t thread;
    _Atomic u64 newest;   // where the primary was seen last; 0: never
    _Atomic u64 looks;    // that the primary answered
    _Atomic u64 timeline; // where it was seen last; 0: not told
    i64 told_ms;          // when these three were
    // Where the primary was at a time after the last mark, and which mark that was.
    _Atomic u64 floor, marks, marked;
};

// Of one replica; its thread's own.
struct looking {
    struct postgres_replica *replica;
    u64 target; // to be reached,
    i64 since_ms, took_ms;
    int looks; // at this target
    struct postgres_following following;
};

u64 postgres_newest(const struct postgres_db *db)
{
    return db->watch->newest;
}

u64 postgres_floor(const struct postgres_db *db)
{
    const struct postgres_watch *watch = db->watch;
    return watch->marked == watch->marks ? watch->floor : DB_NEWEST;
}

void postgres_mark(struct db *base)
{
    struct postgres_watch *watch = ((struct postgres_db *)base)->watch;
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->marks++;
    pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
}

static enum err ask(struct postgres_connection *connection, const char *sql, u64 *position)
{
    *position = 0;
    enum err err = postgres_connect(connection, NULL);
    return err == ERR_OK ? postgres_exec(connection, sql, ANSWER_MS, position) : err;
}

// It stands in a position's upper half, to be read as one.
static u64 ask_timeline(struct postgres_connection *connection)
{
    u64 timeline;
    enum err err = ask(connection,
                       "SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) || '/0'"
                       " WHERE NOT pg_is_in_recovery()",
                       &timeline);
    return err == ERR_OK ? timeline : 0;
}

// The floor comes first, and after a mark alone: until it is told, reads go to the primary. The
// timeline is asked for after the position and told before it, so that the position of a new one
// never goes with the old one.
static void look_at_primary(struct postgres_watch *watch, u64 marks)
{
    struct postgres_connection *connection = &watch->primary.connections[0];
    u64 position;
    enum err err = ask(
        connection, "SELECT pg_current_wal_flush_lsn() WHERE NOT pg_is_in_recovery()", &position);
    if (err != ERR_OK || position == 0)
        return;
    if (marks != watch->marked || position < watch->floor) // it is shorter after a failover
        watch->floor = position;
    watch->marked = marks;
    if (watch->newest != 0 && monotonic_ms() - watch->told_ms < LOOK_MS)
        return;
    watch->told_ms = monotonic_ms();
    watch->timeline = ask_timeline(connection);
    watch->newest = position;
    watch->looks++;
}

static i64 lag_of(struct looking *looking, u64 position, u64 newest)
{
    i64 now_ms = monotonic_ms();
    if (position >= looking->target || newest < looking->target) { // after a failover it may be
        looking->took_ms = looking->looks > 1 ? now_ms - looking->since_ms : 0;
        looking->target = newest;
        looking->since_ms = now_ms;
        looking->looks = 0;
    }
    looking->looks++;
    // Every target is missed at the look that sets it, and met at the next by one that keeps up.
    return looking->looks > 1 ? max_i64(looking->took_ms, now_ms - looking->since_ms)
                              : looking->took_ms;
}

static const char *fault_of(struct looking *looking)
{
    struct postgres_replica *replica = looking->replica;
    struct postgres_db *db = replica->place.db;
    u64 position;
    if (ask(&replica->probe, "SELECT pg_last_wal_replay_lsn() WHERE pg_is_in_recovery()",
            &position) != ERR_OK) {
        replica->leads = false;
        return "does not answer";
    }
    replica->leads = position == 0;
    if (position == 0)
        return "is no replica at the moment";
    struct postgres_watch *watch = db->watch;
    u64 newest = watch->newest;
    if (newest == 0)
        return "cannot be compared: the primary has not answered yet";
    const struct postgres_seen primary = {newest, watch->looks, watch->timeline};
    const char *why = postgres_unfollowed(&looking->following, &primary, position);
    if (why != NULL)
        return why;
    replica->replayed = position;
    replica->lag_bytes = newest > position ? (i64)(newest - position) : 0;
    replica->lag_ms = lag_of(looking, position, newest);
    // Back in at half the limit, so that one at the limit does not come and go.
    i64 limit_ms = db->base.settings.replica_lag_ms;
    return replica->lag_ms > (replica->well ? limit_ms : limit_ms / 2) ? "is too far behind" : NULL;
}

void postgres_replica_out(struct postgres_replica *replica, const char *why)
{
    replica->fault = why;
    if (atomic_exchange(&replica->well, false))
        log_line(LOG_WARN, "replica_out", "%s %s", replica->place.name, why);
}

// What is idle is closed: a server that is the primary now needs its connections for others.
static void close_idle(struct postgres_place *place)
{
    struct pooled *closed = NULL, *entry;
    while ((entry = pool_borrow(&place->pool, 0)) != NULL) {
        postgres_disconnect((struct postgres_connection *)entry);
        entry->next = closed;
        closed = entry;
    }
    for (; closed != NULL; closed = entry) {
        entry = closed->next;
        pool_return(&place->pool, closed);
    }
}

static void look_at_replica(struct looking *looking)
{
    struct postgres_replica *replica = looking->replica;
    bool was_well = replica->well;
    const char *fault = fault_of(looking);
    if (fault == NULL && !was_well) {
        replica->well = true;
        log_line(LOG_INFO, "replica_in", "%s, %lld ms behind", replica->place.name,
                 (long long)replica->lag_ms);
    }
    if (fault == NULL)
        return;
    postgres_replica_out(replica, fault);
    if (was_well)
        close_idle(&replica->place);
}

// False when it is time to stop. Ends early when there are other marks than `marks`; NULL: when it
// is time only.
static bool wait_to_look(struct postgres_watch *watch, const u64 *marks)
{
    struct timespec until = monotonic_after(LOOK_MS);
    int waited = 0;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping && waited == 0 && (marks == NULL || *marks == watch->marks))
        waited = pthread_cond_clockwait(&watch->changed, &watch->lock, CLOCK_MONOTONIC, &until);
    bool stopping = watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    return !stopping;
}

static void *watch_primary(void *context)
{
    struct postgres_watch *watch = context;
    u64 marks;
    do {
        marks = watch->marks;
        look_at_primary(watch, marks);
    } while (wait_to_look(watch, &marks));
    return NULL;
}

static void *watch_replica(void *context)
{
    struct postgres_replica *replica = context;
    struct looking looking = {.replica = replica};
    do
        look_at_replica(&looking);
    while (wait_to_look(replica->place.db->watch, NULL));
    return NULL;
}

static void start_replica(struct postgres_db *db, struct postgres_replica *replica, const char *url)
{
    i64 wait_ms = min_i64(db->base.settings.wait_ms, REPLICA_READ_MS);
    postgres_place_init(&replica->place, db, url, db->base.settings.replica_connections, wait_ms);
    replica->place.patience_ms = wait_ms + 200;
    replica->probe.place = &replica->place;
    replica->probe.quiet = true;
}

void postgres_watch_start(struct postgres_db *db)
{
    const struct db_settings *settings = &db->base.settings;
    if (settings->replica_count == 0)
        return;
    struct postgres_watch *watch = calloc(1, sizeof *watch);
    db->replicas = calloc(settings->replica_count, sizeof *db->replicas);
    assert(watch != NULL && db->replicas != NULL);
    db->watch = watch;
    db->replica_count = settings->replica_count;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->changed, NULL);
    watch->floor = DB_ANY;
    postgres_place_init(&watch->primary, db, settings->url, 1, ANSWER_MS);
    watch->primary.connections[0].quiet = true;
    look_at_primary(watch, 0);
    for (size_t i = 0; i < db->replica_count; i++)
        start_replica(db, &db->replicas[i], settings->replicas[i]);
    int failed = pthread_create(&watch->thread, NULL, watch_primary, watch);
    for (size_t i = 0; i < db->replica_count; i++)
        failed |= pthread_create(&db->replicas[i].thread, NULL, watch_replica, &db->replicas[i]);
    assert(failed == 0);
}

void postgres_watch_stop(struct postgres_db *db)
{
    struct postgres_watch *watch = db->watch;
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    for (size_t i = 0; i < db->replica_count; i++) {
        struct postgres_replica *replica = &db->replicas[i];
        pthread_join(replica->thread, NULL);
        postgres_disconnect(&replica->probe);
        arena_free(replica->probe.scratch);
        postgres_place_release(&replica->place);
    }
    postgres_place_release(&watch->primary);
    pthread_cond_destroy(&watch->changed);
    pthread_mutex_destroy(&watch->lock);
    free(db->replicas);
    free(watch);
}
