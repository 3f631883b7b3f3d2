-- What must be one in the whole shop: number, request and the cart of a live order (it is null once
-- the order was declined or cancelled). On PostgreSQL orders are partitioned, and no constraint
-- holds across partitions but the one on their key.
CREATE TABLE orders_key (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    cart_id UUID UNIQUE REFERENCES cart (id),
    idempotency_scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    UNIQUE (idempotency_scope, idempotency_key)
);
INSERT INTO orders_key (id, number, cart_id, idempotency_scope, idempotency_key)
SELECT id, number, CASE WHEN state NOT IN ('declined', 'cancelled') THEN cart_id END,
    idempotency_scope, idempotency_key
FROM orders;
CREATE INDEX orders_cart ON orders (cart_id);

-- Partitions that were taken off; their orders are not in the shop any more. None on SQLite.
CREATE TABLE orders_detached (
    parent TEXT NOT NULL,
    name TEXT NOT NULL,
    lower UUID NOT NULL,
    upper UUID NOT NULL,
    detached_at BIGINT NOT NULL,
    PRIMARY KEY (parent, name)
);
