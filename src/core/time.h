// Clocks and RFC 3339. Only the wall clock can be set, by tests.
#ifndef SOUK_CORE_TIME_H
#define SOUK_CORE_TIME_H

#include <time.h>

#include "core/arena.h"
#include "core/buf.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

// Milliseconds since 1970 UTC.
i64 time_now_ms(void);
// Moves time_now_ms by an offset, for tests: expiries and coupons' dates. Thread-safe.
void time_shift_ms(i64 offset_ms);
// For measuring and deadlines; never set, never goes back.
i64 monotonic_ms(void);
i64 monotonic_us(void);
// So long from now, for pthread_cond_clockwait with CLOCK_MONOTONIC: no wait is moved by somebody
// who sets the wall clock.
struct timespec monotonic_after(i64 ms);

// "2026-01-31T23:59:59.123Z" (RFC 3339, always UTC, always milliseconds): 24 characters and a NUL.
void time_format(i64 time_ms, char text[25]);
// Reads RFC 3339 with any offset and up to nine decimals, or a date alone (midnight UTC).
bool time_parse(const char *text, i64 *time_ms);
// "Sat, 31 Jan 2026 23:59:59 GMT" (RFC 9110 section 5.6.7): 29 characters and a NUL.
void time_format_http(i64 time_ms, char text[30]);

#endif
