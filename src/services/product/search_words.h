// Words of titles, descriptions and queries: cut, folded and put into one form, the same way on
// both sides. The engine that uses them lives in search_index.h.
//
// Folding: no case, no accents, full width to ASCII. Cutting: at everything that is no letter or
// digit; "men's" is one word, "5.5" is one, each Chinese or Japanese character is one. Units join
// their number: "32 GB" is "32gb", 55" and 55-inch are "55in".
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_WORDS_H
#define SOUK_SERVICES_PRODUCT_SEARCH_WORDS_H

#include "core/arena.h"

enum {
    WORD_BYTES_MAX = 48, // of one word; the rest of a longer one is dropped
    WORD_FORMS_MAX = 2,
};

struct word {
    const char *text;
    u32 begin, end; // bytes of the source it came from
    u16 length;
    bool glued; // no space before it, as "fi" in "wi-fi"
};
struct words {
    struct word *at;
    size_t count;
};

// The first `count_max` words of valid UTF-8, in the arena.
struct words words_of(struct arena *arena, const char *text, size_t count_max);
// The words of a text with single spaces between them: what titles are compared by.
const char *words_fold(struct arena *arena, const char *text);
// Words [from, to) written together.
const char *words_join(struct arena *arena, struct words words, size_t from, size_t to);

// Articles, prepositions and the like: left out of a query that has other words.
bool word_is_stop(const char *word);
bool word_has_digit(const char *word);
// The singular of an English plural ("batteries" gives "battery"), else the word itself.
const char *word_singular(struct arena *arena, const char *word);
// The other number of the word: its singular or plural, at most WORD_FORMS_MAX; returns how many.
size_t word_forms(struct arena *arena, const char *word, const char *forms[WORD_FORMS_MAX]);
// Adds the letters of a word to a set of 64; a word within d edits of another differs in at most
// 2 d places.
u64 word_letters(const char *word);

#endif
