// `souk import`: the command line around import_run.h. Faults go to standard error as they are
// found, the sum to standard output; on a terminal a bar shows how far it is.
//
// The exit status is for scripts: 0 all taken in, 2 some rows left out, 1 nothing done or the shop
// cannot be opened. Faults and the bar share standard error, so the bar is cleared before a line is
// written and drawn anew ten times a second at most.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "core/str.h"
#include "core/time.h"
#include "services/product/fetch.h"
#include "services/product/import_run.h"

static const struct import_format *const formats[] = {&import_shopify, &import_woocommerce,
                                                      &import_json};

struct showing {
    bool dry_run, bar;
    i64 started_ms, drawn_ms;
};

static void clear_bar(const struct showing *showing)
{
    if (showing->bar && showing->drawn_ms != 0)
        fputs("\r\033[K", stderr);
}

static void show_issue(void *context, const struct import_issue *issue)
{
    clear_bar(context);
    fprintf(stderr, "%s:", issue->file);
    if (issue->line > 0)
        fprintf(stderr, "%u:", issue->line);
    if (issue->column != NULL)
        fprintf(stderr, " %s:", issue->column);
    fprintf(stderr, " %s%s\n", issue->reason, issue->bad ? " (left out)" : "");
}

static void show_product(void *context, const char *handle, const struct put_outcome *outcome)
{
    const struct showing *showing = context;
    static const char *const words[] = {"unchanged", "created", "updated"};
    if (!showing->dry_run || outcome->result == PUT_UNCHANGED)
        return;
    clear_bar(showing);
    printf("%s: would be %s%s%s\n", handle, words[outcome->result],
           outcome->changes != NULL ? ": " : "", outcome->changes != NULL ? outcome->changes : "");
}

static void show_progress(void *context, size_t bytes, size_t total, size_t products)
{
    enum { WIDTH = 30, REDRAW_MS = 100 };
    struct showing *showing = context;
    i64 now_ms = monotonic_ms();
    if (!showing->bar || now_ms - showing->drawn_ms < REDRAW_MS || total == 0)
        return;
    showing->drawn_ms = now_ms;
    i64 took_ms = max_i64(1, now_ms - showing->started_ms);
    int filled = (int)(bytes * WIDTH / total);
    i64 left_s = bytes > 0 ? (i64)((total - bytes) / (bytes / (size_t)took_ms + 1)) / 1000 : 0;
    fprintf(stderr, "\r\033[K[%.*s%*s] %3zu %%  %zu products, %lld/s, %lld s left", filled,
            "==============================", WIDTH - filled, "", bytes * 100 / total, products,
            (long long)((i64)products * 1000 / took_ms), (long long)left_s);
}

static void add_markets(struct command *command, struct import_plan *plan)
{
    for (const char *market = command_option(command, "--market"); market != NULL;
         market = command_option(command, "--market")) {
        size_t size = sizeof *plan->markets.items;
        plan->markets.items =
            arena_grow(command->arena, plan->markets.items, plan->markets.count * size,
                       (plan->markets.count + 1) * size);
        plan->markets.items[plan->markets.count++] = market;
    }
}

static int import_file(struct command *command, struct import_plan *plan, const char *file)
{
    struct showing *showing = plan->context;
    struct problem problem = {.arena = command->arena};
    struct import_summary sum = {0};
    showing->started_ms = monotonic_ms();
    showing->drawn_ms = 0;
    plan->file = file;
    enum err err = import_run(command->app, plan, &sum, &problem);
    clear_bar(showing);
    if (err != ERR_OK)
        return command_fail_problem("import", &problem);
    printf("%s: %zu created, %zu updated, %zu unchanged, %zu variants, %zu rows left out%s%s\n",
           file, sum.created, sum.updated, sum.unchanged, sum.variants, sum.bad,
           sum.refused ? "; nothing was written (--strict)" : "",
           plan->dry_run ? "; nothing was written (--dry-run)" : "");
    return sum.bad > 0 ? 2 : 0;
}

static const struct import_format *find_format(const struct command *command)
{
    for (size_t i = 0; command->count > 0 && i < COUNT_OF(formats); i++)
        if (str_equal(formats[i]->name, command->words[0]))
            return formats[i];
    return NULL;
}

static void show_failed(void *context, const char *url, const char *reason)
{
    clear_bar(context);
    fprintf(stderr, "%s: %s (stays there)\n", url, reason);
}

static void show_fetched(void *context, size_t fetched, size_t failed)
{
    struct showing *showing = context;
    if (!showing->bar)
        return;
    showing->drawn_ms = monotonic_ms();
    fprintf(stderr, "\r\033[K%zu pictures fetched, %zu not", fetched, failed);
}

static int fetch_pictures(struct command *command, struct showing *showing, const char *prefix)
{
    struct problem problem = {.arena = command->arena};
    struct fetch_summary sum;
    struct fetch_plan plan = {
        .prefix = prefix,
        .failed = show_failed,
        .progress = show_fetched,
        .context = showing,
    };
    enum err err = pictures_fetch(command->app, &plan, &sum, &problem);
    clear_bar(showing);
    if (err != ERR_OK)
        return command_fail_problem("pictures", &problem);
    printf("%zu pictures fetched, %zu stay elsewhere\n", sum.fetched, sum.failed);
    return 0;
}

static int import(struct command *command)
{
    struct showing showing = {
        .dry_run = command_flag(command, "--dry-run"),
        .bar = isatty(STDERR_FILENO) == 1,
    };
    struct import_plan plan = {
        .currency = command_option(command, "--currency"),
        .dry_run = showing.dry_run,
        .strict = command_flag(command, "--strict"),
        .issue = show_issue,
        .done = show_product,
        .progress = show_progress,
        .context = &showing,
    };
    const char *prefix = command_option(command, "--images-from");
    bool images = command_flag(command, "--images") || prefix != NULL;
    add_markets(command, &plan);
    plan.format = find_format(command);
    if (command_has_unknown_options(command))
        return 1;
    if (plan.format == NULL || command->count < 2)
        return command_fail("usage: souk import shopify|woocommerce|json FILE...; see souk help");
    if (command_open(command) == NULL)
        return 1;
    int status = 0;
    for (int i = 1; i < command->count && status != 1; i++) {
        int one = import_file(command, &plan, command->words[i]);
        status = one != 0 ? one : status;
    }
    if (images && !plan.dry_run && status != 1 && fetch_pictures(command, &showing, prefix) != 0)
        return 1;
    return status;
}
COMMAND(
    import,
    "shopify|woocommerce|json FILE... [--dry-run] [--strict] [--currency C] "
    "[--market NAME=CURRENCY] [--images | --images-from ADDRESS]",
    "Takes in another shop's export; the same file twice changes nothing. Exits with 2 when rows "
    "were left out. --images fetches the pictures that are elsewhere, --images-from those whose "
    "address begins so.",
    import);
