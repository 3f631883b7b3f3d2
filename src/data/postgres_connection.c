// One PostgreSQL connection: opening, waiting with a deadline, what errors mean. Contract in
// postgres.h; statements are in postgres_statement.c.
//
// libpq is used without blocking throughout, though the caller waits: PQexec waits for ever when a
// server or the network between hangs, and no timeout of libpq's covers that. So every wait is a
// poll with our own deadline, and a wait that runs out leaves the connection in an unknown state,
// which is why it is then dropped (POSTGRES_LOST) and never used again.
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/postgres_wire.h"

// Five letters and digits (PostgreSQL's manual, appendix A), by their class or in full.
static const struct {
    const char *state;
    enum err err;
    enum postgres_fate fate;
} meanings[] = {
    {"23", ERR_CONFLICT, POSTGRES_GO_ON},        // integrity constraint violation
    {"40", ERR_UNAVAILABLE, POSTGRES_AGAIN},     // serialization failure, deadlock
    {"55P03", ERR_UNAVAILABLE, POSTGRES_AGAIN},  // lock not available
    {"0A000", ERR_UNAVAILABLE, POSTGRES_LOST},   // a cached plan's result changed: prepare anew
    {"26", ERR_UNAVAILABLE, POSTGRES_FORGOT},    // an unknown prepared statement
    {"42P05", ERR_UNAVAILABLE, POSTGRES_FORGOT}, // one of that name is there already
    {"25006", ERR_UNAVAILABLE, POSTGRES_LOST},   // read-only: no longer the primary, or our mistake
    {"08", ERR_UNAVAILABLE, POSTGRES_LOST},      // connection
    {"57P", ERR_UNAVAILABLE, POSTGRES_LOST},     // the server stops or starts
};

static void log_failure(const struct postgres_connection *connection, const PGresult *result,
                        const char *state, const char *doing)
{
    const char *sentence =
        result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (sentence == NULL)
        sentence = PQerrorMessage(connection->handle);
    log_line(LOG_ERROR, "db_postgres", "%s: %s %s", doing,
             state != NULL ? state : "no answer:", sentence);
}

enum err postgres_err(struct postgres_connection *connection, const PGresult *result,
                      const char *doing)
{
    ExecStatusType status = result != NULL ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        connection->proven = true;
        return ERR_OK;
    }
    connection->erred = true;
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    enum err err = ERR_UNAVAILABLE;
    enum postgres_fate fate = POSTGRES_GO_ON;
    for (size_t i = 0; state != NULL && i < COUNT_OF(meanings); i++) {
        if (!str_starts(state, meanings[i].state))
            continue;
        err = meanings[i].err;
        fate = meanings[i].fate;
        break;
    }
    if (result == NULL || PQstatus(connection->handle) != CONNECTION_OK)
        fate = POSTGRES_LOST;
    // The worst that happened since the connection was lent counts.
    if (fate > connection->fate)
        connection->fate = fate;
    // These are part of normal life: a taken name, a lost race, a pooler without memory.
    if (err != ERR_CONFLICT && fate != POSTGRES_AGAIN && fate != POSTGRES_FORGOT)
        log_failure(connection, result, state, doing);
    return err;
}

// Waits for the socket; false when the deadline passed. until_ms 0: for ever.
static bool wait_socket(PGconn *handle, short events, i64 until_ms)
{
    struct pollfd at = {.fd = PQsocket(handle), .events = events};
    i64 left_ms = until_ms == 0 ? -1 : max_i64(until_ms - monotonic_ms(), 0);
    // A poll is a minute long at most; true means: look again.
    return poll(&at, 1, (int)min_i64(left_ms, 60000)) != 0 || left_ms != 0;
}

// Reads too: a server whose own output is stuck does not read ours.
static bool flush(PGconn *handle, i64 until_ms)
{
    int left = PQflush(handle);
    while (left == 1) {
        if (!wait_socket(handle, POLLIN | POLLOUT, until_ms) || PQconsumeInput(handle) == 0)
            return false;
        left = PQflush(handle);
    }
    return left == 0;
}

static bool wait_result(PGconn *handle, i64 until_ms)
{
    while (PQisBusy(handle))
        if (!wait_socket(handle, POLLIN, until_ms) || PQconsumeInput(handle) == 0)
            return false;
    return true;
}

// Keeps the last result, or the first one that failed.
static PGresult *keep(PGresult *last, PGresult *next)
{
    if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
        PQclear(next);
        return last;
    }
    PQclear(last);
    return next;
}

// Of a pipeline each command's results end with NULL and the whole with a sync.
PGresult *postgres_await(struct postgres_connection *connection, bool sent, i64 wait_ms)
{
    PGconn *handle = connection->handle;
    i64 until_ms = wait_ms > 0 ? monotonic_ms() + wait_ms : 0;
    bool piped = PQpipelineStatus(handle) != PQ_PIPELINE_OFF;
    connection->sent_count = piped ? connection->sent_count : 0;
    PGresult *last = NULL;
    int at = 0;
    connection->failed_at = -1;
    bool going = sent && flush(handle, until_ms);
    while (going && wait_result(handle, until_ms)) {
        PGresult *next = PQgetResult(handle);
        if (next == NULL && !piped)
            return last;
        if (next != NULL && PQresultStatus(next) == PGRES_PIPELINE_SYNC) {
            PQclear(next);
            if (PQexitPipelineMode(handle) == 1)
                return last;
            break;
        }
        if (next == NULL)
            at++;
        else if (PQresultStatus(next) == PGRES_FATAL_ERROR && connection->failed_at < 0)
            connection->failed_at = at;
        if (next != NULL)
            last = keep(last, next);
        going = PQstatus(handle) == CONNECTION_OK;
    }
    PQclear(last); // in the middle of something: given up
    connection->fate = POSTGRES_LOST;
    return NULL;
}

bool postgres_send_along(struct postgres_connection *connection, const char *sql)
{
    if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF)
        connection->sent_count = 0;
    assert(connection->sent_count < POSTGRES_SENT_MAX);
    connection->sent[connection->sent_count++] = sql;
    return PQenterPipelineMode(connection->handle) == 1 &&
           PQsendQueryParams(connection->handle, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

const char *postgres_failed_name(const struct postgres_connection *connection, const char *last)
{
    int at = connection->failed_at;
    return at >= 0 && at < connection->sent_count ? connection->sent[at] : last;
}

enum err postgres_settle(struct postgres_connection *connection)
{
    if (connection->handle == NULL || PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF)
        return ERR_OK;
    bool sent = PQpipelineSync(connection->handle) == 1;
    PGresult *result = postgres_await(connection, sent, connection->place->patience_ms);
    enum err err = postgres_err(connection, result, postgres_failed_name(connection, "settle"));
    PQclear(result);
    return err;
}

void postgres_send(struct postgres_connection *connection, const char *sql)
{
    connection->owes = true;
    if (PQsendQuery(connection->handle, sql) != 1 || PQflush(connection->handle) < 0)
        connection->fate = POSTGRES_LOST;
}

enum err postgres_exec(struct postgres_connection *connection, const char *sql, i64 wait_ms,
                       u64 *position)
{
    connection->warned = false;
    PGresult *result =
        postgres_await(connection, PQsendQuery(connection->handle, sql) == 1, wait_ms);
    enum err err = postgres_err(connection, result, sql);
    if (err == ERR_OK && position != NULL && PQntuples(result) == 1)
        (void)position_read(PQgetvalue(result, 0, 0), position); // as it was where it is NULL
    PQclear(result);
    return err;
}

// Not for the log: what a server remarks on what it does is its own log's.
static void note_notice(void *context, const PGresult *result)
{
    struct postgres_connection *connection = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    connection->warned |= severity != NULL && str_equal(severity, "WARNING");
}

static bool handshake(PGconn *handle, i64 wait_ms)
{
    i64 until_ms = monotonic_ms() + wait_ms;
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        if (!wait_socket(handle, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until_ms))
            return false;
        next = PQconnectPoll(handle);
    }
    return next == PGRES_POLLING_OK;
}

// tcp_user_timeout ends connections whose other side vanished without a word. The last argument
// lets dbname be a whole URI.
static PGconn *start(const struct postgres_place *place)
{
    char unacknowledged_ms[24];
    snprintf(unacknowledged_ms, sizeof unacknowledged_ms, "%lld", (long long)place->wait_ms * 2);
    const char *const names[] = {"dbname", "client_encoding", "fallback_application_name",
                                 "tcp_user_timeout", NULL};
    const char *const values[] = {place->url, "UTF8", "souk", unacknowledged_ms, NULL};
    return PQconnectStartParams(names, values, 1);
}

// Of a process of ours that hangs with locks in its hands, or was cut off with them. Sessions that
// a pooler shares keep no settings, or give them to others: pgbouncer has idle_transaction_timeout.
enum { IDLE_IN_TRANSACTION_MS = 5000 };

static enum err greet(struct postgres_connection *connection)
{
    const struct postgres_place *place = connection->place;
    if (place->unprepared || place->shared)
        return ERR_OK;
    char setting[80];
    snprintf(setting, sizeof setting, "SET idle_in_transaction_session_timeout = %d",
             IDLE_IN_TRANSACTION_MS);
    return postgres_exec(connection, setting, place->wait_ms, NULL);
}

// The server closed it while nobody used it: the socket has an end of file to read.
static bool alive(struct postgres_connection *connection, i64 wait_ms)
{
    if (connection->handle == NULL || connection->fate == POSTGRES_LOST)
        return false;
    // The answer to a read's COMMIT has long arrived: this wait costs nothing but reading it.
    if (connection->owes) {
        PGresult *owed = postgres_await(connection, true, wait_ms);
        connection->owes = false;
        PQclear(owed);
        if (owed == NULL)
            return false;
    }
    // Its farewell is read first, and only then the end of file.
    struct pollfd at = {.fd = PQsocket(connection->handle), .events = POLLIN};
    for (int reads = 0; reads < 4 && poll(&at, 1, 0) > 0; reads++)
        if (PQconsumeInput(connection->handle) == 0)
            return false;
    return PQstatus(connection->handle) == CONNECTION_OK;
}

// Sixteen workers that all wait for a dead server would answer nothing for wait_ms each; so
// requests fail at once, ten times a second one of them tries, and while it tries no other one
// does: a server that hangs takes no more than that one. A pooler lets clients in whose server is
// away and drops them at their first statement: that is a refusal too.
enum { REFUSED_MS = 100 }; // so long after a refusal nobody else tries

void postgres_refused(struct postgres_place *place)
{
    atomic_store(&place->refused_ms, monotonic_ms());
}

static bool open_now(struct postgres_connection *connection)
{
    struct postgres_place *place = connection->place;
    if (connection->scratch == NULL)
        connection->scratch = arena_new(LIMIT_ARENA);
    connection->texts = arena_new(LIMIT_ARENA);
    connection->fresh = true;
    connection->handle = start(place);
    PQsetNoticeReceiver(connection->handle, note_notice, connection);
    return PQstatus(connection->handle) != CONNECTION_BAD &&
           handshake(connection->handle, place->wait_ms) &&
           PQsetnonblocking(connection->handle, 1) == 0 && greet(connection) == ERR_OK;
}

static bool was_just_refused(const struct postgres_place *place)
{
    return monotonic_ms() - atomic_load(&place->refused_ms) < REFUSED_MS;
}

// After a refusal, once more when the turn is won: who tried before may have been refused since.
static bool take_turn(struct postgres_place *place)
{
    if (was_just_refused(place) || atomic_exchange(&place->trying, true))
        return false;
    bool taken = !was_just_refused(place);
    if (!taken)
        atomic_store(&place->trying, false);
    return taken;
}

// To be let in says nothing behind a pooler.
static bool answers(struct postgres_connection *connection)
{
    return connection->proven ||
           postgres_exec(connection, "SELECT 1", connection->place->wait_ms, NULL) == ERR_OK;
}

static bool try_to_open(struct postgres_connection *connection)
{
    struct postgres_place *place = connection->place;
    bool opened = open_now(connection) && answers(connection);
    if (opened)
        atomic_store(&place->refused_ms, 0);
    else
        postgres_refused(place);
    atomic_store(&place->trying, false);
    return opened;
}

enum err postgres_connect(struct postgres_connection *connection, struct problem *problem)
{
    struct postgres_place *place = connection->place;
    if (alive(connection, place->wait_ms)) {
        connection->fate = POSTGRES_GO_ON;
        return ERR_OK;
    }
    postgres_disconnect(connection);
    bool refused = atomic_load(&place->refused_ms) > 0;
    if (refused && !take_turn(place))
        return ERR_UNAVAILABLE;
    if (refused ? try_to_open(connection) : open_now(connection))
        return ERR_OK;
    postgres_refused(place);
    if (!connection->quiet)
        log_line(LOG_ERROR, "db_connect", "%s", PQerrorMessage(connection->handle));
    if (problem != NULL)
        problem_detail(problem, "cannot connect to PostgreSQL: %s",
                       str_trim(problem->arena, PQerrorMessage(connection->handle)));
    postgres_disconnect(connection);
    return ERR_UNAVAILABLE;
}
