--
-- PostgreSQL database dump
--

CREATE TABLE public.m (day date, v integer) PARTITION BY RANGE (day);
CREATE TABLE public.m_1 (v integer, day date);
CREATE TABLE public.m_2 (day date, v integer);
CREATE TABLE public.m_3 (day date, v integer);
ALTER TABLE ONLY public.m ATTACH PARTITION public.m_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
ALTER TABLE ONLY public.m ATTACH PARTITION public.m_2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
ALTER TABLE ONLY public.m ATTACH PARTITION public.m_3 DEFAULT;

COPY public.m_1 (v, day) FROM stdin;
11	2024-01-01
12	2024-01-02
\.
COPY public.m_2 (day, v) FROM stdin;
2024-02-02	22
\.
COPY public.m_3 (day, v) FROM stdin;
2024-03-03	33
\.
COPY public.m (day, v) FROM stdin;
2024-04-04	44
\.

--
-- PostgreSQL database dump complete
--
