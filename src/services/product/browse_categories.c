// The tree of categories as shoppers see it: counts and pictures out of the published products.
//
// Everything is counted in one pass over what is filed where, by product: a product that is filed
// under two of a category's children counts once for it. That is why the query sorts by product and
// a tally keeps the last one.
#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/browse.h"
#include "services/product/category.h"

#define FILED_PRODUCT(F, S)                                                                        \
    F(S, uuid, product_id, .doc = "What is filed.")                                                \
    F(S, uuid, category_id, .doc = "Where.")                                                       \
    F(S, i64, popularity, .doc = "Of the product.")
SHAPE(filed_product, FILED_PRODUCT);

#define PICTURED_PRODUCT(F, S) F(S, uuid, product_id, .doc = "Whose picture.")
SHAPE(pictured_product, PICTURED_PRODUCT);

QUERY_LIST(filed_products, nothing, filed_product,
           "SELECT product_category.product_id, product_category.category_id, product.popularity"
           " FROM product_category JOIN product ON product.id = product_category.product_id"
           " WHERE product.status = 'active' AND product.published"
           " ORDER BY product_category.product_id");
QUERY_ROW(picture_of, pictured_product, image_row,
          "SELECT id, product_id, position, alt, source, url, media, width, height FROM image"
          " WHERE product_id = :product_id ORDER BY position, id LIMIT 1");

// What is known of a node while its products are counted.
struct tally {
    i64 count, popularity;
    struct uuid last;    // the product counted last, so that none is counted twice
    struct uuid popular; // whose picture stands for the category
};

static void count_product(const struct category_tree *tree, struct tally *tallies,
                          const struct filed_product *filed)
{
    const struct category_node *node = category_by_id(tree, &filed->category_id);
    for (; node != NULL; node = node->parent) {
        struct tally *tally = &tallies[node->at];
        if (uuid_equal(&tally->last, &filed->product_id))
            continue;
        tally->last = filed->product_id;
        tally->count++;
        if (uuid_empty(&tally->popular) || filed->popularity > tally->popularity) {
            tally->popular = filed->product_id;
            tally->popularity = filed->popularity;
        }
    }
}

static enum err add_picture(struct rq *rq, const struct category_row *row,
                            const struct tally *tally, struct category *out)
{
    struct image_row image = {.id = row->id, .alt = row->title, .media = row->media};
    if (row->media != NULL) {
        SET(&image, image_row, width, row->width);
        SET(&image, image_row, height, row->height);
    } else {
        struct pictured_product key = {.product_id = tally->popular};
        enum err err = tally->count > 0 ? picture_of(rq, &key, &image) : ERR_NOT_FOUND;
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    out->image = ARENA_NEW(rq->arena, struct image);
    *out->image = view_image(rq->arena, &image);
    return ERR_OK;
}

static enum err fill_category(struct rq *rq, const struct category_node *node,
                              const struct tally *tally, struct category *out)
{
    *out = (struct category){
        .id = node->row->id,
        .handle = node->row->handle,
        .title = node->row->title,
        .description = node->row->description,
        .path = node->path,
        .parent_handle = node->parent != NULL ? node->parent->row->handle : NULL,
        .depth = (i64)node->depth,
        .position = node->row->position,
        .product_count = tally->count,
    };
    return add_picture(rq, node->row, tally, out);
}

enum err browse_categories(struct rq *rq, struct categories *out)
{
    struct category_tree *tree;
    struct filed_product_list filed;
    enum err err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = filed_products(rq, &(struct nothing){0}, &filed);
    if (err != ERR_OK)
        return err;
    struct tally *tallies = ARENA_ARRAY(rq->arena, struct tally, tree->count);
    for (size_t i = 0; i < filed.count; i++)
        count_product(tree, tallies, &filed.items[i]);
    out->items.items = ARENA_ARRAY(rq->arena, struct category, tree->count);
    out->items.count = tree->count;
    for (size_t i = 0; err == ERR_OK && i < tree->count; i++)
        err = fill_category(rq, tree->nodes[i], &tallies[i], &out->items.items[i]);
    return err;
}

HANDLER(category_list_public, nothing, categories)
{
    return browse_categories(rq, out);
}

static const struct route category_routes[] = {
    {GET, "/api/v1/categories", &category_list_public_handler, 200, ROLE_ANYONE,
     "List the categories in tree order.", .cache_s = 5, .cache_tag = "catalogue"},
};
ROUTES(product, category_routes);
