#!/usr/bin/env bash
# Unique keys that are places in a list: rows move from one to another, and are told apart by their ids, where the
# databases share their lineage; where they do not, the key is all there is.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cards="CREATE TABLE card (id serial PRIMARY KEY, col int NOT NULL, rank int NOT NULL, title text NOT NULL, UNIQUE (col, rank));
    CREATE TABLE remark (id serial PRIMARY KEY, card_id int NOT NULL REFERENCES card, body text NOT NULL)"
fill() { # WORD N: N cards and a remark on each
    echo "INSERT INTO card (col, rank, title) SELECT 1, g, '$1 ' || g FROM generate_series(1, $2) g; INSERT INTO remark (card_id, body) SELECT id, 'on ' || title FROM card"
}
to_top() { # N: the last of so many cards becomes the first
    echo "UPDATE card SET rank = -rank; UPDATE card SET rank = CASE WHEN rank = -$1 THEN 1 ELSE 1 - rank END"
}
count="SELECT concat_ws(' ', (SELECT count(*) FROM card), (SELECT count(*) FROM remark), count(*) FILTER (WHERE body <> 'on ' || title)) FROM remark r JOIN card ON card.id = card_id"
order="SELECT string_agg(id || ':' || title, ',' ORDER BY rank) FROM card WHERE rank < 4"

# ---- a card is dragged to the top
rules=
for n in 5 20 3000; do
    two_dbs "$cards; $(fill card "$n")"
    sql origin "$(to_top "$n")" >/dev/null
    merged_is "a row that moves among $n takes its id with it" 0 "$n $n 0" "$count"
    equal "and only places change, of $n" "$n:card $n,1:card 1,2:card 2" "$(sql live "$order")"
done
two_dbs "$cards; CREATE TABLE word (word text); $(fill card 20); INSERT INTO word VALUES ('a')"
sql origin "$(to_top 20); UPDATE card SET title = 'edited' WHERE id = 7" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "the plan says so with numbers" "merge by id (primary key: its unique key (col, rank) moved: 0 of 20 sampled pairs have the same id, 19 of 20 rows of equal ids are alike otherwise; the rule \"public.card key col, rank\" says that it tells rows apart)" "$(decided card)"
contains "the plan has a code for it" "why=key-moved,content" "$(grep -P '^table\tpublic.card' "$folder/plan.tsv")"
contains "its pairs are no evidence of strangers" "same lineage" "$(decided remark)"
rules='card key col, rank'
printf '%s\n' "$rules" >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "the rule that is named keeps the key" "by col, rank (rule" "$(decided card)"

# ---- two neighbours exchange their places
two_dbs "$cards; $(fill card 20)"
sql origin "UPDATE card SET rank = 100 WHERE id = 1; UPDATE card SET rank = 1 WHERE id = 2; UPDATE card SET rank = 2 WHERE id = 1" >/dev/null
rules=
merged_is "a few that move are enough" 0 "2:card 2,1:card 1,3:card 3" "$order"

# ---- a place that a row of the live database took: the same decision again, after the reject
two_dbs "$cards; $(fill card 20)"
sql origin "$(to_top 20); UPDATE card SET rank = 50 WHERE id = 5" >/dev/null
sql live "INSERT INTO card (col, rank, title) VALUES (1, 50, 'live')" >/dev/null
merged_is "what holds a place in the live database is not overwritten" 3 "5:5:card 5 21:50:live" \
    "SELECT string_agg(concat_ws(':', id, rank, title), ' ' ORDER BY id) FROM card WHERE id IN (5, 21)"

# ---- lists in lists: the key holds a reference
lists="CREATE TABLE list (id serial PRIMARY KEY, name text NOT NULL, rank int NOT NULL UNIQUE); CREATE TABLE card (id serial PRIMARY KEY, list_id int NOT NULL REFERENCES list, rank int NOT NULL, title text NOT NULL, UNIQUE (list_id, rank));
    CREATE TABLE remark (id serial PRIMARY KEY, card_id int NOT NULL REFERENCES card, body text NOT NULL)"
fill_lists() { # WORD
    echo "INSERT INTO list (name, rank) SELECT '$1 list ' || g, g FROM generate_series(1, 6) g; INSERT INTO card (list_id, rank, title) SELECT 1 + (g - 1) / 5, 1 + (g - 1) % 5, '$1 ' || g FROM generate_series(1, 30) g; INSERT INTO remark (card_id, body) SELECT id, 'on ' || title FROM card"
}
move_lists="UPDATE list SET rank = -rank; UPDATE list SET rank = 7 + rank; UPDATE card SET rank = -rank; UPDATE card SET rank = 6 + rank"
two_dbs "$lists; $(fill_lists card)"
sql origin "$move_lists" >/dev/null
merged_is "lists and what is in them move" 0 "30 30 0" "$count"
equal "each to its place" "card list 6,card list 5 5:card 5,4:card 4,3:card 3" \
    "$(sql live "SELECT string_agg(name, ',' ORDER BY rank) FROM list WHERE rank < 3") $(sql live "${order/rank < 4/rank < 4 AND list_id = 1}")"
two_dbs "$lists"
sql origin "$(fill_lists origin); $move_lists" >/dev/null
sql live "$(fill_lists live)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
equal "lists of strangers are not merged by id" "" "$(grep key-moved "$folder/plan.tsv")"

# ---- strangers: their ids mean nothing, and what agrees by chance or counts from one does not make them one's own
stranger() { # NAME SCHEMA ORIGIN LIVE TABLE: the table is merged by its unique key
    two_dbs "$2"
    sql origin "$3" >/dev/null
    sql live "$4" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live --dry-run
    equal "$1" "unique-key" "$(awk -F'\t' -v table="public.$5" '$1 == "table" && $2 == table { sub(/.*why=/, "", $7); sub(/,.*/, "", $7); print $7 }' "$folder/plan.tsv")"
}
for n in 5 20 3000; do
    stranger "places of $n strangers" "$cards" "$(fill origin "$n"); $(to_top "$n")" "$(fill live "$n")" card
done
tags="CREATE TABLE tag (id serial PRIMARY KEY, name text UNIQUE NOT NULL, position int NOT NULL, made timestamptz DEFAULT '2024-01-01', kind text NOT NULL)"
tags() { echo "INSERT INTO tag (name, position, kind) SELECT 'tag ' || $1, g, CASE WHEN g % 10 = 3 THEN 'new' ELSE 'old' END FROM generate_series(1, 40) g"; }
stranger "positions, moments and flags of strangers" "$tags" "$(tags g)" "$(tags '41 - g')" tag
people="CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE NOT NULL, name text, born date)"
people() { echo "INSERT INTO person (email, name, born) SELECT 'e' || $1, 'n' || $1, date '1980-01-01' + $1 FROM generate_series(1, 40) g"; }
stranger "people of other ids" "$people" "$(people g)" "$(people '1 + (g + 6) % 40')" person

# ---- one lineage, in which both added the same people: merged by the key, as before
two_dbs "$people; $(people g)"
sql origin "INSERT INTO person (email, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D')" >/dev/null
sql live "INSERT INTO person (email, name) VALUES ('d', 'D'), ('c', 'C'), ('x', 'X'), ('b', 'B2')" >/dev/null
merged_is "a key that both gave to rows of their own stays the key" 0 "45 A,B,C,D,X" "SELECT count(*) || ' ' || string_agg(name, ',' ORDER BY email) FILTER (WHERE email < 'e' OR email = 'x') FROM person"

# ---- places, and ids that both gave: left to a rule as any table that is merged by its ids
two_dbs "$cards; $(fill card 30)"
sql origin "INSERT INTO card (col, rank, title) SELECT 1, 30 + g, 'origin ' || g FROM generate_series(1, 5) g; $(to_top 35)" >/dev/null
sql live "INSERT INTO card (col, rank, title) SELECT 1, 30 + g, 'live ' || g FROM generate_series(1, 5) g" >/dev/null
merged_is "a fork is left to a rule" 3 "5" "SELECT count(*) FROM card WHERE title LIKE 'live%'"
contains "and the plan says what it is" "forked" "$(grep -P '^table\tpublic.card' "$folder/plan.tsv")"
contains "the rule names the key" '"public.card key col, rank"' "$(decided card)"

# ---- ids that are made once
two_dbs "CREATE TABLE card (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), rank int NOT NULL UNIQUE, title text NOT NULL); INSERT INTO card SELECT md5(g::text)::uuid, g, 'card ' || g FROM generate_series(1, 20) g"
sql origin "$(to_top 20)" >/dev/null
ids=$(sql live "SELECT md5(string_agg(id || title, ',' ORDER BY id)) FROM card")
merged_is "uuids as well" 0 "$ids card 20" "SELECT md5(string_agg(id || title, ',' ORDER BY id)) || ' ' || max(title) FILTER (WHERE rank = 1) FROM card"

# ---- a place that was handed on: after the merge that put all others in their places the next one decides the same
two_dbs "$cards; $(fill card 10)"
sql origin "UPDATE card SET rank = 0 WHERE id = 3; UPDATE card SET rank = 3 WHERE id = 4; UPDATE card SET rank = 4 WHERE id = 3; DELETE FROM remark WHERE card_id = 6; DELETE FROM card WHERE id = 6;
    INSERT INTO card (col, rank, title) VALUES (1, 6, 'reborn'); INSERT INTO remark (card_id, body) VALUES (11, 'on reborn')" >/dev/null
rules=
merged_is "a place that was handed on to a new row" 3 "10 10 0" "$count"
equal "is decided by ids again" "why=key-moved,content" "$(grep -P '^table\tpublic.card' "$folder/plan.tsv" | grep -o 'why=[^	]*')"
