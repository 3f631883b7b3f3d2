// Asking services in other processes. Contract in peer.h.
//
// Each peer has a budget of retries and a count of the calls under way, and each of its processes a
// breaker, all under one lock: a call takes it four times, for some additions.
#include "app/peer.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/declare.h"
#include "app/position.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "net/client.h"

enum {
    ATTEMPTS_MAX = 4,
    PAUSE_FIRST_MS = 10, // the ceiling of the first pause; it doubles
    PAUSE_LONGEST_MS = 500,
    CONNECT_MS = 500,
    ROOM_MS = 500,          // the longest wait for a peer that has its share of threads
    REPLY_MAX = 64 << 20,   // a stretch of payments, for the audit
    BREAKER_FAILURES = 5,   // in a row
    BREAKER_OPEN_MS = 1000, // then one call tries
    BUDGET_FULL = 100,      // in tenths of a retry: ten at once,
    BUDGET_A_CALL = 1,      // and one for every ten calls
    BUDGET_A_RETRY = 10,
    INSTANCES_MAX = 16,
};

// One process of a service.
struct instance {
    const char *url;
    int failures;      // in a row
    i64 open_until_ms; // on the monotonic clock; 0: its breaker is closed
    bool trying;       // half open: one call is under way
};

struct peer {
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t room;  // somebody has left
    size_t count, next;
    struct instance instances[INSTANCES_MAX];
    int under_way, budget;
    _Atomic i64 calls, retries, failed, refused;
};

struct peers {
    const char *key;
    int share; // of the threads, at most, for one peer
    struct peer peer[service_id_count];
};

static enum err read_entry(struct arena *arena, struct peers *peers, const char *entry,
                           size_t length, struct problem *problem)
{
    const char *equals = memchr(entry, '=', length);
    const char *name = arena_text_n(arena, entry, equals != NULL ? (size_t)(equals - entry) : 0);
    int service = enumeration_find(&service_id_enumeration, name);
    const char *url =
        equals != NULL ? arena_text_n(arena, equals + 1, length - strlen(name) - 1) : "";
    if (service < 0 || !str_starts(url, "http://") || str_ends(url, "/")) {
        problem_field(problem, "SOUK_PEERS", "%.*s is not SERVICE=http://HOST:PORT", (int)length,
                      entry);
        return ERR_INVALID;
    }
    struct peer *peer = &peers->peer[service];
    if (peer->count == INSTANCES_MAX) {
        problem_field(problem, "SOUK_PEERS", "more than %d of %s", INSTANCES_MAX, name);
        return ERR_INVALID;
    }
    peer->instances[peer->count++].url = url;
    return ERR_OK;
}

enum err peers_new(struct arena *arena, const struct config *config, struct peers **out,
                   struct problem *problem)
{
    struct peers *peers = ARENA_NEW(arena, struct peers);
    peers->key = config->peer_key;
    peers->share = (int)max_i64(1, config->threads / 2);
    *out = peers;
    enum err err = ERR_OK;
    for (const char *at = config->peers + strspn(config->peers, ", "); *at != '\0' && err == ERR_OK;
         at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", ");
        err = read_entry(arena, peers, at, length, problem);
        at += length;
    }
    for (int i = 0; i < service_id_count; i++) {
        struct peer *peer = &peers->peer[i];
        pthread_mutex_init(&peer->lock, NULL);
        pthread_cond_init(&peer->room, NULL);
        peer->budget = BUDGET_FULL;
        if (peer->count == 0)
            peer->instances[peer->count++].url =
                arena_printf(arena, "http://%s-service:8080", service_id_names[i]);
    }
    return err;
}

void peers_free(struct peers *peers)
{
    for (int i = 0; peers != NULL && i < service_id_count; i++) {
        pthread_cond_destroy(&peers->peer[i].room);
        pthread_mutex_destroy(&peers->peer[i].lock);
    }
}

size_t peers_count(const struct peers *peers, int service)
{
    return peers->peer[service].count;
}

const char *peers_url(const struct peers *peers, int service, size_t index)
{
    assert(index < peers->peer[service].count);
    return peers->peer[service].instances[index].url;
}

static void count(_Atomic i64 *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

// Leave to make a call, after a wait when the peer has its share of threads: calls take a
// millisecond, so a crowd is soon through. False when it still has it then: it hangs.
static bool enter(struct peer *peer, int share, i64 left_ms)
{
    struct timespec until = monotonic_after(min_i64(ROOM_MS, left_ms));
    int waited = 0;
    pthread_mutex_lock(&peer->lock);
    while (peer->under_way >= share && waited == 0)
        waited = pthread_cond_clockwait(&peer->room, &peer->lock, CLOCK_MONOTONIC, &until);
    bool allowed = peer->under_way < share;
    if (allowed) {
        peer->under_way++;
        peer->budget = (int)min_i64(BUDGET_FULL, peer->budget + BUDGET_A_CALL);
    }
    pthread_mutex_unlock(&peer->lock);
    count(allowed ? &peer->calls : &peer->refused);
    return allowed;
}

static void leave(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    peer->under_way--;
    pthread_cond_signal(&peer->room);
    pthread_mutex_unlock(&peer->lock);
}

// With the lock held: whether it may be asked now.
static bool is_open_to_us(const struct instance *instance, i64 now_ms)
{
    return instance->open_until_ms == 0 || (!instance->trying && now_ms >= instance->open_until_ms);
}

// The next process in turn whose breaker is closed, or whose turn it is to be tried again; the one
// that was asked last (NULL: nobody) only where there is no other. NULL when all are left alone.
static struct instance *choose(struct peer *peer, struct instance *last)
{
    struct instance *chosen = NULL;
    pthread_mutex_lock(&peer->lock);
    i64 now_ms = monotonic_ms();
    for (size_t i = 0; i < peer->count && chosen == NULL; i++) {
        struct instance *instance = &peer->instances[peer->next++ % peer->count];
        if (instance != last && is_open_to_us(instance, now_ms))
            chosen = instance;
    }
    if (chosen == NULL && last != NULL && is_open_to_us(last, now_ms))
        chosen = last;
    if (chosen != NULL)
        chosen->trying = chosen->open_until_ms != 0;
    pthread_mutex_unlock(&peer->lock);
    return chosen;
}

// What an attempt says of a process: five failures in a row open its breaker.
static void note(struct peer *peer, struct instance *instance, bool answered)
{
    pthread_mutex_lock(&peer->lock);
    instance->failures = answered ? 0 : instance->failures + 1;
    instance->trying = false;
    if (answered)
        instance->open_until_ms = 0;
    else if (instance->failures >= BREAKER_FAILURES)
        instance->open_until_ms = monotonic_ms() + BREAKER_OPEN_MS;
    pthread_mutex_unlock(&peer->lock);
    if (!answered)
        count(&peer->failed);
}

static bool take_retry(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    bool allowed = peer->budget >= BUDGET_A_RETRY;
    if (allowed)
        peer->budget -= BUDGET_A_RETRY;
    pthread_mutex_unlock(&peer->lock);
    if (allowed)
        count(&peer->retries);
    return allowed;
}

// Full jitter: anywhere between none and the ceiling, so that callers who failed together do not
// come back together.
static i64 pause_ms(int attempt)
{
    i64 ceiling_ms = min_i64(PAUSE_LONGEST_MS, (i64)PAUSE_FIRST_MS << (attempt - 1));
    return randombytes_uniform((u32)ceiling_ms + 1);
}

static void sleep_ms(i64 ms)
{
    struct timespec pause = {.tv_sec = ms / SECOND_MS, .tv_nsec = ms % SECOND_MS * 1000000};
    nanosleep(&pause, NULL);
}

// What is asked. A conductor asks others in its turn, a payment provider for one, and is given all
// the time there is.
struct asked {
    enum http_method method;
    const char *path;
    const struct handler *handler; // NULL: no CALL
    bool conducts;
};

struct asking {
    struct rq *rq;
    struct peer *peer;
    const struct asked *asked;
    const char *body, *key;
    size_t body_length;
    const char *url; // that was asked last
    struct client_reply reply;
};

// How long an attempt may take: where there is somebody else to be asked, half of what is left, so
// that one who hangs does not use up the time of all.
static i64 patience_ms(const struct asking *asking)
{
    i64 left_ms = rq_left_ms(asking->rq);
    return max_i64(1, asking->peer->count > 1 && !asking->asked->conducts ? left_ms / 2 : left_ms);
}

// One attempt. True when its answer is to be told: a success, or a refusal that would be the same
// again.
static bool attempt(struct asking *asking, struct instance *instance)
{
    struct rq *rq = asking->rq;
    i64 left_ms = patience_ms(asking);
    asking->url = arena_printf(rq->arena, "%s%s", instance->url, asking->asked->path);
    char parent[TRACEPARENT_SIZE];
    trace_write(&rq->trace, parent);
    struct http_field headers[8] = {
        {"Content-Type", "application/json"},
        {PEER_KEY_HEADER, asking->key},
        {PEER_DEADLINE_HEADER, arena_printf(rq->arena, "%lld", (long long)left_ms)},
        {"X-Request-Id", rq->id},
        {"traceparent", parent},
    };
    size_t count = 5;
    if (rq->trace.state != NULL)
        headers[count++] = (struct http_field){"tracestate", rq->trace.state};
    if (!uuid_empty(&rq->caller.user_id)) // a guest has no name
        headers[count++] = (struct http_field){
            PEER_CALLER_HEADER,
            arena_printf(rq->arena, "%s %u %s", rq->caller.user_id.s, rq->caller.roles,
                         rq->caller.email != NULL ? rq->caller.email : "")};
    if (rq->view.position != DB_NEWEST)
        headers[count++] =
            (struct http_field){POSITION_HEADER, position_text(rq->arena, rq->view.position)};
    struct client_request request = {
        .method = http_method_name(asking->asked->method),
        .url = asking->url,
        .headers = headers,
        .header_count = count,
        .body = asking->body,
        .body_length = asking->body_length,
        .timeout_ms = left_ms,
        .connect_timeout_ms = min_i64(CONNECT_MS, left_ms),
        .reply_max = REPLY_MAX,
        .direct = true,
    };
    enum client_outcome outcome = client_call(&request, rq->arena, &asking->reply);
    bool answered = outcome == CLIENT_ANSWERED && asking->reply.status < 500;
    u64 position = 0;
    const char *reached = client_header(&asking->reply, POSITION_HEADER);
    if (reached != NULL && position_read(reached, &position))
        position_reached(rq, position);
    note(asking->peer, instance, answered);
    return answered && client_header(&asking->reply, PEER_UNKNOWN_HEADER) == NULL;
}

static enum err give_up(const struct asking *asking, int service)
{
    struct rq *rq = asking->rq;
    const char *name = service_id_names[service];
    const char *why = asking->url == NULL && rq_left_ms(rq) <= 0 ? "no time was left to ask it"
                      : asking->url == NULL                      ? "left alone for the moment"
                      : asking->reply.detail != NULL             ? asking->reply.detail
                      : client_header(&asking->reply, PEER_UNKNOWN_HEADER) != NULL
                          ? "it does not have this call, or has another SOUK_PEER_KEY"
                          : arena_printf(rq->arena, "answered %d", asking->reply.status);
    log_line(LOG_WARN, "peer_failed", "%s %s%s: %s", rq->id, name, asking->asked->path, why);
    if (rq_left_ms(rq) <= 0)
        return fail(rq, ERR_TIMEOUT, "the %s service did not answer in time", name);
    return fail(rq, ERR_UNAVAILABLE, "the %s service does not answer at the moment", name);
}

// Attempts until one is answered, the deadline has come or the budget is spent.
static enum err ask(struct asking *asking, int service)
{
    struct instance *instance = NULL;
    for (int i = 0; i < ATTEMPTS_MAX && rq_left_ms(asking->rq) > 0; i++) {
        if (i > 0 && !take_retry(asking->peer))
            break;
        if (i > 0)
            sleep_ms(min_i64(pause_ms(i), rq_left_ms(asking->rq)));
        instance = choose(asking->peer, instance);
        if (instance == NULL)
            break;
        if (attempt(asking, instance))
            return ERR_OK;
    }
    return give_up(asking, service);
}

// The peer's refusal, told as if it were ours: its code, its sentence, its fields.
#define REFUSED_FIELD(F, S)                                                                        \
    F(S, text, field, .doc = "Which.")                                                             \
    F(S, text, detail, .doc = "Why.")
SHAPE(refused_field, REFUSED_FIELD);
#define REFUSAL(F, S)                                                                              \
    F(S, text, type, .optional = true, .doc = "Of the problem.")                                   \
    F(S, text, title, .optional = true, .doc = "Of the kind of problem.")                          \
    F(S, i64, status, .optional = true, .doc = "HTTP's.")                                          \
    F(S, text, code, .doc = "Which error.")                                                        \
    F(S, text, detail, .optional = true, .doc = "The sentence.")                                   \
    F(S, text, request_id, .optional = true, .doc = "Ours.")                                       \
    F(S, list(refused_field), errors, .max = LIMIT_PROBLEM_FIELDS, .optional = true,               \
      .doc = "Fields at fault.")
SHAPE(refusal, REFUSAL);

static enum err refused(struct rq *rq, const struct client_reply *reply, const char *url)
{
    struct refusal refusal = {0};
    struct problem ignored = {.arena = rq->arena};
    if (json_read_known(&refusal_shape, reply->body, reply->body_length, &ignored, &refusal) !=
        ERR_OK) {
        log_line(LOG_ERROR, "peer_answer", "%s answered %d with what is no problem document", url,
                 reply->status);
        return fail(rq, ERR_UNAVAILABLE, "a service answered what could not be understood");
    }
    for (size_t i = 0; i < refusal.errors.count; i++)
        problem_field(&rq->problem, refusal.errors.items[i].field, "%s",
                      refusal.errors.items[i].detail);
    rq->problem.detail = refusal.detail;
    return err_of_code(refusal.code);
}

static enum err exchange(struct rq *rq, int service, const struct asked *asked, const char *body,
                         size_t length, struct client_reply *reply)
{
    struct peers *peers = rq->app->peers;
    struct peer *peer = &peers->peer[service];
    struct asking asking = {
        .rq = rq,
        .peer = peer,
        .asked = asked,
        .body = body,
        .body_length = length,
        .key = peers->key,
    };
    if (!enter(peer, peers->share, rq_left_ms(rq)))
        return fail(rq, ERR_UNAVAILABLE, "the %s service does not answer at the moment",
                    service_id_names[service]);
    enum err err = ask(&asking, service);
    leave(peer);
    *reply = asking.reply;
    if (err != ERR_OK)
        return err;
    return reply->status < 300 ? ERR_OK : refused(rq, reply, asking.url);
}

// Asks with all of `in` in the body, whatever the method.
static enum err ask_typed(struct rq *rq, int service, const struct asked *asked, const void *in,
                          void *out)
{
    const struct handler *handler = asked->handler;
    struct client_reply reply;
    struct buf body = buf_in(rq->arena);
    json_write(handler->in, in, &body);
    memset(out, 0, handler->out->size);
    enum err err = exchange(rq, service, asked, body.at, body.length, &reply);
    if (err != ERR_OK || handler->out->count == 0)
        return err;
    struct problem problem = {.arena = rq->arena};
    if (json_read_known(handler->out, reply.body, reply.body_length, &problem, out) == ERR_OK)
        return ERR_OK;
    log_line(LOG_ERROR, "peer_answer", "%s: %s %s", handler->name,
             problem.count > 0 ? problem.fields[0].field : "",
             problem.count > 0 ? problem.fields[0].detail : problem.detail);
    return fail(rq, ERR_UNAVAILABLE, "the %s service answered what could not be understood",
                service_id_names[service]);
}

enum err peer_call(struct rq *rq, const struct bound_route *bound, const void *in, void *out)
{
    const struct route *route = bound->route;
    assert(bound->parameter_count == 0 && route->method != HTTP_GET); // all is in the body
    struct asked asked = {route->method, route->path, route->handler,
                          (route->flags & ROUTE_CONDUCTS) != 0};
    return ask_typed(rq, bound->owner, &asked, in, out);
}

enum err peer_ask(struct rq *rq, int service, const struct handler *handler, const void *in,
                  void *out)
{
    struct asked asked = {HTTP_POST, arena_printf(rq->arena, PEER_PATH "%s", handler->name),
                          handler, false};
    return ask_typed(rq, service, &asked, in, out);
}

enum err peer_post(struct rq *rq, int service, const char *path, const char *in_json)
{
    struct client_reply reply;
    struct asked asked = {HTTP_POST, path, NULL, false};
    return exchange(rq, service, &asked, in_json, strlen(in_json), &reply);
}

static void write_counter(const struct peers *peers, const char *name, const char *doc,
                          size_t offset, struct buf *out)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n", name, doc, name);
    for (int i = 0; i < service_id_count; i++) {
        const unsigned char *peer = (const unsigned char *)&peers->peer[i];
        const _Atomic i64 *counter = (const _Atomic i64 *)(const void *)(peer + offset);
        buf_printf(out, "%s{peer=\"%s\"} %lld\n", name, service_id_names[i],
                   (long long)atomic_load_explicit(counter, memory_order_relaxed));
    }
}

void peers_write_metrics(const struct peers *peers, struct buf *out)
{
    write_counter(peers, "souk_peer_calls_total", "Calls of other services.",
                  offsetof(struct peer, calls), out);
    write_counter(peers, "souk_peer_retries_total", "Attempts after the first one of a call.",
                  offsetof(struct peer, retries), out);
    write_counter(peers, "souk_peer_failures_total", "Attempts without an answer, or with 5xx.",
                  offsetof(struct peer, failed), out);
    write_counter(peers, "souk_peer_refusals_total",
                  "Calls not made, because the peer had its share of threads.",
                  offsetof(struct peer, refused), out);
}

bool peer_known(const struct rq *rq)
{
    const char *key = rq->app->config.peer_key, *given = rq_header(rq, PEER_KEY_HEADER);
    size_t length = strlen(key);
    return length > 0 && given != NULL && strlen(given) == length &&
           sodium_memcmp(given, key, length) == 0;
}

const char *peer_request_id(const struct rq *rq)
{
    const char *given = rq_header(rq, "X-Request-Id");
    size_t length = given != NULL ? strlen(given) : 0;
    bool plain =
        length > 0 && length <= 64 &&
        strspn(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == length;
    return plain ? given : rq->id;
}

struct caller peer_caller(const struct rq *rq)
{
    struct caller caller = {.roles = ROLE_PEER};
    const char *given = rq_header(rq, PEER_CALLER_HEADER);
    if (given == NULL || strcspn(given, " ") >= sizeof caller.user_id.s)
        return caller;
    size_t id = strcspn(given, " "), roles = strspn(given + id, " ");
    memcpy(caller.user_id.s, given, id);
    char *end;
    caller.roles |= (unsigned)strtoul(given + id + roles, &end, 10);
    caller.email = arena_text(rq->arena, end + strspn(end, " "));
    return caller;
}
