// Tests of reading other shops' files into documents, on fixtures of our own for each generation
// and on the real files beside the project where they are. Putting them into the shop: put_test.c.
#include "services/product/import.h"

#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/str.h"
#include "core/test.h"

struct outcome {
    struct buf issues; // "line column: reason", bad ones with a !
    size_t products, variants, images;
    struct product_document_list documents;
};

static void collect(void *context, const struct import_issue *issue)
{
    struct outcome *outcome = context;
    buf_printf(&outcome->issues, "%s%u %s: %s\n", issue->bad ? "!" : "", issue->line,
               issue->column != NULL ? issue->column : "-", issue->reason);
}

static struct outcome read_file(struct test *t, const struct import_format *format,
                                const char *file, const char *market)
{
    struct outcome outcome = {.issues = buf_in(t->arena)};
    struct import_settings *settings = ARENA_NEW(t->arena, struct import_settings);
    *settings = (struct import_settings){
        .file = file, .currency = "USD", .report = collect, .context = &outcome};
    if (market != NULL)
        text_list_add(t->arena, &settings->markets, market);
    struct import_reader *reader;
    struct problem problem = {.arena = t->arena};
    if (import_open(t->arena, format, settings, &reader, &problem) != ERR_OK) {
        buf_printf(&outcome.issues, "%s\n", problem.detail);
        return outcome;
    }
    enum { MOST = 4000 };
    outcome.documents.items = ARENA_ARRAY(t->arena, struct product_document, MOST);
    struct import_product product;
    enum err err;
    while ((err = import_next(reader, t->arena, &product)) == ERR_OK && outcome.products < MOST) {
        outcome.documents.items[outcome.documents.count++] = product.document;
        outcome.products++;
        outcome.variants += product.document.variants.count;
        outcome.images += product.document.images.count;
    }
    CHECK(err == ERR_NOT_FOUND);
    return outcome;
}

static const char *product_json(struct test *t, const struct outcome *outcome, const char *handle)
{
    for (size_t i = 0; i < outcome->documents.count; i++)
        if (str_equal(outcome->documents.items[i].handle, handle))
            return json_text(&product_document_shape, &outcome->documents.items[i], t->arena);
    return "no such product";
}

// Whether the product's JSON holds the piece; ' stands for ".
static void check_has(struct test *t, const struct outcome *outcome, const char *handle,
                      const char *piece)
{
    char *wanted = arena_text(t->arena, piece);
    for (char *c = wanted; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    const char *json = product_json(t, outcome, handle);
    if (strstr(json, wanted) == NULL)
        test_fail(t, __FILE__, __LINE__, "%s lacks %s\n  in %s", handle, wanted, json);
}

#define FIXTURES "tests/fixtures/import/"

TEST(import_shopify_44)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-44.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "4 Variant Inventory Qty: -2 in stock is taken as 0\n");
    CHECK_I64((i64)got.products, 2);
    CHECK_I64((i64)got.variants, 3);
    check_has(t, &got, "teapot", "'title':'Stoneware Teapot'");
    check_has(t, &got, "teapot", "Holds \\'four\\'\\ncups, and a half.");
    check_has(t, &got, "teapot", "'tags':['tea','Stoneware'],'status':null,'published':true");
    check_has(t, &got, "teapot", "'options':['Color','Size']");
    check_has(t, &got, "teapot",
              "'sku':'TP-M-S','barcode':'0309551685170','options':['Moss','Small'],"
              "'price_minor':3450,'compare_at_minor':4000,'cost_minor':null");
    check_has(t, &got, "teapot", "'tracked':true,'stock':7,'policy':'deny'");
    check_has(t, &got, "teapot", "'tracked':true,'stock':0,'policy':'continue'");
    check_has(t, &got, "teapot",
              "'images':[{'url':'https://img.example/teapot-1.jpg','alt':'Moss teapot'},"
              "{'url':'https://img.example/teapot-2.jpg','alt':null},"
              "{'url':'https://img.example/teapot-moss.jpg','alt':null}]");
    check_has(t, &got, "teapot", "'categories':['Teaware']");
    check_has(t, &got, "teapot",
              "'extra':{'Google Shopping / Manufacturer part number (MPN)':'TP'}");
    check_has(t, &got, "gift-wrap", "'published':false");
    check_has(t, &got, "gift-wrap",
              "'options':[],'variants':[{'sku':null,'barcode':null,'options':[]");
    check_has(t, &got, "gift-wrap", "'tracked':false,'stock':null");
}

TEST(import_shopify_46_and_47)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-46.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "");
    check_has(t, &got, "linen-apron",
              "'images':[{'url':'https://img.example/a.jpg','alt':'Front'},"
              "{'url':'https://img.example/b.jpg','alt':null}]");
    got = read_file(t, &import_shopify, FIXTURES "shopify-47.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "");
    check_has(t, &got, "brass-lamp", "'cost_minor':5125");
    check_has(t, &got, "brass-lamp", "'Tax code':'P0000000'");
}

TEST(import_shopify_2024)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-2024.csv", NULL);
    CHECK_TEXT(
        buf_as_text(&got.issues),
        "1 Price / United States: kept for export but not used as a price: the file does not say "
        "its currency; use --market 'United States=CODE' to take it\n"
        "1 Price / International: kept for export but not used as a price: the file does not say "
        "its currency; use --market 'International=CODE' to take it\n");
    check_has(t, &got, "wool-throw", "'categories':['Home & Garden > Linens & Bedding > Bedding']");
    check_has(t, &got, "wool-throw",
              "'attributes':[{'code':'custom.material','label':'Material','kind':null,"
              "'value':'Wool'},{'code':'custom.care','label':'Care (wash)',");
    check_has(t, &got, "wool-throw",
              "'prices':[{'currency':'EUR','price_minor':8200,'compare_at_minor':9000}]");
    check_has(t, &got, "wool-throw", "'Price / International':'99.00'");
    check_has(t, &got, "wool-throw",
              "'Option1 Linked To':'product.metafields.shopify.color-pattern'");
    check_has(t, &got, "old-throw", "'status':'archived'");

    got = read_file(t, &import_shopify, FIXTURES "shopify-2024.csv", "International=GBP");
    check_has(t, &got, "wool-throw",
              "{'currency':'GBP','price_minor':9900,'compare_at_minor':null}");
}

TEST(import_shopify_current_template)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-57.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "");
    CHECK_I64((i64)got.products, 1);
    check_has(t, &got, "cafe-cup", "'title':'Caf\xC3\xA9 Cup'");
    check_has(t, &got, "cafe-cup", "'status':'active','published':true,'gift_card':false");
    check_has(t, &got, "cafe-cup", "'weight_g':313,'tracked':true,'stock':30,'policy':'deny'");
    check_has(t, &got, "cafe-cup", "'tracked':true,'stock':4,'policy':'continue'");
    check_has(t, &got, "cafe-cup", "'code':'shopify.color-pattern','label':'Color'");
}

TEST(import_shopify_names_bad_rows)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-bad.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues),
               "!3 Variant Price: 'ten' is not an amount of USD such as 12.50\n"
               "!4 Option1 Value: is blank, and the product has the option 'Size'\n"
               "!5 -: has the same options as line 2\n"
               "!6 Title: is blank in the first row of 'no-title'\n"
               "!8 Published: 'maybe' is not TRUE or FALSE\n"
               "!9 Variant Price: '-5': less than 0\n"
               "!9 -: product 'neg' is left out: none of its rows can be sold\n"
               "10 Image Src: 'not a url' is not a web address; the picture is left out\n"
               "!11 Handle: 'good' stands at line 2 already; rows of one product must be below each"
               " other\n"
               "!12 Handle: is blank\n"
               "!14 -: has neither a price nor a picture\n");
    CHECK_I64((i64)got.products, 3);
    check_has(t, &got, "good", "'options':['S'],'price_minor':1000");
}

TEST(import_shopify_names_bad_prices_of_markets)
{
    struct outcome got = read_file(t, &import_shopify, FIXTURES "shopify-bad-market.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues),
               "!2 Compare-at price / EUR: '-1.00' is not an amount of EUR\n"
               "!4 Compare-at price / EUR: 'much' is not an amount of EUR\n");
    check_has(t, &got, "mug",
              "'prices':[{'currency':'EUR','price_minor':900,'compare_at_minor':1100}]");
}

TEST(import_woocommerce_file)
{
    struct outcome got = read_file(t, &import_woocommerce, FIXTURES "woocommerce.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues),
               "!8 Parent: there is no product 'id:99' in the file\n"
               "!7 Type: 'grouped' cannot be sold here; only simple and variable can\n"
               "!9 Regular price: is blank\n"
               "!9 -: product 'no-price' is left out: none of its rows can be sold\n"
               "10 Date sale price starts: the sale has not begun; the regular price is taken\n");
    CHECK_I64((i64)got.products, 4);
    check_has(t, &got, "wool-socks", "'description_html':'Warm.\\n\\u003cp>Two\\nlines\\u003c/p>'");
    check_has(t, &got, "wool-socks", "'tags':['wool','warm'],'status':'active','published':true");
    check_has(t, &got, "wool-socks", "'options':['Size'],'variants':[{'sku':'SOCK-S'");
    check_has(t, &got, "wool-socks", "'options':['S'],'price_minor':1150,'compare_at_minor':1400");
    check_has(t, &got, "wool-socks", "'weight_g':80,'tracked':true,'stock':5,'policy':'deny'");
    check_has(t, &got, "wool-socks",
              "'stock':0,'policy':'continue','taxable':true,"
              "'tax_class':'reduced-rate'");
    check_has(t, &got, "wool-socks", "'categories':['Clothing > Socks','Gifts, small']");
    check_has(t, &got, "wool-socks", "'code':'fibre','label':'Fibre','kind':null,'value':'Merino'");
    check_has(t, &got, "wool-socks", "'image':'https://img.example/sock-s.jpg'");
    check_has(t, &got, "knitting-class", "'published':false");
    check_has(t, &got, "knitting-class",
              "'taxable':false,'tax_class':null,'requires_shipping':false");
    check_has(t, &got, "knitting-class", "'label':'Length (cm)'");
    check_has(t, &got, "knitting-class-21", "'status':'draft'");
    check_has(t, &got, "knitting-class-21", "'tracked':true,'stock':0");
    check_has(t, &got, "soon-cheaper", "'price_minor':2000,'compare_at_minor':null");
}

TEST(import_json_documents)
{
    struct outcome got = read_file(t, &import_json, FIXTURES "products.json", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "!12 variants.0.price_minor: must be an integer\n"
                                         "!12 variants.0.colour: is not a known field\n"
                                         "!13 handle: 'oak-stool' stands at line 4 already\n");
    CHECK_I64((i64)got.products, 1);
    check_has(t, &got, "oak-stool", "'tracked':true,'stock':4,'policy':null");
}

TEST(import_json_feed)
{
    struct outcome got = read_file(t, &import_json, FIXTURES "feed.json", NULL);
    CHECK_TEXT(buf_as_text(&got.issues),
               "4 colour: not a field that is known; left out\n"
               "!5 -: not a JSON object: string or '}' expected near '}'\n"
               "!6 price: is missing\n"
               "!7 price: '0.001' is not an amount of USD\n"
               "!8 name: is missing\n"
               "!9 -: not a JSON object: '[' or '{' expected near '7'\n"
               "!11 price: '1,299.00' is not an amount of USD\n");
    CHECK_I64((i64)got.products, 4);
    check_has(t, &got, "oak-chair", "'price_minor':2429");
    check_has(t, &got, "desk-lamp", "'price_minor':3990");
    check_has(t, &got, "desk-lamp",
              "Bright &amp; small.\\u003c/p>\\n\\u003cp>Two years&#39; warranty.");
    check_has(t, &got, "desk-lamp", "'popularity':12");
    check_has(t, &got, "desk-lamp-2", "'price_minor':4100");
    check_has(t, &got, "desk-lamp-2", "'categories':['Home > Lighting']");
    check_has(t, &got, "desk-lamp-2", "'tracked':true,'stock':3");
    check_has(t, &got, "item-c809c8f9", "'price_minor':800");
}

TEST(import_says_why_a_file_is_none)
{
    struct outcome got = read_file(t, &import_shopify, "no/such/file.csv", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "no/such/file.csv: No such file or directory\n");
    got = read_file(t, &import_shopify, "tests", NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "tests: is a folder, not a file\n");
    got = read_file(t, &import_shopify, "meson.build", NULL);
    CHECK(strstr(buf_as_text(&got.issues), "meson.build:") != NULL);
    CHECK_I64((i64)got.products, 0);
}

// False, and said once a file, where the real files are not beside the project.
static bool real_file(const char *file)
{
    if (access(file, R_OK) == 0)
        return true;
    printf("skipped: %s is not there\n", file);
    return false;
}

#define REAL "../shared/data/"

TEST(import_real_shopify_files)
{
    static const struct {
        const char *file;
        i64 products, variants, images;
    } files[] = {
        {REAL "shopify/apparel-46.csv", 20, 22, 20},
        {REAL "shopify/home-and-garden-47.csv", 20, 21, 21},
        {REAL "shopify/bicycles-44.csv", 284, 1121, 1034},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (!real_file(files[i].file))
            continue;
        struct outcome got = read_file(t, &import_shopify, files[i].file, NULL);
        CHECK(strchr(buf_as_text(&got.issues), '!') == NULL);
        CHECK_I64((i64)got.products, files[i].products);
        CHECK_I64((i64)got.variants, files[i].variants);
        CHECK_I64((i64)got.images, files[i].images);
    }
}

TEST(import_real_electronics)
{
    const char *file = REAL "catalog/electronics.json";
    if (!real_file(file))
        return;
    struct outcome got = read_file(t, &import_json, file, NULL);
    CHECK_TEXT(buf_as_text(&got.issues), "");
    CHECK_I64((i64)got.products, 3291);
    CHECK_I64((i64)got.images, 3291);
}
