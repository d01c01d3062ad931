CREATE TABLE a (x int, y text);
CREATE TABLE b (x int, d date);
INSERT INTO a VALUES (1, 'values (1), (2)'), (2, '(');
INSERT INTO a VALUES (5, 'two
lines'); -- a comment
INSERT INTO public.a OVERRIDING SYSTEM VALUE VALUES
    (3, E'\'); INSERT INTO c VALUES (1);'), (4, $$x$$) ON CONFLICT (x) DO NOTHING;
INSERT INTO public.a VALUES (6, 'a\b'), (7, DEFAULT);
SET standard_conforming_strings = off;
INSERT INTO public.a VALUES (8, 'a\nb');
INSERT INTO b SELECT x FROM a;
INSERT INTO b VALUES (1, now() - '1 day'), (2, '2026-11-21'),
    (3), (4, DATE '2026-11-21'::date);
INSERT INTO b OVERRIDING USER VALUE VALUES (9, NULL);
INSERT INTO b DEFAULT VALUES;
INSERT INTO b (d, x) VALUES (NULL, 6) ON CONFLICT (x) DO UPDATE SET d = NULL;
