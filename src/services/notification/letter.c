// Laying out mails: the same words in plain text and in HTML. Contract in mail.h.
//
// Styles stand in each element because mail programs drop style sheets. Nothing is fetched: no
// pictures, no fonts, so no program asks whether to load what could track the reader, and the mail
// is whole without a connection.
#include <string.h>

#include "app/app.h"
#include "services/notification/mail.h"

static void add_text(struct buf *out, const char *text)
{
    if (text != NULL)
        buf_printf(out, "%s\n\n", text);
}

static const char *plain(struct rq *rq, const struct letter *letter)
{
    struct buf out = buf_in(rq->arena);
    add_text(&out, letter->greeting);
    for (size_t i = 0; i < COUNT_OF(letter->paragraphs) && letter->paragraphs[i] != NULL; i++)
        add_text(&out, letter->paragraphs[i]);
    add_text(&out, letter->rows);
    if (letter->link != NULL)
        buf_printf(&out, "%s:\n%s\n\n", letter->link_text, letter->link);
    add_text(&out, letter->footnote);
    return buf_as_text(&out);
}

static void add_element(struct buf *out, const char *tag, const char *style, const char *text)
{
    if (text == NULL)
        return;
    buf_printf(out, "<%s style=\"%s\">", tag, style);
    buf_html(out, text);
    buf_printf(out, "</%s>", tag);
}

static void add_link(struct buf *out, const struct letter *letter)
{
    if (letter->link == NULL)
        return;
    buf_text(out,
             "<p style=\"margin:28px 0\"><a style=\"background:#1f4d3f;color:#fff;padding:12px "
             "22px;border-radius:6px;text-decoration:none;font-weight:600\" href=\"");
    buf_html(out, letter->link);
    buf_text(out, "\">");
    buf_html(out, letter->link_text);
    buf_text(out, "</a></p>");
}

static const char *html(struct rq *rq, const struct letter *letter)
{
    static const char paragraph[] = "margin:0 0 16px;line-height:1.55";
    struct buf out = buf_in(rq->arena);
    buf_text(&out, "<!doctype html><html><body style=\"margin:0;background:#f5f4f1;padding:24px\">"
                   "<div style=\"max-width:560px;margin:auto;background:#fff;border-radius:10px;"
                   "padding:32px;font:16px system-ui,-apple-system,sans-serif;color:#222\">");
    add_element(&out, "p", paragraph, letter->greeting);
    for (size_t i = 0; i < COUNT_OF(letter->paragraphs) && letter->paragraphs[i] != NULL; i++)
        add_element(&out, "p", paragraph, letter->paragraphs[i]);
    add_element(&out, "pre",
                "font:14px ui-monospace,monospace;white-space:pre-wrap;background:#f5f4f1;"
                "padding:16px;border-radius:6px",
                letter->rows);
    add_link(&out, letter);
    add_element(&out, "p", "margin:24px 0 0;color:#666;font-size:14px;line-height:1.5",
                letter->footnote);
    buf_text(&out, "</div></body></html>");
    return buf_as_text(&out);
}

// A line break in a header would start another header.
// Names and titles are lines already (FORMAT_LINE); this holds for what reaches a mail by another
// way.
static const char *one_line(struct rq *rq, const char *text)
{
    char *line = arena_text(rq->arena, text);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return line;
}

void letter_compose(struct rq *rq, const struct letter *letter, struct mail_new *out)
{
    out->recipient = one_line(rq, letter->recipient);
    out->subject = one_line(rq, letter->subject);
    out->body = plain(rq, letter);
    out->html = html(rq, letter);
}
