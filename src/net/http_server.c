// The server: settings, threads of the loops, drain. Contract in http.h; a loop is in http_loop.c.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/http_parts.h"

// Reserved files: databases and their logs, connections to PostgreSQL, calls to providers,
// pictures. Running out of files there would fail requests that were already accepted; a connection
// more just waits.
enum { FILES_RESERVED = 128, CONNECTIONS_LEAST = 16, CONNECTIONS_MOST = 1 << 20, LOOPS_MAX = 64 };

// A handler is given nothing but the signal's number.
static _Atomic(struct http_server *) drained_on_signals;

static size_t connections_allowed(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > CONNECTIONS_MOST)
        return CONNECTIONS_MOST;
    if (files.rlim_cur < FILES_RESERVED + CONNECTIONS_LEAST)
        return CONNECTIONS_LEAST;
    return files.rlim_cur - FILES_RESERVED;
}

static i64 or_default(i64 given, i64 otherwise)
{
    return given != 0 ? given : otherwise;
}

static void fill_defaults(struct http_settings *settings)
{
    settings->loops = (int)or_default(settings->loops, 1);
    settings->header_ms = or_default(settings->header_ms, 10000);
    settings->body_ms = or_default(settings->body_ms, 20000);
    settings->write_ms = or_default(settings->write_ms, 20000);
    settings->idle_ms = or_default(settings->idle_ms, 65000);
    settings->linger_ms = or_default(settings->linger_ms, 2000);
    settings->drain_ms = or_default(settings->drain_ms, 10000);
    if (settings->connections_max == 0)
        settings->connections_max = connections_allowed();
    if (settings->body_memory_max == 0)
        settings->body_memory_max = MIB(512);
}

struct http_server *http_server_new(const struct http_settings *settings)
{
    struct http_settings filled = *settings;
    fill_defaults(&filled);
    assert(filled.on_request != NULL && filled.loops >= 1 && filled.loops <= LOOPS_MAX);
    size_t loops = (size_t)filled.loops;
    struct http_server *server = calloc(1, sizeof *server + loops * sizeof(struct loop *));
    assert(server != NULL);
    server->settings = filled;
    server->loop_count = filled.loops;
    atomic_store(&server->accepting, filled.loops);
    for (size_t i = 0; i < loops; i++)
        server->loops[i] = loop_new(server, (filled.connections_max + loops - 1) / loops);
    return server;
}

static void *run_loop(void *loop)
{
    loop_run(loop);
    return NULL;
}

int http_server_run(struct http_server *server)
{
    pthread_t threads[LOOPS_MAX];
    for (int i = 1; i < server->loop_count; i++) {
        int result = pthread_create(&threads[i], NULL, run_loop, server->loops[i]);
        assert(result == 0);
    }
    loop_run(server->loops[0]);
    for (int i = 1; i < server->loop_count; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&server->cut);
}

void http_server_drain(struct http_server *server)
{
    // Before the wake-up: a loop that wakes sees it. Only atomics and write(2), as a signal handler
    // may call this.
    atomic_store(&server->leaving, true);
    for (int i = 0; i < server->loop_count; i++)
        loop_wake(server->loops[i]);
}

void http_server_trim(struct http_server *server)
{
    atomic_fetch_add(&server->trims, 1);
    for (int i = 0; i < server->loop_count; i++)
        loop_wake(server->loops[i]);
}

static void on_signal(UNUSED int number)
{
    struct http_server *server = atomic_load(&drained_on_signals);
    if (server != NULL)
        http_server_drain(server);
}

void http_server_drain_on_signals(struct http_server *server)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    atomic_store(&drained_on_signals, server);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

void http_server_counts(const struct http_server *server, struct http_counts *counts)
{
    *counts = (struct http_counts){0};
    for (int i = 0; i < server->loop_count; i++) {
        const struct loop *loop = server->loops[i];
        counts->accepted += atomic_load(&loop->accepted);
        counts->requests += atomic_load(&loop->requests);
        counts->refused_requests += atomic_load(&loop->refused);
        counts->timeouts += atomic_load(&loop->timeouts);
        counts->accept_pauses += atomic_load(&loop->accept_pauses);
        counts->connections += atomic_load(&loop->connections);
        counts->in_flight += atomic_load(&loop->in_flight);
    }
}

void http_server_free(struct http_server *server)
{
    if (atomic_load(&drained_on_signals) == server)
        atomic_store(&drained_on_signals, NULL);
    for (int i = 0; i < server->loop_count; i++)
        loop_free(server->loops[i]);
    free(server);
}
