// Corrections: known words near to an unknown one. Contract in search_plan.h.
//
// All words are looked at, but few closely: the sets of letters of two words within d edits differ
// in at most 2 d places, which one XOR and a population count tell. That needs 8 bytes a word
// where an index of deletions needs hundreds.
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "services/product/search_plan.h"

enum { LETTERS_MAX = WORD_BYTES_MAX + 1, EDITS_MAX = 2 };

struct spelled {
    u32 letters[LETTERS_MAX];
    u32 count;
};

static struct spelled spelled(const char *word)
{
    struct spelled spelled = {.count = 0};
    while (*word != '\0' && spelled.count < LETTERS_MAX)
        spelled.letters[spelled.count++] = utf8_next(&word);
    return spelled;
}

static u32 smaller(u32 a, u32 b)
{
    return a < b ? a : b;
}

// Optimal string alignment between the words, or the nearest beginning of the second one; more
// than `limit` when it is further away.
static u32 edits(const struct spelled *a, const struct spelled *b, bool prefix, u32 limit)
{
    u32 rows[3][LETTERS_MAX + 1];
    u32 width = smaller(b->count, a->count + limit);
    for (u32 j = 0; j <= width; j++)
        rows[0][j] = j;
    for (u32 i = 1; i <= a->count; i++) {
        u32 *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        u32 least = row[0] = i;
        for (u32 j = 1; j <= width; j++) {
            u32 cost = a->letters[i - 1] != b->letters[j - 1];
            u32 best = smaller(above[j - 1] + cost, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a->letters[i - 1] == b->letters[j - 2] &&
                a->letters[i - 2] == b->letters[j - 1])
                best = smaller(best, above2[j - 2] + 1);
            row[j] = best;
            least = smaller(least, best);
        }
        if (least > limit)
            return limit + 1;
    }
    const u32 *end = rows[a->count % 3];
    u32 nearest = end[width];
    if (!prefix)
        return b->count > width ? limit + 1 : nearest;
    for (u32 j = 0; j <= width; j++)
        nearest = smaller(nearest, end[j]);
    return nearest;
}

static u32 edits_allowed(u32 letters)
{
    return letters < 4 ? 0 : letters < 8 ? 1 : EDITS_MAX;
}

static bool may_be_near(const struct term *term, const struct term *word, bool prefix, u32 limit)
{
    // Bytes, not letters: a letter is at most 4.
    if (term->length + limit * 4 < word->length)
        return false;
    if (prefix)
        return (u32)__builtin_popcountll(word->letters & ~term->letters) <= limit;
    return term->length <= word->length + limit * 4 &&
           (u32)__builtin_popcountll(word->letters ^ term->letters) <= 2 * limit;
}

// Frequent words are likelier meant, near ones too, and few people miss the first letter.
static i32 rank(const struct term *term, u32 distance, bool first_letter)
{
    return (i32)log2_16(term->mass) - (i32)distance * 64 - (first_letter ? 0 : 48);
}

static size_t keep_best(struct spelling *spellings, size_t count, size_t max,
                        struct spelling spelling)
{
    size_t place = count;
    while (place > 0 && spellings[place - 1].rank < spelling.rank)
        place--;
    if (place == max)
        return count;
    size_t kept = count < max ? count : max - 1;
    memmove(spellings + place + 1, spellings + place, (kept - place) * sizeof *spellings);
    spellings[place] = spelling;
    return kept + 1;
}

size_t spellings_of(const struct search *search, const char *word, bool prefix,
                    struct spelling *spellings, size_t max)
{
    struct spelled asked = spelled(word);
    u32 limit = edits_allowed(asked.count);
    struct term like = {.letters = word_letters(word), .length = (u32)strlen(word)};
    size_t count = 0;
    for (u32 i = 0; limit > 0 && i < search->terms.count; i++) {
        const struct term *term = &search->terms.at[i];
        if (term->postings.count == 0 || !may_be_near(term, &like, prefix, limit))
            continue;
        struct spelled known = spelled(term->text);
        u32 distance = edits(&asked, &known, prefix, limit);
        if (distance == 0 || distance > limit)
            continue;
        bool first_letter = known.letters[0] == asked.letters[0];
        count = keep_best(spellings, count, max,
                          (struct spelling){i, distance, rank(term, distance, first_letter)});
    }
    return count;
}
