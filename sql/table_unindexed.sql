-- The foreign keys that refer to table $1 and whose columns no index of the child begins with, so that all of
-- the child is read for each row that is deleted: the child, by its name's parts; its pages; the columns, in
-- SQL. A partitioned child stands there as each of its partitions that has rows.
SELECT n.nspname, l.relname,
       pg_catalog.pg_relation_size(l.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8,
       x.columns
FROM pg_catalog.pg_constraint f
JOIN pg_catalog.pg_class k ON k.oid = f.conrelid
CROSS JOIN LATERAL (
    SELECT k.oid WHERE k.relkind <> 'p'
    UNION ALL
    SELECT p.relid FROM pg_catalog.pg_partition_tree(k.oid) p WHERE k.relkind = 'p' AND p.isleaf
) w(oid)
JOIN pg_catalog.pg_class l ON l.oid = w.oid
JOIN pg_catalog.pg_namespace n ON n.oid = l.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname), pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY c.at)
    FROM unnest(f.conkey) WITH ORDINALITY c(child, at)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = c.child
) x(names, columns)
WHERE f.confrelid = $1::pg_catalog.regclass AND f.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid = l.oid AND i.indisvalid AND i.indpred IS NULL AND x.names OPERATOR(pg_catalog.<@) ARRAY(
        SELECT b.attname FROM pg_catalog.pg_attribute b
        WHERE b.attrelid = l.oid
            AND b.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:pg_catalog.array_length(f.conkey, 1) - 1])))
ORDER BY 3 DESC, 1, 2
