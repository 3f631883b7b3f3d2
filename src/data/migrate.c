// Migrations. Contract in migrate.h; the embedded files come from tools/embed_schema.py.
//
// Forward only: a way back that nobody has run is not one, and a backup is. Each file is its own
// transaction together with its row in schema_migration, on both engines (PostgreSQL's DDL is
// transactional too), so a process that dies in the middle leaves the database before or after a
// file, never inside.
//
// The checksum of what was applied is compared at every start. A file that was edited afterwards
// would make databases that claim to be alike and are not; the program refuses to run on them
// instead.
//
// A migration that is not known here is a newer program's. Whether this one may go on beside it
// only that program can tell, so it leaves word in schema_break when it applies one that breaks.
#include "data/migrate.h"

#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "core/uuid.h"
#include "data/engine.h"
#include "data/query.h"

enum { CREATE_ATTEMPTS = 10 };

// Not a DB_QUERY, because it must run before queries can be prepared.
static const char create_record[] =
    "CREATE TABLE IF NOT EXISTS schema_migration (service TEXT NOT NULL, number BIGINT NOT NULL,"
    " name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,"
    " PRIMARY KEY (service, number));"
    "CREATE TABLE IF NOT EXISTS schema_break (service TEXT NOT NULL, number BIGINT NOT NULL,"
    " why TEXT NOT NULL, PRIMARY KEY (service, number))";

#define MIGRATION_RECORD(F, S) F(S, bool, there, .doc = "Whether anything was ever applied.")
SHAPE(migration_record, MIGRATION_RECORD);

DB_QUERY_TWO(migration_record_there, QUERY_KIND_ROW, nothing, migration_record,
             "SELECT COUNT(*) > 0 AS there FROM sqlite_master WHERE name = 'schema_migration'",
             "SELECT to_regclass('schema_migration') IS NOT NULL AS there");
DB_QUERY(migrations_applied, QUERY_KIND_LIST, nothing, migration_state,
         "SELECT service, number, name, checksum, applied_at FROM schema_migration"
         " ORDER BY service, number");
DB_QUERY(migration_insert, QUERY_KIND_RUN, migration_state, nothing,
         "INSERT INTO schema_migration (service, number, name, checksum, applied_at)"
         " VALUES (:service, :number, :name, :checksum, :now)"
         " ON CONFLICT (service, number) DO NOTHING");

#define MIGRATION_BREAK(F, S)                                                                      \
    F(S, text, service, .doc = "Whose.")                                                           \
    F(S, i64, number, .doc = "Of the migration.")                                                  \
    F(S, text, why, .doc = "What the version before cannot work with.")
SHAPE(migration_break, MIGRATION_BREAK);

// A database that an older program migrated last has none.
DB_QUERY_TWO(migration_breaks_there, QUERY_KIND_ROW, nothing, migration_record,
             "SELECT COUNT(*) > 0 AS there FROM sqlite_master WHERE name = 'schema_break'",
             "SELECT to_regclass('schema_break') IS NOT NULL AS there");
DB_QUERY(migration_breaks, QUERY_KIND_LIST, nothing, migration_break,
         "SELECT service, number, why FROM schema_break ORDER BY service, number");
DB_QUERY(migration_break_insert, QUERY_KIND_RUN, migration_break, nothing,
         "INSERT INTO schema_break (service, number, why) VALUES (:service, :number, :why)"
         " ON CONFLICT (service, number) DO NOTHING");

struct run {
    struct db *db;
    const struct migration_set *set;
    struct problem *problem;
    struct migration_state_list applied;
    struct migration_break_list breaks; // of those applied, also by others
    bool breaks_there;
    const struct migration *next;
};

struct migration_set migrations_every(void)
{
    return (struct migration_set){.all = migrations, .count = migration_count};
}

// Needs no quotes where it is a name in SQL.
static bool is_plain(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name);
}

struct migration_set migrations_of(struct arena *arena, const char *service)
{
    struct migration *own = ARENA_ARRAY(arena, struct migration, migration_count);
    struct migration_set set = {
        .all = own, .service = service, .schema = arena_printf(arena, "souk_%s", service)};
    assert(is_plain(set.schema));
    for (size_t i = 0; i < migration_count; i++) {
        const char *owner = migrations[i].service;
        if (str_equal(owner, "app") || str_equal(owner, "data") || str_equal(owner, service))
            own[set.count++] = migrations[i];
    }
    return set;
}

static const char *text_of(const struct run *run, const struct migration *migration)
{
    bool differs = db_is_postgres(run->db) && migration->postgres != NULL;
    return differs ? migration->postgres : migration->sql;
}

static struct migration_state state_of(const struct run *run, const struct migration *migration)
{
    const char *sql = text_of(run, migration);
    return (struct migration_state){
        .service = migration->service,
        .number = migration->number,
        .name = migration->name,
        .checksum = sha256_hex(run->problem->arena, sql, strlen(sql)),
    };
}

// In each transaction, because a pooler may give every one to another connection.
static enum err enter_schema(struct db_session *session, const struct run *run)
{
    const char *schema = run->set->schema;
    if (schema == NULL || !db_is_postgres(run->db))
        return ERR_OK;
    assert(is_plain(schema));
    return db_script(session,
                     arena_printf(session->scratch, "SET LOCAL search_path TO %s", schema));
}

static enum err create_work(struct db_session *session, void *context)
{
    enum err err = enter_schema(session, context);
    return err == ERR_OK ? db_script(session, create_record) : err;
}

// PostgreSQL lets two processes that both see no table try to make it; one of them fails and looks
// again.
static enum err make_record(struct run *run)
{
    enum err err = db_write(run->db, create_work, run);
    for (int i = 1; i < CREATE_ATTEMPTS && err != ERR_OK; i++)
        err = db_write(run->db, create_work, run);
    return err;
}

static enum err list_work(struct db_session *session, void *context)
{
    struct run *run = context;
    struct migration_record record = {0}, breaks = {0};
    struct nothing *none = &(struct nothing){0};
    enum err err = enter_schema(session, run);
    if (err == ERR_OK)
        err = db_row(session, &migration_record_there, none, session->scratch, &record);
    if (err == ERR_OK)
        err = db_row(session, &migration_breaks_there, none, session->scratch, &breaks);
    run->applied.count = run->breaks.count = 0;
    if (err == ERR_OK && record.there)
        err = db_list(session, &migrations_applied, none, run->problem->arena, &run->applied);
    run->breaks_there = breaks.there;
    if (err == ERR_OK && breaks.there)
        err = db_list(session, &migration_breaks, none, run->problem->arena, &run->breaks);
    return err;
}

static const struct migration *known(const struct run *run, const struct migration_state *state)
{
    for (size_t i = 0; i < run->set->count; i++)
        if (run->set->all[i].number == state->number &&
            str_equal(run->set->all[i].service, state->service))
            return &run->set->all[i];
    return NULL;
}

static const struct migration_state *applied(const struct run *run,
                                             const struct migration *migration)
{
    for (size_t i = 0; i < run->applied.count; i++)
        if (run->applied.items[i].number == migration->number &&
            str_equal(run->applied.items[i].service, migration->service))
            return &run->applied.items[i];
    return NULL;
}

static const struct migration_break *break_of(const struct run *run,
                                              const struct migration_state *state)
{
    for (size_t i = 0; i < run->breaks.count; i++)
        if (run->breaks.items[i].number == state->number &&
            str_equal(run->breaks.items[i].service, state->service))
            return &run->breaks.items[i];
    return NULL;
}

// Whether it comes after all that is known here of its service, and these are applied: the database
// is this program's, and a newer one's besides.
static bool continues(const struct run *run, const struct migration_state *state)
{
    for (size_t i = 0; i < run->set->count; i++) {
        const struct migration *migration = &run->set->all[i];
        if (str_equal(migration->service, state->service) &&
            (migration->number > state->number || applied(run, migration) == NULL))
            return false;
    }
    return true;
}

static enum err check_newer(const struct run *run, const struct migration_state *state)
{
    const struct migration_break *breaks = break_of(run, state);
    if (breaks == NULL && continues(run, state)) {
        log_line(LOG_INFO, "schema_newer", "%s/%03d_%s is a newer souk's; this one goes on",
                 state->service, (int)state->number, state->name);
        return ERR_OK;
    }
    problem_detail(
        run->problem,
        "the database is newer than this program: %s/%03d_%s was applied to it and is not"
        " known here%s%s; start a newer souk",
        state->service, (int)state->number, state->name, breaks != NULL ? ": " : "",
        breaks != NULL ? breaks->why : "");
    return ERR_CONFLICT;
}

// Before anything is applied: a database that is too new, or of another branch, is left as it is.
static enum err check_applied(const struct run *run)
{
    for (size_t i = 0; i < run->applied.count; i++) {
        const struct migration_state *state = &run->applied.items[i];
        const struct migration *migration = known(run, state);
        enum err err = migration == NULL ? check_newer(run, state) : ERR_OK;
        if (err != ERR_OK)
            return err;
        if (migration != NULL && !str_equal(state_of(run, migration).checksum, state->checksum)) {
            problem_detail(run->problem,
                           "%s/%03d_%s is not what was applied to this database: its text has"
                           " changed since; put it back and add a new file instead",
                           migration->service, migration->number, migration->name);
            return ERR_CONFLICT;
        }
    }
    return ERR_OK;
}

static enum err note_break(struct db_session *session, const struct migration *migration)
{
    struct migration_break row = {
        .service = migration->service, .number = migration->number, .why = migration->breaks};
    i64 noted;
    return migration->breaks == NULL ? ERR_OK
                                     : db_run(session, &migration_break_insert, &row, &noted);
}

// However long the other one takes: nobody else waits for this lock.
static const char take_turn[] = "SET LOCAL lock_timeout = 0;"
                                "LOCK TABLE schema_migration IN SHARE ROW EXCLUSIVE MODE";

// On PostgreSQL the lock comes before the transaction's snapshot, so whoever waited for it sees
// what the other one did; SQLite's writer has the file to itself.
static enum err apply_work(struct db_session *session, void *context)
{
    struct run *run = context;
    struct migration_state state = state_of(run, run->next);
    i64 recorded = 0;
    enum err err = enter_schema(session, run);
    if (err == ERR_OK && db_is_postgres(run->db))
        err = db_script(session, take_turn);
    if (err == ERR_OK)
        err = db_run(session, &migration_insert, &state, &recorded);
    // Nothing recorded: another process was faster, and its transaction is complete.
    if (err != ERR_OK || recorded == 0)
        return err;
    err = note_break(session, run->next);
    if (err == ERR_OK)
        err = db_script(session, text_of(run, run->next));
    if (err != ERR_OK)
        problem_detail(run->problem, "%s/%03d_%s could not be applied: %s", state.service,
                       (int)state.number, state.name,
                       session->sentence != NULL ? session->sentence : err_title(err));
    return err;
}

static enum err apply_missing(struct run *run)
{
    for (size_t i = 0; i < run->set->count; i++) {
        run->next = &run->set->all[i];
        if (applied(run, run->next) != NULL)
            continue;
        enum err err = db_write(run->db, apply_work, run);
        if (err != ERR_OK)
            return err;
        log_line(LOG_INFO, "migrated", "%s/%03d_%s", run->next->service, run->next->number,
                 run->next->name);
    }
    return ERR_OK;
}

static enum err look(struct run *run)
{
    enum err err = db_read(run->db, list_work, run);
    return err == ERR_OK ? check_applied(run) : err;
}

static enum err closing(const struct run *run, enum err err, const char *sentence)
{
    if (err != ERR_OK && run->problem->detail == NULL)
        problem_detail(run->problem, "%s; see the log", sentence);
    return err;
}

enum err migrate(struct db *db, const struct migration_set *set, struct problem *problem)
{
    struct run run = {.db = db, .set = set, .problem = problem};
    enum err err = make_record(&run);
    if (err == ERR_OK)
        err = look(&run);
    if (err == ERR_OK)
        err = apply_missing(&run);
    return closing(&run, err, "the schema could not be brought up to date");
}

static enum err older(const struct run *run, const char *what)
{
    const char *service = run->set->service;
    problem_detail(run->problem,
                   "the database is older than this program: %s; run souk migrate%s%s", what,
                   service != NULL ? " " : "", service != NULL ? service : "");
    return ERR_CONFLICT;
}

enum err migrate_check(struct db *db, const struct migration_set *set, struct problem *problem)
{
    struct run run = {.db = db, .set = set, .problem = problem};
    enum err err = look(&run);
    for (size_t i = 0; i < set->count && err == ERR_OK; i++) {
        const struct migration *migration = &set->all[i];
        if (applied(&run, migration) == NULL)
            err = older(&run, arena_printf(problem->arena, "%s/%03d_%s was not applied to it",
                                           migration->service, migration->number, migration->name));
    }
    if (err == ERR_OK && !run.breaks_there)
        err = older(&run, "it has no table schema_break");
    return closing(&run, err, "the schema's version could not be read");
}

enum err migrate_status(struct db *db, const struct migration_set *set, struct problem *problem,
                        struct migration_state_list *out)
{
    struct run run = {.db = db, .set = set, .problem = problem};
    enum err err = look(&run);
    out->count = set->count;
    out->items = ARENA_ARRAY(problem->arena, struct migration_state, set->count);
    for (size_t i = 0; i < set->count; i++) {
        const struct migration_state *state = applied(&run, &set->all[i]);
        out->items[i] = state != NULL ? *state : state_of(&run, &set->all[i]);
    }
    return closing(&run, err, "the schema's version could not be read");
}
