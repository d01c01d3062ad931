CREATE TABLE a (x int, y text);
CREATE TABLE b (x int);
INSERT INTO a VALUES (1, 'values (1), (2)'), (2, '(');
INSERT INTO public.a (x, y) OVERRIDING SYSTEM VALUE VALUES
    (3, E'\'); INSERT INTO c VALUES (1);'), (4, $$x$$) ON CONFLICT (x) DO NOTHING;
INSERT INTO b SELECT x FROM a;
