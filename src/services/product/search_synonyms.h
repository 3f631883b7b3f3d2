// Words that stand for others: rules read once, looked up by the words of a query.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_SYNONYMS_H
#define SOUK_SERVICES_PRODUCT_SEARCH_SYNONYMS_H

#include "services/product/search_blocks.h"
#include "services/product/search_words.h"

enum { PHRASE_WORDS_MAX = 3 };

struct phrase {
    const char *words[PHRASE_WORDS_MAX]; // singular
    u32 count, rule;
    bool asks, answers; // a word left of "=>" only asks, one right of it only answers
};
struct synonyms {
    struct phrase *phrases; // those of one rule stand together
    u32 count;
    struct lookup by_first; // first word to phrase
};

// Reads rules, one a line; '#' starts a comment. Everything lives in the blocks' arena.
void synonyms_read(struct synonyms *synonyms, struct blocks *blocks, const char *rules);
// Phrases that say the same as words [from, from + length): at most `max`; returns how many.
size_t synonyms_of(const struct synonyms *synonyms, struct arena *arena, struct words words,
                   size_t from, size_t length, const struct phrase **found, size_t max);

#endif
