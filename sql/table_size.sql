-- About how many rows table $1 has, or its partitions: as the planner reckons, the rows a page had when they
-- were counted, times the pages of now; 150 bytes a row where they never were.
SELECT pg_catalog.sum(CASE WHEN c.reltuples > 0 AND c.relpages > 0
                           THEN c.reltuples / c.relpages
                                * (s.bytes / pg_catalog.current_setting('block_size')::pg_catalog.int8)
                           ELSE s.bytes / 150 END)::pg_catalog.int8
FROM (SELECT $1::pg_catalog.regclass::pg_catalog.oid
      UNION
      SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p) w(oid)
JOIN pg_catalog.pg_class c ON c.oid = w.oid AND c.relkind <> 'p'
CROSS JOIN LATERAL pg_catalog.pg_relation_size(c.oid) s (bytes)
