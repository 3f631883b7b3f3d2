// Staff: accounts with roles, made on the command line, and the list of all users.
//
// The first admin is made by whoever has a shell on the server (`souk admin`), with a password that
// is printed once. There is no default password and no page that makes the first account, so nobody
// can be faster than the owner.
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/session.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/user/account.h"
#include "services/user/login.h"

static const struct {
    const char *name;
    unsigned role;
} roles[] = {
    {"admin", ROLE_ADMIN},
    {"catalog", ROLE_CATALOG},
    {"orders", ROLE_ORDERS},
    {"support", ROLE_SUPPORT},
    {"none", 0},
};

#define USER_SEARCH(F, S)                                                                          \
    F(S, text, q, .max = 254, .optional = true, .doc = "Start of the e-mail.")                     \
    F(S, uuid, cursor, .optional = true, .doc = "next_cursor of the page before.")                 \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Users a page; 50.")
SHAPE(user_search, USER_SEARCH);

#define USER_PAGE(F, S)                                                                            \
    F(S, list(user), items, .doc = "In the order of their making, the newest first.")              \
    F(S, uuid, next_cursor, .optional = true, .doc = "For the next page; null at the end.")
SHAPE(user_page, USER_PAGE);

QUERY_LIST(account_search, user_search, account,
           "SELECT id, email, email_key, name, password_hash, roles, created_at FROM user_account"
           " WHERE (:cursor IS NULL OR id < :cursor) AND email_key LIKE :q ESCAPE '\\'"
           " ORDER BY id DESC LIMIT :limit");

// A LIKE pattern for texts that start with this one.
static const char *prefix_pattern(struct rq *rq, const char *prefix)
{
    struct buf pattern = buf_in(rq->arena);
    for (const char *c = prefix; *c != '\0'; c++) {
        if (*c == '%' || *c == '_' || *c == '\\')
            buf_char(&pattern, '\\');
        buf_char(&pattern, *c);
    }
    buf_char(&pattern, '%');
    return buf_as_text(&pattern);
}

HANDLER(admin_user_list, user_search, user_page)
{
    struct user_search search = {.cursor = in->cursor};
    struct account_list accounts;
    i64 limit = IS_SET(in, user_search, limit) ? in->limit : 50;
    search.q = prefix_pattern(rq, in->q != NULL ? email_key(rq, in->q) : "");
    // One more than asked for tells whether there is a next page, without counting.
    SET(&search, user_search, limit, limit + 1);
    enum err err = account_search(rq, &search, &accounts);
    if (err != ERR_OK)
        return err;
    out->items.items = ARENA_ARRAY(rq->arena, struct user, accounts.count);
    for (size_t i = 0; i < accounts.count && i < (size_t)limit; i++)
        account_show(rq, &accounts.items[i], &out->items.items[out->items.count++]);
    if (accounts.count > (size_t)limit)
        out->next_cursor = accounts.items[limit - 1].id;
    return ERR_OK;
}

static bool find_role(const char *name, unsigned *role)
{
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (!str_equal(roles[i].name, name))
            continue;
        *role = roles[i].role;
        return true;
    }
    return false;
}

#define USER_ROLES(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the user.")                                                          \
    F(S, texts, roles, .max = 5, .doc = "admin, catalog, orders, support; none takes all away.")
SHAPE(user_roles, USER_ROLES);

// In force at once, also for who is logged in. An admin cannot lock the last door behind
// themselves.
HANDLER(admin_user_roles, user_roles, user)
{
    struct account account;
    unsigned all = 0;
    for (size_t i = 0; i < in->roles.count; i++) {
        unsigned role;
        if (!find_role(in->roles.items[i], &role))
            return fail_field(rq, "roles", "there is no role %s", in->roles.items[i]);
        all |= role;
    }
    if (uuid_equal(&in->id, &rq->caller.user_id) && (all & ROLE_ADMIN) == 0)
        return fail(rq, ERR_CONFLICT, "you cannot take the admin role from yourself");
    enum err err = account_get(rq, &in->id, &account);
    if (err == ERR_OK)
        err = account_set_roles(rq, &in->id, all);
    if (err == ERR_OK)
        err = session_set_roles(rq, &in->id, all);
    account.roles = all;
    if (err == ERR_OK)
        account_show(rq, &account, out);
    return err;
}

static const struct route staff_routes[] = {
    {GET, "/api/v1/admin/users", &admin_user_list_handler, 200, ROLE_SUPPORT | ROLE_ORDERS,
     "Users, the newest first."},
    {PUT, "/api/v1/admin/users/{id}/roles", &admin_user_roles_handler, 200, ROLE_ADMIN,
     "Give a user other roles."},
};
ROUTES(user, staff_routes);

// Makes the account, or gives a known one new roles and a new password.
STEP(staff_put, account, nothing)
{
    struct account known, fresh = *in;
    struct uuid nobody = {""};
    enum err err = account_find(rq, in->email_key, &known);
    if (err == ERR_NOT_FOUND) {
        fresh.id = uuid_new();
        return account_insert(rq, &fresh);
    }
    if (err == ERR_OK)
        err = account_set_password(rq, &known.id, in->password_hash);
    if (err == ERR_OK)
        err = account_set_roles(rq, &known.id, (unsigned)in->roles);
    if (err == ERR_OK)
        // A new password is given because somebody lost it or had it who should not: who is logged
        // in has to show it again.
        err = session_end_all(rq, &known.id, &nobody);
    return err == ERR_OK ? login_unlock(rq, in->email_key) : err;
}

static enum err put(struct rq *rq, const char *email, const char *name, unsigned role,
                    const char *password)
{
    struct nothing none;
    struct account account = {
        .email = email,
        .email_key = email_key(rq, email),
        .name = name,
        .password_hash = password_hash(rq, password),
        .roles = role,
        .created_at = rq->now_ms,
    };
    return staff_put(rq, &account, &none);
}

static const struct field email_field = {
    .name = "email", .kind = KIND_TEXT, .min = 3, .max = 254, .format = FORMAT_EMAIL};

static int run_put(struct command *command, const char *email, unsigned role, const char *name)
{
    char password[24];
    random_token(password, sizeof password, 15);
    if (command_open(command) == NULL)
        return 1;
    struct rq *rq = rq_begin(command->app, "admin", MINUTE_MS);
    enum err err = put(rq, email, name, role, password);
    int status = err == ERR_OK ? 0 : command_fail_problem(err_title(err), &rq->problem);
    if (status == 0)
        printf("%s can log in with the password %s\n", email, password);
    rq_end(rq);
    return status;
}

static int admin(struct command *command)
{
    const char *role_name = command_option(command, "--role");
    const char *name = command_option(command, "--name");
    struct problem problem = {.arena = command->arena};
    unsigned role = ROLE_ADMIN;
    if (role_name != NULL && !find_role(role_name, &role))
        return command_fail("--role must be admin, catalog, orders, support or none");
    if (command->count != 1)
        return command_fail("usage: souk admin EMAIL [--role ROLE] [--name NAME]");
    const char *email = command->words[0];
    field_check(&email_field, &email, email, &problem);
    if (problem.count > 0)
        return command_fail_problem("e-mail", &problem);
    return run_put(command, email, role, name != NULL ? name : "Staff");
}
COMMAND(admin, "EMAIL [--role admin|catalog|orders|support|none] [--name NAME]",
        "Makes a staff account, or gives a known account a role and a new password.", admin);
