// Accounts and passwords. Contract in account.h.
//
// An account is found by email_key, the e-mail in small letters, and by nothing else that a person
// types. The part before the @ may mind case by RFC 5321 (section 2.4), but no mail server of today
// tells Ann@ from ann@, and two accounts that differ by it would be a trap. `email` keeps the
// spelling, for mails.
#include "services/user/account.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/audit_sql.h"
#include "core/str.h"

// Not the accounts themselves: a password that was reset must not come back.
DB_LOCAL(user, "user_preference", "login_failure");

// Two statements and not a join: with the id at hand PostgreSQL looks into one partition of the
// accounts.
QUERY_ROW(account_id_of_email, account, account,
          "SELECT user_id AS id FROM user_email WHERE email_key = :email_key");
QUERY_ROW(account_by_id, account, account,
          "SELECT id, email, email_key, name, password_hash, roles, created_at FROM user_account"
          " WHERE id = :id");
// Of two who register the same e-mail at once one gets the row.
QUERY_RUN(email_claim, account,
          "INSERT INTO user_email (email_key, user_id) VALUES (:email_key, :id)"
          " ON CONFLICT DO NOTHING");
QUERY_RUN(account_new, account,
          "INSERT INTO user_account (id, email, email_key, name, password_hash, roles, created_at,"
          " updated_at)"
          " VALUES (:id, :email, :email_key, :name, :password_hash, :roles, :now, :now)");
QUERY_RUN(
    account_new_password, account,
    "UPDATE user_account SET password_hash = :password_hash, updated_at = :now WHERE id = :id");
QUERY_RUN(account_new_roles, account,
          "UPDATE user_account SET roles = :roles, updated_at = :now WHERE id = :id");

QUERY_AUDIT(account_emails,
            "SELECT 'the e-mail ' || COALESCE(e.email_key, 'none') || ' is that of account ' ||"
            " COALESCE(e.user_id, u.id) || ', which has ' || COALESCE(u.email_key, 'no row')"
            " AS sentence FROM user_email e FULL JOIN user_account u ON u.id = e.user_id"
            " WHERE u.id IS NULL OR e.user_id IS NULL OR u.email_key <> e.email_key");

const char *email_key(struct rq *rq, const char *email)
{
    return str_lower(rq->arena, email);
}

enum err account_find(struct rq *rq, const char *key, struct account *out)
{
    struct account found = {0};
    enum err err = account_id_of_email(rq, &(struct account){.email_key = key}, &found);
    return err == ERR_OK ? account_get(rq, &found.id, out) : err;
}

enum err account_get(struct rq *rq, const struct uuid *id, struct account *out)
{
    return account_by_id(rq, &(struct account){.id = *id}, out);
}

enum err account_insert(struct rq *rq, const struct account *account)
{
    i64 claimed;
    enum err err = email_claim(rq, account, &claimed);
    if (err == ERR_OK && claimed == 0)
        return ERR_CONFLICT;
    return err == ERR_OK ? account_new(rq, account, NULL) : err;
}

enum err account_set_password(struct rq *rq, const struct uuid *id, const char *hash)
{
    return account_new_password(rq, &(struct account){.id = *id, .password_hash = hash}, NULL);
}

enum err account_set_roles(struct rq *rq, const struct uuid *id, unsigned roles)
{
    return account_new_roles(rq, &(struct account){.id = *id, .roles = roles}, NULL);
}

void account_show(struct rq *rq, const struct account *account, struct user *out)
{
    static const char *const names[] = {"customer", "catalog", "orders", "support", "admin"};
    // Every account is a customer's; the bits that are stored are those of staff.
    unsigned roles = (unsigned)account->roles | ROLE_CUSTOMER;
    *out = (struct user){
        .id = account->id,
        .email = account->email,
        .name = account->name,
        .roles = {.items = ARENA_ARRAY(rq->arena, const char *, COUNT_OF(names))},
        .verified = true,
        .created_at = account->created_at,
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (roles >> i & 1)
            out->roles.items[out->roles.count++] = names[i];
}

// Memory bounds what a guesser with graphics cards can try at once. It is taken and given back at
// every log-in, so at most 19 MiB for each thread of the pool are in use.
enum { HASH_PASSES = 2, HASH_MEMORY = 19 << 20 };

const char *password_hash(struct rq *rq, const char *password)
{
    char *hash = arena_alloc(rq->arena, crypto_pwhash_STRBYTES);
    int hashed = crypto_pwhash_str(hash, password, strlen(password), HASH_PASSES, HASH_MEMORY);
    assert(hashed == 0); // fails for want of memory only
    return hash;
}

// Of a random password, so that nothing matches it.
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$2xmLJtKuvf7tRH8tHSYhkw$"
                             "yGhRCTBZt3bTe4mUSaIcNbUaOB5bvCxpv7RBVHhMk+o";

// Without an account it verifies against a hash that nothing matches: how long a refusal takes must
// not tell whether an e-mail is known.
bool password_right(const char *hash, const char *password)
{
    char against[crypto_pwhash_STRBYTES] = {0}; // libsodium asks for one of just this size
    snprintf(against, sizeof against, "%s", hash != NULL ? hash : nobody);
    bool matches = crypto_pwhash_str_verify(against, password, strlen(password)) == 0;
    return matches && hash != NULL;
}
