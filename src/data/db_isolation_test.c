// Tests of writes that see to their isolation themselves: locks, statements that nobody waits for,
// transactions that are shared. Contract in db.h.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/str.h"
#include "data/query.h"
#include "data/test_db.h"

#define TALLY(F, S)                                                                                \
    F(S, text, name, .doc = "Of what is counted.")                                                 \
    F(S, i64, count, .doc = "How many.")
SHAPE(tally, TALLY);

static const char schema[] =
    "CREATE TABLE tally (name TEXT PRIMARY KEY, count BIGINT NOT NULL CHECK (count >= 0))";
DB_QUERY_APART(tally_add, QUERY_KIND_RUN, tally, nothing,
               "INSERT INTO tally (name, count) VALUES (:name, :count)");
DB_QUERY_APART(tally_find, QUERY_KIND_ROW, tally, tally,
               "SELECT name, count FROM tally WHERE name = :name");
DB_QUERY_APART(tally_set, QUERY_KIND_RUN, tally, nothing,
               "UPDATE tally SET count = :count WHERE name = :name");
DB_QUERY_APART(tally_grow, QUERY_KIND_RUN, tally, nothing,
               "UPDATE tally SET count = count + 1 WHERE name = :name");
DB_QUERY_APART(end_backend, QUERY_KIND_ROW, nothing, tally,
               "SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS INT) AS count");

struct finding {
    struct arena *arena;
    struct tally tally;
};

static enum err find_work(struct db_session *session, void *context)
{
    struct finding *finding = context;
    struct tally found = {0};
    enum err err = db_row(session, &tally_find, &finding->tally, finding->arena, &found);
    finding->tally.count = found.count;
    return err;
}

// -1: there is none.
static i64 count_of(struct test *t, struct db *db, const char *name)
{
    struct finding finding = {.arena = t->arena, .tally = {.name = name}};
    return db_read(db, find_work, &finding) == ERR_OK ? finding.tally.count : -1;
}

static enum err put_all(struct db_session *session, const struct tally *rows, size_t count)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        err = db_put(session, &tally_add, &rows[i]);
    return err;
}

struct putting {
    struct arena *arena;
    const struct tally *rows;
    size_t count;
    bool reads; // after them
    enum err read;
};

// What a put returns is left out: it may be told later.
static enum err put_work(struct db_session *session, void *context)
{
    struct putting *putting = context;
    struct tally found;
    enum err err = put_all(session, putting->rows, putting->count);
    if (putting->reads)
        putting->read = db_row(session, &tally_find, &putting->rows[0], putting->arena, &found);
    return putting->reads ? putting->read : err;
}

TEST_ON_DB(db_put_fails_with_what_follows)
{
    static const struct tally taken[] = {{.name = "first", .count = 1}, {.name = "taken"}};
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    CHECK_I64(test_db_script(db, "INSERT INTO tally (name, count) VALUES ('taken', 5)"), ERR_OK);
    for (int reads = 0; reads < 2; reads++)
        for (enum db_isolation how = DB_SERIALIZABLE; how <= DB_TOGETHER; how++) {
            struct putting putting = {
                .arena = t->arena, .rows = taken, .count = 2, .reads = reads != 0};
            CHECK_I64(db_write_as(db, how, put_work, &putting, NULL), ERR_CONFLICT);
            CHECK_I64(putting.read, reads != 0 ? ERR_CONFLICT : ERR_OK);
            CHECK_I64(count_of(t, db, "first"), -1);
        }
    CHECK_I64(count_of(t, db, "taken"), 5);
}

// More than travel together.
TEST_ON_DB(db_put_many)
{
    enum { MANY = 100 };
    struct tally rows[MANY];
    for (int i = 0; i < MANY; i++)
        rows[i] = (struct tally){.name = arena_printf(t->arena, "row-%d", i), .count = i};
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    struct putting putting = {.arena = t->arena, .rows = rows, .count = MANY, .reads = true};
    CHECK_I64(db_write_as(db, DB_READ_COMMITTED, put_work, &putting, NULL), ERR_OK);
    for (int i = 0; i < MANY; i++)
        CHECK_I64(count_of(t, db, rows[i].name), i);
}

struct counter {
    pthread_t thread;
    struct db *db;
    struct arena *arena;
    bool shared;
    int failed;
};

// Read, decided, written: without the lock two would write the same number.
static enum err count_up(struct db_session *session, void *context)
{
    struct counter *counter = context;
    struct tally tally = {.name = "hot"};
    enum err err = db_lock(session, "tally", "hot", false);
    if (err == ERR_OK)
        err = db_row(session, &tally_find, &tally, counter->arena, &tally);
    sched_yield();
    tally.count++;
    return err == ERR_OK ? db_run(session, &tally_set, &tally, NULL) : err;
}

enum { THREADS = 6, TURNS = 20 };

static void *count_many(void *context)
{
    struct counter *counter = context;
    for (int i = 0; i < TURNS; i++) {
        enum err err = db_write_as(counter->db, DB_READ_COMMITTED, count_up, counter, NULL);
        counter->failed += err != ERR_OK;
    }
    return NULL;
}

TEST_ON_DB(db_lock_lets_one_in)
{
    struct counter counters[THREADS];
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    CHECK_I64(test_db_script(db, "INSERT INTO tally (name, count) VALUES ('hot', 0)"), ERR_OK);
    for (int i = 0; i < THREADS; i++) {
        counters[i] = (struct counter){.db = db, .arena = arena_new(MIB(1))};
        int started = pthread_create(&counters[i].thread, NULL, count_many, &counters[i]);
        assert(started == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(counters[i].thread, NULL);
        CHECK_I64(counters[i].failed, 0);
        arena_free(counters[i].arena);
    }
    CHECK_I64(count_of(t, db, "hot"), THREADS * TURNS);
}

enum piece_kind { ADDS, ADDS_AND_REFUSES, ADDS_TWICE, IS_IDLE, ENDS_ITS_BACKEND };

struct piece {
    struct db_job job;
    struct arena *arena;
    struct tally row;
    enum piece_kind kind;
    int runs;
    _Atomic bool begun, others_wait;
    _Atomic int *left;
    enum err told;
};

static enum err piece_work(struct db_session *session, void *context)
{
    struct piece *piece = context;
    struct tally ignored;
    if (piece->kind == IS_IDLE)
        return ERR_OK;
    if (piece->kind == ENDS_ITS_BACKEND && piece->runs++ == 0)
        return db_row(session, &end_backend, &(struct nothing){0}, piece->arena, &ignored);
    enum err err = db_put(session, &tally_add, &piece->row);
    if (err == ERR_OK)
        err = db_run(session, &tally_grow, &(struct tally){.name = "hot"}, NULL);
    if (err == ERR_OK && piece->kind == ADDS_TWICE)
        err = db_put(session, &tally_add, &piece->row);
    return err == ERR_OK && piece->kind == ADDS_AND_REFUSES ? ERR_OUT_OF_STOCK : err;
}

static void piece_done(struct db_job *job, enum err err)
{
    struct piece *piece = (struct piece *)job;
    piece->told = err;
    atomic_fetch_sub(piece->left, 1);
}

// Submits so many pieces at once, of which one may end its backend, and says what was told.
static void run_pieces(struct test *t, struct db *db, int count, int ends_at)
{
    static const enum err expected[] = {
        [ADDS_AND_REFUSES] = ERR_OUT_OF_STOCK, [ADDS_TWICE] = ERR_CONFLICT, [ENDS_ITS_BACKEND] = 0};
    struct piece *pieces = ARENA_ARRAY(t->arena, struct piece, (size_t)count);
    _Atomic int left = count;
    i64 added = 0;
    for (int i = 0; i < count; i++) {
        pieces[i] =
            (struct piece){.arena = arena_new(MIB(1)),
                           .row = {.name = arena_printf(t->arena, "piece-%d", i)},
                           .kind = i == ends_at ? ENDS_ITS_BACKEND : (enum piece_kind)(i % 4),
                           .left = &left};
        pieces[i].job = (struct db_job){.work = piece_work,
                                        .done = piece_done,
                                        .context = &pieces[i],
                                        .isolation = DB_TOGETHER};
    }
    for (int i = 0; i < count; i++)
        db_submit(db, &pieces[i].job);
    while (left > 0)
        sched_yield();
    for (int i = 0; i < count; i++) {
        bool adds = pieces[i].kind == ADDS || pieces[i].kind == ENDS_ITS_BACKEND;
        CHECK_I64(pieces[i].told, expected[pieces[i].kind]);
        CHECK_I64(count_of(t, db, pieces[i].row.name), adds ? 0 : -1);
        added += adds;
        arena_free(pieces[i].arena);
    }
    CHECK_I64(count_of(t, db, "hot"), added);
}

TEST_ON_DB(db_together_keeps_pieces_apart)
{
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    CHECK_I64(test_db_script(db, "INSERT INTO tally (name, count) VALUES ('hot', 0)"), ERR_OK);
    run_pieces(t, db, 150, -1);
}

// The batch that was cut off is nobody's fault: all of it runs again, each once.
TEST(postgres_together_survives_its_connection)
{
    const char *url = test_postgres_url(t);
    struct db *db = url != NULL ? test_db_open(t, url) : NULL;
    if (db == NULL)
        return;
    CHECK_I64(test_db_script(db, schema), ERR_OK);
    CHECK_I64(test_db_script(db, "INSERT INTO tally (name, count) VALUES ('hot', 0)"), ERR_OK);
    run_pieces(t, db, 40, 20);
    db_close(db);
}

static enum err sleep_work(UNUSED struct db_session *session, void *context)
{
    struct piece *piece = context;
    atomic_store(&piece->begun, true);
    while (!atomic_load(&piece->others_wait))
        usleep(1000);
    usleep(1000000);
    return ERR_OK;
}

// Work that a slow one before it kept for longer than anybody waits is refused, not piled up.
TEST(postgres_together_refuses_who_waited_too_long)
{
    enum { LATE = 5 };
    const char *url = test_postgres_url(t);
    struct db_settings settings = {.url = url, .readers = 2, .wait_ms = 500};
    struct problem problem = {.arena = t->arena};
    struct db *db = NULL;
    if (url == NULL || db_open(&settings, &db, &problem) != ERR_OK)
        return;
    struct piece pieces[LATE + 1];
    _Atomic int left = LATE + 1;
    for (int i = 0; i <= LATE; i++) {
        pieces[i] = (struct piece){.kind = IS_IDLE, .left = &left};
        pieces[i].job = (struct db_job){.work = i == 0 ? sleep_work : piece_work,
                                        .done = piece_done,
                                        .context = &pieces[i],
                                        .isolation = DB_TOGETHER};
        db_submit(db, &pieces[i].job);
        while (!atomic_load(&pieces[0].begun)) // it is taken by itself
            sched_yield();
    }
    atomic_store(&pieces[0].others_wait, true);
    while (left > 0)
        sched_yield();
    CHECK_I64(pieces[0].told, ERR_OK);
    for (int i = 1; i <= LATE; i++)
        CHECK_I64(pieces[i].told, ERR_UNAVAILABLE);
    db_close(db);
}
