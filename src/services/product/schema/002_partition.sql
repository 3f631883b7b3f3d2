-- Ids and handles are one in the whole shop, and category_id is the first category under which the
-- product is filed (all zeros: none). On PostgreSQL products are partitioned by it, and no
-- constraint holds across partitions but those on their key.
CREATE TABLE product_key (
    id UUID PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    category_id UUID NOT NULL
);
INSERT INTO product_key (id, handle, category_id)
SELECT id, handle, COALESCE((SELECT c.category_id FROM product_category c
    WHERE c.product_id = product.id ORDER BY c.position, c.category_id LIMIT 1),
    '00000000-0000-0000-0000-000000000000')
FROM product;

ALTER TABLE product ADD COLUMN category_id UUID NOT NULL
    DEFAULT '00000000-0000-0000-0000-000000000000';
UPDATE product SET category_id = (SELECT category_id FROM product_key k WHERE k.id = product.id);
