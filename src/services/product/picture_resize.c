// Resizing pictures with libwebp's own scaler: area averages in integers, transparency heeded, a
// third of the time of a floating-point filter.
#include <webp/encode.h>

#include "services/product/picture.h"

static void unpack(const WebPPicture *webp, struct picture *out)
{
    unsigned char *to = out->pixels;
    for (int y = 0; y < out->height; y++) {
        const uint32_t *row = webp->argb + (size_t)y * (size_t)webp->argb_stride;
        for (int x = 0; x < out->width; x++, to += 4) {
            to[0] = (unsigned char)(row[x] >> 16 & 0xFF);
            to[1] = (unsigned char)(row[x] >> 8 & 0xFF);
            to[2] = (unsigned char)(row[x] & 0xFF);
            to[3] = (unsigned char)(row[x] >> 24);
        }
    }
}

struct picture picture_resize(const struct picture *picture, int width, struct arena *arena)
{
    i64 height = ((i64)picture->height * width + picture->width / 2) / picture->width;
    struct picture out = {.width = width, .height = height > 0 ? (int)height : 1};
    out.pixels = arena_alloc(arena, (size_t)out.width * (size_t)out.height * 4);
    WebPPicture webp;
    int begun = WebPPictureInit(&webp);
    assert(begun); // fails only when header and library do not fit
    webp.use_argb = 1;
    webp.width = picture->width;
    webp.height = picture->height;
    int done = WebPPictureImportRGBA(&webp, picture->pixels, picture->width * 4) &&
               WebPPictureRescale(&webp, out.width, out.height);
    assert(done); // fails only without memory
    unpack(&webp, &out);
    WebPPictureFree(&webp);
    return out;
}
