// A tree of path segments. Contract in router.h.
//
// Built once from all route tables, and checked while it is built: two routes of one method and
// path, a parameter that is no field, a call that nobody answers. Look-up costs a comparison a
// sibling and a level; there are no regular expressions and nothing that a long path could make
// slow.
#include "app/router.h"

#include <string.h>

#include "app/peer.h"
#include "core/str.h"

REGISTRY(const struct route_table *const, route_tables);
REGISTRY(const char *const, calls);

struct node {
    const char *segment;
    size_t length;
    struct node *sibling, *child; // literal segments
    struct node *parameter;       // any one segment
    struct node *rest;            // any number of segments
    const struct bound_route *routes[HTTP_METHOD_COUNT];
    unsigned methods;
};

struct router {
    struct node root;
    struct bound_route *bounds;
    size_t count;
};

static struct node *child_of(struct arena *arena, struct node *node, const char *segment,
                             size_t length)
{
    for (struct node *child = node->child; child != NULL; child = child->sibling)
        if (child->length == length && memcmp(child->segment, segment, length) == 0)
            return child;
    struct node *child = ARENA_NEW(arena, struct node);
    *child = (struct node){.segment = segment, .length = length, .sibling = node->child};
    node->child = child;
    return child;
}

static struct node *wild(struct arena *arena, struct node **slot)
{
    if (*slot == NULL)
        *slot = ARENA_NEW(arena, struct node);
    return *slot;
}

// Binds "{name}" or "{name...}" to a field; false when the shape has none such.
static bool bind_parameter(struct arena *arena, struct bound_route *bound, const char *segment,
                           size_t length)
{
    bool rest = length > 5 && memcmp(segment + length - 4, "...}", 4) == 0;
    const char *name = arena_text_n(arena, segment + 1, length - (rest ? 5 : 2));
    int position = shape_find(bound->route->handler->in, name);
    if (position < 0 || bound->parameter_count == PATH_PARAMETERS_MAX)
        return false;
    bound->path_bits |= UINT64_C(1) << position;
    bound->positions[bound->parameter_count++] = position;
    return true;
}

static enum err insert(struct arena *arena, struct router *router, struct bound_route *bound,
                       struct problem *problem)
{
    struct node *node = &router->root;
    const char *at = bound->route->path;
    while (*at == '/' && at[1] != '\0') {
        const char *segment = at + 1;
        size_t length = strcspn(segment, "/");
        at = segment + length;
        if (*segment != '{') {
            node = child_of(arena, node, segment, length);
            continue;
        }
        if (!bind_parameter(arena, bound, segment, length)) {
            problem_field(problem, bound->route->path, "%.*s is no field of the shape of %s",
                          (int)length, segment, bound->route->handler->name);
            return ERR_INVALID;
        }
        bool rest = memcmp(segment + length - 2, ".}", 2) == 0;
        node = wild(arena, rest ? &node->rest : &node->parameter);
    }
    if (node->routes[bound->route->method] != NULL) {
        problem_field(problem, bound->route->path, "declared twice with the same method");
        return ERR_INVALID;
    }
    node->routes[bound->route->method] = bound;
    node->methods |= 1u << bound->route->method;
    return ERR_OK;
}

static enum err check_calls(const struct router *router, struct problem *problem)
{
    size_t before = problem->count;
    for (const char *const *call = __start_calls; call < __stop_calls; call++)
        if (router_by_name(router, *call) == NULL)
            problem_field(problem, *call, "is called, but no route has a handler of this name");
    return problem->count == before ? ERR_OK : ERR_INVALID;
}

// A peer asks by the handler's name alone, with everything in the body.
static enum err check_peer_route(const struct bound_route *bound, struct problem *problem)
{
    const struct route *route = bound->route;
    if ((route->roles & ROLE_PEER) == 0 ||
        (route->method == HTTP_POST && str_starts(route->path, PEER_PATH) &&
         str_equal(route->path + strlen(PEER_PATH), route->handler->name)))
        return ERR_OK;
    problem_field(problem, route->path, "must be POST " PEER_PATH "%s", route->handler->name);
    return ERR_INVALID;
}

// A handler's name is its route's name everywhere: it serves one route only.
static enum err check_names(const struct router *router, struct problem *problem)
{
    for (size_t i = 0; i < router->count; i++) {
        const struct handler *handler = router->bounds[i].route->handler;
        if (router_by_name(router, handler->name) == &router->bounds[i])
            continue;
        problem_field(problem, handler->name, "is the handler of two routes");
        return ERR_INVALID;
    }
    return ERR_OK;
}

enum err router_new(struct arena *arena, struct router **out, struct problem *problem)
{
    struct router *router = ARENA_NEW(arena, struct router);
    size_t total = 0;
    enum err err = ERR_OK;
    for (const struct route_table *const *table = __start_route_tables; table < __stop_route_tables;
         table++)
        total += (*table)->count;
    router->bounds = ARENA_ARRAY(arena, struct bound_route, total);
    for (const struct route_table *const *table = __start_route_tables; table < __stop_route_tables;
         table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            struct bound_route *bound = &router->bounds[router->count];
            *bound = (struct bound_route){.route = &(*table)->routes[i],
                                          .tag = (*table)->tag,
                                          .owner = service_of_file((*table)->file),
                                          .index = router->count,
                                          .called = ARENA_NEW(arena, bool)};
            err = check_peer_route(bound, problem);
            if (err == ERR_OK)
                err = insert(arena, router, bound, problem);
            if (err != ERR_OK)
                return err;
            router->count++;
        }
    }
    *out = router;
    err = check_names(router, problem);
    return err == ERR_OK ? check_calls(router, problem) : err;
}

// Depth-first: a literal segment wins over a parameter, a parameter over the rest.
// It steps back: "/carts/new/x" finds "/carts/{id}/x" although there is a "/carts/new". The depth
// is that of the routes, at most.
static const struct node *walk(const struct node *node, const char *at, const char *end,
                               size_t parameters, struct path_match *match)
{
    // One slash at the end is forgiven. values[] has one place more for this.
    if (at >= end || (at + 1 == end && *at == '/')) {
        match->values[parameters].at = end;
        match->values[parameters].length = 0;
        return node->methods != 0 ? node : node->rest;
    }
    const char *segment = at + 1;
    const char *stop = memchr(segment, '/', (size_t)(end - segment));
    size_t length = (size_t)((stop != NULL ? stop : end) - segment);
    const struct node *found = NULL;
    for (const struct node *child = node->child; child != NULL && found == NULL;
         child = child->sibling)
        if (child->length == length && memcmp(child->segment, segment, length) == 0)
            found = walk(child, segment + length, end, parameters, match);
    if (found == NULL && node->parameter != NULL && length > 0) {
        match->values[parameters].at = segment;
        match->values[parameters].length = length;
        found = walk(node->parameter, segment + length, end, parameters + 1, match);
    }
    if (found == NULL && node->rest != NULL) {
        match->values[parameters].at = segment;
        match->values[parameters].length = (size_t)(end - segment);
        found = node->rest;
    }
    return found;
}

void router_find(const struct router *router, enum http_method method, const char *path,
                 size_t length, struct path_match *match)
{
    *match = (struct path_match){0};
    if (length == 0 || path[0] != '/')
        return;
    const struct node *node = walk(&router->root, path, path + length, 0, match);
    if (node == NULL)
        return;
    match->methods = node->methods;
    match->bound = node->routes[method];
}

const struct bound_route *router_by_name(const struct router *router, const char *handler)
{
    for (size_t i = 0; i < router->count; i++)
        if (str_equal(router->bounds[i].route->handler->name, handler))
            return &router->bounds[i];
    return NULL;
}

size_t router_count(const struct router *router)
{
    return router->count;
}

const struct bound_route *router_at(const struct router *router, size_t index)
{
    assert(index < router->count);
    return &router->bounds[index];
}
