-- What moved in a span of time, a page at a time: one side of each movement.
CREATE INDEX ledger_entry_at ON ledger_entry (at, payment_id, movement) WHERE account = 'sales';
