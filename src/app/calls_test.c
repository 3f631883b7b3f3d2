// Tests of the list of who asks whom.
#include "app/app.h"
#include "app/calls.h"
#include "app/check.h"
#include "app/config.h"
#include "core/str.h"

static size_t count_of(const struct calls *calls, const char *from, const char *to, const char *why)
{
    size_t count = 0;
    for (size_t i = 0; i < calls->count; i++)
        count += str_equal(calls->items[i].from, from) && str_equal(calls->items[i].to, to) &&
                 (why == NULL || str_equal(calls->items[i].why, why));
    return count;
}

// One of each kind: a call, a call that every process makes, an event, the page that asks all,
// the gateway, a server.
TEST(calls_of_each_kind)
{
    struct calls calls = calls_of(t->arena, check_app()->router);
    CHECK(count_of(&calls, "order", "inventory", "inventory_reserve") == 1);
    CHECK(count_of(&calls, "payment", "user", "session_find") == 1);
    CHECK(count_of(&calls, "payment", "order", "payment.returned") == 1);
    CHECK(count_of(&calls, "notification", "payment", "outbox_list_here") == 1);
    CHECK(count_of(&calls, "gateway", "order", "routes") == 1);
    CHECK(count_of(&calls, "inventory", "database", "SOUK_DATABASE_URL") == 1);
}

TEST(calls_of_nobody)
{
    struct calls calls = calls_of(t->arena, check_app()->router);
    CHECK(count_of(&calls, "payment", "inventory", NULL) == 0);
    CHECK(count_of(&calls, "product", "smtp", NULL) == 0);
    for (size_t i = 0; i < calls.count; i++)
        CHECK(!str_equal(calls.items[i].from, calls.items[i].to));
}

// A setting that is renamed is renamed here too.
TEST(calls_settings_exist)
{
    struct calls calls = calls_of(t->arena, check_app()->router);
    struct config config;
    struct problem problem = {.arena = t->arena};
    CHECK(config_read(t->arena, &config, &problem) == ERR_OK);
    for (size_t i = 0; i < calls.count; i++)
        if (str_starts(calls.items[i].why, "SOUK_"))
            CHECK(config_set(&config, calls.items[i].why, "x", &problem));
}
