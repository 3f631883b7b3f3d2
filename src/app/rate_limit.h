// Token buckets by client address, in memory: a fixed table, so that many addresses cost nothing.
#ifndef SOUK_APP_RATE_LIMIT_H
#define SOUK_APP_RATE_LIMIT_H

#include "core/arena.h"

struct rate_limit;

// At most `a_minute` in a burst, refilled evenly over a minute.
struct rate_limit *rate_limit_new(struct arena *arena, i64 a_minute);
// Takes one token; 0 when there was one, else the seconds until there is. Two addresses that fall
// on the same slot of the table share it when the older one is still in use: never looser than said
// for one address, at times tighter. Thread-safe.
i64 rate_limit_take(struct rate_limit *limit, const char *address, i64 monotonic_now_ms);

#endif
