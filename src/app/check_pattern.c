// Patterns of answers, as check.h describes them. The client is check.c.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "app/check.h"
#include "core/str.h"

static const char *mismatch(struct test *t, const json_t *pattern, const json_t *got,
                            const char *path);

static const char *said(struct test *t, const json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    const char *copy = arena_text(t->arena, text != NULL ? text : "nothing");
    free(text);
    return copy;
}

// Strings of a pattern that mean something else than themselves; check.h lists them.
static const char *text_mismatch(struct test *t, const char *pattern, const json_t *got,
                                 const char *path)
{
    const char *text = json_string_value(got);
    size_t length = strlen(pattern);
    if (length > 2 && pattern[0] == '<' && pattern[length - 1] == '>') {
        const char *value = text != NULL ? text : said(t, got);
        check_remember(arena_text_n(t->arena, pattern + 1, length - 2), value);
        return got == NULL || json_is_null(got) ? arena_printf(t->arena, "%s is missing", path)
                                                : NULL;
    }
    if (str_equal(pattern, "*") && got != NULL && !json_is_null(got))
        return NULL;
    if (pattern[0] == '~' && text != NULL && strstr(text, pattern + 1) != NULL)
        return NULL;
    return str_equal(pattern, text) ? NULL : arena_printf(t->arena, "%s is %s", path, said(t, got));
}

static const char *array_mismatch(struct test *t, const json_t *pattern, const json_t *got,
                                  const char *path)
{
    size_t count = json_array_size(pattern);
    const json_t *last = count > 0 ? json_array_get(pattern, count - 1) : NULL;
    bool open = json_is_string(last) && str_equal(json_string_value(last), "...");
    count -= open;
    if (!json_is_array(got) || json_array_size(got) < count ||
        (!open && json_array_size(got) > count))
        return arena_printf(t->arena, "%s is %s", path, said(t, got));
    const char *fault = NULL;
    for (size_t i = 0; i < count && fault == NULL; i++)
        fault = mismatch(t, json_array_get(pattern, i), json_array_get(got, i),
                         arena_printf(t->arena, "%s.%zu", path, i));
    return fault;
}

static const char *mismatch(struct test *t, const json_t *pattern, const json_t *got,
                            const char *path)
{
    const char *name, *fault = NULL;
    json_t *value;
    if (json_is_string(pattern))
        return text_mismatch(t, json_string_value(pattern), got, path);
    if (json_is_array(pattern))
        return array_mismatch(t, pattern, got, path);
    if (!json_is_object(pattern))
        return json_equal(pattern, got) ? NULL
                                        : arena_printf(t->arena, "%s is %s", path, said(t, got));
    json_object_foreach((json_t *)(uintptr_t)pattern, name, value)
    {
        if (fault == NULL)
            fault = mismatch(t, value, json_object_get(got, name),
                             arena_printf(t->arena, "%s.%s", path, name));
    }
    return fault;
}

const char *check_pattern(struct test *t, const char *pattern, const char *body)
{
    json_error_t error;
    json_t *wanted = json_loads(pattern, JSON_DECODE_ANY, &error);
    assert(wanted != NULL); // the test itself is not written well
    json_t *got = json_loads(body, JSON_DECODE_ANY, NULL);
    const char *fault = mismatch(t, wanted, got, "");
    json_decref(wanted);
    json_decref(got);
    return fault;
}
