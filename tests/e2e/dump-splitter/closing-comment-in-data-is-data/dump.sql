COPY public.country (name) FROM stdin;
x
-- PostgreSQL database dump complete
--
\.

SELECT '
--
-- PostgreSQL database dump complete
--
';
