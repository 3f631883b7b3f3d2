// What is told to a caller when something went wrong: one sentence and the fields it is about.
// Rendered as RFC 9457 by app/; filled by readers, checks and fail().
#ifndef SOUK_CORE_PROBLEM_H
#define SOUK_CORE_PROBLEM_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/limits.h"

struct problem {
    struct arena *arena; // owns the texts
    const char *detail;  // NULL: the title of the error says it all
    size_t count;
    struct {
        const char *field, *detail;
    } fields[LIMIT_PROBLEM_FIELDS];
    i64 retry_after_s; // 0: not said
};

// Adds one fault of a field ("items.3.sku"); those past the limit are not told.
void problem_field(struct problem *problem, const char *field, const char *format, ...)
    PRINTF_LIKE(3, 4);
// Sets the sentence for the whole.
void problem_detail(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);
// Writes the RFC 9457 document for `err`.
void problem_write(const struct problem *problem, enum err err, const char *request_id,
                   struct buf *out);

#endif
