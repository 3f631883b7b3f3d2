// The parent process. Contract in supervisor.h.
//
// It does as little as a process can: it holds the listening socket, waits for signals with
// sigtimedwait, and forks. No thread, no handler, no state but a small table: there is nothing in
// it that a worker's bug could break, which is the whole reason to have a parent. Connections that
// arrive while a worker is being replaced wait in the socket's backlog.
//
// When it stops it leaves the listener first: while it had it, who connected during the drain would
// wait for a worker that never comes, and be cut off in the end; refused, they ask somebody else.
//
// The four signals are blocked from before the first fork, so none can be lost between two waits;
// each child gets the old mask back.
#include "net/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/time.h"
#include "net/listen.h"

// A crash now and then must cost milliseconds; a worker that cannot live must not be forked a
// thousand times a second.
enum { DEATHS_MAX = 5, DEATHS_WITHIN_MS = 10000, BACKOFF_FIRST_MS = 1000, BACKOFF_MOST_MS = 30000 };

struct worker {
    pid_t pid;                 // 0: not running
    i64 start_at_ms;           // when not running: monotonic
    i64 deaths_ms[DEATHS_MAX]; // the last ones, the oldest first
    i64 backoff_ms;
};

struct supervisor {
    struct supervisor_settings settings;
    int listener, status;
    sigset_t signals, before;
    bool on_terminal; // whose closing, a SIGHUP, ends the shop
    bool stopping;
    i64 kill_at_ms; // when stopping
    struct worker workers[SUPERVISOR_WORKERS_MAX];
};

static void start_worker(struct supervisor *supervisor, int index)
{
    struct worker *worker = &supervisor->workers[index];
    fflush(NULL); // or the child would print it again
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        signal(SIGHUP, SIG_IGN); // until the worker wants it
        // A worker must not outlive its parent: it would hold the port, and the database's writer,
        // against the next start.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_FAILURE); // the parent died before that could be set
        sigprocmask(SIG_SETMASK, &supervisor->before, NULL);
        exit(supervisor->settings.run(supervisor->listener, index, supervisor->settings.context));
    }
    worker->pid = pid > 0 ? pid : 0;
    if (pid > 0)
        return;
    log_line(LOG_ERROR, "worker_not_started", "Worker %d cannot be started: %s", index,
             strerror(errno));
    worker->start_at_ms = monotonic_ms() + BACKOFF_FIRST_MS;
}

// Milliseconds to wait before the worker is started again: none, unless it keeps dying.
static i64 backoff_ms(struct worker *worker, i64 now_ms)
{
    // deaths_ms[0] is the fifth last: this is the sixth death within the time.
    bool often = worker->deaths_ms[0] != 0 && now_ms - worker->deaths_ms[0] < DEATHS_WITHIN_MS;
    memmove(worker->deaths_ms, worker->deaths_ms + 1,
            sizeof worker->deaths_ms[0] * (DEATHS_MAX - 1));
    worker->deaths_ms[DEATHS_MAX - 1] = now_ms;
    if (worker->backoff_ms > 0) // it has not lived long enough since to be trusted again
        often |= now_ms - worker->start_at_ms < DEATHS_WITHIN_MS;
    worker->backoff_ms = !often ? 0
                         : worker->backoff_ms == 0
                             ? BACKOFF_FIRST_MS
                             : min_i64(worker->backoff_ms * 2, BACKOFF_MOST_MS);
    return worker->backoff_ms;
}

static void tell_death(int index, pid_t pid, int status, i64 wait_ms)
{
    char how[64];
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "was killed by signal %d (%s)", WTERMSIG(status),
                 sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "?");
    else
        snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(status));
    if (wait_ms > 0)
        log_line(LOG_ERROR, "worker_keeps_dying",
                 "Worker %d (pid %d) %s, again and again; the next start is in %lld s", index,
                 (int)pid, how, (long long)wait_ms / 1000);
    else
        log_line(LOG_WARN, "worker_died", "Worker %d (pid %d) %s; starting another", index,
                 (int)pid, how);
}

static void signal_workers(struct supervisor *supervisor, int number)
{
    for (int i = 0; i < supervisor->settings.workers; i++)
        if (supervisor->workers[i].pid > 0)
            kill(supervisor->workers[i].pid, number);
}

static void stop(struct supervisor *supervisor, i64 drain_ms)
{
    supervisor->stopping = true;
    close(supervisor->listener);
    supervisor->kill_at_ms = monotonic_ms() + drain_ms;
    signal_workers(supervisor, SIGTERM);
}

static void worker_died(struct supervisor *supervisor, int index, int status)
{
    struct worker *worker = &supervisor->workers[index];
    pid_t pid = worker->pid;
    worker->pid = 0;
    if (supervisor->stopping) {
        // By SIGTERM dies who was not yet so far as to serve.
        bool cut = WIFSIGNALED(status) ? WTERMSIG(status) != SIGTERM
                                       : WEXITSTATUS(status) == SUPERVISOR_CUT;
        if (cut && supervisor->status == 0)
            supervisor->status = SUPERVISOR_CUT;
        return;
    }
    // Starting it again would say the same sentence for ever; the operator has to act.
    if (WIFEXITED(status) && WEXITSTATUS(status) == SUPERVISOR_GIVE_UP) {
        supervisor->status = SUPERVISOR_GIVE_UP;
        stop(supervisor, supervisor->settings.drain_ms);
        return;
    }
    i64 now_ms = monotonic_ms(), wait_ms = backoff_ms(worker, now_ms);
    worker->start_at_ms = now_ms + wait_ms;
    if (wait_ms == 0)
        start_worker(supervisor, index); // first of all; the log can wait
    tell_death(index, pid, status, wait_ms);
}

static void reap(struct supervisor *supervisor)
{
    int status;
    // All that are dead: signals of one kind that arrive together are one.
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG))
        for (int i = 0; i < supervisor->settings.workers; i++)
            if (supervisor->workers[i].pid == pid)
                worker_died(supervisor, i, status);
}

static void on_signal(struct supervisor *supervisor, int number)
{
    if (number == SIGHUP && !supervisor->on_terminal)
        signal_workers(supervisor, SIGHUP);
    if (number == SIGCHLD || (number == SIGHUP && !supervisor->on_terminal))
        return;
    if (supervisor->stopping)
        supervisor->kill_at_ms = monotonic_ms();
    else
        stop(supervisor, supervisor->settings.drain_ms);
}

static int running(const struct supervisor *supervisor)
{
    int count = 0;
    for (int i = 0; i < supervisor->settings.workers; i++)
        count += supervisor->workers[i].pid > 0;
    return count;
}

// Starts what is due, and returns the milliseconds until something else is.
static i64 start_due(struct supervisor *supervisor)
{
    i64 now_ms = monotonic_ms(), wait_ms = MINUTE_MS;
    if (supervisor->stopping) {
        if (now_ms >= supervisor->kill_at_ms)
            signal_workers(supervisor, SIGKILL);
        return max_i64(supervisor->kill_at_ms - now_ms, 100);
    }
    for (int i = 0; i < supervisor->settings.workers; i++) {
        struct worker *worker = &supervisor->workers[i];
        if (worker->pid == 0 && worker->start_at_ms <= now_ms)
            start_worker(supervisor, i);
        if (worker->pid == 0)
            wait_ms = min_i64(wait_ms, max_i64(worker->start_at_ms - now_ms, 1));
    }
    return wait_ms;
}

static void supervise(struct supervisor *supervisor)
{
    i64 wait_ms = start_due(supervisor);
    while (!supervisor->stopping || running(supervisor) > 0) {
        struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
        // A timeout is as good as a signal: everything below looks at the state, not at the news.
        int number = sigtimedwait(&supervisor->signals, NULL, &wait);
        reap(supervisor);
        if (number > 0)
            on_signal(supervisor, number);
        wait_ms = start_due(supervisor);
    }
}

int supervisor_run(const struct supervisor_settings *settings)
{
    struct supervisor supervisor = {
        .settings = *settings,
        .on_terminal = isatty(STDERR_FILENO) == 1,
    };
    char error[LISTEN_ERROR_SIZE];
    supervisor.settings.workers = settings->workers != 0 ? settings->workers : 1;
    supervisor.settings.drain_ms = settings->drain_ms != 0 ? settings->drain_ms : 15000;
    assert(supervisor.settings.workers > 0 &&
           supervisor.settings.workers <= SUPERVISOR_WORKERS_MAX);
    supervisor.listener = listen_open(settings->address, error);
    if (supervisor.listener < 0) {
        fprintf(stderr, "souk: %s\n", error);
        return EXIT_FAILURE;
    }
    sigemptyset(&supervisor.signals);
    sigaddset(&supervisor.signals, SIGCHLD);
    sigaddset(&supervisor.signals, SIGTERM);
    sigaddset(&supervisor.signals, SIGINT);
    sigaddset(&supervisor.signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &supervisor.signals, &supervisor.before);
    if (settings->listening != NULL)
        settings->listening(listen_port(supervisor.listener), settings->context);
    supervise(&supervisor);
    sigprocmask(SIG_SETMASK, &supervisor.before, NULL);
    return supervisor.status;
}
