// Query strings, and addresses to listen on.
#include "net/query.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/test.h"
#include "net/listen.h"

static const char *read_all(struct test *t, const char *text)
{
    struct buf out = buf_in(t->arena);
    struct query query = query_of(text, t->arena);
    while (query_next(&query))
        buf_printf(&out, "[%s|%s]", query.name, query.value);
    if (query.malformed)
        buf_text(&out, "!");
    return buf_as_text(&out);
}

TEST(query)
{
    CHECK_TEXT(read_all(t, ""), "");
    CHECK_TEXT(read_all(t, "&&"), "");
    CHECK_TEXT(read_all(t, "a=1&b=2&a=3"), "[a|1][b|2][a|3]");
    CHECK_TEXT(read_all(t, "a&b=&=c"), "[a|][b|][|c]");
    CHECK_TEXT(read_all(t, "option=Color:Red+%26+Blue&q=%C3%A4%3D"),
               "[option|Color:Red & Blue][q|ä=]");
    CHECK_TEXT(read_all(t, "a==b=&c"), "[a|=b=][c|]");
    CHECK_TEXT(read_all(t, "a=1&b=%zz&c=2"), "[a|1]!");
    CHECK_TEXT(read_all(t, "a=%00"), "!");
    CHECK_TEXT(read_all(t, "%C3=1"), "!");
    struct buf many = buf_in(t->arena);
    for (int i = 0; i < QUERY_PAIRS_MAX; i++)
        buf_text(&many, "a&");
    CHECK(strchr(read_all(t, many.at), '!') == NULL);
    buf_text(&many, "a");
    CHECK(strchr(read_all(t, many.at), '!') != NULL);
}

TEST(listen_addresses)
{
    char error[LISTEN_ERROR_SIZE] = "";
    static const char *const good[] = {"127.0.0.1:0", "localhost:0", ":0", "0.0.0.0:0"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int listener = listen_open(good[i], error);
        CHECK(listener >= 0 && listen_port(listener) > 0);
        close(listener);
    }
    static const char *const bad[] = {"",
                                      "8080",
                                      "a:b",
                                      "127.0.0.1:70000",
                                      "127.0.0.1:",
                                      "::1:80",
                                      "127.0.0.1:-1",
                                      "nowhere.invalid:80",
                                      "127.0.0.1:8080x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        error[0] = '\0';
        CHECK_I64(listen_open(bad[i], error), -1);
        CHECK(strlen(error) > 10);
    }
}

TEST(listen_taken)
{
    char error[LISTEN_ERROR_SIZE], address[32];
    int listener = listen_open("127.0.0.1:0", error);
    snprintf(address, sizeof address, "127.0.0.1:%d", listen_port(listener));
    CHECK_I64(listen_open(address, error), -1);
    CHECK_TEXT(error,
               arena_printf(t->arena, "cannot listen on %s: Address already in use", address));
    close(listener);
}
