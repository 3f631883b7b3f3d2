-- Numbers for people, drawn without waiting for the orders before: an order that is not written
-- leaves a gap.
CREATE SEQUENCE order_number_drawn;
SELECT setval('order_number_drawn', last) FROM order_number;

CREATE FUNCTION order_number_draw() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.last := nextval('order_number_drawn');
    RETURN NEW;
END $$;
-- The version before draws from the table: it gets its numbers from the sequence too.
CREATE TRIGGER order_number_draw BEFORE UPDATE ON order_number
    FOR EACH ROW EXECUTE FUNCTION order_number_draw();
