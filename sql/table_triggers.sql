-- Enabled user triggers of table $1 by event, those that fire in every session role left out: a merge
-- cannot switch these off. tgtype: 4 INSERT, 16 UPDATE (src/include/catalog/pg_trigger.h).
SELECT pg_catalog.count(*) FILTER (WHERE (tgtype & 4) <> 0),
       pg_catalog.count(*) FILTER (WHERE (tgtype & 16) <> 0)
FROM pg_catalog.pg_trigger
WHERE tgrelid = $1::pg_catalog.regclass AND NOT tgisinternal AND tgenabled = 'O'
