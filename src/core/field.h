// The tables that a shape expands to: fields, their kinds and limits. How to write one: shape.h.
#ifndef SOUK_CORE_FIELD_H
#define SOUK_CORE_FIELD_H

#include "core/base.h"

struct uuid {
    char s[37]; // text form; "" is no id
};

struct text_list {
    size_t count;
    const char **items;
};

enum kind {
    KIND_I64,
    KIND_MINOR,
    KIND_BOOL,
    KIND_TIME,
    KIND_TEXT,
    KIND_UUID,
    KIND_JSON,
    KIND_TEXTS,
    KIND_ENUM,
    KIND_NESTED,
    KIND_LIST,
};

// Further rules for a text; each has its check and its OpenAPI pattern in shape.c.
enum format {
    FORMAT_NONE,
    FORMAT_EMAIL,    // RFC 5321 in its usual form: local@domain.tld
    FORMAT_HANDLE,   // small letters, digits and single dashes
    FORMAT_CURRENCY, // ISO 4217, a known one
    FORMAT_COUNTRY,  // ISO 3166-1 alpha-2, large letters
    FORMAT_URL,      // http or https
    FORMAT_LINE,     // no control characters: names, titles, SKUs
};

struct enumeration {
    const char *name;
    const char *const *values;
    size_t count;
};

struct shape;
struct field {
    const char *name, *doc;
    enum kind kind;
    enum format format;
    bool optional; // may be absent or null
    bool secret;   // never logged
    size_t offset;
    i64 min, max; // value, characters or items; both 0: the default of the kind
    const struct enumeration *values;
    const struct shape *shape; // of a nested shape or of a list's items
};

struct shape {
    const char *name;
    size_t size;
    const struct field *fields;
    size_t count;
};

// What every struct of a shape starts with.
struct presence {
    u64 set, cleared;
};

#endif
