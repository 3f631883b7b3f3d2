// Sessions in the database. Contract in session.h.
//
// The token is 32 random bytes, and only its SHA-256 is stored: who reads the database, or a backup
// of it, can log in as nobody. A plain hash is enough, where passwords need a slow one, because
// nobody can try 2^256 tokens. Roles are copied into the session, so a request asks one table;
// session_set_roles keeps the copies true.
#include "app/session.h"

#include <string.h>

#include "app/app.h"
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
    "id, user_id, email, roles, csrf_token, by_cookie, user_agent, created_at, expires_at"

QUERY_RUN(session_insert, session_row,
          "INSERT INTO session (id, user_id, email, roles, csrf_token, by_cookie, user_agent,"
          " created_at, expires_at, token_hash) VALUES (:id, :user_id, :email, :roles, :csrf_token,"
          " :by_cookie, :user_agent, :created_at, :expires_at, :token_hash)");
QUERY_ROW(session_by_token, session_token_hash, session,
          "SELECT " SESSION_COLUMNS " FROM session WHERE token_hash = :token_hash"
          " AND expires_at > :now");
QUERY_LIST(session_by_user, session_key, session,
           "SELECT " SESSION_COLUMNS " FROM session WHERE user_id = :user_id AND expires_at > :now"
           " ORDER BY id DESC LIMIT 100");
QUERY_RUN(session_delete, session_key, "DELETE FROM session WHERE id = :id AND user_id = :user_id");
QUERY_RUN(session_delete_others, session_key,
          "DELETE FROM session WHERE user_id = :user_id AND (:id IS NULL OR id <> :id)");
QUERY_RUN(session_update_roles, session_key,
          "UPDATE session SET roles = :roles WHERE user_id = :user_id");
QUERY_RUN(session_delete_expired, session_key, "DELETE FROM session WHERE expires_at <= :now");

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
        .token_hash = sha256_hex(rq->arena, token, strlen(token)),
    };
    enum err err = session_insert(rq, &row, NULL);
    if (err != ERR_OK)
        return err;
    memcpy(out, &row, sizeof *out); // session is the front of session_row
    if (wanted->by_cookie)
        set_cookie(rq, token, (row.expires_at - rq->now_ms) / SECOND_MS);
    return ERR_OK;
}

// The value of our cookie in "a=b; souk_session=TOKEN; c=d", in the arena; NULL when it is not
// there.
static const char *cookie_token(const struct rq *rq)
{
    const char *at = rq_header(rq, "Cookie");
    size_t name = strlen(SESSION_COOKIE);
    while (at != NULL && *at != '\0') {
        at += strspn(at, "; ");
        size_t length = strcspn(at, ";");
        if (length > name && at[name] == '=' && memcmp(at, SESSION_COOKIE, name) == 0)
            return arena_text_n(rq->arena, at + name + 1, length - name - 1);
        at += length;
    }
    return NULL;
}

static const char *bearer_token(const struct rq *rq)
{
    const char *header = rq_header(rq, "Authorization");
    return header != NULL && str_starts(header, "Bearer ") ? header + 7 : NULL;
}

bool session_carried(const struct rq *rq)
{
    return bearer_token(rq) != NULL || cookie_token(rq) != NULL;
}

enum err session_by_hash(struct rq *rq, const struct session_token_hash *in, struct session *out)
{
    return session_by_token(rq, in, out);
}

enum err session_resume(struct rq *rq)
{
    const char *bearer = bearer_token(rq), *token = bearer != NULL ? bearer : cookie_token(rq);
    if (token == NULL || *token == '\0')
        return ERR_OK;
    struct session session;
    struct session_token_hash key = {.token_hash = sha256_hex(rq->arena, token, strlen(token))};
    enum err err = call_session_find(rq, &key, &session);
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
    i64 ended;
    struct session_key key = {.id = *id, .user_id = *user_id};
    enum err err = session_delete(rq, &key, &ended);
    return err == ERR_OK && ended == 0 ? ERR_NOT_FOUND : err;
}

enum err session_end_all(struct rq *rq, const struct uuid *user_id, const struct uuid *keep)
{
    struct session_key key = {.id = *keep, .user_id = *user_id};
    return session_delete_others(rq, &key, NULL);
}

enum err session_list_of(struct rq *rq, const struct uuid *user_id, struct session_list *out)
{
    struct session_key key = {.user_id = *user_id};
    return session_by_user(rq, &key, out);
}

enum err session_set_roles(struct rq *rq, const struct uuid *user_id, unsigned roles)
{
    struct session_key key = {.user_id = *user_id, .roles = roles};
    return session_update_roles(rq, &key, NULL);
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
