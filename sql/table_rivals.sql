-- The unique keys of the live table $1 by which two new rows r may clash: what to say, and a hash that is
-- equal where their values are (PostgreSQL 14), null where a null keeps them apart. $2: the columns that
-- rows have. $3, $4: the columns by which rows were looked up already; their keys are left out, and so are
-- keys on expressions and those of some rows only. indnullsnotdistinct came with PostgreSQL 15.
SELECT pg_catalog.format('duplicate key value violates unique constraint "%s": a new row before it has the same value', k.name),
       pg_catalog.format('CASE WHEN %s THEN pg_catalog.hash_record_extended(ROW(%s), 0) END', k.given, k.members)
FROM (
    SELECT x.relname AS name, pg_catalog.array_agg(a.attname)::pg_catalog.text[] AS columns,
           pg_catalog.string_agg(pg_catalog.format('r.%I', a.attname), ', ') AS members,
           CASE WHEN COALESCE((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::pg_catalog.bool, false) THEN 'true'
                ELSE pg_catalog.string_agg(pg_catalog.format('r.%I IS NOT NULL', a.attname), ' AND ') END AS given
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1])
    WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY x.relname, i.*, i.indexrelid
) k
WHERE k.columns <@ $2::pg_catalog.text[]
  AND NOT (k.columns <@ $3::pg_catalog.text[] AND k.columns @> $3::pg_catalog.text[])
  AND NOT (k.columns <@ $4::pg_catalog.text[] AND k.columns @> $4::pg_catalog.text[])
ORDER BY k.name
