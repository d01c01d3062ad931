-- The foreign keys of table $1, as text for a query with the child as s and the parent as p: the
-- constraint's name, the parent, ONLY where rows of its inheritance children do not count, the join,
-- and when a row has to match at all (MATCH SIMPLE: all columns given).
-- $2: the columns that rows have, null for all; what needs others is left out.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT c.conname,
       pg_catalog.format('"%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
                         pg_catalog.replace(p.relname, '"', '""')),
       CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END,
       pg_catalog.string_agg(pg_catalog.format('p.%I = s.%I', b.attname, a.attname), ' AND '),
       pg_catalog.string_agg(pg_catalog.format('s.%I IS NOT NULL', a.attname), ' AND ')
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k(child, parent)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'f'
GROUP BY c.oid, c.conname, n.nspname, p.relname, p.relkind
HAVING $2::pg_catalog.text[] IS NULL OR pg_catalog.bool_and(a.attname = ANY ($2::pg_catalog.text[]))
ORDER BY c.conname
