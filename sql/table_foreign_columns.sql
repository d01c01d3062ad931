-- The columns of table $1 that are members of a foreign key, with what they refer to: table and column; the key.
SELECT a.attname, c.confrelid::pg_catalog.regclass, p.attname, c.oid, pg_catalog.cardinality(c.conkey)
FROM pg_catalog.pg_constraint c
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k(child, parent)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
JOIN pg_catalog.pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = k.parent
WHERE c.conrelid = $1::pg_catalog.regclass AND c.contype = 'f'
ORDER BY c.oid
