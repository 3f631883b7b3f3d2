// Pictures of products: uploading, describing and removing them, and serving what is stored
// (media.h).
//
// An upload conducts: decoding and writing the picture takes seconds and happens outside any
// transaction; only the row is written in one. A file without a row is harmless and swept away
// after an hour, a row without a file would be a hole in a page.
#include <string.h>

#include "app/app.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/product/admin_product.h"
#include "services/product/media.h"
#include "services/product/put.h"

#define IMAGE_NEW(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, text, alt, .max = 512, .optional = true, .doc = "What a person would say it shows.")
SHAPE(image_new, IMAGE_NEW);

#define IMAGE_PATCH(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the picture.")                                                       \
    F(S, text, alt, .max = 512, .optional = true, .doc = "What a person would say it shows.")      \
    F(S, i64, position, .min = 0, .max = 249, .optional = true, .doc = "0 is shown first.")
SHAPE(image_patch, IMAGE_PATCH);

#define IMAGE_ID(F, S) F(S, uuid, id, .doc = "Of the picture.")
SHAPE(image_id, IMAGE_ID);

#define IMAGE_OWNER(F, S) F(S, uuid, product_id, .doc = "Whose picture.")
SHAPE(image_owner, IMAGE_OWNER);

#define MEDIA_KEY(F, S) F(S, text, media, .doc = "SHA-256 of a picture.")
SHAPE(media_key, MEDIA_KEY);

QUERY_ROW(image_owner_row, image_id, image_owner, "SELECT product_id FROM image WHERE id = :id");
QUERY_RUN(image_add, image_row,
          "INSERT INTO image (id, product_id, position, alt, media, width, height)"
          " VALUES (:id, :product_id, :position, :alt, :media, :width, :height)");
QUERY_RUN(image_change, image_row,
          "UPDATE image SET alt = :alt, position = :position WHERE id = :id");
QUERY_ROW(media_user, media_key, image_id,
          "SELECT id FROM image WHERE media = :media"
          " UNION ALL SELECT id FROM category WHERE media = :media LIMIT 1");

static enum err add_row(struct rq *rq, const struct image_row *in, struct image_row *out)
{
    struct parts parts;
    enum err err = catalogue_read_one(rq, &in->product_id, &parts);
    if (err != ERR_OK)
        return err;
    if (parts.images.count >= 250)
        return fail(rq, ERR_CONFLICT, "the product has %zu pictures already", parts.images.count);
    *out = *in;
    for (size_t i = 0; i < parts.images.count; i++)
        out->position = max_i64(out->position, parts.images.items[i].position + 1);
    err = image_add(rq, out, NULL);
    return err == ERR_OK ? product_touch(rq, &in->product_id) : err;
}

STEP(image_add_step, image_row, image_row)
{
    return add_row(rq, in, out);
}

// The files are written and synced before the row that names them.
HANDLER(admin_image_create, image_new, image)
{
    struct admin_product product;
    enum err err = admin_product_read(rq, &(struct product_id){.id = in->id}, &product);
    if (err != ERR_OK)
        return err;
    size_t length;
    const char *bytes = rq_body(rq, &length);
    struct media media;
    if (length == 0)
        return fail(rq, ERR_INVALID, "the body must be a picture");
    err = media_store(rq->app->media_dir, bytes, length, rq->arena, &media, &rq->problem);
    if (err != ERR_OK)
        return err;
    struct image_row row = {
        .id = uuid_new(), .product_id = in->id, .alt = in->alt, .media = media.hash};
    SET(&row, image_row, width, media.width);
    SET(&row, image_row, height, media.height);
    struct image_row added;
    err = image_add_step(rq, &row, &added);
    if (err == ERR_OK)
        *out = view_image(rq->arena, &added);
    return err;
}

// Gives the pictures of a product their places again after one moved.
static enum err move_images(struct rq *rq, const struct parts *parts, struct image_row *moved,
                            i64 position)
{
    i64 place = 0;
    enum err err = ERR_OK;
    moved->position = min_i64(position, (i64)parts->images.count - 1);
    for (size_t i = 0; err == ERR_OK && i < parts->images.count; i++) {
        struct image_row row = parts->images.items[i];
        if (uuid_equal(&row.id, &moved->id))
            continue;
        place += place == moved->position;
        row.position = place++;
        err = image_change(rq, &row, NULL);
    }
    return err == ERR_OK ? image_change(rq, moved, NULL) : err;
}

HANDLER(admin_image_change, image_patch, image)
{
    struct image_owner owner;
    struct parts parts;
    enum err err = image_owner_row(rq, &(struct image_id){.id = in->id}, &owner);
    if (err == ERR_OK)
        err = catalogue_read_one(rq, &owner.product_id, &parts);
    if (err != ERR_OK)
        return err;
    struct image_row row = *parts_image(&parts, &in->id);
    i64 position = IS_SET(in, image_patch, position) ? in->position : row.position;
    if (IS_SET(in, image_patch, alt) || IS_CLEARED(in, image_patch, alt))
        row.alt = in->alt;
    if (IS_SET(in, image_patch, position))
        err = move_images(rq, &parts, &row, position);
    else
        err = image_change(rq, &row, NULL);
    if (err == ERR_OK)
        err = product_touch(rq, &owner.product_id);
    if (err == ERR_OK)
        *out = view_image(rq->arena, &row);
    return err;
}

HANDLER(admin_image_delete, image_id, nothing)
{
    struct image_owner owner;
    enum err err = image_owner_row(rq, in, &owner);
    if (err == ERR_OK)
        err = image_delete(rq, &in->id);
    return err == ERR_OK ? product_touch(rq, &owner.product_id) : err;
}

#define MEDIA_FILE(F, S) F(S, text, path, .max = 100, .doc = "Of the file.")
SHAPE(media_file, MEDIA_FILE);

// The name has the hash of the content: it never changes.
HANDLER(media_show, media_file, nothing)
{
    const char *type;
    const void *bytes;
    size_t length;
    enum err err = media_read(rq->app->media_dir, in->path, rq->arena, &type, &bytes, &length);
    if (err != ERR_OK)
        return err;
    reply_header(rq, "Cache-Control", "public, max-age=31536000, immutable");
    reply_header(rq, "ETag", arena_printf(rq->arena, "\"%s\"", in->path));
    reply_header(rq, "X-Content-Type-Options", "nosniff");
    reply_raw(rq, type, bytes, length);
    return ERR_OK;
}

#define MEDIA_SWEPT(F, S) F(S, texts, hashes, .doc = "Not used by any row.")
SHAPE(media_swept, MEDIA_SWEPT);

SNAPSHOT(media_unused, media_swept, media_swept)
{
    out->hashes.items = ARENA_ARRAY(rq->arena, const char *, in->hashes.count);
    for (size_t i = 0; i < in->hashes.count; i++) {
        struct media_key key = {.media = in->hashes.items[i]};
        struct image_id user;
        enum err err = media_user(rq, &key, &user);
        if (err == ERR_NOT_FOUND)
            out->hashes.items[out->hashes.count++] = key.media;
        else if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

// Removes pictures that no row has any more. Young files may be waiting for theirs.
static enum err sweep_media(struct rq *rq)
{
    enum { YOUNG_MS = HOUR_MS };
    const char *folder = rq->app->media_dir;
    size_t swept = 0;
    enum err err = ERR_OK;
    // Shelf by shelf: a snapshot over all pictures of a large shop would be long.
    for (int shelf = 0; shelf < MEDIA_SHELVES && err == ERR_OK; shelf++) {
        struct media_swept old = {0}, unused = {0};
        media_list(folder, shelf, YOUNG_MS, rq->arena, &old.hashes);
        if (old.hashes.count > 0)
            err = media_unused(rq, &old, &unused);
        for (size_t i = 0; err == ERR_OK && i < unused.hashes.count; i++)
            media_remove(folder, unused.hashes.items[i], YOUNG_MS);
        swept += unused.hashes.count;
    }
    if (swept > 0)
        log_line(LOG_INFO, "media_swept", "%zu pictures", swept);
    return err;
}
JOB(media_sweep, 6 * HOUR_MS, sweep_media);

static const struct route image_routes[] = {
    {HTTP_POST, "/api/v1/admin/products/{id}/images", &admin_image_create_handler, 201,
     ROLE_CATALOG, "Add a picture: JPEG, PNG or WebP as the body.",
     .flags = ROUTE_CONDUCTS | ROUTE_RAW_BODY, .deadline_ms = 30000, .body_limit = LIMIT_UPLOAD},
    {HTTP_PATCH, "/api/v1/admin/images/{id}", &admin_image_change_handler, 200, ROLE_CATALOG,
     "Describe or move a picture."},
    {HTTP_DELETE, "/api/v1/admin/images/{id}", &admin_image_delete_handler, 204, ROLE_CATALOG,
     "Take a picture away."},
    {HTTP_GET, "/media/{path...}", &media_show_handler, 200, ROLE_ANYONE, "A stored picture.",
     ROUTE_UNLISTED},
};
ROUTES(product, image_routes);
