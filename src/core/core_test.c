// Tests of core/: what has no HTTP and no SQL in it.
#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/test.h"
#include "core/time.h"
#include "core/uuid.h"

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
    CHECK_TEXT(str_handle(t->arena, "  Crème Brûlée -- Füße & Ærø's 12\" "), "creme-brulee-fuse-aros-12");
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
