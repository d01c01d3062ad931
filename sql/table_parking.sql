-- In which column each unique index of table $1 lets a row's value be set aside while the rows exchange theirs, where
-- there is one: the index, its columns, the column, its type, how (parksql.h), a text's length (0: any). $2: the
-- columns that may be set; $3: of each the policy by which it is set, empty where it is not set alike in all rows. Only
-- an index whose columns have one policy counts, for the column is to be set in each row whose value moves. Never a
-- column that foreign keys refer to, that decides a row's partition, or that is generated. A member comes before a
-- column of an expression or predicate, null before a value, and a reference last. What a predicate speaks of is set so that
-- the row leaves the index: a boolean to what it does not ask for, what must be null to a value. indnullsnotdistinct came with
-- PostgreSQL 15. (unnest of several arrays is syntax, and must not be qualified.)
WITH given AS (
    SELECT w.name, w.policy FROM unnest($2::pg_catalog.text[], $3::pg_catalog.text[]) w(name, policy)
), related AS (
    SELECT t.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) t
    UNION SELECT a.relid FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.regclass) a
    UNION SELECT $1::pg_catalog.regclass
), fixed AS (
    SELECT a.attname
    FROM related r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relid
    WHERE EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.contype = 'f' AND c.confrelid = r.relid AND a.attnum = ANY (c.confkey))
       OR EXISTS (SELECT FROM pg_catalog.pg_partitioned_table p WHERE p.partrelid = r.relid AND a.attnum = ANY (p.partattrs::pg_catalog.int2[]))
), members AS (
    SELECT x.relname, a.*, g.policy, p.plain, p.spoken, p.empty, p.turned,
           NOT a.attnotnull AND NOT COALESCE((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::pg_catalog.bool, false) AS nulls,
           EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.contype = 'f' AND c.conrelid = i.indrelid AND a.attnum = ANY (c.conkey)) AS refers
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0
    LEFT JOIN given g ON g.name = a.attname
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate, pg_catalog.quote_ident(a.attname) AS name) f
    CROSS JOIN LATERAL (
        SELECT a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1]) AS plain,
               pg_catalog.strpos(pg_catalog.pg_get_expr(i.indexprs, i.indrelid), f.name) > 0 AS spoken,
               pg_catalog.strpos(f.predicate, '(' || f.name || ' IS NULL)') > 0 AS empty,
               CASE WHEN pg_catalog.strpos(f.predicate, f.name) > 0 THEN EXISTS (
                   SELECT FROM unnest(ARRAY['(NOT %s)', '(%s = false)', '(%s IS FALSE)', '(%s IS NOT TRUE)']) p(text)
                   WHERE pg_catalog.strpos(f.predicate, pg_catalog.format(p.text, f.name)) > 0) END AS turned) p
    WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique
      AND (p.plain OR a.attnum IN (
            SELECT d.refobjsubid FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid AND d.refobjid = i.indrelid))
), alike AS (
    SELECT m.relname, pg_catalog.format('(%s)', pg_catalog.string_agg(pg_catalog.quote_ident(m.attname), ', ')) AS columns
    FROM members m
    GROUP BY m.relname
    HAVING pg_catalog.min(m.policy) = pg_catalog.max(m.policy) AND pg_catalog.min(m.policy) <> ''
)
SELECT DISTINCT ON (m.relname) m.relname, s.columns, m.attname, pg_catalog.format_type(m.atttypid, m.atttypmod), w.way, w.length
FROM members m
JOIN alike s ON s.relname = m.relname
JOIN pg_catalog.pg_type t ON t.oid = m.atttypid
LEFT JOIN pg_catalog.pg_type d ON d.oid = t.typbasetype
CROSS JOIN LATERAL (
    SELECT COALESCE(d.typname, t.typname)::pg_catalog.text AS name,
           greatest(CASE WHEN d.oid IS NULL THEN m.atttypmod ELSE t.typtypmod END - 4, 0) AS length) b
CROSS JOIN LATERAL (
    SELECT 'null' AS way, CASE WHEN m.refers THEN 7 WHEN m.plain THEN 1 ELSE 5 END AS rank, 0 AS length
    WHERE m.nulls AND NOT t.typnotnull AND m.empty IS NOT TRUE
    UNION ALL
    SELECT CASE WHEN m.turned THEN 'true' ELSE 'false' END, 2, 0
    WHERE b.name = 'bool' AND m.turned IS NOT NULL
    UNION ALL
    SELECT k.way, CASE WHEN m.plain THEN 3 WHEN m.spoken THEN 4 ELSE 6 END, k.length
    FROM (VALUES ('int2', 'number', 0), ('int4', 'number', 0), ('int8', 'number', 0), ('numeric', 'number', 0), ('float4', 'number', 0),
                 ('float8', 'number', 0), ('date', 'day', 0), ('timestamp', 'time', 0), ('timestamptz', 'time', 0), ('uuid', 'uuid', 0),
                 ('bytea', 'bytes', 0), ('text', 'text', 0), ('citext', 'text', 0), ('varchar', NULL, b.length), ('bpchar', NULL, b.length)) n(name, way, length)
    CROSS JOIN LATERAL (
        SELECT COALESCE(n.way, CASE WHEN n.length NOT BETWEEN 1 AND 15 THEN 'text'
                                    WHEN pg_catalog.current_setting('server_encoding') = 'UTF8' THEN 'letters' END) AS way, n.length) k
    WHERE n.name = b.name AND k.way IS NOT NULL AND NOT m.refers) w
WHERE m.policy IS NOT NULL AND m.attgenerated = '' AND m.attname NOT IN (SELECT f.attname FROM fixed f)
ORDER BY m.relname, w.rank, m.attnum
