-- How a customer wants to see the shop, on whatever device. NULL: not chosen.
CREATE TABLE user_preference (
    user_id UUID PRIMARY KEY,
    colour_scheme TEXT CHECK (colour_scheme IN ('system', 'light', 'dark')),
    currency TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
