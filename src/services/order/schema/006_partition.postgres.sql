-- Orders and what grows with them in monthly partitions (data/schema/002_partition.postgres.sql),
-- split by the order's id. Everything refers to orders_key: it is not partitioned and its rows stay
-- when a partition is detached, so that no foreign key stands in the way.

-- What must be one in the whole shop: number, request and the cart of a live order (it is null once
-- the order was declined or cancelled).
CREATE TABLE orders_key (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    cart_id UUID UNIQUE REFERENCES cart (id),
    idempotency_scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    UNIQUE (idempotency_scope, idempotency_key),
    UNIQUE (id, number)
);
INSERT INTO orders_key (id, number, cart_id, idempotency_scope, idempotency_key)
SELECT id, number, CASE WHEN state NOT IN ('declined', 'cancelled') THEN cart_id END,
    idempotency_scope, idempotency_key
FROM orders;

-- Partitions that were taken off; their orders are not in the shop any more.
CREATE TABLE orders_detached (
    parent TEXT NOT NULL,
    name TEXT NOT NULL,
    lower UUID NOT NULL,
    upper UUID NOT NULL,
    detached_at BIGINT NOT NULL,
    PRIMARY KEY (parent, name)
);

-- The names of indexes go to the tables that are made anew.
ALTER TABLE coupon_use DROP CONSTRAINT coupon_use_order_id_fkey;
ALTER TABLE order_item RENAME TO order_item_before;
ALTER TABLE order_item_before DROP CONSTRAINT order_item_order_id_fkey,
    DROP CONSTRAINT order_item_pkey;
DROP INDEX order_item_sku;
ALTER TABLE order_tax RENAME TO order_tax_before;
ALTER TABLE order_tax_before DROP CONSTRAINT order_tax_order_id_fkey,
    DROP CONSTRAINT order_tax_pkey;
ALTER TABLE order_event RENAME TO order_event_before;
ALTER TABLE order_event_before DROP CONSTRAINT order_event_order_id_fkey,
    DROP CONSTRAINT order_event_pkey;
DROP INDEX order_event_order;
ALTER TABLE orders RENAME TO orders_before;
ALTER TABLE orders_before DROP CONSTRAINT orders_pkey, DROP CONSTRAINT orders_number_key,
    DROP CONSTRAINT orders_idempotency_scope_idempotency_key_key,
    DROP CONSTRAINT orders_cart_id_fkey;
DROP INDEX orders_live_cart, orders_customer, orders_state, orders_email, orders_due;

-- Together with the primary key: an order has its own row in orders_key, with its own number. Its
-- cart is not referred to: it may go when the order has been detached.
CREATE TABLE orders (
    LIKE orders_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (id),
    FOREIGN KEY (id, number) REFERENCES orders_key (id, number)
) PARTITION BY RANGE (id);
CREATE INDEX orders_cart ON orders (cart_id);
CREATE INDEX orders_customer ON orders (customer_id, id);
CREATE INDEX orders_state ON orders (state, id);
CREATE INDEX orders_email ON orders (email);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE order_item (
    LIKE order_item_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (order_id, position),
    FOREIGN KEY (order_id) REFERENCES orders_key (id)
) PARTITION BY RANGE (order_id);
CREATE INDEX order_item_sku ON order_item (sku);

CREATE TABLE order_tax (
    LIKE order_tax_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (order_id, position),
    FOREIGN KEY (order_id) REFERENCES orders_key (id)
) PARTITION BY RANGE (order_id);

CREATE TABLE order_event (
    LIKE order_event_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (order_id, id),
    FOREIGN KEY (order_id) REFERENCES orders_key (id)
) PARTITION BY RANGE (order_id);

-- Not partitioned: whether a customer may use a coupon again is asked over all time.
ALTER TABLE coupon_use ADD FOREIGN KEY (order_id) REFERENCES orders_key (id);

-- Orders go first, so that none is seen without its lines, and stay while somebody has to go on.
INSERT INTO partition_config (parent, step, record, detach_position, keep_while) VALUES
    ('orders', 'month', 'orders_detached', 1,
        'due_at IS NOT NULL OR wanted IS NOT NULL OR state IN (''prepared'', ''authorized'')'),
    ('order_item', 'month', 'orders_detached', 2, NULL),
    ('order_tax', 'month', 'orders_detached', 2, NULL),
    ('order_event', 'month', 'orders_detached', 2, NULL);
SELECT partition_begin(parent, step, (SELECT id FROM orders_before ORDER BY id LIMIT 1))
FROM partition_config WHERE record = 'orders_detached';

INSERT INTO orders SELECT * FROM orders_before;
INSERT INTO order_item SELECT * FROM order_item_before;
INSERT INTO order_tax SELECT * FROM order_tax_before;
INSERT INTO order_event SELECT * FROM order_event_before;
DROP TABLE order_event_before, order_tax_before, order_item_before, orders_before;
