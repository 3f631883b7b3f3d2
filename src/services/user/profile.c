// A customer's own page: name, password, addresses.
//
// Everything here is about rq->caller.user_id. No address of these routes carries a user's id, and
// every statement about an address has `user_id = :user_id`, so a customer who guesses the id of
// somebody else's gets 404 like for one that never was.
#include <string.h>

#include "app/session.h"
#include "core/uuid.h"
#include "services/user/account.h"
#include "services/user/login.h"
#include "services/user/user.h"

#define USER_PATCH(F, S)                                                                           \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .optional = true,                \
      .doc = "How to call you.")
SHAPE(user_patch, USER_PATCH);

#define USER_NAME(F, S)                                                                            \
    F(S, uuid, id, .doc = "Account.")                                                              \
    F(S, text, name, .doc = "New name.")
SHAPE(user_name, USER_NAME);

QUERY_RUN(account_new_name, user_name,
          "UPDATE user_account SET name = :name, updated_at = :now WHERE id = :id");

static enum err show_me(struct rq *rq, struct user *out)
{
    struct account account;
    enum err err = account_get(rq, &rq->caller.user_id, &account);
    if (err == ERR_OK)
        account_show(rq, &account, out);
    return err;
}

HANDLER(user_show, nothing, user)
{
    return show_me(rq, out);
}

HANDLER(user_update, user_patch, user)
{
    struct user_name name = {.id = rq->caller.user_id, .name = in->name};
    enum err err = in->name != NULL ? account_new_name(rq, &name, NULL) : ERR_OK;
    return err == ERR_OK ? show_me(rq, out) : err;
}

#define PASSWORD_CHANGE(F, S)                                                                      \
    F(S, text, current_password, .min = 1, .max = PASSWORD_MAX, .secret = true, .doc = "The old.") \
    PASSWORD_FIELD(F, S)
SHAPE(password_change, PASSWORD_CHANGE);

SNAPSHOT(account_of_caller, nothing, account)
{
    return account_get(rq, &rq->caller.user_id, out);
}

#define PASSWORD_SWAP(F, S)                                                                        \
    F(S, uuid, id, .doc = "Account.")                                                              \
    F(S, text, old_hash, .secret = true, .doc = "What the old password was right for.")            \
    F(S, text, new_hash, .secret = true, .doc = "What takes its place.")
SHAPE(password_swap, PASSWORD_SWAP);

static enum err old_not_right(struct rq *rq)
{
    return fail_field(rq, "current_password", "is not right");
}

// The session that asks stays; all others end. Hashing took its time: the old password may have
// been replaced meanwhile, and is right for nothing then.
STEP(password_replace, password_swap, nothing)
{
    struct account now;
    enum err err = account_get(rq, &in->id, &now);
    if (err == ERR_OK && strcmp(now.password_hash, in->old_hash) != 0)
        return old_not_right(rq);
    if (err == ERR_OK)
        err = login_unlock(rq, now.email_key);
    if (err == ERR_OK)
        err = account_set_password(rq, &in->id, in->new_hash);
    return err == ERR_OK ? session_end_all(rq, &in->id, &rq->caller.session_id) : err;
}

HANDLER(user_password, password_change, nothing)
{
    struct account account;
    struct nothing none = {0};
    enum err err = account_of_caller(rq, &none, &account);
    if (err == ERR_OK)
        err = login_may_try(rq, account.email_key);
    if (err != ERR_OK)
        return err;
    // Who has taken over a session must not find out the password by it.
    if (!password_right(account.password_hash, in->current_password)) {
        err = login_count_wrong(rq, account.email_key);
        return err == ERR_OK ? old_not_right(rq) : err;
    }
    struct password_swap swap = {
        .id = account.id,
        .old_hash = account.password_hash,
        .new_hash = password_hash(rq, in->password),
    };
    return password_replace(rq, &swap, out);
}

#define ADDRESS(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the address.")                                                       \
    ADDRESS_FIELDS(F, S)                                                                           \
    F(S, bool, is_default, .doc = "Whether checkout starts with it.")
SHAPE(user_address, ADDRESS);

#define ADDRESS_NEW(F, S)                                                                          \
    ADDRESS_FIELDS(F, S)                                                                           \
    F(S, bool, is_default, .optional = true, .doc = "Whether checkout starts with it.")
SHAPE(user_address_new, ADDRESS_NEW);

#define OPTIONAL_LINE(F, S, name_, min_, max_)                                                     \
    F(S, text, name_, .min = min_, .max = max_, .format = FORMAT_LINE, .optional = true,           \
      .doc = "Replaces it.")
#define ADDRESS_PATCH(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the address.")                                                       \
    OPTIONAL_LINE(F, S, name, 1, 200)                                                              \
    OPTIONAL_LINE(F, S, company, 0, 200)                                                           \
    OPTIONAL_LINE(F, S, line1, 1, 200)                                                             \
    OPTIONAL_LINE(F, S, line2, 0, 200)                                                             \
    OPTIONAL_LINE(F, S, city, 1, 100)                                                              \
    OPTIONAL_LINE(F, S, region, 0, 100)                                                            \
    OPTIONAL_LINE(F, S, postcode, 0, 20)                                                           \
    F(S, text, country, .format = FORMAT_COUNTRY, .optional = true, .doc = "Replaces it.")         \
    OPTIONAL_LINE(F, S, phone, 0, 40)                                                              \
    F(S, bool, is_default, .optional = true, .doc = "Replaces it.")
SHAPE(user_address_patch, ADDRESS_PATCH);

#define ADDRESS_ROW(F, S)                                                                          \
    ADDRESS(F, S)                                                                                  \
    F(S, uuid, user_id, .doc = "Whose.")
SHAPE(user_address_row, ADDRESS_ROW);

#define ADDRESS_ID(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the address.")                                                       \
    F(S, uuid, user_id, .doc = "Whose.")
SHAPE(user_address_key, ADDRESS_ID);

#define ADDRESS_REMOVED(F, S) F(S, uuid, id, .doc = "Of the address.")
SHAPE(user_address_id, ADDRESS_REMOVED);

#define ADDRESS_COLUMNS                                                                            \
    "id, name, company, line1, line2, city, region, postcode, country, phone, is_default"

QUERY_LIST(address_list, user_address_key, user_address,
           "SELECT " ADDRESS_COLUMNS " FROM user_address WHERE user_id = :user_id"
           " ORDER BY is_default DESC, created_at, id LIMIT 100");
QUERY_ROW(address_find, user_address_key, user_address,
          "SELECT " ADDRESS_COLUMNS " FROM user_address WHERE id = :id AND user_id = :user_id");
QUERY_RUN(address_insert, user_address_row,
          "INSERT INTO user_address (" ADDRESS_COLUMNS ", user_id, created_at) VALUES (:id, :name,"
          " :company, :line1, :line2, :city, :region, :postcode, :country, :phone, :is_default,"
          " :user_id, :now)");
QUERY_RUN(
    address_store, user_address_row,
    "UPDATE user_address SET name = :name, company = :company, line1 = :line1, line2 = :line2,"
    " city = :city, region = :region, postcode = :postcode, country = :country,"
    " phone = :phone, is_default = :is_default WHERE id = :id AND user_id = :user_id");
QUERY_RUN(address_delete, user_address_key,
          "DELETE FROM user_address WHERE id = :id AND user_id = :user_id");
QUERY_RUN(address_no_default, user_address_row,
          "UPDATE user_address SET is_default = FALSE WHERE user_id = :user_id AND id <> :id"
          " AND is_default");

#define ADDRESSES(F, S) F(S, list(user_address), items, .doc = "The default one first.")
SHAPE(user_addresses, ADDRESSES);

// In the transaction of the write that makes another one the default; the first address is it by
// itself.
static enum err keep_one_default(struct rq *rq, const struct user_address_row *row)
{
    return row->is_default ? address_no_default(rq, row, NULL) : ERR_OK;
}

HANDLER(user_address_list, nothing, user_addresses)
{
    return address_list(rq, &(struct user_address_key){.user_id = rq->caller.user_id}, &out->items);
}

HANDLER(user_address_create, user_address_new, user_address)
{
    struct user_address_list have;
    struct user_address_row row = {.id = uuid_new(), .user_id = rq->caller.user_id};
    struct user_address_key owner = {.user_id = rq->caller.user_id};
    enum err err = address_list(rq, &owner, &have);
    if (err == ERR_OK && have.count >= LIMIT_LIST_DEFAULT)
        return fail(rq, ERR_CONFLICT, "there are %d addresses already", LIMIT_LIST_DEFAULT);
    shape_patch(&user_address_row_shape, &row, &user_address_new_shape, in);
    row.is_default |= have.count == 0;
    if (err == ERR_OK)
        err = address_insert(rq, &row, NULL);
    if (err == ERR_OK)
        err = keep_one_default(rq, &row);
    shape_patch(&user_address_shape, out, &user_address_new_shape, in);
    out->id = row.id;
    out->is_default = row.is_default;
    return err;
}

HANDLER(user_address_update, user_address_patch, user_address)
{
    struct user_address_key key = {.id = in->id, .user_id = rq->caller.user_id};
    enum err err = address_find(rq, &key, out);
    if (err != ERR_OK)
        return err;
    shape_patch(&user_address_shape, out, &user_address_patch_shape, in);
    struct user_address_row row = {.user_id = rq->caller.user_id};
    out->set = ~UINT64_C(0); // the row takes every field, absent ones as absent
    shape_patch(&user_address_row_shape, &row, &user_address_shape, out);
    err = address_store(rq, &row, NULL);
    return err == ERR_OK ? keep_one_default(rq, &row) : err;
}

HANDLER(user_address_remove, user_address_id, nothing)
{
    i64 deleted;
    struct user_address_key key = {.id = in->id, .user_id = rq->caller.user_id};
    enum err err = address_delete(rq, &key, &deleted);
    return err == ERR_OK && deleted == 0 ? ERR_NOT_FOUND : err;
}

static const struct route profile_routes[] = {
    {GET, "/api/v1/users/me", &user_show_handler, 200, ROLE_CUSTOMER, "One's own account."},
    {PATCH, "/api/v1/users/me", &user_update_handler, 200, ROLE_CUSTOMER, "Change one's name."},
    {POST, "/api/v1/users/me/password", &user_password_handler, 204, ROLE_CUSTOMER,
     "Change one's password; ends all other sessions.", .flags = ROUTE_CONDUCTS},
    {GET, "/api/v1/users/me/addresses", &user_address_list_handler, 200, ROLE_CUSTOMER,
     "One's addresses."},
    {POST, "/api/v1/users/me/addresses", &user_address_create_handler, 201, ROLE_CUSTOMER,
     "Add an address."},
    {PATCH, "/api/v1/users/me/addresses/{id}", &user_address_update_handler, 200, ROLE_CUSTOMER,
     "Change an address."},
    {DELETE, "/api/v1/users/me/addresses/{id}", &user_address_remove_handler, 204, ROLE_CUSTOMER,
     "Remove an address."},
};
ROUTES(user, profile_routes);
