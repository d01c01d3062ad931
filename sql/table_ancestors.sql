-- Table $1, if it is a partition or partitioned, and what it is a partition of, in SQL form.
SELECT pg_catalog.format('"%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
                         pg_catalog.replace(c.relname, '"', '""'))
FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.regclass) a(oid)
JOIN pg_catalog.pg_class c ON c.oid = a.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
