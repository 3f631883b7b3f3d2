-- Products partitioned by the first category under which they are filed (all zeros: none). Small
-- categories and new ones lie together in product_other, the DEFAULT partition; `souk partitions
-- --split-above N` gives the large ones their own (data/schema/004_partition_value.postgres.sql).
-- What belongs to a product refers to product_key and is found by the product's id.

-- Ids and handles are one in the whole shop. The category leads from an id to the partition.
CREATE TABLE product_key (
    id UUID PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    category_id UUID NOT NULL,
    UNIQUE (id, handle, category_id)
);
INSERT INTO product_key (id, handle, category_id)
SELECT id, handle, COALESCE((SELECT c.category_id FROM product_category c
    WHERE c.product_id = product.id ORDER BY c.position, c.category_id LIMIT 1),
    '00000000-0000-0000-0000-000000000000')
FROM product;

ALTER TABLE image DROP CONSTRAINT image_product_id_fkey,
    ADD FOREIGN KEY (product_id) REFERENCES product_key (id);
ALTER TABLE variant DROP CONSTRAINT variant_product_id_fkey,
    ADD FOREIGN KEY (product_id) REFERENCES product_key (id);
ALTER TABLE product_category DROP CONSTRAINT product_category_product_id_fkey,
    ADD FOREIGN KEY (product_id) REFERENCES product_key (id);
ALTER TABLE product_attribute DROP CONSTRAINT product_attribute_product_id_fkey,
    ADD FOREIGN KEY (product_id) REFERENCES product_key (id);

-- The names of indexes go to the table that is made anew.
ALTER TABLE product RENAME TO product_before;
ALTER TABLE product_before DROP CONSTRAINT product_pkey, DROP CONSTRAINT product_handle_key;
DROP INDEX product_changed;

-- Each product has the row in product_key that says the same of it, so neither its id nor its
-- handle can be another's too. That is looked at before the commit: when a product changes its
-- category both rows change, one after the other.
CREATE TABLE product (
    LIKE product_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    category_id UUID NOT NULL,
    PRIMARY KEY (id, category_id),
    FOREIGN KEY (id, handle, category_id) REFERENCES product_key (id, handle, category_id)
        DEFERRABLE INITIALLY DEFERRED
) PARTITION BY LIST (category_id);
CREATE TABLE product_other PARTITION OF product DEFAULT;
-- Not unique: that would be so within a partition only. The row of `catalogue`, which counts the
-- changes, is locked by each writer until it commits.
CREATE INDEX product_changed ON product (changed);

INSERT INTO product SELECT b.*, k.category_id FROM product_before b JOIN product_key k USING (id);
DROP TABLE product_before;

INSERT INTO partition_value (parent, naming)
VALUES ('product', 'SELECT handle FROM %I.category WHERE id = $1');
