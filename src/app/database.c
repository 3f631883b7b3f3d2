// Opening the database, and `souk migrate`. Contract in database.h; schemas of services are made by
// data/postgres_schema.h.
#include "app/database.h"

#include <stdio.h>

#include "app/command.h"
#include "app/services.h"
#include "core/str.h"
#include "core/time.h"
#include "data/postgres_schema.h"

// Longer than a request may take (LIMIT_DEADLINE_MS): jobs and commands wait too, and are better
// late than failed.
enum { DATABASE_WAIT_MS = 5000 };

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
        .unprepared = config->database_prepared == 0,
    };
    return db_open(&settings, out, problem);
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

enum err database_settle(struct db *db, const struct config *config, unsigned services,
                         struct problem *problem)
{
    if (*config->services != '\0' && db_is_postgres(db)) {
        struct schemas schemas = schemas_of(problem->arena, services);
        return schemas_check(db, &schemas, problem);
    }
    struct schemas all = schemas_of(problem->arena, SERVICES_ALL);
    struct migration_set every = migrations_every();
    enum err err = schemas_absent(db, &all, problem);
    return err == ERR_OK ? migrate(db, &every, problem) : err;
}

static bool is_postgres(const char *url)
{
    return str_starts(url, "postgresql://") || str_starts(url, "postgres://");
}

// The services whose schemas are meant: the words', else the setting's, which leads to schemas on
// PostgreSQL only. None: the whole database.
static enum err read_schemas(const struct command *command, struct schemas *schemas,
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
    if (read_schemas(command, &schemas, &problem) != ERR_OK)
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
