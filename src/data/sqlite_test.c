// Tests of what only SQLite has to stand: killed processes, full and read-only disks, a file that
// another process has locked. What both engines do is in db_test.c.
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/time.h"
#include "data/query.h"
#include "data/test_db.h"

#define NOTE(F, S)                                                                                 \
    F(S, i64, n, .doc = "Which.")                                                                  \
    F(S, text, text, .optional = true, .doc = "Weight.")
SHAPE(note, NOTE);

DB_QUERY_APART(note_add, QUERY_KIND_RUN, note, nothing,
               "INSERT INTO note (n, text) VALUES (:n, :text)");
DB_QUERY_APART(note_find, QUERY_KIND_ROW, note, note, "SELECT n FROM note WHERE n = :n");
DB_QUERY_APART(note_count, QUERY_KIND_ROW, nothing, note, "SELECT COUNT(*) AS n FROM note");

static enum err add_work(struct db_session *session, void *note)
{
    return db_run(session, &note_add, note, NULL);
}

static enum err find_work(struct db_session *session, void *note)
{
    struct arena *arena = arena_new(MIB(1));
    struct note found;
    enum err err = db_row(session, &note_find, note, arena, &found);
    arena_free(arena);
    return err;
}

static enum err count_work(struct db_session *session, void *note)
{
    return db_row(session, &note_count, &(struct nothing){0}, NULL, note);
}

static i64 count(struct db *db)
{
    struct note note = {0};
    return db_read(db, count_work, &note) == ERR_OK ? note.n : -1;
}

static enum err add(struct db *db, i64 n, const char *text)
{
    return db_write(db, add_work, &(struct note){.n = n, .text = text});
}

// A durable database in a file. Gives NULL and the sentence when it cannot be opened.
static struct db *open_file(struct test *t, const char *path, i64 wait_ms, const char **detail)
{
    struct db *db = NULL;
    struct problem problem = {.arena = t->arena};
    const struct db_settings settings = {
        .url = arena_printf(t->arena, "sqlite:%s", path), .readers = 4, .wait_ms = wait_ms};
    enum err err = db_open(&settings, &db, &problem);
    *detail = problem.detail;
    if (err == ERR_OK)
        (void)test_db_script(db, "CREATE TABLE IF NOT EXISTS note (n BIGINT UNIQUE, text TEXT)");
    return db;
}

// Where nothing is waited for but a busy machine.
enum { PATIENCE_MS = 20000 };

static const char *make_folder(struct test *t)
{
    char *folder = arena_text(t->arena, "/tmp/souk-sqlite-XXXXXX");
    char *made = mkdtemp(folder);
    assert(made != NULL);
    return folder;
}

static void remove_folder(struct test *t, const char *folder)
{
    static const char *const names[] = {"db", "db-wal", "db-shm", "ballast"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unlink(arena_printf(t->arena, "%s/%s", folder, names[i]));
    rmdir(folder);
}

struct writer {
    struct db *db;
    int pipe, first;
};

enum { WRITERS = 4 };

static void *write_for_ever(void *context)
{
    const struct writer *writer = context;
    for (i64 n = writer->first;; n += WRITERS)
        if (add(writer->db, n, "some text") != ERR_OK || write(writer->pipe, &n, sizeof n) < 0)
            _exit(1);
    return NULL;
}

static void child(struct test *t, const char *path, int first, int pipe)
{
    const char *detail;
    struct db *db = open_file(t, path, 5000, &detail);
    pthread_t threads[WRITERS];
    struct writer writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){db, pipe, first + i};
        pthread_create(&threads[i], NULL, write_for_ever, &writers[i]);
    }
    pthread_join(threads[0], NULL);
    _exit(1);
}

// Kills a process that writes and gives back how many writes it had acknowledged by then.
static int kill_a_writer(struct test *t, const char *path, int first, i64 *acknowledged)
{
    int pipes[2], got = 0;
    if (pipe(pipes) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0)
        child(t, path, first, pipes[1]);
    close(pipes[1]);
    int enough = 20 + (int)(test_random(t) % 300);
    while (got < enough && read(pipes[0], &acknowledged[got], sizeof *acknowledged) > 0)
        got++;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    while (got < 10000 && read(pipes[0], &acknowledged[got], sizeof *acknowledged) > 0)
        got++;
    close(pipes[0]);
    return got;
}

TEST(sqlite_kill)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    i64 *acknowledged = ARENA_ARRAY(t->arena, i64, 10000);
    for (int round = 0; round < 5; round++) {
        int count_acknowledged = kill_a_writer(t, path, round * 100000, acknowledged);
        CHECK(count_acknowledged >= 20);
        struct db *db = open_file(t, path, 5000, &detail);
        for (int i = 0; i < count_acknowledged; i++)
            CHECK_I64(db_read(db, find_work, &(struct note){.n = acknowledged[i]}), ERR_OK);
        CHECK(count(db) >= count_acknowledged);
        db_close(db);
    }
    remove_folder(t, folder);
}

static bool mount_memory(const char *folder, unsigned long flags)
{
    if (mount("souk-test", folder, "tmpfs", flags, "size=3m") == 0)
        return true;
    printf("sqlite_disk: cannot mount a small disk here (not root?): not tried\n");
    return false;
}

static void put_ballast(struct test *t, const char *folder)
{
    static char zeros[1 << 20];
    int file = open(arena_printf(t->arena, "%s/ballast", folder), O_WRONLY | O_CREAT, 0600);
    CHECK_I64(write(file, zeros, sizeof zeros), sizeof zeros);
    close(file);
}

// Writes until the disk is full; the write that failed left nothing, reads go on, and as soon as
// there is room writes go on too.
TEST(sqlite_full_disk)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    if (!mount_memory(folder, 0)) {
        remove_folder(t, folder);
        return;
    }
    put_ballast(t, folder);
    struct db *db = open_file(t, path, PATIENCE_MS, &detail);
    char *heavy = arena_alloc(t->arena, 20001);
    memset(heavy, 'x', 20000);
    i64 done = 0;
    while (done < 500 && add(db, done, heavy) == ERR_OK)
        done++;
    CHECK(done > 10 && done < 500);
    CHECK_I64(add(db, 1000, heavy), ERR_UNAVAILABLE);
    CHECK_I64(count(db), done);
    unlink(arena_printf(t->arena, "%s/ballast", folder));
    CHECK_I64(add(db, 1000, heavy), ERR_OK);
    CHECK_I64(count(db), done + 1);
    db_close(db);
    db = open_file(t, path, PATIENCE_MS, &detail);
    CHECK_I64(count(db), done + 1);
    db_close(db);
    umount(folder);
    remove_folder(t, folder);
}

TEST(sqlite_read_only_disk)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    if (!mount_memory(folder, 0)) {
        remove_folder(t, folder);
        return;
    }
    struct db *db = open_file(t, path, PATIENCE_MS, &detail);
    CHECK_I64(add(db, 1, NULL), ERR_OK);
    db_close(db);
    CHECK(mount_memory(folder, MS_REMOUNT | MS_RDONLY));
    CHECK(open_file(t, path, PATIENCE_MS, &detail) == NULL);
    CHECK(strstr(detail, "read-only") != NULL || strstr(detail, "readonly") != NULL);
    CHECK(mount_memory(folder, MS_REMOUNT));
    db = open_file(t, path, PATIENCE_MS, &detail);
    CHECK_I64(count(db), 1);
    db_close(db);
    umount(folder);
    remove_folder(t, folder);
}

// False where the file system or the user cannot do that.
static bool set_immutable(const char *path, bool immutable)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), flags = 0;
    bool right = ioctl(file, FS_IOC_GETFLAGS, &flags) == 0;
    flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    right = right && ioctl(file, FS_IOC_SETFLAGS, &flags) == 0;
    close(file);
    return right;
}

// A file system in memory keeps the flag, but lets whoever has the file open write on.
static bool immutable_holds(struct test *t, const char *folder)
{
    const char *path = arena_printf(t->arena, "%s/ballast", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool holds = set_immutable(path, true) && write(file, "x", 1) < 0;
    (void)set_immutable(path, false);
    close(file);
    return holds;
}

// The file becomes read-only under a running shop and writable again.
TEST(sqlite_read_only_meanwhile)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    const char *log = arena_printf(t->arena, "%s-wal", path);
    struct db *db = open_file(t, path, PATIENCE_MS, &detail);
    CHECK_I64(add(db, 1, NULL), ERR_OK);
    if (immutable_holds(t, folder) && set_immutable(path, true) && set_immutable(log, true)) {
        for (i64 n = 2; n < 5; n++)
            CHECK_I64(add(db, n, NULL), ERR_UNAVAILABLE);
        CHECK_I64(count(db), 1);
    } else {
        printf("sqlite_read_only_meanwhile: no file can be made immutable here: not tried\n");
    }
    (void)set_immutable(path, false);
    (void)set_immutable(log, false);
    CHECK_I64(add(db, 5, NULL), ERR_OK);
    CHECK_I64(count(db), 2);
    db_close(db);
    remove_folder(t, folder);
}

struct holder {
    const char *path;
    i64 hold_ms; // at least, and until it is told to let go, or for half a minute
    _Atomic bool holds, lets_go;
};

static void *hold_lock(void *context)
{
    struct holder *holder = context;
    sqlite3 *other;
    sqlite3_open(holder->path, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    holder->holds = true;
    i64 start_ms = monotonic_ms();
    do
        nanosleep(&(struct timespec){.tv_nsec = (long)holder->hold_ms * 1000000}, NULL);
    while (!holder->lets_go && monotonic_ms() - start_ms < 30 * SECOND_MS);
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    return NULL;
}

// Another process has the write lock: it is waited for as long as was said, and no longer.
TEST(sqlite_locked)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    for (int i = 0; i < 2; i++) {
        bool waits = i == 0; // longer than it has to
        struct db *db = open_file(t, path, waits ? 20000 : 300, &detail);
        struct holder holder = {.path = path, .hold_ms = 100, .lets_go = waits};
        pthread_t thread;
        pthread_create(&thread, NULL, hold_lock, &holder);
        while (!holder.holds)
            sched_yield();
        i64 start_ms = monotonic_ms();
        CHECK_I64(add(db, i, NULL), waits ? ERR_OK : ERR_UNAVAILABLE);
        CHECK(monotonic_ms() - start_ms < 20000);
        CHECK_I64(count(db), 1); // readers do not wait
        holder.lets_go = true;
        pthread_join(thread, NULL);
        db_close(db);
    }
    struct db *db = open_file(t, path, 20000, &detail);
    CHECK_I64(add(db, 9, NULL), ERR_OK);
    db_close(db);
    remove_folder(t, folder);
}

struct burst {
    struct db *db;
    atomic_int told;
    i64 visible; // rows that could be read when the first was told
};

struct burst_job {
    struct db_job job; // first: `done` gets this one back
    struct note note;
    struct burst *burst;
};

static void burst_told(struct db_job *job, UNUSED enum err err)
{
    struct burst *burst = ((struct burst_job *)job)->burst;
    if (atomic_load(&burst->told) == 0)
        burst->visible = count(burst->db);
    atomic_fetch_add(&burst->told, 1);
}

// What gathers while another process holds the lock still shares one commit.
TEST(sqlite_batch_after_waiting)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    struct burst burst = {.db = open_file(t, path, 5000, &detail)};
    struct holder holder = {.path = path, .hold_ms = 20};
    struct burst_job jobs[20];
    pthread_t thread;
    pthread_create(&thread, NULL, hold_lock, &holder);
    while (!holder.holds)
        sched_yield();
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct burst_job){.note.n = (i64)i, .burst = &burst};
        jobs[i].job =
            (struct db_job){.work = add_work, .done = burst_told, .context = &jobs[i].note};
        db_submit(burst.db, &jobs[i].job);
    }
    holder.lets_go = true;
    pthread_join(thread, NULL);
    db_close(burst.db); // does what is queued
    CHECK_I64(atomic_load(&burst.told), COUNT_OF(jobs));
    CHECK_I64(burst.visible, COUNT_OF(jobs));
    remove_folder(t, folder);
}

// The log is folded into the file as it goes: it stays near 1,000 pages of 4 KB while 24 MB pass.
TEST(slow_sqlite_log_stays_short)
{
    const char *folder = make_folder(t), *path = arena_printf(t->arena, "%s/db", folder), *detail;
    struct db *db = open_file(t, path, 5000, &detail);
    char *heavy = arena_alloc(t->arena, 40001);
    memset(heavy, 'x', 40000);
    for (i64 n = 0; n < 600; n++)
        CHECK_I64(add(db, n, heavy), ERR_OK);
    struct stat log = {0};
    CHECK(stat(arena_printf(t->arena, "%s-wal", path), &log) == 0);
    CHECK(log.st_size > 0 && log.st_size < 6000000);
    db_close(db);
    CHECK(stat(arena_printf(t->arena, "%s-wal", path), &log) != 0); // folded and gone
    remove_folder(t, folder);
}
