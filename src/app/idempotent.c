// Stored replies. Contract in idempotent.h.
//
// A key belongs to whoever sent it (scope) and to one request (hash of method, target and body).
// There are two ways, because there are two kinds of writes:
//
//    transaction   insert the key, run the handler, store the reply: one commit. A twin waits for
//                  that commit (for the writer's turn on SQLite, for the row on PostgreSQL) and
//                  finds the reply.
//    conductor     claim the key in a commit of its own, run the steps, store the reply. A twin
//    polls
//                  until there is one. A claim has an end, so that a process that dies does not
//                  keep the key for ever; who takes over relies on the conductor to find what was
//                  done.
//
// Only success is stored: after a failure nothing has changed, and the same request may well
// succeed next time. Guests share one scope; their keys are protected by being unguessable, as
// clients make UUIDs of them.
#include "app/idempotent.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "core/log.h"
#include "core/time.h"
#include "core/uuid.h"

enum {
    KEY_LONGEST = 200,
    KEPT_MS = 24 * 3600 * 1000,
    TWIN_POLL_MS = 15,
    CLAIM_MS =
        4000, // a conductor that takes longer protects itself, as checkout does with its lease
};

// A key that is forgotten with what it did lets it be done again.
DB_LOCAL(idempotency, "idempotency_key");

#define STORED_REPLY(F, S)                                                                         \
    F(S, text, scope, .doc = "User, or guest.")                                                    \
    F(S, text, key, .doc = "As the client sent it.")                                               \
    F(S, text, request_hash, .doc = "SHA-256 of route, path and body.")                            \
    F(S, i64, status, .doc = "HTTP status; 0 while it runs.")                                      \
    F(S, text, content_type, .optional = true, .doc = "Of the body.")                              \
    F(S, text, body, .optional = true, .doc = "The reply.")                                        \
    F(S, time, claimed_until, .doc = "When a running one is given up.")                            \
    F(S, time, expires_at, .doc = "When it is forgotten.")
SHAPE(stored_reply, STORED_REPLY);

QUERY_RUN(
    stored_reply_insert, stored_reply,
    "INSERT INTO idempotency_key (scope, key, request_hash, status, claimed_until, expires_at)"
    " VALUES (:scope, :key, :request_hash, :status, :claimed_until, :expires_at)"
    " ON CONFLICT (scope, key) DO NOTHING");
QUERY_ROW(stored_reply_find, stored_reply, stored_reply,
          "SELECT scope, key, request_hash, status, content_type, body, claimed_until, expires_at"
          " FROM idempotency_key WHERE scope = :scope AND key = :key");
QUERY_RUN(stored_reply_take_over, stored_reply,
          "UPDATE idempotency_key SET claimed_until = :claimed_until WHERE scope = :scope"
          " AND key = :key AND status = 0 AND claimed_until <= :now");
QUERY_PUT(stored_reply_finish, stored_reply,
          "UPDATE idempotency_key SET status = :status, content_type = :content_type, body = :body"
          " WHERE scope = :scope AND key = :key");
QUERY_RUN(stored_reply_delete, stored_reply,
          "DELETE FROM idempotency_key WHERE scope = :scope AND key = :key AND status = 0");
QUERY_RUN(stored_reply_expire, stored_reply,
          "DELETE FROM idempotency_key WHERE expires_at <= :now");

static void hash_request(struct task *task)
{
    const struct http_exchange *exchange = task->rq.exchange;
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    const char *parts[] = {http_method_name(exchange->method), exchange->target};
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        // With the NUL, so that no two lists of parts join to the same bytes.
        crypto_hash_sha256_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)exchange->body, exchange->body_length);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(task->request_hash, sizeof task->request_hash, digest, sizeof digest);
}

static bool is_visible(const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i < length; i++)
        if (key[i] <= ' ' || key[i] > '~')
            return false;
    return length > 0 && length <= KEY_LONGEST;
}

enum err idempotent_read_key(struct task *task)
{
    struct rq *rq = &task->rq;
    const char *key = rq_header(rq, "Idempotency-Key");
    if (rq->route->method == HTTP_GET || (rq->route->flags & ROUTE_GUARDED) != 0)
        return ERR_OK;
    if (key == NULL && (rq->route->flags & ROUTE_IDEMPOTENT_ONLY) != 0)
        return fail_field(rq, "Idempotency-Key", "this header is required");
    if (key == NULL)
        return ERR_OK;
    if (!is_visible(key))
        return fail_field(rq, "Idempotency-Key", "must be 1 to %d visible ASCII characters",
                          KEY_LONGEST);
    rq->idempotency_key = key;
    // Checkout keeps its reply with the order, for as long as the order is there (services/order).
    if ((rq->route->flags & ROUTE_OWN_KEY) != 0)
        return ERR_OK;
    task->key = key;
    task->scope = uuid_empty(&rq->caller.user_id) ? "guest" : rq->caller.user_id.s;
    hash_request(task);
    return ERR_OK;
}

static struct stored_reply row_of(const struct task *task)
{
    return (struct stored_reply){
        .scope = task->scope,
        .key = task->key,
        .request_hash = task->request_hash,
        .status = task->status,
        .content_type = task->type,
        .body = task->body,
        .claimed_until = time_now_ms() + CLAIM_MS,
        .expires_at = task->rq.now_ms + KEPT_MS,
    };
}

static enum err replay(struct task *task, const struct stored_reply *stored)
{
    task->replayed = true;
    task->status = (int)stored->status;
    task->type = stored->content_type;
    task->body = stored->body;
    task->length = stored->body != NULL ? strlen(stored->body) : 0;
    return ERR_OK;
}

static enum err mismatch(struct rq *rq)
{
    return fail(rq, ERR_IDEMPOTENCY_MISMATCH,
                "this Idempotency-Key was used for another request; choose a new one");
}

enum err idempotent_begin(struct task *task)
{
    struct rq *rq = &task->rq;
    task->replayed = false;
    if (task->key == NULL)
        return ERR_OK;
    struct stored_reply row = row_of(task), stored = {0};
    row.status = 0;
    i64 inserted;
    enum err err = stored_reply_insert(rq, &row, &inserted);
    if (err != ERR_OK || inserted == 1)
        return err;
    err = stored_reply_find(rq, &row, &stored);
    if (err != ERR_OK)
        return err;
    if (strcmp(stored.request_hash, task->request_hash) != 0)
        return mismatch(rq);
    return replay(task, &stored);
}

enum err idempotent_store(struct task *task)
{
    if (task->key == NULL)
        return ERR_OK;
    struct stored_reply row = row_of(task);
    return stored_reply_finish(&task->rq, &row);
}

// In: the row wanted. Out: with status 0 the claim is ours if claimed_until is what we wanted.
STEP_LOCKING(claim, stored_reply, stored_reply)
{
    i64 changed;
    *out = *in;
    enum err err = stored_reply_insert(rq, in, &changed);
    if (err != ERR_OK || changed == 1)
        return err;
    err = stored_reply_take_over(rq, in, &changed);
    if (err != ERR_OK)
        return err;
    err = stored_reply_find(rq, in, out);
    if (err == ERR_OK && strcmp(out->request_hash, in->request_hash) != 0)
        return mismatch(rq);
    if (changed == 0 && out->status == 0)
        out->claimed_until = 0; // a twin has it
    return err;
}

STEP_LOCKING(finish_claim, stored_reply, nothing)
{
    return in->status == 0 ? stored_reply_delete(rq, in, NULL) : stored_reply_finish(rq, in);
}

static void pause_ms(i64 ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

enum err idempotent_claim(struct task *task)
{
    struct rq *rq = &task->rq;
    if (task->key == NULL)
        return ERR_OK;
    for (;;) {
        struct stored_reply wanted = row_of(task), have;
        wanted.status = 0;
        enum err err = claim(rq, &wanted, &have);
        if (err != ERR_OK)
            return err;
        if (have.status != 0)
            return replay(task, &have);
        if (have.claimed_until != 0)
            return ERR_OK;
        // 409 with Retry-After, not 503: the shop is well, the answer is just not there yet.
        if (rq_left_ms(rq) < TWIN_POLL_MS)
            break;
        pause_ms(TWIN_POLL_MS);
    }
    reply_retry_after(rq, 1);
    return fail(rq, ERR_CONFLICT, "a request with this Idempotency-Key is still in progress");
}

void idempotent_release(struct task *task, enum err err)
{
    struct rq *rq = &task->rq;
    if (task->key == NULL)
        return;
    struct stored_reply row = row_of(task);
    struct nothing none = {0};
    struct rq apart = *rq; // what the handler said about its reply stays as it is
    if (err != ERR_OK)
        row.status = 0;
    // If this fails the claim ends by itself. The reply goes out all the same: it is true.
    enum err stored = finish_claim(&apart, &row, &none);
    if (stored != ERR_OK)
        log_line(LOG_WARN, "idempotency", "%s: the reply could not be stored: %s", rq->id,
                 err_code(stored));
}

STEP_LOCKING(expire_replies, nothing, nothing)
{
    return stored_reply_expire(rq, &(struct stored_reply){.status = 0}, NULL);
}

static enum err expire(struct rq *rq)
{
    struct nothing none = {0};
    return expire_replies(rq, &none, &none);
}
JOB(idempotency_expiry, 10 * MINUTE_MS, expire);
