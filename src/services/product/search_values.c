// Facet values: categories, brands, types, tags and options, each with the slots that have it.
// Declared in search_index.h.
//
// A value's number is good while some document has it. Documents hold the numbers of their values
// and values the slots of their documents: one to take a document out, the other to filter by.
#include <string.h>

#include "core/str.h"
#include "services/product/search_index.h"
#include "services/product/search_words.h"

// Values are told apart by all but case and outer space: "+2" is not "-2", "10-12" not "10/12".
static const char *value_key(struct arena *arena, enum facet facet, const char *name,
                             const char *value)
{
    const char *key = str_lower(arena, str_trim(arena, value));
    if (facet != FACET_OPTION)
        return key;
    // The unit separator stands in no text of a line, so no name and value meet another pair's.
    return arena_printf(arena, "%s\x1F%s", str_lower(arena, str_trim(arena, name)), key);
}

static u32 key_hash(enum facet facet, const char *key)
{
    return hash_bytes(key, strlen(key)) + (u32)facet * 0x9E3779B9u;
}

static i64 find(const struct values *values, enum facet facet, const char *key)
{
    u32 hash = key_hash(facet, key), value;
    for (u32 probe = hash; lookup_next(&values->by_key, hash, &probe, &value);)
        if (values->at[value].facet == facet && strcmp(values->at[value].key, key) == 0)
            return value;
    return NONE;
}

i64 values_find(const struct values *values, struct arena *arena, enum facet facet,
                const char *name, const char *value)
{
    return find(values, facet, value_key(arena, facet, name, value));
}

static u32 number_take(struct search *search)
{
    struct values *values = &search->values;
    if (values->unused.count > 0)
        return values->unused.at[--values->unused.count];
    if (values->count == values->capacity) {
        size_t size = values->capacity * sizeof *values->at;
        size_t room = blocks_room(size > 0 ? size * 2 : 64 * sizeof *values->at);
        values->at = blocks_grow(&search->blocks, values->at, size, room);
        values->capacity = (u32)(room / sizeof *values->at);
    }
    return values->count++;
}

static const char *keep(struct search *search, const char *text)
{
    return blocks_text(&search->blocks, text, strlen(text));
}

static void give(struct search *search, const char *text)
{
    union {
        const char *kept;
        char *given;
    } at = {.kept = text};
    blocks_give(&search->blocks, at.given, strlen(text) + 1);
}

static u32 make(struct search *search, enum facet facet, const char *key,
                const struct search_label *label)
{
    u32 number = number_take(search);
    search->values.at[number] = (struct value){
        .facet = facet,
        .hash = key_hash(facet, key),
        .name = NONE,
        .key = keep(search, key),
        .value = keep(search, label->value),
        .label = keep(search, label->label),
        .words = keep(search, words_fold(search->pending_arena, label->label)),
        .slots = roaring_bitmap_create(),
    };
    lookup_add(&search->blocks, &search->values.by_key, search->values.at[number].hash, number);
    return number;
}

// A category keeps its handle when it gets another title.
static void relabel(struct search *search, struct value *value, const char *label)
{
    give(search, value->label);
    give(search, value->words);
    value->label = keep(search, label);
    value->words = keep(search, words_fold(search->pending_arena, label));
}

// A document counts once, however often it has the value: two paths share their ancestors.
static void count_in(struct search *search, u32 number, u32 slot)
{
    struct value *value = &search->values.at[number];
    if (!roaring_bitmap_add_checked(value->slots, slot))
        return;
    value->count++;
    list_append(&search->blocks, &search->docs[slot].values, number);
}

u32 values_add(struct search *search, enum facet facet, const char *name,
               const struct search_label *label, u32 slot)
{
    const char *key = value_key(search->pending_arena, facet, name, label->value);
    i64 found = find(&search->values, facet, key);
    u32 number = found != NONE ? (u32)found : make(search, facet, key, label);
    if (facet == FACET_CATEGORY && strcmp(search->values.at[number].label, label->label) != 0)
        relabel(search, &search->values.at[number], label->label);
    if (facet == FACET_OPTION) {
        struct search_label named = {name, name};
        u32 name_number = values_add(search, FACET_NAME, NULL, &named, slot);
        search->values.at[number].name = name_number;
    }
    count_in(search, number, slot);
    return number;
}

void values_drop(struct search *search, u32 number, u32 slot)
{
    struct value *value = &search->values.at[number];
    roaring_bitmap_remove(value->slots, slot);
    if (--value->count > 0)
        return;
    lookup_drop(&search->values.by_key, value->hash, number);
    roaring_bitmap_free(value->slots);
    give(search, value->key);
    give(search, value->value);
    give(search, value->label);
    give(search, value->words);
    *value = (struct value){0};
    list_append(&search->blocks, &search->values.unused, number);
}
