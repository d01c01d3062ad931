-- Unique indexes that identify rows: valid, of plain columns, without a condition. A row a column.
-- indnullsnotdistinct came with PostgreSQL 15.
SELECT i.indrelid, x.relname,
    CASE WHEN k.contype = 'p' THEN 'primary' WHEN k.contype = 'u' THEN 'unique' ELSE 'index' END,
    COALESCE((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::pg_catalog.bool, false),
    NOT i.indimmediate, a.attname
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint k
    ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u')
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY u (attnum, at)
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
WHERE i.indisunique AND i.indisvalid AND NOT i.indisexclusion
    AND i.indpred IS NULL AND i.indexprs IS NULL
    AND u.at <= i.indnkeyatts
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY i.indrelid, NOT i.indisprimary, k.contype IS NULL, x.relname COLLATE "C", u.at
