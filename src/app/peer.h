// Calls to services that run in other processes: JSON over HTTP, POST /internal/v1/HANDLER.
//
// A CALL may be repeated (that is a promise of every X.h), so an attempt that failed for the
// world's reasons is made again: after a pause that doubles, with full jitter, within the deadline
// of the caller and within a budget, so that a peer in trouble is not asked the more. So is one
// that met a process of the version before, which does not have the CALL yet, or one with another
// key. Where others can be asked an attempt gets half of the time that is left, but for conductors.
// A process that keeps failing is left alone for a while (circuit breaker); no peer takes more than
// its share of this process's threads (bulkhead). The deadline, the request id and the trace travel
// along.
//
// What the caller sees: ERR_OK and `out`; the peer's own refusal with its problem (4xx); or
// ERR_UNAVAILABLE, ERR_BUSY or ERR_TIMEOUT, when there was no answer in time. Then the peer may or
// may not have done it.
#ifndef SOUK_APP_PEER_H
#define SOUK_APP_PEER_H

#include "app/rq.h"
#include "app/services.h"

struct config;
struct bound_route;
struct handler;
struct peers;

// What a process sends along with each call and believes from those who know the key.
#define PEER_KEY_HEADER "X-Souk-Peer-Key"
#define PEER_DEADLINE_HEADER "X-Souk-Deadline-Ms" // left to the caller
#define PEER_CALLER_HEADER "X-Souk-Caller"        // who asks in the end: USER_ID ROLES EMAIL
#define PEER_PATH "/internal/v1/"
// Of a 404 or 405 to a peer: it is the address that is not there, not what was looked for; or the
// peer's key is not ours, and it is there for nobody else.
#define PEER_UNKNOWN_HEADER "X-Souk-Unknown-Call"

// Reads SOUK_PEERS: "order=http://10.0.0.7:8080,order=http://10.0.0.8:8080,payment=...". A service
// that is named more than once runs in several processes, which are asked in turn. One that is not
// named is at http://NAME-service:8080, as Kubernetes names it.
CHECKED enum err peers_new(struct arena *arena, const struct config *config, struct peers **out,
                           struct problem *problem);
void peers_free(struct peers *peers);
// The addresses of a service, at least one.
size_t peers_count(const struct peers *peers, int service);
const char *peers_url(const struct peers *peers, int service, size_t index);

// Runs the handler of `bound` in the process that has its service.
CHECKED enum err peer_call(struct rq *rq, const struct bound_route *bound, const void *in,
                           void *out);
// The same for a handler that every process has, in one of this service's.
CHECKED enum err peer_ask(struct rq *rq, int service, const struct handler *handler, const void *in,
                          void *out);
// The same for a path and a body that are no CALL: hands on an event. `in_json` is sent as it is.
CHECKED enum err peer_post(struct rq *rq, int service, const char *path, const char *in_json);

// Prometheus' text: calls, retries, failed attempts and refused calls a peer.
void peers_write_metrics(const struct peers *peers, struct buf *out);

// On the other side: whether a request shows this shop's peer key; and the id that the caller gave
// it, so that one request has one id in the logs of all processes.
bool peer_known(const struct rq *rq);
const char *peer_request_id(const struct rq *rq);
// Who asked the peer, with ROLE_PEER: what they do is written down under their name.
struct caller peer_caller(const struct rq *rq);

#endif
