// Tests of migrations, each on both engines.
#include <pthread.h>
#include <string.h>

#include "data/migrate.h"
#include "data/test_db.h"

#define START_A                                                                                    \
    "CREATE TABLE a (id BIGINT PRIMARY KEY);\n-- a comment; with a point\n"                        \
    "INSERT INTO a (id) VALUES (1), (2);\n"

static const struct migration all[] = {
    {"one", 1, "start", START_A, NULL, NULL},
    {"two", 1, "start", "CREATE TABLE b (n BIGINT DEFAULT 1);", "CREATE TABLE b (n TEXT);", NULL},
    {"two", 2, "more", "ALTER TABLE a ADD COLUMN more BIGINT NOT NULL DEFAULT 7;", NULL, NULL},
    {"two", 3, "less", "ALTER TABLE a DROP COLUMN more;", NULL, "it reads a.more"},
    {"two", 4, "again", "ALTER TABLE a ADD COLUMN again BIGINT;", NULL, NULL},
};

#define NEWER                                                                                      \
    "the database is newer than this program: two/003_less was applied to it and is not known here"

static enum err run(struct test *t, struct db *db, size_t count, const char **detail)
{
    struct problem problem = {.arena = t->arena};
    enum err err = migrate(db, &(struct migration_set){.all = all, .count = count}, &problem);
    *detail = problem.detail;
    return err;
}

TEST_ON_DB(migrate_forward)
{
    const char *detail;
    CHECK_I64(run(t, db, 2, &detail), ERR_OK);
    CHECK_I64(run(t, db, 2, &detail), ERR_OK);
    CHECK(test_db_script(db, "INSERT INTO a (id) VALUES (2)") == ERR_CONFLICT);
    const char *text = "INSERT INTO b (n) VALUES ('x' || 1)"; // a text fits in both
    CHECK(test_db_script(db, text) == ERR_OK);
    CHECK_I64(run(t, db, 3, &detail), ERR_OK);
    CHECK(test_db_script(db, "INSERT INTO a (id, more) VALUES (3, 4)") == ERR_OK);
}

// The version before goes on beside a newer schema as long as nothing in it is breaking for it.
TEST_ON_DB(migrate_beside_newer)
{
    const char *detail;
    CHECK_I64(run(t, db, 3, &detail), ERR_OK);
    CHECK_I64(run(t, db, 2, &detail), ERR_OK);
    CHECK_I64(run(t, db, 1, &detail), ERR_OK);
    CHECK_I64(run(t, db, 5, &detail), ERR_OK);
    CHECK_I64(run(t, db, 4, &detail), ERR_OK);
    CHECK_I64(run(t, db, 3, &detail), ERR_CONFLICT);
    CHECK_TEXT(detail, NEWER ": it reads a.more; start a newer souk");
    CHECK(test_db_script(db, "DELETE FROM schema_break") == ERR_OK);
    CHECK_I64(run(t, db, 3, &detail), ERR_OK);
    // What is known here and missing was left out by nobody's next version.
    CHECK(test_db_script(db, "DELETE FROM schema_migration WHERE number = 2") == ERR_OK);
    CHECK_I64(run(t, db, 3, &detail), ERR_CONFLICT);
    CHECK_TEXT(detail, NEWER "; start a newer souk");
}

TEST_ON_DB(migrate_changed)
{
    struct migration changed[] = {all[0], all[1]};
    struct migration_set set = {.all = changed, .count = 2};
    struct problem problem = {.arena = t->arena};
    CHECK_I64(migrate(db, &set, &problem), ERR_OK);
    changed[0].sql = START_A " ";
    CHECK_I64(migrate(db, &set, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail,
               "one/001_start is not what was applied to this database: its text has changed since;"
               " put it back and add a new file instead");
}

// A migration that fails leaves nothing of itself, and those before it stay.
TEST_ON_DB(migrate_failing)
{
    const struct migration broken[] = {
        all[0],
        {"one", 2, "broken", "CREATE TABLE c (id BIGINT); CREATE TABLE a (id BIGINT)", NULL, "x"},
    };
    struct migration_set set = {.all = broken, .count = 2};
    struct problem problem = {.arena = t->arena};
    struct migration_state_list states;
    CHECK_I64(migrate_status(db, &set, &problem, &states), ERR_OK);
    CHECK(states.count == 2 && !IS_SET(&states.items[0], migration_state, applied_at));
    CHECK_I64(migrate(db, &set, &problem), ERR_UNAVAILABLE);
    CHECK(strstr(problem.detail, "one/002_broken could not be applied: ") == problem.detail);
    CHECK(strstr(problem.detail, "already exists") != NULL);
    CHECK(test_db_script(db, "CREATE TABLE c (id BIGINT)") == ERR_OK);
    CHECK(test_db_script(db, "INSERT INTO schema_break VALUES ('one', 2, 'not noted')") == ERR_OK);
    CHECK_I64(migrate_status(db, &set, &problem, &states), ERR_OK);
    CHECK(states.count == 2 && IS_SET(&states.items[0], migration_state, applied_at) &&
          !IS_SET(&states.items[1], migration_state, applied_at));
}

// Who may not migrate is told which side is behind, and changes nothing.
TEST_ON_DB(migrate_checked)
{
    struct problem problem = {.arena = t->arena};
    struct migration_set two = {.all = all, .count = 2}, three = {.all = all, .count = 3},
                         four = {.all = all, .count = 4};
    CHECK_I64(migrate_check(db, &two, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, "the database is older than this program: one/001_start was not"
                               " applied to it; run souk migrate");
    CHECK_I64(test_db_script(db, "SELECT * FROM schema_migration"), ERR_UNAVAILABLE);
    CHECK_I64(migrate(db, &two, &problem), ERR_OK);
    CHECK_I64(migrate_check(db, &two, &problem), ERR_OK);
    CHECK(test_db_script(db, "DROP TABLE schema_break") == ERR_OK);
    CHECK_I64(migrate_check(db, &two, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, "the database is older than this program: it has no table"
                               " schema_break; run souk migrate");
    CHECK_I64(migrate(db, &two, &problem), ERR_OK);
    CHECK_I64(migrate_check(db, &three, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, "the database is older than this program: two/002_more was not"
                               " applied to it; run souk migrate");
    CHECK_I64(migrate(db, &three, &problem), ERR_OK);
    CHECK_I64(migrate_check(db, &two, &problem), ERR_OK);
    CHECK_I64(migrate(db, &four, &problem), ERR_OK);
    CHECK_I64(migrate_check(db, &two, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, NEWER ": it reads a.more; start a newer souk");
}

struct starter {
    struct db *db;
    enum err err;
    pthread_t thread;
};

static void *start(void *context)
{
    struct starter *starter = context;
    struct problem problem = {.arena = arena_new(MIB(1))};
    starter->err =
        migrate(starter->db, &(struct migration_set){.all = all, .count = COUNT_OF(all)}, &problem);
    arena_free(problem.arena);
    return NULL;
}

TEST_ON_DB(migrate_at_once)
{
    struct starter starters[6];
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        starters[i].db = db;
        pthread_create(&starters[i].thread, NULL, start, &starters[i]);
    }
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        pthread_join(starters[i].thread, NULL);
        CHECK_I64(starters[i].err, ERR_OK);
    }
}

// What is embedded applies to an empty database of either engine.
TEST_ON_DB(migrate_all)
{
    struct problem problem = {.arena = t->arena};
    struct migration_set every = migrations_every();
    enum err err = migrate(db, &every, &problem);
    if (err != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
}
