// Problem documents. Contract in problem.h.
//
// RFC 9457 section 3.1: `type` is "about:blank", so `title` says what the status means and `code`
// (our extension, section 3.2) is what programs compare. `errors` is always there, `detail` too, so
// that clients need no tests.
#include "core/problem.h"

#include <stdarg.h>

void problem_field(struct problem *problem, const char *field, const char *format, ...)
{
    if (problem->count == COUNT_OF(problem->fields))
        return;
    va_list args;
    va_start(args, format);
    problem->fields[problem->count].field = arena_text(problem->arena, field);
    problem->fields[problem->count].detail = arena_vprintf(problem->arena, format, args);
    problem->count++;
    va_end(args);
}

void problem_detail(struct problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    problem->detail = arena_vprintf(problem->arena, format, args);
    va_end(args);
}

void problem_write(const struct problem *problem, enum err err, const char *request_id,
                   struct buf *out)
{
    // Titles and codes stand in err.h and hold nothing that JSON would escape.
    buf_printf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"",
               err_title(err), err_status(err), err_code(err));
    buf_text(out, ",\"detail\":");
    buf_json_text(out, problem->detail != NULL ? problem->detail : err_title(err));
    buf_text(out, ",\"errors\":[");
    for (size_t i = 0; i < problem->count; i++) {
        buf_text(out, i > 0 ? ",{\"field\":" : "{\"field\":");
        buf_json_text(out, problem->fields[i].field);
        buf_text(out, ",\"detail\":");
        buf_json_text(out, problem->fields[i].detail);
        buf_char(out, '}');
    }
    buf_text(out, "],\"request_id\":");
    buf_json_text(out, request_id);
    buf_char(out, '}');
}
