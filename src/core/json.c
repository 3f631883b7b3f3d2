// Reading JSON into shapes with jansson, and writing shapes as JSON. Contract in json.h.
//
// Reading collects every fault instead of stopping at the first, so that a form shows all that is
// wrong at once; functions that return bool say only whether the value was stored. `path` is where
// we are ("items.2"), "" at the top.
//
// The walk goes over the members that came, looking each up in the shape, and then over the fields
// that did not come: so unknown names are refused and required ones missed. Struct members are
// reached through field->offset as their declared types. That these agree is the work of SHAPE
// (core/shape.h), which writes both from one row; nothing here could check it.
#include "core/json.h"

#include <jansson.h>
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

// Follow "must be".
static const char *const kind_words[] = {
    [KIND_I64] = "an integer",     [KIND_MINOR] = "an integer",
    [KIND_BOOL] = "true or false", [KIND_TIME] = "an RFC 3339 time",
    [KIND_TEXT] = "a string",      [KIND_UUID] = "a UUID",
    [KIND_JSON] = "JSON",          [KIND_TEXTS] = "an array of strings",
    [KIND_NESTED] = "an object",   [KIND_LIST] = "an array",
};

static void read_object(const struct shape *shape, const json_t *object, u64 skip, const char *path,
                        struct problem *problem, void *out);

static const char *path_of(struct problem *problem, const char *path, const char *name)
{
    return *path == '\0' ? name : arena_printf(problem->arena, "%s.%s", path, name);
}

static void wrong_kind(const struct field *field, const char *path, struct problem *problem)
{
    problem_field(problem, path, "must be %s", kind_words[field->kind]);
}

static bool read_enum(const struct field *field, const char *text, const char *path,
                      struct problem *problem, void *at)
{
    int value = enumeration_find(field->values, text);
    if (value < 0) {
        struct buf names = buf_in(problem->arena);
        for (size_t i = 0; i < field->values->count; i++)
            buf_printf(&names, "%s%s", i > 0 ? ", " : "", field->values->values[i]);
        problem_field(problem, path, "must be one of %s", buf_as_text(&names));
        return false;
    }
    // Every enum of ENUMERATION has the size of an int; memcpy, because its type is not known here.
    memcpy(at, &value, sizeof value);
    return true;
}

static bool read_string(const struct field *field, const json_t *value, const char *path,
                        struct problem *problem, void *at)
{
    if (!json_is_string(value) && field->kind == KIND_ENUM)
        return read_enum(field, "", path, problem, at); // no name is empty: the names are told
    if (!json_is_string(value)) {
        wrong_kind(field, path, problem);
        return false;
    }
    const char *text = json_string_value(value);
    switch (field->kind) {
    case KIND_TIME:
        if (time_parse(text, at))
            return true;
        break;
    case KIND_UUID:
        if (uuid_parse(text, at))
            return true;
        break;
    case KIND_ENUM:
        return read_enum(field, text, path, problem, at);
    default:
        *(const char **)at = arena_text_n(problem->arena, text, json_string_length(value));
        return true;
    }
    wrong_kind(field, path, problem);
    return false;
}

static bool count_fits(const struct field *field, size_t count, const char *path,
                       struct problem *problem)
{
    if ((i64)count < field_min(field))
        problem_field(problem, path, "fewer than %lld items", (long long)field_min(field));
    else if ((i64)count > field_max(field))
        problem_field(problem, path, "more than %lld items", (long long)field_max(field));
    else
        return true;
    return false;
}

static bool read_texts(const struct field *field, const json_t *value, const char *path,
                       struct problem *problem, void *at)
{
    struct text_list *list = at;
    size_t count = json_array_size(value);
    if (!count_fits(field, count, path, problem))
        return false;
    list->items = ARENA_ARRAY(problem->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(value, i);
        if (!json_is_string(item) || json_string_length(item) > LIMIT_TEXT_DEFAULT) {
            problem_field(problem, arena_printf(problem->arena, "%s.%zu", path, i),
                          "must be a string of at most %d bytes", LIMIT_TEXT_DEFAULT);
            continue;
        }
        list->items[list->count++] = arena_text(problem->arena, json_string_value(item));
    }
    return true;
}

static bool read_list(const struct field *field, const json_t *value, const char *path,
                      struct problem *problem, void *at)
{
    size_t count = json_array_size(value);
    if (!count_fits(field, count, path, problem))
        return false;
    // S_list of whatever shape: all of them begin with these two members.
    struct {
        size_t count;
        unsigned char *items;
    } *list = at;
    list->items = arena_alloc(problem->arena, count * field->shape->size);
    list->count = count;
    for (size_t i = 0; i < count; i++)
        read_object(field->shape, json_array_get(value, i), 0,
                    arena_printf(problem->arena, "%s.%zu", path, i), problem,
                    list->items + i * field->shape->size);
    return true;
}

static bool read_json(const json_t *value, struct problem *problem, void *at)
{
    // Written anew rather than copied from the input: what is stored is compact and known to be
    // whole. Keys keep their order.
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert(text != NULL);
    *(const char **)at = arena_text(problem->arena, text);
    free(text);
    return true;
}

// Reads a value that is not null; false when it is not of the field's kind.
static bool read_value(const struct field *field, const json_t *value, const char *path,
                       struct problem *problem, void *at)
{
    bool fits = false;
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
        if ((fits = json_is_integer(value)))
            *(i64 *)at = json_integer_value(value);
        break;
    case KIND_BOOL:
        if ((fits = json_is_boolean(value)))
            *(bool *)at = json_is_true(value);
        break;
    case KIND_JSON:
        return read_json(value, problem, at);
    case KIND_TEXTS:
        if (json_is_array(value))
            return read_texts(field, value, path, problem, at);
        break;
    case KIND_LIST:
        if (json_is_array(value))
            return read_list(field, value, path, problem, at);
        break;
    case KIND_NESTED:
        if ((fits = json_is_object(value))) {
            *(void **)at = arena_alloc(problem->arena, field->shape->size);
            read_object(field->shape, value, 0, path, problem, *(void **)at);
        }
        break;
    default:
        return read_string(field, value, path, problem, at);
    }
    if (!fits)
        wrong_kind(field, path, problem);
    return fits;
}

static void read_field(const struct shape *shape, int position, const json_t *value,
                       const char *path, struct problem *problem, void *out)
{
    const struct field *field = &shape->fields[position];
    struct presence *presence = out;
    unsigned char *at = (unsigned char *)out + field->offset;
    if (json_is_null(value)) {
        // Also for a field that must not be null: PATCH tells "leave it" from "empty it" by this
        // bit.
        presence->cleared |= UINT64_C(1) << position;
        if (!field->optional)
            problem_field(problem, path, "must not be null");
        return;
    }
    if (!read_value(field, value, path, problem, at))
        return;
    presence->set |= UINT64_C(1) << position;
    field_check(field, at, path, problem);
}

static void require(const struct shape *shape, const struct presence *given, u64 skip,
                    const char *path, struct problem *problem)
{
    for (size_t i = 0; i < shape->count; i++) {
        u64 bit = UINT64_C(1) << i;
        bool asked = !shape->fields[i].optional && (skip & bit) == 0;
        bool silent = ((given->set | given->cleared) & bit) == 0;
        if (asked && silent)
            problem_field(problem, path_of(problem, path, shape->fields[i].name), "is required");
    }
}

static void read_object(const struct shape *shape, const json_t *object, u64 skip, const char *path,
                        struct problem *problem, void *out)
{
    if (!json_is_object(object)) {
        problem_field(problem, path, "must be an object");
        return;
    }
    // Not out->set: a field of the wrong kind was given and must not be told as missing too.
    struct presence seen = {0, 0};
    const char *name;
    json_t *value;
    // jansson's iterators want a pointer without const and change nothing.
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        int position = shape_find(shape, name);
        const char *field_path = path_of(problem, path, arena_text(problem->arena, name));
        if (position < 0 || (skip >> position & 1) != 0) {
            problem_field(problem, field_path, "is not a known field");
            continue;
        }
        seen.set |= UINT64_C(1) << position;
        read_field(shape, position, value, field_path, problem, out);
    }
    require(shape, &seen, skip, path, problem);
}

void json_require(const struct shape *shape, const void *in, u64 skip, struct problem *problem)
{
    require(shape, in, skip, "", problem);
}

// jansson bounds depth at 2048; ours is smaller because nothing here nests deeper than a few
// levels.
// Before parsing, because jansson's parser recurses, as does json_dumps over what it made.
static bool too_deep(const char *bytes, size_t length)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (quoted && bytes[i] == '\\') {
            i++; // whatever was escaped, a quote above all, ends nothing
        } else if (quoted) {
            quoted = bytes[i] != '"';
        } else if (bytes[i] == '"') {
            quoted = true;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
            if (++depth > LIMIT_JSON_DEPTH)
                return true;
        } else if (bytes[i] == '}' || bytes[i] == ']') {
            depth--;
        }
    }
    return false;
}

// Where a value stands in the one above it; a path is made only of those that are named.
struct place {
    const struct place *above; // NULL: this is the document
    const char *name;          // NULL: the item `index` of an array
    size_t index;
};

static const char *path_to(struct problem *problem, const struct place *place)
{
    if (place->above == NULL)
        return "";
    const char *name =
        place->name != NULL ? place->name : arena_printf(problem->arena, "%zu", place->index);
    return path_of(problem, path_to(problem, place->above), name);
}

static void name_huge_numbers(json_t *value, const struct place *place, struct problem *problem)
{
    struct place below = {.above = place};
    json_t *item;
    if (json_is_real(value) && problem->count < LIMIT_PROBLEM_FIELDS &&
        (json_real_value(value) >= 0x1p63 || json_real_value(value) < -0x1p63))
        problem_field(problem, path_to(problem, place), "too large a number");
    json_object_foreach(value, below.name, item) name_huge_numbers(item, &below, problem);
    below.name = NULL;
    json_array_foreach(value, below.index, item) name_huge_numbers(item, &below, problem);
}

// jansson stops at an integer of more than 64 bits, and says where but not in which field. Read as
// real numbers they can be found.
static bool has_huge_number(const char *bytes, size_t length, struct problem *problem)
{
    size_t before = problem->count;
    json_t *document =
        json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    name_huge_numbers(document, &(struct place){0}, problem);
    json_decref(document);
    return problem->count > before;
}

static enum err parse(const char *bytes, size_t length, struct problem *problem, json_t **out)
{
    if (too_deep(bytes, length)) {
        problem_detail(problem, "JSON nested deeper than %d levels", LIMIT_JSON_DEPTH);
        return ERR_MALFORMED;
    }
    json_error_t error;
    *out = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    enum json_error_code code = *out == NULL ? json_error_code(&error) : json_error_unknown;
    if (code == json_error_numeric_overflow && has_huge_number(bytes, length, problem))
        return ERR_INVALID;
    if (code == json_error_null_character || code == json_error_null_byte_in_key) {
        problem_detail(problem, "a text with \\u0000 at line %d, column %d", error.line,
                       error.column);
        return ERR_MALFORMED;
    }
    if (*out == NULL) {
        // jansson quotes the input and cuts at a fixed length, perhaps inside a character
        problem_detail(problem, "not JSON at line %d, column %d: %s", error.line, error.column,
                       utf8_valid(error.text, strlen(error.text)) ? error.text : "broken text");
        return ERR_MALFORMED;
    }
    return ERR_OK;
}

static enum err read_document(const struct shape *shape, json_t *document, u64 skip,
                              struct problem *problem, void *out)
{
    size_t before = problem->count;
    read_object(shape, document, skip, "", problem, out);
    json_decref(document);
    return problem->count > before ? ERR_INVALID : ERR_OK;
}

enum err json_read(const struct shape *shape, const char *bytes, size_t length, u64 skip,
                   struct problem *problem, void *out)
{
    json_t *document;
    enum err err = parse(bytes, length, problem, &document);
    return err == ERR_OK ? read_document(shape, document, skip, problem, out) : err;
}

static void drop_unknown(const struct shape *shape, json_t *value)
{
    const char *name;
    json_t *member, *item;
    void *next;
    size_t i;
    json_object_foreach_safe(value, next, name, member)
    {
        int position = shape_find(shape, name);
        const struct shape *nested = position >= 0 ? shape->fields[position].shape : NULL;
        if (position < 0)
            json_object_del(value, name);
        else if (nested != NULL && json_is_array(member))
            json_array_foreach(member, i, item) drop_unknown(nested, item);
        else if (nested != NULL)
            drop_unknown(nested, member);
    }
}

enum err json_read_known(const struct shape *shape, const char *bytes, size_t length,
                         struct problem *problem, void *out)
{
    json_t *document;
    enum err err = parse(bytes, length, problem, &document);
    if (err != ERR_OK)
        return err;
    drop_unknown(shape, document);
    return read_document(shape, document, 0, problem, out);
}

static bool text_to_i64(const char *text, void *at)
{
    return str_i64(text, at);
}

static bool text_to_bool(const char *text, bool *at)
{
    *at = str_equal(text, "true");
    return *at || str_equal(text, "false");
}

static void append_text(struct text_list *list, const char *text, struct arena *arena)
{
    size_t size = sizeof *list->items;
    list->items = arena_grow(arena, list->items, list->count * size, (list->count + 1) * size);
    list->items[list->count++] = text;
}

// What a query parameter or path segment can be: no nested shape, list or JSON, which OpenAPI could
// not describe there in a simple way.
static bool text_value(const struct field *field, const char *text, struct problem *problem,
                       void *at)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
        return text_to_i64(text, at);
    case KIND_BOOL:
        return text_to_bool(text, at);
    case KIND_TIME:
        return time_parse(text, at);
    case KIND_UUID:
        return uuid_parse(text, at);
    case KIND_TEXT:
        *(const char **)at = text;
        return true;
    case KIND_TEXTS:
        append_text(at, text, problem->arena);
        return true;
    default:
        return false;
    }
}

enum err json_read_text_field(const struct shape *shape, int position, const char *text,
                              struct problem *problem, void *out)
{
    const struct field *field = &shape->fields[position];
    struct presence *presence = out;
    unsigned char *at = (unsigned char *)out + field->offset;
    size_t before = problem->count;
    bool fits = field->kind == KIND_ENUM ? read_enum(field, text, field->name, problem, at)
                                         : text_value(field, text, problem, at);
    if (!fits && problem->count == before)
        wrong_kind(field, field->name, problem);
    else if (fits && field->kind == KIND_TEXTS)
        count_fits(field, ((struct text_list *)(void *)at)->count, field->name, problem);
    else if (fits)
        field_check(field, at, field->name, problem);
    // Set even when the value is wrong: it was given, so json_require must not call it missing.
    presence->set |= UINT64_C(1) << position;
    return problem->count > before ? ERR_INVALID : ERR_OK;
}

static void write_texts(const struct text_list *list, struct buf *out)
{
    buf_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_json_text(out, list->items[i]);
    }
    buf_char(out, ']');
}

static void write_list(const struct field *field, const void *at, struct buf *out)
{
    const struct {
        size_t count;
        const unsigned char *items;
    } *list = at;
    buf_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_write(field->shape, list->items + i * field->shape->size, out);
    }
    buf_char(out, ']');
}

static void write_time(i64 time_ms, struct buf *out)
{
    char text[25];
    time_format(time_ms, text);
    buf_printf(out, "\"%s\"", text);
}

static void write_value(const struct field *field, const void *at, struct buf *out)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
        buf_i64(out, *(const i64 *)at);
        break;
    case KIND_BOOL:
        buf_text(out, *(const bool *)at ? "true" : "false");
        break;
    case KIND_TIME:
        write_time(*(const i64 *)at, out);
        break;
    case KIND_TEXT:
        buf_json_text(out, *(const char *const *)at);
        break;
    case KIND_UUID:
        buf_json_text(out, ((const struct uuid *)at)->s);
        break;
    case KIND_JSON:
        buf_text(out, *(const char *const *)at);
        break;
    case KIND_TEXTS:
        write_texts(at, out);
        break;
    case KIND_ENUM:
        buf_json_text(out, field->values->values[*(const enum kind *)at]);
        break;
    case KIND_NESTED:
        json_write(field->shape, *(const void *const *)at, out);
        break;
    case KIND_LIST:
        write_list(field, at, out);
        break;
    }
}

// What has no value to write: a required field always has one, but for a pointer that was
// forgotten.
static bool is_absent(const struct field *field, const void *at, bool is_set)
{
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_JSON:
    case KIND_NESTED:
        return *(const void *const *)at == NULL;
    case KIND_UUID:
        return uuid_empty(at);
    case KIND_TEXTS:
    case KIND_LIST:
        return false;
    default:
        return field->optional && !is_set;
    }
}

void json_write_field(const struct shape *shape, int position, const void *in, struct buf *out)
{
    const struct presence *presence = in;
    const struct field *field = &shape->fields[position];
    const void *at = (const unsigned char *)in + field->offset;
    bool absent = is_absent(field, at, (presence->set >> position & 1) != 0);
    // A reply that lacks a field its shape promises is our mistake, and clients generated from the
    // OpenAPI document would break on it: better found in the first test than by them.
    assert(!absent || field->optional);
    if (absent)
        buf_text(out, "null");
    else
        write_value(field, at, out);
}

void json_write(const struct shape *shape, const void *in, struct buf *out)
{
    buf_char(out, '{');
    for (size_t i = 0; i < shape->count; i++) {
        buf_text(out, i > 0 ? ",\"" : "\"");
        buf_text(out, shape->fields[i].name);
        buf_text(out, "\":");
        json_write_field(shape, (int)i, in, out);
    }
    buf_char(out, '}');
}

const char *json_text(const struct shape *shape, const void *in, struct arena *arena)
{
    struct buf text = buf_in(arena);
    json_write(shape, in, &text);
    return buf_as_text(&text);
}
