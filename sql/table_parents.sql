-- The foreign keys of table $1, a line a column, a key's columns together: its number, the parent in
-- SQL form, ONLY where rows of its inheritance children do not count, the child's column bare and
-- the parent's in SQL form; the parent in display form, its column bare, and how many columns the key has.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT c.oid,
       pg_catalog.format('"%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
                         pg_catalog.replace(p.relname, '"', '""')),
       CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END,
       a.attname,
       pg_catalog.format('"%s"', pg_catalog.replace(b.attname, '"', '""')),
       c.confrelid::pg_catalog.regclass, b.attname, pg_catalog.cardinality(c.conkey)
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k(child, parent)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'f'
ORDER BY c.oid, k.child
