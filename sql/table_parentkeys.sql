-- By which columns foreign keys refer to rows of table $1, or to those of a table that it is a partition of,
-- or of one of its partitions: its schema and name, the columns in their order, and the hash of them in a
-- row r, as table_foreign.sql has it.
SELECT DISTINCT n.nspname, p.relname, k.columns,
       pg_catalog.format('pg_catalog.hash_record_extended(ROW(%s), 0)', k.hashed)
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(b.attname ORDER BY b.attnum)::pg_catalog.text[] AS columns,
           pg_catalog.string_agg(pg_catalog.format('r.%I::%s', b.attname,
               CASE WHEN b.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype) THEN 'pg_catalog.int8'
                    WHEN b.atttypid = 'pg_catalog.float4'::pg_catalog.regtype THEN 'pg_catalog.float8'
                    ELSE pg_catalog.format_type(b.atttypid, -1) END), ', ' ORDER BY b.attnum) AS hashed
    FROM pg_catalog.pg_attribute b
    WHERE b.attrelid = c.confrelid AND b.attnum = ANY (c.confkey)) k
WHERE c.contype = 'f'
  AND (c.confrelid = $1::pg_catalog.regclass
       OR c.confrelid IN (SELECT s.relid FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.regclass) s(relid))
       OR c.conparentid = 0
          AND c.confrelid IN (SELECT s.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) s))
ORDER BY 1, 2, 3
