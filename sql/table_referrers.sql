-- The foreign keys that refer to table $1, or to one of its partitions alone, as text for a query with the
-- child as c and the parent as t: the child, with ONLY, for rows of its inheritance children do not count;
-- its name in display form's parts; the join, by the operators that the constraint compares with; the name of
-- the table that it is a partition of in the end; and an expression that names the child's rows, `child (x)=(y)`.
-- A partitioned child stands there as each of its
-- partitions that has rows. (unnest of several arrays is syntax, and must not be qualified.)
SELECT pg_catalog.format('ONLY "%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
                         pg_catalog.replace(l.relname, '"', '""')),
       n.nspname, l.relname,
       pg_catalog.string_agg(pg_catalog.format('t.%I OPERATOR(%I.%s) c.%I', b.attname, m.nspname, o.oprname, a.attname), ' AND '),
       rn.nspname, r.relname,
       pg_catalog.format('%L || pg_catalog.concat_ws('', '', %s) || '')''',
                         pg_catalog.format('%I.%I (%s)=(', n.nspname, l.relname, pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ')),
                         pg_catalog.string_agg(pg_catalog.format('t.%I', b.attname), ', '))
FROM pg_catalog.pg_constraint f
JOIN pg_catalog.pg_class k ON k.oid = f.conrelid
CROSS JOIN LATERAL (
    SELECT k.oid WHERE k.relkind <> 'p'
    UNION ALL
    SELECT p.relid FROM pg_catalog.pg_partition_tree(k.oid) p WHERE k.relkind = 'p' AND p.isleaf
) w(oid)
JOIN pg_catalog.pg_class l ON l.oid = w.oid
JOIN pg_catalog.pg_namespace n ON n.oid = l.relnamespace
LEFT JOIN pg_catalog.pg_class r ON l.relispartition AND r.oid = pg_catalog.pg_partition_root(l.oid)
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey, f.conpfeqop) x(child, parent, operator)
JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = x.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = x.parent
JOIN pg_catalog.pg_operator o ON o.oid = x.operator
JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace
WHERE f.contype = 'f'
  AND (f.confrelid = $1::pg_catalog.regclass
       OR f.conparentid = 0
          AND f.confrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p))
GROUP BY f.oid, l.oid, n.nspname, l.relname, rn.nspname, r.relname
