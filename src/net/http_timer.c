// Rings of deadlines. Contract in http_timer.h.
//
// All deadlines of a kind are equally long, so a deadline that starts now is the last of its kind:
// appending keeps the ring sorted, and starting, stopping and looking for the next one are a few
// pointers each. A heap or a wheel would buy durations that differ, which nobody here needs.
#include "net/http_timer.h"

void timers_init(struct timers *timers)
{
    for (size_t i = 0; i < TIMER_KINDS; i++)
        timers->lists[i].older = timers->lists[i].newer = &timers->lists[i];
}

void timer_stop(struct timer *timer)
{
    if (timer->kind == TIMER_NONE)
        return;
    timer->older->newer = timer->newer;
    timer->newer->older = timer->older;
    timer->kind = TIMER_NONE;
}

void timer_start(struct timers *timers, struct timer *timer, enum timer_kind kind, i64 now_ms)
{
    timer_stop(timer);
    if (kind == TIMER_NONE)
        return;
    struct timer *anchor = &timers->lists[kind];
    timer->kind = kind;
    timer->deadline_ms = now_ms + timers->duration_ms[kind];
    timer->older = anchor->older;
    timer->newer = anchor;
    anchor->older->newer = timer;
    anchor->older = timer;
}

struct timer *timer_oldest(struct timers *timers, enum timer_kind kind)
{
    struct timer *anchor = &timers->lists[kind];
    return anchor->newer != anchor ? anchor->newer : NULL;
}

struct timer *timer_expired(struct timers *timers, i64 now_ms, enum timer_kind *kind)
{
    for (enum timer_kind i = TIMER_NONE + 1; i < TIMER_KINDS; i++) {
        struct timer *timer = timer_oldest(timers, i);
        if (timer != NULL && timer->deadline_ms <= now_ms) {
            *kind = i;
            timer_stop(timer);
            return timer;
        }
    }
    return NULL;
}

i64 timers_wait_ms(struct timers *timers, i64 now_ms)
{
    i64 wait_ms = -1;
    for (enum timer_kind i = TIMER_NONE + 1; i < TIMER_KINDS; i++) {
        struct timer *timer = timer_oldest(timers, i);
        if (timer == NULL)
            continue;
        i64 left_ms = max_i64(timer->deadline_ms - now_ms, 0);
        wait_ms = wait_ms < 0 ? left_ms : min_i64(wait_ms, left_ms);
    }
    return wait_ms;
}
