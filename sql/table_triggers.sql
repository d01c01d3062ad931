-- Enabled user triggers, and rules that rewrite, of table $1 for the event $2, by when they fire
-- (pg_trigger.tgenabled, pg_rewrite.ev_enabled): unless session_replication_role is replica, in any
-- case, only then. $2 is a bit of tgtype: 1 ROW, 4 INSERT, 8 DELETE, 16 UPDATE
-- (src/include/catalog/pg_trigger.h); ev_type has its own numbers for them. COPY knows no rules.
-- Last, whether a constraint holds by an internal trigger alone (a MATCH FULL key does: a look-up of
-- whole keys does not see what is given in part), which a row that is
-- inserted or updated needs. Of a partitioned table the row triggers of its partitions count too, and
-- so do foreign keys that a partition has for itself, for nobody looks these up.
WITH parts AS (
    SELECT $1::pg_catalog.regclass::pg_catalog.oid AS oid
    UNION
    SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p
)
SELECT pg_catalog.count(*) FILTER (WHERE enabled = 'O'),
       pg_catalog.count(*) FILTER (WHERE enabled = 'A'),
       pg_catalog.count(*) FILTER (WHERE enabled = 'R'),
       $2::pg_catalog.int4 <> 8 AND EXISTS (
           SELECT FROM pg_catalog.pg_constraint c JOIN parts p ON c.conrelid = p.oid
           WHERE c.contype IN ('p', 'u', 'x') AND c.condeferrable
              OR c.contype = 'f' AND c.confmatchtype = 'f' AND pg_catalog.cardinality(c.conkey) > 1
              OR c.contype = 'f' AND c.conparentid = 0 AND p.oid <> $1::pg_catalog.regclass)
FROM (SELECT t.tgenabled AS enabled
          FROM pg_catalog.pg_trigger t JOIN parts p ON t.tgrelid = p.oid
          WHERE NOT t.tgisinternal AND (t.tgtype & $2::pg_catalog.int4) <> 0
            AND (p.oid = $1::pg_catalog.regclass OR (t.tgtype & 1) <> 0)
      UNION ALL
      SELECT ev_enabled
          FROM pg_catalog.pg_rewrite
          WHERE ev_class = $1::pg_catalog.regclass
            AND ev_type = CASE $2::pg_catalog.int4 WHEN 8 THEN '4' WHEN 16 THEN '2' END) AS all_kinds
