// Chunked bump allocation. Contract in arena.h.
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
    CHUNK_FIRST = 16 << 10,
    CHUNK_LARGEST = 1 << 20,
    ALIGNMENT = 16,
};

struct chunk {
    struct chunk *older;
    size_t size, used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

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
    while (arena->chunk != NULL && arena->chunk->older != NULL) {
        struct chunk *chunk = arena->chunk;
        arena->chunk = chunk->older;
        chunk_free(chunk);
    }
    if (arena->chunk != NULL) {
        arena->chunk->used = 0;
        ASAN_POISON_MEMORY_REGION(arena->chunk->bytes, arena->chunk->size);
    }
    arena->used = 0;
    arena->next_size = CHUNK_FIRST;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    arena_reset(arena);
    if (arena->chunk != NULL)
        chunk_free(arena->chunk);
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
