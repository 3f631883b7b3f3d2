// The outbox: effects outside the database (mail, webhooks, events to other services) are written
// as rows in the transaction that causes them and carried out after it, at least once.
//
//     err = outbox_add(rq->db, "order.placed", order.id.s, json_text(&order_shape, &order,
//     rq->arena));
//
//     static enum err send_receipt(const struct outbox_event *event, struct outbox_delivery
//     *delivery); OUTBOX_CONSUMER(order_receipt, "order.placed", send_receipt);
//
// Each consumer of a topic gets a row of its own, so that one that fails holds up no other. Events
// of one consumer with the same key arrive in the order of their making. A failed delivery is tried
// again after 1 s, 2 s, 4 s ... up to an hour, with chance in it; after `attempts_max` it is set
// aside, logged and counted, and later ones of its key go on. A process that dies in the middle
// leaves its rows to be delivered again when their lease is over: consumers are idempotent,
// event->id says which it is.
#ifndef SOUK_DATA_OUTBOX_H
#define SOUK_DATA_OUTBOX_H

#include "core/shape.h"
#include "data/db.h"

#define OUTBOX_EVENT(F, S)                                                                         \
    F(S, uuid, id, .doc = "The same at every attempt.")                                            \
    F(S, text, consumer, .doc = "Who is to carry it out.")                                         \
    F(S, text, topic, .doc = "What happened.")                                                     \
    F(S, text, key, .optional = true, .doc = "What it happened to; null: no order.")               \
    F(S, json, payload, .doc = "The event.")                                                       \
    F(S, text, traceparent, .optional = true, .doc = "The trace that it was made in.")             \
    F(S, time, created_at, .doc = "When it happened.")                                             \
    F(S, i64, attempts, .doc = "This one included.")                                               \
    F(S, time, next_at, .optional = true, .doc = "When it is tried next.")                         \
    F(S, time, set_aside_at, .optional = true, .doc = "When it was given up.")                     \
    F(S, text, last_error, .optional = true, .doc = "Why the last attempt failed.")
SHAPE(outbox_event, OUTBOX_EVENT);

#define OUTBOX_COUNTS(F, S)                                                                        \
    F(S, i64, pending, .doc = "Waiting for a first or a further attempt.")                         \
    F(S, i64, set_aside, .doc = "Given up until somebody looks.")                                  \
    F(S, time, oldest_at, .optional = true, .doc = "When the oldest pending one was made.")
SHAPE(outbox_counts, OUTBOX_COUNTS);

// What a consumer is given beside the event.
struct outbox_delivery {
    void *context;       // of outbox_settings
    struct arena *arena; // for this delivery
    const char *error;   // set by the consumer: why it failed; kept in last_error
};

typedef enum err outbox_consume(const struct outbox_event *event, struct outbox_delivery *delivery);

struct outbox_consumer {
    const char *name, *topic, *file;
    outbox_consume *consume; // outside any transaction; ERR_OK: done, for ever
};

// The name is kept in rows: it does not change.
#define OUTBOX_CONSUMER(name_, topic_, consume_)                                                   \
    static const struct outbox_consumer name_##_consumer = {#name_, topic_, __FILE__, consume_};   \
    static const struct outbox_consumer *const name_##_consumer_registered REGISTERED(             \
        "outbox_consumers") = &name_##_consumer

// Adds an event in the session's transaction: a row a consumer. A topic that nobody consumes is our
// mistake (asserted). `key` may be NULL. The dispatchers of this process wake after the commit.
CHECKED enum err outbox_add(struct db_session *session, const char *topic, const char *key,
                            const char *payload_json);

struct outbox_settings {
    void *context;
    // What carries an event out; NULL: the consumer itself. A consumer whose service is not here is
    // handed on to where it is: `*handed_on` says so, and then a failure is never the event's
    // fault, it is tried for ever, every 16 s at least.
    enum err (*deliver)(const struct outbox_consumer *consumer, const struct outbox_event *event,
                        struct outbox_delivery *delivery, bool *handed_on);
    int threads;      // 0: 2
    int attempts_max; // 0: 16, which takes three to four hours
    i64 lease_ms;     // 0: two minutes; longer than four deliveries may take
};

struct outbox;
// Starts threads that deliver what is due. One dispatcher a struct db.
struct outbox *outbox_start(struct db *db, const struct outbox_settings *settings);
// Waits for deliveries under way; gives back what was claimed and not begun. NULL is allowed.
void outbox_stop(struct outbox *outbox);
// Delivers on this thread until nothing is due, for commands and tests. Counts attempts made.
CHECKED enum err outbox_drain(struct db *db, const struct outbox_settings *settings, i64 *attempts);

// Takes an event that another process hands on: it is delivered from here, once however often it is
// handed on (for as long as done events are kept). ERR_NOT_FOUND: no such consumer.
CHECKED enum err outbox_receive(struct db_session *session, const struct outbox_event *event);

// For metrics and people on call.
CHECKED enum err outbox_count(struct db_session *session, struct outbox_counts *out);
// At most 100, oldest first.
CHECKED enum err outbox_list_set_aside(struct db_session *session, struct arena *arena,
                                       struct outbox_event_list *out);
// Gives an event that was set aside all its attempts again; ERR_NOT_FOUND when it is none.
CHECKED enum err outbox_retry(struct db_session *session, const struct uuid *id);
// Deletes events that were done before a time.
CHECKED enum err outbox_forget(struct db_session *session, i64 before_ms, i64 *deleted);

#endif
