// Rewriting `:name` to `$n`: where the two texts differ, the one has a name and the other its
// number. Under test: src/data/sql_names.c.
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "data/sql_names.h"
#include "fuzz.h"

static void compare(const char *sql, const struct sql_names *names)
{
    const char *at = names->sql;
    while (*sql != '\0') {
        if (*sql == *at) {
            sql++;
            at++;
            continue;
        }
        assert(*sql++ == ':' && *at++ == '$');
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        assert(end != at && number >= 1 && number <= names->count);
        const char *name = names->names[number - 1];
        assert(strncmp(sql, name, strlen(name)) == 0);
        sql += strlen(name);
        at = end;
    }
    assert(*at == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    char *sql = arena_text_n(arena, (const char *)bytes, length);
    struct sql_names names;
    if (sql_number_names(sql, arena, &names))
        compare(sql, &names);
    arena_free(arena);
    return 0;
}
