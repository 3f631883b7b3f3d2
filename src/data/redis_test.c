// Tests of the Redis client: slots, a cluster whose slots move, whose nodes die, that is gone.
// Those about a cluster need SOUK_TEST_REDIS (tools/check.sh).
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/str.h"
#include "core/time.h"
#include "data/test_redis.h"

static int slot_of(const char *key)
{
    return redis_slot(key, strlen(key));
}

// 12739 is 31C3, the check value of CRC-16/XMODEM; the tags are those of the cluster specification.
TEST(redis_slots)
{
    CHECK_I64(slot_of("123456789"), 12739);
    CHECK_I64(slot_of("{user1000}.following"), slot_of("user1000"));
    CHECK_I64(slot_of("{user1000}.followers"), slot_of("{user1000}.following"));
    CHECK(slot_of("foo{}{bar}") != slot_of("bar"));
    CHECK_I64(slot_of("foo{{bar}}zap"), slot_of("{bar"));
    CHECK_I64(slot_of("foo{bar}{zap}"), slot_of("bar"));
    CHECK_I64(slot_of("foo{bar"), redis_slot("foo{bar", 7));
}

static const char *refused(struct test *t, const char *urls)
{
    struct redis *redis = NULL;
    struct problem problem = {.arena = t->arena};
    enum err err = redis_open(urls, &redis, &problem);
    redis_close(redis);
    return err == ERR_INVALID ? problem.fields[0].detail : "taken";
}

TEST(redis_urls)
{
    CHECK(str_starts(refused(t, "rediss://localhost:1"), "TLS"));
    CHECK(str_starts(refused(t, "localhost:1"), "is not redis://"));
    CHECK(str_starts(refused(t, "redis://ann:secret@localhost:1"), "takes a password"));
    CHECK(str_starts(refused(t, "redis://localhost"), "lacks"));
    CHECK(str_starts(refused(t, "redis://localhost:0"), "lacks"));
    CHECK(str_starts(refused(t, "redis://localhost:70000"), "lacks"));
    CHECK(str_starts(refused(t, "redis://localhost:1,http://x:2"), "is not redis://"));
    CHECK(str_starts(refused(t, ","), "names no node"));
}

static struct redis *open_cluster(struct test *t)
{
    struct redis *redis = NULL;
    struct problem problem = {.arena = t->arena};
    const char *urls = test_redis_url();
    if (urls != NULL && redis_open(urls, &redis, &problem) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s does not open", urls);
    return redis;
}

static enum err put(struct test *t, struct redis *redis, const char *key, const char *value)
{
    struct redis_reply reply;
    const char *words[] = {"SET", key, value, "PX", "60000"};
    struct redis_command set = {.words = words, .count = 5, .key = 1};
    return redis_ask(redis, &set, SECOND_MS, t->arena, &reply);
}

// "none": there is no such key; "silence": nobody answered.
static const char *get(struct test *t, struct redis *redis, const char *key)
{
    struct redis_reply reply;
    const char *words[] = {"GET", key};
    struct redis_command ask = {.words = words, .count = 2, .key = 1};
    if (redis_ask(redis, &ask, SECOND_MS, t->arena, &reply) != ERR_OK)
        return "silence";
    return reply.text != NULL ? reply.text : "none";
}

// How long a thousand who ask in vain took, the best of some times: a busy machine may be late.
static i64 least_silence_ms(struct test *t, struct redis *redis, const char *key, i64 enough_ms,
                            i64 *asked)
{
    i64 least_ms = INT64_MAX;
    for (int tries = 0; tries < 10 && least_ms >= enough_ms; tries++) {
        i64 start_ms = monotonic_ms();
        for (int i = 0; i < 1000; i++)
            CHECK_TEXT(get(t, redis, key), "silence");
        *asked += 1000;
        least_ms = min_i64(least_ms, monotonic_ms() - start_ms);
    }
    return least_ms;
}

// Nothing listens there: opening works, asking costs nothing.
TEST(redis_nobody)
{
    struct redis *redis = NULL;
    struct problem problem = {.arena = t->arena};
    CHECK_I64(redis_open("redis://127.0.0.1:1", &redis, &problem), ERR_OK);
    i64 asked = 0;
    CHECK(least_silence_ms(t, redis, "a", 200, &asked) < 200);
    struct redis_counts counts;
    redis_count(redis, &counts);
    CHECK_I64(counts.failures, asked);
    CHECK_I64(counts.slots, 0);
    redis_close(redis);
}

TEST(redis_spread)
{
    struct redis *redis = open_cluster(t);
    struct redis_counts counts;
    int used[3] = {0};
    if (redis == NULL)
        return;
    for (int i = 0; i < 300; i++) {
        const char *key = arena_printf(t->arena, "spread:{%d}", i);
        CHECK_I64(put(t, redis, key, arena_printf(t->arena, "value %d", i)), ERR_OK);
        CHECK_TEXT(get(t, redis, key), arena_printf(t->arena, "value %d", i));
        used[slot_of(key) * 3 / REDIS_SLOTS]++;
    }
    CHECK_TEXT(get(t, redis, "spread:{no}"), "none");
    redis_count(redis, &counts);
    CHECK_I64(counts.nodes, 3);
    CHECK_I64(counts.slots, REDIS_SLOTS);
    CHECK_I64(counts.commands, 601);
    CHECK_I64(counts.moved + counts.asked + counts.failures, 0);
    for (int i = 0; i < 3; i++)
        CHECK(used[i] > 50);
    CHECK_TEXT(test_redis_tell(t, test_redis_node(t, 0), "CLUSTER KEYSLOT {user1000}.following"),
               arena_printf(t->arena, "%d", slot_of("user1000")));
    redis_close(redis);
}

// The masters, as their own nodes know them: "ID HOST:PORT@BUS flags ... first-last".
struct master {
    const char *id, *address;
};

static const char *word(struct test *t, const char *line, int n)
{
    for (; n > 0; n--)
        line += strcspn(line, " \n") + 1;
    return arena_text_n(t->arena, line, strcspn(line, " \n@"));
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static bool has_slot(const char *line, int slot)
{
    const char *range = line;
    for (int i = 0; i < 8 && range != NULL; i++) {
        range = strpbrk(range, " \n");
        range = range != NULL && *range == ' ' ? range + 1 : NULL;
    }
    while (range != NULL && *range >= '0' && *range <= '9') {
        char *end;
        long first = strtol(range, &end, 10),
             last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        if (slot >= first && slot <= last)
            return true;
        range = end + (*end == ' ');
    }
    return false;
}

// One that has the slot, or one that has it not.
static struct master find_master(struct test *t, int slot, bool has)
{
    struct master found = {0};
    const char *line = "";
    for (size_t i = 0; *line == '\0' && test_redis_node(t, i) != NULL; i++)
        line = test_redis_tell(t, test_redis_node(t, i), "CLUSTER NODES");
    for (; *line != '\0'; line = next_line(line)) {
        const char *flags = word(t, line, 2);
        bool master = strstr(flags, "master") != NULL && strstr(flags, "fail") == NULL;
        if (master && has_slot(line, slot) == has)
            found = (struct master){word(t, line, 0), word(t, line, 1)};
    }
    return found;
}

static void tell(struct test *t, const struct master *master, const char *command)
{
    const char *said = test_redis_tell(t, master->address, command);
    if (!str_equal(said, "OK"))
        test_fail(t, __FILE__, __LINE__, "%s: %s", command, said);
}

static void tell_all(struct test *t, const char *command)
{
    for (size_t i = 0; test_redis_node(t, i) != NULL; i++)
        test_redis_tell(t, test_redis_node(t, i), command); // replicas refuse it
}

// A slot on its way: what is still there is answered there, what has gone or is new by ASK, and
// after the end by MOVED.
TEST(redis_moving_slot)
{
    struct redis *redis = open_cluster(t);
    if (redis == NULL)
        return;
    struct redis_counts counts;
    int slot = slot_of("{m}");
    struct master from = find_master(t, slot, true), to = find_master(t, slot, false);
    CHECK(from.id != NULL && to.id != NULL);
    if (from.id == NULL || to.id == NULL)
        return;
    const char *port = strchr(to.address, ':') + 1;
    CHECK_I64(put(t, redis, "stays:{m}", "1"), ERR_OK);
    CHECK_I64(put(t, redis, "goes:{m}", "2"), ERR_OK);
    tell(t, &to, arena_printf(t->arena, "CLUSTER SETSLOT %d IMPORTING %s", slot, from.id));
    tell(t, &from, arena_printf(t->arena, "CLUSTER SETSLOT %d MIGRATING %s", slot, to.id));
    tell(t, &from, arena_printf(t->arena, "MIGRATE 127.0.0.1 %s goes:{m} 0 1000", port));
    CHECK_TEXT(get(t, redis, "stays:{m}"), "1");
    redis_count(redis, &counts);
    CHECK_I64(counts.asked, 0);
    CHECK_TEXT(get(t, redis, "goes:{m}"), "2");
    CHECK_I64(put(t, redis, "new:{m}", "3"), ERR_OK);
    redis_count(redis, &counts);
    CHECK_I64(counts.asked, 2);
    CHECK_I64(counts.moved, 0);
    tell(t, &from, arena_printf(t->arena, "MIGRATE 127.0.0.1 %s stays:{m} 0 1000", port));
    tell_all(t, arena_printf(t->arena, "CLUSTER SETSLOT %d NODE %s", slot, to.id));
    CHECK_TEXT(get(t, redis, "stays:{m}"), "1");
    CHECK_TEXT(get(t, redis, "goes:{m}"), "2");
    CHECK_TEXT(get(t, redis, "new:{m}"), "3");
    redis_count(redis, &counts);
    CHECK_I64(counts.moved, 1); // the map knows it from then on
    CHECK_I64(counts.failures, 0);
    redis_close(redis);
}

static void nap(i64 ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

// A master is killed: nobody waits for it, and its replica is found as soon as it is master.
TEST(slow_redis_failover)
{
    struct redis *redis = open_cluster(t);
    if (redis == NULL)
        return;
    struct master dead = find_master(t, slot_of("{f}"), true);
    CHECK_I64(put(t, redis, "kept:{f}", "before"), ERR_OK);
    CHECK_TEXT(test_redis_tell(t, dead.address, "WAIT 1 1000"), "1");
    nap(50);
    CHECK(test_redis_do("kill", strchr(dead.address, ':') + 1));
    i64 start_ms = monotonic_ms();
    int slow = 0;
    const char *got = "silence";
    while (str_equal(got, "silence") && monotonic_ms() - start_ms < MINUTE_MS) {
        i64 asked_ms = monotonic_ms();
        got = get(t, redis, "kept:{f}");
        slow += monotonic_ms() - asked_ms >= SECOND_MS / 2; // who asks would wait for a second
        nap(10);
    }
    CHECK_TEXT(got, "before");
    CHECK(slow <= 1); // a busy machine may be late for once
    CHECK_I64(put(t, redis, "kept:{f}", "after"), ERR_OK);
    CHECK(test_redis_do("restart", NULL));
    CHECK_TEXT(get(t, redis, "kept:{f}"), "after");
    redis_close(redis);
}

// All of it hangs: a few commands wait, then none; and it is used again when it is back.
TEST(slow_redis_hangs)
{
    struct redis *redis = open_cluster(t);
    if (redis == NULL)
        return;
    CHECK_I64(put(t, redis, "hangs", "1"), ERR_OK);
    CHECK(test_redis_do("pause", NULL));
    int slow = 0;
    for (int i = 0; i < 3; i++) {
        i64 asked_ms = monotonic_ms();
        CHECK_TEXT(get(t, redis, "hangs"), "silence");
        slow += monotonic_ms() - asked_ms >= SECOND_MS / 2; // who asks would wait for a second
    }
    CHECK(slow <= 1); // a busy machine may be late for once
    i64 asked = 0;
    CHECK(least_silence_ms(t, redis, "hangs", 100, &asked) < 100);
    struct redis_counts counts;
    redis_count(redis, &counts);
    CHECK_I64(counts.left_alone, 1);
    CHECK(test_redis_do("resume", NULL));
    for (int i = 0; i < 1200 && str_equal(get(t, redis, "hangs"), "silence"); i++)
        nap(50);
    CHECK_TEXT(get(t, redis, "hangs"), "1");
    redis_close(redis);
}

// Many at once, through few connections.
struct crowd {
    struct redis *redis;
    int number, wrong, silent;
    pthread_t thread;
};

static void *ask_much(void *context)
{
    struct crowd *crowd = context;
    struct test t = {.arena = arena_new(MIB(16))};
    for (int i = 0; i < 200; i++) {
        const char *key = arena_printf(t.arena, "crowd:{%d:%d}", crowd->number, i);
        bool stored = put(&t, crowd->redis, key, key) == ERR_OK;
        const char *got = get(&t, crowd->redis, key);
        // A machine that is busy with something else may let a command wait too long.
        crowd->silent += !stored || str_equal(got, "silence");
        crowd->wrong += stored && !str_equal(got, key) && !str_equal(got, "silence");
    }
    arena_free(t.arena);
    return NULL;
}

TEST(redis_crowd)
{
    struct redis *redis = open_cluster(t);
    struct crowd crowds[40];
    if (redis == NULL)
        return;
    for (int i = 0; i < 40; i++) {
        crowds[i] = (struct crowd){.redis = redis, .number = i};
        pthread_create(&crowds[i].thread, NULL, ask_much, &crowds[i]);
    }
    for (int i = 0; i < 40; i++) {
        pthread_join(crowds[i].thread, NULL);
        CHECK_I64(crowds[i].wrong, 0);
        CHECK(crowds[i].silent < 20);
    }
    redis_close(redis);
}
