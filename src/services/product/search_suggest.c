// Suggestions while somebody types: completed queries, categories, brands, products. Contract in
// search.h.
//
// It is a search whose last word is a beginning, and whose hits are shown as what they lead to.
// Completions come from the words of the products that have the rest of the text and not from what
// others have searched: nothing has to be kept about shoppers, and nothing is suggested that finds
// nothing.
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "services/product/search_run.h"

// At most so many of a kind; products fill the rest.
enum { QUERIES_MOST = 3, CATEGORIES_MOST = 2, BRANDS_MOST = 1, COMPLETIONS_TRIED = 32 };

struct suggesting {
    const struct search *search;
    struct arena *arena;
    const struct plan *plan;
    const char *text; // as typed, or corrected
    struct scores scores;
    struct search_suggestion *out;
    size_t count, limit;
};

static void suggest(struct suggesting *suggesting, struct search_suggestion suggestion)
{
    if (suggesting->count < suggesting->limit)
        suggesting->out[suggesting->count++] = suggestion;
}

// True when each word of the text begins a word of the label.
static bool begins_words(struct words words, const char *label)
{
    for (size_t i = 0; i < words.count; i++) {
        const char *at = label;
        while (at != NULL && !str_starts(at, words.at[i].text)) {
            at = strchr(at, ' ');
            at = at != NULL ? at + 1 : NULL;
        }
        if (at == NULL)
            return false;
    }
    return true;
}

// The values of a facet that the words begin, those with most products first.
static void suggest_values(struct suggesting *suggesting, enum facet facet, enum search_kind kind,
                           struct words words, u32 most)
{
    const struct values *values = &suggesting->search->values;
    const struct value *best[CATEGORIES_MOST + BRANDS_MOST];
    u32 count = 0;
    assert(most <= COUNT_OF(best));
    for (u32 i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (value->count == 0 || value->facet != facet || !begins_words(words, value->words))
            continue;
        u32 place = count;
        while (place > 0 && best[place - 1]->count < value->count)
            place--;
        if (place == most)
            continue;
        u32 kept = count < most ? count : most - 1;
        memmove(best + place + 1, best + place, (kept - place) * sizeof *best);
        best[place] = value;
        count = kept + 1;
    }
    for (u32 i = 0; i < count; i++)
        suggest(suggesting, (struct search_suggestion){
                                .kind = kind,
                                .value = arena_text(suggesting->arena, best[i]->value),
                                .label = arena_text(suggesting->arena, best[i]->label),
                            });
}

struct completion {
    const struct term *term;
    u64 worth;
};

static int by_worth(const void *a, const void *b)
{
    const struct completion *left = a, *right = b;
    if (left->worth != right->worth)
        return left->worth > right->worth ? -1 : 1;
    return strcmp(left->term->text, right->term->text);
}

// What a word adds to the words before it: the sum of its impacts in the documents that have them.
static u64 worth_beside(const struct suggesting *suggesting, const struct term *term)
{
    u32 others = suggesting->plan->count - 1;
    u64 worth = 0;
    for (u32 i = 0; i < term->postings.count; i++)
        if (suggesting->scores.groups[term->postings.at[i] >> 8] > others)
            worth += term->postings.at[i] & 0xFF;
    return worth;
}

// Words that the last word begins, by how much they say of the documents found.
// The words are chosen by what they say of all products, which is known beforehand, and only those
// few are then weighed by the products that have the rest of the text.
static size_t completions(const struct suggesting *suggesting, const char *prefix,
                          struct completion *found)
{
    const struct terms *terms = &suggesting->search->terms;
    size_t count = 0;
    for (u32 i = terms_from(terms, prefix); i < terms->sorted.count; i++) {
        const struct term *term = &terms->at[terms->sorted.at[i]];
        if (!str_starts(term->text, prefix))
            break;
        struct completion completion = {term, term->mass};
        if (count == COMPLETIONS_TRIED && found[count - 1].worth >= completion.worth)
            continue;
        size_t place = count < COMPLETIONS_TRIED ? count++ : count - 1;
        for (; place > 0 && found[place - 1].worth < completion.worth; place--)
            found[place] = found[place - 1];
        found[place] = completion;
    }
    for (size_t i = 0; i < count; i++)
        found[i].worth = worth_beside(suggesting, found[i].term);
    qsort(found, count, sizeof *found, by_worth);
    return count;
}

static void suggest_queries(struct suggesting *suggesting, struct words words)
{
    if (words.count == 0 || suggesting->plan->count == 0)
        return;
    const struct word *last = &words.at[words.count - 1];
    if (suggesting->text[last->end] != '\0')
        return;
    struct completion found[COMPLETIONS_TRIED];
    size_t count = completions(suggesting, last->text, found), kept = 0;
    for (size_t i = 0; i < count && kept < QUERIES_MOST && found[i].worth > 0; i++) {
        if (strcmp(found[i].term->text, last->text) == 0)
            continue;
        struct buf label = buf_in(suggesting->arena);
        buf_bytes(&label, suggesting->text, last->begin);
        buf_text(&label, found[i].term->text);
        suggest(suggesting,
                (struct search_suggestion){.kind = SEARCH_QUERY, .label = buf_as_text(&label)});
        kept++;
    }
}

static void suggest_products(struct suggesting *suggesting, const struct search_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        suggest(suggesting, (struct search_suggestion){.kind = SEARCH_PRODUCT, .id = page->ids[i]});
}

size_t search_suggest(struct search *search, const char *text, size_t limit, struct arena *arena,
                      struct search_suggestion **suggestions)
{
    struct suggesting suggesting = {
        .search = search,
        .arena = arena,
        .text = text,
        .out = ARENA_ARRAY(arena, struct search_suggestion, limit),
        .limit = limit,
    };
    *suggestions = suggesting.out;
    if (str_blank(text) || limit == 0)
        return 0;
    struct search_query query = {.text = text, .limit = limit};
    struct search_page page = {0};
    struct run run = {.search = search, .query = &query, .arena = arena};
    pthread_rwlock_rdlock(&search->lock);
    if (run_search(&run, &page) == ERR_OK) {
        // People who mistype a prefix want what they meant completed.
        suggesting.text = page.corrected_query != NULL ? page.corrected_query : run.plan->text;
        suggesting.plan = run.plan;
        suggesting.scores = run.scores;
        struct words words = words_of(arena, suggesting.text, QUERY_WORDS_MAX);
        suggest_queries(&suggesting, words);
        suggest_values(&suggesting, FACET_CATEGORY, SEARCH_CATEGORY, words, CATEGORIES_MOST);
        suggest_values(&suggesting, FACET_BRAND, SEARCH_BRAND, words, BRANDS_MOST);
        suggest_products(&suggesting, &page);
    }
    pthread_rwlock_unlock(&search->lock);
    return suggesting.count;
}
