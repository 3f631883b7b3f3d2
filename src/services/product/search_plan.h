// What a text is taken to mean: made once from the words of the catalogue at that moment, then
// carried along in the cursors of its pages.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_PLAN_H
#define SOUK_SERVICES_PRODUCT_SEARCH_PLAN_H

#include "services/product/search_index.h"
#include "services/product/search_words.h"

enum {
    QUERY_WORDS_MAX = 24, // of a text; further ones are dropped
    ALTERNATIVES_MAX = 16,
    INTENTS_MAX = 8,
    QUALITY_EXACT = 128, // qualities are in 128ths
    CORRECTIONS_MAX = 6,
};

// A document has an alternative when it has all of its words, each in singular or plural.
struct alternative {
    const char *words[PHRASE_WORDS_MAX];
    u32 count;
    u32 quality;
    bool prefix; // the (only) word is the beginning of one
    bool corrected;
};
struct group {
    struct alternative at[ALTERNATIVES_MAX];
    u32 count;
    u32 weight;      // by rarity; 0 until it has been scored
    u32 first, last; // the words [first, last) of the text that it stands for
};
struct intent {
    const char *key; // of a category or brand
    enum facet facet;
    u32 boost;  // added to the score of its documents
    u32 groups; // bits of the groups that name it
};
struct plan {
    struct group *groups;
    u32 count;
    u32 needed; // groups that a document must have
    struct intent intents[INTENTS_MAX];
    u32 intent_count;
    const char *phrase; // the text folded: titles that have it as a whole come before others
    const char *text;
    struct words words; // of the text, without stop words; empty in a plan out of a cursor
    bool prefix;        // the last word may go on
};

// search_plan.c
struct plan *plan_make(const struct search *search, struct arena *arena, const char *text);
// Adds corrections to words that are known: when no document has all the words as written.
void plan_widen(const struct search *search, struct arena *arena, struct plan *plan);
// The text with the corrections that brought up this document, NULL when none did.
const char *plan_corrected(const struct search *search, struct arena *arena,
                           const struct plan *plan, u32 slot);

// search_intent.c: the categories and brands that the words name.
void plan_intents(const struct search *search, struct arena *arena, struct plan *plan);
void plan_boosts(struct plan *plan); // once the weights are known

// search_spell.c: known words within 1 edit (from 4 letters on) or 2 (from 8 letters on) of the
// word, or that begin so; swapped neighbours are one edit. The likeliest first.
struct spelling {
    u32 term, distance;
    i32 rank;
};
size_t spellings_of(const struct search *search, const char *word, bool prefix,
                    struct spelling *spellings, size_t max);

// search_score.c
struct scores {
    u32 *score; // by slot
    u8 *groups; // by slot: how many groups the document has
    u32 most;   // the largest of these
    u32 *slots; // documents with all groups, when only they were asked for
    u32 count;
};
// Scores documents and fills in weights that are 0. With all_words only documents that have every
// group get a full score; that is much faster than to score every document with any.
struct scores plan_score(const struct search *search, struct arena *arena, struct plan *plan,
                         bool all_words);
// The quality with which a document has the alternative, 0 when it has not.
u32 alternative_impact(const struct search *search, struct arena *arena,
                       const struct alternative *alternative, u32 slot);
// Documents that have the word in any form: 0 when it is unknown.
u32 word_frequency(const struct search *search, struct arena *arena, const char *word);
u32 log2_16(u64 number); // sixteenths of the logarithm

#endif
