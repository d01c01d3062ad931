-- The exclusion constraints of the live table $1, and its unique indexes of expressions or of some rows, as
-- table_constraints.sql gives the others. $2: the columns that rows have. $3: what more holds of a live row t
-- that a row r clashes with. An expression's names are those of the innermost relation that has them: t's in
-- the EXISTS, r's in k. "=" is the operator class's own, whatever the search_path.
SELECT c.sqlstate, c.message, c.condition
FROM (
SELECT CASE WHEN i.indisexclusion THEN '23P01' ELSE '23505' END AS sqlstate,
       pg_catalog.format(CASE WHEN i.indisexclusion THEN 'conflicting key value violates exclusion constraint "%s"'
                              ELSE 'duplicate key value violates unique constraint "%s"' END, x.relname) AS message,
       (SELECT pg_catalog.array_agg(a.attname)::pg_catalog.text[] FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attnum > 0
          AND (a.attnum = ANY (i.indkey::pg_catalog.int2[])
               OR a.attnum IN (SELECT d.refobjsubid FROM pg_catalog.pg_depend d
                               WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                                 AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid))) AS columns,
       pg_catalog.format('(SELECT EXISTS (SELECT FROM %s%I.%I t WHERE %s AND %s%s) FROM (SELECT %7$s WHERE %4$s) k)',
                         CASE t.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END,
                         n.nspname, t.relname, p.predicate, k.same, $3::pg_catalog.text, k.own) AS condition, x.relname AS name
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_constraint e ON e.conindid = i.indexrelid AND e.contype = 'x'
CROSS JOIN LATERAL (SELECT coalesce('(' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) || ')', 'true') AS predicate) p
CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(pg_catalog.format('(%s) %s k."pgbraid %s"', d.value, o.name, g.n), ' AND ') AS same,
           pg_catalog.string_agg(pg_catalog.format('(%s) AS "pgbraid %s"', d.value, g.n), ', ') AS own
    FROM pg_catalog.generate_series(1, i.indnkeyatts) g(n)
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(i.indexrelid, g.n, false) AS value) d
    CROSS JOIN LATERAL (
        SELECT pg_catalog.format('OPERATOR(%I.%s)', s.nspname, op.oprname) AS name
        FROM pg_catalog.pg_operator op JOIN pg_catalog.pg_namespace s ON s.oid = op.oprnamespace
        WHERE op.oid = coalesce(e.conexclop[g.n], (
            SELECT ao.amopopr FROM pg_catalog.pg_opclass oc
            JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 3
                AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
            WHERE oc.oid = i.indclass[g.n - 1]))) o
    ) k
WHERE i.indrelid = $1::pg_catalog.regclass
  AND (i.indisexclusion OR i.indisunique AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL))
) c
WHERE c.columns <@ $2::pg_catalog.text[]
ORDER BY c.name
