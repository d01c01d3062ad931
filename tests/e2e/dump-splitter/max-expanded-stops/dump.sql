--
-- PostgreSQL database dump
--

\restrict Kx1

-- Dumped from database version 15.20
-- Dumped by pg_dump version 15.20

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.f() RETURNS text
    LANGUAGE plpgsql
    AS $_$
BEGIN
  EXECUTE 'COPY public.city (id, name) FROM stdin;
99	false
\.
';
  RETURN $q$CREATE TABLE public.no (x int);$q$;
END
$_$;

CREATE FUNCTION public.g() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT CASE WHEN true THEN 1 ELSE 2 END;
 INSERT INTO public.city VALUES (1, 'x');
 SELECT 3;
END;

/* CREATE TABLE public.no (x int); /* nested */
COPY public.no FROM stdin;
\.
*/
COMMENT ON SCHEMA public IS 'it''s; COPY public.no (x) FROM stdin;
1
\.
-- PostgreSQL database dump complete
';

CREATE TABLE public.city (
    id integer NOT NULL,
    name text DEFAULT 'a;b--c'::text,
    country_id integer
);

CREATE TABLE public.country (
    id bigint NOT NULL,
    name character varying(40) NOT NULL
);

CREATE TABLE public."odd
name; --" (
    "a b" text[]
);

CREATE TABLE public.nocols (
);

COPY public.city (id, name, country_id) FROM stdin;
1	Lyon	1
2	\\.	\N
3	a\tb\\	2
\.


COPY public.country (id, name) FROM stdin;
1	France
2	
\.


COPY public.nocols  FROM stdin;


\.


COPY public."odd
name; --" ("a b") FROM stdin;
{1,"2 3"}
\.


ALTER TABLE ONLY public.city
    ADD CONSTRAINT city_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.country
    ADD CONSTRAINT country_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.city
    ADD CONSTRAINT city_country_id_fkey FOREIGN KEY (country_id) REFERENCES public.country(id);

--
-- PostgreSQL database dump complete
--

\unrestrict Kx1

