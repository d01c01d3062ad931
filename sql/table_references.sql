-- The foreign keys of table $1, as text for a query with the child as s and the parent as p: the
-- constraint's name, the parent, ONLY where rows of its inheritance children do not count, the join
-- (by the operators that the constraint compares with, found whatever the search_path), and when a
-- row has to match at all: MATCH SIMPLE, all columns given; MATCH FULL, any.
-- $2: the columns that rows have, null for all; what needs others is left out.
-- Where the parent is partitioned the catalog also has a constraint of the same table to each of its
-- partitions (conparentid): these demand nothing of their own.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT c.conname,
       pg_catalog.format('"%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
                         pg_catalog.replace(p.relname, '"', '""')),
       CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END,
       pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) s.%I', b.attname, m.nspname, o.oprname, a.attname), ' AND '),
       pg_catalog.format('(%s)', pg_catalog.string_agg(pg_catalog.format('s.%I IS NOT NULL', a.attname),
                                                       CASE c.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END))
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey, c.conpfeqop) k(child, parent, operator)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent
JOIN pg_catalog.pg_operator o ON o.oid = k.operator
JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'f'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint w WHERE w.oid = c.conparentid AND w.conrelid = c.conrelid)
GROUP BY c.oid, c.conname, c.confmatchtype, n.nspname, p.relname, p.relkind
HAVING $2::pg_catalog.text[] IS NULL OR pg_catalog.bool_and(a.attname = ANY ($2::pg_catalog.text[]))
ORDER BY c.conname
