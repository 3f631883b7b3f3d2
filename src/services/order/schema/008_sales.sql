-- The sales report: what was cancelled since a moment, and orders that nothing was paid for, which
-- the ledger knows nothing of. Few orders are in either.
CREATE INDEX orders_cancelled ON orders (updated_at) WHERE state = 'cancelled';
CREATE INDEX orders_free ON orders (id) WHERE total_minor = 0;
