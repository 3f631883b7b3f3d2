-- Below how many pieces for sale somebody should order more. 0: nobody minds.
ALTER TABLE stock ADD COLUMN low_below BIGINT NOT NULL DEFAULT 5 CHECK (low_below >= 0);
