// Tests: TEST(name) { ... } anywhere in a *_test.c, run by souk-test in one process.
//
//     TEST(uuid_order) { CHECK(strcmp(uuid_new().s, uuid_new().s) < 0); }
//
// `souk-test NAME...` runs the tests whose names start with a NAME; `--seed N` sets test_seed();
// `--quick` leaves out those called slow_*: they load the machine or wait, and reach nothing new.
// It runs the tests of net, which mostly wait, and those of core and data in processes beside the
// others.
#ifndef SOUK_CORE_TEST_H
#define SOUK_CORE_TEST_H

#include "core/arena.h"

struct test {
    const char *name, *file;
    void (*run)(struct test *t);
    struct arena *arena; // lives for the test
    int failures;
    i64 took_us; // once it has run; the slowest are named at the end
};

#define TEST(name_)                                                                                \
    static void test_##name_(struct test *t);                                                      \
    static struct test test_##name_##_entry = {                                                    \
        .name = #name_, .file = __FILE__, .run = test_##name_};                                    \
    static struct test *const test_##name_##_registered REGISTERED("tests") =                      \
        &test_##name_##_entry;                                                                     \
    static void test_##name_(UNUSED struct test *t)

// Counts a failure with its place and goes on.
#define CHECK(condition_)                                                                          \
    ((condition_) ? (void)0 : test_fail(t, __FILE__, __LINE__, "%s", #condition_))
#define CHECK_TEXT(got_, expected_) test_text(t, __FILE__, __LINE__, (got_), (expected_))
#define CHECK_I64(got_, expected_) test_i64(t, __FILE__, __LINE__, (got_), (expected_))

void test_fail(struct test *t, const char *file, int line, const char *format, ...)
    PRINTF_LIKE(4, 5);
void test_text(struct test *t, const char *file, int line, const char *got, const char *expected);
void test_i64(struct test *t, const char *file, int line, i64 got, i64 expected);

// The seed of this run and a generator over it (xorshift64*), the same for the same seed.
u64 test_seed(void);
u64 test_random(struct test *t);

// True when every test runs, not just some by name: what no test reached is a fault only then.
bool test_whole(void);

// True when the tests of this file's layer run in the process beside this one (--quick), so that
// what they reach cannot be seen here.
bool test_elsewhere(const char *file);

// Hooks that other layers register: run once before the first and after the last test. A hook that
// returns a positive number adds that many failures.
struct test_hook {
    void (*before)(void);
    int (*after)(void);
};
#define TEST_HOOK(name_, ...)                                                                      \
    static const struct test_hook name_ = {__VA_ARGS__};                                           \
    static const struct test_hook *const name_##_registered REGISTERED("test_hooks") = &name_

#endif
