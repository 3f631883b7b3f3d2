// WooCommerce's product export. A variation names its parent by SKU or by `id:N` and may stand
// anywhere in the file, so all rows are held in memory before the first product is made.
//
// Prices, stock and pictures of a simple product stand in its row, those of a variable one in its
// variations'. The options of a product are what its variations name as attributes; attributes that
// none names are facts about it.
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "services/product/import_table.h"

enum { FILE_LARGEST = 200 << 20, ATTRIBUTES_MAX = 50 };

struct held {
    struct csv_record record;
    u32 line, next_variation; // both positions in `rows` + 1, 0 for none
    u32 first_variation, last_variation;
    bool is_variation;
};

struct attribute_columns {
    int name, values, visible;
};

struct woocommerce {
    struct import_table table;
    struct held *rows;
    u32 count, room, next;
    int weight;
    i64 grams_numerator, grams_denominator;
    size_t attribute_count;
    struct attribute_columns attributes[ATTRIBUTES_MAX];
};

// One product at work.
struct work {
    struct woocommerce *woo;
    struct import_row row; // of the product, then of each variation
    struct arena *arena;
    struct product_document *document;
};

static int column_of(const struct work *work, const char *name)
{
    return table_find(&work->woo->table, name);
}

static const char *cell(struct work *work, const char *name)
{
    return row_text(&work->row, column_of(work, name));
}

// "Weight (kg)": the unit of the shop stands in the header.
static void find_weight(struct woocommerce *woo)
{
    static const struct {
        const char *header;
        i64 numerator, denominator;
    } units[] = {
        {"Weight (kg)", 1000, 1},
        {"Weight (g)", 1, 1},
        // A pound is 453.59237 g and an ounce 28.349523125 g by definition (1959).
        {"Weight (lbs)", 45359237, 100000},
        {"Weight (oz)", 28349523, 1000000},
    };
    woo->weight = -1;
    for (size_t i = 0; i < COUNT_OF(units) && woo->weight < 0; i++) {
        woo->weight = table_find(&woo->table, units[i].header);
        woo->grams_numerator = units[i].numerator;
        woo->grams_denominator = units[i].denominator;
    }
}

static void find_attributes(struct arena *arena, struct woocommerce *woo)
{
    for (int n = 1; n <= ATTRIBUTES_MAX; n++) {
        struct attribute_columns columns = {
            table_find(&woo->table, arena_printf(arena, "Attribute %d name", n)),
            table_find(&woo->table, arena_printf(arena, "Attribute %d value(s)", n)),
            table_find(&woo->table, arena_printf(arena, "Attribute %d visible", n)),
        };
        if (columns.name >= 0 && columns.values >= 0)
            woo->attributes[woo->attribute_count++] = columns;
    }
}

static void hold_row(struct import_reader *reader, struct woocommerce *woo,
                     const struct import_row *row)
{
    size_t size = sizeof *woo->rows;
    if (woo->count == woo->room) {
        woo->room = woo->room > 0 ? woo->room * 2 : 64;
        woo->rows = arena_grow(reader->arena, woo->rows, woo->count * size, woo->room * size);
    }
    struct held *held = &woo->rows[woo->count++];
    *held = (struct held){.line = row->line, .record = row->record};
    struct csv_field *fields = ARENA_ARRAY(reader->arena, struct csv_field, row->record.count);
    for (size_t i = 0; i < row->record.count; i++) {
        fields[i] = row->record.fields[i];
        fields[i].text = arena_text_n(reader->arena, fields[i].text, fields[i].length);
    }
    held->record.fields = fields;
}

static bool has_type(struct arena *arena, const char *types, const char *type)
{
    struct text_list list = {0};
    split_list(arena, types != NULL ? types : "simple", &list);
    for (size_t i = 0; i < list.count; i++)
        if (str_equal_fold(list.items[i], type))
            return true;
    return false;
}

static void start_row(struct work *work, u32 at)
{
    work->row = (struct import_row){.table = &work->woo->table,
                                    .arena = work->arena,
                                    .record = work->woo->rows[at].record,
                                    .line = work->woo->rows[at].line};
}

// Every parent by SKU and by id, so that variations find theirs.
static struct text_index *index_parents(struct work *work)
{
    struct text_index *parents = text_index_new(work->arena);
    for (u32 i = 0; i < work->woo->count; i++) {
        start_row(work, i);
        struct held *held = &work->woo->rows[i];
        held->is_variation = has_type(work->arena, cell(work, "Type"), "variation");
        const char *id = cell(work, "ID"), *sku = cell(work, "SKU");
        if (held->is_variation)
            continue;
        if (id != NULL)
            text_index_add(parents, arena_printf(work->arena, "id:%s", id), i + 1);
        if (sku != NULL)
            text_index_add(parents, sku, i + 1);
    }
    return parents;
}

static void tie_variations(struct work *work)
{
    struct woocommerce *woo = work->woo;
    struct text_index *parents = index_parents(work);
    for (u32 i = 0; i < woo->count; i++) {
        if (!woo->rows[i].is_variation)
            continue;
        start_row(work, i);
        const char *parent = cell(work, "Parent");
        u32 found = parent != NULL ? text_index_find(parents, parent) : 0;
        if (found == 0) {
            row_bad(&work->row, column_of(work, "Parent"), "%s",
                    parent != NULL
                        ? arena_printf(work->arena, "there is no product '%s' in the file", parent)
                        : "is blank in a variation");
            continue;
        }
        struct held *held = &woo->rows[found - 1];
        if (held->first_variation == 0)
            held->first_variation = i + 1;
        else
            woo->rows[held->last_variation - 1].next_variation = i + 1;
        held->last_variation = i + 1;
    }
}

static enum err check_columns(const struct import_table *table, struct problem *problem)
{
    static const char *const needed[] = {"Type", "Name", "Regular price"};
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (table_find(table, needed[i]) < 0) {
            problem_detail(problem, "%s: not a WooCommerce product export: there is no column '%s'",
                           table->reader->settings->file, needed[i]);
            return ERR_INVALID;
        }
    return ERR_OK;
}

static enum err woocommerce_open(struct import_reader *reader, struct problem *problem)
{
    struct woocommerce *woo = ARENA_NEW(reader->arena, struct woocommerce);
    reader->state = woo;
    if (reader->bytes_total > FILE_LARGEST) {
        problem_detail(problem, "%s: larger than %d MB; export in parts", reader->settings->file,
                       FILE_LARGEST >> 20);
        return ERR_TOO_LARGE;
    }
    enum err err = table_open(reader, &woo->table, problem);
    if (err == ERR_OK)
        err = check_columns(&woo->table, problem);
    if (err != ERR_OK)
        return err;
    find_weight(woo);
    find_attributes(reader->arena, woo);
    struct import_row row = {.arena = reader->arena};
    while ((err = table_next(&woo->table, &row)) == ERR_OK)
        hold_row(reader, woo, &row);
    struct work work = {.woo = woo, .arena = reader->arena};
    tie_variations(&work);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static void read_visibility(struct work *work)
{
    struct product_document *document = work->document;
    const char *published = cell(work, "Published");
    const char *visibility = cell(work, "Visibility in catalog");
    bool hidden = visibility != NULL && str_equal_fold(visibility, "hidden");
    bool draft = published != NULL && str_equal(published, "-1");
    SET(document, product_document, status, draft ? product_status_draft : product_status_active);
    SET(document, product_document, published,
        !hidden && !draft && (published == NULL || !str_equal(published, "0")));
}

static void read_description(struct work *work)
{
    const char *brief = cell(work, "Short description"), *whole = cell(work, "Description");
    struct buf html = buf_in(work->arena);
    if (brief != NULL)
        buf_text(&html, brief);
    if (brief != NULL && whole != NULL)
        buf_char(&html, '\n');
    if (whole != NULL)
        buf_text(&html, whole);
    // The exporter writes line ends inside a text as backslash and n.
    char *out = html.at;
    for (const char *c = html.at; html.length > 0 && *c != '\0'; c++) {
        bool escaped = c[0] == '\\' && c[1] == 'n';
        *out++ = escaped ? '\n' : *c;
        c += escaped;
    }
    if (html.length > 0) {
        *out = '\0';
        SET(work->document, product_document, description_html, html.at);
    }
}

static void read_lists(struct work *work)
{
    struct product_document *document = work->document;
    const char *tags = cell(work, "Tags"), *categories = cell(work, "Categories");
    if (tags != NULL)
        split_list(work->arena, tags, &document->tags);
    struct text_list paths = {0};
    if (categories != NULL)
        split_list(work->arena, categories, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        const char *path = path_clean(work->arena, paths.items[i]);
        if (path != NULL && !text_list_has(&document->categories, path))
            text_list_add(work->arena, &document->categories, path);
    }
    document->set |=
        UINT64_C(1) << product_document_at_tags | UINT64_C(1) << product_document_at_categories;
}

// Adds the pictures of a row that are new; returns the URL of its first one.
static const char *read_images(struct work *work)
{
    struct image_document_list *list = &work->document->images;
    const char *text = cell(work, "Images"), *first = NULL;
    struct text_list urls = {0};
    if (text != NULL)
        split_list(work->arena, text, &urls);
    for (size_t i = 0; i < urls.count; i++) {
        const char *url = urls.items[i];
        if (!str_starts(url, "https://") && !str_starts(url, "http://")) {
            row_note(&work->row, column_of(work, "Images"),
                     "'%.60s' is not a web address; the picture is left out", url);
            continue;
        }
        first = first != NULL ? first : url;
        bool known = false;
        for (size_t j = 0; j < list->count; j++)
            known = known || str_equal(list->items[j].url, url);
        if (known || list->count == 250)
            continue;
        size_t size = sizeof *list->items;
        list->items =
            arena_grow(work->arena, list->items, list->count * size, (list->count + 1) * size);
        struct image_document *image = &list->items[list->count++];
        SET(image, image_document, url, url);
    }
    work->document->set |= UINT64_C(1) << product_document_at_images;
    return first;
}

static const char *attribute_value(struct work *work, const char *name)
{
    for (size_t i = 0; i < work->woo->attribute_count; i++) {
        const char *own = row_text(&work->row, work->woo->attributes[i].name);
        if (str_equal_fold(own, name))
            return row_text(&work->row, work->woo->attributes[i].values);
    }
    return NULL;
}

// The options are the attributes that some variation names.
static void find_options(struct work *work, u32 parent)
{
    for (u32 at = work->woo->rows[parent].first_variation; at > 0;
         at = work->woo->rows[at - 1].next_variation) {
        start_row(work, at - 1);
        for (size_t i = 0; i < work->woo->attribute_count; i++) {
            const char *name = row_text(&work->row, work->woo->attributes[i].name);
            if (name != NULL && !text_list_has(&work->document->options, name))
                text_list_add(work->arena, &work->document->options, name);
        }
    }
    work->document->set |= UINT64_C(1) << product_document_at_options;
    start_row(work, parent);
}

static void add_attribute(struct work *work, const char *label, const char *value)
{
    struct attribute_document_list *list = &work->document->attributes;
    size_t size = sizeof *list->items;
    list->items =
        arena_grow(work->arena, list->items, list->count * size, (list->count + 1) * size);
    struct attribute_document *attribute = &list->items[list->count++];
    SET(attribute, attribute_document, code, import_handle(work->arena, label));
    SET(attribute, attribute_document, label, label);
    SET(attribute, attribute_document, value, value);
}

static void read_attributes(struct work *work)
{
    static const char *const measures[] = {"Length", "Width", "Height"};
    for (size_t i = 0; i < work->woo->attribute_count; i++) {
        const char *name = row_text(&work->row, work->woo->attributes[i].name);
        const char *values = row_text(&work->row, work->woo->attributes[i].values);
        if (name == NULL || values == NULL || text_list_has(&work->document->options, name))
            continue;
        if (str_equal_fold(name, "Brand"))
            SET(work->document, product_document, brand, values);
        else
            add_attribute(work, name, values);
    }
    for (size_t i = 0; i < work->woo->table.count; i++) {
        const char *header = work->woo->table.headers[i];
        const char *value = row_text(&work->row, (int)i);
        for (size_t j = 0; value != NULL && j < COUNT_OF(measures); j++)
            if (str_starts(header, arena_printf(work->arena, "%s (", measures[j])))
                add_attribute(work, header, value);
    }
    work->document->set |= UINT64_C(1) << product_document_at_attributes;
}

// True while the sale's dates, if it has any, hold today.
static bool sale_is_on(struct work *work)
{
    const char *from = cell(work, "Date sale price starts"),
               *until = cell(work, "Date sale price ends");
    i64 now_ms = time_now_ms(), at_ms;
    if (from != NULL && time_parse(from, &at_ms) && at_ms > now_ms) {
        row_note(&work->row, column_of(work, "Date sale price starts"),
                 "the sale has not begun; the regular price is taken");
        return false;
    }
    // The last day counts whole: the file has its date at midnight.
    return until == NULL || !time_parse(until, &at_ms) || at_ms + DAY_MS > now_ms;
}

static void read_price(struct work *work, struct variant_document *variant)
{
    int regular = column_of(work, "Regular price"), sale = column_of(work, "Sale price");
    if (row_text(&work->row, regular) == NULL) {
        row_bad(&work->row, regular, "is blank");
        return;
    }
    bool reduced = row_text(&work->row, sale) != NULL && sale_is_on(work);
    row_set(&work->row, regular, &variant_document_shape,
            reduced ? variant_document_at_compare_at_minor : variant_document_at_price_minor,
            variant);
    if (reduced)
        row_set(&work->row, sale, &variant_document_shape, variant_document_at_price_minor,
                variant);
    else
        variant->cleared |= UINT64_C(1) << variant_document_at_compare_at_minor;
}

static void read_stock(struct work *work, struct variant_document *variant)
{
    const char *stock = cell(work, "Stock"), *in_stock = cell(work, "In stock?");
    const char *owed = cell(work, "Backorders allowed?");
    bool counted = stock != NULL && !str_equal_fold(stock, "parent");
    bool out = in_stock != NULL && str_equal(in_stock, "0");
    bool sells_on =
        (owed != NULL && !str_equal(owed, "0")) || str_equal_fold(in_stock, "backorder");
    SET(variant, variant_document, policy, sells_on ? stock_policy_continue : stock_policy_deny);
    SET(variant, variant_document, tracked, counted || out);
    if (!variant->tracked)
        return;
    i64 on_hand = 0;
    if (counted && !decimal_scaled(stock, 1, 1, &on_hand))
        row_bad(&work->row, column_of(work, "Stock"), "'%.60s' is not a whole number", stock);
    SET(variant, variant_document, stock, max_i64(on_hand, 0));
}

static void read_tax(struct work *work, struct variant_document *variant)
{
    const char *status = cell(work, "Tax status"), *class = cell(work, "Tax class");
    SET(variant, variant_document, taxable, status == NULL || str_equal_fold(status, "taxable"));
    if (class != NULL && !str_equal_fold(class, "parent"))
        SET(variant, variant_document, tax_class, import_handle(work->arena, class));
}

static void read_weight(struct work *work, struct variant_document *variant)
{
    const char *text = row_text(&work->row, work->woo->weight);
    i64 grams;
    if (text == NULL)
        return;
    if (decimal_scaled(text, work->woo->grams_numerator, work->woo->grams_denominator, &grams) &&
        grams >= 0 && grams <= 100000000)
        SET(variant, variant_document, weight_g, grams);
    else
        row_bad(&work->row, work->woo->weight, "'%.60s' is not a weight", text);
}

static void read_option_values(struct work *work, struct variant_document *variant)
{
    for (size_t i = 0; i < work->document->options.count; i++) {
        const char *name = work->document->options.items[i];
        const char *value = attribute_value(work, name);
        if (value == NULL)
            row_note(&work->row, -1, "fits any '%s'; its value is 'Any'", name);
        text_list_add(work->arena, &variant->options, value != NULL ? value : "Any");
    }
    variant->set |= UINT64_C(1) << variant_document_at_options;
}

static void check_repeated(struct work *work, const struct variant_document *variant)
{
    for (size_t i = 0; i < work->document->variants.count; i++)
        if (text_lists_equal(&work->document->variants.items[i].options, &variant->options)) {
            row_bad(&work->row, -1, "has the same options as another variation");
            return;
        }
}

static void read_variant(struct work *work)
{
    struct variant_document variant = {0};
    int barcode = column_of(work, "GTIN, UPC, EAN, or ISBN");
    row_set(&work->row, column_of(work, "SKU"), &variant_document_shape, variant_document_at_sku,
            &variant);
    row_set(&work->row, barcode, &variant_document_shape, variant_document_at_barcode, &variant);
    read_price(work, &variant);
    read_stock(work, &variant);
    read_tax(work, &variant);
    read_weight(work, &variant);
    read_option_values(work, &variant);
    SET(&variant, variant_document, requires_shipping,
        !has_type(work->arena, cell(work, "Type"), "virtual"));
    const char *image = read_images(work);
    if (image != NULL)
        SET(&variant, variant_document, image, image);
    check_repeated(work, &variant);
    if (work->row.bad)
        return;
    struct variant_document_list *list = &work->document->variants;
    size_t size = sizeof *list->items;
    list->items =
        arena_grow(work->arena, list->items, list->count * size, (list->count + 1) * size);
    list->items[list->count++] = variant;
    work->document->set |= UINT64_C(1) << product_document_at_variants;
}

// What cannot be sold here says so.
static bool sellable_type(struct work *work)
{
    static const char *const kinds[] = {"simple", "variable"};
    const char *type = cell(work, "Type");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (has_type(work->arena, type, kinds[i]))
            return true;
    row_bad(&work->row, column_of(work, "Type"),
            "'%.60s' cannot be sold here; only simple and variable can", type);
    return false;
}

static void read_handle(struct work *work, const char *title)
{
    const char *handle = import_handle(work->arena, title), *id = cell(work, "ID");
    struct import_reader *reader = work->woo->table.reader;
    const char *stem = handle;
    for (int n = 2; import_handle_seen(reader, handle, work->row.line) != 0; n++)
        handle = id != NULL && n == 2 ? arena_printf(work->arena, "%.80s-%.18s", stem, id)
                                      : arena_printf(work->arena, "%.90s-%d", stem, n);
    SET(work->document, product_document, handle, handle);
}

static void read_variations(struct work *work, u32 parent)
{
    for (u32 at = work->woo->rows[parent].first_variation; at > 0;
         at = work->woo->rows[at - 1].next_variation) {
        start_row(work, at - 1);
        const char *published = cell(work, "Published");
        if (published != NULL && !str_equal(published, "1"))
            row_note(&work->row, column_of(work, "Published"), "a disabled variation is left out");
        else
            read_variant(work);
    }
}

static bool read_product(struct work *work, u32 at)
{
    start_row(work, at);
    if (!sellable_type(work))
        return false;
    row_set(&work->row, column_of(work, "Name"), &product_document_shape, product_document_at_title,
            work->document);
    if (work->document->title == NULL && !work->row.bad)
        row_bad(&work->row, column_of(work, "Name"), "is blank");
    if (work->row.bad)
        return false;
    read_handle(work, work->document->title);
    read_visibility(work);
    read_description(work);
    read_lists(work);
    find_options(work, at);
    read_attributes(work);
    bool variable = has_type(work->arena, cell(work, "Type"), "variable");
    if (variable) {
        read_images(work);
        read_variations(work, at);
    } else {
        read_variant(work);
    }
    // The row of a variable product is one more beside those of its variations.
    if (work->document->variants.count == 0)
        (variable ? import_bad : import_bad_again)(
            work->woo->table.reader, work->woo->rows[at].line, NULL,
            "product '%s' is left out: none of its rows can be sold", work->document->handle);
    return work->document->variants.count > 0;
}

static enum err woocommerce_next(struct import_reader *reader, struct arena *arena,
                                 struct product_document *out, u32 *line)
{
    struct woocommerce *woo = reader->state;
    while (woo->next < woo->count) {
        u32 at = woo->next++;
        if (woo->rows[at].is_variation)
            continue;
        *out = (struct product_document){0};
        *line = woo->rows[at].line;
        struct work work = {.woo = woo, .arena = arena, .document = out};
        if (read_product(&work, at))
            return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

const struct import_format import_woocommerce = {"woocommerce", woocommerce_open, woocommerce_next};
