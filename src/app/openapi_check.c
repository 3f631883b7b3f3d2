// Checks an answer against the OpenAPI document: the part of JSON Schema 2020-12 that openapi.c
// writes. Only souk-test links it. Contract in check.h.
//
// A checker of our own and not a library: it needs a dozen keywords, and it is strict where JSON
// Schema is not. A member that the document does not name is a fault, because a client's types are
// made from the document and would not have it.
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "app/check.h"
#include "app/events.h"
#include "core/csv.h"
#include "core/str.h"

struct checking {
    struct arena *arena;
    const json_t *document;
};

static const char *check_schema(struct checking *c, const json_t *schema, const json_t *value,
                                const char *path);

static const json_t *resolve(struct checking *c, const json_t *node)
{
    const char *reference = json_string_value(json_object_get(node, "$ref"));
    if (reference == NULL)
        return node;
    assert(str_starts(reference, "#/components/"));
    const char *kind = reference + strlen("#/components/"), *name = strchr(kind, '/') + 1;
    const char *group = arena_text_n(c->arena, kind, (size_t)(name - 1 - kind));
    return json_object_get(json_object_get(json_object_get(c->document, "components"), group),
                           name);
}

static bool is_type(const char *type, const json_t *value)
{
    return (str_equal(type, "object") && json_is_object(value)) ||
           (str_equal(type, "array") && json_is_array(value)) ||
           (str_equal(type, "string") && json_is_string(value)) ||
           (str_equal(type, "integer") && json_is_integer(value)) ||
           (str_equal(type, "boolean") && json_is_boolean(value)) ||
           (str_equal(type, "null") && json_is_null(value));
}

// A schema without the keyword allows everything, here and below.
static bool has_type(const json_t *type, const json_t *value)
{
    if (json_is_string(type))
        return is_type(json_string_value(type), value);
    for (size_t i = 0; i < json_array_size(type); i++)
        if (is_type(json_string_value(json_array_get(type, i)), value))
            return true;
    return type == NULL;
}

static bool in_enum(const json_t *values, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (json_equal(json_array_get(values, i), value))
            return true;
    return values == NULL;
}

static bool in_bounds(const json_t *schema, const char *least, const char *most, json_int_t measure)
{
    const json_t *low = json_object_get(schema, least), *high = json_object_get(schema, most);
    return (low == NULL || measure >= json_integer_value(low)) &&
           (high == NULL || measure <= json_integer_value(high));
}

static bool fits(const json_t *schema, const json_t *value)
{
    if (json_is_integer(value))
        return in_bounds(schema, "minimum", "maximum", json_integer_value(value));
    if (json_is_string(value))
        return in_bounds(schema, "minLength", "maxLength",
                         (json_int_t)utf8_length(json_string_value(value)));
    if (json_is_array(value))
        return in_bounds(schema, "minItems", "maxItems", (json_int_t)json_array_size(value));
    return true;
}

static const char *check_object(struct checking *c, const json_t *schema, const json_t *value,
                                const char *path)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (json_object_get(value, json_string_value(json_array_get(required, i))) == NULL)
            return arena_printf(c->arena, "%s.%s is missing", path,
                                json_string_value(json_array_get(required, i)));
    const char *name, *fault = NULL;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const json_t *property = json_object_get(properties, name);
        const char *place = arena_printf(c->arena, "%s.%s", path, name);
        if (property == NULL && properties != NULL)
            return arena_printf(c->arena, "%s is not in the document", place);
        fault = property != NULL ? check_schema(c, property, member, place) : NULL;
        if (fault != NULL)
            return fault;
    }
    return NULL;
}

static const char *check_items(struct checking *c, const json_t *schema, const json_t *value,
                               const char *path)
{
    const char *fault = NULL;
    for (size_t i = 0; i < json_array_size(value) && fault == NULL; i++)
        fault = check_schema(c, json_object_get(schema, "items"), json_array_get(value, i),
                             arena_printf(c->arena, "%s.%zu", path, i));
    return fault;
}

static const char *check_schema(struct checking *c, const json_t *node, const json_t *value,
                                const char *path)
{
    const json_t *schema = resolve(c, node);
    const json_t *choices = json_object_get(schema, "anyOf");
    for (size_t i = 0; i < json_array_size(choices); i++)
        if (check_schema(c, json_array_get(choices, i), value, path) == NULL)
            return NULL;
    if (choices != NULL)
        return arena_printf(c->arena, "%s fits none of the choices", path);
    if (!has_type(json_object_get(schema, "type"), value))
        return arena_printf(c->arena, "%s has another type", path);
    if (!in_enum(json_object_get(schema, "enum"), value))
        return arena_printf(c->arena, "%s is not one of the values", path);
    if (!fits(schema, value))
        return arena_printf(c->arena, "%s is out of bounds", path);
    if (json_is_object(value))
        return check_object(c, schema, value, path);
    return json_is_array(value) ? check_items(c, schema, value, path) : NULL;
}

static const json_t *operation_of(const json_t *document, const char *id)
{
    const char *path, *method;
    json_t *methods, *operation;
    json_object_foreach(json_object_get(document, "paths"), path, methods)
    {
        json_object_foreach(methods, method, operation)
        {
            if (str_equal(json_string_value(json_object_get(operation, "operationId")), id))
                return operation;
        }
    }
    return NULL;
}

static const char *check_json(struct checking *c, const json_t *schema, const char *body,
                              size_t length)
{
    json_t *value = json_loadb(body, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    const char *fault = value == NULL ? "the body is not JSON" : check_schema(c, schema, value, "");
    json_decref(value);
    return fault;
}

// The schema is that of each event's data, a line.
static const char *check_events(struct checking *c, const json_t *schema, const char *body,
                                size_t length)
{
    static const char data[] = "data: ";
    const char *fault = NULL;
    for (const char *at = body, *end = body + length; at < end && fault == NULL;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            return "a line of the stream has no end";
        if ((size_t)(newline - at) > strlen(data) && str_starts(at, data))
            fault = check_json(c, schema, at + strlen(data), (size_t)(newline - at) - strlen(data));
        at = newline + 1;
    }
    return fault;
}

static const char *check_answer(struct checking *c, const char *id, int status, const char *type,
                                const char *body, size_t length)
{
    char code[12];
    snprintf(code, sizeof code, "%d", status);
    const json_t *operation = operation_of(c->document, id);
    const json_t *responses = json_object_get(operation, "responses");
    if (operation == NULL)
        return "the operation is not in the document";
    const json_t *response = json_object_get(responses, code);
    // Refusals have one form, `default`; successes are each written down.
    if (response == NULL && status < 400)
        return "the status is not in the document";
    const json_t *content = json_object_get(
        resolve(c, response != NULL ? response : json_object_get(responses, "default")), "content");
    if (content == NULL)
        return length == 0 ? NULL : "a body where the document has none";
    const json_t *media = json_object_get(content, type != NULL ? type : "");
    if (media == NULL)
        return "the content type is not in the document";
    const json_t *schema = json_object_get(media, "schema");
    if (str_equal(type, CSV_TYPE))
        return str_ends(body, "\n") ? NULL : "the last row of the table has no end";
    return str_equal(type, EVENTS_TYPE) ? check_events(c, schema, body, length)
                                        : check_json(c, schema, body, length);
}

// The document of this run never changes; workers that answer at the same time ask for it.
static const json_t *parsed_once(const char *document)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static json_t *parsed;
    static const char *parsed_from;
    pthread_mutex_lock(&lock);
    if (parsed == NULL) {
        parsed = json_loads(document, 0, NULL);
        parsed_from = document;
    }
    pthread_mutex_unlock(&lock);
    assert(parsed != NULL && parsed_from == document);
    return parsed;
}

const char *openapi_check(struct arena *arena, const char *document, const char *operation,
                          int status, const char *content_type, const char *body, size_t length)
{
    // It has no body, and is of no operation alone (RFC 9110, section 15.4.5).
    if (status == 304)
        return NULL;
    struct checking checking = {arena, parsed_once(document)};
    return check_answer(&checking, operation, status, content_type, body, length);
}
