// Databases for tests. Contract in test_db.h.
#include "data/test_db.h"

#include <libpq-fe.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/time.h"
#include "data/engine.h"

const char *test_postgres_url(struct test *t)
{
    static bool told;
    const char *url = getenv("SOUK_TEST_POSTGRES");
    if (url == NULL) {
        if (!told)
            printf(
                "SOUK_TEST_POSTGRES is not set: nothing runs on PostgreSQL (tests/postgres.sh)\n");
        told = true;
        return NULL;
    }
    // Of the process, so that two runs share a server.
    const char *schema = arena_printf(t->arena, "souk_test_%d", (int)getpid());
    PGconn *connection = PQconnectdb(url);
    PGresult *made = PQexec(connection, arena_printf(t->arena,
                                                     "SET client_min_messages = error;"
                                                     "DROP SCHEMA IF EXISTS %s CASCADE;"
                                                     "CREATE SCHEMA %s",
                                                     schema, schema));
    if (PQresultStatus(made) != PGRES_COMMAND_OK)
        test_fail(t, __FILE__, __LINE__, "PostgreSQL at %s: %s", url, PQerrorMessage(connection));
    PQclear(made);
    PQfinish(connection);
    return arena_printf(t->arena, "%s%soptions=-csearch_path%%3D%s", url,
                        strchr(url, '?') != NULL ? "&" : "?", schema);
}

struct db *test_db_open(struct test *t, const char *url)
{
    struct db *db = NULL;
    struct problem problem = {.arena = t->arena};
    // Long, for many at once on a machine that does other things besides.
    const struct db_settings settings = {
        .url = url, .readers = 8, .wait_ms = MINUTE_MS, .unsafe = true};
    if (db_open(&settings, &db, &problem) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return db;
}

void test_on_each_db(struct test *t, test_on_db *run)
{
    const char *urls[] = {"sqlite::memory:", test_postgres_url(t)};
    for (size_t i = 0; i < COUNT_OF(urls) && urls[i] != NULL; i++) {
        struct db *db = test_db_open(t, urls[i]);
        int before = t->failures;
        if (db != NULL)
            run(t, db);
        if (t->failures > before)
            printf("     on %s\n", urls[i]);
        db_close(db);
    }
}

static enum err run_script(struct db_session *session, void *sql)
{
    return db_script(session, sql);
}

enum err test_db_script(struct db *db, const char *sql)
{
    return db_write(db, run_script, (void *)(uintptr_t)sql);
}

void test_command(struct test *t, const char *url, const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        test_fail(t, __FILE__, __LINE__, "%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

void test_replay(struct test *t, bool on)
{
    const char *replica = getenv("SOUK_TEST_REPLICA");
    test_command(t, replica, on ? "SELECT pg_wal_replay_resume()" : "SELECT pg_wal_replay_pause()");
    if (!on) // asked for is not yet done
        test_command(t, replica,
                     "SET statement_timeout = '60s';"
                     "DO $$ BEGIN WHILE pg_get_wal_replay_pause_state() <> 'paused'"
                     " LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
}

bool test_replica_runs(bool runs)
{
    extern char **environ;
    char script[] = "tests/postgres.sh", start[] = "replica", stop[] = "stop-replica";
    char folder[256], port[16];
    const char *number = strrchr(getenv("SOUK_TEST_REPLICA"), ':') + 1;
    snprintf(folder, sizeof folder, "%s", getenv("SOUK_TEST_POSTGRES_FOLDER"));
    snprintf(port, sizeof port, "%.*s", (int)strcspn(number, "/"), number);
    char *arguments[] = {script, runs ? start : stop, folder, runs ? port : NULL, NULL};
    pid_t pid;
    int status = 1;
    return posix_spawn(&pid, script, NULL, NULL, arguments, environ) == 0 &&
           waitpid(pid, &status, 0) == pid && status == 0;
}
