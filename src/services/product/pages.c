// The storefront's pages of the catalogue, with what search engines and link previews read, and the
// data that the storefront would ask for first; sitemap and robots.txt. The shell is app/page.h's.
//
// The pages are not the storefront rendered on a server, which would need its language here. They
// are a head that machines read (title, Open Graph, schema.org as JSON-LD), a plain body for those
// without scripts, and the first answer of the API as JSON in the page, so that the storefront
// starts with it instead of asking. All of them come from the same functions as the API (browse.h),
// so the page and the API cannot disagree.
#include <string.h>

#include "app/app.h"
#include "app/page.h"
#include "core/html.h"
#include "core/json.h"
#include "core/money.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/order.h"
#include "services/product/browse.h"
#include "services/product/media.h"

enum { DESCRIPTION_MOST = 160, SITEMAP_URLS = 50000, SITEMAP_CACHED_S = 300, PAGE_CACHED_S = 2 };

#define PAGE_HANDLE(F, S) F(S, text, handle, .min = 1, .max = 100, .doc = "In the address.")
SHAPE(page_handle, PAGE_HANDLE);

// An address of the shop in full. Pictures elsewhere have one already.
static const char *full_url(const struct rq *rq, const char *path)
{
    return *path == '/' ? arena_printf(rq->arena, "%s%s", rq->app->public_url, path) : path;
}

// The first sentences as plain text, cut between words.
static const char *brief_text(struct arena *arena, const char *html)
{
    const char *text = html_to_text(arena, html);
    if (utf8_length(text) <= DESCRIPTION_MOST)
        return *text != '\0' ? text : NULL;
    const char *end = text;
    for (int i = 0; i < DESCRIPTION_MOST; i++)
        utf8_next(&end);
    size_t length = (size_t)(end - text);
    for (size_t back = length; back > length / 2; back--)
        if (text[back] == ' ') {
            length = back;
            break;
        }
    return arena_printf(arena, "%.*s…", (int)length, text);
}

// A price as schema.org has it: decimal, with a point.
static void write_offer(struct rq *rq, const struct product *product, const struct variant *variant,
                        struct buf *out)
{
    bool there = !IS_SET(variant, variant, available) || variant->available > 0;
    const char *state = there ? "InStock" : variant->backorder ? "BackOrder" : "OutOfStock";
    buf_text(out, "{\"@type\":\"Offer\",\"sku\":");
    buf_json_text(out, variant->sku);
    buf_printf(out, ",\"price\":\"%s\",\"priceCurrency\":\"%s\",\"availability\":",
               money_text(rq->arena, variant->price_minor, variant->currency), variant->currency);
    buf_printf(out, "\"https://schema.org/%s\",\"url\":", state);
    buf_json_text(out, full_url(rq, arena_printf(rq->arena, "/products/%s", product->handle)));
    buf_char(out, '}');
}

static const char *product_json_ld(struct rq *rq, const struct product *product,
                                   const char *description)
{
    struct buf out = buf_in(rq->arena);
    buf_text(&out, "{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"name\":");
    buf_json_text(&out, product->title);
    buf_text(&out, ",\"description\":");
    buf_json_text(&out, description);
    buf_text(&out, ",\"sku\":");
    buf_json_text(&out, product->variants.items[0].sku);
    if (product->variants.items[0].barcode != NULL) {
        buf_text(&out, ",\"gtin\":");
        buf_json_text(&out, product->variants.items[0].barcode);
    }
    if (product->brand != NULL) {
        buf_text(&out, ",\"brand\":{\"@type\":\"Brand\",\"name\":");
        buf_json_text(&out, product->brand);
        buf_char(&out, '}');
    }
    buf_text(&out, ",\"image\":[");
    for (size_t i = 0; i < product->images.count; i++) {
        buf_text(&out, i > 0 ? "," : "");
        buf_json_text(&out, full_url(rq, product->images.items[i].url));
    }
    buf_text(&out, "],\"offers\":[");
    for (size_t i = 0; i < product->variants.count; i++) {
        buf_text(&out, i > 0 ? "," : "");
        write_offer(rq, product, &product->variants.items[i], &out);
    }
    buf_text(&out, "]}");
    return out.at;
}

// The picture as web/storefront/src/features/product/Gallery.tsx asks for it, so that the browser
// fetches one file, once, and keeps its place free until it is there.
static void write_picture(const struct image *image, const char *alt, struct buf *out)
{
    buf_text(out, "<img src=\"");
    buf_html(out, image->url);
    buf_text(out, "\" srcset=\"");
    for (size_t i = 0; i < image->sources.count; i++) {
        buf_text(out, i > 0 ? ", " : "");
        buf_html(out, image->sources.items[i].url);
        buf_printf(out, " %lldw", (long long)image->sources.items[i].width);
    }
    buf_text(out, "\" sizes=\"(min-width: 1024px) 52vw, 100vw\" alt=\"");
    buf_html(out, alt);
    buf_text(out, "\" fetchpriority=\"high\">");
}

// Crawlers that run no script read this; people see it until the storefront has started, laid out
// by `.prelude` of its styles.css.
static const char *product_body(struct rq *rq, const struct product *product)
{
    struct buf out = buf_in(rq->arena);
    buf_text(&out, "<main class=\"prelude\"><h1>");
    buf_html(&out, product->title);
    buf_text(&out, "</h1>");
    if (product->images.count > 0) {
        const struct image *image = &product->images.items[0];
        write_picture(image, image->alt != NULL ? image->alt : product->title, &out);
    }
    buf_printf(&out, "<p>%s %s</p>", money_text(rq->arena, product->price_minor, product->currency),
               product->currency);
    buf_text(&out, product->description_html != NULL ? product->description_html : "");
    buf_text(&out, "</main>");
    return out.at;
}

// The JPEG of a stored picture: not every preview reads WebP.
static const char *preview_url(struct rq *rq, const struct image *image)
{
    const char *width = strrchr(image->url, '-');
    bool stored = str_starts(image->url, "/media/") && width != NULL;
    if (!stored)
        return full_url(rq, image->url);
    return full_url(
        rq, arena_printf(rq->arena, "%.*s-preview.jpg", (int)(width - image->url), image->url));
}

static enum err page_not_found(struct rq *rq)
{
    return page_reply(rq, &(struct page){.title = "Not found", .status = 404});
}

// A page is worth more than its title: without the order service, whose fact this is, any name
// does.
static const char *shop_name(struct rq *rq)
{
    struct shop_facts facts = {0};
    return call_shop_facts(rq, &(struct nothing){0}, &facts) == ERR_OK ? facts.name : "Shop";
}

HANDLER(product_page, page_handle, nothing)
{
    struct product product;
    enum err err = browse_product(rq, in->handle, NULL, &product);
    if (err == ERR_NOT_FOUND)
        return page_not_found(rq);
    if (err != ERR_OK)
        return err;
    const char *shop = shop_name(rq);
    struct buf state = buf_in(rq->arena);
    buf_text(&state, "{\"kind\":\"product\",\"product\":");
    json_write(&product_shape, &product, &state);
    buf_char(&state, '}');
    const char *description = product.seo_description != NULL
                                  ? product.seo_description
                                  : brief_text(rq->arena, product.description_html);
    const char *title = product.seo_title != NULL
                            ? product.seo_title
                            : arena_printf(rq->arena, "%s – %s", product.title, shop);
    struct page page = {
        .title = title,
        .description = description,
        .canonical_path = arena_printf(rq->arena, "/products/%s", product.handle),
        .image_url = product.images.count > 0 ? preview_url(rq, &product.images.items[0]) : NULL,
        .kind = "product",
        .json_ld = product_json_ld(rq, &product, description),
        .body_html = product_body(rq, &product),
        .state_json = state.at,
    };
    browse_mark(rq, &product.id);
    return page_reply(rq, &page);
}

static void write_categories(const struct categories *categories, const char *kind, struct buf *out)
{
    buf_printf(out, "{\"kind\":\"%s\",\"categories\":", kind);
    json_write_field(&categories_shape, categories_at_items, categories, out);
    buf_char(out, '}');
}

static const struct category *find_category(const struct categories *categories, const char *handle)
{
    for (size_t i = 0; i < categories->items.count; i++)
        if (str_equal(categories->items.items[i].handle, handle))
            return &categories->items.items[i];
    return NULL;
}

// The path to a category as schema.org has it.
static const char *breadcrumbs(struct rq *rq, const struct categories *categories,
                               const struct category *category)
{
    const struct category *trail[CATEGORY_DEPTH_MAX];
    size_t depth = 0;
    for (const struct category *at = category; at != NULL && depth < CATEGORY_DEPTH_MAX;
         at = find_category(categories, at->parent_handle))
        trail[depth++] = at;
    struct buf out = buf_in(rq->arena);
    buf_text(&out, "{\"@context\":\"https://schema.org\",\"@type\":\"BreadcrumbList\","
                   "\"itemListElement\":[");
    for (size_t i = 0; i < depth; i++) {
        const struct category *at = trail[depth - 1 - i];
        buf_printf(&out, "%s{\"@type\":\"ListItem\",\"position\":%zu,\"name\":", i > 0 ? "," : "",
                   i + 1);
        buf_json_text(&out, at->title);
        buf_text(&out, ",\"item\":");
        buf_json_text(&out, full_url(rq, arena_printf(rq->arena, "/categories/%s", at->handle)));
        buf_char(&out, '}');
    }
    buf_text(&out, "]}");
    return out.at;
}

HANDLER(category_page, page_handle, nothing)
{
    struct categories categories = {0};
    const char *shop = shop_name(rq);
    enum err err = browse_categories(rq, &categories);
    if (err != ERR_OK)
        return err;
    const struct category *category = find_category(&categories, in->handle);
    if (category == NULL)
        return page_not_found(rq);
    struct buf state = buf_in(rq->arena);
    write_categories(&categories, "category", &state);
    struct page page = {
        .title = arena_printf(rq->arena, "%s – %s", category->title, shop),
        .description = category->description,
        .canonical_path = arena_printf(rq->arena, "/categories/%s", category->handle),
        .image_url = category->image != NULL ? preview_url(rq, category->image) : NULL,
        .kind = "website",
        .json_ld = breadcrumbs(rq, &categories, category),
        .state_json = state.at,
    };
    return page_reply(rq, &page);
}

HANDLER(home_page, nothing, nothing)
{
    struct categories categories = {0};
    const char *shop = shop_name(rq);
    enum err err = browse_categories(rq, &categories);
    if (err != ERR_OK)
        return err;
    struct buf state = buf_in(rq->arena), json_ld = buf_in(rq->arena);
    write_categories(&categories, "home", &state);
    buf_text(&json_ld, "{\"@context\":\"https://schema.org\",\"@type\":\"WebSite\",\"name\":");
    buf_json_text(&json_ld, shop);
    buf_text(&json_ld, ",\"url\":");
    buf_json_text(&json_ld, full_url(rq, "/"));
    buf_char(&json_ld, '}');
    struct page page = {
        .title = shop,
        .canonical_path = "/",
        .kind = "website",
        .json_ld = json_ld.at,
        .state_json = state.at,
    };
    return page_reply(rq, &page);
}

#define SITEMAP_ROW(F, S)                                                                          \
    F(S, text, handle, .doc = "Of a product.")                                                     \
    F(S, time, updated_at, .doc = "When it last changed.")
SHAPE(sitemap_row, SITEMAP_ROW);
#define SITEMAP_PART(F, S)                                                                         \
    F(S, i64, part, .min = 1, .max = 1000, .doc = "From 1.")                                       \
    F(S, i64, count, .optional = true, .doc = "Addresses in a part.")                              \
    F(S, i64, skipped, .optional = true, .doc = "Those of the parts before.")
SHAPE(sitemap_part, SITEMAP_PART);
#define SITEMAP_COUNT(F, S) F(S, i64, count, .doc = "Products for shoppers.")
SHAPE(sitemap_count, SITEMAP_COUNT);

QUERY_LIST(sitemap_rows, sitemap_part, sitemap_row,
           "SELECT handle, updated_at FROM product WHERE status = 'active' AND published"
           " ORDER BY id LIMIT :count OFFSET :skipped");
QUERY_ROW(sitemap_size, nothing, sitemap_count,
          "SELECT COUNT(*) AS count FROM product WHERE status = 'active' AND published");

static const char xml_head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

static void write_location(struct rq *rq, const char *path, const char *changed, struct buf *out)
{
    buf_text(out, "<loc>");
    buf_html(out, full_url(rq, path));
    buf_text(out, "</loc>");
    if (changed != NULL)
        buf_printf(out, "<lastmod>%s</lastmod>", changed);
}

static void reply_xml(struct rq *rq, const struct buf *xml)
{
    reply_raw(rq, "application/xml; charset=utf-8", xml->at, xml->length);
}

// Parts of 50,000 addresses, as sitemaps.org allows: the first has home and categories too.
HANDLER(sitemap_index, nothing, nothing)
{
    struct sitemap_count size;
    enum err err = sitemap_size(rq, &(struct nothing){0}, &size);
    if (err != ERR_OK)
        return err;
    struct buf xml = buf_in(rq->arena);
    buf_printf(&xml, "%s<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">",
               xml_head);
    for (i64 part = 0; part == 0 || (part - 1) * SITEMAP_URLS < size.count; part++) {
        buf_text(&xml, "<sitemap>");
        const char *path =
            part == 0 ? "/sitemaps/pages.xml"
                      : arena_printf(rq->arena, "/sitemaps/products/%lld.xml", (long long)part);
        write_location(rq, path, NULL, &xml);
        buf_text(&xml, "</sitemap>");
    }
    buf_text(&xml, "</sitemapindex>\n");
    reply_xml(rq, &xml);
    return ERR_OK;
}

static void open_urls(struct buf *xml)
{
    buf_printf(xml, "%s<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">", xml_head);
}

static void write_url(struct rq *rq, const char *path, const char *changed, struct buf *xml)
{
    buf_text(xml, "<url>");
    write_location(rq, path, changed, xml);
    buf_text(xml, "</url>\n");
}

HANDLER(sitemap_pages, nothing, nothing)
{
    struct category_tree *tree;
    enum err err = category_tree_read(rq, &tree);
    if (err != ERR_OK)
        return err;
    struct buf xml = buf_in(rq->arena);
    open_urls(&xml);
    write_url(rq, "/", NULL, &xml);
    for (size_t i = 0; i < tree->count; i++)
        write_url(rq, arena_printf(rq->arena, "/categories/%s", tree->nodes[i]->row->handle), NULL,
                  &xml);
    buf_text(&xml, "</urlset>\n");
    reply_xml(rq, &xml);
    return ERR_OK;
}

#define SITEMAP_NAME(F, S) F(S, text, name, .max = 40, .doc = "/sitemaps/products/1.xml: 1.xml.")
SHAPE(sitemap_name, SITEMAP_NAME);

HANDLER(sitemap_products, sitemap_name, nothing)
{
    struct sitemap_part part = {0};
    struct sitemap_row_list rows;
    size_t length = strlen(in->name);
    if (!str_ends(in->name, ".xml") ||
        !str_i64(arena_text_n(rq->arena, in->name, length - 4), &part.part) || part.part < 1 ||
        part.part > 1000)
        return ERR_NOT_FOUND;
    SET(&part, sitemap_part, count, SITEMAP_URLS);
    SET(&part, sitemap_part, skipped, (part.part - 1) * SITEMAP_URLS);
    enum err err = sitemap_rows(rq, &part, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err != ERR_OK ? err : ERR_NOT_FOUND;
    struct buf xml = buf_in(rq->arena);
    open_urls(&xml);
    for (size_t i = 0; i < rows.count; i++) {
        char changed[25];
        time_format(rows.items[i].updated_at, changed);
        write_url(rq, arena_printf(rq->arena, "/products/%s", rows.items[i].handle), changed, &xml);
    }
    buf_text(&xml, "</urlset>\n");
    reply_xml(rq, &xml);
    return ERR_OK;
}

HANDLER(robots, nothing, nothing)
{
    struct buf text = buf_in(rq->arena);
    buf_text(&text, "User-agent: *\nDisallow: /admin\nDisallow: /api/\nDisallow: /cart\n"
                    "Disallow: /checkout\nDisallow: /account\nDisallow: /orders\n\n");
    buf_printf(&text, "Sitemap: %s\n", full_url(rq, "/sitemap.xml"));
    reply_raw(rq, "text/plain; charset=utf-8", text.at, text.length);
    return ERR_OK;
}

static const struct route page_routes[] = {
    {GET, "/", &home_page_handler, 0, ROLE_ANYONE, "The storefront's home.",
     .flags = ROUTE_UNLISTED | ROUTE_PAGE, .cache_s = PAGE_CACHED_S, .cache_tag = "catalogue"},
    {GET, "/products/{handle}", &product_page_handler, 0, ROLE_ANYONE, "A product's page.",
     .flags = ROUTE_UNLISTED | ROUTE_PAGE | ROUTE_CONDUCTS, .cache_s = PAGE_CACHED_S,
     .cache_tag = "catalogue"},
    {GET, "/categories/{handle}", &category_page_handler, 0, ROLE_ANYONE, "A category's page.",
     .flags = ROUTE_UNLISTED | ROUTE_PAGE, .cache_s = PAGE_CACHED_S, .cache_tag = "catalogue"},
    {GET, "/robots.txt", &robots_handler, 200, ROLE_ANYONE, "What crawlers may read.",
     .flags = ROUTE_UNLISTED},
    {GET, "/sitemap.xml", &sitemap_index_handler, 200, ROLE_ANYONE, "Where the sitemaps are.",
     .flags = ROUTE_UNLISTED, .cache_s = SITEMAP_CACHED_S, .cache_tag = "sitemap"},
    {GET, "/sitemaps/pages.xml", &sitemap_pages_handler, 200, ROLE_ANYONE, "Home and categories.",
     .flags = ROUTE_UNLISTED, .cache_s = SITEMAP_CACHED_S, .cache_tag = "sitemap"},
    {GET, "/sitemaps/products/{name}", &sitemap_products_handler, 200, ROLE_ANYONE,
     "Products, in parts.", .flags = ROUTE_UNLISTED, .cache_s = SITEMAP_CACHED_S,
     .cache_tag = "sitemap"},
};
ROUTES(product, page_routes);
