// The streams that are open, and the thread that feeds them. Contract in events.h.
//
// Streams belong to the broadcaster alone. Others put theirs into `incoming` under the lock, from
// where it takes them at its next turn. `places` counts those of both, with the ids they watch:
// it is what the limits are checked against.
#include "app/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

enum {
    BEAT_MS = 15000,
    RETRY_MS = 1000, // and as much again by chance: those who were cut off together do not come
    FEED_MS = 60000, // back together
    STREAMS_A_SUBJECT = 8,
};

struct stream {
    struct http_exchange *exchange;
    const struct event_feed *feed;
    struct event_watch watch;
    i64 beat_at_ms, look_at_ms;
};

struct streams {
    size_t count, room;
    struct stream *items;
};

struct event_streams {
    struct app *app;
    size_t streams_max;
    pthread_t thread;
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t changed;
    bool stopping;
    struct streams incoming;
    struct uuid *places;
    size_t place_count;
    struct streams open; // the broadcaster's own
    bool failing;
};

void event_tell(struct rq *rq, struct event_watch *watch, const char *name, i64 told,
                const char *json)
{
    if (watch->text.at == NULL)
        watch->text = buf_in(rq->arena);
    if (told > 0) {
        buf_printf(&watch->text, "id: %lld\n", (long long)told);
        watch->told = told;
    }
    buf_printf(&watch->text, "event: %s\ndata: %s\n\n", name, json);
}

i64 event_last_told(const struct rq *rq)
{
    const char *given = rq_header(rq, "Last-Event-ID");
    i64 told = 0;
    return given != NULL && str_i64(given, &told) && told > 0 ? told : 0;
}

void reply_events(struct rq *rq, const struct event_feed *feed, const struct event_watch *watch)
{
    rq->events = ARENA_NEW(rq->arena, struct events_reply);
    *rq->events = (struct events_reply){feed, *watch};
}

const char *events_text(struct rq *rq, size_t *length)
{
    struct buf text = buf_in(rq->arena);
    u16 jitter;
    random_bytes(&jitter, sizeof jitter);
    buf_printf(&text, "retry: %d\n\n", RETRY_MS + jitter % RETRY_MS);
    if (rq->events->watch.text.at != NULL)
        buf_bytes(&text, rq->events->watch.text.at, rq->events->watch.text.length);
    *length = text.length;
    return text.at;
}

bool event_streams_enter(struct event_streams *streams, const struct uuid *id)
{
    size_t same = 0;
    pthread_mutex_lock(&streams->lock);
    for (size_t i = 0; i < streams->place_count; i++)
        same += uuid_equal(&streams->places[i], id);
    bool room = streams->place_count < streams->streams_max && same < STREAMS_A_SUBJECT;
    if (room)
        streams->places[streams->place_count++] = *id;
    pthread_mutex_unlock(&streams->lock);
    return room;
}

static void leave(struct event_streams *streams, const struct uuid *id)
{
    pthread_mutex_lock(&streams->lock);
    size_t i = 0;
    while (!uuid_equal(&streams->places[i], id)) {
        i++;
        assert(i < streams->place_count);
    }
    streams->places[i] = streams->places[--streams->place_count];
    pthread_mutex_unlock(&streams->lock);
}

static void add(struct streams *streams, const struct stream *stream)
{
    if (streams->count == streams->room) {
        streams->room = streams->room > 0 ? 2 * streams->room : 64;
        streams->items = realloc(streams->items, streams->room * sizeof *streams->items);
        assert(streams->items != NULL);
    }
    streams->items[streams->count++] = *stream;
}

void event_streams_open(struct event_streams *streams, struct http_exchange *exchange,
                        const struct events_reply *events, const struct http_reply *reply)
{
    i64 now_ms = monotonic_ms();
    struct stream stream = {
        .exchange = exchange,
        .feed = events->feed,
        .watch = events->watch,
        .beat_at_ms = now_ms + BEAT_MS,
        .look_at_ms = now_ms + events->feed->every_ms,
    };
    stream.watch.text = (struct buf){0};
    bool over = stream.watch.ended || exchange->method == HTTP_HEAD;
    http_stream_begin(exchange, reply);
    if (over) {
        http_stream_end(exchange);
        leave(streams, &stream.watch.id);
        return;
    }
    pthread_mutex_lock(&streams->lock);
    add(&streams->incoming, &stream);
    pthread_cond_signal(&streams->changed);
    pthread_mutex_unlock(&streams->lock);
}

// From here on: the broadcaster.

static void close_stream(struct event_streams *streams, size_t i)
{
    struct stream *stream = &streams->open.items[i];
    http_stream_end(stream->exchange);
    leave(streams, &stream->watch.id);
    *stream = streams->open.items[--streams->open.count];
}

// Sends what is to be told, or a comment when it is time, or nothing: that too finds out who has
// left. False when the stream is to end.
static bool send_next(struct stream *stream, i64 now_ms)
{
    static const char beat[] = ":\n\n";
    const struct buf *text = &stream->watch.text;
    bool beats = text->at == NULL && now_ms >= stream->beat_at_ms;
    const char *bytes = beats ? beat : text->at != NULL ? text->at : "";
    size_t length = beats ? sizeof beat - 1 : text->length;
    if (length > 0)
        stream->beat_at_ms = now_ms + BEAT_MS;
    enum http_stream_state state = http_stream_write(stream->exchange, bytes, length, 0);
    stream->watch.text = (struct buf){0};
    return state == HTTP_STREAM_OK && !stream->watch.ended;
}

static void send_all(struct event_streams *streams)
{
    i64 now_ms = monotonic_ms();
    for (size_t i = streams->open.count; i-- > 0;)
        if (!send_next(&streams->open.items[i], now_ms))
            close_stream(streams, i);
}

// Asks one feed about those of its streams whose turn it is.
static enum err look(struct rq *rq, struct streams *open, const struct event_feed *feed, i64 now_ms)
{
    struct event_watch *watches = ARENA_ARRAY(rq->arena, struct event_watch, open->count);
    size_t *owners = ARENA_ARRAY(rq->arena, size_t, open->count), count = 0;
    for (size_t i = 0; i < open->count; i++) {
        struct stream *stream = &open->items[i];
        if (stream->feed != feed || now_ms < stream->look_at_ms)
            continue;
        stream->look_at_ms = now_ms + feed->every_ms;
        owners[count] = i;
        watches[count++] = stream->watch;
    }
    enum err err = count > 0 ? feed->look(rq, watches, count) : ERR_OK;
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        open->items[owners[i]].watch = watches[i];
    return err;
}

// Each feed once, however its streams are mixed.
static enum err look_all(struct rq *rq, struct streams *open)
{
    i64 now_ms = monotonic_ms();
    enum err err = ERR_OK;
    for (size_t i = 0; i < open->count && err == ERR_OK; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = open->items[j].feed == open->items[i].feed;
        if (!seen)
            err = look(rq, open, open->items[i].feed, now_ms);
    }
    return err;
}

static void turn(struct event_streams *streams)
{
    struct rq *rq = rq_begin(streams->app, "events", FEED_MS);
    enum err err = look_all(rq, &streams->open);
    if ((err != ERR_OK) != streams->failing)
        log_line(err != ERR_OK ? LOG_WARN : LOG_INFO, "events", "%s",
                 err != ERR_OK ? err_code(err) : "told again");
    streams->failing = err != ERR_OK;
    send_all(streams);
    rq_end(rq);
}

// With the lock held: sleeps until the next turn, or as long as nobody watches.
static void wait_for_turn(struct event_streams *streams)
{
    i64 pause_ms = INT64_MAX;
    for (size_t i = 0; i < streams->open.count; i++)
        pause_ms = min_i64(pause_ms, streams->open.items[i].feed->every_ms);
    struct timespec until = monotonic_after(min_i64(pause_ms, MINUTE_MS));
    int waited = 0;
    while (!streams->stopping && waited == 0 &&
           (streams->open.count > 0 || streams->incoming.count == 0))
        waited = pthread_cond_clockwait(&streams->changed, &streams->lock, CLOCK_MONOTONIC, &until);
}

static void *broadcast(void *context)
{
    struct event_streams *streams = context;
    pthread_mutex_lock(&streams->lock);
    while (!streams->stopping) {
        for (size_t i = 0; i < streams->incoming.count; i++)
            add(&streams->open, &streams->incoming.items[i]);
        streams->incoming.count = 0;
        pthread_mutex_unlock(&streams->lock);
        turn(streams);
        pthread_mutex_lock(&streams->lock);
        wait_for_turn(streams);
    }
    pthread_mutex_unlock(&streams->lock);
    return NULL;
}

struct event_streams *event_streams_start(struct app *app, size_t streams_max)
{
    struct event_streams *streams = calloc(1, sizeof *streams);
    assert(streams != NULL);
    streams->app = app;
    streams->streams_max = streams_max;
    streams->places = calloc(streams_max, sizeof *streams->places);
    assert(streams->places != NULL);
    pthread_mutex_init(&streams->lock, NULL);
    pthread_cond_init(&streams->changed, NULL);
    int started = pthread_create(&streams->thread, NULL, broadcast, streams);
    assert(started == 0);
    return streams;
}

static void end_all(struct streams *streams)
{
    for (size_t i = 0; i < streams->count; i++)
        http_stream_end(streams->items[i].exchange);
    free(streams->items);
}

void event_streams_stop(struct event_streams *streams)
{
    if (streams == NULL)
        return;
    pthread_mutex_lock(&streams->lock);
    streams->stopping = true;
    pthread_cond_signal(&streams->changed);
    pthread_mutex_unlock(&streams->lock);
    pthread_join(streams->thread, NULL);
    end_all(&streams->open);
    end_all(&streams->incoming);
    pthread_mutex_destroy(&streams->lock);
    pthread_cond_destroy(&streams->changed);
    free(streams->places);
    free(streams);
}

static i64 read_streams(struct app *app)
{
    pthread_mutex_lock(&app->events->lock);
    i64 count = (i64)app->events->place_count;
    pthread_mutex_unlock(&app->events->lock);
    return count;
}
METRIC_GAUGE(streams, "souk_event_streams", "Shoppers who follow their order.", read_streams);
