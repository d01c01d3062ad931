-- The backend that holds the merge lock of this database, if any: pg_advisory_lock(hashtext('pgbraid'), 1).
SELECT l.pid
FROM pg_catalog.pg_locks l
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.objid = 1
  AND l.classid = pg_catalog.hashtext('pgbraid')::pg_catalog.int8::pg_catalog.bit(32)::pg_catalog.int8::pg_catalog.oid
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
