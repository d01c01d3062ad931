-- The unique keys of table $1 whose columns are all among $2: what to call them, and when a live row t
-- has the same as a row r (by the operators of the index, found whatever the search_path). $3: the
-- columns that say which row it is; their key comes first, with null for its name, and also where no
-- index holds it. Keys on expressions, and those of some rows only, are left out.
-- (unnest of several arrays is syntax, and must not be qualified.)
WITH keys AS (
    SELECT pg_catalog.array_agg(a.attname ORDER BY u.n)::pg_catalog.text[] AS columns,
           pg_catalog.string_agg(pg_catalog.format('t.%I OPERATOR(%I.%s) r.%I', a.attname, m.nspname, o.oprname, a.attname), ' AND ') AS condition
    FROM pg_catalog.pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::pg_catalog.int2[], i.indclass::pg_catalog.oid[]) WITH ORDINALITY u(attribute, class, n)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attribute
    JOIN pg_catalog.pg_opclass c ON c.oid = u.class
    JOIN pg_catalog.pg_amop p ON p.amopfamily = c.opcfamily AND p.amopstrategy = 3
        AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
    JOIN pg_catalog.pg_operator o ON o.oid = p.amopopr
    JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace
    WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
        AND u.n <= i.indnkeyatts
    GROUP BY i.indexrelid
), target AS (
    SELECT $3::pg_catalog.text[] AS columns,
           pg_catalog.string_agg(pg_catalog.format('t.%I = r.%I', w.name, w.name), ' AND ') AS condition
    FROM unnest($3::pg_catalog.text[]) w(name)
), named AS (
    SELECT k.columns, pg_catalog.min(k.condition) AS condition, k.columns <@ t.columns AND k.columns @> t.columns AS is_target
    FROM keys k, target t
    WHERE k.columns <@ $2::pg_catalog.text[]
    GROUP BY k.columns, t.columns
)
SELECT NULL AS name, COALESCE((SELECT pg_catalog.min(n.condition) FROM named n WHERE n.is_target), t.condition)
FROM target t
WHERE t.condition IS NOT NULL
UNION ALL
(SELECT CASE pg_catalog.cardinality(n.columns) WHEN 1 THEN n.columns[1]
        ELSE pg_catalog.format('(%s)', pg_catalog.array_to_string(n.columns, ', ')) END, n.condition
FROM named n
WHERE NOT n.is_target
ORDER BY n.columns)
