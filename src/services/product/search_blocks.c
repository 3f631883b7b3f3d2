// Blocks, lists and lookups of the search index. Contract in search_blocks.h.
//
// The index lives as long as the process and changes all the time, so an arena alone would grow
// without end, and a malloc for each of a million small lists would cost 16 bytes each and be freed
// one by one. Size classes in pairs per power of two waste a third at most; what is given back
// waits in its class, linked through its own first bytes. Arrays that outgrew their blocks leave
// large ones behind that nobody would ask for again: small blocks are cut from these.
#include "services/product/search_blocks.h"

#include <string.h>

enum { BLOCK_SMALLEST = 16, SMALL = 1 << 10, LARGE = 4 << 10 };

// Classes come in pairs per power of two: 16 (24 would break alignment), 32, 48, 64, 96, 128, ...
static size_t class_size(u32 class)
{
    size_t power = (size_t)BLOCK_SMALLEST << (class / 2);
    return class % 2 == 0 ? power : power + power / 2;
}

static u32 class_of(size_t size)
{
    if (size <= BLOCK_SMALLEST)
        return 0;
    u32 class = 2 * (u32)(63 - __builtin_clzll((size - 1) / BLOCK_SMALLEST));
    while (class_size(class) < size || class == 1)
        class ++;
    assert(class < BLOCK_CLASSES);
    return class;
}

size_t blocks_room(size_t size)
{
    return class_size(class_of(size));
}

static void *pop(struct blocks *blocks, u32 class)
{
    void *at = blocks->unused[class];
    if (at != NULL)
        memcpy(&blocks->unused[class], at, sizeof(void *));
    return at;
}

// Cuts a small block from a large one that a growing array has left behind, NULL when there is
// none.
static void *cut(struct blocks *blocks, size_t size)
{
    if (size > SMALL)
        return NULL;
    for (u32 class = class_of(LARGE); blocks->scrap_size < size && class < BLOCK_CLASSES;
         class ++) {
        char *scrap = pop(blocks, class);
        if (scrap == NULL)
            continue;
        blocks->scrap = scrap;
        blocks->scrap_size = class_size(class);
    }
    if (blocks->scrap_size < size)
        return NULL;
    blocks->scrap_size -= size;
    return blocks->scrap + blocks->scrap_size;
}

void *blocks_take(struct blocks *blocks, size_t size)
{
    u32 class = class_of(size);
    void *at = pop(blocks, class);
    if (at == NULL)
        at = cut(blocks, class_size(class));
    return at != NULL ? at : arena_alloc(blocks->arena, class_size(class));
}

void blocks_give(struct blocks *blocks, void *at, size_t size)
{
    if (at == NULL)
        return;
    u32 class = class_of(size);
    memcpy(at, &blocks->unused[class], sizeof(void *));
    blocks->unused[class] = at;
}

void *blocks_grow(struct blocks *blocks, void *at, size_t size, size_t more)
{
    void *grown = blocks_take(blocks, more);
    if (size > 0)
        memcpy(grown, at, size);
    blocks_give(blocks, size > 0 ? at : NULL, size);
    return grown;
}

char *blocks_text(struct blocks *blocks, const char *text, size_t length)
{
    char *copy = blocks_take(blocks, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void list_reserve(struct blocks *blocks, struct list *list, u32 count)
{
    if (count <= list->capacity)
        return;
    size_t room = blocks_room((size_t)count * sizeof(u32));
    list->at = blocks_grow(blocks, list->at, (size_t)list->capacity * sizeof(u32), room);
    list->capacity = (u32)(room / sizeof(u32));
}

void list_insert(struct blocks *blocks, struct list *list, u32 position, u32 number)
{
    assert(position <= list->count);
    list_reserve(blocks, list, list->count + 1);
    memmove(list->at + position + 1, list->at + position,
            (size_t)(list->count - position) * sizeof(u32));
    list->at[position] = number;
    list->count++;
}

void list_append(struct blocks *blocks, struct list *list, u32 number)
{
    list_insert(blocks, list, list->count, number);
}

void list_remove(struct list *list, u32 position)
{
    assert(position < list->count);
    list->count--;
    memmove(list->at + position, list->at + position + 1,
            (size_t)(list->count - position) * sizeof(u32));
}

void list_release(struct blocks *blocks, struct list *list)
{
    blocks_give(blocks, list->capacity > 0 ? list->at : NULL, (size_t)list->capacity * sizeof(u32));
    *list = (struct list){0};
}

bool lookup_next(const struct lookup *lookup, u32 hash, u32 *probe, u32 *number)
{
    if (lookup->places == 0)
        return false;
    for (;; *probe += 1) {
        u32 place = *probe & (lookup->places - 1);
        if (lookup->numbers[place] == 0)
            return false;
        if (lookup->hashes[place] != hash)
            continue;
        *number = lookup->numbers[place] - 1;
        *probe += 1;
        return true;
    }
}

static void place(struct lookup *lookup, u32 hash, u32 number)
{
    u32 at = hash & (lookup->places - 1);
    while (lookup->numbers[at] != 0)
        at = (at + 1) & (lookup->places - 1);
    lookup->hashes[at] = hash;
    lookup->numbers[at] = number + 1;
}

static void widen(struct blocks *blocks, struct lookup *lookup)
{
    struct lookup old = *lookup;
    lookup->places = old.places > 0 ? old.places * 2 : 16;
    size_t size = (size_t)lookup->places * sizeof(u32), old_size = (size_t)old.places * sizeof(u32);
    lookup->hashes = blocks_take(blocks, size);
    lookup->numbers = memset(blocks_take(blocks, size), 0, size);
    for (u32 i = 0; i < old.places; i++)
        if (old.numbers[i] != 0)
            place(lookup, old.hashes[i], old.numbers[i] - 1);
    blocks_give(blocks, old.places > 0 ? old.hashes : NULL, old_size);
    blocks_give(blocks, old.places > 0 ? old.numbers : NULL, old_size);
}

void lookup_add(struct blocks *blocks, struct lookup *lookup, u32 hash, u32 number)
{
    if (lookup->used * 4 >= lookup->places * 3)
        widen(blocks, lookup);
    place(lookup, hash, number);
    lookup->used++;
}

// Linear probing keeps no tombstones: what follows is moved back (Knuth 6.4, algorithm R).
void lookup_drop(struct lookup *lookup, u32 hash, u32 number)
{
    u32 mask = lookup->places - 1, hole = hash & mask;
    while (lookup->numbers[hole] != number + 1) {
        assert(lookup->numbers[hole] != 0);
        hole = (hole + 1) & mask;
    }
    for (u32 at = (hole + 1) & mask; lookup->numbers[at] != 0; at = (at + 1) & mask) {
        u32 wanted = lookup->hashes[at] & mask;
        if (((at - wanted) & mask) < ((at - hole) & mask))
            continue;
        lookup->hashes[hole] = lookup->hashes[at];
        lookup->numbers[hole] = lookup->numbers[at];
        hole = at;
    }
    lookup->numbers[hole] = 0;
    lookup->used--;
}

u64 hash_bytes_64(u64 seed, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    u64 hash = seed ^ UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

u32 hash_bytes(const char *bytes, size_t length)
{
    u64 hash = hash_bytes_64(0, bytes, length) * UINT64_C(0x9e3779b97f4a7c15);
    return (u32)(hash >> 32);
}
