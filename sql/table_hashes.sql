-- The unique keys of the live table $1 by which two rows r may clash: the index, what to say, and a hash that is equal
-- where their values are (PostgreSQL 14), null where a null or the index's predicate keeps them apart. $2: the
-- columns that rows have. $3, $4: the columns by which rows were looked up already; their keys are left out.
-- $5: of the keys of plain columns only those that have one of these; null for all. Types that the server
-- cannot hash are compared by their text. The hash of nulls alone would be 0, but for the 1 before them.
-- indnullsnotdistinct came with PostgreSQL 15.
-- (unnest of several arrays is syntax, and must not be qualified.)
SELECT k.name,
       pg_catalog.format('duplicate key value violates unique constraint "%s"', k.name),
       pg_catalog.format('CASE WHEN %s THEN pg_catalog.hash_record_extended(ROW(1, %s), 0) END', k.given, k.members)
FROM (
    SELECT x.relname AS name, i.indpred IS NULL AND i.indexprs IS NULL AS plain,
           (SELECT pg_catalog.array_agg(a.attname)::pg_catalog.text[] FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attnum > 0
              AND (a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1])
                   OR (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL) AND a.attnum IN (
                       SELECT d.refobjsubid FROM pg_catalog.pg_depend d
                       WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                         AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid))) AS columns,
           pg_catalog.string_agg(CASE WHEN h.hashes THEN m.value ELSE m.value || '::pg_catalog.text' END, ', ' ORDER BY u.n) AS members,
           pg_catalog.concat_ws(' AND ', '(' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) || ')',
               CASE WHEN COALESCE((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::pg_catalog.bool, false) THEN 'true'
                    ELSE pg_catalog.string_agg(m.value || ' IS NOT NULL', ' AND ') END) AS given
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    CROSS JOIN LATERAL unnest(i.indkey::pg_catalog.int2[], i.indcollation::pg_catalog.oid[]) WITH ORDINALITY u(attribute, locale, n)
    JOIN pg_catalog.pg_attribute v ON v.attrelid = i.indexrelid AND v.attnum = u.n
    CROSS JOIN LATERAL (
        SELECT pg_catalog.format('((%s)%s)', pg_catalog.pg_get_indexdef(i.indexrelid, u.n::pg_catalog.int4, false),
                                 (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, l.collname)
                                  FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                                  WHERE l.oid = u.locale)) AS value) m
    CROSS JOIN LATERAL (
        SELECT t.typtype NOT IN ('b', 'd') OR t.typelem <> 0 OR EXISTS (
            SELECT FROM pg_catalog.pg_opclass c
            JOIN pg_catalog.pg_am f ON f.oid = c.opcmethod AND f.amname = 'hash'
            WHERE c.opcdefault AND (c.opcintype IN (t.oid, t.typbasetype) OR EXISTS (
                SELECT FROM pg_catalog.pg_cast b
                WHERE b.castsource IN (t.oid, t.typbasetype) AND b.casttarget = c.opcintype AND b.castmethod = 'b'))) AS hashes
        FROM pg_catalog.pg_type t WHERE t.oid = v.atttypid
    ) h
    WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND u.n <= i.indnkeyatts
    GROUP BY x.relname, i.*, i.indexrelid
) k
WHERE k.columns <@ $2::pg_catalog.text[]
  AND NOT (k.plain AND k.columns <@ $3::pg_catalog.text[] AND k.columns @> $3::pg_catalog.text[])
  AND NOT (k.plain AND k.columns <@ $4::pg_catalog.text[] AND k.columns @> $4::pg_catalog.text[])
  AND (NOT k.plain OR $5::pg_catalog.text[] IS NULL OR k.columns && $5::pg_catalog.text[])
ORDER BY k.name
