// Query strings and forms. Contract in query.h.
//
// The order of names and values is kept and repeats are handed out one by one, since what a repeat
// means is the parameter's affair (app/parameters.c). Decoding is that of
// application/x-www-form-urlencoded in the URL Standard, but strict about bad escapes.
#include "net/query.h"

#include <string.h>

#include "core/str.h"

struct query query_of(const char *text, struct arena *arena)
{
    return (struct query){.arena = arena, .rest = text};
}

static const char *decode(struct query *query, const char *text, size_t length)
{
    char *decoded = url_decode(query->arena, text, length, true);
    query->malformed |= decoded == NULL;
    return decoded;
}

bool query_next(struct query *query)
{
    query->rest += strspn(query->rest, "&");
    if (*query->rest == '\0' || query->malformed)
        return false;
    if (query->count++ == QUERY_PAIRS_MAX) {
        query->malformed = true;
        return false;
    }
    size_t pair = strcspn(query->rest, "&"), name = strcspn(query->rest, "=&");
    size_t value = name < pair ? name + 1 : pair;
    query->name = decode(query, query->rest, name);
    query->value = decode(query, query->rest + value, pair - value);
    query->rest += pair;
    return !query->malformed;
}
