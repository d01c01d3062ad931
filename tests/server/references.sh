#!/usr/bin/env bash
# References made the live database's: of every kind, and what becomes of those that lead nowhere.
. "$(dirname "$0")/../lib.sh"
reasons() { # TABLE: SQLSTATE and reason of its rejects
    cut -f1,2 "$folder/rejects/public.$1"*.tsv | grep -v ^pgbraid_ | LC_ALL=C sort | tr '\t\n' ' ;'
}

# ---- a foreign key to a unique key that is not the primary key
two_dbs "CREATE TABLE p (id serial PRIMARY KEY, code text UNIQUE NOT NULL, no int UNIQUE NOT NULL); CREATE TABLE c (id int PRIMARY KEY, code text REFERENCES p (code), no int REFERENCES p (no))"
sql origin "INSERT INTO p VALUES (1, 'x', 10), (2, 'y', 20), (3, 'z', 30); INSERT INTO c VALUES (1, 'x', 10), (2, 'y', 20), (3, NULL, 30)" >/dev/null
sql live "INSERT INTO p VALUES (3, 'x', 10), (1, 'y', 20); SELECT setval('p_id_seq', 3)" >/dev/null
rules='p lineage other'
merged_is "foreign keys to other unique keys" 0 "1 x 10 3 2 y 20 1 3 - 30 4" "SELECT concat_ws(' ', c.id, coalesce(c.code, '-'), c.no, p.id) FROM c JOIN p ON p.no = c.no ORDER BY c.id"

# ---- self, and circles of two and three tables, nothing deferrable, nullable or not, without superuser
two_dbs "CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, b int); CREATE TABLE b (id serial PRIMARY KEY, k text UNIQUE NOT NULL, c int); CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, a int, self int REFERENCES c);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c; ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES a"
sql origin "WITH x AS (INSERT INTO a VALUES (1, 'a1', 1), (2, 'a2', 2), (3, 'a3', NULL)), y AS (INSERT INTO b VALUES (1, 'b1', 1), (2, 'b2', 2)) INSERT INTO c VALUES (1, 'c1', 1, 2), (2, 'c2', 3, 1)" >/dev/null
sql live "INSERT INTO a VALUES (3, 'a1', NULL), (1, 'live', NULL); SELECT setval('a_id_seq', 3)" >/dev/null
rules=$'a lineage other\nb lineage other\nc lineage other'
merged_is "a circle of three tables" 0 "a1>b1>c1>a1 c2,a2>b2>c2>a3 c1 3" "SELECT string_agg(concat(a.k, '>', b.k, '>', c.k, '>', a2.k, ' ', s.k), ',' ORDER BY a.k) || ' ' || max(a.id) FILTER (WHERE a.k = 'a1') FROM a JOIN b ON b.id = a.b JOIN c ON c.id = b.c JOIN a a2 ON a2.id = c.a JOIN c s ON s.id = c.self"
sql postgres "DROP ROLE IF EXISTS pgbraid_plain; CREATE ROLE pgbraid_plain LOGIN" >/dev/null 2>&1
two_dbs "CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, b int NOT NULL); CREATE TABLE b (id serial PRIMARY KEY, k text UNIQUE NOT NULL, a int NOT NULL);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE; ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a"
sql origin "WITH x AS (INSERT INTO a VALUES (1, 'a1', 1), (2, 'a2', 2)) INSERT INTO b VALUES (1, 'b1', 2), (2, 'b2', 1)" >/dev/null
sql live "WITH x AS (INSERT INTO a VALUES (5, 'a2', 5)) INSERT INTO b VALUES (5, 'live', 5); GRANT SELECT, INSERT, UPDATE ON a, b TO pgbraid_plain; GRANT USAGE, UPDATE, SELECT ON ALL SEQUENCES IN SCHEMA public TO pgbraid_plain; GRANT TEMP ON DATABASE live TO pgbraid_plain; SELECT setval('a_id_seq', 9), setval('b_id_seq', 9)" >/dev/null
rules=$'a lineage other\nb lineage other'
dump_origin; printf '%s\n' "$rules" >"$T/scene.rules"
PGUSER=pgbraid_plain RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
equal "a circle of two tables, NOT NULL, without superuser" "0 a1>b1>a2,a2>b2>a1 5" \
    "$status $(sql live "SELECT string_agg(concat_ws('>', a.k, b.k, a2.k), ',' ORDER BY a.k) || ' ' || max(a.id) FILTER (WHERE a.k = 'a2') FROM a JOIN b ON b.id = a.b JOIN a a2 ON a2.id = b.a")"
sql live "DROP OWNED BY pgbraid_plain" >/dev/null; sql postgres "DROP ROLE pgbraid_plain" >/dev/null

# ---- rows of a circle that the live database refuses by themselves: the reasons name the live table
two_dbs "CREATE TABLE a (id int PRIMARY KEY, n int, d int, b int); CREATE TABLE \"B %s\" (id int PRIMARY KEY, n int, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES \"B %s\""
sql origin "INSERT INTO a VALUES (1, 1, 1, NULL), (2, -1, 1, NULL), (3, 1, NULL, NULL); INSERT INTO \"B %s\" VALUES (1, 1, 1), (2, -1, 1); UPDATE a SET b = 1" >/dev/null
sql live "ALTER TABLE a ADD CONSTRAINT positive CHECK (n > 0), ALTER d SET NOT NULL; ALTER TABLE \"B %s\" ADD CONSTRAINT positive CHECK (n > 0)" >/dev/null
rules=
merged_is "refused rows of a circle" 3 "1 1 1 1" "SELECT concat_ws(' ', a.id, b, t.id, a) FROM a JOIN \"B %s\" t ON t.id = b"
contains "a CHECK's reason names the live table" 'relation "a" violates check constraint "positive"' "$(reasons a)"
contains "so does NOT NULL's" 'null value in column "d" of relation "a" violates' "$(reasons a)"
contains "also a name that needs quoting" 'relation "B %s" violates check' "$(cat "$folder"/rejects/*)"
equal "and none the table in which rows wait" "" "$(grep -rl pgbraid_stage "$folder/rejects" "$folder/log"* "$T/out" 2>/dev/null)"

# ---- orphans: rejected, null, kept, and what refers to a rejected row
two_dbs "CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, p int, q int, r int);
    CREATE TABLE g (id serial PRIMARY KEY, k text UNIQUE NOT NULL, c int REFERENCES c); CREATE TABLE gg (id serial PRIMARY KEY, k text UNIQUE NOT NULL, g int)"
sql origin "INSERT INTO p VALUES (1, 'p1'); INSERT INTO c VALUES (1, 'good', 1, 99, NULL), (2, 'orphan', 98, 1, 1), (3, 'none', NULL, NULL, 97); INSERT INTO g VALUES (1, 'g1', 1), (2, 'g2', 2), (3, 'g3', 3); INSERT INTO gg VALUES (1, 'gg1', 1), (2, 'gg2', 2)" >/dev/null
sql live "INSERT INTO p VALUES (7, 'p1'), (98, 'stranger'); SELECT setval('p_id_seq', 99)" >/dev/null
rules=$(printf '%s lineage other\n' p c g gg; printf '%s\n' 'c.p refers-to p' 'c.q refers-to p' 'c.q unresolved null' 'c.r refers-to p' 'c.r unresolved keep' 'gg.g refers-to g')
merged_is "orphans" 3 "good 7 - - g1 gg1 none - - 97 g3 -" "SELECT concat_ws(' ', c.k, coalesce(p::text, '-'), coalesce(q::text, '-'), coalesce(r::text, '-'), g.k, coalesce(gg.k, '-')) FROM c LEFT JOIN g ON g.c = c.id LEFT JOIN gg ON gg.g = g.id ORDER BY 1"
equal "orphans say what they lack" "23503 p 98 has no row of public.p;" "$(reasons c.)"
equal "and so do children of rejected rows" "23503 c 2 has no row of public.c: that row was rejected;" "$(reasons g.)"
equal "and theirs" "23503 g 2 has no row of public.g: that row was rejected;" "$(reasons gg.)"

# ---- orphans of a table that is skipped
two_dbs "CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL); CREATE TABLE post (id serial PRIMARY KEY, k text UNIQUE NOT NULL, user_id int REFERENCES users);
    CREATE TABLE team (id serial PRIMARY KEY, k text UNIQUE NOT NULL, members int[]); CREATE TABLE log (at text, members int[]);
    CREATE TABLE event (id serial PRIMARY KEY, k text UNIQUE NOT NULL, data jsonb); CREATE TABLE tag (id serial PRIMARY KEY, k text UNIQUE NOT NULL)"
sql origin "INSERT INTO users VALUES (7, 'u@x'); INSERT INTO post VALUES (1, 'p', 7), (2, 'none', NULL); INSERT INTO team VALUES (1, 't', '{7}'), (2, 'm', '{{7,7}}');
    INSERT INTO log VALUES ('x', '{7}'); INSERT INTO event VALUES (1, 'e', '{\"owner\": 7}'); INSERT INTO tag SELECT g, 't' || g FROM generate_series(1, 9) g" >/dev/null
sql live "INSERT INTO tag SELECT 10 - g, 't' || g FROM generate_series(1, 9) g WHERE g <> 5" >/dev/null # of another lineage
rules=$(printf '%s\n' 'users skip' 'log append' 'team.members array-of users' 'team.members unresolved drop' 'log.members array-of users' 'event.data.owner refers-to users')
merged_is "rows that refer to a skipped table" 3 "none 0 1 0 0" "SELECT string_agg(k, ' ') FROM post UNION ALL SELECT count(*)::text FROM log UNION ALL SELECT count(*)::text FROM team UNION ALL SELECT count(*)::text FROM event UNION ALL SELECT count(*)::text FROM users"
equal "are rejected because of that" "23503 user_id 7 has no row of public.users, which is skipped;" "$(reasons post)"
equal "their arrays, found by content" "23503 element 1 of members has no row of public.users, which is skipped;" "$(reasons log)"
equal "and dropped from" "23503 element 1 of members cannot be dropped from an array of several dimensions, and has no row of public.users, which is skipped;" "$(reasons team)"
equal "and their json" "23503 data.owner has no row of public.users, which is skipped;" "$(reasons event)"

# ---- ids that are uuids and cuids
two_dbs "CREATE TABLE u (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), k text UNIQUE NOT NULL, v text); CREATE TABLE \"User\" (id text PRIMARY KEY, email text UNIQUE NOT NULL, v text);
    CREATE TABLE c (id int PRIMARY KEY, u uuid REFERENCES u, \"userId\" text REFERENCES \"User\")"
sql origin "INSERT INTO u VALUES ('00000000-0000-4000-8000-000000000001', 'a', 'new'), ('00000000-0000-4000-8000-000000000002', 'b', 'new'), ('00000000-0000-4000-8000-000000000003', 'c', 'new');
    INSERT INTO \"User\" VALUES ('cl1', 'a@x', 'new'), ('cl2', 'b@x', 'new'), ('cl3', 'c@x', 'new'); INSERT INTO c VALUES (1, '00000000-0000-4000-8000-000000000001', 'cl1'), (2, '00000000-0000-4000-8000-000000000002', 'cl2'), (3, '00000000-0000-4000-8000-000000000003', 'cl3')" >/dev/null
sql live "INSERT INTO u VALUES ('00000000-0000-4000-8000-00000000000a', 'a', 'old'), ('00000000-0000-4000-8000-000000000003', 'stranger', 'live'); INSERT INTO \"User\" VALUES ('zz1', 'a@x', 'old'), ('cl3', 'stranger@x', 'live')" >/dev/null
rules=$'u lineage other\n"User" lineage other'
merged_is "uuid and text ids: kept where they are free, fresh ones else" 3 "1 a t a@x zz1 new 2 b t b@x cl2 new" "SELECT concat_ws(' ', c.id, u.k, CASE u.k WHEN 'a' THEN u.id::text LIKE '%0a' ELSE u.id::text LIKE '%02' END, x.email, x.id, x.v) FROM c JOIN u ON u.id = c.u JOIN \"User\" x ON x.id = \"userId\" ORDER BY 1"
two_dbs "CREATE TABLE u (id text PRIMARY KEY, email text UNIQUE NOT NULL); CREATE TABLE note (id serial PRIMARY KEY, u text REFERENCES u, body text); CREATE TABLE k (code text PRIMARY KEY, us text[]);
    CREATE TABLE few (id serial PRIMARY KEY, what text)"
sql origin "INSERT INTO u SELECT 'b' || g, 'm' || g FROM generate_series(1, 60) g; INSERT INTO note(u, body) SELECT id, email FROM u; INSERT INTO k SELECT email, ARRAY[id] FROM u; INSERT INTO few(what) VALUES ('origin')" >/dev/null
sql live "INSERT INTO u SELECT 'a' || g, 'm' || g FROM generate_series(1, 4) g; INSERT INTO k SELECT email, ARRAY[id] FROM u; INSERT INTO few(what) VALUES ('live')" >/dev/null
dump_origin
echo 'k.us array-of u' >"$T/scene.rules"
for again in "" ", and merged again they are the same rows"; do
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
    equal "text ids of which most were kept$again" "0 60 60 4 60 live,origin" \
        "$status $(sql live "SELECT concat_ws(' ', (SELECT count(*) FROM u), (SELECT count(*) FROM note JOIN u ON u.id = note.u AND email = body), (SELECT count(*) FROM u WHERE id ~ 'a'), (SELECT count(*) FROM k JOIN u ON u.id = us[1] AND email = code), (SELECT string_agg(what, ',' ORDER BY what) FROM few))")"
done

# ---- polymorphic pairs: another column says whose id it is
two_dbs "CREATE TABLE posts (id serial PRIMARY KEY, slug text UNIQUE NOT NULL); CREATE TABLE \"User\" (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE comment (id serial PRIMARY KEY, k text UNIQUE NOT NULL, target_type text, target_id int)"
sql origin "INSERT INTO posts VALUES (1, 'p1'), (2, 'p2'); INSERT INTO \"User\" VALUES (1, 'ann'), (2, 'bob'); INSERT INTO comment VALUES (1, 'c1', 'Post', 1), (2, 'c2', 'User', 1), (3, 'c3', 'User', 9), (4, 'c4', 'Page', 1), (5, 'c5', NULL, 1), (6, 'c6', 'Post', NULL), (7, 'c7', 'User', 2)" >/dev/null
sql live "INSERT INTO posts VALUES (5, 'p1'); INSERT INTO \"User\" VALUES (7, 'ann'), (1, 'live'); SELECT setval('posts_id_seq', 9), setval('\"User_id_seq\"', 9), setval('comment_id_seq', 9)" >/dev/null
rules=$(printf '%s lineage other\n' posts '"User"' comment; echo 'comment.target_id refers-by target_type(Post=posts, User="User")')
merged_is "polymorphic references" 3 "c1 Post 5,c2 User 7,c6 Post -,c7 User 10" "SELECT string_agg(k || ' ' || target_type || ' ' || coalesce(target_id::text, '-'), ',' ORDER BY k) FROM comment"
equal "and those that nobody explains" '23503 target_id 1: no rule says whose id it is where target_type is Page;23503 target_id 1: no rule says whose id it is where target_type is \N;23503 target_id 9 has no row of public."User";' "$(reasons comment. | sed 's/\\\\N/\\N/')"

# Django's generic foreign keys: that column is an id itself, and its values are the live database's
two_dbs "CREATE TABLE ct (id serial PRIMARY KEY, model text UNIQUE NOT NULL); CREATE TABLE product (id serial PRIMARY KEY, name text UNIQUE NOT NULL, n int);
    CREATE TABLE shop (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE tagged (tag text, object_id int NOT NULL, ct_id int NOT NULL REFERENCES ct, UNIQUE (tag, ct_id, object_id))"
sql origin "INSERT INTO ct VALUES (1, 'product'), (2, 'shop'), (3, 'page'); INSERT INTO product VALUES (1, 'p1', 1), (2, 'p2', 1), (3, 'bad', -1); INSERT INTO shop VALUES (1, 's1'), (2, 's2'), (3, 's3');
    INSERT INTO tagged VALUES ('a', 1, 1), ('b', 1, 2), ('c', 2, 2), ('d', 1, 3), ('e', 3, 1), ('f', 3, 2), ('g', 2, 1)" >/dev/null
sql live "ALTER TABLE product ADD CHECK (n > 0); INSERT INTO ct VALUES (1, 'shop'), (2, 'user'), (7, 'product'); INSERT INTO product VALUES (5, 'p1', 1); INSERT INTO shop VALUES (4, 's1'), (1, 'live'), (2, 'two');
    INSERT INTO tagged VALUES ('a', 5, 7); SELECT setval('ct_id_seq', 9), setval('product_id_seq', 20), setval('shop_id_seq', 40)" >/dev/null
for ids in '' 'tagged.ct_id refers-to ct'; do
    [ -z "$ids" ] || sql live "DELETE FROM tagged WHERE tag <> 'a'; DELETE FROM product WHERE id <> 5; DELETE FROM shop WHERE id > 4; DELETE FROM ct WHERE model = 'page'" >/dev/null
    rules=$(printf '%s lineage other\n' ct product shop; echo 'tagged.object_id refers-by ct_id(7=product, 1=shop)'; echo "$ids")
    merged_is "what says whose id it is is an id itself${ids:+, by rule}" 3 "a product p1,b shop s1,c shop s2,f shop s3,g product p2" \
        "SELECT string_agg(concat_ws(' ', tag, model, coalesce(p.name, s.name)), ',' ORDER BY tag) FROM tagged t JOIN ct ON ct.id = ct_id LEFT JOIN product p ON (p.id, model) = (object_id, 'product') LEFT JOIN shop s ON (s.id, model) = (object_id, 'shop')"
done
contains "and those that nobody explains: by the live id" "object_id 1: no rule says whose id it is where ct_id is " "$(reasons tagged)"
contains "and that of a refused row" "has no row of public.product: the row that was to get this id was refused" "$(reasons tagged)"

# ---- composite foreign keys: to a natural key of several columns; MATCH SIMPLE, so that one null among them refers to nothing
two_dbs "CREATE TABLE org (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE room (org int NOT NULL REFERENCES org, no int NOT NULL, v text, PRIMARY KEY (org, no));
    CREATE TABLE desk (id serial PRIMARY KEY, code text UNIQUE NOT NULL, org int, no int, FOREIGN KEY (org, no) REFERENCES room);
    CREATE TABLE plug (desk int NOT NULL REFERENCES desk, org int NOT NULL, no int, k int NOT NULL, PRIMARY KEY (desk, k), FOREIGN KEY (org, no) REFERENCES room (org, no))"
sql origin "INSERT INTO org VALUES (1, 'a'), (2, 'b'), (3, 'gone'); INSERT INTO room VALUES (1, 1, 'new a1'), (2, 1, 'new b1'), (2, 2, 'new b2');
    INSERT INTO desk VALUES (1, 'd1', 1, 1), (2, 'd2', 2, 2), (3, 'd3', 2, NULL), (4, 'd4', NULL, 7), (5, 'd5', NULL, NULL), (6, 'd6', 3, NULL);
    INSERT INTO plug VALUES (1, 2, 1, 1), (2, 1, NULL, 1), (3, 2, 2, 1)" >/dev/null
sql live "INSERT INTO org VALUES (2, 'a'), (1, 'c'), (7, 'b'); INSERT INTO room VALUES (2, 1, 'old a1'), (1, 1, 'live c1'), (1, 2, 'live c2'); INSERT INTO desk VALUES (3, 'd1', 1, 1), (1, 'd9', 1, 2); SELECT setval('org_id_seq', 7), setval('desk_id_seq', 9)" >/dev/null
rules=$'org lineage other\ndesk lineage other'
merged_is "composite foreign keys" 0 "d1 a1 new a1,d2 b2 new b2,d3 b-,d4 -7,d5 --,d6 gone-,d9 c2 live c2 3 d1 b1,d2 a-,d3 b2 3" \
    "SELECT string_agg(concat(code, ' ', coalesce(o.name, '-'), coalesce(d.no::text, '-'), ' ' || r.v), ',' ORDER BY code) || ' ' || max(d.id) FILTER (WHERE code = 'd1') FROM desk d LEFT JOIN org o ON o.id = d.org LEFT JOIN room r ON r.org = d.org AND r.no = d.no UNION ALL
    SELECT string_agg(concat(code, ' ', o.name, coalesce(p.no::text, '-')), ',' ORDER BY code) || ' ' || count(*) FROM plug p JOIN desk d ON d.id = desk JOIN org o ON o.id = p.org"
# no live row has all the columns: rejected, though each of them means something
two_dbs "CREATE TABLE org (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE room (org int NOT NULL REFERENCES org, no int NOT NULL, PRIMARY KEY (org, no)); CREATE TABLE desk (code text PRIMARY KEY, org int, no int)"
sql origin "INSERT INTO org VALUES (1, 'a'), (2, 'b'); INSERT INTO room VALUES (1, 1); INSERT INTO desk VALUES ('d1', 1, 1), ('d2', 2, 1), ('d3', 2, NULL), ('d4', 9, 1)" >/dev/null
sql live "ALTER TABLE desk ADD FOREIGN KEY (org, no) REFERENCES room; INSERT INTO org VALUES (2, 'a'); SELECT setval('org_id_seq', 7)" >/dev/null
rules='org lineage other'
dump_origin; printf '%s\n' "$rules" >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
equal "composite orphans" "3 d1 a1,d3 b-" "$status $(sql live "SELECT string_agg(concat(code, ' ', name, coalesce(no::text, '-')), ',' ORDER BY code) FROM desk LEFT JOIN org ON id = org")"
contains "are rejected for the whole key" 'violates foreign key constraint "desk_org_no_fkey"' "$(reasons desk)"
contains "or for the member that leads nowhere" "org 9 has no row of public.org" "$(reasons desk)"

# ---- what refers to a row that could not even be read: never the live row that has its id
for lineage in other same; do
    two_dbs "CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, p int);
        CREATE TABLE t (id serial PRIMARY KEY, k text UNIQUE NOT NULL, up int REFERENCES t)"
    sql live "INSERT INTO p VALUES (1, 'p1'), (2, 'stranger'); INSERT INTO t VALUES (1, 't1', NULL), (2, 'stranger', NULL); SELECT setval('p_id_seq', 99), setval('t_id_seq', 99), setval('c_id_seq', 99)" >/dev/null
    dump_origin
    sed -i '/^-- PostgreSQL database dump complete/d' "$T/origin.sql"
    cat >>"$T/origin.sql" <<'SQL'
INSERT INTO public.p VALUES (1, 'p1'), (2, lower('P2'));
INSERT INTO public.c VALUES (1, 'c1', 1), (2, 'c2', 2);
INSERT INTO public.t VALUES (1, 't1', NULL), (2, lower('T2'), NULL), (3, 't3', 2);
SQL
    {
        printf '%s lineage other\n' p c t
        printf '%s\n' 'c.p refers-to p' 'c.p unresolved keep'
    } | sed "s/ other$/ $lineage/" >"$T/scene.rules"
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --allow-incomplete
    equal "what refers to a row that cannot be read, lineage $lineage" "3 c1>p1 -" \
        "$status $(sql live "SELECT concat((SELECT string_agg(concat(c.k, '>', p.k), ',' ORDER BY c.k) FROM c LEFT JOIN p ON p.id = c.p), ' ', coalesce((SELECT k FROM t WHERE up = 2), '-'))")"
    equal "its reasons, lineage $lineage" "23503 p 2 has no row of public.p: that row was rejected;" "$(reasons c)"
done

# ---- what names a row that the live database itself refuses, where no foreign key holds: rejected too, or as the plan says
two_dbs "CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL, n int); CREATE TABLE soft (id serial PRIMARY KEY, k text UNIQUE NOT NULL, p int); CREATE TABLE softer (k text PRIMARY KEY, soft int);
    CREATE TABLE poly (k text PRIMARY KEY, kind text, target int); CREATE TABLE many (k text PRIMARY KEY, ps int[]); CREATE TABLE fewer (k text PRIMARY KEY, ps int[]); CREATE TABLE doc (k text PRIMARY KEY, j jsonb); CREATE TABLE hard (k text PRIMARY KEY, p int REFERENCES p)"
sql origin "INSERT INTO p VALUES (1, 'good', 1), (2, 'bad', -1), (3, 'known', 3); INSERT INTO soft VALUES (1, 's1', 1), (2, 's2', 2), (3, 's3', 3); INSERT INTO softer VALUES ('t1', 1), ('t2', 2);
    INSERT INTO poly VALUES ('y1', 'p', 1), ('y2', 'p', 2), ('y3', 'soft', 2); INSERT INTO many VALUES ('m1', '{1,3}'), ('m2', '{1,2,3}'); INSERT INTO fewer VALUES ('f1', '{3,2,1}'), ('f2', '{2}');
    INSERT INTO doc VALUES ('j1', '{\"p\": 3}'), ('j2', '{\"p\": 2}'); INSERT INTO hard VALUES ('h1', 1), ('h2', 2)" >/dev/null
sql live "ALTER TABLE p ADD CHECK (n > 0); INSERT INTO p VALUES (2, 'known', 3), (1, 'live', 1); SELECT setval('p_id_seq', 5)" >/dev/null
rules=$(printf '%s lineage other\n' p soft; printf '%s\n' 'soft.p refers-to p' 'softer.soft refers-to soft' 'poly.target refers-by kind(p=p, soft=soft)' 'many.ps array-of p' 'fewer.ps array-of p' 'fewer.ps unresolved drop' 'doc.j.p refers-to p')
merged_is "rows that name refused ones" 3 "good:good s1:good s3:known t1:s1 y1:good m1:good,known f1:known,good f2: j1:known h1:good" \
    "SELECT k || ':' || k FROM p WHERE k IN ('good', 'bad') UNION ALL SELECT s.k || ':' || p.k FROM soft s LEFT JOIN p ON p.id = p UNION ALL SELECT t.k || ':' || s.k FROM softer t LEFT JOIN soft s ON s.id = soft UNION ALL
    SELECT y.k || ':' || p.k FROM poly y LEFT JOIN p ON p.id = target UNION ALL SELECT k || ':' || coalesce((SELECT string_agg(p.k, ',' ORDER BY o) FROM unnest(ps) WITH ORDINALITY u(x, o) LEFT JOIN p ON p.id = x), '') FROM (TABLE many UNION ALL TABLE fewer) a UNION ALL
    SELECT d.k || ':' || p.k FROM doc d LEFT JOIN p ON p.id = (j ->> 'p')::int UNION ALL SELECT h.k || ':' || p.k FROM hard h LEFT JOIN p ON p.id = p"
contains "say so" "has no row of public.p: the row that was to get this id was refused" "$(reasons soft)"
contains "also in arrays" "element 2 of ps has no row of public.p: the row that was to get this id was refused" "$(reasons many)"

# Tables that refer to one another, of one lineage but for ids that both gave: a row is rejected for what it refers to
# outside, behind the rows that refer to it, which must not come to the live row of its id.
two_dbs "CREATE TABLE c (id serial PRIMARY KEY, name text UNIQUE); CREATE TABLE a (id serial PRIMARY KEY, name text UNIQUE, b int);
    CREATE TABLE b (id serial PRIMARY KEY, name text UNIQUE, a int REFERENCES a, c int REFERENCES c, others int[]);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; INSERT INTO c VALUES (1, 'c1'); INSERT INTO a SELECT g, 'a' || g FROM generate_series(1, 9) g;
    INSERT INTO b SELECT g, 'b' || g, g FROM generate_series(1, 9) g; SELECT setval('a_id_seq', 9), setval('b_id_seq', 9)"
sql origin "INSERT INTO b VALUES (10, 'new, and rejected', 1, 1, NULL), (11, 'new', 2, NULL, '{10,3}'), (12, 'for its array', 3, NULL, '{3}');
    UPDATE a SET b = 10 WHERE id = 1; UPDATE a SET b = 11 WHERE id = 2; INSERT INTO a VALUES (10, 'new, by way of b', 10), (11, 'new', 3);
    UPDATE b SET a = 10 WHERE id = 4; UPDATE b SET a = 11 WHERE id = 5" >/dev/null
sql live "INSERT INTO b VALUES (10, 'a stranger'), (11, 'another')" >/dev/null
rules="c skip
c lineage other
b.others array-of b
b.others unresolved drop" merged_is "a row of a cycle that is rejected is not mistaken for another of its id" 3 \
    "a1- a2-new new-b3 b4-a4 b5-new new-a2{3} for its array-a3{3}" "SELECT string_agg(x, ' ' ORDER BY n) FROM (
        SELECT a.id + CASE WHEN a.id > 9 THEN 10 ELSE 0 END AS n, a.name || '-' || coalesce(b.name, '') AS x FROM a LEFT JOIN b ON b.id = a.b WHERE a.id IN (1, 2) OR a.name LIKE 'new%'
        UNION ALL SELECT b.id + 100 + CASE WHEN b.name LIKE 'new%' THEN 10 WHEN b.id > 9 THEN 20 ELSE 0 END, b.name || '-' || coalesce(a.name, '') || coalesce(b.others::text, '') FROM b LEFT JOIN a ON a.id = b.a
        WHERE b.id IN (4, 5) OR b.name LIKE 'new%' OR b.name LIKE 'for%') q"
equal "and each reject says it" "a: b 10 has no row of public.b: that row was rejected
a: b 10 has no row of public.b: that row was rejected
b: a 10 has no row of public.a: that row was rejected
b: c 1 has no row of public.c, which is skipped" "$(for t in a b; do cut -f2 "$folder/rejects/public.$t.backup-ids.tsv" | tail -n +2 | sed "s/^/$t: /"; done | sort)"
