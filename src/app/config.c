// Reading settings. The table is in config.h.
//
// The table is read three times: as struct config, as defaults, as rows with names and limits.
// Values come from the environment or the command line, never from a file of our own: systemd,
// containers and Kubernetes all know how to set variables, and nothing has to be parsed or reread.
#include "app/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

enum setting_type { SETTING_text, SETTING_number };

static const struct setting {
    enum setting_type type;
    const char *name, *variable, *doc;
    size_t offset;
    i64 min, max;
    bool secret;
} settings[] = {
#define X(type_, name_, variable_, default_, min_, max_, secret_, doc_)                            \
    {SETTING_##type_, #name_, variable_, doc_, offsetof(struct config, name_), min_, max_, secret_},
    CONFIG_MAP(X)
#undef X
};

static const struct config defaults = {
#define X(type_, name_, variable_, default_, ...) .name_ = default_,
    CONFIG_MAP(X)
#undef X
};

static void *slot(struct config *config, const struct setting *setting)
{
    return (unsigned char *)config + setting->offset;
}

static void set(struct config *config, const struct setting *setting, const char *value,
                struct problem *problem)
{
    // What min and max bound: the length of a text, the value of a number.
    i64 measure = (i64)strlen(value);
    if (setting->type == SETTING_number && !str_i64(value, &measure))
        problem_field(problem, setting->variable, "must be a whole number");
    else if (measure < setting->min || measure > setting->max)
        problem_field(problem, setting->variable, "must be %s %lld to %lld",
                      setting->type == SETTING_number ? "from" : "of length",
                      (long long)setting->min, (long long)setting->max);
    else if (setting->type == SETTING_number)
        *(i64 *)slot(config, setting) = measure;
    else
        *(const char **)slot(config, setting) = value;
}

enum err config_read(struct arena *arena, struct config *config, struct problem *problem)
{
    *config = defaults;
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *value = getenv(settings[i].variable);
        // An empty variable is one that was not set: that is how shells and unit files write it.
        if (value != NULL && *value != '\0')
            set(config, &settings[i], arena_text(arena, value), problem);
    }
    return problem->count == 0 ? ERR_OK : ERR_INVALID;
}

static bool names_setting(const struct setting *setting, const char *name)
{
    if (strcmp(setting->variable, name) == 0)
        return true;
    const char *own = setting->name;
    for (; *own != '\0' && (*own == *name || (*own == '_' && *name == '-')); own++, name++)
        ;
    return *own == '\0' && *name == '\0';
}

bool config_set(struct config *config, const char *name, const char *value, struct problem *problem)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (!names_setting(&settings[i], name))
            continue;
        set(config, &settings[i], value, problem);
        return true;
    }
    return false;
}

struct text_list config_list(struct arena *arena, const char *value)
{
    struct text_list list = {.items = ARENA_ARRAY(arena, const char *, strlen(value) + 1)};
    while (*value != '\0') {
        size_t length = strcspn(value, ",");
        list.items[list.count++] = str_trim(arena, arena_text_n(arena, value, length));
        value += length + (value[length] == ',');
    }
    return list;
}

int config_buying_threads(const struct config *config)
{
    return (int)max_i64(1, config->threads - config->browsing_threads);
}

static void print_value(const struct config *config, const struct setting *setting, struct buf *out)
{
    const unsigned char *at = (const unsigned char *)config + setting->offset;
    if (setting->type == SETTING_number)
        buf_i64(out, *(const i64 *)(const void *)at);
    else if (setting->secret && **(const char *const *)(const void *)at != '\0')
        buf_text(out, "(secret)");
    else
        buf_text(out, *(const char *const *)(const void *)at);
}

void config_print(const struct config *config, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const struct setting *setting = &settings[i];
        buf_printf(out, "%s=", setting->variable);
        print_value(config, setting, out);
        buf_printf(out, "\n    %s", setting->doc);
        buf_text(out, setting->type == SETTING_number ? " A number from " : " Length ");
        buf_printf(out, "%lld to %lld; default ", (long long)setting->min, (long long)setting->max);
        print_value(&defaults, setting, out);
        buf_text(out, ".\n");
    }
}
