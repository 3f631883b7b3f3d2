// Runs a search: text, filters, facets, then one page of an order. Contract in search.h.
//
// All of a search runs under the read lock, since everything it looks at belongs to the index; what
// leaves is copied into the caller's arena. The order is text, filters, facets, page: facets need
// the bitmaps of every filter by itself (run_without), the page only their intersection.
//
// A page by relevance is selected with a heap of limit + 1 and not by sorting: a common word finds
// tens of thousands, and of these 24 are shown.
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "services/product/search_run.h"

// Boosts in hundredths of a perfect match: for popularity and stock at most, and for a title that
// is the text, begins with it, or has it in it.
enum { BOOST_MOST = 18, IS_PHRASE = 30, BEGINS_PHRASE = 20, HAS_PHRASE = 12, IMPACT_MOST = 255 };
enum { PHRASE_MATCHES_MAX = 4096 };

// The order that a query asks for: an ORDER_... or ORDER_RELEVANCE.
static u32 order_of(const struct run *run)
{
    bool text = run->plan != NULL;
    i64 currency = currency_find(run->search, run->query->currency);
    // A currency that no product has a price in: they are all equal, in the order of their ids.
    u32 price = currency != NONE ? ORDER_PRICES + 2 * (u32)currency : ORDER_NEWEST;
    switch (run->query->sort) {
    case SEARCH_NEWEST:
        return ORDER_NEWEST;
    case SEARCH_TITLE:
        return ORDER_TITLE;
    case SEARCH_POPULAR:
        return ORDER_POPULAR;
    case SEARCH_PRICE_ASC:
        return price;
    case SEARCH_PRICE_DESC:
        return currency != NONE ? price + 1 : price;
    case SEARCH_DEFAULT:
    case SEARCH_RELEVANCE:
        break;
    }
    return text ? ORDER_RELEVANCE : ORDER_POPULAR;
}

static u32 plan_weight(const struct plan *plan)
{
    u32 weight = 0;
    for (u32 i = 0; i < plan->count; i++)
        weight += plan->groups[i].weight;
    return weight;
}

// Boosts depend on the document and the plan alone, as the whole score does: see search_index.h.
static void add_boosts(struct run *run, const u32 *slots, size_t count)
{
    u32 most = run->perfect * BOOST_MOST;
    for (size_t i = 0; i < count; i++)
        run->scores.score[slots[i]] += most * run->search->boosts[slots[i]] >> 8;
}

static int by_slot(const void *a, const void *b)
{
    u32 left = *(const u32 *)a, right = *(const u32 *)b;
    return left < right ? -1 : left > right;
}

// The slots that have the groups needed, ascending.
static u32 *matches(struct run *run, u32 *count)
{
    enum { FEW = 16 };
    const struct scores *scores = &run->scores;
    if (scores->slots != NULL && scores->count < run->search->doc_count / FEW) {
        qsort(scores->slots, scores->count, sizeof(u32), by_slot);
        *count = scores->count;
        return scores->slots;
    }
    u32 *slots = ARENA_ARRAY(run->arena, u32, run->search->doc_count);
    u32 needed = run->plan->needed > 0 ? run->plan->needed : 1;
    *count = 0;
    for (u32 slot = 0; slot < run->search->doc_count; slot++) {
        slots[*count] = slot;
        *count += scores->groups[slot] >= needed; // no branch to guess wrong
    }
    return slots;
}

static void match(struct run *run)
{
    u32 count, *slots = matches(run, &count);
    run->text = bitmap_keep(run->arena, roaring_bitmap_of_ptr(count, slots));
    run->perfect = plan_weight(run->plan) * IMPACT_MOST / 100;
    if (run->after == NULL && count > PHRASE_MATCHES_MAX)
        run->plan->phrase = ""; // reading so many titles takes too long
    if (run->order == ORDER_RELEVANCE)
        add_boosts(run, slots, count);
}

static bool score_all_words(struct run *run)
{
    run->scores = plan_score(run->search, run->arena, run->plan, true);
    run->plan->needed = run->plan->count;
    return run->scores.count > 0;
}

// Documents with all words; if there are none, with corrections of words that are known; if there
// still are none, those with as many of the words as any has.
static void search_text(struct run *run)
{
    struct plan *plan = run->plan;
    bool pinned = run->after != NULL;
    if (pinned ? plan->needed == plan->count : score_all_words(run)) {
        if (pinned)
            run->scores = plan_score(run->search, run->arena, plan, true);
        match(run);
        return;
    }
    if (!pinned) {
        plan_widen(run->search, run->arena, plan);
        if (score_all_words(run)) {
            match(run);
            return;
        }
    }
    run->scores = plan_score(run->search, run->arena, plan, false);
    plan->needed = pinned ? plan->needed : run->scores.most;
    match(run);
}

// What a title gets for having the whole text in it.
static u32 phrase_boost(const struct run *run, u32 slot)
{
    const char *phrase = run->plan->phrase;
    size_t length = strlen(phrase);
    if (length == 0)
        return 0;
    const char *title = run->search->docs[slot].title;
    if (strncmp(title, phrase, length) == 0 && title[length] == '\0')
        return run->perfect * IS_PHRASE;
    if (strchr(phrase, ' ') == NULL)
        return 0; // any title that has the word would get it
    if (strncmp(title, phrase, length) == 0)
        return run->perfect * BEGINS_PHRASE;
    for (const char *at = strstr(title, phrase); at != NULL; at = strstr(at + 1, phrase))
        // Never the title's first byte: that it begins so was asked above.
        if (at[-1] == ' ')
            return run->perfect * HAS_PHRASE;
    return 0;
}

// Where a document stands in the order asked for; a smaller place comes first.
static struct place place_of(const struct run *run, u32 slot)
{
    const struct doc *doc = &run->search->docs[slot];
    struct place place = {.id = doc->id};
    if (run->order == ORDER_RELEVANCE)
        place.key = -(i64)run->scores.score[slot] - phrase_boost(run, slot);
    else if (run->order == ORDER_TITLE)
        place.title = doc->title;
    else
        place.key = order_key(run->search, run->order, slot);
    return place;
}

static int place_compare(const struct place *a, const struct place *b)
{
    int titles = a->title != NULL && b->title != NULL ? strcmp(a->title, b->title) : 0;
    if (titles != 0)
        return titles;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return id_compare(&a->id, &b->id);
}

// The first hits of a page: a heap with the last of them on top.
struct hits {
    struct place *places;
    u32 *slots;
    size_t count, room;
};

static void swap(struct hits *hits, size_t a, size_t b)
{
    struct place place = hits->places[a];
    u32 slot = hits->slots[a];
    hits->places[a] = hits->places[b];
    hits->slots[a] = hits->slots[b];
    hits->places[b] = place;
    hits->slots[b] = slot;
}

static void sift_down(struct hits *hits, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && place_compare(&hits->places[child + 1], &hits->places[child]) > 0)
            child++;
        if (place_compare(&hits->places[at], &hits->places[child]) >= 0)
            return;
        swap(hits, at, child);
    }
}

static void hits_offer(struct hits *hits, struct place place, u32 slot)
{
    if (hits->count == hits->room) {
        if (place_compare(&place, &hits->places[0]) > 0)
            return;
        hits->places[0] = place;
        hits->slots[0] = slot;
        sift_down(hits, 0, hits->count);
        return;
    }
    size_t at = hits->count++;
    hits->places[at] = place;
    hits->slots[at] = slot;
    for (; at > 0 && place_compare(&hits->places[at], &hits->places[(at - 1) / 2]) > 0;
         at = (at - 1) / 2)
        swap(hits, at, (at - 1) / 2);
}

// Visits all documents found and keeps the first of them, then sorts these.
static void select_by_heap(struct run *run, struct hits *hits)
{
    roaring_uint32_iterator_t at;
    roaring_init_iterator(run->found, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        // Most hits of a common word are no match for those that are kept.
        if (run->order == ORDER_RELEVANCE && hits->count == hits->room &&
            -(i64)run->scores.score[at.current_value] - run->perfect * IS_PHRASE >
                hits->places[0].key)
            continue;
        struct place place = place_of(run, at.current_value);
        if (run->after == NULL || place_compare(run->after, &place) < 0)
            hits_offer(hits, place, at.current_value);
    }
    for (size_t end = hits->count; end > 1; end--) {
        swap(hits, 0, end - 1);
        sift_down(hits, 0, end - 1);
    }
}

// The first of an order that comes after the cursor.
static u32 order_from(const struct run *run)
{
    const struct list *order = &run->search->orders[run->order];
    u32 low = 0, high = run->after != NULL ? order->count : 0;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        struct place place = place_of(run, order->at[middle]);
        if (place_compare(&place, run->after) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void select_by_walk(struct run *run, struct hits *hits)
{
    const struct list *order = &run->search->orders[run->order];
    for (u32 i = order_from(run); i < order->count && hits->count < hits->room; i++) {
        u32 slot = order->at[i];
        if (!roaring_bitmap_contains(run->found, slot))
            continue;
        hits->places[hits->count] = place_of(run, slot);
        hits->slots[hits->count++] = slot;
    }
}

// A walk through a ready order passes all / found documents for each hit, a heap visits all found:
// the walk is cheaper when much is found.
static void select_page(struct run *run, struct search_page *page)
{
    size_t room = run->query->limit + 1; // one more tells whether there is a next page
    struct hits hits = {
        .places = ARENA_ARRAY(run->arena, struct place, room),
        .slots = ARENA_ARRAY(run->arena, u32, room),
        .room = room,
    };
    u64 found = (u64)page->total;
    // A walk passes alive / found documents for each of `room` hits, a heap visits `found`: the two
    // are equal where found^2 is alive * room.
    if (run->order != ORDER_RELEVANCE && found * found > (u64)run->search->alive * room)
        select_by_walk(run, &hits);
    else
        select_by_heap(run, &hits);
    page->count = hits.count < room ? hits.count : run->query->limit;
    page->ids = ARENA_ARRAY(run->arena, struct uuid, page->count);
    for (size_t i = 0; i < page->count; i++)
        page->ids[i] = id_text(&hits.places[i].id);
    if (hits.count == room)
        page->next_cursor = cursor_write(run, &hits.places[page->count - 1]);
    if (page->count > 0 && run->after == NULL && run->plan != NULL)
        page->corrected_query = plan_corrected(run->search, run->arena, run->plan, hits.slots[0]);
}

enum err run_search(struct run *run, struct search_page *page)
{
    const struct search_query *query = run->query;
    bool text = query->text != NULL && !str_blank(query->text);
    if (text)
        run->plan = plan_make(run->search, run->arena, query->text);
    run->order = order_of(run);
    if (query->cursor != NULL && !cursor_read(run, query->cursor))
        return ERR_INVALID;
    run->text = run->search->all;
    if (run->plan != NULL)
        search_text(run);
    run_filters(run);
    run->found = run_without(run, NO_FILTER);
    page->total = (i64)roaring_bitmap_get_cardinality(run->found);
    if (query->facets)
        run_facets(run, page);
    if (query->limit > 0)
        select_page(run, page);
    return ERR_OK;
}

enum err search_run(struct search *search, const struct search_query *query, struct arena *arena,
                    struct search_page *page)
{
    struct run run = {.search = search, .query = query, .arena = arena};
    *page = (struct search_page){0};
    pthread_rwlock_rdlock(&search->lock);
    enum err err = run_search(&run, page);
    pthread_rwlock_unlock(&search->lock);
    return err;
}
