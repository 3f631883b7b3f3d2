// Tests of core/: what has no HTTP and no SQL in it.
#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/money.h"
#include "core/str.h"
#include "core/test.h"
#include "core/time.h"
#include "core/uuid.h"

// As the authors of FNV-1a have it.
TEST(str_hash)
{
    CHECK(str_hash(STR_HASH, "") == UINT64_C(0xcbf29ce484222325));
    CHECK(str_hash(STR_HASH, "foobar") == UINT64_C(0x85944171f73967e8));
    CHECK(str_hash(str_hash(STR_HASH, "foo"), "bar") == str_hash(STR_HASH, "foobar"));
}

TEST(uuid_sorted)
{
    struct uuid last = uuid_new(), parsed;
    for (int i = 0; i < 10000; i++) {
        struct uuid next = uuid_new();
        CHECK(strcmp(last.s, next.s) < 0);
        last = next;
    }
    CHECK(uuid_parse(last.s, &parsed) && uuid_equal(&last, &parsed));
    CHECK(!uuid_parse("0190a5c0-0000-7000-8000-00000000000", &parsed));
    CHECK(!uuid_parse("0190a5c0-0000-7000-8000-0000000000000", &parsed));
}

TEST(time_round_trip)
{
    char text[30];
    i64 at;
    for (int i = 0; i < 10000; i++) {
        i64 expected = (i64)(test_random(t) % (u64)(4000000000 * SECOND_MS));
        time_format(expected, text);
        CHECK(time_parse(text, &at) && at == expected);
    }
    CHECK(time_parse("2024-02-29T23:59:59.5+02:00", &at) && at == INT64_C(1709243999500));
    CHECK(!time_parse("2024-01-01T12:00:00.Z", &at) && time_parse("2024-01-01T12:00:00.0Z", &at));
    CHECK(!time_parse("2023-02-29", &at) && !time_parse("2024-01-01T24:00:00Z", &at));
    time_format_http(INT64_C(784111777000), text);
    CHECK_TEXT(text, "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(utf8_refused)
{
    CHECK(utf8_valid("caf\xC3\xA9", 5));
    CHECK(!utf8_valid("\xC0\xAF", 2));         // overlong
    CHECK(!utf8_valid("\xED\xA0\x80", 3));     // surrogate
    CHECK(!utf8_valid("\xF4\x90\x80\x80", 4)); // past U+10FFFF
    CHECK(!utf8_valid("\xE2\x82", 2));         // cut
    CHECK(!utf8_valid("a\0b", 3));
}

TEST(handles)
{
    CHECK_TEXT(str_handle(t->arena, "  Crème Brûlée -- Füße & Ærø's 12\" "),
               "creme-brulee-fuse-aros-12");
    CHECK_TEXT(str_handle(t->arena, "日本"), "item");
}

TEST(url_coding)
{
    CHECK_TEXT(url_decode(t->arena, "a%20b+c", 7, true), "a b c");
    CHECK_TEXT(url_decode(t->arena, "a+b", 3, false), "a+b");
    CHECK(url_decode(t->arena, "%2", 2, false) == NULL);
    CHECK(url_decode(t->arena, "%00", 3, false) == NULL);
    CHECK(url_decode(t->arena, "%ff", 3, false) == NULL);
    CHECK_TEXT(url_encode(t->arena, "a/b é"), "a%2Fb%20%C3%A9");
}

#define COLOUR(X, E) X(E, red) X(E, green)
ENUMERATION(colour, COLOUR);

#define POINT(F, S)                                                                                \
    F(S, i64, x, .min = 0, .max = 99, .doc = "Steps right.")                                       \
    F(S, text, label, .min = 1, .max = 4, .optional = true, .doc = "Shown beside it.")             \
    F(S, one_of(colour), paint, .optional = true, .doc = "Its colour.")
SHAPE(point, POINT);

#define PATH(F, S)                                                                                 \
    F(S, text, name, .doc = "For people.")                                                         \
    F(S, list(point), points, .min = 1, .max = 2, .doc = "From start to end.")                     \
    F(S, nested(point), centre, .optional = true, .doc = "Middle.")                                \
    F(S, bool, closed, .optional = true, .doc = "Whether the end meets the start.")
SHAPE(path, PATH);

// Reads a document as `path` and gives it back, or the problem document.
static const char *read_back(struct test *t, const char *document)
{
    struct problem problem = {.arena = t->arena};
    struct path path = {0};
    struct buf out = buf_in(t->arena);
    enum err err = json_read(&path_shape, document, strlen(document), 0, &problem, &path);
    if (err != ERR_OK) {
        problem_write(&problem, err, NULL, &out);
        const char *errors = strstr(out.at, err == ERR_INVALID ? "\"errors\"" : "\"detail\"");
        return arena_text(t->arena, errors);
    }
    json_write(&path_shape, &path, &out);
    return buf_as_text(&out);
}

TEST(shape_json)
{
    CHECK_TEXT(read_back(t, "{\"name\":\"n\",\"points\":[{\"x\":1,\"paint\":\"green\"}]}"),
               "{\"name\":\"n\",\"points\":[{\"x\":1,\"label\":null,\"paint\":\"green\"}],"
               "\"centre\":null,\"closed\":null}");
    CHECK_TEXT(read_back(t, "{\"points\":[{\"x\":100,\"label\":\"\"},{\"x\":1.5,\"y\":2}]}"),
               "\"errors\":[{\"field\":\"points.0.x\",\"detail\":\"more than 99\"},"
               "{\"field\":\"points.0.label\",\"detail\":\"shorter than 1\"},"
               "{\"field\":\"points.1.x\",\"detail\":\"must be an integer\"},"
               "{\"field\":\"points.1.y\",\"detail\":\"is not a known field\"},"
               "{\"field\":\"name\",\"detail\":\"is required\"}],\"request_id\":null}");
    CHECK_TEXT(read_back(t, "{\"name\":null,\"points\":[]}"),
               "\"errors\":[{\"field\":\"name\",\"detail\":\"must not be null\"},"
               "{\"field\":\"points\",\"detail\":\"fewer than 1 items\"}],\"request_id\":null}");
    CHECK_TEXT(read_back(t, "{\"name\":\"n\",\"points\":[{\"x\":1},{\"x\":99999999999999999999}]}"),
               "\"errors\":[{\"field\":\"points.1.x\",\"detail\":\"too large a number\"}],"
               "\"request_id\":null}");
    CHECK_TEXT(
        read_back(t, "{\"name\":\"n\",\"points\":[{\"x\":1,\"paint\":5}]}"),
        "\"errors\":[{\"field\":\"points.0.paint\",\"detail\":\"must be one of red, green\"}],"
        "\"request_id\":null}");
    CHECK(strstr(read_back(t, "{\"name\":1e999}"), "not JSON at line 1") != NULL);
    CHECK(strstr(read_back(t, "{\"name\":\"\\u0000\"}"), "\\\\u0000 at line 1") != NULL);
    CHECK(strstr(read_back(t, "{\"name\":1,\"name\":2}"), "duplicate object key") != NULL);
    CHECK(strstr(read_back(t, "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]"), "deeper than 16") != NULL);
    const char *brackets = "[[[[[[[[[[[[[[[[[["; // in a text, behind a quote that does not end it
    const char *quoting = arena_printf(
        t->arena, "{\"name\":\"\\\"%s\",\"points\":[{\"x\":1}],\"closed\":true}", brackets);
    CHECK(strstr(read_back(t, quoting), "\"closed\":true") != NULL);
    const char *hidden =
        arena_printf(t->arena, "{\"name\":\"\\\"\",\"points\":%s]]]]]]]]]]]]]]]]]]}", brackets);
    CHECK(strstr(read_back(t, hidden), "deeper than 16") != NULL);
}

// What the next version of the program wrote: it knows fields that this one does not.
TEST(json_known)
{
    struct path path = {0};
    struct problem problem = {.arena = t->arena};
    const char newer[] = "{\"name\":\"n\",\"points\":[{\"x\":1,\"depth\":{\"y\":[2]}}],"
                         "\"centre\":{\"x\":2,\"depth\":3},\"more\":null}";
    CHECK(json_read(&path_shape, newer, strlen(newer), 0, &problem, &path) == ERR_INVALID);
    problem = (struct problem){.arena = t->arena};
    CHECK(json_read_known(&path_shape, newer, strlen(newer), &problem, &path) == ERR_OK);
    CHECK_TEXT(json_text(&path_shape, &path, t->arena),
               "{\"name\":\"n\",\"points\":[{\"x\":1,\"label\":null,\"paint\":null}],"
               "\"centre\":{\"x\":2,\"label\":null,\"paint\":null},\"closed\":null}");
    const char older[] = "{\"points\":[{\"x\":1}]}"; // what is required is missed as ever
    CHECK(json_read_known(&path_shape, older, strlen(older), &problem, &path) == ERR_INVALID);
    CHECK(json_read_known(&path_shape, "[", 1, &problem, &path) == ERR_MALFORMED);
    CHECK(json_read_known(&path_shape, "[{}]", 4, &problem, &path) == ERR_INVALID);
}

TEST(shape_patch_by_name)
{
    struct point row = {.x = 5, .label = "old"}, patch = {0};
    struct problem problem = {.arena = t->arena};
    const char document[] = "{\"x\":7,\"label\":null}";
    CHECK(json_read(&point_shape, document, strlen(document), 0, &problem, &patch) == ERR_OK);
    shape_patch(&point_shape, &row, &point_shape, &patch);
    CHECK_TEXT(json_text(&point_shape, &row, t->arena), "{\"x\":7,\"label\":null,\"paint\":null}");
}

TEST(money_words)
{
    i64 minor;
    CHECK(money_parse("12.5", "EUR", &minor) && minor == 1250);
    CHECK(money_parse("-0.050", "EUR", &minor) && minor == -5);
    CHECK(money_parse("1234", "JPY", &minor) && minor == 1234);
    CHECK(money_parse("1.234", "KWD", &minor) && minor == 1234);
    CHECK(!money_parse("1.005", "EUR", &minor) && !money_parse("1,5", "EUR", &minor));
    CHECK(!money_parse("1e3", "EUR", &minor) && !money_parse("", "EUR", &minor));
    CHECK(!money_parse("99999999999999999999", "EUR", &minor) && !money_parse("1", "XYZ", &minor));
    CHECK_TEXT(money_text(t->arena, -5, "EUR"), "-0.05");
    CHECK_TEXT(money_text(t->arena, 12, "JPY"), "12");
    CHECK_TEXT(money_text(t->arena, 1005, "KWD"), "1.005");
}

// The parts add up, none strays a whole unit from its exact share.
TEST(money_split_exact)
{
    for (int round = 0; round < 20000; round++) {
        i64 weights[8], parts[8], sum = 0, weight_sum = 0;
        size_t count = 1 + test_random(t) % 8;
        i64 total = (i64)(test_random(t) % 1000000) - 500000;
        for (size_t i = 0; i < count; i++)
            weight_sum += weights[i] = (i64)(test_random(t) % 1000);
        money_split(total, weights, count, parts);
        for (size_t i = 0; i < count; i++) {
            sum += parts[i];
            i64 off = parts[i] * weight_sum - total * weights[i];
            CHECK(weight_sum == 0 || (off < weight_sum && off > -weight_sum));
        }
        CHECK_I64(sum, total);
    }
    CHECK_I64(money_share(5, 1, 2), 3);
    CHECK_I64(money_share(-5, 1, 2), -3);
    CHECK_I64(money_share(100, 1, 3), 33);
}
