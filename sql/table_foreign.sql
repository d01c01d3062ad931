-- The foreign keys of table $1 whose columns are among $2 (null: all), for a dry run: name; the parent's schema and name, its
-- columns and the child's, in the order of the parent's; then for a row r of the child whether it refers to
-- anything, whether it refers to no live row, and the hash of what it refers to, which is equal to that of
-- table_parentkeys.sql where the values are (PostgreSQL 14).
-- Where the parent is partitioned the catalog also has a constraint of the same table to each of its
-- partitions (conparentid): these demand nothing of their own.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT c.conname, n.nspname, p.relname,
       pg_catalog.array_agg(b.attname ORDER BY b.attnum)::pg_catalog.text[],
       pg_catalog.array_agg(a.attname ORDER BY b.attnum)::pg_catalog.text[],
       g.given,
       pg_catalog.format('%s AND NOT EXISTS (SELECT FROM %s%I.%I p WHERE %s)', g.given,
                         CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END, n.nspname, p.relname,
                         pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) r.%I', b.attname, m.nspname, o.oprname, a.attname), ' AND ')),
       pg_catalog.format('pg_catalog.hash_record_extended(ROW(%s), 0)',
                         pg_catalog.string_agg(pg_catalog.format('r.%I::%s', a.attname, t.type), ', ' ORDER BY b.attnum))
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey, c.conpfeqop) k(child, parent, operator)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent
JOIN pg_catalog.pg_operator o ON o.oid = k.operator
JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace
CROSS JOIN LATERAL (
    SELECT CASE WHEN b.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype) THEN 'pg_catalog.int8'
                WHEN b.atttypid = 'pg_catalog.float4'::pg_catalog.regtype THEN 'pg_catalog.float8'
                ELSE pg_catalog.format_type(b.atttypid, -1) END AS type) t
CROSS JOIN LATERAL (
    SELECT pg_catalog.format('(%s)', pg_catalog.string_agg(pg_catalog.format('r.%I IS NOT NULL', y.attname),
                                                           CASE c.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END)) AS given
    FROM pg_catalog.pg_attribute y
    WHERE y.attrelid = c.conrelid AND y.attnum = ANY (c.conkey)) g
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'f'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint w WHERE w.oid = c.conparentid AND w.conrelid = c.conrelid)
GROUP BY c.oid, c.conname, p.relkind, p.relname, n.nspname, g.given
HAVING $2::pg_catalog.text[] IS NULL OR pg_catalog.bool_and(a.attname = ANY ($2::pg_catalog.text[]))
ORDER BY c.conname
