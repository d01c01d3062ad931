-- What the live table $1 demands of a row r, as conditions that are true when it is refused: SQLSTATE,
-- what to say, the columns that the condition needs, the condition. Foreign keys are left out: what they
-- refer to may be a new row too. $2: the columns that rows have; what needs others is left
-- out. $3, $4: the columns by which rows were looked up already; their unique keys are left out. $5: what
-- more holds of a live row t that has the unique value already. "=" is the operator class's own, whatever
-- the search_path. (unnest of several arrays is syntax, and must not be qualified.)
SELECT c.sqlstate, c.message, c.condition
FROM (
SELECT '23502' AS sqlstate, pg_catalog.format('null value in column "%s" violates not-null constraint', a.attname) AS message,
       ARRAY[a.attname]::pg_catalog.text[] AS columns, pg_catalog.format('r.%I IS NULL', a.attname) AS condition,
       1 AS rank, a.attnum::pg_catalog.text AS name
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
UNION ALL
SELECT '22001', pg_catalog.format('value too long for type %s', pg_catalog.format_type(a.atttypid, a.atttypmod)),
       ARRAY[a.attname]::pg_catalog.text[],
       pg_catalog.format('pg_catalog.char_length(pg_catalog.rtrim(r.%I::pg_catalog.text, '' '')) > %s', a.attname, a.atttypmod - 4), 0, a.attnum::pg_catalog.text
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid IN ('pg_catalog.varchar'::pg_catalog.regtype, 'pg_catalog.bpchar'::pg_catalog.regtype) AND a.atttypmod > 4
UNION ALL
SELECT '23514', pg_catalog.format('new row violates check constraint "%s"', c.conname),
       (SELECT pg_catalog.array_agg(a.attname)::pg_catalog.text[] FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)),
       pg_catalog.format('NOT (%s)', pg_catalog.pg_get_expr(c.conbin, c.conrelid)), 2, c.conname
FROM pg_catalog.pg_constraint c
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'c'
UNION ALL
SELECT '23505', pg_catalog.format('duplicate key value violates unique constraint "%s"', x.relname),
       pg_catalog.array_agg(a.attname)::pg_catalog.text[],
       pg_catalog.format('EXISTS (SELECT FROM %s%I.%I t WHERE %s%s)', CASE t.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, n.nspname, t.relname,
                         pg_catalog.string_agg(pg_catalog.format('t.%I OPERATOR(%I.%s) r.%I', a.attname, m.nspname, o.oprname, a.attname), ' AND '),
                         $5::pg_catalog.text), 3, x.relname
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest(i.indkey::pg_catalog.int2[], i.indclass::pg_catalog.oid[]) WITH ORDINALITY u(attribute, class, n)
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.attribute
JOIN pg_catalog.pg_opclass k ON k.oid = u.class
JOIN pg_catalog.pg_amop p ON p.amopfamily = k.opcfamily AND p.amopstrategy = 3
    AND p.amoplefttype = k.opcintype AND p.amoprighttype = k.opcintype
JOIN pg_catalog.pg_operator o ON o.oid = p.amopopr
JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace
WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    AND u.n <= i.indnkeyatts
GROUP BY x.relname, n.nspname, t.relname, t.relkind
) c
WHERE c.columns IS NULL
   OR (c.columns <@ $2::pg_catalog.text[]
       AND NOT (c.rank = 3 AND c.columns <@ $3::pg_catalog.text[] AND c.columns @> $3::pg_catalog.text[])
       AND NOT (c.rank = 3 AND c.columns <@ $4::pg_catalog.text[] AND c.columns @> $4::pg_catalog.text[]))
ORDER BY c.rank, c.name
