// Which service the gateway asks for a path (gateway.c prints it, calls.c lists it).
#ifndef SOUK_APP_GATEWAY_H
#define SOUK_APP_GATEWAY_H

#include "app/router.h"
#include "app/services.h"

enum {
    GATEWAY_FRONT = service_id_product,           // has the pages, which every process has
    GATEWAY_OPERATIONS = service_id_notification, // shows the events that were set aside
};

// False for what peers and Prometheus ask the services themselves.
bool gateway_passes(const struct route *route);
// The service that the gateway takes a route of every process to, or the route's own.
int gateway_owner(const struct bound_route *bound);

#endif
