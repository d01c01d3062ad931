--
-- PostgreSQL database cluster dump
--
\connect template1
CREATE DATABASE a;
\connect -reuse-previous=on "dbname='a'"
CREATE TABLE x (i int);
COPY x (i) FROM stdin;
1
\.
\connect b
SET standard_conforming_strings = off;
CREATE TABLE y (i int, t text);
INSERT INTO y VALUES (1, '\';');
\connect a
COPY x (i) FROM stdin;
2
\.
--
-- PostgreSQL database cluster dump complete
--
