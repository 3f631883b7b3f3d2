-- Orders whose money is authorized at checkout and captured later by staff. An order keeps the mode
-- that the shop had when it was placed; capture_minor is what staff last asked to capture.
ALTER TABLE shop ADD COLUMN capture TEXT NOT NULL DEFAULT 'automatic'
    CHECK (capture IN ('automatic', 'manual'));

ALTER TABLE orders
    DROP CONSTRAINT orders_state_check,
    DROP CONSTRAINT orders_wanted_check,
    ADD COLUMN capture TEXT NOT NULL DEFAULT 'automatic',
    ADD COLUMN capture_minor BIGINT,
    ADD COLUMN captured_minor BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET captured_minor = CASE WHEN state = 'paid' THEN total_minor ELSE refunded_minor END
    WHERE state = 'paid' OR refunded_minor > 0;
ALTER TABLE orders
    ALTER COLUMN capture DROP DEFAULT,
    ADD CONSTRAINT orders_state_check CHECK (state IN ('prepared', 'pending_payment', 'authorized',
        'paid', 'declined', 'cancelled', 'refunded')),
    ADD CONSTRAINT orders_wanted_check CHECK (wanted IN ('cancelled', 'refunded', 'captured')),
    ADD CONSTRAINT orders_capture_check CHECK (capture IN ('automatic', 'manual')),
    ADD CONSTRAINT orders_capture_minor_check
        CHECK (capture_minor > 0 AND capture_minor <= total_minor),
    ADD CONSTRAINT orders_captured_minor_check
        CHECK (captured_minor >= 0 AND captured_minor <= total_minor),
    ADD CONSTRAINT orders_refunded_minor_check CHECK (refunded_minor <= captured_minor);
