#!/usr/bin/env bash
# By which columns two rows are the same: natural keys of every kind.
. "$(dirname "$0")/../lib.sh"

# ---- a composite key, with a surrogate id and without
two_dbs "CREATE TABLE c (id serial PRIMARY KEY, a text NOT NULL, b int NOT NULL, v text, UNIQUE (a, b));
    CREATE TABLE link (c int NOT NULL REFERENCES c, tag text NOT NULL, v text, UNIQUE (c, tag))"
sql origin "INSERT INTO c VALUES (1, 'x', 1, 'new'), (2, 'x', 2, 'new'), (3, 'y', 1, 'new'), (4, 'x' || chr(9) || '1', 1, 'tab');
    INSERT INTO link VALUES (1, 'r', 'new'), (2, 'r', 'new'), (3, 's', 'new')" >/dev/null
sql live "INSERT INTO c VALUES (3, 'x', 1, 'old'), (1, 'x', 2, 'old'), (2, 'z', 1, 'live'); INSERT INTO link VALUES (3, 'r', 'old'), (2, 'r', 'live');
    SELECT setval('c_id_seq', 3)" >/dev/null
rules='c lineage other'
merged_is "composite keys" 0 "tab:,x1:r,x2:r,y1:s,z1:r new" \
    "SELECT string_agg(k, ',' ORDER BY k) || ' ' || max(v) FILTER (WHERE k = 'x1:r') FROM (SELECT CASE WHEN c.v = 'tab' THEN 'tab' ELSE a || b END || ':' || coalesce(tag, '') AS k, l.v FROM c LEFT JOIN link l ON l.c = c.id) x"

# ---- keys through references, three levels
two_dbs "CREATE TABLE country (id serial PRIMARY KEY, code text UNIQUE NOT NULL);
    CREATE TABLE city (id serial PRIMARY KEY, country int NOT NULL REFERENCES country, name text NOT NULL, UNIQUE (country, name));
    CREATE TABLE street (id serial PRIMARY KEY, city int NOT NULL REFERENCES city, name text NOT NULL, UNIQUE (city, name));
    CREATE TABLE house (id serial PRIMARY KEY, street int NOT NULL REFERENCES street, no int NOT NULL, v text, UNIQUE (street, no))"
sql origin "INSERT INTO country VALUES (1, 'fr'), (2, 'de'), (3, 'it'); INSERT INTO city VALUES (1, 1, 'A'), (2, 2, 'A'), (3, 3, 'B');
    INSERT INTO street VALUES (1, 1, 'main'), (2, 2, 'main'), (3, 3, 'main'); INSERT INTO house VALUES (1, 1, 1, 'new'), (2, 2, 1, 'new'), (3, 3, 7, 'new')" >/dev/null
sql live "INSERT INTO country VALUES (11, 'it'), (12, 'de'), (13, 'fr'); INSERT INTO city VALUES (1, 12, 'A'), (2, 13, 'A'), (3, 11, 'C');
    INSERT INTO street VALUES (2, 1, 'main'), (1, 2, 'main'); INSERT INTO house VALUES (3, 1, 1, 'old fr'), (1, 2, 1, 'old de');
    SELECT setval('country_id_seq', 20), setval('city_id_seq', 20), setval('street_id_seq', 20), setval('house_id_seq', 20)" >/dev/null
rules=
merged_is "keys through three levels of references" 0 "1 de A main 1 new,3 fr A main 1 new,21 it B main 7 new" \
    "SELECT string_agg(concat_ws(' ', h.id, code, ci.name, s.name, no, v), ',' ORDER BY h.id) FROM house h JOIN street s ON s.id = street JOIN city ci ON ci.id = city JOIN country co ON co.id = country"

# ---- trees: (parent_id, name), whatever level
tree="WITH RECURSIVE w AS (SELECT id, name AS path, v FROM node WHERE parent IS NULL UNION ALL SELECT n.id, path || '/' || n.name, n.v FROM node n JOIN w ON n.parent = w.id)
    SELECT path || '=' || v FROM w ORDER BY path COLLATE \"C\""
two_dbs "CREATE TABLE node (id serial PRIMARY KEY, parent int REFERENCES node, name text NOT NULL, v text, UNIQUE (parent, name))"
sql origin "INSERT INTO node VALUES (1, NULL, 'a', 'new'), (2, 1, 'b', 'new'), (3, 2, 'c', 'new'), (4, 3, 'd', 'new'), (5, NULL, 'z', 'new'), (6, 5, 'b', 'new')" >/dev/null
sql live "INSERT INTO node VALUES (4, NULL, 'a', 'old'), (3, 4, 'b', 'old'), (2, 3, 'c', 'old'), (1, 3, 'x', 'live'); SELECT setval('node_id_seq', 6)" >/dev/null
rules='node lineage other'
merged_is "a tree is merged level by level" 0 "a=new a/b=new a/b/c=new a/b/c/d=new a/b/x=live z=new z/b=new" "$tree"
equal "and its live rows keep their ids" "4 3 2 1" "$(sql live "SELECT string_agg(id::text, ' ' ORDER BY id DESC) FROM node WHERE id < 5")"
# the children stand before their parents in the dump
two_dbs "CREATE TABLE node (id serial PRIMARY KEY, parent int REFERENCES node DEFERRABLE INITIALLY DEFERRED, name text NOT NULL, v text, UNIQUE NULLS NOT DISTINCT (parent, name))"
sql origin "BEGIN; INSERT INTO node VALUES (1, 2, 'd', 'new'), (2, 3, 'c', 'new'), (3, 4, 'b', 'new'), (4, NULL, 'a', 'new'); COMMIT" >/dev/null
sql live "INSERT INTO node VALUES (1, NULL, 'a', 'old'), (2, 1, 'b', 'old'); SELECT setval('node_id_seq', 6)" >/dev/null
merged_is "a tree whose children come first" 0 "a=new a/b=new a/b/c=new a/b/c/d=new" "$tree"
two_dbs "CREATE TABLE kind (code text PRIMARY KEY); CREATE TABLE node (path text PRIMARY KEY, parent text REFERENCES node, kind text NOT NULL REFERENCES kind, v text)"
sql origin "INSERT INTO kind VALUES ('k'), ('l'); INSERT INTO node VALUES ('a', NULL, 'k', 'new'), ('a/b', 'a', 'l', 'new')" >/dev/null
sql live "INSERT INTO kind VALUES ('k'); INSERT INTO node VALUES ('a', NULL, 'k', 'old')" >/dev/null
rules=
merged_is "a tree without surrogate ids" 0 "a,-,k,new a/b,a,l,new" "SELECT concat_ws(',', path, coalesce(parent, '-'), kind, v) FROM node ORDER BY 1"

# ---- nullable members of keys
two_dbs "CREATE TABLE u (id serial PRIMARY KEY, email text UNIQUE, name text NOT NULL)"
sql origin "INSERT INTO u VALUES (1, 'a@x', 'ann'), (2, 'b@x', 'bob'), (3, NULL, 'eve'), (4, NULL, 'joe'), (5, NULL, 'joe')" >/dev/null
sql live "INSERT INTO u VALUES (1, 'b@x', 'old'), (2, 'c@x', 'live'), (3, NULL, 'joe'), (4, NULL, 'live'); SELECT setval('u_id_seq', 5)" >/dev/null
rules='u lineage other'
merged_is "a nullable key serves the rows that have it, the others are the same when all they hold is" 0 \
    "- eve,- joe,- joe,- live,a@x ann,b@x bob,c@x live 1 2 3 4" \
    "SELECT string_agg(coalesce(email, '-') || ' ' || name, ',' ORDER BY coalesce(email, '-') COLLATE \"C\", name) || ' ' || string_agg(id::text, ' ' ORDER BY id) FILTER (WHERE id < 5) FROM u"
two_dbs "CREATE TABLE u (id serial PRIMARY KEY, email text UNIQUE, name text NOT NULL)"
sql origin "INSERT INTO u VALUES (1, 'a@x', 'ann'), (2, 'b@x', 'bob'), (3, NULL, 'eve'), (4, NULL, 'joe'), (5, NULL, 'joe')" >/dev/null
sql live "INSERT INTO u VALUES (1, 'a@x', 'old'), (2, 'b@x', 'old'), (3, NULL, 'eva'), (4, NULL, 'joe'), (6, 'c@x', 'live')" >/dev/null
rules='u lineage same'
merged_is "in the same lineage rows without a key are found by their ids" 0 "1 a@x ann,2 b@x bob,3 - eve,4 - joe,5 - joe,6 c@x live" \
    "SELECT string_agg(concat_ws(' ', id, coalesce(email, '-'), name), ',' ORDER BY id) FROM u"
rules=
two_dbs "CREATE TABLE u (id serial PRIMARY KEY, name varchar(20) UNIQUE NOT NULL, code char(4) NOT NULL UNIQUE, v text)"
sql origin "INSERT INTO u VALUES (1, 'Ann', 'a', 'new'), (2, 'ann', 'b', 'new')" >/dev/null
sql live "INSERT INTO u VALUES (7, 'ann', 'b', 'old')" >/dev/null
rules=$'u lineage other\nu key name'
merged_is "plain text: case makes two keys" 0 "Ann new ann new" "SELECT name || ' ' || v FROM u ORDER BY name COLLATE \"C\""
two_dbs "CREATE TABLE s (id serial PRIMARY KEY, a int, b int, v text, UNIQUE NULLS NOT DISTINCT (a, b))"
sql origin "INSERT INTO s VALUES (1, NULL, NULL, 'new'), (2, 1, NULL, 'new'), (3, 2, 2, 'new')" >/dev/null
sql live "INSERT INTO s VALUES (2, NULL, NULL, 'old'), (3, 1, NULL, 'old'), (1, 3, 3, 'live'); SELECT setval('s_id_seq', 3)" >/dev/null
rules='s lineage other'
merged_is "NULLS NOT DISTINCT: null is a value" 0 "1 3 3 live,2 - - new,3 1 - new,4 2 2 new" \
    "SELECT string_agg(concat_ws(' ', id, coalesce(a::text, '-'), coalesce(b::text, '-'), v), ',' ORDER BY id) FROM s"
two_dbs "CREATE TABLE s (a int, b int, v text, UNIQUE NULLS NOT DISTINCT (a, b)); CREATE TABLE d (a int, b int, v text, UNIQUE (a, b))"
sql origin "INSERT INTO s VALUES (NULL, NULL, 'new'), (1, NULL, 'new'), (2, 2, 'new'); INSERT INTO d TABLE s; INSERT INTO d VALUES (1, NULL, 'new')" >/dev/null
sql live "INSERT INTO s VALUES (NULL, NULL, 'old'), (1, NULL, 'old'), (3, 3, 'live'); INSERT INTO d VALUES (2, 2, 'old'), (1, NULL, 'new'), (1, NULL, 'old')" >/dev/null
rules=
merged_is "keys with nulls and no surrogate id" 0 "- - new,1 - new,2 2 new,3 3 live - - new,1 - new,1 - new,1 - old,2 2 new" \
    "SELECT string_agg(concat_ws(' ', coalesce(a::text, '-'), coalesce(b::text, '-'), v), ',' ORDER BY a NULLS FIRST, b, v) FROM s UNION ALL SELECT string_agg(concat_ws(' ', coalesce(a::text, '-'), coalesce(b::text, '-'), v), ',' ORDER BY a NULLS FIRST, b, v) FROM d"

# ---- one value, many texts: the server compares
two_dbs "CREATE DOMAIN money2 AS numeric CHECK (VALUE >= 0);
    CREATE TABLE n (id serial PRIMARY KEY, k numeric UNIQUE NOT NULL, v text); CREATE TABLE f (id serial PRIMARY KEY, k double precision UNIQUE NOT NULL, v text);
    CREATE TABLE i (id serial PRIMARY KEY, k interval UNIQUE NOT NULL, v text); CREATE TABLE m (id serial PRIMARY KEY, k money2 UNIQUE NOT NULL, v text);
    CREATE TABLE t (id serial PRIMARY KEY, k timestamptz UNIQUE NOT NULL, v text); CREATE TABLE r (id serial PRIMARY KEY, k numrange UNIQUE NOT NULL, v text);
    CREATE TABLE child (n int REFERENCES n, f int REFERENCES f, i int REFERENCES i, m int REFERENCES m, t int REFERENCES t, r int REFERENCES r)"
sql origin "INSERT INTO n VALUES (1, '1.00', 'new'), (2, '2.50', 'new'); INSERT INTO f VALUES (1, '-0', 'new'), (2, '0.1', 'new'); INSERT INTO i VALUES (1, '24 hours', 'new'), (2, '2 mons', 'new');
    INSERT INTO m VALUES (1, '1.00', 'new'), (2, '3.0', 'new'); INSERT INTO t VALUES (1, '2024-01-01 00:00+09', 'new'), (2, '2024-01-02 00:00+09', 'new');
    INSERT INTO r VALUES (1, '[1.0,2.0)', 'new'), (2, '[3.0,4)', 'new'); INSERT INTO child VALUES (1, 1, 1, 1, 1, 1), (2, 2, 2, 2, 2, 2)" >/dev/null
sql live "INSERT INTO n VALUES (5, '1', 'old'); INSERT INTO f VALUES (5, '0', 'old'); INSERT INTO i VALUES (5, '1 day', 'old'); INSERT INTO m VALUES (5, '1', 'old');
    INSERT INTO t VALUES (5, '2023-12-31 15:00+00', 'old'); INSERT INTO r VALUES (5, '[1,2)', 'old')" >/dev/null
rules=$(printf '%s lineage other\n' n f i m t r)
PGTZ=Asia/Tokyo merged_is "numeric, float, interval, domain, timestamptz and range: equal values are the same key" 0 "5 5 5 5 5 5 2|2|2|2|2|2 new" \
    "SELECT n || ' ' || f || ' ' || i || ' ' || m || ' ' || t || ' ' || r FROM child WHERE n = 5 UNION ALL
    SELECT concat_ws('|', (SELECT count(*) FROM n), (SELECT count(*) FROM f), (SELECT count(*) FROM i), (SELECT count(*) FROM m), (SELECT count(*) FROM t), (SELECT count(*) FROM r)) UNION ALL SELECT v FROM i WHERE id = 5"
# equal in value within the backup itself: the second one is a duplicate, what refers to it follows the first
two_dbs "CREATE TABLE n (id serial PRIMARY KEY, k numeric NOT NULL, v text); CREATE TABLE c (id int PRIMARY KEY, n int REFERENCES n)"
sql origin "INSERT INTO n VALUES (1, '1.0', 'first'), (2, '1.00', 'second'), (3, '2', 'x'); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)" >/dev/null
sql live "ALTER TABLE n ADD UNIQUE (k); INSERT INTO n VALUES (1, '7', 'live')" >/dev/null
rules='n lineage other'
merged_is "equal values within the backup" 3 "1.0,1.0,2 3" \
    "SELECT string_agg(k::text, ',' ORDER BY c.id) || ' ' || (SELECT count(*) FROM n) FROM c JOIN n ON n.id = n"

# ---- case-insensitive text
if [ "$(sql postgres "SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'")" = 1 ]; then
    two_dbs "CREATE EXTENSION citext; CREATE TABLE u (id serial PRIMARY KEY, email citext UNIQUE NOT NULL, v text); CREATE TABLE c (id int PRIMARY KEY, u int REFERENCES u)"
    sql origin "INSERT INTO u VALUES (1, 'Ann@X', 'new'), (2, 'Bob@X', 'new'); INSERT INTO c VALUES (1, 1), (2, 2)" >/dev/null
    sql live "INSERT INTO u VALUES (7, 'ann@x', 'old'), (8, 'cyd@x', 'live'); SELECT setval('u_id_seq', 9)" >/dev/null
    rules='u lineage other'
    merged_is "citext: case does not make two keys" 0 "1 7 new 2 10 new" "SELECT c.id || ' ' || u.id || ' ' || v FROM c JOIN u ON u.id = u ORDER BY 1"
    two_dbs "CREATE EXTENSION citext; CREATE TABLE u (id serial PRIMARY KEY, email citext UNIQUE NOT NULL)"
    sql origin "INSERT INTO u (email) VALUES ('ROOT'), ('a'), ('b')" >/dev/null
    sql live "INSERT INTO u VALUES (7, 'Root'), (8, 'A'), (9, 'b')" >/dev/null
    merged_is "citext: rows that differ in case alone" 0 "Root A b" "SELECT string_agg(email::text, ' ' ORDER BY id) FROM u"
    equal "citext: such rows are unchanged" "public.u 3 0 0 3 0 0 0" "$(counts | grep 'public.u')"
    two_dbs "CREATE EXTENSION citext; CREATE TABLE p (name citext PRIMARY KEY, v text)"
    sql origin "INSERT INTO p VALUES ('Ann', 'new'), ('Bob', 'same')" >/dev/null
    sql live "INSERT INTO p VALUES ('aNN', 'old'), ('BOB', 'same')" >/dev/null
    rules=
    merged_is "citext: a row is found and written by it without an id too" 0 "aNN new,BOB same" "SELECT string_agg(name || ' ' || v, ',' ORDER BY name) FROM p"
    two_dbs "CREATE EXTENSION citext; CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, mail citext UNIQUE)"
    sql origin "INSERT INTO c (k, mail) VALUES ('a', 'Ann'), ('b', 'bob'), ('c', 'new')" >/dev/null
    sql live "INSERT INTO c (k, mail) VALUES ('z', 'aNN'), ('b', 'BOB')" >/dev/null
    rules='c key k'
    merged_is "citext: a dry run foresees its second unique keys" 3 "b bob,c new,z aNN" "SELECT string_agg(k || ' ' || mail, ',' ORDER BY k) FROM c"
else
    skip "citext: case does not make two keys" "citext is not installed"
fi

# ---- several rows of the backup with the same key
duplicates() { # RULE STATUS EXPECTED
    two_dbs "CREATE TABLE d (id serial PRIMARY KEY, k text NOT NULL, v text, at timestamptz); CREATE TABLE c (id int PRIMARY KEY, d int REFERENCES d)"
    sql origin "INSERT INTO d VALUES (1, 'x', 'x1', '2024-01-01'), (2, 'x', 'x2', '2024-03-01'), (3, 'x', 'x3', NULL), (4, 'y', 'y', NULL), (5, 'z', 'z5', '2024-01-01'), (6, 'z', 'z6', '2024-02-01'); INSERT INTO c SELECT g, g FROM generate_series(1, 6) g" >/dev/null
    sql live "ALTER TABLE d ADD UNIQUE (k); INSERT INTO d VALUES (2, 'z', 'old', NULL), (3, 'live', 'live', NULL); SELECT setval('d_id_seq', 9)" >/dev/null
    rules="d lineage other
d duplicates $1"
    merged_is "duplicates $1" "$2" "$3" "SELECT string_agg(c.id || v, ' ' ORDER BY c.id) || ' | ' || (SELECT string_agg(v, ' ' ORDER BY v) FROM d) FROM c JOIN d ON d.id = d"
}
duplicates first 3 "1x1 2x1 3x1 4y 5z5 6z5 | live x1 y z5"
contains "duplicates first: how many, where what refers to them goes, and the rule" \
    "public.d: 3 rows of the backup have the key (k) of another one, which is merged instead; what refers to them goes to that one; rules: public.d duplicates newest(COLUMN), or reject" "$(cat "$T/out")"
duplicates "newest(at)" 3 "1x2 2x2 3x2 4y 5z6 6z6 | live x2 y z6"
duplicates reject 3 "4y | live old y"
equal "duplicates say so" "5 23505 another row of the backup has the same key, and none is to win" \
    "$(cut -f1,2 "$folder"/rejects/public.d.*.tsv | sed 1d | sort | uniq -c | tr -s ' \t' ' ' | sed 's/^ //')"

# ---- a row that is two live rows, by two keys: what refers to it follows its key, or is rejected with it
reasons() { # TABLE: SQLSTATE and reason of its rejects
    cut -f1,2 "$folder/rejects/public.$1"*.tsv | grep -v ^pgbraid_ | LC_ALL=C sort | tr '\t\n' ' ;'
}
two_dbs "CREATE TABLE u (id serial PRIMARY KEY, email text UNIQUE NOT NULL, login text UNIQUE, org int, no int, v text, UNIQUE (org, no)); CREATE TABLE c (id int PRIMARY KEY, u int NOT NULL REFERENCES u)"
sql origin "INSERT INTO u VALUES (1, 'ann', 'bob', NULL, NULL, 'known'), (2, 'new', 'cyd', 1, 1, 'new'), (3, 'one', 'dan', NULL, NULL, 'one'), (4, 'good', 'good', 2, 2, 'good'), (5, 'eve', 'eli', 3, 3, 'known');
    INSERT INTO c VALUES (1, 1), (4, 4), (5, 5)" >/dev/null
sql live "INSERT INTO u VALUES (4, 'ann', 'ann', NULL, NULL, 'live'), (9, 'bob', 'bob', 1, 1, 'live'), (7, 'cyd', 'cyd', 3, 3, 'live'), (6, 'eli', 'eli', NULL, NULL, 'live'), (8, 'dan', 'dan', NULL, NULL, 'live'), (5, 'eve', 'eve', NULL, NULL, 'live'); SELECT setval('u_id_seq', 20)" >/dev/null
rules=$'u lineage other\nu key email'
merged_is "a row that is two live rows" 3 "1 4 ann live,4 21 good good,5 5 eve live" "SELECT string_agg(concat_ws(' ', c.id, u.id, email, v), ',' ORDER BY c.id) FROM c JOIN u ON u.id = u"
two_rows='matches 3 live rows: email of id 5, login of id 6, (org, no) of id 7;23505 matches two live rows: email of id 4, login of id 9;23505 matches two live rows: login of id 7, (org, no) of id 9;'
equal "says which, by which keys" "23505 duplicate key value violates unique constraint \"u_login_key\": Key (login)=(dan) already exists.;23505 $two_rows" "$(reasons u)"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
equal "and so does the dry run" "23505 duplicate key value violates unique constraint \"u_login_key\";23505 $two_rows" "$(reasons u)"
sql origin "INSERT INTO c VALUES (2, 2)"
dump_origin
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
equal "a child of one that is new is rejected with it" "3 23503 3" "$status $(reasons c | cut -c1-5) $(sql live "SELECT count(*) FROM c")"
two_dbs "CREATE TABLE k (a text, b int, v int UNIQUE, w text, PRIMARY KEY (a, b))"
sql origin "INSERT INTO k VALUES ('x', 1, 2, 'new')" >/dev/null
sql live "INSERT INTO k VALUES ('x', 1, 1, 'live'), ('y', 2, 2, 'live')" >/dev/null
rules=
merged_is "likewise without a surrogate id" 3 "x1 live y2 live" "SELECT a || b || ' ' || w FROM k ORDER BY 1"
equal "which are named by their key" "23505 matches two live rows: (a, b)=(x, 1), v of (a, b)=(y, 2);" "$(reasons k)"

# ---- a collation under which texts of other bytes are equal
if [ "$(sql postgres "SELECT count(*) FROM pg_collation WHERE collprovider = 'i'")" != 0 ]; then
    two_dbs "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE cat (id serial PRIMARY KEY, name text COLLATE ci NOT NULL UNIQUE, v int); CREATE TABLE kitten (cat int NOT NULL REFERENCES cat, name text COLLATE ci, v int, PRIMARY KEY (cat, name))"
    sql origin "INSERT INTO cat (name, v) VALUES ('b', 1), ('root', 1), ('a', 2), ('é', 9), ('new', 3); INSERT INTO kitten VALUES (2, 'X', 1), (3, 'y', 2), (3, 'Z', 3), (5, 'q', 4)" >/dev/null
    sql live "INSERT INTO cat (name, v) VALUES ('Root', 1), ('A', 2), ('B', 3), ('É', 4); INSERT INTO kitten VALUES (1, 'x', 0), (2, 'Y', 2)" >/dev/null
    rules=
    merged_is "a collation without case" 0 "1Root1 2A2 3B1 4É9 5new3 | 1x1 2Y2 2Z3 5q4" \
        "SELECT (SELECT string_agg(id || name || v, ' ' ORDER BY id) FROM cat) || ' | ' || (SELECT string_agg(cat || name || v, ' ' ORDER BY cat, name COLLATE \"C\") FROM kitten)"
else
    skip "a collation without case" "the server has no ICU"
fi
