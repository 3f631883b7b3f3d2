// Shipping zones: where the shop sends to and what it costs. The arithmetic lives in price.c.
//
// A zone is a list of places and a list of rates, and a place lies in one zone: so an address has
// one answer, found by the most specific place. Staff replace a list whole. A form sends what it
// shows, and there is nothing to merge when two of them edit: the later one wins, visibly.
#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/order/shop.h"

#define SHIPPING_PLACE(F, S)                                                                       \
    F(S, text, country, .min = 1, .max = 2, .doc = "ISO 3166-1, or * for the rest of the world.")  \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true, .doc = "There alone.")
SHAPE(shipping_place, SHIPPING_PLACE);

#define SHIPPING_ZONE(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the zone.")                                                          \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "For staff.")             \
    F(S, list(shipping_place), places, .max = 1000, .doc = "Each lies in one zone alone.")         \
    F(S, list(shipping_rate), rates, .max = PRICE_SHIPPING_RATES_MAX,                              \
      .doc = "In the order in which shoppers see them; the first bracket that holds counts.")
SHAPE(shipping_zone, SHIPPING_ZONE);

#define SHIPPING_ZONES(F, S)                                                                       \
    F(S, list(shipping_zone), items, .max = 1000, .doc = "By name.")                               \
    F(S, text, next_cursor, .optional = true, .doc = "Always null: all are in one page.")
SHAPE(shipping_zones, SHIPPING_ZONES);

#define SHIPPING_ZONE_KEY(F, S) F(S, uuid, id, .doc = "Of the zone.")
SHAPE(shipping_zone_key, SHIPPING_ZONE_KEY);

// Rows as SQL carries them.
#define ZONE_ROW(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the zone.")                                                          \
    F(S, text, name, .doc = "For staff.")
SHAPE(zone_row, ZONE_ROW);
#define PLACE_ROW(F, S)                                                                            \
    F(S, uuid, zone_id, .doc = "Of the zone.")                                                     \
    F(S, text, country, .doc = "Of the place.")                                                    \
    F(S, text, region, .optional = true, .doc = "Of the place.")
SHAPE(place_row, PLACE_ROW);
#define RATE_ROW(F, S)                                                                             \
    F(S, uuid, zone_id, .doc = "Of the zone.")                                                     \
    F(S, i64, position, .doc = "In the zone.")                                                     \
    SHIPPING_RATE(F, S)
SHAPE(rate_row, RATE_ROW);

#define SHIPPING_RATE_COLUMNS                                                                      \
    "code, name, estimate, basis, bracket_from, bracket_below, currency, price_minor,"             \
    " free_over_minor"

// The most specific place wins: region, country, the rest of the world. A rate is in one currency
// and is never converted: shipping costs what the merchant said.
QUERY_LIST(shipping_rates_to, destination, shipping_rate,
           "SELECT " SHIPPING_RATE_COLUMNS " FROM shipping_rate WHERE currency = :currency"
           " AND zone_id = (SELECT zone_id FROM shipping_place WHERE (country = :country"
           " AND (region = '' OR region = :region)) OR country = '*'"
           " ORDER BY CASE WHEN country = '*' THEN 2 WHEN region = '' THEN 1 ELSE 0 END LIMIT 1)"
           " ORDER BY position LIMIT 64");

enum err shipping_rates_for(struct rq *rq, const struct destination *to,
                            struct shipping_rate_list *out)
{
    return to->country != NULL ? shipping_rates_to(rq, to, out) : ERR_OK;
}

QUERY_LIST(zones_all, nothing, zone_row,
           "SELECT id, name FROM shipping_zone ORDER BY name LIMIT 1000");
QUERY_ROW(zone_by_id, shipping_zone_key, zone_row,
          "SELECT id, name FROM shipping_zone WHERE id = :id");
QUERY_LIST(zone_places, shipping_zone_key, shipping_place,
           "SELECT country, NULLIF(region, '') AS region FROM shipping_place WHERE zone_id = :id"
           " ORDER BY country, region");
QUERY_LIST(zone_rates, shipping_zone_key, shipping_rate,
           "SELECT " SHIPPING_RATE_COLUMNS " FROM shipping_rate WHERE zone_id = :id"
           " ORDER BY position");
QUERY_ROW(zone_insert, zone_row, zone_row,
          "INSERT INTO shipping_zone (id, name) VALUES (:id, :name) ON CONFLICT DO NOTHING"
          " RETURNING id, name");
QUERY_RUN(zone_rename, zone_row, "UPDATE shipping_zone SET name = :name WHERE id = :id");
QUERY_RUN(zone_remove, shipping_zone_key, "DELETE FROM shipping_zone WHERE id = :id");
QUERY_RUN(zone_places_clear, shipping_zone_key, "DELETE FROM shipping_place WHERE zone_id = :id");
QUERY_RUN(zone_rates_clear, shipping_zone_key, "DELETE FROM shipping_rate WHERE zone_id = :id");
QUERY_RUN(zone_place_add, place_row,
          "INSERT INTO shipping_place (country, region, zone_id)"
          " VALUES (:country, COALESCE(:region, ''), :zone_id) ON CONFLICT DO NOTHING");
QUERY_RUN(
    zone_rate_add, rate_row,
    "INSERT INTO shipping_rate (id, zone_id, position, code, name, estimate, basis, bracket_from,"
    " bracket_below, currency, price_minor, free_over_minor) VALUES (:new_id, :zone_id, :position,"
    " :code, :name, :estimate, :basis, COALESCE(:bracket_from, 0), :bracket_below, :currency,"
    " :price_minor, :free_over_minor)");

// A zone with its places and rates; zones are few, so each is read for itself.
static enum err zone_read(struct rq *rq, const struct zone_row *row, struct shipping_zone *out)
{
    struct shipping_zone_key key = {.id = row->id};
    out->id = row->id;
    out->name = row->name;
    enum err err = zone_places(rq, &key, &out->places);
    return err == ERR_OK ? zone_rates(rq, &key, &out->rates) : err;
}

// A place lies in one zone: the primary key says so, and its conflict is told as one.
static enum err put_place(struct rq *rq, const struct uuid *zone, size_t at,
                          const struct shipping_place *place)
{
    i64 added = 0;
    const char *field = arena_printf(rq->arena, "places.%zu.country", at);
    bool rest = str_equal(place->country, "*");
    if (!(rest && place->region == NULL) && !country_known(place->country))
        return fail_field(rq, field, "is no country of ISO 3166-1, nor *");
    struct place_row row = {.zone_id = *zone, .country = place->country, .region = place->region};
    enum err err = zone_place_add(rq, &row, &added);
    if (err == ERR_OK && added == 0)
        return fail(rq, ERR_CONFLICT, "%s lies in a zone already", place->country);
    return err;
}

static enum err put_rate(struct rq *rq, const struct uuid *zone, size_t at,
                         const struct shipping_rate *rate)
{
    if (IS_SET(rate, shipping_rate, bracket_below) && rate->bracket_below <= rate->bracket_from)
        return fail_field(rq, arena_printf(rq->arena, "rates.%zu.bracket_below", at),
                          "is not above bracket_from");
    struct rate_row row = {0};
    shape_patch(&rate_row_shape, &row, &shipping_rate_shape, rate);
    row.zone_id = *zone;
    row.position = (i64)at;
    return zone_rate_add(rq, &row, NULL);
}

// All of them anew: a list is replaced, not merged.
static enum err put_places(struct rq *rq, const struct uuid *zone,
                           const struct shipping_place_list *places)
{
    enum err err = zone_places_clear(rq, &(struct shipping_zone_key){.id = *zone}, NULL);
    for (size_t i = 0; i < places->count && err == ERR_OK; i++)
        err = put_place(rq, zone, i, &places->items[i]);
    return err;
}

static enum err put_rates(struct rq *rq, const struct uuid *zone,
                          const struct shipping_rate_list *rates)
{
    enum err err = zone_rates_clear(rq, &(struct shipping_zone_key){.id = *zone}, NULL);
    for (size_t i = 0; i < rates->count && err == ERR_OK; i++)
        err = put_rate(rq, zone, i, &rates->items[i]);
    return err;
}

HANDLER(shipping_zone_list, nothing, shipping_zones)
{
    struct zone_row_list rows = {0};
    enum err err = zones_all(rq, in, &rows);
    out->items.items = ARENA_ARRAY(rq->arena, struct shipping_zone, rows.count);
    for (size_t i = 0; i < rows.count && err == ERR_OK; i++)
        err = zone_read(rq, &rows.items[i], &out->items.items[out->items.count++]);
    return err;
}

#define SHIPPING_ZONE_NEW(F, S)                                                                    \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "For staff.")             \
    F(S, list(shipping_place), places, .max = 1000, .doc = "Each lies in one zone alone.")         \
    F(S, list(shipping_rate), rates, .max = PRICE_SHIPPING_RATES_MAX, .doc = "In their order.")
SHAPE(shipping_zone_new, SHIPPING_ZONE_NEW);

HANDLER(shipping_zone_create, shipping_zone_new, shipping_zone)
{
    struct zone_row row = {.id = uuid_new(), .name = in->name}, added = {0};
    enum err err = zone_insert(rq, &row, &added);
    if (err == ERR_NOT_FOUND)
        return fail(rq, ERR_CONFLICT, "there is a zone of this name");
    if (err == ERR_OK)
        err = put_places(rq, &row.id, &in->places);
    if (err == ERR_OK)
        err = put_rates(rq, &row.id, &in->rates);
    return err == ERR_OK ? zone_read(rq, &added, out) : err;
}

#define SHIPPING_ZONE_PATCH(F, S)                                                                  \
    F(S, uuid, id, .doc = "Of the zone.")                                                          \
    F(S, text, name, .min = 1, .max = 100, .format = FORMAT_LINE, .optional = true,                \
      .doc = "For staff.")                                                                         \
    F(S, list(shipping_place), places, .max = 1000, .optional = true, .doc = "All of them, anew.") \
    F(S, list(shipping_rate), rates, .max = PRICE_SHIPPING_RATES_MAX, .optional = true,            \
      .doc = "All of them, anew.")
SHAPE(shipping_zone_patch, SHIPPING_ZONE_PATCH);

// Lists that are not given stay as they are.
HANDLER(shipping_zone_change, shipping_zone_patch, shipping_zone)
{
    struct zone_row row = {0};
    enum err err = zone_by_id(rq, &(struct shipping_zone_key){.id = in->id}, &row);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "there is no such zone");
    if (err == ERR_OK && in->name != NULL) {
        row.name = in->name;
        err = zone_rename(rq, &row, NULL);
    }
    if (err == ERR_OK && IS_SET(in, shipping_zone_patch, places))
        err = put_places(rq, &in->id, &in->places);
    if (err == ERR_OK && IS_SET(in, shipping_zone_patch, rates))
        err = put_rates(rq, &in->id, &in->rates);
    return err == ERR_OK ? zone_read(rq, &row, out) : err;
}

// Carts that had chosen an option of it are shown without one from now on; orders keep its name.
HANDLER(shipping_zone_delete, shipping_zone_key, nothing)
{
    i64 changed = 0;
    enum err err = zone_places_clear(rq, in, NULL);
    if (err == ERR_OK)
        err = zone_rates_clear(rq, in, NULL);
    if (err == ERR_OK)
        err = zone_remove(rq, in, &changed);
    return err == ERR_OK && changed == 0 ? fail(rq, ERR_NOT_FOUND, "there is no such zone") : err;
}

static const struct route shipping_routes[] = {
    {GET, "/api/v1/admin/shipping-zones", &shipping_zone_list_handler, 200,
     ROLE_ORDERS | ROLE_SUPPORT, "List shipping zones."},
    {POST, "/api/v1/admin/shipping-zones", &shipping_zone_create_handler, 201, ROLE_ORDERS,
     "Add a shipping zone."},
    {PATCH, "/api/v1/admin/shipping-zones/{id}", &shipping_zone_change_handler, 200, ROLE_ORDERS,
     "Change a shipping zone."},
    {DELETE, "/api/v1/admin/shipping-zones/{id}", &shipping_zone_delete_handler, 204, ROLE_ORDERS,
     "Remove a shipping zone."},
};
ROUTES(order_shipping, shipping_routes);
