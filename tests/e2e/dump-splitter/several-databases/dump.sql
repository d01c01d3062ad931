\connect template1
CREATE DATABASE a;
\connect a
CREATE TABLE x (i int);
COPY x (i) FROM stdin;
1
\.
\connect b
CREATE TABLE y (i int);
