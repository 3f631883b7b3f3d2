// `souk export`: the command line around export.h.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "core/str.h"
#include "services/product/export.h"

static int write_to(struct command *command, FILE *file, const char *name)
{
    struct export_summary sum;
    struct problem problem = {.arena = command->arena};
    if (export_shopify(command->app, file, &sum, &problem) != ERR_OK)
        return command_fail_problem(name, &problem);
    fprintf(stderr, "%zu products, %zu variants", sum.products, sum.variants);
    if (sum.skipped > 0)
        fprintf(stderr, "; %zu variants without a price in the shop's currency left out",
                sum.skipped);
    fputc('\n', stderr);
    return 0;
}

// Whole or not at all: a file with the name asked for is always a complete one.
static int write_file(struct command *command, const char *name)
{
    const char *beside = arena_printf(command->arena, "%s.%d", name, (int)getpid());
    FILE *file = fopen(beside, "wxe");
    if (file == NULL)
        return command_fail("%s: %s", name, strerrordesc_np(errno));
    int status = write_to(command, file, name);
    bool closed = fsync(fileno(file)) == 0;
    closed = fclose(file) == 0 && closed;
    if (status == 0 && closed && rename(beside, name) == 0)
        return 0;
    status = status != 0 ? status : command_fail("%s: %s", name, strerrordesc_np(errno));
    unlink(beside);
    return status;
}

static int export(struct command *command)
{
    if (command_has_unknown_options(command))
        return 1;
    bool usable =
        command->count >= 1 && command->count <= 2 && str_equal(command->words[0], "shopify");
    if (!usable)
        return command_fail("usage: souk export shopify [FILE]");
    if (command_open(command) == NULL)
        return 1;
    return command->count == 2 ? write_file(command, command->words[1])
                               : write_to(command, stdout, "standard output");
}
COMMAND(export, "shopify [FILE]",
        "Writes the catalogue in Shopify's form, to FILE or to standard output.", export);
