// Becoming a customer: registration, the mailed link, a forgotten password. Whether an e-mail is
// known is never told: the answers are the same and the mail makes the difference.
#include <string.h>

#include "app/app.h"
#include "app/session.h"
#include "core/json.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "services/user/account.h"
#include "services/user/login.h"
#include "services/user/user.h"

// A registration may wait for somebody to read their mail over a weekend; a reset is asked for by
// somebody who waits.
enum { REGISTER_LINK_MS = 2 * 24 * 3600 * 1000, RESET_LINK_MS = 3600 * 1000 };

#define LINK_PURPOSE(X, E) X(E, register) X(E, reset)
ENUMERATION(link_purpose, LINK_PURPOSE);

// What a link will do once it is opened. A registration is only kept here until then, so that
// nobody can put a password of theirs on somebody else's e-mail.
#define LINK(F, S)                                                                                 \
    F(S, text, token_hash, .doc = "SHA-256 of the token in the mail.")                             \
    F(S, one_of(link_purpose), purpose, .doc = "What it is for.")                                  \
    F(S, text, email, .doc = "As it was typed.")                                                   \
    F(S, text, email_key, .doc = "In small letters.")                                              \
    F(S, text, name, .optional = true, .doc = "Of the account to be.")                             \
    F(S, text, password_hash, .optional = true, .secret = true, .doc = "Of the account to be.")    \
    F(S, time, expires_at, .doc = "Until when it works.")
SHAPE(link, LINK);

QUERY_RUN(link_insert, link,
          "INSERT INTO user_link (token_hash, purpose, email, email_key, name, password_hash,"
          " expires_at) VALUES (:token_hash, :purpose, :email, :email_key, :name, :password_hash,"
          " :expires_at)");
// Taken by deleting it: of two that open a link at once one gets the row.
QUERY_ROW(link_take, link, link,
          "DELETE FROM user_link WHERE token_hash = :token_hash AND purpose = :purpose"
          " AND expires_at > :now RETURNING token_hash, purpose, email, email_key, name,"
          " password_hash, expires_at");
QUERY_RUN(link_delete_expired, link, "DELETE FROM user_link WHERE expires_at <= :now");

static const char *hash_token(struct rq *rq, const char *token)
{
    return sha256_hex(rq->arena, token, strlen(token));
}

// The e-mail is the key: mails to one person leave in the order of their making.
static enum err tell_by_mail(struct rq *rq, const char *topic, const struct user_mail *mail)
{
    return outbox_add(rq->db, topic, mail->email, json_text(&user_mail_shape, mail, rq->arena));
}

// Stores the link and mails its token.
static enum err mail_link(struct rq *rq, struct link *link, const char *topic, const char *name)
{
    char token[SESSION_TOKEN_SIZE];
    random_token(token, sizeof token, 32);
    link->token_hash = hash_token(rq, token);
    enum err err = link_insert(rq, link, NULL);
    struct user_mail mail = {.email = link->email, .name = name, .token = token};
    return err == ERR_OK ? tell_by_mail(rq, topic, &mail) : err;
}

// A known e-mail is told by mail that it has an account; the page says the same in both cases.
STEP(registration_keep, link, nothing)
{
    struct account known;
    struct link link = *in;
    enum err err = account_find(rq, in->email_key, &known);
    if (err == ERR_NOT_FOUND)
        return mail_link(rq, &link, "user.registered", in->name);
    struct user_mail mail = {.email = known.email, .name = known.name};
    return err == ERR_OK ? tell_by_mail(rq, "user.known", &mail) : err;
}

#define USER_NEW(F, S)                                                                             \
    EMAIL_FIELD(F, S)                                                                              \
    PASSWORD_FIELD(F, S)                                                                           \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "How to call you.")
SHAPE(user_new, USER_NEW);

#define MAIL_SENT(F, S)                                                                            \
    F(S, text, email, .max = 254, .doc = "Where a mail is on its way to.")                         \
    F(S, text, detail, .doc = "What to do next.")
SHAPE(mail_sent, MAIL_SENT);

HANDLER(user_create, user_new, mail_sent)
{
    struct nothing none;
    struct link link = {
        .purpose = link_purpose_register,
        .email = in->email,
        .email_key = email_key(rq, in->email),
        .name = in->name,
        .password_hash = password_hash(rq, in->password),
        .expires_at = rq->now_ms + REGISTER_LINK_MS,
    };
    out->email = in->email;
    out->detail = "Open the link in the mail that we have sent you to finish your registration.";
    return registration_keep(rq, &link, &none);
}

#define LINK_TOKEN(F, S)                                                                           \
    F(S, text, token, .min = 20, .max = 100, .secret = true, .doc = "Out of the mailed link.")
SHAPE(link_token, LINK_TOKEN);

static enum err link_is_dead(struct rq *rq)
{
    return fail(rq, ERR_NOT_FOUND, "this link has been used or is too old; ask for a new one");
}

// The account begins here, not with the registration. Nobody has to clean up accounts that were
// never confirmed, and whoever opens the link is logged in: they hold the mailbox.
HANDLER(email_verify, link_token, login_session)
{
    struct link key = {.token_hash = hash_token(rq, in->token), .purpose = link_purpose_register};
    struct link link;
    enum err err = link_take(rq, &key, &link);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? link_is_dead(rq) : err;
    struct account account = {
        .id = uuid_new(),
        .email = link.email,
        .email_key = link.email_key,
        .name = link.name,
        .password_hash = link.password_hash,
        .created_at = rq->now_ms,
    };
    err = account_insert(rq, &account);
    if (err == ERR_CONFLICT) // another link for the same e-mail was opened first
        return link_is_dead(rq);
    return err == ERR_OK ? login_start(rq, &account, true, out) : err;
}

#define RESET_NEW(F, S) EMAIL_FIELD(F, S)
SHAPE(reset_new, RESET_NEW);

HANDLER(password_reset_create, reset_new, mail_sent)
{
    struct account account;
    out->email = in->email;
    out->detail = "If there is an account with this e-mail, a mail is on its way to it.";
    enum err err = account_find(rq, email_key(rq, in->email), &account);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    struct link link = {
        .purpose = link_purpose_reset,
        .email = account.email,
        .email_key = account.email_key,
        .expires_at = rq->now_ms + RESET_LINK_MS,
    };
    return mail_link(rq, &link, "user.reset", account.name);
}

#define RESET_USE(F, S)                                                                            \
    LINK_TOKEN(F, S)                                                                               \
    PASSWORD_FIELD(F, S)
SHAPE(reset_use, RESET_USE);

// Whoever had a session before does not keep it: the old password may have been in the wrong hands.
STEP(reset_apply, link, nothing)
{
    struct link link;
    struct account account;
    struct uuid none = {""};
    enum err err = link_take(rq, in, &link);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? link_is_dead(rq) : err;
    err = account_find(rq, link.email_key, &account);
    if (err == ERR_OK)
        err = account_set_password(rq, &account.id, in->password_hash);
    if (err == ERR_OK)
        err = session_end_all(rq, &account.id, &none);
    return err == ERR_OK ? login_unlock(rq, account.email_key) : err;
}

// The hash is made before it is known whether the link works, outside the transaction.
HANDLER(password_reset_use, reset_use, nothing)
{
    struct link link = {
        .token_hash = hash_token(rq, in->token),
        .purpose = link_purpose_reset,
        .password_hash = password_hash(rq, in->password),
    };
    return reset_apply(rq, &link, out);
}

STEP(links_expire, nothing, nothing)
{
    return link_delete_expired(rq, &(struct link){.expires_at = 0}, NULL);
}

static enum err expire_links(struct rq *rq)
{
    struct nothing none = {0};
    return links_expire(rq, &none, &none);
}
JOB(user_link_expiry, HOUR_MS, expire_links);

static const struct route register_routes[] = {
    {POST, "/api/v1/users", &user_create_handler, 202, ROLE_ANYONE, "Register; a mail follows.",
     .flags = ROUTE_CONDUCTS | ROUTE_GUARDED},
    {POST, "/api/v1/email-verifications", &email_verify_handler, 200, ROLE_ANYONE,
     "Finish a registration with the mailed token, and log in.", .flags = ROUTE_GUARDED},
    {POST, "/api/v1/password-resets", &password_reset_create_handler, 202, ROLE_ANYONE,
     "Ask for a mail to choose a new password.", .flags = ROUTE_GUARDED},
    {POST, "/api/v1/password-resets/{token}", &password_reset_use_handler, 204, ROLE_ANYONE,
     "Choose a new password; ends all sessions.", .flags = ROUTE_CONDUCTS | ROUTE_GUARDED},
};
ROUTES(user, register_routes);
