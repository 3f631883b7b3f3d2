// The search index's life and its writer: put, remove, publish. Contract in search.h, structure
// in search_index.h, reading in search_run.c.
//
// One writer (the follower of model.c), many readers. search_put does the dear part, cutting a text
// into words and weighing them, into memory of the writer's own without the lock; search_publish
// takes the lock and only moves what is ready into place. So readers wait for some tens of
// documents, never for a catalogue, and see a batch as a whole or not at all.
//
// A publish works in three strokes, and their order matters. What is there for the ids of the batch
// leaves the sort orders first, because it is found there by the keys that it still has. Then the
// documents change. Then orders and sorted words take the new ones in by one merge each, for an
// insertion into an array of 100,000 is a move of half of it.
#include "services/product/search.h"

#include <stdlib.h>
#include <string.h>

#include "services/product/search_document.h"
#include "services/product/search_index.h"
#include "services/product/search_plan.h"

enum {
    INDEX_BYTES_MAX = 0x7FFFFFFF, // some millions of documents
};

struct search *search_new(const char *synonyms)
{
    struct arena *arena = arena_new(INDEX_BYTES_MAX);
    struct search *search = ARENA_NEW(arena, struct search);
    search->blocks.arena = arena;
    search->pending_arena = arena_new(INDEX_BYTES_MAX);
    search->reading_arena = arena_new(INDEX_BYTES_MAX);
    search->all = roaring_bitmap_create();
    search->in_stock = roaring_bitmap_create();
    synonyms_read(&search->synonyms, &search->blocks,
                  synonyms != NULL ? synonyms : search_synonyms_default);
    // Otherwise a stream of readers would keep the writer out for ever.
    pthread_rwlockattr_t prefer_writer;
    pthread_rwlockattr_init(&prefer_writer);
    pthread_rwlockattr_setkind_np(&prefer_writer, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    int failed = pthread_rwlock_init(&search->lock, &prefer_writer);
    assert(failed == 0);
    pthread_rwlockattr_destroy(&prefer_writer);
    return search;
}

void search_free(struct search *search)
{
    if (search == NULL)
        return;
    for (u32 i = 0; i < search->values.count; i++)
        if (search->values.at[i].count > 0)
            roaring_bitmap_free(search->values.at[i].slots);
    roaring_bitmap_free(search->all);
    roaring_bitmap_free(search->in_stock);
    pthread_rwlock_destroy(&search->lock);
    arena_free(search->pending_arena);
    arena_free(search->reading_arena);
    arena_free(search->blocks.arena);
}

struct id id_of(const struct uuid *uuid)
{
    u64 halves[2] = {0};
    int digits = 0;
    for (const char *at = uuid->s; *at != '\0'; at++) {
        if (*at == '-')
            continue;
        u64 digit = *at <= '9' ? (u64)(*at - '0') : (u64)((*at | 32) - 'a' + 10);
        assert(digit < 16 && digits < 32);
        halves[digits / 16] = halves[digits / 16] << 4 | digit;
        digits++;
    }
    assert(digits == 32);
    return (struct id){halves[0], halves[1]};
}

struct uuid id_text(const struct id *id)
{
    static const char hex[] = "0123456789abcdef";
    struct uuid uuid = {0};
    char *out = uuid.s;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *out++ = '-';
        u64 half = i < 16 ? id->high : id->low;
        *out++ = hex[half >> (60 - 4 * (i % 16)) & 15];
    }
    return uuid;
}

static u32 id_hash(const struct id *id)
{
    u64 mixed = (id->high ^ id->low * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
    return (u32)(mixed >> 32);
}

i64 docs_find(const struct search *search, const struct id *id)
{
    u32 hash = id_hash(id), slot;
    for (u32 probe = hash; lookup_next(&search->by_id, hash, &probe, &slot);)
        if (id_compare(&search->docs[slot].id, id) == 0)
            return slot;
    return NONE;
}

static void enqueue(struct search *search, struct pending *pending)
{
    pending->sequence = search->pending_count++;
    pending->older = search->pending;
    search->pending = pending;
}

void search_put(struct search *search, const struct search_document *document)
{
    enqueue(search, pending_read(search->pending_arena, search->reading_arena, document));
}

void search_remove(struct search *search, const struct uuid *id)
{
    struct pending *pending = ARENA_NEW(search->pending_arena, struct pending);
    pending->id = id_of(id);
    pending->removal = true;
    enqueue(search, pending);
}

static void grow_prices(struct search *search, u32 currency, u32 had, u32 capacity)
{
    search->prices[currency] =
        blocks_grow(&search->blocks, search->prices[currency], had * sizeof(i64),
                    (had > capacity ? had : capacity) * sizeof(i64));
    for (u32 slot = had; slot < capacity; slot++)
        // No price: past all others in the ascending order, and in the descending one too
        // (order_key).
        search->prices[currency][slot] = INT64_MAX;
}

// A slot for a new document: one that was given back, else the next. Everything that is kept by
// slot grows along, so that readers never look past the end.
static u32 slot_take(struct search *search)
{
    if (search->unused.count > 0)
        return search->unused.at[--search->unused.count];
    if (search->doc_count == search->doc_capacity) {
        u32 had = search->doc_capacity;
        size_t size = had * sizeof(struct doc);
        size_t room = blocks_room(had > 0 ? size + size / 2 : 256 * sizeof(struct doc));
        search->docs = blocks_grow(&search->blocks, search->docs, size, room);
        search->doc_capacity = (u32)(room / sizeof(struct doc));
        search->boosts = blocks_grow(&search->blocks, search->boosts, had, search->doc_capacity);
        assert(search->doc_capacity < SLOTS_MAX);
        for (u32 i = 0; i < search->currency_count; i++)
            grow_prices(search, i, had, search->doc_capacity);
    }
    search->docs[search->doc_count] = (struct doc){0};
    return search->doc_count++;
}

// Where the prices of a currency are kept, NONE when the shop has too many.
static i64 currency_take(struct search *search, const char *currency)
{
    i64 known = currency_find(search, currency);
    if (known != NONE || search->currency_count == SEARCH_CURRENCIES_MAX)
        return known;
    u32 new = search->currency_count++;
    memcpy(search->currencies[new], currency, 3);
    grow_prices(search, new, 0, search->doc_capacity);
    order_start(search, ORDER_PRICES + 2 * new);
    order_start(search, ORDER_PRICES + 2 * new + 1);
    return new;
}

static int by_number(const void *a, const void *b)
{
    u32 left = *(const u32 *)a, right = *(const u32 *)b;
    return left < right ? -1 : left > right;
}

// Few documents are ever changed, so what only a change needs is kept small: about one byte a word.
static void keep_terms(struct search *search, struct doc *doc, u32 *terms, u32 count,
                       struct arena *arena)
{
    qsort(terms, count, sizeof *terms, by_number);
    u8 *packed = arena_alloc(arena, count * 5);
    u32 size = 0, last = 0;
    for (u32 i = 0; i < count; i++) {
        u32 step = terms[i] - last;
        for (last = terms[i]; step > 127; step >>= 7)
            packed[size++] = (u8)(step | 128);
        packed[size++] = (u8)step;
    }
    doc->terms = memcpy(blocks_take(&search->blocks, size), packed, size);
    doc->terms_size = size;
}

// Adds the document to the postings of its words, and notes these for the day it goes.
static void put_words(struct search *search, u32 slot, const struct pending *pending)
{
    u32 *terms = ARENA_ARRAY(search->pending_arena, u32, pending->word_count);
    for (u32 i = 0; i < pending->word_count; i++) {
        terms[i] = terms_take(search, pending->words[i].text);
        postings_add(search, terms[i], slot, pending->words[i].impact);
    }
    keep_terms(search, &search->docs[slot], terms, pending->word_count, search->pending_arena);
    search->docs[slot].words_hash = pending->words_hash;
}

static void drop_words(struct search *search, u32 slot)
{
    struct doc *doc = &search->docs[slot];
    u32 term = 0;
    for (const u8 *at = doc->terms, *end = at + doc->terms_size; at < end;) {
        u32 shift = 0, step = 0;
        for (; (*at & 128) != 0; shift += 7)
            step |= (u32)(*at++ & 127) << shift;
        step |= (u32)*at++ << shift;
        term += step;
        postings_drop(search, term, slot);
    }
    blocks_give(&search->blocks, doc->terms, doc->terms_size);
    doc->terms = NULL;
    doc->terms_size = 0;
}

static void give_title(struct search *search, const char *title)
{
    union {
        const char *kept;
        char *given;
    } at = {.kept = title};
    blocks_give(&search->blocks, at.given, strlen(title) + 1);
}

// Takes out all of a document but its words and its id.
static void strip(struct search *search, u32 slot)
{
    struct doc *doc = &search->docs[slot];
    while (doc->values.count > 0)
        values_drop(search, doc->values.at[--doc->values.count], slot);
    list_release(&search->blocks, &doc->values);
    give_title(search, doc->title);
    doc->title = NULL;
    roaring_bitmap_remove(search->in_stock, slot);
    for (u32 i = 0; i < search->currency_count; i++)
        search->prices[i][slot] = INT64_MAX;
}

// Takes out a document whole; its slot is free from then on.
static void erase(struct search *search, u32 slot)
{
    struct doc *doc = &search->docs[slot];
    strip(search, slot);
    drop_words(search, slot);
    lookup_drop(&search->by_id, id_hash(&doc->id), slot);
    roaring_bitmap_remove(search->all, slot);
    *doc = (struct doc){0};
    list_append(&search->blocks, &search->unused, slot);
    search->alive--;
}

// Gives a new document a slot, its id and its words; dress adds the rest.
static u32 enter(struct search *search, const struct pending *pending)
{
    u32 slot = slot_take(search);
    struct doc *doc = &search->docs[slot];
    doc->id = pending->id;
    doc->alive = true;
    lookup_add(&search->blocks, &search->by_id, id_hash(&doc->id), slot);
    roaring_bitmap_add(search->all, slot);
    put_words(search, slot, pending);
    search->alive++;
    return slot;
}

// Boosts decide between equals, no more: the logarithm of the popularity counts up to a million,
// being in stock half as much.
static u8 boost_of(const struct pending *pending)
{
    enum { LEVEL_MOST = 16 * 20, POPULAR_MOST = 170, IN_STOCK = 85 };
    u32 level = log2_16((u64)pending->popularity + 1);
    level = level < LEVEL_MOST ? level : LEVEL_MOST;
    return (u8)(POPULAR_MOST * level / LEVEL_MOST + (pending->in_stock ? IN_STOCK : 0));
}

// Adds what may change without the words: title, prices, stock, facet values.
static void dress(struct search *search, u32 slot, const struct pending *pending)
{
    struct doc *doc = &search->docs[slot];
    doc->title = blocks_text(&search->blocks, pending->title, strlen(pending->title));
    doc->published_ms = pending->published_ms;
    doc->popularity = pending->popularity;
    doc->in_stock = pending->in_stock;
    search->boosts[slot] = boost_of(pending);
    if (doc->in_stock)
        roaring_bitmap_add(search->in_stock, slot);
    for (u32 i = 0; i < pending->price_count; i++) {
        i64 currency = currency_find(search, pending->prices[i].currency);
        if (currency != NONE)
            search->prices[currency][slot] = pending->prices[i].price_minor;
    }
    for (u32 i = 0; i < pending->value_count; i++) {
        const struct pending_value *value = &pending->values[i];
        values_add(search, value->facet, value->name, &value->label, slot);
    }
}

static int by_id_newest_first(const void *a, const void *b)
{
    const struct pending *const *left = a, *const *right = b;
    int compared = id_compare(&(*left)->id, &(*right)->id);
    return compared != 0 ? compared : (*left)->sequence < (*right)->sequence ? 1 : -1;
}

// The last word on each id.
static struct pending **latest(struct search *search, u32 *count)
{
    struct pending **all =
        ARENA_ARRAY(search->pending_arena, struct pending *, search->pending_count);
    u32 n = 0;
    for (struct pending *pending = search->pending; pending != NULL; pending = pending->older)
        all[n++] = pending;
    qsort(all, n, sizeof *all, by_id_newest_first);
    *count = 0;
    for (u32 i = 0; i < n; i++)
        if (*count == 0 || id_compare(&all[*count - 1]->id, &all[i]->id) != 0)
            all[(*count)++] = all[i];
    return all;
}

// What is there for the ids of a batch leaves the orders; a document whose words stay as they are
// keeps its slot and postings, so that a change of price or stock is cheap.
static void clear_way(struct search *search, struct pending **batch, u32 count, i64 *slots)
{
    u32 *gone = ARENA_ARRAY(search->pending_arena, u32, count), gone_count = 0;
    for (u32 i = 0; i < count; i++) {
        slots[i] = docs_find(search, &batch[i]->id);
        if (slots[i] != NONE)
            gone[gone_count++] = (u32)slots[i];
    }
    orders_drop(search, gone, gone_count);
    for (u32 i = 0; i < count; i++) {
        if (slots[i] == NONE)
            continue;
        u32 slot = (u32)slots[i];
        if (!batch[i]->removal && search->docs[slot].words_hash == batch[i]->words_hash) {
            strip(search, slot);
            continue;
        }
        erase(search, slot);
        slots[i] = NONE;
    }
}

// Everything that waits, while readers are kept out: first what is there for these ids goes, then
// the new comes, and last the orders and the sorted words take it in with one pass each.
static void apply(struct search *search)
{
    u32 count, entered = 0;
    struct pending **batch = latest(search, &count);
    i64 *slots = ARENA_ARRAY(search->pending_arena, i64, count);
    u32 *changed = ARENA_ARRAY(search->pending_arena, u32, count);
    clear_way(search, batch, count, slots);
    for (u32 i = 0; i < count; i++)
        for (u32 j = 0; j < batch[i]->price_count; j++)
            (void)currency_take(search, batch[i]->prices[j].currency);
    for (u32 i = 0; i < count; i++) {
        if (batch[i]->removal)
            continue;
        u32 slot = slots[i] != NONE ? (u32)slots[i] : enter(search, batch[i]);
        dress(search, slot, batch[i]);
        changed[entered++] = slot;
    }
    orders_merge(search, changed, entered);
    terms_settle(search);
}

void search_publish(struct search *search)
{
    if (search->pending == NULL)
        return;
    pthread_rwlock_wrlock(&search->lock);
    apply(search);
    pthread_rwlock_unlock(&search->lock);
    search->pending = NULL;
    search->pending_count = 0;
    arena_reset(search->pending_arena);
}

struct search_stats search_stats(struct search *search)
{
    struct search_stats stats = {0};
    pthread_rwlock_rdlock(&search->lock);
    stats.documents = search->alive;
    stats.words = search->terms.sorted.count;
    stats.bytes = (i64)arena_used(search->blocks.arena);
    for (u32 i = 0; i < search->values.count; i++) {
        if (search->values.at[i].count == 0)
            continue;
        stats.facet_values += search->values.at[i].facet != FACET_NAME;
        stats.bytes += (i64)roaring_bitmap_size_in_bytes(search->values.at[i].slots);
    }
    pthread_rwlock_unlock(&search->lock);
    return stats;
}
