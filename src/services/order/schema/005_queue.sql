-- Orders that were accepted while checkout was too slow, and wait for their turn in the order of
-- their numbers. They are `prepared`, without a lease and without a due time. reserved_at: their
-- stock was asked for, and they are worked on as any order is.
CREATE TABLE order_queue (
    position BIGINT PRIMARY KEY,
    order_id UUID NOT NULL UNIQUE,
    accepted_at BIGINT NOT NULL,
    reserved_at BIGINT
);
CREATE INDEX order_queue_waiting ON order_queue (position) WHERE reserved_at IS NULL;

-- One process at a time asks for stock in the name of those who wait.
CREATE TABLE order_queue_lease (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    lease_owner UUID,
    lease_process TEXT,
    due_at BIGINT NOT NULL
);
INSERT INTO order_queue_lease (one, due_at) VALUES (1, 0);

-- The code of the error that an order came to nothing by.
ALTER TABLE orders ADD COLUMN refusal TEXT;
