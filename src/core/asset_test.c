// Tests of the files that the binary carries.
#include <string.h>
#include <zlib.h>

#include "core/asset.h"
#include "core/str.h"
#include "core/test.h"

TEST(asset_lookup)
{
    size_t count = 1;
    CHECK(asset_find("") == NULL && asset_find("zzz") == NULL);
    asset_range("nothing/", &count);
    CHECK_I64((i64)count, 0);
    CHECK(asset_range("", &count) == assets && count == asset_count);
    if (asset_count == 0)
        return; // neither web pages nor a demo catalogue in this build
    const struct asset *first = &assets[0];
    const char *longer = arena_printf(t->arena, "%s.", first->path);
    CHECK(asset_find(first->path) == first && asset_find(longer) == NULL);
    const char *folder = arena_text_n(t->arena, first->path, strcspn(first->path, "/") + 1);
    CHECK(asset_range(folder, &count) == first && count > 0);
    CHECK(str_starts(first[count - 1].path, folder));
    CHECK(count == asset_count || !str_starts(first[count].path, folder));
}

TEST(asset_table)
{
    for (size_t i = 0; i < asset_count; i++) {
        CHECK(i == 0 || strcmp(assets[i - 1].path, assets[i].path) < 0);
        CHECK(asset_find(assets[i].path) == &assets[i]);
        CHECK(assets[i].bytes[assets[i].length] == '\0');
        CHECK(strlen(assets[i].etag) == 18);
    }
}

// The gzip form of each asset holds the same bytes as the plain one.
TEST(asset_gzip)
{
    for (size_t i = 0; i < asset_count; i++) {
        if (assets[i].gzip == NULL)
            continue;
        unsigned char *plain = arena_alloc(t->arena, assets[i].length + 1);
        z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)assets[i].gzip,
                           .avail_in = (uInt)assets[i].gzip_length,
                           .next_out = plain,
                           .avail_out = (uInt)assets[i].length + 1};
        CHECK(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
        CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
        CHECK(stream.total_out == assets[i].length);
        CHECK(memcmp(plain, assets[i].bytes, assets[i].length) == 0);
        inflateEnd(&stream);
    }
}
