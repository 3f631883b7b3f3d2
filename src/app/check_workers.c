// Workers that are busy for as long as a test wants it. Contract in check.h.
#include <stdatomic.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"

enum { KEPT_MAX = 32 };

static struct pool_job jobs[KEPT_MAX];
static int asked;
static atomic_int kept;
static atomic_bool let_go;

static void keep(UNUSED struct pool_job *job)
{
    while (!atomic_load(&let_go))
        usleep(1000);
    atomic_fetch_sub(&kept, 1);
}

void check_keep_worker(struct test *t, struct app *app, enum pool_class class)
{
    assert(asked < KEPT_MAX);
    struct pool_job *job = &jobs[asked++];
    *job = (struct pool_job){.run = keep};
    atomic_fetch_add(&kept, 1);
    bool taken = pool_submit(app->pool, class, job);
    CHECK(taken);
    if (!taken)
        atomic_fetch_sub(&kept, 1);
}

void check_free_workers(void)
{
    atomic_store(&let_go, true);
    while (atomic_load(&kept) > 0)
        usleep(1000);
    atomic_store(&let_go, false);
    asked = 0;
}
