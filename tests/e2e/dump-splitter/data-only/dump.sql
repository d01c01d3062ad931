COPY public.city (id, name, country_id) FROM stdin;
1	Lyon	1
\.
COPY public.country (id, name) FROM stdin;
1	France
\.
