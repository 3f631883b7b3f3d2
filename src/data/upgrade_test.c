// Tests of migrations that make tables anew: what a shop had before them is there after them, and
// still holds together. Each on both engines.
#include "core/str.h"
#include "data/migrate.h"
#include "data/test_db.h"

// Those of a release: up to a number of each of these services, and all of the others.
static enum err migrate_to(struct test *t, struct db *db, int order, int payment)
{
    struct migration *wanted = ARENA_ARRAY(t->arena, struct migration, migration_count);
    struct problem problem = {.arena = t->arena};
    struct migration_set set = {.all = wanted};
    for (size_t i = 0; i < migration_count; i++) {
        bool of_order = str_equal(migrations[i].service, "order");
        bool of_payment = str_equal(migrations[i].service, "payment");
        int last = of_order ? order : of_payment ? payment : migrations[i].number;
        if (migrations[i].number <= last)
            wanted[set.count++] = migrations[i];
    }
    enum err err = migrate(db, &set, &problem);
    if (err != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return err;
}

#define ID "'01890000-0000-7000-8000-000000000001'"

// Orders of one line, their history and their payments, as the first release wrote them.
static const char *const before_capture[] = {
    "CREATE TABLE was (id UUID, n TEXT, state TEXT, payment TEXT, captured BIGINT, refunded"
    " BIGINT);"
    "INSERT INTO was (id, n, state, payment, captured, refunded) VALUES"
    " (" ID ", '1', 'paid', 'captured', 900, 0),"
    " ('01890000-0000-7000-8000-000000000002', '2', 'cancelled', 'refunded', 900, 900),"
    " ('01890000-0000-7000-8000-000000000003', '3', 'cancelled', 'voided', 0, 0),"
    " ('01890000-0000-7000-8000-000000000004', '4', 'pending_payment', 'unknown', 0, 0);",
    "INSERT INTO cart (id, version, state, currency, created_at, updated_at)"
    " SELECT id, 1, 'ordered', 'EUR', 1, 1 FROM was;"
    "INSERT INTO orders (id, number, cart_id, state, idempotency_scope, idempotency_key,"
    " request_hash, access_token, currency, email, billing_address, prices_include_tax,"
    " subtotal_minor, discount_minor, shipping_minor, shipping_tax_minor, tax_minor, total_minor,"
    " refunded_minor, placed_at, updated_at, lease_process) SELECT id, 'S-1000' || n, id, state,"
    " 'guest', n, 'h', 't', 'EUR', 'a@b.de', '{}', TRUE, 900, 0, 0, 0, 0, 900, refunded, 1, 1,"
    " 'here:1:1' FROM was;",
    "INSERT INTO order_item (order_id, position, sku, handle, title, options, quantity, tracked,"
    " backorder, requires_shipping, unit_price_minor, subtotal_minor, discount_minor, tax_minor,"
    " total_minor) SELECT id, 0, 'A', 'a', 'A', '[]', 1, FALSE, FALSE, FALSE, 900, 900, 0, 0, 900"
    " FROM was;"
    "INSERT INTO order_event (id, order_id, state, at) SELECT id, id, state, 1 FROM was;",
    "INSERT INTO payment (id, order_id, provider, idempotency_key, currency, amount_minor,"
    " captured_minor, refunded_minor, state, created_at, updated_at) SELECT id, id, 'test', id,"
    " 'EUR', 900, captured, refunded, payment, 1, 7 FROM was;"
    "INSERT INTO payment_attempt (id, payment_id, operation, outcome, started_at)"
    " SELECT id, id, 'charge', 'unknown', 1 FROM was;"
    "INSERT INTO ledger_entry (payment_id, movement, account, currency, amount_minor, at) VALUES"
    " (" ID ", 'capture', 'sales', 'EUR', -900, 1);"
    "INSERT INTO test_provider_charge (reference, idempotency_key, token, currency, amount_minor,"
    " state, created_at) VALUES ('ch_1', " ID ", 'tok_ok', 'EUR', 900, 'captured', 1),"
    " ('ch_2', 'another', 'tok_declined', 'EUR', 900, 'declined', 1);",
};

// Each row says how many there ought to be; one that is wrong breaks the CHECK.
static const char after_capture[] =
    "CREATE TABLE expected (ought BIGINT, is_now BIGINT, CHECK (ought = is_now));"
    "INSERT INTO expected (ought, is_now) SELECT 4, COUNT(*) FROM orders o"
    " JOIN order_item i ON i.order_id = o.id JOIN order_event e ON e.order_id = o.id"
    " JOIN payment p ON p.order_id = o.id JOIN payment_attempt a ON a.payment_id = p.id"
    " WHERE o.capture = 'automatic' AND p.capture = 'automatic'"
    " AND o.lease_process = 'here:1:1' AND o.prices_include_tax;"
    "INSERT INTO expected (ought, is_now) SELECT 2, COUNT(*) FROM orders"
    " WHERE captured_minor = 900 AND number IN ('S-10001', 'S-10002');"
    "INSERT INTO expected (ought, is_now) SELECT 1, COUNT(*) FROM payment"
    " WHERE check_at = 7 AND checks = 12 AND state = 'voided';"
    "INSERT INTO expected (ought, is_now) SELECT 1, COUNT(*) FROM ledger_entry"
    " WHERE payment_id = " ID ";"
    "INSERT INTO expected (ought, is_now) SELECT 1, COUNT(*) FROM test_provider_charge"
    " WHERE captured_minor = 900 AND lands_at = 1;"
    "INSERT INTO expected (ought, is_now) SELECT 1, COUNT(*) FROM shop"
    " WHERE capture = 'automatic';";

TEST_ON_DB(upgrade_to_capture)
{
    CHECK(migrate_to(t, db, 3, 1) == ERR_OK);
    for (size_t i = 0; i < COUNT_OF(before_capture); i++)
        CHECK(test_db_script(db, before_capture[i]) == ERR_OK);
    CHECK(migrate_to(t, db, 4, 2) == ERR_OK);
    CHECK(test_db_script(db, after_capture) == ERR_OK);
    // Children still point to their parents, and the new rules hold.
    CHECK(test_db_script(db, "DELETE FROM payment WHERE id = " ID) == ERR_CONFLICT);
    CHECK(test_db_script(db, "DELETE FROM orders WHERE id = " ID) == ERR_CONFLICT);
    CHECK(test_db_script(db, "UPDATE payment SET captured_minor = 901") == ERR_CONFLICT);
    CHECK(test_db_script(db, "UPDATE orders SET captured_minor = 0") == ERR_CONFLICT);
    CHECK(test_db_script(db, "UPDATE orders SET number = 'S-10001'") == ERR_CONFLICT);
    CHECK(test_db_script(db, "UPDATE payment SET state = 'lost'") == ERR_CONFLICT);
    CHECK(test_db_script(db, "UPDATE orders SET state = 'authorized'") == ERR_OK);
}
