// The command line. Contract in command.h.
//
// A command is a row in a linker section (COMMAND), found by its name, so main.c knows none of
// them. Words are taken out of the line as they are understood: first the settings, which every
// command has, then the command's own options. What is left and begins with "--" is a mistake and
// is told, never ignored.
#include "app/command.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"

REGISTRY(const struct command_entry *const, commands);

int command_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("souk: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return 1;
}

int command_fail_problem(const char *what, const struct problem *problem)
{
    fprintf(stderr, "souk: %s", what);
    if (problem->detail != NULL)
        fprintf(stderr, ": %s", problem->detail);
    for (size_t i = 0; i < problem->count; i++)
        fprintf(stderr, "%s %s: %s", i > 0 ? ";" : ":", problem->fields[i].field,
                problem->fields[i].detail);
    fputc('\n', stderr);
    return 1;
}

static void remove_words(struct command *command, int at, int count)
{
    for (int i = at; i + count < command->count; i++)
        command->words[i] = command->words[i + count];
    command->count -= count;
}

bool command_flag(struct command *command, const char *flag)
{
    for (int i = 0; i < command->count; i++) {
        if (!str_equal(command->words[i], flag))
            continue;
        remove_words(command, i, 1);
        return true;
    }
    return false;
}

const char *command_option(struct command *command, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < command->count; i++) {
        char *word = command->words[i];
        if (str_equal(word, name) && i + 1 < command->count) {
            const char *value = command->words[i + 1];
            remove_words(command, i, 2);
            return value;
        }
        if (str_starts(word, name) && word[length] == '=') {
            remove_words(command, i, 1);
            return word + length + 1;
        }
    }
    return NULL;
}

bool command_has_unknown_options(const struct command *command)
{
    for (int i = 0; i < command->count; i++)
        if (str_starts(command->words[i], "--"))
            return command_fail("there is no option %s here; see souk help", command->words[i]) !=
                   0;
    return false;
}

struct app *command_open(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    if (command_has_unknown_options(command))
        return NULL;
    enum err err = app_open(&command->config, &command->app, &problem);
    if (err != ERR_OK) {
        command->may_heal =
            err == ERR_UNAVAILABLE && str_starts(command->config.database_url, "postgres");
        command_fail_problem("cannot start", &problem);
        return NULL;
    }
    return command->app;
}

// Takes "--data-dir DIR" and the like out of the words. False after saying what is wrong.
// Later ones win over earlier ones and all of them over the environment.
static bool take_settings(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    for (int i = 0; i < command->count;) {
        char *word = command->words[i];
        size_t name = strcspn(word, "=");
        bool joined = word[name] == '=', apart = !joined && i + 1 < command->count;
        const char *value = joined ? word + name + 1 : apart ? command->words[i + 1] : "";
        bool known = str_starts(word, "--") &&
                     config_set(&command->config, arena_text_n(command->arena, word + 2, name - 2),
                                value, &problem);
        if (known && !joined && !apart)
            return command_fail("%s needs a value", word) == 0;
        if (known)
            remove_words(command, i, joined ? 1 : 2);
        else
            i++;
    }
    return problem.count == 0 || command_fail_problem("configuration", &problem) == 0;
}

static int by_name(const void *a, const void *b)
{
    const struct command_entry *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void help_on(const struct command_entry *entry)
{
    printf("  souk %s%s%s\n      %s\n", entry->name, *entry->usage != '\0' ? " " : "", entry->usage,
           entry->doc);
}

static const struct command_entry *find(const char *name)
{
    for (const struct command_entry *const *entry = __start_commands; entry < __stop_commands;
         entry++)
        if (str_equal((*entry)->name, name))
            return *entry;
    return NULL;
}

static int help(struct command *command)
{
    const struct command_entry *one = command->count > 0 ? find(command->words[0]) : NULL;
    if (one != NULL) {
        help_on(one);
        return 0;
    }
    if (command->count > 0)
        return command_fail("there is no command %s; see souk help", command->words[0]);
    size_t count = (size_t)(__stop_commands - __start_commands);
    const struct command_entry **sorted =
        ARENA_ARRAY(command->arena, const struct command_entry *, count);
    memcpy(sorted, __start_commands, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_name);
    puts("souk: an online shop in one program\n");
    for (size_t i = 0; i < count; i++)
        help_on(sorted[i]);
    puts("\nEvery setting of `souk config` can be given as --name VALUE or by its variable.");
    return 0;
}
COMMAND(help, "[COMMAND]", "Says what there is.", help);

static int version(UNUSED struct command *command)
{
    puts("souk " SOUK_VERSION);
    return 0;
}
COMMAND(version, "", "Prints the program's version.", version);

static int config(struct command *command)
{
    struct buf text = buf_in(command->arena);
    if (command_has_unknown_options(command))
        return 1;
    config_print(&command->config, &text);
    fputs(buf_as_text(&text), stdout);
    return 0;
}
COMMAND(config, "", "Prints the settings: variable, value, meaning.", config);

static bool set_log_level(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!str_equal(name, names[i]))
            continue;
        log_set_level((enum log_level)i);
        return true;
    }
    return command_fail("configuration: SOUK_LOG_LEVEL must be debug, info, warn or error") == 0;
}

static int run(const struct command_entry *entry, struct command *command)
{
    struct problem problem = {.arena = command->arena};
    if (config_read(command->arena, &command->config, &problem) != ERR_OK)
        return command_fail_problem("configuration", &problem);
    if (!take_settings(command) || !set_log_level(command->config.log_level))
        return 1;
    if (*entry->usage == '\0' && command->count > 0)
        return command_fail("%s takes no arguments: %s; see souk help", entry->name,
                            command->words[0]);
    int status = entry->run(command);
    app_close(command->app);
    return status;
}

int command_main(int argc, char **argv)
{
    // Before anything else: hashes, tokens and ids need it.
    if (sodium_init() < 0)
        return command_fail("the system has no source of random numbers");
    const char *name = argc > 1 ? argv[1] : "help";
    if (str_equal(name, "--help") || str_equal(name, "-h"))
        name = "help";
    if (str_equal(name, "--version"))
        name = "version";
    const struct command_entry *entry = find(name);
    if (entry == NULL)
        return command_fail("there is no command %s; see souk help", name);
    struct command command = {
        .arena = arena_new(LIMIT_ARENA),
        .count = argc > 2 ? argc - 2 : 0,
        .words = argv + (argc > 2 ? 2 : argc),
    };
    int status = run(entry, &command);
    arena_free(command.arena);
    return status;
}
