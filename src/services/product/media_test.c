// Tests of pictures: what is taken, how it is turned and resized, where it is served, when it goes.
#include "services/product/media.h"

#include <png.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "app/app.h"
#include "app/audit.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "services/product/fetch.h"
#include "services/product/picture.h"

// Left half red, right half blue; the top row of the left half is green.
static struct picture draw(struct test *t, int width, int height)
{
    struct picture picture = {width, height, arena_alloc(t->arena, (size_t)(width * height) * 4)};
    for (int i = 0; i < width * height; i++) {
        unsigned char *pixel = picture.pixels + i * 4;
        bool left = i % width < width / 2, top = i / width < height / 4;
        pixel[0] = left && !top ? 255 : 0;
        pixel[1] = left && top ? 255 : 0;
        pixel[2] = left ? 0 : 255;
        pixel[3] = 255;
    }
    return picture;
}

static struct encoded as_png(struct test *t, const struct picture *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGBA};
    image.width = (png_uint_32)picture->width;
    image.height = (png_uint_32)picture->height;
    png_alloc_size_t size = 0;
    int sized = png_image_write_to_memory(&image, NULL, &size, 0, picture->pixels, 0, NULL);
    void *bytes = arena_alloc(t->arena, size);
    int written = png_image_write_to_memory(&image, bytes, &size, 0, picture->pixels, 0, NULL);
    assert(sized && written);
    return (struct encoded){bytes, size};
}

static struct encoded as_jpeg(struct test *t, const struct picture *picture)
{
    struct encoded jpeg;
    enum err err = picture_jpeg(picture, t->arena, &jpeg);
    assert(err == ERR_OK);
    return jpeg;
}

// The JPEG with an EXIF segment that says how it was held.
static struct encoded held(struct test *t, struct encoded jpeg, unsigned char orientation)
{
    const unsigned char exif[] = {
        0xFF, 0xE1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M',         0, 42, 0, 0, 0, 8,
        0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   orientation, 0, 0,  0, 0, 0, 0,
    };
    unsigned char *bytes = arena_alloc(t->arena, jpeg.length + sizeof exif);
    memcpy(bytes, jpeg.bytes, 2);
    memcpy(bytes + 2, exif, sizeof exif);
    memcpy(bytes + 2 + sizeof exif, (const char *)jpeg.bytes + 2, jpeg.length - 2);
    return (struct encoded){bytes, jpeg.length + sizeof exif};
}

static char color_at(const struct picture *picture, int x, int y)
{
    const unsigned char *pixel = picture->pixels + (y * picture->width + x) * 4;
    return pixel[0] > 128 ? 'r' : pixel[1] > 128 ? 'g' : pixel[2] > 128 ? 'b' : '?';
}

// The corners, from the top left clockwise.
static const char *corners(struct test *t, struct encoded bytes)
{
    struct picture picture;
    struct problem problem = {.arena = t->arena};
    if (picture_read(bytes.bytes, bytes.length, 1600, t->arena, &picture, &problem) != ERR_OK)
        return problem.detail;
    int right = picture.width - 3, bottom = picture.height - 3;
    return arena_printf(t->arena, "%dx%d %c%c%c%c", picture.width, picture.height,
                        color_at(&picture, 2, 2), color_at(&picture, right, 2),
                        color_at(&picture, right, bottom), color_at(&picture, 2, bottom));
}

TEST(picture_formats)
{
    struct picture picture = draw(t, 64, 32);
    struct encoded webp;
    CHECK(picture_webp(&picture, t->arena, &webp) == ERR_OK);
    CHECK_TEXT(corners(t, as_png(t, &picture)), "64x32 gbbr");
    CHECK_TEXT(corners(t, as_jpeg(t, &picture)), "64x32 gbbr");
    CHECK_TEXT(corners(t, webp), "64x32 gbbr");
}

TEST(picture_is_turned_upright)
{
    struct picture picture = draw(t, 64, 32);
    struct encoded jpeg = as_jpeg(t, &picture);
    static const char *const expected[] = {
        "",           "64x32 gbbr", "64x32 bgrb", "64x32 brgb", "64x32 rbbg",
        "32x64 grbb", "32x64 rgbb", "32x64 bbgr", "32x64 bbrg",
    };
    for (unsigned char orientation = 1; orientation <= 8; orientation++)
        CHECK_TEXT(corners(t, held(t, jpeg, orientation)), expected[orientation]);
    CHECK_TEXT(corners(t, held(t, jpeg, 99)), "64x32 gbbr");
}

TEST(picture_refuses)
{
    struct picture picture = draw(t, 64, 32);
    struct encoded png = as_png(t, &picture), jpeg = as_jpeg(t, &picture);
    CHECK_TEXT(corners(t, (struct encoded){"<svg/>", 6}), "not a JPEG, PNG or WebP picture");
    CHECK_TEXT(corners(t, (struct encoded){png.bytes, png.length / 2}), "the PNG is damaged");
    CHECK_TEXT(corners(t, (struct encoded){jpeg.bytes, 30}), "the picture is empty");
    CHECK_TEXT(corners(t, (struct encoded){jpeg.bytes, jpeg.length - 100}), "the JPEG is damaged");
    CHECK_TEXT(corners(t, (struct encoded){"RIFF\x04\0\0\0WEBPxxxx", 16}), "the WebP is damaged");
    // The size that a PNG claims stands at bytes 16 to 23.
    unsigned char *bomb = arena_alloc(t->arena, png.length);
    memcpy(bomb, png.bytes, png.length);
    memcpy(bomb + 16, "\0\0\x2E\0\0\0\x2E\0", 8);
    const char *said = corners(t, (struct encoded){bomb, png.length});
    CHECK(strstr(said, "damaged") != NULL || strstr(said, "11776 x 11776 pixels") != NULL);
}

TEST(media_widths_are_those_below_and_its_own)
{
    i64 widths[MEDIA_WIDTHS_MAX];
    CHECK_I64((i64)media_widths(1600, widths), 6);
    CHECK_I64(widths[5], 1600);
    CHECK_I64((i64)media_widths(640, widths), 3);
    CHECK_I64(widths[2], 640);
    CHECK_I64((i64)media_widths(10, widths), 1);
}

TEST(media_upload)
{
    struct picture picture = draw(t, 400, 200);
    struct encoded png = as_png(t, &picture);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "POST /api/v1/admin/products {'title':'Media Cup','variants':[{'price_minor':1}]}",
          "201 {'id':'<product>'}");
    check_upload(t, "POST /api/v1/admin/products/{product}/images?alt=A%20cup", "image/png",
                 png.bytes, png.length,
                 "201 {'id':'<image>','url':'<url>','alt':'A cup','width':400,'height':200,"
                 "'sources':[{'width':160,'url':'<small>'},{'width':320},{'width':400}]}");
    check(t, "GET {small}", "200");
    CHECK_TEXT(check_header("Content-Type"), "image/webp");
    CHECK_TEXT(check_header("Cache-Control"), "public, max-age=31536000, immutable");
    CHECK(check_header("ETag") != NULL);
    check_upload(t, "POST /api/v1/admin/products/{product}/images", "image/png", png.bytes,
                 png.length, "201 {'id':'<second>','url':'*'}");
    check(t, "PATCH /api/v1/admin/images/{second} {'position':0}", "200");
    check(t, "GET /api/v1/admin/products/{product}",
          "200 {'version':4,'images':[{'id':'*','alt':null},{'alt':'A cup'}]}");
    check_upload(t, "POST /api/v1/admin/products/{product}/images", "image/png", "GIF89a", 6,
                 "415 {'detail':'not a JPEG, PNG or WebP picture'}");
    check_upload(t, "POST /api/v1/admin/products/{product}/images", "image/png", "", 0, "422");
    check_upload(t, "POST /api/v1/admin/products/{image}/images", "image/png", png.bytes,
                 png.length, "404");
    check(t, "GET /media/%2e%2e/souk.db", "400");
    check(t, "GET /media/ab/abcdef-640.webp", "404");
}

// Old files without a row go, others stay.
TEST(media_sweep)
{
    const char *folder = check_app()->media_dir;
    struct picture picture = draw(t, 40, 20);
    picture.pixels[0] = 77;
    struct encoded png = as_png(t, &picture);
    struct media media;
    struct problem problem = {.arena = t->arena};
    CHECK(media_store(folder, png.bytes, png.length, t->arena, &media, &problem) == ERR_OK);
    const char *path =
        arena_printf(t->arena, "%s/%s", folder, media_path(t->arena, media.hash, media.width));
    CHECK(job_run(check_app(), "media_sweep") == ERR_OK);
    struct stat status;
    CHECK(stat(path, &status) == 0);
    const char *preview =
        arena_printf(t->arena, "%s/%s", folder, media_path(t->arena, media.hash, 0));
    utime(path, &(struct utimbuf){1000, 1000});
    utime(preview, &(struct utimbuf){1000, 1000});
    // Stored again it is about to get a row.
    CHECK(media_store(folder, png.bytes, png.length, t->arena, &media, &problem) == ERR_OK);
    CHECK(job_run(check_app(), "media_sweep") == ERR_OK);
    CHECK(stat(path, &status) == 0 && stat(preview, &status) == 0);
    utime(path, &(struct utimbuf){1000, 1000});
    utime(preview, &(struct utimbuf){1000, 1000});
    CHECK(job_run(check_app(), "media_sweep") == ERR_OK);
    CHECK(stat(path, &status) != 0 && stat(preview, &status) != 0);
}

static void keep_reason(void *context, const char *url, const char *reason)
{
    buf_printf(context, "%s %s\n", strrchr(url, '/'), reason);
}

// Uploads a picture of the given width to the product {source}; {url} is where it is then.
static void upload_source(struct test *t, int width)
{
    struct picture picture = draw(t, width, 100);
    struct encoded png = as_png(t, &picture);
    check_upload(t, "POST /api/v1/admin/products/{source}/images", "image/png", png.bytes,
                 png.length, "201 {'url':'<url>'}");
}

// The shop's own server plays the other one. Addresses there have the port, which chance decides.
TEST(zx_media_fetch)
{
    enum { PICTURES = 6 };
    struct buf images = buf_in(t->arena), reasons = buf_in(t->arena);
    check_as_staff(t, ROLE_CATALOG);
    check_remember("server", arena_printf(t->arena, "http://127.0.0.1:%d", check_port()));
    check(t, "POST /api/v1/admin/products {'title':'Fetch Source','variants':[{'price_minor':1}]}",
          "201 {'id':'<source>'}");
    for (int i = 0; i < PICTURES; i++) {
        upload_source(t, 200 + i);
        buf_printf(&images, "{'url':'{server}%s','alt':'No. %d'},", check_value("url"), i);
    }
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/admin/products {'title':'Fetch Goal','variants':[{"
                       "'price_minor':1}],'images':[%s{'url':'{server}/media/no-such.webp'},"
                       "{'url':'http://127.0.0.2:1/not-asked-for.webp'}]}",
                       buf_as_text(&images)),
          "201 {'id':'<goal>','images':[{'width':null},'...']}");
    struct fetch_plan plan = {
        .prefix = check_value("server"),
        .anywhere = true,
        .failed = keep_reason,
        .context = &reasons,
    };
    struct fetch_summary sum;
    struct problem problem = {.arena = t->arena};
    CHECK(pictures_fetch(check_app(), &plan, &sum, &problem) == ERR_OK);
    CHECK_TEXT(buf_as_text(&reasons), "/no-such.webp answered 404\n");
    CHECK_I64((i64)sum.fetched, PICTURES);
    CHECK_I64((i64)sum.failed, 1);
    check(t, "GET /api/v1/admin/products/{goal}",
          "200 {'version':7,'images':["
          "{'width':200,'alt':'No. 0','url':'~/media/'},{'width':201},{'width':202},{'width':203},"
          "{'width':204},{'width':205,'alt':'No. 5'},{'width':null,'url':'~no-such'},"
          "{'width':null,'url':'http://127.0.0.2:1/not-asked-for.webp'}]}");
}

static bool told_of_loss;

static void note_loss(const char *name, const char *sentence)
{
    told_of_loss = told_of_loss || (str_equal(name, "catalogue") &&
                                    strstr(sentence, "of audit-frame is not in the media") != NULL);
}

TEST(media_audit_misses_a_file)
{
    struct picture picture = draw(t, 30, 20);
    struct encoded png = as_png(t, &picture);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "POST /api/v1/admin/products {'title':'Audit Frame','variants':[{'price_minor':1}]}",
          "201 {'id':'<frame>'}");
    check_upload(t, "POST /api/v1/admin/products/{frame}/images", "image/png", png.bytes,
                 png.length, "201 {'url':'<url>'}");
    const char *file = arena_printf(t->arena, "%s%s", check_app()->media_dir,
                                    check_value("url") + strlen("/media"));
    const char *away = arena_printf(t->arena, "%s.away", file);
    i64 violations;
    CHECK(audit_run(check_app(), note_loss, &violations) == ERR_OK);
    CHECK(!told_of_loss);
    CHECK(rename(file, away) == 0);
    CHECK(audit_run(check_app(), note_loss, &violations) == ERR_OK);
    CHECK(told_of_loss && violations > 0);
    CHECK(rename(away, file) == 0);
}
