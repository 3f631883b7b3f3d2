-- What is to be done outside the database once a transaction is durable; see data/outbox.h.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    key TEXT,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    next_at BIGINT NOT NULL,
    done_at BIGINT,
    set_aside_at BIGINT,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX outbox_order ON outbox (consumer, key, id)
    WHERE done_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_set_aside ON outbox (set_aside_at) WHERE set_aside_at IS NOT NULL;
