-- PostgreSQL database dump

CREATE TABLE public.event (
    what text,
    id integer NOT NULL
);

CREATE SEQUENCE public.event_id_seq;
ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);

COPY public.event (what, id) FROM stdin;
row	17
row	34
row	10
row	27
row	3
row	20
row	37
row	13
row	30
row	6
row	23
row	40
row	16
row	33
row	9
row	26
row	2
row	19
row	36
row	12
row	29
row	5
row	22
row	39
row	15
row	32
row	8
row	25
row	1
row	18
row	35
row	11
row	28
row	4
row	21
row	38
row	14
row	31
row	7
row	24
\.

CREATE TABLE public.part (id bigint, day text) PARTITION BY RANGE (day);
CREATE TABLE public.part_1 (id bigint, day text);
ALTER TABLE ONLY public.part ATTACH PARTITION public.part_1 FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

COPY public.part_1 (id, day) FROM stdin;
5	day
10	day
15	day
20	day
25	day
30	day
35	day
40	day
4	day
9	day
14	day
19	day
24	day
29	day
34	day
39	day
3	day
8	day
13	day
18	day
23	day
28	day
33	day
38	day
2	day
7	day
12	day
17	day
22	day
27	day
32	day
37	day
1	day
6	day
11	day
16	day
21	day
26	day
31	day
36	day
\.

CREATE TABLE public.word (id text, n integer);

COPY public.word (id, n) FROM stdin;
w	3
w	6
w	9
w	12
w	15
w	18
w	21
w	24
w	27
w	30
w	33
w	36
w	39
w	1
w	4
w	7
w	10
w	13
w	16
w	19
w	22
w	25
w	28
w	31
w	34
w	37
w	40
w	2
w	5
w	8
w	11
w	14
w	17
w	20
w	23
w	26
w	29
w	32
w	35
w	38
\.

-- PostgreSQL database dump complete
