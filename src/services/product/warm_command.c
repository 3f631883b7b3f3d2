// `souk warm`: puts the documents of the popular products into Memcached (warm.h) and has every
// running process of the product service make its copy of the catalogue, so that the first shoppers
// after a start, or after Memcached came back empty, find what later ones would.
#include <stdio.h>

#include "app/command.h"
#include "app/peer.h"
#include "app/services.h"
#include "core/str.h"
#include "core/time.h"
#include "data/cache.h"
#include "net/client.h"
#include "services/product/warm.h"

enum { TOP_DEFAULT = 1000, TOP_MOST = 100000, ASK_MS = 30000 };

// Filling a copy of the catalogue is what takes its time; the rest is what a shop opens with.
static const char *const pages[] = {"/api/v1/products", "/api/v1/categories", "/", "/data"};

static int warm_memcached(struct command *command, i64 top)
{
    struct rq *rq = rq_begin(command->app, "warm", HOUR_MS);
    struct warm_summary sum;
    int status = 0;
    if (products_warm(rq, top, &sum) != ERR_OK) {
        status = command_fail_problem("the products cannot be read", &rq->problem);
    } else {
        if (sum.unsold)
            fprintf(stderr, "souk: the order service does not say what sells\n");
        printf("Memcached: %lld products; %lld were there, %lld were put there\n",
               (long long)sum.products, (long long)sum.found, (long long)sum.put);
        if (sum.found + sum.put < sum.products)
            status = command_fail("Memcached did not take them all");
    }
    rq_end(rq);
    return status;
}

static bool warm_process(struct command *command, const char *url)
{
    i64 start_ms = monotonic_ms();
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        struct client_reply reply;
        struct client_request request = {.url = arena_printf(command->arena, "%s%s", url, pages[i]),
                                         .timeout_ms = ASK_MS,
                                         .reply_max = 16 << 20,
                                         .direct = true};
        bool answered = client_call(&request, command->arena, &reply) == CLIENT_ANSWERED;
        if (answered && (reply.status == 200 || reply.status == 404))
            continue;
        printf("%s%s: %s\n", url, pages[i],
               answered ? arena_printf(command->arena, "status %d", reply.status) : reply.detail);
        return false;
    }
    printf("%s: ready after %lld ms\n", url, (long long)(monotonic_ms() - start_ms));
    return true;
}

static int warm_processes(struct command *command)
{
    struct app *app = command->app;
    bool all = true;
    if (app->peers == NULL)
        return warm_process(command, arena_printf(command->arena, "http://%s", app->config.listen))
                   ? 0
                   : 1;
    for (size_t i = 0; i < peers_count(app->peers, service_id_product); i++)
        all = warm_process(command, peers_url(app->peers, service_id_product, i)) && all;
    return all ? 0 : 1;
}

static int warm(struct command *command)
{
    const char *option = command_option(command, "--top");
    i64 top = TOP_DEFAULT;
    if (option != NULL && (!str_i64(option, &top) || top < 1 || top > TOP_MOST))
        return command_fail("--top is a number from 1 to %d", TOP_MOST);
    if (command_has_unknown_options(command))
        return 1;
    if (command->count > 0)
        return command_fail("usage: souk warm [--top N]");
    if (command_open(command) == NULL)
        return 1;
    if (!services_have(command->app->services, service_id_product))
        return command_fail("the products are not this process's: set SOUK_SERVICES to product");
    int status = 0;
    if (cache_is_on(command->app->cache))
        status = warm_memcached(command, top);
    else
        printf("Memcached: none (SOUK_MEMCACHED)\n");
    int processes = warm_processes(command);
    return status != 0 ? status : processes;
}
COMMAND(warm, "[--top N]",
        "Loads the N most popular products (1000) into Memcached, and running processes' copies.",
        warm);
