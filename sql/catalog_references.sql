-- Foreign keys, a row a pair of columns. What a reference to a partitioned table leaves behind for
-- each of its partitions is not one of its own.
SELECT k.conrelid, k.conname, a.attname, pn.nspname, p.relname, pa.attname, k.condeferrable
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey))
    WITH ORDINALITY u (attnum, parent_attnum, at)
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
JOIN pg_catalog.pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = u.parent_attnum
WHERE k.contype = 'f'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint o
        WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid)
ORDER BY k.conrelid, k.conname COLLATE "C", u.at
