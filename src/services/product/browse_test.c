// Tests of what shoppers see: lists, facets, cursors, a product, categories, suggestions. Each
// keeps to a brand of its own, because all tests share one shop.
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/asset.h"
#include "core/str.h"

// Three products of one brand: a red and blue cup, a blue bowl that is sold out, a draft.
static void stock_shelf(struct test *t, const char *brand)
{
    check_as_staff(t, ROLE_CATALOG);
    check_remember("brand", brand);
    check(t,
          "POST /api/v1/admin/products {'title':'{brand} Cup','status':'active','brand':'{brand}',"
          "'type':'Cup','tags':['clay'],'options':['Color'],'categories':['{brand} Ware > Cups'],"
          "'popularity':5,'description_html':'<p onclick=x>Holds <b>tea</b></p><script>y</script>',"
          "'variants':[{'options':['Red'],'price_minor':1200,'compare_at_minor':1500,"
          "'tracked':true,'stock':3,'policy':'deny'},{'options':['Blue'],'price_minor':1400}],"
          "'images':[{'url':'https://img.example/cup.jpg','alt':'Cup'}]}",
          "201 {'id':'<cup>','handle':'<cup_handle>','variants':[{'sku':'<red_sku>'},{}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'{brand} Bowl','status':'active','brand':'{brand}',"
          "'type':'Bowl','tags':['clay','large'],'options':['Color'],"
          "'categories':['{brand} Ware > Bowls'],'popularity':9,"
          "'variants':[{'options':['Blue'],'price_minor':3000,'tracked':true,'stock':0}]}",
          "201 {'id':'<bowl>'}");
    check(t,
          "POST /api/v1/admin/products {'title':'{brand} Draft','brand':'{brand}',"
          "'variants':[{'price_minor':1}]}",
          "201 {'handle':'<draft_handle>','status':'draft'}");
    check_headers(t, "");
}

TEST(browse_lists_an_old_copy_rather_than_none)
{
    stock_shelf(t, "Pandia");
    check(t, "GET /api/v1/products?brand=Pandia", "200 {'total':2}");
    for (u32 nth = 1; nth <= 3; nth++) {
        db_fail_at(check_app()->db, nth);
        check(
            t,
            arena_printf(t->arena, "GET /api/v1/products?brand=Pandia&limit=%u&currency=EUR", nth),
            "200 {'total':2}");
        check(t, arena_printf(t->arena, "GET /api/v1/products/suggestions?q=pandia%u", nth), "200");
    }
    db_fail_at(check_app()->db, 0);
}

TEST(browse_lists_what_is_sold)
{
    stock_shelf(t, "Ostara");
    check(t, "GET /api/v1/products?brand=Ostara",
          "200 {'items':[{'title':'Ostara Bowl','in_stock':false,'price_minor':3000,"
          "'description_html':null,'variants':[{'available':0,'backorder':false}]},"
          "{'title':'Ostara Cup','in_stock':true,'price_minor':1200,'price_max_minor':1400,"
          "'compare_at_minor':1500,'currency':'EUR',"
          "'options':[{'name':'Color','values':['Red','Blue']}],"
          "'variants':[{'title':'Red','available':3},{'title':'Blue','available':null}],"
          "'images':[{'url':'https://img.example/cup.jpg','width':null}],"
          "'categories':[{'title':'Cups','path':'Ostara Ware > Cups'}]}],"
          "'total':2,'next_cursor':null,'corrected_query':null}");
    check(t, "GET /api/v1/products?brand=Ostara&sort=price_asc&limit=1",
          "200 {'items':[{'title':'Ostara Cup'}],'next_cursor':'<next>','total':2}");
    check(t, "GET /api/v1/products?brand=Ostara&sort=price_asc&limit=1&cursor={next}",
          "200 {'items':[{'title':'Ostara Bowl'}],'next_cursor':null}");
    check(t, "GET /api/v1/products?brand=Ostara&in_stock=true",
          "200 {'items':[{'title':'Ostara Cup'}]}");
    check(t, "GET /api/v1/products?brand=Ostara&price_min=2000",
          "200 {'items':[{'title':'Ostara Bowl'}]}");
    check(t, "GET /api/v1/products?brand=Ostara&option=Color:Red",
          "200 {'items':[{'title':'Ostara Cup'}]}");
    check(t, "GET /api/v1/products?brand=Ostara&tag=large",
          "200 {'items':[{'title':'Ostara Bowl'}]}");
    check(t, "GET /api/v1/products?category=ostara-ware&sort=title",
          "200 {'items':[{'title':'Ostara Bowl'},{'title':'Ostara Cup'}]}");
    check(t, "GET /api/v1/products?q=ostara%20cpu&brand=Ostara", "200 {'total':'*'}");
    check(t, "GET /api/v1/products?q=ostara+cup", "200 {'items':[{'title':'Ostara Cup'},'...']}");
}

TEST(browse_counts_searches)
{
    static const char *const rows[] = {"souk_searches_total", "souk_searches_empty_total",
                                       "souk_searches_corrected_total", "souk_search_seconds_count",
                                       "souk_search_seconds_bucket{le=\"+Inf\"}"};
    static const i64 more[] = {4, 1, 1, 4, 4};
    i64 before[COUNT_OF(rows)];
    stock_shelf(t, "Metis");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        before[i] = check_metric(t, rows[i]);
    check(t, "GET /api/v1/products?q=metis+cup", "200 {'items':[{'title':'Metis Cup'},'...']}");
    check(t, "GET /api/v1/products?q=metis&tag=nothing", "200 {'total':0}");
    check(t, "GET /api/v1/products?q=metsi+bowl", "200 {'corrected_query':'metis bowl'}");
    check(t, "GET /api/v1/products?q=metis&limit=1", "200 {'next_cursor':'<next>'}");
    check(t, "GET /api/v1/products?q=metis&limit=1&cursor={next}", "200"); // goes on
    check(t, "GET /api/v1/products?brand=Metis&q=", "200 {'total':2}");    // no words
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_I64(check_metric(t, rows[i]) - before[i], more[i]);
}

TEST(browse_counts_facets)
{
    stock_shelf(t, "Facetta");
    check(t, "GET /api/v1/products?brand=Facetta&type=Cup",
          "200 {'items':[{'title':'Facetta Cup'}],'facets':{"
          "'types':[{'value':'Bowl','label':'Bowl','count':1},{'value':'Cup','count':1}],"
          "'tags':[{'value':'clay','count':1}],"
          "'options':[{'name':'Color','values':[{'value':'Color:Blue','label':'Blue','count':1},"
          "{'value':'Color:Red','count':1}]}],"
          "'price':{'min_minor':1200,'max_minor':1200},'in_stock':1}}");
}

TEST(browse_follows_changes)
{
    stock_shelf(t, "Wandel");
    check(t, "GET /api/v1/products?brand=Wandel", "200 {'total':2}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "PATCH /api/v1/admin/products/{bowl} {'title':'Wandel Basin'}", "200");
    check(t, "PATCH /api/v1/admin/products/{cup} {'published':false}", "200");
    check(t, "GET /api/v1/products?brand=Wandel",
          "200 {'total':1,'items':[{'title':'Wandel Basin'}]}");
    check(t, "GET /api/v1/products/{cup_handle}", "404");
    check(t, "PATCH /api/v1/admin/products/{cup} {'published':true}", "200");
    check(t, "PUT /api/v1/admin/stock/{red_sku} {'on_hand':8,'reason':'found'}", "200");
    check(t, "GET /api/v1/products?brand=Wandel&type=Cup",
          "200 {'items':[{'variants':[{'available':8},{}]}]}");
    check(t, "GET /api/v1/products/{cup_handle}", "200 {'variants':[{'available':8},{}]}");
    check(t, "GET /api/v1/admin/categories", "200");
    check(t, "PATCH /api/v1/admin/products/{cup} {'categories':['Wandel Sale']}", "200");
    check(t, "GET /api/v1/products?category=wandel-sale", "200 {'items':[{'title':'Wandel Cup'}]}");
}

TEST(browse_shows_a_product)
{
    stock_shelf(t, "Vitrine");
    check(
        t, "GET /api/v1/products/{cup_handle}",
        "200 {'title':'Vitrine Cup','description_html':'<p>Holds <b>tea</b></p>','status':'active',"
        "'published_at':'*','seo_title':null,'attributes':[]}");
    check_remember("etag", check_header("ETag"));
    check(t, "GET /api/v1/products/{cup_handle}\nIf-None-Match: {etag}", "304");
    check(t, "GET /api/v1/products/{draft_handle}", "404");
    check(t, "GET /api/v1/products/no-such-product", "404");
    check(t, "GET /api/v1/products/{cup_handle}?currency=JPY",
          "422 {'errors':[{'field':'currency'}]}");
}

TEST(browse_refuses_rubbish)
{
    check(t, "GET /api/v1/products?limit=0", "422 {'errors':[{'field':'limit'}]}");
    check(t, "GET /api/v1/products?limit=101", "422 {'errors':[{'field':'limit'}]}");
    check(t, "GET /api/v1/products?sort=best", "422 {'errors':[{'field':'sort'}]}");
    check(t, "GET /api/v1/products?cursor=x", "422 {'errors':[{'field':'cursor'}]}");
    check(t, "GET /api/v1/products?price_min=-1", "422 {'errors':[{'field':'price_min'}]}");
    check(t, "GET /api/v1/products?option=Red", "422 {'errors':[{'field':'option'}]}");
    check(t, "GET /api/v1/products?page=1", "422 {'errors':[{'field':'page'}]}");
    check(t, "GET /api/v1/products?currency=JPY", "422 {'errors':[{'field':'currency'}]}");
    check(t, "GET /api/v1/products?q=%22%27%3B--%20OR%201%3D1%20%2A%28", "200");
    check(t, "GET /api/v1/products?category=nowhere",
          "200 {'items':[],'total':0,'facets':{'price':null}}");
}

TEST(browse_categories_count_and_picture)
{
    stock_shelf(t, "Regal");
    check(t, "GET /api/v1/categories", "200");
    const char *found = strstr(check_body(), "\"handle\":\"regal-ware\"");
    CHECK(found != NULL && strstr(found, "\"product_count\":2") != NULL);
    CHECK(found != NULL && strstr(found, "\"parent_handle\":null") != NULL);
    found = strstr(check_body(), "\"path\":\"Regal Ware > Cups\"");
    CHECK(found != NULL && strstr(found, "https://img.example/cup.jpg") != NULL);
}

TEST(browse_suggests)
{
    stock_shelf(t, "Quendel");
    check(t, "GET /api/v1/products/suggestions?q=quend",
          "200 {'items':[{'kind':'*','label':'*'},'...']}");
    CHECK(strstr(check_body(), "\"label\":\"Quendel Cup\"") != NULL);
    CHECK(strstr(check_body(), "\"price_minor\":1200") != NULL);
    check(t, "GET /api/v1/products/suggestions?q=", "200 {'items':[]}");
    check(t, "GET /api/v1/products/suggestions", "422 {'errors':[{'field':'q'}]}");
}

TEST(pages_leave_with_what_crawlers_read)
{
    stock_shelf(t, "Krypta");
    check(t, "GET /robots.txt", "200");
    CHECK(strstr(check_body(), "Sitemap: http://shop.test/sitemap.xml") != NULL);
    check(t, "GET /sitemap.xml", "200");
    CHECK(strstr(check_body(), "<loc>http://shop.test/sitemaps/products/1.xml</loc>") != NULL);
    check(t, "GET /sitemaps/products/1.xml", "200");
    CHECK(strstr(check_body(), "<loc>http://shop.test/products/krypta-cup</loc><lastmod>20") !=
          NULL);
    CHECK(strstr(check_body(), "krypta-draft") == NULL);
    check(t, "GET /sitemaps/pages.xml", "200");
    CHECK(strstr(check_body(), "<loc>http://shop.test/categories/krypta-ware</loc>") != NULL);
    check(t, "GET /sitemaps/products/900.xml", "404");
    check(t, "GET /sitemaps/products/one.xml", "404");
}

TEST(pages_carry_their_product)
{
    stock_shelf(t, "Seite");
    bool built = asset_find("storefront/index.html") != NULL;
    check(t, "GET /products/no-such-page", "404");
    check(t, "GET /categories/no-such-page", "404");
    check(t, "GET /products/seite-cup", built ? "200" : "404");
    check(t, "GET /", built ? "200" : "404");
    check(t, "GET /categories/seite-ware", built ? "200" : "404");
    if (!built)
        return;
    check(t, "GET /?from=a-mail", "200"); // kept, with its headers; the query is the script's
    CHECK(check_header("Content-Security-Policy") != NULL);
    CHECK_TEXT(check_header("Cache-Control"), "no-cache");
    check(t, arena_printf(t->arena, "GET /\nIf-None-Match: %s\n", check_header("ETag")), "304");
    check(t, "GET /categories/seite-ware", "200");
    CHECK(strstr(check_body(), "\"@type\":\"BreadcrumbList\"") != NULL);
    CHECK(strstr(check_body(), "{\"kind\":\"category\",\"categories\":[") != NULL);
    check(t, "GET /products/seite-cup", "200");
    const char *body = check_body();
    CHECK(strstr(body, "<meta property=\"og:image\" content=\"https://img.example/cup.jpg\">") !=
          NULL);
    CHECK(strstr(body, "<meta name=\"description\" content=\"Holds tea\">") != NULL);
    CHECK(strstr(body, "\"price\":\"12.00\",\"priceCurrency\":\"EUR\",\"availability\":"
                       "\"https://schema.org/InStock\"") != NULL);
    CHECK(strstr(body, "{\"kind\":\"product\",\"product\":{\"id\":") != NULL);
    CHECK(strstr(body, "<link rel=\"canonical\" href=\"http://shop.test/products/seite-cup\">") !=
          NULL);
    check(t, "GET /", "200");
    CHECK(strstr(check_body(), "{\"kind\":\"home\",\"categories\":[") != NULL);
}
