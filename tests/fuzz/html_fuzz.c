// Fuzz target for core/html: whatever comes in, what goes out is balanced, holds nothing that runs,
// and stays the same when it is cleaned again. The core's tests are in core/html_test.c.
#include "core/html.h"

#include <string.h>
#include <strings.h>

#include "core/limits.h"
#include "core/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

// Tags only of the kept kinds, each attribute quoted, every one that opens is closed in order.
static void check_clean(const char *clean)
{
    static const char *const never[] = {"<script", "<style", "<iframe", "<svg",
                                        "<object", "<!",     "<?"};
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert(strcasestr(clean, never[i]) == NULL);
    int depth = 0;
    for (const char *at = strchr(clean, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const char *end = at;
        bool quoted = false;
        for (; *end != '\0' && (quoted || *end != '>'); end++)
            quoted = *end == '"' ? !quoted : quoted;
        assert(*end == '>');
        bool is_void =
            strncmp(at, "<br", 3) == 0 || strncmp(at, "<hr", 3) == 0 || strncmp(at, "<img", 4) == 0;
        if (!is_void)
            depth += at[1] == '/' ? -1 : 1;
        assert(depth >= 0);
        at = end;
    }
    assert(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    if (utf8_valid((const char *)bytes, size)) {
        const char *html = arena_text_n(arena, (const char *)bytes, size);
        const char *clean = html_clean(arena, html);
        check_clean(clean);
        const char *again = html_clean(arena, clean);
        assert(strcmp(clean, again) == 0);
        const char *text = html_to_text(arena, html);
        assert(utf8_valid(text, strlen(text)));
    }
    arena_free(arena);
    return 0;
}
