// Captured and refunded money by currency. Contract in revenue.h.
#include "services/order/revenue.h"

#include <pthread.h>
#include <string.h>

#include "app/metrics.h"
#include "core/str.h"

enum { CURRENCIES_MAX = 200 }; // ISO 4217 has fewer

struct revenue {
    char currency[4];
    i64 captured_minor, refunded_minor;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct revenue revenues[CURRENCIES_MAX];
static size_t revenue_count;

static struct revenue *revenue_of(const char *currency)
{
    for (size_t i = 0; i < revenue_count; i++)
        if (str_equal(revenues[i].currency, currency))
            return &revenues[i];
    struct revenue *revenue = &revenues[revenue_count++];
    assert(revenue_count <= CURRENCIES_MAX && strlen(currency) < sizeof revenue->currency);
    memcpy(revenue->currency, currency, strlen(currency) + 1);
    return revenue;
}

void revenue_add(const char *currency, i64 captured_minor, i64 refunded_minor)
{
    assert(captured_minor >= 0 && refunded_minor >= 0);
    pthread_mutex_lock(&lock);
    struct revenue *revenue = revenue_of(currency);
    revenue->captured_minor += captured_minor;
    revenue->refunded_minor += refunded_minor;
    pthread_mutex_unlock(&lock);
}

static void write_rows(const char *metric, size_t offset, struct buf *out)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < revenue_count; i++) {
        i64 minor;
        memcpy(&minor, (const char *)&revenues[i] + offset, sizeof minor);
        buf_printf(out, "%s{currency=\"%s\"} %lld\n", metric, revenues[i].currency,
                   (long long)minor);
    }
    pthread_mutex_unlock(&lock);
}

static void write_captured(struct buf *out)
{
    write_rows("souk_revenue_minor_total", offsetof(struct revenue, captured_minor), out);
}
METRIC_ROWS(captured, "souk_revenue_minor_total",
            "Money captured for orders, in minor units of its currency.", "counter",
            write_captured);

static void write_refunded(struct buf *out)
{
    write_rows("souk_refunds_minor_total", offsetof(struct revenue, refunded_minor), out);
}
METRIC_ROWS(refunded, "souk_refunds_minor_total",
            "Money of orders that was given back, in minor units of its currency.", "counter",
            write_refunded);
