-- Numbers for people: S-10001 and on, without gaps.
CREATE TABLE order_number (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    last BIGINT NOT NULL
);
INSERT INTO order_number (one, last) VALUES (1, 10000);

-- An order is written before stock or money is asked for. `wanted` is where staff, or a checkout
-- that cannot go on, want it to end. Until `due_at` lease_owner alone works on it, afterwards
-- whoever takes the lease has to; null: it is done. reply_* is the first answer to its request.
CREATE TABLE orders (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    cart_id UUID NOT NULL REFERENCES cart (id),
    customer_id UUID,
    state TEXT NOT NULL CHECK (state IN
        ('prepared', 'pending_payment', 'paid', 'declined', 'cancelled', 'refunded')),
    wanted TEXT CHECK (wanted IN ('cancelled', 'refunded')),
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
    refunded_minor BIGINT NOT NULL DEFAULT 0,
    payment_provider TEXT,
    payment_token TEXT,
    payment_state TEXT,
    payment_reference TEXT,
    placed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    lease_owner UUID,
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
    CHECK (refunded_minor >= 0 AND refunded_minor <= total_minor)
);
CREATE UNIQUE INDEX orders_live_cart ON orders (cart_id)
    WHERE state NOT IN ('declined', 'cancelled');
CREATE INDEX orders_customer ON orders (customer_id, id);
CREATE INDEX orders_state ON orders (state, id);
CREATE INDEX orders_email ON orders (email);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE order_item (
    order_id UUID NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL,
    sku TEXT NOT NULL,
    handle TEXT NOT NULL,
    title TEXT NOT NULL,
    variant_title TEXT,
    options TEXT NOT NULL,
    image TEXT,
    quantity BIGINT NOT NULL CHECK (quantity >= 1),
    tracked BOOLEAN NOT NULL,
    backorder BOOLEAN NOT NULL,
    requires_shipping BOOLEAN NOT NULL,
    tax_class TEXT,
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    subtotal_minor BIGINT NOT NULL CHECK (subtotal_minor = unit_price_minor * quantity),
    discount_minor BIGINT NOT NULL CHECK (discount_minor >= 0 AND discount_minor <= subtotal_minor),
    tax_minor BIGINT NOT NULL CHECK (tax_minor >= 0),
    total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
    PRIMARY KEY (order_id, position)
);
CREATE INDEX order_item_sku ON order_item (sku);

CREATE TABLE order_tax (
    order_id UUID NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    rate_ppm BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL CHECK (tax_minor >= 0),
    PRIMARY KEY (order_id, position)
);

-- One row a use; returned when the order was not paid.
CREATE TABLE coupon_use (
    coupon_id UUID NOT NULL REFERENCES coupon (id),
    order_id UUID NOT NULL REFERENCES orders (id),
    code TEXT NOT NULL,
    email TEXT NOT NULL,
    customer_id UUID,
    discount_minor BIGINT NOT NULL CHECK (discount_minor >= 0),
    at BIGINT NOT NULL,
    returned_at BIGINT,
    PRIMARY KEY (order_id, coupon_id)
);
CREATE INDEX coupon_use_coupon ON coupon_use (coupon_id, email);

-- Append-only: what happened to an order.
CREATE TABLE order_event (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    state TEXT NOT NULL,
    actor TEXT,
    note TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX order_event_order ON order_event (order_id, id);
