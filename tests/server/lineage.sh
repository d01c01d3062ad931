#!/usr/bin/env bash
# Whether two databases mean the same row by the same id, and what is done where they do not.
. "$(dirname "$0")/../lib.sh"

# ---- what agrees by chance is no evidence: constants, defaults, flags, numbers that count from one
two_dbs "CREATE TABLE item (id serial PRIMARY KEY, name text, status text DEFAULT 'new', active bool DEFAULT true, kind text DEFAULT 'x', rank int DEFAULT 0)"
sql origin "INSERT INTO item (name, active) SELECT 'origin ' || g, g % 9 <> 0 FROM generate_series(1, 30) g" >/dev/null
sql live "INSERT INTO item (name, active) SELECT 'live ' || g, g % 7 <> 0 FROM generate_series(1, 30) g" >/dev/null
rules=
merged_is "strangers whose defaults agree are not overwritten" 0 "30 30 60" \
    "SELECT concat_ws(' ', count(*) FILTER (WHERE name LIKE 'origin%'), count(*) FILTER (WHERE name LIKE 'live%'), count(*)) FROM item"
contains "the plan says how few are alike" "0 of 30 sampled rows with equal ids are alike" "$(decided item)"

two_dbs "CREATE TABLE flag (id serial PRIMARY KEY, on_off bool NOT NULL DEFAULT true, level int); CREATE TABLE sub (id serial PRIMARY KEY, flag int REFERENCES flag)"
sql origin "INSERT INTO flag (on_off, level) SELECT g % 20 <> 3, CASE WHEN g % 50 = 7 THEN 1 ELSE 0 END FROM generate_series(1, 300) g; INSERT INTO sub (flag) SELECT g FROM generate_series(1, 300) g" >/dev/null
sql live "INSERT INTO flag (on_off, level) SELECT g % 20 <> 12, CASE WHEN g % 50 = 31 THEN 1 ELSE 0 END FROM generate_series(1, 300) g; INSERT INTO sub (flag) SELECT g FROM generate_series(1, 300) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "as many as chance would have alike are no evidence" "append" "$(decided flag)"

# ---- rows of one origin stay what they are, though a column of every row has changed
two_dbs "CREATE TABLE country (id serial PRIMARY KEY, name char(20) NOT NULL, status text DEFAULT 'x', last_update timestamptz NOT NULL)"
sql origin "INSERT INTO country (name, last_update) SELECT 'c' || g, '2024-01-01' FROM generate_series(1, 40) g; UPDATE country SET name = 'C5' WHERE id = 5; INSERT INTO country (name, last_update) VALUES ('added', '2024-01-01')" >/dev/null
sql live "INSERT INTO country (name, last_update) SELECT 'c' || g, '2023-01-01' FROM generate_series(1, 40) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "the plan says how many are alike" "39 of 40 sampled rows with equal ids are alike" "$(decided country)"
merged_is "a column that all rows have anew does not make them strangers" 0 "41 c1 C5 added" \
    "SELECT concat_ws(' ', count(*), (SELECT string_agg(trim(name), ' ' ORDER BY id) FROM country WHERE id IN (1, 5, 41))) FROM country"
PGTZ=Asia/Tokyo dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "times of another zone are the same times" "41 of 41 sampled rows with equal ids are alike" "$(decided country)"

# some rows of one table changed, all of another did not
two_dbs "CREATE TABLE a (id serial PRIMARY KEY, name text); CREATE TABLE b (id serial PRIMARY KEY, name text); INSERT INTO a (name) SELECT 'a' || g FROM generate_series(1, 20) g; INSERT INTO b (name) SELECT 'b' || g FROM generate_series(1, 200) g"
sql origin "UPDATE a SET name = 'new' || id WHERE id % 5 = 2" >/dev/null
merged_is "changed rows do not make a table of strangers where the others are the same" 0 "20 4" "SELECT count(*) || ' ' || count(*) FILTER (WHERE name LIKE 'new%') FROM a"

# ---- rows that chance would have alike anyway say little: where all other tables are the same their rows were changed,
# where others are strangers they are strangers too
copies="CREATE TABLE film (id serial PRIMARY KEY, title text); CREATE TABLE copy (id serial PRIMARY KEY, film_id int REFERENCES film, seen date DEFAULT '2024-01-01'); CREATE TABLE loan (copy_id int REFERENCES copy, day date, PRIMARY KEY (copy_id, day))"
films() { echo "INSERT INTO film (title) SELECT '$1' || g FROM generate_series(1, 40) g; INSERT INTO copy (film_id) SELECT g % 40 + 1 FROM generate_series(1, 100) g; INSERT INTO loan SELECT g, '2024-01-02' FROM generate_series(1, 100) g"; }
two_dbs "$copies; $(films both)"
sql origin "UPDATE copy SET seen = '2024-05-05' WHERE id % 10 = 3" >/dev/null
sql live "UPDATE copy SET seen = '2024-06-06' WHERE id % 10 = 7" >/dev/null
rules=
merged_is "changed rows of a table that says little are not doubled" 0 "100 10 100" \
    "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE seen = '2024-05-05'), (SELECT count(*) FROM loan)) FROM copy"
two_dbs "$copies; CREATE TABLE country (id serial PRIMARY KEY, name text); INSERT INTO country (name) SELECT 'c' || g FROM generate_series(1, 500) g"
sql origin "$(films origin); UPDATE copy SET seen = '2024-05-05' WHERE id % 10 = 3" >/dev/null
sql live "$(films live); UPDATE copy SET seen = '2024-06-06' WHERE id % 10 = 7" >/dev/null
merged_is "strangers of a table that says little are not overwritten where others are strangers" 0 "500 80 200" \
    "SELECT concat_ws(' ', (SELECT count(*) FROM country), (SELECT count(*) FROM film), count(*)) FROM copy"

# ---- two pairs by key, as of seed rows, are less than what many rows hold
few="CREATE TABLE role (id serial PRIMARY KEY, name text UNIQUE NOT NULL); INSERT INTO role (name) VALUES ('admin'), ('guest'); CREATE TABLE member (id serial PRIMARY KEY, name text); CREATE TABLE note (id serial PRIMARY KEY, note text)"
members() { echo "INSERT INTO member (name) SELECT '$1' || g FROM generate_series(1, 30) g; INSERT INTO note (note) VALUES ('$1 1'), ('$1 2')"; }
two_dbs "$few; $(members both)"
sql origin "UPDATE note SET note = 'new' WHERE id = 1" >/dev/null
merged_is "many rows that are alike say that ids mean the same" 0 "both 2,new" "SELECT string_agg(note, ',' ORDER BY note) FROM note"
equal "and nobody doubts it" "" "$(grep 'little evidence' "$T/out")"
two_dbs "$few"
sql origin "$(members origin)" >/dev/null
sql live "$(members live)" >/dev/null
merged_is "many strangers say that ids mean something else" 0 "live 1,live 2,origin 1,origin 2" "SELECT string_agg(note, ',' ORDER BY note) FROM note"

# ---- some keys have other ids, but most rows are alike: a table was made anew, both added the same names, or a merge did
tickets="CREATE TABLE queue (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE ticket (id serial PRIMARY KEY, queue_id int REFERENCES queue, subject text, open bool DEFAULT true); CREATE TABLE note (id serial PRIMARY KEY, ticket_id int REFERENCES ticket, body text);
    INSERT INTO queue (name) SELECT 'q' || g FROM generate_series(1, 4) g; INSERT INTO ticket (queue_id, subject) SELECT 1 + g % 4, md5(g::text) FROM generate_series(1, 30) g; INSERT INTO note (ticket_id, body) SELECT 1 + g % 30, md5('n' || g) FROM generate_series(1, 60) g"
tally="SELECT concat_ws(' ', (SELECT count(*) FROM queue), count(*), count(*) FILTER (WHERE NOT open), (SELECT count(*) FROM note)) FROM ticket"
two_dbs "$tickets"
sql origin "INSERT INTO queue (name) VALUES ('origin')" >/dev/null
sql live "INSERT INTO queue (name) VALUES ('live')" >/dev/null
rules=
merged_is "one queue in each of two databases" 0 "6 30 0 60" "$tally"
sql origin "UPDATE ticket SET open = false WHERE id IN (3, 11, 27)" >/dev/null
merged_is "of a later backup tickets that were closed are no new ones" 0 "6 30 3 60" "$tally"
two_dbs "$tickets"
sql origin "INSERT INTO queue (name) VALUES ('a'), ('b'), ('c'); UPDATE ticket SET open = false WHERE id % 3 = 0" >/dev/null
sql live "INSERT INTO queue (name) VALUES ('c'), ('b'), ('a')" >/dev/null
merged_is "the same queues in another order do not double tickets" 0 "7 30 10 60" "$tally"
two_dbs "CREATE TABLE product (id serial PRIMARY KEY, sku text UNIQUE NOT NULL); INSERT INTO product (sku) SELECT 's' || g FROM generate_series(1, 40) g; $tickets"
sql origin "DELETE FROM product; INSERT INTO product (sku) SELECT 's' || g FROM generate_series(1, 40) g; UPDATE ticket SET open = false WHERE id % 3 = 0" >/dev/null
merged_is "a catalogue that was made anew does not double tickets" 0 "4 30 10 60" "$tally"
contains "the plan says what was weighed" "4 of 44 sampled pairs agree, but 90 of 90 sampled rows with equal ids are alike" "$(grep "^lineage" "$folder/plan.tsv")"

# ---- a fork of more rows than there were before
two_dbs "$tickets"
sql origin "INSERT INTO ticket (queue_id, subject) SELECT 1 + g % 4, md5('o' || g) FROM generate_series(1, 60) g; UPDATE ticket SET open = false WHERE id IN (3, 11, 27)" >/dev/null
sql live "INSERT INTO ticket (queue_id, subject) SELECT 1 + g % 4, md5('l' || g) FROM generate_series(1, 60) g" >/dev/null
merged_is "most rows are behind the fork" 3 "4 90 3 60" "$tally"

# ---- strangers that have seed rows in common: what refers to them, and holds nothing, is theirs
shop="CREATE TABLE country (id serial PRIMARY KEY, code text UNIQUE NOT NULL); CREATE TABLE customer (id serial PRIMARY KEY, email text UNIQUE NOT NULL, country_id int REFERENCES country); CREATE TABLE cart (id serial PRIMARY KEY, customer_id int REFERENCES customer); CREATE TABLE invoice (id serial PRIMARY KEY, number text UNIQUE, customer_id int REFERENCES customer, memo text);
    INSERT INTO country (code) SELECT 'c' || g FROM generate_series(1, 40) g"
for n in 4 12; do
    two_dbs "$shop"
    for db in origin live; do sql "$db" "INSERT INTO customer (email, country_id) SELECT md5('$db' || g), 1 + g FROM generate_series(1, $n) g; INSERT INTO cart (customer_id) SELECT 1 + (g * ${#db}) % $n FROM generate_series(1, $n) g; INSERT INTO invoice (number, customer_id, memo) SELECT CASE WHEN g % 3 > 0 THEN '$db' || g END, g, md5('$db m' || g) FROM generate_series(1, $n) g" >/dev/null; done
    merged_is "$n strangers beside common seeds" 0 "40 $((2 * n)) $((2 * n)) $((2 * n)) $n" \
        "SELECT concat_ws(' ', (SELECT count(*) FROM country), (SELECT count(*) FROM customer), (SELECT count(*) FROM cart), (SELECT count(*) FROM invoice), (SELECT count(*) FROM invoice i JOIN customer c ON c.id = customer_id, generate_series(1, $n) g WHERE memo = md5('origin m' || g) AND email = md5('origin' || g)))"
done

# ---- ids that a framework takes from a sequence which the schema does not tie to the column
orders="CREATE SEQUENCE orders_seq INCREMENT BY 50; CREATE TABLE country (id int PRIMARY KEY, name text); INSERT INTO country VALUES (1, 'de'), (2, 'fr'); CREATE TABLE customer (id bigint PRIMARY KEY, email text UNIQUE NOT NULL); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer, country_id int REFERENCES country, memo text)"
take() { # DB N FIRST
    sql "$1" "INSERT INTO orders SELECT nextval('orders_seq'), 1 + g % 5, 1 + g % 2, md5('$1' || g) FROM generate_series($3, $2) g" >/dev/null
}
orders_are="SELECT concat_ws(' ', (SELECT count(*) FROM country), count(DISTINCT orders.id), (SELECT count(*) FROM orders o JOIN customer c ON c.id = customer_id, generate_series(1, 12) g WHERE memo = md5('origin' || g) AND email = 'origin' || (1 + g % 5)), nextval('orders_seq') > max(orders.id)) FROM orders"
two_dbs "$orders"
sql origin "INSERT INTO customer SELECT g, 'origin' || g FROM generate_series(1, 5) g; INSERT INTO country VALUES (3, 'origin')" >/dev/null
sql live "INSERT INTO customer SELECT g, 'live' || g FROM generate_series(1, 6) g" >/dev/null
take origin 12 1
take live 14 1
rules=
merged_is "ids of such a sequence are no names: strangers are added" 0 "3 26 12 t" "$orders_are"
two_dbs "$orders; INSERT INTO customer SELECT g, 'origin' || g FROM generate_series(1, 5) g"
sql origin "INSERT INTO orders SELECT nextval('orders_seq'), 1 + g % 5, 1 + g % 2, md5('origin' || g) FROM generate_series(1, 12) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
take live 20 13
take origin 18 13
sql origin "UPDATE orders SET country_id = 1 WHERE id < 200" >/dev/null
merged_is "and fork" 3 "2 20 12 t" "$orders_are"
# but numbers that no sequence makes, or none that fits, are names, whatever else their rows hold
for sequence in '' 'CREATE SEQUENCE site_seq'; do
    two_dbs "CREATE TABLE site (id bigint PRIMARY KEY, name text); $sequence"
    for db in origin live; do sql "$db" "INSERT INTO site SELECT g * 1000001, md5('$db' || g) FROM generate_series(1, 12) g" >/dev/null; done
    merged_is "such numbers are names (${sequence:-no sequence})" 0 12 "SELECT count(*) FROM site"
    [ -z "$sequence" ] || equal "and the sequence is left alone" 1 "$(sql live "SELECT nextval('site_seq')")"
done
two_dbs "CREATE SEQUENCE no; CREATE TABLE bill (number text PRIMARY KEY DEFAULT 'B-' || nextval('no'), memo text); INSERT INTO bill (memo) VALUES ('both')"
sql origin "INSERT INTO bill (memo) VALUES ('origin')" >/dev/null
merged_is "a text that a sequence's number is in" 0 "B-1both B-2origin" "SELECT string_agg(number || memo, ' ' ORDER BY number) FROM bill"
# a column that may be null and is unique makes no difference
two_dbs "CREATE SEQUENCE client_seq; CREATE TABLE client (id bigint PRIMARY KEY, login text UNIQUE, name text)"
for db in origin live; do sql "$db" "INSERT INTO client SELECT nextval('client_seq'), CASE WHEN g % 2 = 0 THEN '$db' || g END, md5('$db' || g) FROM generate_series(1, 12) g" >/dev/null; done
merged_is "beside a key that may be null" 0 "24 t" "SELECT concat_ws(' ', count(*), nextval('client_seq') > max(id)) FROM client"
two_dbs "CREATE TABLE low (id serial PRIMARY KEY, name text UNIQUE NOT NULL); INSERT INTO low VALUES (-9, 'both')"
sql origin "INSERT INTO low VALUES (-7, 'a'), (-5, 'b')" >/dev/null
merged_is "ids below zero" 0 "-9 -7 -5" "SELECT string_agg(id::text, ' ' ORDER BY id) FROM low"

# ---- a value that the live database cannot read hides no evidence
two_dbs "CREATE TYPE kind AS ENUM ('a', 'b', 'c', 'd'); CREATE TABLE t (id serial PRIMARY KEY, kind kind UNIQUE NOT NULL); CREATE TABLE word (id serial PRIMARY KEY, word text)"
sql origin "ALTER TYPE kind ADD VALUE 'e'" >/dev/null
sql origin "INSERT INTO t (kind) VALUES ('a'), ('b'), ('c'), ('d'), ('e'); INSERT INTO word (word) VALUES ('origin')" >/dev/null
sql live "INSERT INTO t (kind) VALUES ('d'), ('c'), ('b'), ('a'); INSERT INTO word (word) VALUES ('live')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a label that the live enum lacks hides no evidence" "other live,origin" "$(awk -F'\t' '$1 == "lineage" { print $4 }' "$folder/plan.tsv") $(sql live "SELECT string_agg(word, ',' ORDER BY word) FROM word")"

# ---- rows that hold nothing but an id of another lineage are nobody's
two_dbs "CREATE TABLE k (id serial PRIMARY KEY, k text UNIQUE); CREATE TABLE o (id serial PRIMARY KEY); CREATE TABLE part (o int NOT NULL REFERENCES o, t text, PRIMARY KEY (o, t))"
sql origin "INSERT INTO k (k) SELECT 'k' || g FROM generate_series(1, 5) g; INSERT INTO o SELECT FROM generate_series(1, 3); INSERT INTO part VALUES (1, 'origin 1'), (3, 'origin 3')" >/dev/null
sql live "INSERT INTO k (k) SELECT 'k' || 6 - g FROM generate_series(1, 5) g; INSERT INTO o SELECT FROM generate_series(1, 2); INSERT INTO part VALUES (1, 'live 1')" >/dev/null
rules=
merged_is "rows of ids alone are left out, and what refers to them does not go to strangers" 3 "1 live 1 2 -" \
    "SELECT o.id || ' ' || coalesce(t, '-') FROM o LEFT JOIN part ON o = o.id ORDER BY 1"

# ---- rows that hold the same, in another lineage, are told apart by nothing: said where others refer to them
two_dbs "CREATE TABLE k (id serial PRIMARY KEY, k text UNIQUE); CREATE TABLE cart (id serial PRIMARY KEY, status text DEFAULT 'open'); CREATE TABLE item (cart int REFERENCES cart, what text, PRIMARY KEY (cart, what))"
sql origin "INSERT INTO k (k) SELECT 'k' || g FROM generate_series(1, 5) g; INSERT INTO cart SELECT FROM generate_series(1, 3); INSERT INTO item VALUES (1, 'o1'), (2, 'o2')" >/dev/null
sql live "INSERT INTO k (k) SELECT 'k' || 6 - g FROM generate_series(1, 5) g; INSERT INTO cart SELECT FROM generate_series(1, 2); INSERT INTO item VALUES (1, 'l1')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "rows that hold the same are a warning where others refer to them" "public.cart: 2 of its sampled rows hold the same as others" "$(cat "$T/out")"
sql origin "DROP TABLE item" >/dev/null; sql live "DROP TABLE item" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
equal "and none where nobody does" "" "$(grep 'hold the same' "$T/out")"

# ---- a rule says of all tables what their ids mean
two_dbs "CREATE TABLE a (id serial PRIMARY KEY, x text); CREATE TABLE b (id serial PRIMARY KEY, x text); INSERT INTO a (x) SELECT 'a' || g FROM generate_series(1, 9) g; INSERT INTO b (x) SELECT 'b' || g FROM generate_series(1, 9) g"
dump_origin
printf '%s\n' '* lineage other' 'b lineage same' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "ids of all tables by rule" "other lineage, rule $T/scene.rules:1" "$(decided a)"
contains "but for a table's own" "same lineage, rule $T/scene.rules:2" "$(decided b)"
contains "the plan's lineage as well" "rule $T/scene.rules:1" "$(grep ^lineage "$folder/plan.tsv")"

# ---- a rule's key that several rows have: its pairs agree by chance, and say nothing about any table
two_dbs "CREATE TABLE task (id serial PRIMARY KEY, status text, note text); CREATE TABLE word (id serial PRIMARY KEY, word text); INSERT INTO task (status, note) SELECT 'status ' || g % 4, 'note ' || g FROM generate_series(1, 40) g; INSERT INTO word (word) SELECT 'word ' || g FROM generate_series(1, 40) g"
echo 'task key status' >"$T/scene.rules"
dump_origin
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "what several rows have makes no strangers of other tables" "same" "$(decided word)"
contains "the plan says so" "alike; its key is no evidence: 4 of the sampled keys are those of several rows" "$(decided task)"
sql live "DELETE FROM task WHERE id NOT IN (2, 5, 7)" >/dev/null
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "also where only the backup's rows share it" "its key is no evidence: 3 of" "$(decided task)"
sql origin "UPDATE task SET status = 'status ' || id" >/dev/null
sql live "TRUNCATE task; INSERT INTO task SELECT 41 - g, 'status ' || g FROM generate_series(1, 40) g; TRUNCATE word; INSERT INTO task SELECT 90 + g, 'status 1' FROM generate_series(1, 3) g" >/dev/null
dump_origin
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "one that is not declared to be unique but is, is evidence for all" "0 of 39 sampled pairs agree" "$(grep ^lineage "$folder/plan.tsv")"

# ---- a key that was changed on one side, where a rule gives the key: one row is two, which is said; not so of rows that
# both sides added. Without the rule: renamed_keys.sh
two_dbs "CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE NOT NULL); CREATE TABLE doc (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), slug text UNIQUE NOT NULL); INSERT INTO person (email) SELECT 'p' || g FROM generate_series(1, 20) g; INSERT INTO doc SELECT md5(g::text)::uuid, 'slug' || g FROM generate_series(1, 9) g"
sql origin "INSERT INTO person (email) SELECT 'origin' || g FROM generate_series(1, 3) g" >/dev/null
sql live "INSERT INTO person (email) SELECT 'live' || g FROM generate_series(1, 2) g" >/dev/null
rules=
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
equal "of rows that both sides added nothing is said" "" "$(grep 'another key' "$T/out")"
sql live "UPDATE person SET email = 'renamed' || id WHERE id IN (3, 7); UPDATE doc SET slug = 'renamed' WHERE slug = 'slug4'" >/dev/null
printf '%s\n' 'person key email' 'doc key slug' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "keys that were changed on one side are a warning" "public.person: 2 new rows have ids of older live rows with another key (email): 3, 7; where the key" "$(cat "$T/out")"
contains "also of ids that are no numbers" "public.doc: 1 new row has the id of an older live row with another key (slug): a87ff679" "$(cat "$T/out")"
equal "and advise no rule by which strangers would be overwritten" "" "$(grep 'key id' "$T/out")"
rules='person key id
doc key id'
merged_is "a rule merges by id" 0 "p3 p7 1" "SELECT (SELECT string_agg(email, ' ' ORDER BY id) FROM person WHERE id IN (3, 7)) || ' ' || (SELECT count(*) FROM doc WHERE slug = 'slug4')"
equal "of equal rows nothing is said" "" "$(grep 'overwritten' "$T/out")"

# ---- a rule that merges by id does so without looking whose ids they are, and is told
two_dbs "CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE NOT NULL, name text); INSERT INTO person (email, name) SELECT 'p' || g, 'name ' || g FROM generate_series(1, 20) g"
sql origin "INSERT INTO person (email, name) SELECT 'origin' || g, 'origin ' || g FROM generate_series(1, 3) g" >/dev/null
sql live "INSERT INTO person (email, name) SELECT 'live' || g, 'live ' || g FROM generate_series(1, 2) g" >/dev/null
overwritten="public.person: merged by id as rule $T/scene.rules:1 says, though 2 of 22 sampled rows with equal ids are unlike: live rows will be overwritten"
dump_origin
echo 'person key id' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "what a rule overwrites by id is a warning" "$overwritten" "$(cat "$T/out")"
printf '%s\n' 'person key id' 'person conflict keep' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
equal "not where the live rows win" "" "$(grep 'overwritten' "$T/out")"
sql origin "ALTER TABLE person ADD COLUMN prefs jsonb; UPDATE person SET prefs = to_jsonb(CASE WHEN id > 20 THEN 0 ELSE id END), name = 'same'" >/dev/null
sql live "ALTER TABLE person ADD COLUMN prefs jsonb; UPDATE person SET prefs = to_jsonb(CASE WHEN id > 20 THEN 0 ELSE id END), name = 'same'; UPDATE person SET email = 'renamed' WHERE id = 7" >/dev/null
dump_origin
echo 'person key id' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "young rows that look alike are told apart by another key" "though 2 of 2" "$(cat "$T/out")"

# ---- the same lineage, and ids that both databases gave: numbers that hold them as they are would name strangers
two_dbs "CREATE TABLE product (id serial PRIMARY KEY, sku text UNIQUE NOT NULL); CREATE TABLE bundle (name text PRIMARY KEY, members int[], main_id int, data jsonb); INSERT INTO product (sku) SELECT 'sku' || g FROM generate_series(1, 30) g; INSERT INTO bundle VALUES ('both', '{1,2}', 1, '{\"product_ids\": [1]}')"
sql origin "INSERT INTO product (sku) SELECT 'origin' || g FROM generate_series(1, 3) g; INSERT INTO bundle VALUES ('new', '{31}', 31, '{\"product_ids\": [31]}')" >/dev/null
looks_like_ids() { grep -c 'if it holds ids of a table' "$T/out"; }
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
equal "where only the backup added rows ids mean the same" "0 0" "$status $(looks_like_ids)"
sql live "UPDATE product SET sku = 'renamed' WHERE id = 7" >/dev/null
quiet_merge "$T/origin.sql" live --dry-run
equal "also where a key was changed" "0 0" "$status $(looks_like_ids)"
sql live "INSERT INTO product (sku) VALUES ('live')" >/dev/null
quiet_merge "$T/origin.sql" live --dry-run
contains "ids that both databases gave: arrays of numbers are a warning" "public.bundle.members: integer[] is merged as it is" "$(cat "$T/out")"
contains "so are numbers by their name" "public.bundle.main_id: integer is merged as it is" "$(cat "$T/out")"
contains "and numbers in json" "public.bundle.data: product_ids in its jsonb is merged as it is" "$(cat "$T/out")"
printf '%s\n' 'bundle.members no-ids' 'bundle.main_id no-ids' 'bundle.data no-ids' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
equal "a rule says that they are no ids" "0 0" "$status $(looks_like_ids)"
contains "and the plan that it does" "rule $T/scene.rules:1: no ids" "$(grep 'members' "$folder/plan.tsv")"
rules=$'bundle.members array-of product\nbundle.main_id refers-to product\nbundle.data.product_ids array-of product'
merged_is "with the rules that they name all go to their rows" 0 "origin1 origin1 origin1" "SELECT concat_ws(' ', a.sku, b.sku, c.sku) FROM bundle JOIN product a ON a.id = members[1] JOIN product b ON b.id = main_id JOIN product c ON c.id = (data->'product_ids'->>0)::int WHERE name = 'new'"
quiet_merge "$T/origin.sql" live --dry-run
equal "rows that got other ids show it as well" 3 "$(looks_like_ids)"

# ---- the same lineage, and a parent that is not merged: what refers to its rows is taken as it is, which is told
# where the ids may mean other rows here
customers="CREATE TABLE customer (id serial PRIMARY KEY, email text UNIQUE NOT NULL); CREATE TABLE purchase (number text PRIMARY KEY, customer_id int REFERENCES customer, more int[]); INSERT INTO customer (email) SELECT 'c' || g FROM generate_series(1, 30) g; INSERT INTO purchase SELECT 'both' || g, g FROM generate_series(1, 30) g"
said_of_parents() { # DUMP_OPTION... of the rules $rules: what is said of parents that are not merged
    pg_dump --no-owner "$@" origin >"$T/origin.sql"
    printf '%s\n' "${rules-}" >"$T/scene.rules"
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
    sed -n 's/^.*warning: \(.*\): ids of .*, whose rows are not merged, are taken as they are\(.*other rows here\)\{0,1\}.*$/\1\2/p' "$T/out"
}
two_dbs "$customers"
sql origin "INSERT INTO customer (email) SELECT 'origin' || g FROM generate_series(1, 3) g; INSERT INTO purchase VALUES ('origin', 31)" >/dev/null
rules='customer skip'
equal "where samples show that ids mean the same nothing is said of a skipped parent" "" "$(said_of_parents)"
rules=
equal "where the backup has no rows of the parent nobody knows" 'public.purchase.customer_id' "$(said_of_parents -t purchase)"
rules=$'purchase.more array-of customer'
equal "arrays as well" 'public.purchase.customer_id public.purchase.more' "$(said_of_parents -t purchase | xargs -d '\n')"
rules='customer lineage same'
equal "unless a rule says it" "" "$(said_of_parents -t purchase)"
sql live "INSERT INTO customer (email) SELECT 'live' || g FROM generate_series(1, 2) g" >/dev/null
rules='customer skip'
equal "where samples show strangers it is said" 'public.purchase.customer_id, though samples show that some mean other rows here' "$(said_of_parents)"
sql live "ALTER TABLE customer ADD COLUMN grade int NOT NULL DEFAULT 1; ALTER TABLE customer ALTER COLUMN grade DROP DEFAULT" >/dev/null
rules=
equal "also where the parent's columns do not fit" 'public.purchase.customer_id, though samples show that some mean other rows here' "$(said_of_parents)"
rules=$'customer skip\ncustomer lineage other'
merged_is "the rule that is named rejects what refers to the parent" 3 "30 0" "SELECT count(*) || ' ' || count(*) FILTER (WHERE number = 'origin') FROM purchase"
sql live 'DELETE FROM purchase; DELETE FROM customer' >/dev/null
rules=
equal "where there are no live rows nobody is taken for another" "" "$(said_of_parents -t purchase)"
two_dbs "CREATE TABLE u (id uuid PRIMARY KEY DEFAULT gen_random_uuid()); CREATE TABLE of_u (k text PRIMARY KEY, u uuid REFERENCES u); INSERT INTO u VALUES (md5('a')::uuid); INSERT INTO of_u VALUES ('a', md5('a')::uuid)"
equal "ids that are made once are not doubted" "" "$(said_of_parents -t of_u)"
