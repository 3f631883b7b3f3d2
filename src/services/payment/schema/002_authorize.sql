-- Payments that are authorized first and captured later, all or a part; and payments that were
-- closed while a charge may still have been on its way, which are asked about again at `check_at`.
--
-- SQLite cannot change a CHECK, so tables are made anew. While payment is gone its children point
-- nowhere; they find the same rows again before the commit.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE payment_before AS SELECT * FROM payment;
DROP TABLE payment;
CREATE TABLE payment (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    token TEXT,
    idempotency_key UUID NOT NULL UNIQUE,
    reference TEXT,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    capture TEXT NOT NULL CHECK (capture IN ('automatic', 'manual')),
    captured_minor BIGINT NOT NULL DEFAULT 0
        CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
    refunded_minor BIGINT NOT NULL DEFAULT 0
        CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
    state TEXT NOT NULL CHECK (state IN ('prepared', 'unknown', 'unavailable', 'authorized',
        'captured', 'declined', 'refunded', 'voided')),
    detail TEXT,
    check_at BIGINT,
    checks BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- What was closed before this file is asked about once: 12 is the last time.
INSERT INTO payment (id, order_id, provider, token, idempotency_key, reference, currency,
    amount_minor, capture, captured_minor, refunded_minor, state, detail, check_at, checks,
    created_at, updated_at)
SELECT id, order_id, provider, token, idempotency_key, reference, currency, amount_minor,
    'automatic', captured_minor, refunded_minor, state, detail,
    CASE WHEN state = 'voided' THEN updated_at END, CASE WHEN state = 'voided' THEN 12 ELSE 0 END,
    created_at, updated_at
FROM payment_before;
DROP TABLE payment_before;
CREATE INDEX payment_due ON payment (check_at) WHERE check_at IS NOT NULL;

-- amount_minor: of a question that names one.
CREATE TABLE payment_attempt_before AS SELECT * FROM payment_attempt;
DROP TABLE payment_attempt;
CREATE TABLE payment_attempt (
    id UUID PRIMARY KEY,
    payment_id UUID NOT NULL REFERENCES payment (id),
    operation TEXT NOT NULL CHECK (operation IN
        ('charge', 'authorize', 'capture', 'void', 'refund', 'read_back')),
    amount_minor BIGINT CHECK (amount_minor > 0),
    outcome TEXT CHECK (outcome IN ('authorized', 'captured', 'declined', 'refunded', 'voided',
        'nothing', 'unknown', 'unavailable')),
    detail TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
INSERT INTO payment_attempt (id, payment_id, operation, outcome, detail, started_at, ended_at)
SELECT id, payment_id, operation, outcome, detail, started_at, ended_at
FROM payment_attempt_before;
DROP TABLE payment_attempt_before;
CREATE INDEX payment_attempt_payment ON payment_attempt (payment_id, id);

-- lands_at: when the provider itself comes to know of it; later than now for a charge that is still
-- on its way.
CREATE TABLE test_provider_charge_before AS SELECT * FROM test_provider_charge;
DROP TABLE test_provider_charge;
CREATE TABLE test_provider_charge (
    reference TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    captured_minor BIGINT NOT NULL CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
    refunded_minor BIGINT NOT NULL DEFAULT 0
        CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
    state TEXT NOT NULL CHECK (state IN
        ('authorized', 'captured', 'declined', 'refunded', 'voided')),
    lands_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO test_provider_charge (reference, idempotency_key, token, currency, amount_minor,
    captured_minor, refunded_minor, state, lands_at, created_at)
SELECT reference, idempotency_key, token, currency, amount_minor,
    CASE WHEN state = 'declined' THEN 0 ELSE amount_minor END, refunded_minor, state, created_at,
    created_at
FROM test_provider_charge_before;
DROP TABLE test_provider_charge_before;
