// One JSON object a line on standard error: {"at":...,"level":...,"event":...,"detail":...}, with
// trace_id and span_id where the thread works for a request (core/trace.h).
#ifndef SOUK_CORE_LOG_H
#define SOUK_CORE_LOG_H

#include "core/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

// What is below this level is not written. Default LOG_INFO.
void log_set_level(enum log_level level);
// Writes one line; `event` is a stable word for searching, the rest is for people. Thread-safe.
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);
// Writes a line that is already JSON, with a newline, in one write: the access log.
void log_raw(const char *json, size_t length);

#endif
