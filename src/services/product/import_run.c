// The import's loop. Contract in import_run.h.
//
// A transaction for each product would wait for the disk each time, one for the whole file would
// hold the only writer of SQLite for minutes and lose all at the end of a long night. So: batches,
// bounded by products and by variants, each in memory of its own. When a batch fails for another
// reason than a refusal, its products are put one by one: one transaction each, and only the faulty
// ones are lost.
//
// Pictures are stored before the transaction and stock is counted after it. Both can be done again:
// a picture that no row names is cleared away later (admin_image.c), a count that is missing is
// made by the next import.
#include "services/product/import_run.h"

#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "services/product/media.h"
#include "services/product/shop_money.h"
#include "services/product/stock.h"

enum {
    // A batch is the time for which others cannot write.
    BATCH_PRODUCTS = 200,
    BATCH_VARIANTS = 1000,
    BATCH_MS = 120000,
    // The handles of a file of millions of products.
    READER_MEMORY = 1 << 30,
};

// What came of one product of a batch.
struct result {
    const struct import_product *product;
    struct put_outcome outcome;
    enum err err;
    const char *reason;     // when err is not ERR_OK
    struct text_list notes; // in pairs: column, sentence
    struct arena *arena;
};

struct batch {
    const struct import_plan *plan;
    const char *currency;
    struct import_product *products;
    struct result *results; // one a product, filled by the step
    size_t count;
    const struct stored_image *stored;
    size_t stored_count;
};

static void keep_note(void *context, const char *column, const char *sentence)
{
    struct result *result = context;
    text_list_add(result->arena, &result->notes, column);
    text_list_add(result->arena, &result->notes, sentence);
}

// The first fault in one sentence.
static const char *reason_of(const struct rq *rq, enum err err)
{
    const struct problem *problem = &rq->problem;
    if (problem->count > 0)
        return arena_printf(rq->arena, "%s: %s", problem->fields[0].field,
                            problem->fields[0].detail);
    return problem->detail != NULL ? problem->detail : err_title(err);
}

// The catalogue's own refusals cost one product; what else fails, fails the batch.
static bool is_refusal(enum err err)
{
    return err == ERR_INVALID || err == ERR_CONFLICT || err == ERR_VERSION_MISMATCH;
}

static enum err put_all(struct rq *rq, const struct batch *batch)
{
    struct put_settings settings = {
        .mode = PUT_IMPORT,
        .dry = batch->plan->dry_run,
        .currency = batch->currency,
        .public_url = rq->app->public_url,
        .stored = batch->stored,
        .stored_count = batch->stored_count,
        .note = keep_note,
    };
    // Read within the transaction, each time: putting adds categories to the tree, and those of a
    // run that was rolled back do not exist.
    enum err err = category_tree_read(rq, &settings.tree);
    for (size_t i = 0; err == ERR_OK && i < batch->count; i++) {
        struct result *result = &batch->results[i];
        *result = (struct result){.product = &batch->products[i], .arena = rq->arena};
        settings.context = result;
        result->err = product_put(rq, &settings, &batch->products[i].document, &result->outcome);
        if (result->err == ERR_OK)
            continue;
        result->reason = reason_of(rq, result->err);
        // The next product's faults are its own.
        rq->problem = (struct problem){.arena = rq->arena};
        if (!is_refusal(result->err))
            err = result->err;
    }
    return err;
}

STEP(put_batch, batch, nothing)
{
    return put_all(rq, in);
}

SNAPSHOT(try_batch, batch, nothing)
{
    return put_all(rq, in);
}

// One by one, after a batch of them failed: the sound ones go in.
static void put_singly(struct rq *rq, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct batch single = *batch;
        struct nothing nothing;
        single.products = &batch->products[i];
        single.results = &batch->results[i];
        single.count = 1;
        enum err err = put_batch(rq, &single, &nothing);
        if (err == ERR_OK)
            continue;
        single.results->err = err;
        single.results->product = single.products;
        single.results->reason = reason_of(rq, err);
    }
}

// One import at work.
struct run {
    struct app *app;
    const struct import_plan *plan;
    struct import_summary *summary;
    const char *currency;
    struct import_reader *reader;
    bool quiet; // the first pass of a strict import
};

// The first pass of a strict import tells what is bad; the notes are the second's.
static void tell(struct run *run, const struct import_issue *issue)
{
    if (run->quiet && !issue->bad)
        return;
    *(issue->bad ? &run->summary->bad : &run->summary->notes) += !issue->again;
    if (run->plan->issue != NULL)
        run->plan->issue(run->plan->context, issue);
}

static void tell_reader(void *context, const struct import_issue *issue)
{
    tell(context, issue);
}

static void tell_result(struct run *run, const struct result *result)
{
    struct import_issue issue = {.file = run->plan->file, .line = result->product->line};
    for (size_t i = 0; i + 1 < result->notes.count; i += 2) {
        issue.column = result->notes.items[i];
        issue.reason = result->notes.items[i + 1];
        tell(run, &issue);
    }
    if (result->err != ERR_OK) {
        issue.column = NULL;
        issue.reason = arena_printf(result->arena, "product '%s': %s",
                                    result->product->document.handle, result->reason);
        issue.bad = true;
        tell(run, &issue);
        return;
    }
    if (run->quiet)
        return;
    size_t *counters[] = {[PUT_CREATED] = &run->summary->created,
                          [PUT_UPDATED] = &run->summary->updated,
                          [PUT_UNCHANGED] = &run->summary->unchanged};
    *counters[result->outcome.result] += 1;
    run->summary->variants += result->product->document.variants.count;
    if (run->plan->done != NULL)
        run->plan->done(run->plan->context, result->product->document.handle, &result->outcome);
}

// Reads the next products; false when there are no more.
static bool fill_batch(struct run *run, struct rq *rq, struct batch *batch, enum err *err)
{
    size_t variants = 0;
    batch->products = ARENA_ARRAY(rq->arena, struct import_product, BATCH_PRODUCTS);
    batch->results = ARENA_ARRAY(rq->arena, struct result, BATCH_PRODUCTS);
    while (batch->count < BATCH_PRODUCTS && variants < BATCH_VARIANTS) {
        *err = import_next(run->reader, rq->arena, &batch->products[batch->count]);
        if (*err != ERR_OK)
            break;
        variants += batch->products[batch->count++].document.variants.count;
    }
    return batch->count > 0;
}

static bool is_elsewhere(const char *url)
{
    return str_starts(url, "https://") || str_starts(url, "http://");
}

static enum err store_picture(struct run *run, struct rq *rq, const char *name,
                              struct stored_image *out)
{
    const void *bytes;
    size_t length;
    struct media *media = ARENA_NEW(rq->arena, struct media);
    enum err err = run->plan->open_picture(run->plan->context, name, rq->arena, &bytes, &length);
    if (err == ERR_OK && !run->plan->dry_run)
        err = media_store(rq->app->media_dir, bytes, length, rq->arena, media, &rq->problem);
    *out = (struct stored_image){name, media->hash, media->width, media->height};
    return err;
}

// A variant cannot show a picture that its product does not have.
static void drop_lost_images(struct product_document *document)
{
    for (size_t i = 0; i < document->variants.count; i++) {
        struct variant_document *variant = &document->variants.items[i];
        bool there = variant->image == NULL || is_elsewhere(variant->image);
        for (size_t j = 0; j < document->images.count && !there; j++)
            there = str_equal(document->images.items[j].url, variant->image);
        if (!there)
            variant->image = NULL;
    }
}

// Stores the pictures of one product; one that cannot be is left out with a note.
static void store_of_product(struct run *run, struct rq *rq, struct import_product *product,
                             struct stored_image *stored, size_t *count)
{
    struct image_document_list *images = &product->document.images;
    size_t kept = 0;
    for (size_t i = 0; i < images->count; i++) {
        const char *name = images->items[i].url;
        bool here = is_elsewhere(name);
        if (!here && run->plan->open_picture != NULL)
            here = store_picture(run, rq, name, &stored[*count]) == ERR_OK;
        if (!here) {
            import_note(run->reader, product->line, "images", "'%s' is not there; left out", name);
            continue;
        }
        *count += !is_elsewhere(name);
        images->items[kept++] = images->items[i];
    }
    images->count = kept;
    drop_lost_images(&product->document);
}

// Pictures are stored before the rows that name them.
static void store_pictures(struct run *run, struct rq *rq, struct batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->products[i].document.images.count;
    struct stored_image *stored = ARENA_ARRAY(rq->arena, struct stored_image, count);
    for (size_t i = 0; i < batch->count; i++)
        store_of_product(run, rq, &batch->products[i], stored, &batch->stored_count);
    batch->stored = stored;
}

// The stock of the whole batch at once: each transaction waits for the disk.
static enum err count_stock(struct rq *rq, const struct batch *batch)
{
    struct counted_variant_list all = {0};
    for (size_t i = 0; i < batch->count; i++)
        all.count += batch->results[i].outcome.counts.count;
    all.items = ARENA_ARRAY(rq->arena, struct counted_variant, all.count);
    all.count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct result *result = &batch->results[i];
        for (size_t j = 0; result->err == ERR_OK && j < result->outcome.counts.count; j++)
            all.items[all.count++] = result->outcome.counts.items[j];
    }
    return product_stock_count(rq, &all, "import");
}

static enum err take_batch(struct run *run, struct rq *rq, struct batch *batch)
{
    struct nothing nothing;
    store_pictures(run, rq, batch);
    enum err err =
        batch->plan->dry_run ? try_batch(rq, batch, &nothing) : put_batch(rq, batch, &nothing);
    if (err != ERR_OK && !batch->plan->dry_run)
        put_singly(rq, batch);
    else if (err != ERR_OK)
        return err;
    err = batch->plan->dry_run ? ERR_OK : count_stock(rq, batch);
    for (size_t i = 0; i < batch->count; i++) {
        tell_result(run, &batch->results[i]);
        if (batch->results[i].err == ERR_UNAVAILABLE)
            err = ERR_UNAVAILABLE;
    }
    return err;
}

static enum err read_through(struct run *run, const struct import_plan *plan,
                             struct problem *problem)
{
    struct arena *arena = arena_new(READER_MEMORY);
    struct import_settings settings = {.file = plan->file,
                                       .currency = run->currency,
                                       .markets = plan->markets,
                                       .random = plan->random,
                                       .report = tell_reader,
                                       .context = run};
    enum err err = import_open(arena, plan->format, &settings, &run->reader, problem);
    bool more = err == ERR_OK;
    while (more && err == ERR_OK) {
        struct rq *rq = rq_begin(run->app, "import", BATCH_MS);
        struct batch batch = {.plan = plan, .currency = run->currency};
        enum err read = ERR_OK;
        more = fill_batch(run, rq, &batch, &read);
        err = more ? take_batch(run, rq, &batch) : ERR_OK;
        if (err != ERR_OK)
            problem_detail(problem, "%s", reason_of(rq, err));
        if (read != ERR_OK && read != ERR_NOT_FOUND && err == ERR_OK)
            err = read;
        if (plan->progress != NULL)
            plan->progress(plan->context, run->reader->bytes_read, run->reader->bytes_total,
                           run->summary->created + run->summary->updated + run->summary->unchanged);
        rq_end(rq);
    }
    arena_free(arena);
    return err;
}

SNAPSHOT(read_money, nothing, shop_money)
{
    return shop_money_read(rq, out);
}

static enum err check_markets(const struct text_list *markets, const struct shop_money *money,
                              struct problem *problem)
{
    for (size_t i = 0; i < markets->count; i++) {
        const char *rule = markets->items[i], *equals = strrchr(rule, '=');
        if (equals != NULL && equals != rule && shop_money_has(money, equals + 1))
            continue;
        problem_detail(problem, "a market is NAME=CURRENCY in a currency of the shop; %s is not",
                       rule);
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err find_currency(struct run *run, struct rq *rq, struct problem *problem)
{
    struct shop_money money;
    enum err err = read_money(rq, &(struct nothing){0}, &money);
    run->currency = run->plan->currency != NULL ? run->plan->currency : money.currency;
    if (err == ERR_OK && !shop_money_has(&money, run->currency)) {
        problem_detail(problem, "%s is not one of the shop's currencies", run->currency);
        return ERR_INVALID;
    }
    return err == ERR_OK ? check_markets(&run->plan->markets, &money, problem) : err;
}

enum err import_run(struct app *app, const struct import_plan *plan, struct import_summary *out,
                    struct problem *problem)
{
    *out = (struct import_summary){0};
    struct run run = {.app = app, .plan = plan, .summary = out};
    struct rq *rq = rq_begin(app, "import", BATCH_MS);
    enum err err = find_currency(&run, rq, problem);
    if (err == ERR_OK && plan->strict && !plan->dry_run) {
        struct import_plan trial = *plan;
        trial.dry_run = true;
        trial.progress = NULL;
        run.quiet = true;
        err = read_through(&run, &trial, problem);
        run.quiet = false;
        out->refused = out->bad > 0;
    }
    if (err == ERR_OK && !out->refused)
        err = read_through(&run, plan, problem);
    rq_end(rq);
    return err;
}
