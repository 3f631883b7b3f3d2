// A byte buffer that grows inside an arena: replies, documents, log lines.
//
// Always NUL-terminated after the first write, so `at` can be read as text when it holds text.
// Writing past `limit` sets `overflow` and drops the rest; whoever asked for a limit checks it
// once.
//
//     struct buf buf = buf_in(rq->arena);
//     buf_printf(&buf, "%s has %d", name, n);
#ifndef SOUK_CORE_BUF_H
#define SOUK_CORE_BUF_H

#include "core/arena.h"

struct buf {
    struct arena *arena;
    char *at;
    size_t length, capacity, limit;
    bool overflow;
};

// An empty buffer in an arena, limited only by the arena.
struct buf buf_in(struct arena *arena);
void buf_bytes(struct buf *buf, const void *bytes, size_t length);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
// Decimal digits; several times faster than buf_printf.
void buf_i64(struct buf *buf, i64 number);
// A JSON string with its quotes, escaped as RFC 8259 asks, and `<` too, so that a document may
// stand inside an HTML script element. NULL gives null.
void buf_json_text(struct buf *buf, const char *text);
// Escaped for HTML text and quoted attributes: & < > " '.
void buf_html(struct buf *buf, const char *text);
// The whole as text: never NULL.
const char *buf_as_text(struct buf *buf);

#endif
