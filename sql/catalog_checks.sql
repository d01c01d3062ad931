SELECT k.conrelid, k.conname, '(' || pg_catalog.pg_get_expr(k.conbin, k.conrelid) || ')'
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND k.conislocal
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY k.conrelid, k.conname COLLATE "C"
