// Checking and comparing product documents. Contract in document.h.
//
// Two documents are compared by the JSON of their fields. That is slower than comparing values and
// right for every kind of field, nested ones and lists included, without a second list of what a
// field consists of.
#include "services/product/document.h"

#include <string.h>

#include "core/json.h"
#include "core/str.h"

void text_list_add(struct arena *arena, struct text_list *list, const char *text)
{
    size_t size = sizeof *list->items;
    list->items = arena_grow(arena, list->items, list->count * size, (list->count + 1) * size);
    list->items[list->count++] = text;
}

bool text_list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

bool text_lists_equal(const struct text_list *a, const struct text_list *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return a->count == b->count;
}

const char *path_clean(struct arena *arena, const char *path)
{
    struct buf clean = buf_in(arena);
    while (*path != '\0') {
        size_t length = strcspn(path, ">");
        const char *level = str_trim(arena, arena_text_n(arena, path, length));
        if (*level != '\0')
            buf_printf(&clean, "%s%s", clean.length > 0 ? PATH_SEPARATOR : "", level);
        path += length + (path[length] == '>');
    }
    return clean.length > 0 ? clean.at : NULL;
}

static void check_variant(const struct product_document *document, size_t at,
                          struct problem *problem)
{
    const struct variant_document *variant = &document->variants.items[at];
    const char *path = arena_printf(problem->arena, "variants.%zu.options", at);
    if (variant->options.count != document->options.count) {
        problem_field(problem, path, "must have a value for each of the %zu options",
                      document->options.count);
        return;
    }
    for (size_t i = 0; i < variant->options.count; i++)
        if (str_blank(variant->options.items[i]))
            problem_field(problem, path, "must not be blank");
    for (size_t i = 0; i < at; i++)
        if (text_lists_equal(&variant->options, &document->variants.items[i].options)) {
            problem_field(problem, path, "the same as those of another variant");
            return;
        }
}

static void check_texts(const struct field *field, const struct text_list *list,
                        struct problem *problem)
{
    enum { TEXT_LONGEST = 255 };
    if ((i64)list->count > field_max(field))
        problem_field(problem, field->name, "more than %lld", (long long)field_max(field));
    for (size_t i = 0; i < list->count; i++)
        if (utf8_length(list->items[i]) > TEXT_LONGEST)
            problem_field(problem, field->name, "'%.20s...' is longer than %d", list->items[i],
                          TEXT_LONGEST);
}

// Readers of tables fill fields one by one; this holds all of them to the limits of the shape.
static void check_fields(const struct shape *shape, const void *in, const char *prefix,
                         struct problem *problem)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const void *at = (const unsigned char *)in + field->offset;
        bool is_set = (((const struct presence *)in)->set >> i & 1) != 0;
        if (is_set && field->kind == KIND_TEXTS)
            check_texts(field, at, problem);
        else if (is_set)
            field_check(field, at, arena_printf(problem->arena, "%s%s", prefix, field->name),
                        problem);
    }
}

void document_check(const struct product_document *document, struct problem *problem)
{
    check_fields(&product_document_shape, document, "", problem);
    for (size_t i = 0; i < document->variants.count; i++)
        check_fields(&variant_document_shape, &document->variants.items[i],
                     arena_printf(problem->arena, "variants.%zu.", i), problem);
    for (size_t i = 0; i < document->attributes.count; i++)
        check_fields(&attribute_document_shape, &document->attributes.items[i],
                     arena_printf(problem->arena, "attributes.%zu.", i), problem);
    for (size_t i = 0; i < document->options.count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal_fold(document->options.items[i], document->options.items[j]))
                problem_field(problem, "options", "'%s' stands there twice",
                              document->options.items[i]);
    for (size_t i = 0; i < document->variants.count; i++)
        check_variant(document, i, problem);
}

static bool field_differs(const struct shape *shape, size_t position, const void *before,
                          const void *after, struct arena *arena)
{
    struct buf old = buf_in(arena), new = buf_in(arena);
    json_write_field(shape, (int)position, before, &old);
    json_write_field(shape, (int)position, after, &new);
    return strcmp(buf_as_text(&old), buf_as_text(&new)) != 0;
}

static void add_name(struct buf *names, const char *prefix, const char *name, u64 *named,
                     size_t bit)
{
    if ((*named >> bit & 1) != 0)
        return;
    *named |= UINT64_C(1) << bit;
    buf_printf(names, "%s%s%s", names->length > 0 ? ", " : "", prefix, name);
}

static void add_changes(const struct shape *shape, const char *prefix, const void *before,
                        const void *after, u64 skip, u64 *named, struct buf *names)
{
    const struct presence *given = after;
    for (size_t i = 0; i < shape->count; i++)
        // Only what the document says something about can differ: the rest is kept.
        if (((given->set | given->cleared) & ~skip) >> i & 1)
            if (field_differs(shape, i, before, after, names->arena))
                add_name(names, prefix, shape->fields[i].name, named, i);
}

static const struct variant_document *same_variant(const struct product_document *document,
                                                   const struct variant_document *variant)
{
    for (size_t i = 0; i < document->variants.count; i++)
        if (text_lists_equal(&document->variants.items[i].options, &variant->options))
            return &document->variants.items[i];
    return NULL;
}

const char *document_changes(const struct product_document *before,
                             const struct product_document *after, struct arena *arena)
{
    struct buf names = buf_in(arena);
    u64 named = 0, variants_named = 0;
    add_changes(&product_document_shape, "", before, after,
                UINT64_C(1) << product_document_at_variants, &named, &names);
    for (size_t i = 0; i < after->variants.count; i++) {
        const struct variant_document *variant = &after->variants.items[i];
        const struct variant_document *old = same_variant(before, variant);
        if (old == NULL)
            add_name(&names, "", "variants", &named, product_document_at_variants);
        else
            add_changes(&variant_document_shape, "variants.", old, variant, 0, &variants_named,
                        &names);
    }
    return names.length > 0 ? names.at : NULL;
}
