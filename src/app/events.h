// Server-sent events: replies that stay open and tell what changes (WHATWG HTML, section 9.2).
//
// The handler of a ROUTE_EVENTS route checks who asks, like that of any GET, and tells how things
// stand. From then on no thread is kept for the stream: one thread of the process, the broadcaster,
// asks the feed what is new for all open streams at once. So thousands may wait, and the database
// is asked as often as when one does. Any process that reads the same database can have the stream.
//
//     static enum err look(struct rq *rq, struct event_watch *watches, size_t count)
//     {
//         ...                                        // for those that have changed:
//         event_tell(rq, &watches[i], "state", watches[i].told + 1, json);
//         watches[i].ended = true;                   // after the last event
//     }
//     static const struct event_feed order_feed = {"order", 250, look};
//
//     HANDLER(order_events, order_query, order_progress)
//     {
//         struct event_watch watch = {.id = in->id};
//         event_tell(rq, &watch, "state", 1, json);
//         reply_events(rq, &order_feed, &watch);
//         return ERR_OK;
//     }
//
// A comment is sent every 15 s, so that proxies keep the connection and a client that has left is
// noticed. A reader who does not read, and everybody when the server drains, is cut off: browsers
// come back by themselves, with Last-Event-ID, after the `retry:` they were given.
#ifndef SOUK_APP_EVENTS_H
#define SOUK_APP_EVENTS_H

#include "app/rq.h"
#include "core/buf.h"
#include "net/http.h"

#define EVENTS_TYPE "text/event-stream"
enum { EVENTS_RETRY_S = 5 }; // for those who find no room

struct app;
struct event_streams;

// One who watches. What is not text is kept from look to look.
struct event_watch {
    struct uuid id; // of what is watched
    i64 told;       // the `id:` of the last event that had one
    i64 mark[4];    // the feed's own
    bool ended;     // nothing can follow: the stream ends
    struct buf text;
};

struct event_feed {
    const char *name;
    i64 every_ms;
    // On the broadcaster's thread, outside any transaction. An error is logged and tells nobody
    // anything; it is tried again at the next turn.
    enum err (*look)(struct rq *rq, struct event_watch *watches, size_t count);
};

struct events_reply {
    const struct event_feed *feed;
    struct event_watch watch;
};

// Adds an event. `told` becomes its id when it is more than 0; one without is not repeated to who
// comes back. `json` is one line.
void event_tell(struct rq *rq, struct event_watch *watch, const char *name, i64 told,
                const char *json);
// The `told` of the client's Last-Event-ID, 0 when it has none that makes sense.
i64 event_last_told(const struct rq *rq);
// The reply is a stream that begins with what was told; a watch that has ended is all there is.
void reply_events(struct rq *rq, const struct event_feed *feed, const struct event_watch *watch);

// For the dispatcher. What the stream begins with:
const char *events_text(struct rq *rq, size_t *length);
// Takes a place among the streams, false when there is none: in all, or for this id.
CHECKED bool event_streams_enter(struct event_streams *streams, const struct uuid *id);
// Sends the beginning; the exchange is the broadcaster's from then on.
void event_streams_open(struct event_streams *streams, struct http_exchange *exchange,
                        const struct events_reply *events, const struct http_reply *reply);

struct event_streams *event_streams_start(struct app *app, size_t streams_max);
// After the server has ended: ends the thread and what is still open. NULL is allowed.
void event_streams_stop(struct event_streams *streams);

#endif
