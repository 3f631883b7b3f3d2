// Reading the category tree and growing it by paths. Contract in category.h.
//
// A category's path ("Home > Kitchen") is not stored but read off the tree, so that renaming one
// renames what is below it. The whole tree is read at once, a few hundred rows, and is good for one
// transaction.
//
// category_ensure makes what a path lacks, from the top. It works on the caller's copy of the tree
// and adds to it, so that two products of one batch with the same new path get one category.
#include "services/product/category.h"

#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/catalogue.h"
#include "services/product/import.h"

QUERY_LIST(category_list, nothing, category_row,
           "SELECT id, handle, parent_id, title, description, position, media, width, height,"
           " version FROM category"
           " ORDER BY position, title, id");

static struct category_node *add_node(struct category_tree *tree, const struct category_row *row,
                                      const struct category_node *parent)
{
    if (tree->count == tree->room) {
        size_t room = tree->room > 0 ? tree->room * 2 : 64, size = sizeof(struct category_node *);
        tree->nodes = arena_grow(tree->arena, tree->nodes, tree->count * size, room * size);
        tree->room = room;
    }
    struct category_node *node = ARENA_NEW(tree->arena, struct category_node);
    *node =
        (struct category_node){.row = row, .parent = parent, .path = row->title, .at = tree->count};
    if (parent != NULL) {
        node->path = arena_printf(tree->arena, "%s" PATH_SEPARATOR "%s", parent->path, row->title);
        node->depth = parent->depth + 1;
    }
    tree->nodes[tree->count++] = node;
    text_index_add(tree->by_path, node->path, (u32)tree->count);
    text_index_add(tree->by_id, row->id.s, (u32)tree->count);
    return node;
}

// Depth first, so that a list of the nodes is the tree as people read it.
static void add_children(struct category_tree *tree, const struct category_row_list *rows,
                         const struct category_node *parent)
{
    const char *parent_id = parent != NULL ? parent->row->id.s : "";
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->items[i].parent_id.s, parent_id) == 0)
            // The depth is bounded by what admin_category.c lets be moved; rows in a ring are never
            // reached from the top and are left out, which the audit tells.
            add_children(tree, rows, add_node(tree, &rows->items[i], parent));
}

struct category_tree *category_tree_of(struct arena *arena, const struct category_row_list *rows)
{
    struct category_tree *tree = ARENA_NEW(arena, struct category_tree);
    tree->arena = arena;
    tree->by_path = text_index_new(arena);
    tree->by_id = text_index_new(arena);
    add_children(tree, rows, NULL);
    return tree;
}

enum err category_rows_read(struct rq *rq, struct category_row_list *out)
{
    return category_list(rq, &(struct nothing){0}, out);
}

enum err category_tree_read(struct rq *rq, struct category_tree **out)
{
    struct category_row_list rows = {0};
    enum err err = category_rows_read(rq, &rows);
    *out = category_tree_of(rq->arena, &rows);
    return err;
}

enum err category_count_rows(struct rq *rq, size_t *out)
{
    struct category_row_list rows = {0};
    enum err err = category_list(rq, &(struct nothing){0}, &rows);
    *out = rows.count;
    return err;
}

const struct category_node *category_by_id(const struct category_tree *tree, const struct uuid *id)
{
    u32 at = text_index_find(tree->by_id, id->s);
    return at > 0 ? tree->nodes[at - 1] : NULL;
}

const struct category_node *category_by_path(const struct category_tree *tree, const char *path)
{
    u32 at = text_index_find(tree->by_path, path);
    return at > 0 ? tree->nodes[at - 1] : NULL;
}

const struct category_node *category_by_handle(const struct category_tree *tree, const char *handle)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->nodes[i]->row->handle, handle) == 0)
            return tree->nodes[i];
    return NULL;
}

// "accessories" twice in the tree: the second is "bags-accessories".
const char *category_handle(struct arena *arena, const struct category_tree *tree,
                            const char *title, const struct category_node *parent)
{
    const char *stem = import_handle(arena, title);
    if (category_by_handle(tree, stem) != NULL && parent != NULL)
        stem = arena_printf(arena, "%.45s-%.45s", parent->row->handle, stem);
    const char *handle = stem;
    for (int n = 2; category_by_handle(tree, handle) != NULL; n++)
        handle = arena_printf(arena, "%.92s-%d", stem, n);
    return handle;
}

QUERY_RUN(category_insert, category_row,
          "INSERT INTO category (id, handle, parent_id, title, description, position, version)"
          " VALUES (:id, :handle, :parent_id, :title, :description, :position, 1)");

QUERY_RUN(categories_set_changed, nothing,
          "UPDATE catalogue SET categories = sequence WHERE one = 1");

enum err category_changed(struct rq *rq)
{
    i64 sequence;
    enum err err = catalogue_change(rq, &sequence);
    return err == ERR_OK ? categories_set_changed(rq, &(struct nothing){0}, NULL) : err;
}

enum err category_add(struct rq *rq, const struct category_row *row)
{
    enum err err = category_insert(rq, row, NULL);
    return err == ERR_OK ? category_changed(rq) : err;
}

i64 category_next_position(const struct category_tree *tree, const struct category_node *parent)
{
    i64 next = 0;
    for (size_t i = 0; i < tree->count; i++)
        if (tree->nodes[i]->parent == parent)
            next = max_i64(next, tree->nodes[i]->row->position + 1);
    return next;
}

static enum err make_category(struct rq *rq, struct category_tree *tree, const char *title,
                              const struct category_node *parent, const struct category_node **out)
{
    struct category_row *row = ARENA_NEW(tree->arena, struct category_row);
    *row = (struct category_row){
        .id = uuid_new(),
        .handle = category_handle(tree->arena, tree, title, parent),
        .title = title,
        .position = category_next_position(tree, parent),
        .version = 1,
    };
    if (parent != NULL)
        row->parent_id = parent->row->id;
    enum err err = category_add(rq, row);
    *out = add_node(tree, row, parent);
    return err;
}

enum err category_ensure(struct rq *rq, struct category_tree *tree, const char *path,
                         const struct category_node **out)
{
    *out = category_by_path(tree, path);
    if (*out != NULL)
        return ERR_OK;
    const struct category_node *parent = NULL;
    const char *last = NULL;
    for (const char *at = strstr(path, PATH_SEPARATOR); at != NULL;
         at = strstr(at + 1, PATH_SEPARATOR))
        last = at;
    if (last != NULL) {
        const char *above = arena_text_n(tree->arena, path, (size_t)(last - path));
        enum err err = category_ensure(rq, tree, above, &parent);
        if (err != ERR_OK)
            return err;
    }
    const char *title = last != NULL ? last + strlen(PATH_SEPARATOR) : path;
    return make_category(rq, tree, arena_text(tree->arena, title), parent, out);
}

QUERY_RUN(category_describe, category_row,
          "UPDATE category SET handle = :handle, position = :position, description = :description,"
          " media = :media, width = :width, height = :height, version = version + 1"
          " WHERE id = :id");

enum err category_put(struct rq *rq, const struct category_document *document)
{
    struct category_tree *tree;
    const struct category_node *node;
    enum err err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = category_ensure(rq, tree, document->path, &node);
    if (err != ERR_OK)
        return err;
    const struct category_node *holder = category_by_handle(tree, document->handle);
    if (holder != NULL && holder != node)
        return fail(rq, ERR_CONFLICT, "the handle '%s' is that of '%s'", document->handle,
                    holder->path);
    struct category_row row = *node->row;
    shape_patch(&category_row_shape, &row, &category_document_shape, document);
    bool same = str_equal(row.handle, node->row->handle) && row.position == node->row->position &&
                str_equal(row.description, node->row->description) &&
                str_equal(row.media, node->row->media);
    if (same)
        return ERR_OK;
    err = category_describe(rq, &row, NULL);
    return err == ERR_OK ? category_changed(rq) : err;
}
