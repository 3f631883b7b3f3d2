// Tests of trace contexts: what is believed, what begins a new trace, what is handed on.
#include "core/trace.h"

#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "core/test.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

TEST(trace_goes_on)
{
    static const char *const good[] = {
        "00-" ID "-" SPAN "-01",
        "00-" ID "-" SPAN "-ff",         // unknown flags: the known one counts
        "cc-" ID "-" SPAN "-01",         // a later version
        "cc-" ID "-" SPAN "-01-what-is", // with more in it
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct trace trace;
        char text[TRACEPARENT_SIZE];
        trace_begin(&trace, good[i], "rojo=" SPAN ",congo=t61rcWkgMzE", t->arena);
        CHECK_TEXT(trace.id, ID);
        CHECK_TEXT(trace.parent, SPAN);
        CHECK(strlen(trace.span) == 16 && strcmp(trace.span, SPAN) != 0);
        CHECK_TEXT(trace.state, "rojo=" SPAN ",congo=t61rcWkgMzE");
        trace_write(&trace, text);
        CHECK(str_starts(text, "00-" ID "-") && str_ends(text, "-01"));
        CHECK(strstr(text, trace.span) != NULL && strlen(text) == TRACEPARENT_SIZE - 1);
    }
    struct trace trace;
    char text[TRACEPARENT_SIZE];
    trace_begin(&trace, "00-" ID "-" SPAN "-00", NULL, t->arena);
    trace_write(&trace, text);
    CHECK(str_ends(text, "-00") && trace.state == NULL);
}

TEST(trace_begins_anew_where_it_is_malformed)
{
    static const char *const bad[] = {
        "",
        "00",
        "00-" ID "-" SPAN,
        "00-" ID "-" SPAN "-0",
        "00-" ID "-" SPAN "-01-", // this version ends here
        "00-" ID "-" SPAN "-01-x",
        "cc-" ID "-" SPAN "-01x",
        "ff-" ID "-" SPAN "-01", // no version
        "0x-" ID "-" SPAN "-01",
        "00-" ID "-" SPAN "-0g",
        "00_" ID "-" SPAN "-01",
        "00-00000000000000000000000000000000-" SPAN "-01",
        "00-" ID "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", // capital letters
        "00-" ID "-00f067aa0ba902b-01x",
        " 00-" ID "-" SPAN "-01",
        "00-" ID "-" SPAN "-01, 00-" ID "-" SPAN "-01", // two of them
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct trace trace, other;
        trace_begin(&trace, bad[i], "rojo=1", t->arena);
        trace_begin(&other, bad[i], "rojo=1", t->arena);
        CHECK(strlen(trace.id) == 32 && strcmp(trace.id, ID) != 0);
        CHECK(strcmp(trace.id, other.id) != 0 && strcmp(trace.span, other.span) != 0);
        CHECK_TEXT(trace.parent, "");
        CHECK(trace.state == NULL && trace.sampled);
    }
    struct trace trace;
    trace_begin(&trace, NULL, "rojo=1", t->arena);
    CHECK(strlen(trace.id) == 32 && trace.state == NULL);
}

TEST(trace_state_is_handed_on_or_dropped)
{
    static const char *const good[] = {
        "a=1",        "a=1,b=2",   "a=1 , b=2", "a=1,,b=2",
        "a=1,\tb=2 ", "t@sys=x y", "0t@sys=1",  "a_-*/=!~",
    };
    static const char *const bad[] = {
        "",       ",",    "a",    "=1",      "a=",    "A=1",   "0a=1",  "a=1=2",
        "a=\x7f", "a@=1", "@a=1", "a@b@c=1", "a@0=1", "a b=1", "a=1,b", "a@abcdefghijklmno=1",
    };
    struct trace trace;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        trace_begin(&trace, "00-" ID "-" SPAN "-01", good[i], t->arena);
        CHECK_TEXT(trace.state, good[i]);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        trace_begin(&trace, "00-" ID "-" SPAN "-01", bad[i], t->arena);
        CHECK(trace.state == NULL);
        CHECK_TEXT(trace.id, ID); // the rest counts
    }
    struct buf many = buf_in(t->arena);
    for (int i = 0; i < 33; i++)
        buf_printf(&many, "%sk%d=1", i > 0 ? "," : "", i);
    trace_begin(&trace, "00-" ID "-" SPAN "-01", buf_as_text(&many), t->arena);
    CHECK(trace.state == NULL);
}
