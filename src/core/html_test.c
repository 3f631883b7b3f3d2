// Tests of cleaning HTML.
#include "core/html.h"

#include <string.h>

#include "core/buf.h"
#include "core/test.h"

static void cleans(struct test *t, const char *html, const char *expected)
{
    const char *clean = html_clean(t->arena, html);
    CHECK_TEXT(clean, expected);
    CHECK_TEXT(html_clean(t->arena, clean), clean);
}

TEST(html_keeps_running_text)
{
    cleans(t, "<p>Tea &amp; cups</p>", "<p>Tea &amp; cups</p>");
    cleans(t, "<P CLASS=x>a<BR/>b</P>", "<p>a<br>b</p>");
    cleans(t, "a < b & c > d \"e\"", "a &lt; b &amp; c &gt; d &quot;e&quot;");
    cleans(t, "<a href='https://x.example/?a=1&b=2' target=_blank>x</a>",
           "<a href=\"https://x.example/?a=1&amp;b=2\">x</a>");
    cleans(t, "<img src=/a.jpg alt='A \"b\"' width=10 height=9%>",
           "<img src=\"/a.jpg\" alt=\"A &quot;b&quot;\" width=\"10\">");
    cleans(t, "<table><tr><td colspan=2>x</table>",
           "<table><tr><td colspan=\"2\">x</td></tr></table>");
    CHECK(html_clean(t->arena, NULL) == NULL);
}

TEST(html_takes_out_what_runs)
{
    cleans(t, "a<script>alert(1)</script>b", "ab");
    cleans(t, "a<SCRIPT src=//x>alert('</p>')</ScRiPt >b", "ab");
    cleans(t, "<p onclick=\"x()\" style='y'>a", "<p>a</p>");
    cleans(t, "<a href=\"javascript:alert(1)\">a</a>", "<a>a</a>");
    cleans(t, "<a href=\"java&#115;cript&colon;alert(1)\">a</a>", "<a>a</a>");
    cleans(t, "<a href=\" javascript:alert(1)\">a</a>", "<a>a</a>");
    cleans(t, "<a href=\"java\tscript:alert(1)\">a</a>", "<a>a</a>");
    cleans(t, "<a href=\"<b>\">a</a>", "<a>a</a>");
    cleans(t, "<img src=x onerror=alert(1)//", "<img src=\"x\">");
    cleans(t, "<img src=\"data:text/html,x\">", "<img>");
    cleans(t, "<iframe src=x>a</iframe>b<svg><a href=x></svg>", "b");
    cleans(t, "<!-- <b> --><?php x ?><!doctype html>a", "a");
    cleans(t, "<p title=\"x\"onclick=y>a</p></div></p>", "<p>a</p>");
    cleans(t, "<b><i>a</b>c</i>", "<b><i>a</i></b>c");
    cleans(t, "<unknown x=\">\">a</unknown><p", "a<p></p>");
    cleans(t, "<script>never closed", "");
}

TEST(html_nests_to_a_limit)
{
    struct buf deep = buf_in(t->arena);
    for (int i = 0; i < 1000; i++)
        buf_text(&deep, "<div>");
    const char *clean = html_clean(t->arena, buf_as_text(&deep));
    CHECK_I64((i64)strlen(clean), 64 * 11);
}

TEST(html_gives_plain_text)
{
    CHECK_TEXT(html_to_text(t->arena, "<p>Tea &amp; cups</p><p>Two&nbsp;<b>b</b>c</p>"),
               "Tea & cups Two bc");
    CHECK_TEXT(
        html_to_text(t->arena, " a <style>p{}</style>\n&#8364;&#x41;&bogus; &lt;b&gt; 1 < 2 "),
        "a \xE2\x82\xAC"
        "A&bogus; <b> 1 < 2");
    CHECK_TEXT(html_to_text(t->arena, NULL), "");
    CHECK_TEXT(html_to_text(t->arena, "a<!-- b -->c<"), "ac<");
}
