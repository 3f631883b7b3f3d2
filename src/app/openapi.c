// The OpenAPI document. Contract in openapi.h. Every listed route becomes an operation, every shape
// that one of them uses a schema.
//
// Version 3.1, whose schemas are JSON Schema 2020-12: null is a type, which 3.0 could say only by
// an extension of its own. The web client's types and form limits are generated from what is
// printed here, and openapi_check.c holds every answer of every test against it, so the document
// cannot be wrong for long.
//
// Trees are built by json_pack; the document is committed (api/openapi.json), and `tools/check.sh
// openapi` fails when what is printed differs from it.
#include "app/openapi.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/events.h"
#include "core/csv.h"
#include "core/str.h"

// Owned references are handed to the _new functions of jansson at once; nothing is kept here.
static json_t *schema_of(json_t *schemas, const struct shape *shape);

static json_t *reference(json_t *schemas, const struct shape *shape)
{
    if (json_object_get(schemas, shape->name) == NULL) {
        json_object_set_new(schemas, shape->name, json_null()); // a shape may contain itself
        json_object_set_new(schemas, shape->name, schema_of(schemas, shape));
    }
    return json_pack("{s:s+}", "$ref", "#/components/schemas/", shape->name);
}

static json_t *enumeration_schema(const struct enumeration *values, bool optional)
{
    json_t *names = json_array();
    for (size_t i = 0; i < values->count; i++)
        json_array_append_new(names, json_string(values->values[i]));
    if (optional)
        json_array_append_new(names, json_null());
    return json_pack("{s:o}", "enum", names);
}

static json_t *number_schema(const struct field *field)
{
    return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)field_min(field),
                     "maximum", (json_int_t)field_max(field));
}

static json_t *text_schema(const struct field *field)
{
    const char *pattern = format_pattern(field->format);
    json_t *schema =
        json_pack("{s:s, s:I, s:I}", "type", "string", "minLength", (json_int_t)field_min(field),
                  "maxLength", (json_int_t)field_max(field));
    if (pattern != NULL)
        json_object_set_new(schema, "pattern", json_string(pattern));
    return schema;
}

static json_t *array_schema(const struct field *field, json_t *items)
{
    return json_pack("{s:s, s:o, s:I, s:I}", "type", "array", "items", items, "minItems",
                     (json_int_t)field_min(field), "maxItems", (json_int_t)field_max(field));
}

static json_t *kind_schema(json_t *schemas, const struct field *field)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
        return number_schema(field);
    case KIND_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case KIND_TIME:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
    case KIND_UUID:
        return json_pack("{s:s, s:s}", "type", "string", "format", "uuid");
    case KIND_TEXT:
        return text_schema(field);
    case KIND_TEXTS:
        return array_schema(field, json_pack("{s:s}", "type", "string"));
    case KIND_ENUM:
        return enumeration_schema(field->values, field->optional);
    case KIND_LIST:
        return array_schema(field, reference(schemas, field->shape));
    case KIND_NESTED:
        return reference(schemas, field->shape);
    case KIND_JSON:
        break;
    }
    return json_object();
}

static json_t *field_schema(json_t *schemas, const struct field *field)
{
    json_t *schema = kind_schema(schemas, field);
    const char *type = json_string_value(json_object_get(schema, "type"));
    if (field->optional && type != NULL)
        json_object_set_new(schema, "type", json_pack("[s, s]", type, "null"));
    // A $ref and a type beside it would both have to hold; so null is the other choice.
    else if (field->optional && field->kind == KIND_NESTED)
        schema = json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
    json_object_set_new(schema, "description", json_string(field->doc));
    return schema;
}

static json_t *schema_of(json_t *schemas, const struct shape *shape)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        json_object_set_new(properties, field->name, field_schema(schemas, field));
        if (!field->optional)
            json_array_append_new(required, json_string(field->name));
    }
    // Optional fields are allowed to be left out of a request and always stand in a reply, as null;
    // `required` says the weaker of the two, for both.
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

// The body of a request leaves out what the path says: a schema of its own when they differ.
static json_t *body_schema(json_t *schemas, const struct bound_route *bound)
{
    const struct shape *in = bound->route->handler->in;
    if (bound->path_bits == 0)
        return reference(schemas, in);
    json_t *schema = schema_of(schemas, in), *required = json_object_get(schema, "required");
    for (size_t i = 0; i < bound->parameter_count; i++) {
        const char *name = in->fields[bound->positions[i]].name;
        json_object_del(json_object_get(schema, "properties"), name);
        for (size_t at = 0; at < json_array_size(required); at++)
            if (str_equal(json_string_value(json_array_get(required, at)), name))
                json_array_remove(required, at);
    }
    return schema;
}

static json_t *parameters_of(json_t *schemas, const struct bound_route *bound)
{
    const struct route *route = bound->route;
    bool in_query = route->method == HTTP_GET || route->method == HTTP_DELETE ||
                    (route->flags & ROUTE_RAW_BODY) != 0;
    json_t *parameters = json_array();
    for (size_t i = 0; i < route->handler->in->count; i++) {
        const struct field *field = &route->handler->in->fields[i];
        bool in_path = (bound->path_bits >> i & 1) != 0;
        if (!in_path && !in_query)
            continue;
        json_array_append_new(parameters,
                              json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", field->name, "in",
                                        in_path ? "path" : "query", "required",
                                        in_path || !field->optional, "description", field->doc,
                                        "schema", kind_schema(schemas, field)));
    }
    if (route->method != HTTP_GET && (route->flags & ROUTE_GUARDED) == 0)
        json_array_append_new(
            parameters, json_pack("{s:s, s:s, s:b, s:s, s:{s:s, s:i}}", "name", "Idempotency-Key",
                                  "in", "header", "required",
                                  (route->flags & ROUTE_IDEMPOTENT_ONLY) != 0, "description",
                                  "The same key with the same request gets the first reply again.",
                                  "schema", "type", "string", "maxLength", 200));
    return parameters;
}

static void add_success(json_t *responses, json_t *schemas, const struct route *route, int status)
{
    char code[12];
    snprintf(code, sizeof code, "%d", status);
    json_t *response = json_pack("{s:s}", "description", route->doc);
    // Of a stream the schema says what the `data` of each event is.
    const char *type = (route->flags & ROUTE_EVENTS) != 0 ? EVENTS_TYPE : "application/json";
    if (route->handler->out->count > 0 && status != 204)
        json_object_set_new(
            response, "content",
            json_pack("{s:{s:o}}", type, "schema", reference(schemas, route->handler->out)));
    else if ((route->flags & ROUTE_CSV) != 0)
        json_object_set_new(response, "content",
                            json_pack("{s:{s:{s:s}}}", CSV_TYPE, "schema", "type", "string"));
    json_object_set_new(responses, code, response);
}

static json_t *responses_of(json_t *schemas, const struct route *route)
{
    json_t *responses = json_object();
    add_success(responses, schemas, route, route->status);
    if (route->status_also != 0)
        add_success(responses, schemas, route, route->status_also);
    json_object_set_new(responses, "default",
                        json_pack("{s:s}", "$ref", "#/components/responses/problem"));
    return responses;
}

static json_t *operation_of(json_t *schemas, const struct bound_route *bound)
{
    const struct route *route = bound->route;
    json_t *operation =
        json_pack("{s:s, s:s, s:[s], s:o, s:o}", "operationId", route->handler->name, "summary",
                  route->doc, "tags", bound->tag, "parameters", parameters_of(schemas, bound),
                  "responses", responses_of(schemas, route));
    bool writes =
        route->method == HTTP_POST || route->method == HTTP_PUT || route->method == HTTP_PATCH;
    if (writes && (route->flags & ROUTE_RAW_BODY) != 0)
        json_object_set_new(operation, "requestBody",
                            json_pack("{s:b, s:{s:{}}}", "required", 1, "content", "image/*"));
    else if (writes && route->handler->in->count > bound->parameter_count)
        json_object_set_new(operation, "requestBody",
                            json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content",
                                      "application/json", "schema", body_schema(schemas, bound)));
    if (route->roles != ROLE_ANYONE)
        json_object_set_new(operation, "security",
                            json_pack("[{s:[]}, {s:[]}]", "cookie", "bearer"));
    return operation;
}

static void lower_name(enum http_method method, char name[12])
{
    const char *upper = http_method_name(method);
    size_t length = strlen(upper);
    for (size_t i = 0; i <= length; i++)
        name[i] = (char)(upper[i] >= 'A' ? upper[i] - 'A' + 'a' : upper[i]);
}

static json_t *paths_of(const struct router *router, json_t *schemas)
{
    json_t *paths = json_object();
    for (size_t i = 0; i < router_count(router); i++) {
        const struct bound_route *bound = router_at(router, i);
        char method[12];
        if ((bound->route->flags & ROUTE_UNLISTED) != 0 || (bound->route->roles & ROLE_PEER) != 0)
            continue;
        if (json_object_get(paths, bound->route->path) == NULL)
            json_object_set_new(paths, bound->route->path, json_object());
        lower_name(bound->route->method, method);
        json_object_set_new(json_object_get(paths, bound->route->path), method,
                            operation_of(schemas, bound));
    }
    return paths;
}

static json_t *problem_schema(void)
{
    return json_pack("{s:s, s:[s,s,s,s,s,s,s], s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s},"
                     " s:{s:s, s:{s:s, s:[s,s], s:{s:{s:s}, s:{s:s}}}}, s:{s:[s,s]}}}",
                     "type", "object", "required", "type", "title", "status", "code", "detail",
                     "errors", "request_id", "properties", "type", "type", "string", "title",
                     "type", "string", "status", "type", "integer", "code", "type", "string",
                     "detail", "type", "string", "errors", "type", "array", "items", "type",
                     "object", "required", "field", "detail", "properties", "field", "type",
                     "string", "detail", "type", "string", "request_id", "type", "string", "null");
}

static json_t *components_of(json_t *schemas)
{
    json_object_set_new(schemas, "problem", problem_schema());
    json_t *problem =
        json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", "What went wrong (RFC 9457).", "content",
                  "application/problem+json", "schema", "$ref", "#/components/schemas/problem");
    json_t *security =
        json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s}}", "cookie", "type", "apiKey", "in", "cookie",
                  "name", "souk_session", "bearer", "type", "http", "scheme", "bearer");
    return json_pack("{s:o, s:{s:o}, s:o}", "schemas", schemas, "responses", "problem", problem,
                     "securitySchemes", security);
}

void openapi_write(const struct router *router, struct buf *out)
{
    json_t *schemas = json_object();
    json_t *paths = paths_of(router, schemas);
    json_t *document = json_pack("{s:s, s:{s:s, s:s, s:s}, s:o, s:o}", "openapi", "3.1.0", "info",
                                 "title", "Souk", "version", "1", "description",
                                 "The shop's API. Amounts are integers in minor units.", "paths",
                                 paths, "components", components_of(schemas));
    assert(document != NULL);
    char *text = json_dumps(document, JSON_INDENT(1) | JSON_SORT_KEYS);
    assert(text != NULL);
    buf_text(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(document);
}
