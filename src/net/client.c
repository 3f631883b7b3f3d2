// Outgoing HTTP over libcurl. Contract in client.h.
//
// One easy handle a thread, kept in a thread-specific key, since a handle may be used by one thread
// at a time and carries the connections that are kept alive. It is reset between calls, because its
// options point at buffers of the caller.
//
// The outcome is read from how many bytes of requests left, not from the error code: curl's codes
// say what went wrong (timeout, reset), and both can happen before and after the request was sent,
// which is the only thing that matters to whoever charges a card.
#include "net/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/time.h"

struct call {
    struct arena *arena;
    struct client_reply *reply;
    struct http_field *headers;
    struct buf body;
    bool refused_address;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t handle_key;

static void close_handle(void *handle)
{
    curl_easy_cleanup(handle);
}

// curl_global_init is not safe against itself; the first call of any thread runs it for all.
static void start_curl(void)
{
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    assert(code == CURLE_OK);
    int result = pthread_key_create(&handle_key, close_handle);
    assert(result == 0);
}

// This thread's handle, cleared; its connections are kept.
static CURL *take_handle(void)
{
    pthread_once(&once, start_curl);
    CURL *handle = pthread_getspecific(handle_key);
    if (handle == NULL) {
        handle = curl_easy_init();
        assert(handle != NULL);
        pthread_setspecific(handle_key, handle);
    }
    curl_easy_reset(handle);
    return handle;
}

// Taking fewer bytes than were offered is how curl is told to break off.
static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    buf_bytes(&call->body, bytes, size * count);
    return call->body.overflow ? 0 : size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t length = size * count, end = length;
    const char *colon = memchr(bytes, ':', length);
    if (length > 5 && memcmp(bytes, "HTTP/", 5) == 0)
        call->reply->header_count = 0; // of an interim reply until now
    // Headers past the limit are dropped rather than refused: what callers look for (Retry-After,
    // Content-Type) is seldom the sixty-fifth.
    if (colon == NULL || call->reply->header_count == LIMIT_HEADERS)
        return length;
    const char *value = colon + 1;
    while (end > 0 && strchr(" \t\r\n", bytes[end - 1]) != NULL)
        end--;
    while (value < bytes + end && (*value == ' ' || *value == '\t'))
        value++;
    size_t value_length = value < bytes + end ? (size_t)(bytes + end - value) : 0;
    call->headers[call->reply->header_count++] = (struct http_field){
        .name = arena_text_n(call->arena, bytes, (size_t)(colon - bytes)),
        .value = arena_text_n(call->arena, value, value_length),
    };
    return length;
}

// RFC 6890: what is not reachable for everybody.
static bool public_v4(const u8 *at)
{
    static const struct {
        u8 first, second, second_mask;
    } others[] = {
        {0, 0, 0},        {10, 0, 0},      {127, 0, 0},      {100, 64, 0xC0},
        {169, 254, 0xFF}, {172, 16, 0xF0}, {192, 168, 0xFF}, {198, 18, 0xFE},
    };
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (at[0] == others[i].first && (at[1] & others[i].second_mask) == others[i].second)
            return false;
    return at[0] < 224 && !(at[0] == 192 && at[1] == 0 && (at[2] == 0 || at[2] == 2));
}

static bool public_address(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return public_v4((const u8 *)&((const struct sockaddr_in *)address)->sin_addr);
    if (address->sa_family != AF_INET6)
        return false;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(v6))
        return public_v4(v6->s6_addr + 12);
    return (v6->s6_addr[0] & 0xE0) == 0x20; // global unicast, RFC 4291
}

// The check stands where the socket is opened, after the name was resolved, because a check of the
// URL or of a look-up of our own would see another answer of DNS than the one that is connected to.
static curl_socket_t open_public_socket(void *context, UNUSED curlsocktype purpose,
                                        struct curl_sockaddr *address)
{
    struct call *call = context;
    if (!public_address(&address->addr)) {
        call->refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static struct curl_slist *request_headers(const struct client_request *request, struct arena *arena)
{
    // Without it curl would wait for a 100 before it sends more than 1 MiB.
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_field *field = &request->headers[i];
        // Names are ours, values may be a merchant's: a line break in one must not become a header
        // of its own.
        assert(strpbrk(field->name, "\r\n:") == NULL);
        char *line = arena_printf(arena, "%s: %s", field->name, field->value);
        for (char *c = strpbrk(line, "\r\n"); c != NULL; c = strpbrk(c, "\r\n"))
            *c = ' ';
        list = curl_slist_append(list, line);
    }
    assert(list != NULL);
    return list;
}

static void set_request(CURL *handle, const struct client_request *request)
{
    const char *method = request->method;
    if (method == NULL)
        method = request->body != NULL ? "POST" : "GET";
    if (request->body != NULL) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    }
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    else
        // Beside POSTFIELDS, so that PUT and PATCH carry their bodies the same way as POST.
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(handle, CURLOPT_URL, request->url);
}

static void set_bounds(CURL *handle, const struct client_request *request)
{
    i64 timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : LIMIT_DEADLINE_MS;
    i64 connect_ms = request->connect_timeout_ms > 0 ? request->connect_timeout_ms : timeout_ms;
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    // A redirect would lead past the check of the address, and repeat a charge somewhere else.
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    // Timeouts of the resolver by SIGALRM would hit any thread.
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXCONNECTS, 8L);
    if (request->direct)
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
}

static void set_callbacks(CURL *handle, const struct client_request *request, struct call *call)
{
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, call);
    if (!request->public_only)
        return;
    // A kept connection was opened under other rules, and a proxy would hide the address.
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, call);
}

// Whether anything of the request can have left, from how far the call got.
static enum client_outcome outcome_of(CURL *handle, CURLcode code)
{
    long request_size = 0;
    if (code == CURLE_OK)
        return CLIENT_ANSWERED;
    curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_size);
    // A proxy's CONNECT counts as bytes sent, which errs on the side of asking.
    return request_size == 0 ? CLIENT_NOT_SENT : CLIENT_UNKNOWN;
}

static const char *reason(const struct call *call, CURLcode code, const char *error)
{
    if (call->refused_address)
        return "the address is not a public one";
    if (call->body.overflow)
        return "the reply is too long";
    return arena_text(call->arena, error[0] != '\0' ? error : curl_easy_strerror(code));
}

enum client_outcome client_call(const struct client_request *request, struct arena *arena,
                                struct client_reply *reply)
{
    CURL *handle = take_handle();
    char error[CURL_ERROR_SIZE] = "";
    struct call call = {.arena = arena, .reply = reply, .body = buf_in(arena)};
    *reply = (struct client_reply){.body = ""};
    call.headers = ARENA_ARRAY(arena, struct http_field, LIMIT_HEADERS);
    call.body.limit = request->reply_max > 0 ? request->reply_max : LIMIT_BODY;
    reply->headers = call.headers;
    struct curl_slist *headers = request_headers(request, arena);
    set_request(handle, request);
    set_bounds(handle, request);
    set_callbacks(handle, request, &call);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
    i64 start_us = monotonic_us();
    CURLcode code = curl_easy_perform(handle);
    enum client_outcome outcome = outcome_of(handle, code);
    reply->took_us = monotonic_us() - start_us;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (outcome == CLIENT_ANSWERED) {
        reply->status = (int)status;
        reply->body = buf_as_text(&call.body);
        reply->body_length = call.body.length;
    } else {
        reply->detail = reason(&call, code, error);
        reply->header_count = 0;
    }
    curl_easy_reset(handle); // nothing of this call stays behind
    curl_slist_free_all(headers);
    return outcome;
}

const char *client_header(const struct client_reply *reply, const char *name)
{
    for (size_t i = reply->header_count; i > 0; i--)
        if (strcasecmp(reply->headers[i - 1].name, name) == 0)
            return reply->headers[i - 1].value;
    return NULL;
}
