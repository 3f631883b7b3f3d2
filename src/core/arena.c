// Chunked bump allocation. Contract in arena.h; its largest users are requests (app/rq.h) and
// import batches.
//
// Memory is cut from the newest chunk; a request that does not fit gets a new chunk, twice the size
// of the last up to CHUNK_LARGEST, and what was left of the old one is lost until reset. So the
// cost of an allocation is an addition and a memset, and a typical request never leaves its first
// chunk. Freeing single allocations, size classes and free lists were left out on purpose:
// everything in an arena dies together, and that is what keeps `free` out of the services.
//
// In builds with AddressSanitizer all of a chunk is poisoned but what was handed out, to the byte.
// A read past the end of an arena string is found there as it would be with malloc, though the
// neighbour's bytes belong to the same chunk.
#include "core/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at_, size_) ((void)(at_), (void)(size_))
#define ASAN_UNPOISON_MEMORY_REGION(at_, size_) ((void)(at_), (void)(size_))
#endif

enum {
    // A handler with its JSON in and out mostly fits into 16 KiB. The upper bound is what the last
    // chunk of a large import may waste.
    CHUNK_FIRST = 16 << 10,
    CHUNK_LARGEST = 1 << 20,
    ALIGNMENT = 16,
};

struct chunk {
    struct chunk *older;
    size_t size, used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

// Lives in the arena itself, so deferring cannot fail and needs no clean-up of its own.
struct deferred {
    struct deferred *older;
    void (*release)(void *);
    void *handle;
};

struct arena {
    struct chunk *chunk;
    struct deferred *deferred;
    size_t used, limit, next_size;
};

// Ends the program, without the log (which would allocate). There is no caller up the stack that
// could do better: the supervisor starts a new worker within milliseconds, and every write is
// durable or undone.
static void out_of_memory(size_t size)
{
    fprintf(stderr, "souk: out of memory (%zu bytes asked)\n", size);
    abort();
}

static void chunk_push(struct arena *arena, size_t at_least)
{
    size_t size = arena->next_size > at_least ? arena->next_size : at_least;
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL)
        out_of_memory(size);
    *chunk = (struct chunk){.older = arena->chunk, .size = size};
    ASAN_POISON_MEMORY_REGION(chunk->bytes, size);
    arena->chunk = chunk;
    if (arena->next_size < CHUNK_LARGEST)
        arena->next_size *= 2;
}

static void chunk_free(struct chunk *chunk)
{
    ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->size);
    free(chunk);
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        out_of_memory(sizeof *arena);
    arena->limit = limit;
    arena->next_size = CHUNK_FIRST;
    return arena;
}

// Each entry leaves the list before it runs: a release that defers again, or that asks for memory,
// sees a consistent arena. That is also why this comes before any chunk is given back.
static void run_deferred(struct arena *arena)
{
    while (arena->deferred != NULL) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->older;
        deferred->release(deferred->handle);
    }
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    // The oldest chunk is the one that stays: it is nearly always the smallest, and enough for most
    // requests. Keeping the largest would let one big request hold its memory in every pooled arena
    // for ever.
    while (arena->chunk != NULL && arena->chunk->older != NULL) {
        struct chunk *chunk = arena->chunk;
        arena->chunk = chunk->older;
        chunk_free(chunk);
    }
    if (arena->chunk != NULL) {
        arena->chunk->used = 0;
        // Whoever kept a pointer over the reset is caught at its next use.
        ASAN_POISON_MEMORY_REGION(arena->chunk->bytes, arena->chunk->size);
    }
    arena->used = 0;
    arena->next_size = CHUNK_FIRST;
}

void arena_clear(struct arena *arena)
{
    arena_reset(arena);
    if (arena->chunk != NULL)
        chunk_free(arena->chunk);
    arena->chunk = NULL;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    arena_clear(arena);
    free(arena);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

static size_t rounded(size_t size)
{
    assert(size <= SIZE_MAX - ALIGNMENT);
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t room = rounded(size > 0 ? size : 1);
    // Not a test of `used + room`, which could wrap around.
    assert(room <= arena->limit - arena->used);
    if (arena->chunk == NULL || arena->chunk->size - arena->chunk->used < room)
        chunk_push(arena, room);
    unsigned char *at = arena->chunk->bytes + arena->chunk->used;
    arena->chunk->used += room;
    arena->used += room;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    return memset(at, 0, size);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t size)
{
    assert(size >= old_size);
    struct chunk *chunk = arena->chunk;
    size_t old_room = rounded(old_size > 0 ? old_size : 1);
    size_t more = rounded(size) > old_room ? rounded(size) - old_room : 0;
    // Only the allocation that ends where the chunk's used part ends can grow where it stands.
    // Buffers that are written in one go are nearly always that one; two that grow in turns copy
    // each time, which costs what realloc would.
    bool newest = old != NULL && chunk != NULL &&
                  (unsigned char *)old + old_room == chunk->bytes + chunk->used;
    if (newest && chunk->size - chunk->used >= more && more <= arena->limit - arena->used) {
        chunk->used += more;
        arena->used += more;
        ASAN_UNPOISON_MEMORY_REGION(old, size);
        memset((unsigned char *)old + old_size, 0, size - old_size);
        return old;
    }
    void *new = arena_alloc(arena, size);
    if (old_size > 0)
        memcpy(new, old, old_size);
    return new;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *handle)
{
    struct deferred *deferred = ARENA_NEW(arena, struct deferred);
    *deferred = (struct deferred){arena->deferred, release, handle};
    arena->deferred = deferred;
}

char *arena_text_n(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_n(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    // Measured first and written second: an estimate would leave holes or need a second try anyway.
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
