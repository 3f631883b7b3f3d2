// Accounts as the files of this folder share them: the row, its look-ups, passwords, links.
#ifndef SOUK_SERVICES_USER_ACCOUNT_H
#define SOUK_SERVICES_USER_ACCOUNT_H

#include "app/declare.h"

#define ACCOUNT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Account.")                                                              \
    F(S, text, email, .doc = "As it was typed.")                                                   \
    F(S, text, email_key, .doc = "In small letters.")                                              \
    F(S, text, name, .doc = "For greetings.")                                                      \
    F(S, text, password_hash, .secret = true, .doc = "argon2id, with its parameters.")             \
    F(S, i64, roles, .doc = "Bits of enum role.")                                                  \
    F(S, time, created_at, .doc = "When.")
SHAPE(account, ACCOUNT);

#define USER(F, S)                                                                                 \
    F(S, uuid, id, .doc = "Of the user.")                                                          \
    F(S, text, email, .max = 254, .doc = "E-mail.")                                                \
    F(S, text, name, .max = 100, .doc = "How they want to be called.")                             \
    F(S, texts, roles, .doc = "customer, catalog, orders, support, admin.")                        \
    F(S, bool, verified, .doc = "Whether the e-mail is theirs; true for every account.")           \
    F(S, time, created_at, .doc = "When the account was made.")
SHAPE(user, USER);

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 200 };
#define EMAIL_FIELD(F, S)                                                                          \
    F(S, text, email, .min = 3, .max = 254, .format = FORMAT_EMAIL, .doc = "E-mail.")
#define PASSWORD_FIELD(F, S)                                                                       \
    F(S, text, password, .min = PASSWORD_MIN, .max = PASSWORD_MAX, .secret = true,                 \
      .doc = "At least 10 characters.")

// The e-mail in small letters: what accounts are found by.
const char *email_key(struct rq *rq, const char *email);
// Reads one account; ERR_NOT_FOUND. In a transaction or snapshot.
CHECKED enum err account_find(struct rq *rq, const char *email_key, struct account *out);
CHECKED enum err account_get(struct rq *rq, const struct uuid *id, struct account *out);
// ERR_CONFLICT when the e-mail has an account.
CHECKED enum err account_insert(struct rq *rq, const struct account *account);
CHECKED enum err account_set_password(struct rq *rq, const struct uuid *id, const char *hash);
CHECKED enum err account_set_roles(struct rq *rq, const struct uuid *id, unsigned roles);
void account_show(struct rq *rq, const struct account *account, struct user *out);

// argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet, 2023): tens of
// milliseconds, so never inside a transaction.
const char *password_hash(struct rq *rq, const char *password);
// A NULL hash, of an account that does not exist, takes as long and is never right.
bool password_right(const char *hash, const char *password);

#endif
