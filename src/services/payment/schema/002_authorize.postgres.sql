-- Payments that are authorized first and captured later, all or a part; and payments that were
-- closed while a charge may still have been on its way, which are asked about again at `check_at`.

-- payment_check: the name that PostgreSQL gave `captured_minor IN (0, amount_minor)`.
ALTER TABLE payment
    DROP CONSTRAINT payment_check,
    DROP CONSTRAINT payment_state_check,
    ADD COLUMN capture TEXT NOT NULL DEFAULT 'automatic',
    ADD COLUMN check_at BIGINT,
    ADD COLUMN checks BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT payment_captured_check
        CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
    ADD CONSTRAINT payment_capture_check CHECK (capture IN ('automatic', 'manual')),
    ADD CONSTRAINT payment_state_check CHECK (state IN ('prepared', 'unknown', 'unavailable',
        'authorized', 'captured', 'declined', 'refunded', 'voided'));
ALTER TABLE payment ALTER COLUMN capture DROP DEFAULT;
-- What was closed before this file is asked about once: 12 is the last time.
UPDATE payment SET check_at = updated_at, checks = 12 WHERE state = 'voided';
CREATE INDEX payment_due ON payment (check_at) WHERE check_at IS NOT NULL;

-- amount_minor: of a question that names one.
ALTER TABLE payment_attempt
    DROP CONSTRAINT payment_attempt_operation_check,
    DROP CONSTRAINT payment_attempt_outcome_check,
    ADD COLUMN amount_minor BIGINT CHECK (amount_minor > 0),
    ADD CONSTRAINT payment_attempt_operation_check CHECK (operation IN
        ('charge', 'authorize', 'capture', 'void', 'refund', 'read_back')),
    ADD CONSTRAINT payment_attempt_outcome_check CHECK (outcome IN ('authorized', 'captured',
        'declined', 'refunded', 'voided', 'nothing', 'unknown', 'unavailable'));

-- lands_at: when the provider itself comes to know of it; later than now for a charge that is still
-- on its way.
ALTER TABLE test_provider_charge
    DROP CONSTRAINT test_provider_charge_state_check,
    ADD COLUMN captured_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN lands_at BIGINT NOT NULL DEFAULT 0;
UPDATE test_provider_charge SET lands_at = created_at,
    captured_minor = CASE WHEN state = 'declined' THEN 0 ELSE amount_minor END;
ALTER TABLE test_provider_charge
    ALTER COLUMN captured_minor DROP DEFAULT,
    ALTER COLUMN lands_at DROP DEFAULT,
    ADD CONSTRAINT test_provider_charge_state_check CHECK (state IN
        ('authorized', 'captured', 'declined', 'refunded', 'voided')),
    ADD CONSTRAINT test_provider_charge_captured_check
        CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
    ADD CONSTRAINT test_provider_charge_refunded_check CHECK (refunded_minor <= captured_minor);
