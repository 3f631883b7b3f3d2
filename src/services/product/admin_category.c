// The category tree, for the staff.
//
// The tree is small, and every rule about it (no ring, no depth beyond CATEGORY_DEPTH_MAX, no two
// of one name side by side) looks at all of it, so each change reads it whole and in its own
// transaction. Two changes at once cannot pass each other: writes are serial in effect
// (data/README.md), and every change of a category takes the catalogue's number.
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/product/catalogue.h"
#include "services/product/category.h"

#define ADMIN_CATEGORY(F, S)                                                                       \
    F(S, uuid, id, .doc = "Of the category.")                                                      \
    F(S, i64, version, .doc = "Counts changes.")                                                   \
    F(S, text, handle, .doc = "Name in addresses.")                                                \
    F(S, text, title, .doc = "For people.")                                                        \
    F(S, text, path, .max = 3000, .doc = "With its parents.")                                      \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, uuid, parent_id, .optional = true, .doc = "Null at the top.")                             \
    F(S, i64, depth, .doc = "0 at the top.")                                                       \
    F(S, i64, position, .doc = "Order among its siblings.")                                        \
    F(S, i64, product_count, .doc = "Filed right here, whatever their status.")
SHAPE(admin_category, ADMIN_CATEGORY);

#define ADMIN_CATEGORIES(F, S)                                                                     \
    F(S, list(admin_category), items, .max = 10000, .doc = "In tree order.")                       \
    F(S, text, next_cursor, .optional = true, .doc = "Always null: the tree comes whole.")
SHAPE(admin_categories, ADMIN_CATEGORIES);

#define CATEGORY_NEW(F, S)                                                                         \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "For people.")           \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .optional = true,            \
      .doc = "Name in addresses; made from the title when absent.")                                \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, uuid, parent_id, .optional = true, .doc = "Null at the top.")                             \
    F(S, i64, position, .min = 0, .max = 1000000, .optional = true, .doc = "Last when absent.")
SHAPE(category_new, CATEGORY_NEW);

#define CATEGORY_PATCH(F, S)                                                                       \
    F(S, uuid, id, .doc = "Of the category.")                                                      \
    F(S, i64, version, .min = 1, .max = LIMIT_INTEGER, .optional = true,                           \
      .doc = "Refused when it is at another one.")                                                 \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .optional = true,               \
      .doc = "For people.")                                                                        \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .optional = true,            \
      .doc = "Name in addresses.")                                                                 \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, uuid, parent_id, .optional = true, .doc = "Null moves it to the top.")                    \
    F(S, i64, position, .min = 0, .max = 1000000, .optional = true, .doc = "Among siblings.")
SHAPE(category_patch, CATEGORY_PATCH);

#define CATEGORY_ID(F, S) F(S, uuid, id, .doc = "Of the category.")
SHAPE(category_id, CATEGORY_ID);

#define CATEGORY_COUNT(F, S)                                                                       \
    F(S, uuid, category_id, .doc = "Where.")                                                       \
    F(S, i64, product_count, .doc = "How many.")
SHAPE(category_count, CATEGORY_COUNT);

QUERY_LIST(category_counts, nothing, category_count,
           "SELECT category_id, COUNT(*) AS product_count FROM product_category"
           " GROUP BY category_id");
QUERY_RUN(
    category_change, category_row,
    "UPDATE category SET handle = :handle, parent_id = :parent_id, title = :title,"
    " description = :description, position = :position, version = version + 1 WHERE id = :id");
QUERY_RUN(category_delete, category_id, "DELETE FROM category WHERE id = :id");
QUERY_RUN(category_empty, category_id, "DELETE FROM product_category WHERE category_id = :id");
#define REFILED(F, S)                                                                              \
    CATEGORY_ID(F, S)                                                                              \
    F(S, uuid, none, .doc = "What stands for no category.")
SHAPE(refiled, REFILED);
// Its products lie under the next of their categories from then on.
QUERY_RUN(product_keys_refile, refiled,
          "UPDATE product_key SET category_id = COALESCE((SELECT c.category_id"
          " FROM product_category c WHERE c.product_id = product_key.id"
          " ORDER BY c.position, c.category_id LIMIT 1), :none) WHERE category_id = :id");
QUERY_RUN(products_refile, category_id,
          "UPDATE product SET category_id = (SELECT k.category_id FROM product_key k"
          " WHERE k.id = product.id) WHERE category_id = :id");

static enum err refile(struct rq *rq, const struct category_id *in)
{
    enum err err = category_empty(rq, in, NULL);
    if (err == ERR_OK)
        err = product_keys_refile(rq, &(struct refiled){.id = in->id, .none = uuid_nil}, NULL);
    return err == ERR_OK ? products_refile(rq, in, NULL) : err;
}

static enum err fill(struct rq *rq, struct admin_categories *out)
{
    struct category_tree *tree;
    struct category_count_list counts;
    enum err err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = category_counts(rq, &(struct nothing){0}, &counts);
    if (err != ERR_OK)
        return err;
    out->items.items = ARENA_ARRAY(rq->arena, struct admin_category, tree->count);
    out->items.count = tree->count;
    for (size_t i = 0; i < tree->count; i++) {
        const struct category_node *node = tree->nodes[i];
        struct admin_category *shown = &out->items.items[i];
        shape_patch(&admin_category_shape, shown, &category_row_shape, node->row);
        shown->id = node->row->id;
        shown->parent_id = node->row->parent_id;
        shown->handle = node->row->handle;
        shown->title = node->row->title;
        shown->path = node->path;
        shown->position = node->row->position;
        shown->version = node->row->version;
        shown->depth = (i64)node->depth;
        for (size_t j = 0; j < counts.count; j++)
            if (uuid_equal(&counts.items[j].category_id, &shown->id))
                shown->product_count = counts.items[j].product_count;
    }
    return ERR_OK;
}

HANDLER(admin_category_list, nothing, admin_categories)
{
    return fill(rq, out);
}

static enum err find_shown(struct rq *rq, const struct uuid *id, struct admin_category *out)
{
    struct admin_categories all = {0};
    enum err err = fill(rq, &all);
    for (size_t i = 0; err == ERR_OK && i < all.items.count; i++)
        if (uuid_equal(&all.items.items[i].id, id)) {
            *out = all.items.items[i];
            return ERR_OK;
        }
    return err == ERR_OK ? ERR_NOT_FOUND : err;
}

static bool is_within(const struct category_node *node, const struct category_node *above)
{
    while (node != NULL && node != above)
        node = node->parent;
    return node != NULL;
}

static size_t height_below(const struct category_tree *tree, const struct category_node *top)
{
    size_t height = 0;
    for (size_t i = 0; i < tree->count; i++)
        if (is_within(tree->nodes[i], top) && tree->nodes[i]->depth - top->depth > height)
            height = tree->nodes[i]->depth - top->depth;
    return height;
}

// `own` is NULL for a new one. Siblings must differ in their titles: paths name them.
static enum err check_place(struct rq *rq, const struct category_tree *tree,
                            const struct category_row *row, const struct category_node *own)
{
    const struct category_node *parent =
        uuid_empty(&row->parent_id) ? NULL : category_by_id(tree, &row->parent_id);
    if (!uuid_empty(&row->parent_id) && parent == NULL)
        return fail_field(rq, "parent_id", "there is no such category");
    if (own != NULL && parent != NULL && is_within(parent, own))
        return fail_field(rq, "parent_id", "lies within the category itself");
    size_t depth =
        (parent != NULL ? parent->depth + 1 : 0) + (own != NULL ? height_below(tree, own) : 0);
    if (depth >= CATEGORY_DEPTH_MAX)
        return fail_field(rq, "parent_id", "nests deeper than %d levels", CATEGORY_DEPTH_MAX);
    if (strstr(row->title, PATH_SEPARATOR) != NULL || strchr(row->title, '>') != NULL)
        return fail_field(rq, "title", "must not have a '>'");
    for (size_t i = 0; i < tree->count; i++) {
        const struct category_node *other = tree->nodes[i];
        if (other == own)
            continue;
        const char *clash = str_equal(other->row->handle, row->handle) ? "handle" : NULL;
        if (other->parent == parent && str_equal(other->row->title, row->title))
            clash = "title";
        if (clash != NULL) {
            problem_field(&rq->problem, clash, "is in use");
            return ERR_CONFLICT;
        }
    }
    return ERR_OK;
}

HANDLER(admin_category_create, category_new, admin_category)
{
    struct category_tree *tree;
    enum err err = category_tree_read(rq, &tree);
    if (err != ERR_OK)
        return err;
    struct category_row row = {.id = uuid_new(), .version = 1};
    shape_patch(&category_row_shape, &row, &category_new_shape, in);
    const struct category_node *parent =
        uuid_empty(&row.parent_id) ? NULL : category_by_id(tree, &row.parent_id);
    if (row.handle == NULL)
        row.handle = category_handle(rq->arena, tree, row.title, parent);
    if (!IS_SET(in, category_new, position))
        row.position = category_next_position(tree, parent);
    err = check_place(rq, tree, &row, NULL);
    if (err == ERR_OK)
        err = category_add(rq, &row);
    return err == ERR_OK ? find_shown(rq, &row.id, out) : err;
}

HANDLER(admin_category_change, category_patch, admin_category)
{
    struct category_tree *tree;
    enum err err = category_tree_read(rq, &tree);
    if (err != ERR_OK)
        return err;
    const struct category_node *own = category_by_id(tree, &in->id);
    if (own == NULL)
        return ERR_NOT_FOUND;
    if (IS_SET(in, category_patch, version) && in->version != own->row->version)
        return fail(rq, ERR_VERSION_MISMATCH, "the category is at version %lld",
                    (long long)own->row->version);
    struct category_row row = *own->row;
    i64 version = row.version;
    shape_patch(&category_row_shape, &row, &category_patch_shape, in);
    row.version = version;
    err = check_place(rq, tree, &row, own);
    if (err == ERR_OK)
        err = category_change(rq, &row, NULL);
    if (err == ERR_OK)
        err = category_changed(rq);
    return err == ERR_OK ? find_shown(rq, &in->id, out) : err;
}

// Its products stay, without it.
HANDLER(admin_category_delete, category_id, nothing)
{
    struct category_tree *tree;
    enum err err = category_tree_read(rq, &tree);
    if (err != ERR_OK)
        return err;
    const struct category_node *own = category_by_id(tree, &in->id);
    if (own == NULL)
        return ERR_NOT_FOUND;
    if (height_below(tree, own) > 0)
        return fail(rq, ERR_CONFLICT, "the category has others within; move or delete them first");
    err = refile(rq, in);
    if (err == ERR_OK)
        err = category_delete(rq, in, NULL);
    return err == ERR_OK ? category_changed(rq) : err;
}

static const struct route category_admin_routes[] = {
    {HTTP_GET, "/api/v1/admin/categories", &admin_category_list_handler, 200, ROLE_CATALOG,
     "List the categories."},
    {HTTP_POST, "/api/v1/admin/categories", &admin_category_create_handler, 201, ROLE_CATALOG,
     "Add a category."},
    {HTTP_PATCH, "/api/v1/admin/categories/{id}", &admin_category_change_handler, 200, ROLE_CATALOG,
     "Change or move a category."},
    {HTTP_DELETE, "/api/v1/admin/categories/{id}", &admin_category_delete_handler, 204,
     ROLE_CATALOG, "Delete a category without others in it."},
};
ROUTES(product, category_admin_routes);
