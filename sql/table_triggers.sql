-- Enabled user triggers of table $1 for the event $2, by when they fire (pg_trigger.tgenabled): unless
-- session_replication_role is replica, in any case, only then. $2 is a bit of tgtype: 4 INSERT,
-- 8 DELETE, 16 UPDATE (src/include/catalog/pg_trigger.h).
SELECT pg_catalog.count(*) FILTER (WHERE tgenabled = 'O'),
       pg_catalog.count(*) FILTER (WHERE tgenabled = 'A'),
       pg_catalog.count(*) FILTER (WHERE tgenabled = 'R')
FROM pg_catalog.pg_trigger
WHERE tgrelid = $1::pg_catalog.regclass AND NOT tgisinternal AND (tgtype & $2::pg_catalog.int4) <> 0
