-- How the values of the columns $2 of the table $1 compare: the type to cast them to (a cast to one
-- with a length would cut them; a domain's base, for its own constraints are the COPY's affair), the
-- schema of its operator =, and whether equal values have equal hashes.
WITH RECURSIVE base AS (
    SELECT w.n, a.atttypid AS type, a.atttypmod AS modifier
    FROM ROWS FROM (unnest($2::pg_catalog.text[])) WITH ORDINALITY w (name, n)
    JOIN pg_catalog.pg_attribute a
        ON a.attrelid = $1::pg_catalog.regclass AND a.attname = w.name AND NOT a.attisdropped
    UNION ALL
    SELECT b.n, t.typbasetype, t.typtypmod
    FROM base b
    JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype = 'd'
)
SELECT
    CASE t.oid
        WHEN 'pg_catalog.bpchar'::pg_catalog.regtype THEN 'pg_catalog.bpchar'
        WHEN 'pg_catalog.varchar'::pg_catalog.regtype THEN 'pg_catalog.text'
        WHEN 'pg_catalog.bit'::pg_catalog.regtype THEN 'pg_catalog.varbit'
        WHEN 'pg_catalog.varbit'::pg_catalog.regtype THEN 'pg_catalog.varbit'
        ELSE pg_catalog.format_type(t.oid, b.modifier)
    END,
    COALESCE(o.schema, 'pg_catalog'),
    t.typtype = 'e' OR t.oid = 'pg_catalog.varchar'::pg_catalog.regtype OR EXISTS (
        SELECT
        FROM pg_catalog.pg_opclass c
        JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod AND m.amname = 'hash'
        WHERE c.opcintype = t.oid AND c.opcdefault
    )
FROM base b
JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
LEFT JOIN LATERAL (
    SELECT pg_catalog.min(n.nspname::pg_catalog.text) AS schema
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_amop p ON p.amopfamily = c.opcfamily AND p.amopstrategy = 3
        AND p.amoplefttype = t.oid AND p.amoprighttype = t.oid
    JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
    JOIN pg_catalog.pg_operator r ON r.oid = p.amopopr AND r.oprname = '='
    JOIN pg_catalog.pg_namespace n ON n.oid = r.oprnamespace
    WHERE c.opcintype = t.oid AND c.opcdefault
) o ON true
ORDER BY b.n
