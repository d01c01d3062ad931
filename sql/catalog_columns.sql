-- Columns in their order. Their sequence: the one that the default takes, else the identity's, else
-- the one they own, as a serial's does still when its default was dropped.
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(f.adbin, f.adrelid)
        ELSE '(' || pg_catalog.pg_get_expr(f.adbin, f.adrelid) || ')' END,
    a.attidentity, a.attgenerated <> '', sn.nspname, s.relname
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN LATERAL (
    SELECT d.oid FROM (
        SELECT e.refobjid AS oid, 1 AS rank
        FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND e.objid = f.oid
            AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        UNION ALL
        SELECT e.objid, CASE e.deptype WHEN 'i' THEN 2 ELSE 3 END
        FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND e.refobjid = a.attrelid AND e.refobjsubid = a.attnum
            AND e.deptype IN ('a', 'i')
    ) d
    JOIN pg_catalog.pg_class q ON q.oid = d.oid AND q.relkind = 'S'
    ORDER BY d.rank, d.oid LIMIT 1
) o ON true
LEFT JOIN pg_catalog.pg_class s ON s.oid = o.oid
LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY a.attrelid, a.attnum
