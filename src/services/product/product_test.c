// Tests of the staff's side of the catalogue: products, variants, prices, categories, pictures.
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "services/product/category.h"
#include "services/product/media.h"
#include "services/product/product.h"

static void as_catalogue_staff(struct test *t)
{
    check_as_staff(t, ROLE_CATALOG);
}

// A product with two sizes, remembered as {product}, {small} and {large}. The handle sets it apart.
static void make_stool(struct test *t, const char *handle)
{
    check_remember("handle", handle);
    check(t,
          "POST /api/v1/admin/products {'title':'Oak Stool','handle':'{handle}','status':'active',"
          "'brand':'Joiner','type':'Stool','tags':['oak','seat'],'options':['Height'],"
          "'categories':['Home > Seating'],'variants':["
          "{'sku':'{handle}-45','options':['45 cm'],'price_minor':8900,'compare_at_minor':9900,"
          "'tracked':true,'stock':4,'weight_g':5200},"
          "{'sku':'{handle}-65','options':['65 cm'],'price_minor':9900}],"
          "'images':[{'url':'https://img.example/stool.jpg','alt':'A stool'}],"
          "'attributes':[{'code':'wood','label':'Wood','value':'Oak'}]}",
          "201 {'id':'<product>','version':1,'handle':'*','status':'active','published':true,"
          "'options':['Height'],'variants':[{'id':'<small>','options':['45 cm'],'tracked':true,"
          "'on_hand':4,'available':4,'prices':[{'currency':'EUR','price_minor':8900,"
          "'compare_at_minor':9900}]},{'id':'<large>','tracked':false,'on_hand':null}],"
          "'images':[{'id':'<image>','url':'https://img.example/stool.jpg','alt':'A stool',"
          "'width':null}],'categories':['Home > Seating'],"
          "'attributes':[{'code':'wood','kind':'text','value':'Oak'}],'published_at':'*'}");
}

// The id of the category with this handle.
static void remember_category(struct test *t, const char *name, const char *handle)
{
    static const char id[] = "\"id\":\"";
    check(t, "GET /api/v1/admin/categories", "200");
    const char *list = check_body();
    const char *at = strstr(list, arena_printf(t->arena, "\"handle\":\"%s\"", handle));
    CHECK(at != NULL);
    while (at != NULL && at > list && strncmp(at, id, strlen(id)) != 0)
        at--;
    check_remember(name, at != NULL ? arena_text_n(t->arena, at + strlen(id), 36) : "");
}

TEST(admin_product_create)
{
    as_catalogue_staff(t);
    make_stool(t, "create-stool");
    check(t, "GET /api/v1/admin/products/{product}", "200 {'title':'Oak Stool','version':1}");
    CHECK_TEXT(check_header("ETag"), "\"1\"");
    check(t,
          "POST /api/v1/admin/products {'title':'X','handle':'create-stool',"
          "'variants':[{'price_minor':1}]}",
          "409 {'code':'conflict','errors':[{'field':'handle'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'X','variants':[{'price_minor':1,"
          "'sku':'create-stool-45'}]}",
          "409 {'errors':[{'field':'variants.0.sku'}]}");
    check(t, "POST /api/v1/admin/products {'title':'Plain Thing','variants':[{'price_minor':1}]}",
          "201 {'handle':'plain-thing','status':'draft','published_at':null,"
          "'variants':[{'sku':'PLAIN-THING','title':'Default','options':[],'on_hand':null}]}");
}

TEST(admin_product_refuses)
{
    as_catalogue_staff(t);
    check(t, "POST /api/v1/admin/products {'title':'X','variants':[]}",
          "422 {'errors':[{'field':'variants','detail':'fewer than 1 items'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'','variants':[{'price_minor':-1,'colour':'red'}]}",
          "422 {'errors':[{'field':'title'},{'field':'variants.0.price_minor'},"
          "{'field':'variants.0.colour','detail':'is not a known field'}]}");
    check(t, "POST /api/v1/admin/products {'title':'X','variants':[{'price_minor':1.5}]}",
          "422 {'errors':[{'field':'variants.0.price_minor','detail':'must be an integer'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'X','options':['Size'],"
          "'variants':[{'price_minor':1}]}",
          "422 {'errors':[{'field':'variants.0.options'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'X','options':['Size'],'variants':["
          "{'price_minor':1,'options':['S']},{'price_minor':1,'options':['S']}]}",
          "422 {'errors':[{'field':'variants.1.options'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'X','variants':[{'price_minor':1}],"
          "'images':[{'url':'javascript:alert(1)'}]}",
          "422 {'errors':[{'field':'images.0.url','detail':'must be a web address'}]}");
    check(t, "GET /api/v1/admin/products/not-an-id", "404");
    check(t, "GET /api/v1/admin/products/01890000-0000-7000-8000-000000000000",
          "404 {'code':'not_found'}");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/products {'title':'X','variants':[{'price_minor':1}]}", "403");
}

TEST(admin_product_change)
{
    as_catalogue_staff(t);
    make_stool(t, "change-stool");
    check(t,
          "PATCH /api/v1/admin/products/{product} {'title':'Ash Stool','brand':null,'version':1}",
          "200 {'title':'Ash Stool','brand':null,'version':2,'tags':['oak','seat']}");
    check(t, "PATCH /api/v1/admin/products/{product} {'title':'Elm Stool','version':1}",
          "412 {'code':'version_mismatch','detail':'the product is at version 2'}");
    check(t, "PATCH /api/v1/admin/products/{product}\nIf-Match: \"1\"\n{'title':'Elm Stool'}",
          "412");
    check(t, "PATCH /api/v1/admin/products/{product}\nIf-Match: \"2\"\n{'tags':['ash']}",
          "200 {'tags':['ash'],'version':3}");
    check(t, "PATCH /api/v1/admin/products/{product} {'tags':['ash']}", "200 {'version':3}");
    check(t, "PATCH /api/v1/admin/products/{product} {'options':['Height','Color']}",
          "422 {'errors':[{'field':'options'}]}");
    check(t,
          "PATCH /api/v1/admin/products/{product} {'options':['How high'],'categories':['Sale',"
          "'Home>Seating'],'attributes':[]}",
          "200 {'options':['How high'],'categories':['Sale','Home > Seating'],'attributes':[]}");
    check(t, "PATCH /api/v1/admin/products/{product} {'handle':'Not A Handle'}",
          "422 {'errors':[{'field':'handle'}]}");
    check(t, "PATCH /api/v1/admin/products/{product} {'colour':'red'}",
          "422 {'errors':[{'field':'colour'}]}");
    make_stool(t, "change-other");
    check(t, "PATCH /api/v1/admin/products/{product} {'handle':'change-stool'}",
          "409 {'errors':[{'field':'handle','detail':'~is in use'}]}");
}

TEST(admin_product_archive)
{
    as_catalogue_staff(t);
    make_stool(t, "archive-stool");
    check(t, "DELETE /api/v1/admin/products/{product}", "204");
    check(t, "GET /api/v1/admin/products/{product}", "200 {'status':'archived'}");
    check(t, "DELETE /api/v1/admin/products/01890000-0000-7000-8000-000000000000", "404");
}

TEST(admin_product_pages)
{
    as_catalogue_staff(t);
    make_stool(t, "pages-one");
    make_stool(t, "pages-two");
    make_stool(t, "pages-three");
    check(t, "GET /api/v1/admin/products?q=PAGES-&limit=2",
          "200 {'items':[{'handle':'pages-three','variant_count':2,'price_minor':8900,"
          "'currency':'EUR',"
          "'image':{'url':'https://img.example/stool.jpg'}},{'handle':'pages-two'}],"
          "'next_cursor':'<next>'}");
    check(t, "GET /api/v1/admin/products?q=PAGES-&limit=2&cursor={next}",
          "200 {'items':[{'handle':'pages-one'}],'next_cursor':null}");
    check(t, "GET /api/v1/admin/products?q=pages%25", "200 {'items':[],'next_cursor':null}");
    check(t, "GET /api/v1/admin/products?q=pages-two-65&status=active",
          "200 {'items':[{'handle':'pages-two'}]}");
    check(t, "GET /api/v1/admin/products?q=pages&status=draft", "200 {'items':[]}");
    check(t, "GET /api/v1/admin/products?cursor=x", "422 {'errors':[{'field':'cursor'}]}");
    check(t, "GET /api/v1/admin/products?limit=101", "422 {'errors':[{'field':'limit'}]}");
    check(t, "GET /api/v1/admin/products?page=2", "422 {'errors':[{'field':'page'}]}");
}

TEST(admin_variant_create)
{
    as_catalogue_staff(t);
    make_stool(t, "variant-new");
    check(
        t,
        "POST /api/v1/admin/products/{product}/variants {'options':['80 cm'],'price_minor':12000,"
        "'tracked':true,'stock':2,'sku':'variant-new-80'}",
        "201 {'version':2,'variants':[{'title':'45 cm'},{'title':'65 cm'},"
        "{'title':'80 cm','sku':'variant-new-80','on_hand':2,'prices':[{'price_minor':12000}]}]}");
    check(t, "POST /api/v1/admin/products/{product}/variants {'options':['80 cm'],'price_minor':1}",
          "409 {'errors':[{'field':'options'}]}");
    check(t, "POST /api/v1/admin/products/{product}/variants {'price_minor':1}",
          "422 {'errors':[{'field':'variants.0.options'}]}");
    check(t,
          "POST /api/v1/admin/products/{product}/variants {'options':['1'],'price_minor':1,"
          "'sku':'variant-new-45'}",
          "409 {'errors':[{'field':'variants.0.sku'}]}");
}

TEST(admin_variant_change)
{
    as_catalogue_staff(t);
    make_stool(t, "variant-patch");
    check(t,
          "PATCH /api/v1/admin/variants/{small} {'price_minor':7900,'barcode':'4006381333931',"
          "'policy':'continue'}",
          "200 {'version':2,'variants':[{'barcode':'4006381333931','policy':'continue',"
          "'prices':[{'price_minor':7900,'compare_at_minor':9900}]},{}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'compare_at_minor':null,'version':2}",
          "200 {'variants':[{'prices':[{'price_minor':7900,'compare_at_minor':null}]},{}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'weight_g':1,'version':2}", "412");
    check(t, "PATCH /api/v1/admin/variants/{small} {'sku':'variant-patch-65'}",
          "409 {'errors':[{'field':'sku'}]}");
    check(t,
          "PATCH /api/v1/admin/variants/{small} {'sku':'variant-patch-new','image_id':'{image}'}",
          "200 {'variants':[{'sku':'variant-patch-new','on_hand':4,'image_id':'*'},{}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'options':['65 cm']}",
          "409 {'errors':[{'field':'options'}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'options':[]}",
          "422 {'errors':[{'field':'options'}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'image_id':'{product}'}",
          "422 {'errors':[{'field':'image_id'}]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'price_minor':-5}",
          "422 {'errors':[{'field':'price_minor'}]}");
    check(t, "PATCH /api/v1/admin/variants/{product} {'price_minor':5}", "404");
}

TEST(admin_variant_delete)
{
    as_catalogue_staff(t);
    make_stool(t, "variant-gone");
    check(t, "DELETE /api/v1/admin/variants/{large}", "204");
    check(t, "GET /api/v1/admin/products/{product}",
          "200 {'version':2,'variants':[{'title':'45 cm'}]}");
    check(t, "DELETE /api/v1/admin/variants/{small}", "409 {'code':'conflict'}");
    check(t, "DELETE /api/v1/admin/variants/{large}", "404");
}

TEST(admin_prices)
{
    as_catalogue_staff(t);
    make_stool(t, "prices-stool");
    check(t,
          "PUT /api/v1/admin/variants/{small}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':100,'compare_at_minor':200}]}",
          "200 {'version':2,'variants':[{'prices':[{'currency':'EUR','price_minor':100,"
          "'compare_at_minor':200}]},{}]}");
    check(t,
          "PUT /api/v1/admin/variants/{small}/prices {'prices':[{'currency':'QQQ',"
          "'price_minor':100}]}",
          "422 {'errors':[{'field':'prices.0.currency'}]}");
    check(t,
          "PUT /api/v1/admin/variants/{small}/prices {'prices':[{'currency':'JPY',"
          "'price_minor':100}]}",
          "422 {'errors':[{'field':'prices.0.currency','detail':'~is not one of the'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'X','variants':[{'price_minor':1,"
          "'prices':[{'currency':'JPY','price_minor':100}]}]}",
          "422 {'errors':[{'field':'variants.0.prices.0.currency',"
          "'detail':'~is not one of the'}]}");
    check(t,
          "PUT /api/v1/admin/variants/{small}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':1},{'currency':'EUR','price_minor':2}]}",
          "422 {'errors':[{'field':'prices.1.currency'}]}");
}

TEST(admin_category_tree)
{
    as_catalogue_staff(t);
    check(t, "POST /api/v1/admin/categories {'title':'Tree Garden'}",
          "201 {'id':'<garden>','handle':'tree-garden','depth':0,'parent_id':null,"
          "'product_count':0}");
    check(t, "POST /api/v1/admin/categories {'title':'Tree Tools','parent_id':'{garden}'}",
          "201 {'id':'<tools>','path':'Tree Garden > Tree Tools','depth':1,'position':0}");
    check(t, "POST /api/v1/admin/categories {'title':'Tree Tools','parent_id':'{garden}'}",
          "409 {'errors':[{'field':'title'}]}");
    check(t, "POST /api/v1/admin/categories {'title':'A','handle':'tree-garden'}",
          "409 {'errors':[{'field':'handle'}]}");
    check(t, "POST /api/v1/admin/categories {'title':'A > B'}",
          "422 {'errors':[{'field':'title'}]}");
    check(t,
          "POST /api/v1/admin/categories {'title':'A',"
          "'parent_id':'01890000-0000-7000-8000-000000000000'}",
          "422 {'errors':[{'field':'parent_id'}]}");
    check(t, "PATCH /api/v1/admin/categories/{garden} {'parent_id':'{tools}'}",
          "422 {'errors':[{'field':'parent_id'}]}");
    check(t,
          "PATCH /api/v1/admin/categories/{tools} {'parent_id':null,'title':'Tree Spades',"
          "'version':1}",
          "200 {'path':'Tree Spades','depth':0,'version':2}");
    check(t, "PATCH /api/v1/admin/categories/{tools} {'title':'X','version':1}", "412");
    check(t, "PATCH /api/v1/admin/categories/{tools} {'parent_id':'{garden}'}",
          "200 {'path':'Tree Garden > Tree Spades'}");
    check(t, "GET /api/v1/admin/categories", "200 {'next_cursor':null}");
    CHECK(strstr(check_body(), "\"path\":\"Tree Garden > Tree Spades\"") != NULL);
    check(t, "DELETE /api/v1/admin/categories/{garden}", "409");
    check(t, "DELETE /api/v1/admin/categories/{tools}", "204");
    check(t, "DELETE /api/v1/admin/categories/{tools}", "404");
    check(t, "PATCH /api/v1/admin/categories/{tools} {'title':'X'}", "404");
}

// A product lies under the first of its categories, and goes on to the next when that is deleted.
TEST(admin_product_filed)
{
    as_catalogue_staff(t);
    check(t,
          "POST /api/v1/admin/products {'title':'Filed','handle':'filed','categories':"
          "['Filed Boats','Filed Nets'],'variants':[{'price_minor':1}]}",
          "201 {'id':'<filed>'}");
    check(t, "POST /api/v1/admin/categories {'title':'Filed Sails'}", "201 {'id':'<sails>'}");
    remember_category(t, "boats", "filed-boats");
    remember_category(t, "nets", "filed-nets");
    check(t, "GET /api/v1/admin/products?category_id={boats}",
          "200 {'items':[{'handle':'filed'}]}");
    check(t, "GET /api/v1/admin/products?category_id={nets}", "200 {'items':[]}");
    check(t, "DELETE /api/v1/admin/categories/{boats}", "204");
    check(t, "GET /api/v1/admin/products?category_id={nets}", "200 {'items':[{'handle':'filed'}]}");
    check(t,
          "PATCH /api/v1/admin/products/{filed} {'categories':['Filed Sails','Filed Nets'],"
          "'handle':'filed-again'}",
          "200 {'categories':['Filed Sails','Filed Nets'],'handle':'filed-again'}");
    check(t, "GET /api/v1/admin/products?category_id={nets}", "200 {'items':[]}");
    check(t, "GET /api/v1/admin/products?category_id={sails}",
          "200 {'items':[{'handle':'filed-again'}]}");
    check(t, "PATCH /api/v1/admin/products/{filed} {'categories':[]}", "200 {'categories':[]}");
    check(t, "GET /api/v1/admin/products?category_id={sails}", "200 {'items':[]}");
    check(t, "GET /api/v1/admin/products/{filed}", "200 {'handle':'filed-again'}");
    CHECK(strstr(check_audit(t), "product_keys") == NULL);
    CHECK(strstr(check_audit(t), "product_places") == NULL);
}

// Products of one handle that are made at once, in different categories: one comes of it.
TEST(admin_product_twins)
{
    enum { TWINS = 3 };
    const char *requests[TWINS];
    int made = 0, refused = 0;
    as_catalogue_staff(t);
    for (int i = 0; i < TWINS; i++) {
        const char *body = arena_printf(t->arena,
                                        "{\"title\":\"Twin\",\"handle\":\"twin\",\"categories\":"
                                        "[\"Twins %d\"],\"variants\":[{\"price_minor\":1}]}",
                                        i);
        check(t, arena_printf(t->arena, "POST /api/v1/admin/categories {'title':'Twins %d'}", i),
              "201");
        requests[i] =
            arena_printf(t->arena,
                         "POST /api/v1/admin/products HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                         "Authorization: Bearer %s\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                         check_value("staff"), strlen(body), body);
    }
    const char **answers = check_at_once(t, check_port(), requests, TWINS);
    for (int i = 0; i < TWINS; i++) {
        const char *id = strstr(answers[i], "{\"id\":\"");
        if (str_starts(answers[i], "HTTP/1.1 201") && ++made == 1 && id != NULL)
            check_remember("twin", arena_text_n(t->arena, id + 7, 36));
        refused += str_starts(answers[i], "HTTP/1.1 409");
    }
    CHECK_I64(made, 1);
    CHECK_I64(refused, TWINS - 1);
    CHECK(strstr(check_audit(t), "product_keys") == NULL);
    // Chance decided which it is: the tests that follow find the same on all databases.
    check(t, "PATCH /api/v1/admin/products/{twin} {'categories':[]}", "200 {'categories':[]}");
}

STEP(put_category_words, category_document, nothing)
{
    return category_put(rq, in);
}

TEST(category_takes_its_words_from_a_file)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct category_document document = {
        .path = "Words > Deep", .handle = "words-deep", .position = 3, .description = "Below."};
    struct nothing nothing;
    document.set = (UINT64_C(1) << category_document_field_count) - 1;
    CHECK(put_category_words(rq, &document, &nothing) == ERR_OK);
    CHECK(put_category_words(rq, &document, &nothing) == ERR_OK);
    check(t, "GET /api/v1/categories", "200");
    const char *found = strstr(check_body(), "\"handle\":\"words-deep\"");
    CHECK(found != NULL && strstr(found, "\"description\":\"Below.\"") != NULL);
    document.path = "Words > Other";
    CHECK(put_category_words(rq, &document, &nothing) == ERR_CONFLICT);
    rq_end(rq);
}

TEST(admin_image_by_address)
{
    as_catalogue_staff(t);
    make_stool(t, "image-stool");
    check(t, "PATCH /api/v1/admin/images/{image} {'alt':'Seen from above'}",
          "200 {'alt':'Seen from above','url':'https://img.example/stool.jpg','sources':[]}");
    check(t, "PATCH /api/v1/admin/variants/{small} {'image_id':'{image}'}", "200");
    check(t, "DELETE /api/v1/admin/images/{image}", "204");
    check(t, "GET /api/v1/admin/products/{product}",
          "200 {'images':[],'variants':[{'image_id':null},{}]}");
    check(t, "DELETE /api/v1/admin/images/{image}", "404");
    check(t, "PATCH /api/v1/admin/images/{image} {'alt':null}", "404");
}

TEST(product_offers_are_what_is_sold)
{
    as_catalogue_staff(t);
    make_stool(t, "offer-stool");
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    const char *skus[] = {"offer-stool-65", "offer-stool-45", "unknown", "offer-stool-45"};
    struct offer_query query = {.sku = {COUNT_OF(skus), skus}, .currency = "EUR"};
    struct offers offers;
    CHECK(call_product_offers(rq, &query, &offers) == ERR_OK);
    CHECK_I64((i64)offers.items.count, 2);
    const struct offer *offer = &offers.items.items[str_ends(offers.items.items[0].sku, "65")];
    CHECK_TEXT(offer->sku, "offer-stool-45");
    CHECK_TEXT(offer->variant_title, "45 cm");
    CHECK_TEXT(offer->options.items[0].name, "Height");
    CHECK_TEXT(offer->image->url, "https://img.example/stool.jpg");
    CHECK_TEXT(offer->tax_class, "standard");
    CHECK_I64(offer->price_minor, 8900);
    CHECK(offer->tracked && !offer->backorder && offer->taxable);
    check(t, "PATCH /api/v1/admin/products/{product} {'published':false}", "200");
    CHECK(call_product_offers(rq, &query, &offers) == ERR_OK);
    CHECK_I64((i64)offers.items.count, 0);
    rq_end(rq);
}
