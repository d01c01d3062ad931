COPY public.country (id, name) FROM stdin;
1	x
-- PostgreSQL database dump complete
--
\.

SELECT '
--
-- PostgreSQL database dump complete
--
';
