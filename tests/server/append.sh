#!/usr/bin/env bash
# Rows that are the same when all they hold is: append-only tables, and those without any key.
. "$(dirname "$0")/../lib.sh"

# ---- equal lines stay as many as they are, also when the backup is merged again, or a later one is
two_dbs "CREATE TABLE log (at timestamptz, line text); CREATE TABLE hit (id serial PRIMARY KEY, url text, n int)"
sql origin "INSERT INTO log VALUES ('2024-01-01', 'a'), ('2024-01-01', 'a'), ('2024-01-02', NULL), (NULL, 'b'); INSERT INTO hit (url, n) VALUES ('/', 1), ('/', 1), ('/x', 2)" >/dev/null
sql live "INSERT INTO log VALUES ('2024-01-01', 'a'), ('2024-01-05', 'live'); INSERT INTO hit VALUES (1, '/', 1), (2, '/live', 9); SELECT setval('hit_id_seq', 2)" >/dev/null
rules=$'hit append\nhit lineage other'
lines="SELECT (SELECT string_agg(coalesce(extract(day FROM at AT TIME ZONE 'UTC')::text, '-') || coalesce(line, '-'), ' ' ORDER BY at NULLS FIRST, line) FROM log) || ' | ' || (SELECT string_agg(url || n, ' ' ORDER BY url) FROM hit)"
merged_is "rows that are equal stay two" 0 "-b 1a 1a 2- 5live | /1 /1 /live9 /x2" "$lines"
sql origin "INSERT INTO log VALUES ('2024-01-01', 'a'), ('2024-01-07', 'late'); INSERT INTO hit (url, n) VALUES ('/', 1), ('/late', 3); DELETE FROM hit WHERE url = '/x'" >/dev/null
merged_is "a later backup that overlaps adds what is new in it" 0 "-b 1a 1a 1a 2- 5live 7late | /1 /1 /1 /late3 /live9 /x2" "$lines"
psql -qXAt -d origin -c "ALTER DATABASE origin SET timezone = 'America/New_York'"
PGTZ=America/New_York merged_is "and the same in another time zone adds nothing" 0 "-b 1a 1a 1a 2- 5live 7late | /1 /1 /1 /late3 /live9 /x2" "$lines"

# ---- append-only rows with references and arrays, whose ids are others there
two_dbs "CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE m (id serial PRIMARY KEY, p int REFERENCES p, ids int[], v numeric); CREATE TABLE e (id serial PRIMARY KEY, m int REFERENCES m, note text)"
sql origin "INSERT INTO p VALUES (1, 'a'), (2, 'b'); INSERT INTO m VALUES (1, 1, '{1,2}', 1.50), (2, 2, '{2}', 2), (3, 2, '{2}', 2); INSERT INTO e VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z')" >/dev/null
sql live "INSERT INTO p VALUES (1, 'b'), (2, 'a'); INSERT INTO m VALUES (1, 2, '{2,1}', 1.50), (3, 1, '{2}', 2); SELECT setval('p_id_seq', 9), setval('m_id_seq', 9)" >/dev/null
rules=$(printf '%s\n' 'p lineage other' 'm append' 'm lineage other' 'e append' 'e lineage other' 'm.ids array-of p')
rows="SELECT string_agg(concat_ws(',', p.k, (SELECT string_agg(q.k, '' ORDER BY o) FROM unnest(ids) WITH ORDINALITY i (i, o) JOIN p q ON q.id = i), v, note), ' ' ORDER BY p.k, m.ids::text, note) FROM m JOIN p ON p.id = m.p LEFT JOIN e ON e.m = m.id"
merged_is "append-only rows, references and arrays translated" 0 "a,ab,1.50,x b,b,2,y b,b,2,z b,a,2" "$rows"

# ---- append-only rows that refer to each other, level by level
two_dbs "CREATE TABLE post (id serial PRIMARY KEY, body text, reply int REFERENCES post)"
sql origin "INSERT INTO post VALUES (1, 'hi', NULL), (2, 're', 1), (3, 're', 2), (4, 'hi', NULL), (5, 're', 4)" >/dev/null
sql live "INSERT INTO post VALUES (5, 'hi', NULL), (4, 're', 5), (1, 'live', NULL); SELECT setval('post_id_seq', 9)" >/dev/null
rules=$'post append\npost lineage other'
merged_is "append-only rows that refer to each other" 0 "hi re>hi re>re>hi hi re>hi live" \
    "WITH RECURSIVE w AS (SELECT id, body, ARRAY[id] AS way FROM post WHERE reply IS NULL UNION ALL SELECT p.id, p.body || '>' || w.body, way || p.id FROM post p JOIN w ON p.reply = w.id) SELECT body FROM w ORDER BY way[1] = 1, way[1], length(body)"

# ---- rows that refer to themselves; a circle that no row of it breaks is not guessed at
two_dbs "CREATE TABLE th (id serial PRIMARY KEY, body text, thread int NOT NULL REFERENCES th DEFERRABLE INITIALLY DEFERRED)"
sql origin "INSERT INTO th VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 3)" >/dev/null
sql live "INSERT INTO th VALUES (3, 'a', 3), (1, 'live', 1); SELECT setval('th_id_seq', 9)" >/dev/null
rules=$'th append\nth lineage other'
merged_is "append-only rows that refer to themselves" 0 "a>a b>a c>c live>live" "SELECT string_agg(a.body || '>' || b.body, ' ' ORDER BY a.body) FROM th a JOIN th b ON b.id = a.thread"
two_dbs "CREATE TABLE tree (id serial PRIMARY KEY, name text NOT NULL, up int NOT NULL REFERENCES tree, v text, UNIQUE (up, name))"
sql origin "INSERT INTO tree VALUES (1, 'r', 1, 'new'), (2, 'a', 1, 'new'), (3, 'b', 2, 'new')" >/dev/null
sql live "INSERT INTO tree VALUES (3, 'r', 3, 'old'), (1, 'a', 3, 'old'); SELECT setval('tree_id_seq', 9)" >/dev/null
rules=$'tree key up, name\ntree lineage other'
merged_is "a tree whose root refers to itself" 0 "a>r new b>a new r>r new" "SELECT string_agg(a.name || '>' || b.name || ' ' || a.v, ' ' ORDER BY a.name) FROM tree a JOIN tree b ON b.id = a.up"
two_dbs "CREATE TABLE x (id serial PRIMARY KEY, v text, y int); CREATE TABLE y (id serial PRIMARY KEY, v text, x int REFERENCES x); ALTER TABLE x ADD FOREIGN KEY (y) REFERENCES y DEFERRABLE"
sql origin "BEGIN; ALTER TABLE x ALTER CONSTRAINT x_y_fkey DEFERRABLE INITIALLY DEFERRED; INSERT INTO x VALUES (1, 'x1', 1), (2, 'x2', NULL); INSERT INTO y VALUES (1, 'y1', 1), (2, 'y2', 2); COMMIT" >/dev/null
rules=$(printf '%s append\n' x y; printf '%s lineage other\n' x y)
merged_is "append-only rows that refer to each other in a circle are rejected, the others are not" 3 "x2 y2>x2" "SELECT (SELECT string_agg(v, ' ') FROM x) || ' ' || (SELECT string_agg(y.v || '>' || x.v, ' ') FROM y JOIN x ON x.id = y.x)"
