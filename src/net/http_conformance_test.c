// The conformance table: what the server must answer to which bytes, and whether it goes on
// listening. The other tests of the server are in http_test.c.
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/str.h"
#include "net/http_parse.h"
#include "net/probe.h"

#define HOST "Host: shop.example\r\n"
#define GET(headers_) "GET /inline HTTP/1.1\r\n" HOST headers_ "\r\n"
#define POST(headers_) "POST /echo HTTP/1.1\r\n" HOST headers_ "\r\n"
#define CHUNKED(body_) POST("Transfer-Encoding: chunked\r\n") body_
#define BYTES(literal_) literal_, sizeof(literal_) - 1

enum { OPEN = 0, CLOSED = 1 };

static const struct row {
    const char *name;
    const char *bytes;
    size_t length;
    int status;
    bool closes;
    const char *body; // NULL: any
} rows[] = {
    // What is right.
    {"plain", BYTES(GET("")), 200, OPEN, "/inline"},
    {"http 1.0", BYTES("GET /inline HTTP/1.0\r\n\r\n"), 200, CLOSED, "/inline"},
    {"http 1.0 kept", BYTES("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), 200, OPEN, "/"},
    {"asked to close", BYTES(GET("Connection: close\r\n")), 200, CLOSED, "/inline"},
    {"close among others", BYTES(GET("Connection: foo , Close\r\n")), 200, CLOSED, "/inline"},
    {"an empty line before", BYTES("\r\n" GET("")), 200, OPEN, "/inline"},
    {"absolute", BYTES("GET http://other.example:8/x?y HTTP/1.1\r\n" HOST "\r\n"), 200, OPEN, NULL},
    {"absolute, no path", BYTES("GET HTTP://other.example HTTP/1.1\r\n" HOST "\r\n"), 200, OPEN,
     NULL},
    {"asterisk", BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 200, OPEN, "*"},
    {"host with port", BYTES("GET / HTTP/1.1\r\nHost: a:80\r\n\r\n"), 200, OPEN, "/"},
    {"host v6", BYTES("GET / HTTP/1.1\r\nhost:[::1]:80\r\n\r\n"), 200, OPEN, "/"},
    {"empty value", BYTES(GET("X-Empty:\r\n")), 200, OPEN, NULL},
    {"tab in a value", BYTES(GET("X-Tab:\t a\tb \t\r\n")), 200, OPEN, NULL},
    {"high bytes in a value", BYTES(GET("X-High: \xC3\xA4\xFF\r\n")), 200, OPEN, NULL},
    {"body", BYTES(POST("Content-Length: 5\r\n") "hello"), 200, OPEN, "hello"},
    {"body of nothing", BYTES(POST("Content-Length: 0\r\n")), 200, OPEN, ""},
    {"post without length", BYTES(POST("")), 200, OPEN, ""},
    {"get with a body", BYTES(GET("Content-Length: 5\r\n") "hello"), 200, OPEN, "/inline"},
    {"chunked", BYTES(CHUNKED("5\r\nhello\r\n00B\r\n, customers\r\n0\r\n\r\n")), 200, OPEN,
     "hello, customers"},
    {"chunked, any case",
     BYTES(POST("transfer-encoding: CHUNKED\r\n") "a\r\n0123456789\r\n0\r\n\r\n"), 200, OPEN,
     "0123456789"},
    {"chunk extension", BYTES(CHUNKED("1;a=b;c=\"d e\"\r\nx\r\n0;z\r\n\r\n")), 200, OPEN, "x"},
    {"trailers", BYTES(CHUNKED("1\r\nx\r\n0\r\nExpires: never\r\nA: b\r\n\r\n")), 200, OPEN, "x"},
    {"expect, body there", BYTES(POST("Expect: 100-continue\r\nContent-Length: 1\r\n") "x"), 200,
     OPEN, "x"},
    {"browser's odd characters", BYTES("GET /inline?a=[b]|{c}^`\\ HTTP/1.1\r\n" HOST "\r\n"), 200,
     OPEN, NULL},
    // Framing that two servers could read differently.
    {"length and coding",
     BYTES(POST("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n"), 400, CLOSED,
     NULL},
    {"coding and length",
     BYTES(POST("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") "0\r\n\r\n"), 400, CLOSED,
     NULL},
    {"lengths that differ", BYTES(POST("Content-Length: 3\r\nContent-Length: 4\r\n") "abcd"), 400,
     CLOSED, NULL},
    {"length twice", BYTES(POST("Content-Length: 3\r\nContent-Length: 3\r\n") "abc"), 400, CLOSED,
     NULL},
    {"length list", BYTES(POST("Content-Length: 3, 3\r\n") "abc"), 400, CLOSED, NULL},
    {"length +5", BYTES(POST("Content-Length: +5\r\n") "hello"), 400, CLOSED, NULL},
    {"length -1", BYTES(POST("Content-Length: -1\r\n")), 400, CLOSED, NULL},
    {"length 0x5", BYTES(POST("Content-Length: 0x5\r\n") "hello"), 400, CLOSED, NULL},
    {"length 5 5", BYTES(POST("Content-Length: 5 5\r\n") "hello"), 400, CLOSED, NULL},
    {"length empty", BYTES(POST("Content-Length:\r\n")), 400, CLOSED, NULL},
    {"length of 40 digits",
     BYTES(POST("Content-Length: 1000000000000000000000000000000000000000\r\n")), 413, CLOSED,
     NULL},
    {"chunked in 1.0", BYTES("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400, CLOSED, NULL},
    {"chunked twice",
     BYTES(POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n"), 400,
     CLOSED, NULL},
    {"chunked, chunked", BYTES(POST("Transfer-Encoding: chunked, chunked\r\n") "0\r\n\r\n"), 400,
     CLOSED, NULL},
    {"chunked not last", BYTES(POST("Transfer-Encoding: chunked, gzip\r\n") "0\r\n\r\n"), 400,
     CLOSED, NULL},
    {"gzip, chunked", BYTES(POST("Transfer-Encoding: gzip, chunked\r\n") "0\r\n\r\n"), 501, CLOSED,
     NULL},
    {"identity", BYTES(POST("Transfer-Encoding: identity\r\n")), 501, CLOSED, NULL},
    {"xchunked", BYTES(POST("Transfer-Encoding: xchunked\r\n")), 501, CLOSED, NULL},
    {"coding after VT",
     BYTES(POST("Transfer-Encoding: \x0B"
                "chunked\r\n")),
     400, CLOSED, NULL},
    // Chunks.
    {"chunk size empty", BYTES(CHUNKED("\r\nhello\r\n")), 400, CLOSED, NULL},
    {"chunk size +5", BYTES(CHUNKED("+5\r\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk size 0x5", BYTES(CHUNKED("0x5\r\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk size and space", BYTES(CHUNKED("5 \r\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk size of 17 digits", BYTES(CHUNKED("00000000000000005\r\nhello\r\n0\r\n\r\n")), 400,
     CLOSED, NULL},
    {"chunk longer", BYTES(CHUNKED("4\r\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk size bare LF", BYTES(CHUNKED("5\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk end bare LF", BYTES(CHUNKED("5\r\nhello\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk extension bare LF", BYTES(CHUNKED("5;a\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"chunk extension NUL", BYTES(CHUNKED("5;a\0\r\nhello\r\n0\r\n\r\n")), 400, CLOSED, NULL},
    {"trailer without colon", BYTES(CHUNKED("0\r\nExpires\r\n\r\n")), 400, CLOSED, NULL},
    {"trailer bare LF", BYTES(CHUNKED("0\r\nA: b\n\r\n")), 400, CLOSED, NULL},
    {"trailer folded", BYTES(CHUNKED("0\r\nA: b\r\n c\r\n\r\n")), 400, CLOSED, NULL},
    {"chunks too large", BYTES(CHUNKED("1\r\nx\r\nFFFFFF\r\n")), 413, CLOSED, NULL},
    {"length too large", BYTES(POST("Content-Length: 100001\r\n")), 413, CLOSED, NULL},
    {"too large for this path", BYTES(GET("Content-Length: 101\r\n")), 413, CLOSED, NULL},
    // Hosts.
    {"no host", BYTES("GET / HTTP/1.1\r\n\r\n"), 400, CLOSED, NULL},
    {"two hosts", BYTES("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400, CLOSED, NULL},
    {"host empty", BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400, CLOSED, NULL},
    {"host with path", BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, CLOSED, NULL},
    {"host with user", BYTES("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"), 400, CLOSED, NULL},
    {"host list", BYTES("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400, CLOSED, NULL},
    {"host port word", BYTES("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), 400, CLOSED, NULL},
    {"host v6 open", BYTES("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400, CLOSED, NULL},
    {"absolute, no host", BYTES("GET http://a/ HTTP/1.1\r\n\r\n"), 400, CLOSED, NULL},
    {"absolute with user", BYTES("GET http://u@a/ HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"absolute without name", BYTES("GET http:/// HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    // Lines and headers.
    {"bare LF", BYTES("GET / HTTP/1.1\nHost: a\n\n"), 400, CLOSED, NULL},
    {"bare LF in headers", BYTES("GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n"), 400, CLOSED, NULL},
    {"bare LF at the end", BYTES("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400, CLOSED, NULL},
    {"bare CR in a value", BYTES(GET("A: b\rc\r\n")), 400, CLOSED, NULL},
    {"bare CR in the line", BYTES("GET /\r HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"CR CR LF", BYTES(GET("A: b\r\r\n")), 400, CLOSED, NULL},
    {"two empty lines before", BYTES("\r\n\r\n" GET("")), 400, CLOSED, NULL},
    {"folded", BYTES(GET("A: b\r\n c\r\n")), 400, CLOSED, NULL},
    {"folded first", BYTES("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400, CLOSED, NULL},
    {"space before colon", BYTES(GET("A : b\r\n")), 400, CLOSED, NULL},
    {"no colon", BYTES(GET("A b\r\n")), 400, CLOSED, NULL},
    {"no name", BYTES(GET(": b\r\n")), 400, CLOSED, NULL},
    {"name with parentheses", BYTES(GET("A(b): c\r\n")), 400, CLOSED, NULL},
    {"name with high byte", BYTES(GET("\xC3\xA4: c\r\n")), 400, CLOSED, NULL},
    {"NUL in a value", BYTES(GET("A: b\0c\r\n")), 400, CLOSED, NULL},
    {"NUL in a name", BYTES(GET("A\0: b\r\n")), 400, CLOSED, NULL},
    {"NUL in the target", BYTES("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"DEL in a value", BYTES(GET("A: \x7F\r\n")), 400, CLOSED, NULL},
    {"expect the unexpected", BYTES(POST("Expect: 200-ok\r\nContent-Length: 1\r\n")), 417, CLOSED,
     NULL},
    // Request lines.
    {"unknown method", BYTES("BREW / HTTP/1.1\r\n" HOST "\r\n"), 501, CLOSED, NULL},
    {"small method", BYTES("get / HTTP/1.1\r\n" HOST "\r\n"), 501, CLOSED, NULL},
    {"connect", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n"), 501, CLOSED, NULL},
    {"trace", BYTES("TRACE / HTTP/1.1\r\n" HOST "\r\n"), 501, CLOSED, NULL},
    {"method of bad characters", BYTES("G@T / HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"no method", BYTES(" / HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"one word", BYTES("GET\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"two spaces", BYTES("GET  / HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"space at the end", BYTES("GET / HTTP/1.1 \r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"tab between", BYTES("GET\t/\tHTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"space in the target", BYTES("GET /a b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"fragment", BYTES("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"high byte in the target", BYTES("GET /\xC3\xA4 HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"relative target", BYTES("GET inline HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"asterisk for get", BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"other scheme", BYTES("GET ftp://a/ HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"http 0.9", BYTES("GET /\r\n"), 505, CLOSED, NULL},
    {"http 0.9 told", BYTES("GET / HTTP/0.9\r\n\r\n"), 505, CLOSED, NULL},
    {"http 1.2", BYTES("GET / HTTP/1.2\r\n" HOST "\r\n"), 505, CLOSED, NULL},
    {"http 2.0", BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"), 505, CLOSED, NULL},
    {"http 2 preface", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, CLOSED, NULL},
    {"http 1.10", BYTES("GET / HTTP/1.10\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"small http", BYTES("GET / http/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\n"), 400, CLOSED, NULL},
    // Paths.
    {"%00", BYTES("GET /a%00b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"%0A", BYTES("GET /a%0Ab HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"%", BYTES("GET /a% HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"%4", BYTES("GET /a%4 HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"%zz", BYTES("GET /%zz HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"overlong slash", BYTES("GET /%C0%AF HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"half a character", BYTES("GET /%C3 HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"dot dot", BYTES("GET /a/../b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"dot dot at the end", BYTES("GET /a/.. HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"dot", BYTES("GET /./b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"dot dot encoded", BYTES("GET /a/%2E%2e/b HTTP/1.1\r\n" HOST "\r\n"), 400, CLOSED, NULL},
    {"dots that are a name", BYTES("GET /a/.../.b HTTP/1.1\r\n" HOST "\r\n"), 200, OPEN, NULL},
};

// Whatever the answer, no prefix may give another one, and it stays when more follows.
static bool split_does_not_matter(const struct row *row)
{
    static struct http_head head;
    enum http_parse last = HTTP_PARSE_MORE;
    int status = 0;
    for (size_t length = 0; length <= row->length; length++) {
        enum http_parse state = http_head_parse(&head, row->bytes, length);
        if (last != HTTP_PARSE_MORE &&
            (state != last || (state == HTTP_PARSE_FAILED && status != head.status)))
            return false;
        last = state;
        status = head.status;
    }
    return true;
}

static void check_row(struct test *t, const struct probe *probe, const struct row *row)
{
    int fd = probe_connect(probe);
    struct reader reader = probe_reader(t->arena, fd);
    bool sent = probe_send(fd, row->bytes, row->length);
    struct answer answer = probe_read(&reader);
    if (!sent || answer.status != row->status)
        test_fail(t, __FILE__, __LINE__, "%s: got %d, expected %d", row->name, answer.status,
                  row->status);
    else if (row->body != NULL && !str_equal(answer.body, row->body))
        test_fail(t, __FILE__, __LINE__, "%s: got \"%s\"", row->name, answer.body);
    else if (answer.status != 200 && !probe_has(&answer, "Content-Type: application/problem+json"))
        test_fail(t, __FILE__, __LINE__, "%s: no problem document", row->name);
    else if (row->closes && !probe_has(&answer, "Connection: close"))
        test_fail(t, __FILE__, __LINE__, "%s: did not say that it closes", row->name);
    else if (row->closes && !probe_closed(&reader))
        test_fail(t, __FILE__, __LINE__, "%s: did not close", row->name);
    else if (!row->closes && (!probe_send_text(fd, GET("")) || probe_read(&reader).status != 200))
        test_fail(t, __FILE__, __LINE__, "%s: does not go on", row->name);
    close(fd);
}

TEST(http_conformance)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.linger_ms = 200});
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_row(t, &probe, &rows[i]);
        if (!split_does_not_matter(&rows[i]))
            test_fail(t, __FILE__, __LINE__, "%s: depends on how it is split", rows[i].name);
    }
    probe_stop(&probe);
}

// The same bytes, one at a time, over one connection each.
TEST(http_conformance_dripped)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.linger_ms = 200});
    for (size_t i = 0; i < COUNT_OF(rows); i += 7) {
        int fd = probe_connect(&probe);
        struct reader reader = probe_reader(t->arena, fd);
        for (size_t at = 0; at < rows[i].length; at++)
            if (!probe_send(fd, rows[i].bytes + at, 1))
                break;
        int status = probe_read(&reader).status;
        if (status != rows[i].status)
            test_fail(t, __FILE__, __LINE__, "%s: got %d", rows[i].name, status);
        close(fd);
    }
    probe_stop(&probe);
}

static int status_of(struct test *t, const struct probe *probe, struct buf *request)
{
    int fd = probe_connect(probe);
    struct reader reader = probe_reader(t->arena, fd);
    probe_send(fd, request->at, request->length);
    int status = probe_read(&reader).status;
    close(fd);
    return status;
}

static int status_with(struct test *t, const struct probe *probe, const char *before, char fill,
                       size_t count, const char *after)
{
    struct buf request = buf_in(t->arena);
    buf_text(&request, before);
    for (size_t i = 0; i < count; i++)
        buf_char(&request, fill);
    buf_text(&request, after);
    return status_of(t, probe, &request);
}

TEST(http_limits)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.linger_ms = 200});
    size_t line = sizeof "GET / HTTP/1.1\r\n" - 1, headers = sizeof HOST "A: \r\n\r\n" - 1;
    const char *end = " HTTP/1.1\r\n" HOST "\r\n", *start = "GET / HTTP/1.1\r\n" HOST "A: ";
    CHECK_I64(status_with(t, &probe, "GET /", 'a', LIMIT_REQUEST_LINE - line, end), 200);
    CHECK_I64(status_with(t, &probe, "GET /", 'a', LIMIT_REQUEST_LINE - line + 1, end), 414);
    CHECK_I64(status_with(t, &probe, "GET /", 'a', LIMIT_REQUEST_LINE + 1, ""), 414);
    CHECK_I64(status_with(t, &probe, start, 'a', LIMIT_HEADER_BYTES - headers, "\r\n\r\n"), 200);
    CHECK_I64(status_with(t, &probe, start, 'a', LIMIT_HEADER_BYTES - headers + 1, "\r\n\r\n"),
              431);
    CHECK_I64(status_with(t, &probe, start, 'a', LIMIT_HEADER_BYTES, ""), 431);
    const char *chunk = CHUNKED("1;"), *trailer = CHUNKED("0\r\nA: ");
    CHECK_I64(status_with(t, &probe, chunk, 'a', 4000, "\r\nx\r\n0\r\n\r\n"), 200);
    CHECK_I64(status_with(t, &probe, chunk, 'a', 5000, "\r\nx\r\n0\r\n\r\n"), 400);
    CHECK_I64(status_with(t, &probe, trailer, 'a', 5000, "\r\n\r\n"), 431);
    for (int count = LIMIT_HEADERS; count <= LIMIT_HEADERS + 1; count++) {
        struct buf request = buf_in(t->arena);
        buf_text(&request, "GET / HTTP/1.1\r\n" HOST);
        for (int i = 1; i < count; i++)
            buf_printf(&request, "A%d: b\r\n", i);
        buf_text(&request, "\r\n");
        CHECK_I64(status_of(t, &probe, &request), count <= LIMIT_HEADERS ? 200 : 431);
    }
    probe_stop(&probe);
}
