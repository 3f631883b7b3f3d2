// Statements on PostgreSQL: prepared once a connection, values as text both ways. The same query on
// the other engine is in sqlite_connection.c; waiting and errors are in postgres_connection.c.
//
// The text format is used because it needs no knowledge of types here, and costs little beside the
// journey: numbers and ids are a few digits. Statements are prepared on first use and kept by the
// address of their query, so a statement costs the server no parsing or planning after that. Behind
// a pooler that lends a connection for one transaction only a client cannot know what its server
// has: there each statement travels whole (`unprepared`), or is named by its text and expected to
// be known; a transaction that finds one missing runs again and teaches its server (`shared`).
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "data/postgres_wire.h"
#include "data/sql_names.h"

// Fixed numbers of PostgreSQL's built-in types (pg_type.dat).
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_VARCHAR = 1043,
    OID_UUID = 2950,
};

struct prepared {
    const struct query *query;
    const char *sql, *name; // name: NULL where statements are not prepared
    int params, columns;    // columns: -1 until the first answer
    u32 lesson;             // the last transaction in which its server was seen to know it
    enum sql_effect effect;
    int16_t param[PLAN_WIDEST], column[PLAN_WIDEST];
    Oid type[PLAN_WIDEST];
};

_Static_assert((int)SQL_NAMES_MAX == (int)PLAN_WIDEST, "one bound on parameters");

// Under names that no connection had before: behind a pooler another one's statements may be there,
// and one of the same name would be run in place of ours.
void postgres_forget(struct postgres_connection *connection)
{
    u64 chance;
    random_bytes(&chance, sizeof chance);
    snprintf(connection->prefix, sizeof connection->prefix, "s%llx", (unsigned long long)chance);
    free(connection->prepared);
    connection->prepared = NULL;
    connection->room = connection->used = 0;
    if (connection->texts != NULL)
        arena_reset(connection->texts);
}

void postgres_disconnect(struct postgres_connection *connection)
{
    postgres_forget(connection);
    arena_free(connection->texts);
    connection->texts = NULL;
    PQfinish(connection->handle);
    connection->handle = NULL;
    connection->owes = connection->proven = false;
    connection->fate = POSTGRES_GO_ON;
}

Oid postgres_param_type(const struct query *query, int position)
{
    if (position == PLAN_UNKNOWN)
        return 0;
    switch (plan_param_kind(query, position)) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        return OID_INT8;
    case KIND_BOOL:
        return OID_BOOL;
    case KIND_UUID:
        return OID_UUID;
    default:
        return OID_TEXT;
    }
}

static const char *text_of(const struct query *query)
{
    return query->postgres != NULL ? query->postgres : query->sql;
}

// Names and types; the statement itself is not sent yet.
static struct prepared *plan(const struct query *query, const struct sql_names *names,
                             struct arena *arena)
{
    struct prepared *prepared = ARENA_NEW(arena, struct prepared);
    *prepared = (struct prepared){
        .query = query,
        .sql = names->sql,
        .params = (int)names->count,
        .columns = -1,
        .effect = sql_effect_of(names->sql),
    };
    for (size_t i = 0; i < names->count; i++) {
        prepared->param[i] = (int16_t)plan_param(query, names->names[i]);
        prepared->type[i] = postgres_param_type(query, prepared->param[i]);
    }
    return prepared;
}

// Open addressing, at most half full, a power of two; Fibonacci hashing (Knuth, volume 3, section
// 6.4) of an address whose low bits are always the same.
static struct prepared **slot(struct prepared **table, size_t room, const struct query *query)
{
    size_t at = ((uintptr_t)query >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    while (table[at & (room - 1)] != NULL && table[at & (room - 1)]->query != query)
        at++;
    return &table[at & (room - 1)];
}

static void grow(struct postgres_connection *connection)
{
    size_t room = connection->room > 0 ? connection->room * 2 : 64;
    struct prepared **table = calloc(room, sizeof(struct prepared *));
    assert(table != NULL);
    for (size_t i = 0; i < connection->room; i++)
        if (connection->prepared[i] != NULL)
            *slot(table, room, connection->prepared[i]->query) = connection->prepared[i];
    free(connection->prepared);
    connection->prepared = table;
    connection->room = room;
}

static i64 patience_ms(const struct db_session *session)
{
    return ((const struct postgres_session *)session)->connection->place->patience_ms;
}

// By itself, where no statement can take it along.
static enum err begin_now(struct db_session *session)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    const struct postgres_begin *begin = connection->begin;
    if (begin == NULL)
        return ERR_OK;
    connection->begin = NULL;
    enum err err = postgres_exec(connection, begin->sql, patience_ms(session), NULL);
    if (err == ERR_OK && begin->also != NULL)
        err = postgres_exec(connection, begin->also, patience_ms(session), NULL);
    return err;
}

static enum err prepare(struct db_session *session, struct postgres_connection *connection,
                        const struct prepared *prepared)
{
    enum err err = postgres_settle(connection);
    if (err == ERR_OK)
        err = begin_now(session);
    if (err != ERR_OK)
        return err;
    int sent = PQsendPrepare(connection->handle, prepared->name, prepared->sql, prepared->params,
                             prepared->type);
    PGresult *result = postgres_await(connection, sent == 1, patience_ms(session));
    err = postgres_err(connection, result, prepared->query->name);
    PQclear(result);
    return err;
}

// The same text has the same name on all connections of all processes, so that whoever finds it on
// a server may run it.
static const char *shared_name(struct arena *arena, const struct prepared *prepared)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char hex[2 * sizeof hash + 1];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)prepared->sql, strlen(prepared->sql));
    crypto_generichash_update(&state, (const unsigned char *)prepared->type,
                              sizeof prepared->type[0] * (size_t)prepared->params);
    crypto_generichash_final(&state, hash, sizeof hash);
    return arena_printf(arena, "q_%s", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static enum err ask_known(struct db_session *session, struct postgres_connection *connection)
{
    enum err err = postgres_settle(connection);
    if (err == ERR_OK)
        err = begin_now(session);
    if (err != ERR_OK)
        return err;
    int sent = PQsendQuery(connection->handle, "SELECT string_agg(name, ' ') FROM"
                                               " pg_prepared_statements WHERE name ~ '^q_'");
    PGresult *result = postgres_await(connection, sent == 1, patience_ms(session));
    err = postgres_err(connection, result, "pg_prepared_statements");
    if (err == ERR_OK)
        connection->known = arena_text(session->scratch, PQgetvalue(result, 0, 0));
    PQclear(result);
    return err;
}

// Two queries may have one text, and so one name.
static bool is_known(const struct postgres_connection *connection, const struct prepared *prepared)
{
    for (size_t i = 0; i < connection->room; i++) {
        const struct prepared *other = connection->prepared[i];
        if (other != NULL && other->lesson == connection->lesson &&
            str_equal(other->name, prepared->name))
            return true;
    }
    return strstr(connection->known, prepared->name) != NULL;
}

// All that this connection has used, in one journey: a server that lacks one of them is new and
// lacks most.
static enum err prepare_missing(struct db_session *session, struct postgres_connection *connection)
{
    bool sent = true;
    int missing = 0;
    for (size_t i = 0; sent && i < connection->room; i++) {
        struct prepared *prepared = connection->prepared[i];
        if (prepared == NULL)
            continue;
        if (!is_known(connection, prepared))
            sent = (missing++ > 0 || PQenterPipelineMode(connection->handle) == 1) &&
                   PQsendPrepare(connection->handle, prepared->name, prepared->sql,
                                 prepared->params, prepared->type) == 1;
        prepared->lesson = connection->lesson;
    }
    if (missing == 0)
        return ERR_OK;
    connection->sent_count = 0;
    sent = sent && PQpipelineSync(connection->handle) == 1;
    PGresult *result = postgres_await(connection, sent, patience_ms(session));
    enum err err = postgres_err(connection, result, "prepare");
    PQclear(result);
    return err;
}

// In a transaction the server stays the same: it is asked once what it knows, and taught the rest.
static enum err teach(struct db_session *session, struct prepared *prepared)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    if (connection->known == NULL) {
        enum err err = ask_known(session, connection);
        return err == ERR_OK ? prepare_missing(session, connection) : err;
    }
    enum err err = is_known(connection, prepared) ? ERR_OK : prepare(session, connection, prepared);
    if (err == ERR_OK)
        prepared->lesson = connection->lesson;
    return err;
}

static enum err make_prepared(struct db_session *session, const struct query *query,
                              struct prepared **out)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    struct arena *texts = connection->texts;
    struct sql_names names;
    if (!sql_number_names(text_of(query), texts, &names))
        return ERR_UNAVAILABLE;
    *out = plan(query, &names, texts);
    if (connection->place->unprepared)
        return ERR_OK;
    // Unique on this connection: `used` grows only when the statement stands.
    bool shared = connection->place->shared;
    (*out)->name = shared ? shared_name(texts, *out)
                          : arena_printf(texts, "%s_%zu", connection->prefix, connection->used);
    return shared ? ERR_OK : prepare(session, connection, *out);
}

static enum err prepared_of(struct db_session *session, const struct query *query,
                            struct prepared **out)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    if (connection->used * 2 >= connection->room)
        grow(connection);
    struct prepared **at = slot(connection->prepared, connection->room, query);
    if (*at == NULL) {
        struct prepared *made;
        enum err err = make_prepared(session, query, &made);
        if (err != ERR_OK)
            return err;
        *at = made;
        connection->used++;
    }
    *out = *at;
    bool taught =
        !connection->learns || (*out)->name == NULL || (*out)->lesson == connection->lesson;
    return taught ? ERR_OK : teach(session, *out);
}

struct bound {
    const char *values[PLAN_WIDEST];
    char numbers[PLAN_WIDEST][24];
};

static const char *bound_text(struct bound *bound, int i, Oid type, struct value value)
{
    if (value.is != VALUE_NUMBER)
        return value.is == VALUE_NULL ? NULL : value.text;
    if (type == OID_BOOL)
        return value.number != 0 ? "t" : "f";
    snprintf(bound->numbers[i], sizeof bound->numbers[i], "%lld", (long long)value.number);
    return bound->numbers[i];
}

// Extended protocol, as pipelines demand it; the results come back in order (postgres_await).
static bool send_begin(struct postgres_connection *connection)
{
    const struct postgres_begin *begin = connection->begin;
    connection->begin = NULL;
    return postgres_send_along(connection, begin->sql) &&
           (begin->also == NULL || postgres_send_along(connection, begin->also));
}

static bool send_statement(PGconn *handle, const struct prepared *prepared,
                           const char *const *values)
{
    if (prepared->name != NULL)
        return PQsendQueryPrepared(handle, prepared->name, prepared->params, values, NULL, NULL,
                                   0) == 1;
    return PQsendQueryParams(handle, prepared->sql, prepared->params, prepared->type, values, NULL,
                             NULL, 0) == 1;
}

static bool bind_and_send(struct db_session *session, const struct prepared *prepared,
                          const void *in)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    struct bound bound;
    for (int i = 0; i < prepared->params; i++) {
        assert(prepared->param[i] != PLAN_UNKNOWN); // db_check_queries
        struct value value = plan_value(session, prepared->query, prepared->param[i], in);
        bound.values[i] = bound_text(&bound, i, prepared->type[i], value);
    }
    return send_statement(connection->handle, prepared, bound.values);
}

static PGresult *execute(struct db_session *session, const struct prepared *prepared,
                         const void *in)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    bool sent = connection->begin == NULL || send_begin(connection);
    bool piped = PQpipelineStatus(connection->handle) != PQ_PIPELINE_OFF;
    sent = sent && bind_and_send(session, prepared, in) &&
           (!piped || PQpipelineSync(connection->handle) == 1);
    return postgres_await(connection, sent, patience_ms(session));
}

// Leaves some room for the commit, which may travel with them.
static enum err execute_later(struct db_session *session, const struct prepared *prepared,
                              const void *in)
{
    enum { ROOM = 6 };
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    bool sent = connection->begin == NULL || send_begin(connection);
    if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF)
        connection->sent_count = 0;
    sent = sent && PQenterPipelineMode(connection->handle) == 1 &&
           bind_and_send(session, prepared, in);
    connection->sent[connection->sent_count++] = prepared->query->name;
    if (!sent)
        connection->fate = POSTGRES_LOST;
    if (sent && connection->sent_count + ROOM > POSTGRES_SENT_MAX)
        return postgres_settle(connection);
    return sent ? ERR_OK : ERR_UNAVAILABLE;
}

// With the first answer instead of a journey of its own to describe the statement.
static bool resolve_columns(struct prepared *prepared, const PGresult *result)
{
    int columns = PQnfields(result);
    if (columns > PLAN_WIDEST)
        return false;
    for (int i = 0; i < columns; i++) {
        prepared->column[i] = (int16_t)plan_column(prepared->query, PQfname(result, i));
        if (prepared->column[i] == PLAN_UNKNOWN)
            return false;
    }
    prepared->columns = columns;
    return true;
}

static struct value cell(const PGresult *result, int row, int column, enum kind kind)
{
    struct value value = {.is = VALUE_TEXT};
    if (PQgetisnull(result, row, column))
        return (struct value){.is = VALUE_NULL};
    value.text = PQgetvalue(result, row, column);
    value.length = (size_t)PQgetlength(result, row, column);
    if (kind == KIND_BOOL)
        return (struct value){.is = VALUE_NUMBER, .number = value.text[0] == 't'};
    bool numeric = kind == KIND_I64 || kind == KIND_MINOR || kind == KIND_TIME;
    if (numeric && str_i64(value.text, &value.number))
        value.is = VALUE_NUMBER;
    return value;
}

static bool read_row(const struct prepared *prepared, const PGresult *result, int row,
                     struct rows *rows)
{
    void *at = rows_next(rows);
    for (int i = 0; i < prepared->columns; i++) {
        enum kind kind = prepared->query->out->fields[prepared->column[i]].kind;
        if (!plan_store(prepared->query, prepared->column[i], cell(result, row, i, kind),
                        rows->arena, at))
            return false;
    }
    return true;
}

static enum err read_rows(struct prepared *prepared, const PGresult *result, struct rows *rows)
{
    if (prepared->columns < 0 && !resolve_columns(prepared, result))
        return ERR_UNAVAILABLE;
    int count = rows->many ? PQntuples(result) : (int)min_i64(PQntuples(result), 1);
    for (int i = 0; i < count; i++)
        if (!read_row(prepared, result, i, rows))
            return ERR_UNAVAILABLE;
    return ERR_OK;
}

enum err postgres_run(struct db_session *session, const struct query *query, const void *in,
                      struct rows *rows)
{
    struct prepared *prepared;
    enum err err = prepared_of(session, query, &prepared);
    if (err != ERR_OK)
        return err;
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    enum sql_effect effect = session->told ? SQL_WRITES : prepared->effect;
    if (effect > connection->effect)
        connection->effect = effect;
    if (rows->later)
        return execute_later(session, prepared, in);
    PGresult *result = execute(session, prepared, in);
    err = postgres_err(connection, result, postgres_failed_name(connection, query->name));
    if (err == ERR_OK && query->kind == QUERY_KIND_RUN)
        rows->changed = strtoll(PQcmdTuples(result), NULL, 10);
    else if (err == ERR_OK)
        err = read_rows(prepared, result, rows);
    PQclear(result);
    return err;
}

static bool was_locked(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state != NULL && str_equal(state, "55P03");
}

// Who waits for a table's lock has everybody behind it wait: it gives up soon, lets them through
// and comes again, until the caller's patience is spent.
enum { LOCK_MS = 1000 };

// One message: the server takes no snapshot before the first statement that needs one, which a
// LOCK TABLE at the start of a script relies on.
enum err postgres_script(struct db_session *session, const char *sql)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    i64 lock_ms = max_i64(1, min_i64(LOCK_MS, connection->place->wait_ms / 2));
    const char *all = arena_printf(
        session->scratch, "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = %lld; %s",
        (long long)lock_ms, sql);
    enum err err = begin_now(session);
    if (err != ERR_OK)
        return err;
    connection->effect = SQL_WRITES;
    PGresult *result = postgres_await(connection, PQsendQuery(connection->handle, all) == 1, 0);
    err = postgres_err(connection, result, "script");
    if (err != ERR_OK && result != NULL)
        session->sentence = was_locked(result)
                                ? "another session holds a lock on one of its tables"
                                  " (pg_stat_activity tells which); try again when it has ended"
                                : str_trim(session->scratch, PQresultErrorMessage(result));
    PQclear(result);
    return err;
}

static enum column_type type_of(Oid oid)
{
    switch (oid) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return COLUMN_NUMBER;
    case OID_BOOL:
        return COLUMN_BOOL;
    case OID_TEXT:
    case OID_VARCHAR:
        return COLUMN_TEXT;
    case OID_UUID:
        return COLUMN_UUID;
    default:
        return COLUMN_OTHER;
    }
}

static enum err describe_columns(struct db_session *session, struct described *described,
                                 struct arena *arena)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    PGresult *result = postgres_await(
        connection, PQsendDescribePrepared(connection->handle, "") == 1, patience_ms(session));
    enum err err = postgres_err(connection, result, "describe");
    if (err == ERR_OK) {
        described->columns = (size_t)min_i64(PQnfields(result), PLAN_WIDEST);
        for (size_t i = 0; i < described->columns; i++) {
            described->column[i].name = arena_text(arena, PQfname(result, (int)i));
            described->column[i].type = type_of(PQftype(result, (int)i));
        }
    }
    PQclear(result);
    return err;
}

// A query that does not parse ends the transaction on PostgreSQL; the savepoint lets the check go
// on to the next.
static enum err describe_in_savepoint(struct db_session *session, const struct query *query,
                                      struct described *described, struct arena *arena)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    struct sql_names names;
    if (!sql_number_names(text_of(query), arena, &names)) {
        described->error = "has too many parameters";
        return ERR_INVALID;
    }
    const struct prepared *prepared = plan(query, &names, arena);
    described->params = names.count;
    memcpy(described->param, names.names, sizeof described->param);
    int sent = PQsendPrepare(connection->handle, "", names.sql, prepared->params, prepared->type);
    PGresult *result = postgres_await(connection, sent == 1, patience_ms(session));
    bool wrong = result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR &&
                 PQstatus(connection->handle) == CONNECTION_OK;
    if (wrong)
        described->error = str_trim(arena, PQresultErrorMessage(result));
    enum err err = wrong ? ERR_INVALID : postgres_err(connection, result, query->name);
    PQclear(result);
    return err == ERR_OK ? describe_columns(session, described, arena) : err;
}

enum err postgres_describe(struct db_session *session, const struct query *query,
                           struct described *described, struct arena *arena)
{
    struct postgres_connection *connection = ((struct postgres_session *)session)->connection;
    enum err err = begin_now(session);
    if (err == ERR_OK)
        err = postgres_exec(connection, "SAVEPOINT described", patience_ms(session), NULL);
    if (err != ERR_OK)
        return err;
    err = describe_in_savepoint(session, query, described, arena);
    enum err ended = postgres_exec(connection, "ROLLBACK TO described; RELEASE described",
                                   patience_ms(session), NULL);
    return ended == ERR_OK ? err : ended;
}
