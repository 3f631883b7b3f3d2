// The tree of categories, read whole: a shop has some hundreds. Routes for the staff are in
// admin_category.c, what shoppers see of it in browse.c.
#ifndef SOUK_PRODUCT_CATEGORY_H
#define SOUK_PRODUCT_CATEGORY_H

#include "app/declare.h"
#include "services/product/document.h"

enum { CATEGORY_DEPTH_MAX = 10 };

#define CATEGORY_ROW(F, S)                                                                         \
    F(S, uuid, id, .doc = "Of the category.")                                                      \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .doc = "Name in addresses.") \
    F(S, uuid, parent_id, .optional = true, .doc = "Null at the top.")                             \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Shown to shoppers.")    \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, text, media, .optional = true, .doc = "Its picture, stored here: SHA-256.")               \
    F(S, i64, width, .optional = true, .doc = "Of the picture.")                                   \
    F(S, i64, height, .optional = true, .doc = "Of the picture.")                                  \
    F(S, i64, position, .min = 0, .max = 1000000, .doc = "Order among its siblings.")              \
    F(S, i64, version, .doc = "Counts changes.")
SHAPE(category_row, CATEGORY_ROW);

// One category in its place. Nodes stand in tree order: a parent before its children.
struct category_node {
    const struct category_row *row;
    const struct category_node *parent; // NULL at the top
    const char *path;                   // "Home > Kitchen"
    size_t depth;                       // 0 at the top
    size_t at;                          // in the tree's nodes
};

struct category_tree {
    struct arena *arena;
    size_t count, room;
    struct category_node **nodes;
    struct text_index *by_path; // position + 1
    struct text_index *by_id;
};

// Reads the tree into rq->arena.
CHECKED enum err category_tree_read(struct rq *rq, struct category_tree **out);
// Its rows, and the tree that they make; texts are the rows'.
CHECKED enum err category_rows_read(struct rq *rq, struct category_row_list *out);
struct category_tree *category_tree_of(struct arena *arena, const struct category_row_list *rows);
// How many rows there are, in the tree or not.
CHECKED enum err category_count_rows(struct rq *rq, size_t *out);
// NULL when there is none such.
const struct category_node *category_by_id(const struct category_tree *tree, const struct uuid *id);
const struct category_node *category_by_path(const struct category_tree *tree, const char *path);
const struct category_node *category_by_handle(const struct category_tree *tree,
                                               const char *handle);
// The category with this path, made with its parents where they are missing.
CHECKED enum err category_ensure(struct rq *rq, struct category_tree *tree, const char *path,
                                 const struct category_node **out);
// Writes a new one, and numbers the change.
CHECKED enum err category_add(struct rq *rq, const struct category_row *row);
// The place behind the last child of `parent`, NULL for the top.
i64 category_next_position(const struct category_tree *tree, const struct category_node *parent);
// What a file says of a category. The parent follows from the path.
#define CATEGORY_DOCUMENT(F, S)                                                                    \
    F(S, text, path, .min = 1, .max = 3000, .doc = "With its parents: Home > Kitchen.")            \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .doc = "Name in addresses.") \
    F(S, i64, position, .min = 0, .max = 1000000, .doc = "Order among its siblings.")              \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, text, media, .optional = true, .doc = "Its picture, stored before.")                      \
    F(S, i64, width, .optional = true, .doc = "Of the picture.")                                   \
    F(S, i64, height, .optional = true, .doc = "Of the picture.")
SHAPE(category_document, CATEGORY_DOCUMENT);

// Makes the category, or gives it these words where they differ. ERR_CONFLICT: the handle is in
// use.
CHECKED enum err category_put(struct rq *rq, const struct category_document *document);
// A handle that no category of the tree has, out of a title and its parent's.
const char *category_handle(struct arena *arena, const struct category_tree *tree,
                            const char *title, const struct category_node *parent);
// Numbers a change of the tree, so that everybody reads it again.
CHECKED enum err category_changed(struct rq *rq);

#endif
