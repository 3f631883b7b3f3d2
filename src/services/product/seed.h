// What `souk seed` is made of: the demo shop (seed_command.c) and, of any size, a generated one. Of
// that the catalogue is seed_random.c, the orders are seed_orders.c.
//
// The same numbers make the same shop: product 7 of seed 1 is the same among 10 and among 10,000.
#ifndef SOUK_PRODUCT_SEED_H
#define SOUK_PRODUCT_SEED_H

#include <jansson.h>

#include "app/app.h"
#include "services/product/import.h"

struct seed_random {
    u64 seed;
    size_t products, orders;
};

// A stream of numbers for thing `number` of the kind told by `stream`.
struct seed_chance {
    u64 state;
};
struct seed_chance seed_chance_of(const struct seed_random *random, u64 stream, u64 number);
// From 0 to below - 1.
size_t seed_draw(struct seed_chance *chance, size_t below);

// Variations of the products of the demo catalogue, which is the file; the settings' `random` says
// how many. SKUs are those of seed_random_sku.
extern const struct import_format import_random;
// Of a generated product's variant; both count from 1.
const char *seed_random_sku(struct arena *arena, size_t product, size_t variant);

// Asks a route as if by HTTP; members of its path stand in `body` too. On success the reply is
// parsed into `reply` unless that is NULL; the caller gives it back with json_decref.
CHECKED enum err seed_ask(struct rq *rq, const char *handler, const json_t *body, json_t **reply);

// Places orders of generated shoppers for generated products and counts what became of them. An
// order that an earlier run placed is found again.
enum seed_outcome { SEED_PLACED, SEED_THERE_ALREADY, SEED_SOLD_OUT, SEED_OUTCOMES };
typedef void seed_progress(void *context, size_t done, size_t total, size_t products);
CHECKED enum err seed_orders(struct app *app, const struct seed_random *random,
                             size_t counts[SEED_OUTCOMES], seed_progress *progress,
                             struct problem *problem);

#endif
