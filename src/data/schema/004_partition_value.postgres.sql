-- Tables partitioned by the value of a column: a partition for each value of which there is much,
-- PARENT_other for all others, new ones among them, so that nobody has to make a partition before a
-- value may be used. `naming` finds the name of a value, $1, for its partition; it is run as SQL,
-- so the owner alone writes it.
CREATE TABLE partition_value (
    parent TEXT PRIMARY KEY,
    naming TEXT NOT NULL
);

-- Gives the value with the most rows in PARENT_other, `above` or more, a partition of its own, and
-- tells its name; null: there is none. Rows are moved while PARENT_other is locked, which takes
-- about a second for 10,000 products. One a transaction, so that nobody waits for two.
CREATE FUNCTION partition_split(home TEXT, parent TEXT, above BIGINT) RETURNS TEXT
LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
DECLARE
    other TEXT := format('%I.%I', home, parent || '_other');
    whole TEXT := format('%I.%I', home, parent);
    control TEXT := substring(pg_get_partkeydef(CAST(whole AS REGCLASS)) FROM '\((.*)\)');
    naming TEXT;
    value UUID;
    name TEXT;
    part TEXT;
BEGIN
    EXECUTE format('SELECT naming FROM %I.partition_value WHERE parent = $1', home)
        INTO STRICT naming USING parent;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', other);
    FOR value IN EXECUTE format('SELECT %1$s FROM %2$s GROUP BY 1 HAVING COUNT(*) >= $1'
        ' ORDER BY COUNT(*) DESC, 1', control, other) USING above
    LOOP
        EXECUTE format(naming, home) INTO name USING value;
        EXIT WHEN name IS NOT NULL;
    END LOOP;
    IF name IS NULL THEN
        RETURN NULL;
    END IF;
    name := parent || '_' || left(regexp_replace(lower(name), '[^a-z0-9]+', '_', 'g'), 40);
    IF to_regclass(format('%I.%I', home, name)) IS NOT NULL THEN
        name := name || '_' || right(CAST(value AS TEXT), 8);
    END IF;
    part := format('%I.%I', home, name);
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part,
        other);
    EXECUTE format('INSERT INTO %1$s SELECT * FROM %2$s WHERE %3$s = $1', part, other, control)
        USING value;
    EXECUTE format('DELETE FROM %s WHERE %s = $1', other, control) USING value;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES IN (%L)', whole, part, value);
    RETURN name;
END $$;

-- For people: what partitions there are.
CREATE FUNCTION partition_value_list(home TEXT) RETURNS TABLE (sentence TEXT)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    split TEXT;
BEGIN
    FOR split IN EXECUTE format('SELECT parent FROM %I.partition_value ORDER BY 1', home)
    LOOP
        RETURN QUERY SELECT format('%s.%s  %s  %s rows  %s', home, c.relname,
            pg_get_expr(c.relpartbound, c.oid), greatest(CAST(c.reltuples AS BIGINT), 0),
            pg_size_pretty(pg_total_relation_size(c.oid)))
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = CAST(format('%I.%I', home, split) AS REGCLASS)
            ORDER BY c.relname;
    END LOOP;
END $$;
