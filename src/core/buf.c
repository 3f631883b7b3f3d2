// Growing buffers. Contract in buf.h.
//
// Capacity doubles, inside the arena, where the newest allocation grows without being copied: a
// reply that is written from front to back is moved only when it leaves its chunk. `capacity`
// counts the byte for the NUL; `limit` does not.
//
// Overflow is sticky and silent, as errors of stdio are: writers need no test after each call, the
// one who set the limit tests `overflow` once at the end.
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf buf_in(struct arena *arena)
{
    return (struct buf){.arena = arena, .limit = SIZE_MAX};
}

// Makes room for `more` bytes and a NUL; false when the limit forbids it.
static bool buf_room(struct buf *buf, size_t more)
{
    // Once something was dropped nothing more is taken, not even what would fit: a text with a hole
    // in it must not look whole.
    if (buf->overflow || more > buf->limit - buf->length) {
        buf->overflow = true;
        return false;
    }
    size_t need = buf->length + more + 1;
    if (need > buf->capacity) {
        size_t capacity = buf->capacity * 2 > 256 ? buf->capacity * 2 : 256;
        if (capacity < need)
            capacity = need;
        buf->at = arena_grow(buf->arena, buf->at, buf->capacity, capacity);
        buf->capacity = capacity;
    }
    return true;
}

void buf_bytes(struct buf *buf, const void *bytes, size_t length)
{
    if (length == 0 || !buf_room(buf, length))
        return;
    memcpy(buf->at + buf->length, bytes, length);
    buf->length += length;
    buf->at[buf->length] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_bytes(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_bytes(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    assert(length >= 0);
    if (buf_room(buf, (size_t)length)) {
        vsnprintf(buf->at + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void buf_i64(struct buf *buf, i64 number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    // In unsigned arithmetic, because INT64_MIN has no positive counterpart.
    u64 rest = number < 0 ? 0 - (u64)number : (u64)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--at = '-';
    buf_bytes(buf, at, (size_t)(digits + sizeof digits - at));
}

// RFC 8259 section 7. Only what must be escaped, and '<', is; the short forms where there are some,
// since newlines in descriptions are frequent.
static void json_escape(struct buf *buf, unsigned char c)
{
    switch (c) {
    case '"':
        buf_text(buf, "\\\"");
        break;
    case '\\':
        buf_text(buf, "\\\\");
        break;
    case '\n':
        buf_text(buf, "\\n");
        break;
    case '\r':
        buf_text(buf, "\\r");
        break;
    case '\t':
        buf_text(buf, "\\t");
        break;
    default:
        buf_printf(buf, "\\u%04x", c);
    }
}

void buf_json_text(struct buf *buf, const char *text)
{
    if (text == NULL) {
        buf_text(buf, "null");
        return;
    }
    buf_char(buf, '"');
    // Runs of plain characters are copied in one go; characters beyond ASCII are plain, JSON being
    // UTF-8.
    const char *plain = text;
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x20 && *c != '"' && *c != '\\' && *c != '<')
            continue;
        buf_bytes(buf, plain, (size_t)(c - plain));
        json_escape(buf, (unsigned char)*c);
        plain = c + 1;
    }
    buf_text(buf, plain);
    buf_char(buf, '"');
}

void buf_html(struct buf *buf, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            buf_text(buf, "&amp;");
            break;
        case '<':
            buf_text(buf, "&lt;");
            break;
        case '>':
            buf_text(buf, "&gt;");
            break;
        case '"':
            buf_text(buf, "&quot;");
            break;
        case '\'':
            buf_text(buf, "&#39;");
            break;
        default:
            buf_char(buf, *c);
        }
    }
}

const char *buf_as_text(struct buf *buf)
{
    return buf->at != NULL ? buf->at : "";
}
