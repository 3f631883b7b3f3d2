// The table of Shopify's columns. Contract in shopify_columns.h.
#include "services/product/shopify_columns.h"

const struct shopify_column_names shopify_columns[SHOPIFY_COLUMNS] = {
#define X(name_, use_, ...) {{__VA_ARGS__}, SHOPIFY_##use_},
    SHOPIFY_COLUMN_MAP(X)
#undef X
};
