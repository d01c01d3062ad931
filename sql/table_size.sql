-- About how many rows table $1 has, or its partitions: as the planner reckons, the rows a page had when they
-- were counted, times the pages of now; 150 bytes a row where they never were. Of these relations alone the size is
-- asked (OFFSET 0): a look at each file of the database costs more than all the rest.
SELECT pg_catalog.sum(CASE WHEN s.reltuples > 0 AND s.relpages > 0
                           THEN s.reltuples / s.relpages
                                * (s.bytes / pg_catalog.current_setting('block_size')::pg_catalog.int8)
                           ELSE s.bytes / 150 END)::pg_catalog.int8
FROM (SELECT c.reltuples, c.relpages, pg_catalog.pg_relation_size(c.oid) AS bytes
      FROM pg_catalog.pg_class c
      WHERE c.oid = ANY (ARRAY(SELECT $1::pg_catalog.regclass::pg_catalog.oid
                               UNION
                               SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p))
          AND c.relkind <> 'p'
      OFFSET 0) s
