CREATE TABLE t (id int primary key, x text);
CREATE TABLE u (id int);
TRUNCATE t;
DELETE FROM ONLY public.u;
CREATE VIEW v AS SELECT * FROM t;
INSERT INTO t VALUES (1,'a');
UPDATE t SET x = 'c';
UPDATE t SET x = 'd';
UPDATE u SET id = 1;
COPY u FROM stdin;
1
\.
DELETE FROM u WHERE id = 2;
TRUNCATE TABLE ONLY t *, u CASCADE;
MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE;
COPY t (id) FROM '/x/y';
COPY t TO STDOUT;
COPY u FROM PROGRAM 'x';
WITH a AS (DELETE FROM u RETURNING id) INSERT INTO "t" SELECT id FROM a;
WITH a AS (SELECT 1 FOR NO KEY UPDATE) SELECT * FROM a;
\copy public.t(id) from 'f' csv
\copy t to 'f'
\i more.sql
\ir more.sql
SELECT pg_catalog.lo_create('1');
SELECT pg_catalog.lowrite(0, 'x');
SELECT 1 INTO w;
CREATE TABLE z AS SELECT 1;
DO $$ BEGIN DELETE FROM t; END $$;
CALL p();
UPDATE v SET id = 1;
SELECT setval('a', 1);
SELECT 1;
