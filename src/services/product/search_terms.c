// The words of the search index and their postings. Declared in search_index.h.
//
// A word has a number for as long as a document has it. Looked up it is by hash; by beginning
// through `sorted`, which changes only at the end of a publish: words that came wait in `fresh`,
// words that lost their last posting in `dying`, since many come back within the same publish (a
// document that is replaced loses its words first).
#include <stdlib.h>
#include <string.h>

#include "services/product/search_index.h"
#include "services/product/search_words.h"

i64 terms_find(const struct terms *terms, const char *text)
{
    u32 hash = hash_bytes(text, strlen(text)), term;
    for (u32 probe = hash; lookup_next(&terms->by_text, hash, &probe, &term);)
        if (strcmp(terms->at[term].text, text) == 0)
            return term;
    return NONE;
}

static u32 number_take(struct search *search)
{
    struct terms *terms = &search->terms;
    if (terms->unused.count > 0)
        return terms->unused.at[--terms->unused.count];
    if (terms->count == terms->capacity) {
        size_t size = terms->capacity * sizeof *terms->at;
        size_t room = blocks_room(size > 0 ? size + size / 2 : 1024 * sizeof *terms->at);
        terms->at = blocks_grow(&search->blocks, terms->at, size, room);
        terms->capacity = (u32)(room / sizeof *terms->at);
    }
    return terms->count++;
}

u32 terms_take(struct search *search, const char *text)
{
    i64 known = terms_find(&search->terms, text);
    if (known != NONE)
        return (u32)known;
    u32 number = number_take(search);
    size_t length = strlen(text);
    search->terms.at[number] = (struct term){
        .text = blocks_text(&search->blocks, text, length),
        .letters = word_letters(text),
        .hash = hash_bytes(text, length),
        .length = (u32)length,
    };
    lookup_add(&search->blocks, &search->terms.by_text, search->terms.at[number].hash, number);
    list_append(&search->blocks, &search->terms.fresh, number);
    return number;
}

// The first of the `end` sorted words that is not before the text.
static u32 lower_bound(const struct terms *terms, const char *text, u32 end)
{
    u32 low = 0, high = end;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (strcmp(terms->at[terms->sorted.at[middle]].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

u32 terms_from(const struct terms *terms, const char *prefix)
{
    return lower_bound(terms, prefix, terms->sorted.count);
}

static void drop(struct search *search, u32 number)
{
    struct term *term = &search->terms.at[number];
    lookup_drop(&search->terms.by_text, term->hash, number);
    list_release(&search->blocks, &term->postings);
    union {
        const char *kept;
        char *given;
    } text = {.kept = term->text};
    blocks_give(&search->blocks, text.given, term->length + 1);
    *term = (struct term){0};
    list_append(&search->blocks, &search->terms.unused, number);
}

static int by_text(const void *a, const void *b, void *context)
{
    const struct terms *terms = context;
    return strcmp(terms->at[*(const u32 *)a].text, terms->at[*(const u32 *)b].text);
}

// Takes the words without postings out of the order and gives their numbers back.
static void bury_dying(struct search *search)
{
    enum { MANY = 256 };
    struct terms *terms = &search->terms;
    u32 kept = 0;
    for (u32 i = 0; terms->dying.count > MANY && i < terms->sorted.count; i++)
        if (terms->at[terms->sorted.at[i]].postings.count > 0)
            terms->sorted.at[kept++] = terms->sorted.at[i];
    terms->sorted.count = terms->dying.count > MANY ? kept : terms->sorted.count;
    for (u32 i = 0; i < terms->dying.count; i++) {
        u32 number = terms->dying.at[i];
        if (terms->at[number].text == NULL || terms->at[number].postings.count > 0)
            continue; // buried already, or alive again
        u32 place = lower_bound(terms, terms->at[number].text, terms->sorted.count);
        if (place < terms->sorted.count && terms->sorted.at[place] == number)
            list_remove(&terms->sorted, place);
        drop(search, number);
    }
}

static void merge_fresh(struct search *search)
{
    struct terms *terms = &search->terms;
    struct list *fresh = &terms->fresh, *sorted = &terms->sorted;
    qsort_r(fresh->at, fresh->count, sizeof(u32), by_text, terms);
    u32 end = sorted->count;
    list_reserve(&search->blocks, sorted, end + fresh->count);
    sorted->count += fresh->count;
    for (u32 left = fresh->count; left > 0; left--) {
        const char *text = terms->at[fresh->at[left - 1]].text;
        u32 low = lower_bound(terms, text, end);
        memmove(sorted->at + low + left, sorted->at + low, (end - low) * sizeof(u32));
        sorted->at[low + left - 1] = fresh->at[left - 1];
        end = low;
    }
}

void terms_settle(struct search *search)
{
    struct terms *terms = &search->terms;
    if (terms->fresh.count > 0)
        merge_fresh(search);
    bury_dying(search);
    terms->fresh.count = terms->dying.count = 0;
}

// The place of a slot in postings, or where it belongs.
static u32 posting_place(const struct list *postings, u32 slot)
{
    u32 low = 0, high = postings->count;
    // New documents have the highest slots: most postings are appended.
    if (high > 0 && postings->at[high - 1] >> 8 < slot)
        return high;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (postings->at[middle] >> 8 < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void postings_add(struct search *search, u32 term, u32 slot, u32 impact)
{
    assert(impact > 0 && impact < 256 && slot < SLOTS_MAX);
    struct list *postings = &search->terms.at[term].postings;
    list_insert(&search->blocks, postings, posting_place(postings, slot), slot << 8 | impact);
    search->terms.at[term].mass += impact;
}

void postings_drop(struct search *search, u32 term, u32 slot)
{
    struct list *postings = &search->terms.at[term].postings;
    u32 place = posting_place(postings, slot);
    assert(place < postings->count && postings->at[place] >> 8 == slot);
    search->terms.at[term].mass -= postings->at[place] & 0xFF;
    list_remove(postings, place);
    if (postings->count == 0)
        list_append(&search->blocks, &search->terms.dying, term);
}

u32 postings_impact(const struct list *postings, u32 slot)
{
    u32 place = posting_place(postings, slot);
    bool there = place < postings->count && postings->at[place] >> 8 == slot;
    return there ? postings->at[place] & 0xFF : 0;
}
