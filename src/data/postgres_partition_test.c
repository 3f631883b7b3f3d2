// Tests of tables partitioned: a shop of before them keeps its rows, queries look into the
// partitions that they need and no others, partitions are made, detached and attached while the
// rest stays as it is.
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/str.h"
#include "core/time.h"
#include "data/migrate.h"
#include "data/plan.h"
#include "data/postgres_partition.h"
#include "data/postgres_wire.h"
#include "data/query.h"
#include "data/sql_names.h"
#include "data/test_db.h"

// The migration that puts a service's tables partitioned, and all that come after it.
static bool comes_with_parts(const struct migration *migration)
{
    for (size_t i = 0; i < migration_count; i++)
        if (str_equal(migrations[i].service, migration->service) &&
            str_equal(migrations[i].name, "partition") && !str_equal(migration->service, "data"))
            return migration->number >= migrations[i].number;
    return false;
}

static enum err migrate_shop(struct test *t, struct db *db, bool with_parts)
{
    struct migration *wanted = ARENA_ARRAY(t->arena, struct migration, migration_count);
    struct problem problem = {.arena = t->arena};
    struct migration_set set = {.all = wanted};
    for (size_t i = 0; i < migration_count; i++)
        if (with_parts || !comes_with_parts(&migrations[i]))
            wanted[set.count++] = migrations[i];
    enum err err = migrate(db, &set, &problem);
    if (err != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return err;
}

// Replaces {id -8} by an id of the tenth day of that month before this one, {month -8} by 2026_03
// and {year -8} by 2026, {day -8} by 2026-03-01: partitions are made from the oldest row to today.
static const char *dated(struct test *t, const char *text)
{
    struct buf out = buf_in(t->arena);
    for (const char *at = strchr(text, '{'); at != NULL; text = at, at = strchr(at, '{')) {
        time_t now = (time_t)(time_now_ms() / 1000);
        struct tm day;
        char word[8];
        int months, length = 0;
        buf_printf(&out, "%.*s", (int)(at - text), text);
        if (sscanf(at, "{%7[a-z] %d}%n", word, &months, &length) != 2 || length == 0) {
            buf_char(&out, *at++); // of JSON
            continue;
        }
        gmtime_r(&now, &day);
        day.tm_mon += months;
        day.tm_mday = 10;
        day.tm_hour = day.tm_min = day.tm_sec = 0;
        unsigned long long ms = (unsigned long long)timegm(&day) * 1000;
        if (str_equal(word, "id"))
            buf_printf(&out, "%08llx-%04llx-7000-8000-000000000001", ms >> 16, ms & 0xffff);
        else
            buf_printf(&out,
                       str_equal(word, "year")  ? "%d"
                       : str_equal(word, "day") ? "%d-%02d-01"
                                                : "%d_%02d",
                       day.tm_year + 1900, day.tm_mon + 1);
        at += length;
    }
    buf_text(&out, text);
    return buf_as_text(&out);
}

#define FIRST "{id -8}"
#define SECOND "{id -5}"
#define THIRD "{id -1}"
#define OTHER "{id -4}" // of no order
#define OLD_USER "{id -40}"
#define USER "{id -20}"
#define NEW_USER "{id -2}"
#define CHAIRS "0190c000-0000-7000-8000-0000000000c1"
#define LAMPS "0190c000-0000-7000-8000-0000000000c2"
#define LOOSE "0190c000-0000-7000-8000-0000000000c3"
#define CUSTOMER "01969dbe-0c00-7000-8000-00000000000c"

// Three orders of one customer; the last one is still being worked on. Nothing of it knows of
// partitions.
static const char *const old_shop[] = {
    "CREATE TABLE was (id UUID, n TEXT, state TEXT, due_at BIGINT);"
    "INSERT INTO was (id, n, state, due_at) VALUES ('" FIRST "', '1', 'paid', NULL),"
    " ('" SECOND "', '2', 'cancelled', NULL), ('" THIRD "', '3', 'prepared', 5);"
    "INSERT INTO cart (id, version, state, currency, created_at, updated_at)"
    " SELECT id, 1, 'ordered', 'EUR', 1, 1 FROM was;"
    "INSERT INTO coupon (id, code, kind, active, created_at)"
    " VALUES ('" CUSTOMER "', 'TEN', 'percent', TRUE, 1);",
    "INSERT INTO orders (id, number, cart_id, customer_id, state, idempotency_scope,"
    " idempotency_key, request_hash, access_token, currency, email, billing_address,"
    " prices_include_tax, subtotal_minor, discount_minor, shipping_minor, shipping_tax_minor,"
    " tax_minor, total_minor, capture, captured_minor, placed_at, updated_at, due_at)"
    " SELECT id, 'S-1000' || n, id, '" CUSTOMER "', state, 'guest', n, 'h', 't', 'EUR', 'a@b.de',"
    " '{}', TRUE, 900, 0, 0, 0, 0, 900, 'manual', 0, 1, 1, due_at FROM was;"
    "INSERT INTO order_item (order_id, position, sku, handle, title, options, quantity, tracked,"
    " backorder, requires_shipping, unit_price_minor, subtotal_minor, discount_minor, tax_minor,"
    " total_minor) SELECT id, 0, 'A', 'a', 'A', '[]', 1, FALSE, FALSE, FALSE, 900, 900, 0, 0, 900"
    " FROM was;"
    "INSERT INTO order_tax (order_id, position, name, rate_ppm, tax_minor)"
    " SELECT id, 0, 'VAT', 190000, 0 FROM was;"
    "INSERT INTO order_event (id, order_id, state, at) SELECT id, id, state, 1 FROM was;"
    "INSERT INTO coupon_use (coupon_id, order_id, code, email, discount_minor, at)"
    " SELECT '" CUSTOMER "', id, 'TEN', 'a@b.de', 0, 1 FROM was;",
    // Under CHAIRS first two products, under LAMPS one, under nothing one.
    "INSERT INTO category (id, handle, title, position, version) VALUES"
    " ('" CHAIRS "', 'Garden-chairs', 'C', 1, 1), ('" LAMPS "', 'lamps', 'L', 2, 1);"
    "INSERT INTO product (id, handle, title, tags, options, status, published, gift_card,"
    " popularity, version, changed, created_at, updated_at) SELECT id, 'p' || n, 'P', '[]', '[]',"
    " 'active', TRUE, FALSE, 0, 1, CAST(n AS BIGINT), 1, 1 FROM was;"
    "INSERT INTO product (id, handle, title, tags, options, status, published, gift_card,"
    " popularity, version, changed, created_at, updated_at) VALUES ('" LOOSE "', 'loose', 'P',"
    " '[]', '[]', 'active', TRUE, FALSE, 0, 1, 9, 1, 1);"
    "INSERT INTO product_category (product_id, category_id, position) VALUES"
    " ('" FIRST "', '" CHAIRS "', 0), ('" FIRST "', '" LAMPS "', 1), ('" SECOND "', '" CHAIRS
    "', 0), ('" THIRD "', '" LAMPS "', 0);"
    "INSERT INTO variant (id, product_id, position, sku, options, tracked, policy, taxable,"
    " tax_class, requires_shipping) SELECT id, id, 0, 'SKU-' || n, '[]', FALSE, 'deny', TRUE, 'x',"
    " TRUE FROM was;"
    "INSERT INTO price (variant_id, currency, price_minor) SELECT id, 'EUR', 1 FROM was;",
    "INSERT INTO user_account (id, email, email_key, name, password_hash, roles, created_at,"
    " updated_at) VALUES ('" OLD_USER "', '1@B.de', '1@b.de', '1', 'h', 0, 1, 1), ('" USER "',"
    " '2@B.de', '2@b.de', '2', 'h', 0, 1, 1), ('" NEW_USER "', '3@B.de', '3@b.de', '3', 'h', 0, 1,"
    " 1);",
};

// Each row says how many there ought to be; one that is wrong breaks the CHECK.
static const char still_there[] =
    "CREATE TABLE expected (ought BIGINT, is_now BIGINT, CHECK (ought = is_now));"
    "INSERT INTO expected (ought, is_now) SELECT 3, COUNT(*) FROM was w"
    " JOIN orders o ON o.id = w.id AND o.state = w.state AND o.number = 'S-1000' || w.n"
    " AND o.capture = 'manual' AND o.prices_include_tax AND o.email = 'a@b.de'"
    " JOIN orders_key k ON k.id = o.id AND k.number = o.number AND k.idempotency_key = w.n"
    " JOIN order_item i ON i.order_id = o.id AND i.total_minor = 900"
    " JOIN order_tax x ON x.order_id = o.id AND x.rate_ppm = 190000"
    " JOIN order_event e ON e.order_id = o.id AND e.state = w.state"
    " JOIN coupon_use u ON u.order_id = o.id;"
    "INSERT INTO expected (ought, is_now) SELECT 2, COUNT(*) FROM orders_key WHERE cart_id = id;"
    "INSERT INTO expected (ought, is_now) SELECT 3, COUNT(*) FROM was w JOIN product p"
    " ON p.id = w.id AND p.handle = 'p' || w.n AND p.published"
    " JOIN product_key k ON k.id = p.id AND k.handle = p.handle AND k.category_id = p.category_id"
    " JOIN variant v ON v.product_id = p.id;"
    "INSERT INTO expected (ought, is_now) SELECT 2, COUNT(*) FROM product"
    " WHERE category_id = '" CHAIRS "';"
    "INSERT INTO expected (ought, is_now) SELECT 1, COUNT(*) FROM product WHERE id = '" LOOSE "'"
    " AND category_id = '00000000-0000-0000-0000-000000000000';"
    "INSERT INTO expected (ought, is_now) SELECT 3, COUNT(*) FROM was w JOIN user_account a"
    " ON a.email = w.n || '@B.de' AND a.name = w.n"
    " JOIN user_email e ON e.user_id = a.id AND e.email_key = w.n || '@b.de';";

static enum err run(struct test *t, struct db *db, const char *sql)
{
    return test_db_script(db, dated(t, sql));
}

static enum err make_old_shop(struct test *t, struct db *db)
{
    enum err err = migrate_shop(t, db, false);
    for (size_t i = 0; i < COUNT_OF(old_shop) && err == ERR_OK; i++)
        err = run(t, db, old_shop[i]);
    return err == ERR_OK ? migrate_shop(t, db, true) : err;
}

#define NEW_ORDER                                                                                  \
    "INSERT INTO orders (id, number, cart_id, state, idempotency_scope, idempotency_key,"          \
    " request_hash, access_token, currency, email, billing_address, prices_include_tax,"           \
    " subtotal_minor, discount_minor, shipping_minor, shipping_tax_minor, tax_minor, total_minor," \
    " capture, placed_at, updated_at) VALUES "
#define NEW_ACCOUNT                                                                                \
    "INSERT INTO user_account (id, email, email_key, name, password_hash, created_at, updated_at)" \
    " VALUES "

TEST_ON_DB(upgrade_to_partitions)
{
    CHECK(make_old_shop(t, db) == ERR_OK);
    CHECK(run(t, db, still_there) == ERR_OK);
    // What was one is one, across months and years.
    CHECK(run(t, db,
              NEW_ORDER "('" OTHER "', 'S-10001', '" SECOND "', 'paid', 'guest',"
                        " '9', 'h', 't', 'EUR', 'a@b.de', '{}', TRUE, 900, 0, 0, 0,"
                        " 0, 900, 'manual', 1, 1)") == ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO orders_key (id, number, idempotency_scope,"
              " idempotency_key) VALUES ('" OTHER "', 'S-10001', 'guest', '9')") == ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO orders_key (id, number, idempotency_scope,"
              " idempotency_key) VALUES ('" OTHER "', 'S-10009', 'guest', '1')") == ERR_CONFLICT);
    CHECK(run(t, db, "UPDATE orders_key SET cart_id = '" FIRST "' WHERE id = '" SECOND "'") ==
          ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO user_email (email_key, user_id)"
              " VALUES ('1@b.de', '" OTHER "')") == ERR_CONFLICT);
    CHECK(run(t, db, NEW_ACCOUNT "('" OTHER "', '1@b.de', '1@b.de', 'n', 'h', 1, 1)") ==
          ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO product_key (id, handle, category_id)"
              " VALUES ('" OTHER "', 'p1', '" LAMPS "')") == ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO product_key (id, handle, category_id)"
              " VALUES ('" FIRST "', 'other', '" LAMPS "')") == ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO image (id, product_id, position, url)"
              " VALUES ('" OTHER "', '" OTHER "', 0, 'x')") == ERR_CONFLICT);
    CHECK(run(t, db,
              "INSERT INTO order_tax (order_id, position, name, rate_ppm, tax_minor)"
              " VALUES ('" OTHER "', 0, 'VAT', 1, 0)") == ERR_CONFLICT);
}

// On PostgreSQL alone from here on.

struct scratch {
    struct test *t;
    const char *url;
    struct db *db;
    PGconn *connection;
    const char *parts; // all there are, with a blank on either side
};

static bool scratch_open(struct test *t, struct scratch *scratch)
{
    *scratch = (struct scratch){.t = t, .url = test_postgres_url(t)};
    if (scratch->url == NULL)
        return false;
    scratch->db = test_db_open(t, scratch->url);
    scratch->connection = PQconnectdb(scratch->url);
    CHECK(PQstatus(scratch->connection) == CONNECTION_OK);
    CHECK(make_old_shop(t, scratch->db) == ERR_OK);
    return true;
}

static void scratch_close(struct scratch *scratch)
{
    PQfinish(scratch->connection);
    db_close(scratch->db);
}

// All values of the first column, with blanks; or the server's sentence.
static const char *ask(const struct scratch *scratch, const char *sql)
{
    struct buf all = buf_in(scratch->t->arena);
    PGresult *result = PQexec(scratch->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        buf_text(&all, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    for (int i = 0; i < PQntuples(result); i++)
        buf_printf(&all, "%s%s", i > 0 ? " " : "", PQgetvalue(result, i, 0));
    PQclear(result);
    return buf_as_text(&all);
}

// A value of a parameter; those that are not named are NULL.
struct given {
    const char *name, *value;
};

static const struct query *registered(const char *name)
{
    for (const struct query *const *query = __start_queries; query < __stop_queries; query++)
        if (str_equal((*query)->name, name))
            return *query;
    return NULL;
}

static const char *value_of(struct test *t, const struct given *given, const char *name)
{
    for (; given->name != NULL; given++)
        if (str_equal(given->name, name))
            return dated(t, given->value);
    return str_equal(name, "now") ? "9" : NULL;
}

// The table that a line of a plan scans, when it was gone into. What is written is what was
// scanned.
static const char *part_in(struct arena *arena, const char *line)
{
    const char *on = strstr(line, " on ");
    if (on == NULL || strstr(line, "never executed") != NULL || strstr(line, "Scan") == NULL ||
        strstr(line, "Bitmap Index Scan") != NULL)
        return NULL;
    on += strlen(" on ");
    return arena_text_n(arena, on, strcspn(on, " ("));
}

// The partitions into which a statement of the shop went, each once, as its plan has them.
static const char *parts_of_plan(const struct scratch *scratch, PGresult *plan)
{
    struct arena *arena = scratch->t->arena;
    struct buf parts = buf_in(arena);
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *part = part_in(arena, PQgetvalue(plan, i, 0));
        const char *seen = buf_as_text(&parts);
        if (part != NULL && strstr(seen, part) == NULL &&
            strstr(scratch->parts, arena_printf(arena, " %s ", part)) != NULL)
            buf_printf(&parts, "%s%s", *seen != '\0' ? " " : "", part);
    }
    return buf_as_text(&parts);
}

// The server plans it for these values; `mode` is a plan_cache_mode.
static const char *parts_read(struct scratch *scratch, const char *mode, const char *name,
                              const struct given *given)
{
    struct arena *arena = scratch->t->arena;
    const struct query *query = registered(name);
    struct sql_names names;
    struct buf call = buf_in(arena);
    if (query == NULL)
        return "no such query";
    scratch->parts =
        arena_printf(arena, " %s ",
                     ask(scratch, "SELECT relname FROM pg_class WHERE relispartition"
                                  " AND relnamespace = current_schema()::regnamespace"));
    bool numbered =
        sql_number_names(query->postgres != NULL ? query->postgres : query->sql, arena, &names);
    assert(numbered);
    // A few rows the server would rather read whole than look up; those of a shop it looks up.
    ask(scratch, arena_printf(arena,
                              "BEGIN; SET LOCAL plan_cache_mode = %s; SET LOCAL enable_seqscan = 0;"
                              "SET LOCAL enable_hashjoin = 0; SET LOCAL enable_mergejoin = 0",
                              mode));
    Oid types[SQL_NAMES_MAX];
    for (size_t i = 0; i < names.count; i++)
        types[i] = postgres_param_type(query, plan_param(query, names.names[i]));
    PGresult *prepared =
        PQprepare(scratch->connection, "statement", names.sql, (int)names.count, types);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK)
        test_fail(scratch->t, __FILE__, __LINE__, "%s: %s", name, PQresultErrorMessage(prepared));
    PQclear(prepared);
    buf_text(&call, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE statement");
    for (size_t i = 0; i < names.count; i++) {
        const char *value = value_of(scratch->t, given, names.names[i]);
        buf_printf(&call, value != NULL ? "%s'%s'" : "%sNULL", i > 0 ? ", " : " (", value);
    }
    buf_text(&call, names.count > 0 ? ")" : "");
    PGresult *plan = PQexec(scratch->connection, buf_as_text(&call));
    const char *parts = PQresultStatus(plan) == PGRES_TUPLES_OK
                            ? parts_of_plan(scratch, plan)
                            : arena_text(arena, PQresultErrorMessage(plan));
    PQclear(plan);
    ask(scratch, "ROLLBACK");
    ask(scratch, "DEALLOCATE statement");
    return parts;
}

// As it is planned for these values, and as it is planned once for all values.
static void check_parts(struct scratch *scratch, const char *name, const struct given *given,
                        const char *expected_dated)
{
    struct test *t = scratch->t;
    const char *expected = dated(t, expected_dated);
    const char *custom = parts_read(scratch, "force_custom_plan", name, given);
    const char *generic = parts_read(scratch, "force_generic_plan", name, given);
    if (!str_equal(custom, expected))
        test_fail(t, __FILE__, __LINE__, "%s goes into %s, not %s", name, custom, expected);
    if (!str_equal(generic, expected))
        test_fail(t, __FILE__, __LINE__, "%s in general goes into %s, not %s", name, generic,
                  expected);
}

#define IDS "[\"" SECOND "\"]"

TEST(partitions_pruned_for_orders)
{
    static const struct given one[] = {
        {"id", SECOND},          {"order_id", SECOND},    {"lease_owner", OTHER},
        {"from", "cancelled"},   {"to", "cancelled"},     {"wanted", "refunded"},
        {"captured_minor", "1"}, {"refunded_minor", "1"}, {NULL, NULL},
    };
    static const struct given page[] = {
        {"ids", IDS}, {"least", SECOND}, {"most", SECOND}, {NULL, NULL}};
    static const char *const by_id[] = {
        "order_with_id_query",        "order_lease_when_due_query", "order_aim_query",
        "order_move_row_query",       "order_want_query",           "order_unlease_query",
        "order_money_returned_query",
    };
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    for (size_t i = 0; i < COUNT_OF(by_id); i++)
        check_parts(&scratch, by_id[i], one, "orders_{month -5}");
    check_parts(&scratch, "order_held_lines_query", one, "order_item_{month -5}");
    check_parts(&scratch, "order_item_parts_query", page, "order_item_{month -5}");
    check_parts(&scratch, "order_tax_parts_query", page, "order_tax_{month -5}");
    check_parts(&scratch, "order_event_parts_query", page, "order_event_{month -5}");
    check_parts(&scratch, "order_changes_query", page, "orders_{month -5} order_event_{month -5}");
    scratch_close(&scratch);
}

// The newest first: a list stops where its page is full, and begins where the page before ended.
TEST(partitions_pruned_for_lists)
{
    static const struct given newest[] = {{"customer_id", CUSTOMER}, {"limit", "1"}, {NULL, NULL}};
    static const struct given next[] = {
        {"customer_id", CUSTOMER}, {"limit", "1"}, {"cursor", OTHER}, {NULL, NULL}};
    static const char *const lists[] = {"orders_of_customer_query", "orders_found_query"};
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const char *first = parts_read(&scratch, "auto", lists[i], newest);
        CHECK(strstr(first, "orders_future") != NULL);
        CHECK(strstr(first, dated(t, "orders_{month -1}")) != NULL);
        CHECK(strstr(first, dated(t, "orders_{month -2}")) == NULL);
        // Neither those before it nor those after it.
        CHECK_TEXT(parts_read(&scratch, "auto", lists[i], next),
                   dated(t, "orders_{month -4} orders_{month -5}"));
    }
    scratch_close(&scratch);
}

TEST(partitions_pruned_for_users)
{
    static const struct given one[] = {
        {"id", USER},  {"email_key", "2@b.de"}, {"password_hash", "h"},
        {"name", "n"}, {"roles", "0"},          {NULL, NULL},
    };
    static const struct given page[] = {
        {"q", "%"}, {"limit", "1"}, {"cursor", OLD_USER}, {NULL, NULL}};
    static const char *const by_id[] = {"account_by_id_query", "account_new_password_query",
                                        "account_new_roles_query", "account_new_name_query"};
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    // The e-mail leads to the id without a look at accounts.
    check_parts(&scratch, "account_id_of_email_query", one, "");
    for (size_t i = 0; i < COUNT_OF(by_id); i++)
        check_parts(&scratch, by_id[i], one, "user_account_{year -20}");
    CHECK_TEXT(parts_read(&scratch, "auto", "account_search_query", page),
               dated(t, "user_account_{year -40} user_account_past"));
    scratch_close(&scratch);
}

static struct buf told; // by partitions_keep, but for its list

static void hear(const char *line)
{
    static const char *const words[] = {"detaching", "attaching", "stays", "would", "made"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(line, words[i]) != NULL) {
            buf_printf(&told, "%s\n", strchr(line, '.') + 1);
            return;
        }
}

// What it said of what it did, or why it did not.
static const char *keep(const struct scratch *scratch, struct partition_upkeep upkeep)
{
    struct problem problem = {.arena = scratch->t->arena};
    told = buf_in(scratch->t->arena);
    upkeep.url = scratch->url;
    upkeep.tell = hear;
    upkeep.ahead = upkeep.ahead > 0 ? upkeep.ahead : 3;
    enum err err = partitions_keep(&upkeep, &problem);
    return err == ERR_OK ? buf_as_text(&told) : problem.detail;
}

// So many that looking one up is cheaper than reading all.
static const char more_products[] =
    "INSERT INTO product_key (id, handle, category_id) SELECT gen_random_uuid(), 'more' || i,"
    " '00000000-0000-0000-0000-000000000000' FROM generate_series(1, 3000) i;"
    "INSERT INTO product (id, handle, category_id, title, tags, options, status, published,"
    " gift_card, popularity, version, changed, created_at, updated_at) SELECT id, handle,"
    " category_id, 'P', '[]', '[]', 'draft', FALSE, FALSE, 0, 1, 1, 1, 1 FROM product_key"
    " WHERE handle LIKE 'more%'; ANALYZE product;";

// A category with enough products has a partition of its own.
TEST(partitions_split_by_category)
{
    static const struct given one[] = {
        {"id", FIRST},        {"from", FIRST},
        {"handle", "p1"},     {"category_id", CHAIRS},
        {"was_in", CHAIRS},   {"title", "P"},
        {"tags", "[]"},       {"options", "[]"},
        {"status", "active"}, {"published", "t"},
        {"gift_card", "f"},   {"popularity", "0"},
        {"changed", "12"},    {"sku", "[\"SKU-1\"]"},
        {"currency", "EUR"},  {"before", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
        {"any_status", "t"},  {"pattern", "%"},
        {"count", "9"},       {NULL, NULL},
    };
    static const char *const of_one[] = {
        "product_in_category_query", "product_of_handle_query", "product_set_changed_query",
        "product_update_query",      "offer_rows_query",        "products_of_skus_query",
    };
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.split_above = 3}), "");
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.split_above = 2}),
               "product_garden_chairs\n");
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.split_above = 2}), "");
    CHECK_TEXT(ask(&scratch, "SELECT handle FROM product_garden_chairs ORDER BY 1"), "p1 p2");
    CHECK_TEXT(ask(&scratch, "SELECT handle FROM product_other ORDER BY 1"), "loose p3");
    CHECK(run(t, scratch.db, still_there) == ERR_OK);
    CHECK(run(t, scratch.db, more_products) == ERR_OK);
    for (size_t i = 0; i < COUNT_OF(of_one); i++)
        check_parts(&scratch, of_one[i], one, "product_garden_chairs");
    check_parts(&scratch, "product_by_handle_query", one, "");
    CHECK_TEXT(parts_read(&scratch, "auto", "product_summaries_query", one),
               "product_garden_chairs");
    scratch_close(&scratch);
}

// With its category a product moves to another partition; neither id nor handle may be there twice.
TEST(partitions_product_moves)
{
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.split_above = 2}),
               "product_garden_chairs\n");
    CHECK(run(t, scratch.db,
              "UPDATE product_key SET category_id = '" LAMPS "' WHERE handle = 'p1';"
              "UPDATE product SET category_id = '" LAMPS "' WHERE handle = 'p1';") == ERR_OK);
    CHECK_TEXT(ask(&scratch, "SELECT handle FROM product_other ORDER BY 1"), "loose p1 p3");
    CHECK_TEXT(ask(&scratch, "SELECT handle FROM product_garden_chairs"), "p2");
    // These are looked at before the commit.
    CHECK(run(t, scratch.db, "UPDATE product SET category_id = '" CHAIRS "' WHERE handle = 'p1'") ==
          ERR_CONFLICT);
    CHECK(run(t, scratch.db, "UPDATE product SET handle = 'p2' WHERE handle = 'p1'") ==
          ERR_CONFLICT);
    CHECK(run(t, scratch.db,
              "INSERT INTO product SELECT id, handle, title, description_html, brand, type, tags,"
              " options, status, published, gift_card, seo_title, seo_description, popularity,"
              " extra, version, changed, published_at, created_at, updated_at, '" CHAIRS "'"
              " FROM product WHERE handle = 'p1'") == ERR_CONFLICT);
    scratch_close(&scratch);
}

// Partitions that are over are detached, with all that belongs to their orders, but for the month
// in which an order is not done; they come back as they were.
TEST(partitions_detached_and_attached)
{
    struct scratch scratch;
    const struct partition_upkeep detach = {.before = dated(t, "{day 1}")};
    if (!scratch_open(t, &scratch))
        return;
    struct partition_upkeep plan = {.before = dated(t, "{day -7}"), .dry_run = true};
    CHECK(strstr(keep(&scratch, plan), dated(t, "orders_{month -8}\n")) != NULL);
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM orders"), "3");
    const char *done = keep(&scratch, detach);
    CHECK(strstr(done, dated(t, "orders_{month -8}\n")) != NULL);
    CHECK(strstr(done, dated(t, "orders_{month -1} stays")) != NULL);
    CHECK(strstr(done, dated(t, "order_item_{month -1} stays")) != NULL);
    CHECK(strstr(done, dated(t, "orders_{month 0}")) == NULL);
    CHECK_TEXT(ask(&scratch, "SELECT number FROM orders"), "S-10003");
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM order_item"), "1");
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM orders_key"), "3");
    CHECK_TEXT(ask(&scratch, dated(t, "SELECT number FROM orders_{month -8}")), "S-10001");
    CHECK_TEXT(ask(&scratch, dated(t, "SELECT COUNT(*) FROM order_tax_{month -5}")), "1");
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM user_account"), "3");
    // Again: only what stayed is looked at.
    CHECK(strstr(keep(&scratch, detach), dated(t, "{month -8}")) == NULL);
    const char *back = keep(&scratch, (struct partition_upkeep){.since = dated(t, "{day -6}")});
    CHECK(strstr(back, dated(t, "order_tax_{month -5}\n")) != NULL);
    CHECK(strstr(back, dated(t, "{month -8}")) == NULL);
    CHECK_TEXT(ask(&scratch, "SELECT number FROM orders ORDER BY id"), "S-10002 S-10003");
    keep(&scratch, (struct partition_upkeep){.since = "2000-01-01"});
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM orders_detached"), "0");
    // What was dropped meanwhile stays noted and is not looked for.
    keep(&scratch, (struct partition_upkeep){.before = dated(t, "{day -7}")});
    CHECK_TEXT(ask(&scratch, dated(t, "CREATE TABLE kept AS SELECT * FROM order_tax_{month -8};"
                                      "DROP TABLE order_tax_{month -8}")),
               "");
    keep(&scratch, (struct partition_upkeep){.since = "2000-01-01"});
    CHECK_TEXT(ask(&scratch, "SELECT name FROM orders_detached"), dated(t, "order_tax_{month -8}"));
    CHECK_TEXT(
        ask(&scratch,
            dated(t, "CREATE TABLE order_tax_{month -8} (LIKE order_tax INCLUDING CONSTRAINTS);"
                     "INSERT INTO order_tax_{month -8} SELECT * FROM kept")),
        "");
    keep(&scratch, (struct partition_upkeep){.since = "2000-01-01"});
    CHECK(run(t, scratch.db, still_there) == ERR_OK);
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.before = "yesterday"}),
               "yesterday is no date like 2026-01-31");
    scratch_close(&scratch);
}

// A detach that was broken off is finished by the next run.
TEST(partitions_detach_goes_on)
{
    struct scratch scratch;
    if (!scratch_open(t, &scratch))
        return;
    // A reader that is not done keeps the partition from being detached.
    PGconn *reader = PQconnectdb(scratch.url);
    PQclear(PQexec(reader, "BEGIN; SELECT COUNT(*) FROM orders"));
    const char *said = keep(&scratch, (struct partition_upkeep){.before = dated(t, "{day -7}")});
    CHECK(strstr(said, "run this again") != NULL);
    PQclear(PQexec(reader, "COMMIT"));
    PQfinish(reader);
    CHECK(strstr(keep(&scratch, (struct partition_upkeep){.before = dated(t, "{day -7}")}),
                 dated(t, "orders_{month -8}\n")) != NULL);
    CHECK_TEXT(ask(&scratch, "SELECT number FROM orders ORDER BY id"), "S-10002 S-10003");
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM pg_inherits WHERE inhdetachpending"), "0");
    scratch_close(&scratch);
}

// Those to come are made once, also when rows were faster and lie in the last partition.
TEST(partitions_made_ahead)
{
    struct scratch scratch;
    struct partition_upkeep more = {.ahead = 5};
    i64 late = -1;
    if (!scratch_open(t, &scratch))
        return;
    CHECK(run(t, scratch.db,
              "INSERT INTO orders_key (id, number, idempotency_scope, idempotency_key)"
              " VALUES ('{id 5}', 'S-10005', 'guest', '5'), ('{id 9}', 'S-10009', 'guest', '9');"
              "INSERT INTO order_tax (order_id, position, name, rate_ppm, tax_minor)"
              " VALUES ('{id 5}', 0, 'VAT', 1, 0), ('{id 9}', 0, 'VAT', 1, 0)") == ERR_OK);
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM order_tax_future"), "2");
    CHECK_TEXT(keep(&scratch, (struct partition_upkeep){.ahead = 3}), "");
    CHECK(strstr(keep(&scratch, more), "order_tax") != NULL);
    CHECK_TEXT(keep(&scratch, more), "");
    CHECK_TEXT(ask(&scratch, "SELECT COUNT(*) FROM order_tax_future"), "1");
    CHECK_TEXT(ask(&scratch, dated(t, "SELECT order_id FROM order_tax_{month 5}")),
               dated(t, "{id 5}"));
    CHECK(partitions_premake(scratch.db, t->arena, 6, &late) == ERR_OK);
    CHECK_I64(late, 0);
    CHECK_TEXT(ask(&scratch, dated(t, "SELECT COUNT(*) FROM orders_{month 6}")), "0");
    // Who is behind is told.
    ask(&scratch, "DELETE FROM partition_config WHERE parent <> 'orders'");
    ask(&scratch, dated(t, "DROP TABLE orders_{month 1}, orders_{month 2}, orders_{month 3},"
                           " orders_{month 4}, orders_{month 5}, orders_{month 6}"));
    CHECK_TEXT(ask(&scratch, "SELECT ahead FROM partition_parents()"), "0");
    scratch_close(&scratch);
}
