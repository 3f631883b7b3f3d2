// Memory with one lifetime: a request, a job, an import batch. Nothing in it is freed alone.
//
// An arena belongs to one thread at a time. Memory is zeroed, aligned for any type, and lives until
// arena_reset or arena_free. An arena that would pass its limit aborts the program when the limit
// is our own mistake; sizes that come from outside are bounded before they get here
// (core/limits.h).
//
//     struct arena *arena = arena_new(LIMIT_ARENA);
//     char *name = arena_printf(arena, "%s-%d", stem, n);
//     arena_defer(arena, close_file, file);   // runs at reset, last one first
//     arena_free(arena);
#ifndef SOUK_CORE_ARENA_H
#define SOUK_CORE_ARENA_H

#include <stdarg.h>

#include "core/base.h"

struct arena;

// A new, empty arena. Aborts when the system has no memory.
struct arena *arena_new(size_t limit);
// Runs the deferred calls and returns the memory to the system. NULL is allowed.
void arena_free(struct arena *arena);
// Runs the deferred calls and forgets the contents; keeps one chunk for the next use.
void arena_reset(struct arena *arena);
// The same, and keeps no memory for the next use.
void arena_clear(struct arena *arena);
// Bytes handed out since the last reset.
size_t arena_used(const struct arena *arena);

// `size` zeroed bytes, never NULL; a size of 0 gives a valid pointer.
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
// Grows the newest allocation in place when it can, else copies. `old` may be NULL with old_size 0.
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t size)
    __attribute__((returns_nonnull));
// Calls `release(handle)` at reset or free, in reverse order of deferring.
void arena_defer(struct arena *arena, void (*release)(void *), void *handle);

// Copies. The results end with a NUL that `length` does not count.
char *arena_text(struct arena *arena, const char *text);
char *arena_text_n(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

// Room for `count` of `type_`, zeroed.
#define ARENA_ARRAY(arena_, type_, count_)                                                         \
    ((type_ *)arena_alloc((arena_), sizeof(type_) * (size_t)(count_)))
#define ARENA_NEW(arena_, type_) ARENA_ARRAY(arena_, type_, 1)

#endif
