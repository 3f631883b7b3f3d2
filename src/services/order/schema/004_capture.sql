-- Orders whose money is authorized at checkout and captured later by staff. An order keeps the mode
-- that the shop had when it was placed; capture_minor is what staff last asked to capture.
ALTER TABLE shop ADD COLUMN capture TEXT NOT NULL DEFAULT 'automatic'
    CHECK (capture IN ('automatic', 'manual'));

-- SQLite cannot change a CHECK, so the table is made anew. While it is gone its children point
-- nowhere; they find the same rows again before the commit.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE orders_before AS SELECT * FROM orders;
DROP TABLE orders;
CREATE TABLE orders (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    cart_id UUID NOT NULL REFERENCES cart (id),
    customer_id UUID,
    state TEXT NOT NULL CHECK (state IN
        ('prepared', 'pending_payment', 'authorized', 'paid', 'declined', 'cancelled', 'refunded')),
    wanted TEXT CHECK (wanted IN ('cancelled', 'refunded', 'captured')),
    reason TEXT,
    idempotency_scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    access_token TEXT NOT NULL,
    currency TEXT NOT NULL,
    email TEXT NOT NULL,
    shipping_address TEXT,
    billing_address TEXT NOT NULL,
    shipping_code TEXT,
    shipping_name TEXT,
    note TEXT,
    prices_include_tax BOOLEAN NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    shipping_minor BIGINT NOT NULL,
    shipping_tax_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    capture TEXT NOT NULL CHECK (capture IN ('automatic', 'manual')),
    capture_minor BIGINT CHECK (capture_minor > 0 AND capture_minor <= total_minor),
    captured_minor BIGINT NOT NULL DEFAULT 0,
    refunded_minor BIGINT NOT NULL DEFAULT 0,
    payment_provider TEXT,
    payment_token TEXT,
    payment_state TEXT,
    payment_reference TEXT,
    placed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    lease_owner UUID,
    lease_process TEXT,
    due_at BIGINT,
    tries BIGINT NOT NULL DEFAULT 0,
    reply_code TEXT,
    reply TEXT,
    UNIQUE (idempotency_scope, idempotency_key),
    CHECK (subtotal_minor >= 0 AND discount_minor >= 0 AND discount_minor <= subtotal_minor),
    CHECK (shipping_minor >= 0 AND tax_minor >= 0 AND shipping_tax_minor >= 0),
    CHECK (shipping_tax_minor <= tax_minor),
    CHECK (total_minor = subtotal_minor - discount_minor + shipping_minor
        + CASE WHEN prices_include_tax THEN 0 ELSE tax_minor END),
    CHECK (captured_minor >= 0 AND captured_minor <= total_minor),
    CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor)
);
INSERT INTO orders (id, number, cart_id, customer_id, state, wanted, reason, idempotency_scope,
    idempotency_key, request_hash, access_token, currency, email, shipping_address,
    billing_address, shipping_code, shipping_name, note, prices_include_tax, subtotal_minor,
    discount_minor, shipping_minor, shipping_tax_minor, tax_minor, total_minor, capture,
    captured_minor, refunded_minor,
    payment_provider, payment_token, payment_state, payment_reference, placed_at, updated_at,
    lease_owner, lease_process, due_at, tries, reply_code, reply)
SELECT id, number, cart_id, customer_id, state, wanted, reason, idempotency_scope, idempotency_key,
    request_hash, access_token, currency, email, shipping_address, billing_address, shipping_code,
    shipping_name, note, prices_include_tax, subtotal_minor, discount_minor, shipping_minor,
    shipping_tax_minor, tax_minor, total_minor, 'automatic',
    CASE WHEN state = 'paid' THEN total_minor ELSE refunded_minor END, refunded_minor,
    payment_provider, payment_token, payment_state, payment_reference, placed_at, updated_at,
    lease_owner, lease_process, due_at, tries, reply_code, reply
FROM orders_before;
DROP TABLE orders_before;
CREATE UNIQUE INDEX orders_live_cart ON orders (cart_id)
    WHERE state NOT IN ('declined', 'cancelled');
CREATE INDEX orders_customer ON orders (customer_id, id);
CREATE INDEX orders_state ON orders (state, id);
CREATE INDEX orders_email ON orders (email);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
