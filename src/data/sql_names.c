// `:name` to `$n`, and which tables are written. Contract in sql_names.h; the lexical rules are
// those of PostgreSQL's manual, 4.1.
//
// A scanner that knows just enough of SQL to see what is not a parameter: everything that may hold
// a colon is skipped whole, the rest a word or a character at a time. It runs over our own literals
// only, once a connection and query.
#include "data/sql_names.h"

#include <string.h>

#include "core/buf.h"
#include "data/query.h"

REGISTRY(const char *const *const, local_tables);

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_name(char c)
{
    return starts_name(c) || (c >= '0' && c <= '9');
}

static bool in_word(char c)
{
    return in_name(c) || c == '$' || (unsigned char)c >= 0x80;
}

// Past the closing quote, or at the end of an open one. A doubled quote closes and opens again.
// Two strings in a row are skipped as two, with the same end.
static const char *skip_quoted(const char *at, bool escapes)
{
    char quote = *at++;
    while (*at != '\0' && *at != quote)
        at += escapes && *at == '\\' && at[1] != '\0' ? 2 : 1;
    return *at == quote ? at + 1 : at;
}

static const char *skip_line(const char *at)
{
    return at + strcspn(at, "\n");
}

static const char *skip_comment(const char *at)
{
    int depth = 0;
    do {
        if (at[0] == '/' && at[1] == '*') {
            depth++;
            at += 2;
        } else if (at[0] == '*' && at[1] == '/') {
            depth--;
            at += 2;
        } else if (*at != '\0') {
            at++;
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

// At a `$`: past the whole dollar-quoted string, or past the `$` when it starts none.
static const char *skip_dollar(const char *at)
{
    size_t tag = 1;
    if (starts_name(at[1]))
        while (in_name(at[tag]))
            tag++;
    if (at[tag++] != '$')
        return at + 1;
    for (const char *end = at + tag; (end = strchr(end, '$')) != NULL; end++)
        if (strncmp(end, at, tag) == 0)
            return end + tag;
    return at + strlen(at);
}

// Past what stands here and has no parameters in it; `at` itself when a parameter may start here.
static const char *skip(const char *at)
{
    if (*at == '\'' || *at == '"')
        return skip_quoted(at, false);
    if ((*at == 'E' || *at == 'e') && at[1] == '\'')
        return skip_quoted(at + 1, true);
    if (at[0] == '-' && at[1] == '-')
        return skip_line(at);
    if (at[0] == '/' && at[1] == '*')
        return skip_comment(at);
    if (*at == '$')
        return skip_dollar(at);
    if (at[0] == ':' && (at[1] == ':' || at[1] == '='))
        return at + 2;
    // Whole words, lest the e of `note'...'` be taken for the E of an escape string.
    if (in_word(*at)) {
        while (in_word(*at))
            at++;
        return at;
    }
    return at[0] == ':' && starts_name(at[1]) ? at : at + 1;
}

static size_t number_of(struct sql_names *out, struct arena *arena, const char *name, size_t length)
{
    for (size_t i = 0; i < out->count; i++)
        if (strlen(out->names[i]) == length && memcmp(out->names[i], name, length) == 0)
            return i + 1;
    if (out->count == SQL_NAMES_MAX)
        return 0;
    out->names[out->count++] = arena_text_n(arena, name, length);
    return out->count;
}

bool sql_number_names(const char *sql, struct arena *arena, struct sql_names *out)
{
    struct buf buf = buf_in(arena);
    out->count = 0;
    for (const char *at = sql; *at != '\0';) {
        const char *next = skip(at);
        buf_bytes(&buf, at, (size_t)(next - at));
        if (next != at) {
            at = next;
            continue;
        }
        size_t length = 1;
        while (in_name(at[1 + length]))
            length++;
        size_t number = number_of(out, arena, at + 1, length);
        if (number == 0)
            return false;
        buf_char(&buf, '$');
        buf_i64(&buf, (i64)number);
        at += 1 + length;
    }
    out->sql = buf_as_text(&buf);
    return true;
}

struct word {
    const char *at;
    size_t length;
};

static bool is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(text, word.at, word.length) == 0;
}

static bool is_local(struct word table)
{
    for (const char *const *const *list = __start_local_tables; list < __stop_local_tables; list++)
        for (const char *const *name = *list; *name != NULL; name++)
            if (is(table, *name))
                return true;
    return false;
}

// Of three words in a row: whether the last one names a table that is written. Neither FOR UPDATE
// nor ON CONFLICT DO UPDATE does.
static bool names_written(const struct word words[3])
{
    if (is(words[1], "INTO") || (is(words[0], "DELETE") && is(words[1], "FROM")))
        return true;
    return is(words[1], "UPDATE") && !is(words[0], "FOR") && !is(words[0], "KEY") &&
           !is(words[0], "DO");
}

// Keywords are written large in this program. What begins with another word than these two and
// writes no table that was seen (MERGE, TRUNCATE) is not known to be harmless.
enum sql_effect sql_effect_of(const char *sql)
{
    struct word words[3] = {{"", 0}, {"", 0}, {"", 0}}, first = {"", 0};
    enum sql_effect effect = SQL_READS;
    for (const char *at = sql; *at != '\0';) {
        const char *next = skip(at);
        if (in_word(*at)) {
            words[0] = words[1];
            words[1] = words[2];
            words[2] = (struct word){at, (size_t)(next - at)};
            first = first.length == 0 ? words[2] : first;
            if (names_written(words))
                effect = is_local(words[2]) && effect != SQL_WRITES ? SQL_WRITES_LOCAL : SQL_WRITES;
        }
        at = next == at ? at + 1 : next;
    }
    bool unseen = effect == SQL_READS && !is(first, "SELECT") && !is(first, "WITH");
    return unseen ? SQL_WRITES : effect;
}
