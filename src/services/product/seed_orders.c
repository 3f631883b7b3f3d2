// Orders of a generated shop: shoppers ask the same routes as over HTTP. Contract in seed.h.
//
// Through the routes and not by INSERT: the orders have been priced, charged and counted like any,
// so a seeded shop passes the audit, and a load on it is a real one.
#include <string.h>

#include "core/str.h"
#include "core/time.h"
#include "services/product/seed.h"

enum { STREAM_SHOPPER = 2, STREAM_ORDER = 3, ITEMS_MOST = 4, QUANTITY_MOST = 3 };

static const char *const first_names[] = {
    "Ada",  "Bela",  "Chiara", "Dmitri", "Elif",  "Femke", "Goran", "Hanna",
    "Ines", "Jonas", "Katja",  "Luca",   "Marta", "Nils",  "Oona",  "Pavel",
};
static const char *const last_names[] = {
    "Andersen", "Baumann", "Costa",  "Dubois",    "Eriksson", "Ferrari", "Garcia", "Horvat",
    "Ivanova",  "Jansen",  "Kovacs", "Lindqvist", "Moreau",   "Novak",   "Okafor", "Petrov",
};
static const struct town {
    const char *city, *postcode, *country;
} towns[] = {
    {"Berlin", "10115", "DE"}, {"Hamburg", "20095", "DE"},   {"Wien", "1010", "AT"},
    {"Paris", "75001", "FR"},  {"Lyon", "69001", "FR"},      {"Amsterdam", "1011 AB", "NL"},
    {"Madrid", "28001", "ES"}, {"Roma", "00184", "IT"},      {"Dublin", "D01 F5P2", "IE"},
    {"Praha", "110 00", "CZ"}, {"Lisboa", "1100-148", "PT"}, {"Helsinki", "00100", "FI"},
};

// At most half as many shoppers as orders so far: some come again.
struct shopper {
    const char *name, *email, *street;
    const struct town *town;
};

static struct shopper shopper_of(struct arena *arena, const struct seed_random *random,
                                 size_t number)
{
    struct seed_chance chance = seed_chance_of(random, STREAM_SHOPPER, number);
    const char *first = first_names[seed_draw(&chance, COUNT_OF(first_names))];
    const char *last = last_names[seed_draw(&chance, COUNT_OF(last_names))];
    return (struct shopper){
        .name = arena_printf(arena, "%s %s", first, last),
        .email = arena_printf(arena, "%s.%s.%zu@example.com", first, last, number),
        .street = arena_printf(arena, "%zu Market Street", seed_draw(&chance, 200) + 1),
        .town = &towns[seed_draw(&chance, COUNT_OF(towns))],
    };
}

static enum err start_cart(struct rq *rq, const char **id)
{
    json_t *body = json_object(), *cart;
    enum err err = seed_ask(rq, "cart_create", body, &cart);
    json_decref(body);
    if (err != ERR_OK)
        return err;
    *id = arena_text(rq->arena, json_string_value(json_object_get(cart, "id")));
    json_decref(cart);
    return ERR_OK;
}

static bool is_sold_out(enum err err)
{
    return err == ERR_OUT_OF_STOCK || err == ERR_CONFLICT || err == ERR_NOT_FOUND ||
           err == ERR_INVALID;
}

// What is a draft or sold out is left lying; `items` counts what is in the cart.
static enum err fill_cart(struct rq *rq, const char *cart, const struct seed_random *random,
                          struct seed_chance *chance, size_t *items)
{
    enum err err = ERR_OK;
    for (size_t left = seed_draw(chance, ITEMS_MOST) + 1; left > 0 && err == ERR_OK; left--) {
        size_t product = seed_draw(chance, random->products) + 1;
        json_t *body =
            json_pack("{s:s, s:s, s:I}", "id", cart, "sku", seed_random_sku(rq->arena, product, 1),
                      "quantity", (json_int_t)seed_draw(chance, QUANTITY_MOST) + 1);
        err = seed_ask(rq, "cart_item_add", body, NULL);
        json_decref(body);
        *items += err == ERR_OK;
        err = is_sold_out(err) ? ERR_OK : err;
    }
    return err;
}

// The first way to send it there; NULL when there is none.
static enum err choose_shipping(struct rq *rq, const char *cart, const char *country,
                                const char **code)
{
    json_t *body = json_pack("{s:s, s:s}", "id", cart, "country", country), *options;
    enum err err = seed_ask(rq, "cart_shipping_options", body, &options);
    json_decref(body);
    if (err != ERR_OK)
        return err;
    const json_t *first = json_array_get(json_object_get(options, "items"), 0);
    const char *found = json_string_value(json_object_get(first, "code"));
    *code = found != NULL ? arena_text(rq->arena, found) : NULL;
    json_decref(options);
    return ERR_OK;
}

static enum err order(struct rq *rq, const char *cart, const struct shopper *shopper,
                      const char *shipping)
{
    json_t *body = json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s}}", "cart_id",
                             cart, "email", shopper->email, "shipping_address", "name",
                             shopper->name, "line1", shopper->street, "city", shopper->town->city,
                             "postcode", shopper->town->postcode, "country", shopper->town->country,
                             "payment", "provider", "test", "token", "tok_ok");
    if (shipping != NULL)
        json_object_set_new(body, "shipping_option", json_string(shipping));
    enum err err = seed_ask(rq, "order_create", body, NULL);
    json_decref(body);
    return err;
}

// One order. Its key makes the second run find it, though with another cart.
static enum err place(struct rq *rq, const struct seed_random *random, size_t number,
                      enum seed_outcome *outcome)
{
    struct seed_chance chance = seed_chance_of(random, STREAM_ORDER, number);
    size_t items = 0, who = seed_draw(&chance, (number + 1) / 2) + 1;
    struct shopper shopper = shopper_of(rq->arena, random, who);
    const char *cart = NULL, *shipping = NULL;
    *outcome = SEED_SOLD_OUT;
    rq->idempotency_key =
        arena_printf(rq->arena, "seed-%llu-%zu", (unsigned long long)random->seed, number);
    enum err err = start_cart(rq, &cart);
    if (err == ERR_OK)
        err = fill_cart(rq, cart, random, &chance, &items);
    if (err != ERR_OK || items == 0)
        return err;
    err = choose_shipping(rq, cart, shopper.town->country, &shipping);
    if (err == ERR_OK)
        err = order(rq, cart, &shopper, shipping);
    if (err == ERR_OK)
        *outcome = SEED_PLACED;
    if (err == ERR_IDEMPOTENCY_MISMATCH)
        *outcome = SEED_THERE_ALREADY;
    return *outcome != SEED_SOLD_OUT || err == ERR_OUT_OF_STOCK ? ERR_OK : err;
}

enum err seed_orders(struct app *app, const struct seed_random *random,
                     size_t counts[SEED_OUTCOMES], seed_progress *progress, struct problem *problem)
{
    enum err err = ERR_OK;
    for (size_t i = 1; i <= random->orders && err == ERR_OK; i++) {
        struct rq *rq = rq_begin(app, "seed", MINUTE_MS);
        enum seed_outcome outcome;
        err = place(rq, random, i, &outcome);
        counts[outcome] += err == ERR_OK;
        if (err != ERR_OK)
            problem_detail(problem, "order %zu: %s", i,
                           rq->problem.detail != NULL ? rq->problem.detail : err_title(err));
        if (progress != NULL)
            progress(NULL, i, random->orders, 0);
        rq_end(rq);
    }
    return err;
}
