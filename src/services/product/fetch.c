// Fetching pictures. Contract in fetch.h; what becomes of the bytes is media.h's.
//
// Four threads take rows of a batch in turn; each picture is fetched, stored and committed by
// itself. No transaction is open while another shop's server is waited for. `id > :after` goes on
// behind a picture that failed, so a run ends, and the next run tries again what still has an
// address.
#include "services/product/fetch.h"

#include <pthread.h>
#include <string.h>

#include "core/time.h"
#include "core/uuid.h"
#include "net/client.h"
#include "services/product/catalogue.h"
#include "services/product/media.h"

// Most of the time goes into waiting for another shop's server, which should not feel it either.
enum { FETCH_BATCH = 500, FETCH_THREADS = 4, FETCH_TIMEOUT_MS = 20000 };

#define ELSEWHERE_AFTER(F, S)                                                                      \
    F(S, uuid, after, .doc = "The last picture seen.")                                             \
    F(S, text, prefix, .doc = "How their addresses begin.")                                        \
    F(S, i64, count, .doc = "How many at most.")
SHAPE(elsewhere_after, ELSEWHERE_AFTER);

QUERY_LIST(images_elsewhere, elsewhere_after, image_row,
           "SELECT id, product_id, position, alt, source, url, media, width, height FROM image"
           " WHERE url IS NOT NULL AND substr(url, 1, length(:prefix)) = :prefix AND id > :after"
           " ORDER BY id LIMIT :count");
QUERY_RUN(image_bring_home, image_row,
          "UPDATE image SET source = url, url = NULL, media = :media, width = :width,"
          " height = :height WHERE id = :id AND url IS NOT NULL");

SNAPSHOT(read_elsewhere, elsewhere_after, image_row_list)
{
    return images_elsewhere(rq, in, out);
}

// A picture that was removed meanwhile changes nothing.
STEP(bring_home, image_row, nothing)
{
    i64 changed;
    enum err err = image_bring_home(rq, in, &changed);
    return err == ERR_OK && changed > 0 ? product_touch(rq, &in->product_id) : err;
}

static const char *fetch_one(struct rq *rq, const struct fetch_plan *plan,
                             const struct image_row *row, enum err *err)
{
    struct client_reply reply;
    struct client_request request = {.url = row->url,
                                     .timeout_ms = FETCH_TIMEOUT_MS,
                                     .reply_max = LIMIT_UPLOAD,
                                     // An import's file is foreign input: without this an address
                                     // like http://169.254.169.254/ would have the shop fetch from
                                     // inside its own network (SSRF).
                                     .public_only = !plan->anywhere};
    if (client_call(&request, rq->arena, &reply) != CLIENT_ANSWERED)
        return reply.detail;
    if (reply.status != 200)
        return arena_printf(rq->arena, "answered %d", reply.status);
    struct media media;
    *err = media_store(rq->app->media_dir, reply.body, reply.body_length, rq->arena, &media,
                       &rq->problem);
    if (*err == ERR_UNAVAILABLE)
        return rq->problem.detail;
    if (*err != ERR_OK) {
        // It is no picture that can be shown; the address stays, and the next one is tried.
        *err = ERR_OK;
        return rq->problem.detail;
    }
    struct image_row stored = *row;
    struct nothing nothing;
    stored.media = media.hash;
    SET(&stored, image_row, width, media.width);
    SET(&stored, image_row, height, media.height);
    *err = bring_home(rq, &stored, &nothing);
    return NULL;
}

// A batch, and how far it is.
struct fetching {
    struct app *app;
    const struct fetch_plan *plan;
    const struct image_row_list *rows;
    struct fetch_summary *sum;
    pthread_mutex_t mutex; // over what follows, and the plan's functions
    size_t next;
    enum err err; // of the disk or the database: the rest is not tried
};

static const struct image_row *take_row(struct fetching *fetching)
{
    pthread_mutex_lock(&fetching->mutex);
    bool more = fetching->err == ERR_OK && fetching->next < fetching->rows->count;
    const struct image_row *row = more ? &fetching->rows->items[fetching->next++] : NULL;
    pthread_mutex_unlock(&fetching->mutex);
    return row;
}

static void tell(struct fetching *fetching, const char *url, const char *reason, enum err err)
{
    const struct fetch_plan *plan = fetching->plan;
    struct fetch_summary *sum = fetching->sum;
    pthread_mutex_lock(&fetching->mutex);
    fetching->err = fetching->err == ERR_OK ? err : fetching->err;
    *(reason == NULL && err == ERR_OK ? &sum->fetched : &sum->failed) += 1;
    if (reason != NULL && plan->failed != NULL)
        plan->failed(plan->context, url, reason);
    if (plan->progress != NULL)
        plan->progress(plan->context, sum->fetched, sum->failed);
    pthread_mutex_unlock(&fetching->mutex);
}

static void *fetch_rows(void *context)
{
    struct fetching *fetching = context;
    for (const struct image_row *row = take_row(fetching); row != NULL; row = take_row(fetching)) {
        struct rq *rq = rq_begin(fetching->app, "fetch", MINUTE_MS);
        enum err err = ERR_OK;
        const char *reason = fetch_one(rq, fetching->plan, row, &err);
        tell(fetching, row->url, reason, err);
        rq_end(rq);
    }
    return NULL;
}

static enum err fetch_batch(struct app *app, const struct fetch_plan *plan,
                            const struct image_row_list *rows, struct fetch_summary *out)
{
    struct fetching fetching = {.app = app, .plan = plan, .rows = rows, .sum = out};
    pthread_t threads[FETCH_THREADS];
    pthread_mutex_init(&fetching.mutex, NULL);
    for (size_t i = 0; i < FETCH_THREADS; i++) {
        int failed = pthread_create(&threads[i], NULL, fetch_rows, &fetching);
        assert(failed == 0);
    }
    for (size_t i = 0; i < FETCH_THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&fetching.mutex);
    return fetching.err;
}

enum err pictures_fetch(struct app *app, const struct fetch_plan *plan, struct fetch_summary *out,
                        struct problem *problem)
{
    struct elsewhere_after after = {
        .after = uuid_nil,
        .prefix = plan->prefix != NULL ? plan->prefix : "",
        .count = FETCH_BATCH,
    };
    enum err err = ERR_OK;
    bool more = true;
    *out = (struct fetch_summary){0};
    while (more && err == ERR_OK) {
        struct rq *rq = rq_begin(app, "fetch", MINUTE_MS);
        struct image_row_list rows = {0};
        err = read_elsewhere(rq, &after, &rows);
        more = rows.count == FETCH_BATCH;
        if (rows.count > 0)
            after.after = rows.items[rows.count - 1].id;
        if (err == ERR_OK)
            err = fetch_batch(app, plan, &rows, out);
        rq_end(rq);
    }
    if (err != ERR_OK)
        problem_detail(problem, "pictures cannot be stored");
    return err;
}
