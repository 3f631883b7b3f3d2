// Cleaning HTML and taking its text out. Contract in html.h. The grammar is what browsers do with
// tags (HTML Living Standard, 13.2.5), as far as what goes out must not depend on it.
#include "core/html.h"

#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "core/str.h"

// Deeper nesting than 64 keeps its text and loses its tags; no description needs it, and browsers
// limit depth too. No kept attribute's name has more than 16 bytes.
enum { DEPTH_MAX = 64, NAME_MAX_BYTES = 16 };

enum element_kind {
    KEPT,    // with its content
    VOID,    // has no content
    DROPPED, // with its content
};

// Kept: what a description may be made of. Dropped: elements whose content is no text to a browser
// (script, style), another language (svg, math), or parsed by rules of its own (textarea, noscript,
// template, xmp), which is where cleaners are tricked: text that is harmless by our reading becomes
// markup by theirs. An element that is not listed loses its tags and keeps its content.
static const struct element {
    const char *name;
    enum element_kind kind;
    bool is_block;          // ends a word in plain text
    const char *attributes; // " href title ": those that stay
} elements[] = {
    {"a", KEPT, false, " href title "},
    {"abbr", KEPT, false, " title "},
    {"b", KEPT, false, ""},
    {"blockquote", KEPT, true, ""},
    {"br", VOID, true, ""},
    {"caption", KEPT, true, ""},
    {"code", KEPT, false, ""},
    {"dd", KEPT, true, ""},
    {"div", KEPT, true, ""},
    {"dl", KEPT, true, ""},
    {"dt", KEPT, true, ""},
    {"em", KEPT, false, ""},
    {"figcaption", KEPT, true, ""},
    {"figure", KEPT, true, ""},
    {"h1", KEPT, true, ""},
    {"h2", KEPT, true, ""},
    {"h3", KEPT, true, ""},
    {"h4", KEPT, true, ""},
    {"h5", KEPT, true, ""},
    {"h6", KEPT, true, ""},
    {"hr", VOID, true, ""},
    {"i", KEPT, false, ""},
    {"img", VOID, false, " src alt width height title "},
    {"li", KEPT, true, ""},
    {"ol", KEPT, true, ""},
    {"p", KEPT, true, ""},
    {"pre", KEPT, true, ""},
    {"s", KEPT, false, ""},
    {"small", KEPT, false, ""},
    {"span", KEPT, false, ""},
    {"strong", KEPT, false, ""},
    {"sub", KEPT, false, ""},
    {"sup", KEPT, false, ""},
    {"table", KEPT, true, ""},
    {"tbody", KEPT, true, ""},
    {"td", KEPT, true, " colspan rowspan "},
    {"tfoot", KEPT, true, ""},
    {"th", KEPT, true, " colspan rowspan "},
    {"thead", KEPT, true, ""},
    {"tr", KEPT, true, ""},
    {"u", KEPT, false, ""},
    {"ul", KEPT, true, ""},
    {"applet", DROPPED, true, ""},
    {"audio", DROPPED, true, ""},
    {"canvas", DROPPED, true, ""},
    {"frameset", DROPPED, true, ""},
    {"head", DROPPED, true, ""},
    {"iframe", DROPPED, true, ""},
    {"math", DROPPED, true, ""},
    {"noembed", DROPPED, true, ""},
    {"noframes", DROPPED, true, ""},
    {"noscript", DROPPED, true, ""},
    {"object", DROPPED, true, ""},
    {"plaintext", DROPPED, true, ""},
    {"script", DROPPED, true, ""},
    {"select", DROPPED, true, ""},
    {"style", DROPPED, true, ""},
    {"svg", DROPPED, true, ""},
    {"template", DROPPED, true, ""},
    {"textarea", DROPPED, true, ""},
    {"title", DROPPED, true, ""},
    {"video", DROPPED, true, ""},
    {"xmp", DROPPED, true, ""},
};

// `open` is the stack of kept elements that were opened in the output and are not closed yet. What
// is written is balanced because only take_start_tag pushes and only close_element and the end of
// html_clean pop, each with the tag written.
struct cleaner {
    struct buf out;
    const char *at;
    const struct element *open[DEPTH_MAX];
    size_t depth;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const struct element *find_element(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (strlen(elements[i].name) == length && strncasecmp(elements[i].name, name, length) == 0)
            return &elements[i];
    return NULL;
}

static size_t name_length(const char *at)
{
    return strcspn(at, " \t\r\n\f/>");
}

// Where the next character reference ends, 0 when `at` starts none.
// Seven digits reach beyond U+10FFFF, and 32 letters beyond the longest name of HTML
// (CounterClockwiseContourIntegral, 31). A reference without its semicolon counts as text: browsers
// read some of those, and put_text makes their & harmless.
static size_t reference_length(const char *at)
{
    size_t length = 1;
    if (at[1] == '#') {
        bool hex = at[2] == 'x' || at[2] == 'X';
        length = hex ? 3 : 2;
        size_t digits = strspn(at + length, hex ? "0123456789abcdefABCDEF" : "0123456789");
        return digits > 0 && digits < 8 && at[length + digits] == ';' ? length + digits + 1 : 0;
    }
    while (is_letter(at[length]) || (length > 1 && at[length] >= '0' && at[length] <= '9'))
        length++;
    return length > 1 && length < 34 && at[length] == ';' ? length + 1 : 0;
}

// Text as it may stand in HTML; references stay, a lone & does not.
static void put_text(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        size_t reference = c == '&' ? reference_length(text + i) : 0;
        if (reference > 0 && i + reference <= length) {
            buf_bytes(out, text + i, reference);
            i += reference - 1;
        } else if (c == '&') {
            buf_text(out, "&amp;");
        } else if (c == '<' || c == '>') {
            buf_text(out, c == '<' ? "&lt;" : "&gt;");
        } else if (c == '"') {
            buf_text(out, "&quot;");
        } else {
            buf_char(out, c);
        }
    }
}

// A reference could spell a colon, so none may stand before the first slash of a relative address.
// What may stand in href and src: a few schemes, addresses within the site, anchors. Control
// characters and blanks are refused because browsers strip some of them before they look for the
// scheme ("java\nscript:"), the backslash because they read it as a slash.
static bool safe_address(const char *value, size_t length)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:", "/", "#", "?"};
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] <= ' ' || value[i] == '\\')
            return false;
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (length >= strlen(schemes[i]) && strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
            return true;
    // Neither may <, > and ": put_text would write them as references, and cleaning the result
    // again would then refuse what it let pass. html_clean promises to change nothing the second
    // time.
    for (size_t i = 0; i < length && value[i] != '/' && value[i] != '?' && value[i] != '#'; i++)
        if (strchr(":&<>\"", value[i]) != NULL)
            return false;
    return length > 0;
}

// Points into the source; `value` is NULL for an attribute without one.
struct attribute {
    const char *name, *value;
    size_t name_length, value_length;
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n\f/");
}

// Reads one attribute inside a tag; false at its end.
static bool next_attribute(const char **at, struct attribute *out)
{
    const char *c = skip_blanks(*at);
    *out = (struct attribute){.name = c, .name_length = strcspn(c, " \t\r\n\f/>=")};
    if (*c == '\0' || *c == '>') {
        *at = c;
        return false;
    }
    if (out->name_length == 0)
        out->name_length = 1; // a stray "=" begins a name, as browsers have it
    c += out->name_length;
    const char *equals = c + strspn(c, " \t\r\n\f");
    if (*equals != '=') {
        *at = c;
        return true;
    }
    c = equals + 1 + strspn(equals + 1, " \t\r\n\f");
    if (*c == '"' || *c == '\'') {
        const char *end = strchr(c + 1, *c);
        out->value = c + 1;
        out->value_length = end != NULL ? (size_t)(end - c - 1) : strlen(c + 1);
        *at = end != NULL ? end + 1 : c + strlen(c);
    } else {
        out->value = c;
        out->value_length = strcspn(c, " \t\r\n\f>");
        *at = c + out->value_length;
    }
    return true;
}

static bool keeps_attribute(const struct element *element, const struct attribute *attribute)
{
    char name[NAME_MAX_BYTES + 3];
    if (attribute->name_length > NAME_MAX_BYTES || attribute->value == NULL)
        return false;
    name[0] = ' ';
    for (size_t i = 0; i < attribute->name_length; i++) {
        char c = attribute->name[i];
        name[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name[attribute->name_length + 1] = ' ';
    name[attribute->name_length + 2] = '\0';
    if (strstr(element->attributes, name) == NULL)
        return false;
    if (strcmp(name, " href ") == 0 || strcmp(name, " src ") == 0)
        return safe_address(attribute->value, attribute->value_length);
    if (strcmp(name, " alt ") == 0 || strcmp(name, " title ") == 0)
        return true;
    // The rest are sizes and spans: up to four digits, no units, no percentages.
    return attribute->value_length > 0 && attribute->value_length < 5 &&
           strspn(attribute->value, "0123456789") >= attribute->value_length;
}

// Writes an opening tag; returns where it ends.
static const char *put_tag(struct buf *out, const struct element *element, const char *at)
{
    u32 seen = 0;
    struct attribute attribute;
    buf_printf(out, "<%s", element->name);
    while (next_attribute(&at, &attribute)) {
        u32 bit = 1u << (attribute.name[0] & 31); // the kept names differ in their first letters
        if (!keeps_attribute(element, &attribute) || (seen & bit) != 0)
            continue;
        seen |= bit;
        buf_char(out, ' ');
        for (size_t i = 0; i < attribute.name_length; i++)
            buf_char(out, (char)(attribute.name[i] | 0x20));
        buf_text(out, "=\"");
        put_text(out, attribute.value, attribute.value_length);
        buf_char(out, '"');
    }
    buf_char(out, '>');
    return *at == '>' ? at + 1 : at;
}

static const char *skip_tag(const char *at)
{
    struct attribute attribute;
    while (next_attribute(&at, &attribute))
        continue;
    return *at == '>' ? at + 1 : at;
}

// Past the end tag that matches, or past everything.
// Searching for the end tag alone is how browsers read script, style and the like; for the others
// (svg, select) it may stop at an inner end tag of the same name, and what follows is then cleaned
// like any other input.
static const char *skip_content(const struct element *element, const char *at)
{
    size_t length = strlen(element->name);
    for (at = strchr(at, '<'); at != NULL; at = strchr(at + 1, '<'))
        if (at[1] == '/' && strncasecmp(at + 2, element->name, length) == 0 &&
            name_length(at + 2) == length)
            return skip_tag(at + 2 + length);
    return "";
}

// An end tag closes everything that was opened inside of its element; one that has nothing open is
// left out.
static void close_element(struct cleaner *cleaner, const struct element *element)
{
    size_t depth = cleaner->depth;
    while (depth > 0 && cleaner->open[depth - 1] != element)
        depth--;
    if (depth == 0)
        return;
    while (cleaner->depth >= depth)
        buf_printf(&cleaner->out, "</%s>", cleaner->open[--cleaner->depth]->name);
}

static void take_end_tag(struct cleaner *cleaner)
{
    const char *name = cleaner->at + 2;
    size_t length = name_length(name);
    const struct element *element = find_element(name, length);
    cleaner->at = skip_tag(name + length);
    if (element != NULL && element->kind == KEPT)
        close_element(cleaner, element);
}

static void take_start_tag(struct cleaner *cleaner)
{
    const char *name = cleaner->at + 1;
    size_t length = name_length(name);
    const struct element *element = find_element(name, length);
    if (element == NULL) {
        cleaner->at = skip_tag(name + length);
    } else if (element->kind == DROPPED) {
        cleaner->at = skip_content(element, skip_tag(name + length));
    } else if (element->kind == KEPT && cleaner->depth == DEPTH_MAX) {
        cleaner->at = skip_tag(name + length);
    } else {
        cleaner->at = put_tag(&cleaner->out, element, name + length);
        if (element->kind == KEPT)
            cleaner->open[cleaner->depth++] = element;
    }
}

// "<!--...-->", "<!doctype ...>", "<?...>": nothing of them stays.
// A browser ends a comment also at "--!>". We take away more than it hides then, never less:
// nothing inside goes out as it is.
static const char *skip_declaration(const char *at)
{
    bool comment = strncmp(at, "<!--", 4) == 0;
    const char *end = strstr(at, comment ? "-->" : ">");
    return end != NULL ? end + (comment ? 3 : 1) : at + strlen(at);
}

const char *html_clean(struct arena *arena, const char *html)
{
    if (html == NULL)
        return NULL;
    struct cleaner cleaner = {.out = buf_in(arena), .at = html};
    while (*cleaner.at != '\0') {
        size_t text = strcspn(cleaner.at, "<");
        put_text(&cleaner.out, cleaner.at, text);
        cleaner.at += text;
        if (*cleaner.at == '\0')
            break;
        char next = cleaner.at[1];
        if (is_letter(next))
            take_start_tag(&cleaner);
        else if (next == '/' && is_letter(cleaner.at[2]))
            take_end_tag(&cleaner);
        else if (next == '!' || next == '?' || next == '/')
            cleaner.at = skip_declaration(cleaner.at);
        else
            put_text(&cleaner.out, cleaner.at++, 1);
    }
    while (cleaner.depth > 0)
        buf_printf(&cleaner.out, "</%s>", cleaner.open[--cleaner.depth]->name);
    return buf_as_text(&cleaner.out);
}

static void put_code_point(struct buf *out, u32 code)
{
    bool valid = code > 0 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
    if (!valid)
        return;
    char bytes[4];
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    bytes[0] = (char)(lead[more] | (code >> (6 * more)));
    for (size_t i = 1; i <= more; i++)
        bytes[i] = (char)(0x80 | ((code >> (6 * (more - i))) & 0x3F));
    buf_bytes(out, bytes, more + 1);
}

static void put_reference(struct buf *out, const char *at, size_t length)
{
    static const struct {
        const char *name;
        u32 code;
    } named[] = {
        {"&amp;", '&'},       {"&lt;", '<'},       {"&gt;", '>'},       {"&quot;", '"'},
        {"&apos;", '\''},     {"&nbsp;", ' '},     {"&ndash;", 0x2013}, {"&mdash;", 0x2014},
        {"&rsquo;", 0x2019},  {"&lsquo;", 0x2018}, {"&rdquo;", 0x201D}, {"&ldquo;", 0x201C},
        {"&hellip;", 0x2026}, {"&deg;", 0xB0},     {"&reg;", 0xAE},     {"&copy;", 0xA9},
        {"&trade;", 0x2122},  {"&times;", 0xD7},   {"&eacute;", 0xE9},  {"&euro;", 0x20AC},
    };
    if (at[1] == '#') {
        u32 code = 0;
        bool hex = (at[2] | 0x20) == 'x';
        for (size_t i = hex ? 3 : 2; i + 1 < length; i++) {
            u32 digit = (u32)(is_letter(at[i]) ? (at[i] | 0x20) - 'a' + 10 : at[i] - '0');
            code = code * (hex ? 16 : 10) + digit;
        }
        put_code_point(out, code == 0xA0 ? ' ' : code);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (strncmp(at, named[i].name, length) == 0) {
            put_code_point(out, named[i].code);
            return;
        }
    buf_bytes(out, at, length);
}

// One blank for each run of white space, none at the ends.
// In place: the result is never longer.
static const char *collapse(struct buf *text)
{
    if (text->length == 0)
        return "";
    char *out = text->at;
    bool gap = false;
    for (const char *c = text->at; *c != '\0'; c++) {
        if (strchr(" \t\r\n\f\v", *c) != NULL) {
            gap = out > text->at;
            continue;
        }
        if (gap)
            *out++ = ' ';
        gap = false;
        *out++ = *c;
    }
    *out = '\0';
    return text->at;
}

// Takes one tag out of the text; block elements part words.
static const char *skip_markup(struct buf *text, const char *at)
{
    bool end = at[1] == '/';
    const char *name = at + (end ? 2 : 1);
    if (!is_letter(*name))
        return skip_declaration(at);
    size_t length = name_length(name);
    const struct element *element = find_element(name, length);
    if (element == NULL || element->is_block)
        buf_char(text, ' ');
    at = skip_tag(name + length);
    return !end && element != NULL && element->kind == DROPPED ? skip_content(element, at) : at;
}

const char *html_to_text(struct arena *arena, const char *html)
{
    struct buf text = buf_in(arena);
    const char *at = html != NULL ? html : "";
    while (*at != '\0') {
        size_t plain = strcspn(at, "<&");
        buf_bytes(&text, at, plain);
        at += plain;
        size_t reference = *at == '&' ? reference_length(at) : 0;
        bool markup =
            *at == '<' && (is_letter(at[1]) || strchr("/!?", at[1]) != NULL) && at[1] != '\0';
        if (markup) {
            at = skip_markup(&text, at);
        } else if (reference > 0) {
            put_reference(&text, at, reference);
            at += reference;
        } else if (*at != '\0') {
            buf_char(&text, *at++);
        }
    }
    return collapse(&text);
}
