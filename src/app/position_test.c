// Tests of seeing one's own writes through the whole program. Where they run without a replica
// (SOUK_TEST_REPLICA) they hold that nothing is told of positions.
#include "app/app.h"
#include "app/check.h"
#include "app/position.h"
#include "core/str.h"
#include "core/time.h"
#include "data/test_db.h"

static struct db *order_db(void)
{
    return check_app_of(service_id_order)->db;
}

static bool with_replica(void)
{
    return *check_app_of(service_id_order)->config.replica_urls != '\0';
}

static struct db_stats stats_of(const struct db *db)
{
    struct db_stats stats;
    db_stats(db, &stats);
    return stats;
}

TEST(position_told)
{
    const char *position, *cookie;
    check_apart(t); // only where there are replicas
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>'}");
    position = check_header(POSITION_HEADER);
    cookie = check_header("Set-Cookie");
    if (!with_replica()) {
        CHECK(position == NULL && cookie == NULL);
        return;
    }
    u64 number;
    CHECK(position != NULL && position_read(position, &number));
    CHECK_TEXT(cookie, arena_printf(t->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax",
                                    POSITION_COOKIE, position));
    check(t, "GET /api/v1/carts/{cart}", "200");
    CHECK(check_header(POSITION_HEADER) == NULL && check_header("Set-Cookie") == NULL);
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':'TOLD','kind':'free_shipping'}", "201");
    CHECK(check_header(POSITION_HEADER) != NULL && check_header("Set-Cookie") == NULL);
}

// The replica stands still: what was just written is seen all the same, and when it goes on, it is
// the replica that shows it.
TEST(position_own_writes)
{
    check_apart(t); // only where there are replicas
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>'}");
    if (!with_replica())
        return;
    test_replay(t, false);
    struct db_stats before = stats_of(order_db());
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>'}");
    check(t, "GET /api/v1/carts/{cart}", "200");
    check(t, "PATCH /api/v1/carts/{cart} {'email':'a@b.de'}", "200 {'version':2}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'version':2,'email':'a@b.de'}");
    struct db_stats after = stats_of(order_db());
    CHECK_I64(after.reads_replica, before.reads_replica);
    CHECK(after.reads_primary[READ_behind] >= before.reads_primary[READ_behind] + 2 ||
          !after.replica[0].well);
    test_replay(t, true);
    i64 until_ms = monotonic_ms() + 10 * SECOND_MS;
    while (stats_of(order_db()).reads_replica == after.reads_replica && monotonic_ms() < until_ms)
        check(t, "GET /api/v1/carts/{cart}", "200 {'version':2}");
    CHECK(stats_of(order_db()).reads_replica > after.reads_replica);
}

// Whoever cannot say what they have seen reads all there is.
TEST(position_unknown)
{
    check_apart(t); // only where there are replicas
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>'}");
    if (!with_replica())
        return;
    check_headers(t, "Cookie: " POSITION_COOKIE "=16/nonsense\r\n");
    struct db_stats before = stats_of(order_db());
    check(t, "GET /api/v1/carts/{cart}", "200");
    struct db_stats after = stats_of(order_db());
    CHECK_I64(after.reads_replica, before.reads_replica);
    CHECK(after.reads_primary[READ_newest] > before.reads_primary[READ_newest]);
}
