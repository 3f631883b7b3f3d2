// Copies in Redis of what the database has: every process finds them there without asking the
// service that owns them, and of two versions the newer one counts.
//
//     COPY(session, session, 0);                           // a kind, by a shape
//     if (session_copied(rq, token_hash, &stamp, &session) == copied_fresh) ...
//     session_copy_keep(rq, token_hash, (struct copy_stamp){version, rq->now_ms}, until_ms, &it);
//
// The database is the truth: whatever Redis says or forgets, the shop goes on, and a reader that
// finds nothing asks as if there were no Redis. A copy has the version of its row. A put loses
// against a higher version, so that it does not matter in which order puts arrive; copy_end leaves
// a mark that no put passes until the time of its end, so that nobody who read before a deletion
// brings the deleted back.
//
// A copy also says when its row was read. Who could not tell Redis of a change (because it was
// away) leaves an old copy behind: a kind with `fresh_ms` is believed for so long after that, then
// it is stale and the owner is asked.
//
// Keys are PREFIX:KIND:{ID}, values VERSION, READ_MS, a newline and the shape's JSON.
// Without SOUK_REDIS_URL all this does nothing. Thread-safe; bounded by REDIS_WAIT_MS, look-ups by
// the deadline of the rq too.
#ifndef SOUK_APP_COPIES_H
#define SOUK_APP_COPIES_H

#include <stdatomic.h>

#include "app/rq.h"
#include "core/shape.h"

struct config;
struct copies;

// What a look-up found. ended: it was deleted, and nobody has to be asked.
#define COPIED(X, E) X(E, fresh) X(E, stale) X(E, ended) X(E, none) X(E, error)
ENUMERATION(copied, COPIED);

struct copy_stamp {
    i64 version, read_ms;
};

struct copy_counts {
    _Atomic i64 found[copied_count], kept, refused, failed; // puts: stored, older, not taken
    _Atomic i64 ttl_ms;                                     // of those stored, added up
};

struct copy_kind {
    const char *name;
    const struct shape *shape;
    i64 fresh_ms; // 0: for ever
    struct copy_counts *counts;
};

// The first looks up. The second keeps what a transaction changes: after its commit and before the
// reply; at once outside of one. The third keeps what was only read, now.
#define COPY(name_, Shape_, fresh_ms_)                                                             \
    static struct copy_counts name_##_copy_counts;                                                 \
    static const struct copy_kind name_##_copy = {#name_, &Shape_##_shape, fresh_ms_,              \
                                                  &name_##_copy_counts};                           \
    static const struct copy_kind *const name_##_copy_registered REGISTERED("copies") =            \
        &name_##_copy;                                                                             \
    CHECKED static inline enum copied name_##_copied(struct rq *rq, const char *id,                \
                                                     struct copy_stamp *stamp, struct Shape_ *out) \
    {                                                                                              \
        return copy_find(rq, &name_##_copy, id, stamp, out);                                       \
    }                                                                                              \
    static inline void name_##_copy_keep(struct rq *rq, const char *id, struct copy_stamp stamp,   \
                                         i64 until_ms, const struct Shape_ *value)                 \
    {                                                                                              \
        copy_keep(rq, &name_##_copy, id, stamp, until_ms, value);                                  \
    }                                                                                              \
    UNUSED static inline void name_##_copy_fill(struct rq *rq, const char *id,                     \
                                                struct copy_stamp stamp, i64 until_ms,             \
                                                const struct Shape_ *value)                        \
    {                                                                                              \
        copy_fill(rq, &name_##_copy, id, stamp, until_ms, value);                                  \
    }                                                                                              \
    _Static_assert(1, "")

CHECKED enum err copies_open(struct arena *arena, const struct config *config, struct copies **out,
                             struct problem *problem);
void copies_close(struct copies *copies);

// NULL when there is none of that name; for tests.
const struct copy_kind *copy_kind_named(const char *name);
// True when there is a Redis to keep copies in.
bool copies_kept(const struct app *app);
CHECKED enum copied copy_find(struct rq *rq, const struct copy_kind *kind, const char *id,
                              struct copy_stamp *stamp, void *out);
void copy_keep(struct rq *rq, const struct copy_kind *kind, const char *id, struct copy_stamp stamp,
               i64 until_ms, const void *value);
void copy_fill(struct rq *rq, const struct copy_kind *kind, const char *id, struct copy_stamp stamp,
               i64 until_ms, const void *value);
// Says until then that there is none: at once, or after the commit of the transaction.
void copy_end(struct rq *rq, const struct copy_kind *kind, const char *id, i64 until_ms);
// The same now, outside any transaction; ERR_UNAVAILABLE: Redis did not take it.
CHECKED enum err copy_end_now(struct rq *rq, const struct copy_kind *kind, const char *id,
                              i64 until_ms);

// Asks Redis and tells readiness how it is; without one it does nothing.
void copies_look(struct app *app);
// Prometheus' text.
void copies_write_metrics(const struct copies *copies, struct buf *out);

#endif
