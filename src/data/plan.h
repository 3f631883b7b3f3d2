// How the parameters and columns of a query map onto the fields of its shapes, for both engines.
// The engines resolve names to positions once a connection and keep them with the statement.
#ifndef SOUK_DATA_PLAN_H
#define SOUK_DATA_PLAN_H

#include "data/engine.h"

enum {
    PLAN_NOW = -1,
    PLAN_NEW_ID = -2,
    PLAN_UNKNOWN = -3,
    PLAN_WIDEST = 72, // parameters or columns of one statement
};

// One value on its way in or out. The text is borrowed: from the input, the session or the engine.
struct value {
    enum { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT } is;
    i64 number; // also 0 and 1 for a bool
    const char *text;
    size_t length;
};

// What a column of a prepared statement holds, as far as its engine can tell.
enum column_type { COLUMN_ANY, COLUMN_NUMBER, COLUMN_BOOL, COLUMN_TEXT, COLUMN_UUID, COLUMN_OTHER };

// A prepared statement from outside; names live in the arena that describe() was given.
struct described {
    const char *error; // the engine's sentence when it could not be prepared
    size_t params, columns;
    const char *param[PLAN_WIDEST];
    struct {
        const char *name;
        enum column_type type;
    } column[PLAN_WIDEST];
};

// Where rows go: one struct, or a growing S_list.
struct rows {
    const struct shape *shape;
    struct arena *arena;
    void *out;
    bool many;
    bool later; // nobody waits for the outcome: db_put
    size_t count, room;
    i64 changed;
};

// The position of a parameter in the `in` shape, PLAN_NOW, PLAN_NEW_ID or PLAN_UNKNOWN.
int plan_param(const struct query *query, const char *name);
// The position of a column in the `out` shape, or PLAN_UNKNOWN.
int plan_column(const struct query *query, const char *name);
// The kind of what a parameter carries.
enum kind plan_param_kind(const struct query *query, int position);
// What to bind: absent optional values, NULL texts and empty ids are VALUE_NULL.
struct value plan_value(struct db_session *session, const struct query *query, int position,
                        const void *in);
// Stores a column's value in a zeroed row. False, logged, when the value is not of the field's
// kind.
CHECKED bool plan_store(const struct query *query, int position, struct value value,
                        struct arena *arena, void *row);
// Room for one more row, zeroed.
void *rows_next(struct rows *rows);
// Checks a description against the shapes; adds the first fault to `problem`.
void plan_check(const struct query *query, const struct described *described,
                struct problem *problem);

#endif
