// The generated catalogue: each product is one of the demo's (pictures, words, options) under
// another name, with other prices and stock. Contract in seed.h.
//
// Each product draws from a stream that follows from the seed and its own number alone. So product
// 17 is the same whether ten are made or a million, the import may stop and go on anywhere, and
// orders can name its SKUs without looking them up.
#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "services/product/seed.h"

enum { MODELS_MAX = 500, STREAM_PRODUCT = 1 };

// SplitMix64 (Steele, Lea and Flood 2014).
static u64 next_number(u64 *state)
{
    u64 z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

struct seed_chance seed_chance_of(const struct seed_random *random, u64 stream, u64 number)
{
    u64 state = random->seed;
    state = next_number(&state) ^ stream;
    state = next_number(&state) ^ number;
    return (struct seed_chance){next_number(&state)};
}

size_t seed_draw(struct seed_chance *chance, size_t below)
{
    return next_number(&chance->state) % below;
}

const char *seed_random_sku(struct arena *arena, size_t product, size_t variant)
{
    return arena_printf(arena, "GEN-%06zu-%zu", product, variant);
}

struct generator {
    struct product_document *models;
    size_t count, made;
};

// Gift cards have no stock and no other price.
static enum err random_open(struct import_reader *reader, struct problem *problem)
{
    struct generator *generator = ARENA_NEW(reader->arena, struct generator);
    generator->models = ARENA_ARRAY(reader->arena, struct product_document, MODELS_MAX);
    u32 line;
    enum err err = import_json.open(reader, problem);
    while (err == ERR_OK && generator->count < MODELS_MAX) {
        struct product_document *model = &generator->models[generator->count];
        err = import_json.next(reader, reader->arena, model, &line);
        generator->count += err == ERR_OK && !model->gift_card;
    }
    assert(generator->count > 0 || err != ERR_NOT_FOUND); // the demo catalogue has products
    reader->state = generator;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// To a tenth of the currency's unit, as prices are.
static i64 scaled(i64 minor, size_t permille)
{
    i64 value = minor * (i64)permille / 1000;
    return max_i64(value - value % 10, 10);
}

static void vary_variant(struct arena *arena, struct variant_document *variant, const char *sku,
                         size_t permille, struct seed_chance *chance)
{
    const struct price_document_list old = variant->prices;
    variant->prices.items = ARENA_ARRAY(arena, struct price_document, old.count);
    for (size_t i = 0; i < old.count; i++) {
        variant->prices.items[i] = old.items[i];
        variant->prices.items[i].price_minor = scaled(old.items[i].price_minor, permille);
        variant->prices.items[i].compare_at_minor = 0;
        UNSET(&variant->prices.items[i], price_document, compare_at_minor);
    }
    SET(variant, variant_document, sku, sku);
    variant->price_minor = scaled(variant->price_minor, permille);
    variant->cost_minor = scaled(variant->cost_minor, permille);
    variant->barcode = NULL;
    variant->compare_at_minor = 0;
    UNSET(variant, variant_document, barcode);
    UNSET(variant, variant_document, compare_at_minor);
    if (variant->tracked)
        SET(variant, variant_document, stock,
            seed_draw(chance, 12) == 0 ? 0 : (i64)seed_draw(chance, 200) + 1);
}

static void vary_variants(struct arena *arena, struct product_document *product, size_t number,
                          struct seed_chance *chance)
{
    const struct variant_document_list old = product->variants;
    size_t permille = 600 + seed_draw(chance, 1100);
    bool reduced = seed_draw(chance, 8) == 0;
    product->variants.items = ARENA_ARRAY(arena, struct variant_document, old.count);
    for (size_t i = 0; i < old.count; i++) {
        struct variant_document *variant = &product->variants.items[i];
        *variant = old.items[i];
        vary_variant(arena, variant, seed_random_sku(arena, number, i + 1), permille, chance);
        if (reduced)
            SET(variant, variant_document, compare_at_minor, scaled(variant->price_minor, 1250));
    }
}

static void name_product(struct arena *arena, struct product_document *product, size_t number,
                         struct seed_chance *chance)
{
    static const char *const moods[] = {
        "Amber",  "Bright", "Calm",    "Coastal",  "Copper", "Dusky",   "Early",     "Field",
        "Gentle", "Golden", "Harbour", "Hollow",   "Indigo", "Island",  "Lantern",   "Little",
        "Meadow", "Mellow", "Misty",   "Northern", "Old",    "Orchard", "Plain",     "Quiet",
        "River",  "Rustic", "Silver",  "Slow",     "Sunday", "Velvet",  "Wandering", "Winter",
    };
    const char *mood = moods[seed_draw(chance, COUNT_OF(moods))];
    char *handle = arena_printf(arena, "%s-%.60s-%zu", mood, product->handle, number);
    handle[0] = (char)tolower((unsigned char)handle[0]);
    SET(product, product_document, handle, handle);
    SET(product, product_document, title,
        arena_printf(arena, "%s %.200s No. %zu", mood, product->title, number));
    product->seo_title = product->seo_description = NULL; // they name the model
    UNSET(product, product_document, seo_title);
    UNSET(product, product_document, seo_description);
}

// How far it is goes by products, since the file is read by then.
static enum err random_next(struct import_reader *reader, struct arena *arena,
                            struct product_document *out, u32 *line)
{
    struct generator *generator = reader->state;
    const struct seed_random *random = reader->settings->random;
    reader->bytes_read = generator->made;
    reader->bytes_total = random->products;
    if (generator->made == random->products)
        return ERR_NOT_FOUND;
    size_t number = ++generator->made;
    struct seed_chance chance = seed_chance_of(random, STREAM_PRODUCT, number);
    *line = (u32)number;
    *out = generator->models[seed_draw(&chance, generator->count)];
    name_product(arena, out, number, &chance);
    vary_variants(arena, out, number, &chance);
    SET(out, product_document, popularity, (i64)seed_draw(&chance, 1000));
    SET(out, product_document, status,
        seed_draw(&chance, 50) == 0 ? product_status_draft : product_status_active);
    return ERR_OK;
}

const struct import_format import_random = {"random", random_open, random_next};
