#!/usr/bin/env bash
# Unique values that move among the rows of one table: what counts is whether they are unique when the table is
# merged. The dry run has the same counts, the rows are those of plain SQL, merging again writes nothing, and undoing
# brings every row back.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
content() { # DB: every row of every table
    pg_dump --data-only --no-owner -d "$1" 2>"$T/err" | grep -vE '^(--|SET |SELECT pg_catalog.setval|\\(un)?restrict )' |
        awk '/^COPY /{ table = $2 } { print table "\t" $0 }' | LC_ALL=C sort
}
rows() { sql "$1" "SELECT string_agg(t::text, ' ' ORDER BY t.id) FROM t"; } # DB
# Merges origin into live as $merger. Without ROWS every row of t is to be as the backup has it, else ROWS is what
# string_agg(t::text) gives. COUNTS are those of t: inserted/updated/unchanged/kept/rejected.
moves() { # NAME SCHEMA ROWS-OF-BOTH SQL-FOR-ORIGIN COUNTS [RULES [ROWS [SQL-FOR-LIVE]]]
    local dry before expected=${7-} status_wanted=0
    if ! { two_dbs "$2; $3" && sql origin "$4" && { [ -z "${8-}" ] || sql live "$8"; }; } >/dev/null 2>"$T/err"; then
        fail "$1: could not be made" "$(<"$T/err")"
        return
    fi
    sql live "GRANT ALL ON ALL TABLES IN SCHEMA public TO pgbraid_app; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO pgbraid_app; GRANT TEMPORARY ON DATABASE live TO pgbraid_app" >/dev/null
    dump_origin 2>"$T/err"
    printf '%s\n' "${6:-t key id}" >"$T/scene.rules"
    export RULES=$T/scene.rules
    [ -n "$expected" ] || expected=$(rows origin)
    [[ $5 = */0 ]] || status_wanted=3
    content live >"$T/before"
    before=$(versions live)
    PGUSER=$merger quiet_merge "$T/origin.sql" live --dry-run
    dry="$status $(of_t)"
    equal "$1: a dry run writes nothing" "$before" "$(versions live)"
    PGUSER=$merger quiet_merge "$T/origin.sql" live
    cp "$T/out" "$T/merge.out"
    equal "$1" "$status_wanted $5 $expected" "$status $(of_t) $(rows live)"
    equal "$1: the dry run's counts" "$status $(of_t)" "$dry"
    local merged=$folder
    before=$(versions live)
    PGUSER=$merger quiet_merge "$T/origin.sql" live
    equal "$1: twice is once" "$status_wanted $before" "$status $(versions live)"
    undone=0
    PGUSER=$merger PGDATABASE=live "$root/scripts/merge-undo" "$merged" >"$T/undone" 2>&1 || undone=$?
    content live >"$T/after"
    equal "$1: undone" "0 0" "$undone $(diff "$T/before" "$T/after" | wc -l)"
    [ "$undone" -eq 0 ] || tail -n 3 "$T/undone" >&2
}
of_t() { awk -F'\t' '$1 == "public.t" { printf "%d/%d/%d/%d/%d", $3, $4, $5, $6, $7 }' "$folder/counts.tsv"; }
sql postgres "DO \$\$ BEGIN CREATE ROLE pgbraid_app LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$" >/dev/null

item="CREATE TABLE list (id int PRIMARY KEY); INSERT INTO list VALUES (1), (2);
    CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE, list_id int REFERENCES list, pos int NOT NULL, UNIQUE (list_id, pos))"
twenty="INSERT INTO t (code, list_id, pos) SELECT 'i' || g, 1, g FROM generate_series(1, 20) g"
down="UPDATE t SET pos = -pos - 1; UPDATE t SET pos = -pos"
t="CREATE TABLE t (id int PRIMARY KEY, u"
three="INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')"
swap="UPDATE t SET u = 'x' WHERE id = 1; UPDATE t SET u = 'a' WHERE id = 2; UPDATE t SET u = 'b' WHERE id = 1"
rotate="$swap; UPDATE t SET u = 'y' WHERE id = 3; UPDATE t SET u = 'c' WHERE id = 2; UPDATE t SET u = 'a' WHERE id = 3"
for merger in "$PGUSER" pgbraid_app; do
    # ---- changed rows alone
    moves "two rows exchange theirs, as $merger" "$t text UNIQUE)" "$three" "$swap" 0/2/1/0/0
    moves "three rotate, as $merger" "$t text UNIQUE)" "$three" "$rotate" 0/3/0/0/0
    moves "twenty go down, as $merger" "$item" "$twenty" "$down" 0/20/0/0/0 "t key code"

    # ---- a new row takes what a changed one leaves
    moves "one comes first, as $merger" "$item" "$twenty" "$down; INSERT INTO t (code, list_id, pos) VALUES ('new', 1, 1)" 1/20/0/0/0 "t key code"
    moves "a name that was given up, as $merger" "$t text UNIQUE)" "$three" "UPDATE t SET u = 'old a' WHERE id = 1; INSERT INTO t VALUES (4, 'a')" 1/1/2/0/0
    moves "two want it, as $merger" "$t text)" "$three" "UPDATE t SET u = 'old a' WHERE id = 1; INSERT INTO t VALUES (4, 'a'), (5, 'a')" 1/1/2/0/1 "" \
        "(1,\"old a\") (2,b) (3,c) (4,a)" "CREATE UNIQUE INDEX ON t (u)"
    moves "one of several is still taken, as $merger" "$t text)" "$three; INSERT INTO t VALUES (9, 'z')" \
        "UPDATE t SET u = 'old a' WHERE id = 1; DELETE FROM t WHERE id = 9; INSERT INTO t VALUES (4, 'a'), (5, 'z'), (6, 'new')" 2/1/2/0/1 "" \
        "(1,\"old a\") (2,b) (3,c) (4,a) (6,new) (9,z)" "CREATE UNIQUE INDEX ON t (u)"
    moves "it refers to the new row that takes its value, as $merger" "$t text UNIQUE, up int REFERENCES t)" "INSERT INTO t VALUES (1, 'a')" \
        "UPDATE t SET u = 'old a'; INSERT INTO t VALUES (2, 'a', 1); UPDATE t SET up = 2 WHERE id = 1" 1/1/0/0/0
    moves "a tree, whose places go down, as $merger" "$t int UNIQUE, up int REFERENCES t)" "INSERT INTO t VALUES (1, 1, NULL), (2, 2, 1)" \
        "UPDATE t SET u = 3 WHERE id = 2; UPDATE t SET u = 2 WHERE id = 1; INSERT INTO t VALUES (3, 1, NULL), (4, 4, 3); UPDATE t SET up = 3 WHERE id = 1" 2/2/0/0/0
    moves "tables that refer to one another, as $merger" "$t int UNIQUE, x int); CREATE TABLE other (id int PRIMARY KEY, t int REFERENCES t); ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES other DEFERRABLE" \
        "INSERT INTO t VALUES (1, 1), (2, 2); INSERT INTO other VALUES (1, 1); UPDATE t SET x = 1" \
        "UPDATE t SET u = 3 WHERE id = 2; UPDATE t SET u = 2 WHERE id = 1; INSERT INTO t VALUES (3, 1, 1); INSERT INTO other VALUES (2, 3); UPDATE t SET x = 2 WHERE id < 3" 1/2/0/0/0
    moves "children of a new row, as $merger" "$t text UNIQUE); CREATE TABLE child (id int PRIMARY KEY, t int REFERENCES t, ts int[])" "$three" \
        "UPDATE t SET u = 'old a' WHERE id = 1; INSERT INTO t VALUES (4, 'a'); INSERT INTO child VALUES (1, 4, '{4}')" 1/1/2/0/0 $'t key id\nchild.ts array-of t'
    equal "children of a new row, as $merger: they are there" "public.child 1 1 0 0 0 0 0" "$(PGUSER=$merger quiet_merge "$T/origin.sql" live; counts | grep child)"
    follow="CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.n := ascii(new.u); RETURN new; END'; CREATE TRIGGER f BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()"
    moves "with triggers, as $merger" "$t text UNIQUE, n int)" "INSERT INTO t VALUES (1, 'a', 97), (2, 'b', 98), (3, 'c', 99)" \
        "$rotate; UPDATE t SET u = 'd' WHERE id = 2; INSERT INTO t VALUES (4, 'c')" 1/3/0/0/0 $'t key id\nt.n conflict keep' \
        "$([ "$merger" = pgbraid_app ] && echo '(1,b,98) (2,d,100) (3,a,97) (4,c,99)' || echo '(1,b,97) (2,d,98) (3,a,99) (4,c,)')" "$follow"
done
merger=$PGUSER

# ---- of every kind of column
while IFS='|' read -r type values; do
    IFS=' ' read -r a b c <<<"$values"
    three_of="INSERT INTO t VALUES (1, '$a'), (2, '$b')"
    moves "of $type" "$t $type NOT NULL UNIQUE)" "$three_of" "UPDATE t SET u = '$c' WHERE id = 1; UPDATE t SET u = '$a' WHERE id = 2; UPDATE t SET u = '$b' WHERE id = 1" 0/2/0/0/0
done <<'TYPES'
text|a b c
varchar(3)|aaa bbb ccc
char(1)|a b c
varchar(40)|a b c
smallint|1 2 3
bigint|1 2 3
numeric(6,2)|1 2 3
double precision|1 2 3
date|2024-01-01 infinity 2024-01-03
timestamptz|2024-01-01 2024-01-02 2024-01-03
uuid|11111111-1111-1111-1111-111111111111 21111111-1111-1111-1111-111111111111 31111111-1111-1111-1111-111111111111
bytea|a b c
TYPES
moves "of a domain that knows no null" "CREATE DOMAIN word AS varchar(5) NOT NULL CHECK (value <> ''); $t word UNIQUE)" "$three" "$rotate" 0/3/0/0/0
sure="an enum cannot be set aside"
moves "$sure" "CREATE TYPE e AS ENUM ('a', 'b', 'c', 'x', 'y'); $t e NOT NULL UNIQUE)" "$three" "$swap" 0/0/1/0/2 "" "(1,a) (2,b) (3,c)"
contains "$sure: it is said why" "matches two live rows: id 1, u of id 2" "$(cat "$T/merge.out")"
moves "an enum that may be null" "CREATE TYPE e AS ENUM ('a', 'b', 'c', 'x', 'y'); $t e UNIQUE)" "$three" "$rotate" 0/3/0/0/0

# ---- of every kind of key
moves "by an index of some rows" "$t text NOT NULL, n int); CREATE UNIQUE INDEX ON t (u) WHERE n > 0" \
    "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1), (3, 'a', 0)" "UPDATE t SET u = CASE id WHEN 1 THEN 'x' ELSE u END; UPDATE t SET u = 'a' WHERE id = 2; UPDATE t SET u = 'b' WHERE id = 1" 0/2/1/0/0
moves "by an index of an expression" "$t text NOT NULL); CREATE UNIQUE INDEX ON t (lower(u))" "$three" "${rotate//\'a\'/\'A\'}" 0/3/0/0/0
moves "by NULLS NOT DISTINCT" "$t text UNIQUE NULLS NOT DISTINCT)" "INSERT INTO t VALUES (1, 'a'), (2, NULL)" "UPDATE t SET u = 'x' WHERE id = 2; UPDATE t SET u = NULL WHERE id = 1; UPDATE t SET u = 'a' WHERE id = 2" 0/2/0/0/0
moves "by two keys" "$t text NOT NULL UNIQUE, v int UNIQUE)" "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)" \
    "$rotate; UPDATE t SET v = -v; UPDATE t SET v = CASE id WHEN 1 THEN 3 WHEN 2 THEN 1 ELSE 2 END" 0/3/0/0/0
moves "by a key of two columns, of which another changes" "$item" "INSERT INTO t (code, list_id, pos) VALUES ('a', 1, 1), ('b', 2, 1)" \
    "UPDATE t SET pos = 9 WHERE id = 1; UPDATE t SET list_id = 1 WHERE id = 2; UPDATE t SET list_id = 2, pos = 1 WHERE id = 1" 0/2/0/0/0 "t key code"

# ---- a value that is still taken
moves "the value of a row that does not move" "$t text UNIQUE, v int)" "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1), (4, 'd', 1)" \
    "$swap; UPDATE t SET v = 2; DELETE FROM t WHERE id = 4; UPDATE t SET u = 'd' WHERE id = 3" 0/2/0/0/1 "" "(1,b,2) (2,a,2) (3,c,1) (4,d,1)"
moves "who wants the value of such a row" "$t int UNIQUE)" "INSERT INTO t SELECT g, g FROM generate_series(1, 9) g" \
    "DELETE FROM t WHERE id = 4; UPDATE t SET u = CASE id WHEN 8 THEN 10 WHEN 9 THEN 11 ELSE u END; UPDATE t SET u = u + 1 WHERE id = 3; UPDATE t SET u = u + 1 WHERE id = 2; UPDATE t SET u = 8 WHERE id = 9; UPDATE t SET u = 9 WHERE id = 8" \
    0/2/4/0/2 "" "(1,1) (2,2) (3,3) (4,4) (5,5) (6,6) (7,7) (8,9) (9,8)"

# ---- a partial index of nothing but a reference: the one default, current revision, open price of each
flags="CREATE TABLE owner (id int PRIMARY KEY); INSERT INTO owner VALUES (1), (2), (3); CREATE TABLE t (id serial PRIMARY KEY, owner int NOT NULL REFERENCES owner, label text"
addresses="INSERT INTO t (owner, label, flag) SELECT 1 + g / 3, 'l' || g, g % 3 = 0 FROM generate_series(0, 8) g"
for merger in "$PGUSER" pgbraid_app; do
    moves "a flag goes to another row, as $merger" "$flags, flag bool NOT NULL); CREATE UNIQUE INDEX ON t (owner) WHERE flag" "$addresses" \
        "UPDATE t SET flag = false WHERE owner < 3; UPDATE t SET flag = true WHERE id IN (2, 6)" 0/4/5/0/0
    moves "to a new row, as $merger" "$flags, flag bool NOT NULL); CREATE UNIQUE INDEX ON t (owner) WHERE flag" "$addresses" \
        "UPDATE t SET flag = false WHERE owner < 3; INSERT INTO t (owner, label, flag) VALUES (1, 'new', true), (2, 'new', true)" 2/2/7/0/0
    moves "where it has to be false, as $merger" "$flags, flag bool); CREATE UNIQUE INDEX ON t (owner) WHERE NOT flag" "${addresses/g % 3 = 0/g % 3 > 0}" \
        "UPDATE t SET flag = true WHERE owner < 3; UPDATE t SET flag = false WHERE id IN (2, 6)" 0/4/5/0/0
    moves "an open price is closed, and a new one opened, as $merger" "$flags, until date); CREATE UNIQUE INDEX ON t (owner) WHERE until IS NULL" \
        "INSERT INTO t (owner, label) VALUES (1, 'a'), (2, 'b'), (3, 'c')" \
        "UPDATE t SET until = '2026-01-01' WHERE id < 3; INSERT INTO t (owner, label) VALUES (1, 'd'), (2, 'e')" 2/2/1/0/0
    moves "a row that leaves the index, as $merger" "$t text UNIQUE)" "$three" "UPDATE t SET u = NULL WHERE id = 1; INSERT INTO t VALUES (4, 'a')" 1/1/2/0/0
done
merger=$PGUSER

# ---- policies
moves "the rule keep" "$t text UNIQUE)" "$three" "$swap" 0/0/1/2/0 $'t key id\nt conflict keep' "(1,a) (2,b) (3,c)"
newest="$t text UNIQUE, at date)"
moves "the rule newest" "$newest" "INSERT INTO t VALUES (1, 'a', '2024-01-01'), (2, 'b', '2024-01-01')" "$swap; UPDATE t SET at = '2024-01-02'" 0/2/0/0/0 $'t key id\nt conflict newest(at)'
moves "the rule newest, and one is not newer" "$newest" "INSERT INTO t VALUES (1, 'a', '2024-01-01'), (2, 'b', '2024-01-01')" \
    "$swap; UPDATE t SET at = '2024-01-02' WHERE id = 1" 0/0/0/1/1 $'t key id\nt conflict newest(at)' "(1,a,2024-01-01) (2,b,2024-01-01)"

# ---- many
moves "ten thousand go down" "${item}" "${twenty/20/10000}" "$down" 0/10000/0/0/0 "t key code"

# ---- a row that is refused keeps its value
moves "a new row wants the value of a row that is refused" "$t text UNIQUE)" "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (9, 'z')" \
    "DELETE FROM t WHERE id = 9; UPDATE t SET u = 'z' WHERE id = 1; UPDATE t SET u = 'c' WHERE id = 2; INSERT INTO t VALUES (4, 'a'), (5, 'b')" 1/1/0/0/2 "" "(1,a) (2,c) (5,b) (9,z)"

# ---- where no value is in reserve
two_dbs "$t text NOT NULL UNIQUE CHECK (u ~ '^[a-z]\$')); $three" >/dev/null
sql origin "$swap" >/dev/null
dump_origin
echo 't key id' >"$T/scene.rules"
quiet_merge "$T/origin.sql" live
equal "texts of a form that a CHECK demands (which a dry run does not foresee)" "3 0/0/1/0/2 (1,a) (2,b) (3,c)" "$status $(of_t) $(rows live)"
moves "a generated column" "$t text, g text GENERATED ALWAYS AS (upper(u)) STORED UNIQUE)" "INSERT INTO t (id, u) VALUES (1, 'a'), (2, 'b'), (3, 'c')" \
    "$swap" 0/0/1/0/2 "" "(1,a,A) (2,b,B) (3,c,C)"

# ---- of two new rows that want one value the first refers to the second: it cannot have it
both_new="CREATE TABLE t (id int PRIMARY KEY, u text, up int REFERENCES t)"
live_only="ALTER TABLE t ADD UNIQUE (u)"
two="INSERT INTO t VALUES (1, 'a'), (2, 'b')"
moves "an orphan takes no value, where others move" "$both_new" "$two" \
    "UPDATE t SET u = CASE id WHEN 1 THEN 'b' ELSE 'a' END; INSERT INTO t VALUES (4, 'n', 5), (5, 'n', NULL)" 1/2/0/0/1 "" "(1,b,) (2,a,) (5,n,)" "$live_only"
moves "an orphan takes no value, where none moves" "$both_new" "$two" \
    "UPDATE t SET u = 'c' WHERE id = 1; INSERT INTO t VALUES (4, 'n', 5), (5, 'n', NULL)" 1/1/1/0/1 "" "(1,c,) (2,b,) (5,n,)" "$live_only"
two_dbs "$both_new; $two" >/dev/null
sql origin "UPDATE t SET u = 'c' WHERE id = 1; INSERT INTO t VALUES (4, 'a', 5), (5, 'a', NULL)" >/dev/null
sql live "$live_only" >/dev/null
dump_origin
RULES='' quiet_merge "$T/origin.sql" live
equal "an orphan takes no value that a row gives up (which a dry run does not foresee)" "3 1/1/1/0/1 (1,c,) (2,b,) (5,a,)" "$status $(of_t) $(rows live)"

# ---- at random: values that rotate among some rows, that are given up, that new rows take, and that others have
scatter() { # DB SEED SQL: runs it, where r(n, k) is a number below n for the row k
    sql "$1" "CREATE OR REPLACE FUNCTION r(n int, k text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT (''x'' || left(md5(''$2 '' || k), 7))::bit(28)::int % n'; $3; DROP FUNCTION r" >/dev/null
}
rotate() { # COLUMN KEY: SQL
    echo "WITH p AS (SELECT id, $1, row_number() OVER (ORDER BY r(1000, '$2 place' || id)) AS at, count(*) OVER () AS n FROM t WHERE r(4, '$2 moves' || id) = 0)
        UPDATE t SET $1 = q.$1 FROM p JOIN p q ON q.at = p.at % p.n + 1 WHERE t.id = p.id"
}
# What is wrong: rows that are neither as the backup has them nor rejected, rejected ones that changed or whose values
# are free, and live rows that the backup lacks and that changed.
wrong() {
    sql live "CREATE TABLE o (LIKE t); CREATE TABLE b (LIKE t); CREATE TABLE rejected (id int)" >/dev/null
    pg_dump -a -t t origin 2>"$T/err" | sed 's/^COPY public.t /COPY public.o /' | psql -qX -d live >/dev/null
    pg_dump -a -t t before 2>"$T/err" | sed 's/^COPY public.t /COPY public.b /' | psql -qX -d live >/dev/null
    [ ! -e "$folder/rejects/public.t.tsv" ] || awk -F'\t' 'NR > 1 { print $3 }' "$folder/rejects/public.t.tsv" | psql -qX -d live -c "\\copy rejected FROM STDIN"
    sql live "SELECT (SELECT string_agg(o::text, ' ') FROM o LEFT JOIN t USING (id) WHERE id NOT IN (TABLE rejected) AND t IS DISTINCT FROM o::text::t),
        (SELECT string_agg(b::text, ' ') FROM b LEFT JOIN t USING (id) WHERE (id IN (TABLE rejected) OR id NOT IN (SELECT id FROM o)) AND t IS DISTINCT FROM b::text::t),
        (SELECT string_agg(o::text, ' ') FROM o WHERE id IN (TABLE rejected) AND NOT EXISTS (SELECT FROM t WHERE t.id <> o.id AND (t.u = o.u OR t.v = o.v OR (t.g, t.w) = (o.g, o.w))))"
}
wrong=0 different=0 again=0 lost=0 moved=0
seeds="1 2 3 4 5 6 7 8 9 10"
for seed in $seeds; do
    merger=$PGUSER
    [ $((seed % 2)) -eq 0 ] || merger=pgbraid_app
    two_dbs "CREATE TABLE t (id int PRIMARY KEY, u int, v text, g int NOT NULL, w int NOT NULL)"
    for db in origin live; do scatter $db "$seed" "INSERT INTO t SELECT g, g, CASE WHEN r(9, 'null' || g) > 0 THEN 'v' || g END, g / 7, g % 7 FROM generate_series(1, 40) g"; done
    scatter origin "$seed" "$(rotate u u); $(rotate v v); $(rotate w w); $(rotate u twice); CREATE TABLE old AS TABLE t;
        UPDATE t SET u = 1000 + id WHERE r(6, 'u gives' || id) = 0; UPDATE t SET v = 'new ' || id WHERE r(6, 'v gives' || id) = 0; DELETE FROM t WHERE r(12, 'gone' || id) = 0;
        INSERT INTO t SELECT 100 + id, u, 'new ' || 100 + id, 100 + id, 0 FROM old WHERE r(2, 'u takes' || id) = 0 AND u NOT IN (SELECT u FROM t);
        INSERT INTO t SELECT 200 + id, 200 + id, v, 200 + id, 0 FROM old WHERE r(2, 'v takes' || id) = 0 AND v NOT IN (SELECT v FROM t WHERE v IS NOT NULL); DROP TABLE old"
    scatter live "$seed" "INSERT INTO t SELECT 300 + g, 1000 + g, 'live ' || g, 300 + g, 0 FROM generate_series(1, 40) g WHERE r(15, 'live' || g) = 0"
    keys="ALTER TABLE t ADD UNIQUE (u), ADD UNIQUE (v)"
    if ! sql origin "$keys" 2>"$T/err" >/dev/null; then fail "seed $seed: the backup's rows clash" "$(<"$T/err")"; fi
    sql origin "DELETE FROM t x USING t y WHERE (x.g, x.w) = (y.g, y.w) AND x.id > y.id; ALTER TABLE t ADD UNIQUE (g, w)" >/dev/null
    sql live "$keys, ADD UNIQUE (g, w); GRANT ALL ON t TO pgbraid_app; GRANT TEMPORARY ON DATABASE live TO pgbraid_app" >/dev/null
    fresh_db before live
    dump_origin
    PGUSER=$merger quiet_merge "$T/origin.sql" live --dry-run
    dry=$(of_t)
    PGUSER=$merger quiet_merge "$T/origin.sql" live
    [ "$dry" = "$(of_t)" ] || { different=$((different + 1)); echo "seed $seed: dry run $dry, merge $(of_t)" >&2; }
    merged=$folder versions=$(versions live)
    moved=$((moved + $(of_t | cut -d/ -f2)))
    PGUSER=$merger quiet_merge "$T/origin.sql" live
    [ "$versions" = "$(versions live)" ] || again=$((again + 1))
    folder=$merged
    found=$(wrong)
    [ "$found" = "||" ] || { wrong=$((wrong + 1)); echo "seed $seed: $found" >&2; }
    sql live "DROP TABLE o, b, rejected" >/dev/null
    PGUSER=$merger PGDATABASE=live "$root/scripts/merge-undo" "$merged" >"$T/undone" 2>&1 || tail -n 2 "$T/undone" >&2
    [ "$(content before)" = "$(content live)" ] || lost=$((lost + 1))
done
equal "at random: the rows are right, and each rejected one has a value that is taken (seeds $seeds)" 0 "$wrong"
equal "at random: the dry runs' counts" 0 "$different"
equal "at random: twice is once" 0 "$again"
equal "at random: undone" 0 "$lost"
check "at random: rows were updated ($moved)" test "$moved" -gt 50
