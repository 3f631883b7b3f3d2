// Decoding and encoding pictures. Contract in picture.h.
//
// Pictures are foreign input in the hands of large C libraries. So: what a file is comes from its
// first bytes and not from its name; its claimed size is checked before memory is taken; animated
// and CMYK pictures, which would be shown wrongly, are refused with what to do instead; EXIF is
// read for the orientation alone and nothing of it is kept, for it may say where the photographer
// lives.
#include "services/product/picture.h"

#include <png.h>
#include <string.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "services/product/media.h"

enum { WEBP_QUALITY = 82, JPEG_QUALITY = 85 };

static enum err refuse(struct problem *problem, enum err err, const char *sentence)
{
    problem_detail(problem, "%s", sentence);
    return err;
}

// A small file can claim a huge picture; nothing is allocated before this.
static enum err check_size(i64 width, i64 height, struct problem *problem)
{
    if (width < 1 || height < 1)
        return refuse(problem, ERR_INVALID, "the picture is empty");
    if (width <= MEDIA_SIDE_MAX && height <= MEDIA_SIDE_MAX && width * height <= MEDIA_PIXELS_MAX)
        return ERR_OK;
    problem_detail(problem,
                   "the picture has %lld x %lld pixels; at most %d on a side and %d in all",
                   (long long)width, (long long)height, MEDIA_SIDE_MAX, MEDIA_PIXELS_MAX);
    return ERR_TOO_LARGE;
}

static void make_pixels(struct arena *arena, struct picture *picture)
{
    picture->pixels = arena_alloc(arena, (size_t)picture->width * (size_t)picture->height * 4);
}

static void destroy_jpeg(void *handle)
{
    tjDestroy(handle);
}

// The smallest scale that still has the width that is wanted on its shorter side.
static tjscalingfactor jpeg_scale(int width, int height, int wanted)
{
    int shorter = width < height ? width : height, count;
    tjscalingfactor best = {1, 1};
    const tjscalingfactor *factors = tjGetScalingFactors(&count);
    for (int i = 0; factors != NULL && i < count; i++) {
        bool smaller = factors[i].num * best.denom < best.num * factors[i].denom;
        if (smaller && TJSCALED(shorter, factors[i]) >= wanted)
            best = factors[i];
    }
    return best;
}

static enum err read_jpeg(const unsigned char *bytes, size_t length, int wanted,
                          struct arena *arena, struct picture *out, struct problem *problem)
{
    tjhandle handle = tjInitDecompress();
    int sampling, space;
    if (handle == NULL)
        return ERR_UNAVAILABLE;
    arena_defer(arena, destroy_jpeg, handle);
    if (tjDecompressHeader3(handle, bytes, length, &out->width, &out->height, &sampling, &space) !=
        0)
        return refuse(problem, ERR_INVALID, "the JPEG is damaged");
    if (space == TJCS_CMYK || space == TJCS_YCCK)
        return refuse(problem, ERR_UNSUPPORTED_MEDIA,
                      "the JPEG is for printing (CMYK); save it as RGB");
    enum err err = check_size(out->width, out->height, problem);
    if (err != ERR_OK)
        return err;
    tjscalingfactor scale = jpeg_scale(out->width, out->height, wanted);
    out->width = TJSCALED(out->width, scale);
    out->height = TJSCALED(out->height, scale);
    make_pixels(arena, out);
    int done =
        tjDecompress2(handle, bytes, length, out->pixels, out->width, 0, out->height, TJPF_RGBA, 0);
    // Stray bytes are a warning that may pass; half a picture is one that may not.
    bool whole = done == 0 || (tjGetErrorCode(handle) == TJERR_WARNING &&
                               strstr(tjGetErrorStr2(handle), "extraneous bytes") != NULL);
    return whole ? ERR_OK : refuse(problem, ERR_INVALID, "the JPEG is damaged");
}

static enum err read_png(const unsigned char *bytes, size_t length, struct arena *arena,
                         struct picture *out, struct problem *problem)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, length))
        return refuse(problem, ERR_INVALID, "the PNG is damaged");
    image.format = PNG_FORMAT_RGBA;
    out->width = (int)(image.width & INT32_MAX);
    out->height = (int)(image.height & INT32_MAX);
    enum err err = check_size(image.width, image.height, problem);
    if (err == ERR_OK)
        make_pixels(arena, out);
    if (err == ERR_OK && !png_image_finish_read(&image, NULL, out->pixels, 0, NULL))
        err = refuse(problem, ERR_INVALID, "the PNG is damaged");
    png_image_free(&image);
    return err;
}

static enum err read_webp(const unsigned char *bytes, size_t length, struct arena *arena,
                          struct picture *out, struct problem *problem)
{
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, length, &features) != VP8_STATUS_OK)
        return refuse(problem, ERR_INVALID, "the WebP is damaged");
    if (features.has_animation)
        return refuse(problem, ERR_UNSUPPORTED_MEDIA,
                      "the WebP is animated; only still pictures are taken");
    out->width = features.width;
    out->height = features.height;
    enum err err = check_size(out->width, out->height, problem);
    if (err == ERR_OK)
        make_pixels(arena, out);
    size_t stride = (size_t)out->width * 4;
    if (err == ERR_OK && WebPDecodeRGBAInto(bytes, length, out->pixels,
                                            stride * (size_t)out->height, (int)stride) == NULL)
        return refuse(problem, ERR_INVALID, "the WebP is damaged");
    return err;
}

static u32 read_u16(const unsigned char *at, bool big_endian)
{
    return big_endian ? (u32)at[0] << 8 | at[1] : (u32)at[1] << 8 | at[0];
}

static u32 read_u32(const unsigned char *at, bool big_endian)
{
    return big_endian ? read_u16(at, true) << 16 | read_u16(at + 2, true)
                      : read_u16(at + 2, false) << 16 | read_u16(at, false);
}

// The orientation tag of a TIFF header with its first directory; 1 (upright) when it has none.
static u32 tiff_orientation(const unsigned char *tiff, size_t length)
{
    enum { ORIENTATION = 0x0112, ENTRY = 12 };
    if (length < 14 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return 1;
    bool big_endian = tiff[0] == 'M';
    size_t at = read_u32(tiff + 4, big_endian);
    if (at > length - 2)
        return 1;
    size_t count = read_u16(tiff + at, big_endian);
    for (at += 2; count > 0 && at + ENTRY <= length; count--, at += ENTRY)
        if (read_u16(tiff + at, big_endian) == ORIENTATION)
            return read_u16(tiff + at + 8, big_endian);
    return 1;
}

// Looks for the EXIF segment among those before the picture's own (JFIF, section 4.7.2 of
// Exif 2.32).
static u32 jpeg_orientation(const unsigned char *bytes, size_t length)
{
    for (size_t at = 2; at + 4 <= length && bytes[at] == 0xFF && bytes[at + 1] != 0xDA;) {
        size_t size = read_u16(bytes + at + 2, true);
        if (size < 2 || at + 2 + size > length)
            return 1;
        if (bytes[at + 1] == 0xE1 && size > 8 && memcmp(bytes + at + 4, "Exif\0\0", 6) == 0)
            return tiff_orientation(bytes + at + 10, size - 8);
        at += 2 + size;
    }
    return 1;
}

// The RIFF container of WebP: chunks of a name, a length and bytes, padded to even.
static u32 webp_orientation(const unsigned char *bytes, size_t length)
{
    for (size_t at = 12; at + 8 <= length;) {
        size_t size = read_u32(bytes + at + 4, false);
        if (size > length - at - 8)
            return 1;
        if (memcmp(bytes + at, "EXIF", 4) == 0) {
            const unsigned char *tiff = bytes + at + 8;
            bool prefixed = size > 6 && memcmp(tiff, "Exif\0\0", 6) == 0;
            return tiff_orientation(tiff + (prefixed ? 6 : 0), size - (prefixed ? 6 : 0));
        }
        at += 8 + size + (size & 1);
    }
    return 1;
}

// Where pixel (x, y) of the upright picture comes from, by the eight orientations of EXIF.
static size_t source_of(const struct picture *from, u32 orientation, int x, int y)
{
    bool turned = orientation >= 5;
    int column = turned ? y : x, row = turned ? x : y;
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        column = from->width - 1 - column;
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        row = from->height - 1 - row;
    return (size_t)row * (size_t)from->width + (size_t)column;
}

static void turn_upright(struct picture *picture, u32 orientation, struct arena *arena)
{
    if (orientation < 2 || orientation > 8)
        return;
    struct picture from = *picture;
    if (orientation >= 5) {
        picture->width = from.height;
        picture->height = from.width;
    }
    make_pixels(arena, picture);
    unsigned char *to = picture->pixels;
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++, to += 4)
            memcpy(to, from.pixels + source_of(&from, orientation, x, y) * 4, 4);
}

enum err picture_read(const void *bytes, size_t length, int width_wanted, struct arena *arena,
                      struct picture *out, struct problem *problem)
{
    const unsigned char *at = bytes;
    u32 orientation = 1;
    enum err err;
    *out = (struct picture){0};
    if (length > 3 && memcmp(at, "\xFF\xD8\xFF", 3) == 0) {
        err = read_jpeg(at, length, width_wanted, arena, out, problem);
        orientation = jpeg_orientation(at, length);
    } else if (length > 8 && memcmp(at, "\x89PNG\r\n\x1A\n", 8) == 0) {
        err = read_png(at, length, arena, out, problem);
    } else if (length > 12 && memcmp(at, "RIFF", 4) == 0 && memcmp(at + 8, "WEBP", 4) == 0) {
        err = read_webp(at, length, arena, out, problem);
        orientation = webp_orientation(at, length);
    } else {
        return refuse(problem, ERR_UNSUPPORTED_MEDIA, "not a JPEG, PNG or WebP picture");
    }
    if (err == ERR_OK)
        turn_upright(out, orientation, arena);
    return err;
}

bool picture_webp_size(const void *bytes, size_t length, int *width, int *height)
{
    return WebPGetInfo(bytes, length, width, height) != 0;
}

bool picture_keeps(const void *bytes, size_t length, int width_most)
{
    int width, height;
    return picture_webp_size(bytes, length, &width, &height) && width <= width_most &&
           webp_orientation(bytes, length) == 1;
}

// Method 2 of 6 takes half the time of the default and makes files some 5 % larger.
enum err picture_webp(const struct picture *picture, struct arena *arena, struct encoded *out)
{
    WebPConfig config;
    WebPPicture webp;
    WebPMemoryWriter *writer = ARENA_NEW(arena, WebPMemoryWriter);
    bool begun =
        WebPConfigPreset(&config, WEBP_PRESET_PHOTO, WEBP_QUALITY) && WebPPictureInit(&webp);
    assert(begun); // fails only when header and library do not fit
    config.method = 2;
    webp.width = picture->width;
    webp.height = picture->height;
    webp.writer = WebPMemoryWrite;
    webp.custom_ptr = writer;
    WebPMemoryWriterInit(writer);
    bool done = WebPPictureImportRGBA(&webp, picture->pixels, picture->width * 4) &&
                WebPEncode(&config, &webp);
    WebPPictureFree(&webp);
    if (writer->mem != NULL)
        arena_defer(arena, WebPFree, writer->mem);
    *out = (struct encoded){writer->mem, writer->size};
    return done ? ERR_OK : ERR_UNAVAILABLE;
}

static void lay_on_white(const struct picture *picture, unsigned char *out)
{
    size_t count = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *pixel = picture->pixels + i * 4;
        for (size_t c = 0; c < 3; c++)
            out[i * 3 + c] = (unsigned char)((pixel[c] * pixel[3] + 255 * (255 - pixel[3])) / 255);
    }
}

static void free_jpeg(void *bytes)
{
    tjFree(bytes);
}

enum err picture_jpeg(const struct picture *picture, struct arena *arena, struct encoded *out)
{
    unsigned char *rgb = arena_alloc(arena, (size_t)picture->width * (size_t)picture->height * 3);
    tjhandle handle = tjInitCompress();
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    if (handle == NULL)
        return ERR_UNAVAILABLE;
    arena_defer(arena, destroy_jpeg, handle);
    lay_on_white(picture, rgb);
    int done = tjCompress2(handle, rgb, picture->width, 0, picture->height, TJPF_RGB, &bytes,
                           &length, TJSAMP_420, JPEG_QUALITY, TJFLAG_FASTDCT);
    if (bytes != NULL)
        arena_defer(arena, free_jpeg, bytes);
    *out = (struct encoded){bytes, length};
    return done == 0 ? ERR_OK : ERR_UNAVAILABLE;
}
