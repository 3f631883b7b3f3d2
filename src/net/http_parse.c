// Request heads (RFC 9112 sections 2 to 6). Contract in http_parse.h; bodies in http_chunked.c.
//
// Where the RFC lets a server be lenient or strict, this one is strict, because a proxy in front
// and a server behind that read the same bytes in two ways are how requests are smuggled: bare LF
// (section 2.2), folded lines (5.2), blanks before the colon (5.1), Content-Length twice or with a
// sign or beside Transfer-Encoding (6.3), two Hosts, transfer codings but chunked (6.1) are
// refused, not repaired.
//
// Every attempt parses the head from its start. That sounds quadratic and is not: http_read.c calls
// again only when an LF has arrived or a limit is reached (decides_at), and a head has at most 66
// lines and 24 KiB. In return there is no state between calls, and the result cannot depend on how
// the bytes were cut.
#include "net/http_parse.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"
#include "net/http_chars.h"

static enum http_parse failed(struct http_head *head, int status, const char *detail)
{
    head->status = status;
    head->detail = detail;
    return HTTP_PARSE_FAILED;
}

// Finds the line that starts at `at`, checks its end and its length. `end` is where its CR stands.
// The limit is tested before the LF is asked for: a line that is too long fails as soon as that is
// certain, whether its end has come or not.
static enum http_parse line_end(struct http_head *head, const char *bytes, size_t length, size_t at,
                                size_t line_max, int status_long, size_t *end)
{
    const char *feed = memchr(bytes + at, '\n', length - at);
    size_t line = feed != NULL ? (size_t)(feed - bytes) + 1 - at : length - at;
    if (line > line_max)
        return failed(head, status_long,
                      status_long == 414 ? "The request line is too long."
                                         : "The headers are too long.");
    head->decides_at = at + line_max + 1;
    if (feed == NULL)
        return HTTP_PARSE_MORE;
    if (line < 2 || feed[-1] != '\r')
        return failed(head, 400, "A line ends without CR.");
    *end = at + line - 2;
    return HTTP_PARSE_DONE;
}

static bool span_is(const char *bytes, struct http_span span, const char *text)
{
    return span.length == strlen(text) && memcmp(bytes + span.at, text, span.length) == 0;
}

static bool span_is_fold(const char *bytes, struct http_span span, const char *text, size_t length)
{
    return span.length == length && strncasecmp(bytes + span.at, text, length) == 0;
}

static bool all_of(const char *bytes, struct http_span span, u8 class)
{
    for (u32 i = 0; i < span.length; i++)
        if (!http_char_is(bytes[span.at + i], class))
            return false;
    return true;
}

// Case-sensitive (RFC 9110 section 9.1).
static bool read_method(struct http_head *head, const char *bytes, struct http_span span)
{
    static const char *const names[] = {
#define X(name_) #name_,
        HTTP_METHOD_MAP(X)
#undef X
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (span_is(bytes, span, names[i])) {
            head->method = (enum http_method)i;
            return true;
        }
    }
    return false;
}

// host [":" port] of RFC 3986 section 3.2, without user information and not empty.
static bool authority_valid(const char *bytes, struct http_span span)
{
    const char *at = bytes + span.at, *end = at + span.length;
    const char *host = at;
    if (at < end && *at == '[') {
        for (at++; at < end && (http_char_is(*at, HTTP_HEX) || *at == ':' || *at == '.'); at++)
            ;
        if (at == end || *at != ']' || at - host < 3)
            return false;
        at++;
    } else {
        for (; at < end && http_char_is(*at, HTTP_HOST); at++)
            ;
    }
    if (at == host || (at < end && *at++ != ':'))
        return false;
    for (; at < end; at++)
        if (*at < '0' || *at > '9')
            return false;
    return true;
}

// Splits "scheme://authority/path" (RFC 9112 section 3.2.2); leaves other targets as they are.
static bool read_absolute(struct http_head *head, const char *bytes, struct http_span *rest)
{
    const char *target = bytes + rest->at;
    size_t scheme = rest->length > 7 && strncasecmp(target, "http://", 7) == 0    ? 7
                    : rest->length > 8 && strncasecmp(target, "https://", 8) == 0 ? 8
                                                                                  : 0;
    if (scheme == 0)
        return false;
    size_t authority = scheme;
    while (authority < rest->length && target[authority] != '/' && target[authority] != '?')
        authority++;
    // It wins over the Host header, which read_host still checks (RFC 9112 section 3.2.2).
    head->host = (struct http_span){rest->at + (u32)scheme, (u32)(authority - scheme)};
    rest->at += (u32)authority;
    rest->length -= (u32)authority;
    return authority_valid(bytes, head->host);
}

static enum http_parse read_target(struct http_head *head, const char *bytes)
{
    struct http_span rest = head->target;
    if (rest.length == 0 || !all_of(bytes, rest, HTTP_TARGET))
        return failed(head, 400, "The request target has characters that are not allowed.");
    // RFC 9112 section 3.2.4. The authority form of CONNECT is not known here, as that method is
    // not.
    bool asterisk = span_is(bytes, rest, "*") && head->method == HTTP_OPTIONS;
    if (!asterisk && bytes[rest.at] != '/' && !read_absolute(head, bytes, &rest))
        return failed(head, 400, "The request target is neither a path nor an absolute URL.");
    const char *mark = rest.length > 0 ? memchr(bytes + rest.at, '?', rest.length) : NULL;
    u32 path = mark != NULL ? (u32)(mark - (bytes + rest.at)) : rest.length;
    head->path = (struct http_span){rest.at, path};
    if (mark != NULL)
        head->query = (struct http_span){rest.at + path + 1, rest.length - path - 1};
    return HTTP_PARSE_DONE;
}

// "HTTP/1.1" or "HTTP/1.0"; the letters are case-sensitive.
static enum http_parse read_version(struct http_head *head, const char *bytes,
                                    struct http_span span)
{
    const char *at = bytes + span.at;
    if (span.length != 8 || memcmp(at, "HTTP/", 5) != 0 || at[6] != '.' || at[5] < '0' ||
        at[5] > '9' || at[7] < '0' || at[7] > '9')
        return failed(head, 400, "The request line does not end with an HTTP version.");
    if (at[5] != '1' || at[7] > '1')
        return failed(head, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    head->http_1_0 = at[7] == '0';
    head->keep_alive = !head->http_1_0;
    return HTTP_PARSE_DONE;
}

static enum http_parse read_request_line(struct http_head *head, const char *bytes, size_t at,
                                         size_t end)
{
    const char *line = bytes + at, *stop = bytes + end;
    const char *first = memchr(line, ' ', (size_t)(stop - line));
    struct http_span method = {(u32)at, first != NULL ? (u32)(first - line) : 0};
    if (method.length == 0 || !all_of(bytes, method, HTTP_TOKEN))
        return failed(head, 400, "The request line does not start with a method.");
    const char *second = memchr(first + 1, ' ', (size_t)(stop - first - 1));
    // "GET /path" without a version is what HTTP/0.9 sent; its reply would have no head.
    if (second == NULL)
        return failed(head, 505, "HTTP/0.9 is not spoken here.");
    struct http_span version = {(u32)(second + 1 - bytes), (u32)(stop - second - 1)};
    enum http_parse state = read_version(head, bytes, version);
    if (state != HTTP_PARSE_DONE)
        return state;
    if (!read_method(head, bytes, method))
        return failed(head, 501, "This method is not known here.");
    head->target = (struct http_span){(u32)(first + 1 - bytes), (u32)(second - first - 1)};
    return read_target(head, bytes);
}

static enum http_parse read_content_length(struct http_head *head, const char *bytes,
                                           struct http_span value)
{
    // Also when both say the same, which section 6.3 would let pass.
    if (head->content_length >= 0)
        return failed(head, 400, "Content-Length is there twice.");
    if (value.length == 0)
        return failed(head, 400, "Content-Length is not a number.");
    i64 length = 0;
    for (u32 i = 0; i < value.length; i++) {
        char c = bytes[value.at + i];
        if (c < '0' || c > '9')
            return failed(head, 400, "Content-Length is not a number.");
        if (length < LIMIT_INTEGER / 10)
            length = length * 10 + (c - '0');
        else
            length = LIMIT_INTEGER; // larger than any limit: 413 follows
    }
    head->content_length = length;
    return HTTP_PARSE_DONE;
}

static enum http_parse read_transfer_encoding(struct http_head *head, const char *bytes,
                                              struct http_span value)
{
    // Twice chunked is forbidden (section 6.1), and a list over two lines is a list.
    if (head->chunked)
        return failed(head, 400, "Transfer-Encoding is there twice.");
    if (span_is_fold(bytes, value, "chunked", 7)) {
        head->chunked = true;
        return HTTP_PARSE_DONE;
    }
    for (u32 i = 0; i + 7 <= value.length; i++)
        if (strncasecmp(bytes + value.at + i, "chunked", 7) == 0 && i + 7 < value.length)
            return failed(head, 400, "chunked is not the last transfer coding, alone.");
    return failed(head, 501, "This transfer coding is not known here.");
}

// A list (RFC 9110 section 7.6.1), in which close outweighs keep-alive. Options that are names of
// headers mean nothing to an origin server that forwards nothing.
static void read_connection(struct http_head *head, const char *bytes, struct http_span value)
{
    u32 at = value.at, end = value.at + value.length;
    while (at < end) {
        u32 stop = at;
        while (stop < end && bytes[stop] != ',')
            stop++;
        struct http_span option = {at, stop - at};
        while (option.length > 0 && http_char_is(bytes[option.at], HTTP_BLANK))
            option = (struct http_span){option.at + 1, option.length - 1};
        while (option.length > 0 && http_char_is(bytes[option.at + option.length - 1], HTTP_BLANK))
            option.length--;
        if (span_is_fold(bytes, option, "close", 5)) {
            head->keep_alive = false;
            return;
        }
        if (span_is_fold(bytes, option, "keep-alive", 10) && head->http_1_0)
            head->keep_alive = true;
        at = stop + 1;
    }
}

static enum http_parse read_host(struct http_head *head, const char *bytes, struct http_span value)
{
    if (head->hosts)
        return failed(head, 400, "Host is there twice.");
    head->hosts = true;
    if (!authority_valid(bytes, value))
        return failed(head, 400, "Host is not a host.");
    if (head->host.length == 0)
        head->host = value;
    return HTTP_PARSE_DONE;
}

// What the server itself needs to know from a header.
static enum http_parse read_known(struct http_head *head, const char *bytes, struct http_span name,
                                  struct http_span value)
{
    switch (name.length) {
    case 4:
        if (span_is_fold(bytes, name, "Host", 4))
            return read_host(head, bytes, value);
        break;
    case 6:
        if (span_is_fold(bytes, name, "Expect", 6) && !head->http_1_0) {
            head->expect_continue = span_is_fold(bytes, value, "100-continue", 12);
            if (!head->expect_continue)
                return failed(head, 417, "Only Expect: 100-continue is known here.");
        }
        break;
    case 10:
        if (span_is_fold(bytes, name, "Connection", 10))
            read_connection(head, bytes, value);
        break;
    case 14:
        if (span_is_fold(bytes, name, "Content-Length", 14))
            return read_content_length(head, bytes, value);
        break;
    case 17:
        if (span_is_fold(bytes, name, "Transfer-Encoding", 17))
            return read_transfer_encoding(head, bytes, value);
        break;
    default:
        break;
    }
    return HTTP_PARSE_DONE;
}

static enum http_parse read_field(struct http_head *head, const char *bytes, size_t at, size_t end)
{
    if (head->count == COUNT_OF(head->fields))
        return failed(head, 431, "There are too many headers.");
    if (http_char_is(bytes[at], HTTP_BLANK))
        return failed(head, 400, "A header line is folded.");
    size_t colon = at;
    while (colon < end && http_char_is(bytes[colon], HTTP_TOKEN))
        colon++;
    if (colon == at || colon == end || bytes[colon] != ':')
        return failed(head, 400, "A header name is not valid.");
    size_t first = colon + 1, last = end;
    while (first < last && http_char_is(bytes[first], HTTP_BLANK))
        first++;
    while (last > first && http_char_is(bytes[last - 1], HTTP_BLANK))
        last--;
    struct http_span name = {(u32)at, (u32)(colon - at)}, value = {(u32)first, (u32)(last - first)};
    if (!all_of(bytes, value, HTTP_VALUE))
        return failed(head, 400, "A header value has characters that are not allowed.");
    head->fields[head->count].name = name;
    head->fields[head->count++].value = value;
    return read_known(head, bytes, name, value);
}

// What only the whole head can tell.
static enum http_parse check_whole(struct http_head *head)
{
    if (!head->hosts && !head->http_1_0)
        return failed(head, 400, "Host is missing.");
    // RFC 9112 section 6.3 point 3 allows to refuse it; it ought to be handled as an error.
    if (head->chunked && head->content_length >= 0)
        return failed(head, 400, "Content-Length and Transfer-Encoding exclude each other.");
    if (head->chunked && head->http_1_0)
        return failed(head, 400, "HTTP/1.0 has no Transfer-Encoding.");
    return HTTP_PARSE_DONE;
}

enum http_parse http_head_parse(struct http_head *head, const char *bytes, size_t length)
{
    // The fields are left as they are: only those below `count` mean anything.
    head->target = head->path = head->query = head->host = (struct http_span){0};
    head->count = 0;
    head->content_length = -1;
    head->chunked = head->keep_alive = head->http_1_0 = head->expect_continue = head->hosts = false;
    size_t at = length >= 2 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0, end = 0;
    enum http_parse state = line_end(head, bytes, length, at, LIMIT_REQUEST_LINE, 414, &end);
    if (state == HTTP_PARSE_DONE)
        state = read_request_line(head, bytes, at, end);
    size_t first_field = end + 2;
    while (state == HTTP_PARSE_DONE) {
        at = end + 2;
        // All header lines share one limit; the request line has its own.
        size_t room = LIMIT_HEADER_BYTES - (at - first_field);
        state = line_end(head, bytes, length, at, room, 431, &end);
        if (state == HTTP_PARSE_DONE && end == at) {
            head->length = at + 2;
            return check_whole(head);
        }
        if (state == HTTP_PARSE_DONE)
            state = read_field(head, bytes, at, end);
    }
    return state;
}

static int hex_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// Decodes one escape at raw[0] == '%'; 0 when it is none that may stand in a path.
// An encoded slash stays encoded: decoded it would part segments that the sender did not part,
// after the check for dot segments or in the router.
static size_t decode_escape(const char *raw, size_t left, char *out)
{
    if (left < 3 || !http_char_is(raw[1], HTTP_HEX) || !http_char_is(raw[2], HTTP_HEX))
        return 0;
    int code = hex_value(raw[1]) * 16 + hex_value(raw[2]);
    if (code < 0x20 || code == 0x7F)
        return 0;
    if (code == '/') {
        memcpy(out, "%2F", 3);
        return 3;
    }
    *out = (char)code;
    return 1;
}

static bool dot_segment(const char *segment, const char *end)
{
    return (end - segment == 1 && segment[0] == '.') ||
           (end - segment == 2 && segment[0] == '.' && segment[1] == '.');
}

// Dot segments are refused after decoding, so "%2e%2e" is one. Clients remove them before they send
// (RFC 3986 section 5.2.4); who sends them probes.
bool http_path_decode(const char *raw, size_t length, char *out, size_t *out_length)
{
    char *to = out, *segment = out;
    bool escaped = false;
    for (size_t i = 0; i < length; i++) {
        if (raw[i] == '/') {
            if (dot_segment(segment, to))
                return false;
            *to++ = '/';
            segment = to;
        } else if (raw[i] == '%') {
            size_t wrote = decode_escape(raw + i, length - i, to);
            if (wrote == 0)
                return false;
            to += wrote;
            i += 2;
            escaped = true;
        } else {
            *to++ = raw[i];
        }
    }
    *out_length = (size_t)(to - out);
    return !dot_segment(segment, to) && (!escaped || utf8_valid(out, *out_length));
}
