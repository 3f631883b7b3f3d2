// Tax rates: what pricing reads and staff change. The arithmetic lives in price_tax.c.
//
// The rates of a country are read together, all classes and regions, for which of them holds
// depends on the lines (price_tax.c), and a cart is priced more often than rates change. What may
// be asked for is bounded when a rate is made and not when a cart is priced: a shop that could not
// price would be closed.
#include "core/str.h"
#include "services/order/shop.h"

#define TAX_RATE_COLUMNS                                                                           \
    "id, country, NULLIF(region, '') AS region, tax_class, name, rate_ppm, priority, on_shipping"

QUERY_LIST(tax_rates_of_country, destination, tax_rate,
           "SELECT " TAX_RATE_COLUMNS " FROM tax_rate WHERE country = :country"
           " ORDER BY priority, region, tax_class LIMIT 64");

// Nothing is taxed before it is known where it goes to.
enum err tax_rates_for(struct rq *rq, const struct destination *to, struct tax_rate_list *out)
{
    return to->country != NULL ? tax_rates_of_country(rq, to, out) : ERR_OK;
}

#define TAX_RATES(F, S)                                                                            \
    F(S, list(tax_rate), items, .max = 10000, .doc = "By country and class.")                      \
    F(S, text, next_cursor, .optional = true, .doc = "Always null: all are in one page.")
SHAPE(tax_rates, TAX_RATES);

QUERY_LIST(tax_rates_all, nothing, tax_rate,
           "SELECT " TAX_RATE_COLUMNS " FROM tax_rate"
           " ORDER BY country, tax_class, priority, region LIMIT 10000");

HANDLER(tax_rate_list, nothing, tax_rates)
{
    return tax_rates_all(rq, in, &out->items);
}

#define TAX_RATE_NEW(F, S)                                                                         \
    F(S, text, country, .format = FORMAT_COUNTRY, .doc = "Where it is due.")                       \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true, .doc = "There alone.")  \
    F(S, text, tax_class, .min = 1, .max = 100, .format = FORMAT_LINE, .optional = true,           \
      .doc = "`standard` where it is not said.")                                                   \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "Shown to shoppers.")     \
    F(S, i64, rate_ppm, .min = 0, .max = PPM, .doc = "190000 is 19 per cent.")                     \
    F(S, i64, priority, .min = 1, .max = 9, .optional = true, .doc = "1 where it is not said.")    \
    F(S, bool, on_shipping, .optional = true, .doc = "True where it is not said.")
SHAPE(tax_rate_new, TAX_RATE_NEW);

QUERY_ROW(
    tax_rate_insert, tax_rate, tax_rate,
    "INSERT INTO tax_rate (id, country, region, tax_class, name, rate_ppm, priority, on_shipping)"
    " VALUES (:new_id, :country, COALESCE(:region, ''), :tax_class, :name, :rate_ppm, :priority,"
    " :on_shipping) ON CONFLICT DO NOTHING RETURNING " TAX_RATE_COLUMNS);
QUERY_ROW(tax_rate_by_id, tax_rate, tax_rate,
          "SELECT " TAX_RATE_COLUMNS " FROM tax_rate WHERE id = :id");
QUERY_ROW(tax_rate_update, tax_rate, tax_rate,
          "UPDATE tax_rate SET country = :country, region = COALESCE(:region, ''),"
          " tax_class = :tax_class, name = :name, rate_ppm = :rate_ppm, priority = :priority,"
          " on_shipping = :on_shipping WHERE id = :id RETURNING " TAX_RATE_COLUMNS);
QUERY_RUN(tax_rate_remove, tax_rate, "DELETE FROM tax_rate WHERE id = :id");
#define TAX_RATE_COUNT(F, S) F(S, i64, rates, .doc = "Of the country.")
SHAPE(tax_rate_count, TAX_RATE_COUNT);
QUERY_ROW(tax_rates_counted, tax_rate, tax_rate_count,
          "SELECT COUNT(*) AS rates FROM tax_rate WHERE country = :country");

// price.h takes so many rates of one country and no more.
static enum err check_rate(struct rq *rq, const struct tax_rate *rate)
{
    struct tax_rate_count count = {0};
    if (!country_known(rate->country))
        return fail_field(rq, "country", "is no country of ISO 3166-1");
    enum err err = tax_rates_counted(rq, rate, &count);
    if (err == ERR_OK && count.rates >= PRICE_TAX_RATES_MAX)
        return fail(rq, ERR_CONFLICT, "a country can have %d rates", PRICE_TAX_RATES_MAX);
    return err;
}

static enum err taken(struct rq *rq)
{
    return fail(rq, ERR_CONFLICT, "there is a rate for this country, region, class and priority");
}

// Country, region, class and priority are its name and cannot be changed later.
HANDLER(tax_rate_create, tax_rate_new, tax_rate)
{
    struct tax_rate rate = {.tax_class = TAX_CLASS_STANDARD, .priority = 1, .on_shipping = true};
    shape_patch(&tax_rate_shape, &rate, &tax_rate_new_shape, in);
    enum err err = check_rate(rq, &rate);
    if (err == ERR_OK)
        err = tax_rate_insert(rq, &rate, out);
    return err == ERR_NOT_FOUND ? taken(rq) : err;
}

#define TAX_RATE_PATCH(F, S)                                                                       \
    F(S, uuid, id, .doc = "Of the rate.")                                                          \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .optional = true,                \
      .doc = "Shown to shoppers.")                                                                 \
    F(S, i64, rate_ppm, .min = 0, .max = PPM, .optional = true, .doc = "190000 is 19 per cent.")   \
    F(S, bool, on_shipping, .optional = true, .doc = "Whether shipping is taxed too.")
SHAPE(tax_rate_patch, TAX_RATE_PATCH);

HANDLER(tax_rate_change, tax_rate_patch, tax_rate)
{
    struct tax_rate rate = {0};
    enum err err = tax_rate_by_id(rq, &(struct tax_rate){.id = in->id}, &rate);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "there is no such tax rate");
    if (err != ERR_OK)
        return err;
    shape_patch(&tax_rate_shape, &rate, &tax_rate_patch_shape, in);
    return tax_rate_update(rq, &rate, out);
}

#define TAX_RATE_KEY(F, S) F(S, uuid, id, .doc = "Of the rate.")
SHAPE(tax_rate_key, TAX_RATE_KEY);

HANDLER(tax_rate_delete, tax_rate_key, nothing)
{
    i64 changed = 0;
    enum err err = tax_rate_remove(rq, &(struct tax_rate){.id = in->id}, &changed);
    return err == ERR_OK && changed == 0 ? fail(rq, ERR_NOT_FOUND, "there is no such tax rate")
                                         : err;
}

static const struct route tax_routes[] = {
    {GET, "/api/v1/admin/tax-rates", &tax_rate_list_handler, 200, ROLE_ORDERS | ROLE_SUPPORT,
     "List tax rates."},
    {POST, "/api/v1/admin/tax-rates", &tax_rate_create_handler, 201, ROLE_ORDERS, "Add a tax rate.",
     .flags = 0},
    {PATCH, "/api/v1/admin/tax-rates/{id}", &tax_rate_change_handler, 200, ROLE_ORDERS,
     "Change a tax rate."},
    {DELETE, "/api/v1/admin/tax-rates/{id}", &tax_rate_delete_handler, 204, ROLE_ORDERS,
     "Remove a tax rate."},
};
ROUTES(order_taxes, tax_routes);
