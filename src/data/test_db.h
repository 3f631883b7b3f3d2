// Databases for tests: each test of TEST_ON_DB runs on a fresh, empty database of every engine.
// SQLite's is in memory; PostgreSQL's is a schema of its own on the server of SOUK_TEST_POSTGRES
// (see tests/postgres.sh), and is skipped, and said so once, when that is not set.
//
//     TEST_ON_DB(stock_take) { CHECK(db_write(db, take, &want) == ERR_OK); }
#ifndef SOUK_DATA_TEST_DB_H
#define SOUK_DATA_TEST_DB_H

#include "core/test.h"
#include "data/db.h"

typedef void test_on_db(struct test *t, struct db *db);

// The address of an empty PostgreSQL database, or NULL.
const char *test_postgres_url(struct test *t);
// Opens with 8 connections; a failure fails the test and gives NULL.
struct db *test_db_open(struct test *t, const char *url);
// Runs the test on each engine.
void test_on_each_db(struct test *t, test_on_db *run);
// Runs statements without parameters, in one transaction.
enum err test_db_script(struct db *db, const char *sql);
// Runs one statement at a server, as its owner.
void test_command(struct test *t, const char *url, const char *sql);
// Lets the replica of SOUK_TEST_REPLICA stand still, and go on.
void test_replay(struct test *t, bool on);
// Ends that replica, and starts it again; needs SOUK_TEST_POSTGRES_FOLDER. False: it failed.
bool test_replica_runs(bool runs);

#define TEST_ON_DB(name_)                                                                          \
    static void name_##_on_db(struct test *t, struct db *db);                                      \
    TEST(name_)                                                                                    \
    {                                                                                              \
        test_on_each_db(t, name_##_on_db);                                                         \
    }                                                                                              \
    static void name_##_on_db(UNUSED struct test *t, UNUSED struct db *db)

#endif
