// Structs of shapes as bytes. Contract in pack.h.
//
// A struct is its two masks and its fields in order: integers as they lie in memory, texts as a
// length, the bytes and a NUL, so that a reader may point at them. Nothing is named or tagged; that
// both sides have the same shape is what the fingerprint in the key is for. The reader still checks
// every length against what is left, because a cache's bytes come over a network.
#include "core/pack.h"

#include <string.h>

#include "core/str.h"

static const u32 absent = UINT32_MAX; // the length of no text

// Every list begins with these two members, whatever its items.
struct any_list {
    size_t count;
    unsigned char *items;
};

static void write_number(u32 number, struct buf *out)
{
    buf_bytes(out, &number, sizeof number);
}

static void write_text(const char *text, struct buf *out)
{
    write_number(text != NULL ? (u32)strlen(text) : absent, out);
    if (text != NULL)
        buf_bytes(out, text, strlen(text) + 1);
}

static void write_texts(const struct text_list *list, struct buf *out)
{
    write_number((u32)list->count, out);
    for (size_t i = 0; i < list->count; i++)
        write_text(list->items[i], out);
}

static void write_list(const struct shape *shape, const struct any_list *list, struct buf *out)
{
    write_number((u32)list->count, out);
    for (size_t i = 0; i < list->count; i++)
        pack_write(shape, list->items + i * shape->size, out);
}

static void write_nested(const struct shape *shape, const void *in, struct buf *out)
{
    write_number(in != NULL ? 1 : 0, out);
    if (in != NULL)
        pack_write(shape, in, out);
}

static void write_field(const struct field *field, const void *at, struct buf *out)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        buf_bytes(out, at, sizeof(i64));
        break;
    case KIND_BOOL:
        write_number(*(const bool *)at ? 1 : 0, out);
        break;
    case KIND_ENUM:
        buf_bytes(out, at, sizeof(u32));
        break;
    case KIND_UUID:
        write_text(((const struct uuid *)at)->s, out);
        break;
    case KIND_TEXT:
    case KIND_JSON:
        write_text(*(const char *const *)at, out);
        break;
    case KIND_TEXTS:
        write_texts(at, out);
        break;
    case KIND_NESTED:
        write_nested(field->shape, *(const void *const *)at, out);
        break;
    case KIND_LIST:
        write_list(field->shape, at, out);
        break;
    }
}

void pack_write(const struct shape *shape, const void *in, struct buf *out)
{
    buf_bytes(out, in, sizeof(struct presence));
    for (size_t i = 0; i < shape->count; i++)
        write_field(&shape->fields[i], (const unsigned char *)in + shape->fields[i].offset, out);
}

struct reading {
    const unsigned char *at;
    size_t left;
    struct arena *arena;
};

static bool read_struct(struct reading *in, const struct shape *shape, void *out);

static bool take(struct reading *in, void *out, size_t size)
{
    if (in->left < size)
        return false;
    memcpy(out, in->at, size);
    in->at += size;
    in->left -= size;
    return true;
}

static bool read_text(struct reading *in, const char **out)
{
    u32 length;
    if (!take(in, &length, sizeof length))
        return false;
    *out = NULL;
    if (length == absent)
        return true;
    const char *text = (const char *)in->at;
    if (length >= in->left || text[length] != '\0' || !utf8_valid(text, length))
        return false;
    in->at += (size_t)length + 1;
    in->left -= (size_t)length + 1;
    *out = text;
    return true;
}

static bool read_uuid(struct reading *in, struct uuid *out)
{
    const char *text;
    if (!read_text(in, &text) || text == NULL || strlen(text) >= sizeof out->s)
        return false;
    memcpy(out->s, text, strlen(text) + 1);
    return true;
}

// A count of what takes at least so many bytes each: what comes from outside must not make the
// arena larger than in proportion.
static bool read_count(struct reading *in, size_t least, size_t *out)
{
    u32 count;
    if (!take(in, &count, sizeof count) || count > in->left / least)
        return false;
    *out = count;
    return true;
}

static bool read_texts(struct reading *in, struct text_list *out)
{
    bool good = read_count(in, sizeof(u32), &out->count);
    if (!good)
        return false;
    out->items = ARENA_ARRAY(in->arena, const char *, out->count);
    for (size_t i = 0; good && i < out->count; i++)
        good = read_text(in, &out->items[i]) && out->items[i] != NULL;
    return good;
}

static bool read_list(struct reading *in, const struct shape *shape, struct any_list *out)
{
    bool good = read_count(in, sizeof(struct presence), &out->count);
    if (!good)
        return false;
    out->items = arena_alloc(in->arena, out->count * shape->size);
    for (size_t i = 0; good && i < out->count; i++)
        good = read_struct(in, shape, out->items + i * shape->size);
    return good;
}

static bool read_nested(struct reading *in, const struct shape *shape, void **out)
{
    u32 there;
    if (!take(in, &there, sizeof there) || there > 1)
        return false;
    *out = there == 1 ? arena_alloc(in->arena, shape->size) : NULL;
    return *out == NULL || read_struct(in, shape, *out);
}

static bool read_bool(struct reading *in, bool *out)
{
    u32 value;
    bool good = take(in, &value, sizeof value) && value <= 1;
    *out = good && value == 1;
    return good;
}

static bool read_enum(struct reading *in, const struct enumeration *values, void *out)
{
    u32 value;
    bool good = take(in, &value, sizeof value) && value < values->count;
    memcpy(out, &value, good ? sizeof value : 0);
    return good;
}

static bool read_field(struct reading *in, const struct field *field, void *at)
{
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
    case KIND_TIME:
        return take(in, at, sizeof(i64));
    case KIND_BOOL:
        return read_bool(in, at);
    case KIND_ENUM:
        return read_enum(in, field->values, at);
    case KIND_UUID:
        return read_uuid(in, at);
    case KIND_TEXT:
    case KIND_JSON:
        return read_text(in, at);
    case KIND_TEXTS:
        return read_texts(in, at);
    case KIND_NESTED:
        return read_nested(in, field->shape, at);
    case KIND_LIST:
        return read_list(in, field->shape, at);
    }
    return false;
}

static bool read_struct(struct reading *in, const struct shape *shape, void *out)
{
    bool good = take(in, out, sizeof(struct presence));
    for (size_t i = 0; good && i < shape->count; i++)
        good = read_field(in, &shape->fields[i], (unsigned char *)out + shape->fields[i].offset);
    return good;
}

bool pack_read(const struct shape *shape, const void *bytes, size_t length, struct arena *arena,
               void *out)
{
    struct reading in = {.at = bytes, .left = length, .arena = arena};
    return read_struct(&in, shape, out) && in.left == 0;
}

static u64 hash_text(u64 hash, const char *text)
{
    return str_hash(hash, text) * UINT64_C(1099511628211); // so that "ab", "c" is not "a", "bc"
}

static u64 hash_shape(u64 hash, const struct shape *shape)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        hash = hash_text(hash, field->name) + (u64)field->kind;
        for (size_t j = 0; field->values != NULL && j < field->values->count; j++)
            hash = hash_text(hash, field->values->values[j]);
        if (field->shape != NULL)
            hash = hash_shape(hash, field->shape);
    }
    return hash;
}

u64 pack_fingerprint(const struct shape *shape)
{
    return hash_shape(STR_HASH, shape);
}
