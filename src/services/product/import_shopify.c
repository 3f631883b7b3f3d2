// Shopify product files of every generation: columns by name, rows of one product below each other.
// Which columns there are stands in shopify_columns.c; the export in export_shopify.c writes the
// current template with the same table.
//
// A product is as many rows as it has variants or pictures, whichever are more; row n holds variant
// n and picture n, which need not belong together. The product's own columns stand in its first row
// only. So the reader holds one row back: that a product has ended is seen by the handle of the
// next.
//
// Columns that mean nothing to this shop (Google's, a gift card's template) are kept as they are,
// in `extra`, and written again by the export. A merchant who leaves this shop must not find them
// gone.
//
// When the first row cannot be used, the whole product is dropped, for its name and options are
// missing; any other bad row costs its variant.
#include <string.h>

#include "core/money.h"
#include "core/str.h"
#include "services/product/import_table.h"
#include "services/product/shopify_columns.h"

// A market's price columns that are taken as prices in a currency.
struct market {
    const char *currency;
    int price, compare_at;
};

struct shopify {
    struct import_table table;
    struct import_row row;
    bool has_row; // `row` is read and belongs to the next product
    int columns[SHOPIFY_COLUMNS];
    size_t metafield_count, market_count, extra_count;
    struct {
        int column;
        const char *code, *label;
    } metafields[LIMIT_CSV_FIELDS];
    struct market markets[LIMIT_CSV_FIELDS];
    struct {
        int column;
        const char *name;
        bool of_variant;
    } extras[LIMIT_CSV_FIELDS];
};

// One product at work.
struct work {
    struct shopify *shopify;
    struct import_row *row;
    struct arena *arena;
    struct product_document *document;
    i64 image_positions[250];
    u32 variant_lines[2048];
    bool dropped; // its first row cannot be used
};

static int column_of(const struct work *work, enum shopify_column column)
{
    return work->shopify->columns[column];
}

static void add_extra(struct shopify *shopify, int column, const char *name, bool of_variant)
{
    shopify->extras[shopify->extra_count].column = column;
    shopify->extras[shopify->extra_count].name = name;
    shopify->extras[shopify->extra_count++].of_variant = of_variant;
}

// The currency that a market's columns are in: said on the command line, or the market's own name.
static const char *market_currency(const struct import_reader *reader, const char *market)
{
    size_t length = strlen(market);
    for (size_t i = 0; i < reader->settings->markets.count; i++) {
        const char *rule = reader->settings->markets.items[i];
        if (strncmp(rule, market, length) == 0 && rule[length] == '=')
            market = rule + length + 1;
    }
    bool own = str_equal(market, reader->settings->currency); // said by the main price already
    return currency_decimals(market) >= 0 && !own ? market : NULL;
}

// Market columns ("Price / Eurozone") do not say their currency. A guess would sell at a wrong
// price, so they are prices only where the market's name is a currency or the command line gives
// one.
static bool take_market(struct import_reader *reader, struct shopify *shopify, int column)
{
    const char *header = shopify->table.headers[column];
    bool price = strncasecmp(header, "Price / ", 8) == 0;
    bool included = strncasecmp(header, "Included / ", 11) == 0;
    bool compare_at = strncasecmp(header, "Compare At Price / ", 19) == 0 ||
                      strncasecmp(header, "Compare-at price / ", 19) == 0;
    if (!price && !included && !compare_at)
        return false;
    const char *name = strstr(header, " / ") + 3;
    const char *currency = market_currency(reader, name);
    if (currency == NULL || included) {
        add_extra(shopify, column, header, !included);
        if (price && !str_equal(name, reader->settings->currency))
            import_note(
                reader, 1, header,
                "kept for export but not used as a price: the file does not say its currency; "
                "use --market '%s=CODE' to take it",
                name);
    } else if (price) {
        const char *other = arena_printf(reader->arena, "Compare At Price / %s", name);
        int found = table_find(&shopify->table, other);
        other = arena_printf(reader->arena, "Compare-at price / %s", name);
        shopify->markets[shopify->market_count++] = (struct market){
            currency, column, found >= 0 ? found : table_find(&shopify->table, other)};
    }
    return true;
}

// "Material (product.metafields.custom.material)" is the attribute custom.material, "Material".
static bool take_metafield(struct import_reader *reader, struct shopify *shopify, int column)
{
    const char *header = shopify->table.headers[column];
    const char *mark = strstr(header, " (product.metafields.");
    if (mark == NULL || mark == header || !str_ends(header, ")"))
        return false;
    const char *code = mark + strlen(" (product.metafields.");
    size_t at = shopify->metafield_count++;
    shopify->metafields[at].column = column;
    shopify->metafields[at].label = arena_text_n(reader->arena, header, (size_t)(mark - header));
    shopify->metafields[at].code = arena_text_n(reader->arena, code, strlen(code) - 1);
    return true;
}

static bool is_known(const struct shopify *shopify, int column)
{
    for (size_t i = 0; i < SHOPIFY_COLUMNS; i++)
        if (shopify->columns[i] == column)
            return true;
    return false;
}

static void take_columns(struct shopify *shopify)
{
    for (size_t i = 0; i < SHOPIFY_COLUMNS; i++) {
        const struct shopify_column_names *names = &shopify_columns[i];
        shopify->columns[i] = -1;
        for (size_t j = 0; j < COUNT_OF(names->names) && names->names[j] != NULL; j++)
            if (shopify->columns[i] < 0)
                shopify->columns[i] = table_find(&shopify->table, names->names[j]);
        if (shopify->columns[i] >= 0 && names->use != SHOPIFY_READ)
            add_extra(shopify, shopify->columns[i], names->names[0],
                      names->use == SHOPIFY_KEEP_VARIANT);
    }
}

// Columns that Shopify does not have by itself.
static void take_others(struct import_reader *reader, struct shopify *shopify)
{
    for (int i = 0; i < (int)shopify->table.count; i++) {
        if (is_known(shopify, i) || *shopify->table.headers[i] == '\0')
            continue;
        if (!take_metafield(reader, shopify, i) && !take_market(reader, shopify, i))
            import_note(reader, 1, shopify->table.headers[i],
                        "not a column of Shopify's; left out");
    }
}

static enum err shopify_open(struct import_reader *reader, struct problem *problem)
{
    struct shopify *shopify = ARENA_NEW(reader->arena, struct shopify);
    reader->state = shopify;
    enum err err = table_open(reader, &shopify->table, problem);
    if (err != ERR_OK)
        return err;
    take_columns(shopify);
    static const enum shopify_column needed[] = {SHOPIFY_HANDLE, SHOPIFY_TITLE, SHOPIFY_PRICE};
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (shopify->columns[needed[i]] < 0) {
            problem_detail(problem, "%s: not a Shopify product export: there is no column '%s'",
                           reader->settings->file, shopify_columns[needed[i]].names[1]);
            return ERR_INVALID;
        }
    take_others(reader, shopify);
    return ERR_OK;
}

// Columns that are kept but mean nothing here, as a JSON object; NULL when all are blank.
static const char *read_extras(struct work *work, bool of_variant)
{
    struct shopify *shopify = work->shopify;
    struct buf json = buf_in(work->arena);
    for (size_t i = 0; i < shopify->extra_count; i++) {
        const char *text = row_text(work->row, shopify->extras[i].column);
        if (text == NULL || shopify->extras[i].of_variant != of_variant)
            continue;
        buf_char(&json, json.length > 0 ? ',' : '{');
        buf_json_text(&json, shopify->extras[i].name);
        buf_char(&json, ':');
        buf_json_text(&json, text);
    }
    if (json.length == 0)
        return NULL;
    buf_char(&json, '}');
    return json.at;
}

static void read_metafields(struct work *work)
{
    struct shopify *shopify = work->shopify;
    struct product_document *document = work->document;
    struct attribute_document_list *list = &document->attributes;
    list->items = ARENA_ARRAY(work->arena, struct attribute_document, shopify->metafield_count);
    for (size_t i = 0; i < shopify->metafield_count; i++) {
        int column = shopify->metafields[i].column;
        const char *code = shopify->metafields[i].code;
        if (str_equal(code, SHOPIFY_CATEGORIES) || row_text(work->row, column) == NULL)
            continue;
        if (str_equal(code, SHOPIFY_POPULARITY)) {
            row_set(work->row, column, &product_document_shape, product_document_at_popularity,
                    document);
            continue;
        }
        struct attribute_document *attribute = &list->items[list->count];
        if (!row_set(work->row, column, &attribute_document_shape, attribute_document_at_value,
                     attribute))
            continue;
        SET(attribute, attribute_document, code, code);
        SET(attribute, attribute_document, label, shopify->metafields[i].label);
        list->count++;
    }
    if (shopify->metafield_count > 0)
        document->set |= UINT64_C(1) << product_document_at_attributes;
}

static const char *all_categories(struct work *work)
{
    for (size_t i = 0; i < work->shopify->metafield_count; i++)
        if (str_equal(work->shopify->metafields[i].code, SHOPIFY_CATEGORIES))
            return row_text(work->row, work->shopify->metafields[i].column);
    return NULL;
}

// Our own exports name every category; else the standard category; else the type, because a shop
// whose older export has no categories still needs something to browse by.
static void read_categories(struct work *work)
{
    struct product_document *document = work->document;
    const char *all = all_categories(work);
    const char *path = row_text(work->row, column_of(work, SHOPIFY_CATEGORY));
    if (path == NULL)
        path = document->type;
    struct text_list paths = {0};
    if (all != NULL)
        split_list(work->arena, all, &paths);
    else if (path != NULL)
        text_list_add(work->arena, &paths, path);
    for (size_t i = 0; i < paths.count; i++) {
        const char *clean = path_clean(work->arena, paths.items[i]);
        if (clean != NULL && !text_list_has(&document->categories, clean))
            text_list_add(work->arena, &document->categories, clean);
    }
    document->set |= UINT64_C(1) << product_document_at_categories;
}

static void read_options(struct work *work)
{
    static const enum shopify_column names[] = {SHOPIFY_OPTION1_NAME, SHOPIFY_OPTION2_NAME,
                                                SHOPIFY_OPTION3_NAME};
    struct product_document *document = work->document;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *name = row_text(work->row, column_of(work, names[i]));
        if (name != NULL)
            text_list_add(work->arena, &document->options, name);
    }
    if (document->options.count == 0)
        text_list_add(work->arena, &document->options, "Title");
    document->set |= UINT64_C(1) << product_document_at_options;
}

static void read_product_fields(struct work *work)
{
    static const struct {
        enum shopify_column column;
        int position;
    } fields[] = {
        {SHOPIFY_TITLE, product_document_at_title},
        {SHOPIFY_BODY, product_document_at_description_html},
        {SHOPIFY_VENDOR, product_document_at_brand},
        {SHOPIFY_TYPE, product_document_at_type},
        {SHOPIFY_PUBLISHED, product_document_at_published},
        {SHOPIFY_STATUS, product_document_at_status},
        {SHOPIFY_GIFT_CARD, product_document_at_gift_card},
        {SHOPIFY_SEO_TITLE, product_document_at_seo_title},
        {SHOPIFY_SEO_DESCRIPTION, product_document_at_seo_description},
    };
    struct product_document *document = work->document;
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        row_set(work->row, column_of(work, fields[i].column), &product_document_shape,
                fields[i].position, document);
    const char *tags = row_text(work->row, column_of(work, SHOPIFY_TAGS));
    if (column_of(work, SHOPIFY_TAGS) >= 0)
        document->set |= UINT64_C(1) << product_document_at_tags;
    if (tags != NULL)
        split_list(work->arena, tags, &document->tags);
    read_metafields(work);
    read_categories(work);
    read_options(work);
    if (work->shopify->extra_count > 0) {
        const char *extra = read_extras(work, false);
        SET(document, product_document, extra, extra);
        if (extra == NULL)
            document->cleared |= UINT64_C(1) << product_document_at_extra;
    }
}

static void read_stock(struct work *work, struct variant_document *variant)
{
    struct import_row *row = work->row;
    int tracker = column_of(work, SHOPIFY_TRACKER), quantity = column_of(work, SHOPIFY_QUANTITY);
    int sells_on = column_of(work, SHOPIFY_CONTINUE);
    row_set(row, column_of(work, SHOPIFY_POLICY), &variant_document_shape,
            variant_document_at_policy, variant);
    struct variant_document flag = {0};
    if (row_set(row, sells_on, &variant_document_shape, variant_document_at_tracked, &flag) &&
        (sells_on >= 0))
        SET(variant, variant_document, policy,
            flag.tracked ? stock_policy_continue : stock_policy_deny);
    if (tracker < 0)
        return;
    SET(variant, variant_document, tracked, row_text(row, tracker) != NULL);
    const char *text = row_text(row, quantity);
    if (!variant->tracked || text == NULL)
        return;
    i64 stock;
    if (!decimal_scaled(text, 1, 1, &stock)) {
        row_bad(row, quantity, "'%.60s' is not a whole number", text);
        return;
    }
    if (stock < 0)
        row_note(row, quantity, "%s in stock is taken as 0", text);
    SET(variant, variant_document, stock, max_i64(stock, 0));
}

// An amount of a market's column; false when it is blank, or bad and reported.
static bool market_amount(struct work *work, int column, const char *currency, i64 *out)
{
    const char *text = row_text(work->row, column);
    if (text == NULL)
        return false;
    if (money_parse(text, currency, out) && *out >= 0)
        return true;
    row_bad(work->row, column, "'%.60s' is not an amount of %s", text, currency);
    return false;
}

static void read_market_prices(struct work *work, struct variant_document *variant)
{
    struct shopify *shopify = work->shopify;
    struct price_document_list *list = &variant->prices;
    list->items = ARENA_ARRAY(work->arena, struct price_document, shopify->market_count);
    for (size_t i = 0; i < shopify->market_count; i++) {
        const struct market *market = &shopify->markets[i];
        struct price_document *price = &list->items[list->count];
        i64 minor;
        if (!market_amount(work, market->price, market->currency, &minor))
            continue;
        SET(price, price_document, currency, market->currency);
        SET(price, price_document, price_minor, minor);
        if (market_amount(work, market->compare_at, market->currency, &minor))
            SET(price, price_document, compare_at_minor, minor);
        list->count++;
    }
    if (shopify->market_count > 0)
        variant->set |= UINT64_C(1) << variant_document_at_prices;
}

static void read_option_values(struct work *work, struct variant_document *variant)
{
    static const enum shopify_column values[] = {SHOPIFY_OPTION1_VALUE, SHOPIFY_OPTION2_VALUE,
                                                 SHOPIFY_OPTION3_VALUE};
    size_t count = work->document->options.count;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        int column = column_of(work, values[i]);
        const char *value = row_text(work->row, column);
        if (i < count && value == NULL && i == 0 && count == 1 &&
            str_equal(work->document->options.items[0], "Title"))
            value = "Default Title";
        if (i < count && value == NULL)
            row_bad(work->row, column, "is blank, and the product has the option '%s'",
                    work->document->options.items[i]);
        else if (i >= count && value != NULL)
            row_bad(work->row, column, "has a value, and the product has no such option");
        else if (i < count)
            text_list_add(work->arena, &variant->options, value);
    }
    variant->set |= UINT64_C(1) << variant_document_at_options;
}

static const char *clean_url(struct work *work, int column)
{
    const char *text = row_text(work->row, column);
    if (text == NULL)
        return NULL;
    if (str_starts(text, "//"))
        text = arena_printf(work->arena, "https:%s", text);
    bool web = str_starts(text, "https://") || str_starts(text, "http://");
    if (web && text[strcspn(text, " \t\r\n\"<>\\^`{|}")] == '\0' && strlen(text) <= 2000)
        return text;
    row_note(work->row, column, "'%.60s' is not a web address; the picture is left out", text);
    return NULL;
}

enum { POSITION_UNKNOWN = INT32_MAX }; // a variant named the picture before its own row did

static void remove_image(struct work *work, size_t at)
{
    struct image_document_list *list = &work->document->images;
    for (list->count--; at < list->count; at++) {
        list->items[at] = list->items[at + 1];
        work->image_positions[at] = work->image_positions[at + 1];
    }
}

// True when the picture is in the list and stays there; its own row replaces what a variant added.
static bool has_image(struct work *work, const char *url, i64 position)
{
    struct image_document_list *list = &work->document->images;
    for (size_t i = 0; i < list->count; i++) {
        if (!str_equal(list->items[i].url, url))
            continue;
        if (work->image_positions[i] != POSITION_UNKNOWN || position == POSITION_UNKNOWN)
            return true;
        remove_image(work, i);
        return false;
    }
    return false;
}

// Gives the image its place in the list, adding it when it is new.
static void add_image(struct work *work, const char *url, i64 position, const char *alt)
{
    struct image_document_list *list = &work->document->images;
    if (has_image(work, url, position))
        return;
    if (list->count == COUNT_OF(work->image_positions)) {
        row_note(work->row, column_of(work, SHOPIFY_IMAGE), "more than %zu pictures; left out",
                 list->count);
        return;
    }
    size_t size = sizeof *list->items, at = list->count++;
    list->items = arena_grow(work->arena, list->items, at * size, (at + 1) * size);
    for (; at > 0 && work->image_positions[at - 1] > position; at--) {
        list->items[at] = list->items[at - 1];
        work->image_positions[at] = work->image_positions[at - 1];
    }
    struct image_document *image = &list->items[at];
    *image = (struct image_document){0};
    SET(image, image_document, url, url);
    SET(image, image_document, alt, alt);
    work->image_positions[at] = position;
}

static void read_image(struct work *work)
{
    const char *url = clean_url(work, column_of(work, SHOPIFY_IMAGE));
    const char *place = row_text(work->row, column_of(work, SHOPIFY_IMAGE_POSITION));
    i64 position;
    if (place == NULL || !decimal_scaled(place, 1, 1, &position))
        position = (i64)work->document->images.count + 1;
    struct image_document alt = {0};
    row_set(work->row, column_of(work, SHOPIFY_IMAGE_ALT), &image_document_shape,
            image_document_at_alt, &alt);
    if (url != NULL)
        add_image(work, url, position, alt.alt);
}

static void check_repeated(struct work *work, const struct variant_document *variant)
{
    const struct variant_document_list *list = &work->document->variants;
    if (list->count == COUNT_OF(work->variant_lines))
        row_bad(work->row, -1, "more than %zu variants in one product", list->count);
    for (size_t i = 0; i < list->count; i++)
        if (text_lists_equal(&list->items[i].options, &variant->options)) {
            row_bad(work->row, -1, "has the same options as line %u", work->variant_lines[i]);
            return;
        }
}

static void read_variant(struct work *work)
{
    static const struct {
        enum shopify_column column;
        int position;
    } fields[] = {
        {SHOPIFY_SKU, variant_document_at_sku},
        {SHOPIFY_PRICE, variant_document_at_price_minor},
        {SHOPIFY_COMPARE_AT, variant_document_at_compare_at_minor},
        {SHOPIFY_COST, variant_document_at_cost_minor},
        {SHOPIFY_GRAMS, variant_document_at_weight_g},
        {SHOPIFY_TAXABLE, variant_document_at_taxable},
        {SHOPIFY_SHIPPING, variant_document_at_requires_shipping},
        {SHOPIFY_BARCODE, variant_document_at_barcode},
        {SHOPIFY_TAX_CLASS, variant_document_at_tax_class},
    };
    struct variant_document variant = {0};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        row_set(work->row, column_of(work, fields[i].column), &variant_document_shape,
                fields[i].position, &variant);
    // Spreadsheets keep leading zeros with an apostrophe that is not part of the number.
    if (variant.barcode != NULL)
        variant.barcode += *variant.barcode == '\'';
    read_stock(work, &variant);
    read_market_prices(work, &variant);
    read_option_values(work, &variant);
    const char *image = clean_url(work, column_of(work, SHOPIFY_VARIANT_IMAGE));
    if (image != NULL) {
        SET(&variant, variant_document, image, image);
        add_image(work, image, POSITION_UNKNOWN, NULL);
    } else if (column_of(work, SHOPIFY_VARIANT_IMAGE) >= 0) {
        variant.cleared |= UINT64_C(1) << variant_document_at_image;
    }
    const char *extra = read_extras(work, true);
    if (extra != NULL)
        SET(&variant, variant_document, extra, extra);
    check_repeated(work, &variant);
    if (work->row->bad)
        return;
    struct variant_document_list *list = &work->document->variants;
    work->variant_lines[list->count] = work->row->line;
    size_t size = sizeof *list->items;
    list->items =
        arena_grow(work->arena, list->items, list->count * size, (list->count + 1) * size);
    list->items[list->count++] = variant;
}

static void read_row(struct work *work, bool first)
{
    struct import_row *row = work->row;
    bool has_price = row_text(row, column_of(work, SHOPIFY_PRICE)) != NULL;
    bool has_image = row_text(row, column_of(work, SHOPIFY_IMAGE)) != NULL;
    bool named = row_text(row, column_of(work, SHOPIFY_SKU)) != NULL ||
                 row_text(row, column_of(work, SHOPIFY_OPTION1_VALUE)) != NULL;
    if (has_image)
        read_image(work);
    if (has_price)
        read_variant(work);
    else if (first || (named && !has_image))
        row_bad(row, column_of(work, SHOPIFY_PRICE), "is blank");
    else if (!has_image)
        row_bad(row, -1, "has neither a price nor a picture");
}

// The handle that the row belongs to; NULL, and reported, when it says none.
static const char *handle_of(struct shopify *shopify, struct import_row *row)
{
    const char *handle = row_text(row, shopify->columns[SHOPIFY_HANDLE]);
    const char *title = row_text(row, shopify->columns[SHOPIFY_TITLE]);
    if (handle == NULL && title == NULL)
        row_bad(row, shopify->columns[SHOPIFY_HANDLE], "is blank");
    else
        return import_handle(row->arena, handle != NULL ? handle : title);
    return NULL;
}

static void start_product(struct work *work, const char *handle)
{
    struct import_reader *reader = work->shopify->table.reader;
    SET(work->document, product_document, handle, handle);
    u32 seen = import_handle_seen(reader, handle, work->row->line);
    int title = column_of(work, SHOPIFY_TITLE);
    if (seen > 0)
        row_bad(work->row, column_of(work, SHOPIFY_HANDLE),
                "'%s' stands at line %u already; rows of one product must be below each other",
                handle, seen);
    else if (row_text(work->row, title) == NULL)
        row_bad(work->row, title, "is blank in the first row of '%s'", handle);
    else
        read_product_fields(work);
    work->dropped = work->row->bad;
}

// `Title` / `Default Title` is how Shopify writes a product without options.
static void finish_options(struct product_document *document)
{
    bool plain = document->options.count == 1 && document->variants.count == 1 &&
                 str_equal(document->options.items[0], "Title") &&
                 str_equal(document->variants.items[0].options.items[0], "Default Title");
    if (plain) {
        document->options.count = 0;
        document->variants.items[0].options.count = 0;
    }
}

static bool finish_product(struct work *work, u32 line)
{
    struct product_document *document = work->document;
    if (work->dropped)
        return false;
    if (document->variants.count == 0) {
        import_bad_again(work->shopify->table.reader, line, NULL,
                         "product '%s' is left out: none of its rows can be sold",
                         document->handle);
        return false;
    }
    finish_options(document);
    document->set |= UINT64_C(1) << product_document_at_variants;
    if (column_of(work, SHOPIFY_IMAGE) >= 0)
        document->set |= UINT64_C(1) << product_document_at_images;
    return true;
}

static enum err next_row(struct shopify *shopify, struct arena *arena)
{
    if (shopify->has_row)
        return ERR_OK;
    shopify->row.arena = arena;
    enum err err = table_next(&shopify->table, &shopify->row);
    shopify->has_row = err == ERR_OK;
    return err;
}

// Reads the rows of one handle; false when there is nothing to use in them.
static bool read_product(struct shopify *shopify, struct arena *arena, struct product_document *out,
                         u32 *line)
{
    struct work work = {.shopify = shopify, .row = &shopify->row, .arena = arena, .document = out};
    shopify->row.arena = arena;
    *line = shopify->row.line;
    const char *handle = handle_of(shopify, work.row);
    if (handle == NULL) {
        shopify->has_row = false;
        return false;
    }
    start_product(&work, handle);
    for (bool first = true;; first = false) {
        if (!work.dropped)
            read_row(&work, first);
        shopify->has_row = false;
        if (next_row(shopify, arena) != ERR_OK)
            break;
        const char *next = row_text(work.row, shopify->columns[SHOPIFY_HANDLE]);
        if (next == NULL || !str_equal(import_handle(arena, next), handle))
            break;
    }
    return finish_product(&work, *line);
}

static enum err shopify_next(struct import_reader *reader, struct arena *arena,
                             struct product_document *out, u32 *line)
{
    struct shopify *shopify = reader->state;
    for (;;) {
        enum err err = next_row(shopify, arena);
        if (err != ERR_OK)
            return err;
        *out = (struct product_document){0};
        if (read_product(shopify, arena, out, line))
            return ERR_OK;
    }
}

const struct import_format import_shopify = {"shopify", shopify_open, shopify_next};
