-- The trace that an event was made in (traceparent of W3C Trace Context).
ALTER TABLE outbox ADD COLUMN traceparent TEXT;
