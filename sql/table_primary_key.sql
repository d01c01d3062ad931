-- The primary key of table $1: its name, and its columns.
SELECT c.conname, a.attname
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'p'
