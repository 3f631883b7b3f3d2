// The parent process, for real: it is forked, its workers serve, and they are killed.
#include "net/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/str.h"
#include "core/test.h"
#include "core/time.h"
#include "net/http.h"
#include "net/listen.h"
#include "net/probe.h"

struct play {
    struct probe clients; // only its port
    pid_t parent;
    int port_pipe[2];
    int mode; // of the workers
};

enum { SERVES, DIES, GIVES_UP, HANGS };

// Answers with its process id.
static void tell_pid(struct http_exchange *exchange, UNUSED void *context)
{
    char *body = arena_printf(exchange->arena, "%d", (int)getpid());
    http_reply(exchange, &(struct http_reply){.status = 200, .body = body, .length = strlen(body)});
}

static int run_worker(int listener, UNUSED int index, void *context)
{
    const struct play *play = context;
    if (play->mode == DIES)
        _exit(3);
    if (play->mode == GIVES_UP)
        _exit(SUPERVISOR_GIVE_UP);
    if (play->mode == HANGS)
        signal(SIGTERM, SIG_IGN);
    struct http_server *server =
        http_server_new(&(struct http_settings){.listener = listener,
                                                .on_request = tell_pid,
                                                .body_ms = PROBE_PATIENCE_MS,
                                                .drain_ms = PROBE_PATIENCE_MS});
    if (play->mode != HANGS)
        http_server_drain_on_signals(server);
    http_server_run(server);
    _exit(0); // not exit: the test program's leaks and hooks are not this process's
}

static void on_listening(u16 port, void *context)
{
    const struct play *play = context;
    if (write(play->port_pipe[1], &port, sizeof port) != sizeof port)
        _exit(1);
}

static void begin(struct test *t, struct play *play, int mode, int workers, const char *address)
{
    *play = (struct play){.mode = mode};
    CHECK(pipe2(play->port_pipe, O_CLOEXEC) == 0);
    play->parent = fork();
    if (play->parent == 0) {
        int silent = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(silent, STDERR_FILENO);
        struct supervisor_settings settings = {.address = address,
                                               .workers = workers,
                                               .drain_ms = mode == SERVES ? PROBE_PATIENCE_MS : 100,
                                               .run = run_worker,
                                               .listening = on_listening,
                                               .context = play};
        _exit(supervisor_run(&settings));
    }
    close(play->port_pipe[1]);
    if (read(play->port_pipe[0], &play->clients.port, sizeof(u16)) != sizeof(u16))
        play->clients.port = 0;
    close(play->port_pipe[0]);
}

static int end(struct play *play)
{
    int status = 0;
    waitpid(play->parent, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int ask_pid(struct test *t, const struct play *play)
{
    int fd = probe_connect(&play->clients);
    struct reader reader = probe_reader(t->arena, fd);
    i64 pid = 0;
    probe_send_text(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    if (!str_i64(probe_read(&reader).body, &pid))
        pid = 0;
    close(fd);
    return (int)pid;
}

static bool gone(pid_t pid)
{
    i64 until_ms = monotonic_ms() + PROBE_PATIENCE_MS;
    while (kill(pid, 0) == 0 && monotonic_ms() < until_ms)
        usleep(1000);
    return kill(pid, 0) != 0;
}

TEST(supervisor_restarts)
{
    struct play play;
    begin(t, &play, SERVES, 1, "127.0.0.1:0");
    int before = ask_pid(t, &play);
    CHECK(before > 0 && before != play.parent);
    for (int i = 0; i < 3; i++) {
        kill(before, SIGKILL);
        i64 start_ms = monotonic_ms();
        int after = ask_pid(t, &play); // waits in the backlog until the next worker is there
        CHECK(after > 0 && after != before);
        CHECK(monotonic_ms() - start_ms < 15000);
        before = after;
    }
    kill(play.parent, SIGTERM);
    CHECK_I64(end(&play), 0);
    CHECK(gone(before));
}

TEST(supervisor_parent_killed)
{
    struct play play;
    begin(t, &play, SERVES, 2, "127.0.0.1:0");
    int worker = ask_pid(t, &play);
    CHECK(worker > 0);
    kill(play.parent, SIGKILL);
    CHECK_I64(end(&play), -1);
    CHECK(gone(worker));
    char error[LISTEN_ERROR_SIZE], address[32];
    snprintf(address, sizeof address, "127.0.0.1:%d", play.clients.port);
    int listener = listen_open(address, error); // the address is free for the next one
    CHECK(listener >= 0);
    close(listener);
}

// Nobody is left waiting for a worker that takes no more: a gateway asks the next process at once.
TEST(supervisor_refuses_while_it_drains)
{
    struct play play;
    begin(t, &play, SERVES, 2, "127.0.0.1:0");
    CHECK(ask_pid(t, &play) > 0);
    int held = probe_connect(&play.clients); // the drain waits for the rest of its request
    struct reader reader = probe_reader(t->arena, held);
    probe_send_text(held, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
    kill(play.parent, SIGTERM);
    i64 until_ms = monotonic_ms() + PROBE_PATIENCE_MS / 2;
    bool refused = false;
    while (!refused && monotonic_ms() < until_ms) {
        int fd = probe_connect(&play.clients);
        refused = fd < 0;
        if (!refused)
            close(fd);
        usleep(1000);
    }
    CHECK(refused);
    probe_send_text(held, "x");
    CHECK_I64(probe_read(&reader).status, 200); // so it was not over yet
    close(held);
    CHECK_I64(end(&play), 0);
}

// It waits for a second at least, and not when it is to end. A busy machine may be late for once.
TEST(supervisor_backs_off)
{
    i64 took_ms = INT64_MAX;
    for (int i = 0; i < 10 && took_ms >= 900; i++) {
        struct play play;
        begin(t, &play, DIES, 1, "127.0.0.1:0");
        usleep(50000);
        i64 start_ms = monotonic_ms();
        kill(play.parent, SIGINT); // while it waits to start the next
        CHECK_I64(end(&play), 0);
        took_ms = monotonic_ms() - start_ms;
    }
    CHECK(took_ms < 900);
}

TEST(supervisor_gives_up)
{
    struct play play;
    begin(t, &play, GIVES_UP, 1, "127.0.0.1:0");
    CHECK_I64(end(&play), SUPERVISOR_GIVE_UP);
}

TEST(supervisor_kills_who_hangs)
{
    struct play play;
    begin(t, &play, HANGS, 2, "127.0.0.1:0");
    CHECK(ask_pid(t, &play) > 0);
    i64 start_ms = monotonic_ms();
    kill(play.parent, SIGTERM);
    CHECK_I64(end(&play), SUPERVISOR_CUT);
    CHECK(monotonic_ms() - start_ms >= 100 && monotonic_ms() - start_ms < 10000);
}

TEST(supervisor_address_taken)
{
    struct play first, second;
    char address[32];
    begin(t, &first, SERVES, 1, "127.0.0.1:0");
    snprintf(address, sizeof address, "127.0.0.1:%d", first.clients.port);
    begin(t, &second, SERVES, 1, address);
    CHECK_I64(end(&second), 1);
    CHECK(ask_pid(t, &first) > 0);
    kill(first.parent, SIGTERM);
    CHECK_I64(end(&first), 0);
}
