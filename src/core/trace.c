// Reading and making trace ids. Contract in trace.h; the grammar is that of section 3 of the
// recommendation.
#include "core/trace.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/uuid.h"

enum {
    TRACE_DIGITS = 32,
    SPAN_DIGITS = 16,
    TRACE_AT = 3,
    SPAN_AT = TRACE_AT + TRACE_DIGITS + 1,
    FLAGS_AT = SPAN_AT + SPAN_DIGITS + 1,
    PARENT_LENGTH = FLAGS_AT + 2,
    STATE_MEMBERS = 32,
    STATE_LENGTH = 2048, // more than the 512 that must be handed on
};

static _Thread_local const struct trace *current;

void trace_set_current(const struct trace *trace)
{
    current = trace;
}

const struct trace *trace_current(void)
{
    return current;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// So many small hexadecimal digits, and not all of them 0.
static bool is_id(const char *text, size_t digits)
{
    bool some = false;
    for (size_t i = 0; i < digits; i++) {
        if (digit(text[i]) < 0)
            return false;
        some |= text[i] != '0';
    }
    return some;
}

static bool is_byte(const char *text)
{
    return digit(text[0]) >= 0 && digit(text[1]) >= 0;
}

// A later version may have more behind what this one knows, after a dash (section 4.3).
static bool read_parent(struct trace *trace, const char *text)
{
    size_t length = strlen(text);
    if (length < PARENT_LENGTH || !is_byte(text) || strncmp(text, "ff", 2) == 0)
        return false;
    bool first = strncmp(text, "00", 2) == 0;
    if (length > PARENT_LENGTH && (first || text[PARENT_LENGTH] != '-'))
        return false;
    if (text[TRACE_AT - 1] != '-' || text[SPAN_AT - 1] != '-' || text[FLAGS_AT - 1] != '-' ||
        !is_id(text + TRACE_AT, TRACE_DIGITS) || !is_id(text + SPAN_AT, SPAN_DIGITS) ||
        !is_byte(text + FLAGS_AT))
        return false;
    memcpy(trace->id, text + TRACE_AT, TRACE_DIGITS);
    memcpy(trace->parent, text + SPAN_AT, SPAN_DIGITS);
    trace->sampled = (digit(text[FLAGS_AT + 1]) & 1) != 0;
    return true;
}

static bool is_key(const char *at, size_t length)
{
    const char *tenant = memchr(at, '@', length);
    size_t system = tenant != NULL ? length - (size_t)(tenant + 1 - at) : 0;
    bool small = at[0] >= 'a' && at[0] <= 'z', number = at[0] >= '0' && at[0] <= '9';
    if (length == 0 || length > 256 || (!small && !(number && tenant != NULL)))
        return false;
    if (tenant != NULL && (system == 0 || system > 14 || tenant[1] < 'a' || tenant[1] > 'z'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-*/", at[i]) == NULL && at + i != tenant)
            return false;
    return true;
}

static bool is_value(const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (at[i] < 0x20 || at[i] > 0x7e || at[i] == '=')
            return false;
    return length > 0 && length <= 256 && at[length - 1] != ' ';
}

// One member of the list, without the white space around it. Empty ones are allowed.
static bool is_member(const char *at, size_t length)
{
    const char *equals = memchr(at, '=', length);
    if (length == 0)
        return true;
    size_t key = equals != NULL ? (size_t)(equals - at) : 0;
    return equals != NULL && is_key(at, key) && is_value(equals + 1, length - key - 1);
}

static bool is_state(const char *text)
{
    int members = 0;
    for (const char *at = text, *comma; at != NULL; at = comma != NULL ? comma + 1 : NULL) {
        comma = strchr(at, ',');
        const char *member = at + strspn(at, " \t");
        size_t length = strcspn(member, ",");
        while (length > 0 && (member[length - 1] == ' ' || member[length - 1] == '\t'))
            length--;
        members += length > 0;
        if (!is_member(member, length) || members > STATE_MEMBERS)
            return false;
    }
    return members > 0 && strlen(text) <= STATE_LENGTH;
}

// Unique, spread evenly, and no secret: a generator (splitmix64) whose start is random, since every
// request takes two of these.
static u64 next_random(void)
{
    static _Atomic u64 counter;
    static _Atomic u64 start;
    u64 seed = atomic_load_explicit(&start, memory_order_relaxed), none = 0;
    if (seed == 0) {
        random_bytes(&seed, sizeof seed);
        seed |= 1;
        if (!atomic_compare_exchange_strong(&start, &none, seed))
            seed = none;
    }
    u64 step = atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed) + 1;
    u64 mixed = seed + step * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    return mixed != 0 ? mixed : 1;
}

static void write_digits(u64 number, char *text)
{
    for (int i = 0; i < SPAN_DIGITS; i++, number <<= 4)
        text[i] = "0123456789abcdef"[number >> 60];
}

void trace_begin(struct trace *trace, const char *traceparent, const char *tracestate,
                 struct arena *arena)
{
    *trace = (struct trace){.sampled = true};
    bool given = traceparent != NULL && read_parent(trace, traceparent);
    if (!given) {
        *trace = (struct trace){.sampled = true};
        write_digits(next_random(), trace->id);
        write_digits(next_random(), trace->id + SPAN_DIGITS);
    }
    write_digits(next_random(), trace->span);
    if (given && tracestate != NULL && is_state(tracestate))
        trace->state = arena_text(arena, tracestate);
}

void trace_write(const struct trace *trace, char text[TRACEPARENT_SIZE])
{
    snprintf(text, TRACEPARENT_SIZE, "00-%s-%s-%s", trace->id, trace->span,
             trace->sampled ? "01" : "00");
}
