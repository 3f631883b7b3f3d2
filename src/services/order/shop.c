// The shop's own facts: name, currencies, where it ships to, who takes the money.
//
// One row, which a migration has put there, so it is always found and never made. What shoppers see
// of it is cached for ten seconds (shop_routes): the storefront asks for it on every first visit.
#include "services/order/shop.h"

#include "app/app.h"
#include "core/money.h"
#include "core/str.h"
#include "services/order/order.h"
#include "services/payment/payment.h"

#define SHOP_COLUMNS "name, currency, currencies, prices_include_tax, capture"

QUERY_ROW(shop_row, nothing, shop_settings, "SELECT " SHOP_COLUMNS " FROM shop");
QUERY_ROW(shop_update, shop_settings, shop_settings,
          "UPDATE shop SET name = :name, currency = :currency, currencies = :currencies,"
          " prices_include_tax = :prices_include_tax, capture = :capture"
          " RETURNING " SHOP_COLUMNS);

enum err shop_settings_read(struct rq *rq, struct shop_settings *out)
{
    return shop_row(rq, &(struct nothing){0}, out);
}

bool shop_has_currency(const struct shop_settings *shop, const char *currency)
{
    for (size_t i = 0; i < shop->currencies.count; i++)
        if (str_equal(shop->currencies.items[i], currency))
            return true;
    return false;
}

#define SHOP_REGION(F, S)                                                                          \
    F(S, text, code, .doc = "The part of ISO 3166-2 after the dash.")                              \
    F(S, text, name, .doc = "In English.")
SHAPE(shop_region, SHOP_REGION);
#define SHOP_COUNTRY(F, S)                                                                         \
    F(S, text, code, .doc = "ISO 3166-1.")                                                         \
    F(S, text, name, .doc = "In English.")                                                         \
    F(S, list(shop_region), regions, .doc = "That taxes or shipping tell apart; none for most.")
SHAPE(shop_country, SHOP_COUNTRY);
#define SHOP(F, S)                                                                                 \
    F(S, text, name, .doc = "Of the shop.")                                                        \
    F(S, text, currency, .doc = "Where none is named.")                                            \
    F(S, texts, currencies, .doc = "All that prices may be in.")                                   \
    F(S, list(shop_country), countries, .max = 300, .doc = "Where it ships to.")                   \
    F(S, bool, prices_include_tax, .doc = "Whether prices contain the tax.")                       \
    F(S, one_of(capture_mode), capture,                                                            \
      .doc = "automatic: paid at checkout; manual: authorized then, captured by staff.")           \
    F(S, bool, test_payments, .doc = "Whether the test provider takes tokens: no real money.")     \
    F(S, texts, payment_providers, .doc = "In order of preference.")
SHAPE(shop, SHOP);

#define PLACE_COUNTRY(F, S) F(S, text, country, .doc = "ISO 3166-1, or *.")
SHAPE(place_country, PLACE_COUNTRY);
QUERY_LIST(shipped_countries, nothing, place_country,
           "SELECT DISTINCT country FROM shipping_place ORDER BY country");

// "*" stands for the rest of the world.
static bool ships_to(const struct place_country_list *places, const char *code)
{
    for (size_t i = 0; i < places->count; i++)
        if (str_equal(places->items[i].country, code))
            return true;
    return false;
}

static void fill_country(struct rq *rq, const struct country *country, struct shop_country *out)
{
    size_t count = 0;
    const struct country *regions = country_regions(country->code, &count);
    *out = (struct shop_country){.code = country->code, .name = country->name};
    out->regions.items = ARENA_ARRAY(rq->arena, struct shop_region, count);
    for (; out->regions.count < count; regions++)
        out->regions.items[out->regions.count++] =
            (struct shop_region){.code = regions->code, .name = regions->name};
}

// A shop that has not said where it ships to lists every country: its goods may be downloads.
static enum err fill_countries(struct rq *rq, struct shop *out)
{
    struct place_country_list places = {0};
    enum err err = shipped_countries(rq, &(struct nothing){0}, &places);
    bool everywhere = places.count == 0 || ships_to(&places, "*");
    out->countries.items = ARENA_ARRAY(rq->arena, struct shop_country, country_count);
    for (size_t i = 0; i < country_count && err == ERR_OK; i++)
        if (everywhere || ships_to(&places, countries[i].code))
            fill_country(rq, &countries[i], &out->countries.items[out->countries.count++]);
    return err;
}

// As configured, which the payment service is asked about: it may know fewer. While it is away the
// configuration is believed, so that orders can be placed that are paid afterwards.
enum err shop_payment_providers(struct rq *rq, struct text_list *out)
{
    struct payment_providers providers = {0};
    enum err err = call_payment_provider_list(rq, &(struct nothing){0}, &providers);
    *out = providers.items;
    if (err_status(err) < 500)
        return err;
    *out = config_list(rq->arena, rq->app->config.payment_providers);
    return ERR_OK;
}

static enum err fill_shop(struct rq *rq, const struct shop_settings *settings, struct shop *out)
{
    struct text_list providers;
    enum err err = shop_payment_providers(rq, &providers);
    out->name = settings->name;
    out->currency = settings->currency;
    out->currencies = settings->currencies;
    out->prices_include_tax = settings->prices_include_tax;
    out->capture = settings->capture;
    out->payment_providers = providers;
    for (size_t i = 0; i < providers.count; i++)
        out->test_payments |= str_equal(providers.items[i], "test");
    return err == ERR_OK ? fill_countries(rq, out) : err;
}

HANDLER(shop_show, nothing, shop)
{
    struct shop_settings settings = {0};
    enum err err = shop_settings_read(rq, &settings);
    return err == ERR_OK ? fill_shop(rq, &settings, out) : err;
}

HANDLER(shop_facts, nothing, shop_facts)
{
    struct shop_settings settings = {0};
    enum err err = shop_settings_read(rq, &settings);
    shape_patch(&shop_facts_shape, out, &shop_settings_shape, &settings);
    return err;
}

#define SHOP_PATCH(F, S)                                                                           \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .optional = true,                \
      .doc = "Of the shop.")                                                                       \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Where none is named.")                                                               \
    F(S, texts, currencies, .min = 1, .max = 50, .optional = true, .doc = "All of them, anew.")    \
    F(S, bool, prices_include_tax, .optional = true, .doc = "Whether prices contain the tax.")     \
    F(S, one_of(capture_mode), capture, .optional = true,                                          \
      .doc = "When the money of an order is taken; orders that were placed keep theirs.")
SHAPE(shop_patch, SHOP_PATCH);

// A currency that is taken away leaves its prices where they are: nothing is sold in it.
HANDLER(shop_change, shop_patch, shop)
{
    struct shop_settings settings = {0}, stored = {0};
    enum err err = shop_settings_read(rq, &settings);
    if (err != ERR_OK)
        return err;
    shape_patch(&shop_settings_shape, &settings, &shop_patch_shape, in);
    for (size_t i = 0; i < settings.currencies.count; i++)
        if (currency_decimals(settings.currencies.items[i]) < 0)
            return fail_field(rq, "currencies", "%s is no currency of ISO 4217",
                              settings.currencies.items[i]);
    if (!shop_has_currency(&settings, settings.currency))
        return fail_field(rq, "currencies", "%s, the shop's own, is not among them",
                          settings.currency);
    err = shop_update(rq, &settings, &stored);
    rq_after_commit(rq, reply_cache_drop_everywhere, "shop");
    return err == ERR_OK ? fill_shop(rq, &stored, out) : err;
}

static const struct route shop_routes[] = {
    {GET, "/api/v1/shop", &shop_show_handler, 200, ROLE_ANYONE,
     "Show the shop's name, currencies, countries and payment providers.", .cache_s = 10,
     .cache_tag = "shop"},
    {POST, "/internal/v1/shop_facts", &shop_facts_handler, 200, ROLE_PEER, "The shop's own facts.",
     .flags = ROUTE_READS},
    {PATCH, "/api/v1/admin/shop", &shop_change_handler, 200, ROLE_ADMIN, "Change the shop's facts.",
     .flags = 0},
};
ROUTES(order_shop, shop_routes);
