// Sessions in the database. Contract in session.h.
//
// The token is 32 random bytes, and only its SHA-256 is stored: who reads the database, or a backup
// of it, can log in as nobody. A plain hash is enough, where passwords need a slow one, because
// nobody can try 2^256 tokens. Roles are copied into the session, so a request asks one table;
// session_set_roles keeps the copies true.
#include "app/session.h"

#include <string.h>

#include "app/app.h"
#include "app/consume.h"
#include "app/copies.h"
#include "app/services.h"
#include "core/json.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

#define SESSION_ROW(F, S)                                                                          \
    SESSION(F, S)                                                                                  \
    F(S, text, token_hash, .doc = "SHA-256 of the token, hexadecimal.")
SHAPE(session_row, SESSION_ROW);

#define SESSION_KEY(F, S)                                                                          \
    F(S, text, token_hash, .doc = "SHA-256 of the token, hexadecimal.")                            \
    F(S, uuid, id, .doc = "Session.")                                                              \
    F(S, uuid, user_id, .doc = "Its user.")                                                        \
    F(S, i64, roles, .doc = "New roles.")
SHAPE(session_key, SESSION_KEY);

#define SESSION_COLUMNS                                                                            \
    "id, user_id, email, roles, csrf_token, by_cookie, user_agent, created_at, expires_at, version"
#define SESSION_ROW_COLUMNS SESSION_COLUMNS ", token_hash"

QUERY_RUN(session_insert, session_row,
          "INSERT INTO session (id, user_id, email, roles, csrf_token, by_cookie, user_agent,"
          " created_at, expires_at, version, token_hash) VALUES (:id, :user_id, :email, :roles,"
          " :csrf_token, :by_cookie, :user_agent, :created_at, :expires_at, :version,"
          " :token_hash)");
QUERY_ROW(session_by_token, session_token_hash, session,
          "SELECT " SESSION_COLUMNS " FROM session WHERE token_hash = :token_hash"
          " AND expires_at > :now");
QUERY_LIST(session_by_user, session_key, session,
           "SELECT " SESSION_COLUMNS " FROM session WHERE user_id = :user_id AND expires_at > :now"
           " ORDER BY id DESC LIMIT 100");
QUERY_LIST(session_delete, session_key, session_row,
           "DELETE FROM session WHERE id = :id AND user_id = :user_id"
           " RETURNING " SESSION_ROW_COLUMNS);
QUERY_LIST(session_delete_others, session_key, session_row,
           "DELETE FROM session WHERE user_id = :user_id AND (:id IS NULL OR id <> :id)"
           " RETURNING " SESSION_ROW_COLUMNS);
QUERY_LIST(session_update_roles, session_key, session_row,
           "UPDATE session SET roles = :roles, version = version + 1 WHERE user_id = :user_id"
           " RETURNING " SESSION_ROW_COLUMNS);
QUERY_RUN(session_delete_expired, session_key, "DELETE FROM session WHERE expires_at <= :now");

COPY(session, session, SESSION_FRESH_MS);

static void keep_copy(struct rq *rq, const char *token_hash, const struct session *session)
{
    struct copy_stamp stamp = {session->version, rq->now_ms};
    session_copy_keep(rq, token_hash, stamp, session->expires_at, session);
}

#define SESSION_MARK(F, S)                                                                         \
    F(S, text, token_hash, .doc = "Of the session that has ended.")                                \
    F(S, time, expires_at, .doc = "When it would have ended by itself.")
SHAPE(session_mark, SESSION_MARK);

// Marks the copy after the commit and, by the outbox, until Redis has taken the mark.
static enum err end_copies(struct rq *rq, const struct session_row_list *ended)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < ended->count && err == ERR_OK && copies_kept(rq->app); i++) {
        struct session_mark mark = {.token_hash = ended->items[i].token_hash,
                                    .expires_at = ended->items[i].expires_at};
        copy_end(rq, &session_copy, mark.token_hash, mark.expires_at);
        err = outbox_add(rq->db, "session.ended", NULL,
                         json_text(&session_mark_shape, &mark, rq->arena));
    }
    return err;
}

// Nobody believes a copy that is older than SESSION_STALE_MS: then there is nothing left to mark.
CONSUMER(session_copy_end, "session.ended", session_mark)
{
    if (rq->now_ms - event->created_at > SESSION_STALE_MS)
        return ERR_OK;
    return copy_end_now(rq, &session_copy, in->token_hash, in->expires_at);
}

static void set_cookie(struct rq *rq, const char *token, i64 seconds)
{
    // A browser would not send a Secure cookie back to http://localhost:30080.
    const char *secure = str_starts(rq->app->public_url, "https://") ? "; Secure" : "";
    reply_header(rq, "Set-Cookie",
                 arena_printf(rq->arena,
                              SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; "
                                             "Max-Age=%lld%s",
                              token, (long long)seconds, secure));
}

void session_forget_cookie(struct rq *rq)
{
    set_cookie(rq, "", 0);
}

enum err session_start_for(struct rq *rq, const struct session *wanted, struct session *out,
                           char token[SESSION_TOKEN_SIZE])
{
    // A working day for those who can change the shop.
    enum { CUSTOMER_DAYS = 30, STAFF_HOURS = 12 };
    bool staff = (wanted->roles & ~(i64)ROLE_CUSTOMER) != 0;
    char csrf_token[SESSION_TOKEN_SIZE];
    random_token(token, SESSION_TOKEN_SIZE, 32);
    random_token(csrf_token, sizeof csrf_token, 18);
    struct session_row row = {
        .id = uuid_new(),
        .user_id = wanted->user_id,
        .email = wanted->email,
        .roles = wanted->roles,
        .csrf_token = arena_text(rq->arena, csrf_token),
        .by_cookie = wanted->by_cookie,
        .user_agent = wanted->user_agent,
        .created_at = rq->now_ms,
        .expires_at = rq->now_ms + (staff ? STAFF_HOURS * HOUR_MS : CUSTOMER_DAYS * DAY_MS),
        .version = 1,
        .token_hash = sha256_hex(rq->arena, token, strlen(token)),
    };
    enum err err = session_insert(rq, &row, NULL);
    if (err != ERR_OK)
        return err;
    memcpy(out, &row, sizeof *out); // session is the front of session_row
    keep_copy(rq, row.token_hash, out);
    if (wanted->by_cookie)
        set_cookie(rq, token, (row.expires_at - rq->now_ms) / SECOND_MS);
    return ERR_OK;
}

static const char *bearer_token(const struct rq *rq)
{
    const char *header = rq_header(rq, "Authorization");
    return header != NULL && str_starts(header, "Bearer ") ? header + 7 : NULL;
}

bool session_carried(const struct rq *rq)
{
    return bearer_token(rq) != NULL || rq_cookie(rq, SESSION_COOKIE) != NULL;
}

enum err session_by_hash(struct rq *rq, const struct session_token_hash *in, struct session *out)
{
    return session_by_token(rq, in, out);
}

static bool is_staff(const struct session *session)
{
    return (session->roles & ~(i64)ROLE_CUSTOMER) != 0;
}

// What the user service says. Where a copy could stand in for it, it is waited for less long.
static enum err ask_user_service(struct rq *rq, const struct session_token_hash *key, bool has_copy,
                                 struct session *out)
{
    enum { PATIENCE_MS = 500 };
    i64 deadline_ms = rq->deadline_ms;
    if (has_copy)
        rq->deadline_ms = min_i64(deadline_ms, monotonic_ms() + PATIENCE_MS);
    enum err err = call_session_find(rq, key, out);
    rq->deadline_ms = deadline_ms;
    if (err == ERR_OK)
        keep_copy(rq, key->token_hash, out);
    return err;
}

enum err session_look_up(struct rq *rq, const struct session_token_hash *key, struct session *out)
{
    struct session copy = {0};
    struct copy_stamp stamp;
    if (services_have(rq->app->services, service_id_user))
        return call_session_find(rq, key, out);
    enum copied found = session_copied(rq, key->token_hash, &stamp, &copy);
    bool usable = (found == copied_fresh || found == copied_stale) && !is_staff(&copy) &&
                  copy.expires_at > rq->now_ms && rq->now_ms - stamp.read_ms < SESSION_STALE_MS;
    if (found == copied_ended)
        return ERR_NOT_FOUND;
    enum err err = ERR_OK;
    if (!usable || found == copied_stale)
        err = ask_user_service(rq, key, usable, out);
    else
        *out = copy;
    if (err == ERR_NOT_FOUND && usable)
        copy_end(rq, &session_copy, key->token_hash, copy.expires_at);
    if (!usable || err_status(err) < 500)
        return err;
    rq->problem = (struct problem){.arena = rq->arena};
    *out = copy;
    return ERR_OK;
}

enum err session_resume(struct rq *rq)
{
    const char *bearer = bearer_token(rq),
               *token = bearer != NULL ? bearer : rq_cookie(rq, SESSION_COOKIE);
    if (token == NULL || *token == '\0')
        return ERR_OK;
    struct session session;
    struct session_token_hash key = {.token_hash = sha256_hex(rq->arena, token, strlen(token))};
    enum err err = session_look_up(rq, &key, &session);
    // A token is good only the way it was given out: one that leaked from a cookie cannot be used
    // as a bearer, which would need no CSRF token.
    if (err == ERR_NOT_FOUND || (err == ERR_OK && session.by_cookie != (bearer == NULL)))
        return fail(rq, ERR_UNAUTHENTICATED, "this session has ended, please log in again");
    if (err != ERR_OK)
        return err;
    rq->caller = (struct caller){
        .session_id = session.id,
        .user_id = session.user_id,
        .email = session.email,
        .roles = (unsigned)session.roles | ROLE_CUSTOMER,
        .by_cookie = session.by_cookie,
        .csrf_token = session.csrf_token,
    };
    return ERR_OK;
}

enum err session_end(struct rq *rq, const struct uuid *id, const struct uuid *user_id)
{
    struct session_row_list ended;
    struct session_key key = {.id = *id, .user_id = *user_id};
    enum err err = session_delete(rq, &key, &ended);
    if (err == ERR_OK && ended.count == 0)
        return ERR_NOT_FOUND;
    return err == ERR_OK ? end_copies(rq, &ended) : err;
}

enum err session_end_all(struct rq *rq, const struct uuid *user_id, const struct uuid *keep)
{
    struct session_row_list ended;
    struct session_key key = {.id = *keep, .user_id = *user_id};
    enum err err = session_delete_others(rq, &key, &ended);
    return err == ERR_OK ? end_copies(rq, &ended) : err;
}

enum err session_list_of(struct rq *rq, const struct uuid *user_id, struct session_list *out)
{
    struct session_key key = {.user_id = *user_id};
    return session_by_user(rq, &key, out);
}

enum err session_set_roles(struct rq *rq, const struct uuid *user_id, unsigned roles)
{
    struct session_row_list changed;
    struct session_key key = {.user_id = *user_id, .roles = roles};
    enum err err = session_update_roles(rq, &key, &changed);
    for (size_t i = 0; i < changed.count && err == ERR_OK; i++) {
        struct session session;
        memcpy(&session, &changed.items[i], sizeof session);
        keep_copy(rq, changed.items[i].token_hash, &session);
    }
    return err;
}

STEP(session_cleanup, nothing, nothing)
{
    return session_delete_expired(rq, &(struct session_key){.roles = 0}, NULL);
}

static enum err cleanup(struct rq *rq)
{
    struct nothing none = {0};
    return session_cleanup(rq, &none, &none);
}
JOB(session_cleanup, 10 * MINUTE_MS, cleanup);
