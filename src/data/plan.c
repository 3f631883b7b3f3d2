// Shapes to SQL values and back. Contract in plan.h; the engines are sqlite.c and postgres.c.
//
// There are three kinds of SQL values here, null, number and text, because every kind of field is
// one of them on both engines; what is further needed (PostgreSQL's "t" and "f", its types of
// parameters) the engine adds. The checks run once at start (plan_check), so binding and storing
// can rely on names and kinds and check values alone.
#include "data/plan.h"

#include <jansson.h>
#include <string.h>

#include "core/buf.h"
#include "core/log.h"

// A field named `now` or `new_id` comes first: a shape may carry its own.
int plan_param(const struct query *query, const char *name)
{
    int position = shape_find(query->in, name);
    if (position >= 0)
        return position;
    return strcmp(name, "now") == 0      ? PLAN_NOW
           : strcmp(name, "new_id") == 0 ? PLAN_NEW_ID
                                         : PLAN_UNKNOWN;
}

int plan_column(const struct query *query, const char *name)
{
    int position = shape_find(query->out, name);
    return position >= 0 ? position : PLAN_UNKNOWN;
}

enum kind plan_param_kind(const struct query *query, int position)
{
    assert(position != PLAN_UNKNOWN);
    return position == PLAN_NOW      ? KIND_TIME
           : position == PLAN_NEW_ID ? KIND_UUID
                                     : query->in->fields[position].kind;
}

static struct value number(i64 of)
{
    return (struct value){.is = VALUE_NUMBER, .number = of};
}

// Borrowed: the input lives until the statement has run.
static struct value text(const char *of)
{
    if (of == NULL)
        return (struct value){.is = VALUE_NULL};
    return (struct value){.is = VALUE_TEXT, .text = of, .length = strlen(of)};
}

static struct value texts_as_json(struct arena *scratch, const struct text_list *list)
{
    struct buf buf = buf_in(scratch);
    buf_char(&buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_text(&buf, i > 0 ? "," : "");
        buf_json_text(&buf, list->items[i]);
    }
    buf_char(&buf, ']');
    return (struct value){.is = VALUE_TEXT, .text = buf.at, .length = buf.length};
}

static struct value enum_name(const struct field *field, const void *at)
{
    u32 position;
    memcpy(&position, at, sizeof position);
    assert(position < field->values->count);
    return text(field->values->values[position]);
}

static struct value field_value(struct arena *scratch, const struct field *field, const void *at)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        return number(*(const i64 *)at);
    case KIND_BOOL:
        return number(*(const bool *)at);
    case KIND_TEXT:
    case KIND_JSON:
        return text(*(const char *const *)at);
    case KIND_UUID:
        return text(*(const char *)at == '\0' ? NULL : ((const struct uuid *)at)->s);
    case KIND_ENUM:
        return enum_name(field, at);
    case KIND_TEXTS:
        return texts_as_json(scratch, at);
    default:
        assert(false); // refused by db_check_queries
        return text(NULL);
    }
}

// The same rule as for JSON (core/json.c): zero is a value, so numbers need their bit; an empty
// pointer or id is none.
static bool absent(const struct field *field, const void *in, int position)
{
    const struct presence *presence = in;
    bool speaks_for_itself =
        field->kind == KIND_TEXT || field->kind == KIND_JSON || field->kind == KIND_UUID;
    return field->optional && !speaks_for_itself && (presence->set >> position & 1) == 0;
}

struct value plan_value(struct db_session *session, const struct query *query, int position,
                        const void *in)
{
    if (position == PLAN_NOW)
        return number(session->now_ms);
    if (position == PLAN_NEW_ID) {
        if (uuid_empty(&session->new_id))
            session->new_id = uuid_new();
        return text(session->new_id.s);
    }
    const struct field *field = &query->in->fields[position];
    if (absent(field, in, position))
        return (struct value){.is = VALUE_NULL};
    return field_value(session->scratch, field, (const char *)in + field->offset);
}

// False for a name that this program does not know: a state written by a newer version, say, is not
// taken for the first of the list.
static bool store_enum(const struct field *field, struct value value, void *at)
{
    int position = enumeration_find(field->values, value.text);
    if (position >= 0)
        memcpy(at, &position, sizeof position);
    return position >= 0;
}

static bool store_uuid(struct value value, void *at)
{
    if (value.length >= sizeof(struct uuid))
        return false;
    memcpy(at, value.text, value.length);
    return true;
}

static bool store_texts(struct value value, struct arena *arena, struct text_list *list)
{
    // json_array_size and json_decref accept NULL, which is what is not JSON at all.
    json_t *array = json_loadb(value.text, value.length, 0, NULL);
    bool right = json_is_array(array);
    list->count = json_array_size(array);
    list->items = ARENA_ARRAY(arena, const char *, list->count);
    for (size_t i = 0; i < list->count && right; i++) {
        const char *item = json_string_value(json_array_get(array, i));
        right = item != NULL;
        list->items[i] = right ? arena_text(arena, item) : "";
    }
    json_decref(array);
    return right;
}

static bool store_number(const struct field *field, i64 value, void *at)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        *(i64 *)at = value;
        return true;
    case KIND_BOOL:
        *(bool *)at = value != 0;
        return true;
    default:
        return false;
    }
}

static bool store_text(const struct field *field, struct value value, struct arena *arena, void *at)
{
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_JSON:
        *(const char **)at = arena_text_n(arena, value.text, value.length);
        return true;
    case KIND_UUID:
        return store_uuid(value, at);
    case KIND_ENUM:
        return store_enum(field, value, at);
    case KIND_TEXTS:
        return store_texts(value, arena, at);
    default:
        return false;
    }
}

// Null leaves the field as the zeroed row has it, without its bit.
bool plan_store(const struct query *query, int position, struct value value, struct arena *arena,
                void *row)
{
    if (value.is == VALUE_NULL)
        return true;
    const struct field *field = &query->out->fields[position];
    void *at = (char *)row + field->offset;
    bool right = value.is == VALUE_NUMBER ? store_number(field, value.number, at)
                                          : store_text(field, value, arena, at);
    if (right)
        ((struct presence *)row)->set |= UINT64_C(1) << position;
    else
        log_line(LOG_ERROR, "db_value", "%s (%s): column %s holds a value that is none of its kind",
                 query->name, query->file, field->name);
    return right;
}

void *rows_next(struct rows *rows)
{
    size_t size = rows->shape->size;
    if (!rows->many) {
        rows->count++;
        // What the caller had in it must not shine through where a column is null.
        return memset(rows->out, 0, size);
    }
    struct text_list *list = rows->out; // every S_list has this layout: a count and a pointer
    if (rows->count == rows->room) {
        size_t room = rows->room > 0 ? rows->room * 2 : 16;
        list->items = arena_grow(rows->arena, list->items, rows->room * size, room * size);
        rows->room = room;
    }
    list->count = ++rows->count;
    return (char *)list->items + (rows->count - 1) * size;
}

static bool carried(enum kind kind)
{
    return kind != KIND_NESTED && kind != KIND_LIST;
}

static bool fits(enum kind kind, enum column_type type)
{
    // SQLite knows the declared type of plain columns only, not of expressions; PostgreSQL knows
    // all, so every query is checked fully on one engine at least.
    if (type == COLUMN_ANY)
        return true;
    switch (kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        return type == COLUMN_NUMBER;
    case KIND_BOOL:
        return type == COLUMN_BOOL;
    case KIND_UUID:
        return type == COLUMN_UUID;
    default:
        return type == COLUMN_TEXT;
    }
}

static const char *param_fault(const struct query *query, const char *name)
{
    int position = plan_param(query, name);
    if (position == PLAN_UNKNOWN)
        return "is no field of";
    return carried(plan_param_kind(query, position)) ? NULL : "cannot be bound from a list in";
}

static const char *column_fault(const struct query *query, const struct described *described,
                                size_t i)
{
    const char *name = described->column[i].name;
    int position = plan_column(query, name);
    if (position == PLAN_UNKNOWN)
        return "is no field of";
    for (size_t j = 0; j < i; j++)
        if (strcmp(described->column[j].name, name) == 0)
            return "stands twice for";
    enum kind kind = query->out->fields[position].kind;
    if (!carried(kind))
        return "cannot be read into a list of";
    return fits(kind, described->column[i].type) ? NULL : "has another type than its field in";
}

static void tell(const struct query *query, struct problem *problem, const char *what,
                 const char *name, const char *fault, const struct shape *shape)
{
    problem_field(problem, query->name, "%s: %s %s %s shape %s", query->file, what, name, fault,
                  shape->name);
}

void plan_check(const struct query *query, const struct described *described,
                struct problem *problem)
{
    const char *fault = NULL;
    for (size_t i = 0; i < described->params && fault == NULL; i++) {
        fault = param_fault(query, described->param[i]);
        if (fault != NULL)
            tell(query, problem, "parameter", described->param[i], fault, query->in);
    }
    if (fault == NULL && (described->columns > 0) != (query->kind != QUERY_KIND_RUN)) {
        fault = described->columns > 0 ? "a statement to run gives columns"
                                       : "a query for rows gives no columns";
        problem_field(problem, query->name, "%s: %s", query->file, fault);
    }
    for (size_t i = 0; i < described->columns && fault == NULL; i++) {
        fault = column_fault(query, described, i);
        if (fault != NULL)
            tell(query, problem, "column", described->column[i].name, fault, query->out);
    }
}
