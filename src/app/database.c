// Opening the database, and `souk migrate`. Contract in database.h; schemas of services are made by
// data/postgres_schema.h.
#include "app/database.h"

#include <stdio.h>

#include "app/app.h"
#include "app/command.h"
#include "app/readiness.h"
#include "app/services.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/position.h"
#include "data/postgres_schema.h"

// Longer than a request may take (LIMIT_DEADLINE_MS): jobs and commands wait too, and are better
// late than failed.
enum { DATABASE_WAIT_MS = 5000 };

static bool is_postgres(const char *url)
{
    return str_starts(url, "postgresql://") || str_starts(url, "postgres://");
}

static enum err read_replicas(const struct config *config, struct arena *arena,
                              struct db_settings *settings, struct problem *problem)
{
    struct text_list list = config_list(arena, config->replica_urls);
    settings->replicas = list.items;
    settings->replica_count = list.count;
    settings->replica_connections = (int)config->replica_connections;
    settings->replica_lag_ms = config->replica_lag_ms;
    bool wrong = list.count > REPLICAS_MAX || (list.count > 0 && !is_postgres(settings->url));
    for (size_t i = 0; i < list.count; i++)
        wrong = wrong || !is_postgres(list.items[i]);
    if (!wrong)
        return ERR_OK;
    problem_field(problem, "SOUK_REPLICA_URLS",
                  "must be at most %d of postgresql://..., beside such a SOUK_DATABASE_URL",
                  REPLICAS_MAX);
    return ERR_INVALID;
}

enum err database_open(const struct config *config, struct arena *arena, struct db **out,
                       struct problem *problem)
{
    struct db_settings settings = {
        .url = *config->database_url != '\0'
                   ? config->database_url
                   : arena_printf(arena, "sqlite:%s/souk.db", config->data_dir),
        .readers = (int)config->database_connections,
        .wait_ms = DATABASE_WAIT_MS,
        .unsafe = config->unsafe != 0,
        .statements = config->database_prepared == 2   ? DB_PREPARED_SHARED
                      : config->database_prepared == 0 ? DB_UNPREPARED
                                                       : DB_PREPARED,
    };
    enum err err = read_replicas(config, arena, &settings, problem);
    return err == ERR_OK ? db_open(&settings, out, problem) : err;
}

void database_look(struct app *app)
{
    struct db_stats stats;
    char name[READINESS_NAME];
    if (!db_is_postgres(app->db))
        return;
    db_stats(app->db, &stats);
    for (size_t i = 0; i < stats.replica_count; i++) {
        // After a failover one of them leads: that is how it should be, and it is the primary's
        // place to say when that one fails.
        bool up = stats.replica[i].well || stats.replica[i].leads;
        snprintf(name, sizeof name, "replica %s", stats.replica[i].name);
        readiness_tell(app, name, false, up, stats.replica[i].fault);
    }
}

static void write_reads(const struct db_stats *stats, struct buf *out)
{
    i64 primary = 0;
    for (int why = 0; why < READ_WHY_COUNT; why++)
        primary += stats->reads_primary[why];
    buf_printf(out,
               "# HELP souk_database_reads_total Reads, by where they took place.\n"
               "# TYPE souk_database_reads_total counter\n"
               "souk_database_reads_total{where=\"primary\"} %lld\n"
               "souk_database_reads_total{where=\"replica\"} %lld\n"
               "# HELP souk_database_primary_reads_total Reads at the primary, by why there.\n"
               "# TYPE souk_database_primary_reads_total counter\n",
               (long long)primary, (long long)stats->reads_replica);
    for (int why = 0; why < READ_WHY_COUNT; why++)
        buf_printf(out, "souk_database_primary_reads_total{why=\"%s\"} %lld\n", read_why_names[why],
                   (long long)stats->reads_primary[why]);
}

static void write_replicas(const struct db_stats *stats, struct buf *out)
{
    static const char *const names[][2] = {
        {"souk_replica_up", "Whether the replica is read at."},
        {"souk_replica_lag_seconds", "How long the replica takes to have what the primary has."},
        {"souk_replica_lag_bytes", "How much of the log the replica lacked when last looked at."},
    };
    for (size_t name = 0; name < COUNT_OF(names); name++) {
        buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", names[name][0], names[name][1],
                   names[name][0]);
        for (size_t i = 0; i < stats->replica_count; i++) {
            i64 lag_ms = stats->replica[i].lag_ms;
            i64 whole = name == 0   ? stats->replica[i].well
                        : name == 1 ? lag_ms / SECOND_MS
                                    : stats->replica[i].lag_bytes;
            buf_printf(out, "%s{replica=\"%s\"} %lld", names[name][0], stats->replica[i].name,
                       (long long)whole);
            if (name == 1)
                buf_printf(out, ".%03lld", (long long)(lag_ms % SECOND_MS));
            buf_char(out, '\n');
        }
    }
}

void database_write_metrics(const struct db *db, struct buf *out)
{
    struct db_stats stats;
    if (!db_is_postgres(db))
        return;
    db_stats(db, &stats);
    write_reads(&stats, out);
    buf_printf(out,
               "# HELP souk_database_commits_total Commits, by what they waited for.\n"
               "# TYPE souk_database_commits_total counter\n"
               "souk_database_commits_total{level=\"synchronous\"} %lld\n"
               "souk_database_commits_total{level=\"local\"} %lld\n",
               (long long)stats.commits_synchronous, (long long)stats.commits_local);
    if (stats.replica_count > 0)
        write_replicas(&stats, out);
}

static struct schemas schemas_of(struct arena *arena, unsigned services)
{
    const char **names = ARENA_ARRAY(arena, const char *, service_id_count);
    struct schemas schemas = {.names = names};
    for (int id = 0; id < service_id_count; id++)
        if (services_have(services, id))
            names[schemas.count++] = service_id_names[id];
    return schemas;
}

// Not refused: the shop sells meanwhile, and what waits is not lost.
static enum err check_schemas(struct db *db, const struct schemas *schemas, struct problem *problem)
{
    const char *left = NULL;
    enum err err = schemas_check(db, schemas, problem);
    if (err == ERR_OK)
        err = schemas_left(db, schemas, problem, &left);
    if (left != NULL)
        log_line(LOG_ERROR, "outbox_left", "%s", left);
    return err;
}

enum err database_settle(struct db *db, const struct config *config, unsigned services,
                         struct problem *problem)
{
    if (*config->services != '\0' && db_is_postgres(db)) {
        struct schemas schemas = schemas_of(problem->arena, services);
        return check_schemas(db, &schemas, problem);
    }
    struct schemas all = schemas_of(problem->arena, SERVICES_ALL);
    struct migration_set every = migrations_every();
    enum err err = schemas_absent(db, &all, problem);
    return err == ERR_OK ? migrate(db, &every, problem) : err;
}

enum err database_schemas(const struct command *command, struct schemas *schemas,
                          struct problem *problem)
{
    const struct config *config = &command->config;
    const char *list = is_postgres(config->database_url) ? config->services : "";
    unsigned services;
    for (int i = 0; i < command->count; i++)
        list = arena_printf(command->arena, "%s %s", i > 0 ? list : "", command->words[i]);
    if (str_blank(list))
        return ERR_OK;
    enum err err = services_read(list, &services, problem);
    if (err == ERR_OK)
        *schemas = schemas_of(command->arena, services);
    return err;
}

static enum err list_schema(struct db *db, const struct migration_set *set, size_t *waiting,
                            struct problem *problem)
{
    struct migration_state_list states;
    enum err err = migrate_status(db, set, problem, &states);
    for (size_t i = 0; i < states.count; i++) {
        const struct migration_state *state = &states.items[i];
        char at[25] = "waits";
        if (IS_SET(state, migration_state, applied_at))
            time_format(state->applied_at, at);
        else
            *waiting += 1;
        printf("%-18s %s/%03d_%s  %s\n", set->schema != NULL ? set->schema : "-", state->service,
               (int)state->number, state->name, at);
    }
    return err;
}

// As the owner where there is one, for the role of some services sees these alone.
static int status(struct command *command, const struct schemas *schemas)
{
    struct problem problem = {.arena = command->arena};
    struct config config = command->config;
    struct db *db = NULL;
    size_t waiting = 0;
    if (schemas->count > 0 && *config.database_owner_url != '\0')
        config.database_url = config.database_owner_url;
    enum err err = database_open(&config, command->arena, &db, &problem);
    struct migration_set set = migrations_every();
    if (err == ERR_OK && schemas->count == 0)
        err = list_schema(db, &set, &waiting, &problem);
    for (size_t i = 0; i < schemas->count && err == ERR_OK; i++) {
        set = migrations_of(command->arena, schemas->names[i]);
        err = list_schema(db, &set, &waiting, &problem);
    }
    db_close(db);
    if (err != ERR_OK)
        return command_fail_problem("the migrations cannot be told", &problem);
    return waiting == 0 ? 0 : command_fail("%zu migrations wait", waiting);
}

static int migrate_schemas(struct command *command, const struct schemas *schemas)
{
    struct problem problem = {.arena = command->arena};
    const struct config *config = &command->config;
    if (!is_postgres(config->database_url))
        return command_fail("services have schemas of their own on PostgreSQL alone;"
                            " SOUK_DATABASE_URL must be postgresql://ROLE:PASSWORD@HOST/DATABASE");
    if (*config->database_owner_url == '\0')
        return command_fail("SOUK_DATABASE_OWNER_URL must say as whom schemas and roles are made");
    if (schemas_migrate(schemas, config->database_owner_url, config->database_url, &problem) !=
        ERR_OK)
        return command_fail_problem("the schemas are not as they should be", &problem);
    for (size_t i = 0; i < schemas->count; i++)
        printf("the schema of %s is up to date\n", schemas->names[i]);
    return 0;
}

static int run_migrate(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    struct schemas schemas = {0};
    bool only_list = command_flag(command, "--status");
    if (command_has_unknown_options(command))
        return 1;
    if (database_schemas(command, &schemas, &problem) != ERR_OK)
        return command_fail_problem("which services", &problem);
    if (only_list)
        return status(command, &schemas);
    if (schemas.count > 0)
        return migrate_schemas(command, &schemas);
    if (command_open(command) == NULL) // migrates
        return 1;
    puts("the database is up to date");
    return 0;
}
COMMAND(migrate, "[SERVICE...] [--status]",
        "Brings the database, or services' schemas and their role, up to this program's version.",
        run_migrate);
