// Tests of putting files into the catalogue: what is made, what is changed, what stays.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "services/product/import_run.h"

#define FIXTURES "tests/fixtures/import/"

struct told {
    struct buf text; // one line for each product and issue
};

static void tell_issue(void *context, const struct import_issue *issue)
{
    struct told *told = context;
    buf_printf(&told->text, "%s%u %s: %s\n", issue->bad ? "!" : "", issue->line,
               issue->column != NULL ? issue->column : "-", issue->reason);
}

static void tell_done(void *context, const char *handle, const struct put_outcome *outcome)
{
    static const char *const words[] = {
        [PUT_UNCHANGED] = "unchanged", [PUT_CREATED] = "created", [PUT_UPDATED] = "updated"};
    struct told *told = context;
    buf_printf(&told->text, "%s %s%s%s\n", handle, words[outcome->result],
               outcome->changes != NULL ? ": " : "",
               outcome->changes != NULL ? outcome->changes : "");
}

static const char *take(struct test *t, struct import_plan plan, struct import_summary *summary)
{
    struct told told = {.text = buf_in(t->arena)};
    struct problem problem = {.arena = t->arena};
    struct import_summary own;
    plan.issue = tell_issue;
    plan.done = tell_done;
    plan.context = &told;
    enum err err = import_run(check_app(), &plan, summary != NULL ? summary : &own, &problem);
    if (err != ERR_OK)
        return arena_printf(t->arena, "%s: %s", err_code(err), problem.detail);
    return buf_as_text(&told.text);
}

// A file of one test's own, written for it.
static const char *write_file(struct test *t, const char *suffix, const char *content)
{
    const char *path = arena_printf(t->arena, "/dev/shm/%s-%d.%s", t->name, (int)getpid(), suffix);
    FILE *file = fopen(path, "we");
    assert(file != NULL);
    fputs(content, file);
    fclose(file);
    return path;
}

#define HEADER                                                                                     \
    "Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Variant SKU,"                 \
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Image Src,Variant Image,"       \
    "Cost per item\n"

static const char *take_rows(struct test *t, const char *rows)
{
    const char *text = arena_printf(t->arena, HEADER "%s", rows);
    struct import_plan plan = {.format = &import_shopify, .file = write_file(t, "csv", text)};
    const char *told = take(t, plan, NULL);
    unlink(plan.file);
    return told;
}

TEST(put_makes_and_finds_again)
{
    const char *rows = "put-mug,Mug,<p>A mug</p>,Kiln,\"red, tea\",Color,Red,PUT-R,shopify,5,12.00,"
                       "https://i.example/1.jpg,https://i.example/1.jpg,4\n"
                       "put-mug,,,,,,Blue,PUT-B,shopify,3,13.00,https://i.example/2.jpg,,\n";
    CHECK_TEXT(take_rows(t, rows), "put-mug created\n");
    CHECK_TEXT(take_rows(t, rows), "put-mug unchanged\n");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=put-mug", "200 {'items':[{'id':'<id>'}]}");
    check(t, "GET /api/v1/admin/products/{id}",
          "200 {'version':1,'status':'active','brand':'Kiln','tags':['red','tea'],"
          "'options':['Color'],"
          "'variants':[{'sku':'PUT-R','on_hand':5,'cost_minor':400,'image_id':'*',"
          "'prices':[{'price_minor':1200}]},{'sku':'PUT-B','on_hand':3,'image_id':null}],"
          "'images':[{'url':'https://i.example/1.jpg'},{'url':'https://i.example/2.jpg'}]}");
}

TEST(put_changes_only_what_differs)
{
    CHECK_TEXT(
        take_rows(t,
                  "chg-mug,Mug,,Kiln,a,Color,Red,CHG-R,shopify,5,12.00,https://i.example/1.jpg,,\n"
                  "chg-mug,,,,,,Blue,CHG-B,,,13.00,,,\n"),
        "chg-mug created\n");
    CHECK_TEXT(
        take_rows(t,
                  "chg-mug,Big Mug,,,a,Color,Red,CHG-R,shopify,6,12.00,https://i.example/3.jpg,,\n"
                  "chg-mug,,,,,,Blue,CHG-B,,,14.00,,,\n"
                  "chg-mug,,,,,,Pink,CHG-P,,,15.00,,,\n"),
        "chg-mug updated: title, brand, images, variants.stock, variants.price_minor, variants\n");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=chg-mug", "200 {'items':[{'id':'<id>'}]}");
    check(t, "GET /api/v1/admin/products/{id}",
          "200 {'title':'Big Mug','brand':null,'version':2,"
          "'images':[{'url':'https://i.example/3.jpg'}],"
          "'variants':[{'on_hand':6},{'prices':[{'price_minor':1400}]},{'title':'Pink'}]}");
}

TEST(put_leaves_sales_and_staff_alone)
{
    const char *rows = "sold-mug,Mug,,,,Title,Default Title,SOLD,shopify,5,12.00,,,\n";
    CHECK_TEXT(take_rows(t, rows), "sold-mug created\n");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "POST /api/v1/admin/stock/SOLD/adjustments {'delta':-2,'reason':'sold'}",
          "200 {'on_hand':3}");
    CHECK_TEXT(take_rows(t, rows), "sold-mug unchanged\n");
    check(t, "GET /api/v1/admin/stock/SOLD", "200 {'on_hand':3}");
    check(t, "GET /api/v1/admin/products?q=sold-mug", "200 {'items':[{'id':'<id>'}]}");
    check(t, "GET /api/v1/admin/products/{id}", "200 {'variants':[{'id':'<variant>'}]}");
    check(t, "PATCH /api/v1/admin/variants/{variant} {'tax_class':'reduced','weight_g':300}",
          "200");
    CHECK_TEXT(take_rows(t, rows), "sold-mug unchanged\n");
    CHECK_TEXT(take_rows(t, "sold-mug,Mug,,,,Title,Default Title,SOLD,shopify,9,12.00,,,\n"),
               "sold-mug updated: variants.stock\n");
    check(t, "GET /api/v1/admin/products/{id}",
          "200 {'variants':[{'on_hand':9,'tax_class':'reduced','weight_g':300}]}");
}

TEST(put_numbers_skus_in_use)
{
    const char *rows = "dup-a,A,,,,Title,Default Title,DUP,,,1,,,\n"
                       "dup-b,B,,,,Size,S,DUP,,,1,,,\n"
                       "dup-b,,,,,,M,DUP,,,1,,,\n"
                       "dup-c,C,,,,Title,Default Title,,,,1,,,\n";
    CHECK_TEXT(take_rows(t, rows),
               "dup-a created\n"
               "3 SKU: 'DUP' is in use by another variant; this one is 'DUP-2'\n"
               "3 SKU: 'DUP' is in use by another variant; this one is 'DUP-3'\n"
               "dup-b created\n"
               "dup-c created\n");
    CHECK_TEXT(take_rows(t, rows), "dup-a unchanged\ndup-b unchanged\ndup-c unchanged\n");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=DUP-C", "200 {'items':[{'handle':'dup-c'}]}");
}

TEST(put_follows_new_options)
{
    CHECK_TEXT(take_rows(t, "opt-mug,Mug,,,,Title,Default Title,OPT,,,1,,,\n"),
               "opt-mug created\n");
    CHECK_TEXT(take_rows(t, "opt-mug,Mug,,,,Size,S,OPT-S,,,1,,,\nopt-mug,,,,,,M,OPT-M,,,2,,,\n"),
               "opt-mug updated: options, variants\n");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=opt-mug", "200 {'items':[{'id':'<id>'}]}");
    check(t, "GET /api/v1/admin/products/{id}",
          "200 {'options':['Size'],'variants':[{'sku':'OPT-S'},{'sku':'OPT-M'}]}");
}

TEST(put_keeps_uploads_and_takes_pictures_away)
{
    CHECK_TEXT(take_rows(t, "pic-mug,Mug,,,,Title,Default Title,PIC,,,1,https://i.example/1.jpg,"
                            "https://i.example/1.jpg,\n"),
               "pic-mug created\n");
    CHECK_TEXT(take_rows(t, "pic-mug,Mug,,,,Title,Default Title,PIC,,,1,https://i.example/2.jpg,"
                            "https://i.example/2.jpg,\n"
                            "pic-mug,,,,,,,,,,,https://i.example/1.jpg,,\n"),
               "pic-mug updated: images, variants.image\n");
    CHECK_TEXT(take_rows(t, "pic-mug,Mug,,,,Title,Default Title,PIC,,,1,,,\n"),
               "pic-mug updated: images, variants.image\n");
}

TEST(put_dry_run_writes_nothing)
{
    struct import_plan plan = {.format = &import_shopify, .dry_run = true};
    plan.file =
        write_file(t, "csv", HEADER "dry-mug,Mug,,,,Title,Default Title,DRY,shopify,1,1,,,\n");
    struct import_summary summary;
    CHECK_TEXT(take(t, plan, &summary), "dry-mug created\n");
    CHECK_I64((i64)summary.created, 1);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=dry-mug", "200 {'items':[]}");
    plan.dry_run = false;
    CHECK_TEXT(take(t, plan, NULL), "dry-mug created\n");
    unlink(plan.file);
}

TEST(put_strict_is_all_or_nothing)
{
    struct import_plan plan = {.format = &import_shopify, .strict = true};
    plan.file = write_file(t, "csv",
                           HEADER "strict-a,A,,,,Title,Default Title,ST-A,,,1,,,\n"
                                  "strict-b,B,,,,Title,Default Title,ST-B,,,one,,,\n");
    struct import_summary summary;
    CHECK_TEXT(take(t, plan, &summary),
               "!3 Variant Price: 'one' is not an amount of EUR such as 12.50\n"
               "!3 -: product 'strict-b' is left out: none of its rows can be sold\n");
    CHECK(summary.refused);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/products?q=strict-", "200 {'items':[]}");
    plan.strict = false;
    take(t, plan, &summary);
    CHECK_I64((i64)summary.created, 1);
    CHECK_I64((i64)summary.bad, 1); // a row, however much there is to say of it
    unlink(plan.file);
}

static void count_issue(void *context, const struct import_issue *issue)
{
    int *count = context;
    *count += !issue->bad;
}

TEST(put_strict_tells_a_note_once)
{
    int notes = 0;
    struct import_summary summary;
    struct problem problem = {.arena = t->arena};
    struct import_plan plan = {.format = &import_shopify,
                               .strict = true,
                               .file = FIXTURES "shopify-44.csv",
                               .issue = count_issue,
                               .context = &notes};
    CHECK(import_run(check_app(), &plan, &summary, &problem) == ERR_OK);
    CHECK_I64(notes, 1);
    CHECK_I64((i64)summary.notes, 1);
}

TEST(put_refuses_a_foreign_currency)
{
    struct import_plan plan = {
        .format = &import_shopify, .currency = "JPY", .file = FIXTURES "shopify-46.csv"};
    CHECK_TEXT(take(t, plan, NULL), "invalid: JPY is not one of the shop's currencies");
}

TEST(put_refuses_a_market_that_names_no_currency_of_the_shop)
{
    static const char *const wrong[] = {"InternationalEUR", "International=JPY", "=EUR"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct import_plan plan = {.format = &import_shopify, .file = FIXTURES "shopify-46.csv"};
        text_list_add(t->arena, &plan.markets, wrong[i]);
        CHECK_TEXT(take(t, plan, NULL),
                   arena_printf(t->arena,
                                "invalid: a market is NAME=CURRENCY in a currency of the shop; %s"
                                " is not",
                                wrong[i]));
    }
}

// Every format goes in and is found unchanged when it comes again.
TEST(put_all_fixtures_twice)
{
    static const struct {
        const struct import_format *format;
        const char *file;
        i64 created, bad;
    } files[] = {
        {&import_shopify, FIXTURES "shopify-44.csv", 2, 0},
        {&import_shopify, FIXTURES "shopify-46.csv", 1, 0},
        {&import_shopify, FIXTURES "shopify-47.csv", 1, 0},
        {&import_shopify, FIXTURES "shopify-2024.csv", 2, 0},
        {&import_shopify, FIXTURES "shopify-57.csv", 1, 0},
        {&import_shopify, FIXTURES "shopify-bad.csv", 3, 9},
        {&import_woocommerce, FIXTURES "woocommerce.csv", 4, 3},
        {&import_json, FIXTURES "feed.json", 4, 6},
        {&import_shopify, "../shared/data/shopify/apparel-46.csv", 20, 0},
        {&import_shopify, "../shared/data/shopify/home-and-garden-47.csv", 20, 0},
        {&import_shopify, "../shared/data/shopify/bicycles-44.csv", 284, 0},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct import_plan plan = {.format = files[i].format, .file = files[i].file};
        struct import_summary first, second;
        if (access(plan.file, R_OK) != 0) {
            printf("skipped: %s is not there\n", plan.file);
            continue;
        }
        take(t, plan, &first);
        CHECK_I64((i64)first.created, files[i].created);
        CHECK_I64((i64)first.bad, files[i].bad);
        const char *again = take(t, plan, &second);
        CHECK_I64((i64)second.unchanged, files[i].created);
        if (second.unchanged != first.created)
            printf("%s\n%.3000s\n", plan.file, again);
    }
}
