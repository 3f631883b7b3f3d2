// Coupons: what carts ask about them and staff change. Uses are counted in order_write.c, in the
// transaction that writes the order; what a coupon takes off is worked out in price.c.
//
// A cart only notes that it would use a coupon. That costs nobody anything: a use is taken when the
// order is written, by a statement with the limit in its condition, and given back when the order
// comes to nothing. So a thousand carts may hold a coupon with one use left, and one order gets it.
#include <string.h>

#include "core/money.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/order/shop.h"

#define COUPON_COLUMNS                                                                             \
    "id, code, kind, percent_ppm, amount_minor, currency, minimum_minor, starts_at, ends_at,"      \
    " uses_max, uses_max_per_customer, uses, active"

const char *coupon_code(struct arena *arena, const char *typed)
{
    // ASCII alone: the large form of other letters depends on the language, and a code must not.
    char *code = str_trim(arena, typed);
    for (char *c = code; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return code;
}

// Limits of uses are only looked at here; order_write.c counts.
const char *coupon_fault(const struct coupon *coupon, const char *currency, i64 now_ms)
{
    if (!coupon->active)
        return "is no longer valid";
    if (IS_SET(coupon, coupon, starts_at) && now_ms < coupon->starts_at)
        return "is not valid yet";
    if (IS_SET(coupon, coupon, ends_at) && now_ms >= coupon->ends_at)
        return "has ended";
    if (IS_SET(coupon, coupon, uses_max) && coupon->uses >= coupon->uses_max)
        return "has been used up";
    if (coupon->currency != NULL && !str_equal(coupon->currency, currency))
        return "is for another currency";
    return NULL;
}

QUERY_ROW(coupon_with_code, coupon, coupon,
          "SELECT " COUPON_COLUMNS " FROM coupon WHERE code = :code");

enum err coupon_by_code(struct rq *rq, const char *code, struct coupon *out)
{
    return coupon_with_code(rq, &(struct coupon){.code = code}, out);
}

#define COUPONS(F, S)                                                                              \
    F(S, list(coupon), items, .max = LIMIT_PAGE, .doc = "The newest first.")                       \
    F(S, text, next_cursor, .optional = true, .doc = "For the next page; null: there is none.")
SHAPE(coupons, COUPONS);

#define COUPON_PAGE(F, S)                                                                          \
    F(S, uuid, cursor, .optional = true, .doc = "next_cursor of the page before.")                 \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Coupons a page; 20.")
SHAPE(coupon_page, COUPON_PAGE);

QUERY_LIST(coupons_before, coupon_page, coupon,
           "SELECT " COUPON_COLUMNS " FROM coupon WHERE :cursor IS NULL OR id < :cursor"
           " ORDER BY id DESC LIMIT :limit");

// Asks for one more than is shown: the one that says whether there is a next page.
HANDLER(coupon_list, coupon_page, coupons)
{
    struct coupon_page page = {.cursor = in->cursor};
    i64 limit = IS_SET(in, coupon_page, limit) ? in->limit : 20;
    SET(&page, coupon_page, limit, limit + 1);
    enum err err = coupons_before(rq, &page, &out->items);
    if (err == ERR_OK && (i64)out->items.count > limit) {
        out->items.count = (size_t)limit;
        out->next_cursor = out->items.items[limit - 1].id.s;
    }
    return err;
}

// What staff say of a coupon, and may say anew.
#define COUPON_TERMS(F, S)                                                                         \
    F(S, i64, percent_ppm, .min = 1, .max = PPM, .optional = true,                                 \
      .doc = "percent: 100000 is 10 %.")                                                           \
    F(S, minor, amount_minor, .min = 1, .max = LIMIT_MINOR, .optional = true,                      \
      .doc = "fixed: taken off.")                                                                  \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true, .doc = "Of its amounts.")    \
    F(S, minor, minimum_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                     \
      .doc = "The subtotal from which it holds.")                                                  \
    F(S, time, starts_at, .optional = true, .doc = "From when.")                                   \
    F(S, time, ends_at, .optional = true, .doc = "Until when.")                                    \
    F(S, i64, uses_max, .min = 1, .max = LIMIT_INTEGER, .optional = true, .doc = "Orders in all.") \
    F(S, i64, uses_max_per_customer, .min = 1, .max = LIMIT_INTEGER, .optional = true,             \
      .doc = "Orders of one customer or e-mail.")

#define COUPON_NEW(F, S)                                                                           \
    F(S, text, code, .min = 1, .max = 50, .format = FORMAT_LINE, .doc = "What shoppers type.")     \
    F(S, one_of(coupon_kind), kind, .doc = "What it does.")                                        \
    COUPON_TERMS(F, S)                                                                             \
    F(S, bool, active, .optional = true, .doc = "True where it is not said.")
SHAPE(coupon_new, COUPON_NEW);

QUERY_ROW(
    coupon_insert, coupon, coupon,
    "INSERT INTO coupon (id, code, kind, percent_ppm, amount_minor, currency, minimum_minor,"
    " starts_at, ends_at, uses_max, uses_max_per_customer, active, created_at) VALUES (:new_id,"
    " :code, :kind, COALESCE(:percent_ppm, 0), COALESCE(:amount_minor, 0), :currency,"
    " COALESCE(:minimum_minor, 0), :starts_at, :ends_at, :uses_max, :uses_max_per_customer,"
    " :active, :now) ON CONFLICT DO NOTHING RETURNING " COUPON_COLUMNS);
QUERY_ROW(coupon_by_id, coupon, coupon, "SELECT " COUPON_COLUMNS " FROM coupon WHERE id = :id");
// A limit below the uses so far changes no row instead of breaking the check of the table.
QUERY_ROW(
    coupon_update, coupon, coupon,
    "UPDATE coupon SET percent_ppm = COALESCE(:percent_ppm, 0),"
    " amount_minor = COALESCE(:amount_minor, 0), currency = :currency,"
    " minimum_minor = COALESCE(:minimum_minor, 0), starts_at = :starts_at, ends_at = :ends_at,"
    " uses_max = :uses_max, uses_max_per_customer = :uses_max_per_customer, active = :active"
    " WHERE id = :id AND (CAST(:uses_max AS BIGINT) IS NULL OR uses <= :uses_max)"
    " RETURNING " COUPON_COLUMNS);
// A coupon that was used is part of orders.
QUERY_RUN(coupon_remove, coupon,
          "DELETE FROM coupon WHERE id = :id"
          " AND NOT EXISTS (SELECT 1 FROM coupon_use WHERE coupon_id = :id)");

// What no single field can say.
static enum err check_coupon(struct rq *rq, const struct coupon *coupon)
{
    bool amounts = coupon->kind == coupon_kind_fixed || coupon->minimum_minor > 0;
    if (coupon->kind == coupon_kind_percent && coupon->percent_ppm == 0)
        return fail_field(rq, "percent_ppm", "a percent coupon needs it");
    if (coupon->kind == coupon_kind_fixed && coupon->amount_minor == 0)
        return fail_field(rq, "amount_minor", "a fixed coupon needs it");
    if (amounts && coupon->currency == NULL)
        return fail_field(rq, "currency", "amounts need a currency");
    if (IS_SET(coupon, coupon, starts_at) && IS_SET(coupon, coupon, ends_at) &&
        coupon->ends_at <= coupon->starts_at)
        return fail_field(rq, "ends_at", "is not after starts_at");
    return ERR_OK;
}

HANDLER(coupon_create, coupon_new, coupon)
{
    struct coupon coupon = {.active = true};
    shape_patch(&coupon_shape, &coupon, &coupon_new_shape, in);
    coupon.code = coupon_code(rq->arena, in->code);
    if (*coupon.code == '\0')
        return fail_field(rq, "code", "is blank");
    enum err err = check_coupon(rq, &coupon);
    if (err == ERR_OK)
        err = coupon_insert(rq, &coupon, out);
    return err == ERR_NOT_FOUND ? fail(rq, ERR_CONFLICT, "there is a coupon %s", coupon.code) : err;
}

#define COUPON_PATCH(F, S)                                                                         \
    F(S, uuid, id, .doc = "Of the coupon.")                                                        \
    COUPON_TERMS(F, S)                                                                             \
    F(S, bool, active, .optional = true, .doc = "Whether it can be used.")
SHAPE(coupon_patch, COUPON_PATCH);

// Code and kind are what shoppers know it by and cannot be changed.
HANDLER(coupon_change, coupon_patch, coupon)
{
    struct coupon coupon = {0};
    enum err err = coupon_by_id(rq, &(struct coupon){.id = in->id}, &coupon);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "there is no such coupon");
    if (err != ERR_OK)
        return err;
    shape_patch(&coupon_shape, &coupon, &coupon_patch_shape, in);
    err = check_coupon(rq, &coupon);
    if (err == ERR_OK)
        err = coupon_update(rq, &coupon, out);
    if (err == ERR_NOT_FOUND)
        return fail_field(rq, "uses_max", "is less than the uses so far");
    return err;
}

#define COUPON_KEY(F, S) F(S, uuid, id, .doc = "Of the coupon.")
SHAPE(coupon_key, COUPON_KEY);

HANDLER(coupon_delete, coupon_key, nothing)
{
    struct coupon coupon = {.id = in->id}, there = {0};
    i64 changed = 0;
    enum err err = coupon_remove(rq, &coupon, &changed);
    if (err != ERR_OK || changed > 0)
        return err;
    err = coupon_by_id(rq, &coupon, &there);
    if (err == ERR_OK)
        return fail(rq, ERR_CONFLICT, "it has been used; switch it off instead");
    return err == ERR_NOT_FOUND ? fail(rq, err, "there is no such coupon") : err;
}

static const struct route coupon_routes[] = {
    {GET, "/api/v1/admin/coupons", &coupon_list_handler, 200, ROLE_ORDERS | ROLE_SUPPORT,
     "List coupons."},
    {POST, "/api/v1/admin/coupons", &coupon_create_handler, 201, ROLE_ORDERS, "Add a coupon.",
     .flags = 0},
    {PATCH, "/api/v1/admin/coupons/{id}", &coupon_change_handler, 200, ROLE_ORDERS,
     "Change a coupon."},
    {DELETE, "/api/v1/admin/coupons/{id}", &coupon_delete_handler, 204, ROLE_ORDERS,
     "Remove a coupon that was never used."},
};
ROUTES(order_coupons, coupon_routes);
