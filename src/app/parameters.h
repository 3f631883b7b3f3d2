// Path and query parameters into the fields of a shape.
#ifndef SOUK_APP_PARAMETERS_H
#define SOUK_APP_PARAMETERS_H

#include "core/problem.h"
#include "core/shape.h"

// Reads one segment of a decoded path, where "%2F" stands for a slash inside it.
CHECKED enum err parameters_read_segment(const struct shape *shape, int position, const char *at,
                                         size_t length, struct problem *problem, void *out);
// Reads a query string. A name that is no field, that the path has already (`skip`), or that comes
// twice without being a list of texts, is a fault. Required fields that are missing are named.
CHECKED enum err parameters_read_query(const struct shape *shape, const char *query, u64 skip,
                                       struct problem *problem, void *out);

#endif
