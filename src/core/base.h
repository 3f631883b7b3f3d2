// The words that every file uses: integer names, checked results, assertions. No neighbour.
#ifndef SOUK_CORE_BASE_H
#define SOUK_CORE_BASE_H

#undef NDEBUG // assertions stay on in every build; they guard our own invariants, never user input
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef int32_t i32;
typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_, first_) __attribute__((format(printf, format_, first_)))
#define UNUSED __attribute__((unused))
// A constant that the linker collects into the array of its section, ELF only; see REGISTRY.
#define REGISTERED(section_) __attribute__((used, section("souk_" section_)))
// Declares the bounds of a section of pointers: for (p = __start_X; p < __stop_X; p++) visits each
// entry. The section's own name has a prefix, lest a function of the same name collide with it.
#define REGISTRY(type_, section_)                                                                  \
    extern type_ __start_##section_[] __asm__("__start_souk_" #section_) __attribute__((weak));    \
    extern type_ __stop_##section_[] __asm__("__stop_souk_" #section_) __attribute__((weak))

#define COUNT_OF(array_) (sizeof(array_) / sizeof *(array_))
#define KIB(n_) ((size_t)(n_) << 10)
#define MIB(n_) ((size_t)(n_) << 20)

static inline i64 min_i64(i64 a, i64 b)
{
    return a < b ? a : b;
}

static inline i64 max_i64(i64 a, i64 b)
{
    return a > b ? a : b;
}

#endif
