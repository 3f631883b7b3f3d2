// Fetching pictures that are elsewhere, so that the shop serves its own. A picture that cannot be
// fetched stays where it is and is told.
#ifndef SOUK_PRODUCT_FETCH_H
#define SOUK_PRODUCT_FETCH_H

#include "app/app.h"

struct fetch_plan {
    bool anywhere; // also loopback and private addresses
    void (*failed)(void *context, const char *url, const char *reason);
    void (*progress)(void *context, size_t done, size_t failed);
    void *context;
};

struct fetch_summary {
    size_t fetched, failed;
};

// All pictures of the shop that are elsewhere, one after the other; each is committed by itself, so
// an interrupted run goes on where it was.
CHECKED enum err pictures_fetch(struct app *app, const struct fetch_plan *plan,
                                struct fetch_summary *out, struct problem *problem);

#endif
