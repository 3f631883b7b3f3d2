// The services of the shop, and which of them a process runs. One process runs them all, or some;
// the others are asked over HTTP (app/peer.h).
//
// A declaration belongs to the service in whose folder it stands: routes, queries, jobs, consumers,
// audits. What app/ and data/ declare belongs to every process.
#ifndef SOUK_APP_SERVICES_H
#define SOUK_APP_SERVICES_H

#include "core/problem.h"
#include "core/shape.h"

#define SERVICE_ID(X, E)                                                                           \
    X(E, user) X(E, product) X(E, order) X(E, payment) X(E, inventory) X(E, notification)
ENUMERATION(service_id, SERVICE_ID);

enum {
    SERVICE_EVERY = service_id_count, // of no service: every process has it
    SERVICES_ALL = (1 << service_id_count) - 1,
};

// The owner of what is declared in a file: ".../services/order/carts.c" is service_id_order's.
int service_of_file(const char *file);
// The bits of a list with commas ("user,order"); all for the empty one. A name that is none is told
// in `problem`.
CHECKED enum err services_read(const char *list, unsigned *services, struct problem *problem);
// True when a process with these services has what `owner` declares.
static inline bool services_have(unsigned services, int owner)
{
    return owner == SERVICE_EVERY || (services >> owner & 1) != 0;
}

#endif
