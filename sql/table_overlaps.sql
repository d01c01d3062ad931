-- The exclusion constraints of the live table $1 by which two new rows may clash, of the columns $2 alone: what
-- to say; how many members; true of a row r that may clash at all; the members' values of it, their texts and
-- their types, with commas between them; a hash that is equal where those compared by an equality are, or 0;
-- when two rows a and b clash whose members are m0, m1 and so on.
SELECT pg_catalog.format('conflicting key value violates exclusion constraint "%s": a new row before it has one', x.relname),
       i.indnkeyatts, k.given, k.texts, k.types, k.hash, k.clash
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_constraint e ON e.conindid = i.indexrelid AND e.contype = 'x'
CROSS JOIN LATERAL (
    SELECT pg_catalog.concat_ws(' AND ', '(' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) || ')',
               pg_catalog.string_agg(pg_catalog.format('(%s) IS NOT NULL', d.value), ' AND ')) AS given,
           pg_catalog.string_agg(pg_catalog.format('(%s)::pg_catalog.text', d.value), ', ' ORDER BY g.n) AS texts,
           pg_catalog.string_agg(pg_catalog.format('pg_catalog.pg_typeof(%s)::pg_catalog.text', d.value), ', ' ORDER BY g.n) AS types,
           COALESCE(pg_catalog.format('pg_catalog.hash_record_extended(ROW(%s), 0)',
               pg_catalog.string_agg(pg_catalog.format('(%s)', d.value), ', ' ORDER BY g.n) FILTER (WHERE o.oprcanhash)), '0') AS hash,
           pg_catalog.string_agg(pg_catalog.format('a.m%s OPERATOR(%I.%s) b.m%s', g.n - 1, s.nspname, o.oprname, g.n - 1), ' AND ') AS clash
    FROM pg_catalog.generate_series(1, i.indnkeyatts) g(n)
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(i.indexrelid, g.n, false) AS value) d
    JOIN pg_catalog.pg_operator o ON o.oid = e.conexclop[g.n]
    JOIN pg_catalog.pg_namespace s ON s.oid = o.oprnamespace
) k
WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisexclusion
  AND (SELECT pg_catalog.array_agg(a.attname)::pg_catalog.text[] FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = i.indrelid AND a.attnum > 0
         AND (a.attnum = ANY (i.indkey::pg_catalog.int2[])
              OR a.attnum IN (SELECT d.refobjsubid FROM pg_catalog.pg_depend d
                              WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid))) <@ $2::pg_catalog.text[]
ORDER BY x.relname
