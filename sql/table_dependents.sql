-- Which foreign keys forbid to change what live rows refer to (NO ACTION, RESTRICT) in table $1, in a table that
-- it is a partition of, or in one of its partitions, as table_constraints.sql gives other demands: of rows r as an
-- UPDATE leaves them. $2: when a live row t is the row's own. $3: the columns that may change; keys without them
-- are left out.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT '23503', pg_catalog.format('update or delete on table "%s" violates foreign key constraint "%s" on table "%s"', o.relname, c.conname, l.relname),
       pg_catalog.format('CASE WHEN (SELECT NOT (%1$s) FROM %9$s%2$I.%3$I t WHERE %4$s)'
                         ' THEN (SELECT EXISTS (SELECT FROM %5$s%6$I.%7$I c WHERE %8$s) FROM %9$s%2$I.%3$I t WHERE %4$s) END',
                         k.same, n.nspname, o.relname, $2::pg_catalog.text,
                         CASE WHEN l.relkind = 'p' THEN '' ELSE 'ONLY ' END, m.nspname, l.relname, k.joined,
                         CASE WHEN o.relkind = 'p' THEN '' ELSE 'ONLY ' END)
FROM pg_catalog.pg_class o
JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
JOIN pg_catalog.pg_constraint c ON c.contype = 'f' AND c.conparentid = 0 AND c.confupdtype IN ('a', 'r')
    AND (c.confrelid = o.oid OR c.confrelid IN (SELECT s.relid FROM pg_catalog.pg_partition_ancestors(o.oid) s(relid))
         OR c.confrelid IN (SELECT s.relid FROM pg_catalog.pg_partition_tree(o.oid) s))
JOIN pg_catalog.pg_class l ON l.oid = c.conrelid
JOIN pg_catalog.pg_namespace m ON m.oid = l.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(b.attname)::pg_catalog.text[] AS columns,
           pg_catalog.string_agg(pg_catalog.format('COALESCE(t.%1$I OPERATOR(%2$I.%3$s) r.%1$I, t.%1$I IS NULL)', b.attname, v.nspname, e.oprname), ' AND ') AS same,
           pg_catalog.string_agg(pg_catalog.format('t.%I OPERATOR(%I.%s) c.%I', b.attname, w.nspname, q.oprname, a.attname), ' AND ') AS joined
    FROM unnest(c.conkey, c.confkey, c.conpfeqop, c.conppeqop) x(child, parent, operator, own)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = x.child
    JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = x.parent
    JOIN pg_catalog.pg_operator q ON q.oid = x.operator
    JOIN pg_catalog.pg_namespace w ON w.oid = q.oprnamespace
    JOIN pg_catalog.pg_operator e ON e.oid = x.own
    JOIN pg_catalog.pg_namespace v ON v.oid = e.oprnamespace
) k
WHERE o.oid = $1::pg_catalog.regclass AND k.columns && $3::pg_catalog.text[]
ORDER BY c.conname
