// The worker pool: order by class, refusal, staleness, counts.
#include "net/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/test.h"
#include "core/time.h"

enum { JOBS_MAX = 64 };

struct scene {
    struct pool *pool;
    sem_t started, proceed;
    atomic_int done, refused, met, alone;
    pthread_mutex_t lock;
    int order[JOBS_MAX], count;
};

struct job {
    struct pool_job job; // first, so that one pointer is the other
    struct scene *scene;
    int number;
};

static void note(struct pool_job *job)
{
    struct job *own = (struct job *)job;
    struct scene *scene = own->scene;
    pthread_mutex_lock(&scene->lock);
    scene->order[scene->count++] = own->number;
    pthread_mutex_unlock(&scene->lock);
    atomic_fetch_add(&scene->done, 1);
}

static void note_refused(struct pool_job *job)
{
    struct job *own = (struct job *)job;
    own->number = -own->number;
    atomic_fetch_add(&own->scene->refused, 1);
}

static void block(struct pool_job *job)
{
    struct scene *scene = ((struct job *)job)->scene;
    sem_post(&scene->started);
    sem_wait(&scene->proceed);
}

static struct job job_of(struct scene *scene, int number)
{
    return (struct job){{.run = note, .refused = note_refused}, scene, number};
}

// A pool of one thread, which is busy until scene_end.
static void scene_begin(struct scene *scene, struct job *blocker, struct pool_settings settings)
{
    *scene = (struct scene){.lock = PTHREAD_MUTEX_INITIALIZER};
    sem_init(&scene->started, 0, 0);
    sem_init(&scene->proceed, 0, 0);
    settings.threads = 1;
    scene->pool = pool_new(&settings);
    *blocker = (struct job){{.run = block}, scene, 0};
    bool taken = pool_submit(scene->pool, POOL_CHECKOUT, &blocker->job);
    assert(taken);
    sem_wait(&scene->started);
}

static void scene_end(struct scene *scene)
{
    sem_post(&scene->proceed);
    pool_free(scene->pool);
    sem_destroy(&scene->started);
    sem_destroy(&scene->proceed);
}

TEST(pool_order)
{
    static const enum pool_class classes[] = {POOL_BACKGROUND, POOL_BROWSING, POOL_BACKGROUND,
                                              POOL_CHECKOUT,   POOL_CART,     POOL_BROWSING,
                                              POOL_CHECKOUT};
    static const int expected[] = {3, 6, 4, 1, 5, 0, 2};
    struct scene scene;
    struct job blocker, jobs[COUNT_OF(classes)];
    scene_begin(&scene, &blocker, (struct pool_settings){0});
    for (int i = 0; i < (int)COUNT_OF(classes); i++) {
        jobs[i] = job_of(&scene, i);
        CHECK(pool_submit(scene.pool, classes[i], &jobs[i].job));
    }
    scene_end(&scene);
    CHECK_I64(scene.count, COUNT_OF(classes));
    for (int i = 0; i < scene.count; i++)
        CHECK_I64(scene.order[i], expected[i]);
}

TEST(pool_full)
{
    struct scene scene;
    struct job blocker, jobs[6];
    struct pool_counts counts;
    scene_begin(&scene, &blocker, (struct pool_settings){.queue_max = 3});
    for (int i = 0; i < 6; i++)
        jobs[i] = job_of(&scene, i + 1);
    CHECK(pool_submit(scene.pool, POOL_BROWSING, &jobs[0].job));
    CHECK(pool_submit(scene.pool, POOL_BACKGROUND, &jobs[1].job));
    CHECK(pool_submit(scene.pool, POOL_BROWSING, &jobs[2].job));
    CHECK(!pool_submit(scene.pool, POOL_BACKGROUND, &jobs[3].job));
    CHECK_I64(atomic_load(&scene.refused), 0);
    CHECK(pool_submit(scene.pool, POOL_CHECKOUT, &jobs[3].job)); // throws out 2, the lowest
    CHECK_I64(jobs[1].number, -2);
    CHECK(pool_submit(scene.pool, POOL_CHECKOUT, &jobs[4].job)); // throws out 3, the newest
    CHECK_I64(jobs[2].number, -3);
    CHECK(!pool_submit(scene.pool, POOL_BROWSING, &jobs[5].job));
    pool_counts(scene.pool, &counts);
    CHECK(counts.queued[POOL_CHECKOUT] == 2 && counts.queued[POOL_BROWSING] == 1);
    CHECK(counts.refused[POOL_BROWSING] == 2 && counts.refused[POOL_BACKGROUND] == 2);
    CHECK_I64(counts.running, 1);
    scene_end(&scene);
    CHECK(scene.count == 3 && scene.order[0] == 4 && scene.order[1] == 5 && scene.order[2] == 1);
}

TEST(pool_behind)
{
    struct scene scene;
    struct job blocker, jobs[5];
    i64 target_ms = 150, start_ms;
    bool second;
    do { // within the target of each other, which may take a while on a busy machine
        target_ms *= 2;
        scene_begin(&scene, &blocker,
                    (struct pool_settings){.target_ms = {[POOL_BROWSING] = target_ms}});
        for (int i = 0; i < 5; i++)
            jobs[i] = job_of(&scene, i + 1);
        start_ms = monotonic_ms();
        CHECK(pool_submit(scene.pool, POOL_BROWSING, &jobs[0].job));
        second = pool_submit(scene.pool, POOL_BROWSING, &jobs[1].job);
        if (!second)
            scene_end(&scene);
    } while (!second && monotonic_ms() - start_ms >= target_ms / 2);
    CHECK(second);
    if (!second)
        return;
    usleep((useconds_t)target_ms * 1000 + 10000);
    CHECK(!pool_submit(scene.pool, POOL_BROWSING, &jobs[2].job));
    CHECK(!pool_submit(scene.pool, POOL_BACKGROUND, &jobs[3].job)); // it would wait even longer
    CHECK(pool_submit(scene.pool, POOL_CHECKOUT, &jobs[4].job));
    scene_end(&scene);
    CHECK(scene.count == 3 && scene.order[0] == 5 && scene.order[1] == 1);
}

TEST(pool_stale)
{
    struct scene scene;
    struct job blocker, jobs[2];
    scene_begin(&scene, &blocker, (struct pool_settings){.stale_ms = {[POOL_BROWSING] = 10}});
    jobs[0] = job_of(&scene, 1);
    jobs[1] = job_of(&scene, 2);
    CHECK(pool_submit(scene.pool, POOL_BROWSING, &jobs[0].job));
    CHECK(pool_submit(scene.pool, POOL_CHECKOUT, &jobs[1].job));
    usleep(20000);
    scene_end(&scene);
    CHECK(scene.count == 1 && scene.order[0] == 2 && jobs[0].number == -1);
}

// However many browse, there are workers for who buys; and the other way round.
TEST(pool_leaves_workers_to_each)
{
    enum { THREADS = 4, LOW = 2, EACH = 6 };
    struct scene scene = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct pool_settings settings = {.threads = THREADS, .low_threads = LOW};
    struct job jobs[2 * EACH];
    struct pool_counts counts;
    sem_init(&scene.started, 0, 0);
    sem_init(&scene.proceed, 0, 0);
    scene.pool = pool_new(&settings);
    for (int i = 0; i < 2 * EACH; i++) {
        jobs[i] = (struct job){{.run = block}, &scene, 0};
        CHECK(pool_submit(scene.pool, i < EACH ? POOL_BROWSING : POOL_CART, &jobs[i].job));
    }
    for (int i = 0; i < THREADS; i++)
        sem_wait(&scene.started);
    pool_counts(scene.pool, &counts);
    CHECK(counts.queued[POOL_BROWSING] == EACH - LOW);
    CHECK(counts.queued[POOL_CART] == EACH - (THREADS - LOW));
    for (int i = 0; i < 2 * EACH; i++)
        sem_post(&scene.proceed);
    for (int i = THREADS; i < 2 * EACH; i++)
        sem_wait(&scene.started); // who ends takes what waits, without being woken
    pool_free(scene.pool);
    sem_destroy(&scene.started);
    sem_destroy(&scene.proceed);
}

static void note_priority(struct pool_job *job)
{
    struct job *own = (struct job *)job;
    own->number = getpriority(PRIO_PROCESS, (id_t)gettid());
    sem_post(&own->scene->started);
}

static void *pool_with_less_priority(void *settings)
{
    return nice(1) == -1 ? NULL : pool_new(settings); // nobody is below 0 here
}

// Also in a program that was started with a low priority itself.
TEST(pool_has_browsing_wait)
{
    static const enum pool_class classes[] = {POOL_CHECKOUT, POOL_CART, POOL_BROWSING,
                                              POOL_BACKGROUND};
    struct scene scene = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct pool_settings settings = {.threads = 2, .low_threads = 1};
    struct job jobs[COUNT_OF(classes)];
    pthread_t modest;
    void *pool;
    sem_init(&scene.started, 0, 0);
    CHECK(pthread_create(&modest, NULL, pool_with_less_priority, &settings) == 0);
    CHECK(pthread_join(modest, &pool) == 0 && pool != NULL);
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        jobs[i] = (struct job){{.run = note_priority}, &scene, 0};
        CHECK(pool_submit(pool, classes[i], &jobs[i].job));
        sem_wait(&scene.started);
    }
    pool_free(pool);
    CHECK(jobs[0].number == jobs[1].number && jobs[2].number == jobs[3].number);
    bool least = jobs[0].number == PRIO_MAX - 1; // the tests run with it: there is none below
    CHECK(least ? jobs[2].number == jobs[0].number : jobs[2].number > jobs[0].number);
    sem_destroy(&scene.started);
}

static atomic_int threads_ended;

static void count_end(void)
{
    atomic_fetch_add(&threads_ended, 1);
}

enum { THREADS = 8 };

// Waits for seven others that do the same, and gives up after a while.
static void meet_and_note(struct pool_job *job)
{
    struct scene *scene = ((struct job *)job)->scene;
    int everybody = (atomic_fetch_add(&scene->met, 1) / THREADS + 1) * THREADS;
    for (int i = 0;
         i < 30000 && atomic_load(&scene->met) < everybody && atomic_load(&scene->alone) == 0; i++)
        usleep(1000);
    atomic_fetch_add(&scene->alone, atomic_load(&scene->met) < everybody);
    note(job);
}

// All threads work at the same time: with a chain of wake-ups that breaks they would not all meet.
TEST(pool_parallel)
{
    struct scene scene = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct job jobs[JOBS_MAX];
    struct pool_counts counts;
    atomic_store(&threads_ended, 0);
    scene.pool = pool_new(&(struct pool_settings){.threads = THREADS, .thread_end = count_end});
    for (int round = 0; round < 3; round++) {
        scene.count = 0;
        atomic_store(&scene.done, 0);
        atomic_store(&scene.met, 0);
        for (int i = 0; i < JOBS_MAX; i++) {
            jobs[i] = (struct job){{.run = meet_and_note}, &scene, i};
            CHECK(pool_submit(scene.pool, POOL_BROWSING, &jobs[i].job));
        }
        while (atomic_load(&scene.done) < JOBS_MAX)
            usleep(1000);
        CHECK_I64(atomic_load(&scene.alone), 0);
    }
    pool_counts(scene.pool, &counts);
    CHECK_I64((i64)counts.done[POOL_BROWSING], 3 * JOBS_MAX);
    CHECK(counts.wait_us[POOL_BROWSING] > 0);
    pool_free(scene.pool);
    CHECK_I64(atomic_load(&threads_ended), THREADS);
}
