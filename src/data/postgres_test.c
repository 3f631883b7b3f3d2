// Tests of what only PostgreSQL has to stand: lost connections, transactions that meet, a pooler.
// What both engines do is in db_test.c; the restart needs SOUK_TEST_POSTGRES_FOLDER
// (tools/check.sh).
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/str.h"
#include "core/time.h"
#include "data/engine.h"
#include "data/migrate.h"
#include "data/query.h"
#include "data/test_db.h"

#define ACCOUNT(F, S)                                                                              \
    F(S, i64, n, .doc = "Which.")                                                                  \
    F(S, i64, amount, .optional = true, .doc = "How much.")                                        \
    F(S, bool, found, .optional = true, .doc = "Whether it was.")                                  \
    F(S, text, note, .optional = true, .doc = "For people.")
SHAPE(account, ACCOUNT);

enum { HANGING_MAX = 8 };

static const char schema[] =
    "CREATE TABLE account (n BIGINT PRIMARY KEY, amount BIGINT, note TEXT);"
    "INSERT INTO account (n, amount) VALUES (1, 50), (2, 50)";

DB_QUERY_APART(total, QUERY_KIND_ROW, nothing, account,
               "SELECT CAST(SUM(amount) AS BIGINT) AS amount FROM account");
DB_QUERY_APART(count_all, QUERY_KIND_ROW, nothing, account, "SELECT COUNT(*) AS n FROM account");
DB_QUERY_APART(take, QUERY_KIND_RUN, account, nothing,
               "UPDATE account SET amount = amount - 60 WHERE n = :n");
DB_QUERY_APART(add, QUERY_KIND_RUN, account, nothing,
               "INSERT INTO account (n, amount, note) VALUES (:n, :amount, :note)");
DB_QUERY_APART(find, QUERY_KIND_ROW, account, account,
               "SELECT n, amount, note, amount > 5 AS found FROM account WHERE n = :n");
DB_QUERY_APART(end_others, QUERY_KIND_ROW, nothing, account,
               "SELECT COUNT(pg_terminate_backend(pid, 5000)) AS n FROM pg_stat_activity"
               " WHERE application_name = 'accounts'");
DB_QUERY_APART(end_this, QUERY_KIND_ROW, nothing, account,
               "SELECT pg_terminate_backend(pg_backend_pid()) AS found");
DB_QUERY_APART(patience, QUERY_KIND_ROW, nothing, account,
               "SELECT current_setting('idle_in_transaction_session_timeout') AS note");
DB_QUERY_APART(sleep_long, QUERY_KIND_ROW, nothing, account,
               "SELECT pg_sleep(20) IS NULL AS found");

static struct db *open_with(struct test *t, const char *url, i64 wait_ms,
                            enum db_statements statements)
{
    struct db *db = NULL;
    struct problem problem = {.arena = t->arena};
    const struct db_settings settings = {
        .url = url, .readers = 4, .wait_ms = wait_ms, .statements = statements};
    if (db_open(&settings, &db, &problem) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return db;
}

// A database with two accounts, or NULL when there is no server.
static struct db *open_accounts(struct test *t, i64 wait_ms, enum db_statements statements)
{
    const char *url = test_postgres_url(t);
    if (url == NULL)
        return NULL;
    url = arena_printf(t->arena, "%s&application_name=accounts", url); // for end_others
    struct db *db = open_with(t, url, wait_ms, statements);
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    return db;
}

static enum err add_work(struct db_session *session, void *account)
{
    return db_run(session, &add, account, NULL);
}

static enum err count_work(struct db_session *session, void *account)
{
    return db_row(session, &count_all, &(struct nothing){0}, NULL, account);
}

static i64 count(struct db *db)
{
    struct account account = {0};
    return db_read(db, count_work, &account) == ERR_OK ? account.n : -1;
}

// As if another one had been faster.
static enum err lose_work(struct db_session *session, UNUSED void *context)
{
    return db_script(session, "DO $$BEGIN RAISE serialization_failure; END$$");
}

struct skew {
    struct db *db;
    pthread_barrier_t *both_have_read;
    i64 n;
    int runs;
    enum err err;
};

// Takes 60 from one of two accounts when they have 60 together: each of two that run at once would
// see 100.
static enum err take_if_enough(struct db_session *session, void *context)
{
    struct skew *skew = context;
    struct account sum;
    enum err err = db_row(session, &total, &(struct nothing){0}, NULL, &sum);
    if (skew->runs++ == 0)
        pthread_barrier_wait(skew->both_have_read);
    if (err != ERR_OK || sum.amount < 60)
        return err != ERR_OK ? err : ERR_OUT_OF_STOCK;
    return db_run(session, &take, &(struct account){.n = skew->n}, NULL);
}

static void *run_skew(void *context)
{
    struct skew *skew = context;
    skew->err = db_write(skew->db, take_if_enough, skew);
    return NULL;
}

TEST(postgres_serializes)
{
    struct db *db = open_accounts(t, 5000, DB_PREPARED);
    if (db == NULL)
        return;
    pthread_barrier_t both_have_read;
    pthread_barrier_init(&both_have_read, NULL, 2);
    struct skew skews[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        skews[i] = (struct skew){.db = db, .both_have_read = &both_have_read, .n = i + 1};
        pthread_create(&threads[i], NULL, run_skew, &skews[i]);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK_I64(skews[0].runs + skews[1].runs, 3); // one lost, ran again and saw what the other did
    CHECK((skews[0].err == ERR_OK && skews[1].err == ERR_OUT_OF_STOCK) ||
          (skews[1].err == ERR_OK && skews[0].err == ERR_OUT_OF_STOCK));
    pthread_barrier_destroy(&both_have_read);
    db_close(db);
}

struct ending {
    struct arena *arena;
    int runs, ended_at;
    i64 ended;
};

static enum err end_others_work(struct db_session *session, void *context)
{
    struct ending *ending = context;
    struct account account;
    enum err err = db_row(session, &end_others, &(struct nothing){0}, ending->arena, &account);
    ending->ended = account.n;
    return err;
}

static enum err end_this_work(struct db_session *session, void *context)
{
    struct ending *ending = context;
    struct account account = {.n = 100 * ending->ended_at + ending->runs};
    enum err err = db_run(session, &add, &account, NULL);
    if (err != ERR_OK || ending->runs++ >= ending->ended_at)
        return err;
    return db_row(session, &end_this, &(struct nothing){0}, ending->arena, &account);
}

// A connection that the server closed while it was idle is not noticed by the caller; one that dies
// under work makes it run again, once.
TEST(postgres_lost_connection)
{
    struct db *db = open_accounts(t, 5000, DB_PREPARED);
    if (db == NULL)
        return;
    struct db *other = test_db_open(t, getenv("SOUK_TEST_POSTGRES"));
    struct ending ending = {.arena = t->arena, .ended_at = 1};
    for (int i = 0; i < 3; i++) {
        CHECK_I64(db_write(db, add_work, &(struct account){.n = 10 + i}), ERR_OK);
        CHECK_I64(db_read(other, end_others_work, &ending), ERR_OK);
        CHECK_I64(ending.ended, 1);
    }
    CHECK_I64(db_write(db, end_this_work, &ending), ERR_OK);
    CHECK_I64(ending.runs, 2);
    ending = (struct ending){.arena = t->arena, .ended_at = 9};
    CHECK_I64(db_write(db, end_this_work, &ending), ERR_UNAVAILABLE);
    CHECK_I64(ending.runs, 2);
    CHECK_I64(count(db), 2 + 3 + 1);
    db_close(other);
    db_close(db);
}

struct told {
    struct arena *arena;
    struct account account;
};

static enum err patience_work(struct db_session *session, void *context)
{
    struct told *told = context;
    return db_row(session, &patience, &(struct nothing){0}, told->arena, &told->account);
}

// A process of ours that hangs in a transaction does not hold up the others for long.
TEST(postgres_ends_who_hangs_in_a_transaction)
{
    struct db *db = open_accounts(t, 20000, DB_PREPARED);
    struct told told = {.arena = t->arena};
    if (db == NULL)
        return;
    CHECK_I64(db_write(db, patience_work, &told), ERR_OK);
    CHECK_TEXT(told.account.note, "5s");
    db_close(db);
}

// So many at once that each needs a connection of its own.
struct crowd {
    struct db *db;
    pthread_barrier_t *together;
    int runs;
};

static enum err crowd_work(struct db_session *session, void *context)
{
    struct crowd *crowd = context;
    if (crowd->runs++ == 0)
        pthread_barrier_wait(crowd->together);
    return count_work(session, &(struct account){0});
}

static void *run_crowd(void *context)
{
    struct crowd *crowd = context;
    return db_write(crowd->db, crowd_work, crowd) == ERR_OK ? crowd : NULL;
}

static void check_crowd(struct test *t, struct db *db)
{
    enum { CROWD = 4 };
    struct crowd crowd[CROWD];
    pthread_t threads[CROWD];
    pthread_barrier_t together;
    pthread_barrier_init(&together, NULL, CROWD);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (struct crowd){.db = db, .together = &together};
        pthread_create(&threads[i], NULL, run_crowd, &crowd[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK(result != NULL);
        CHECK_I64(crowd[i].runs, 1);
    }
    pthread_barrier_destroy(&together);
}

// A server that restarts closes all connections. Work that then meets several of them would use up
// its second chance.
TEST(postgres_lost_connections)
{
    struct db *db = open_accounts(t, 5000, DB_PREPARED);
    if (db == NULL)
        return;
    struct db *other = test_db_open(t, getenv("SOUK_TEST_POSTGRES"));
    struct ending ending = {.arena = t->arena};
    check_crowd(t, db);
    CHECK_I64(db_read(other, end_others_work, &ending), ERR_OK);
    CHECK_I64(ending.ended, 4);
    check_crowd(t, db);
    db_close(other);
    db_close(db);
}

static enum err sleep_work(struct db_session *session, void *context)
{
    struct account account;
    return db_row(session, &sleep_long, &(struct nothing){0}, context, &account);
}

TEST(postgres_timeout)
{
    struct db *db = open_accounts(t, 1000, DB_PREPARED);
    if (db == NULL)
        return;
    i64 start_ms = monotonic_ms();
    CHECK_I64(db_read(db, sleep_work, t->arena), ERR_UNAVAILABLE);
    CHECK(monotonic_ms() - start_ms < 15000); // it would sleep for 20 s
    CHECK_I64(count(db), 2);
    db_close(db);
}

// A migration of a table that somebody reads.
struct altering {
    struct db *db;
    struct problem problem;
    enum err err;
};

static enum err alter(struct altering *altering)
{
    static const struct migration wider = {
        "test", 1, "wider", "ALTER TABLE account ADD COLUMN wide BIGINT", NULL, NULL};
    return migrate(altering->db, &(struct migration_set){.all = &wider, .count = 1},
                   &altering->problem);
}

static enum err alter_under_read(struct db_session *session, void *context)
{
    struct altering *altering = context;
    enum err err = count_work(session, &(struct account){0});
    altering->err = alter(altering);
    return err;
}

// A migration behind a long read would have the whole shop wait behind it.
TEST(postgres_migration_gives_up)
{
    const char *url = test_postgres_url(t);
    if (url == NULL)
        return;
    struct db *db = open_with(t, url, 1000, DB_PREPARED),
              *reader = open_with(t, url, MINUTE_MS, DB_PREPARED);
    CHECK_I64(test_db_script(reader, schema), ERR_OK);
    struct altering altering = {.db = db, .problem = {.arena = t->arena}};
    CHECK_I64(db_read(reader, alter_under_read, &altering), ERR_OK);
    CHECK_I64(altering.err, ERR_UNAVAILABLE);
    CHECK(altering.problem.detail != NULL &&
          str_starts(altering.problem.detail, "test/001_wider could not be applied: another "
                                              "session holds a lock"));
    altering.db = reader; // patient, and no longer reading
    CHECK_I64(alter(&altering), ERR_OK);
    db_close(reader);
    db_close(db);
}

static enum err find_work(struct db_session *session, void *context)
{
    struct ending *ending = context;
    struct account account;
    enum err err = db_row(session, &find, &(struct account){.n = 7}, ending->arena, &account);
    ending->runs = err == ERR_OK && account.amount == 6 && account.found &&
                   IS_SET(&account, account, found) && account.note == NULL;
    return err;
}

TEST(postgres_unprepared)
{
    struct db *db = open_accounts(t, 5000, DB_UNPREPARED);
    if (db == NULL)
        return;
    struct account account = {.n = 7};
    struct ending ending = {.arena = t->arena};
    SET(&account, account, amount, 6);
    CHECK_I64(db_write(db, add_work, &account), ERR_OK);
    CHECK_I64(db_write(db, add_work, &account), ERR_CONFLICT);
    for (int i = 0; i < 2; i++) {
        CHECK_I64(db_read(db, find_work, &ending), ERR_OK);
        CHECK_I64(ending.runs, 1);
    }
    db_close(db);
}

DB_QUERY_APART(forget_all, QUERY_KIND_RUN, nothing, nothing, "DEALLOCATE ALL");
DB_QUERY_APART(count_known, QUERY_KIND_ROW, nothing, account,
               "SELECT CAST(COUNT(*) AS INT) AS n FROM pg_prepared_statements"
               " WHERE name LIKE 'q\\_%'");

DB_QUERY_APART(use_unknown, QUERY_KIND_RUN, nothing, nothing, "EXECUTE nobody_knows");

DB_QUERY_APART(remove_ten, QUERY_KIND_RUN, nothing, nothing, "DELETE FROM account WHERE n = 10");

static enum err take_back(struct db_session *session, UNUSED void *context)
{
    return db_run(session, &remove_ten, &(struct nothing){0}, NULL);
}

static enum err use_unknown_once(struct db_session *session, void *context)
{
    int *runs = context;
    return (*runs)++ == 0 ? db_run(session, &use_unknown, &(struct nothing){0}, NULL)
                          : db_run(session, &add, &(struct account){.n = 10}, NULL);
}

static enum err forget_work(struct db_session *session, UNUSED void *context)
{
    return db_put(session, &forget_all, &(struct nothing){0});
}

static enum err count_known_work(struct db_session *session, void *context)
{
    struct ending *ending = context;
    struct account account = {0};
    enum err err = db_row(session, &count_known, &(struct nothing){0}, ending->arena, &account);
    ending->ended = account.n;
    return err;
}

static enum err put_account(struct db_session *session, void *context)
{
    return db_put(session, &add, context);
}

// Statements are named by their text; a server that does not know one is taught it, however it is
// found out: by the statement itself, by the commit that it travels with, or in shared
// transactions.
TEST(postgres_shared_statements)
{
    struct db *db = open_accounts(t, 5000, DB_PREPARED_SHARED);
    if (db == NULL)
        return;
    struct ending ending = {.arena = t->arena};
    for (int i = 0; i < 3; i++) {
        CHECK_I64(db_write(db, add_work, &(struct account){.n = 10 + i}), ERR_OK);
        for (enum db_isolation how = DB_SERIALIZABLE; how <= DB_TOGETHER; how++)
            CHECK_I64(db_write_as(db, how, put_account,
                                  &(struct account){.n = 20 + 3 * i + (int)how}, NULL),
                      ERR_OK);
        CHECK_I64(db_read(db, count_known_work, &ending), ERR_OK);
        // This one and the one that adds; then that which forgets, though nobody asked for it yet.
        CHECK(ending.ended >= (i == 0 ? 2 : 3));
        CHECK_I64(db_write(db, forget_work, NULL), ERR_OK);
    }
    CHECK_I64(count(db), 2 + 3 * 4);
    CHECK_I64(db_write(db, put_account, &(struct account){.n = 10}), ERR_CONFLICT);
    db_close(db);
}

// The pooler lends another server the next time, which may know all that is needed.
TEST(postgres_learns_where_all_is_known)
{
    struct db *db = open_accounts(t, 5000, DB_PREPARED_SHARED);
    if (db == NULL)
        return;
    for (int i = 0; i < 3; i++) {
        int runs = 0;
        CHECK_I64(db_write(db, use_unknown_once, &runs), ERR_OK);
        CHECK_I64(runs, 2);
        CHECK_I64(db_write(db, take_back, NULL), ERR_OK);
    }
    db_close(db);
}

// Who works in the lane and does not end; it takes nothing at the server.
struct lane {
    struct db *db;
    int runs;
    _Atomic bool held, released, gave_up;
};

// Loses twice, which is what it takes to get there.
static enum err hold_lane(struct db_session *session, void *context)
{
    struct lane *lane = context;
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    if (lane->runs++ < 2)
        return lose_work(session, NULL);
    lane->held = true;
    while (!lane->released && monotonic_ms() < until_ms)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    lane->gave_up = !lane->released;
    return ERR_OK;
}

static void *stay_in_lane(void *context)
{
    struct lane *lane = context;
    return db_write(lane->db, hold_lane, lane) == ERR_OK ? context : NULL;
}

// Who waits for its turn in the lane does not wait beyond its time.
TEST(postgres_lane_has_an_end)
{
    struct db *db = open_accounts(t, 1000, DB_PREPARED);
    if (db == NULL)
        return;
    struct lane lane = {.db = db};
    pthread_t thread;
    void *stayed;
    pthread_create(&thread, NULL, stay_in_lane, &lane);
    while (!lane.held && pthread_tryjoin_np(thread, &stayed) != 0)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    CHECK(lane.held);
    if (lane.held) {
        CHECK_I64(db_write(db, lose_work, NULL), ERR_UNAVAILABLE);
        lane.released = true;
        pthread_join(thread, &stayed);
        CHECK(stayed != NULL && !lane.gave_up);
    }
    db_close(db);
}

// A pooler whose server is away: it lets everybody in and hangs up at the first statement; or it
// says nothing.
struct pooler {
    int listener;
    _Atomic int clients, hanging;
    _Atomic bool silent;
    int kept[HANGING_MAX];
    pthread_t thread;
};

static void *hang_up(void *context)
{
    static const char come_in[] = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};
    struct pooler *pooler = context;
    char said[1000];
    for (int client; (client = accept(pooler->listener, NULL, NULL)) >= 0; close(client)) {
        pooler->clients++;
        if (pooler->silent && pooler->hanging < HANGING_MAX) {
            pooler->kept[pooler->hanging++] = dup(client);
            continue;
        }
        if (recv(client, said, sizeof said, 0) > 0 &&
            send(client, come_in, sizeof come_in, MSG_NOSIGNAL) > 0)
            (void)!recv(client, said, sizeof said, 0);
    }
    return NULL;
}

static const char *start_pooler(struct test *t, struct pooler *pooler)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof at;
    pooler->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(pooler->listener, (struct sockaddr *)&at, length) == 0);
    CHECK(listen(pooler->listener, 64) == 0);
    CHECK(getsockname(pooler->listener, (struct sockaddr *)&at, &length) == 0);
    pthread_create(&pooler->thread, NULL, hang_up, pooler);
    return arena_printf(t->arena,
                        "postgresql://u@127.0.0.1:%d/d?sslmode=disable&gssencmode=disable",
                        ntohs(at.sin_port));
}

static void stop_pooler(struct pooler *pooler)
{
    shutdown(pooler->listener, SHUT_RDWR);
    pthread_join(pooler->thread, NULL);
    close(pooler->listener);
    for (int i = 0; i < pooler->hanging; i++)
        close(pooler->kept[i]);
}

// Requests fail at once, and only now and then one of them asks whether the server is back.
TEST(postgres_pooler_without_server)
{
    enum { READS = 40 };
    struct pooler pooler = {0};
    struct db *db = open_with(t, start_pooler(t, &pooler), 5000, DB_UNPREPARED);
    i64 start_ms = monotonic_ms();
    for (int i = 0; i < READS; i++)
        CHECK_I64(count(db), -1);
    CHECK(pooler.clients <= 3 + (monotonic_ms() - start_ms) / 50);
    CHECK(pooler.clients < READS);
    nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    int before = pooler.clients;
    CHECK_I64(count(db), -1);
    CHECK(pooler.clients > before);
    db_close(db);
    stop_pooler(&pooler);
}

struct asker {
    struct db *db;
    pthread_barrier_t *together;
    pthread_t thread;
};

static void *ask_once(void *context)
{
    struct asker *asker = context;
    pthread_barrier_wait(asker->together);
    return count(asker->db) == -1 ? context : NULL;
}

// A server that hangs keeps one of those who find out whether it is back, and not all.
TEST(postgres_hangs)
{
    enum { ASKERS = 4 }; // as many as connections
    struct pooler pooler = {0};
    struct asker askers[ASKERS];
    struct db *db = open_with(t, start_pooler(t, &pooler), 1000, DB_UNPREPARED);
    pthread_barrier_t together;
    pthread_barrier_init(&together, NULL, ASKERS);
    CHECK_I64(count(db), -1); // it hangs up
    pooler.silent = true;
    nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.db = db, .together = &together};
        pthread_create(&askers[i].thread, NULL, ask_once, &askers[i]);
    }
    for (int i = 0; i < ASKERS; i++) {
        void *refused;
        pthread_join(askers[i].thread, &refused);
        CHECK(refused != NULL);
    }
    CHECK(pooler.hanging >= 1 && pooler.hanging < ASKERS);
    db_close(db);
    stop_pooler(&pooler);
    pthread_barrier_destroy(&together);
}

struct steady {
    struct db *db;
    i64 first;
    int unknown;
    _Atomic int acknowledged;
    _Atomic bool *stop;
    pthread_t thread;
};

static void *write_steadily(void *context)
{
    struct steady *steady = context;
    for (i64 n = steady->first; !*steady->stop; n++) {
        enum err err = db_write(steady->db, add_work, &(struct account){.n = n});
        steady->acknowledged += err == ERR_OK;
        steady->unknown += err != ERR_OK;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return NULL;
}

// Until each of them was told of so many more, for a minute at most.
static bool wait_for_writes(const struct steady steadies[], int count, int more)
{
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    for (int i = 0; i < count; i++) {
        int before = steadies[i].acknowledged;
        while (steadies[i].acknowledged < before + more && monotonic_ms() < until_ms)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return monotonic_ms() < until_ms;
}

static bool restart_server(const char *folder)
{
    extern char **environ;
    char script[] = "tests/postgres.sh", restart[] = "restart", path[256];
    snprintf(path, sizeof path, "%s", folder);
    char *arguments[] = {script, restart, path, NULL};
    pid_t pid;
    int status = 1;
    return posix_spawn(&pid, script, NULL, NULL, arguments, environ) == 0 &&
           waitpid(pid, &status, 0) == pid && status == 0;
}

// The server restarts under four threads that write: what was acknowledged is there, and writes go
// on without anybody being started anew.
TEST(postgres_restart)
{
    const char *folder = getenv("SOUK_TEST_POSTGRES_FOLDER");
    struct db *db = folder != NULL ? open_accounts(t, 1000, DB_PREPARED) : NULL;
    if (db == NULL)
        return;
    _Atomic bool stop = false;
    struct steady steadies[4];
    int acknowledged = 0, unknown = 0;
    for (int i = 0; i < 4; i++) {
        steadies[i] = (struct steady){.db = db, .first = (i + 1) * 1000000, .stop = &stop};
        pthread_create(&steadies[i].thread, NULL, write_steadily, &steadies[i]);
    }
    CHECK(wait_for_writes(steadies, 4, 10));
    CHECK(restart_server(folder));
    CHECK(wait_for_writes(steadies, 4, 10));
    stop = true;
    for (int i = 0; i < 4; i++) {
        pthread_join(steadies[i].thread, NULL);
        acknowledged += steadies[i].acknowledged;
        unknown += steadies[i].unknown;
    }
    i64 there = count(db) - 2;
    CHECK(acknowledged > 20 && there >= acknowledged && there <= acknowledged + unknown);
    CHECK_I64(db_write(db, add_work, &(struct account){.n = 99}), ERR_OK);
    db_close(db);
}
