// Tests of the files that the binary carries.
#include <string.h>
#include <zlib.h>

#include "core/asset.h"
#include "core/str.h"
#include "core/test.h"

TEST(asset_lookup)
{
    const char *path = "schema/app/schema/001_session.sql";
    const struct asset *schema = asset_find(path);
    CHECK(schema != NULL);
    if (schema == NULL)
        return;
    CHECK_TEXT(schema->path, path);
    CHECK_TEXT(schema->type, "application/sql");
    CHECK(strlen((const char *)schema->bytes) == schema->length);
    CHECK(strstr((const char *)schema->bytes, "CREATE TABLE session") != NULL);
    CHECK(asset_find("schema/app/schema/001_session.sq") == NULL);
    CHECK(asset_find("") == NULL && asset_find("zzz") == NULL);
    size_t count;
    const struct asset *first = asset_range("schema/app/", &count);
    CHECK(count >= 2 && str_starts(first->path, "schema/app/"));
    CHECK(str_starts(first[count - 1].path, "schema/app/"));
    asset_range("nothing/", &count);
    CHECK_I64((i64)count, 0);
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
