// JSON catalogues: an array of items, or an object whose "products" is one. An item is either a
// product document as document.h has it (it has "variants") or a flat record as other shops' feeds
// have it (name, price, category path, image). Items are cut out of the stream one by one, so a bad
// one costs itself.
//
// The file is not parsed as a whole, which would take many times its size in memory: the items are
// found by counting brackets, each is at most LIMIT_BODY long, and only it is given to the parser.
#include <jansson.h>
#include <string.h>

#include "core/json.h"
#include "core/money.h"
#include "core/str.h"
#include "services/product/import.h"

enum { CHUNK = 64 << 10 };

struct json_file {
    size_t at, end;
    u32 line;
    bool ended, finished;
    struct text_index *noted; // fields that were said to be left out
    char bytes[CHUNK];
};

static int peek(struct import_reader *reader)
{
    struct json_file *file = reader->state;
    if (file->at == file->end && !file->ended) {
        i64 got = import_read(reader, file->bytes, sizeof file->bytes);
        file->at = 0;
        file->end = got > 0 ? (size_t)got : 0;
        file->ended = got <= 0;
    }
    return file->at < file->end ? (unsigned char)file->bytes[file->at] : -1;
}

static int take(struct import_reader *reader)
{
    struct json_file *file = reader->state;
    int c = peek(reader);
    file->line += c == '\n';
    file->at += c >= 0;
    return c;
}

// The next byte that is not white space or a byte-order mark, not taken.
static int skip_space(struct import_reader *reader)
{
    int c;
    while ((c = peek(reader)) == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xEF ||
           c == 0xBB || c == 0xBF)
        take(reader);
    return c;
}

// Takes one JSON value as text; `out` overflows when it is longer than an item may be. Brackets are
// counted outside of strings; whether the inside is right is for the parser to say.
static void take_value(struct import_reader *reader, struct buf *out)
{
    int depth = 0;
    bool quoted = false;
    for (int c = skip_space(reader); c >= 0; c = peek(reader)) {
        bool ends = c == ',' || c == ']' || c == '}';
        if (!quoted && depth == 0 && (ends || ((c == ' ' || c == '\n') && out->length > 0)))
            return;
        buf_char(out, (char)take(reader));
        if (quoted && c == '\\') {
            buf_char(out, (char)take(reader));
            continue;
        }
        quoted = c == '"' ? !quoted : quoted;
        if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && --depth == 0)
            return;
    }
}

// Passes the members of the outer object up to the array of products.
static bool find_products(struct import_reader *reader, struct arena *arena)
{
    take(reader);
    for (;;) {
        struct buf name = buf_in(arena), other = buf_in(arena);
        name.limit = other.limit = LIMIT_BODY;
        if (skip_space(reader) != '"')
            return false;
        buf_char(&name, (char)take(reader));
        for (int c = 0; c != '"' && (c = take(reader)) >= 0;)
            buf_char(&name, (char)c);
        if (skip_space(reader) != ':')
            return false;
        take(reader);
        if (str_equal(buf_as_text(&name), "\"products\""))
            return skip_space(reader) == '[';
        take_value(reader, &other);
        if (skip_space(reader) != ',')
            return false;
        take(reader);
    }
}

static enum err json_open(struct import_reader *reader, struct problem *problem)
{
    struct json_file *file = ARENA_NEW(reader->arena, struct json_file);
    reader->state = file;
    file->line = 1;
    file->noted = text_index_new(reader->arena);
    struct arena *scratch = arena_new(LIMIT_ARENA);
    int c = skip_space(reader);
    bool found = c == '[' || (c == '{' && find_products(reader, scratch));
    arena_free(scratch);
    if (!found) {
        problem_detail(problem, "%s: neither an array nor an object with an array \"products\"",
                       reader->settings->file);
        return ERR_INVALID;
    }
    take(reader);
    return ERR_OK;
}

// One flat record at work.
struct flat {
    struct import_reader *reader;
    struct arena *arena;
    const json_t *item;
    const char *text; // of the item
    u32 line;
    struct product_document *document;
    bool bad;
};

// The first of the names (with | between) that the item has with a value that is not null.
static json_t *member(const struct flat *flat, const char *names)
{
    while (*names != '\0') {
        size_t length = strcspn(names, "|");
        json_t *value = json_object_getn(flat->item, names, length);
        if (value != NULL && !json_is_null(value))
            return value;
        names += length + (names[length] == '|');
    }
    return NULL;
}

static const char *member_text(const struct flat *flat, const char *names)
{
    const json_t *value = member(flat, names);
    if (json_is_integer(value))
        return arena_printf(flat->arena, "%lld", (long long)json_integer_value(value));
    const char *text = json_is_string(value) ? json_string_value(value) : NULL;
    return str_blank(text) ? NULL : str_trim(flat->arena, text);
}

static void flat_bad(struct flat *flat, const char *field, const char *reason)
{
    (flat->bad ? import_bad_again : import_bad)(flat->reader, flat->line, field, "%s", reason);
    flat->bad = true;
}

// Where the value of the item's own member stands in its text, which the parser has passed; NULL
// when the name is written with escapes. Members of objects inside, and texts that look like one,
// are passed over.
static const char *value_at(const char *item, const char *name)
{
    size_t length = strlen(name);
    int depth = 0;
    for (const char *at = item; *at != '\0'; at++) {
        if (*at != '"') {
            depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
            continue;
        }
        const char *word = ++at;
        while (*at != '"')
            at += *at == '\\' ? 2 : 1;
        const char *colon = at + 1 + strspn(at + 1, " \t\r\n");
        bool named = (size_t)(at - word) == length && strncmp(word, name, length) == 0;
        if (depth == 1 && *colon == ':' && named)
            return colon + 1 + strspn(colon + 1, " \t\r\n");
    }
    return NULL;
}

// An amount as it is written. A fraction is read out of the file and not from the parser, which
// makes it binary: 0.29 would come back as 0.28999999999999998, and a hundredth might be lost.
static const char *amount_text(const struct flat *flat, const char *name)
{
    if (!json_is_real(member(flat, name)))
        return member_text(flat, name);
    const char *at = value_at(flat->text, name);
    return at != NULL ? arena_text_n(flat->arena, at, strspn(at, "-+.0123456789eE")) : NULL;
}

static void read_amount(struct flat *flat, const char *const *names, size_t count,
                        struct variant_document *variant, int position)
{
    for (size_t i = 0; i < count; i++) {
        if (member(flat, names[i]) == NULL)
            continue;
        i64 minor;
        const char *text = amount_text(flat, names[i]);
        if (text == NULL || !money_parse(text, flat->reader->settings->currency, &minor) ||
            minor < 0) {
            flat_bad(flat, names[i],
                     arena_printf(flat->arena, "'%.60s' is not an amount of %s",
                                  text != NULL ? text : "", flat->reader->settings->currency));
            return;
        }
        const struct field *field = &variant_document_fields[position];
        memcpy((unsigned char *)variant + field->offset, &minor, sizeof minor);
        variant->set |= UINT64_C(1) << position;
        return;
    }
}

static void read_number(struct flat *flat, const char *names, i64 *out, u64 *set, int position)
{
    const json_t *value = member(flat, names);
    if (!json_is_integer(value))
        return;
    *out = max_i64(json_integer_value(value), 0);
    *set |= UINT64_C(1) << position;
}

// Plain text as HTML: escaped, a paragraph for each run of lines.
static const char *text_as_html(struct arena *arena, const char *text)
{
    struct buf html = buf_in(arena);
    buf_text(&html, "<p>");
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        buf_html(&html, arena_text_n(arena, text, length));
        text += length;
        size_t breaks = strspn(text, "\r\n");
        if (text[breaks] != '\0' && breaks > 0)
            buf_text(&html, breaks > 1 ? "</p>\n<p>" : "<br>");
        text += breaks;
    }
    buf_text(&html, "</p>");
    return buf_as_text(&html);
}

static void read_description(struct flat *flat)
{
    const char *html = member_text(flat, "description_html|body_html");
    const char *text = member_text(flat, "description");
    if (html == NULL && text != NULL)
        html = text[0] == '<' ? text : text_as_html(flat->arena, text);
    if (html != NULL)
        SET(flat->document, product_document, description_html, html);
}

// An array of levels is one path; an array of paths is several; a text is one.
static void read_categories(struct flat *flat)
{
    struct product_document *document = flat->document;
    const json_t *value = member(flat, "categories|category|category_path");
    struct buf levels = buf_in(flat->arena);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *level = json_string_value(json_array_get(value, i));
        const char *path = level != NULL ? path_clean(flat->arena, level) : NULL;
        if (path == NULL)
            continue;
        if (strstr(path, PATH_SEPARATOR) != NULL)
            text_list_add(flat->arena, &document->categories, path);
        else
            buf_printf(&levels, "%s%s", levels.length > 0 ? PATH_SEPARATOR : "", path);
    }
    const char *text =
        json_is_string(value) ? path_clean(flat->arena, json_string_value(value)) : NULL;
    if (levels.length > 0 || text != NULL)
        text_list_add(flat->arena, &document->categories, text != NULL ? text : levels.at);
    document->set |= UINT64_C(1) << product_document_at_categories;
}

static void read_tags(struct flat *flat)
{
    const json_t *value = member(flat, "tags|keywords");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *tag = json_string_value(json_array_get(value, i));
        if (!str_blank(tag))
            text_list_add(flat->arena, &flat->document->tags, str_trim(flat->arena, tag));
    }
    if (value != NULL)
        flat->document->set |= UINT64_C(1) << product_document_at_tags;
}

static void add_image(struct flat *flat, const char *url)
{
    struct image_document_list *list = &flat->document->images;
    bool web = url != NULL && (str_starts(url, "https://") || str_starts(url, "http://"));
    if (!web || list->count == 250)
        return;
    size_t size = sizeof *list->items;
    list->items =
        arena_grow(flat->arena, list->items, list->count * size, (list->count + 1) * size);
    struct image_document *image = &list->items[list->count++];
    SET(image, image_document, url, arena_text(flat->arena, url));
}

static void read_images(struct flat *flat)
{
    const json_t *many = member(flat, "images");
    add_image(flat, member_text(flat, "image|image_url|thumbnail"));
    for (size_t i = 0; i < json_array_size(many); i++)
        add_image(flat, json_string_value(json_array_get(many, i)));
    flat->document->set |= UINT64_C(1) << product_document_at_images;
}

static void read_variant(struct flat *flat)
{
    static const char *const price[] = {"price", "sale_price"};
    static const char *const compare_at[] = {"compare_at_price", "list_price"};
    struct variant_document *variant = ARENA_NEW(flat->arena, struct variant_document);
    read_amount(flat, price, COUNT_OF(price), variant, variant_document_at_price_minor);
    read_amount(flat, compare_at, COUNT_OF(compare_at), variant,
                variant_document_at_compare_at_minor);
    if (!IS_SET(variant, variant_document, price_minor) && !flat->bad)
        flat_bad(flat, "price", "is missing");
    const char *sku = member_text(flat, "sku");
    const char *barcode = member_text(flat, "barcode|upc|gtin|ean");
    if (sku != NULL)
        SET(variant, variant_document, sku, sku);
    if (barcode != NULL)
        SET(variant, variant_document, barcode, barcode);
    read_number(flat, "stock|quantity", &variant->stock, &variant->set, variant_document_at_stock);
    read_number(flat, "weight_g", &variant->weight_g, &variant->set, variant_document_at_weight_g);
    SET(variant, variant_document, tracked, IS_SET(variant, variant_document, stock));
    flat->document->variants = (struct variant_document_list){1, variant};
    flat->document->set |= UINT64_C(1) << product_document_at_variants;
}

static void read_handle(struct flat *flat)
{
    const char *given = member_text(flat, "handle|slug");
    const char *stem = import_handle(flat->arena, given != NULL ? given : flat->document->title);
    const char *handle = stem;
    for (int n = 2; import_handle_seen(flat->reader, handle, flat->line) != 0; n++)
        handle = arena_printf(flat->arena, "%.90s-%d", stem, n);
    SET(flat->document, product_document, handle, handle);
}

static void note_unknown(struct flat *flat)
{
    static const char known[] =
        "|name|title|handle|slug|description|description_html|body_html|brand|vendor|manufacturer"
        "|type|categories|category|category_path|tags|keywords|price|sale_price|compare_at_price"
        "|list_price|sku|barcode|upc|gtin|ean|stock|quantity|weight_g|image|image_url|thumbnail"
        "|images|popularity|";
    struct json_file *file = flat->reader->state;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)flat->item, name, value)
    {
        if (strstr(known, arena_printf(flat->arena, "|%s|", name)) == NULL &&
            text_index_add(file->noted, name, 1) == 0)
            import_note(flat->reader, flat->line, arena_text(flat->reader->arena, name),
                        "not a field that is known; left out");
    }
}

static bool read_flat(struct flat *flat)
{
    static const struct {
        const char *names;
        int position;
    } texts[] = {
        {"title|name", product_document_at_title},
        {"brand|vendor|manufacturer", product_document_at_brand},
        {"type", product_document_at_type},
    };
    note_unknown(flat);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const char *text = member_text(flat, texts[i].names);
        const struct field *field = &product_document_fields[texts[i].position];
        if (text == NULL)
            continue;
        memcpy((unsigned char *)flat->document + field->offset, &text, sizeof text);
        flat->document->set |= UINT64_C(1) << texts[i].position;
    }
    if (flat->document->title == NULL) {
        flat_bad(flat, "name", "is missing");
        return false;
    }
    read_handle(flat);
    read_description(flat);
    read_categories(flat);
    read_tags(flat);
    read_images(flat);
    read_variant(flat);
    read_number(flat, "popularity", &flat->document->popularity, &flat->document->set,
                product_document_at_popularity);
    return !flat->bad;
}

static bool read_document(struct flat *flat)
{
    struct problem problem = {.arena = flat->arena};
    enum err err = json_read(&product_document_shape, flat->text, strlen(flat->text), 0, &problem,
                             flat->document);
    for (size_t i = 0; i < problem.count; i++)
        (i == 0 ? import_bad : import_bad_again)(flat->reader, flat->line, problem.fields[i].field,
                                                 "%s", problem.fields[i].detail);
    if (err == ERR_MALFORMED)
        import_bad(flat->reader, flat->line, NULL, "%s", problem.detail);
    if (err != ERR_OK)
        return false;
    if (flat->document->handle == NULL)
        SET(flat->document, product_document, handle,
            import_handle(flat->arena, flat->document->title));
    u32 seen = import_handle_seen(flat->reader, flat->document->handle, flat->line);
    if (seen > 0)
        flat_bad(flat, "handle",
                 arena_printf(flat->arena, "'%s' stands at line %u already", flat->document->handle,
                              seen));
    return seen == 0;
}

static bool read_item(struct import_reader *reader, struct arena *arena, const struct buf *text,
                      u32 line, struct product_document *out)
{
    if (text->overflow) {
        import_bad(reader, line, NULL, "an item of more than %d bytes", LIMIT_BODY);
        return false;
    }
    json_error_t error;
    json_t *item = json_loadb(text->at, text->length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(item)) {
        import_bad(reader, line + (u32)(error.line > 0 ? error.line - 1 : 0), NULL,
                   "not a JSON object: %s", item == NULL ? error.text : "another kind of value");
        json_decref(item);
        return false;
    }
    struct flat flat = {reader, arena, item, text->at, line, out, false};
    bool whole = json_object_get(item, "variants") != NULL;
    bool usable = whole ? read_document(&flat) : read_flat(&flat);
    json_decref(item);
    return usable;
}

static enum err json_next(struct import_reader *reader, struct arena *arena,
                          struct product_document *out, u32 *line)
{
    struct json_file *file = reader->state;
    while (!file->finished) {
        struct buf text = buf_in(arena);
        text.limit = LIMIT_BODY;
        int c = skip_space(reader);
        *line = file->line;
        if (c == ']' || c < 0) {
            file->finished = true;
            if (c < 0)
                import_bad(reader, file->line, NULL, "the file ends inside the array");
            break;
        }
        take_value(reader, &text);
        skip_space(reader);
        if (peek(reader) == ',' || peek(reader) == '}')
            take(reader);
        *out = (struct product_document){0};
        if (text.length > 0 && read_item(reader, arena, &text, *line, out))
            return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

const struct import_format import_json = {"json", json_open, json_next};
