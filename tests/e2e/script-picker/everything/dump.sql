--
-- PostgreSQL database dump
--

\restrict abc

-- Dumped from database version 17.1
-- Dumped by pg_dump version 17.1

SET statement_timeout = 0;
SET transaction_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE DATABASE shop WITH TEMPLATE = template0;
ALTER DATABASE shop OWNER TO postgres;
\connect shop

CREATE SCHEMA /* its name */ sales;
ALTER SCHEMA sales OWNER TO postgres;
CREATE SCHEMA IF NOT EXISTS other;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';

CREATE FUNCTION public.f() RETURNS void LANGUAGE sql AS $$
-- a comment; \! not a command
COMMIT;
COPY t FROM stdin;
$$;

CREATE FUNCTION public.g() RETURNS integer LANGUAGE sql BEGIN ATOMIC
 SELECT 1;
 SELECT 2;
END;

CREATE TABLE public.city (id integer NOT NULL, name text DEFAULT '\! ;');
ALTER TABLE public.city OWNER TO postgres;
CREATE SEQUENCE public.city_id_seq AS integer;
ALTER SEQUENCE public.city_id_seq OWNED BY public.city.id;
CREATE TABLE sales."Order" (id integer);
CREATE MATERIALIZED VIEW sales.total AS SELECT count(*) FROM sales."Order" WITH NO DATA;

COPY public.city (id, name) FROM stdin;
1	Lyon
2	-- PostgreSQL database dump complete
3	\\! touch pwned
\.

COPY sales."Order" (id) FROM stdin;
\.

INSERT INTO public.city VALUES (4, 'a;b');
INSERT INTO sales."Order" (id) VALUES (1), (2);

SELECT pg_catalog.setval('public.city_id_seq', 3, true);

BEGIN;
SELECT pg_catalog.lo_create('16400');
COMMIT;

ALTER TABLE ONLY public.city
    ADD CONSTRAINT city_pkey PRIMARY KEY (id);
GRANT SELECT ON TABLE public.city TO reader;
REFRESH MATERIALIZED VIEW sales.total;

--
-- PostgreSQL database dump complete
--

\unrestrict abc
