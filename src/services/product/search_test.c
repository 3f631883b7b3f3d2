// Tests of what people type into search, and of readers beside the writer. Filters, facets, sorts
// and cursors are tested in search_model_test.c.
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/test.h"
#include "core/uuid.h"
#include "services/product/search.h"

static struct search_page run(struct test *t, struct search *search,
                              const struct search_query *query)
{
    struct search_page page;
    CHECK(search_run(search, query, t->arena, &page) == ERR_OK);
    return page;
}

static void put_text(struct search *search, const char *title, const char *brand,
                     const char *category, const char *sku)
{
    struct search_label node = {category, category};
    struct search_path path = {&node, 1};
    search_put(search, &(struct search_document){
                           .id = uuid_of(title),
                           .title = title,
                           .brand = brand,
                           .paths = &path,
                           .path_count = category != NULL,
                           .codes = &sku,
                           .code_count = sku != NULL,
                           .in_stock = true,
                       });
}

static struct search *small_shop(void)
{
    struct search *search = search_new(NULL);
    put_text(search, "OLED Television 55-inch", "Sonex", "Televisions", "TV-55-X");
    put_text(search, "Gaming Laptop 32GB", "Sonex", "Computers", "LAP-32");
    put_text(search, "Café Crème brûlée set", "Maison", "Kitchen", "4006381333931");
    put_text(search, "Wi-Fi Router AC1200", "Netix", "Networking", "RT-1200");
    put_text(search, "PlayStation Controller", "Sonex", "Gaming", NULL);
    put_text(search, "Vacuum Cleaner with bag", "Dustin", "Home", NULL);
    put_text(search, "Over-ear Headphones", "Sonex", "Audio", NULL);
    put_text(search, "Leather Phone Case", "Hide", "Cases", NULL);
    put_text(search, "Phone Aria 7", "Sonex", "Phones", NULL);
    put_text(search, "AA Batteries 4 pack", "Volta", "Batteries", NULL);
    put_text(search, "Ελληνικό Λάδι", NULL, "Food", NULL);
    put_text(search, "日本 茶碗", NULL, "Food", NULL);
    search_publish(search);
    return search;
}

// The title of the first hit is looked up by its id, which follows from it.
static void check_first(struct test *t, struct search *search, const char *text, const char *title)
{
    struct search_page page = run(t, search, &(struct search_query){.text = text, .limit = 3});
    struct uuid wanted = uuid_of(title);
    if (page.count == 0 || !uuid_equal(&page.ids[0], &wanted))
        test_fail(t, __FILE__, __LINE__, "\"%s\" does not find \"%s\" first (%lld found)", text,
                  title, (long long)page.total);
}

TEST(search_understands)
{
    static const struct {
        const char *text, *title;
    } cases[] = {
        {"television", "OLED Television 55-inch"},
        {"TELEVISION", "OLED Television 55-inch"},
        {"tv", "OLED Television 55-inch"},
        {"televisoin", "OLED Television 55-inch"},
        {"telvsion", "OLED Television 55-inch"},
        {"telev", "OLED Television 55-inch"},
        {"tleev", "OLED Television 55-inch"},
        {"55\" tv", "OLED Television 55-inch"},
        {"55 inch oled", "OLED Television 55-inch"},
        {"55in", "OLED Television 55-inch"},
        {"tv-55-x", "OLED Television 55-inch"},
        {"TV55X", "OLED Television 55-inch"},
        {"32 gb laptop", "Gaming Laptop 32GB"},
        {"notebook 32gb", "Gaming Laptop 32GB"},
        {"lpatop", "Gaming Laptop 32GB"},
        {"cafe creme", "Café Crème brûlée set"},
        {"CRÈME BRULEE", "Café Crème brûlée set"},
        {"4006381333931", "Café Crème brûlée set"},
        {"wifi router", "Wi-Fi Router AC1200"},
        {"wi fi", "Wi-Fi Router AC1200"},
        {"wi-fi", "Wi-Fi Router AC1200"},
        {"play station", "PlayStation Controller"},
        {"playstaton", "PlayStation Controller"},
        {"hoover", "Vacuum Cleaner with bag"},
        {"vacum", "Vacuum Cleaner with bag"},
        {"earphones", "Over-ear Headphones"},
        {"head phones", "Over-ear Headphones"},
        {"headphone", "Over-ear Headphones"},
        {"overear", "Over-ear Headphones"},
        {"phonecase", "Leather Phone Case"},
        {"cases", "Leather Phone Case"},
        {"phone", "Phone Aria 7"},
        {"phones", "Phone Aria 7"},
        {"the phone", "Phone Aria 7"},
        {"aria7", "Phone Aria 7"},
        {"battery", "AA Batteries 4 pack"},
        {"ελληνικο", "Ελληνικό Λάδι"},
        {"ΛΑΔΙ", "Ελληνικό Λάδι"},
        {"茶", "日本 茶碗"},
        {"sonex controller", "PlayStation Controller"},
        {"leather purple case", "Leather Phone Case"},
        {"leather television phone", "Leather Phone Case"},
    };
    struct search *search = small_shop();
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_first(t, search, cases[i].text, cases[i].title);
    search_free(search);
}

static void check_corrected(struct test *t, struct search *search, const char *text,
                            const char *corrected)
{
    struct search_page page = run(t, search, &(struct search_query){.text = text, .limit = 3});
    CHECK_TEXT(page.corrected_query, corrected);
}

TEST(search_says_what_it_corrected)
{
    struct search *search = small_shop();
    check_corrected(t, search, "television", NULL);
    check_corrected(t, search, "telev", NULL);
    check_corrected(t, search, "tv", NULL);
    check_corrected(t, search, "the Gamign laptop, 32 GB", "the gaming laptop, 32 GB");
    check_corrected(t, search, "vacum claener", "vacuum cleaner");
    search_free(search);
}

TEST(search_synonyms_of_the_shop)
{
    struct search *search =
        search_new("# ours\nbrolly, umbrella\n\nwellies => rubber boots\n=>\n,");
    put_text(search, "Umbrella", NULL, NULL, NULL);
    put_text(search, "Rubber Boots", NULL, NULL, NULL);
    put_text(search, "Wellies", NULL, NULL, NULL);
    search_publish(search);
    check_first(t, search, "brolly", "Umbrella");
    struct search_page page = run(t, search, &(struct search_query){.text = "wellies", .limit = 9});
    CHECK_I64(page.total, 2);
    page = run(t, search, &(struct search_query){.text = "rubber boots", .limit = 9});
    CHECK_I64(page.total, 1);
    search_free(search);
}

TEST(search_hostile_queries)
{
    static const char *const texts[] = {
        "",
        "   ",
        "\"",
        "'",
        "\"\"\"",
        "a\"b OR c",
        "NEAR(tv phone)",
        "tv AND NOT phone",
        "* - + ^ :",
        "title:tv",
        "tv*",
        "(((",
        "{a b} : c",
        "; DROP TABLE product; --",
        "%",
        "_",
        "\\",
        "\x01\x7F",
        "-tv",
        "\xE2\x80\x8B",
        "e\xCC\x81\xCC\x81\xCC\x81",
        "\xF0\x9F\x93\xB1 phone",
        "the of and",
    };
    struct search *search = small_shop();
    struct search_suggestion *suggestions;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        run(t, search, &(struct search_query){.text = texts[i], .limit = 5, .facets = true});
        search_suggest(search, texts[i], 8, t->arena, &suggestions);
    }
    CHECK_I64(run(t, search, &(struct search_query){.text = " \t", .limit = 5}).total, 12);
    CHECK_I64(run(t, search, &(struct search_query){.text = "!?", .limit = 5}).total, 0);
    char *long_text = arena_alloc(t->arena, 8001);
    memset(long_text, 'x', 8000);
    run(t, search, &(struct search_query){.text = long_text, .limit = 5});
    for (size_t i = 0; i < 8000; i++)
        long_text[i] = i % 6 == 5 ? ' ' : (char)('a' + test_random(t) % 26);
    run(t, search, &(struct search_query){.text = long_text, .limit = 5});
    search_suggest(search, long_text, 8, t->arena, &suggestions);
    for (size_t i = 0; i + 1 < 8000; i += 2)
        memcpy(long_text + i, "\xC3\xA9", 2);
    run(t, search, &(struct search_query){.text = long_text, .limit = 5});
    search_free(search);
}

TEST(search_filters_take_values_as_written)
{
    struct search *search = small_shop();
    const char *brand = "SONEX", *nobody = "Nobody";
    struct search_query query = {.brands = &brand, .brand_count = 1, .limit = 9, .facets = true};
    struct search_page page = run(t, search, &query);
    CHECK_I64(page.total, 5);
    CHECK_TEXT(page.brands.values[0].value, "Sonex");
    const char *signs[] = {"C", "C++", "+2", "-2"};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        put_text(search, signs[i], signs[i], NULL, NULL);
    search_publish(search);
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        query.brands = &signs[i];
        CHECK_I64(run(t, search, &query).total, 1);
    }
    query.brands = &nobody;
    CHECK_I64(run(t, search, &query).total, 0);
    query = (struct search_query){.text = "phone", .brands = &brand, .brand_count = 1, .limit = 0};
    page = run(t, search, &query);
    CHECK(page.count == 0 && page.next_cursor == NULL && page.total == 1);
    search_free(search);
}

static bool suggested(const struct search_suggestion *suggestions, size_t count,
                      enum search_kind kind, const char *label)
{
    struct uuid id = uuid_of(label);
    for (size_t i = 0; i < count; i++)
        if (suggestions[i].kind == kind &&
            (kind == SEARCH_PRODUCT ? uuid_equal(&suggestions[i].id, &id)
                                    : strcmp(suggestions[i].label, label) == 0))
            return true;
    return false;
}

TEST(search_suggestions)
{
    struct search *search = small_shop();
    struct search_suggestion *out;
    size_t count = search_suggest(search, "tele", 8, t->arena, &out);
    CHECK(suggested(out, count, SEARCH_QUERY, "television"));
    CHECK(suggested(out, count, SEARCH_CATEGORY, "Televisions"));
    CHECK(suggested(out, count, SEARCH_PRODUCT, "OLED Television 55-inch"));
    count = search_suggest(search, "son", 8, t->arena, &out);
    CHECK(suggested(out, count, SEARCH_BRAND, "Sonex"));
    count = search_suggest(search, "leather ph", 8, t->arena, &out);
    CHECK(suggested(out, count, SEARCH_QUERY, "leather phone"));
    CHECK(suggested(out, count, SEARCH_PRODUCT, "Leather Phone Case"));
    count = search_suggest(search, "tlevis", 8, t->arena, &out);
    CHECK(suggested(out, count, SEARCH_PRODUCT, "OLED Television 55-inch"));
    CHECK(search_suggest(search, "p", 2, t->arena, &out) == 2);
    CHECK(search_suggest(search, " ", 8, t->arena, &out) == 0);
    CHECK(search_suggest(search, "tele", 0, t->arena, &out) == 0);
    search_free(search);
}

TEST(search_last_put_wins)
{
    struct search *search = search_new(NULL);
    struct search_document document = {.id = uuid_of("x"), .title = "First"};
    search_put(search, &document);
    document.title = "Second";
    search_put(search, &document);
    search_publish(search);
    CHECK_I64(search_stats(search).documents, 1);
    CHECK_I64(run(t, search, &(struct search_query){.text = "first", .limit = 1}).total, 0);
    CHECK_I64(run(t, search, &(struct search_query){.text = "second", .limit = 1}).total, 1);
    search_put(search, &document);
    search_remove(search, &document.id);
    CHECK_I64(run(t, search, &(struct search_query){.limit = 1}).total, 1);
    search_publish(search);
    CHECK_I64(run(t, search, &(struct search_query){.limit = 1}).total, 0);
    CHECK_I64(search_stats(search).words, 0);
    search_remove(search, &document.id);
    search_publish(search);
    search_publish(search);
    search_free(search);
}

// Readers beside the writer: of a batch they see all or nothing.

struct beside {
    struct search *search;
    atomic_bool stop;
    atomic_int torn, rounds;
};

static void *read_beside(void *argument)
{
    struct beside *beside = argument;
    struct arena *arena = arena_new(MIB(16));
    while (!atomic_load(&beside->stop)) {
        struct search_page page;
        struct search_query query = {.text = "twin lamp", .limit = 8, .facets = true};
        if (search_run(beside->search, &query, arena, &page) != ERR_OK)
            atomic_fetch_add(&beside->torn, 1);
        // Both twins carry the brand of their batch.
        if (page.brands.count != 1 || page.brands.values[0].count != 2 || page.total != 2)
            atomic_fetch_add(&beside->torn, 1);
        struct search_suggestion *suggestions;
        search_suggest(beside->search, "twi", 8, arena, &suggestions);
        search_stats(beside->search);
        atomic_fetch_add(&beside->rounds, 1);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void put_twins(struct test *t, struct search *search, int batch)
{
    const char *brand = arena_printf(t->arena, "Batch %d", batch);
    const char *filler = arena_printf(t->arena, "filler %d", batch);
    put_text(search, filler, NULL, filler, NULL);
    for (int i = 0; i < 2; i++)
        search_put(search, &(struct search_document){
                               .id = uuid_of(i == 0 ? "one" : "two"),
                               .title = arena_printf(t->arena, "Twin lamp %d", batch),
                               .brand = brand,
                           });
    search_publish(search);
}

TEST(search_readers_see_whole_batches)
{
    struct beside beside = {.search = search_new(NULL)};
    put_twins(t, beside.search, 0);
    pthread_t readers[3];
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        CHECK(pthread_create(&readers[i], NULL, read_beside, &beside) == 0);
    for (int batch = 1; batch < 300 || (atomic_load(&beside.rounds) < 30 && batch < 30000); batch++)
        put_twins(t, beside.search, batch);
    atomic_store(&beside.stop, true);
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        pthread_join(readers[i], NULL);
    CHECK_I64(atomic_load(&beside.torn), 0);
    search_free(beside.search);
}
