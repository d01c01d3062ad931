-- How triggers come into writing to table $1, a line for each event: INSERT, DELETE, UPDATE (bits 4, 8 and 16 of
-- tgtype, src/include/catalog/pg_trigger.h). First its enabled user triggers, and rules that rewrite, by when they
-- fire (pg_trigger.tgenabled, pg_rewrite.ev_enabled): unless session_replication_role is replica, in any
-- case, only then. ev_type has its own numbers for events. COPY knows no rules.
-- Then whether a constraint holds by an internal trigger alone (a MATCH FULL key does: a look-up of
-- whole keys does not see what is given in part), which a row that is
-- inserted or updated needs; whether it has foreign keys; whether some refer to it. Of a partitioned table the row
-- triggers of its partitions (bit 1 of tgtype) count too, and
-- so do foreign keys that a partition has for itself, for nobody looks these up. (Arrays are looked up by index;
-- what refers to a table is found by the triggers that it has for that, for pg_constraint has no index on confrelid.)
WITH parts AS (
    SELECT ARRAY(SELECT $1::pg_catalog.regclass::pg_catalog.oid
                 UNION
                 SELECT p.relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p) AS oids
), all_kinds AS (
    SELECT t.tgenabled AS enabled, t.tgtype::pg_catalog.int4 AS events
        FROM parts p JOIN pg_catalog.pg_trigger t ON t.tgrelid = ANY (p.oids)
        WHERE NOT t.tgisinternal AND (t.tgrelid = $1::pg_catalog.regclass OR (t.tgtype & 1) <> 0)
    UNION ALL
    SELECT ev_enabled, CASE ev_type WHEN '4' THEN 8 WHEN '2' THEN 16 ELSE 0 END
        FROM pg_catalog.pg_rewrite
        WHERE ev_class = $1::pg_catalog.regclass
), constraints AS (
    SELECT pg_catalog.bool_or(c.contype IN ('p', 'u', 'x') AND c.condeferrable
               OR c.contype = 'f' AND c.confmatchtype = 'f' AND pg_catalog.cardinality(c.conkey) > 1
               OR c.contype = 'f' AND c.conparentid = 0 AND c.conrelid <> $1::pg_catalog.regclass) AS checks,
           pg_catalog.bool_or(c.contype = 'f' AND c.conrelid = $1::pg_catalog.regclass) AS refers
    FROM parts p JOIN pg_catalog.pg_constraint c ON c.conrelid = ANY (p.oids)
)
SELECT pg_catalog.count(k.enabled) FILTER (WHERE k.enabled = 'O'),
       pg_catalog.count(k.enabled) FILTER (WHERE k.enabled = 'A'),
       pg_catalog.count(k.enabled) FILTER (WHERE k.enabled = 'R'),
       e.bit <> 8 AND pg_catalog.bool_or(c.checks),
       pg_catalog.bool_or(c.refers),
       EXISTS (SELECT FROM parts p JOIN pg_catalog.pg_trigger t ON t.tgrelid = ANY (p.oids)
                   JOIN pg_catalog.pg_constraint r ON r.oid = t.tgconstraint
               WHERE t.tgisinternal AND r.contype = 'f' AND r.confrelid = t.tgrelid)
FROM (VALUES (4), (8), (16)) e(bit)
CROSS JOIN constraints c
LEFT JOIN all_kinds k ON (k.events & e.bit) <> 0
GROUP BY e.bit
ORDER BY e.bit
