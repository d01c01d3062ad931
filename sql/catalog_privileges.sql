-- $1 tables, $2 sequences (SQL names), $3 tables whose rows may be updated: what the role lacks, as
-- the statements that grant it. What stands in a schema without USAGE cannot even be asked for.
WITH wanted AS (
    SELECT c.oid, c.relnamespace, c.relkind, c.relname, p.privilege,
        CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, p.privilege)
            ELSE pg_catalog.has_table_privilege(c.oid, p.privilege) END AS held
    FROM (
        SELECT t.name, 'SELECT' AS privilege FROM pg_catalog.unnest($1::pg_catalog.text[]) t (name)
        UNION ALL
        SELECT t.name, 'INSERT' FROM pg_catalog.unnest($1::pg_catalog.text[]) t (name)
        UNION ALL
        SELECT t.name, 'UPDATE' FROM pg_catalog.unnest($3::pg_catalog.text[]) t (name)
        UNION ALL
        SELECT t.name, 'USAGE' FROM pg_catalog.unnest($2::pg_catalog.text[]) t (name)
        UNION ALL
        SELECT t.name, 'SELECT' FROM pg_catalog.unnest($2::pg_catalog.text[]) t (name)
        UNION ALL
        SELECT t.name, 'UPDATE' FROM pg_catalog.unnest($2::pg_catalog.text[]) t (name)
    ) p
    JOIN pg_catalog.pg_class c ON true
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE pg_catalog.format('"%s"."%s"', pg_catalog.replace(n.nspname, '"', '""'),
        pg_catalog.replace(c.relname, '"', '""')) = p.name
)
SELECT pg_catalog.format('GRANT %s ON %s%I.%I TO %I;',
    pg_catalog.string_agg(w.privilege, ', ' ORDER BY w.privilege),
    CASE WHEN w.relkind = 'S' THEN 'SEQUENCE ' ELSE '' END, n.nspname, w.relname, current_user), 2
FROM wanted w
JOIN pg_catalog.pg_namespace n ON n.oid = w.relnamespace
WHERE NOT w.held
GROUP BY n.nspname, w.relname, w.relkind
UNION ALL
SELECT pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I;', n.nspname, current_user), 1
FROM pg_catalog.pg_namespace n
WHERE n.oid IN (SELECT w.relnamespace FROM wanted w)
    AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
UNION ALL
SELECT pg_catalog.format('GRANT TEMPORARY ON DATABASE %I TO %I;',
    pg_catalog.current_database(), current_user), 0
WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')
ORDER BY 2, 1
