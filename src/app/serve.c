// The commands that run the program: serve, routes, openapi.
#include <stdio.h>

#include "app/command.h"
#include "app/openapi.h"
#include "app/services.h"
#include "core/log.h"
#include "core/time.h"
#include "net/supervisor.h"

// In a worker process. What cannot work at all ends the parent too; a PostgreSQL that is away is
// waited for, by being started again.
// The database is opened here and not in the parent: neither SQLite nor libpq may be carried over a
// fork.
static int work(int listener, UNUSED int index, void *context)
{
    struct command *command = context;
    i64 start_us = monotonic_us();
    if (command_open(command) == NULL)
        return command->may_heal ? 1 : SUPERVISOR_GIVE_UP;
    log_line(LOG_INFO, "ready", "after %lld ms", (long long)((monotonic_us() - start_us) / 1000));
    return app_serve(command->app, listener) > 0 ? SUPERVISOR_CUT : 0;
}

static void tell_address(u16 port, void *context)
{
    const struct command *command = context;
    fprintf(stderr, "souk: serving on %s (port %u)\n", command->config.listen, port);
}

// "serve user order" is "serve --services user,order".
static bool choose_services(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    struct buf list = buf_in(command->arena);
    unsigned services;
    for (int i = 0; i < command->count; i++)
        buf_printf(&list, "%s%s", i > 0 ? "," : "", command->words[i]);
    if (command->count > 0)
        command->config.services = buf_as_text(&list);
    if (services_read(command->config.services, &services, &problem) == ERR_OK)
        return true;
    command_fail_problem("serve", &problem);
    return false;
}

static int serve(struct command *command)
{
    if (command_has_unknown_options(command) || !choose_services(command))
        return 1;
    struct supervisor_settings settings = {
        .address = command->config.listen,
        .workers = (int)command->config.workers,
        // More than the worker's own, which cuts by itself and then closes the database in order.
        .drain_ms = command->config.drain_delay_ms + command->config.drain_ms + 5 * SECOND_MS,
        .run = work,
        .listening = tell_address,
        .context = command,
    };
    return supervisor_run(&settings);
}
COMMAND(serve, "[SERVICE...]", "Runs the shop: all services, or those named.", serve);

static struct router *routes_of(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    struct router *router;
    if (command_has_unknown_options(command))
        return NULL;
    if (router_new(command->arena, &router, &problem) == ERR_OK)
        return router;
    command_fail_problem("the routes are wrong", &problem);
    return NULL;
}

static void print_roles(unsigned roles)
{
    static const char *const names[] = {"customer", "catalog", "orders",
                                        "support",  "admin",   "peer"};
    if (roles == ROLE_ANYONE)
        fputs("anyone", stdout);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (roles >> i & 1)
            printf("%s%s", (roles & ((1u << i) - 1)) != 0 ? "," : "", names[i]);
}

static int routes(struct command *command)
{
    struct router *router = routes_of(command);
    for (size_t i = 0; router != NULL && i < router_count(router); i++) {
        const struct bound_route *bound = router_at(router, i);
        printf("%-7s %-52s %-12s ", http_method_name(bound->route->method), bound->route->path,
               bound->owner == SERVICE_EVERY ? "every" : service_id_names[bound->owner]);
        print_roles(bound->route->roles);
        printf("  %s\n", bound->route->doc);
    }
    return router == NULL;
}
COMMAND(routes, "", "Prints every route: method, path, service, who may use it.", routes);

static int openapi_only(struct command *command)
{
    struct router *router = routes_of(command);
    struct buf text = buf_in(command->arena);
    if (router == NULL)
        return 1;
    openapi_write(router, &text);
    fputs(buf_as_text(&text), stdout);
    return 0;
}
COMMAND(openapi, "", "Prints the OpenAPI 3.1 document.", openapi_only);
