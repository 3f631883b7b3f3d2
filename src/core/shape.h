/*
 * A shape is written once and is the C struct, the JSON reader and writer, the SQL bind and row
 * reader, and the OpenAPI schema. The functions that walk shapes are in json.h and data/db.h.
 *
 *     #define POINT(F, S)                                              \
 *         F(S, i64, x, .min = 0, .max = 99, .doc = "Steps right.")     \
 *         F(S, text, label, .max = 20, .optional = true, .doc = "Shown beside it.")
 *     SHAPE(point, POINT);
 *
 * expands, in essence, to
 *
 *     struct point { u64 set, cleared; i64 x; const char *label; };
 *     struct point_list { size_t count; struct point *items; };
 *     enum { point_at_x, point_at_label, point_field_count };
 *     static const struct field point_fields[] = {
 *         {.name = "x", .kind = KIND_I64, .offset = offsetof(struct point, x), ...}, ...};
 *     static const struct shape point_shape = {"point", sizeof(struct point), point_fields, 2};
 *
 * The words for a field's type and what they are in C:
 *     i64         i64; JSON integer within +-(2^53 - 1)
 *     minor       i64; money in minor units of the `currency` beside it
 *     bool        bool
 *     time        i64; milliseconds since 1970 UTC, RFC 3339 in JSON
 *     text        const char *; valid UTF-8 without NUL; NULL when absent
 *     uuid        struct uuid; an empty one when absent
 *     json        const char *; any JSON value as text
 *     texts       struct text_list; an array of strings
 *     one_of(E)   enum E, declared by ENUMERATION below; its name in JSON and SQL
 *     nested(S)   struct S *; NULL when absent
 *     list(S)     struct S_list
 * A list or nested shape cannot be bound or read by SQL; `json` can.
 *
 * Presence: `set` has the bit of each field that holds a value, `cleared` of each that was given as
 * null. Readers fill both. Only optional i64, minor, bool, time and one_of need the bit to be
 * written or bound as a value: use SET. Text, uuid and nested speak for themselves.
 */
#ifndef SOUK_CORE_SHAPE_H
#define SOUK_CORE_SHAPE_H

#include "core/field.h"

#define SHAPE_C_i64 i64
#define SHAPE_C_minor i64
#define SHAPE_C_bool bool
#define SHAPE_C__Bool bool
#define SHAPE_C_time i64
#define SHAPE_C_text const char *
#define SHAPE_C_uuid struct uuid
#define SHAPE_C_json const char *
#define SHAPE_C_texts struct text_list
#define SHAPE_C_one_of(E_) enum E_
#define SHAPE_C_nested(S_) struct S_ *
#define SHAPE_C_list(S_) struct S_##_list

#define SHAPE_KIND_i64 .kind = KIND_I64
#define SHAPE_KIND_minor .kind = KIND_MINOR
#define SHAPE_KIND_bool .kind = KIND_BOOL
#define SHAPE_KIND__Bool .kind = KIND_BOOL
#define SHAPE_KIND_time .kind = KIND_TIME
#define SHAPE_KIND_text .kind = KIND_TEXT
#define SHAPE_KIND_uuid .kind = KIND_UUID
#define SHAPE_KIND_json .kind = KIND_JSON
#define SHAPE_KIND_texts .kind = KIND_TEXTS
#define SHAPE_KIND_one_of(E_) .kind = KIND_ENUM, .values = &E_##_enumeration
#define SHAPE_KIND_nested(S_) .kind = KIND_NESTED, .shape = &S_##_shape
#define SHAPE_KIND_list(S_) .kind = KIND_LIST, .shape = &S_##_shape

#define SHAPE_MEMBER(S_, type_, name_, ...) SHAPE_C_##type_ name_;
#define SHAPE_POSITION(S_, type_, name_, ...) S_##_at_##name_,
#define SHAPE_FIELD(S_, type_, name_, ...)                                                         \
    {.name = #name_, .offset = offsetof(struct S_, name_), SHAPE_KIND_##type_, __VA_ARGS__},

#define SHAPE(S_, FIELDS_)                                                                         \
    struct S_ {                                                                                    \
        u64 set, cleared;                                                                          \
        FIELDS_(SHAPE_MEMBER, S_)                                                                  \
    };                                                                                             \
    struct S_##_list {                                                                             \
        size_t count;                                                                              \
        struct S_ *items;                                                                          \
    };                                                                                             \
    enum { FIELDS_(SHAPE_POSITION, S_) S_##_field_count };                                         \
    _Static_assert((int)S_##_field_count <= 64, #S_ " has more fields than a presence mask");      \
    UNUSED static const struct field S_##_fields[] = {FIELDS_(SHAPE_FIELD, S_)};                   \
    UNUSED static const struct shape S_##_shape = {#S_, sizeof(struct S_), S_##_fields,            \
                                                   (size_t)S_##_field_count}

// Gives a field its value and its presence bit: SET(&out, variant, available, 5).
#define SET(at_, S_, name_, value_)                                                                \
    ((at_)->name_ = (value_), (at_)->set |= UINT64_C(1) << S_##_at_##name_)
// Leaves a field without one.
#define UNSET(at_, S_, name_) ((at_)->set &= ~(UINT64_C(1) << S_##_at_##name_))
// True when the field came with a value, or had one in its row.
#define IS_SET(at_, S_, name_) (((at_)->set >> S_##_at_##name_ & 1) != 0)
// True when the field was given as null.
#define IS_CLEARED(at_, S_, name_) (((at_)->cleared >> S_##_at_##name_ & 1) != 0)

// ENUMERATION(stock_policy, STOCK_POLICY) with `#define STOCK_POLICY(X, E) X(E, deny) X(E, sell)`
// gives enum stock_policy {stock_policy_deny, ...}, its count and its names.
#define ENUMERATION_VALUE(E_, name_) E_##_##name_,
#define ENUMERATION_NAME(E_, name_) #name_,
#define ENUMERATION(E_, VALUES_)                                                                   \
    enum E_ { VALUES_(ENUMERATION_VALUE, E_) E_##_count };                                         \
    UNUSED static const char *const E_##_names[] = {VALUES_(ENUMERATION_NAME, E_)};                \
    UNUSED static const struct enumeration E_##_enumeration = {#E_, E_##_names, (size_t)E_##_count}

// The shape of no body and no parameters.
struct nothing {
    u64 set, cleared;
};
UNUSED static const struct shape nothing_shape = {"nothing", sizeof(struct nothing), NULL, 0};

// The position of a field by name, or -1.
int shape_find(const struct shape *shape, const char *name);
// The bounds in force for a field: its own, or the default of its kind.
i64 field_min(const struct field *field);
i64 field_max(const struct field *field);
// Position of a value's name in an enumeration, or -1.
int enumeration_find(const struct enumeration *values, const char *name);

// Copies the fields of `from` that are set or cleared onto fields of the same name in `to`: PATCH.
// Kinds must agree (asserted). A cleared field that is not optional in `to` is left alone.
void shape_patch(const struct shape *to_shape, void *to, const struct shape *from_shape,
                 const void *from);

struct problem;
// Checks one field's value against its limits and format; adds to `problem` what is wrong, under
// `path`. Lists and nested shapes are checked where they are read.
void field_check(const struct field *field, const void *at, const char *path,
                 struct problem *problem);
// The regular expression that documents a format, NULL for none.
const char *format_pattern(enum format format);

#endif
