// One SQLite connection: opening, statements, what errors mean. Contract in sqlite.h.
//
// SQLite's own locking is switched off (NOMUTEX), since a connection is lent to one thread at a
// time, and so is its automatic checkpoint, which would hit whichever write happens to fill the log
// (sqlite_writer.c does it after the replies).
//
// A code that is not about the statement itself (I/O, full disk, damage, out of memory) marks the
// connection broken: it is closed and opened anew at its next use. SQLite documents the state after
// such an error as recoverable in part only, and a fresh start is the one way that is always right.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/sqlite.h"

struct statement {
    const struct query *query;
    sqlite3_stmt *handle;
    int params, columns;
    int16_t param[PLAN_WIDEST], column[PLAN_WIDEST];
};

static const char *sentence(int code)
{
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_READONLY:
        return "the database is read-only";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "THE DATABASE FILE IS DAMAGED: stop, keep a copy of it, restore a backup";
    default:
        return sqlite3_errstr(code);
    }
}

enum err sqlite_err(struct sqlite_connection *connection, int code, const char *doing)
{
    int primary = code & 0xFF;
    if (primary == SQLITE_OK || primary == SQLITE_ROW || primary == SQLITE_DONE)
        return ERR_OK;
    // Not logged: the handler makes an answer of it.
    if (primary == SQLITE_CONSTRAINT)
        return ERR_CONFLICT;
    if (primary != SQLITE_BUSY && primary != SQLITE_ERROR)
        connection->broken = true;
    log_line(primary == SQLITE_BUSY ? LOG_WARN : LOG_ERROR, "db_sqlite", "%s: %s (%d: %s)", doing,
             sentence(code), sqlite3_extended_errcode(connection->handle),
             sqlite3_errmsg(connection->handle));
    return ERR_UNAVAILABLE;
}

static enum err exec(struct sqlite_connection *connection, const char *sql)
{
    return sqlite_err(connection, sqlite3_exec(connection->handle, sql, NULL, NULL, NULL), sql);
}

enum err sqlite_do(struct sqlite_connection *connection, enum sqlite_command command)
{
    static const char *const texts[] = {
        [SQLITE_COMMAND_BEGIN] = "BEGIN",
        [SQLITE_COMMAND_BEGIN_WRITE] = "BEGIN IMMEDIATE",
        [SQLITE_COMMAND_COMMIT] = "COMMIT",
        [SQLITE_COMMAND_ROLLBACK] = "ROLLBACK",
        [SQLITE_COMMAND_SAVEPOINT] = "SAVEPOINT job",
        [SQLITE_COMMAND_RELEASE] = "RELEASE job",
        [SQLITE_COMMAND_ROLLBACK_TO] = "ROLLBACK TO job",
    };
    sqlite3_stmt **handle = &connection->commands[command];
    int code = SQLITE_OK;
    if (*handle == NULL)
        code = sqlite3_prepare_v3(connection->handle, texts[command], -1, SQLITE_PREPARE_PERSISTENT,
                                  handle, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(*handle);
    enum err err = sqlite_err(connection, code, texts[command]);
    sqlite3_reset(*handle);
    return err;
}

static int count_pages(void *context, UNUSED sqlite3 *handle, UNUSED const char *name, int pages)
{
    struct sqlite_connection *connection = context;
    if (pages < connection->wal_pages)
        connection->checkpoint_at = 0; // the log began anew
    connection->wal_pages = pages;
    return SQLITE_OK;
}

// Another process holds the lock: short naps, so that the turn is not missed, with chance in them,
// so that two that wait do not meet again.
static int wait_turn(void *context, int times)
{
    struct sqlite_connection *connection = context;
    i64 now_ms = monotonic_ms();
    if (times == 0)
        connection->busy_until_ms = now_ms + connection->wait_ms;
    if (now_ms >= connection->busy_until_ms)
        return 0;
    u32 chance;
    random_bytes(&chance, sizeof chance);
    long nap_us = 100 + (long)(chance % (u32)(times < 20 ? 200 * (times + 1) : 4000));
    nanosleep(&(struct timespec){.tv_nsec = nap_us * 1000}, NULL);
    return 1;
}

// No memory map: measured, a point read beside writes costs 15 to 40 us of CPU with it and 6 to 10
// without (each write unmaps), the same where nobody writes; and a failing disk would be SIGBUS.
static enum err prepare_connection(struct sqlite_connection *connection, bool writes, bool unsafe)
{
    sqlite3 *handle = connection->handle;
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, wait_turn, connection);
    // "text" in double quotes is an identifier, as the standard and PostgreSQL have it.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    enum err err = exec(connection, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                                    "PRAGMA case_sensitive_like = ON;"
                                    "PRAGMA wal_autocheckpoint = 0");
    // Cache sizes are in KiB when negative: 4 MB a reader, 16 MB for the one writer.
    if (err != ERR_OK || !writes)
        return err == ERR_OK ? exec(connection, "PRAGMA cache_size = -2000") : err;
    sqlite3_wal_hook(handle, count_pages, connection);
    err = exec(connection, "PRAGMA journal_mode = WAL; PRAGMA cache_size = -16000;"
                           "PRAGMA journal_size_limit = 67108864");
    if (err != ERR_OK)
        return err;
    if (sqlite3_db_readonly(handle, "main") == 1)
        return sqlite_err(connection, SQLITE_READONLY, "open");
    // FULL: in WAL mode NORMAL would lose the last commits on a power cut, after their replies had
    // left.
    return exec(connection, unsafe ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL");
}

void sqlite_forget_pages(struct sqlite_connection *connection)
{
    if (connection->handle != NULL)
        sqlite3_db_release_memory(connection->handle);
    if (connection->scratch != NULL)
        arena_clear(connection->scratch);
}

enum err sqlite_connect(struct sqlite_db *db, struct sqlite_connection *connection, bool writes,
                        struct problem *problem)
{
    if (connection->handle != NULL && !connection->broken)
        return ERR_OK;
    sqlite_disconnect(connection);
    connection->wait_ms = db->base.settings.wait_ms;
    if (connection->scratch == NULL)
        connection->scratch = arena_new(LIMIT_ARENA);
    int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(db->path, &connection->handle, flags, NULL);
    enum err err = code != SQLITE_OK
                       ? sqlite_err(connection, code, "open")
                       : prepare_connection(connection, writes, db->base.settings.unsafe);
    if (err == ERR_OK)
        return ERR_OK;
    if (problem != NULL)
        problem_detail(problem, "cannot open the database %s: %s", db->path,
                       sqlite3_db_readonly(connection->handle, "main") == 1
                           ? sentence(SQLITE_READONLY)
                           : sqlite3_errmsg(connection->handle));
    sqlite_disconnect(connection);
    return ERR_UNAVAILABLE;
}

void sqlite_disconnect(struct sqlite_connection *connection)
{
    for (size_t i = 0; i < connection->room; i++) {
        if (connection->statements[i] == NULL)
            continue;
        sqlite3_finalize(connection->statements[i]->handle);
        free(connection->statements[i]);
    }
    free(connection->statements);
    for (size_t i = 0; i < SQLITE_COMMAND_COUNT; i++)
        sqlite3_finalize(connection->commands[i]);
    memset(connection->commands, 0, sizeof connection->commands);
    connection->statements = NULL;
    connection->room = connection->used = 0;
    sqlite3_close(connection->handle);
    connection->handle = NULL;
    connection->broken = false;
}

// As in postgres_statement.c.
static struct statement **slot(struct statement **table, size_t room, const struct query *query)
{
    size_t at = ((uintptr_t)query >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    while (table[at & (room - 1)] != NULL && table[at & (room - 1)]->query != query)
        at++;
    return &table[at & (room - 1)];
}

static void grow(struct sqlite_connection *connection)
{
    size_t room = connection->room > 0 ? connection->room * 2 : 64;
    struct statement **table = calloc(room, sizeof(struct statement *));
    assert(table != NULL);
    for (size_t i = 0; i < connection->room; i++)
        if (connection->statements[i] != NULL)
            *slot(table, room, connection->statements[i]->query) = connection->statements[i];
    free(connection->statements);
    connection->statements = table;
    connection->room = room;
}

// Names to positions. A name that no shape has was refused at start by db_check_queries.
static bool resolve(struct statement *statement)
{
    const struct query *query = statement->query;
    statement->params = sqlite3_bind_parameter_count(statement->handle);
    statement->columns = sqlite3_column_count(statement->handle);
    if (statement->params > PLAN_WIDEST || statement->columns > PLAN_WIDEST)
        return false;
    for (int i = 0; i < statement->params; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->handle, i + 1);
        statement->param[i] = (int16_t)(name != NULL ? plan_param(query, name + 1) : PLAN_UNKNOWN);
        if (statement->param[i] == PLAN_UNKNOWN)
            return false;
    }
    for (int i = 0; i < statement->columns; i++) {
        statement->column[i] =
            (int16_t)plan_column(query, sqlite3_column_name(statement->handle, i));
        if (statement->column[i] == PLAN_UNKNOWN)
            return false;
    }
    return true;
}

static enum err prepare(struct sqlite_connection *connection, const struct query *query,
                        struct statement **out)
{
    struct statement *statement = calloc(1, sizeof *statement);
    assert(statement != NULL);
    statement->query = query;
    int code = sqlite3_prepare_v3(connection->handle, query->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &statement->handle, NULL);
    enum err err = sqlite_err(connection, code, query->name);
    if (err == ERR_OK && !resolve(statement)) {
        log_line(LOG_ERROR, "db_query", "%s (%s) does not fit its shapes", query->name,
                 query->file);
        err = ERR_UNAVAILABLE;
    }
    if (err != ERR_OK) {
        sqlite3_finalize(statement->handle);
        free(statement);
        return err;
    }
    *out = statement;
    return ERR_OK;
}

static enum err statement_of(struct sqlite_connection *connection, const struct query *query,
                             struct statement **out)
{
    if (connection->used * 2 >= connection->room)
        grow(connection);
    struct statement **at = slot(connection->statements, connection->room, query);
    if (*at == NULL) {
        enum err err = prepare(connection, query, at);
        if (err != ERR_OK)
            return err;
        connection->used++;
    }
    *out = *at;
    return ERR_OK;
}

// The values stay where they are until the statement is reset, so nothing is copied.
static int bind(struct db_session *session, struct statement *statement, const void *in)
{
    int code = SQLITE_OK;
    for (int i = 0; i < statement->params && code == SQLITE_OK; i++) {
        struct value value = plan_value(session, statement->query, statement->param[i], in);
        code = value.is == VALUE_NULL ? sqlite3_bind_null(statement->handle, i + 1)
               : value.is == VALUE_NUMBER
                   ? sqlite3_bind_int64(statement->handle, i + 1, value.number)
                   : sqlite3_bind_text64(statement->handle, i + 1, value.text, value.length,
                                         SQLITE_STATIC, SQLITE_UTF8);
    }
    return code;
}

static struct value column_value(sqlite3_stmt *handle, int i)
{
    switch (sqlite3_column_type(handle, i)) {
    case SQLITE_NULL:
        return (struct value){.is = VALUE_NULL};
    case SQLITE_INTEGER:
        return (struct value){.is = VALUE_NUMBER, .number = sqlite3_column_int64(handle, i)};
    default: { // a real number becomes a text here, and is refused for a field of numbers
        const char *text = (const char *)sqlite3_column_text(handle, i);
        return (struct value){.is = VALUE_TEXT,
                              .text = text != NULL ? text : "",
                              .length = (size_t)sqlite3_column_bytes(handle, i)};
    }
    }
}

static bool read_row(const struct statement *statement, struct rows *rows)
{
    void *row = rows_next(rows);
    for (int i = 0; i < statement->columns; i++)
        if (!plan_store(statement->query, statement->column[i], column_value(statement->handle, i),
                        rows->arena, row))
            return false;
    return true;
}

// A statement that writes is stepped to its end, where deferred checks of constraints may speak up.
static enum err step(struct sqlite_connection *connection, struct statement *statement,
                     struct rows *rows)
{
    int code = sqlite3_step(statement->handle);
    bool right = true;
    for (; code == SQLITE_ROW && right; code = sqlite3_step(statement->handle)) {
        if (rows->many || rows->count == 0)
            right = read_row(statement, rows);
        if (!rows->many && sqlite3_stmt_readonly(statement->handle))
            break;
    }
    return right ? sqlite_err(connection, code, statement->query->name) : ERR_UNAVAILABLE;
}

enum err sqlite_run(struct db_session *session, const struct query *query, const void *in,
                    struct rows *rows)
{
    struct sqlite_connection *connection = ((struct sqlite_session *)session)->connection;
    struct statement *statement;
    enum err err = statement_of(connection, query, &statement);
    if (err != ERR_OK)
        return err;
    err = sqlite_err(connection, bind(session, statement, in), query->name);
    if (err == ERR_OK)
        err = step(connection, statement, rows);
    if (query->kind == QUERY_KIND_RUN)
        // Of this statement: it counts only what INSERT, UPDATE and DELETE of the last completed
        // one changed, not what foreign keys and triggers did.
        rows->changed = sqlite3_changes64(connection->handle);
    sqlite3_reset(statement->handle);
    return err;
}

enum err sqlite_script(struct db_session *session, const char *sql)
{
    struct sqlite_connection *connection = ((struct sqlite_session *)session)->connection;
    int code = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        session->sentence = arena_text(session->scratch, sqlite3_errmsg(connection->handle));
    return sqlite_err(connection, code, "script");
}

// The names that our schemas use; anything else is a mistake there (BOOLEAN and UUID mean nothing
// to SQLite but are compared here).
static enum column_type declared_type(const char *declared)
{
    return declared == NULL                      ? COLUMN_ANY
           : str_equal_fold(declared, "BIGINT")  ? COLUMN_NUMBER
           : str_equal_fold(declared, "INTEGER") ? COLUMN_NUMBER
           : str_equal_fold(declared, "BOOLEAN") ? COLUMN_BOOL
           : str_equal_fold(declared, "TEXT")    ? COLUMN_TEXT
           : str_equal_fold(declared, "UUID")    ? COLUMN_UUID
                                                 : COLUMN_OTHER;
}

static void describe(sqlite3_stmt *handle, struct described *described, struct arena *arena)
{
    described->params = (size_t)min_i64(sqlite3_bind_parameter_count(handle), PLAN_WIDEST);
    described->columns = (size_t)min_i64(sqlite3_column_count(handle), PLAN_WIDEST);
    for (size_t i = 0; i < described->params; i++) {
        const char *name = sqlite3_bind_parameter_name(handle, (int)i + 1);
        described->param[i] = arena_text(arena, name != NULL ? name + 1 : "?");
    }
    for (size_t i = 0; i < described->columns; i++) {
        described->column[i].name = arena_text(arena, sqlite3_column_name(handle, (int)i));
        described->column[i].type = declared_type(sqlite3_column_decltype(handle, (int)i));
    }
}

enum err sqlite_describe(struct db_session *session, const struct query *query,
                         struct described *described, struct arena *arena)
{
    sqlite3 *handle = ((struct sqlite_session *)session)->connection->handle;
    sqlite3_stmt *statement;
    const char *rest;
    int code = sqlite3_prepare_v3(handle, query->sql, -1, 0, &statement, &rest);
    if (code == SQLITE_OK && statement != NULL && str_blank(rest))
        describe(statement, described, arena);
    else
        described->error = code != SQLITE_OK ? arena_text(arena, sqlite3_errmsg(handle))
                                             : "is not exactly one statement";
    sqlite3_finalize(statement);
    return described->error == NULL ? ERR_OK : ERR_INVALID;
}
