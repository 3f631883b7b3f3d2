// Fetching pictures. Contract in fetch.h; what becomes of the bytes is media.h's.
#include "services/product/fetch.h"

#include <string.h>

#include "core/time.h"
#include "core/uuid.h"
#include "net/client.h"
#include "services/product/catalogue.h"
#include "services/product/media.h"

enum { FETCH_BATCH = 100, FETCH_TIMEOUT_MS = 20000 };

#define ELSEWHERE_AFTER(F, S)                                                                      \
    F(S, uuid, after, .doc = "The last picture seen.")                                             \
    F(S, i64, count, .doc = "How many at most.")
SHAPE(elsewhere_after, ELSEWHERE_AFTER);

QUERY_LIST(images_elsewhere, elsewhere_after, image_row,
           "SELECT id, product_id, position, alt, source, url, media, width, height FROM image"
           " WHERE url IS NOT NULL AND id > :after ORDER BY id LIMIT :count");
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

static enum err fetch_batch(struct app *app, const struct fetch_plan *plan,
                            const struct image_row_list *rows, struct fetch_summary *out)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < rows->count; i++) {
        struct rq *rq = rq_begin(app, "fetch", MINUTE_MS);
        const char *reason = fetch_one(rq, plan, &rows->items[i], &err);
        *(reason == NULL ? &out->fetched : &out->failed) += 1;
        if (reason != NULL && plan->failed != NULL)
            plan->failed(plan->context, rows->items[i].url, reason);
        if (plan->progress != NULL)
            plan->progress(plan->context, out->fetched, out->failed);
        rq_end(rq);
    }
    return err;
}

enum err pictures_fetch(struct app *app, const struct fetch_plan *plan, struct fetch_summary *out,
                        struct problem *problem)
{
    struct elsewhere_after after = {.after = uuid_zero, .count = FETCH_BATCH};
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
