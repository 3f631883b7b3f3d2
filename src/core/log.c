// The log. Contract in log.h.
//
// One line is one write(2): lines of different threads and processes do not mix on a pipe up to
// PIPE_BUF, or on a file opened for appending, and no lock is needed. There is no buffer, so
// nothing is lost when the process is killed after the call. Rotation and shipping are the work of
// whoever holds the other end of standard error.
#include "core/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/time.h"
#include "core/trace.h"

static _Atomic int lowest = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&lowest, (int)level);
}

void log_raw(const char *json, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, json, length);
        if (written <= 0)
            return; // nobody to tell
        json += written;
        length -= (size_t)written;
    }
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load(&lowest))
        return;
    // Longer details are cut. The arena is of its own because the caller's may be what the line
    // complains about.
    char detail[1024], at[25];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    time_format(time_now_ms(), at);
    struct arena *arena = arena_new(KIB(64));
    struct buf line = buf_in(arena);
    buf_printf(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\",\"detail\":", at,
               names[level], event);
    buf_json_text(&line, detail);
    const struct trace *trace = trace_current();
    if (trace != NULL)
        buf_printf(&line, ",\"trace_id\":\"%s\",\"span_id\":\"%s\"", trace->id, trace->span);
    buf_text(&line, "}\n");
    log_raw(line.at, line.length);
    arena_free(arena);
}
