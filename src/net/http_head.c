// Heads of replies, and the replies that the server makes itself. Contract in http_parts.h.
//
// Written byte by byte into room that was measured before (http_head_room), to spare every reply
// the cost of printf. The two must agree: what http_head_write adds is counted in http_head_room.
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "net/http_parts.h"

// RFC 9110 section 15 and RFC 6585.
static const char *const status_texts[600] = {
    [200] = "OK",
    [201] = "Created",
    [202] = "Accepted",
    [203] = "Non-Authoritative Information",
    [204] = "No Content",
    [205] = "Reset Content",
    [206] = "Partial Content",
    [300] = "Multiple Choices",
    [301] = "Moved Permanently",
    [302] = "Found",
    [303] = "See Other",
    [304] = "Not Modified",
    [307] = "Temporary Redirect",
    [308] = "Permanent Redirect",
    [400] = "Bad Request",
    [401] = "Unauthorized",
    [402] = "Payment Required",
    [403] = "Forbidden",
    [404] = "Not Found",
    [405] = "Method Not Allowed",
    [406] = "Not Acceptable",
    [408] = "Request Timeout",
    [409] = "Conflict",
    [410] = "Gone",
    [411] = "Length Required",
    [412] = "Precondition Failed",
    [413] = "Content Too Large",
    [414] = "URI Too Long",
    [415] = "Unsupported Media Type",
    [416] = "Range Not Satisfiable",
    [417] = "Expectation Failed",
    [421] = "Misdirected Request",
    [422] = "Unprocessable Content",
    [423] = "Locked",
    [425] = "Too Early",
    [428] = "Precondition Required",
    [429] = "Too Many Requests",
    [431] = "Request Header Fields Too Large",
    [500] = "Internal Server Error",
    [501] = "Not Implemented",
    [502] = "Bad Gateway",
    [503] = "Service Unavailable",
    [504] = "Gateway Timeout",
    [505] = "HTTP Version Not Supported",
};

const char *http_status_text(int status)
{
    bool known = status >= 0 && (size_t)status < COUNT_OF(status_texts);
    return known && status_texts[status] != NULL ? status_texts[status] : "Unknown";
}

const char *http_method_name(enum http_method method)
{
    static const char *const names[] = {
#define X(name_) #name_,
        HTTP_METHOD_MAP(X)
#undef X
    };
    assert((size_t)method < COUNT_OF(names));
    return names[method];
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

#define PUT(at_, literal_) put((at_), (literal_), sizeof(literal_) - 1)

static char *put_number(char *at, u64 number)
{
    char digits[20];
    char *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return put(at, first, (size_t)(digits + sizeof digits - first));
}

// A header value may hold what a customer typed: it must not start another line.
static char *put_value(char *at, const char *value)
{
    for (; *value != '\0'; value++)
        if (*value != '\r' && *value != '\n')
            *at++ = *value;
    return at;
}

static char *put_field(char *at, const char *name, const char *value)
{
    at = put(at, name, strlen(name));
    at = PUT(at, ": ");
    at = put_value(at, value);
    return PUT(at, "\r\n");
}

size_t http_head_room(const struct http_reply *reply)
{
    enum { FIXED = 256 }; // status line, Date, Content-Length or Transfer-Encoding, Connection
    size_t room = FIXED;
    if (reply->content_type != NULL)
        room += sizeof "Content-Type: \r\n" + strlen(reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        room += strlen(reply->headers[i].name) + strlen(reply->headers[i].value) + 4;
    return reply->head != NULL ? room + strlen(reply->head) : room;
}

static char *put_framing(char *at, const struct http_reply *reply, const struct head_form *form)
{
    // RFC 9110 section 8.6 forbids Content-Length with 204; with 304 it would have to be that of
    // the 200, which is not known here.
    bool bodiless = reply->status == 204 || reply->status == 304;
    if (form->length == HEAD_LENGTH_CHUNKED && !bodiless)
        at = PUT(at, "Transfer-Encoding: chunked\r\n");
    if (form->length >= 0 && !bodiless) {
        at = PUT(at, "Content-Length: ");
        at = put_number(at, (u64)form->length);
        at = PUT(at, "\r\n");
    }
    if (form->close)
        at = PUT(at, "Connection: close\r\n");
    else if (form->http_1_0)
        at = PUT(at, "Connection: keep-alive\r\n");
    return at;
}

char *http_head_write(char *at, const struct http_reply *reply, const struct head_form *form)
{
    const char *text = http_status_text(reply->status);
    at = PUT(at, "HTTP/1.1 ");
    at = put_number(at, (u64)reply->status);
    *at++ = ' ';
    // The reason phrase is for people reading a trace; clients ignore it (RFC 9112 section 4).
    at = put(at, text, strlen(text));
    at = PUT(at, "\r\nDate: ");
    at = put(at, form->date, 29);
    at = PUT(at, "\r\n");
    at = put_framing(at, reply, form);
    if (reply->content_type != NULL)
        at = put_field(at, "Content-Type", reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        at = put_field(at, reply->headers[i].name, reply->headers[i].value);
    if (reply->head != NULL)
        at = put(at, reply->head, strlen(reply->head));
    return PUT(at, "\r\n");
}

// The stable code of the document; names what core/err.h has the same.
static const char *problem_code(int status)
{
    switch (status) {
    case 408:
        return "request_timeout";
    case 413:
        return "too_large";
    case 414:
        return "uri_too_long";
    case 417:
        return "expectation_failed";
    case 431:
        return "headers_too_large";
    case 501:
        return "not_implemented";
    case 503:
        return "busy";
    case 505:
        return "version_not_supported";
    default:
        return "malformed";
    }
}

void http_problem_reply(struct exchange *exchange, int status, const char *detail)
{
    // Same form as core/problem.c gives. Not made by it, because the codes here are of the
    // protocol, and no request id was given yet.
    static const struct http_field retry_after = {"Retry-After", "1"};
    struct buf body = buf_in(exchange->public.arena);
    buf_printf(
        &body,
        "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\",\"detail\":",
        http_status_text(status), status, problem_code(status));
    buf_json_text(&body, detail);
    buf_text(&body, ",\"errors\":[],\"request_id\":null}");
    exchange->answered = true;
    exchange->reply = (struct http_reply){
        .status = status,
        .content_type = "application/problem+json",
        .headers = &retry_after,
        .header_count = status == 503,
        .body = body.at,
        .length = body.length,
        .close = true,
    };
    exchange->state = EXCHANGE_READY;
}
