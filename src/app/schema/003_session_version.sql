-- Grows with every change of a session: of two copies (app/copies.h) the newer one is known.
ALTER TABLE session ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
