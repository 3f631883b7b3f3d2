// Percent-coding: what decodes is valid text, and encoding it and decoding again gives it back.
// Under test: core/str.c.
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    struct arena *arena = arena_new(LIMIT_ARENA);
    bool plus_is_space = (bytes[0] & 1) != 0; // the first byte chooses the form
    const char *text = arena_text_n(arena, (const char *)bytes + 1, length - 1);
    char *decoded = url_decode(arena, text, length - 1, plus_is_space);
    if (decoded != NULL) {
        size_t decoded_length = strlen(decoded);
        assert(decoded_length <= length - 1);
        assert(utf8_valid(decoded, decoded_length));
        char *encoded = url_encode(arena, decoded);
        for (const char *c = encoded; *c != '\0'; c++)
            assert(*c > ' ' && *c < 0x7f && strchr("&=+/?#\"<>", *c) == NULL);
        assert(str_equal(url_decode(arena, encoded, strlen(encoded), plus_is_space), decoded));
        (void)str_handle(arena, decoded);
        (void)str_trim(arena, decoded);
    }
    arena_free(arena);
    return 0;
}
