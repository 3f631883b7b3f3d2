// Search: any text may be a query and a title, any bytes may follow the head of a cursor.
// Under test: services/product/search.h.
#include "services/product/search.h"

#include <sodium.h>
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/uuid.h"
#include "fuzz.h"

enum { CURSOR_HEAD = 33 }; // version, hash of the query, key and id: see search_cursor.c

static struct search *index_of(const char *title)
{
    static const char *const titles[] = {"Blue tent", "Red tent", "Wi-Fi lamp 55\"", "tents 32 GB"};
    struct search *search = search_new(NULL);
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        search_put(search, &(struct search_document){.id = uuid_of(titles[i]), .title = titles[i]});
    search_put(search, &(struct search_document){
                           .id = uuid_of("input"), .title = title, .brand = title, .type = title});
    search_publish(search);
    return search;
}

static void follow(struct search *search, struct search_query query, struct arena *arena,
                   const char *cursor, const uint8_t *tail, size_t length)
{
    unsigned char *bytes = arena_alloc(arena, CURSOR_HEAD + length);
    size_t size = 0;
    struct search_page page;
    int failed = sodium_base642bin(bytes, CURSOR_HEAD, cursor, CURSOR_HEAD / 3 * 4, NULL, &size,
                                   NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    assert(failed == 0 && size == CURSOR_HEAD);
    memcpy(bytes + CURSOR_HEAD, tail, length);
    size_t room =
        sodium_base64_ENCODED_LEN(CURSOR_HEAD + length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *forged = arena_alloc(arena, room);
    sodium_bin2base64(forged, room, bytes, CURSOR_HEAD + length,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    query.cursor = forged;
    enum err err = search_run(search, &query, arena, &page);
    assert(err == ERR_OK || err == ERR_INVALID);
}

// The text is what stands before the first NUL; the rest is the end of a cursor.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    size_t end = strnlen((const char *)bytes, length);
    if (!utf8_valid((const char *)bytes, end))
        return 0;
    struct arena *arena = arena_new(LIMIT_ARENA);
    const char *text = arena_text_n(arena, (const char *)bytes, end);
    struct search *search = index_of(text);
    struct search_query query = {.text = text, .limit = 2, .facets = true};
    struct search_page page;
    enum err err = search_run(search, &query, arena, &page);
    assert(err == ERR_OK && page.count <= 2 && page.total <= 5);
    struct search_suggestion *suggestions;
    (void)search_suggest(search, text, 8, arena, &suggestions);
    query = (struct search_query){.text = "tent", .limit = 1};
    err = search_run(search, &query, arena, &page);
    assert(err == ERR_OK && page.total >= 3 && page.next_cursor != NULL);
    if (end < length)
        follow(search, query, arena, page.next_cursor, bytes + end + 1, length - end - 1);
    search_free(search);
    arena_free(arena);
    return 0;
}
