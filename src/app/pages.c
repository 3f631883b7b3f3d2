// Serving the storefront and the dashboard out of the binary. Contract in page.h. Pages of products
// and categories are the product service's; all else that a browser may open is here.
//
// The storefront is one shell (web/storefront/index.html) with marks in it. A page fills in what
// search engines and link previews read, the text of the page for those without scripts, and what
// the script would ask the API first, so that the first view costs one journey. Then the script
// takes over.
#include <string.h>

#include "app/app.h"
#include "app/declare.h"
#include "app/page.h"
#include "core/asset.h"
#include "core/str.h"

// No inline scripts and no scripts of others: what a merchant's description smuggled past
// html_clean would still not run. Styles may be inline, as React sets
// them.
static const char content_security[] =
    "default-src 'self'; img-src 'self' https: data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'; object-src 'none'";

static void add_page_headers(struct rq *rq)
{
    reply_header(rq, "Content-Security-Policy", content_security);
    reply_header(rq, "Referrer-Policy", "strict-origin-when-cross-origin");
    // Kept, but asked for again each time: a page names the hashed files of one build, and an old
    // one would name files that are gone.
    reply_header(rq, "Cache-Control", "no-cache");
}

static void add_meta(struct buf *out, const char *attribute, const char *name, const char *content)
{
    if (content == NULL)
        return;
    buf_printf(out, "<meta %s=\"%s\" content=\"", attribute, name);
    buf_html(out, content);
    buf_text(out, "\">");
}

static void write_head(const struct rq *rq, const struct page *page, struct buf *out)
{
    buf_text(out, "<title>");
    buf_html(out, page->title);
    buf_text(out, "</title>");
    add_meta(out, "name", "description", page->description);
    add_meta(out, "property", "og:title", page->title);
    add_meta(out, "property", "og:description", page->description);
    add_meta(out, "property", "og:type", page->kind);
    add_meta(out, "property", "og:image", page->image_url);
    if (page->canonical_path != NULL) {
        const char *url =
            arena_printf(rq->arena, "%s%s", rq->app->public_url, page->canonical_path);
        add_meta(out, "property", "og:url", url);
        buf_text(out, "<link rel=\"canonical\" href=\"");
        buf_html(out, url);
        buf_text(out, "\">");
    }
    if (page->json_ld != NULL)
        buf_printf(out, "<script type=\"application/ld+json\">%s</script>", page->json_ld);
}

static void write_state(const struct page *page, struct buf *out)
{
    if (page->state_json != NULL)
        buf_printf(out, "<script type=\"application/json\" id=\"souk-page\">%s</script>",
                   page->state_json);
}

// Copies the shell up to a mark, which web/storefront/index.html has, and returns what follows it.
static const char *copy_until(struct buf *out, const char *text, const char *mark)
{
    const char *at = strstr(text, mark);
    assert(at != NULL);
    buf_bytes(out, text, (size_t)(at - text));
    return at + strlen(mark);
}

static struct buf fill_shell(const struct rq *rq, const struct asset *shell,
                             const struct page *page)
{
    struct buf out = buf_in(rq->arena), own_title = buf_in(rq->arena);
    const char *rest = copy_until(&out, (const char *)shell->bytes, "<title>");
    rest = copy_until(&own_title, rest, "</title>");
    write_head(rq, page, &out);
    rest = copy_until(&out, rest, "<!--souk:body-->");
    buf_text(&out, page->body_html != NULL ? page->body_html : "");
    rest = copy_until(&out, rest, "<!--souk:page-->");
    write_state(page, &out);
    buf_text(&out, rest);
    return out;
}

enum err page_reply(struct rq *rq, const struct page *page)
{
    const struct asset *shell = asset_find("storefront/index.html");
    if (shell == NULL)
        return fail(rq, ERR_NOT_FOUND, "this program was built without the storefront");
    struct buf out = fill_shell(rq, shell, page);
    const char *body = out.at;
    size_t length = out.length, packed;
    int status = page->status != 0 ? page->status : 200;
    bool kept = rq->route->cache_s > 0 && status == 200; // and compressed where it is kept
    void *gzip = !kept && accepts_coding(rq->exchange, "gzip")
                     ? gzip_bytes(rq->arena, out.at, out.length, &packed)
                     : NULL;
    if (gzip != NULL) {
        reply_header(rq, "Content-Encoding", "gzip");
        body = gzip;
        length = packed;
    }
    if (!kept)
        reply_header(rq, "Vary", "Accept-Encoding");
    add_page_headers(rq);
    reply_status(rq, status);
    reply_raw(rq, "text/html; charset=utf-8", body, length);
    return ERR_OK;
}

static void send_asset(struct rq *rq, const struct asset *asset)
{
    reply_header(rq, "ETag", asset->etag);
    reply_header(rq, "Vary", "Accept-Encoding");
    if (asset->immutable)
        reply_header(rq, "Cache-Control", "public, max-age=31536000, immutable");
    else
        add_page_headers(rq);
    if (matches_etag(rq->exchange, asset->etag)) {
        reply_status(rq, 304);
        reply_raw(rq, asset->type, "", 0);
    } else if (asset->brotli != NULL && accepts_coding(rq->exchange, "br")) {
        reply_header(rq, "Content-Encoding", "br");
        reply_raw(rq, asset->type, asset->brotli, asset->brotli_length);
    } else if (asset->gzip != NULL && accepts_coding(rq->exchange, "gzip")) {
        reply_header(rq, "Content-Encoding", "gzip");
        reply_raw(rq, asset->type, asset->gzip, asset->gzip_length);
    } else {
        reply_raw(rq, asset->type, asset->bytes, asset->length);
    }
}

#define PAGE_PATH(F, S) F(S, text, path, .doc = "Path below the folder.")
SHAPE(page_path, PAGE_PATH);

static const struct asset *asset_below(const struct rq *rq, const char *folder, const char *path)
{
    return asset_find(arena_printf(rq->arena, "%s/%s", folder, path));
}

// A file of the dashboard, or its shell, which knows its own addresses.
HANDLER(admin_page, page_path, nothing)
{
    const struct asset *asset = asset_below(rq, "admin", in->path);
    if (asset == NULL && !str_starts(in->path, "assets/"))
        asset = asset_find("admin/index.html");
    if (asset == NULL)
        return fail(rq, ERR_NOT_FOUND, "there is nothing at this address");
    send_asset(rq, asset);
    return ERR_OK;
}

// The dashboard's own files are named relative to "/admin/", so the slash has to be there.
HANDLER(admin_home, nothing, nothing)
{
    const struct asset *asset = asset_find("admin/index.html");
    if (!str_ends(rq->exchange->path, "/")) {
        reply_status(rq, 308);
        reply_header(rq, "Location", "/admin/");
        reply_raw(rq, "text/plain", "", 0);
        return ERR_OK;
    }
    if (asset == NULL)
        return fail(rq, ERR_NOT_FOUND, "this program was built without the dashboard");
    send_asset(rq, asset);
    return ERR_OK;
}

// Addresses that the storefront itself knows (web/storefront/src/app/routes).
static bool is_storefront_page(const char *path)
{
    static const char *const pages[] = {"search", "cart",  "checkout",       "account",
                                        "verify", "login", "reset-password", "orders"};
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        size_t length = strlen(pages[i]);
        if (str_starts(path, pages[i]) && (path[length] == '\0' || path[length] == '/'))
            return true;
    }
    return false;
}

HANDLER(storefront_page, page_path, nothing)
{
    const struct asset *asset = asset_below(rq, "storefront", in->path);
    if (asset != NULL && !str_equal(in->path, "index.html")) {
        send_asset(rq, asset);
        return ERR_OK;
    }
    // A client that asked for JSON gets a problem document, not a page.
    bool api = str_starts(in->path, "api/") || str_starts(in->path, "internal/");
    const char *accept = rq_header(rq, "Accept");
    bool known = is_storefront_page(in->path);
    if (api || (!known && (accept == NULL || strstr(accept, "text/html") == NULL)))
        return fail(rq, ERR_NOT_FOUND, "there is nothing at this address");
    return page_reply(rq, &(struct page){.title = "Souk", .status = known ? 200 : 404});
}

static const struct route page_routes[] = {
    {GET, "/admin", &admin_home_handler, 200, ROLE_ANYONE, "To the dashboard.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT | ROUTE_PAGE},
    {GET, "/admin/{path...}", &admin_page_handler, 200, ROLE_ANYONE, "The dashboard.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT | ROUTE_PAGE},
    {GET, "/{path...}", &storefront_page_handler, 200, ROLE_ANYONE, "The storefront.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT | ROUTE_PAGE},
};
ROUTES(page, page_routes);
