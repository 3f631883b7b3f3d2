// Chunked bodies (RFC 9112 section 7.1), byte by byte but for the data. Contract in http_parse.h.
//
// A state machine, because the bytes come in pieces of any size and nothing of the framing is kept
// between them. It is strict where differing readers would be a way to smuggle requests: sizes are
// hexadecimal digits alone, every line ends with CR LF, and the CR LF behind a chunk must be there.
// Extensions and trailers are read and dropped (sections 7.1.1 and 7.1.2 allow it), but within
// limits of their own.
#include <string.h>

#include "net/http_chars.h"
#include "net/http_parse.h"

enum state {
    SIZE, // must be first: a body starts here
    EXTENSION,
    SIZE_LF,
    PAYLOAD,
    PAYLOAD_CR,
    PAYLOAD_LF,
    TRAILER,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
};

// 60 bits: left * 16 cannot overflow.
enum { SIZE_DIGITS_MAX = 15 };

static enum http_parse failed(struct http_chunked *chunked, int status, const char *detail)
{
    chunked->status = status;
    chunked->detail = detail;
    return HTTP_PARSE_FAILED;
}

static enum http_parse next(struct http_chunked *chunked, enum state state)
{
    chunked->state = (u8)state;
    return HTTP_PARSE_MORE;
}

static enum http_parse expect(struct http_chunked *chunked, char c, char expected, enum state state)
{
    if (c != expected)
        return failed(chunked, 400, "A chunk does not end with CR LF where it should.");
    return next(chunked, state);
}

static enum http_parse read_size(struct http_chunked *chunked, char c)
{
    if (http_char_is(c, HTTP_HEX)) {
        if (++chunked->size_digits > SIZE_DIGITS_MAX)
            return failed(chunked, 400, "The size of a chunk has too many digits.");
        int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        chunked->left = chunked->left * 16 + (u64)digit;
        return HTTP_PARSE_MORE;
    }
    if (chunked->size_digits == 0 || (c != '\r' && c != ';'))
        return failed(chunked, 400, "The size of a chunk is not a number.");
    // Refused when the size is told, before a byte of the chunk is read.
    if (chunked->left > chunked->room)
        return failed(chunked, 413, "The body is too large.");
    chunked->room -= chunked->left;
    return next(chunked, c == ';' ? EXTENSION : SIZE_LF);
}

static enum http_parse read_extension(struct http_chunked *chunked, char c)
{
    if (c == '\r')
        return next(chunked, SIZE_LF);
    if (!http_char_is(c, HTTP_VALUE) || ++chunked->extension_bytes > HTTP_CHUNK_EXTENSIONS_MAX)
        return failed(chunked, 400, "A chunk extension is not valid or too long.");
    return HTTP_PARSE_MORE;
}

static enum http_parse read_size_lf(struct http_chunked *chunked, char c)
{
    // For the next chunk; `left` is 0 again when its data has been read.
    chunked->size_digits = 0;
    return expect(chunked, c, '\n', chunked->left > 0 ? PAYLOAD : TRAILER);
}

static enum http_parse read_trailer(struct http_chunked *chunked, char c)
{
    if (++chunked->trailer_bytes > HTTP_TRAILERS_MAX)
        return failed(chunked, 431, "The trailers are too long.");
    switch (chunked->state) {
    case TRAILER:
        if (c == '\r')
            return next(chunked, LAST_LF);
        if (http_char_is(c, HTTP_TOKEN))
            return next(chunked, TRAILER_NAME);
        break;
    case TRAILER_NAME:
        if (c == ':')
            return next(chunked, TRAILER_VALUE);
        if (http_char_is(c, HTTP_TOKEN))
            return HTTP_PARSE_MORE;
        break;
    case TRAILER_VALUE:
        if (c == '\r')
            return next(chunked, TRAILER_LF);
        if (http_char_is(c, HTTP_VALUE))
            return HTTP_PARSE_MORE;
        break;
    case TRAILER_LF:
        return expect(chunked, c, '\n', TRAILER);
    default:
        assert(chunked->state == LAST_LF);
        if (c == '\n')
            return HTTP_PARSE_DONE;
        break;
    }
    return failed(chunked, 400, "A trailer is not valid.");
}

static enum http_parse read_byte(struct http_chunked *chunked, char c)
{
    switch (chunked->state) {
    case SIZE:
        return read_size(chunked, c);
    case EXTENSION:
        return read_extension(chunked, c);
    case SIZE_LF:
        return read_size_lf(chunked, c);
    case PAYLOAD_CR:
        return expect(chunked, c, '\r', PAYLOAD_LF);
    case PAYLOAD_LF:
        return expect(chunked, c, '\n', SIZE);
    default:
        return read_trailer(chunked, c);
    }
}

enum http_parse http_chunked_read(struct http_chunked *chunked, const char *bytes, size_t length,
                                  size_t *used, char *out, size_t *out_length)
{
    enum http_parse state = HTTP_PARSE_MORE;
    size_t at = 0;
    *out_length = 0;
    // Data is moved in runs: a byte a turn would be felt with pictures.
    while (at < length && state == HTTP_PARSE_MORE) {
        if (chunked->state != PAYLOAD) {
            state = read_byte(chunked, bytes[at++]);
            continue;
        }
        size_t part = chunked->left < length - at ? (size_t)chunked->left : length - at;
        memcpy(out + *out_length, bytes + at, part);
        *out_length += part;
        at += part;
        chunked->left -= part;
        if (chunked->left == 0)
            chunked->state = PAYLOAD_CR;
    }
    *used = at;
    return state;
}
