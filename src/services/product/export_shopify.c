// The export. Contract in export.h; the columns are those of shopify_columns.h.
//
// Two passes over the catalogue: the first finds out which columns there must be behind the
// template's (attributes, currencies, columns kept from an import), the second writes. Holding the
// products instead would need memory for all of them. What is changed between the two passes may
// lack a column; what an export must be is readable, not a snapshot, and it must not hold one open
// for minutes.
//
// What is written comes back as it was: the export's own columns (all categories, popularity) are
// metafields, which Shopify takes for some app's, and import_shopify.c knows. export_test.c takes
// an export in again and finds nothing changed.
#include "services/product/export.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "core/csv.h"
#include "core/money.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/product/put.h"
#include "services/product/shop_money.h"
#include "services/product/shopify_columns.h"
#include "services/product/view.h"

enum { BATCH_MS = 120000, OPTIONS_MOST = 3, COLUMNS_MOST = LIMIT_CSV_FIELDS };

// The columns behind the template, each list sorted, found in a first pass.
struct extra_columns {
    struct text_list attributes; // "code\nlabel"
    struct text_list currencies;
    struct text_list kept; // columns of imported files that mean nothing here
    bool categories, popularity, tax_class;
};

struct export
{
    struct app *app;
    FILE *file;
    struct export_summary *summary;
    struct arena *arena; // of the whole export
    const char *currency;
    struct extra_columns extra;
    struct text_list header; // behind the template
    bool writing;            // the second pass
};

static void add_sorted(struct arena *arena, struct text_list *list, const char *text)
{
    if (text_list_has(list, text))
        return;
    text_list_add(arena, list, arena_text(arena, text));
    for (size_t i = list->count - 1; i > 0 && strcmp(list->items[i - 1], list->items[i]) > 0; i--) {
        const char *swap = list->items[i];
        list->items[i] = list->items[i - 1];
        list->items[i - 1] = swap;
    }
}

static bool in_template(const char *name)
{
    for (size_t i = 0; i < SHOPIFY_TEMPLATE_COLUMNS; i++)
        if (str_equal_fold(shopify_columns[i].names[0], name))
            return true;
    return false;
}

static void collect_kept(struct export *export, const char *json)
{
    json_t *object = json != NULL ? json_loads(json, 0, NULL) : NULL;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (!in_template(name))
            add_sorted(export->arena, &export->extra.kept, name);
    }
    json_decref(object);
}

static void collect(struct export *export, const struct product_document *document)
{
    struct extra_columns *extra = &export->extra;
    for (size_t i = 0; i < document->attributes.count; i++) {
        const struct attribute_document *attribute = &document->attributes.items[i];
        add_sorted(export->arena, &extra->attributes,
                   arena_printf(export->arena, "%s\n%s", attribute->code, attribute->label));
    }
    collect_kept(export, document->extra);
    extra->categories = extra->categories || document->categories.count > 1;
    extra->popularity = extra->popularity || document->popularity > 0;
    for (size_t i = 0; i < document->variants.count; i++) {
        const struct variant_document *variant = &document->variants.items[i];
        for (size_t j = 0; j < variant->prices.count; j++)
            add_sorted(export->arena, &extra->currencies, variant->prices.items[j].currency);
        collect_kept(export, variant->extra);
        extra->tax_class = extra->tax_class || !str_equal(variant->tax_class, "standard");
    }
}

// The names of all columns behind the template, in the order in which write_behind fills them.
static void name_columns(struct export *export)
{
    struct extra_columns *extra = &export->extra;
    struct arena *arena = export->arena;
    for (size_t i = 0; i < extra->attributes.count; i++) {
        const char *code = extra->attributes.items[i], *label = strchr(code, '\n') + 1;
        text_list_add(arena, &export->header,
                      arena_printf(arena, "%s (product.metafields.%.*s)", label,
                                   (int)(label - 1 - code), code));
    }
    for (size_t i = 0; i < extra->currencies.count; i++) {
        const char *currency = extra->currencies.items[i];
        text_list_add(arena, &export->header, arena_printf(arena, "Price / %s", currency));
        text_list_add(arena, &export->header,
                      arena_printf(arena, "Compare-at price / %s", currency));
    }
    for (size_t i = 0; i < extra->kept.count; i++)
        text_list_add(arena, &export->header, extra->kept.items[i]);
    if (extra->categories)
        text_list_add(arena, &export->header,
                      "Categories (product.metafields." SHOPIFY_CATEGORIES ")");
    if (extra->popularity)
        text_list_add(arena, &export->header,
                      "Popularity (product.metafields." SHOPIFY_POPULARITY ")");
    if (extra->tax_class)
        text_list_add(arena, &export->header, shopify_columns[SHOPIFY_TAX_CLASS].names[0]);
}

// One row at work. Cells that stay NULL are blank.
struct cells {
    struct export *export;
    struct arena *arena;
    const char *at[COLUMNS_MOST];
    const struct product_document *document;
    json_t *product_kept, *variant_kept;
};

static const char *yes_no(bool value)
{
    return value ? "TRUE" : "FALSE";
}

static const char *number_text(struct cells *cells, i64 number)
{
    return arena_printf(cells->arena, "%lld", (long long)number);
}

// "A, B": commas within an item are escaped, as import's split_list reads them.
static const char *join_list(struct arena *arena, const struct text_list *list)
{
    struct buf joined = buf_in(arena);
    for (size_t i = 0; i < list->count; i++) {
        buf_text(&joined, i > 0 ? ", " : "");
        for (const char *c = list->items[i]; *c != '\0'; c++)
            buf_printf(&joined, *c == ',' ? "\\%c" : "%c", *c);
    }
    return joined.at;
}

// Only what the type would not bring back by itself.
static const char *main_category(const struct product_document *document)
{
    if (document->categories.count == 0)
        return NULL;
    bool by_type =
        document->categories.count == 1 && str_equal(document->categories.items[0], document->type);
    return by_type ? NULL : document->categories.items[0];
}

static void put_product(struct cells *cells)
{
    static const char *const states[] = {[product_status_draft] = "Draft",
                                         [product_status_active] = "Active",
                                         [product_status_archived] = "Archived"};
    const struct product_document *document = cells->document;
    cells->at[SHOPIFY_TITLE] = document->title;
    cells->at[SHOPIFY_BODY] = document->description_html;
    cells->at[SHOPIFY_VENDOR] = document->brand;
    cells->at[SHOPIFY_CATEGORY] = main_category(document);
    cells->at[SHOPIFY_TYPE] = document->type;
    cells->at[SHOPIFY_TAGS] = join_list(cells->arena, &document->tags);
    cells->at[SHOPIFY_PUBLISHED] = yes_no(document->published);
    cells->at[SHOPIFY_STATUS] = states[document->status];
    cells->at[SHOPIFY_GIFT_CARD] = yes_no(document->gift_card);
    cells->at[SHOPIFY_SEO_TITLE] = document->seo_title;
    cells->at[SHOPIFY_SEO_DESCRIPTION] = document->seo_description;
}

// Shopify has three options; what is beyond is joined into the third.
static const char *option_text(struct arena *arena, const struct text_list *list, size_t at)
{
    if (at >= list->count)
        return NULL;
    if (at + 1 < OPTIONS_MOST)
        return list->items[at];
    struct buf joined = buf_in(arena);
    for (size_t i = at; i < list->count; i++)
        buf_printf(&joined, "%s%s", i > at ? " / " : "", list->items[i]);
    return joined.at;
}

static void put_options(struct cells *cells, const struct variant_document *variant, bool first)
{
    static const enum shopify_column names[] = {SHOPIFY_OPTION1_NAME, SHOPIFY_OPTION2_NAME,
                                                SHOPIFY_OPTION3_NAME};
    const struct text_list *options = &cells->document->options;
    for (size_t i = 0; i < OPTIONS_MOST; i++) {
        if (first)
            cells->at[names[i]] = option_text(cells->arena, options, i);
        cells->at[names[i] + 1] = option_text(cells->arena, &variant->options, i);
    }
    if (options->count == 0) {
        cells->at[SHOPIFY_OPTION1_NAME] = "Title";
        cells->at[SHOPIFY_OPTION1_VALUE] = "Default Title";
    }
}

static const char *amount(struct cells *cells, bool there, i64 minor, const char *currency)
{
    return there ? money_text(cells->arena, minor, currency) : NULL;
}

static void put_variant(struct cells *cells, const struct variant_document *variant)
{
    const char *currency = cells->export->currency;
    cells->at[SHOPIFY_SKU] = variant->sku;
    cells->at[SHOPIFY_BARCODE] = variant->barcode;
    cells->at[SHOPIFY_PRICE] = money_text(cells->arena, variant->price_minor, currency);
    cells->at[SHOPIFY_COMPARE_AT] =
        amount(cells, IS_SET(variant, variant_document, compare_at_minor),
               variant->compare_at_minor, currency);
    cells->at[SHOPIFY_COST] =
        amount(cells, IS_SET(variant, variant_document, cost_minor), variant->cost_minor, currency);
    cells->at[SHOPIFY_TAXABLE] = yes_no(variant->taxable);
    cells->at[SHOPIFY_TRACKER] = variant->tracked ? "shopify" : NULL;
    if (variant->tracked)
        cells->at[SHOPIFY_QUANTITY] = number_text(cells, variant->stock);
    cells->at[SHOPIFY_CONTINUE] = yes_no(variant->policy == stock_policy_continue);
    if (IS_SET(variant, variant_document, weight_g))
        cells->at[SHOPIFY_GRAMS] = number_text(cells, variant->weight_g);
    cells->at[SHOPIFY_SHIPPING] = yes_no(variant->requires_shipping);
    cells->at[SHOPIFY_FULFILLMENT] = "manual";
    cells->at[SHOPIFY_VARIANT_IMAGE] = variant->image;
}

static void put_image(struct cells *cells, size_t at)
{
    if (at >= cells->document->images.count)
        return;
    const struct image_document *image = &cells->document->images.items[at];
    cells->at[SHOPIFY_IMAGE] = image->url;
    cells->at[SHOPIFY_IMAGE_POSITION] = number_text(cells, (i64)at + 1);
    cells->at[SHOPIFY_IMAGE_ALT] = image->alt;
}

static const char *kept_text(const struct cells *cells, const char *name, bool first)
{
    const char *own = json_string_value(json_object_get(cells->variant_kept, name));
    return own == NULL && first ? json_string_value(json_object_get(cells->product_kept, name))
                                : own;
}

static const char *attribute_text(const struct cells *cells, const char *code_and_label)
{
    size_t length = strcspn(code_and_label, "\n");
    for (size_t i = 0; i < cells->document->attributes.count; i++) {
        const struct attribute_document *attribute = &cells->document->attributes.items[i];
        if (strlen(attribute->code) == length &&
            memcmp(attribute->code, code_and_label, length) == 0)
            return attribute->value;
    }
    return NULL;
}

static const char **put_prices(struct cells *cells, const struct variant_document *variant,
                               const char **at)
{
    const struct text_list *currencies = &cells->export->extra.currencies;
    for (size_t i = 0; i < currencies->count; i++, at += 2) {
        for (size_t j = 0; variant != NULL && j < variant->prices.count; j++) {
            const struct price_document *price = &variant->prices.items[j];
            if (!str_equal(price->currency, currencies->items[i]))
                continue;
            at[0] = money_text(cells->arena, price->price_minor, price->currency);
            at[1] = amount(cells, IS_SET(price, price_document, compare_at_minor),
                           price->compare_at_minor, price->currency);
        }
    }
    return at;
}

// The columns behind the template. `variant` is NULL in a row that has only a picture.
static void put_behind(struct cells *cells, const struct variant_document *variant, bool first)
{
    const struct extra_columns *extra = &cells->export->extra;
    const char **at = cells->at + SHOPIFY_TEMPLATE_COLUMNS;
    for (size_t i = 0; i < extra->attributes.count; i++, at++)
        *at = first ? attribute_text(cells, extra->attributes.items[i]) : NULL;
    at = put_prices(cells, variant, at);
    for (size_t i = 0; i < extra->kept.count; i++)
        *at++ = kept_text(cells, extra->kept.items[i], first);
    if (extra->categories)
        *at++ = first && cells->document->categories.count > 1
                    ? join_list(cells->arena, &cells->document->categories)
                    : NULL;
    if (extra->popularity)
        *at++ = first && cells->document->popularity > 0
                    ? number_text(cells, cells->document->popularity)
                    : NULL;
    if (extra->tax_class)
        *at++ = variant != NULL ? variant->tax_class : NULL;
    for (size_t i = 0; i < SHOPIFY_TEMPLATE_COLUMNS; i++) {
        const char *kept = variant != NULL && shopify_columns[i].use != SHOPIFY_READ
                               ? kept_text(cells, shopify_columns[i].names[0], first)
                               : NULL;
        cells->at[i] = kept != NULL ? kept : cells->at[i];
    }
}

static void write_row(struct export *export, struct arena *arena, const char *const *cells)
{
    struct buf line = buf_in(arena);
    csv_write(&line, cells, SHOPIFY_TEMPLATE_COLUMNS + export->header.count);
    fwrite(line.at, 1, line.length, export->file);
}

static bool is_priced(const struct variant_document *variant)
{
    return IS_SET(variant, variant_document, price_minor);
}

// Row n has variant n and picture n, whichever of them there are.
static void write_product(struct export *export, const struct product_document *document)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    json_t *kept = document->extra != NULL ? json_loads(document->extra, 0, NULL) : NULL;
    size_t variant_at = 0, image_at = 0;
    for (bool first = true;; first = false) {
        while (variant_at < document->variants.count &&
               !is_priced(&document->variants.items[variant_at])) {
            export->summary->skipped++;
            variant_at++;
        }
        const struct variant_document *variant =
            variant_at < document->variants.count ? &document->variants.items[variant_at++] : NULL;
        // A first row without a variant means that none is priced: nothing of the product is
        // written.
        if (variant == NULL && (first || image_at >= document->images.count))
            break;
        struct cells cells = {
            .export = export, .arena = arena, .document = document, .product_kept = kept};
        cells.at[SHOPIFY_HANDLE] = document->handle;
        if (first)
            put_product(&cells);
        if (variant != NULL) {
            put_options(&cells, variant, first);
            put_variant(&cells, variant);
            cells.variant_kept =
                variant->extra != NULL ? json_loads(variant->extra, 0, NULL) : NULL;
        }
        put_image(&cells, image_at++);
        put_behind(&cells, variant, first);
        write_row(export, arena, cells.at);
        json_decref(cells.variant_kept);
        export->summary->variants += variant != NULL;
    }
    json_decref(kept);
    arena_free(arena);
    export->summary->products++;
}

struct export_batch {
    struct export *export;
    struct id_range range;
};

static void fill_stock(struct product_document *document, const struct stock_level_list *levels)
{
    for (size_t i = 0; i < document->variants.count; i++) {
        struct variant_document *variant = &document->variants.items[i];
        const struct stock_level *level = view_level(levels, variant->sku);
        // On hand and not available: what orders hold is still the merchant's.
        SET(variant, variant_document, stock, level != NULL ? level->on_hand : 0);
    }
}

SNAPSHOT(export_range, export_batch, nothing)
{
    struct export *export = in->export;
    struct catalogue catalogue;
    struct stock_level_list levels;
    struct category_tree *tree;
    enum err err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = catalogue_read(rq, &in->range, &catalogue);
    if (err == ERR_OK)
        err = view_levels(rq, &catalogue.variants, &levels);
    struct document_form form = {.tree = tree,
                                 .currency = export->currency,
                                 .public_url = rq->app->public_url,
                                 .for_export = true};
    struct parts parts;
    while (err == ERR_OK && catalogue_next(&catalogue, &parts)) {
        struct product_document document;
        document_of_parts(rq->arena, &form, &parts, &document);
        fill_stock(&document, &levels);
        if (export->writing)
            write_product(export, &document);
        else
            collect(export, &document);
    }
    return err;
}

SNAPSHOT(next_range, id_range, id_range)
{
    return catalogue_batch(rq, &in->from, out);
}

static enum err each_product(struct export *export)
{
    struct id_range range = {.until = uuid_nil};
    enum err err = ERR_OK;
    while (err == ERR_OK) {
        struct rq *rq = rq_begin(export->app, "export", BATCH_MS);
        struct id_range after = {.from = range.until};
        struct nothing nothing;
        err = next_range(rq, &after, &range);
        if (err == ERR_OK)
            err = export_range(rq, &(struct export_batch){.export = export, .range = range},
                               &nothing);
        rq_end(rq);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static void write_header(struct export *export)
{
    const char *names[COLUMNS_MOST];
    for (size_t i = 0; i < SHOPIFY_TEMPLATE_COLUMNS; i++)
        names[i] = shopify_columns[i].names[0];
    for (size_t i = 0; i < export->header.count; i++)
        names[SHOPIFY_TEMPLATE_COLUMNS + i] = export->header.items[i];
    write_row(export, export->arena, names);
}

SNAPSHOT(export_money, nothing, shop_money)
{
    return shop_money_read(rq, out);
}

static enum err run(struct export *export, struct problem *problem)
{
    struct shop_money money;
    struct rq *rq = rq_begin(export->app, "export", BATCH_MS);
    enum err err = export_money(rq, &(struct nothing){0}, &money);
    export->currency = err == ERR_OK ? arena_text(export->arena, money.currency) : NULL;
    rq_end(rq);
    if (err == ERR_OK)
        err = each_product(export);
    if (err != ERR_OK) {
        problem_detail(problem, "the catalogue cannot be read");
        return err;
    }
    name_columns(export);
    if (SHOPIFY_TEMPLATE_COLUMNS + export->header.count > COLUMNS_MOST) {
        problem_detail(problem, "more than %d columns", COLUMNS_MOST);
        return ERR_TOO_LARGE;
    }
    write_header(export);
    export->writing = true;
    return each_product(export);
}

enum err export_shopify(struct app *app, FILE *file, struct export_summary *out,
                        struct problem *problem)
{
    *out = (struct export_summary){0};
    struct export export = {
        .app = app, .file = file, .summary = out, .arena = arena_new(LIMIT_ARENA)};
    enum err err = run(&export, problem);
    arena_free(export.arena);
    if (err == ERR_OK && (fflush(file) != 0 || ferror(file))) {
        problem_detail(problem, "the file cannot be written: %s", strerrordesc_np(errno));
        return ERR_UNAVAILABLE;
    }
    return err;
}
