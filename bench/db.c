// What the database face costs: bench-db [FOLDER | postgresql://...], each number also as a ratio
// to SQLite's own interface used by hand beside it in the same run. Under test: src/data/.
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "core/time.h"
#include "data/query.h"

enum { ROWS = 10000, SECONDS_EACH = 2, THREADS = 16, OUTSTANDING = 100 };

#define ITEM(F, S)                                                                                 \
    F(S, i64, id, .doc = "Key.")                                                                   \
    F(S, text, title, .doc = "About 60 characters.")                                               \
    F(S, minor, price_minor, .doc = "Number.")
SHAPE(item, ITEM);

DB_QUERY_APART(item_create, QUERY_KIND_RUN, nothing, nothing,
               "CREATE TABLE item (id BIGINT PRIMARY KEY, title TEXT NOT NULL,"
               " price_minor BIGINT NOT NULL)");
DB_QUERY_APART(item_drop, QUERY_KIND_RUN, nothing, nothing, "DROP TABLE IF EXISTS item");
DB_QUERY_APART(item_add, QUERY_KIND_RUN, item, nothing,
               "INSERT INTO item (id, title, price_minor) VALUES (:id, :title, :price_minor)");
DB_QUERY_APART(item_find, QUERY_KIND_ROW, item, item,
               "SELECT id, title, price_minor FROM item WHERE id = :id");
DB_QUERY_APART(item_raise, QUERY_KIND_RUN, item, nothing,
               "UPDATE item SET price_minor = price_minor + 1 WHERE id = :id");

static const char title[] = "A thing of some length that a shop may well have in its window";
static _Atomic i64 next_id = ROWS;
static double single_commits, point_reads; // SQLite's own, a second

static void report(const char *what, i64 count, i64 took_us, double yardstick)
{
    double rate = (double)count * 1e6 / (double)took_us;
    printf("%-44s %10.0f /s %9.2f us", what, rate, 1e6 / rate);
    if (yardstick > 0)
        printf(" %7.2f x", rate / yardstick);
    printf("\n");
}

static enum err create(struct db_session *session, UNUSED void *context)
{
    struct nothing none = {0};
    enum err err = db_run(session, &item_drop, &none, NULL);
    return err == ERR_OK ? db_run(session, &item_create, &none, NULL) : err;
}

static enum err fill(struct db_session *session, UNUSED void *context)
{
    enum err err = ERR_OK;
    for (i64 id = 0; id < ROWS && err == ERR_OK; id++)
        err = db_run(session, &item_add, &(struct item){.id = id, .title = title}, NULL);
    return err;
}

static enum err add(struct db_session *session, UNUSED void *context)
{
    struct item item = {.id = next_id++, .title = title, .price_minor = 5};
    return db_run(session, &item_add, &item, NULL);
}

static enum err raise_price(struct db_session *session, UNUSED void *context)
{
    return db_run(session, &item_raise, &(struct item){.id = 7}, NULL);
}

struct reading {
    struct arena *arena;
    i64 id;
};

static enum err find(struct db_session *session, void *context)
{
    struct reading *reading = context;
    struct item found;
    return db_row(session, &item_find, &(struct item){.id = reading->id}, reading->arena, &found);
}

// One thread doing one thing until the time is over.
struct load {
    struct db *db;
    db_work *work; // NULL: read
    i64 until_us, done, failed;
    pthread_t thread;
};

static void *run_load(void *context)
{
    struct load *load = context;
    struct reading reading = {.arena = arena_new(MIB(4))};
    for (u32 at = 1; monotonic_us() < load->until_us; at = at * 1664525 + 1013904223) {
        reading.id = at % ROWS;
        enum err err = load->work != NULL ? db_write(load->db, load->work, NULL)
                                          : db_read(load->db, find, &reading);
        *(err == ERR_OK ? &load->done : &load->failed) += 1;
        arena_reset(reading.arena);
    }
    arena_free(reading.arena);
    return NULL;
}

// Readers (work NULL) or writers in so many threads; `beside` runs in one more thread and is not
// counted.
static void measure(const char *what, struct db *db, db_work *work, int threads, db_work *beside,
                    double yardstick)
{
    struct load loads[THREADS + 1] = {0};
    i64 start_us = monotonic_us(), done = 0, failed = 0;
    int all = threads + (beside != NULL);
    for (int i = 0; i < all; i++) {
        loads[i] = (struct load){.db = db, .work = i < threads ? work : beside};
        loads[i].until_us = start_us + SECONDS_EACH * 1000000;
        pthread_create(&loads[i].thread, NULL, run_load, &loads[i]);
    }
    for (int i = 0; i < all; i++) {
        pthread_join(loads[i].thread, NULL);
        done += i < threads ? loads[i].done : 0;
        failed += loads[i].failed;
    }
    report(what, done, monotonic_us() - start_us, yardstick);
    if (failed > 0)
        printf("    %lld FAILED\n", (long long)failed);
}

// Jobs that submit themselves again as soon as they are durable: a front that never waits.
struct repeated {
    struct db_job job;
    struct db *db;
    i64 until_us;
    _Atomic i64 *done, *running;
};

static void again(struct db_job *job, UNUSED enum err err)
{
    struct repeated *repeated = (struct repeated *)job;
    (*repeated->done)++;
    if (monotonic_us() < repeated->until_us)
        db_submit(repeated->db, job);
    else
        (*repeated->running)--;
}

static void measure_submitted(struct db *db)
{
    static struct repeated jobs[OUTSTANDING];
    _Atomic i64 done = 0, running = OUTSTANDING;
    i64 start_us = monotonic_us();
    for (int i = 0; i < OUTSTANDING; i++) {
        jobs[i] = (struct repeated){.job = {.work = add, .done = again}, .db = db};
        jobs[i].until_us = start_us + SECONDS_EACH * 1000000;
        jobs[i].done = &done;
        jobs[i].running = &running;
        db_submit(db, &jobs[i].job);
    }
    while (running > 0)
        usleep(1000);
    report("inserts, 100 submitted at once (db_submit)", done, monotonic_us() - start_us,
           single_commits);
}

static sqlite3_stmt *prepare(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK)
        printf("%s\n", sqlite3_errmsg(handle));
    return statement;
}

// What SQLite does by itself: a row a commit, durable, and a row by its key.
static void measure_sqlite_itself(const char *path)
{
    sqlite3 *handle;
    sqlite3_open(path, &handle);
    sqlite3_exec(handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL);
    sqlite3_stmt *insert = prepare(handle, "INSERT INTO item VALUES (?, ?, 5)");
    sqlite3_stmt *select = prepare(handle, "SELECT id, title, price_minor FROM item WHERE id = ?");
    i64 start_us = monotonic_us(), count = 0;
    for (; monotonic_us() - start_us < SECONDS_EACH * 1000000; count++) {
        sqlite3_bind_int64(insert, 1, next_id++);
        sqlite3_bind_text(insert, 2, title, -1, SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    i64 took_us = monotonic_us() - start_us;
    single_commits = (double)count * 1e6 / (double)took_us;
    report("SQLite itself: single-row commits", count, took_us, 0);
    start_us = monotonic_us();
    i64 bytes = 0;
    for (count = 0; monotonic_us() - start_us < SECONDS_EACH * 1000000; count++) {
        sqlite3_bind_int64(select, 1, count * 7919 % ROWS);
        if (sqlite3_step(select) == SQLITE_ROW)
            bytes += sqlite3_column_bytes(select, 1);
        sqlite3_reset(select);
    }
    took_us = monotonic_us() - start_us;
    assert(bytes == count * (i64)strlen(title));
    point_reads = (double)count * 1e6 / (double)took_us;
    report("SQLite itself: point reads", count, took_us, 0);
    sqlite3_finalize(insert);
    sqlite3_finalize(select);
    sqlite3_close(handle);
}

static struct db *open_filled(struct arena *arena, const char *url)
{
    struct db *db = NULL;
    struct problem problem = {.arena = arena};
    const struct db_settings settings = {.url = url, .readers = THREADS, .wait_ms = 5000};
    if (db_open(&settings, &db, &problem) != ERR_OK) {
        printf("%s\n", problem.detail);
        exit(1);
    }
    if (db_write(db, create, NULL) != ERR_OK || db_write(db, fill, NULL) != ERR_OK)
        exit(1);
    return db;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new(MIB(64));
    const char *place = argc > 1 ? argv[1] : "/tmp";
    bool postgres = str_starts(place, "postgres");
    char *folder = arena_printf(arena, "%s/souk-bench-XXXXXX", postgres ? "/tmp" : place);
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    const char *path = arena_printf(arena, "%s/db", folder);
    struct db *db = open_filled(arena, arena_printf(arena, "sqlite:%s", path));
    measure_sqlite_itself(path);
    if (postgres) {
        db_close(db);
        db = open_filled(arena, place);
    }
    measure("point reads (db_read), 1 thread", db, NULL, 1, NULL, point_reads);
    measure("point reads, 16 threads", db, NULL, THREADS, NULL, point_reads);
    measure("point reads, 1 thread, beside a writer", db, NULL, 1, add, point_reads);
    measure("inserts (db_write), 1 thread", db, add, 1, NULL, single_commits);
    measure("inserts, 16 threads", db, add, THREADS, NULL, single_commits);
    measure("one hot row, 16 threads", db, raise_price, THREADS, NULL, single_commits);
    if (!postgres)
        measure_submitted(db);
    db_close(db);
    unlink(path);
    rmdir(folder);
    arena_free(arena);
    return 0;
}
