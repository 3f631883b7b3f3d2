// Giving memory back when a rush is over.
//
// What a rush of requests needed stays with the process: pages of the database in each connection,
// exchanges with their arenas, and above all what glibc keeps of everything that was freed, since a
// few small pieces that are in use hold the heaps' ends. In a quiet time the first are let go of,
// and malloc_trim returns whole pages out of the middle. Once after each rush, as it would find
// nothing more; not during one, when all of it would be asked for again. Caches of replies and the
// catalogue stay: they are what makes the next request fast.
#include <malloc.h>

#include "app/app.h"
#include "core/time.h"

// A scrape, some probes and a shopper or two are still quiet.
enum { LOOK_MS = 5000, QUIET_REQUESTS = 250 };

static enum err trim(struct rq *rq)
{
    static _Atomic u64 seen; // of this process; several apps in one are a test
    static atomic_int quiet_turns;
    struct http_counts counts;
    http_server_counts(rq->app->server, &counts);
    bool quiet = counts.requests - atomic_exchange(&seen, counts.requests) < QUIET_REQUESTS;
    int turn = quiet ? atomic_fetch_add(&quiet_turns, 1) : -1;
    if (!quiet)
        atomic_store(&quiet_turns, 0);
    if (turn == 0) { // by threads of their own, within moments
        db_trim(rq->app->db);
        http_server_trim(rq->app->server);
    }
    if (turn == 1)
        malloc_trim(0);
    return ERR_OK;
}
JOB(memory_trim, LOOK_MS, trim);
