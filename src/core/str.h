// Text: NUL-terminated UTF-8, checked where it comes in, so that the rest may trust it.
#ifndef SOUK_CORE_STR_H
#define SOUK_CORE_STR_H

#include "core/arena.h"

// True when the bytes are UTF-8 as RFC 3629 has it (no surrogates, no overlong forms) without NUL.
bool utf8_valid(const char *bytes, size_t length);
// Characters (code points) of valid UTF-8.
size_t utf8_length(const char *text);
// Decodes one code point of valid UTF-8 and moves on; 0 at the end.
u32 utf8_next(const char **text);

bool str_equal(const char *a, const char *b);      // both may be NULL; NULL equals only NULL
bool str_equal_fold(const char *a, const char *b); // ASCII letters without case
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
bool str_blank(const char *text); // NULL, empty or only white space
// A copy without white space at both ends.
char *str_trim(struct arena *arena, const char *text);
// ASCII letters made small.
char *str_lower(struct arena *arena, const char *text);
// A URL handle: small letters, digits, single dashes, at most 100; "item" when nothing is left.
// Common accented Latin letters lose their accent.
char *str_handle(struct arena *arena, const char *text);
// The small plain letter of an accented Latin one, '-' where there is none.
char latin_base(u32 code);
// FNV-1a of 64 bits: goes on from the hash of what is before, at the beginning STR_HASH. Who may
// choose the text can make them meet, unless a secret is mixed in.
#define STR_HASH UINT64_C(14695981039346656037)
u64 str_hash(u64 hash, const char *text);
// A whole decimal number, nothing else around it; false when it is none or does not fit.
bool str_i64(const char *text, i64 *number);
// Percent-decodes one component into an arena; NULL for a bad escape, a NUL or broken UTF-8.
// plus_is_space as application/x-www-form-urlencoded has it.
char *url_decode(struct arena *arena, const char *text, size_t length, bool plus_is_space);
// Percent-encodes everything but the unreserved characters of RFC 3986.
char *url_encode(struct arena *arena, const char *text);

#endif
