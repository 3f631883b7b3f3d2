// Reads request heads and chunked bodies: pure functions over bytes, without sockets. The server
// that feeds them is net/http_read.c; tests/fuzz/http_fuzz.c attacks them.
//
// The result never depends on how the bytes were split: a prefix gives HTTP_PARSE_MORE until the
// bytes decide, and then the same answer for every longer input.
#ifndef SOUK_NET_HTTP_PARSE_H
#define SOUK_NET_HTTP_PARSE_H

#include "core/limits.h"
#include "net/http.h"

enum http_parse { HTTP_PARSE_MORE, HTTP_PARSE_DONE, HTTP_PARSE_FAILED };

// Offsets from the first byte of the request.
struct http_span {
    u32 at, length;
};

struct http_head {
    enum http_method method;
    struct http_span target, path, query,
        host; // not decoded; an absolute target gives path and host
    size_t count;
    struct {
        struct http_span name, value;
    } fields[LIMIT_HEADERS];
    i64 content_length; // -1: not told
    bool chunked, keep_alive, http_1_0;
    bool expect_continue;
    size_t length;      // bytes of the head with its last CRLF, when done
    int status;         // when failed: what to answer,
    const char *detail; // and one sentence
    size_t decides_at;  // when more is needed: the next LF decides more, or this length
    bool hosts;         // the parser's own: a Host line was seen
};

// `bytes` starts with the request and may go on behind it. At most one empty line before it is
// skipped.
enum http_parse http_head_parse(struct http_head *head, const char *bytes, size_t length);

// Decodes a path into `out` (room for `length`; never longer). False when it has to be refused: bad
// escapes, controls, broken UTF-8, "." and ".." segments. %2F stays as it is, in capitals.
bool http_path_decode(const char *raw, size_t length, char *out, size_t *out_length);

enum { HTTP_CHUNK_EXTENSIONS_MAX = 4096, HTTP_TRAILERS_MAX = 4096 };

// A chunked body being read. Start with {.room = the largest body allowed}.
struct http_chunked {
    u64 room, left; // bytes of body still allowed; of this chunk still to come
    u32 extension_bytes, trailer_bytes;
    u8 state, size_digits;
    int status; // as in struct http_head
    const char *detail;
};

// Takes bytes, writes the body's to `out` (room for `length`), and tells how many of each. When it
// is done, *used bytes belonged to the body; what follows is the next request. Trailers are
// dropped.
enum http_parse http_chunked_read(struct http_chunked *chunked, const char *bytes, size_t length,
                                  size_t *used, char *out, size_t *out_length);

#endif
