-- One payment an order: what is to be paid, how far it is. The row is there before the provider is
-- asked, and its key is what the provider is asked by.
CREATE TABLE payment (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    token TEXT,
    idempotency_key UUID NOT NULL UNIQUE,
    reference TEXT,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    captured_minor BIGINT NOT NULL DEFAULT 0 CHECK (captured_minor IN (0, amount_minor)),
    refunded_minor BIGINT NOT NULL DEFAULT 0
        CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
    state TEXT NOT NULL CHECK (state IN
        ('prepared', 'unknown', 'unavailable', 'captured', 'declined', 'refunded', 'voided')),
    detail TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Append-only but for the outcome: each question to a provider, written before it is asked. A row
-- without an outcome is a question whose answer was lost.
CREATE TABLE payment_attempt (
    id UUID PRIMARY KEY,
    payment_id UUID NOT NULL REFERENCES payment (id),
    operation TEXT NOT NULL CHECK (operation IN ('charge', 'refund', 'read_back')),
    outcome TEXT CHECK (outcome IN
        ('captured', 'declined', 'refunded', 'voided', 'nothing', 'unknown', 'unavailable')),
    detail TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX payment_attempt_payment ON payment_attempt (payment_id, id);

-- Double entry: the amounts of each movement add up to zero in each currency.
CREATE TABLE ledger_entry (
    payment_id UUID NOT NULL REFERENCES payment (id),
    movement TEXT NOT NULL CHECK (movement IN ('capture', 'refund')),
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    at BIGINT NOT NULL,
    PRIMARY KEY (payment_id, movement, account)
);

-- What the provider `test` remembers. It stands for a remote service: provider_builtin.c alone
-- touches it, in transactions of its own, so that it can hold a charge whose answer never arrived.
CREATE TABLE test_provider_charge (
    reference TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    refunded_minor BIGINT NOT NULL DEFAULT 0
        CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor),
    state TEXT NOT NULL CHECK (state IN ('captured', 'declined', 'refunded')),
    created_at BIGINT NOT NULL
);
