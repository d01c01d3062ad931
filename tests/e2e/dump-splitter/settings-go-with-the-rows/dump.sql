CREATE TABLE t (id integer PRIMARY KEY, d date);
CREATE TABLE u (id integer PRIMARY KEY, d date);
SET datestyle = 'German';
INSERT INTO t VALUES (1, '31.12.2024');
INSERT INTO t VALUES (2, '1.2.2024');
SET timezone = 'Asia/Tokyo'; SET work_mem = '1GB';
INSERT INTO t VALUES (3, '3.2.2024');
SET datestyle TO DEFAULT;
INSERT INTO u VALUES (4, '2024-12-31');
