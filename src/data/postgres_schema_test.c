// Tests of the services' schemas and roles, in a scratch database on the server of
// SOUK_TEST_POSTGRES: what a role may, and above all what it may not.
#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "core/uuid.h"
#include "data/postgres_schema.h"
#include "data/query.h"
#include "data/test_db.h"

// Roles' names that need their quotes.
#define ROLE_OWNER "owner"
#define ROLE_ORDER "\"order\""
#define ROLE_MONEY "'money'; --"

struct scratch {
    struct test *t;
    const char *server; // as its superuser, outside the database
    const char *admin;  // as its superuser
    const char *owner;  // as who may create roles and has the database, and no more
    const char *order, *money;
};

static const char *const order_only[] = {"order"};
static const char *const money_both[] = {"payment", "inventory"};
static const struct schemas order = {order_only, 1}, money = {money_both, 2};

static void ignore_notice(UNUSED void *context, UNUSED const PGresult *result)
{
}

// The value of the first column of the first row, "" without rows, or the server's sentence.
static const char *ask(const struct scratch *scratch, const char *url, const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    const char *failed = strstr(PQerrorMessage(connection), "FATAL:"), *answer = "";
    failed = arena_text(scratch->t->arena, failed != NULL ? failed : "no answer");
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (PQstatus(connection) != CONNECTION_OK)
        answer = failed;
    else if (status == PGRES_TUPLES_OK && PQntuples(result) > 0)
        answer = PQgetvalue(result, 0, 0);
    else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        answer = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    answer = str_trim(scratch->t->arena, answer);
    PQclear(result);
    PQfinish(connection);
    return answer;
}

static const char *role_name(const struct scratch *scratch, const char *role)
{
    return arena_printf(scratch->t->arena, "souk test %d %s", (int)getpid(), role);
}

static const char *sql_name(const struct scratch *scratch, const char *role)
{
    struct arena *arena = scratch->t->arena;
    const char *quoted = "\"";
    for (const char *at = role_name(scratch, role); *at != '\0'; at++)
        quoted = arena_printf(arena, "%s%s%c", quoted, *at == '"' ? "\"" : "", *at);
    return arena_printf(arena, "%s\"", quoted);
}

static const char *url_of(const struct scratch *scratch, const char *role, const char *password)
{
    struct arena *arena = scratch->t->arena;
    const char *url = arena_printf(arena, "%s%sdbname=souk_test_%d", scratch->server,
                                   strchr(scratch->server, '?') != NULL ? "&" : "?", (int)getpid());
    if (role == NULL)
        return url;
    return arena_printf(arena, "%s&user=%s&password=%s", url,
                        url_encode(arena, role_name(scratch, role)), url_encode(arena, password));
}

static void drop_scratch(const struct scratch *scratch)
{
    struct test *t = scratch->t;
    const char *const roles[] = {ROLE_ORDER, ROLE_MONEY, ROLE_OWNER};
    CHECK_TEXT(ask(scratch, scratch->server,
                   arena_printf(t->arena, "DROP DATABASE IF EXISTS souk_test_%d WITH (FORCE)",
                                (int)getpid())),
               "");
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        CHECK_TEXT(
            ask(scratch, scratch->server,
                arena_printf(t->arena, "DROP ROLE IF EXISTS %s", sql_name(scratch, roles[i]))),
            "");
}

// False when there is no server.
static bool make_scratch(struct test *t, struct scratch *scratch)
{
    if (test_postgres_url(t) == NULL)
        return false;
    *scratch = (struct scratch){.t = t, .server = getenv("SOUK_TEST_POSTGRES")};
    scratch->admin = url_of(scratch, NULL, NULL);
    scratch->owner = url_of(scratch, ROLE_OWNER, "its own");
    scratch->order = url_of(scratch, ROLE_ORDER, "it's a \"secret\\");
    scratch->money = url_of(scratch, ROLE_MONEY, "another");
    drop_scratch(scratch);
    const char *owner = sql_name(scratch, ROLE_OWNER);
    CHECK_TEXT(
        ask(scratch, scratch->server,
            arena_printf(t->arena, "CREATE ROLE %s LOGIN CREATEROLE PASSWORD 'its own'", owner)),
        "");
    CHECK_TEXT(
        ask(scratch, scratch->server,
            arena_printf(t->arena, "CREATE DATABASE souk_test_%d OWNER %s", (int)getpid(), owner)),
        "");
    return true;
}

static void migrate_as(const struct scratch *scratch, const struct schemas *schemas,
                       const char *url)
{
    struct test *t = scratch->t;
    struct problem problem = {.arena = t->arena};
    CHECK_I64(schemas_migrate(schemas, scratch->owner, url, &problem), ERR_OK);
    CHECK_TEXT(problem.detail, NULL);
}

static void check_refused(const struct scratch *scratch, const char *owner, const char *url,
                          enum err expected, const char *detail)
{
    struct test *t = scratch->t;
    struct problem problem = {.arena = t->arena};
    CHECK_I64(schemas_migrate(&order, owner, url, &problem), expected);
    CHECK_TEXT(problem.detail, detail);
}

static const char *unfit(struct test *t, const char *role, const char *excess)
{
    return arena_printf(t->arena, "the role %s cannot be a service's: it %s; name another one",
                        role, excess);
}

// Statements that one role may or may not run.
struct saying {
    const char *sql, *answer;
};

static void check_sayings(const struct scratch *scratch, const char *url,
                          const struct saying *sayings, size_t count)
{
    struct test *t = scratch->t;
    for (size_t i = 0; i < count; i++)
        CHECK_TEXT(ask(scratch, url, sayings[i].sql), sayings[i].answer);
}

TEST(schemas_apart)
{
    static const struct saying of_order[] = {
        {"SELECT COUNT(*) FROM cart", "0"},
        {"UPDATE order_number SET last = last RETURNING one", "1"},
        {"DELETE FROM outbox", ""},
        {"SELECT COUNT(*) FROM payment", "relation \"payment\" does not exist"},
        {"SELECT COUNT(*) FROM souk_payment.payment", "permission denied for schema souk_payment"},
        {"SELECT COUNT(*) FROM souk_payment.outbox", "permission denied for schema souk_payment"},
        {"SET search_path TO souk_inventory; SELECT COUNT(*) FROM stock",
         "relation \"stock\" does not exist"},
        {"CREATE TABLE mine (n BIGINT)", "permission denied for schema souk_order"},
        {"CREATE TABLE public.mine (n BIGINT)", "permission denied for schema public"},
        {"TRUNCATE cart CASCADE", "permission denied for table cart"},
        {"ALTER TABLE cart ADD COLUMN n BIGINT", "must be owner of table cart"},
        {"DELETE FROM schema_migration", "permission denied for table schema_migration"},
        {"DELETE FROM schema_break", "permission denied for table schema_break"},
        {"DELETE FROM partition_config", "permission denied for table partition_config"},
        {"DELETE FROM orders_detached", "permission denied for table orders_detached"},
        // Parts to come may be made, through the owner's function, and that is all.
        {"SELECT partition_premake('souk_order', 'orders', 4)", "1"},
        {"SELECT partition_premake('souk_order', 'orders', 61)", "insufficient_privilege"},
        {"SELECT partition_premake('souk_payment', 'payment', 4)", "insufficient_privilege"},
        {"ALTER TABLE orders DETACH PARTITION orders_past", "must be owner of table orders"},
        {"SELECT COUNT(*) FROM pg_authid", "permission denied for table pg_authid"},
        {"CREATE ROLE mine", "permission denied to create role"},
    };
    static const struct saying of_money[] = {
        {"SELECT COUNT(*) FROM payment", "0"},
        {"SELECT COUNT(*) FROM stock", "0"},
        {"SELECT 'outbox'::regclass = 'souk_payment.outbox'::regclass", "t"},
        {"SELECT COUNT(*) FROM souk_order.cart", "permission denied for schema souk_order"},
    };
    static const struct saying later[] = {
        {"INSERT INTO later (n) VALUES (3); SELECT n FROM later", "3"},
        {"TRUNCATE later", "permission denied for table later"},
    };
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    migrate_as(&scratch, &order, scratch.order);
    migrate_as(&scratch, &money, scratch.money);
    check_sayings(&scratch, scratch.order, of_order, COUNT_OF(of_order));
    check_sayings(&scratch, scratch.money, of_money, COUNT_OF(of_money));
    CHECK(str_starts(ask(&scratch, scratch.order, "CREATE TEMPORARY TABLE mine (n BIGINT)"),
                     "permission denied to create temporary tables"));
    CHECK(str_starts(ask(&scratch, scratch.order, "CREATE SCHEMA mine"),
                     "permission denied for database"));
    CHECK_TEXT(ask(&scratch, scratch.owner, "CREATE TABLE souk_order.later (n BIGINT)"), "");
    check_sayings(&scratch, scratch.order, later, COUNT_OF(later));
    drop_scratch(&scratch);
}

// All that migrating may have made: schemas, tables, rights, roles and their secrets.
static const char *picture_of(const struct scratch *scratch)
{
    return ask(
        scratch, scratch->admin,
        "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ("
        " SELECT nspname || nspacl::text FROM pg_namespace"
        " UNION ALL SELECT oid || relname || relacl::text FROM pg_class"
        " UNION ALL SELECT datname || datacl::text FROM pg_database"
        " UNION ALL SELECT defaclnamespace || defaclacl::text FROM pg_default_acl"
        " UNION ALL SELECT setdatabase || ' ' || setrole || setconfig::text FROM pg_db_role_setting"
        " UNION ALL SELECT rolname || rolpassword || rolcanlogin FROM pg_authid"
        " UNION ALL SELECT service || number || applied_at FROM souk_payment.schema_migration"
        ") AS lines (line)");
}

TEST(schemas_again)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    migrate_as(&scratch, &money, scratch.money);
    const char *before = picture_of(&scratch);
    CHECK(strstr(before, "souk_payment") != NULL && strstr(before, "SCRAM-SHA-256$") != NULL);
    migrate_as(&scratch, &money, scratch.money);
    CHECK_TEXT(picture_of(&scratch), before);
    // With fewer services the role loses the others.
    const struct schemas fewer = {money_both, 1};
    migrate_as(&scratch, &fewer, scratch.money);
    CHECK_TEXT(ask(&scratch, scratch.money, "SELECT COUNT(*) FROM payment"), "0");
    CHECK_TEXT(ask(&scratch, scratch.money, "SELECT COUNT(*) FROM souk_inventory.stock"),
               "permission denied for schema souk_inventory");
    drop_scratch(&scratch);
}

struct migrator {
    const struct scratch *scratch;
    const struct schemas *schemas;
    const char *url;
    struct problem problem;
    enum err err;
    pthread_t thread;
};

static void *run_migrator(void *context)
{
    struct migrator *migrator = context;
    migrator->err = schemas_migrate(migrator->schemas, migrator->scratch->owner, migrator->url,
                                    &migrator->problem);
    return NULL;
}

TEST(schemas_at_once)
{
    struct scratch scratch;
    struct migrator migrators[4];
    if (!make_scratch(t, &scratch))
        return;
    for (size_t i = 0; i < COUNT_OF(migrators); i++) {
        migrators[i] = (struct migrator){.scratch = &scratch,
                                         .schemas = i % 2 != 0 ? &order : &money,
                                         .url = i % 2 != 0 ? scratch.order : scratch.money,
                                         .problem = {.arena = arena_new(MIB(4))}};
        pthread_create(&migrators[i].thread, NULL, run_migrator, &migrators[i]);
    }
    for (size_t i = 0; i < COUNT_OF(migrators); i++) {
        pthread_join(migrators[i].thread, NULL);
        CHECK_I64(migrators[i].err, ERR_OK);
        CHECK_TEXT(migrators[i].problem.detail, NULL);
        arena_free(migrators[i].problem.arena);
    }
    CHECK_TEXT(ask(&scratch, scratch.order, "SELECT COUNT(*) FROM cart"), "0");
    CHECK_TEXT(ask(&scratch, scratch.money, "SELECT COUNT(*) FROM stock"), "0");
    drop_scratch(&scratch);
}

static void check_schemas(struct test *t, const char *url, const struct schemas *schemas,
                          const char *detail)
{
    struct problem problem = {.arena = t->arena};
    struct db *db = test_db_open(t, url);
    CHECK_I64(schemas_check(db, schemas, &problem), detail == NULL ? ERR_OK : ERR_CONFLICT);
    CHECK_TEXT(problem.detail, detail);
    db_close(db);
}

TEST(schemas_checked)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    check_schemas(t, scratch.admin, &order,
                  "this role of the database works in the schemas public and must do so in"
                  " souk_order; run souk migrate order");
    migrate_as(&scratch, &order, scratch.order);
    check_schemas(t, scratch.order, &order, NULL);
    check_schemas(t, scratch.order, &money,
                  "this role of the database works in the schemas souk_order and must do so in"
                  " souk_payment,souk_inventory; run souk migrate payment inventory");
    const char *last = "DELETE FROM souk_order.schema_migration WHERE service = 'order' AND number"
                       " = (SELECT MAX(number) FROM souk_order.schema_migration"
                       " WHERE service = 'order') RETURNING 'order/' || LPAD(number::text, 3, '0')"
                       " || '_' || name";
    last = ask(&scratch, scratch.owner, last);
    check_schemas(t, scratch.order, &order,
                  arena_printf(t->arena,
                               "the database is older than this program: %s was not applied to it;"
                               " run souk migrate order",
                               last));
    CHECK_TEXT(ask(&scratch, scratch.owner,
                   "INSERT INTO souk_order.schema_migration VALUES ('order', 999, 'x', '', 0)"),
               "");
    // It was put back under another number, so something of ours is missing still.
    const char *newer = "the database is newer than this program: order/999_x was applied to it and"
                        " is not known here; start a newer souk";
    check_schemas(t, scratch.order, &order, newer);
    check_refused(&scratch, scratch.owner, scratch.order, ERR_CONFLICT, newer);
    drop_scratch(&scratch);
}

// An event that waits in a schema's outbox.
static void leave_event(const struct scratch *scratch, const char *schema)
{
    struct test *t = scratch->t;
    const char *add = arena_printf(t->arena,
                                   "INSERT INTO %s.outbox (id, consumer, topic, payload,"
                                   " created_at, attempts, next_at)"
                                   " VALUES ('%s', 'c', 't', '{}', 0, 0, 0)",
                                   schema, uuid_of(schema).s);
    CHECK_TEXT(ask(scratch, scratch->money, add), "");
}

// Inventory ran apart before, and its outbox was not empty when it joined payment.
TEST(schemas_left)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    struct problem problem = {.arena = t->arena};
    const char *left;
    migrate_as(&scratch, &money, scratch.money);
    struct db *db = test_db_open(t, scratch.money);
    leave_event(&scratch, "souk_payment");
    CHECK_I64(schemas_left(db, &money, &problem, &left), ERR_OK);
    CHECK_TEXT(left, NULL);
    leave_event(&scratch, "souk_inventory");
    CHECK_I64(schemas_left(db, &money, &problem, &left), ERR_OK);
    CHECK(left != NULL &&
          str_starts(left, "the outbox of souk_inventory holds events that nobody sends (1)"));
    db_close(db);
    drop_scratch(&scratch);
}

// Each query of a service, and each that every process has, finds all its tables in the service's
// schema.
TEST(schemas_hold_queries)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    migrate_as(&scratch, &order, scratch.order);
    struct db *db = test_db_open(t, scratch.order);
    struct problem problem = {.arena = t->arena};
    size_t all = (size_t)(__stop_queries - __start_queries), count = 0, own = 0;
    const struct query **some = ARENA_ARRAY(t->arena, const struct query *, all);
    for (size_t i = 0; i < all; i++) {
        if (str_ends(__start_queries[i]->file, "_test.c"))
            continue;
        bool is_own = strstr(__start_queries[i]->file, "services/order/") != NULL;
        own += is_own;
        if (is_own || strstr(__start_queries[i]->file, "services/") == NULL)
            some[count++] = __start_queries[i];
    }
    CHECK(own > 20 && count > own);
    CHECK_I64(db_check_queries(db, some, count, &problem), ERR_OK);
    for (size_t i = 0; i < problem.count; i++)
        test_fail(t, __FILE__, __LINE__, "%s %s", problem.fields[i].field,
                  problem.fields[i].detail);
    db_close(db);
    drop_scratch(&scratch);
}

// A database holds a whole shop or schemas of services, and nobody begins the other one beside it.
TEST(schemas_or_whole)
{
    struct problem problem = {.arena = t->arena};
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    struct db *db = test_db_open(t, scratch.owner);
    CHECK_I64(schemas_absent(db, &money, &problem), ERR_OK);
    CHECK_TEXT(ask(&scratch, scratch.admin, "CREATE TABLE schema_migration (n BIGINT)"), "");
    check_refused(&scratch, scratch.owner, scratch.order, ERR_CONFLICT,
                  arena_printf(t->arena,
                               "the database souk_test_%d holds a whole shop, in the schema public;"
                               " services that run apart need another one",
                               (int)getpid()));
    CHECK_TEXT(ask(&scratch, scratch.admin, "DROP TABLE schema_migration"), "");
    migrate_as(&scratch, &money, scratch.money);
    CHECK_I64(schemas_absent(db, &order, &problem), ERR_OK);
    CHECK_I64(schemas_absent(db, &money, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, "the database is that of services that run apart (it has"
                               " souk_inventory, souk_payment); say in SOUK_SERVICES which are"
                               " meant");
    db_close(db);
    drop_scratch(&scratch);
}

// Where the database is somebody else's, its rights stay as they are.
TEST(schemas_in_foreign_database)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    const char *hand_over =
        arena_printf(t->arena,
                     "ALTER DATABASE souk_test_%d OWNER TO CURRENT_USER;"
                     "GRANT CREATE ON DATABASE souk_test_%d TO %s",
                     (int)getpid(), (int)getpid(), sql_name(&scratch, ROLE_OWNER));
    CHECK_TEXT(ask(&scratch, scratch.admin, hand_over), "");
    const char *rights =
        "SELECT datacl::text || (SELECT nspacl::text FROM pg_namespace WHERE nspname"
        " = 'public') FROM pg_database WHERE datname = current_database()";
    const char *before = ask(&scratch, scratch.admin, rights);
    migrate_as(&scratch, &order, scratch.order);
    migrate_as(&scratch, &order, scratch.order);
    CHECK_TEXT(ask(&scratch, scratch.admin, rights), before);
    CHECK_TEXT(ask(&scratch, scratch.order, "SELECT COUNT(*) FROM cart"), "0");
    CHECK_TEXT(ask(&scratch, scratch.order, "CREATE TABLE public.mine (n BIGINT)"),
               "permission denied for schema public");
    drop_scratch(&scratch);
}

TEST(schemas_password)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    const char *other = url_of(&scratch, ROLE_ORDER, "changed");
    const char *denied =
        arena_printf(t->arena, "FATAL:  password authentication failed for user \"%s\"",
                     role_name(&scratch, ROLE_ORDER));
    migrate_as(&scratch, &order, scratch.order);
    CHECK_TEXT(ask(&scratch, scratch.order, "SELECT 1"), "1");
    CHECK_TEXT(ask(&scratch, other, "SELECT 1"), denied);
    migrate_as(&scratch, &order, other);
    CHECK_TEXT(ask(&scratch, scratch.order, "SELECT 1"), denied);
    CHECK_TEXT(ask(&scratch, other, "SELECT 1"), "1");
    drop_scratch(&scratch);
}

TEST(schemas_refused)
{
    struct scratch scratch;
    if (!make_scratch(t, &scratch))
        return;
    const char *naming = "the services' address must name their role and its password:"
                         " postgresql://ROLE:PASSWORD@HOST/DATABASE";
    const char *name = role_name(&scratch, ROLE_OWNER);
    check_refused(&scratch, scratch.owner, scratch.admin, ERR_INVALID, naming);
    check_refused(&scratch, scratch.owner, scratch.owner, ERR_CONFLICT,
                  unfit(t, name, "is the owner"));
    check_refused(&scratch, scratch.owner, arena_printf(t->arena, "%s&password=x", scratch.admin),
                  ERR_CONFLICT,
                  unfit(t, ask(&scratch, scratch.admin, "SELECT current_user"),
                        "has powers over the whole server"));
    CHECK_TEXT(ask(&scratch, scratch.admin,
                   "SELECT COUNT(*) FROM pg_namespace"
                   " WHERE nspname LIKE 'souk%'"),
               "0");
    migrate_as(&scratch, &order, scratch.order);
    check_refused(&scratch, scratch.order, scratch.money, ERR_UNAVAILABLE,
                  arena_printf(t->arena,
                               "PostgreSQL refuses the owner: ERROR:  permission denied for"
                               " database souk_test_%d",
                               (int)getpid()));
    CHECK_TEXT(ask(&scratch, scratch.admin,
                   arena_printf(t->arena, "ALTER TABLE souk_order.cart OWNER TO %s",
                                sql_name(&scratch, ROLE_ORDER))),
               "");
    name = role_name(&scratch, ROLE_ORDER);
    check_refused(&scratch, scratch.owner, scratch.order, ERR_CONFLICT,
                  unfit(t, name, "owns something"));
    drop_scratch(&scratch);
}
