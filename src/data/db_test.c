// Tests of the database face, each on both engines. What only SQLite can do is in sqlite_test.c.
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/uuid.h"
#include "data/query.h"
#include "data/sql_names.h"
#include "data/test_db.h"

#define GRADE(X, E) X(E, low) X(E, high)
ENUMERATION(grade, GRADE);

#define THING(F, S)                                                                                \
    F(S, uuid, id, .doc = "Id.")                                                                   \
    F(S, text, name, .max = 20, .doc = "Unique.")                                                  \
    F(S, i64, count, .doc = "How many.")                                                           \
    F(S, i64, spare, .optional = true, .doc = "How many more.")                                    \
    F(S, minor, price_minor, .optional = true, .doc = "Price.")                                    \
    F(S, bool, sold, .doc = "Whether it is sold.")                                                 \
    F(S, bool, wanted, .optional = true, .doc = "Whether somebody wants it.")                      \
    F(S, time, made_at, .doc = "When it was made.")                                                \
    F(S, one_of(grade), grade, .optional = true, .doc = "Its grade.")                              \
    F(S, texts, tags, .doc = "Words.")                                                             \
    F(S, text, note, .optional = true, .doc = "For people.")                                       \
    F(S, uuid, owner, .optional = true, .doc = "Whose it is.")                                     \
    F(S, json, extra, .optional = true, .doc = "Anything.")
SHAPE(thing, THING);

#define THING_COLUMNS                                                                              \
    "id, name, count, spare, price_minor, sold, wanted, made_at, grade, tags, note, owner, extra"

static const char schema[] =
    "CREATE TABLE thing (id UUID PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " count BIGINT NOT NULL CHECK (count >= 0), spare BIGINT, price_minor BIGINT,"
    " sold BOOLEAN NOT NULL, wanted BOOLEAN, made_at BIGINT NOT NULL, grade TEXT,"
    " tags TEXT NOT NULL, note TEXT, owner UUID REFERENCES thing (id), extra TEXT)";

DB_QUERY_APART(
    thing_insert, QUERY_KIND_ROW, thing, thing,
    "INSERT INTO thing (" THING_COLUMNS ") VALUES (:new_id, :name, :count, :spare, :price_minor,"
    " :sold, :wanted, :made_at, :grade, :tags, :note, :owner, :extra) RETURNING " THING_COLUMNS);
DB_QUERY_APART(thing_by_name, QUERY_KIND_ROW, thing, thing,
               "SELECT " THING_COLUMNS " FROM thing WHERE name = :name");
DB_QUERY_APART(things, QUERY_KIND_LIST, nothing, thing,
               "SELECT " THING_COLUMNS " FROM thing ORDER BY name");
DB_QUERY_APART(thing_take, QUERY_KIND_RUN, thing, nothing,
               "UPDATE thing SET count = count - :count WHERE name = :name AND count >= :count");
DB_QUERY_APART(thing_add, QUERY_KIND_RUN, thing, nothing,
               "UPDATE thing SET count = count + :count WHERE name = :name");
DB_QUERY_APART(thing_own, QUERY_KIND_RUN, thing, nothing,
               "UPDATE thing SET owner = :new_id WHERE name = :name");

struct job {
    struct test *t;
    struct thing in, out;
    enum err err; // what the work answers at its end
    int runs;
};

static enum err insert(struct db_session *session, void *context)
{
    struct job *job = context;
    job->runs++;
    enum err err = db_row(session, &thing_insert, &job->in, job->t->arena, &job->out);
    return err == ERR_OK ? job->err : err;
}

static enum err find(struct db_session *session, void *context)
{
    struct job *job = context;
    return db_row(session, &thing_by_name, &job->in, job->t->arena, &job->out);
}

static i64 count_of(struct test *t, struct db *db, const char *name)
{
    struct job job = {.t = t, .in = {.name = name}};
    enum err err = db_read(db, find, &job);
    return err == ERR_OK ? job.out.count : -(i64)err;
}

static enum err add_thing(struct test *t, struct db *db, const char *name, i64 count)
{
    struct job job = {.t = t, .in = {.name = name, .count = count}};
    return db_write(db, insert, &job);
}

TEST_ON_DB(db_kinds)
{
    static const char *const texts[] = {"a", "\"quoted\"", "caf\xC3\xA9", ""};
    const char *tags[4];
    memcpy(tags, texts, sizeof tags);
    CHECK(test_db_script(db, schema) == ERR_OK);
    struct job job = {.t = t,
                      .in = {.name = "full",
                             .count = INT64_MAX,
                             .sold = true,
                             .made_at = -1,
                             .tags = {4, tags},
                             .note = "'; DROP TABLE thing; --",
                             .extra = "{\"a\": [1,2]}"}};
    SET(&job.in, thing, spare, INT64_MIN);
    SET(&job.in, thing, price_minor, 0);
    SET(&job.in, thing, wanted, false);
    SET(&job.in, thing, grade, grade_high);
    CHECK_I64(db_write(db, insert, &job), ERR_OK);
    struct thing made = job.out;
    CHECK_I64(db_read(db, find, &job), ERR_OK);
    CHECK(uuid_equal(&made.id, &job.out.id) && !uuid_empty(&made.id));
    const char *tail = strstr(json_text(&thing_shape, &made, t->arena), "\"name\"");
    CHECK_TEXT(tail, strstr(json_text(&thing_shape, &job.out, t->arena), "\"name\""));
    CHECK_TEXT(tail,
               "\"name\":\"full\",\"count\":9223372036854775807,"
               "\"spare\":-9223372036854775808,\"price_minor\":0,\"sold\":true,"
               "\"wanted\":false,\"made_at\":\"1969-12-31T23:59:59.999Z\",\"grade\":\"high\","
               "\"tags\":[\"a\",\"\\\"quoted\\\"\",\"caf\xC3\xA9\",\"\"],"
               "\"note\":\"'; DROP TABLE thing; --\",\"owner\":null,\"extra\":{\"a\": [1,2]}}");
}

TEST_ON_DB(db_null)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    struct job job = {.t = t, .in = {.name = "bare"}};
    job.in.spare = 5; // without its bit it is absent
    CHECK_I64(db_write(db, insert, &job), ERR_OK);
    CHECK_I64(db_read(db, find, &job), ERR_OK);
    CHECK(!IS_SET(&job.out, thing, spare) && job.out.spare == 0);
    CHECK(!IS_SET(&job.out, thing, wanted) && !IS_SET(&job.out, thing, grade));
    CHECK(job.out.note == NULL && job.out.extra == NULL && uuid_empty(&job.out.owner));
    CHECK(IS_SET(&job.out, thing, count) && job.out.tags.count == 0);
    job.in.name = "none";
    CHECK_I64(db_read(db, find, &job), ERR_NOT_FOUND);
}

static enum err list(struct db_session *session, void *context)
{
    struct job *job = context;
    struct thing_list found;
    enum err err = db_list(session, &things, &job->in, job->t->arena, &found);
    struct test *t = job->t;
    for (size_t i = 1; i < found.count; i++)
        CHECK(strcmp(found.items[i - 1].name, found.items[i].name) < 0);
    job->runs = (int)found.count;
    return err;
}

TEST_ON_DB(db_list)
{
    static const char *const names[] = {"b", "B", "\xC3\xA9", "a b", "a-b", "z", "_", "ab"};
    CHECK(test_db_script(db, schema) == ERR_OK);
    struct job job = {.t = t};
    CHECK(db_read(db, list, &job) == ERR_OK && job.runs == 0);
    for (int i = 0; i < 100; i++)
        CHECK_I64(add_thing(t, db, arena_printf(t->arena, "%s%d", names[i % 8], i), i), ERR_OK);
    CHECK(db_read(db, list, &job) == ERR_OK && job.runs == 100);
}

static enum err own(struct db_session *session, void *context)
{
    struct job *job = context;
    return db_run(session, &thing_own, &job->in, NULL);
}

TEST_ON_DB(db_conflict)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_OK);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_CONFLICT);
    CHECK_I64(add_thing(t, db, "two", -1), ERR_CONFLICT);
    struct job job = {.t = t, .in = {.name = "one"}};
    CHECK_I64(db_write(db, own, &job), ERR_CONFLICT);
    CHECK_I64(count_of(t, db, "one"), 1);
}

static enum err insert_and_hide_it(struct db_session *session, void *context)
{
    struct job *job = context;
    enum err first = db_row(session, &thing_insert, &job->in, job->t->arena, &job->out);
    job->in.name = "other";
    enum err second = db_row(session, &thing_insert, &job->in, job->t->arena, &job->out);
    return first == second ? ERR_OK : ERR_INVALID;
}

// Work that swallows a failure does not get half of itself committed, on either engine.
TEST_ON_DB(db_conflict_hidden)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_OK);
    struct job job = {.t = t, .in = {.name = "one"}};
    CHECK_I64(db_write(db, insert_and_hide_it, &job), ERR_CONFLICT);
    CHECK_I64(count_of(t, db, "other"), -(i64)ERR_NOT_FOUND);
}

TEST_ON_DB(db_rollback)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    struct job job = {.t = t, .in = {.name = "one"}, .err = ERR_OUT_OF_STOCK};
    CHECK_I64(db_write(db, insert, &job), ERR_OUT_OF_STOCK);
    CHECK_I64(count_of(t, db, "one"), -(i64)ERR_NOT_FOUND);
}

static enum err write_in_read(struct db_session *session, void *context)
{
    struct job *job = context;
    return db_run(session, &thing_add, &job->in, NULL);
}

TEST_ON_DB(db_read_is_read_only)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_OK);
    struct job job = {.t = t, .in = {.name = "one", .count = 1}};
    CHECK_I64(db_read(db, write_in_read, &job), ERR_UNAVAILABLE);
    CHECK_I64(count_of(t, db, "one"), 1);
}

TEST_ON_DB(db_fail_at)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    db_fail_at(db, 1);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_UNAVAILABLE);
    db_fail_at(db, 2); // the commit
    CHECK_I64(add_thing(t, db, "one", 1), ERR_UNAVAILABLE);
    CHECK_I64(count_of(t, db, "one"), -(i64)ERR_NOT_FOUND);
    db_fail_at(db, 9);
    db_fail_at(db, 0);
    CHECK_I64(add_thing(t, db, "one", 1), ERR_OK);
}

struct counted {
    struct db_job job;
    struct job work;
    _Atomic int *left;
    enum err err;
};

static void count_down(struct db_job *job, enum err err)
{
    struct counted *counted = (struct counted *)job;
    counted->err = err;
    atomic_fetch_sub(counted->left, 1);
}

// Every third job fails by itself, every seventh by a constraint; the others are not touched.
TEST_ON_DB(db_group_commit)
{
    enum { JOBS = 1000 };
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "taken", 1), ERR_OK);
    struct counted *jobs = ARENA_ARRAY(t->arena, struct counted, JOBS);
    _Atomic int left = JOBS;
    for (int i = 0; i < JOBS; i++) {
        const char *name = i % 7 == 1 ? "taken" : arena_printf(t->arena, "job-%d", i);
        struct test *own_t = ARENA_NEW(t->arena, struct test); // arenas belong to one thread
        own_t->arena = arena_new(MIB(1));
        jobs[i] = (struct counted){.left = &left};
        jobs[i].work = (struct job){.t = own_t, .in = {.name = name}};
        jobs[i].work.err = i % 3 == 1 ? ERR_OUT_OF_STOCK : ERR_OK;
        jobs[i].job = (struct db_job){.work = insert, .done = count_down, .context = &jobs[i].work};
    }
    for (int i = 0; i < JOBS; i++)
        db_submit(db, &jobs[i].job);
    while (left > 0)
        sched_yield();
    for (int i = 0; i < JOBS; i++) {
        enum err expected = i % 7 == 1 ? ERR_CONFLICT : i % 3 == 1 ? ERR_OUT_OF_STOCK : ERR_OK;
        CHECK_I64(jobs[i].err, expected);
        if (i % 7 != 1)
            CHECK((count_of(t, db, jobs[i].work.in.name) == 0) == (expected == ERR_OK));
        arena_free(jobs[i].work.t->arena);
    }
}

struct taker {
    struct db *db;
    struct job job;
    int taken, refused, failed;
};

static enum err take(struct db_session *session, void *context)
{
    struct job *job = context;
    i64 changed;
    enum err err = db_run(session, &thing_take, &job->in, &changed);
    return err != ERR_OK ? err : changed == 1 ? ERR_OK : ERR_OUT_OF_STOCK;
}

static void *take_until_empty(void *context)
{
    struct taker *taker = context;
    for (int i = 0; i < 40; i++) {
        enum err err = db_write(taker->db, take, &taker->job);
        *(err == ERR_OK             ? &taker->taken
          : err == ERR_OUT_OF_STOCK ? &taker->refused
                                    : &taker->failed) += 1;
        struct test mine = {.arena = arena_new(MIB(4))};
        (void)count_of(&mine, taker->db, "hot");
        arena_free(mine.arena);
    }
    return NULL;
}

// Sixteen threads on one row, with more buyers than pieces: exactly what was there is sold.
TEST_ON_DB(db_threads)
{
    enum { THREADS = 16, PIECES = 400 };
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "hot", PIECES), ERR_OK);
    pthread_t threads[THREADS];
    struct taker takers[THREADS] = {0};
    int taken = 0, failed = 0;
    for (int i = 0; i < THREADS; i++) {
        takers[i] = (struct taker){.db = db, .job = {.t = t, .in = {.name = "hot", .count = 1}}};
        pthread_create(&threads[i], NULL, take_until_empty, &takers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        taken += takers[i].taken;
        failed += takers[i].failed;
    }
    CHECK_I64(taken, PIECES);
    CHECK_I64(failed, 0);
    CHECK_I64(count_of(t, db, "hot"), 0);
}

static enum err see_twice(struct db_session *session, void *context)
{
    struct taker *taker = context;
    enum err err = find(session, &taker->job);
    i64 first = taker->job.out.count;
    pthread_t writer;
    struct taker other = {.db = taker->db, .job = {.t = taker->job.t, .in = taker->job.in}};
    pthread_create(&writer, NULL, take_until_empty, &other);
    pthread_join(writer, NULL);
    err = err == ERR_OK ? find(session, &taker->job) : err;
    taker->taken = first == taker->job.out.count && other.taken == 40;
    return err;
}

TEST_ON_DB(db_snapshot)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    CHECK_I64(add_thing(t, db, "hot", 100), ERR_OK);
    struct taker taker = {.db = db, .job = {.t = t, .in = {.name = "hot", .count = 1}}};
    CHECK_I64(db_read(db, see_twice, &taker), ERR_OK);
    CHECK(taker.taken == 1);
    CHECK_I64(count_of(t, db, "hot"), 60);
}

#define BAD(F, S)                                                                                  \
    F(S, text, name, .doc = "A number, wrongly.")                                                  \
    F(S, i64, count, .doc = "Right.")                                                              \
    F(S, list(thing), list, .doc = "Not for SQL.")
SHAPE(bad, BAD);

static bool reached;
static const struct query bad_queries[] = {
    {"fine", "SELECT name, count FROM thing WHERE name = :name", NULL, "bad.c", QUERY_KIND_ROW,
     &thing_shape, &thing_shape, &reached},
    {"no_param", "SELECT name FROM thing WHERE name = :nam", NULL, "bad.c", QUERY_KIND_ROW,
     &thing_shape, &thing_shape, NULL},
    {"no_column", "SELECT name AS title FROM thing", NULL, "bad.c", QUERY_KIND_ROW, &thing_shape,
     &thing_shape, NULL},
    {"twice", "SELECT name, name FROM thing", NULL, "bad.c", QUERY_KIND_ROW, &thing_shape,
     &thing_shape, NULL},
    {"kind", "SELECT made_at AS name FROM thing", NULL, "bad.c", QUERY_KIND_ROW, &thing_shape,
     &thing_shape, NULL},
    {"list_bound", "SELECT count FROM thing WHERE name = :list", NULL, "bad.c", QUERY_KIND_ROW,
     &bad_shape, &bad_shape, NULL},
    {"columns", "SELECT count FROM thing", NULL, "bad.c", QUERY_KIND_RUN, &thing_shape,
     &nothing_shape, NULL},
    {"no_rows", "DELETE FROM thing", NULL, "bad.c", QUERY_KIND_ROW, &thing_shape, &thing_shape,
     NULL},
    {"broken", "SELEC 1", NULL, "bad.c", QUERY_KIND_ROW, &thing_shape, &thing_shape, NULL},
    {"two", "DELETE FROM thing; DELETE FROM thing", NULL, "bad.c", QUERY_KIND_RUN, &thing_shape,
     &nothing_shape, NULL},
};

TEST_ON_DB(db_check_queries)
{
    CHECK(test_db_script(db, schema) == ERR_OK);
    const struct query *queries[COUNT_OF(bad_queries)];
    for (size_t i = 0; i < COUNT_OF(bad_queries); i++)
        queries[i] = &bad_queries[i];
    struct problem problem = {.arena = t->arena};
    CHECK_I64(db_check_queries(db, queries, 1, &problem), ERR_OK);
    CHECK_I64(db_check_queries(db, queries, COUNT_OF(queries), &problem), ERR_INVALID);
    CHECK_I64((i64)problem.count, (i64)COUNT_OF(queries) - 1);
    for (size_t i = 0; i < problem.count; i++)
        CHECK_TEXT(problem.fields[i].field, bad_queries[i + 1].name);
    CHECK_TEXT(problem.fields[0].detail, "bad.c: parameter nam is no field of shape thing");
    CHECK_TEXT(problem.fields[1].detail, "bad.c: column title is no field of shape thing");
    CHECK_TEXT(problem.fields[3].detail,
               "bad.c: column name has another type than its field in shape thing");
    CHECK(strstr(problem.fields[7].detail, "syntax error") != NULL);
    CHECK(!reached);
}

TEST(sql_names)
{
    static const char *const cases[][2] = {
        {"a = :a AND b = :b_2 OR c = :a", "a = $1 AND b = $2 OR c = $1"},
        {"':a', ':a''b:c', :d", "':a', ':a''b:c', $1"},
        {"E'\\':a' || 'it\\' || :b || E'", "E'\\':a' || 'it\\' || $1 || E'"},
        {"\":a\"\":b\" = :c", "\":a\"\":b\" = $1"},
        {"x::text, :a::bigint, y := :b, z[1:2]", "x::text, $1::bigint, y := $2, z[1:2]"},
        {"-- :a\n:b /* :c /* :d */ :e */ :f", "-- :a\n$1 /* :c /* :d */ :e */ $2"},
        {"$$:a$$ || $t$ :b $$ $t$ || :c || $1", "$$:a$$ || $t$ :b $$ $t$ || $1 || $1"},
        {"name:a, a$b$:c, 'open :d", "name$1, a$b$$2, 'open :d"},
        {":", ":"},
        {"caf\xC3\xA9 = :a/*", "caf\xC3\xA9 = $1/*"},
    };
    struct sql_names names;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK(sql_number_names(cases[i][0], t->arena, &names));
        CHECK_TEXT(names.sql, cases[i][1]);
    }
    struct buf many = buf_in(t->arena);
    for (int i = 0; i <= SQL_NAMES_MAX; i++)
        buf_printf(&many, ":n%d ", i);
    CHECK(!sql_number_names(many.at, t->arena, &names));
}
