-- The columns of table $1 that foreign keys of any table refer to.
SELECT DISTINCT a.attname
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)
WHERE c.confrelid = $1::pg_catalog.regclass AND c.contype = 'f'
