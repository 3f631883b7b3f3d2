// From bytes to exchanges: heads, bodies, and what is refused. Contract in http_parts.h; the
// grammar is in http_parse.c.
//
// A connection is between requests (`reading` is NULL: the next bytes are a head) or in a body
// (`reading` is its exchange). Requests may be pipelined (RFC 9112 section 9.3.2): they are handed
// on as they come, up to LIMIT_PIPELINED of them or LIMIT_OUTPUT_QUEUE of replies that the client
// does not take; then the connection is `stalled` and TCP holds the client back.
//
// After a request that cannot be read nothing behind it is, since where it ends is not known: the
// refusal takes its place in the line, so that the replies before it still come first, and the
// connection closes.
#include <string.h>

#include "core/time.h"
#include "net/http_parts.h"

bool conn_may_start(const struct conn *conn)
{
    return !conn->broken && !conn->closing && conn->in_line < LIMIT_PIPELINED &&
           conn->queued <= LIMIT_OUTPUT_QUEUE;
}

static void refuse(struct conn *conn, struct exchange *exchange, int status, const char *detail)
{
    http_problem_reply(exchange, status, detail);
    conn->reading = NULL;
    conn->last_request = conn->linger = true;
    COUNT_ADD(conn->loop->refused, 1);
}

void conn_refuse(struct conn *conn, int status, const char *detail)
{
    // A body that is refused answers its own request; anything else a request that never became
    // one.
    refuse(conn, conn->reading != NULL ? conn->reading : exchange_take(conn), status, detail);
}

// `current` tells http_reply that it is called from within: the exchange is then answered without
// inbox and wake-up. After conn_emit it may be gone.
static void hand_on(struct conn *conn, struct exchange *exchange)
{
    struct loop *loop = conn->loop;
    const struct http_settings *settings = &loop->server->settings;
    conn->reading = NULL;
    exchange->state = EXCHANGE_WAITING;
    COUNT_ADD(loop->requests, 1);
    loop->current = exchange;
    settings->on_request(&exchange->public, settings->context);
    loop->current = NULL;
    conn_emit(conn);
}

// Copies the head into the exchange's arena, since the bytes will not stay.
// The NULs that end names and values are written over ':' and CR or blanks of the copy; the
// target's over the blank behind it, which also ends the query.
static bool fill(struct exchange *exchange, const struct http_head *head, const char *bytes)
{
    struct http_exchange *public = &exchange->public;
    char *copy = arena_text_n(public->arena, bytes, head->length);
    struct http_field *headers = ARENA_ARRAY(public->arena, struct http_field, head->count);
    for (size_t i = 0; i < head->count; i++) {
        headers[i].name = copy + head->fields[i].name.at;
        headers[i].value = copy + head->fields[i].value.at;
        copy[head->fields[i].name.at + head->fields[i].name.length] = '\0';
        copy[head->fields[i].value.at + head->fields[i].value.length] = '\0';
    }
    char *path = arena_alloc(public->arena, head->path.length + 2);
    size_t path_length = 0;
    bool valid = http_path_decode(bytes + head->path.at, head->path.length, path, &path_length);
    path[path_length] = '\0';
    if (path_length == 0)
        path[0] = '/';
    copy[head->target.at + head->target.length] = '\0';
    public->method = head->method;
    public->target = copy + head->target.at;
    public->path = path;
    public->query = head->query.length > 0 ? copy + head->query.at : "";
    public->host = arena_text_n(public->arena, bytes + head->host.at, head->host.length);
    public->headers = headers;
    public->header_count = head->count;
    public->body = "";
    public->arrived_us = monotonic_us();
    return valid;
}

static size_t body_limit(const struct exchange *exchange)
{
    const struct http_settings *settings = &exchange->loop->server->settings;
    if (settings->body_limit == NULL)
        return LIMIT_BODY;
    return settings->body_limit(&exchange->public, settings->context);
}

static void start_body(struct conn *conn, struct exchange *exchange, const struct http_head *head)
{
    size_t limit = body_limit(exchange);
    // Told before the body is sent, if the client asked (Expect): the 100 is owed only from here
    // on, and is sent when the exchange is the first of the line (http_write.c).
    if (!head->chunked && (u64)head->content_length > limit) {
        refuse(conn, exchange, 413, "The body is too large.");
        return;
    }
    exchange->chunked = head->chunked;
    exchange->chunks = (struct http_chunked){.room = limit};
    exchange->body_limit = head->chunked ? limit : (size_t)head->content_length;
    exchange->owes_continue = head->expect_continue;
    exchange->state = EXCHANGE_READING;
    conn->reading = exchange;
    conn->body_progress = 0;
}

static void start_exchange(struct conn *conn, const struct http_head *head, const char *bytes)
{
    struct exchange *exchange = exchange_take(conn);
    conn->served = conn->restart_timer = true;
    exchange->http_1_0 = head->http_1_0;
    exchange->close = !head->keep_alive;
    conn->last_request |= !head->keep_alive;
    if (!fill(exchange, head, bytes))
        refuse(conn, exchange, 400, "The path is not valid.");
    else if (head->chunked || head->content_length > 0)
        start_body(conn, exchange, head);
    else
        hand_on(conn, exchange);
}

// Does not parse until the new bytes can have changed the answer: a line feed among them, or so
// many that a limit is passed.
static size_t read_head(struct conn *conn, const char *bytes, size_t length)
{
    struct http_head *head = &conn->loop->head;
    bool decided = conn->scanned == 0 || length >= conn->decides_at ||
                   memchr(bytes + conn->scanned, '\n', length - conn->scanned) != NULL;
    enum http_parse state = decided ? http_head_parse(head, bytes, length) : HTTP_PARSE_MORE;
    if (state == HTTP_PARSE_MORE) {
        conn->scanned = (u32)length;
        conn->decides_at = decided ? (u32)head->decides_at : conn->decides_at;
        return 0;
    }
    conn->scanned = 0;
    if (state == HTTP_PARSE_FAILED) {
        conn_refuse(conn, head->status, head->detail);
        // Takes all that is there: what follows broken framing is not a request.
        return length;
    }
    start_exchange(conn, head, bytes);
    return head->length;
}

static void body_done(struct conn *conn)
{
    struct exchange *exchange = conn->reading;
    if (exchange->public.body_length > 0) {
        exchange->body[exchange->public.body_length] = '\0';
        exchange->public.body = exchange->body;
    }
    conn->restart_timer = true;
    hand_on(conn, exchange);
}

static size_t read_plain_body(struct conn *conn, const char *bytes, size_t length)
{
    struct exchange *exchange = conn->reading;
    size_t have = exchange->public.body_length, left = exchange->body_limit - have;
    size_t part = length < left ? length : left;
    if (!exchange_body_room(exchange, have + part)) {
        conn_refuse(conn, 503, "Too many bodies are being received.");
        return length;
    }
    memcpy(exchange->body + have, bytes, part);
    exchange->public.body_length += part;
    if (part == left)
        body_done(conn);
    return part;
}

// Room for `length` is more than the data in it needs, as part of the bytes is framing, but
// http_chunked_read is promised that much; never more than the limit lets come.
static size_t read_chunked_body(struct conn *conn, const char *bytes, size_t length)
{
    struct exchange *exchange = conn->reading;
    size_t have = exchange->public.body_length, left = exchange->body_limit - have;
    if (!exchange_body_room(exchange, have + (length < left ? length : left))) {
        conn_refuse(conn, 503, "Too many bodies are being received.");
        return length;
    }
    size_t used, wrote;
    enum http_parse state =
        http_chunked_read(&exchange->chunks, bytes, length, &used, exchange->body + have, &wrote);
    exchange->public.body_length += wrote;
    if (state == HTTP_PARSE_FAILED) {
        conn_refuse(conn, exchange->chunks.status, exchange->chunks.detail);
        return length;
    }
    if (state == HTTP_PARSE_DONE)
        body_done(conn);
    return used;
}

static size_t read_body(struct conn *conn, const char *bytes, size_t length)
{
    // The deadline of a body is for every 256 KiB of it (http_loop.h), so a large picture over a
    // slow line is received and a trickle is not.
    conn->body_progress += length;
    if (conn->body_progress >= PROGRESS_QUANTUM) {
        conn->body_progress = 0;
        conn->restart_timer = true;
    }
    return conn->reading->chunked ? read_chunked_body(conn, bytes, length)
                                  : read_plain_body(conn, bytes, length);
}

size_t conn_consume(struct conn *conn, const char *bytes, size_t length)
{
    size_t used = 0;
    conn->stalled = false;
    while (used < length && !conn->broken) {
        size_t step;
        if (conn->reading != NULL) {
            step = read_body(conn, bytes + used, length - used);
        } else if (conn->last_request || conn->closing) {
            conn->linger = true; // bytes that nobody reads would reset the connection at close
            return length;
        } else if (conn_may_start(conn)) {
            step = read_head(conn, bytes + used, length - used);
            if (step == 0)
                return used;
        } else {
            conn->stalled = true;
            return used;
        }
        used += step;
    }
    return used;
}
