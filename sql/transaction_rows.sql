-- What tells the rows that this transaction wrote from others': the database; its number, from which
-- those of its savepoints go up; the last of these, which the row of a table made just before in a
-- savepoint has; which of the numbers between belong to others that have not ended, for these may
-- write our rows once we have committed. (Numbers are 64 bits wide; xmin and locks have the lower 32.)
SELECT pg_catalog.current_database(), t.first_xid,
       t.first_xid + (c.xmin::pg_catalog.text::pg_catalog.int8 - t.first_xid % 4294967296 + 4294967296) % 4294967296,
       (SELECT pg_catalog.string_agg(l.transactionid::pg_catalog.text, ',')
        FROM pg_catalog.pg_locks l
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND l.pid <> pg_catalog.pg_backend_pid())
FROM (SELECT pg_catalog.txid_current() AS first_xid) t, pg_catalog.pg_class c
WHERE c.oid = 'pg_temp.pgbraid_last'::pg_catalog.regclass
