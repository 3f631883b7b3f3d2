// Reads `name=value&...` of URLs and forms, one pair at a time. Decoding is core/str.h's
// url_decode.
//
//     struct query query = query_of(exchange->query, exchange->arena);
//     while (query_next(&query))
//         use(query.name, query.value);
//     if (query.malformed)
//         ...
#ifndef SOUK_NET_QUERY_H
#define SOUK_NET_QUERY_H

#include "core/arena.h"

enum { QUERY_PAIRS_MAX = 256 };

struct query {
    const char *name, *value; // decoded UTF-8, '+' is a space; the value is "" without '='
    bool malformed;      // a bad escape, a NUL, broken UTF-8, or more than QUERY_PAIRS_MAX pairs
    struct arena *arena; // the iterator's own, with all below
    const char *rest;
    int count;
};

// `text` must outlive the iteration; names and values live in the arena.
struct query query_of(const char *text, struct arena *arena);
// False at the end, and at the first pair that is malformed. Empty pairs ("a=1&&b=2") are skipped.
bool query_next(struct query *query);

#endif
