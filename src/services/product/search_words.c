// Cutting and folding of words. Contract in search_words.h.
//
// The same cutting is done to documents and to what is typed, and only their sameness matters: what
// is folded need not be right in any language as long as both sides are folded alike. It is by
// table and not by locale, so that a search finds the same on every machine.
//
// Numbers keep their point and are joined with their unit, each unit in one short form: "1.5
// litres" and "1.5l" are one word, and "15" does not find them.
#include "services/product/search_words.h"

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"

struct range {
    u32 first, last;
    i32 to; // the letter that the whole range becomes, or one of the two below
};
enum { FOLD_DROP = -1, FOLD_SYMBOL = -2 };

// Beyond U+017F, the first that fits: what a search needs of Unicode, not all of it.
static const struct range ranges[] = {
    {0x1A0, 0x1A1, 'o'},           {0x1AF, 0x1B0, 'u'},
    {0x218, 0x219, 's'},           {0x21A, 0x21B, 't'},
    {0x300, 0x36F, FOLD_DROP},     {0x386, 0x386, 0x3B1},
    {0x388, 0x388, 0x3B5},         {0x389, 0x389, 0x3B7},
    {0x38A, 0x38A, 0x3B9},         {0x38C, 0x38C, 0x3BF},
    {0x38E, 0x38E, 0x3C5},         {0x38F, 0x38F, 0x3C9},
    {0x3AC, 0x3AC, 0x3B1},         {0x3AD, 0x3AD, 0x3B5},
    {0x3AE, 0x3AE, 0x3B7},         {0x3AF, 0x3AF, 0x3B9},
    {0x3C2, 0x3C2, 0x3C3},         {0x3CC, 0x3CC, 0x3BF},
    {0x3CD, 0x3CD, 0x3C5},         {0x3CE, 0x3CE, 0x3C9},
    {0x401, 0x401, 0x435},         {0x451, 0x451, 0x435},
    {0x1EA0, 0x1EB7, 'a'},         {0x1EB8, 0x1EC7, 'e'},
    {0x1EC8, 0x1ECB, 'i'},         {0x1ECC, 0x1EE3, 'o'},
    {0x1EE4, 0x1EF1, 'u'},         {0x1EF2, 0x1EF9, 'y'},
    {0x200B, 0x200D, FOLD_DROP},   {0x2000, 0x2BFF, FOLD_SYMBOL},
    {0x3000, 0x303F, FOLD_SYMBOL}, {0xE000, 0xF8FF, FOLD_SYMBOL},
    {0xFE00, 0xFE0F, FOLD_DROP},   {0x1F000, 0x1FAFF, FOLD_SYMBOL},
};

enum { NO_LETTER = 0, DROPPED = 1 };

// The letter or digit that a code point is folded to; NO_LETTER for what separates words.
static u32 fold(u32 code)
{
    if (code < 0x80) {
        bool letter = (code | 32) >= 'a' && (code | 32) <= 'z';
        return letter ? code | 32 : code >= '0' && code <= '9' ? code : NO_LETTER;
    }
    if (code >= 0xFF01 && code <= 0xFF5E)
        return fold(code - 0xFEE0);
    if (code < 0xC0 || code == 0xD7 || code == 0xF7)
        return code == 0xAD ? DROPPED : code == 0xAA ? 'a' : code == 0xBA ? 'o' : NO_LETTER;
    if (code < 0x180)
        return (u32)latin_base(code);
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].to > 0            ? (u32)ranges[i].to
                   : ranges[i].to == FOLD_DROP ? DROPPED
                                               : NO_LETTER;
    if ((code >= 0x391 && code <= 0x3AB) || (code >= 0x410 && code <= 0x42F))
        return code + 0x20;
    return code >= 0x400 && code <= 0x40F ? code + 0x50 : code;
}

// Letters that are written as two.
static const char *fold_pair(u32 code)
{
    switch (code) {
    case 0xDF:
        return "ss";
    case 0xC6:
    case 0xE6:
        return "ae";
    case 0x152:
    case 0x153:
        return "oe";
    case 0xDE:
    case 0xFE:
        return "th";
    default:
        return NULL;
    }
}

// Scripts without spaces, where each character is a word of its own.
static bool stands_alone(u32 code)
{
    return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
           (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x3FFFF);
}

static bool digit(u32 code)
{
    return code >= '0' && code <= '9';
}

struct cutter {
    struct arena *arena;
    const char *text, *at;
    struct words words;
    size_t capacity, count_max;
    char word[WORD_BYTES_MAX + 8];
    size_t length;
    u32 begin, end; // of the word being read
    bool spaced, quoted;
};

// Appends one letter as UTF-8; what does not fit any more is dropped, whole letters only.
static void put_code(struct cutter *cutter, u32 code)
{
    char *out = cutter->word + cutter->length;
    if (cutter->length >= WORD_BYTES_MAX)
        return;
    if (code < 0x80) {
        out[0] = (char)code;
        cutter->length += 1;
    } else if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        cutter->length += 2;
    } else if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        cutter->length += 3;
    } else {
        out[0] = (char)(0xF0 | code >> 18);
        out[1] = (char)(0x80 | (code >> 12 & 0x3F));
        out[2] = (char)(0x80 | (code >> 6 & 0x3F));
        out[3] = (char)(0x80 | (code & 0x3F));
        cutter->length += 4;
    }
}

// Ends the word being read, if there is one.
static void end_word(struct cutter *cutter)
{
    if (cutter->length == 0 || cutter->words.count == cutter->count_max)
        return;
    struct words *words = &cutter->words;
    if (words->count == cutter->capacity) {
        size_t room = cutter->capacity > 0 ? cutter->capacity * 2 : 16;
        words->at = arena_grow(cutter->arena, words->at, cutter->capacity * sizeof *words->at,
                               room * sizeof *words->at);
        cutter->capacity = room;
    }
    words->at[words->count++] = (struct word){
        .text = arena_text_n(cutter->arena, cutter->word, cutter->length),
        .length = (u16)cutter->length,
        .begin = cutter->begin,
        .end = cutter->end,
        .glued = !cutter->spaced,
    };
    cutter->length = 0;
    cutter->spaced = false;
}

static void put_letter(struct cutter *cutter, u32 code, u32 letter, u32 begin)
{
    bool alone = stands_alone(letter);
    if (alone)
        end_word(cutter);
    if (cutter->length == 0)
        cutter->begin = begin;
    const char *pair = fold_pair(code);
    for (; pair != NULL && *pair != '\0'; pair++)
        put_code(cutter, (u32)*pair);
    if (fold_pair(code) == NULL)
        put_code(cutter, letter);
    cutter->end = (u32)(cutter->at - cutter->text);
    if (alone) {
        end_word(cutter);
        cutter->spaced = true; // neighbours are no compound
    }
}

static bool ends_in_digit(const struct cutter *cutter)
{
    return cutter->length > 0 && digit((unsigned char)cutter->word[cutter->length - 1]);
}

// A sign within or after a word. True when the word goes on.
static bool goes_on(struct cutter *cutter, u32 code)
{
    bool before_digit = digit((unsigned char)*cutter->at);
    if (code == '\'' || code == 0x2019)
        return cutter->length > 0;
    if (code == '.' && ends_in_digit(cutter) && before_digit) {
        put_code(cutter, '.');
        return true;
    }
    if (code == ',' && ends_in_digit(cutter) && before_digit)
        return true;
    if ((code == '"' && !cutter->quoted) || code == 0x2033 || code == 0x201D)
        if (ends_in_digit(cutter)) {
            put_code(cutter, 'i');
            put_code(cutter, 'n');
        }
    return false;
}

static void cut(struct cutter *cutter)
{
    static const char glue[] = "-&._+";
    while (*cutter->at != '\0' && cutter->words.count < cutter->count_max) {
        u32 begin = (u32)(cutter->at - cutter->text);
        u32 code = utf8_next(&cutter->at);
        u32 letter = fold(code);
        if (letter == DROPPED)
            continue;
        if (letter != NO_LETTER) {
            put_letter(cutter, code, letter, begin);
            continue;
        }
        if (goes_on(cutter, code))
            continue;
        if (code == '"')
            cutter->quoted = !cutter->quoted && !ends_in_digit(cutter);
        end_word(cutter);
        if (code > 0x7F || strchr(glue, (int)code) == NULL)
            cutter->spaced = true;
    }
    end_word(cutter);
}

struct unit {
    const char *written, *unit;
};

// Sorted by what is written.
static const struct unit units[] = {
    {"amp", "a"},          {"amps", "a"},        {"cm", "cm"},
    {"dpi", "dpi"},        {"feet", "ft"},       {"foot", "ft"},
    {"fps", "fps"},        {"ft", "ft"},         {"g", "g"},
    {"gb", "gb"},          {"ghz", "ghz"},       {"gigabyte", "gb"},
    {"gigabytes", "gb"},   {"gram", "g"},        {"grams", "g"},
    {"hz", "hz"},          {"in", "in"},         {"inch", "in"},
    {"inches", "in"},      {"kb", "kb"},         {"kg", "kg"},
    {"khz", "khz"},        {"kilogram", "kg"},   {"kilograms", "kg"},
    {"kwh", "kwh"},        {"l", "l"},           {"lb", "lb"},
    {"lbs", "lb"},         {"liter", "l"},       {"liters", "l"},
    {"litre", "l"},        {"litres", "l"},      {"mah", "mah"},
    {"mb", "mb"},          {"megapixel", "mp"},  {"megapixels", "mp"},
    {"meter", "m"},        {"meters", "m"},      {"metre", "m"},
    {"metres", "m"},       {"mhz", "mhz"},       {"milliliter", "ml"},
    {"milliliters", "ml"}, {"millilitre", "ml"}, {"millilitres", "ml"},
    {"ml", "ml"},          {"mm", "mm"},         {"mp", "mp"},
    {"ounce", "oz"},       {"ounces", "oz"},     {"oz", "oz"},
    {"pound", "lb"},       {"pounds", "lb"},     {"tb", "tb"},
    {"terabyte", "tb"},    {"terabytes", "tb"},  {"v", "v"},
    {"volt", "v"},         {"volts", "v"},       {"w", "w"},
    {"watt", "w"},         {"watts", "w"},
};

static int by_written(const void *a, const void *b)
{
    return strcmp(a, ((const struct unit *)b)->written);
}

static const char *unit_of(const char *text)
{
    const struct unit *unit = bsearch(text, units, COUNT_OF(units), sizeof units[0], by_written);
    return unit != NULL ? unit->unit : NULL;
}

static size_t number_length(const char *text)
{
    return strspn(text, "0123456789.");
}

// One letter or "in" is too often a word of its own to be taken for a unit after a space.
static bool unit_follows(struct words words, size_t i)
{
    const struct word *next = &words.at[i];
    if (unit_of(next->text) == NULL)
        return false;
    return next->glued || (next->length > 1 && strcmp(next->text, "in") != 0);
}

// Joins numbers and units in place; each in its short form.
static void join_units(struct arena *arena, struct words *words)
{
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        struct word word = words->at[i];
        size_t number = number_length(word.text);
        const char *unit = number > 0 ? unit_of(word.text + number) : NULL;
        if (number > 0 && number == word.length && i + 1 < words->count &&
            unit_follows(*words, i + 1)) {
            unit = unit_of(words->at[i + 1].text);
            word.end = words->at[++i].end;
        }
        if (unit != NULL) {
            word.text = arena_printf(arena, "%.*s%s", (int)number, word.text, unit);
            word.length = (u16)strlen(word.text);
        }
        words->at[kept++] = word;
    }
    words->count = kept;
}

struct words words_of(struct arena *arena, const char *text, size_t count_max)
{
    struct cutter cutter = {
        .arena = arena, .text = text, .at = text, .count_max = count_max, .spaced = true};
    cut(&cutter);
    join_units(arena, &cutter.words);
    return cutter.words;
}

const char *words_fold(struct arena *arena, const char *text)
{
    struct words words = words_of(arena, text, strlen(text));
    struct buf buf = buf_in(arena);
    for (size_t i = 0; i < words.count; i++) {
        if (i > 0)
            buf_char(&buf, ' ');
        buf_bytes(&buf, words.at[i].text, words.at[i].length);
    }
    // A title of signs only ("+++") still is one.
    return words.count > 0 ? buf_as_text(&buf) : arena_text(arena, text);
}

const char *words_join(struct arena *arena, struct words words, size_t from, size_t to)
{
    struct buf buf = buf_in(arena);
    for (size_t i = from; i < to; i++)
        buf_bytes(&buf, words.at[i].text, words.at[i].length);
    size_t length = buf.length < WORD_BYTES_MAX ? buf.length : WORD_BYTES_MAX;
    return arena_text_n(arena, buf_as_text(&buf), length);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

bool word_is_stop(const char *word)
{
    static const char *const sorted[] = {
        "a",    "all",  "an",     "and",  "any",  "are",  "as",    "at",   "be",   "best",  "buy",
        "by",   "can",  "do",     "does", "for",  "from", "get",   "good", "has",  "have",  "i",
        "in",   "into", "is",     "it",   "its",  "me",   "my",    "need", "of",   "off",   "on",
        "or",   "our",  "please", "s",    "some", "than", "that",  "the",  "them", "these", "they",
        "this", "to",   "want",   "was",  "we",   "what", "which", "with", "you",  "your",
    };
    return bsearch(word, sorted, COUNT_OF(sorted), sizeof sorted[0], by_text) != NULL;
}

bool word_has_digit(const char *word)
{
    return strpbrk(word, "0123456789") != NULL;
}

static bool ends(const char *word, size_t length, const char *tail)
{
    size_t tail_length = strlen(tail);
    return length > tail_length + 1 && memcmp(word + length - tail_length, tail, tail_length) == 0;
}

// After Harman's S-stemmer (1991), with the -es of sibilants.
const char *word_singular(struct arena *arena, const char *word)
{
    size_t length = strlen(word);
    if (length < 4 || word[length - 1] != 's' || word_has_digit(word) || ends(word, length, "ss") ||
        ends(word, length, "us") || ends(word, length, "is"))
        return word;
    if (length > 4 && ends(word, length, "ies"))
        return arena_printf(arena, "%.*sy", (int)(length - 3), word);
    static const char *const sibilants[] = {"shes", "ches", "xes", "sses", "zzes"};
    for (size_t i = 0; i < COUNT_OF(sibilants); i++)
        if (ends(word, length, sibilants[i]))
            return arena_text_n(arena, word, length - 2);
    return arena_text_n(arena, word, length - 1);
}

// The regular plural; word_forms looks it up, so a wrong guess finds nothing and costs little.
static const char *plural(struct arena *arena, const char *word)
{
    size_t length = strlen(word);
    bool consonant_y = ends(word, length, "y") && strchr("aeiou", word[length - 2]) == NULL;
    if (consonant_y)
        return arena_printf(arena, "%.*sies", (int)(length - 1), word);
    bool sibilant = ends(word, length, "s") || ends(word, length, "x") || ends(word, length, "z") ||
                    ends(word, length, "ch") || ends(word, length, "sh");
    return arena_printf(arena, "%s%s", word, sibilant ? "es" : "s");
}

size_t word_forms(struct arena *arena, const char *word, const char *forms[WORD_FORMS_MAX])
{
    size_t length = strlen(word), count = 0;
    if (length < 3 || word_has_digit(word) || (unsigned char)word[length - 1] >= 0x80)
        return 0;
    const char *one = word_singular(arena, word);
    if (strcmp(one, word) != 0)
        forms[count++] = one;
    const char *many = plural(arena, one);
    if (strcmp(many, word) != 0)
        forms[count++] = many;
    return count;
}

u64 word_letters(const char *word)
{
    u64 letters = 0;
    for (u32 code = utf8_next(&word); code != 0; code = utf8_next(&word)) {
        // Letters beyond ASCII share the 28 places that are left.
        u32 place = code >= 0x80 ? 36 + code % 28 : digit(code) ? 26 + code - '0' : code % 26;
        letters |= UINT64_C(1) << place;
    }
    return letters;
}
