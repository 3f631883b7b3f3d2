// Finds the route of a path. Built once at start from the route tables, then only read.
#ifndef SOUK_APP_ROUTER_H
#define SOUK_APP_ROUTER_H

#include "app/declare.h"
#include "core/arena.h"

enum { PATH_PARAMETERS_MAX = 6 };

// A route with what was worked out about it at start.
struct bound_route {
    const struct route *route;
    const char *tag;
    int owner;     // enum service_id, or SERVICE_EVERY
    size_t index;  // 0..router_count-1: slot of its metrics
    bool *called;  // set when another service called it in this process
    u64 path_bits; // fields of `in` that the path names
    size_t parameter_count;
    int positions[PATH_PARAMETERS_MAX]; // of those fields, in the order of the path
};

// Parts of a raw path that stand for parameters, still encoded.
struct path_match {
    const struct bound_route *bound; // NULL: no such path, or not with this method
    unsigned methods;                // bit a method that the path has; 0: no such path
    struct {
        const char *at;
        size_t length;
    } values[PATH_PARAMETERS_MAX + 1]; // one more for the walk
};

struct router;

// Reads every registered table. A mistake in one (a path parameter that is no field of the
// handler's shape, two rows for the same method and path, a call without a route) is named in
// `problem`.
CHECKED enum err router_new(struct arena *arena, struct router **out, struct problem *problem);
void router_find(const struct router *router, enum http_method method, const char *path,
                 size_t length, struct path_match *match);
// The route whose handler has this name; NULL when there is none.
const struct bound_route *router_by_name(const struct router *router, const char *handler);
size_t router_count(const struct router *router);
const struct bound_route *router_at(const struct router *router, size_t index);

#endif
