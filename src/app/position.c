// Which state of the database a request reads. Contract in position.h.
//
// The cookie has no end of its own: a position that all replicas have long passed costs nothing. It
// goes with replies to writes alone, which no cache keeps. Two writes of one browser whose replies
// cross leave the older of two positions in the cookie; so a page that writes side by side sends
// the header, with the larger one.
#include "app/position.h"

#include "app/app.h"
#include "app/route.h"
#include "core/str.h"

// The larger of what the header and the cookie say; DB_NEWEST when either is not to be understood.
static u64 brought(const struct rq *rq, bool *any)
{
    const char *texts[] = {rq_header(rq, POSITION_HEADER), rq_cookie(rq, POSITION_COOKIE)};
    u64 largest = 0;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        u64 position;
        if (texts[i] == NULL)
            continue;
        *any = true;
        if (!position_read(texts[i], &position))
            return DB_NEWEST;
        largest = position > largest ? position : largest;
    }
    return largest;
}

struct db_view position_wanted(const struct rq *rq)
{
    const struct route *route = rq->route;
    struct db_view newest = {.position = DB_NEWEST};
    if (!route_reads(route) || (route->flags & ROUTE_NEWEST) != 0)
        return newest;
    bool any = false, everybodys = route->cache_s > 0 && route->roles == ROLE_ANYONE;
    u64 position = brought(rq, &any);
    return (struct db_view){.position = !any && everybodys ? DB_ANY : position};
}

void position_reached(struct rq *rq, u64 position)
{
    if (position > rq->committed)
        rq->committed = position;
    if (rq->view.position != DB_NEWEST && rq->view.position < position)
        rq->view.position = position;
    if (rq->app->on_end != NULL && rq->route == NULL)
        rq->app->on_end(rq);
}

void position_tell(const struct rq *rq, struct buf *head)
{
    if (rq->committed == 0)
        return;
    const char *text = position_text(rq->arena, rq->committed);
    buf_printf(head, "%s: %s\r\n", POSITION_HEADER, text);
    // Who shows a token keeps no cookies, and a peer neither.
    bool browser = rq_header(rq, "Authorization") == NULL && rq->route != NULL &&
                   (rq->route->roles & ROLE_PEER) == 0;
    if (browser)
        buf_printf(head, "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Lax%s\r\n", POSITION_COOKIE,
                   text, str_starts(rq->app->public_url, "https://") ? "; Secure" : "");
}
