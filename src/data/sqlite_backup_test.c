// Tests of copies of a SQLite database: made beside writers, looked at, put back.
#include "data/sqlite_backup.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/migrate.h"
#include "data/query.h"
#include "data/test_db.h"

#define KEPT(F, S) F(S, i64, n, .doc = "How many.")
SHAPE(kept, KEPT);
DB_QUERY_APART(kept_count, QUERY_KIND_ROW, nothing, kept, "SELECT COUNT(*) AS n FROM kept");

struct place {
    const char *folder, *path, *copy, *url;
    struct db *db;
    atomic_bool stop;
    pthread_t thread;
};

static void begin(struct test *t, struct place *place)
{
    char *folder = arena_text(t->arena, "/tmp/souk-backup.XXXXXX");
    struct problem problem = {.arena = t->arena};
    struct migration_set every = migrations_every();
    *place = (struct place){.folder = mkdtemp(folder)};
    place->path = arena_printf(t->arena, "%s/souk.db", folder);
    place->copy = arena_printf(t->arena, "%s/copy.db", folder);
    place->url = arena_printf(t->arena, "sqlite:%s", place->path);
    place->db = test_db_open(t, place->url);
    CHECK(migrate(place->db, &every, &problem) == ERR_OK);
    CHECK(test_db_script(place->db, "CREATE TABLE kept (n BIGINT)") == ERR_OK);
}

static void end(struct test *t, struct place *place)
{
    static const char *const names[] = {
        "souk.db", "souk.db-wal", "souk.db-shm", "souk.db.before-restore",
        "copy.db", "copy.db-wal", "copy.db-shm"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unlink(arena_printf(t->arena, "%s/%s", place->folder, names[i]));
    CHECK(rmdir(place->folder) == 0); // nothing else was left behind
}

static enum err count_work(struct db_session *session, void *kept)
{
    return db_row(session, &kept_count, &(struct nothing){0}, NULL, kept);
}

static i64 count(struct db *db)
{
    struct kept kept = {0};
    return db_read(db, count_work, &kept) == ERR_OK ? kept.n : -1;
}

// Ten rows at a time: a copy of one moment has a multiple of ten.
static void *write_on(void *context)
{
    struct place *place = context;
    while (!atomic_load(&place->stop))
        if (test_db_script(place->db, "INSERT INTO kept (n) VALUES (0), (1), (2), (3), (4), (5),"
                                      " (6), (7), (8), (9)") != ERR_OK)
            return place;
    return NULL;
}

TEST(sqlite_backup_beside_writers)
{
    struct place place;
    struct problem problem = {.arena = t->arena};
    void *failed;
    begin(t, &place);
    pthread_create(&place.thread, NULL, write_on, &place);
    for (int i = 0; i < 5; i++) {
        unlink(place.copy);
        CHECK(sqlite_backup(place.path, place.copy, &problem) == ERR_OK);
        struct db *copy = test_db_open(t, arena_printf(t->arena, "sqlite:%s", place.copy));
        CHECK(count(copy) >= 0 && count(copy) % 10 == 0);
        db_close(copy);
    }
    atomic_store(&place.stop, true);
    pthread_join(place.thread, &failed);
    CHECK(failed == NULL);
    CHECK_I64(sqlite_backup(place.path, place.copy, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail, arena_printf(t->arena, "%s is there already", place.copy));
    db_close(place.db);
    end(t, &place);
}

TEST(sqlite_backup_is_put_back)
{
    struct place place;
    struct problem problem = {.arena = t->arena};
    begin(t, &place);
    CHECK(test_db_script(place.db, "INSERT INTO kept (n) VALUES (1), (2)") == ERR_OK);
    CHECK(sqlite_backup(place.path, place.copy, &problem) == ERR_OK);
    CHECK(test_db_script(place.db, "INSERT INTO kept (n) VALUES (3)") == ERR_OK);
    CHECK_I64(sqlite_restore(place.copy, place.path, &problem), ERR_CONFLICT);
    CHECK_TEXT(problem.detail,
               arena_printf(t->arena, "%s is in use: stop the shop first", place.path));
    CHECK_I64(count(place.db), 3);
    db_close(place.db);
    CHECK_I64(sqlite_restore(place.copy, place.path, &problem), ERR_OK);
    place.db = test_db_open(t, place.url);
    CHECK_I64(count(place.db), 2);
    db_close(place.db);
    // What was there is not lost.
    const char *before = arena_printf(t->arena, "%s.before-restore", place.path);
    CHECK_I64(sqlite_restore(before, place.path, &problem), ERR_OK);
    place.db = test_db_open(t, place.url);
    CHECK_I64(count(place.db), 3);
    db_close(place.db);
    end(t, &place);
}

TEST(sqlite_backup_that_is_damaged)
{
    struct place place;
    struct problem problem = {.arena = t->arena};
    begin(t, &place);
    CHECK(sqlite_backup(place.path, place.copy, &problem) == ERR_OK);
    db_close(place.db);
    CHECK(sqlite_verify(place.copy, &problem) == ERR_OK);
    int fd = open(place.copy, O_WRONLY);
    char junk[4096];
    memset(junk, 'x', sizeof junk);
    CHECK(pwrite(fd, junk, sizeof junk, 5 * 4096) == (ssize_t)sizeof junk);
    CHECK_I64(sqlite_verify(place.copy, &problem), ERR_INVALID);
    CHECK_I64(sqlite_restore(place.copy, place.path, &problem), ERR_INVALID);
    CHECK(ftruncate(fd, 0) == 0 && write(fd, junk, sizeof junk) == (ssize_t)sizeof junk);
    CHECK_I64(sqlite_verify(place.copy, &problem), ERR_INVALID);
    CHECK(ftruncate(fd, 0) == 0);
    CHECK_I64(sqlite_verify(place.copy, &problem), ERR_INVALID); // empty: a database, but not ours
    close(fd);
    CHECK_I64(sqlite_verify("/nowhere/souk.db", &problem), ERR_UNAVAILABLE);
    CHECK_I64(sqlite_backup("/nowhere/souk.db", place.copy, &problem), ERR_CONFLICT);
    end(t, &place);
}
