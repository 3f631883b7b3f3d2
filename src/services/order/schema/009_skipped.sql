-- Numbers that were left out by hand (souk numbers); the audit would miss orders of theirs.
ALTER TABLE order_number ADD COLUMN skipped BIGINT NOT NULL DEFAULT 0;
