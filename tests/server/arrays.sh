#!/usr/bin/env bash
# Ids in arrays and inside of json: translated element by element, the order kept, and live rows let alone.
. "$(dirname "$0")/../lib.sh"

# What the ids in an array of arrays.ids stand for, in their order.
names="SELECT string_agg(a.k || ':' || (SELECT coalesce(string_agg(coalesce(p.k, '?' || e.id, '-'), '' ORDER BY n), '') FROM unnest(ids) WITH ORDINALITY e (id, n) LEFT JOIN p ON p.id = e.id), ' ' ORDER BY a.k) FROM a"
scene() { # SQL of more rows in the backup
    two_dbs "CREATE TABLE p (id bigserial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, ids bigint[])"
    sql origin "INSERT INTO p SELECT g, chr(96 + g) FROM generate_series(1, 5) g; INSERT INTO a VALUES (1, 'x', '{3,1,2,1,NULL,5}'), (2, 'y', '{}'), (3, 'z', NULL); $1" >/dev/null
    sql live "INSERT INTO p SELECT g, chr(102 - g) FROM generate_series(1, 5) g; INSERT INTO p VALUES (9, 'i'); INSERT INTO a VALUES (1, 'live', '{1,2,3,9}'); SELECT setval('p_id_seq', 9), setval('a_id_seq', 9)" >/dev/null
}
scene ""
rules=$'p lineage other\na lineage other\na.ids array-of p'
merged_is "arrays: element by element, the order kept, live ones let alone" 0 "live:edci x:caba-e y: z:" "$names"
equal "position by position the ids mean the same as in the backup" "" "$(diff <(sql origin "$names" | tr ' ' '\n') <(sql live "$names" | tr ' ' '\n' | grep -v ^live))"

# ---- elements without a row
for unresolved in keep:x7 drop:x null:x- reject:; do
    scene "INSERT INTO a VALUES (4, 'w', '{7}')"
    expected=${unresolved#*:}
    rules="p lineage other
a lineage other
a.ids array-of p
a.ids unresolved ${unresolved%%:*}"
    case ${unresolved%%:*} in
    keep) expected=" w:?7" status_expected=0 ;;
    drop) expected=" w:" status_expected=0 ;;
    null) expected=" w:-" status_expected=0 ;;
    reject) expected="" status_expected=3 ;;
    esac
    merged_is "an element without a row: ${unresolved%%:*}" "$status_expected" "live:edci$expected x:caba-e y: z:" "$names"
done
equal "a reject says which element" "23503 element 1 of ids has no row of public.p" "$(cut -f1,2 "$folder"/rejects/public.a*.tsv | sed 1d | tr '\t' ' ')"
scene "INSERT INTO a VALUES (4, 'w', '{7}')"
rules=$'p lineage other\na lineage other\na.ids array-of p'
merged_is "by default it is a reject in another lineage" 3 "live:edci x:caba-e y: z:" "$names"
sql live "DELETE FROM a; DELETE FROM p" >/dev/null
rules=$'p lineage same\na lineage same\na.ids array-of p'
merged_is "and kept in the same one" 0 "w:?7 x:caba-e y: z:" "$names"

# ---- arrays of several dimensions, with bounds, of texts
two_dbs "CREATE TABLE p (id text PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE a (k text PRIMARY KEY, ids text[])"
sql origin "INSERT INTO p VALUES ('a b', 'a'), ('c\"d', 'c'), ('NULL', 'n'); INSERT INTO a VALUES ('x', '{{a b,\"c\\\"d\"},{\"NULL\",a b}}'), ('y', '[0:1]={a b,NULL}')" >/dev/null
sql live "INSERT INTO p VALUES ('1,2', 'a'), ('\\', 'c'), ('', 'n')" >/dev/null
rules=$'p key k\na.ids array-of p\np lineage other'
merged_is "arrays of texts, of several dimensions, with bounds" 0 'x {{"1,2","\\"},{"","1,2"}} y [0:1]={"1,2",NULL}' "SELECT string_agg(k || ' ' || ids::text, ' ' ORDER BY k) FROM a"

# ---- a domain over arrays of ids is an array of ids
two_dbs "CREATE DOMAIN ids AS int[] CHECK (cardinality(VALUE) < 4); CREATE DOMAIN fewer AS ids; CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE a (k text PRIMARY KEY, ids fewer)"
sql origin "INSERT INTO p (k) VALUES ('a'), ('b'), ('c'); INSERT INTO a VALUES ('x', '{3,1}'), ('y', '{{1,2}}'), ('z', NULL)" >/dev/null
sql live "INSERT INTO p (k) VALUES ('c'), ('z'), ('a')" >/dev/null
rules=$'p lineage other\na.ids array-of p'
merged_is "a domain over arrays" 0 "x {1,3} y {{3,4}} z -" "SELECT string_agg(k || ' ' || coalesce(ids::text, '-'), ' ' ORDER BY k) FROM a"

# ---- arrays into the table's own cycle, in append-only rows too
two_dbs "CREATE TABLE n (id serial PRIMARY KEY, k text NOT NULL, up int REFERENCES n, ids int[])"
sql origin "INSERT INTO n VALUES (1, 'root', NULL, '{}'), (2, 'a', 1, '{1}'), (3, 'b', 1, '{2,1}'), (4, 'c', 3, '{3,2}')" >/dev/null
sql live "INSERT INTO n VALUES (2, 'root', NULL, '{}'), (1, 'a', 2, '{2}'), (3, 'live', NULL, '{1}'); SELECT setval('n_id_seq', 9)" >/dev/null
rules=$'n append\nn lineage other\nn.ids array-of n'
merged_is "arrays into the own table, append-only" 0 "a>root:root b>root:a,root c>b:b,a live>-:a root>-:" \
    "SELECT string_agg(n.k || '>' || coalesce(u.k, '-') || ':' || coalesce((SELECT string_agg(m.k, ',' ORDER BY o) FROM unnest(n.ids) WITH ORDINALITY e (id, o) JOIN n m ON m.id = e.id), ''), ' ' ORDER BY n.k) FROM n LEFT JOIN n u ON u.id = n.up"

# ---- ids inside of json and jsonb
two_dbs "CREATE TABLE p (id bigserial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE ev (id serial PRIMARY KEY, k text UNIQUE NOT NULL, data jsonb); CREATE TABLE log (at int, data json)"
sql origin "INSERT INTO p VALUES (1, 'a'), (2, 'b'), (9007199254740993, 'big');
    INSERT INTO ev VALUES (1, 'x', '{\"package_ids\": [2, \"1\", 2, null, 9007199254740993], \"owner\": {\"id\": 1}, \"n\": 2, \"t\": \"a\\\\b\\\"c\"}'), (2, 'y', '[1, 2]'), (3, 'orphan', '{\"owner\": {\"id\": 7}}'), (4, 'none', NULL);
    INSERT INTO log VALUES (1, '{ \"owner\":{\"id\":1 , \"id\":2}}'), (1, '{ \"owner\":{\"id\":1 , \"id\":2}}')" >/dev/null
sql live "INSERT INTO p VALUES (1, 'b'), (2, 'a'), (3, 'big'); INSERT INTO ev VALUES (9, 'x', '{\"package_ids\": [1]}'), (1, 'live', '{\"package_ids\": [2, 1]}'); SELECT setval('p_id_seq', 9), setval('ev_id_seq', 9)" >/dev/null
rules=$'p lineage other\nev lineage other\nlog append\nev.data.package_ids array-of p\nev.data.owner.id refers-to p\nlog.data.owner.id refers-to p'
merged_is "ids inside of json" 3 'live {"package_ids": [2, 1]},none -,x {"n": 2, "t": "a\\b\"c", "owner": {"id": 2}, "package_ids": [1, "2", 1, null, 3]},y [1, 2] { "owner":{"id":2 , "id":1}};{ "owner":{"id":2 , "id":1}}' \
    "SELECT (SELECT string_agg(k || ' ' || coalesce(data::text, '-'), ',' ORDER BY k) FROM ev) || ' ' || (SELECT string_agg(data::text, ';') FROM log)"
equal "an id in json without a row" "23503 data.owner.id has no row of public.p" "$(cut -f1,2 "$folder"/rejects/public.ev*.tsv | sed 1d | tr '\t' ' ')"
sql origin "UPDATE ev SET data = '{\"package_ids\": [1], \"owner\": {\"userId\": 1, \"user_id\": \"u\", \"id\": 1}, \"more\": [{\"a_id\": 1}]}' WHERE k = 'y'" >/dev/null
RULES=$T/json.rules
grep -v package_ids <<<"$rules" >"$RULES"
export RULES
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "numbers in json under a key like an array of ids are a warning" "public.ev.data: package_ids in its jsonb is merged as it is; if it holds ids of a table, say so by rule: public.ev.data.package_ids array-of TABLE" "$(cat "$T/out")"
contains "also those of objects in an array" "by rule: public.ev.data.more.a_id refers-to TABLE" "$(cat "$T/out")"
contains "also those of an object in it" "by rule: public.ev.data.owner.\"userId\" refers-to TABLE" "$(cat "$T/out")"
equal "texts are none, nor is what a rule is about" 3 "$(grep -c 'in its jsonb\? is merged as it is' "$T/out")"
unset RULES
rules+=$'\nev.data.nothing refers-to p\nev.data.owner.user_id array-of p\nev.data.more.a_id refers-to p'
merged_is "ids in objects of an array" 3 '{"more": [{"a_id": 2}], "owner": {"id": 2, "userId": 1, "user_id": "u"}, "package_ids": [2]}' "SELECT data FROM ev WHERE k = 'y'"
contains "a rule that meets no id is a warning" "public.ev.data.nothing: none of the sampled rows has an id there, of which a rule speaks" "$(cat "$T/out")"
contains "nor an array" "public.ev.data.owner.user_id: none of the sampled rows has an array of ids there" "$(cat "$T/out")"
equal "and only that" 2 "$(grep -c 'of which a rule speaks' "$T/out")"

# ---- found by what they hold
two_dbs "CREATE TABLE package (id serial PRIMARY KEY, purl text UNIQUE NOT NULL); CREATE TABLE bundle (id serial PRIMARY KEY, code text UNIQUE, package_ids int[] NOT NULL, note text)"
sql origin "INSERT INTO package (purl) SELECT 'pkg:' || g FROM generate_series(1, 20) g; INSERT INTO bundle (code, package_ids, note) SELECT CASE WHEN g > 5 THEN 'c' || g END, ARRAY[g, g + 5], 'note ' || g FROM generate_series(1, 15) g" >/dev/null
sql live "INSERT INTO package SELECT 100 + g, 'pkg:' || g FROM generate_series(1, 20) g; INSERT INTO bundle (code, package_ids, note) SELECT CASE WHEN g > 5 THEN 'c' || g END, ARRAY[100 + g, 105 + g], 'note ' || g FROM generate_series(15, 1, -1) g" >/dev/null
rules='bundle.package_ids array-of package'
merged_is "rows without a value of their key are found by what they hold, arrays translated" 0 "15 15" "SELECT count(*) || ' ' || count(*) FILTER (WHERE package_ids = ARRAY[100 + substr(note, 6)::int, 105 + substr(note, 6)::int]) FROM bundle"
rules=

# ---- in a key: rows are looked up as their ids are in the live database
packages="CREATE TABLE p (id serial PRIMARY KEY, name text UNIQUE)"
letters="INSERT INTO p (name) VALUES ('a'), ('b'), ('c')"
reversed="INSERT INTO p (name) VALUES ('c'), ('b'), ('a')"
two_dbs "$packages; CREATE TABLE team (members int[] PRIMARY KEY, v text)"
sql origin "$reversed; INSERT INTO team VALUES ('{1,2}', 'cb'), ('{1}', 'c')" >/dev/null
sql live "$letters; INSERT INTO team VALUES ('{1,2}', 'ab live'), ('{3}', 'c live')" >/dev/null
rules='team.members array-of p'
merged_is "an array that is the primary key" 0 "{1,2} ab live,{3} c,{3,2} cb" "SELECT string_agg(members::text || ' ' || v, ',' ORDER BY v) FROM team"
for kind in array json; do
    case $kind in
    array) ref="int[]" one='{1}' three='{3}' rules=$'team.ref array-of p\nteam key ref' ;;
    json) ref=jsonb one='{"p":1}' three='{"p":  3}' rules='team.ref.p refers-to p' ;;
    esac
    two_dbs "$packages; CREATE TABLE team (id serial PRIMARY KEY, ref $ref NOT NULL, v text$([ $kind = array ] || echo ', UNIQUE (ref)')); CREATE TABLE child (id serial PRIMARY KEY, team int REFERENCES team, n text UNIQUE)"
    sql origin "$reversed; INSERT INTO team (ref, v) VALUES ('$one', 'c new'), ('$three', 'a new'); INSERT INTO child (team, n) VALUES (1, 'of c'), (2, 'of a')" >/dev/null
    sql live "$letters; INSERT INTO team (ref, v) VALUES ('$one', 'a'), ('$three', 'c')" >/dev/null
    merged_is "$kind: ids in a key" 0 "of a 1 a new,of c 3 c new 2" \
        "SELECT string_agg(concat_ws(' ', n, regexp_replace(ref::text, '[^0-9]', '', 'g'), v), ',' ORDER BY n) || ' ' || (SELECT count(*) FROM team) FROM child JOIN team ON team.id = team"
done
rules=
