-- Tables partitioned by time. Their ids are UUIDv7, which begin with the time in ms, so a range of
-- ids is a range of time: the primary key stays the id alone, and whoever knows an id knows its
-- partition. There is no DEFAULT partition. With one, lists by id would look into every partition
-- instead of stopping in the newest, and nothing could be detached CONCURRENTLY. PARENT_past and
-- PARENT_future take what lies before and after the others, so that every row has its place
-- whatever was neglected.
--
-- These functions are given the schema, because a process may have several in its search_path, and
-- qualify every name. partition_config is written by the owner alone: keep_while is run as SQL.
CREATE TABLE partition_config (
    parent TEXT PRIMARY KEY,
    step TEXT NOT NULL CHECK (step IN ('month', 'year')),
    -- Where partitions that were detached are noted; null: this table's never are.
    record TEXT,
    -- In this order; a partition stays as long as this holds of one of its rows.
    detach_position BIGINT NOT NULL,
    keep_while TEXT
);

CREATE FUNCTION partition_floor(at TIMESTAMP) RETURNS UUID LANGUAGE sql IMMUTABLE AS $$
    SELECT CAST(rpad(lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS BIGINT)), 12, '0'), 32, '0')
        AS UUID)
$$;

CREATE FUNCTION partition_moment(id UUID) RETURNS TIMESTAMP LANGUAGE sql IMMUTABLE AS $$
    SELECT TIMESTAMP '1970-01-01' + INTERVAL '1 millisecond'
        * CAST(CAST('x' || left(replace(CAST(id AS TEXT), '-', ''), 12) AS BIT(48)) AS BIGINT)
$$;

-- The partitions of a table, the oldest first. A null bound has no end.
CREATE FUNCTION partition_bounds(home TEXT, parent TEXT)
RETURNS TABLE (name TEXT, lower UUID, upper UUID, part REGCLASS, pending BOOLEAN)
LANGUAGE sql STABLE AS $$
    SELECT c.relname, CAST(substring(b.bound FROM 'FROM \(''([0-9a-f-]+)''\)') AS UUID),
        CAST(substring(b.bound FROM 'TO \(''([0-9a-f-]+)''\)') AS UUID), CAST(c.oid AS REGCLASS),
        i.inhdetachpending
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
        LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
    WHERE i.inhparent = CAST(format('%I.%I', home, parent) AS REGCLASS)
    ORDER BY 2 NULLS FIRST, 1
$$;

-- Every partitioned table that the search_path leads to, and how many partitions it has for times
-- to come.
CREATE FUNCTION partition_parents() RETURNS TABLE (home TEXT, parent TEXT, ahead BIGINT)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    place TEXT;
BEGIN
    FOR place IN SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'partition_config' AND n.nspname = ANY (current_schemas(false))
    LOOP
        RETURN QUERY EXECUTE format('SELECT %1$L, c.parent, (SELECT COUNT(*)'
            ' FROM %1$I.partition_bounds(%1$L, c.parent) WHERE upper IS NOT NULL AND lower'
            ' > %1$I.partition_floor(date_trunc(c.step, now() AT TIME ZONE ''UTC'')))'
            ' FROM %1$I.partition_config c ORDER BY c.detach_position, c.parent', place);
    END LOOP;
END $$;

-- Makes the partitions from where PARENT_future begins to `ahead` steps after the one of today.
-- Returns how many. It runs as the owner, so that a service may have its partitions made without
-- the right to make tables: for a schema that it may use, for tables that are noted, and not far
-- ahead.
--
-- The parent is locked while PARENT_future is taken off and put back: some milliseconds, for which
-- it waits no longer than lock_timeout, because whoever comes after it waits too.
CREATE FUNCTION partition_premake(home TEXT, parent TEXT, ahead BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms'
AS $$
DECLARE
    whole TEXT := format('%I.%I', home, parent);
    future TEXT := format('%I.%I', home, parent || '_future');
    part TEXT;
    step TEXT;
    pace INTERVAL;
    edge TIMESTAMP;
    until TIMESTAMP;
    made BIGINT := 0;
BEGIN
    IF NOT has_schema_privilege(session_user, home, 'USAGE') OR ahead NOT BETWEEN 0 AND 60 THEN
        RAISE insufficient_privilege;
    END IF;
    EXECUTE format('SELECT step FROM %I.partition_config WHERE parent = $1', home)
        INTO STRICT step USING parent;
    pace := CAST('1 ' || step AS INTERVAL);
    until := date_trunc(step, now() AT TIME ZONE 'UTC') + pace * (ahead + 1);
    EXECUTE format('SELECT %1$I.partition_moment(lower) FROM %1$I.partition_bounds($1, $2)'
        ' WHERE name = $3', home) INTO STRICT edge USING home, parent, parent || '_future';
    IF edge >= until THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', whole);
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', whole, future);
    WHILE edge < until LOOP
        part := format('%I.%I', home, parent || to_char(edge,
            CASE step WHEN 'month' THEN '_YYYY_MM' ELSE '_YYYY' END));
        EXECUTE format('SELECT %1$I.partition_make(%2$L, %3$L, %4$L, %1$I.partition_floor(%5$L),'
            ' %1$I.partition_floor(%6$L))', home, whole, part, future, edge, edge + pace);
        edge := edge + pace;
        made := made + 1;
    END LOOP;
    EXECUTE format('SELECT %1$I.partition_attach(%2$L, %3$L, %1$I.partition_floor(%4$L), NULL)',
        home, whole, future, edge);
    RETURN made;
EXCEPTION WHEN duplicate_table THEN
    -- Another process was faster, after this transaction's snapshot: the next run sees it.
    RAISE serialization_failure;
END $$;

-- A null bound has no end.
CREATE FUNCTION partition_attach(whole TEXT, part TEXT, lower UUID, upper UUID) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', whole, part,
        coalesce(quote_literal(lower), 'MINVALUE'), coalesce(quote_literal(upper), 'MAXVALUE'));
END $$;

-- One partition, with what had to wait for it in another table. That is nothing as long as
-- partitions are made in time.
CREATE FUNCTION partition_make(whole TEXT, part TEXT, waiting TEXT, lower UUID, upper UUID)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    control TEXT := substring(pg_get_partkeydef(CAST(whole AS REGCLASS)) FROM '\((.*)\)');
BEGIN
    EXECUTE format('CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', part, whole,
        lower, upper);
    EXECUTE format('WITH moved AS (DELETE FROM %1$s WHERE %2$s >= $1 AND %2$s < $2 RETURNING *)'
        ' INSERT INTO %3$s SELECT * FROM moved', waiting, control, part) USING lower, upper;
END $$;

-- For migrations: a table of the current schema that was made PARTITION BY RANGE and has its row in
-- partition_config gets its partitions, from the first id on (ten years back at most) to three
-- steps ahead.
CREATE FUNCTION partition_begin(parent TEXT, step TEXT, first UUID) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    today TIMESTAMP := now() AT TIME ZONE 'UTC';
    edge UUID := partition_floor(date_trunc(step, greatest(today - INTERVAL '10 years',
        least(today, partition_moment(first)))));
BEGIN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%L)',
        parent || '_past', parent, edge);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE)',
        parent || '_future', parent, edge);
    PERFORM partition_premake(current_schema(), parent, 3);
END $$;

-- What may be detached: partitions that are over and end at `before` or earlier, of tables that
-- note them, but for months in which a row is to be kept. `sentence` is what to tell the server,
-- for it cannot be told in a function: CONCURRENTLY needs transactions of its own.
CREATE FUNCTION partition_old(home TEXT, before TIMESTAMP)
RETURNS TABLE (parent TEXT, name TEXT, lower UUID, upper UUID, keeps BOOLEAN, sentence TEXT)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    config RECORD;
    old RECORD;
    kept UUID[] := '{}';
    busy BOOLEAN;
BEGIN
    FOR config IN EXECUTE format('SELECT * FROM %I.partition_config WHERE record IS NOT NULL'
        ' ORDER BY detach_position, parent', home)
    LOOP
        FOR old IN EXECUTE format('SELECT * FROM %1$I.partition_bounds($1, $2)'
            ' WHERE lower IS NOT NULL AND upper <= %1$I.partition_floor($3)', home)
            USING home, config.parent,
                least(before, date_trunc(config.step, now() AT TIME ZONE 'UTC'))
        LOOP
            IF config.keep_while IS NOT NULL AND NOT old.pending THEN
                EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', old.part,
                    config.keep_while) INTO busy;
                IF busy THEN
                    kept := kept || old.lower;
                END IF;
            END IF;
            RETURN QUERY SELECT CAST(config.parent AS TEXT), old.name, old.lower, old.upper,
                old.lower = ANY (kept),
                format('ALTER TABLE %1$I.%2$I DETACH PARTITION %1$I.%3$I %4$s', home,
                    config.parent, old.name,
                    CASE WHEN old.pending THEN 'FINALIZE' ELSE 'CONCURRENTLY' END);
        END LOOP;
    END LOOP;
END $$;

-- Partitions that were detached, those first that were detached last: lines before their orders.
CREATE FUNCTION partition_away(home TEXT)
RETURNS TABLE (parent TEXT, name TEXT, lower UUID, upper UUID, here BOOLEAN)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    config RECORD;
BEGIN
    FOR config IN EXECUTE format('SELECT * FROM %I.partition_config WHERE record IS NOT NULL'
        ' ORDER BY detach_position DESC, parent', home)
    LOOP
        RETURN QUERY EXECUTE format('SELECT d.parent, d.name, d.lower, d.upper,'
            ' to_regclass(format(''%%I.%%I'', $1, d.name)) IS NOT NULL FROM %1$I.%2$I d'
            ' WHERE d.parent = $2 AND d.name NOT IN (SELECT p.name'
            ' FROM %1$I.partition_bounds($1, $2) p)'
            ' ORDER BY d.lower', home, config.record) USING home, config.parent;
    END LOOP;
END $$;

-- Notes a partition before it is detached.
CREATE FUNCTION partition_note(home TEXT, parent TEXT, name TEXT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    record TEXT;
BEGIN
    EXECUTE format('SELECT record FROM %I.partition_config WHERE parent = $1', home)
        INTO STRICT record USING parent;
    EXECUTE format('INSERT INTO %1$I.%2$I (parent, name, lower, upper, detached_at)'
        ' SELECT $2, name, lower, upper, CAST(extract(epoch FROM now()) * 1000 AS BIGINT)'
        ' FROM %1$I.partition_bounds($1, $2) WHERE name = $3 ON CONFLICT DO NOTHING', home, record)
        USING home, parent, name;
END $$;

-- Attaches a partition that was noted, and forgets the note.
CREATE FUNCTION partition_return(home TEXT, parent TEXT, name TEXT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    record TEXT;
    bounds RECORD;
BEGIN
    EXECUTE format('SELECT record FROM %I.partition_config WHERE parent = $1', home)
        INTO STRICT record USING parent;
    EXECUTE format('DELETE FROM %I.%I WHERE parent = $1 AND name = $2 RETURNING lower, upper', home,
        record) INTO STRICT bounds USING parent, name;
    EXECUTE format('SELECT %I.partition_attach(%L, %L, %L, %L)', home,
        format('%I.%I', home, parent), format('%I.%I', home, name), bounds.lower, bounds.upper);
END $$;

-- For people: what partitions there are, and which were taken off.
CREATE FUNCTION partition_list(home TEXT) RETURNS TABLE (sentence TEXT)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    config TEXT;
BEGIN
    FOR config IN EXECUTE format('SELECT parent FROM %I.partition_config'
        ' ORDER BY detach_position, parent', home)
    LOOP
        RETURN QUERY EXECUTE format('SELECT format(''%%s.%%s  from %%s to %%s  %%s rows  %%s'', $1,'
            ' p.name, coalesce(to_char(%1$I.partition_moment(lower), ''YYYY-MM-DD''), ''-''),'
            ' coalesce(to_char(%1$I.partition_moment(upper), ''YYYY-MM-DD''), ''-''),'
            ' greatest(CAST(c.reltuples AS BIGINT), 0),'
            ' pg_size_pretty(pg_total_relation_size(c.oid)))'
            ' FROM %1$I.partition_bounds($1, $2) p JOIN pg_class c ON c.oid = p.part'
            ' ORDER BY lower NULLS FIRST', home) USING home, config;
    END LOOP;
    RETURN QUERY EXECUTE format('SELECT format(''%%s.%%s  from %%s to %%s  %%s'', $1, name,'
        ' to_char(%1$I.partition_moment(lower), ''YYYY-MM-DD''),'
        ' to_char(%1$I.partition_moment(upper), ''YYYY-MM-DD''),'
        ' CASE WHEN here THEN ''detached'' ELSE ''detached and dropped'' END)'
        ' FROM %1$I.partition_away($1) ORDER BY name', home) USING home;
END $$;
