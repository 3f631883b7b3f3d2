// Resizing pictures with stb_image_resize (public domain); its code is compiled here and nowhere
// else.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>
#pragma GCC diagnostic pop

#include "services/product/picture.h"

struct picture picture_resize(const struct picture *picture, int width, struct arena *arena)
{
    i64 height = ((i64)picture->height * width + picture->width / 2) / picture->width;
    struct picture out = {.width = width, .height = height > 0 ? (int)height : 1};
    out.pixels = arena_alloc(arena, (size_t)out.width * (size_t)out.height * 4);
    int done = stbir_resize_uint8_srgb(picture->pixels, picture->width, picture->height, 0,
                                       out.pixels, out.width, out.height, 0, 4, 3, 0);
    assert(done == 1); // it fails only without memory
    return out;
}
