// Logging in: the session as the API shows it, and the brake on guessing.
#ifndef SOUK_SERVICES_USER_LOGIN_H
#define SOUK_SERVICES_USER_LOGIN_H

#include "services/user/account.h"
#include "services/user/preferences.h"

#define LOGIN_SESSION(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the session.")                                                       \
    F(S, nested(user), user, .doc = "Who is logged in.")                                           \
    F(S, text, csrf_token, .doc = "Sent as X-CSRF-Token with every write of a cookie session.")    \
    F(S, text, token, .optional = true, .secret = true, .doc = "For bearer sessions, told once.")  \
    F(S, time, expires_at, .doc = "When it ends.")                                                 \
    F(S, uuid, cart_id, .optional = true, .doc = "The customer's open cart.")                      \
    F(S, nested(preferences), preferences, .doc = "How they want to see the shop.")
SHAPE(login_session, LOGIN_SESSION);

// Starts a session of the account in the transaction of rq.
CHECKED enum err login_start(struct rq *rq, const struct account *account, bool by_cookie,
                             struct login_session *out);
// Forgets failed log-ins.
CHECKED enum err login_unlock(struct rq *rq, const char *email_key);

// For whatever asks for a password, outside transactions. ERR_RATE_LIMITED, with the wait, when too
// many wrong ones were given for the e-mail.
CHECKED enum err login_may_try(struct rq *rq, const char *email_key);
// Counts a wrong one; from the fifth on the e-mail is locked, twice as long each time.
CHECKED enum err login_count_wrong(struct rq *rq, const char *email_key);

#endif
