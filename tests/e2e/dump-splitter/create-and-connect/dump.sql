CREATE DATABASE a;
\connect a
CREATE TABLE x (i int);
COPY x (i) FROM stdin;
1
\.
\connect postgres
