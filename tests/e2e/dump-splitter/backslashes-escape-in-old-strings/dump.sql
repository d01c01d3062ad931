SET standard_conforming_strings = off;
CREATE TABLE a (x text DEFAULT 'it\'s; COPY a FROM stdin; \\');
COPY a FROM stdin;
1
\.
SET standard_conforming_strings TO on;
COMMENT ON TABLE a IS 'ends in \';
COPY b (y) FROM stdin;
1
2
\.
