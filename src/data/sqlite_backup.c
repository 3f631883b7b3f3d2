// Copies of a SQLite database. Contract in sqlite_backup.h; the database at work is sqlite.c.
//
// SQLite's own backup takes all pages in one step, within one reading transaction: in WAL mode
// writers go on meanwhile, and the copy is of the moment when it began. A copy of the file alone
// would lack what is in the log beside it.
#include "data/sqlite_backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 10000, ALL_PAGES = -1 };

static enum err told(struct problem *problem, sqlite3 *handle, const char *path, enum err err)
{
    problem_detail(problem, "%s: %s", path, sqlite3_errmsg(handle));
    return err;
}

static enum err open_file(const char *path, int flags, sqlite3 **out, struct problem *problem)
{
    if (sqlite3_open_v2(path, out, flags, NULL) != SQLITE_OK)
        return told(problem, *out, path, ERR_UNAVAILABLE);
    sqlite3_busy_timeout(*out, BUSY_MS);
    return ERR_OK;
}

// What the first row of a question says; NULL when there is none or it cannot be asked.
static const char *first_of(sqlite3 *handle, const char *question, struct problem *problem)
{
    sqlite3_stmt *statement = NULL;
    const char *said = NULL;
    if (sqlite3_prepare_v2(handle, question, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        said = arena_text(problem->arena, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return said;
}

static enum err verify(sqlite3 *handle, const char *path, struct problem *problem)
{
    const char *whole = first_of(handle, "PRAGMA integrity_check(1)", problem);
    if (whole == NULL)
        return told(problem, handle, path, ERR_INVALID);
    const char *lost = first_of(handle, "PRAGMA foreign_key_check", problem);
    if (strcmp(whole, "ok") != 0)
        problem_detail(problem, "%s is damaged: %s", path, whole);
    else if (lost != NULL)
        problem_detail(problem, "%s: a row of %s refers to one that is not there", path, lost);
    else if (first_of(handle, "SELECT name FROM sqlite_master WHERE name = 'schema_migration'",
                      problem) == NULL)
        problem_detail(problem, "%s is no database of this program", path);
    else
        return ERR_OK;
    return ERR_INVALID;
}

enum err sqlite_verify(const char *path, struct problem *problem)
{
    sqlite3 *handle = NULL;
    enum err err = open_file(path, SQLITE_OPEN_READONLY, &handle, problem);
    if (err == ERR_OK)
        err = verify(handle, path, problem);
    sqlite3_close(handle);
    return err;
}

static enum err copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct problem *problem)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return told(problem, to, path, ERR_UNAVAILABLE);
    sqlite3_backup_step(backup, ALL_PAGES);
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return told(problem, to, path, ERR_UNAVAILABLE);
    // One file: without a log beside it, which would have to travel along.
    if (sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
        return told(problem, to, path, ERR_UNAVAILABLE);
    return verify(to, path, problem);
}

// What SQLite wrote is on the disk by its commit; the name is not.
static enum err sync_folder_of(const char *path, struct problem *problem)
{
    const char *slash = strrchr(path, '/');
    const char *folder =
        slash != NULL ? arena_text_n(problem->arena, path, (size_t)(slash - path) + 1) : ".";
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!synced)
        problem_detail(problem, "%s cannot be written to the disk", folder);
    return synced ? ERR_OK : ERR_UNAVAILABLE;
}

static enum err give_name(const char *from, const char *to, struct problem *problem)
{
    if (rename(from, to) == 0)
        return sync_folder_of(to, problem);
    problem_detail(problem, "%s cannot be put in place", to);
    return ERR_UNAVAILABLE;
}

static enum err copy_to(const char *from, const char *to, struct problem *problem)
{
    sqlite3 *source = NULL, *target = NULL;
    unlink(to); // of a run that was interrupted
    // A reader of a database in WAL mode writes too: its place in the log's index.
    enum err err = open_file(from, SQLITE_OPEN_READWRITE, &source, problem);
    if (err == ERR_OK)
        err = open_file(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &target, problem);
    if (err == ERR_OK)
        err = copy_pages(source, target, to, problem);
    sqlite3_close(target);
    sqlite3_close(source);
    if (err != ERR_OK)
        unlink(to);
    return err;
}

enum err sqlite_backup(const char *from, const char *to, struct problem *problem)
{
    const char *begun = arena_printf(problem->arena, "%s.begun", to);
    if (access(to, F_OK) == 0) {
        problem_detail(problem, "%s is there already", to);
        return ERR_CONFLICT;
    }
    enum err err = copy_to(from, begun, problem);
    return err == ERR_OK ? give_name(begun, to, problem) : err;
}

// Nobody else has it open, and the log is in the file: true when that could be had.
static enum err take_alone(const char *path, struct problem *problem)
{
    sqlite3 *handle = NULL;
    enum err err = open_file(path, SQLITE_OPEN_READWRITE, &handle, problem);
    if (err != ERR_OK)
        return err;
    sqlite3_busy_timeout(handle, 0);
    // Leaving WAL mode needs the file to itself.
    const char *mode = first_of(handle, "PRAGMA journal_mode = DELETE", problem);
    bool alone = mode != NULL && strcmp(mode, "delete") == 0;
    sqlite3_close(handle);
    if (alone)
        return ERR_OK;
    problem_detail(problem, "%s is in use: stop the shop first", path);
    return ERR_CONFLICT;
}

enum err sqlite_restore(const char *from, const char *to, struct problem *problem)
{
    const char *begun = arena_printf(problem->arena, "%s.begun", to);
    const char *kept = arena_printf(problem->arena, "%s.before-restore", to);
    bool there = access(to, F_OK) == 0;
    enum err err = sqlite_verify(from, problem);
    if (err == ERR_OK && there)
        err = take_alone(to, problem);
    if (err == ERR_OK)
        err = copy_to(from, begun, problem);
    if (err == ERR_OK && there)
        err = give_name(to, kept, problem);
    return err == ERR_OK ? give_name(begun, to, problem) : err;
}
