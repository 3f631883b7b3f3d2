-- Which process holds the lease of an order: when it is gone, nobody needs to wait for the lease.
ALTER TABLE orders ADD COLUMN lease_process TEXT;
