// The test runner. Contract in test.h. Only souk-test links it.
//
// Tests run one after the other, by name, so that a run is the same wherever the linker put them; a
// whole quick run is three processes (lanes) side by side. One that aborts ends the run: asserts
// are our own promises, and what follows could not be trusted. Other layers hang in by hooks
// (app/check.c opens the databases and, at the end, counts every route and query that no test
// reached as a failure).
#include "core/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"

REGISTRY(struct test *const, tests);
REGISTRY(const struct test_hook *const, test_hooks);

static u64 seed, state;
static bool whole, quick;
// Tests of the program, which the hooks start, and tests of what is below it, which need no hook.
static enum lane { LANE_PROGRAM, LANE_NET, LANE_REST, LANES, LANE_ALL = LANES } lane = LANE_ALL;

struct tally {
    int passed, failed;
    bool whole; // the lane came to its end
};

u64 test_seed(void)
{
    return seed;
}

bool test_whole(void)
{
    return whole;
}

static enum lane lane_of(const char *file)
{
    if (strstr(file, "/app/") != NULL || strstr(file, "/services/") != NULL)
        return LANE_PROGRAM;
    return strstr(file, "/net/") != NULL ? LANE_NET : LANE_REST;
}

bool test_elsewhere(const char *file)
{
    return lane != LANE_ALL && lane_of(file) != lane;
}

// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled",
// 2016).
u64 test_random(UNUSED struct test *t)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(0x2545F4914F6CDD1D);
}

void test_fail(struct test *t, const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAIL %s (%s:%d): ", t->name, file, line);
    vprintf(format, args);
    printf("\n     again: souk-test --seed %llu %s\n", (unsigned long long)seed, t->name);
    va_end(args);
    t->failures++;
}

void test_text(struct test *t, const char *file, int line, const char *got, const char *expected)
{
    if (!str_equal(got, expected))
        test_fail(t, file, line, "got\n       %s\n     expected\n       %s", got ? got : "(null)",
                  expected ? expected : "(null)");
}

void test_i64(struct test *t, const char *file, int line, i64 got, i64 expected)
{
    if (got != expected)
        test_fail(t, file, line, "got %lld, expected %lld", (long long)got, (long long)expected);
}

static bool wanted(const struct test *t, int count, char **names)
{
    if (quick && str_starts(t->name, "slow_"))
        return false;
    if (test_elsewhere(t->file))
        return false;
    for (int i = 0; i < count; i++)
        if (str_starts(t->name, names[i]))
            return true;
    return count == 0;
}

static int by_name(const void *a, const void *b)
{
    const struct test *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void run(struct test *t)
{
    // Anew for each test, so that one run alone sees what it saw among all. Never 0, where the
    // generator would stay.
    state = seed | 1;
    t->arena = arena_new(LIMIT_ARENA);
    i64 start_us = monotonic_us();
    t->run(t);
    t->took_us = monotonic_us() - start_us;
    arena_free(t->arena);
}

static int by_time(const void *a, const void *b)
{
    const struct test *const *left = a, *const *right = b;
    return (*left)->took_us < (*right)->took_us ? 1 : (*left)->took_us > (*right)->took_us ? -1 : 0;
}

static void tell_slowest(struct test **tests, size_t count)
{
    qsort(tests, count, sizeof *tests, by_time);
    printf("slowest:");
    for (size_t i = 0; i < count && i < 5; i++)
        printf(" %s %lld ms", tests[i]->name, (long long)tests[i]->took_us / 1000);
    printf("\n");
}

static int hooks_after(void)
{
    int failures = 0;
    for (const struct test_hook *const *hook = __start_test_hooks; hook < __stop_test_hooks; hook++)
        failures += (*hook)->after != NULL ? (*hook)->after() : 0;
    return failures;
}

static struct tally run_all(int count, char **names)
{
    size_t all = (size_t)(__stop_tests - __start_tests);
    struct test **sorted = calloc(all + 1, sizeof(struct test *));
    assert(sorted != NULL);
    memcpy(sorted, __start_tests, all * sizeof *sorted);
    qsort(sorted, all, sizeof *sorted, by_name);
    struct tally tally = {.whole = true};
    for (size_t i = 0; i < all; i++) {
        if (!wanted(sorted[i], count, names))
            continue;
        run(sorted[i]);
        // A test counts once, however many of its checks failed.
        *(sorted[i]->failures == 0 ? &tally.passed : &tally.failed) += 1;
    }
    if (whole)
        tell_slowest(sorted, all);
    free(sorted);
    return tally;
}

static struct tally run_with_hooks(int count, char **names)
{
    for (const struct test_hook *const *hook = __start_test_hooks; hook < __stop_test_hooks; hook++)
        if ((*hook)->before != NULL)
            (*hook)->before();
    struct tally tally = run_all(count, names);
    tally.failed += hooks_after();
    return tally;
}

static pid_t start_lane(enum lane which, struct tally *tally)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child > 0)
        return child;
    lane = which;
    *tally = run_all(0, NULL);
    exit(0);
}

// All lanes at once, the program's here. One that dies counts as a failure.
static struct tally run_lanes(void)
{
    struct tally *tallies = mmap(NULL, LANES * sizeof *tallies, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(tallies != MAP_FAILED);
    pid_t children[LANES];
    for (enum lane which = LANE_NET; which < LANES; which++)
        children[which] = start_lane(which, &tallies[which]);
    lane = LANE_PROGRAM;
    struct tally sum = run_with_hooks(0, NULL);
    for (enum lane which = LANE_NET; which < LANES; which++) {
        int status = 0;
        waitpid(children[which], &status, 0);
        bool ended = status == 0 && tallies[which].whole;
        if (!ended)
            printf("FAIL a process of tests below the program ended with %d\n", status);
        sum.passed += tallies[which].passed;
        sum.failed += tallies[which].failed + !ended;
    }
    munmap(tallies, LANES * sizeof *tallies);
    return sum;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    log_set_level(LOG_ERROR);
    seed = (u64)time_now_ms();
    int at = 1;
    if (argc > at + 1 && str_equal(argv[at], "--seed")) {
        seed = strtoull(argv[at + 1], NULL, 10);
        at += 2;
    }
    if (argc > at && str_equal(argv[at], "--quick")) {
        quick = true;
        at++;
    }
    whole = at == argc;
    struct tally tally = quick && whole ? run_lanes() : run_with_hooks(argc - at, argv + at);
    printf("%d passed, %d failed\n", tally.passed, tally.failed);
    // A name that matches nothing must not look like success.
    return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
