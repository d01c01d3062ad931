--
-- PostgreSQL database dump
--

\restrict Kx1

-- Dumped from database version 15.20
-- Dumped by pg_dump version 15.20

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);


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
