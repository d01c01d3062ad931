-- About how many rows table $1 has: the planner's estimate, or 150 bytes a row where there is none.
SELECT CASE WHEN c.reltuples > 0 THEN c.reltuples
            ELSE pg_catalog.pg_relation_size(c.oid) / 150 END::pg_catalog.int8
FROM pg_catalog.pg_class c
WHERE c.oid = $1::pg_catalog.regclass
