// Putting a document into the catalogue: finds the product, compares, writes. Contract in put.h.
//
// Every way into the catalogue ends here: the dashboard's create and change, and each format of the
// import. What differs between them is a mode and not a path of code, so that a rule about SKUs or
// pictures holds for all.
//
// The order is: find, check, settle what is left open (put_resolve.c), compare, write
// (put_write.c). Comparing comes before writing because an import of a file that has been taken in
// before is the usual case: it must write nothing, raise no version and wake no follower of the
// changes. Everything is in the caller's transaction, and what is refused is refused before the
// first write, so an import can go on with its next product in the same transaction.
#include "services/product/put.h"

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/import.h"
#include "services/product/put_work.h"

#define HANDLE_KEY(F, S) F(S, text, handle, .doc = "Of a product.")
SHAPE(handle_key, HANDLE_KEY);
#define PRODUCT_KEY(F, S) F(S, uuid, id, .doc = "Of a product.")
SHAPE(product_key, PRODUCT_KEY);

QUERY_ROW(product_by_handle, handle_key, product_key,
          "SELECT id FROM product_key WHERE handle = :handle");

// PUT_CHANGE names the product, the others find it by its handle.
static enum err find_product(struct put *put)
{
    struct handle_key key = {.handle = put->document.handle};
    struct product_key found = {.id = put->settings->id};
    if (put->settings->mode != PUT_CHANGE) {
        enum err err = product_by_handle(put->rq, &key, &found);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        if (err != ERR_OK)
            return err;
        if (put->settings->mode == PUT_CREATE) {
            problem_field(&put->rq->problem, "handle", "'%s' is in use", key.handle);
            return ERR_CONFLICT;
        }
    }
    enum err err = catalogue_read_one(put->rq, &found.id, &put->parts);
    if (err != ERR_OK)
        return err;
    put->exists = true;
    put->out->id = found.id;
    i64 version = put->parts.product->version;
    if (put->settings->version != 0 && put->settings->version != version)
        return fail(put->rq, ERR_VERSION_MISMATCH, "the product is at version %lld",
                    (long long)version);
    return ERR_OK;
}

// Handles may be missing where a title makes one; a changed one must be free.
static enum err check_handle(struct put *put)
{
    struct product_document *document = &put->document;
    const enum put_mode mode = put->settings->mode;
    if (document->title == NULL && mode == PUT_CREATE)
        return fail_field(put->rq, "title", "is required");
    if (document->handle == NULL && mode != PUT_CHANGE)
        SET(document, product_document, handle, import_handle(put->arena, document->title));
    if (mode != PUT_CHANGE || document->handle == NULL)
        return ERR_OK;
    struct handle_key key = {.handle = document->handle};
    struct product_key found = {0};
    enum err err = product_by_handle(put->rq, &key, &found);
    if (err == ERR_OK && !uuid_equal(&found.id, &put->settings->id)) {
        problem_field(&put->rq->problem, "handle", "'%s' is in use", key.handle);
        return ERR_CONFLICT;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// Variants that come without option names are measured by those that the product has.
static enum err check_variants(struct put *put)
{
    struct product_document *document = &put->document;
    bool named = IS_SET(document, product_document, options);
    if (!named && put->exists)
        document->options = put->parts.product->options;
    // An import's documents have been through document_check in import_next, which knows their
    // lines.
    if (put->settings->mode != PUT_IMPORT)
        document_check(document, &put->rq->problem);
    if (put->rq->problem.count > 0)
        return ERR_INVALID;
    if (named && put->exists && document->variants.count == 0 &&
        document->options.count != put->parts.product->options.count)
        return fail_field(put->rq, "options", "must be %zu names, one for each value of a variant",
                          put->parts.product->options.count);
    return ERR_OK;
}

static enum err check_new(const struct put *put)
{
    if (put->exists)
        return ERR_OK;
    if (put->document.title == NULL)
        return fail_field(put->rq, "title", "is required");
    if (put->document.variants.count == 0)
        return fail_field(put->rq, "variants", "is required");
    return ERR_OK;
}

enum err product_put(struct rq *rq, const struct put_settings *settings,
                     const struct product_document *document, struct put_outcome *out)
{
    *out = (struct put_outcome){0};
    struct put put = {.rq = rq, .settings = settings, .arena = rq->arena, .out = out};
    put.document = *document;
    struct product_document before = {0};
    enum err err = check_handle(&put);
    if (err == ERR_OK)
        err = find_product(&put);
    if (err == ERR_OK)
        err = check_new(&put);
    if (err == ERR_OK)
        err = check_variants(&put);
    if (err != ERR_OK)
        return err;
    struct document_form form = put_form(&put);
    if (put.exists)
        document_of_parts(rq->arena, &form, &put.parts, &before);
    err = put_resolve(&put, &before);
    if (err != ERR_OK)
        return err;
    if (put.exists)
        out->changes = document_changes(&before, &put.document, rq->arena);
    out->result = !put.exists ? PUT_CREATED : out->changes != NULL ? PUT_UPDATED : PUT_UNCHANGED;
    if (settings->dry || out->result == PUT_UNCHANGED)
        return ERR_OK;
    // Only now: a dry run tells no id, for there will be another one.
    if (!put.exists)
        out->id = uuid_new();
    return put_write(&put);
}
