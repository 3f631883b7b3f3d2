// Rubbish for every route that there is: each field of each body and query in turn gets what it
// should not get. Every answer must be a clear refusal, never a fault of ours. The test's name puts
// it last, for it leaves rubbish behind where rubbish is allowed.
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/buf.h"
#include "core/str.h"

// What fits no kind of field but a text or free JSON.
static const char *const wrong_texts[] = {
    "\"' OR 1=1; DROP TABLE product;--\"",
    "\"<script>alert(1)</script>\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\xff\xfe\"",
    "\"\"",
};
static const char *const wrong_numbers[] = {
    "-1", "9007199254740993", "99999999999999999999999", "1e400", "-9223372036854775808", "0.1",
};
static const char *const wrong_shapes[] = {"[]", "{}", "[[[[]]]]", "true", "[1,\"a\",null]"};

static const char *sample(const struct field *field)
{
    static char name[64];
    switch (field->kind) {
    case KIND_I64:
    case KIND_MINOR:
        return field_min(field) > 1 ? "2" : "1";
    case KIND_BOOL:
        return "true";
    case KIND_TIME:
        return "\"2030-01-01T00:00:00.000Z\"";
    case KIND_UUID:
        return "\"01900000-0000-7000-8000-000000000000\"";
    case KIND_ENUM:
        snprintf(name, sizeof name, "\"%s\"", field->values->values[0]);
        return name;
    case KIND_NESTED:
        return "{}";
    case KIND_LIST:
    case KIND_TEXTS:
        return "[]";
    case KIND_JSON:
        return "{}";
    case KIND_TEXT:
        break;
    }
    return field->format == FORMAT_EMAIL      ? "\"rub@bish.test\""
           : field->format == FORMAT_CURRENCY ? "\"EUR\""
           : field->format == FORMAT_COUNTRY  ? "\"DE\""
           : field->format == FORMAT_URL      ? "\"https://rubbish.test/\""
                                              : "\"rubbish-rubbish\"";
}

static bool takes_body(const struct route *route)
{
    return route->method != HTTP_GET && route->method != HTTP_DELETE;
}

// A path with something in place of each parameter.
static void add_target(struct buf *out, const struct route *route)
{
    for (const char *c = route->path; *c != '\0'; c++) {
        if (*c != '{') {
            buf_char(out, *c);
            continue;
        }
        const char *end = strchr(c, '}');
        bool id = end - c > 2 && end[-1] == 'd' && end[-2] == 'i';
        buf_text(out, id ? "01900000-0000-7000-8000-000000000000" : "rubbish");
        c = end;
    }
}

// The request with one field holding `value` and the others a sample.
static const char *request_with(struct test *t, const struct bound_route *bound, size_t at,
                                const char *value)
{
    const struct route *route = bound->route;
    const struct shape *in = route->handler->in;
    struct buf out = buf_in(t->arena);
    buf_printf(&out, "%s ", http_method_name(route->method));
    add_target(&out, route);
    if (!takes_body(route)) {
        buf_printf(&out, "?%s=", in->fields[at].name);
        buf_text(&out, url_encode(t->arena, value));
        return buf_as_text(&out);
    }
    buf_text(&out, "\nIdempotency-Key: rubbish\n{");
    for (size_t i = 0, written = 0; i < in->count; i++) {
        if ((bound->path_bits >> i & 1) != 0)
            continue;
        buf_printf(&out, "%s\"%s\":", written++ > 0 ? "," : "", in->fields[i].name);
        buf_text(&out, i == at ? value : sample(&in->fields[i]));
    }
    buf_char(&out, '}');
    return buf_as_text(&out);
}

static void ask(struct test *t, const struct bound_route *bound, size_t at, const char *value,
                bool must_refuse)
{
    const char *request = request_with(t, bound, at, value);
    int status = check_ask(t, request);
    bool refused = status >= 400 && status < 500 && strstr(check_body(), "\"code\":\"") != NULL;
    if (status >= 500 || status < 200 || (status >= 400 && !refused) || (must_refuse && !refused))
        test_fail(t, __FILE__, __LINE__, "%s answers %d\n       %.500s\n       to %.500s",
                  bound->route->handler->name, status, check_body(), request);
}

static void ask_all(struct test *t, const struct bound_route *bound, size_t at)
{
    const struct field *field = &bound->route->handler->in->fields[at];
    bool text = field->kind == KIND_TEXT || field->kind == KIND_JSON || field->kind == KIND_TEXTS;
    bool number = field->kind == KIND_I64 || field->kind == KIND_MINOR;
    bool body = takes_body(bound->route);
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++)
        ask(t, bound, at, wrong_texts[i], !text);
    for (size_t i = 0; i < COUNT_OF(wrong_numbers); i++)
        ask(t, bound, at, wrong_numbers[i], !text && !number);
    for (size_t i = 0; i < COUNT_OF(wrong_shapes) && body; i++)
        ask(t, bound, at, wrong_shapes[i], false);
    char *long_text = arena_alloc(t->arena, 20003);
    memset(long_text, 'a', 20002);
    long_text[0] = long_text[20001] = '"';
    ask(t, bound, at, long_text, !text);
}

static void ask_route(struct test *t, const struct bound_route *bound)
{
    const struct shape *in = bound->route->handler->in;
    bool raw = (bound->route->flags & ROUTE_RAW_BODY) != 0;
    for (size_t i = 0; i < in->count && !raw; i++)
        if ((bound->path_bits >> i & 1) == 0)
            ask_all(t, bound, i);
}

TEST(zz_rubbish)
{
    check_as_staff(t, ROLE_ADMIN | ROLE_CATALOG | ROLE_ORDERS | ROLE_SUPPORT);
    for (size_t i = 0; i < router_count(check_app()->router); i++) {
        const struct bound_route *bound = router_at(check_app()->router, i);
        bool ends_session = strstr(bound->route->path, "sessions") != NULL;
        if ((bound->route->roles & ROLE_PEER) == 0 && !ends_session &&
            str_starts(bound->route->path, "/api/"))
            ask_route(t, bound);
    }
}

// A body of a megabyte and one byte is refused before it is read.
TEST(zz_rubbish_bodies)
{
    char *body = arena_alloc(t->arena, MIB(1) + 16);
    memset(body, ' ', MIB(1) + 2);
    body[0] = '{';
    body[MIB(1)] = '}';
    check(t, arena_printf(t->arena, "POST /test/echo %s", body), "413 {'code':'too_large'}");
    body[MIB(1) - 1] = '}';
    body[MIB(1)] = '\0';
    check(t, arena_printf(t->arena, "POST /test/echo %s", body), "422 {'code':'invalid'}");
    check(t, "POST /test/echo {'word':'a'", "400 {'code':'malformed'}");
    check(t, "POST /test/echo []", "422");
    check(t, "POST /test/echo null", "400");
    check(t, "POST /test/echo {'word':'\xff'}", "400 {'code':'malformed'}");
}
