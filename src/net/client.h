// Outgoing HTTP for worker threads: payment providers, webhooks, peers. Over libcurl, blocking.
//
// Each thread keeps its connections alive between calls. No redirects, no cookies, no signals. What
// matters to money is how a call failed: `CLIENT_NOT_SENT` surely had no effect over there and may
// be tried elsewhere; after `CLIENT_UNKNOWN` the other side must be asked.
//
//     struct client_reply reply;
//     enum client_outcome outcome = client_call(
//         &(struct client_request){.method = "POST", .url = url, .body = body, .body_length =
//         length,
//                                  .headers = headers, .header_count = 2, .timeout_ms = 1500},
//         rq->arena, &reply);
#ifndef SOUK_NET_CLIENT_H
#define SOUK_NET_CLIENT_H

#include "net/http.h"

enum client_outcome {
    CLIENT_ANSWERED, // a whole reply, whatever its status
    CLIENT_NOT_SENT, // no name, no connection, no TLS: not a byte of the request left
    CLIENT_UNKNOWN,  // timeout or cut after bytes were sent, or a reply that was broken or too long
};

struct client_request {
    const char *method; // NULL: GET, or POST when there is a body
    const char *url;    // http or https
    const struct http_field *headers;
    size_t header_count;
    const char *body; // NULL: none
    size_t body_length;
    i64 timeout_ms;         // for everything; 0: LIMIT_DEADLINE_MS
    i64 connect_timeout_ms; // 0: the same
    size_t reply_max;       // bytes of the reply's body; 0: LIMIT_BODY
    bool public_only; // refuse loopback, private and link-local addresses: for merchants' URLs
    bool direct;      // ignore the proxy of the environment: for peers
};

struct client_reply {
    int status;       // 0 unless CLIENT_ANSWERED
    const char *body; // NUL-terminated, "" when there is none
    size_t body_length;
    const struct http_field *headers;
    size_t header_count; // at most LIMIT_HEADERS
    const char *detail;  // why there is no answer, one sentence for the log; NULL when answered
    i64 took_us;
};

// Everything in the reply lives in `arena`.
enum client_outcome client_call(const struct client_request *request, struct arena *arena,
                                struct client_reply *reply);
// NULL when it is not there. `name` in any case; the last one of several.
const char *client_header(const struct client_reply *reply, const char *name);

#endif
