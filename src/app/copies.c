// Copies in Redis. Contract in copies.h.
//
// Comparing versions and storing is one script, so that no two writers can pass each other between
// them. It is sent with each put: it is shorter than most values, and Redis keeps it compiled.
#include "app/copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/readiness.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/redis.h"

REGISTRY(const struct copy_kind *const, copies);

struct copies {
    struct redis *redis;
    const char *prefix;
};

// Higher than any version: the mark that something has ended.
static const i64 ended_version = LIMIT_INTEGER;

static const char put_script[] =
    "local have = redis.call('GET', KEYS[1])\n"
    "if have and tonumber(string.match(have, '^%d+') or 0) > tonumber(ARGV[1]) then return 0 end\n"
    "redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])\n"
    "return 1";

enum err copies_open(struct arena *arena, const struct config *config, struct copies **out,
                     struct problem *problem)
{
    if (*config->redis_url == '\0')
        return ERR_OK;
    struct copies *copies = ARENA_NEW(arena, struct copies);
    copies->prefix = config->redis_prefix;
    *out = copies;
    return redis_open(config->redis_url, &copies->redis, problem);
}

void copies_close(struct copies *copies)
{
    if (copies != NULL)
        redis_close(copies->redis);
}

const struct copy_kind *copy_kind_named(const char *name)
{
    for (const struct copy_kind *const *at = __start_copies; at < __stop_copies; at++)
        if (str_equal((*at)->name, name))
            return *at;
    return NULL;
}

void copies_look(struct app *app)
{
    char detail[READINESS_DETAIL];
    struct redis_counts counts;
    if (app->copies == NULL)
        return;
    i64 silent = redis_probe(app->copies->redis);
    redis_count(app->copies->redis, &counts);
    if (counts.nodes == 0)
        snprintf(detail, sizeof detail, "no node answers");
    else if (silent > 0)
        snprintf(detail, sizeof detail, "%lld of %lld masters do not answer", (long long)silent,
                 (long long)counts.nodes);
    else
        snprintf(detail, sizeof detail, "%lld of %d slots have no master",
                 (long long)(REDIS_SLOTS - counts.slots), REDIS_SLOTS);
    bool up = counts.nodes > 0 && silent == 0 && counts.slots == REDIS_SLOTS;
    readiness_tell(app, "redis", false, up, detail);
}

bool copies_kept(const struct app *app)
{
    return app->copies != NULL;
}

static void count(_Atomic i64 *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static const char *key_of(struct rq *rq, const struct copy_kind *kind, const char *id)
{
    return arena_printf(rq->arena, "%s:%s:{%s}", rq->app->copies->prefix, kind->name, id);
}

// "VERSION READ_MS\nJSON"; no JSON where it has ended.
static enum copied read_copy(struct rq *rq, const struct copy_kind *kind, const char *text,
                             struct copy_stamp *stamp, void *out)
{
    char *end;
    struct problem problem = {.arena = rq->arena};
    stamp->version = strtoll(text, &end, 10);
    stamp->read_ms = strtoll(end, &end, 10);
    if (*end != '\n')
        return copied_error;
    if (stamp->version == ended_version)
        return copied_ended;
    memset(out, 0, kind->shape->size);
    // A version of the program that knows less wrote it: the owner is asked.
    if (json_read_known(kind->shape, end + 1, strlen(end + 1), &problem, out) != ERR_OK)
        return copied_none;
    // A clock that is wrong must not make a copy fresh for longer.
    i64 age_ms = rq->now_ms - stamp->read_ms;
    bool fresh = kind->fresh_ms == 0 || (age_ms < kind->fresh_ms && age_ms > -kind->fresh_ms);
    return fresh ? copied_fresh : copied_stale;
}

static enum copied look_up(struct rq *rq, const struct copy_kind *kind, const char *id,
                           struct copy_stamp *stamp, void *out)
{
    const char *words[] = {"GET", key_of(rq, kind, id)};
    struct redis_command get = {.words = words, .count = 2, .key = 1};
    struct redis_reply reply;
    if (redis_ask(rq->app->copies->redis, &get, rq_left_ms(rq), rq->arena, &reply) != ERR_OK)
        return copied_error;
    return reply.text != NULL ? read_copy(rq, kind, reply.text, stamp, out) : copied_none;
}

enum copied copy_find(struct rq *rq, const struct copy_kind *kind, const char *id,
                      struct copy_stamp *stamp, void *out)
{
    *stamp = (struct copy_stamp){0};
    if (rq->app->copies == NULL)
        return copied_none;
    enum copied found = look_up(rq, kind, id, stamp, out);
    count(&kind->counts->found[found]);
    return found;
}

struct put {
    const struct copy_kind *kind;
    const char *key, *value;
    i64 version, until_ms;
};

static void note_kept(struct copy_counts *counts, const struct put *put)
{
    i64 ttl_ms = max_i64(0, put->until_ms - time_now_ms());
    count(&counts->kept);
    atomic_fetch_add_explicit(&counts->ttl_ms, ttl_ms, memory_order_relaxed);
}

static enum err send_put(struct rq *rq, const struct put *put)
{
    const char *words[] = {
        "EVAL",
        put_script,
        "1",
        put->key,
        arena_printf(rq->arena, "%lld", (long long)put->version),
        put->value,
        arena_printf(rq->arena, "%lld", (long long)put->until_ms),
    };
    struct redis_command eval = {.words = words, .count = COUNT_OF(words), .key = 3};
    struct redis_reply reply;
    struct copy_counts *counts = put->kind->counts;
    // What has been committed late is told all the same.
    i64 left_ms = max_i64(rq_left_ms(rq), REDIS_WAIT_MS);
    enum err err = redis_ask(rq->app->copies->redis, &eval, left_ms, rq->arena, &reply);
    if (err != ERR_OK)
        count(&counts->failed);
    else if (reply.number != 1)
        count(&counts->refused);
    else
        note_kept(counts, put);
    return err;
}

static void try_put(struct rq *rq, void *put)
{
    // What it leaves behind when it fails is what `fresh_ms` and higher versions are for.
    enum err err = send_put(rq, put);
    if (err != ERR_OK)
        log_line(LOG_DEBUG, "copy", "%s: %s was not kept", rq->id, ((struct put *)put)->key);
}

static struct put *put_of(struct rq *rq, const struct copy_kind *kind, const char *id,
                          struct copy_stamp stamp, i64 until_ms, const char *json)
{
    struct put *put = ARENA_NEW(rq->arena, struct put);
    *put = (struct put){
        .kind = kind,
        .key = key_of(rq, kind, id),
        .value = arena_printf(rq->arena, "%lld %lld\n%s", (long long)stamp.version,
                              (long long)stamp.read_ms, json),
        .version = stamp.version,
        .until_ms = until_ms,
    };
    return put;
}

void copy_fill(struct rq *rq, const struct copy_kind *kind, const char *id, struct copy_stamp stamp,
               i64 until_ms, const void *value)
{
    if (rq->app->copies == NULL)
        return;
    const char *json = json_text(kind->shape, value, rq->arena);
    try_put(rq, put_of(rq, kind, id, stamp, until_ms, json));
}

void copy_keep(struct rq *rq, const struct copy_kind *kind, const char *id, struct copy_stamp stamp,
               i64 until_ms, const void *value)
{
    assert(stamp.version >= 0 && stamp.version < ended_version);
    if (rq->app->copies == NULL)
        return;
    const char *json = json_text(kind->shape, value, rq->arena);
    rq_after_commit_do(rq, try_put, put_of(rq, kind, id, stamp, until_ms, json));
}

static struct put *mark_of(struct rq *rq, const struct copy_kind *kind, const char *id,
                           i64 until_ms)
{
    struct copy_stamp stamp = {.version = ended_version, .read_ms = rq->now_ms};
    return put_of(rq, kind, id, stamp, until_ms, "");
}

void copy_end(struct rq *rq, const struct copy_kind *kind, const char *id, i64 until_ms)
{
    if (rq->app->copies != NULL)
        rq_after_commit_do(rq, try_put, mark_of(rq, kind, id, until_ms));
}

enum err copy_end_now(struct rq *rq, const struct copy_kind *kind, const char *id, i64 until_ms)
{
    assert(rq->db == NULL);
    return rq->app->copies != NULL ? send_put(rq, mark_of(rq, kind, id, until_ms)) : ERR_OK;
}

static void write_head(struct buf *out, const char *name, const char *kind, const char *doc)
{
    buf_printf(out, "# HELP souk_redis_%s %s\n# TYPE souk_redis_%s %s\n", name, doc, name, kind);
}

static void write_kinds(struct buf *out)
{
    write_head(out, "lookups_total", "counter", "Look-ups of copies, by what was found.");
    for (const struct copy_kind *const *at = __start_copies; at < __stop_copies; at++)
        for (int found = 0; found < copied_count; found++)
            buf_printf(out, "souk_redis_lookups_total{copy=\"%s\",found=\"%s\"} %lld\n",
                       (*at)->name, copied_names[found], (long long)(*at)->counts->found[found]);
    write_head(out, "puts_total", "counter", "Copies kept, refused as older, or not taken.");
    for (const struct copy_kind *const *at = __start_copies; at < __stop_copies; at++) {
        const struct copy_counts *counts = (*at)->counts;
        const struct {
            const char *result;
            i64 value;
        } rows[] = {{"kept", counts->kept}, {"older", counts->refused}, {"failed", counts->failed}};
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            buf_printf(out, "souk_redis_puts_total{copy=\"%s\",result=\"%s\"} %lld\n", (*at)->name,
                       rows[i].result, (long long)rows[i].value);
    }
}

// The mean is what copies are given to live.
static void write_ttls(struct buf *out)
{
    write_head(out, "ttl_seconds", "summary", "How long kept copies may live.");
    for (const struct copy_kind *const *at = __start_copies; at < __stop_copies; at++)
        buf_printf(out,
                   "souk_redis_ttl_seconds_sum{copy=\"%s\"} %lld\n"
                   "souk_redis_ttl_seconds_count{copy=\"%s\"} %lld\n",
                   (*at)->name, (long long)((*at)->counts->ttl_ms / SECOND_MS), (*at)->name,
                   (long long)(*at)->counts->kept);
}

static void write_times(const struct redis_counts *counts, struct buf *out)
{
    i64 sum = 0;
    write_head(out, "command_seconds", "histogram", "How long answered commands took.");
    for (size_t i = 0; i < REDIS_SECONDS_BUCKETS; i++) {
        sum += counts->seconds[i];
        buf_printf(out, "souk_redis_command_seconds_bucket{le=\"0.%06lld\"} %lld\n",
                   (long long)redis_seconds_us[i], (long long)sum);
    }
    sum += counts->seconds[REDIS_SECONDS_BUCKETS];
    buf_printf(out,
               "souk_redis_command_seconds_bucket{le=\"+Inf\"} %lld\n"
               "souk_redis_command_seconds_sum %lld.%06lld\n"
               "souk_redis_command_seconds_count %lld\n",
               (long long)sum, (long long)(counts->sum_us / 1000000),
               (long long)(counts->sum_us % 1000000), (long long)sum);
}

void copies_write_metrics(const struct copies *copies, struct buf *out)
{
    struct redis_counts counts;
    redis_count(copies->redis, &counts);
    const struct {
        const char *name, *kind, *doc;
        i64 value;
    } rows[] = {
        {"commands_total", "counter", "Commands asked of Redis.", counts.commands},
        {"failures_total", "counter", "Commands without an answer.", counts.failures},
        {"moved_total", "counter", "Commands sent on by MOVED.", counts.moved},
        {"ask_total", "counter", "Commands sent on by ASK.", counts.asked},
        {"nodes", "gauge", "Masters of the cluster.", counts.nodes},
        {"nodes_left_alone", "gauge", "Masters that are not asked: their breaker is open.",
         counts.left_alone},
        {"slots", "gauge", "Slots of 16384 that a master has.", counts.slots},
    };
    write_kinds(out);
    write_ttls(out);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        write_head(out, rows[i].name, rows[i].kind, rows[i].doc);
        buf_printf(out, "souk_redis_%s %lld\n", rows[i].name, (long long)rows[i].value);
    }
    write_times(&counts, out);
}
