// Logging in and out, and the sessions of a user. Contract in login.h.
//
// Logging in is a conductor, because verifying a password takes tens of milliseconds that no
// transaction may last: look up in a snapshot, verify, then grant or count a failure, each in a
// step of its own. Between the steps the account may change, so the grant looks again.
//
// Guessing is slowed in two ways. Each address has a small budget of log-ins (ROUTE_GUARDED), and
// each e-mail waits after five wrong passwords, whatever address they come from and whether or not
// it has an account, which would otherwise be told by the difference. An e-mail that is locked
// cannot be logged into even with the right password; a reset by mail opens it.
#include "services/user/login.h"

#include <string.h>

#include "app/app.h"
#include "app/session.h"
#include "core/log.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/order.h"

METRIC_COUNTER(failed_logins, "souk_login_failures_total", "Log-ins with a wrong password.");

// After this many wrong passwords an e-mail waits, twice as long after each further one.
// Half a minute after the fifth, doubling to an hour: some thirty guesses a day.
enum { FAILURES_FREE = 5, LOCK_FIRST_MS = 30 * 1000, LOCK_LONGEST_MS = 3600 * 1000 };

#define LOGIN_FAILURE(F, S)                                                                        \
    F(S, text, email_key, .doc = "In small letters; with or without an account.")                  \
    F(S, i64, failures, .doc = "In a row.")                                                        \
    F(S, time, locked_until, .doc = "0: not locked.")
SHAPE(login_failure, LOGIN_FAILURE);

QUERY_ROW(
    login_failure_find, login_failure, login_failure,
    "SELECT email_key, failures, locked_until FROM login_failure WHERE email_key = :email_key");
QUERY_ROW(login_failure_count, login_failure, login_failure,
          "INSERT INTO login_failure (email_key, failures, locked_until) VALUES (:email_key, 1, 0)"
          " ON CONFLICT (email_key) DO UPDATE SET failures = login_failure.failures + 1"
          " RETURNING email_key, failures, locked_until");
QUERY_RUN(login_failure_lock, login_failure,
          "UPDATE login_failure SET locked_until = :locked_until WHERE email_key = :email_key");
QUERY_RUN(login_failure_delete, login_failure,
          "DELETE FROM login_failure WHERE email_key = :email_key");
QUERY_RUN(login_failure_forget, login_failure,
          "DELETE FROM login_failure WHERE locked_until < :locked_until");

enum err login_unlock(struct rq *rq, const char *key)
{
    return login_failure_delete(rq, &(struct login_failure){.email_key = key}, NULL);
}

enum err login_start(struct rq *rq, const struct account *account, bool by_cookie,
                     struct login_session *out)
{
    char token[SESSION_TOKEN_SIZE];
    struct session session, wanted = {
                                .user_id = account->id,
                                .email = account->email,
                                .roles = account->roles,
                                .by_cookie = by_cookie,
                                .user_agent = rq_header(rq, "User-Agent"),
                            };
    enum err err = session_start_for(rq, &wanted, &session, token);
    if (err != ERR_OK)
        return err;
    *out = (struct login_session){
        .id = session.id,
        .user = ARENA_NEW(rq->arena, struct user),
        .preferences = ARENA_NEW(rq->arena, struct preferences),
        .csrf_token = session.csrf_token,
        // A browser never shows the token to scripts.
        .token = by_cookie ? NULL : arena_text(rq->arena, token),
        .expires_at = session.expires_at,
    };
    account_show(rq, account, out->user);
    return preferences_find(rq, &account->id, out->preferences);
}

#define TRANSPORT(X, E) X(E, cookie) X(E, bearer)
ENUMERATION(transport, TRANSPORT);

#define LOGIN(F, S)                                                                                \
    F(S, text, email, .min = 1, .max = 254, .doc = "E-mail.")                                      \
    F(S, text, password, .min = 1, .max = PASSWORD_MAX, .secret = true, .doc = "Password.")        \
    F(S, uuid, cart_id, .optional = true, .doc = "The guest's cart, to be taken along.")           \
    F(S, one_of(transport), transport, .optional = true,                                           \
      .doc = "cookie for browsers (the default), bearer for programs.")
SHAPE(login, LOGIN);

#define LOGIN_STATE(F, S)                                                                          \
    F(S, nested(account), account, .optional = true, .doc = "Null when there is none.")            \
    F(S, time, locked_until, .optional = true, .doc = "0: not locked.")
SHAPE(login_state, LOGIN_STATE);

SNAPSHOT(login_look_up, login_failure, login_state)
{
    struct login_failure failure = {0};
    struct account *account = ARENA_NEW(rq->arena, struct account);
    enum err err = login_failure_find(rq, in, &failure);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    out->locked_until = failure.locked_until;
    err = account_find(rq, in->email_key, account);
    out->account = err == ERR_OK ? account : NULL;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static i64 lock_ms(i64 failures)
{
    i64 lock = LOCK_FIRST_MS;
    for (i64 i = FAILURES_FREE; i < failures && lock < LOCK_LONGEST_MS; i++)
        lock *= 2;
    return failures < FAILURES_FREE ? 0 : min_i64(lock, LOCK_LONGEST_MS);
}

STEP(login_failed, login_failure, nothing)
{
    struct login_failure failure;
    enum err err = login_failure_count(rq, in, &failure);
    i64 lock = err == ERR_OK ? lock_ms(failure.failures) : 0;
    if (lock == 0)
        return err;
    failure.locked_until = rq->now_ms + lock;
    return login_failure_lock(rq, &failure, NULL);
}

#define LOGIN_GRANTED(F, S)                                                                        \
    F(S, nested(account), account, .doc = "Whose password was right.")                             \
    F(S, bool, by_cookie, .doc = "How the session is carried.")
SHAPE(login_granted, LOGIN_GRANTED);

static enum err not_right(struct rq *rq)
{
    return fail(rq, ERR_UNAUTHENTICATED, "the e-mail or the password is not right");
}

// The password was verified outside any transaction, against a hash that may have been replaced
// since: a session for the old password must not begin after all others were ended.
STEP(login_grant, login_granted, login_session)
{
    struct account now;
    enum err err = account_get(rq, &in->account->id, &now);
    if (err == ERR_OK && strcmp(now.password_hash, in->account->password_hash) != 0)
        return not_right(rq);
    if (err == ERR_OK)
        err = login_unlock(rq, now.email_key);
    return err == ERR_OK ? login_start(rq, &now, in->by_cookie, out) : err;
}

enum err login_count_wrong(struct rq *rq, const char *email_key)
{
    struct login_failure failure = {.email_key = email_key};
    metric_add(failed_logins, 1);
    return login_failed(rq, &failure, &(struct nothing){0});
}

static enum err refuse(struct rq *rq, const char *email_key)
{
    enum err err = login_count_wrong(rq, email_key);
    return err == ERR_OK ? not_right(rq) : err;
}

static enum err check_lock(struct rq *rq, const struct login_state *state)
{
    if (state->locked_until <= rq->now_ms)
        return ERR_OK;
    reply_retry_after(rq, (state->locked_until - rq->now_ms) / SECOND_MS + 1);
    return fail(rq, ERR_RATE_LIMITED, "too many wrong passwords for this e-mail; please wait");
}

enum err login_may_try(struct rq *rq, const char *email_key)
{
    struct login_failure key = {.email_key = email_key};
    struct login_state state;
    enum err err = login_look_up(rq, &key, &state);
    return err == ERR_OK ? check_lock(rq, &state) : err;
}

// The session holds whether or not the cart could be had: a log-in does not fail for it.
static void take_cart_along(struct rq *rq, const struct uuid *cart_id, struct login_session *out)
{
    struct cart_merge merge = {.cart_id = *cart_id, .user_id = out->user->id};
    struct cart_merged merged = {0};
    if (call_cart_merge(rq, &merge, &merged) == ERR_OK)
        out->cart_id = merged.cart_id;
    // What went wrong with the cart is not what this reply is about.
    rq->problem = (struct problem){.arena = rq->arena};
}

HANDLER(session_create, login, login_session)
{
    struct login_failure key = {.email_key = email_key(rq, in->email)};
    struct login_state state;
    enum err err = login_look_up(rq, &key, &state);
    if (err == ERR_OK)
        err = check_lock(rq, &state);
    if (err != ERR_OK)
        return err;
    if (!password_right(state.account != NULL ? state.account->password_hash : NULL, in->password))
        return refuse(rq, key.email_key);
    struct login_granted granted = {
        .account = state.account,
        .by_cookie = in->transport == transport_cookie,
    };
    err = login_grant(rq, &granted, out);
    if (err == ERR_OK)
        take_cart_along(rq, &in->cart_id, out);
    return err;
}

HANDLER(session_show, nothing, login_session)
{
    struct account account;
    struct session_list sessions;
    enum err err = account_get(rq, &rq->caller.user_id, &account);
    if (err == ERR_OK)
        err = session_list_of(rq, &rq->caller.user_id, &sessions);
    if (err != ERR_OK)
        return err;
    *out = (struct login_session){
        .id = rq->caller.session_id,
        .user = ARENA_NEW(rq->arena, struct user),
        .preferences = ARENA_NEW(rq->arena, struct preferences),
        .csrf_token = rq->caller.csrf_token,
    };
    for (size_t i = 0; i < sessions.count; i++)
        if (uuid_equal(&sessions.items[i].id, &out->id))
            out->expires_at = sessions.items[i].expires_at;
    account_show(rq, &account, out->user);
    return preferences_find(rq, &account.id, out->preferences);
}

HANDLER(session_delete_current, nothing, nothing)
{
    session_forget_cookie(rq);
    return session_end(rq, &rq->caller.session_id, &rq->caller.user_id);
}

#define SESSION_SHOWN(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the session.")                                                       \
    F(S, bool, current, .doc = "Whether it is the one that asks.")                                 \
    F(S, text, user_agent, .optional = true, .doc = "What the browser called itself.")             \
    F(S, time, created_at, .doc = "When it began.")                                                \
    F(S, time, expires_at, .doc = "When it ends.")
SHAPE(session_shown, SESSION_SHOWN);
#define SESSIONS_SHOWN(F, S) F(S, list(session_shown), items, .doc = "The newest first.")
SHAPE(sessions_shown, SESSIONS_SHOWN);

HANDLER(user_sessions, nothing, sessions_shown)
{
    struct session_list sessions;
    enum err err = session_list_of(rq, &rq->caller.user_id, &sessions);
    if (err != ERR_OK)
        return err;
    out->items.items = ARENA_ARRAY(rq->arena, struct session_shown, sessions.count);
    for (size_t i = 0; i < sessions.count; i++)
        out->items.items[out->items.count++] = (struct session_shown){
            .id = sessions.items[i].id,
            .current = uuid_equal(&sessions.items[i].id, &rq->caller.session_id),
            .user_agent = sessions.items[i].user_agent,
            .created_at = sessions.items[i].created_at,
            .expires_at = sessions.items[i].expires_at,
        };
    return ERR_OK;
}

#define SESSION_ID(F, S) F(S, uuid, id, .doc = "Of the session.")
SHAPE(session_id, SESSION_ID);

HANDLER(user_session_delete, session_id, nothing)
{
    return session_end(rq, &in->id, &rq->caller.user_id);
}

STEP(failures_forget, nothing, nothing)
{
    struct login_failure before = {.locked_until = rq->now_ms - DAY_MS};
    return login_failure_forget(rq, &before, NULL);
}

static enum err forget_failures(struct rq *rq)
{
    struct nothing none = {0};
    return failures_forget(rq, &none, &none);
}
// Also forgets counts that led to no lock (locked_until 0).
JOB(login_failure_expiry, DAY_MS, forget_failures);

HANDLER(session_find, session_token_hash, session)
{
    return session_by_hash(rq, in, out);
}

static const struct route login_routes[] = {
    {POST, "/internal/v1/session_find", &session_find_handler, 200, ROLE_PEER,
     "Whose session a token is.", .flags = ROUTE_READS | ROUTE_NEWEST, .load = CLASS_CART},
    {POST, "/api/v1/sessions", &session_create_handler, 201, ROLE_ANYONE, "Log in.",
     .flags = ROUTE_CONDUCTS | ROUTE_GUARDED},
    {GET, "/api/v1/sessions/current", &session_show_handler, 200, ROLE_CUSTOMER,
     "Who is logged in."},
    {DELETE, "/api/v1/sessions/current", &session_delete_current_handler, 204, ROLE_CUSTOMER,
     "Log out."},
    {GET, "/api/v1/users/me/sessions", &user_sessions_handler, 200, ROLE_CUSTOMER,
     "Where one is logged in."},
    {DELETE, "/api/v1/users/me/sessions/{id}", &user_session_delete_handler, 204, ROLE_CUSTOMER,
     "Log out elsewhere."},
};
ROUTES(user, login_routes);
