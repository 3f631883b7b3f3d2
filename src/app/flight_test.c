// Tests of requests that meet at the same reply, and of copies that are shown when it cannot be
// made. What L1 does otherwise is tested in app_test.c.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"

enum { ASKING = 6 };

static _Atomic int flights_made;
static _Atomic bool source_down;

#define FLIGHT_WORD(F, S)                                                                          \
    F(S, text, word, .doc = "none: there is nothing.")                                             \
    F(S, i64, number, .optional = true, .doc = "How often it was made.")
SHAPE(flight_word, FLIGHT_WORD);

// Slow enough for others to come meanwhile.
HANDLER(test_flight, flight_word, flight_word)
{
    int number = atomic_fetch_add(&flights_made, 1) + 1;
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    if (atomic_load(&source_down))
        return fail(rq, ERR_UNAVAILABLE, "the source is down");
    if (str_equal(in->word, "none"))
        return ERR_NOT_FOUND;
    out->word = in->word;
    SET(out, flight_word, number, number);
    return ERR_OK;
}

static const struct route flight_test_routes[] = {
    {GET, "/test/flights/{word}", &test_flight_handler, 200, ROLE_ANYONE, "Is made slowly.",
     .flags = ROUTE_CONDUCTS | ROUTE_TELLS_CACHE, .cache_s = 60, .cache_tag = "flight"},
};
ROUTES(flight_test, flight_test_routes);

struct asking {
    pthread_t thread;
    const char *word;
    char answer[1024];
};

static void *ask(void *context)
{
    struct asking *asking = context;
    struct arena *arena = arena_new(LIMIT_ARENA);
    const char *request =
        arena_printf(arena, "GET /test/flights/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                     asking->word);
    snprintf(asking->answer, sizeof asking->answer, "%s",
             check_raw(arena, request, strlen(request)));
    arena_free(arena);
    return NULL;
}

// How often it was made for all who asked at once; each must have been answered so.
static int ask_all(struct test *t, const char *word, const char *status, const char *words)
{
    static struct asking asking[ASKING];
    int before = atomic_load(&flights_made);
    for (int i = 0; i < ASKING; i++) {
        asking[i].word = word;
        int started = pthread_create(&asking[i].thread, NULL, ask, &asking[i]);
        assert(started == 0);
    }
    for (int i = 0; i < ASKING; i++) {
        pthread_join(asking[i].thread, NULL);
        if (!str_starts(asking[i].answer, status) || strstr(asking[i].answer, words) == NULL)
            test_fail(t, __FILE__, __LINE__, "answered with\n%s", asking[i].answer);
    }
    return atomic_load(&flights_made) - before;
}

// Those who come while it is made wait for it; one who came too early or late finds it in L1.
TEST(flight_is_one_for_all_who_ask)
{
    check_apart(t);
    CHECK_I64(ask_all(t, "one", "HTTP/1.1 200", "\"word\":\"one\""), 1);
    CHECK_I64(ask_all(t, "one", "HTTP/1.1 200", "X-Cache: hit"), 0);
}

TEST(flight_that_fails_fails_for_all)
{
    check_apart(t);
    atomic_store(&source_down, true);
    int made = ask_all(t, "down", "HTTP/1.1 503", "the source is down");
    CHECK(made >= 1 && made < ASKING);
    atomic_store(&source_down, false);
    ask_all(t, "none", "HTTP/1.1 404", "\"code\":\"not_found\"");
}

// A change ends what flies: who comes after it has an answer of its own.
TEST(flight_before_a_change_is_not_joined)
{
    static struct asking early = {.word = "change"};
    check_apart(t);
    int before = atomic_load(&flights_made);
    pthread_create(&early.thread, NULL, ask, &early);
    while (atomic_load(&flights_made) == before)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    reply_cache_drop(check_app(), "flight");
    check(t, "GET /test/flights/change", "200 {'word':'change'}");
    CHECK_I64(atomic_load(&flights_made) - before, 2);
    pthread_join(early.thread, NULL);
    CHECK(str_starts(early.answer, "HTTP/1.1 200"));
}

TEST(flight_shows_a_copy_when_the_source_is_down)
{
    check_apart(t);
    check(t, "GET /test/flights/copy", "200 {'number':'<number>'}");
    CHECK_TEXT(check_header("X-Cache"), "miss");
    check(t, "GET /test/flights/copy", "200 {'number':{number}}");
    CHECK_TEXT(check_header("X-Cache"), "hit");
    CHECK(check_header("Age") == NULL);
    reply_cache_drop(check_app(), "flight");
    atomic_store(&source_down, true);
    check(t, "GET /test/flights/copy", "200 {'number':{number}}");
    CHECK_TEXT(check_header("X-Cache"), "stale");
    i64 age_s = -1;
    CHECK(str_i64(check_header("Age"), &age_s) && age_s >= 0 && age_s < 60);
    CHECK_TEXT(check_header("Warning"), "110 - \"stale\"");
    check(t, "GET /test/flights/never-made", "503");
    atomic_store(&source_down, false);
    check(t, "GET /test/flights/copy", "200");
    CHECK_TEXT(check_header("X-Cache"), "miss");
}
