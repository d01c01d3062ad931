-- Whether table $1 is partitioned.
SELECT c.relkind = 'p'
FROM pg_catalog.pg_class c
WHERE c.oid = $1::pg_catalog.regclass
