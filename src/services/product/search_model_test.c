// Tests of filters, facets, sorts and cursors of search against brute force. What people type is
// tested in search_test.c.
#include <stdlib.h>
#include <string.h>

#include "core/test.h"
#include "core/uuid.h"
#include "services/product/search.h"

enum { WORDS = 24, DOCUMENTS = 160, TAGS_MOST = 3, OPTIONS_MOST = 4, ALL = 1000 };

static const char *const vocabulary[WORDS] = {
    "blue",   "red",    "tent",   "lamp",   "chair", "table",  "camera", "charger",
    "cable",  "wooden", "kettle", "pillow", "drill", "hammer", "bottle", "carpet",
    "mirror", "basket", "candle", "puzzle", "skate", "helmet", "guitar", "violin",
};
static const char *const brands[] = {"Acme", "Bolt", "Çelik", "Dune", "Ember"};
static const char *const types[] = {"Gear", "Home", "Tools"};
static const char *const tags[] = {"new", "sale", "eco", "gift", "last chance"};
static const char *const colours[] = {"Red", "Blue", "Green"};
static const char *const sizes[] = {"S", "M", "L", "XL"};
static const struct search_label nodes[] = {
    {"home", "Home"}, {"kitchen", "Kitchen"}, {"garden", "Garden"}, {"sport", "Sport"}};

// A document with the memory it points to, so that brute force can look at it.
struct sample {
    struct search_document document;
    struct search_label path_nodes[2];
    struct search_path path;
    const char *tags[TAGS_MOST];
    struct search_option options[OPTIONS_MOST];
    struct search_price prices[2];
    bool there;
};

static size_t below(struct test *t, size_t n)
{
    return (size_t)(test_random(t) % n);
}

#define PICK(t_, list_) ((list_)[below((t_), COUNT_OF(list_))])

static const char *random_title(struct test *t)
{
    return arena_printf(t->arena, "%s %s %s", PICK(t, vocabulary), PICK(t, vocabulary),
                        PICK(t, vocabulary));
}

static void sample_fill(struct test *t, struct sample *sample, struct uuid id)
{
    *sample = (struct sample){.there = true};
    sample->path_nodes[0] = nodes[0];
    sample->path_nodes[1] = nodes[1 + below(t, 2)];
    if (below(t, 4) == 0)
        sample->path_nodes[0] = nodes[3];
    sample->path = (struct search_path){sample->path_nodes, 1 + below(t, 2)};
    struct search_document *document = &sample->document;
    *document = (struct search_document){
        .id = id,
        .title = random_title(t),
        .brand = below(t, 8) == 0 ? NULL : PICK(t, brands),
        .type = PICK(t, types),
        .description = random_title(t),
        .paths = &sample->path,
        .path_count = below(t, 5) != 0,
        .tags = sample->tags,
        .tag_count = below(t, TAGS_MOST + 1),
        .options = sample->options,
        .option_count = below(t, OPTIONS_MOST + 1),
        .prices = sample->prices,
        .price_count = below(t, 3),
        .in_stock = below(t, 3) != 0,
        .popularity = (i64)below(t, 6),
        .published_ms = (i64)below(t, 20),
    };
    for (size_t i = 0; i < document->tag_count; i++)
        sample->tags[i] = PICK(t, tags);
    for (size_t i = 0; i < document->option_count; i++)
        sample->options[i] = below(t, 2) == 0 ? (struct search_option){"Colour", PICK(t, colours)}
                                              : (struct search_option){"Size", PICK(t, sizes)};
    sample->prices[0] = (struct search_price){"EUR", (i64)below(t, 12) * 100};
    sample->prices[1] = (struct search_price){"USD", (i64)below(t, 12) * 100};
}

static struct sample *samples_make(struct test *t, struct search *search, size_t count)
{
    struct sample *samples = ARENA_ARRAY(t->arena, struct sample, count);
    for (size_t i = 0; i < count; i++) {
        sample_fill(t, &samples[i], uuid_new());
        search_put(search, &samples[i].document);
    }
    search_publish(search);
    return samples;
}

static struct search_page run(struct test *t, struct search *search,
                              const struct search_query *query)
{
    struct search_page page;
    CHECK(search_run(search, query, t->arena, &page) == ERR_OK);
    return page;
}

// Facets and filters against brute force.

enum { DIMENSIONS = 8 };
enum { BY_CATEGORY, BY_BRAND, BY_TYPE, BY_TAG, BY_COLOUR, BY_SIZE, BY_PRICE, BY_STOCK };

static bool has_text(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (text != NULL && strcmp(texts[i], text) == 0)
            return true;
    return false;
}

static bool in_category(const struct sample *sample, const char *handle)
{
    for (size_t i = 0; sample->document.path_count > 0 && i < sample->path.count; i++)
        if (strcmp(sample->path_nodes[i].value, handle) == 0)
            return true;
    return false;
}

static bool has_option(const struct sample *sample, const char *name, const char *value)
{
    for (size_t i = 0; i < sample->document.option_count; i++)
        if (strcmp(sample->options[i].name, name) == 0 &&
            strcmp(sample->options[i].value, value) == 0)
            return true;
    return false;
}

static bool options_pass(const struct sample *sample, const struct search_query *query,
                         const char *name)
{
    bool asked = false, has = false;
    for (size_t i = 0; i < query->option_count; i++) {
        if (strcmp(query->options[i].name, name) != 0)
            continue;
        asked = true;
        has |= has_option(sample, name, query->options[i].value);
    }
    return has || !asked;
}

static bool price_of(const struct sample *sample, const char *currency, i64 *price_minor)
{
    for (size_t i = 0; i < sample->document.price_count; i++)
        if (strcmp(sample->prices[i].currency, currency) == 0) {
            *price_minor = sample->prices[i].price_minor;
            return true;
        }
    return false;
}

static bool price_passes(const struct sample *sample, const struct search_query *query)
{
    i64 price = 0;
    if (query->price_min_minor == NULL && query->price_max_minor == NULL)
        return true;
    return price_of(sample, query->currency, &price) &&
           (query->price_min_minor == NULL || price >= *query->price_min_minor) &&
           (query->price_max_minor == NULL || price <= *query->price_max_minor);
}

static bool category_passes(const struct sample *sample, const struct search_query *query)
{
    for (size_t i = 0; i < query->category_count; i++)
        if (in_category(sample, query->categories[i]))
            return true;
    return query->category_count == 0;
}

static bool tag_passes(const struct sample *sample, const struct search_query *query)
{
    for (size_t i = 0; i < query->tag_count; i++)
        if (has_text(sample->tags, sample->document.tag_count, query->tags[i]))
            return true;
    return query->tag_count == 0;
}

static bool passes(const struct sample *sample, const struct search_query *query, int dimension)
{
    const struct search_document *document = &sample->document;
    switch (dimension) {
    case BY_CATEGORY:
        return category_passes(sample, query);
    case BY_BRAND:
        return query->brand_count == 0 ||
               has_text(query->brands, query->brand_count, document->brand);
    case BY_TYPE:
        return query->type_count == 0 || has_text(query->types, query->type_count, document->type);
    case BY_TAG:
        return tag_passes(sample, query);
    case BY_COLOUR:
        return options_pass(sample, query, "Colour");
    case BY_SIZE:
        return options_pass(sample, query, "Size");
    case BY_PRICE:
        return price_passes(sample, query);
    default:
        return !query->in_stock || document->in_stock;
    }
}

static bool passes_but(const struct sample *sample, const struct search_query *query, int but)
{
    for (int dimension = 0; dimension < DIMENSIONS; dimension++)
        if (dimension != but && !passes(sample, query, dimension))
            return false;
    return sample->there;
}

static bool has_value(const struct sample *sample, int dimension, const char *value)
{
    const struct search_document *document = &sample->document;
    switch (dimension) {
    case BY_CATEGORY:
        return in_category(sample, value);
    case BY_BRAND:
        return document->brand != NULL && strcmp(document->brand, value) == 0;
    case BY_TYPE:
        return strcmp(document->type, value) == 0;
    case BY_TAG:
        return has_text(sample->tags, document->tag_count, value);
    case BY_COLOUR:
        return has_option(sample, "Colour", value);
    default:
        return has_option(sample, "Size", value);
    }
}

struct catalogue {
    struct search *search;
    struct sample *samples;
    size_t count;
    const bool *matches; // of the text, by sample
};

static void check_facet(struct test *t, const struct catalogue *catalogue,
                        const struct search_query *query, const struct search_facet *facet,
                        int dimension)
{
    i64 listed = 0, expected = 0;
    for (size_t i = 0; i < facet->count; i++) {
        i64 count = 0;
        for (size_t j = 0; j < catalogue->count; j++)
            count += catalogue->matches[j] &&
                     passes_but(&catalogue->samples[j], query, dimension) &&
                     has_value(&catalogue->samples[j], dimension, facet->values[i].value);
        CHECK_I64(facet->values[i].count, count);
        CHECK(i == 0 || facet->values[i - 1].count >= facet->values[i].count);
        listed += facet->values[i].count > 0;
    }
    const char *all[16];
    size_t known = 0;
    for (size_t i = 0; i < COUNT_OF(nodes); i++)
        all[known++] = dimension == BY_CATEGORY ? nodes[i].value : "";
    for (size_t i = 0; i < COUNT_OF(brands); i++)
        all[known++] = dimension == BY_BRAND ? brands[i] : dimension == BY_TAG ? tags[i] : "";
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        all[known++] = dimension == BY_SIZE              ? sizes[i]
                       : dimension == BY_COLOUR && i < 3 ? colours[i]
                       : dimension == BY_TYPE && i < 3   ? types[i]
                                                         : "";
    for (size_t i = 0; i < known; i++) {
        bool any = false;
        for (size_t j = 0; j < catalogue->count && all[i][0] != '\0'; j++)
            any |= catalogue->matches[j] && passes_but(&catalogue->samples[j], query, dimension) &&
                   has_value(&catalogue->samples[j], dimension, all[i]);
        expected += any;
    }
    CHECK_I64(listed, expected);
}

static void check_ranges(struct test *t, const struct catalogue *catalogue,
                         const struct search_query *query, const struct search_page *page)
{
    i64 low = INT64_MAX, high = INT64_MIN, in_stock = 0, total = 0, price;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct sample *sample = &catalogue->samples[i];
        if (!catalogue->matches[i])
            continue;
        if (passes_but(sample, query, BY_PRICE) && price_of(sample, query->currency, &price)) {
            low = min_i64(low, price);
            high = max_i64(high, price);
        }
        in_stock += passes_but(sample, query, BY_STOCK) && sample->document.in_stock;
        total += passes_but(sample, query, -1);
    }
    CHECK_I64(page->total, total);
    CHECK_I64(page->in_stock, in_stock);
    CHECK(page->priced == (low != INT64_MAX));
    CHECK(!page->priced || (page->price_min_minor == low && page->price_max_minor == high));
}

static void check_facets(struct test *t, const struct catalogue *catalogue,
                         const struct search_query *query)
{
    struct search_page page = run(t, catalogue->search, query);
    check_facet(t, catalogue, query, &page.categories, BY_CATEGORY);
    check_facet(t, catalogue, query, &page.brands, BY_BRAND);
    check_facet(t, catalogue, query, &page.types, BY_TYPE);
    check_facet(t, catalogue, query, &page.tags, BY_TAG);
    for (size_t i = 0; i < page.option_count; i++)
        check_facet(t, catalogue, query, &page.options[i],
                    strcmp(page.options[i].name, "Size") == 0 ? BY_SIZE : BY_COLOUR);
    check_ranges(t, catalogue, query, &page);
}

struct choices {
    const char *categories[2], *brands[2], *types[2], *tags[2];
    struct search_option options[4];
    i64 price_min_minor, price_max_minor;
};

static struct search_query random_query(struct test *t, struct choices *choices)
{
    for (size_t i = 0; i < 2; i++) {
        choices->categories[i] = PICK(t, nodes).value;
        choices->brands[i] = PICK(t, brands);
        choices->types[i] = PICK(t, types);
        choices->tags[i] = PICK(t, tags);
        choices->options[i] = (struct search_option){"Colour", PICK(t, colours)};
        choices->options[i + 2] = (struct search_option){"Size", PICK(t, sizes)};
    }
    choices->price_min_minor = (i64)below(t, 8) * 100;
    choices->price_max_minor = (i64)(4 + below(t, 8)) * 100;
    size_t rare = 1 + below(t, 4); // few filters in some queries, many in others
    return (struct search_query){
        .categories = choices->categories,
        .category_count = below(t, rare + 1) == 0 ? 1 + below(t, 2) : 0,
        .brands = choices->brands,
        .brand_count = below(t, rare + 1) == 0 ? 1 + below(t, 2) : 0,
        .types = choices->types,
        .type_count = below(t, rare + 1) == 0 ? 1 : 0,
        .tags = choices->tags,
        .tag_count = below(t, rare + 1) == 0 ? 1 + below(t, 2) : 0,
        .options = choices->options + below(t, 3),
        .option_count = below(t, 3),
        .currency = below(t, 2) == 0 ? "EUR" : "USD",
        .price_min_minor = below(t, rare + 1) == 0 ? &choices->price_min_minor : NULL,
        .price_max_minor = below(t, rare + 1) == 0 ? &choices->price_max_minor : NULL,
        .in_stock = below(t, 4) == 0,
        .limit = 5,
        .facets = true,
    };
}

// What a text alone finds, as flags beside the samples.
static const bool *text_matches(struct test *t, struct search *search, const struct sample *samples,
                                size_t count, const char *text)
{
    bool *matches = ARENA_ARRAY(t->arena, bool, count);
    struct search_page page = run(t, search, &(struct search_query){.text = text, .limit = ALL});
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < page.count && !matches[i]; j++)
            matches[i] = uuid_equal(&samples[i].document.id, &page.ids[j]);
    return matches;
}

TEST(search_facets_are_right_under_every_filter)
{
    struct search *search = search_new(NULL);
    struct sample *samples = samples_make(t, search, DOCUMENTS);
    for (int round = 0; round < 60; round++) {
        struct choices choices;
        struct search_query query = random_query(t, &choices);
        query.text = below(t, 3) == 0 ? PICK(t, vocabulary) : NULL;
        struct catalogue catalogue = {search, samples, DOCUMENTS,
                                      text_matches(t, search, samples, DOCUMENTS, query.text)};
        check_facets(t, &catalogue, &query);
    }
    search_free(search);
}

TEST(search_after_changes_is_as_built_anew)
{
    struct search *changed = search_new(NULL), *fresh = search_new(NULL);
    struct sample *samples = samples_make(t, changed, DOCUMENTS);
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 30; i++) {
            struct sample *sample = &samples[below(t, DOCUMENTS)];
            struct uuid id = sample->document.id;
            if (below(t, 3) == 0) {
                search_remove(changed, &id);
                sample->there = false;
                continue;
            }
            if (below(t, 2) == 0 && sample->there)
                sample->document.popularity = (i64)below(t, 6); // words stay: postings are kept
            else
                sample_fill(t, sample, id);
            search_put(changed, &sample->document);
        }
        search_publish(changed);
    }
    for (size_t i = 0; i < DOCUMENTS; i++)
        if (samples[i].there)
            search_put(fresh, &samples[i].document);
    search_publish(fresh);
    CHECK_I64(search_stats(changed).documents, search_stats(fresh).documents);
    CHECK_I64(search_stats(changed).words, search_stats(fresh).words);
    CHECK_I64(search_stats(changed).facet_values, search_stats(fresh).facet_values);
    for (int round = 0; round < 60; round++) {
        struct choices choices;
        struct search_query query = random_query(t, &choices);
        query.text = below(t, 2) == 0 ? random_title(t) : NULL;
        query.sort = (enum search_sort)below(t, SEARCH_POPULAR + 1);
        struct search_page a = run(t, changed, &query), b = run(t, fresh, &query);
        CHECK_I64(a.total, b.total);
        CHECK(a.count == b.count);
        CHECK(memcmp(a.ids, b.ids, a.count * sizeof *a.ids) == 0);
    }
    search_free(changed);
    search_free(fresh);
}

// Cursors.

static void disturb(struct test *t, struct search *search, struct sample *samples, size_t from,
                    size_t count)
{
    for (int i = 0; i < 6; i++) {
        struct sample *sample = &samples[from + below(t, count - from)];
        struct uuid id = sample->document.id;
        if (below(t, 4) == 0)
            id = uuid_new(); // a further one
        if (below(t, 3) == 0) {
            search_remove(search, &id);
            continue;
        }
        sample_fill(t, sample, id);
        search_put(search, &sample->document);
    }
    search_publish(search);
}

// Pages through while all samples from `stable` on change; each of the others that is found at the
// start comes exactly once.
static void page_through(struct test *t, struct search *search, struct sample *samples,
                         size_t stable, struct search_query query)
{
    const bool *expected = text_matches(t, search, samples, stable, query.text);
    int *seen = ARENA_ARRAY(t->arena, int, stable);
    query.limit = 4 + below(t, 12);
    for (int pages = 0; pages < ALL; pages++) {
        struct search_page page = run(t, search, &query);
        for (size_t i = 0; i < page.count; i++)
            for (size_t j = 0; j < stable; j++)
                seen[j] += uuid_equal(&page.ids[i], &samples[j].document.id);
        CHECK(page.count == query.limit || page.next_cursor == NULL);
        query.cursor = page.next_cursor;
        if (query.cursor == NULL)
            break;
        disturb(t, search, samples, stable, DOCUMENTS);
    }
    for (size_t i = 0; i < stable; i++)
        CHECK_I64(seen[i], expected[i]);
}

TEST(search_cursors_neither_skip_nor_repeat)
{
    // All; with corrections; with only some of the words; with a word that is known.
    static const char *const texts[] = {NULL, "lmap camera", "bleu puzz", "red"};
    for (enum search_sort sort = SEARCH_DEFAULT; sort <= SEARCH_POPULAR; sort++) {
        struct search *search = search_new(NULL);
        struct sample *samples = samples_make(t, search, DOCUMENTS);
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
            struct search_query query = {.text = texts[i], .sort = sort, .currency = "EUR"};
            page_through(t, search, samples, DOCUMENTS / 2, query);
        }
        search_free(search);
    }
}

TEST(search_cursors_of_others_are_refused)
{
    struct search *search = search_new(NULL);
    samples_make(t, search, DOCUMENTS);
    struct search_query query = {.text = "lmap red", .limit = 2};
    struct search_page page = run(t, search, &query);
    const char *cursor = page.next_cursor;
    query.cursor = cursor;
    run(t, search, &query);
    query.text = "lamp red";
    CHECK(search_run(search, &query, t->arena, &page) == ERR_INVALID);
    query.text = "lmap red";
    query.in_stock = true;
    CHECK(search_run(search, &query, t->arena, &page) == ERR_INVALID);
    query.in_stock = false;
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
        char *forged = arena_text(t->arena, cursor);
        forged[below(t, strlen(forged))] = "Az09-_ %"[below(t, 8)];
        if (below(t, 4) == 0)
            forged[below(t, strlen(forged))] = '\0';
        query.cursor = forged;
        refused += search_run(search, &query, t->arena, &page) == ERR_INVALID;
    }
    CHECK(refused > 500);
    search_free(search);
}

TEST(search_sorts)
{
    struct search *search = search_new(NULL);
    struct sample *samples = samples_make(t, search, DOCUMENTS);
    for (enum search_sort sort = SEARCH_NEWEST; sort <= SEARCH_POPULAR; sort++) {
        struct search_page page =
            run(t, search, &(struct search_query){.sort = sort, .currency = "USD", .limit = ALL});
        CHECK(page.count == DOCUMENTS);
        i64 last = INT64_MIN;
        for (size_t i = 0; i < page.count; i++) {
            const struct sample *sample = samples;
            while (!uuid_equal(&sample->document.id, &page.ids[i]))
                sample++;
            i64 price = 0, key = 0;
            bool priced = price_of(sample, "USD", &price);
            if (sort == SEARCH_NEWEST)
                key = -sample->document.published_ms;
            else if (sort == SEARCH_POPULAR)
                key = -sample->document.popularity;
            else if (sort == SEARCH_TITLE)
                key = i == 0 ? 0 : last; // compared below
            else
                key = !priced ? ALL * 100 : sort == SEARCH_PRICE_ASC ? price : -price;
            CHECK(key >= last);
            CHECK(key > last || i == 0 || sort == SEARCH_TITLE ||
                  strcmp(page.ids[i - 1].s, page.ids[i].s) < 0);
            last = key;
        }
    }
    search_free(search);
}
