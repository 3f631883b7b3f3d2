// Requests on one connection: what is read never depends on how the bytes were split, never lies
// outside of them, and holds no character that could mean something else to the next reader. Under
// test: net/http_parse.c, net/http_chunked.c, net/query.c.
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/str.h"
#include "fuzz.h"
#include "net/http_chars.h"
#include "net/http_parse.h"
#include "net/query.h"

enum { BODY_MAX = 2000 };

// What a connection does with its bytes, without the connection.
struct reading {
    struct buf said; // everything that was read, as text
    struct http_chunked chunked;
    size_t body_left; // of a body with Content-Length
    size_t body_length;
    bool in_chunks, over;
};

static void check_span(const char *bytes, const struct http_head *head, struct http_span span,
                       u8 class)
{
    assert(span.length <= head->length && span.at <= head->length - span.length);
    for (u32 i = 0; i < span.length; i++)
        assert(http_char_is(bytes[span.at + i], class));
}

static void read_query(struct buf *said, const char *bytes, struct http_span span)
{
    const char *text = arena_text_n(said->arena, bytes + span.at, span.length);
    struct query query = query_of(text, said->arena);
    while (query_next(&query)) {
        assert(utf8_valid(query.name, strlen(query.name)));
        assert(utf8_valid(query.value, strlen(query.value)));
        buf_printf(said, "&%s=%s", query.name, query.value);
    }
    buf_printf(said, " %d\n", query.malformed);
}

static void read_path(struct buf *said, const char *bytes, struct http_span span)
{
    char *raw = malloc(span.length + 1),
         *path = malloc(span.length + 1); // so that no byte more is used
    size_t length;
    assert(raw != NULL && path != NULL);
    memcpy(raw, bytes + span.at, span.length);
    if (http_path_decode(raw, span.length, path, &length)) {
        assert(length <= span.length && utf8_valid(path, length));
        path[length] = '\0';
        assert(length == 0 || path[0] == '/' || strcmp(path, "*") == 0);
        assert(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
        assert(!str_ends(path, "/..") && !str_ends(path, "/."));
        for (size_t i = 0; i < length; i++)
            assert((u8)path[i] >= 0x20 && path[i] != 0x7F);
        buf_text(said, path);
    }
    buf_char(said, '\n');
    free(raw);
    free(path);
}

static void say_head(struct reading *reading, const struct http_head *head, const char *bytes)
{
    struct buf *said = &reading->said;
    assert(head->length > 0 && head->count <= LIMIT_HEADERS);
    assert(!head->chunked || head->content_length < 0);
    check_span(bytes, head, head->target, HTTP_TARGET);
    check_span(bytes, head, head->host, HTTP_TARGET);
    buf_printf(said, "%d %d%d%d %lld ", head->method, head->keep_alive, head->http_1_0,
               head->expect_continue, (long long)head->content_length);
    buf_bytes(said, bytes + head->host.at, head->host.length);
    read_path(said, bytes, head->path);
    read_query(said, bytes, head->query);
    for (size_t i = 0; i < head->count; i++) {
        check_span(bytes, head, head->fields[i].name, HTTP_TOKEN);
        check_span(bytes, head, head->fields[i].value, HTTP_VALUE);
        buf_bytes(said, bytes + head->fields[i].name.at, head->fields[i].name.length);
        buf_bytes(said, bytes + head->fields[i].value.at, head->fields[i].value.length);
        buf_char(said, '\n');
    }
    reading->over |= head->content_length > BODY_MAX;
    reading->body_left = head->content_length > 0 ? (size_t)head->content_length : 0;
    reading->body_length = 0;
    reading->in_chunks = head->chunked;
    reading->chunked = (struct http_chunked){.room = BODY_MAX};
}

static void fail(struct reading *reading, int status, const char *detail)
{
    assert(status >= 400 && status < 600 && detail != NULL && detail[0] != '\0');
    buf_printf(&reading->said, "%d %s", status, detail);
    reading->over = true;
}

static size_t read_chunks(struct reading *reading, const char *bytes, size_t length)
{
    char *out = malloc(length);
    size_t used, wrote;
    assert(out != NULL);
    enum http_parse state = http_chunked_read(&reading->chunked, bytes, length, &used, out, &wrote);
    assert(used <= length && wrote <= used);
    reading->body_length += wrote;
    assert(reading->body_length <= BODY_MAX);
    assert(state != HTTP_PARSE_MORE || used == length);
    buf_bytes(&reading->said, out, wrote);
    free(out);
    if (state == HTTP_PARSE_FAILED)
        fail(reading, reading->chunked.status, reading->chunked.detail);
    reading->in_chunks = state == HTTP_PARSE_MORE;
    return used;
}

// Reads one step; returns the bytes used, 0 when more are needed.
static size_t step(struct reading *reading, const char *bytes, size_t length)
{
    static struct http_head head;
    if (reading->in_chunks)
        return read_chunks(reading, bytes, length);
    if (reading->body_left > 0) {
        size_t part = length < reading->body_left ? length : reading->body_left;
        buf_bytes(&reading->said, bytes, part);
        reading->body_left -= part;
        return part;
    }
    switch (http_head_parse(&head, bytes, length)) {
    case HTTP_PARSE_MORE:
        assert(head.decides_at > length);
        return 0;
    case HTTP_PARSE_FAILED:
        fail(reading, head.status, head.detail);
        return 0;
    default:
        assert(head.length <= length);
        say_head(reading, &head, bytes);
        return head.length;
    }
}

// Reads `length` bytes, shown in pieces whose sizes follow from `seed`; 0 shows them all at once.
static struct buf read_all(struct arena *arena, const char *bytes, size_t length, u64 seed)
{
    struct reading reading = {.said = buf_in(arena)};
    size_t shown = 0, used = 0;
    while (shown < length && !reading.over) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t piece = seed >> 62 == 0 ? 1 : 1 + (seed >> 33) % (64 + length / 16);
        shown = seed == UINT64_C(1442695040888963407) || piece > length - shown ? length
                                                                                : shown + piece;
        char *visible = malloc(shown - used); // its end is the end of what was received
        assert(visible != NULL);
        memcpy(visible, bytes + used, shown - used);
        size_t at = 0, part = 1;
        while (part > 0 && at < shown - used && !reading.over) {
            part = step(&reading, visible + at, shown - used - at);
            at += part;
        }
        used += at;
        free(visible);
    }
    return reading.said;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 3 || length > 60000)
        return 0;
    struct arena *arena = arena_new(LIMIT_ARENA);
    const char *text = (const char *)bytes + 2; // the first two choose the pieces
    u64 seed = 1 + bytes[0] + (u64)bytes[1] * 256;
    struct buf whole = read_all(arena, text, length - 2, 0);
    struct buf pieces = read_all(arena, text, length - 2, seed);
    assert(whole.length == pieces.length);
    assert(whole.length == 0 || memcmp(whole.at, pieces.at, whole.length) == 0);
    arena_free(arena);
    return 0;
}
