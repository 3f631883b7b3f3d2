// Scores documents by a plan: for each group the best alternative, weighted by the group's rarity.
// Contract in search_plan.h.
//
// Term at a time: each group adds to an array of scores by slot, and the arrays are as large as the
// catalogue, which is why everything in them is a byte or four. Document at a time with skipping
// (WAND) was the alternative; it pays off for top-k alone, and here total and facets need every
// match anyway.
//
// All arithmetic is in whole numbers: scores are compared across pages and machines, and a cursor
// stops at an exact one.
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "services/product/search_plan.h"

enum {
    QUALITY_OTHER_NUMBER = 122, // singular for plural and back
    WEIGHT_LEAST = 16,          // of a word that every document has
};

// Postings that say one word, with the quality they say it with.
struct use {
    const struct list *postings;
    u32 quality;
};
struct uses {
    struct use *at;
    u32 count, capacity;
};

static void use_term(struct uses *uses, struct arena *arena, const struct term *term, u32 quality)
{
    if (uses->count == uses->capacity) {
        u32 room = uses->capacity > 0 ? uses->capacity * 2 : 4;
        uses->at =
            arena_grow(arena, uses->at, uses->capacity * sizeof *uses->at, room * sizeof *uses->at);
        uses->capacity = room;
    }
    uses->at[uses->count++] = (struct use){&term->postings, quality};
}

static void use_prefix(const struct search *search, struct arena *arena, struct uses *uses,
                       const char *prefix, u32 quality)
{
    const struct terms *terms = &search->terms;
    for (u32 i = terms_from(terms, prefix); i < terms->sorted.count; i++) {
        const struct term *term = &terms->at[terms->sorted.at[i]];
        if (!str_starts(term->text, prefix))
            return;
        use_term(uses, arena, term, quality);
    }
}

// The postings of a word in singular and plural, or of all words that it begins.
static struct uses uses_of(const struct search *search, struct arena *arena, const char *word,
                           u32 quality, bool prefix)
{
    struct uses uses = {0};
    if (prefix) {
        use_prefix(search, arena, &uses, word, quality);
        return uses;
    }
    i64 exact = terms_find(&search->terms, word);
    if (exact != NONE)
        use_term(&uses, arena, &search->terms.at[exact], quality);
    const char *forms[WORD_FORMS_MAX];
    size_t count = word_forms(arena, word, forms);
    for (size_t i = 0; i < count; i++) {
        i64 term = terms_find(&search->terms, forms[i]);
        if (term != NONE)
            use_term(&uses, arena, &search->terms.at[term],
                     quality * QUALITY_OTHER_NUMBER / QUALITY_EXACT);
    }
    return uses;
}

u32 word_frequency(const struct search *search, struct arena *arena, const char *word)
{
    struct uses uses = uses_of(search, arena, word, QUALITY_EXACT, false);
    u32 frequency = 0;
    for (u32 i = 0; i < uses.count; i++)
        frequency += uses.at[i].postings->count;
    return frequency;
}

u32 log2_16(u64 number)
{
    if (number < 2)
        return 0;
    u32 whole = (u32)(63 - __builtin_clzll(number));
    u64 rest = whole >= 4 ? number >> (whole - 4) : number << (4 - whole);
    return whole * 16 + (u32)(rest & 15);
}

// A word that half as many documents have weighs 16 more: the inverse document frequency, in whole
// numbers so that every machine orders alike.
static u32 rarity(const struct search *search, u32 frequency)
{
    u32 all = log2_16(search->alive + 1u), some = log2_16(frequency);
    return WEIGHT_LEAST + (all > some ? all - some : 0);
}

// An alternative with the postings of its words.
struct sought {
    struct uses words[PHRASE_WORDS_MAX];
    u32 count;
};
struct wanted {
    struct group *group;
    struct sought sought[ALTERNATIVES_MAX];
    u32 postings; // visited by a scan
    u32 position; // in the plan
};

static u32 uses_postings(const struct uses *uses)
{
    u32 count = 0;
    for (u32 i = 0; i < uses->count; i++)
        count += uses->at[i].postings->count;
    return count;
}

// Looks up the words of a group; its weight follows from the documents that may have it.
static struct wanted want(const struct search *search, struct arena *arena, struct group *group,
                          u32 position)
{
    struct wanted wanted = {.group = group, .position = position};
    u32 frequency = 0;
    for (u32 i = 0; i < group->count; i++) {
        const struct alternative *alternative = &group->at[i];
        struct sought *sought = &wanted.sought[i];
        u32 rarest = UINT32_MAX;
        sought->count = alternative->count;
        for (u32 j = 0; j < alternative->count; j++) {
            sought->words[j] = uses_of(search, arena, alternative->words[j], alternative->quality,
                                       alternative->prefix);
            u32 postings = uses_postings(&sought->words[j]);
            wanted.postings += postings;
            rarest = postings < rarest ? postings : rarest;
        }
        frequency += rarest;
    }
    // Set already when the plan comes out of a cursor: the weights of the first page hold on all
    // others.
    if (group->weight == 0)
        group->weight = rarity(search, frequency);
    return wanted;
}

// Memory of one scoring, by slot.
struct scoring {
    const struct search *search;
    struct arena *arena;
    struct scores scores;
    bool all_words; // only documents that have all groups so far count
    u32 groups_so_far;
    u8 *best;       // impact of the group being scored
    u8 *hits, *low; // of a phrase: words seen so far, their least impact
    u32 *touched, *seen;
    u32 touched_count, seen_count;
};

static u32 scaled(u32 posting, u32 quality)
{
    u32 impact = (posting & 0xFF) * quality / QUALITY_EXACT;
    return impact > 0 ? impact : 1;
}

static void reach(struct scoring *scoring, u32 slot, u32 impact)
{
    // Groups are scored one after another, so a document without all of those before is out
    // already.
    if (scoring->all_words && scoring->scores.groups[slot] != scoring->groups_so_far)
        return;
    if (scoring->best[slot] == 0)
        scoring->touched[scoring->touched_count++] = slot;
    if (impact > scoring->best[slot])
        scoring->best[slot] = (u8)impact;
}

static void scan_word(struct scoring *scoring, const struct uses *uses)
{
    for (u32 i = 0; i < uses->count; i++) {
        const struct list *postings = uses->at[i].postings;
        u32 quality = uses->at[i].quality;
        for (u32 j = 0; j < postings->count; j++)
            reach(scoring, postings->at[j] >> 8, scaled(postings->at[j], quality));
    }
}

// Counts the slots that have word `position` of a phrase and all before it.
static void scan_phrase_word(struct scoring *scoring, const struct uses *uses, u32 position)
{
    for (u32 i = 0; i < uses->count; i++) {
        const struct list *postings = uses->at[i].postings;
        for (u32 j = 0; j < postings->count; j++) {
            u32 slot = postings->at[j] >> 8;
            u8 impact = (u8)scaled(postings->at[j], uses->at[i].quality);
            if (scoring->hits[slot] != position)
                continue;
            if (position == 0)
                scoring->seen[scoring->seen_count++] = slot;
            if (position == 0 || impact < scoring->low[slot])
                scoring->low[slot] = impact;
            scoring->hits[slot]++;
        }
    }
}

static void scan_phrase(struct scoring *scoring, const struct sought *sought)
{
    if (scoring->hits == NULL) {
        scoring->hits = ARENA_ARRAY(scoring->arena, u8, scoring->search->doc_count);
        scoring->low = ARENA_ARRAY(scoring->arena, u8, scoring->search->doc_count);
        scoring->seen = ARENA_ARRAY(scoring->arena, u32, scoring->search->doc_count);
    }
    for (u32 i = 0; i < sought->count; i++)
        scan_phrase_word(scoring, &sought->words[i], i);
    for (u32 i = 0; i < scoring->seen_count; i++) {
        u32 slot = scoring->seen[i];
        if (scoring->hits[slot] == sought->count)
            reach(scoring, slot, scoring->low[slot]);
        scoring->hits[slot] = 0;
    }
    scoring->seen_count = 0;
}

static void add_group(struct scoring *scoring, u32 slot, u32 weighted)
{
    struct scores *scores = &scoring->scores;
    scores->score[slot] += weighted;
    if (++scores->groups[slot] > scores->most)
        scores->most = scores->groups[slot];
}

// Visits all postings of a group. Leaves the documents that have it in `touched`.
static void scan(struct scoring *scoring, const struct wanted *wanted)
{
    scoring->touched_count = 0;
    for (u32 i = 0; i < wanted->group->count; i++) {
        if (wanted->sought[i].count == 1)
            scan_word(scoring, &wanted->sought[i].words[0]);
        else
            scan_phrase(scoring, &wanted->sought[i]);
    }
    for (u32 i = 0; i < scoring->touched_count; i++) {
        u32 slot = scoring->touched[i];
        add_group(scoring, slot, wanted->group->weight * scoring->best[slot]);
        scoring->best[slot] = 0;
    }
}

static u32 uses_impact(const struct uses *uses, u32 slot)
{
    u32 best = 0;
    for (u32 i = 0; i < uses->count; i++) {
        u32 posting = postings_impact(uses->at[i].postings, slot);
        u32 impact = posting > 0 ? scaled(posting, uses->at[i].quality) : 0;
        best = impact > best ? impact : best;
    }
    return best;
}

// A phrase says no more about a document than its weakest word.
static u32 sought_impact(const struct sought *sought, u32 slot)
{
    u32 low = UINT32_MAX;
    for (u32 i = 0; i < sought->count && low > 0; i++) {
        u32 impact = uses_impact(&sought->words[i], slot);
        low = impact < low ? impact : low;
    }
    return low;
}

// Looks the documents found so far up in the postings of a further group.
static void probe(struct scoring *scoring, const struct wanted *wanted)
{
    u32 kept = 0;
    for (u32 i = 0; i < scoring->touched_count; i++) {
        u32 slot = scoring->touched[i], best = 0;
        for (u32 j = 0; j < wanted->group->count; j++) {
            u32 impact = sought_impact(&wanted->sought[j], slot);
            best = impact > best ? impact : best;
        }
        if (best == 0)
            continue;
        add_group(scoring, slot, wanted->group->weight * best);
        scoring->touched[kept++] = slot;
    }
    scoring->touched_count = kept;
}

// What a scan costs beside a probe of all documents found so far, which searches each list.
static bool probe_is_cheaper(const struct scoring *scoring, const struct wanted *wanted)
{
    u64 lists = 0;
    for (u32 i = 0; i < wanted->group->count; i++)
        for (u32 j = 0; j < wanted->sought[i].count; j++)
            lists += wanted->sought[i].words[j].count;
    enum { STEPS_OF_SEARCH = 12 };
    return scoring->touched_count * lists * STEPS_OF_SEARCH < wanted->postings;
}

static int by_postings(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    if (left->postings != right->postings)
        return left->postings < right->postings ? -1 : 1;
    return (int)left->position - (int)right->position;
}

// Rare groups first: the documents they leave are few, and the common ones only probed.
static void score_groups(struct scoring *scoring, struct plan *plan)
{
    struct wanted *wanted = ARENA_ARRAY(scoring->arena, struct wanted, plan->count);
    for (u32 i = 0; i < plan->count; i++)
        wanted[i] = want(scoring->search, scoring->arena, &plan->groups[i], i);
    qsort(wanted, plan->count, sizeof *wanted, by_postings);
    for (u32 i = 0; i < plan->count; i++) {
        scoring->groups_so_far = i;
        if (scoring->all_words && i > 0 && probe_is_cheaper(scoring, &wanted[i]))
            probe(scoring, &wanted[i]);
        else
            scan(scoring, &wanted[i]);
        if (scoring->all_words && scoring->touched_count == 0)
            return;
    }
}

static void add_intent(const struct search *search, struct arena *arena,
                       const struct intent *intent, struct scores *scores)
{
    i64 value = values_find(&search->values, arena, intent->facet, NULL, intent->key);
    if (value == NONE)
        return;
    roaring_uint32_iterator_t at;
    roaring_init_iterator(search->values.at[value].slots, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at))
        scores->score[at.current_value] += intent->boost;
}

struct scores plan_score(const struct search *search, struct arena *arena, struct plan *plan,
                         bool all_words)
{
    struct scoring scoring = {
        .search = search,
        .arena = arena,
        .all_words = all_words,
        .best = ARENA_ARRAY(arena, u8, search->doc_count),
        .touched = ARENA_ARRAY(arena, u32, search->doc_count),
        .scores =
            {
                .score = ARENA_ARRAY(arena, u32, search->doc_count),
                .groups = ARENA_ARRAY(arena, u8, search->doc_count),
            },
    };
    score_groups(&scoring, plan);
    if (all_words) {
        scoring.scores.slots = scoring.touched;
        scoring.scores.count = scoring.touched_count;
    }
    plan_boosts(plan);
    for (u32 i = 0; i < plan->intent_count; i++)
        add_intent(search, arena, &plan->intents[i], &scoring.scores);
    return scoring.scores;
}

u32 alternative_impact(const struct search *search, struct arena *arena,
                       const struct alternative *alternative, u32 slot)
{
    struct sought sought = {.count = alternative->count};
    for (u32 i = 0; i < alternative->count; i++)
        sought.words[i] = uses_of(search, arena, alternative->words[i], alternative->quality,
                                  alternative->prefix);
    return sought_impact(&sought, slot);
}
