// Deadlines in O(1): one list a kind, and one duration a kind, so that each list is sorted by
// itself.
#ifndef SOUK_NET_HTTP_TIMER_H
#define SOUK_NET_HTTP_TIMER_H

#include "core/base.h"

enum timer_kind {
    TIMER_NONE,
    TIMER_IDLE,
    TIMER_HEADER,
    TIMER_BODY,
    TIMER_WRITE,
    TIMER_LINGER,
    TIMER_GRACE, // when draining: for a connection that was accepted but has not asked yet
    TIMER_KINDS,
};

struct timer {
    struct timer *older, *newer;
    i64 deadline_ms;
    enum timer_kind kind; // TIMER_NONE: not running
};

struct timers {
    struct timer lists[TIMER_KINDS]; // each the anchor of a ring
    i64 duration_ms[TIMER_KINDS];
};

void timers_init(struct timers *timers);
// Starts it, or starts it anew. TIMER_NONE stops it.
void timer_start(struct timers *timers, struct timer *timer, enum timer_kind kind, i64 now_ms);
void timer_stop(struct timer *timer);
// The one of a kind that was started first, NULL when none runs.
struct timer *timer_oldest(struct timers *timers, enum timer_kind kind);
// One whose time has come, stopped; its kind goes to *kind. NULL when there is none.
struct timer *timer_expired(struct timers *timers, i64 now_ms, enum timer_kind *kind);
// Milliseconds until the next one, -1 when none runs.
i64 timers_wait_ms(struct timers *timers, i64 now_ms);

#endif
