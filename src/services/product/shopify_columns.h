// The columns of Shopify's product files: one row each, in the order of the current template, with
// the names of the older generations beside. Read by import_shopify.c, written by export_shopify.c.
#ifndef SOUK_PRODUCT_SHOPIFY_COLUMNS_H
#define SOUK_PRODUCT_SHOPIFY_COLUMNS_H

#include "core/base.h"

enum shopify_use {
    SHOPIFY_READ,         // fills a field of the document
    SHOPIFY_KEEP_PRODUCT, // has no meaning here: kept for export, with the product's first row
    SHOPIFY_KEEP_VARIANT, // the same with each variant
};

// X(name, use, names...): the first name is the current template's.
#define SHOPIFY_COLUMN_MAP(X)                                                                      \
    X(TITLE, READ, "Title", "Title")                                                               \
    X(HANDLE, READ, "URL handle", "Handle")                                                        \
    X(BODY, READ, "Description", "Body (HTML)", "Body HTML")                                       \
    X(VENDOR, READ, "Vendor", NULL)                                                                \
    X(CATEGORY, READ, "Product category", "Standard Product Type", "Standardized Product Type")    \
    X(TYPE, READ, "Type", "Custom Product Type")                                                   \
    X(TAGS, READ, "Tags", NULL)                                                                    \
    X(PUBLISHED, READ, "Published on online store", "Published")                                   \
    X(STATUS, READ, "Status", NULL)                                                                \
    X(SKU, READ, "SKU", "Variant SKU")                                                             \
    X(BARCODE, READ, "Barcode", "Variant Barcode")                                                 \
    X(OPTION1_NAME, READ, "Option1 name", NULL)                                                    \
    X(OPTION1_VALUE, READ, "Option1 value", NULL)                                                  \
    X(OPTION1_LINK, KEEP_PRODUCT, "Option1 Linked To", NULL)                                       \
    X(OPTION2_NAME, READ, "Option2 name", NULL)                                                    \
    X(OPTION2_VALUE, READ, "Option2 value", NULL)                                                  \
    X(OPTION2_LINK, KEEP_PRODUCT, "Option2 Linked To", NULL)                                       \
    X(OPTION3_NAME, READ, "Option3 name", NULL)                                                    \
    X(OPTION3_VALUE, READ, "Option3 value", NULL)                                                  \
    X(OPTION3_LINK, KEEP_PRODUCT, "Option3 Linked To", NULL)                                       \
    X(PRICE, READ, "Price", "Variant Price")                                                       \
    X(COMPARE_AT, READ, "Compare-at price", "Variant Compare At Price", "Compare At Price")        \
    X(COST, READ, "Cost per item", NULL)                                                           \
    X(TAXABLE, READ, "Charge tax", "Variant Taxable")                                              \
    X(TAX_CODE, KEEP_VARIANT, "Tax code", "Variant Tax Code")                                      \
    X(UNIT_TOTAL, KEEP_VARIANT, "Unit price total measure", NULL)                                  \
    X(UNIT_TOTAL_UNIT, KEEP_VARIANT, "Unit price total measure unit", NULL)                        \
    X(UNIT_BASE, KEEP_VARIANT, "Unit price base measure", NULL)                                    \
    X(UNIT_BASE_UNIT, KEEP_VARIANT, "Unit price base measure unit", NULL)                          \
    X(TRACKER, READ, "Inventory tracker", "Variant Inventory Tracker")                             \
    X(QUANTITY, READ, "Inventory quantity", "Variant Inventory Qty")                               \
    X(CONTINUE, READ, "Continue selling when out of stock", NULL)                                  \
    X(GRAMS, READ, "Weight value (grams)", "Variant Grams")                                        \
    X(WEIGHT_UNIT, KEEP_VARIANT, "Weight unit for display", "Variant Weight Unit")                 \
    X(SHIPPING, READ, "Requires shipping", "Variant Requires Shipping")                            \
    X(FULFILLMENT, KEEP_VARIANT, "Fulfillment service", "Variant Fulfillment Service")             \
    X(IMAGE, READ, "Product image URL", "Image Src")                                               \
    X(IMAGE_POSITION, READ, "Image position", NULL)                                                \
    X(IMAGE_ALT, READ, "Image alt text", NULL)                                                     \
    X(VARIANT_IMAGE, READ, "Variant image URL", "Variant Image")                                   \
    X(GIFT_CARD, READ, "Gift card", NULL)                                                          \
    X(SEO_TITLE, READ, "SEO title", NULL)                                                          \
    X(SEO_DESCRIPTION, READ, "SEO description", NULL)                                              \
    X(GOOGLE_CATEGORY, KEEP_PRODUCT, "Google Shopping / Google product category", NULL)            \
    X(GOOGLE_GENDER, KEEP_PRODUCT, "Google Shopping / Gender", NULL)                               \
    X(GOOGLE_AGE, KEEP_PRODUCT, "Google Shopping / Age group", NULL)                               \
    X(GOOGLE_MPN, KEEP_PRODUCT, "Google Shopping / Manufacturer part number (MPN)",                \
      "Google Shopping / MPN")                                                                     \
    X(GOOGLE_GROUP, KEEP_PRODUCT, "Google Shopping / Ad group name",                               \
      "Google Shopping / AdWords Grouping")                                                        \
    X(GOOGLE_LABELS, KEEP_PRODUCT, "Google Shopping / Ads labels",                                 \
      "Google Shopping / AdWords Labels")                                                          \
    X(GOOGLE_CONDITION, KEEP_PRODUCT, "Google Shopping / Condition", NULL)                         \
    X(GOOGLE_CUSTOM, KEEP_PRODUCT, "Google Shopping / Custom product", NULL)                       \
    X(GOOGLE_LABEL0, KEEP_PRODUCT, "Google Shopping / Custom label 0", NULL)                       \
    X(GOOGLE_LABEL1, KEEP_PRODUCT, "Google Shopping / Custom label 1", NULL)                       \
    X(GOOGLE_LABEL2, KEEP_PRODUCT, "Google Shopping / Custom label 2", NULL)                       \
    X(GOOGLE_LABEL3, KEEP_PRODUCT, "Google Shopping / Custom label 3", NULL)                       \
    X(GOOGLE_LABEL4, KEEP_PRODUCT, "Google Shopping / Custom label 4", NULL)                       \
    X(POLICY, READ, "Variant Inventory Policy", NULL)                                              \
    X(TAX_CLASS, READ, "Tax class (souk)", NULL)

enum shopify_column {
#define X(name_, ...) SHOPIFY_##name_,
    SHOPIFY_COLUMN_MAP(X)
#undef X
        SHOPIFY_COLUMNS,
    SHOPIFY_TEMPLATE_COLUMNS = SHOPIFY_POLICY, // those before it make the current template
};

struct shopify_column_names {
    const char *names[3]; // without regard to case; the rest NULL
    enum shopify_use use;
};
extern const struct shopify_column_names shopify_columns[SHOPIFY_COLUMNS];

// What Shopify's form has no place for travels as metafields of our own.
#define SHOPIFY_CATEGORIES "souk.categories"
#define SHOPIFY_POPULARITY "souk.popularity"

#endif
