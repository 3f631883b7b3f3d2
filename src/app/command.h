// Commands of the program: `souk NAME [words] [--setting value]`. A service registers its own.
//
//     static int run(struct command *command)
//     {
//         bool dry = command_flag(command, "--dry-run");
//         struct app *app = command_open(command);   // or one clear line and NULL
//         ...
//     }
//     COMMAND(import, "FORMAT FILE... [--dry-run]", "Takes in another shop's export.", run);
#ifndef SOUK_APP_COMMAND_H
#define SOUK_APP_COMMAND_H

#include "app/app.h"

struct command {
    struct arena *arena;
    struct config config;
    int count; // words after the command's name, settings removed
    char **words;
    struct app *app; // made by command_open, closed after the command
    bool may_heal;   // why command_open failed: a server that is away, not what somebody must mend
};

struct command_entry {
    const char *name, *usage, *doc;
    int (*run)(struct command *command); // returns the exit status
};
#define COMMAND(name_, usage_, doc_, run_)                                                         \
    static const struct command_entry name_##_command = {#name_, usage_, doc_, run_};              \
    static const struct command_entry *const name_##_command_registered REGISTERED("commands") =   \
        &name_##_command

// Removes a flag from the words; true when it was there.
bool command_flag(struct command *command, const char *flag);
// Removes "--name value" or "--name=value"; NULL when it is not there.
const char *command_option(struct command *command, const char *name);
// True when a word that looks like an option is left over, after saying so.
bool command_has_unknown_options(const struct command *command);
// Opens the program as configured; NULL after one clear line on standard error.
struct app *command_open(struct command *command);
// One line on standard error, "souk: ..."; returns 1 for use as exit status.
int command_fail(const char *format, ...) PRINTF_LIKE(1, 2);
// The same out of a problem: its sentence and its fields.
int command_fail_problem(const char *what, const struct problem *problem);

// The whole command line.
int command_main(int argc, char **argv);

#endif
