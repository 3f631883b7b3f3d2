// Tables partitioned by time, on PostgreSQL: the job that makes the partitions to come, what tells
// when they are not there, and `souk partitions`. How it is done: data/postgres_partition.h.
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/audit.h"
#include "app/command.h"
#include "app/database.h"
#include "core/str.h"
#include "core/time.h"
#include "data/postgres_partition.h"

static _Atomic i64 late;

static i64 read_late(UNUSED struct app *app)
{
    return atomic_load(&late);
}
METRIC_GAUGE(partitions_late, "souk_partitions_late",
             "Tables without a partition for the next month or year; must be 0.", read_late);

// Nothing is lost without it: rows that have no partition of their own go to the last one.
static enum err make_partitions(struct rq *rq)
{
    i64 now_late = 0;
    enum err err =
        partitions_premake(rq->app->db, rq->arena, rq->app->config.partitions_ahead, &now_late);
    atomic_store(&late, now_late);
    return err;
}
JOB(partition_upkeep, HOUR_MS, make_partitions);

static enum err audit_partitions(struct rq *rq, struct audit *audit)
{
    struct partition_parent_list parents;
    enum err err = partition_parents(rq->db, rq->arena, &parents);
    for (size_t i = 0; i < parents.count; i++)
        if (parents.items[i].ahead < 1)
            audit_violation(audit, "%s.%s has no partition to come; run souk partitions",
                            parents.items[i].home, parents.items[i].parent);
    return err;
}
AUDIT(partitions, audit_partitions);

static void print_line(const char *line)
{
    puts(line);
}

static int run_partitions(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    const struct config *config = &command->config;
    const char *ahead = command_option(command, "--ahead");
    const char *split = command_option(command, "--split-above");
    struct partition_upkeep upkeep = {
        .url = config->database_url,
        .ahead = ahead != NULL ? strtoll(ahead, NULL, 10) : config->partitions_ahead,
        .split_above = split != NULL ? strtoll(split, NULL, 10) : 0,
        .before = command_option(command, "--detach-before"),
        .since = command_option(command, "--attach-since"),
        .dry_run = command_flag(command, "--dry-run"),
        .tell = print_line,
    };
    if (command_has_unknown_options(command))
        return 1;
    if (upkeep.ahead < 1 || upkeep.ahead > PARTITIONS_AHEAD_MAX)
        return command_fail("--ahead must be from 1 to %d", PARTITIONS_AHEAD_MAX);
    if (split != NULL && upkeep.split_above < 1)
        return command_fail("--split-above must be a number of products");
    if (!str_starts(upkeep.url, "postgresql://") && !str_starts(upkeep.url, "postgres://"))
        return command_fail("tables are partitioned on PostgreSQL alone");
    if (database_schemas(command, &upkeep.schemas, &problem) != ERR_OK)
        return command_fail_problem("which services", &problem);
    if (upkeep.schemas.count > 0) {
        upkeep.url = config->database_owner_url;
        if (str_blank(upkeep.url))
            return command_fail("SOUK_DATABASE_OWNER_URL must say as whom partitions are made");
    }
    enum err err = partitions_keep(&upkeep, &problem);
    return err == ERR_OK ? 0
                         : command_fail_problem("the partitions are not as asked for", &problem);
}
COMMAND(
    partitions,
    "[SERVICE...] [--ahead N] [--split-above N] [--detach-before DATE] [--attach-since DATE]"
    " [--dry-run]",
    "Makes PostgreSQL's partitions ahead, or of large categories; detaches or attaches old ones.",
    run_partitions);
