-- Counts what changed in the catalogue, in the order of the commits: the row is locked by each
-- writer until it commits, so a follower that has seen a number has seen everything before it.
-- `categories` is the number of the last change of the category tree.
CREATE TABLE catalogue (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    sequence BIGINT NOT NULL,
    categories BIGINT NOT NULL
);
INSERT INTO catalogue (one, sequence, categories) VALUES (1, 0, 0);

-- Products are archived, never deleted: orders and links keep pointing somewhere. `tags` and
-- `options` are JSON arrays of text; `changed` is the number of its last change, `extra` what
-- imported columns held that mean nothing here.
CREATE TABLE product (
    id UUID PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description_html TEXT,
    brand TEXT,
    type TEXT,
    tags TEXT NOT NULL,
    options TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    published BOOLEAN NOT NULL,
    gift_card BOOLEAN NOT NULL,
    seo_title TEXT,
    seo_description TEXT,
    popularity BIGINT NOT NULL CHECK (popularity >= 0),
    extra TEXT,
    version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    published_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX product_changed ON product (changed);

-- Exactly one of url (a picture elsewhere) and media (the SHA-256 of one stored here). `source`
-- is what an import called it.
CREATE TABLE image (
    id UUID PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES product (id),
    position BIGINT NOT NULL,
    alt TEXT,
    source TEXT,
    url TEXT,
    media TEXT,
    width BIGINT,
    height BIGINT,
    CHECK ((url IS NULL) <> (media IS NULL))
);
CREATE INDEX image_product ON image (product_id, position);
CREATE INDEX image_media ON image (media);

-- `options` is a JSON array with a value for each option of the product. `stock_imported` is
-- what the last import counted, so that importing the same file again does not undo sales.
CREATE TABLE variant (
    id UUID PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES product (id),
    position BIGINT NOT NULL,
    sku TEXT NOT NULL UNIQUE,
    barcode TEXT,
    options TEXT NOT NULL,
    cost_minor BIGINT CHECK (cost_minor >= 0),
    weight_g BIGINT CHECK (weight_g >= 0),
    tracked BOOLEAN NOT NULL,
    policy TEXT NOT NULL CHECK (policy IN ('deny', 'continue')),
    taxable BOOLEAN NOT NULL,
    tax_class TEXT NOT NULL,
    requires_shipping BOOLEAN NOT NULL,
    image_id UUID REFERENCES image (id),
    stock_imported BIGINT,
    extra TEXT
);
CREATE INDEX variant_product ON variant (product_id, position);

CREATE TABLE price (
    variant_id UUID NOT NULL REFERENCES variant (id),
    currency TEXT NOT NULL,
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    compare_at_minor BIGINT CHECK (compare_at_minor >= 0),
    PRIMARY KEY (variant_id, currency)
);

CREATE TABLE category (
    id UUID PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    parent_id UUID REFERENCES category (id),
    title TEXT NOT NULL,
    description TEXT,
    position BIGINT NOT NULL,
    media TEXT,
    width BIGINT,
    height BIGINT,
    version BIGINT NOT NULL
);

CREATE TABLE product_category (
    product_id UUID NOT NULL REFERENCES product (id),
    category_id UUID NOT NULL REFERENCES category (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (product_id, category_id)
);
CREATE INDEX product_category_category ON product_category (category_id);

CREATE TABLE attribute (
    code TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'boolean', 'date', 'url'))
);

CREATE TABLE product_attribute (
    product_id UUID NOT NULL REFERENCES product (id),
    code TEXT NOT NULL REFERENCES attribute (code),
    position BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (product_id, code)
);
