// Log-in sessions: an unguessable token, of which only the hash is stored.
//
// Processes without the user service look into Redis first (app/copies.h), and ask it when there is
// nothing or what is there is older than SESSION_FRESH_MS. Staff are always asked for. So when
// Redis could not be told that a session has ended, or that roles have changed, a customer's
// session goes on for SESSION_FRESH_MS there, and for SESSION_STALE_MS when the user service does
// not answer either; a role that was taken away is gone at once.
//
// The table is not DB_LOCAL (data/query.h): a log-out that was answered outlives a failover.
#ifndef SOUK_APP_SESSION_H
#define SOUK_APP_SESSION_H

#include "app/declare.h"

#define SESSION_COOKIE "souk_session"

#define SESSION(F, S)                                                                              \
    F(S, uuid, id, .doc = "Identifies the session, not a secret.")                                 \
    F(S, uuid, user_id, .doc = "Whose it is.")                                                     \
    F(S, text, email, .doc = "E-mail of the user when it began.")                                  \
    F(S, i64, roles, .doc = "Bits of enum role.")                                                  \
    F(S, text, csrf_token, .doc = "Sent back in X-CSRF-Token with every write.")                   \
    F(S, bool, by_cookie, .doc = "Carried by the cookie, not by an Authorization header.")         \
    F(S, text, user_agent, .optional = true, .doc = "What the browser called itself.")             \
    F(S, time, created_at, .doc = "When it began.")                                                \
    F(S, time, expires_at, .doc = "When it ends at the latest.")                                   \
    F(S, i64, version, .doc = "Grows with every change of it.")
SHAPE(session, SESSION);

enum { SESSION_TOKEN_SIZE = 44 }; // 32 bytes in base64url and a NUL
enum { SESSION_FRESH_MS = 30 * 1000, SESSION_STALE_MS = 15 * 60 * 1000 };

#define SESSION_TOKEN_HASH(F, S)                                                                   \
    F(S, text, token_hash, .min = 64, .max = 64, .doc = "SHA-256 of the token, hexadecimal.")
SHAPE(session_token_hash, SESSION_TOKEN_HASH);
// Sessions are the user service's: every other process asks it whose a token is. ERR_NOT_FOUND when
// it is nobody's any more.
CALL(session_find, session_token_hash, session);
// The same out of Redis where that will do, as said above.
CHECKED enum err session_look_up(struct rq *rq, const struct session_token_hash *key,
                                 struct session *out);
// What the user service's handler of that name does.
CHECKED enum err session_by_hash(struct rq *rq, const struct session_token_hash *in,
                                 struct session *out);

// Starts a session in the transaction of rq; sets the cookie unless it is a bearer session. The
// token is told this once.
CHECKED enum err session_start_for(struct rq *rq, const struct session *wanted, struct session *out,
                                   char token[SESSION_TOKEN_SIZE]);
// Fills rq->caller from the request's Authorization header or cookie; a guest when there is
// neither. ERR_UNAUTHENTICATED when there is one that is not, or no longer, good.
CHECKED enum err session_resume(struct rq *rq);
// True when the request carries a token at all.
bool session_carried(const struct rq *rq);
// Ends one session of the user; ERR_NOT_FOUND when it is not theirs.
CHECKED enum err session_end(struct rq *rq, const struct uuid *id, const struct uuid *user_id);
// Ends all sessions of a user but `keep` (empty: all).
CHECKED enum err session_end_all(struct rq *rq, const struct uuid *user_id,
                                 const struct uuid *keep);
CHECKED enum err session_list_of(struct rq *rq, const struct uuid *user_id,
                                 struct session_list *out);
// New roles for all sessions of a user, at once.
CHECKED enum err session_set_roles(struct rq *rq, const struct uuid *user_id, unsigned roles);
// Tells the browser to forget the cookie.
void session_forget_cookie(struct rq *rq);

#endif
