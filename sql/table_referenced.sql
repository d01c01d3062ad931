-- The columns of table $1, or of one of its partitions, that foreign keys of any table refer to.
SELECT DISTINCT a.attname
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)
WHERE c.contype = 'f'
  AND (c.confrelid = $1::pg_catalog.regclass
       OR c.confrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p))
