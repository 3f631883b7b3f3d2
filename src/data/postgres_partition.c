// Upkeep of partitions. Contract in postgres_partition.h; the functions called here are those of
// schema/002_partition.postgres.sql.
//
// DETACH PARTITION ... CONCURRENTLY does not run in a transaction, so the server composes the
// statement (it quotes the names) and it is sent as it is. A partition is noted before it is
// detached: should this program die between, it is detached the next time, and never gone without a
// note.
#include "data/postgres_partition.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "core/str.h"
#include "core/time.h"
#include "data/engine.h"
#include "data/query.h"

enum { ATTEMPTS = 50, PAUSE_NS = 100000000, DATE_LENGTH = 10 };

struct keeper {
    PGconn *connection;
    struct arena *arena;
    const struct partition_upkeep *upkeep;
    struct problem *problem;
    const char *home, *schema, *literal; // the name; as an identifier; as a text
    enum err err;
    bool busy; // err is a lock or a collision: once more may do
};

// NULL after a failure; then nothing more is sent.
static PGresult *send_with(struct keeper *keeper, const char *sql, const char *first,
                           const char *second)
{
    const char *const values[] = {first, second};
    int count = second != NULL ? 2 : first != NULL ? 1 : 0;
    if (keeper->err != ERR_OK)
        return NULL;
    PGresult *result = PQexecParams(keeper->connection, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    keeper->busy = str_equal(code, "55P03") || str_equal(code, "40001") || str_equal(code, "40P01");
    keeper->err = ERR_UNAVAILABLE;
    problem_detail(keeper->problem, "%s%s", str_trim(keeper->arena, PQresultErrorMessage(result)),
                   keeper->busy ? "; the table is busy: run this again" : "");
    PQclear(result);
    return NULL;
}

// Rows of texts that outlive their result.
struct answer {
    int rows, columns;
    const char **at;
};

static struct answer ask(struct keeper *keeper, const char *sql, const char *first,
                         const char *second)
{
    struct answer answer = {0};
    PGresult *result = send_with(keeper, sql, first, second);
    if (result == NULL)
        return answer;
    answer.rows = PQntuples(result);
    answer.columns = PQnfields(result);
    answer.at = ARENA_ARRAY(keeper->arena, const char *, (size_t)(answer.rows * answer.columns));
    for (int i = 0; i < answer.rows * answer.columns; i++)
        answer.at[i] =
            arena_text(keeper->arena, PQgetvalue(result, i / answer.columns, i % answer.columns));
    PQclear(result);
    return answer;
}

static void tell(const struct keeper *keeper, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(const struct keeper *keeper, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keeper->upkeep->tell(arena_vprintf(keeper->arena, format, args));
    va_end(args);
}

static void ignore_notice(UNUSED void *context, UNUSED const PGresult *result)
{
}

static void connect_owner(struct keeper *keeper)
{
    const char *const names[] = {"connect_timeout", "fallback_application_name", "client_encoding",
                                 "dbname", NULL};
    const char *const values[] = {"10", "souk partitions", "UTF8", keeper->upkeep->url, NULL};
    keeper->connection = PQconnectdbParams(names, values, 1);
    PQsetNoticeReceiver(keeper->connection, ignore_notice, NULL);
    if (PQstatus(keeper->connection) == CONNECTION_OK)
        return;
    keeper->err = ERR_UNAVAILABLE;
    problem_detail(keeper->problem, "cannot connect to PostgreSQL: %s",
                   str_trim(keeper->arena, PQerrorMessage(keeper->connection)));
}

static void enter(struct keeper *keeper, const char *home)
{
    char *quoted = PQescapeIdentifier(keeper->connection, home, strlen(home));
    char *literal = PQescapeLiteral(keeper->connection, home, strlen(home));
    assert(quoted != NULL && literal != NULL);
    keeper->home = home;
    keeper->schema = arena_text(keeper->arena, quoted);
    keeper->literal = arena_text(keeper->arena, literal);
    PQfreemem(quoted);
    PQfreemem(literal);
}

// Waits for its turn in small pieces: who waits for a table's lock has everybody behind it wait. No
// rows after a failure.
static struct answer ask_in_turn(struct keeper *keeper, const char *sql, const char *first,
                                 const char *second)
{
    struct answer answer = ask(keeper, sql, first, second);
    for (int i = 1; i < ATTEMPTS && keeper->err != ERR_OK && keeper->busy; i++) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        keeper->err = ERR_OK;
        answer = ask(keeper, sql, first, second);
    }
    return answer;
}

static const char *number_text(struct keeper *keeper, i64 number)
{
    return arena_printf(keeper->arena, "%lld", (long long)number);
}

static void premake(struct keeper *keeper, const char *parent)
{
    struct answer made =
        ask_in_turn(keeper,
                    arena_printf(keeper->arena, "SELECT %s.partition_premake(%s, $1, $2)",
                                 keeper->schema, keeper->literal),
                    parent, number_text(keeper, keeper->upkeep->ahead));
    if (made.rows == 1 && !str_equal(made.at[0], "0"))
        tell(keeper, "made %s partitions of %s.%s", made.at[0], keeper->home, parent);
}

static void split(struct keeper *keeper, const char *parent)
{
    const char *sql = arena_printf(keeper->arena, "SELECT %s.partition_split(%s, $1, $2)",
                                   keeper->schema, keeper->literal);
    for (bool more = keeper->upkeep->split_above > 0; more;) {
        struct answer name =
            ask_in_turn(keeper, sql, parent, number_text(keeper, keeper->upkeep->split_above));
        more = name.rows == 1 && *name.at[0] != '\0';
        if (more)
            tell(keeper, "made %s.%s", keeper->home, name.at[0]);
    }
}

static struct answer parents_of(struct keeper *keeper, const char *config)
{
    return ask(
        keeper,
        arena_printf(keeper->arena, "SELECT parent FROM %s.%s ORDER BY 1", keeper->schema, config),
        NULL, NULL);
}

// Of a partitioned table the server's autovacuum looks at the partitions alone, and the planner
// guesses.
static void analyze(struct keeper *keeper, const char *parent)
{
    ask(keeper, arena_printf(keeper->arena, "ANALYZE %s.%s", keeper->schema, parent), NULL, NULL);
}

static void make_all(struct keeper *keeper)
{
    struct answer by_time = parents_of(keeper, "partition_config");
    struct answer by_value = parents_of(keeper, "partition_value");
    for (int i = 0; i < by_time.rows; i++) {
        premake(keeper, by_time.at[i]);
        analyze(keeper, by_time.at[i]);
    }
    for (int i = 0; i < by_value.rows; i++) {
        split(keeper, by_value.at[i]);
        analyze(keeper, by_value.at[i]);
    }
}

// Columns of partition_old and, the first two, of partition_away.
enum { PARENT, NAME, SENTENCE, KEEPS };

static const char *const *row_of(const struct answer *answer, int row)
{
    return answer->at + row * answer->columns;
}

static void detach(struct keeper *keeper, const char *const *part)
{
    if (str_equal(part[KEEPS], "t")) {
        tell(keeper, "%s.%s stays: some of its month is not done yet", keeper->home, part[NAME]);
        return;
    }
    tell(keeper, "%s %s.%s", keeper->upkeep->dry_run ? "would detach" : "detaching", keeper->home,
         part[NAME]);
    if (keeper->upkeep->dry_run)
        return;
    ask(keeper,
        arena_printf(keeper->arena, "SELECT %s.partition_note(%s, $1, $2)", keeper->schema,
                     keeper->literal),
        part[PARENT], part[NAME]);
    ask(keeper, part[SENTENCE], NULL, NULL);
}

static void detach_old(struct keeper *keeper)
{
    struct answer old = ask(keeper,
                            arena_printf(keeper->arena,
                                         "SELECT parent, name, sentence, keeps"
                                         " FROM %s.partition_old(%s, CAST($1 AS TIMESTAMP))",
                                         keeper->schema, keeper->literal),
                            keeper->upkeep->before, NULL);
    for (int i = 0; i < old.rows && keeper->err == ERR_OK; i++)
        detach(keeper, row_of(&old, i));
}

static void attach_again(struct keeper *keeper)
{
    struct answer away =
        ask(keeper,
            arena_printf(keeper->arena,
                         "SELECT parent, name FROM %s.partition_away(%s)"
                         " WHERE here AND lower >= %s.partition_floor(CAST($1 AS TIMESTAMP))",
                         keeper->schema, keeper->literal, keeper->schema),
            keeper->upkeep->since, NULL);
    for (int i = 0; i < away.rows && keeper->err == ERR_OK; i++) {
        const char *const *part = row_of(&away, i);
        tell(keeper, "%s %s.%s", keeper->upkeep->dry_run ? "would attach" : "attaching",
             keeper->home, part[NAME]);
        if (!keeper->upkeep->dry_run)
            ask(keeper,
                arena_printf(keeper->arena, "SELECT %s.partition_return(%s, $1, $2)",
                             keeper->schema, keeper->literal),
                part[PARENT], part[NAME]);
    }
}

static void list(struct keeper *keeper)
{
    struct answer parts =
        ask(keeper,
            arena_printf(keeper->arena, "SELECT sentence FROM %s.partition_list(%s)",
                         keeper->schema, keeper->literal),
            NULL, NULL);
    for (int i = 0; i < parts.rows; i++)
        tell(keeper, "%s", parts.at[i]);
}

static void keep(struct keeper *keeper, const char *home)
{
    enter(keeper, home);
    if (!keeper->upkeep->dry_run)
        make_all(keeper);
    if (keeper->upkeep->since != NULL)
        attach_again(keeper);
    if (keeper->upkeep->before != NULL)
        detach_old(keeper);
    list(keeper);
}

static const char *own_schema(struct keeper *keeper)
{
    struct answer home = ask(keeper, "SELECT coalesce(current_schema(), '')", NULL, NULL);
    return home.rows == 1 ? home.at[0] : "";
}

static enum err check_date(const char *date, struct problem *problem)
{
    i64 ignored;
    if (date == NULL || (strlen(date) == DATE_LENGTH && time_parse(date, &ignored)))
        return ERR_OK;
    problem_detail(problem, "%s is no date like 2026-01-31", date);
    return ERR_INVALID;
}

enum err partitions_keep(const struct partition_upkeep *upkeep, struct problem *problem)
{
    struct keeper keeper = {.arena = problem->arena, .upkeep = upkeep, .problem = problem};
    keeper.err = check_date(upkeep->before, problem);
    if (keeper.err == ERR_OK)
        keeper.err = check_date(upkeep->since, problem);
    if (keeper.err == ERR_OK)
        connect_owner(&keeper);
    ask(&keeper, "SET lock_timeout = '5s'", NULL, NULL);
    if (upkeep->schemas.count == 0 && keeper.err == ERR_OK)
        keep(&keeper, own_schema(&keeper));
    for (size_t i = 0; i < upkeep->schemas.count && keeper.err == ERR_OK; i++)
        keep(&keeper, migrations_of(keeper.arena, upkeep->schemas.names[i]).schema);
    PQfinish(keeper.connection);
    return keeper.err;
}

// Of a process of the shop.

DB_QUERY_APART(partition_parents_listed, QUERY_KIND_LIST, nothing, partition_parent,
               "SELECT home, parent, ahead FROM partition_parents()");

enum err partition_parents(struct db_session *session, struct arena *arena,
                           struct partition_parent_list *out)
{
    *out = (struct partition_parent_list){0};
    if (!db_is_postgres(session->db))
        return ERR_OK;
    return db_list(session, &partition_parents_listed, &(struct nothing){0}, arena, out);
}

#define PARTITION_MADE(F, S) F(S, i64, made, .doc = "How many partitions.")
SHAPE(partition_made, PARTITION_MADE);
DB_QUERY_APART(partition_premade, QUERY_KIND_ROW, partition_parent, partition_made,
               "SELECT partition_premake(:home, :parent, :ahead) AS made");

struct premaking {
    struct arena *arena;
    struct partition_parent_list parents;
    struct partition_parent next;
};

static enum err list_work(struct db_session *session, void *context)
{
    struct premaking *premaking = context;
    return partition_parents(session, premaking->arena, &premaking->parents);
}

static enum err premake_work(struct db_session *session, void *context)
{
    struct premaking *premaking = context;
    struct partition_made made;
    return db_row(session, &partition_premade, &premaking->next, premaking->arena, &made);
}

// One transaction a table: locks of two at once could meet those of an order the other way round.
enum err partitions_premake(struct db *db, struct arena *arena, i64 ahead, i64 *late)
{
    struct premaking premaking = {.arena = arena};
    enum err failed = ERR_OK, err = db_read(db, list_work, &premaking);
    for (size_t i = 0; i < premaking.parents.count && err == ERR_OK; i++) {
        if (premaking.parents.items[i].ahead >= ahead)
            continue;
        premaking.next = premaking.parents.items[i];
        premaking.next.ahead = ahead;
        enum err premade = db_write(db, premake_work, &premaking);
        failed = failed == ERR_OK ? premade : failed;
    }
    if (err == ERR_OK)
        err = db_read(db, list_work, &premaking);
    *late = 0;
    for (size_t i = 0; i < premaking.parents.count && err == ERR_OK; i++)
        *late += premaking.parents.items[i].ahead < 1;
    return err == ERR_OK ? failed : err;
}
