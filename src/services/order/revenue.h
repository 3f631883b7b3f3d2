// What was earned, for Prometheus: money captured and given back since the process began, by
// currency. What the books say is in services/payment; this is for a graph of today.
//
//     revenue_add("EUR", captured_minor, refunded_minor);
#ifndef SOUK_SERVICES_ORDER_REVENUE_H
#define SOUK_SERVICES_ORDER_REVENUE_H

#include "core/base.h"

// After the commit, with the differences that it made. Thread-safe.
void revenue_add(const char *currency, i64 captured_minor, i64 refunded_minor);

#endif
