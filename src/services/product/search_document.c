// Reads a document into words with impacts. Contract in search_document.h.
//
// The weights below are not learned. They say that a word in the title counts for more than one in
// the description, that a code which matches whole is nearly certain, and that the second mention
// says less than the first. `make bench-search` measures what they find on real queries; change
// them with it.
//
// w / (w + HALF_IMPACT) keeps any sum of mentions below 255, and is the saturation of BM25 with a
// constant in place of averages, so that no document's impact depends on the others' and a publish
// touches only what changed.
#include "services/product/search_document.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "services/product/search_words.h"

enum text_field {
    FIELD_TITLE,
    FIELD_BRAND,
    FIELD_TYPE,
    FIELD_CATEGORY,
    FIELD_TAG,
    FIELD_OPTION,
    FIELD_CODE,
    FIELD_DESCRIPTION,
    FIELDS,
};

// What one mention is worth, and at how many words of the field it is worth just that: a mention
// in a longer field is worth less, in a shorter one more. 0: length does not matter.
static const struct {
    u32 weight, pivot, words_max;
} fields[FIELDS] = {
    [FIELD_TITLE] = {100, 10, 64}, [FIELD_BRAND] = {60, 0, 16},
    [FIELD_TYPE] = {60, 0, 16},    [FIELD_CATEGORY] = {50, 0, 16},
    [FIELD_TAG] = {40, 0, 16},     [FIELD_OPTION] = {20, 0, 16},
    [FIELD_CODE] = {400, 0, 16},   [FIELD_DESCRIPTION] = {12, 80, 1000},
};
enum {
    HALF_IMPACT = 100, // the weight that gives half of the largest impact
    RUN_MAX = 4,       // words of "a-b-c-d" that are also kept as one
};

struct mention {
    const char *text;
    enum text_field field;
};
struct reading {
    struct arena *arena;
    struct mention *mentions;
    size_t count, capacity;
    u32 lengths[FIELDS];
};

static void mention(struct reading *reading, const char *text, enum text_field field)
{
    if (reading->count == reading->capacity) {
        size_t room = reading->capacity > 0 ? reading->capacity * 2 : 256;
        reading->mentions =
            arena_grow(reading->arena, reading->mentions, reading->count * sizeof(struct mention),
                       room * sizeof(struct mention));
        reading->capacity = room;
    }
    reading->mentions[reading->count++] = (struct mention){text, field};
}

// "wi-fi" is found as "wifi" too, "2-in-1" as "2in1".
static void mention_run(struct reading *reading, struct words words, size_t from, size_t to,
                        enum text_field field)
{
    if (to - from > 1 && to - from <= RUN_MAX)
        mention(reading, words_join(reading->arena, words, from, to), field);
    for (size_t i = from; to - from > 2 && i + 1 < to; i++)
        mention(reading, words_join(reading->arena, words, i, i + 2), field);
}

static void read_field(struct reading *reading, const char *text, enum text_field field)
{
    if (text == NULL)
        return;
    struct words words = words_of(reading->arena, text, fields[field].words_max);
    size_t run = 0;
    for (size_t i = 0; i < words.count; i++) {
        mention(reading, words.at[i].text, field);
        if (words.at[i].glued)
            continue;
        mention_run(reading, words, run, i, field);
        run = i;
    }
    mention_run(reading, words, run, words.count, field);
    reading->lengths[field] += (u32)words.count;
}

static void read_code(struct reading *reading, const char *code)
{
    struct words words = words_of(reading->arena, code, fields[FIELD_CODE].words_max);
    if (words.count > 0)
        mention(reading, words_join(reading->arena, words, 0, words.count), FIELD_CODE);
}

static void read_fields(struct reading *reading, const struct search_document *document)
{
    read_field(reading, document->title, FIELD_TITLE);
    read_field(reading, document->brand, FIELD_BRAND);
    read_field(reading, document->type, FIELD_TYPE);
    read_field(reading, document->description, FIELD_DESCRIPTION);
    for (size_t i = 0; i < document->path_count; i++)
        for (size_t j = 0; j < document->paths[i].count; j++)
            read_field(reading, document->paths[i].nodes[j].label, FIELD_CATEGORY);
    for (size_t i = 0; i < document->tag_count; i++)
        read_field(reading, document->tags[i], FIELD_TAG);
    for (size_t i = 0; i < document->option_count; i++)
        read_field(reading, document->options[i].value, FIELD_OPTION);
    for (size_t i = 0; i < document->code_count; i++)
        read_code(reading, document->codes[i]);
}

static int by_text_and_field(const void *a, const void *b)
{
    const struct mention *left = a, *right = b;
    int compared = strcmp(left->text, right->text);
    return compared != 0 ? compared : (int)left->field - (int)right->field;
}

// Further mentions in a description add ever less; elsewhere the first says it all.
static u32 mentions_weight(const struct reading *reading, enum text_field field, u32 times)
{
    static const u32 tenths[] = {0, 10, 15, 18, 20};
    u32 weight = fields[field].weight * 10, pivot = fields[field].pivot;
    if (field == FIELD_DESCRIPTION)
        weight = fields[field].weight * tenths[times < 4 ? times : 4];
    return pivot == 0 ? weight : weight * 2 * pivot / (pivot + reading->lengths[field]);
}

// The weight of the mentions from `*i` on that are of one word; moves on to the next word.
static u32 word_weight(const struct reading *reading, size_t *i)
{
    const struct mention *mentions = reading->mentions;
    const char *text = mentions[*i].text;
    u32 weight = 0;
    while (*i < reading->count && strcmp(mentions[*i].text, text) == 0) {
        enum text_field field = mentions[*i].field;
        u32 times = 0;
        for (; *i < reading->count && strcmp(mentions[*i].text, text) == 0 &&
               mentions[*i].field == field;
             ++*i)
            times++;
        weight += mentions_weight(reading, field, times);
    }
    return weight;
}

static void impacts(struct reading *reading, struct arena *arena, struct pending *pending)
{
    size_t count = reading->count, i = 0;
    qsort(reading->mentions, count, sizeof *reading->mentions, by_text_and_field);
    struct pending_word *words = ARENA_ARRAY(reading->arena, struct pending_word, count);
    while (i < count) {
        const char *text = reading->mentions[i].text;
        u32 weight = word_weight(reading, &i);
        u32 impact = 255 * weight / (weight + HALF_IMPACT * 10);
        impact = impact > 0 ? impact : 1;
        words[pending->word_count++] = (struct pending_word){arena_text(arena, text), impact};
        pending->words_hash = hash_bytes_64(pending->words_hash, text, strlen(text)) * 31 + impact;
    }
    pending->words = ARENA_ARRAY(arena, struct pending_word, pending->word_count);
    for (u32 j = 0; j < pending->word_count; j++)
        pending->words[j] = words[j];
}

static void put_value(struct arena *arena, struct pending *pending, enum facet facet,
                      const char *name, const char *value, const char *label)
{
    if (str_blank(value))
        return;
    pending->values[pending->value_count++] = (struct pending_value){
        .facet = facet,
        .name = name != NULL ? arena_text(arena, name) : NULL,
        .label = {arena_text(arena, value), arena_text(arena, label != NULL ? label : value)},
    };
}

static void read_values(struct arena *arena, struct pending *pending,
                        const struct search_document *document)
{
    size_t most = 2 + document->tag_count + document->option_count;
    for (size_t i = 0; i < document->path_count; i++)
        most += document->paths[i].count;
    pending->values = ARENA_ARRAY(arena, struct pending_value, most);
    for (size_t i = 0; i < document->path_count; i++)
        for (size_t j = 0; j < document->paths[i].count; j++)
            put_value(arena, pending, FACET_CATEGORY, NULL, document->paths[i].nodes[j].value,
                      document->paths[i].nodes[j].label);
    put_value(arena, pending, FACET_BRAND, NULL, document->brand, NULL);
    put_value(arena, pending, FACET_TYPE, NULL, document->type, NULL);
    for (size_t i = 0; i < document->tag_count; i++)
        put_value(arena, pending, FACET_TAG, NULL, document->tags[i], NULL);
    for (size_t i = 0; i < document->option_count; i++)
        if (!str_blank(document->options[i].name))
            put_value(arena, pending, FACET_OPTION, document->options[i].name,
                      document->options[i].value, NULL);
}

struct pending *pending_read(struct arena *arena, struct arena *scratch,
                             const struct search_document *document)
{
    assert(document->title != NULL);
    struct pending *pending = ARENA_NEW(arena, struct pending);
    struct reading reading = {.arena = scratch};
    read_fields(&reading, document);
    impacts(&reading, arena, pending);
    read_values(arena, pending, document);
    pending->id = id_of(&document->id);
    pending->title = arena_text(arena, words_fold(scratch, document->title));
    pending->popularity = max_i64(document->popularity, 0);
    pending->published_ms = document->published_ms;
    pending->in_stock = document->in_stock;
    pending->price_count = (u32)document->price_count;
    pending->prices = ARENA_ARRAY(arena, struct search_price, document->price_count);
    for (size_t i = 0; i < document->price_count; i++)
        pending->prices[i] = document->prices[i];
    arena_reset(scratch);
    return pending;
}
