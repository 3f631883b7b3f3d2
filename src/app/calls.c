// `souk calls`: who asks whom, for network policies and authorization policies. It is printed from
// what the program is made of: the notes that CALL leaves where it is compiled, the consumers of
// events, the routes that the gateway passes on, the settings that name a server.
#include "app/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "app/gateway.h"
#include "app/peer.h"
#include "core/str.h"
#include "data/outbox.h"

REGISTRY(const char, call_sites);
REGISTRY(const struct outbox_consumer *const, outbox_consumers);

// Servers that are none of the shop's services: who has a connection to them, and by which setting.
static const struct {
    const char *name, *setting;
    unsigned services;
} servers[] = {
    {"database", "SOUK_DATABASE_URL", SERVICES_ALL},
    {"redis", "SOUK_REDIS_URL", SERVICES_ALL},     // whose session it is
    {"memcached", "SOUK_MEMCACHED", SERVICES_ALL}, // the catalogue's copies, and news of changes
    {"smtp", "SOUK_SMTP_URL", 1u << service_id_notification},
    {"payment-providers", "SOUK_PAYMENT_PROVIDERS", 1u << service_id_payment},
};

enum { EDGES_MAX = 512 };

static void add(struct calls *calls, const char *from, const char *to, const char *why)
{
    for (size_t i = 0; i < calls->count; i++)
        if (str_equal(calls->items[i].from, from) && str_equal(calls->items[i].to, to) &&
            str_equal(calls->items[i].why, why))
            return;
    assert(calls->count < EDGES_MAX);
    calls->items[calls->count++] = (struct call_edge){from, to, why};
}

// Nobody asks himself over the network. A caller that is every process's is each of them.
static void add_between(struct calls *calls, int from, int to, const char *why)
{
    for (int id = 0; id < service_id_count; id++)
        if ((from == id || from == SERVICE_EVERY) && id != to)
            add(calls, service_id_names[id], service_id_names[to], why);
}

// "session_find ../src/app/session.c"; the linker may leave zeros between two notes.
static void add_calls(struct calls *calls, struct arena *arena, const struct router *router)
{
    for (const char *at = __start_call_sites; at < __stop_call_sites; at += strlen(at) + 1) {
        if (*at == '\0')
            continue;
        const char *space = strchr(at, ' ');
        const char *name = arena_text_n(arena, at, (size_t)(space - at));
        const struct bound_route *bound = router_by_name(router, name);
        assert(bound != NULL); // router_new has checked every call
        add_between(calls, service_of_file(space), bound->owner, name);
    }
}

// The service whose transactions add the events of a consumer: a topic begins with its name, else
// it stays in its own house.
static int teller(const struct outbox_consumer *consumer)
{
    const char *name = consumer->topic;
    for (int id = 0; id < service_id_count; id++) {
        size_t length = strlen(service_id_names[id]);
        if (strncmp(name, service_id_names[id], length) == 0 && name[length] == '.')
            return id;
    }
    return service_of_file(consumer->file);
}

static void add_events(struct calls *calls)
{
    for (const struct outbox_consumer *const *at = __start_outbox_consumers;
         at < __stop_outbox_consumers; at++) {
        int hearer = service_of_file((*at)->file);
        if (hearer != SERVICE_EVERY)
            add_between(calls, teller(*at), hearer, (*at)->topic);
    }
}

// What every process has of its own is asked for by the one that shows it (outbox_desk.c).
static void add_gateway(struct calls *calls, const struct router *router)
{
    for (size_t i = 0; i < router_count(router); i++) {
        const struct bound_route *bound = router_at(router, i);
        if (gateway_passes(bound->route))
            add(calls, "gateway", service_id_names[gateway_owner(bound)], "routes");
        if (bound->owner != SERVICE_EVERY || !str_starts(bound->route->path, PEER_PATH) ||
            str_equal(bound->route->handler->name, "outbox_take_event"))
            continue;
        for (int id = 0; id < service_id_count; id++)
            add_between(calls, GATEWAY_OPERATIONS, id, bound->route->handler->name);
    }
}

static int by_names(const void *a, const void *b)
{
    const struct call_edge *left = a, *right = b;
    int order = strcmp(left->from, right->from);
    if (order == 0)
        order = strcmp(left->to, right->to);
    return order != 0 ? order : strcmp(left->why, right->why);
}

struct calls calls_of(struct arena *arena, const struct router *router)
{
    struct calls calls = {.items = ARENA_ARRAY(arena, struct call_edge, EDGES_MAX)};
    add_gateway(&calls, router);
    add_calls(&calls, arena, router);
    add_events(&calls);
    for (size_t i = 0; i < COUNT_OF(servers); i++)
        for (int id = 0; id < service_id_count; id++)
            if (services_have(servers[i].services, id))
                add(&calls, service_id_names[id], servers[i].name, servers[i].setting);
    qsort(calls.items, calls.count, sizeof *calls.items, by_names);
    return calls;
}

static int print(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    struct router *router;
    if (command_has_unknown_options(command))
        return 1;
    if (router_new(command->arena, &router, &problem) != ERR_OK)
        return command_fail_problem("the routes are wrong", &problem);
    struct calls calls = calls_of(command->arena, router);
    for (size_t i = 0; i < calls.count; i++)
        printf("%-12s %-17s %s\n", calls.items[i].from, calls.items[i].to, calls.items[i].why);
    return 0;
}
COMMAND(calls, "", "Prints who asks whom, service by service: by which call, event or setting.",
        print);
