// Schemas and roles of services on PostgreSQL. Contract in postgres_schema.h; what is in a schema
// is applied by migrate.c.
//
// The statements here name schemas, roles and databases, which cannot be parameters: libpq or
// format('%I') quotes each. They run on a connection of their own, in transactions that one
// advisory lock keeps apart, because PostgreSQL fails when two change the rights on one thing at
// once.
#include "data/postgres_schema.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "data/engine.h"
#include "data/outbox.h"
#include "data/query.h"

enum { WAIT_MS = 60000 };

// After the first failure nothing more is sent.
struct owner {
    PGconn *connection;
    struct arena *arena;
    struct problem *problem;
    const struct schemas *schemas;
    const char *paths;           // see paths_of
    const char *name, *password; // of the role
    const char *role, *database; // quoted
    enum err err;
};

static PGresult *looked_at(struct owner *owner, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    owner->err = ERR_UNAVAILABLE;
    problem_detail(owner->problem, "PostgreSQL refuses the owner: %s",
                   str_trim(owner->arena, PQresultErrorMessage(result)));
    return result;
}

static void tell(struct owner *owner, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(struct owner *owner, const char *format, ...)
{
    if (owner->err != ERR_OK)
        return;
    va_list args;
    va_start(args, format);
    char *sql = arena_vprintf(owner->arena, format, args);
    va_end(args);
    PQclear(looked_at(owner, PQexec(owner->connection, sql)));
}

// The one value of the one row, where $1 is the role and $2 the schemas; NULL when there is none.
static const char *ask(struct owner *owner, const char *sql)
{
    if (owner->err != ERR_OK)
        return NULL;
    const char *const values[] = {owner->name, owner->paths};
    const Oid types[] = {25, 25}; // text
    PGresult *result =
        looked_at(owner, PQexecParams(owner->connection, sql, 2, types, values, NULL, NULL, 0));
    bool some = owner->err == ERR_OK && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0);
    const char *answer = some ? arena_text(owner->arena, PQgetvalue(result, 0, 0)) : NULL;
    PQclear(result);
    return answer;
}

static bool holds(struct owner *owner, const char *sql)
{
    return str_equal(ask(owner, sql), "t");
}

static const char *quoted(struct owner *owner, const char *name)
{
    char *text = PQescapeIdentifier(owner->connection, name, strlen(name));
    assert(text != NULL);
    const char *kept = arena_text(owner->arena, text);
    PQfreemem(text);
    return kept;
}

// With nothing in its path that somebody else may have made.
static void begin(struct owner *owner)
{
    enum { LOCK = 0x736f756b }; // "souk"
    tell(owner, "BEGIN; SET LOCAL search_path TO pg_catalog; SELECT pg_advisory_xact_lock(%d)",
         LOCK);
}

// The schemas' names with commas. They are plain (migrations_of), so nothing is to be quoted.
static const char *paths_of(struct arena *arena, const struct schemas *schemas)
{
    const char *paths = NULL;
    for (size_t i = 0; i < schemas->count; i++) {
        const char *path = migrations_of(arena, schemas->names[i]).schema;
        paths = paths == NULL ? path : arena_printf(arena, "%s,%s", paths, path);
    }
    return paths;
}

static enum err read_role(struct owner *owner, const char *url)
{
    enum { ROLE_NAME_MAX = 63 }; // PostgreSQL cuts what is longer
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    for (PQconninfoOption *at = options; at != NULL && at->keyword != NULL; at++) {
        if (at->val == NULL || *at->val == '\0')
            continue;
        if (str_equal(at->keyword, "user"))
            owner->name = arena_text(owner->arena, at->val);
        if (str_equal(at->keyword, "password"))
            owner->password = arena_text(owner->arena, at->val);
    }
    PQconninfoFree(options);
    if (owner->name != NULL && owner->password != NULL && strlen(owner->name) <= ROLE_NAME_MAX &&
        utf8_valid(owner->name, strlen(owner->name)))
        return ERR_OK;
    problem_detail(owner->problem, "the services' address must name their role and its password: "
                                   "postgresql://ROLE:PASSWORD@HOST/DATABASE");
    return ERR_INVALID;
}

static void ignore_notice(UNUSED void *context, UNUSED const PGresult *result)
{
}

static enum err connect_owner(struct owner *owner, const char *url)
{
    const char *const names[] = {"connect_timeout", "fallback_application_name", "client_encoding",
                                 "dbname", NULL};
    const char *const values[] = {"10", "souk migrate", "UTF8", url, NULL};
    owner->connection = PQconnectdbParams(names, values, 1);
    if (PQstatus(owner->connection) != CONNECTION_OK) {
        problem_detail(owner->problem, "the owner cannot connect to PostgreSQL: %s",
                       str_trim(owner->arena, PQerrorMessage(owner->connection)));
        return ERR_UNAVAILABLE;
    }
    PQsetNoticeReceiver(owner->connection, ignore_notice, NULL);
    owner->role = quoted(owner, owner->name);
    const char *database = ask(owner, "SELECT current_database()");
    owner->database = database != NULL ? quoted(owner, database) : NULL;
    return owner->err;
}

// A role that is more than a service's is never made less: whoever named it here was mistaken.
static void check_role(struct owner *owner)
{
    const char *excess = ask(
        owner, "SELECT CASE WHEN rolname = current_user THEN 'is the owner'"
               " WHEN rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
               " THEN 'has powers over the whole server'"
               " WHEN EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
               " THEN 'is a member of another role'"
               " WHEN EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass"
               " AND refobjid = pg_roles.oid AND deptype = 'o') THEN 'owns something' END"
               " FROM pg_roles WHERE rolname = $1");
    if (excess == NULL)
        return;
    problem_detail(owner->problem, "the role %s cannot be a service's: it %s; name another one",
                   owner->name, excess);
    owner->err = ERR_CONFLICT;
}

static void check_database(struct owner *owner)
{
    if (!holds(owner,
               "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
               " WHERE nspname = 'public' AND relname = 'schema_migration')"))
        return;
    problem_detail(owner->problem,
                   "the database %s holds a whole shop, in the schema public;"
                   " services that run apart need another one",
                   PQdb(owner->connection));
    owner->err = ERR_CONFLICT;
}

static void make_schemas(struct owner *owner)
{
    begin(owner);
    check_role(owner);
    check_database(owner);
    for (size_t i = 0; i < owner->schemas->count; i++)
        tell(owner, "CREATE SCHEMA IF NOT EXISTS %s",
             migrations_of(owner->arena, owner->schemas->names[i]).schema);
    tell(owner, "COMMIT");
}

static void migrate_schemas(struct owner *owner, const char *url)
{
    const struct db_settings settings = {.url = url, .readers = 1, .wait_ms = WAIT_MS};
    struct db *db = NULL;
    if (owner->err != ERR_OK)
        return;
    owner->err = db_open(&settings, &db, owner->problem);
    for (size_t i = 0; i < owner->schemas->count && owner->err == ERR_OK; i++) {
        struct migration_set set = migrations_of(owner->arena, owner->schemas->names[i]);
        owner->err = migrate(db, &set, owner->problem);
    }
    db_close(db);
}

// Logs in as the role, to where the owner is. A server that asks for no password tells nothing.
static bool password_holds(const struct owner *owner)
{
    enum { OPTIONS_MAX = 64 };
    const char *names[OPTIONS_MAX + 1] = {NULL}, *values[OPTIONS_MAX + 1] = {NULL};
    PQconninfoOption *options = PQconninfo(owner->connection);
    size_t count = 0;
    for (PQconninfoOption *at = options; at->keyword != NULL && count < OPTIONS_MAX; at++) {
        names[count] = at->keyword;
        values[count++] = str_equal(at->keyword, "user")       ? owner->name
                          : str_equal(at->keyword, "password") ? owner->password
                                                               : at->val;
    }
    PGconn *connection = PQconnectdbParams(names, values, 0);
    bool holds = PQstatus(connection) == CONNECTION_OK && PQconnectionUsedPassword(connection) == 1;
    PQfinish(connection);
    PQconninfoFree(options);
    return holds;
}

// Salted and hashed here, so that no log of the server ever shows it. One that still holds stays:
// with a new salt it would be another secret to a pooler that keeps the hash.
static void set_password(struct owner *owner)
{
    if (owner->err != ERR_OK || password_holds(owner))
        return;
    char *secret =
        PQencryptPasswordConn(owner->connection, owner->password, owner->name, "scram-sha-256");
    if (secret == NULL) {
        owner->err = ERR_INVALID;
        problem_detail(owner->problem, "the password of %s is of no use: %s", owner->name,
                       str_trim(owner->arena, PQerrorMessage(owner->connection)));
        return;
    }
    char *literal = PQescapeLiteral(owner->connection, secret, strlen(secret));
    assert(literal != NULL);
    tell(owner, "ALTER ROLE %s PASSWORD %s", owner->role, literal);
    PQfreemem(literal);
    PQfreemem(secret);
}

static void grant_schema(struct owner *owner, const char *schema)
{
    tell(owner, "REVOKE ALL ON SCHEMA %s FROM %s; GRANT USAGE ON SCHEMA %s TO %s", schema,
         owner->role, schema, owner->role);
    tell(owner,
         "REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM %s;"
         "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO %s",
         schema, owner->role, schema, owner->role);
    tell(owner, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %s TO %s", schema, owner->role);
    tell(owner,
         "ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO"
         " %s; ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT USAGE, SELECT ON SEQUENCES TO %s",
         schema, owner->role, schema, owner->role);
}

// What the owner alone writes, for it is believed: what was applied, and how tables are
// partitioned.
static void keep_to_owner(struct owner *owner)
{
    const char *sql =
        ask(owner, "SELECT string_agg(format('REVOKE INSERT, UPDATE, DELETE ON %I.%I FROM %I',"
                   " nspname, relname, $1), ';')"
                   " FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
                   " WHERE nspname = ANY (string_to_array($2, ',')) AND relkind = 'r'"
                   " AND (relname LIKE 'schema\\_%' OR relname LIKE 'partition\\_%'"
                   " OR relname LIKE '%\\_detached')");
    if (sql != NULL)
        tell(owner, "%s", sql);
}

// What an earlier run gave to this role and this one does not name.
static void revoke_others(struct owner *owner)
{
    const char *sql =
        ask(owner, "SELECT string_agg(format('REVOKE ALL ON ALL TABLES IN SCHEMA %1$I FROM %2$I;"
                   " REVOKE ALL ON ALL SEQUENCES IN SCHEMA %1$I FROM %2$I;"
                   " ALTER DEFAULT PRIVILEGES IN SCHEMA %1$I REVOKE ALL ON SEQUENCES FROM %2$I;"
                   " ALTER DEFAULT PRIVILEGES IN SCHEMA %1$I REVOKE ALL ON TABLES FROM %2$I;"
                   " REVOKE ALL ON SCHEMA %1$I FROM %2$I', nspname, $1), ';')"
                   " FROM pg_namespace WHERE nspname LIKE 'souk\\_%'"
                   " AND nspname <> ALL (string_to_array($2, ','))"
                   " AND has_schema_privilege($1, oid, 'USAGE')");
    if (sql != NULL)
        tell(owner, "%s", sql);
}

// In a new database everybody may connect and make temporary tables, and look into public.
static void narrow_database(struct owner *owner)
{
    if (holds(owner, "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database"
                     " WHERE datname = current_database()"))
        tell(owner, "REVOKE ALL ON DATABASE %s FROM PUBLIC, %s; GRANT CONNECT ON DATABASE %s TO %s",
             owner->database, owner->role, owner->database, owner->role);
    else
        log_line(LOG_WARN, "migrate",
                 "the database has another owner: who may connect to it stays as it is");
    if (holds(owner, "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace"
                     " WHERE nspname = 'public'"))
        tell(owner, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
}

static void make_role(struct owner *owner)
{
    begin(owner);
    check_role(owner);
    const char *logs_in = ask(owner, "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1");
    if (logs_in == NULL)
        tell(owner, "CREATE ROLE %s LOGIN", owner->role);
    else if (!str_equal(logs_in, "t"))
        tell(owner, "ALTER ROLE %s LOGIN", owner->role);
    set_password(owner);
    narrow_database(owner);
    revoke_others(owner);
    for (size_t i = 0; i < owner->schemas->count; i++)
        grant_schema(owner, migrations_of(owner->arena, owner->schemas->names[i]).schema);
    keep_to_owner(owner);
    tell(owner, "ALTER ROLE %s IN DATABASE %s SET search_path TO %s", owner->role, owner->database,
         owner->paths);
    tell(owner, "COMMIT");
}

enum err schemas_migrate(const struct schemas *schemas, const char *owner_url, const char *url,
                         struct problem *problem)
{
    struct owner owner = {.arena = problem->arena,
                          .problem = problem,
                          .schemas = schemas,
                          .paths = paths_of(problem->arena, schemas)};
    owner.err = read_role(&owner, url);
    if (owner.err == ERR_OK)
        owner.err = connect_owner(&owner, owner_url);
    if (owner.err == ERR_OK) {
        make_schemas(&owner);
        migrate_schemas(&owner, owner_url);
        make_role(&owner);
    }
    PQfinish(owner.connection);
    return owner.err;
}

#define SEARCH_PATH(F, S) F(S, text, names, .doc = "Schemas that are there and may be used.")
SHAPE(search_path, SEARCH_PATH);
DB_QUERY_APART(search_path_now, QUERY_KIND_ROW, nothing, search_path,
               "SELECT array_to_string(current_schemas(false), ',') AS names");

DB_QUERY_APART(schemas_among, QUERY_KIND_ROW, search_path, search_path,
               "SELECT string_agg(nspname, ', ' ORDER BY nspname) AS names FROM pg_namespace"
               " WHERE nspname = ANY (string_to_array(:names, ','))");

struct looking {
    struct arena *arena;
    const struct query *query;
    const void *in;
    struct search_path path;
};

static enum err look_work(struct db_session *session, void *context)
{
    struct looking *looking = context;
    return db_row(session, looking->query, looking->in, looking->arena, &looking->path);
}

static enum err look(struct db *db, const struct query *query, const void *in,
                     struct problem *problem, const char **names)
{
    struct looking looking = {.arena = problem->arena, .query = query, .in = in};
    enum err err = db_read(db, look_work, &looking);
    if (err != ERR_OK)
        problem_detail(problem, "the database does not answer; see the log");
    *names = looking.path.names;
    return err;
}

static const char *words_of(struct arena *arena, const struct schemas *schemas)
{
    const char *words = "";
    for (size_t i = 0; i < schemas->count; i++)
        words = arena_printf(arena, "%s %s", words, schemas->names[i]);
    return words;
}

enum err schemas_check(struct db *db, const struct schemas *schemas, struct problem *problem)
{
    const char *paths = paths_of(problem->arena, schemas), *names;
    enum err err = look(db, &search_path_now, &(struct nothing){0}, problem, &names);
    if (err == ERR_OK && !str_equal(names, paths)) {
        problem_detail(problem,
                       "this role of the database works in the schemas %s and must do so in %s; run"
                       " souk migrate%s",
                       str_blank(names) ? "(none)" : names, paths,
                       words_of(problem->arena, schemas));
        err = ERR_CONFLICT;
    }
    for (size_t i = 0; i < schemas->count && err == ERR_OK; i++) {
        struct migration_set set = migrations_of(problem->arena, schemas->names[i]);
        err = migrate_check(db, &set, problem);
    }
    return err;
}

struct leaving {
    const char *enter;
    struct outbox_counts counts;
};

static enum err count_left(struct db_session *session, void *context)
{
    struct leaving *leaving = context;
    enum err err = db_script(session, leaving->enter);
    return err == ERR_OK ? outbox_count(session, &leaving->counts) : err;
}

// The first schema's outbox is the one that is used.
enum err schemas_left(struct db *db, const struct schemas *schemas, struct problem *problem,
                      const char **left)
{
    struct arena *arena = problem->arena;
    enum err err = ERR_OK;
    *left = NULL;
    for (size_t i = 1; i < schemas->count && err == ERR_OK; i++) {
        const char *schema = migrations_of(arena, schemas->names[i]).schema;
        struct leaving leaving = {.enter =
                                      arena_printf(arena, "SET LOCAL search_path TO %s", schema)};
        err = db_read(db, count_left, &leaving);
        if (err != ERR_OK)
            problem_detail(problem, "the outbox of %s could not be read; see the log", schema);
        else if (leaving.counts.pending > 0)
            *left = arena_printf(arena,
                                 "%s%sthe outbox of %s holds events that nobody sends (%lld): run a"
                                 " process with SOUK_SERVICES=%s and a role of its own until it is"
                                 " empty",
                                 *left != NULL ? *left : "", *left != NULL ? "; " : "", schema,
                                 (long long)leaving.counts.pending, schemas->names[i]);
    }
    return err;
}

enum err schemas_absent(struct db *db, const struct schemas *schemas, struct problem *problem)
{
    struct search_path wanted = {.names = paths_of(problem->arena, schemas)};
    const char *names;
    if (!db_is_postgres(db))
        return ERR_OK;
    enum err err = look(db, &schemas_among, &wanted, problem, &names);
    if (err != ERR_OK || names == NULL)
        return err;
    problem_detail(problem,
                   "the database is that of services that run apart (it has %s); say in"
                   " SOUK_SERVICES which are meant",
                   names);
    return ERR_CONFLICT;
}
