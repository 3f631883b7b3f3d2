// Turns a text into a plan: synonyms, compounds, corrections. Contract in search_plan.h.
//
// A shopper's words are not the catalogue's. For each of them the plan lists what may stand for it,
// the surest first: the word itself and its other number, its two halves, synonyms, what it begins,
// and corrections. Only what the catalogue has is offered, so a plan is never larger than what it
// can find. Corrections are offered only where nothing else is known: "stool" must not become
// "stools and tools".
#include "services/product/search_plan.h"

#include <string.h>

#include "core/buf.h"
#include "core/str.h"

// How well an alternative stands for what was written, in 128ths.
enum {
    QUALITY_COMPOUND = 122, // "head phones" for "headphones" and back
    QUALITY_SYNONYM = 96,
    QUALITY_PREFIX = 84,
    QUALITY_EDIT = 100, // one letter wrong
    QUALITY_EDITS = 76, // two
    KNOWN_RATIO = 4,
    SPLIT_LEAST = 3, // letters of each part of a word that is taken apart
};

struct planning {
    const struct search *search;
    struct arena *arena;
    struct plan *plan;
};

static bool known(const struct planning *planning, const char *word)
{
    return word_frequency(planning->search, planning->arena, word) > 0;
}

// Adds an alternative unless the group has it already; the first one keeps its quality.
static void offer(struct group *group, struct alternative alternative)
{
    if (group->count == ALTERNATIVES_MAX)
        return;
    for (u32 i = 0; i < group->count; i++) {
        const struct alternative *other = &group->at[i];
        bool same = other->count == alternative.count && other->prefix == alternative.prefix;
        for (u32 j = 0; same && j < other->count; j++)
            same = str_equal(other->words[j], alternative.words[j]);
        if (same)
            return;
    }
    group->at[group->count++] = alternative;
}

// Offers what the catalogue knows all words of.
static void offer_known(const struct planning *planning, struct group *group,
                        struct alternative alternative)
{
    for (u32 i = 0; i < alternative.count; i++)
        if (!known(planning, alternative.words[i]))
            return;
    offer(group, alternative);
}

static void offer_word(const struct planning *planning, struct group *group, const char *word,
                       u32 quality)
{
    offer_known(planning, group,
                (struct alternative){.words = {word}, .count = 1, .quality = quality});
}

static void offer_synonyms(const struct planning *planning, struct group *group, size_t from,
                           size_t length)
{
    const struct phrase *found[ALTERNATIVES_MAX];
    size_t count = synonyms_of(&planning->search->synonyms, planning->arena, planning->plan->words,
                               from, length, found, COUNT_OF(found));
    for (size_t i = 0; i < count; i++) {
        struct alternative alternative = {.count = found[i]->count, .quality = QUALITY_SYNONYM};
        for (u32 j = 0; j < alternative.count; j++)
            alternative.words[j] = found[i]->words[j];
        offer_known(planning, group, alternative);
    }
}

static void offer_phrase(const struct planning *planning, struct group *group, size_t from,
                         size_t length)
{
    struct alternative alternative = {.count = (u32)length, .quality = QUALITY_EXACT};
    for (size_t i = 0; i < length; i++)
        alternative.words[i] = planning->plan->words.at[from + i].text;
    offer_known(planning, group, alternative);
}

// Two words for one: the places where both parts are known, the one with the commoner rarer part.
static void offer_split(const struct planning *planning, struct group *group,
                        const struct word *word, bool at_digits_only)
{
    u32 best = 0, best_at = 0;
    for (u32 at = 1; at < word->length; at++) {
        bool left_digit = word_has_digit((char[]){word->text[at - 1], '\0'});
        bool right_digit = word_has_digit((char[]){word->text[at], '\0'});
        bool long_enough = at >= SPLIT_LEAST && word->length - at >= SPLIT_LEAST;
        bool between_letters = ((unsigned char)word->text[at] & 0xC0) != 0x80;
        if (left_digit == right_digit && (at_digits_only || !long_enough || !between_letters))
            continue;
        u32 left = word_frequency(planning->search, planning->arena,
                                  arena_text_n(planning->arena, word->text, at));
        u32 right = word_frequency(planning->search, planning->arena, word->text + at);
        u32 rarer = left < right ? left : right;
        if (rarer > best) {
            best = rarer;
            best_at = at;
        }
    }
    if (best > 0)
        offer(group, (struct alternative){
                         .words = {arena_text_n(planning->arena, word->text, best_at),
                                   word->text + best_at},
                         .count = 2,
                         .quality = QUALITY_COMPOUND,
                     });
}

static u64 word_mass(const struct planning *planning, const char *word)
{
    i64 term = terms_find(&planning->search->terms, word);
    return term != NONE ? planning->search->terms.at[term].mass : 0;
}

// A word that is known is taken for an error only beside one that matters much more.
static void offer_spellings(const struct planning *planning, struct group *group, const char *word,
                            bool prefix)
{
    struct spelling spellings[CORRECTIONS_MAX];
    u64 least = KNOWN_RATIO * word_mass(planning, word);
    size_t count = spellings_of(planning->search, word, prefix, spellings, COUNT_OF(spellings));
    for (size_t i = 0; i < count; i++)
        if (planning->search->terms.at[spellings[i].term].mass >= least)
            offer(group, (struct alternative){
                             .words = {planning->search->terms.at[spellings[i].term].text},
                             .count = 1,
                             .quality = spellings[i].distance == 1 ? QUALITY_EDIT : QUALITY_EDITS,
                             .corrected = true,
                         });
}

static bool prefix_known(const struct planning *planning, const char *prefix)
{
    const struct terms *terms = &planning->search->terms;
    u32 at = terms_from(terms, prefix);
    return at < terms->sorted.count && str_starts(terms->at[terms->sorted.at[at]].text, prefix);
}

// A number one digit off is another number.
static bool may_be_misspelt(const char *word)
{
    return word[strspn(word, "0123456789.")] != '\0';
}

// The ways to read one word: as it is, in two parts, as a synonym, as the beginning of a word, and
// only if none of its own is known, as a typing error.
static void plan_word(const struct planning *planning, struct group *group, size_t i)
{
    const struct word *word = &planning->plan->words.at[i];
    bool whole = known(planning, word->text);
    // One letter begins too much, but it is all there is when it is no word.
    bool prefix = planning->plan->prefix && i + 1 == planning->plan->words.count &&
                  (word->length > 1 || !whole);
    bool begun = prefix && prefix_known(planning, word->text);
    offer_word(planning, group, word->text, QUALITY_EXACT);
    offer_split(planning, group, word, whole || begun);
    offer_synonyms(planning, group, i, 1);
    if (begun)
        offer(group,
              (struct alternative){
                  .words = {word->text}, .count = 1, .quality = QUALITY_PREFIX, .prefix = true});
    if (whole || begun || !may_be_misspelt(word->text))
        return;
    offer_spellings(planning, group, word->text, false);
    if (prefix && group->count == 0)
        offer_spellings(planning, group, word->text, true);
}

// How many words from here on were written without a space, as in "wi-fi".
static size_t glued_run(struct words words, size_t from)
{
    size_t length = 1;
    while (length < PHRASE_WORDS_MAX && from + length < words.count &&
           words.at[from + length].glued)
        length++;
    return length;
}

// A group for the words from `from` on; returns how many it took.
static size_t plan_group(const struct planning *planning, struct group *group, size_t from)
{
    struct words words = planning->plan->words;
    for (size_t length = PHRASE_WORDS_MAX; length > 1; length--) {
        offer_synonyms(planning, group, from, length);
        if (group->count > 0) {
            offer_phrase(planning, group, from, length);
            return length;
        }
    }
    size_t run = glued_run(words, from);
    size_t pair = from + 2 <= words.count ? 2 : 1;
    for (size_t length = run > pair ? run : pair; length > 1; length--) {
        offer_word(planning, group, words_join(planning->arena, words, from, from + length),
                   QUALITY_COMPOUND);
        if (group->count > 0) {
            offer_phrase(planning, group, from, length);
            return length;
        }
    }
    plan_word(planning, group, from);
    return 1;
}

// Stop words go when anything else is left.
static struct words without_stops(struct words words)
{
    size_t kept = 0;
    for (size_t i = 0; i < words.count; i++)
        kept += !word_is_stop(words.at[i].text);
    if (kept == 0)
        return words;
    kept = 0;
    for (size_t i = 0; i < words.count; i++) {
        if (word_is_stop(words.at[i].text) && !words.at[i].glued)
            continue;
        words.at[kept++] = words.at[i];
    }
    words.count = kept;
    return words;
}

// The beginning of a text that is not longer than SEARCH_TEXT_MAX, with whole letters.
static const char *clipped(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (length <= SEARCH_TEXT_MAX)
        return text;
    length = SEARCH_TEXT_MAX;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return arena_text_n(arena, text, length);
}

struct plan *plan_make(const struct search *search, struct arena *arena, const char *text)
{
    struct plan *plan = ARENA_NEW(arena, struct plan);
    struct planning planning = {search, arena, plan};
    text = clipped(arena, text);
    struct words words = words_of(arena, text, QUERY_WORDS_MAX);
    plan->text = text;
    plan->phrase = words_fold(arena, text);
    plan->prefix = words.count > 0 && text[words.at[words.count - 1].end] == '\0';
    plan->words = without_stops(words);
    plan->groups = ARENA_ARRAY(arena, struct group, plan->words.count);
    for (size_t i = 0; i < plan->words.count;) {
        struct group *group = &plan->groups[plan->count];
        group->first = (u32)i;
        i += plan_group(&planning, group, i);
        group->last = (u32)i;
        // A word that nothing stands for is left out: the others may still find something.
        plan->count += group->count > 0;
    }
    plan_intents(search, arena, plan);
    return plan;
}

void plan_widen(const struct search *search, struct arena *arena, struct plan *plan)
{
    struct planning planning = {search, arena, plan};
    for (u32 i = 0; i < plan->count; i++) {
        struct group *group = &plan->groups[i];
        group->weight = 0;
        const char *word = plan->words.at[group->first].text;
        if (group->last - group->first == 1 && may_be_misspelt(word))
            offer_spellings(&planning, group, word, false);
    }
    plan->intent_count = 0;
    plan_intents(search, arena, plan);
}

// The correction that brought the document up, NULL when it has what was written.
static const struct alternative *correction_for(const struct search *search, struct arena *arena,
                                                const struct group *group, u32 slot)
{
    const struct alternative *best = NULL;
    u32 most = 0;
    for (u32 i = 0; i < group->count; i++) {
        u32 impact = alternative_impact(search, arena, &group->at[i], slot);
        if (impact > 0 && !group->at[i].corrected)
            return NULL;
        if (impact > most) {
            most = impact;
            best = &group->at[i];
        }
    }
    return best;
}

const char *plan_corrected(const struct search *search, struct arena *arena,
                           const struct plan *plan, u32 slot)
{
    const char *corrections[QUERY_WORDS_MAX] = {NULL};
    bool any = false;
    for (u32 i = 0; i < plan->count; i++) {
        const struct alternative *best = correction_for(search, arena, &plan->groups[i], slot);
        if (best == NULL)
            continue;
        corrections[plan->groups[i].first] = best->words[0];
        any = true;
    }
    if (!any)
        return NULL;
    struct buf buf = buf_in(arena);
    const char *at = plan->text;
    for (size_t i = 0; i < plan->words.count; i++) {
        if (corrections[i] == NULL)
            continue;
        buf_bytes(&buf, at, (size_t)(plan->text + plan->words.at[i].begin - at));
        buf_text(&buf, corrections[i]);
        at = plan->text + plan->words.at[i].end;
    }
    buf_text(&buf, at);
    return str_trim(arena, buf_as_text(&buf));
}
