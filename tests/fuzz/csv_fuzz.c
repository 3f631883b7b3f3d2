// Fuzz target for core/csv: whatever the bytes, records stay inside the limits, do not depend on
// how the bytes arrive, and read the same after being written again. The core's tests are in
// core/csv_test.c.
#include "core/csv.h"

#include <string.h>

#include "core/limits.h"
#include "core/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct slices {
    const uint8_t *at;
    size_t left, most;
};

static i64 next_slice(void *context, char *at, size_t room)
{
    struct slices *slices = context;
    size_t take = slices->left < slices->most ? slices->left : slices->most;
    take = take < room ? take : room;
    if (take > 0)
        memcpy(at, slices->at, take);
    slices->at += take;
    slices->left -= take;
    return (i64)take;
}

// Every record written again, every fault as a comment with its place.
static struct buf rewrite(struct arena *arena, const void *bytes, size_t size, size_t most,
                          bool *faulty)
{
    struct slices slices = {bytes, size, most};
    struct csv_reader *reader = csv_reader_new(arena, next_slice, &slices);
    struct buf out = buf_in(arena);
    struct csv_record record;
    struct csv_fault fault;
    enum csv_status status;
    u32 line = 0;
    while ((status = csv_next(reader, &record, &fault)) != CSV_END) {
        assert(status != CSV_FAILED);
        if (status == CSV_FAULT) {
            *faulty = true;
            buf_printf(&out, "#%u:%u %s\n", fault.line, fault.column, fault.reason);
            continue;
        }
        assert(record.count > 0 && record.count <= LIMIT_CSV_FIELDS && record.line > line);
        line = record.line;
        const char *texts[LIMIT_CSV_FIELDS];
        for (size_t i = 0; i < record.count; i++) {
            assert(strlen(record.fields[i].text) == record.fields[i].length);
            assert(utf8_valid(record.fields[i].text, record.fields[i].length));
            texts[i] = record.fields[i].text;
        }
        csv_write(&out, texts, record.count);
    }
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    bool faulty = false, faulty_again = false;
    struct buf whole = rewrite(arena, bytes, size, SIZE_MAX, &faulty);
    struct buf slow = rewrite(arena, bytes, size, 1 + size % 7, &faulty);
    assert(str_equal(buf_as_text(&whole), buf_as_text(&slow)));
    if (!faulty) {
        struct buf again = rewrite(arena, whole.at, whole.length, SIZE_MAX, &faulty_again);
        assert(!faulty_again && str_equal(buf_as_text(&again), buf_as_text(&whole)));
    }
    arena_free(arena);
    return 0;
}
