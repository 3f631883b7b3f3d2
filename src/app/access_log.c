// The access log's own thread: requests append to a buffer, the thread writes it out. Contract in
// app.h.
//
// Two buffers change places: one is filled under the lock, the other is written without it. A
// request therefore costs a copy of its line and no system call, and a log on a slow disk does not
// slow the shop until a whole buffer (256 KiB, more than a thousand lines) waits. What is in the
// buffer when the process is killed is lost, at most 100 ms of it: the access log is for
// statistics. What must not be lost goes through log_line, which writes at once.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "core/log.h"
#include "core/time.h"

enum {
    BUFFER_SIZE = 256 << 10,
    WRITE_EVERY_MS = 100,
};

struct access_log {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    size_t used;
    char *filling, *writing;
};

static void wait_a_moment(struct access_log *log)
{
    struct timespec until = monotonic_after(WRITE_EVERY_MS);
    pthread_cond_clockwait(&log->wake, &log->lock, CLOCK_MONOTONIC, &until);
}

static void *write_out(void *context)
{
    struct access_log *log = context;
    pthread_mutex_lock(&log->lock);
    while (!log->stopping || log->used > 0) {
        if (log->used < BUFFER_SIZE / 2 && !log->stopping)
            wait_a_moment(log);
        char *full = log->filling;
        size_t used = log->used;
        log->filling = log->writing;
        log->writing = full;
        log->used = 0;
        pthread_mutex_unlock(&log->lock);
        log_raw(full, used);
        pthread_mutex_lock(&log->lock);
    }
    pthread_mutex_unlock(&log->lock);
    return NULL;
}

struct access_log *access_log_start(void)
{
    struct access_log *log = calloc(1, sizeof *log);
    assert(log != NULL);
    log->filling = malloc(BUFFER_SIZE);
    log->writing = malloc(BUFFER_SIZE);
    assert(log->filling != NULL && log->writing != NULL);
    pthread_mutex_init(&log->lock, NULL);
    pthread_cond_init(&log->wake, NULL);
    int started = pthread_create(&log->thread, NULL, write_out, log);
    assert(started == 0);
    return log;
}

// A line that does not fit, because the disk or the terminal is slower than the shop, is written by
// whoever made it: slower, but nothing is lost.
void access_log_add(struct access_log *log, const char *line, size_t length)
{
    pthread_mutex_lock(&log->lock);
    bool fits = length <= BUFFER_SIZE - log->used;
    if (fits) {
        memcpy(log->filling + log->used, line, length);
        log->used += length;
        if (log->used >= BUFFER_SIZE / 2)
            pthread_cond_signal(&log->wake);
    }
    pthread_mutex_unlock(&log->lock);
    if (!fits)
        log_raw(line, length);
}

void access_log_stop(struct access_log *log)
{
    if (log == NULL)
        return;
    pthread_mutex_lock(&log->lock);
    log->stopping = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->thread, NULL);
    pthread_mutex_destroy(&log->lock);
    pthread_cond_destroy(&log->wake);
    free(log->filling);
    free(log->writing);
    free(log);
}
