-- The shop's own facts: one row.
CREATE TABLE shop (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    currencies TEXT NOT NULL,
    prices_include_tax BOOLEAN NOT NULL
);
INSERT INTO shop (one, name, currency, currencies, prices_include_tax)
VALUES (1, 'Souk', 'EUR', '["EUR"]', TRUE);

-- Of one class and priority the rate of a region replaces that of its country; priorities add up.
CREATE TABLE tax_rate (
    id UUID PRIMARY KEY,
    country TEXT NOT NULL,
    region TEXT NOT NULL,
    tax_class TEXT NOT NULL,
    name TEXT NOT NULL,
    rate_ppm BIGINT NOT NULL CHECK (rate_ppm >= 0 AND rate_ppm <= 1000000),
    priority BIGINT NOT NULL,
    on_shipping BOOLEAN NOT NULL,
    UNIQUE (country, region, tax_class, priority)
);

CREATE TABLE shipping_zone (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
-- A destination lies in one zone: that of its region, else of its country, else of '*'.
CREATE TABLE shipping_place (
    country TEXT NOT NULL,
    region TEXT NOT NULL,
    zone_id UUID NOT NULL REFERENCES shipping_zone (id),
    PRIMARY KEY (country, region)
);
CREATE INDEX shipping_place_zone ON shipping_place (zone_id);
CREATE TABLE shipping_rate (
    id UUID PRIMARY KEY,
    zone_id UUID NOT NULL REFERENCES shipping_zone (id),
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    estimate TEXT,
    basis TEXT NOT NULL CHECK (basis IN ('flat', 'weight', 'total')),
    bracket_from BIGINT NOT NULL CHECK (bracket_from >= 0),
    bracket_below BIGINT CHECK (bracket_below > bracket_from),
    currency TEXT NOT NULL,
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    free_over_minor BIGINT CHECK (free_over_minor >= 0)
);
CREATE INDEX shipping_rate_zone ON shipping_rate (zone_id, position);

-- `uses` counts the rows of coupon_use that were not returned; the check is the limit.
CREATE TABLE coupon (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'fixed', 'free_shipping')),
    percent_ppm BIGINT NOT NULL DEFAULT 0 CHECK (percent_ppm >= 0 AND percent_ppm <= 1000000),
    amount_minor BIGINT NOT NULL DEFAULT 0 CHECK (amount_minor >= 0),
    currency TEXT,
    minimum_minor BIGINT NOT NULL DEFAULT 0 CHECK (minimum_minor >= 0),
    starts_at BIGINT,
    ends_at BIGINT,
    uses_max BIGINT,
    uses_max_per_customer BIGINT,
    uses BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0),
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (uses_max IS NULL OR uses <= uses_max)
);

-- open: can be changed. ordering: an order is made of it. ordered, merged, abandoned: closed.
CREATE TABLE cart (
    id UUID PRIMARY KEY,
    version BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ordering', 'ordered', 'merged', 'abandoned')),
    customer_id UUID,
    currency TEXT NOT NULL,
    email TEXT,
    country TEXT,
    region TEXT,
    postcode TEXT,
    shipping_option TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX cart_of_customer ON cart (customer_id) WHERE state = 'open';
CREATE INDEX cart_age ON cart (updated_at) WHERE state = 'open';

-- unit_price_minor is what the shopper was last told while changing the cart.
CREATE TABLE cart_item (
    id UUID PRIMARY KEY,
    cart_id UUID NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 1 AND quantity <= 9999),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    UNIQUE (cart_id, sku)
);

CREATE TABLE cart_coupon (
    cart_id UUID NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    coupon_id UUID NOT NULL REFERENCES coupon (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (cart_id, coupon_id)
);
