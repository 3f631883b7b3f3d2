-- Numbers for people are drawn from order_number, as before; PostgreSQL draws from a sequence.
SELECT 1;
