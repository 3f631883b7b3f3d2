// A customer's preferences. Contract in preferences.h.
//
// A copy is in Redis, written after each change. A change that Redis was not told of is seen when
// the copy has had its minute.
#include "services/user/preferences.h"

#include "app/copies.h"
#include "core/time.h"

enum { PREFERENCES_FRESH_MS = 60 * 1000 };

#define PREFERENCES_ROW(F, S)                                                                      \
    PREFERENCES(F, S)                                                                              \
    F(S, uuid, user_id, .doc = "Whose.")                                                           \
    F(S, i64, version, .doc = "Grows with every change.")
SHAPE(preferences_row, PREFERENCES_ROW);

COPY(preferences, preferences, PREFERENCES_FRESH_MS);

QUERY_ROW(preferences_by_user, preferences_row, preferences_row,
          "SELECT user_id, colour_scheme, currency, version FROM user_preference"
          " WHERE user_id = :user_id");
QUERY_ROW(preferences_put, preferences_row, preferences_row,
          "INSERT INTO user_preference (user_id, colour_scheme, currency, version, updated_at)"
          " VALUES (:user_id, :colour_scheme, :currency, 1, :now) ON CONFLICT (user_id) DO UPDATE"
          " SET colour_scheme = excluded.colour_scheme, currency = excluded.currency,"
          " version = user_preference.version + 1, updated_at = excluded.updated_at"
          " RETURNING user_id, colour_scheme, currency, version");

static void show(const struct preferences_row *row, struct preferences *out)
{
    shape_patch(&preferences_shape, out, &preferences_row_shape, row);
}

static struct copy_stamp stamp_of(const struct rq *rq, const struct preferences_row *row)
{
    return (struct copy_stamp){row->version, rq->now_ms};
}

enum err preferences_find(struct rq *rq, const struct uuid *user_id, struct preferences *out)
{
    struct preferences_row row, key = {.user_id = *user_id};
    struct copy_stamp stamp;
    *out = (struct preferences){.set = 0};
    if (preferences_copied(rq, user_id->s, &stamp, out) == copied_fresh)
        return ERR_OK;
    *out = (struct preferences){.set = 0};
    enum err err = preferences_by_user(rq, &key, &row);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    show(&row, out);
    preferences_copy_fill(rq, user_id->s, stamp_of(rq, &row), rq->now_ms + DAY_MS, out);
    return ERR_OK;
}

HANDLER(preferences_show, nothing, preferences)
{
    return preferences_find(rq, &rq->caller.user_id, out);
}

// What is not named stays as it is; null takes a choice back.
HANDLER(preferences_update, preferences, preferences)
{
    struct preferences_row row, wanted = {.user_id = rq->caller.user_id};
    enum err err = preferences_by_user(rq, &wanted, &row);
    if (err == ERR_OK)
        wanted = row;
    else if (err != ERR_NOT_FOUND)
        return err;
    shape_patch(&preferences_row_shape, &wanted, &preferences_shape, in);
    err = preferences_put(rq, &wanted, &row);
    if (err != ERR_OK)
        return err;
    show(&row, out);
    preferences_copy_keep(rq, row.user_id.s, stamp_of(rq, &row), rq->now_ms + DAY_MS, out);
    return ERR_OK;
}

static const struct route preferences_routes[] = {
    {GET, "/api/v1/users/me/preferences", &preferences_show_handler, 200, ROLE_CUSTOMER,
     "How one wants to see the shop."},
    {PATCH, "/api/v1/users/me/preferences", &preferences_update_handler, 200, ROLE_CUSTOMER,
     "Change how one wants to see the shop."},
};
ROUTES(user, preferences_routes);
