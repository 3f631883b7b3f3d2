// Fetching pictures that are elsewhere, so that the shop serves its own. A picture that cannot be
// fetched stays where it is and is told.
#ifndef SOUK_PRODUCT_FETCH_H
#define SOUK_PRODUCT_FETCH_H

#include "app/app.h"

struct fetch_plan {
    const char *prefix; // only pictures whose address begins so; NULL: all
    bool anywhere;      // also loopback and private addresses
    // Called by one thread at a time.
    void (*failed)(void *context, const char *url, const char *reason);
    void (*progress)(void *context, size_t done, size_t failed);
    void *context;
};

struct fetch_summary {
    size_t fetched, failed;
};

// The pictures of the shop that are elsewhere, several at a time; each is committed by itself, so
// an interrupted run goes on where it was. ERR_UNAVAILABLE when the disk or the database refuses.
CHECKED enum err pictures_fetch(struct app *app, const struct fetch_plan *plan,
                                struct fetch_summary *out, struct problem *problem);

#endif
