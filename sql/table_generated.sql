-- The generated columns of the live table $1 that can be computed of the columns $2, and how: name and
-- expression. What an expression needs hangs on the column or on its default, by the server's version.
SELECT a.attname, pg_catalog.pg_get_expr(g.adbin, g.adrelid)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_attrdef g ON g.adrelid = a.attrelid AND g.adnum = a.attnum
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attgenerated <> '' AND NOT a.attisdropped
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_attribute n ON n.attrelid = d.refobjid AND n.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid AND d.refobjsubid <> 0
      AND d.refobjsubid <> a.attnum
      AND (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = g.oid
           OR d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum)
      AND n.attname <> ALL (($2::pg_catalog.text[])::pg_catalog.name[]))
ORDER BY a.attnum
