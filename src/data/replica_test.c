// Tests of reads on a replica that really follows, and of what a commit waits for. Both need the
// server of SOUK_TEST_POSTGRES, and SOUK_TEST_REPLICA, which follows it (tests/postgres.sh).
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "core/str.h"
#include "core/time.h"
#include "data/migrate.h"
#include "data/position.h"
#include "data/query.h"
#include "data/sql_names.h"
#include "data/test_db.h"

#define COUNTED(F, S) F(S, i64, n, .doc = "Which, or how many.")
SHAPE(counted, COUNTED);

static const char schema[] = "CREATE TABLE replica_test_order (n BIGINT PRIMARY KEY);"
                             "CREATE TABLE replica_test_cart (n BIGINT PRIMARY KEY)";
DB_LOCAL(replica_test, "replica_test_cart");
REGISTRY(const char *const *const, local_tables);

DB_QUERY_APART(order_add, QUERY_KIND_RUN, counted, nothing,
               "INSERT INTO replica_test_order (n) VALUES (:n)");
DB_QUERY_APART(cart_add, QUERY_KIND_RUN, counted, nothing,
               "INSERT INTO replica_test_cart (n) VALUES (:n)");
DB_QUERY_APART(order_count, QUERY_KIND_ROW, nothing, counted,
               "SELECT COUNT(*) AS n FROM replica_test_order");
DB_QUERY_APART(order_has, QUERY_KIND_ROW, counted, counted,
               "SELECT COUNT(*) AS n FROM replica_test_order WHERE n = :n");
DB_QUERY_APART(forget_statements, QUERY_KIND_RUN, nothing, nothing, "DEALLOCATE ALL");

// A replica that lags by more is not read at: soon, or never in a test.
enum { LAG_MS = 600, CALM_LAG_MS = 600000, PATIENCE_MS = 60000 };

static struct db *open_lagging(struct test *t, const char *url, const char *replica, i64 lag_ms,
                               i64 wait_ms)
{
    struct db *db = NULL;
    struct problem problem = {.arena = t->arena};
    const char *const replicas[] = {replica};
    const struct db_settings settings = {
        .url = url,
        .readers = 4,
        .wait_ms = wait_ms,
        .replicas = replicas,
        .replica_count = replica != NULL,
        .replica_connections = 4,
        .replica_lag_ms = lag_ms,
    };
    if (db_open(&settings, &db, &problem) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return db;
}

static struct db *open_db(struct test *t, const char *url, const char *replica, i64 wait_ms)
{
    struct db *db = open_lagging(t, url, replica, LAG_MS, wait_ms);
    if (db != NULL)
        CHECK_I64(test_db_script(db, schema), ERR_OK);
    return db;
}

static void nap_ms(i64 ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool wait_well(const struct db *db, bool well)
{
    struct db_stats stats;
    i64 until_ms = monotonic_ms() + PATIENCE_MS;
    do {
        nap_ms(10);
        db_stats(db, &stats);
    } while (stats.replica[0].well != well && monotonic_ms() < until_ms);
    return stats.replica[0].well == well;
}

// A database whose replica is well, or NULL when there is none.
static struct db *open_with_replica(struct test *t, i64 lag_ms)
{
    const char *replica = getenv("SOUK_TEST_REPLICA");
    const char *url = replica != NULL && *replica != '\0' ? test_postgres_url(t) : NULL;
    if (url == NULL)
        return NULL;
    struct db *db = open_lagging(t, url, arena_printf(t->arena, "%s%s", replica, strchr(url, '?')),
                                 lag_ms, 5000);
    if (db == NULL)
        return NULL;
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    CHECK(wait_well(db, true));
    return db;
}

static enum err add_order(struct db_session *session, void *counted)
{
    return db_run(session, &order_add, counted, NULL);
}

static enum err add_cart(struct db_session *session, void *counted)
{
    return db_run(session, &cart_add, counted, NULL);
}

static enum err count_orders(struct db_session *session, void *counted)
{
    return db_row(session, &order_count, &(struct nothing){0}, NULL, counted);
}

static u64 place_order(struct test *t, struct db *db, i64 n)
{
    u64 position = 0;
    CHECK_I64(db_write_as(db, DB_SERIALIZABLE, add_order, &(struct counted){.n = n}, &position),
              ERR_OK);
    CHECK(position > 0);
    return position;
}

static i64 orders_at(struct db *db, struct db_view *view)
{
    struct counted counted = {0};
    return db_read_view(db, view, count_orders, &counted) == ERR_OK ? counted.n : -1;
}

static i64 orders_from(struct db *db, u64 position)
{
    return orders_at(db, &(struct db_view){.position = position});
}

static i64 reads_on_replica(const struct db *db)
{
    struct db_stats stats;
    db_stats(db, &stats);
    return stats.reads_replica;
}

static i64 reads_on_primary(const struct db *db, enum read_why why)
{
    struct db_stats stats;
    db_stats(db, &stats);
    return stats.reads_primary[why];
}

// Until the replica has what was written.
static void wait_replayed(struct test *t, struct db *db, u64 position)
{
    i64 before = reads_on_replica(db), until_ms = monotonic_ms() + PATIENCE_MS;
    while (reads_on_replica(db) == before && monotonic_ms() < until_ms)
        CHECK(orders_from(db, position) >= 0);
    CHECK(reads_on_replica(db) > before);
}

// Who has written sees it, whatever the replica has; who has not sees what the replica has, which
// shows that it is read at.
TEST(replica_own_writes)
{
    struct db *db = open_with_replica(t, CALM_LAG_MS);
    if (db == NULL)
        return;
    wait_replayed(t, db, place_order(t, db, 1));
    test_replay(t, false);
    u64 position = place_order(t, db, 2);
    CHECK_I64(orders_from(db, DB_ANY), 1);
    i64 behind = reads_on_primary(db, READ_behind);
    CHECK_I64(orders_from(db, position), 2);
    CHECK_I64(reads_on_primary(db, READ_behind), behind + 1);
    CHECK_I64(orders_from(db, DB_NEWEST), 2);
    CHECK_I64(orders_from(db, position + ((u64)1 << 40)), 2); // ahead of everything
    test_replay(t, true);
    wait_replayed(t, db, position);
    CHECK_I64(orders_from(db, DB_ANY), 2);
    db_close(db);
}

// A series does not go back to a replica that lacks what it has seen at the primary.
TEST(replica_series)
{
    struct db *db = open_with_replica(t, CALM_LAG_MS);
    if (db == NULL)
        return;
    wait_replayed(t, db, place_order(t, db, 1));
    test_replay(t, false);
    struct db_view view = {.position = DB_ANY};
    CHECK_I64(orders_at(db, &view), 1);
    view.position = place_order(t, db, 2);
    CHECK_I64(orders_at(db, &view), 2);
    view.position = DB_ANY;
    CHECK_I64(orders_at(db, &view), 2);
    test_replay(t, true);
    db_close(db);
}

// What is cached anew after a mark is not older than the mark, though nobody tells a position.
TEST(replica_mark)
{
    struct db *db = open_with_replica(t, CALM_LAG_MS);
    if (db == NULL)
        return;
    wait_replayed(t, db, place_order(t, db, 1));
    test_replay(t, false);
    u64 position = place_order(t, db, 2);
    CHECK_I64(orders_from(db, DB_ANY), 1);
    db_mark(db);
    CHECK_I64(orders_from(db, DB_ANY), 2); // before anybody knows where the primary is
    nap_ms(100);
    CHECK_I64(orders_from(db, DB_ANY), 2); // and when it is known
    test_replay(t, true);
    wait_replayed(t, db, position);
    db_close(db);
}

TEST(replica_lags)
{
    struct db *db = open_with_replica(t, LAG_MS);
    if (db == NULL)
        return;
    wait_replayed(t, db, place_order(t, db, 1));
    test_replay(t, false);
    u64 position = place_order(t, db, 2);
    CHECK(wait_well(db, false));
    i64 out = reads_on_primary(db, READ_out);
    CHECK_I64(orders_from(db, DB_ANY), 2);
    CHECK_I64(reads_on_primary(db, READ_out), out + 1);
    struct db_stats stats;
    db_stats(db, &stats);
    CHECK(stats.replica[0].lag_ms > LAG_MS && stats.replica[0].lag_bytes > 0);
    test_replay(t, true);
    CHECK(wait_well(db, true));
    wait_replayed(t, db, position);
    db_close(db);
}

struct reading {
    struct db *db;
    u64 position;
    _Atomic bool *stop;
    int read, failed;
    pthread_t thread;
};

static void *read_steadily(void *context)
{
    struct reading *reading = context;
    while (!*reading->stop) {
        bool good = orders_from(reading->db, reading->position) == 1;
        *(good ? &reading->read : &reading->failed) += 1;
    }
    return NULL;
}

// The replica is killed under reads: none of them fails, and it is read at again when it is back.
TEST(replica_killed)
{
    enum { READERS = 3 };
    struct db *db =
        getenv("SOUK_TEST_POSTGRES_FOLDER") != NULL ? open_with_replica(t, CALM_LAG_MS) : NULL;
    if (db == NULL)
        return;
    _Atomic bool stop = false;
    struct reading readings[READERS];
    u64 position = place_order(t, db, 1);
    wait_replayed(t, db, position);
    for (int i = 0; i < READERS; i++) {
        readings[i] = (struct reading){.db = db, .position = position, .stop = &stop};
        pthread_create(&readings[i].thread, NULL, read_steadily, &readings[i]);
    }
    nap_ms(100);
    CHECK(test_replica_runs(false));
    CHECK(wait_well(db, false));
    CHECK(test_replica_runs(true));
    CHECK(wait_well(db, true));
    wait_replayed(t, db, position);
    stop = true;
    for (int i = 0; i < READERS; i++) {
        pthread_join(readings[i].thread, NULL);
        CHECK_I64(readings[i].failed, 0);
        CHECK(readings[i].read > 10);
    }
    db_close(db);
}

// An address that leads to the primary is no replica.
TEST(replica_is_primary)
{
    const char *url = test_postgres_url(t);
    struct db *db = url != NULL ? open_db(t, url, url, 5000) : NULL;
    if (db == NULL)
        return;
    place_order(t, db, 1);
    struct db_stats stats;
    i64 until_ms = monotonic_ms() + PATIENCE_MS;
    do {
        nap_ms(10);
        db_stats(db, &stats);
    } while (!stats.replica[0].leads && monotonic_ms() < until_ms);
    CHECK_I64(orders_from(db, DB_ANY), 1);
    CHECK_I64(reads_on_replica(db), 0);
    CHECK(stats.replica[0].leads && !stats.replica[0].well);
    CHECK_TEXT(stats.replica[0].fault, "is no replica at the moment");
    db_close(db);
}

// Until orders wait for a standby that is away, or do so no more. `db` has little patience.
static bool wait_for_standby(struct test *t, struct db *db, bool away)
{
    static i64 n = 1000;
    const char *server = getenv("SOUK_TEST_POSTGRES");
    enum err wanted = away ? ERR_UNAVAILABLE : ERR_OK, err;
    test_command(t, server,
                 away ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
                      : "ALTER SYSTEM RESET synchronous_standby_names");
    test_command(t, server, "SELECT pg_reload_conf()");
    i64 until_ms = monotonic_ms() + PATIENCE_MS;
    while ((err = db_write(db, add_order, &(struct counted){.n = n++})) != wanted &&
           monotonic_ms() < until_ms)
        nap_ms(20);
    return err == wanted;
}

// With a synchronous replica that is away, an order is not confirmed and a cart is.
TEST(commit_levels)
{
    const char *url = test_postgres_url(t);
    struct db *db = url != NULL ? open_db(t, url, NULL, 1000) : NULL;
    if (db == NULL)
        return;
    CHECK(wait_for_standby(t, db, true));
    struct db_stats before, after;
    db_stats(db, &before);
    CHECK_I64(db_write(db, add_cart, &(struct counted){.n = 1}), ERR_OK);
    CHECK_I64(db_write(db, add_order, &(struct counted){.n = 1}), ERR_UNAVAILABLE);
    CHECK_I64(db_write(db, add_cart, &(struct counted){.n = 2}), ERR_OK);
    db_stats(db, &after);
    CHECK_I64(after.commits_local - before.commits_local, 2);
    CHECK(wait_for_standby(t, db, false));
    db_stats(db, &before);
    CHECK_I64(db_write(db, add_order, &(struct counted){.n = 2}), ERR_OK);
    db_stats(db, &after);
    CHECK_I64(after.commits_local - before.commits_local, 0);
    CHECK_I64(after.commits_synchronous - before.commits_synchronous, 1);
    db_close(db);
}

static enum err has_first(struct db_session *session, void *counted)
{
    return db_row(session, &order_has, &(struct counted){.n = 1}, NULL, counted);
}

static void *place_slowly(void *db)
{
    return db_write(db, add_order, &(struct counted){.n = 1}) == ERR_OK ? db : NULL;
}

// Somebody tells the server to stop waiting: it reports a success, with a warning that it is none.
TEST(commit_not_waited_for)
{
    const char *url = test_postgres_url(t);
    struct db *db = url != NULL ? open_db(t, url, NULL, PATIENCE_MS) : NULL;
    struct db *hasty = db != NULL ? open_lagging(t, url, NULL, LAG_MS, 300) : NULL;
    if (hasty == NULL)
        return;
    pthread_t thread;
    void *confirmed;
    CHECK(wait_for_standby(t, hasty, true));
    struct counted counted = {0};
    i64 start_ms = monotonic_ms();
    pthread_create(&thread, NULL, place_slowly, db);
    do {
        nap_ms(20);
        test_command(
            t, getenv("SOUK_TEST_POSTGRES"),
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    } while (pthread_tryjoin_np(thread, &confirmed) != 0);
    CHECK(confirmed == NULL && monotonic_ms() - start_ms < PATIENCE_MS / 2);
    CHECK(db_read(db, has_first, &counted) == ERR_OK);
    CHECK_I64(counted.n, 1); // it is there: nobody could know
    CHECK(wait_for_standby(t, hasty, false));
    db_close(hasty);
    db_close(db);
}

TEST(sql_effects)
{
    static const struct {
        enum sql_effect effect;
        const char *sql;
    } cases[] = {
        {SQL_READS, "SELECT n FROM orders WHERE note = 'UPDATE orders'"},
        {SQL_READS, "SELECT n FROM replica_test_order FOR UPDATE SKIP LOCKED"},
        {SQL_READS, "WITH a AS (SELECT 1) SELECT * FROM a"},
        {SQL_WRITES_LOCAL, "INSERT INTO replica_test_cart (n) VALUES ($1)"},
        {SQL_WRITES_LOCAL, "INSERT INTO replica_test_cart (n) VALUES (1)"
                           " ON CONFLICT (n) DO UPDATE SET n = 2"},
        {SQL_WRITES_LOCAL, "UPDATE replica_test_cart SET n = 1 WHERE n IN"
                           " (SELECT n FROM replica_test_order FOR NO KEY UPDATE)"},
        {SQL_WRITES_LOCAL, "DELETE FROM replica_test_cart"},
        {SQL_WRITES, "INSERT INTO replica_test_order (n) VALUES ($1)"},
        {SQL_WRITES, "DELETE FROM replica_test_order"},
        {SQL_WRITES, "WITH a AS (UPDATE replica_test_order SET n = 1 RETURNING n)"
                     " INSERT INTO replica_test_cart (n) SELECT n FROM a"},
        {SQL_WRITES, "WITH a AS (UPDATE replica_test_cart SET n = 1 RETURNING n)"
                     " INSERT INTO replica_test_order (n) SELECT n FROM a"},
        {SQL_WRITES, "TRUNCATE replica_test_cart"},
        {SQL_WRITES, "MERGE INTO replica_test_order USING x ON true WHEN MATCHED THEN DELETE"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (sql_effect_of(cases[i].sql) != cases[i].effect)
            test_fail(t, __FILE__, __LINE__, "%d: %s", sql_effect_of(cases[i].sql), cases[i].sql);
}

static bool is_made(struct test *t, const char *table)
{
    const char *makes = arena_printf(t->arena, "CREATE TABLE %s (", table);
    for (size_t i = 0; i < migration_count; i++)
        if (strstr(migrations[i].sql, makes) != NULL)
            return true;
    return strstr(schema, makes) != NULL;
}

// A table that was renamed would make its writes wait; one of money must not be declared by
// mistake.
TEST(local_tables)
{
    static const char *const promised[] = {
        "orders",       "order_item",     "order_event",  "coupon_use",      "payment",
        "order_number", "order_tax",      "ledger_entry", "payment_attempt", "stock",
        "reservation",  "stock_movement", "mail",         "catalogue",       "user_account"};
    for (const char *const *const *list = __start_local_tables; list < __stop_local_tables; list++)
        for (const char *const *name = *list; *name != NULL; name++)
            if (!is_made(t, *name))
                test_fail(t, __FILE__, __LINE__, "there is no table %s", *name);
    for (size_t i = 0; i < COUNT_OF(promised); i++)
        CHECK_I64(sql_effect_of(arena_printf(t->arena, "DELETE FROM %s", promised[i])), SQL_WRITES);
}

TEST(position_texts)
{
    u64 position = 7;
    CHECK(position_read("16/B374D848", &position));
    CHECK_I64((i64)position, INT64_C(0x16B374D848));
    CHECK_TEXT(position_text(t->arena, position), "16/B374D848");
    static const char *const wrong[] = {
        "", "/", "16/", "/16", "16", "16/b", "123456789/0", "1/0 ", "1/123456789", "-1/0", "1/2/3"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(!position_read(wrong[i], &position));
    CHECK_I64((i64)position, INT64_C(0x16B374D848));
}

static enum err forget_work(struct db_session *session, UNUSED void *context)
{
    return db_run(session, &forget_statements, &(struct nothing){0}, NULL);
}

// A pooler that lent another server, or a server that was told to forget: prepared anew, at no cost
// but time, and where it goes on happening not prepared at all.
TEST(postgres_forgets_statements)
{
    const char *url = test_postgres_url(t);
    struct db *db = url != NULL ? open_db(t, url, NULL, 5000) : NULL;
    if (db == NULL)
        return;
    for (i64 n = 1; n <= 20; n++) {
        CHECK_I64(db_write(db, add_order, &(struct counted){.n = n}), ERR_OK);
        CHECK_I64(db_write(db, add_cart, &(struct counted){.n = n}), ERR_OK);
        CHECK_I64(orders_from(db, DB_NEWEST), n);
        CHECK_I64(db_read(db, forget_work, NULL), ERR_OK);
    }
    db_close(db);
}
