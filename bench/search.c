// Measures the search engine (src/services/product/search.h) on real products and queries, beside
// plain SQLite FTS5 and a LIKE scan of the same catalogue in the same run. `make bench-search`.
#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/product/search.h"

enum {
    BEST_HITS = 10,
    PAGE = 24,
    NAMES = 500,
    LARGE = 100000,
    QUERIES_MAX = 1000,
    SLOW_ROUNDS_MAX = 40, // queries that the slow ones are timed on at LARGE
};

struct product {
    const char *name, *description, *brand;
    const char *categories[8];
    size_t category_count;
    i64 price_minor, popularity;
    struct uuid id;
};
struct query {
    const char *text, *category;
    i64 popularity;
    bool tuned; // in the half that constants may be tuned on
};
struct shop {
    struct arena *arena;
    struct product *products;
    size_t count;
    struct search *search;
    sqlite3 *db;
    sqlite3_stmt *match, *like;
};

static u64 random_state = 42;

static u64 next_random(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(0x2545F4914F6CDD1D);
}

static size_t below(size_t n)
{
    return (size_t)(next_random() % n);
}

static void die(const char *what, const char *which)
{
    fprintf(stderr, "bench-search: %s%s\n", what, which);
    exit(1);
}

static const char *member(struct arena *arena, json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return arena_text(arena, text != NULL ? text : "");
}

static void read_product(struct arena *arena, json_t *object, size_t i, struct product *product)
{
    *product = (struct product){
        .name = member(arena, object, "name"),
        .description = member(arena, object, "description"),
        .brand = member(arena, object, "brand"),
        .price_minor = llround(json_number_value(json_object_get(object, "price")) * 100),
        .popularity = json_integer_value(json_object_get(object, "popularity")),
        .id = uuid_of(arena_printf(arena, "product %zu", i)),
    };
    json_t *categories = json_object_get(object, "categories");
    for (size_t j = 0; j < json_array_size(categories) && j < COUNT_OF(product->categories); j++)
        product->categories[product->category_count++] =
            arena_text(arena, json_string_value(json_array_get(categories, j)));
}

static void read_products(struct shop *shop, const char *folder)
{
    const char *path = arena_printf(shop->arena, "%s/catalog/electronics.json", folder);
    json_error_t error;
    json_t *list = json_load_file(path, 0, &error);
    if (!json_is_array(list))
        die("cannot read the catalogue (set SOUK_SHARED_DATA to its folder): ", path);
    shop->count = json_array_size(list);
    shop->products = ARENA_ARRAY(shop->arena, struct product, shop->count);
    for (size_t i = 0; i < shop->count; i++)
        read_product(shop->arena, json_array_get(list, i), i, &shop->products[i]);
    json_decref(list);
}

static size_t read_queries(struct arena *arena, const char *folder, struct query *queries)
{
    const char *path = arena_printf(arena, "%s/search/queries.tsv", folder);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die("cannot read the queries (set SOUK_SHARED_DATA to their folder): ", path);
    char line[512];
    size_t count = 0;
    if (fgets(line, sizeof line, file) == NULL)
        die("no queries in ", path);
    while (count < QUERIES_MAX && fgets(line, sizeof line, file) != NULL) {
        char *first = strchr(line, '\t'), *second = first ? strchr(first + 1, '\t') : NULL;
        if (second == NULL)
            continue;
        queries[count++] = (struct query){
            .text = arena_text_n(arena, line, (size_t)(first - line)),
            .category = arena_text_n(arena, second + 1, strcspn(second + 1, "\r\n")),
            .popularity = strtoll(first + 1, NULL, 10),
            .tuned = next_random() % 2 == 0,
        };
    }
    fclose(file);
    return count;
}

static void put(struct search *search, const struct product *product)
{
    struct search_label nodes[8];
    for (size_t i = 0; i < product->category_count; i++)
        nodes[i] = (struct search_label){product->categories[i], product->categories[i]};
    struct search_path path = {nodes, product->category_count};
    struct search_price price = {"USD", product->price_minor};
    search_put(search, &(struct search_document){
                           .id = product->id,
                           .title = product->name,
                           .brand = product->brand,
                           .description = product->description,
                           .paths = &path,
                           .path_count = 1,
                           .prices = &price,
                           .price_count = 1,
                           .in_stock = true,
                           .popularity = product->popularity,
                       });
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die("sqlite: ", sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        die("sqlite: ", sqlite3_errmsg(db));
    return statement;
}

static const char *joined_categories(struct arena *arena, const struct product *product)
{
    const char *joined = "";
    for (size_t i = 0; i < product->category_count; i++)
        joined = arena_printf(arena, "%s %s", joined, product->categories[i]);
    return joined;
}

// What one would write first: FTS5 with its defaults, and a scan with LIKE.
static void build_sqlite(struct shop *shop)
{
    sqlite3_open(":memory:", &shop->db);
    run_sql(shop->db, "CREATE VIRTUAL TABLE text USING fts5 (name, brand, category, description)");
    run_sql(shop->db, "BEGIN");
    sqlite3_stmt *insert = prepare(shop->db, "INSERT INTO text (rowid, name, brand, category,"
                                             " description) VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < shop->count; i++) {
        const struct product *product = &shop->products[i];
        sqlite3_bind_int64(insert, 1, (i64)i);
        sqlite3_bind_text(insert, 2, product->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, product->brand, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 4, joined_categories(shop->arena, product), -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 5, product->description, -1, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE)
            die("sqlite: ", sqlite3_errmsg(shop->db));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run_sql(shop->db, "COMMIT");
    shop->match =
        prepare(shop->db, "SELECT rowid FROM text WHERE text MATCH ? ORDER BY rank LIMIT ?");
    shop->like = prepare(shop->db, "SELECT rowid FROM text WHERE name LIKE ?1 OR brand LIKE ?1"
                                   " OR category LIKE ?1 OR description LIKE ?1 LIMIT ?2");
}

static void build_search(struct shop *shop)
{
    shop->search = search_new(NULL);
    for (size_t i = 0; i < shop->count; i++) {
        put(shop->search, &shop->products[i]);
        if (i % 500 == 499)
            search_publish(shop->search);
    }
    search_publish(shop->search);
}

// The engines under comparison: each gives positions of products, best first.

static size_t position_of(const struct shop *shop, const struct uuid *id)
{
    // Ids are looked up by hand: products of a shop are few beside hits.
    static struct uuid_place {
        struct uuid id;
        size_t position;
    } * places;
    static const struct shop *of;
    static size_t room;
    if (of != shop) {
        for (room = 1; room < shop->count * 4; room *= 2)
            ;
        free(places);
        places = calloc(room, sizeof *places);
        for (size_t i = 0; i < shop->count; i++) {
            size_t at = strtoull(shop->products[i].id.s, NULL, 16) % room;
            while (places[at].id.s[0] != '\0')
                at = (at + 1) % room;
            places[at] = (struct uuid_place){shop->products[i].id, i};
        }
        of = shop;
    }
    size_t at = strtoull(id->s, NULL, 16) % room;
    while (strcmp(places[at].id.s, id->s) != 0)
        at = (at + 1) % room;
    return places[at].position;
}

static size_t ask_search(struct shop *shop, const char *text, size_t limit, size_t *hits)
{
    struct arena *arena = arena_new(MIB(64));
    struct search_query query = {.text = text, .currency = "USD", .limit = limit};
    struct search_page page;
    if (search_run(shop->search, &query, arena, &page) != ERR_OK)
        die("search failed: ", text);
    for (size_t i = 0; i < page.count; i++)
        hits[i] = position_of(shop, &page.ids[i]);
    size_t count = page.count;
    arena_free(arena);
    return count;
}

static size_t rows(sqlite3_stmt *statement, const char *text, size_t limit, size_t *hits)
{
    size_t count = 0;
    sqlite3_bind_text(statement, 1, text, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 2, (i64)limit);
    while (sqlite3_step(statement) == SQLITE_ROW)
        hits[count++] = (size_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return count;
}

// Each word quoted, all of them needed: what FTS5 makes of a text without operators.
static size_t ask_match(struct shop *shop, const char *text, size_t limit, size_t *hits)
{
    char quoted[4096];
    size_t length = 0;
    bool in_word = false;
    for (; *text != '\0' && length + 8 < sizeof quoted; text++) {
        bool space = *text == ' ' || *text == '"';
        if (in_word == space) {
            quoted[length++] = '"';
            if (space)
                quoted[length++] = ' ';
            in_word = !space;
        }
        if (!space)
            quoted[length++] = *text;
    }
    if (in_word)
        quoted[length++] = '"';
    quoted[length] = '\0';
    return rows(shop->match, quoted, limit, hits);
}

static size_t ask_like(struct shop *shop, const char *text, size_t limit, size_t *hits)
{
    char pattern[4096];
    snprintf(pattern, sizeof pattern, "%%%s%%", text);
    return rows(shop->like, pattern, limit, hits);
}

static const struct engine {
    const char *name;
    size_t (*ask)(struct shop *shop, const char *text, size_t limit, size_t *hits);
} engines[] = {{"souk", ask_search}, {"fts5", ask_match}, {"like", ask_like}};

static bool in_category(const struct product *product, const char *category)
{
    for (size_t i = 0; i < product->category_count; i++)
        if (strcmp(product->categories[i], category) == 0)
            return true;
    return false;
}

// Which queries a line counts.
enum part { PART_ALL, PART_TUNED, PART_HELD_OUT, PART_TELLING, PART_TELLING_HELD_OUT };
static const char *const part_names[] = {"all queries", "half tuned on", "half held out",
                                         "telling ones", "telling, held out"};

static bool in_part(const struct shop *shop, const struct query *query, enum part part)
{
    // The root holds every product: whatever comes is right.
    bool telling = strcmp(query->category, shop->products[0].categories[0]) != 0;
    switch (part) {
    case PART_TUNED:
        return query->tuned;
    case PART_HELD_OUT:
        return !query->tuned;
    case PART_TELLING:
        return telling;
    case PART_TELLING_HELD_OUT:
        return telling && !query->tuned;
    case PART_ALL:
        break;
    }
    return true;
}

struct share {
    double plain, weighted;
    size_t queries;
};

static double share_of(struct shop *shop, const struct engine *engine, const struct query *query)
{
    size_t hits[BEST_HITS], right = 0;
    size_t count = engine->ask(shop, query->text, BEST_HITS, hits);
    for (size_t i = 0; i < count; i++)
        right += in_category(&shop->products[hits[i]], query->category);
    return count > 0 ? (double)right / (double)count : 0;
}

static struct share category_share(struct shop *shop, const struct engine *engine,
                                   const struct query *queries, size_t count, enum part part)
{
    struct share share = {0};
    double weights = 0;
    for (size_t i = 0; i < count; i++) {
        if (!in_part(shop, &queries[i], part))
            continue;
        double one = share_of(shop, engine, &queries[i]);
        share.plain += one;
        share.weighted += one * (double)queries[i].popularity;
        weights += (double)queries[i].popularity;
        share.queries++;
    }
    share.plain /= share.queries > 0 ? (double)share.queries : 1;
    share.weighted /= weights > 0 ? weights : 1;
    return share;
}

static void print_shares(struct shop *shop, const struct query *queries, size_t count)
{
    printf("\nten best hits in the expected category (no hit counts 0), plain / by popularity\n");
    printf("  %-24s", "");
    for (size_t e = 0; e < COUNT_OF(engines); e++)
        printf("%18s", engines[e].name);
    printf("\n");
    for (enum part part = PART_ALL; part <= PART_TELLING_HELD_OUT; part++) {
        char name[64];
        for (size_t e = 0; e < COUNT_OF(engines); e++) {
            struct share share = category_share(shop, &engines[e], queries, count, part);
            snprintf(name, sizeof name, "%s (%zu)", part_names[part], share.queries);
            if (e == 0)
                printf("  %-24s", name);
            printf("     %6.3f %6.3f", share.plain, share.weighted);
        }
        printf("\n");
    }
    printf("  telling: the expected category is not the root, which holds every product\n");
}

static void print_unanswered(struct shop *shop, const struct query *queries, size_t count)
{
    printf("\nqueries without an answer\n  %-24s", "");
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        size_t hits[1], none = 0;
        for (size_t i = 0; i < count; i++)
            none += engines[e].ask(shop, queries[i].text, 1, hits) == 0;
        printf("%17.1f%%", 100.0 * (double)none / (double)count);
    }
    printf("\n");
}

// One typing error in a word of the text: a letter missing, too many, wrong or swapped.
static void mistype(char *text, size_t size)
{
    size_t length = strlen(text), at = below(length);
    if (length < 4 || length + 2 > size)
        return;
    while (text[at] == ' ')
        at = below(length);
    char letter = (char)('a' + below(26));
    switch (below(4)) {
    case 0:
        memmove(text + at, text + at + 1, length - at);
        break;
    case 1:
        memmove(text + at + 1, text + at, length - at + 1);
        text[at] = letter;
        break;
    case 2:
        text[at] = letter;
        break;
    default:
        if (at + 1 < length) {
            char swapped = text[at];
            text[at] = text[at + 1];
            text[at + 1] = swapped;
        }
    }
}

static double reciprocal_rank(struct shop *shop, const struct engine *engine, const char *text,
                              const char *name)
{
    size_t hits[BEST_HITS];
    size_t count = engine->ask(shop, text, BEST_HITS, hits);
    for (size_t i = 0; i < count; i++)
        if (strcmp(shop->products[hits[i]].name, name) == 0)
            return 1.0 / (double)(i + 1);
    return 0;
}

// The first words of a name, as people type it.
static void shorten(char *text, size_t words)
{
    for (; *text != '\0'; text++)
        if (*text == ' ' && --words == 0)
            *text = '\0';
}

static void print_rank_line(struct shop *shop, size_t words, int errors)
{
    printf("  %d typing error%s, %-9s", errors, errors == 1 ? " " : "s",
           words == 0 ? "full name" : "5 words");
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        double sum = 0;
        random_state = 7 + (u64)errors; // the same names and errors for each engine
        for (int i = 0; i < NAMES; i++) {
            const char *name = shop->products[below(shop->count)].name;
            char typed[512];
            snprintf(typed, sizeof typed - 8, "%s", name);
            if (words > 0)
                shorten(typed, words);
            for (int j = 0; j < errors; j++)
                mistype(typed, sizeof typed);
            sum += reciprocal_rank(shop, &engines[e], typed, name);
        }
        printf("%18.3f", sum / NAMES);
    }
    printf("\n");
}

static void print_ranks(struct shop *shop)
{
    printf("\nmean reciprocal rank (of 10) of a product by its name, %d names\n", NAMES);
    for (int errors = 0; errors <= 2; errors++)
        print_rank_line(shop, 0, errors);
    for (int errors = 0; errors <= 2; errors++)
        print_rank_line(shop, 5, errors);
}

static int by_time(const void *a, const void *b)
{
    i64 left = *(const i64 *)a, right = *(const i64 *)b;
    return left < right ? -1 : left > right;
}

struct timing {
    double p50_us, p99_us, per_second;
};

static i64 clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

// Of this thread: others that use the machine do not count.
static i64 processor_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static struct timing summary(i64 *times, size_t count)
{
    i64 sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += times[i];
    qsort(times, count, sizeof *times, by_time);
    return (struct timing){(double)times[count / 2] / 1e3, (double)times[count * 99 / 100] / 1e3,
                           (double)count * 1e9 / (double)sum};
}

static struct timing time_engine(struct shop *shop, const struct engine *engine,
                                 const struct query *queries, size_t count)
{
    i64 *times = calloc(count, sizeof *times);
    size_t hits[PAGE];
    for (size_t i = 0; i < count; i++) {
        i64 start = processor_ns();
        engine->ask(shop, queries[i].text, PAGE, hits);
        times[i] = processor_ns() - start;
    }
    struct timing timing = summary(times, count);
    free(times);
    return timing;
}

enum browse { BROWSE_QUERY, BROWSE_FACETS, BROWSE_CATEGORY, BROWSE_SUGGEST };

// One request as the shop makes it.
static void ask_as_shop(struct search *search, const struct query *query, enum browse browse,
                        struct arena *arena)
{
    struct search_query asked = {.text = query->text, .currency = "USD", .limit = PAGE};
    struct search_page page;
    struct search_suggestion *suggestions;
    asked.facets = browse != BROWSE_QUERY;
    if (browse == BROWSE_SUGGEST) {
        search_suggest(search, query->text, 8, arena, &suggestions);
        return;
    }
    if (browse == BROWSE_CATEGORY) {
        asked.text = NULL;
        asked.categories = &query->category;
        asked.category_count = 1;
        asked.sort = SEARCH_PRICE_ASC;
    }
    if (search_run(search, &asked, arena, &page) != ERR_OK)
        die("search failed: ", query->text);
}

static struct timing time_browse(struct shop *shop, const struct query *queries, size_t count,
                                 enum browse browse)
{
    size_t rounds = 3;
    i64 *times = calloc(count * rounds, sizeof *times);
    struct arena *arena = arena_new(MIB(64));
    for (size_t i = 0; i < count * rounds; i++) {
        i64 start = processor_ns();
        ask_as_shop(shop->search, &queries[i % count], browse, arena);
        arena_reset(arena);
        times[i] = processor_ns() - start;
    }
    struct timing timing = summary(times, count * rounds);
    arena_free(arena);
    free(times);
    return timing;
}

static void print_timing(const char *name, struct timing timing, double base)
{
    printf("  %-24s p50 %9.1f us   p99 %9.1f us  %9.0f/s", name, timing.p50_us, timing.p99_us,
           timing.per_second);
    if (base > 0)
        printf("   souk is %.1f times as fast", base / timing.per_second);
    printf("\n");
}

struct reader {
    struct shop *shop;
    const struct query *queries;
    size_t count;
    i64 until_ms, done;
};

static void *read_on(void *argument)
{
    struct reader *reader = argument;
    struct arena *arena = arena_new(MIB(64));
    while (monotonic_ms() < reader->until_ms) {
        const struct query *query = &reader->queries[(size_t)reader->done % reader->count];
        ask_as_shop(reader->shop->search, query, BROWSE_FACETS, arena);
        arena_reset(arena);
        reader->done++;
    }
    arena_free(arena);
    return NULL;
}

// Two readers at once; then a writer that changes a product every 2 ms beside them.
static void print_parallel(struct shop *shop, const struct query *queries, size_t count,
                           bool writing)
{
    struct reader readers[2];
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        readers[i] = (struct reader){shop, queries, count, monotonic_ms() + 1000, 0};
        pthread_create(&threads[i], NULL, read_on, &readers[i]);
    }
    i64 slowest_ns = 0, changes = 0;
    while (writing && monotonic_ms() < readers[1].until_ms) {
        struct product product = shop->products[below(shop->count)];
        product.popularity++;
        product.description = shop->products[below(shop->count)].description;
        put(shop->search, &product);
        i64 start = clock_ns(CLOCK_MONOTONIC);
        search_publish(shop->search);
        slowest_ns = max_i64(slowest_ns, clock_ns(CLOCK_MONOTONIC) - start);
        changes++;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("  %-24s %9lld/s", writing ? "2 readers and a writer" : "2 readers",
           (long long)(readers[0].done + readers[1].done));
    if (writing)
        printf("   %lld changes, slowest visible after %.2f ms", (long long)changes,
               (double)slowest_ns / 1e6);
    printf("\n");
}

static void print_times(struct shop *shop, const struct query *queries, size_t count)
{
    printf("\n%zu products, %d hits a page, one thread, processor time\n", shop->count, PAGE);
    struct timing plain = time_browse(shop, queries, count, BROWSE_QUERY);
    print_timing("query", plain, 0);
    print_timing("query with facets", time_browse(shop, queries, count, BROWSE_FACETS), 0);
    print_timing("category by price", time_browse(shop, queries, count, BROWSE_CATEGORY), 0);
    print_timing("suggestions", time_browse(shop, queries, count, BROWSE_SUGGEST), 0);
    size_t slow = shop->count < LARGE || count < SLOW_ROUNDS_MAX ? count : SLOW_ROUNDS_MAX;
    for (size_t e = 1; e < COUNT_OF(engines); e++)
        print_timing(engines[e].name, time_engine(shop, &engines[e], queries, slow),
                     plain.per_second);
    print_parallel(shop, queries, count, false);
    print_parallel(shop, queries, count, true);
}

// A further product out of pieces of two others, with a model number of its own.
static void vary(struct shop *shop, const struct shop *from, size_t i)
{
    const struct product *one = &from->products[i % from->count];
    const struct product *other = &from->products[below(from->count)];
    struct product *product = &shop->products[i];
    *product = *one;
    if (i < from->count)
        return;
    size_t half = strlen(one->description) / 2, cut = strcspn(other->description + half % 64, " ");
    product->name =
        arena_printf(shop->arena, "%s %s %c%zu", one->name, other->name + strcspn(other->name, " "),
                     (char)('a' + below(26)), below(10000));
    product->description = arena_printf(shop->arena, "%.*s %s", (int)half, one->description,
                                        other->description + half % 64 + cut);
    if (below(10) == 0)
        product->brand = other->brand;
    product->price_minor = product->price_minor * (i64)(80 + below(40)) / 100;
    product->popularity = (i64)below(20000);
    product->id = uuid_of(arena_printf(shop->arena, "product %zu", i));
}

static double resident_mib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0, resident = 0;
    if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2)
        return 0;
    fclose(file);
    return (double)resident * 4096 / 1048576;
}

static void build_and_tell(struct shop *shop)
{
    double before = resident_mib();
    i64 start = monotonic_us();
    build_search(shop);
    i64 took_us = monotonic_us() - start;
    struct search_stats stats = search_stats(shop->search);
    printf("%lld products, %lld words, %lld facet values: built in %.0f ms, %.2f MiB resident,"
           " %.2f MiB a thousand\n",
           (long long)stats.documents, (long long)stats.words, (long long)stats.facet_values,
           (double)took_us / 1e3, resident_mib() - before,
           (double)stats.bytes / 1048576 * 1000 / (double)stats.documents);
    build_sqlite(shop);
}

static void shop_free(struct shop *shop)
{
    search_free(shop->search);
    sqlite3_finalize(shop->match);
    sqlite3_finalize(shop->like);
    sqlite3_close(shop->db);
    arena_free(shop->arena);
}

int main(int argc, char **argv)
{
    const char *folder = getenv("SOUK_SHARED_DATA");
    folder = folder != NULL ? folder : "../shared/data";
    struct shop shop = {.arena = arena_new(MIB(512))};
    static struct query queries[QUERIES_MAX];
    read_products(&shop, folder);
    size_t count = read_queries(shop.arena, folder, queries);
    build_and_tell(&shop);
    print_shares(&shop, queries, count);
    print_unanswered(&shop, queries, count);
    print_ranks(&shop);
    print_times(&shop, queries, count);
    if (argc > 1 && strcmp(argv[1], "--small") == 0) {
        shop_free(&shop);
        return 0;
    }
    struct shop large = {.arena = arena_new(MIB(1024)), .count = LARGE};
    large.products = ARENA_ARRAY(large.arena, struct product, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        vary(&large, &shop, i);
    printf("\n");
    build_and_tell(&large);
    print_times(&large, queries, count);
    shop_free(&large);
    shop_free(&shop);
    return 0;
}
