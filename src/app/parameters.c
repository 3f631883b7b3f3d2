// Parameters. Contract in parameters.h.
//
// Query parameters are fields of the handler's shape like those of a body, with the same limits and
// the same refusal of what is not known: a misspelt filter must not quietly give the unfiltered
// list.
#include "app/parameters.h"

#include <string.h>

#include "core/json.h"
#include "net/query.h"

enum err parameters_read_segment(const struct shape *shape, int position, const char *at,
                                 size_t length, struct problem *problem, void *out)
{
    // net/ has decoded the path but for slashes, which would have parted segments; now that the
    // segment is known they are decoded too.
    char *text = arena_text_n(problem->arena, at, length);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool slash = from[0] == '%' && from[1] == '2' && (from[2] == 'F' || from[2] == 'f');
        *to++ = slash ? '/' : *from;
        from += slash ? 2 : 0;
    }
    *to = '\0';
    return json_read_text_field(shape, position, text, problem, out);
}

static void read_pair(const struct shape *shape, const struct query *pair, u64 skip,
                      struct problem *problem, void *out)
{
    int position = shape_find(shape, pair->name);
    const struct presence *given = out;
    if (position < 0 || (skip >> position & 1) != 0) {
        problem_field(problem, pair->name, "is not a known parameter");
        return;
    }
    bool again = (given->set >> position & 1) != 0;
    if (again && shape->fields[position].kind != KIND_TEXTS)
        problem_field(problem, pair->name, "is given twice");
    else if (json_read_text_field(shape, position, pair->value, problem, out) != ERR_OK)
        return; // the fault is in the problem
}

enum err parameters_read_query(const struct shape *shape, const char *text, u64 skip,
                               struct problem *problem, void *out)
{
    size_t before = problem->count;
    struct query pairs = query_of(text, problem->arena);
    while (query_next(&pairs))
        read_pair(shape, &pairs, skip, problem, out);
    if (pairs.malformed) {
        problem_detail(problem, "the query string is not valid");
        return ERR_MALFORMED;
    }
    json_require(shape, out, skip, problem);
    return problem->count > before ? ERR_INVALID : ERR_OK;
}
