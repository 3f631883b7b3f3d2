// `souk backup` and `souk restore`: the database of a shop in one process (data/sqlite_backup.h).
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/command.h"
#include "core/str.h"
#include "data/sqlite_backup.h"

// PostgreSQL is backed up where it runs, by what can go back to a moment.
static int refer_to_postgres(const char *what)
{
    return command_fail("%s is for SQLite; for PostgreSQL run, where it is:\n"
                        "    pg_dump --format=custom --file=souk.dump DATABASE       a copy\n"
                        "    pg_restore --clean --if-exists --dbname=DATABASE souk.dump\n"
                        "    pgbackrest --stanza=souk backup                         and the log,"
                        " to go back to any moment\n"
                        "deploy/kubernetes/jobs/backup.sh and disaster-recovery/restore.sh do the"
                        " latter",
                        what);
}

// NULL when it is PostgreSQL's.
static const char *database_of(const struct command *command)
{
    static const char sqlite[] = "sqlite:";
    const char *url = command->config.database_url;
    if (*url == '\0')
        return arena_printf(command->arena, "%s/souk.db", command->config.data_dir);
    return str_starts(url, sqlite) ? url + strlen(sqlite) : NULL;
}

static int done(const char *sentence, const char *path)
{
    struct stat file = {0};
    int status = stat(path, &file);
    assert(status == 0);
    printf("%s: %s, %lld bytes\n", sentence, path, (long long)file.st_size);
    return 0;
}

static int backup(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    bool verify = command_flag(command, "--verify");
    if (command_has_unknown_options(command))
        return 1;
    if (command->count != 1)
        return command_fail("usage: souk backup FILE [--verify]");
    const char *file = command->words[0];
    if (verify)
        return sqlite_verify(file, &problem) == ERR_OK
                   ? done("whole", file)
                   : command_fail_problem("the copy is not good", &problem);
    const char *database = database_of(command);
    if (database == NULL)
        return refer_to_postgres("souk backup");
    if (sqlite_backup(database, file, &problem) != ERR_OK)
        return command_fail_problem("no copy was made", &problem);
    return done("copied and verified", file);
}
COMMAND(backup, "FILE [--verify]",
        "Copies the SQLite database beside a running shop; --verify looks at a copy.", backup);

static int restore(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    if (command_has_unknown_options(command))
        return 1;
    if (command->count != 1)
        return command_fail("usage: souk restore FILE");
    const char *database = database_of(command);
    if (database == NULL)
        return refer_to_postgres("souk restore");
    if (sqlite_restore(command->words[0], database, &problem) != ERR_OK)
        return command_fail_problem("nothing was restored", &problem);
    printf("what was there is kept as %s.before-restore; start the shop, then run souk audit\n",
           database);
    return done("restored", database);
}
COMMAND(restore, "FILE", "Puts a copy in place of the SQLite database of a shop that is stopped.",
        restore);
