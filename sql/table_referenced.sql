-- The columns of table $1, or of one of its partitions, that foreign keys of any table refer to: found by the
-- triggers that it has for them, for pg_constraint has no index on confrelid.
SELECT DISTINCT a.attname
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_constraint c ON c.oid = t.tgconstraint AND c.contype = 'f' AND c.confrelid = t.tgrelid
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)
WHERE t.tgisinternal
  AND t.tgrelid = ANY (ARRAY(SELECT $1::pg_catalog.regclass::pg_catalog.oid
                             UNION
                             SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p))
