-- The catalog in the words of merge-stream(5)'s facts, as far as they are compared with a dump's.
-- An oracle of its own: it shares nothing with the tools.
SET search_path = '';

CREATE FUNCTION pg_temp.display(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN name ~ '^[a-z_][a-z0-9_$]*$' THEN name
           ELSE '"' || pg_catalog.replace(name, '"', '""') || '"' END
$$;

CREATE FUNCTION pg_temp.relation(oid oid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT pg_temp.display(n.nspname) || '.' || pg_temp.display(c.relname)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = $1
$$;

CREATE FUNCTION pg_temp.columns(relation oid, numbers int2[]) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '(' || pg_catalog.string_agg(pg_temp.display(a.attname), ', ' ORDER BY u.i) || ')'
    FROM pg_catalog.unnest(numbers) WITH ORDINALITY u (number, i)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = relation AND a.attnum = u.number
$$;

CREATE FUNCTION pg_temp.truth(value boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value THEN 'yes' ELSE 'no' END
$$;

-- Relations that the script made: not the system's, not an extension's, not temporary.
CREATE TEMP VIEW relations AS
SELECT c.oid, c.relkind
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
            AND d.deptype = 'e');

COPY (
    SELECT 'table', pg_temp.relation(r.oid),
        CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'matview' ELSE 'foreign' END,
        coalesce((SELECT pg_catalog.string_agg(pg_temp.relation(i.inhparent), ' ' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits i WHERE i.inhrelid = r.oid), '-')
    FROM pg_temp.relations r
) TO STDOUT;

COPY (
    SELECT 'column', pg_temp.relation(r.oid), a.attname,
        pg_catalog.format_type(a.atttypid, a.atttypmod), pg_temp.truth(a.attnotnull),
        CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' ELSE 'no' END,
        pg_temp.truth(a.attgenerated <> '')
    FROM pg_temp.relations r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f')
) TO STDOUT;

COPY (
    SELECT 'key', pg_temp.relation(r.oid), k.relname,
        CASE c.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'index' END,
        pg_temp.columns(r.oid, (pg_catalog.string_to_array(i.indkey::text, ' ')::int2[])[1:i.indnkeyatts]),
        pg_temp.truth(i.indnullsnotdistinct), pg_temp.truth(coalesce(c.condeferrable, false))
    FROM pg_temp.relations r
    JOIN pg_catalog.pg_index i ON i.indrelid = r.oid AND i.indisunique
        AND i.indpred IS NULL AND i.indexprs IS NULL
    JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_constraint c ON c.conindid = k.oid AND c.contype IN ('p', 'u', 'x')
) TO STDOUT;

-- Not those that a reference to a partitioned table has for each partition.
COPY (
    SELECT 'reference', pg_temp.relation(r.oid), c.conname, pg_temp.columns(r.oid, c.conkey),
        pg_temp.relation(c.confrelid), pg_temp.columns(c.confrelid, c.confkey),
        pg_temp.truth(c.condeferrable)
    FROM pg_temp.relations r
    JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid AND c.contype = 'f'
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p
        WHERE p.oid = c.conparentid AND p.confrelid <> c.confrelid)
) TO STDOUT;

COPY (
    SELECT 'enum', pg_temp.display(n.nspname) || '.' || pg_temp.display(t.typname),
        pg_catalog.string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder)
    FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid
            AND d.deptype = 'e')
    GROUP BY n.nspname, t.typname
) TO STDOUT;

COPY (
    SELECT 'sequence', pg_temp.relation(s.oid),
        coalesce(q.last_value, q.start_value), pg_temp.truth(q.last_value IS NOT NULL)
    FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
    JOIN pg_catalog.pg_sequences q ON q.schemaname = n.nspname AND q.sequencename = s.relname
    WHERE s.relkind = 'S' AND s.relpersistence <> 't'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.oid
                AND d.deptype = 'e')
) TO STDOUT;
