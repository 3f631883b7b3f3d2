-- Stock of what is tracked. Available is on_hand - reserved - backordered; a SKU without a row has
-- none. The checks hold whatever statement comes: stock cannot be sold twice.
CREATE TABLE stock (
    sku TEXT PRIMARY KEY,
    on_hand BIGINT NOT NULL CHECK (on_hand >= 0),
    reserved BIGINT NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    backordered BIGINT NOT NULL DEFAULT 0 CHECK (backordered >= 0),
    updated_at BIGINT NOT NULL,
    CHECK (reserved <= on_hand)
);

-- What an order holds of a SKU: `reserved` pieces that are there and `backordered` pieces that the
-- shop owes. One row for ever, its state moves.
CREATE TABLE reservation (
    order_id UUID NOT NULL,
    sku TEXT NOT NULL,
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    backordered BIGINT NOT NULL CHECK (backordered >= 0),
    backorder BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'sold', 'released', 'expired', 'returned')),
    expires_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, sku)
);
CREATE INDEX reservation_expiry ON reservation (expires_at) WHERE state = 'held';

-- Append-only: the sums of the three deltas over a SKU are its row in stock.
CREATE TABLE stock_movement (
    id UUID PRIMARY KEY,
    sku TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('counted', 'adjusted', 'reserved', 'released', 'expired', 'sold', 'returned')),
    on_hand_delta BIGINT NOT NULL,
    reserved_delta BIGINT NOT NULL,
    backordered_delta BIGINT NOT NULL,
    order_id UUID,
    actor TEXT,
    reason TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX stock_movement_sku ON stock_movement (sku, id);
