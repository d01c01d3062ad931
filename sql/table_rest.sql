-- The columns of the live table $1 that rows with the columns $2 do not bring, what they hold in a row that
-- is inserted, and whether they are generated. The value is null where it cannot be known: made by a
-- sequence or a function that is VOLATILE (by its name, for the catalog does not say what a default calls of
-- the server's own), a domain's, or generated of such columns. $3: whether the other columns are there
-- already, as in a live row; then their values do not matter, and only those generated are given.
-- What an expression needs hangs on the column or on its default, by the server's version.
WITH rest AS (
    SELECT a.attnum, a.attname, a.attgenerated <> '' AS generated,
           CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(g.adbin, g.adrelid)
                WHEN $3::pg_catalog.bool OR a.attidentity <> '' OR t.typtype = 'd' THEN NULL
                WHEN g.oid IS NULL THEN pg_catalog.format('NULL::%s', pg_catalog.format_type(a.atttypid, -1))
                WHEN NOT EXISTS (
                    SELECT FROM pg_catalog.pg_proc p
                    WHERE p.provolatile = 'v'
                      AND pg_catalog.strpos(pg_catalog.pg_get_expr(g.adbin, g.adrelid), p.proname || '(') > 0)
                THEN pg_catalog.format('(%s)::%s', pg_catalog.pg_get_expr(g.adbin, g.adrelid), pg_catalog.format_type(a.atttypid, -1))
           END AS value, g.oid AS definition
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef g ON g.adrelid = a.attrelid AND g.adnum = a.attnum
    WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname <> ALL (($2::pg_catalog.text[])::pg_catalog.name[])
)
SELECT r.attname,
       CASE WHEN NOT r.generated OR NOT EXISTS (
           SELECT FROM pg_catalog.pg_depend d
           JOIN rest n ON n.attnum = d.refobjsubid AND n.attnum <> r.attnum AND NOT n.generated
           WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1::pg_catalog.regclass
             AND (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = r.definition
                  OR d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = $1::pg_catalog.regclass
                     AND d.objsubid = r.attnum)
             AND n.value IS NULL AND NOT $3::pg_catalog.bool)
       THEN r.value END,
       r.generated
FROM rest r
ORDER BY r.generated, r.attnum
