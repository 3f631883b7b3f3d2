// HTML that merchants wrote, made safe to show and turned into plain text. Escaping text for HTML
// is buf_html's work (buf.h).
//
// html_clean is an allow list: elements of running text, lists, tables, links and pictures stay,
// with the few attributes that they need; everything else is taken out, with its contents where
// they are no text (script, style, frames). What it writes is balanced, and cleaning it again
// changes nothing.
//
//     html_clean(arena, "<p onclick=x()>Hi<script>y()</script>")  ->  "<p>Hi</p>"
//     html_to_text(arena, "<p>Tea &amp; cups</p><p>Two</p>")       ->  "Tea & cups Two"
#ifndef SOUK_CORE_HTML_H
#define SOUK_CORE_HTML_H

#include "core/arena.h"

// NULL gives NULL.
const char *html_clean(struct arena *arena, const char *html);
// Without tags, character references decoded, white space as one blank. NULL gives "".
const char *html_to_text(struct arena *arena, const char *html);

#endif
