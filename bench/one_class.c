// The shop without load classes, to compare with: all requests stand in one queue and run on one
// set of workers. Linked in place of two functions of net/pool.h (bench/meson.build).
#include "net/pool.h"

struct pool *__real_pool_new(const struct pool_settings *settings);
struct pool *__wrap_pool_new(const struct pool_settings *settings);
bool __real_pool_submit(struct pool *pool, enum pool_class class, struct pool_job *job);
bool __wrap_pool_submit(struct pool *pool, enum pool_class class, struct pool_job *job);

struct pool *__wrap_pool_new(const struct pool_settings *settings)
{
    struct pool_settings flat = *settings;
    flat.low_threads = 0;
    return __real_pool_new(&flat);
}

bool __wrap_pool_submit(struct pool *pool, UNUSED enum pool_class class, struct pool_job *job)
{
    return __real_pool_submit(pool, POOL_BROWSING, job);
}
