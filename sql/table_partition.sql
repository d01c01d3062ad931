-- What being a partition, or partitioned, demands of a row r of the live table $1, as table_constraints.sql
-- gives other demands. $2: the columns that rows have; where the partition hangs on others too, nothing is
-- known. A partitioned table that no row fits, for it has no partitions, takes none.
SELECT c.sqlstate, c.message, c.condition
FROM (
SELECT '23514' AS sqlstate, pg_catalog.format('new row for relation "%s" violates partition constraint', t.relname) AS message,
       pg_catalog.format('NOT (%s)', pg_catalog.pg_get_partition_constraintdef(t.oid)) AS condition,
       ARRAY(SELECT s.relid::pg_catalog.oid FROM pg_catalog.pg_partition_ancestors(t.oid) s(relid)) AS relations
FROM pg_catalog.pg_class t
WHERE t.oid = $1::pg_catalog.regclass AND t.relispartition
UNION ALL
SELECT '23514', pg_catalog.format('no partition of relation "%s" found for row', t.relname),
       (SELECT pg_catalog.format('NOT (%s)', coalesce(pg_catalog.string_agg(pg_catalog.format('(%s)',
            coalesce(nullif(pg_catalog.pg_get_partition_constraintdef(s.relid), ''), 'true')), ' OR '), 'false'))
        FROM pg_catalog.pg_partition_tree(t.oid) s WHERE s.isleaf),
       ARRAY(SELECT s.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(t.oid) s)
FROM pg_catalog.pg_class t
WHERE t.oid = $1::pg_catalog.regclass AND t.relkind = 'p'
) c
WHERE c.condition IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_partitioned_table w
    CROSS JOIN LATERAL pg_catalog.unnest(w.partattrs::pg_catalog.int2[]) u(attribute)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = w.partrelid AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.attnum = u.attribute OR u.attribute = 0)
    WHERE w.partrelid = ANY (c.relations) AND a.attname <> ALL ($2::pg_catalog.text[]))
