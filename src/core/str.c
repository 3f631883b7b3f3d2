// Text functions. Contract in str.h.
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Length of the sequence that starts at `at`, 0 when it is not valid. RFC 3629 section 4.
// The bounds of the second byte shut out overlong forms (after E0, F0), surrogates (after ED) and
// what lies beyond U+10FFFF (after F4); no other byte needs more than the check for a continuation.
static size_t utf8_sequence(const unsigned char *at, size_t left)
{
    if (at[0] < 0x80)
        return at[0] != 0 ? 1 : 0;
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || length > left)
        return 0;
    unsigned char low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

// NUL is refused although it is valid UTF-8: all texts here end with it, and a text that holds one
// would be another text to every reader after this.
bool utf8_valid(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
    while (at < end) {
        size_t step = utf8_sequence(at, (size_t)(end - at));
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

size_t utf8_length(const char *text)
{
    size_t length = 0;
    for (; *text != '\0'; text++)
        length += ((unsigned char)*text & 0xC0) != 0x80;
    return length;
}

// Trusts its input; everything that came from outside passed utf8_valid.
u32 utf8_next(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    if (at[0] == 0)
        return 0;
    int more = at[0] < 0x80 ? 0 : at[0] < 0xE0 ? 1 : at[0] < 0xF0 ? 2 : 3;
    u32 code = more == 0 ? at[0] : at[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++)
        code = code << 6 | (at[i] & 0x3Fu);
    *text += more + 1;
    return code;
}

bool str_equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool str_equal_fold(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

static const char white[] = " \t\r\n\v\f";

bool str_blank(const char *text)
{
    return text == NULL || text[strspn(text, white)] == '\0';
}

char *str_trim(struct arena *arena, const char *text)
{
    text += strspn(text, white);
    size_t length = strlen(text);
    while (length > 0 && strchr(white, text[length - 1]) != NULL)
        length--;
    return arena_text_n(arena, text, length);
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char *str_lower(struct arena *arena, const char *text)
{
    char *lower = arena_text(arena, text);
    for (char *c = lower; *c != '\0'; c++)
        *c = ascii_lower(*c);
    return lower;
}

// Covers U+00C0..U+017F: Latin-1 Supplement, Latin Extended-A.
// One letter for each code point, by position: ligatures become their first letter, signs '-'.
char latin_base(u32 code)
{
    static const char base[] = "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty"
                               "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                               "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    if (code < 0xC0 || code - 0xC0 >= sizeof base - 1)
        return '-';
    return base[code - 0xC0];
}

char *str_handle(struct arena *arena, const char *text)
{
    enum { HANDLE_LONGEST = 100 };
    char *handle = arena_alloc(arena, HANDLE_LONGEST + 1);
    size_t length = 0;
    bool gap = false;
    for (u32 code = utf8_next(&text); code != 0 && length + 1 < HANDLE_LONGEST;
         code = utf8_next(&text)) {
        char c = code < 0x80 ? ascii_lower((char)code) : latin_base(code);
        // "men's" becomes "mens", not "men-s".
        if (c == '\'')
            continue;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = length > 0;
            continue;
        }
        // A dash is written with the letter that follows it: none at the end, none doubled, and the
        // loop's bound leaves room for both.
        if (gap)
            handle[length++] = '-';
        gap = false;
        handle[length++] = c;
    }
    return length > 0 ? handle : arena_text(arena, "item");
}

u64 str_hash(u64 hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

bool str_i64(const char *text, i64 *number)
{
    const char *digits = text + (*text == '-');
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno != 0)
        return false;
    *number = value;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *url_decode(struct arena *arena, const char *text, size_t length, bool plus_is_space)
{
    char *decoded = arena_alloc(arena, length + 1);
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '+' && plus_is_space)
            c = ' ';
        if (c == '%') {
            // A bad escape refuses the whole: passing it on as it is would let two spellings of one
            // name through two different checks.
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        decoded[out++] = c;
    }
    return utf8_valid(decoded, out) ? decoded : NULL;
}

char *url_encode(struct arena *arena, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1);
    char *out = encoded;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || strchr("-._~", c) != NULL) {
            *out++ = (char)c;
            continue;
        }
        *out++ = '%';
        *out++ = hex[c >> 4];
        *out++ = hex[c & 15];
    }
    return encoded;
}
