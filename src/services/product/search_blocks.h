// Memory of the search index: blocks in size classes over one arena, taken and given back while
// the index lives, all freed with the arena; and the two containers that are built of them.
//
// Not thread-safe: the writer holds the index's lock. A block does not know its size: it is given
// back with the size it was taken with.
#ifndef SOUK_SERVICES_PRODUCT_SEARCH_BLOCKS_H
#define SOUK_SERVICES_PRODUCT_SEARCH_BLOCKS_H

#include "core/arena.h"

enum { BLOCK_CLASSES = 64 };

struct blocks {
    struct arena *arena;
    void *unused[BLOCK_CLASSES]; // lists of given back blocks, linked through their first word
    char *scrap;                 // a large one given back, which small ones are cut from
    size_t scrap_size;           // left of it
};

// The size of the block that a request for `size` gets: 16, 32, 48, 64, 96, 128, 192, ...
size_t blocks_room(size_t size);
// At least `size` bytes, not zeroed.
void *blocks_take(struct blocks *blocks, size_t size) __attribute__((returns_nonnull));
void blocks_give(struct blocks *blocks, void *at, size_t size);
// Moves an array of `size` bytes (0: none yet) to a block with room for `more`; gives the old back.
void *blocks_grow(struct blocks *blocks, void *at, size_t size, size_t more);
// A copy of a text; given back with its length + 1.
char *blocks_text(struct blocks *blocks, const char *text, size_t length);

// A growing array of numbers: postings, orders, ids.
struct list {
    u32 *at;
    u32 count, capacity;
};
void list_insert(struct blocks *blocks, struct list *list, u32 position, u32 number);
void list_append(struct blocks *blocks, struct list *list, u32 number);
void list_remove(struct list *list, u32 position);
void list_reserve(struct blocks *blocks, struct list *list, u32 count);
void list_release(struct blocks *blocks, struct list *list);

// A hash table from hashes to numbers, which the caller compares by what they stand for:
//     for (u32 probe = hash, id; lookup_next(&lookup, hash, &probe, &id);)
//         if (it is the one) return id;
struct lookup {
    u32 *hashes, *numbers; // numbers are stored plus one, 0 is an empty place
    u32 used, places;      // places is 0 or a power of two
};
bool lookup_next(const struct lookup *lookup, u32 hash, u32 *probe, u32 *number);
void lookup_add(struct blocks *blocks, struct lookup *lookup, u32 hash, u32 number);
void lookup_drop(struct lookup *lookup, u32 hash, u32 number);

u32 hash_bytes(const char *bytes, size_t length); // FNV-1a, then mixed
u64 hash_bytes_64(u64 seed, const void *bytes, size_t length);

#endif
