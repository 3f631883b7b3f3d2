// Shapes: look-ups, limits, formats, patching. Reading and writing them as JSON is in json.c.
//
// Look-ups by name are linear: a shape has at most 64 fields, mostly under twenty, and queries
// resolve their names once a connection (data/plan.c), not once a row.
#include "core/shape.h"

#include <string.h>

#include "core/limits.h"
#include "core/money.h"
#include "core/problem.h"
#include "core/str.h"

int shape_find(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return (int)i;
    return -1;
}

int enumeration_find(const struct enumeration *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->values[i], name) == 0)
            return (int)i;
    return -1;
}

// A field that names neither bound has those of its kind. `.min` alone leaves the upper bound to
// the kind; `.max` alone means at least 0, also for numbers.
i64 field_min(const struct field *field)
{
    if (field->min != 0 || field->max != 0)
        return field->min;
    return field->kind == KIND_I64 ? -LIMIT_INTEGER : field->kind == KIND_MINOR ? -LIMIT_MINOR : 0;
}

i64 field_max(const struct field *field)
{
    if (field->max != 0 || field->min < 0)
        return field->max;
    switch (field->kind) {
    case KIND_I64:
        return LIMIT_INTEGER;
    case KIND_MINOR:
        return LIMIT_MINOR;
    case KIND_TEXT:
        return LIMIT_TEXT_DEFAULT;
    case KIND_JSON:
        return LIMIT_BODY;
    default:
        return LIMIT_LIST_DEFAULT;
    }
}

// Of the C type that SHAPE gives a kind: the other half of the list in shape.h. Every list starts
// with a count and a pointer, whatever its items.
static size_t kind_size(enum kind kind)
{
    switch (kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        return sizeof(i64);
    case KIND_BOOL:
        return sizeof(bool);
    case KIND_ENUM:
        return sizeof(enum kind);
    case KIND_UUID:
        return sizeof(struct uuid);
    case KIND_TEXTS:
    case KIND_LIST:
        return sizeof(struct text_list);
    default:
        return sizeof(void *);
    }
}

// The bytes of a cleared field are zero, which is what an absent value looks like.
static void patch_field(const struct field *to_field, unsigned char *to, u64 to_bit, bool is_set,
                        const unsigned char *from)
{
    struct presence *presence = (struct presence *)(void *)to;
    size_t size = kind_size(to_field->kind);
    if (is_set) {
        memcpy(to + to_field->offset, from, size);
        presence->set |= to_bit;
    } else if (to_field->optional) {
        memset(to + to_field->offset, 0, size);
        presence->set &= ~to_bit;
    }
}

void shape_patch(const struct shape *to_shape, void *to, const struct shape *from_shape,
                 const void *from)
{
    const struct presence *given = from;
    for (size_t i = 0; i < from_shape->count; i++) {
        u64 bit = UINT64_C(1) << i;
        int position = shape_find(to_shape, from_shape->fields[i].name);
        if (((given->set | given->cleared) & bit) == 0 || position < 0)
            continue;
        assert(to_shape->fields[position].kind == from_shape->fields[i].kind);
        patch_field(&to_shape->fields[position], to, UINT64_C(1) << position,
                    (given->set & bit) != 0,
                    (const unsigned char *)from + from_shape->fields[i].offset);
    }
}

// The usual form only: quoted local parts and address literals are refused on purpose.
// 64 and 254 characters are RFC 5321's limits for the local part and the domain (section 4.5.3.1).
// No more is checked, since only a message that arrives proves an address.
static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    if (at == NULL || at == text || at - text > 64 || strlen(at) > 255)
        return false;
    for (const char *c = text; c < at; c++)
        if ((unsigned char)*c <= ' ' || strchr("()<>[]:;,\\\"@", *c) != NULL || *c == 0x7F)
            return false;
    const char *dot = strchr(at, '.');
    bool dotted = dot != NULL && dot > at + 1 && at[strlen(at) - 1] != '.';
    for (const char *c = at + 1; *c != '\0'; c++) {
        bool letter =
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (!letter && *c != '-' && (*c != '.' || c[1] == '.'))
            return false;
    }
    return dotted;
}

static bool is_handle(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || text[0] == '-' || text[length - 1] == '-' || strstr(text, "--") != NULL)
        return false;
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

// The form only: the countries that a shop ships to are its own list (services/order/countries.c),
// and the standard's list changes.
static bool is_country(const char *text)
{
    return strlen(text) == 2 && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool is_url(const char *text)
{
    const char *host = str_starts(text, "https://")  ? text + 8
                       : str_starts(text, "http://") ? text + 7
                                                     : "";
    if (*host == '\0' || *host == '/')
        return false;
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7F || strchr("<>\"`{}|\\^", *c) != NULL)
            return false;
    return true;
}

static bool is_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return false;
    return true;
}

static bool is_currency(const char *text)
{
    return currency_decimals(text) >= 0;
}

// `pattern` documents the check in OpenAPI and in the web forms made from it. It may accept more
// than the check does, never less.
static const struct {
    bool (*check)(const char *text);
    const char *detail, *pattern;
} formats[] = {
    [FORMAT_EMAIL] = {is_email, "not an e-mail address", "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$"},
    [FORMAT_HANDLE] = {is_handle, "only small letters, digits and single dashes",
                       "^[a-z0-9]+(-[a-z0-9]+)*$"},
    [FORMAT_CURRENCY] = {is_currency, "not a currency of ISO 4217", "^[A-Z]{3}$"},
    [FORMAT_COUNTRY] = {is_country, "not a country code of two large letters", "^[A-Z]{2}$"},
    [FORMAT_URL] = {is_url, "not an http or https URL", "^https?://[^\\s]+$"},
    [FORMAT_LINE] = {is_line, "has control characters", NULL},
};

const char *format_pattern(enum format format)
{
    return format == FORMAT_NONE ? NULL : formats[format].pattern;
}

static void check_text(const struct field *field, const char *text, const char *path,
                       struct problem *problem)
{
    if (text == NULL)
        return;
    i64 length = (i64)utf8_length(text);
    if (length < field_min(field))
        problem_field(problem, path, "shorter than %lld", (long long)field_min(field));
    else if (length > field_max(field))
        problem_field(problem, path, "longer than %lld", (long long)field_max(field));
    else if (field->format != FORMAT_NONE && !formats[field->format].check(text))
        problem_field(problem, path, "%s", formats[field->format].detail);
}

static void check_number(const struct field *field, i64 number, const char *path,
                         struct problem *problem)
{
    if (number < field_min(field))
        problem_field(problem, path, "less than %lld", (long long)field_min(field));
    else if (number > field_max(field))
        problem_field(problem, path, "more than %lld", (long long)field_max(field));
}

void field_check(const struct field *field, const void *at, const char *path,
                 struct problem *problem)
{
    if (field->kind == KIND_TEXT)
        check_text(field, *(const char *const *)at, path, problem);
    else if (field->kind == KIND_I64 || field->kind == KIND_MINOR)
        check_number(field, *(const i64 *)at, path, problem);
}
