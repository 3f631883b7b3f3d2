// What must hold of money, recomputed. How it moves: payment.c.
#include "app/audit_sql.h"

QUERY_AUDIT(ledger_balance,
            "SELECT 'the ' || movement || ' of payment ' || payment_id || ' is off by ' ||"
            " SUM(amount_minor) || ' ' || currency AS sentence FROM ledger_entry"
            " GROUP BY payment_id, movement, currency HAVING SUM(amount_minor) <> 0");

QUERY_AUDIT(
    ledger_payments,
    "SELECT 'payment ' || p.id || ': ' || p.captured_minor || ' captured and ' ||"
    " p.refunded_minor || ' refunded; the ledger says ' || COALESCE(l.captured, 0) || ' and ' ||"
    " COALESCE(l.refunded, 0) AS sentence FROM payment p LEFT JOIN (SELECT payment_id,"
    " SUM(CASE WHEN movement = 'capture' THEN amount_minor ELSE 0 END) AS captured,"
    " SUM(CASE WHEN movement = 'refund' THEN -amount_minor ELSE 0 END) AS refunded"
    " FROM ledger_entry WHERE account LIKE 'provider:%' GROUP BY payment_id) l"
    " ON l.payment_id = p.id WHERE p.captured_minor <> COALESCE(l.captured, 0)"
    " OR p.refunded_minor <> COALESCE(l.refunded, 0)");

QUERY_AUDIT(payment_states,
            "SELECT 'payment ' || id || ' is ' || state || ' with ' || amount_minor ||"
            " ' to be paid, ' || captured_minor || ' captured and ' || refunded_minor ||"
            " ' refunded' AS sentence FROM payment"
            " WHERE (captured_minor > 0) <> (state IN ('captured', 'refunded'))"
            " OR (refunded_minor > 0) <> (state = 'refunded')"
            " OR captured_minor > amount_minor OR refunded_minor > captured_minor"
            " OR (capture = 'automatic' AND captured_minor NOT IN (0, amount_minor))");

// A state is left only by a question that is stored first.
QUERY_AUDIT(payment_captures,
            "SELECT 'payment ' || p.id || ' has ' || p.captured_minor || ' captured; asked for"
            " was ' || COALESCE(a.asked, 0) AS sentence FROM payment p LEFT JOIN"
            " (SELECT payment_id, MAX(amount_minor) AS asked FROM payment_attempt"
            " WHERE operation = 'capture' GROUP BY payment_id) a ON a.payment_id = p.id"
            " WHERE p.capture = 'manual' AND p.captured_minor > COALESCE(a.asked, 0)");

// Answers may be outstanding: a charge that the shop does not know of is no violation while its
// payment is still asked about, be it that it was closed and is looked at again.
// The provider keeps our key as text. The comparison is written so that each engine can use the
// index on the payment's side: without it the audit of 30,000 orders took minutes.
#define TEST_PROVIDER_SAYS                                                                         \
    "'provider test says that ' || c.reference || ' of ' || c.amount_minor || ' ' || c.currency"   \
    " || ' is ' || c.state || ' with ' || c.captured_minor || '; payment ' ||"                     \
    " c.idempotency_key || ' is ' || COALESCE(p.state, 'not there') || ' with ' ||"                \
    " COALESCE(p.captured_minor, 0) AS sentence"
#define TEST_PROVIDER_DIFFERS                                                                      \
    " c.lands_at <= :now AND (p.id IS NULL OR p.amount_minor <> c.amount_minor"                    \
    " OR p.currency <> c.currency OR c.captured_minor > c.amount_minor"                            \
    " OR (p.captured_minor > 0 AND p.captured_minor <> c.captured_minor)"                          \
    " OR (p.state <> c.state AND p.state NOT IN ('prepared', 'unknown') AND p.check_at IS NULL"    \
    " AND NOT (p.state = 'captured' AND c.state = 'refunded')))"
QUERY_AUDIT_FOR(payment_test_provider,
                "SELECT " TEST_PROVIDER_SAYS " FROM test_provider_charge c LEFT JOIN payment p"
                " ON p.idempotency_key = c.idempotency_key WHERE" TEST_PROVIDER_DIFFERS,
                "SELECT " TEST_PROVIDER_SAYS " FROM test_provider_charge c LEFT JOIN payment p"
                " ON p.idempotency_key = CAST(c.idempotency_key AS UUID)"
                " WHERE" TEST_PROVIDER_DIFFERS);

QUERY_AUDIT(
    payment_not_at_test_provider,
    "SELECT 'payment ' || p.id || ' is ' || p.state || '; provider test knows of no such charge'"
    " AS sentence FROM payment p WHERE p.provider = 'test'"
    " AND (p.captured_minor > 0 OR p.state = 'authorized')"
    " AND NOT EXISTS (SELECT 1 FROM test_provider_charge c"
    " WHERE c.idempotency_key = CAST(p.idempotency_key AS TEXT)"
    " AND c.state IN ('authorized', 'captured', 'refunded', 'voided'))");
