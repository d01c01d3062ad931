#!/usr/bin/env bash
# What the live database would refuse: a dry run counts it as the merge does, table by table, and writes
# nothing, neither WAL nor a sequence.
. "$(dirname "$0")/../lib.sh"

# The counts of the tables: inserted/updated/unchanged/kept/rejected.
count_words() { awk '$1 != "total" { printf "%s%s %d/%d/%d/%d/%d", sep, substr($1, 8), $3, $4, $5, $6, $7; sep = ", " }'; }
foresees() { # NAME SCHEMA ORIGIN LIVE COUNTS [RULES]: SQL for both databases, for the one, for the other
    local before dry lsn now
    if ! { two_dbs "$2" && sql origin "$3" && sql live "$4"; } >/dev/null 2>"$T/err"; then
        fail "$1: could not be made" "$(<"$T/err")"
        return
    fi
    dump_origin
    printf '%s\n' "${6-}" >"$T/scene.rules"
    export RULES=$T/scene.rules
    before=$(snapshot live)
    for _ in 1 2 3; do # the server's own housekeeping may write a record at any time
        lsn=$(sql live "SELECT pg_current_wal_insert_lsn()")
        quiet_merge "$T/origin.sql" live --dry-run
        now=$(sql live "SELECT pg_current_wal_insert_lsn()")
        [ "$lsn" != "$now" ] || break
    done
    dry=$(counts | count_words)
    cp "$T/out" "$T/dry.out"
    quiet_merge "$T/origin.sql" live
    equal "$1: the merge" "$5" "$(counts | count_words)"
    equal "$1: the dry run" "$5 $lsn" "$dry $now"
    unset RULES
}

# ---- what the live table adds to a row: defaults, generated columns
t="CREATE TABLE t (id int PRIMARY KEY, n int, u text)"
foresees "a CHECK over a column that the backup lacks, of new rows" "$t" "INSERT INTO t VALUES (1, 20), (2, NULL)" \
    "ALTER TABLE t ADD m int; ALTER TABLE t ADD CHECK (m IS NOT NULL OR n IS NOT NULL)" "t 1/0/0/0/1"
foresees "and of changed rows" "$t" "INSERT INTO t VALUES (1, 20), (2, 5)" \
    "ALTER TABLE t ADD m int DEFAULT 10; INSERT INTO t VALUES (1, 1), (2, 1); ALTER TABLE t ADD CHECK (n <= m)" "t 0/1/0/0/1"
foresees "a unique key with a default in it" "$t" "INSERT INTO t VALUES (1, 20), (3, 30), (4, 40)" \
    "ALTER TABLE t ADD m int DEFAULT 10, ADD UNIQUE (n, m); INSERT INTO t VALUES (9, 30)" "t 2/0/0/0/1"
foresees "a default that is made anew for each row" "$t" "INSERT INTO t VALUES (1, 20), (2, 20)" \
    "ALTER TABLE t ADD m uuid DEFAULT gen_random_uuid(), ADD s serial, ADD UNIQUE (n, m), ADD UNIQUE (n, s)" "t 2/0/0/0/0"
foresees "a foreign key of a default" "CREATE TABLE p (id int PRIMARY KEY); $t" "INSERT INTO t VALUES (1, 20), (2, 20)" \
    "ALTER TABLE t ADD m int DEFAULT 10 REFERENCES p" "p 0/0/0/0/0, t 0/0/0/0/2"
foresees "new rows that clash in a generated column" "$t" "INSERT INTO t (id, u) VALUES (1, 'a'), (2, 'A'), (3, 'b')" \
    "ALTER TABLE t ADD l text GENERATED ALWAYS AS (lower(u)) STORED UNIQUE" "t 2/0/0/0/1"

# ---- new rows that clash with one another
foresees "by a unique key that the backup lacks" "$t" "INSERT INTO t VALUES (1, 20), (2, 20), (3, 30), (4, NULL), (5, NULL)" \
    "ALTER TABLE t ADD UNIQUE (n)" "t 4/0/0/0/1"
foresees "by a unique key with a default in it" "$t" "INSERT INTO t VALUES (1, 20), (2, 20), (3, 30)" "ALTER TABLE t ADD m int DEFAULT 10, ADD UNIQUE (n, m)" "t 2/0/0/0/1"
foresees "by an expression" "$t" "INSERT INTO t (id, u) VALUES (1, 'a'), (2, 'A'), (3, 'b'), (4, NULL), (5, NULL)" \
    "CREATE UNIQUE INDEX ON t (lower(u))" "t 4/0/0/0/1"
foresees "by an index of some rows" "$t" "INSERT INTO t VALUES (1, 1, 'a'), (2, 1, 'a'), (3, -1, 'a'), (4, -1, 'a'), (5, 2, 'b')" \
    "CREATE UNIQUE INDEX ON t (u) WHERE n > 0" "t 4/0/0/0/1"
foresees "by an index of an expression, a column and some rows" "$t" \
    "INSERT INTO t VALUES (1, 1, 'a'), (2, 1, 'A'), (3, 2, 'A'), (4, -1, 'a'), (5, 1, 'b')" \
    "CREATE UNIQUE INDEX ON t (n, lower(u)) INCLUDE (id) WHERE n > 0" "t 4/0/0/0/1"
foresees "by values that cannot be hashed" "CREATE TABLE t (id int PRIMARY KEY, b bit(4), v bit varying(4), m money, n numeric)" \
    "INSERT INTO t VALUES (1, B'0001', B'1', 1, 1.0), (2, B'0010', B'01', 2, 1.00), (3, B'0010', B'1', 2.00, 3)" \
    "ALTER TABLE t ADD UNIQUE (b, m), ADD UNIQUE (v), ADD UNIQUE (n)" "t 1/0/0/0/2"
foresees "by NULLS NOT DISTINCT" "$t" "INSERT INTO t VALUES (1, NULL), (2, NULL), (3, 3)" "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (n)" "t 2/0/0/0/1"
foresees "by a DEFERRABLE key" "$t" "INSERT INTO t VALUES (1, 20), (2, 20), (3, 30)" \
    "INSERT INTO t VALUES (9, 30); ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id) DEFERRABLE, ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED" "t 1/0/0/0/2"
foresees "by a key of ids that became one" "CREATE TABLE p (id serial PRIMARY KEY, k text); CREATE TABLE c (id serial PRIMARY KEY, code text UNIQUE, p int REFERENCES p, name text, UNIQUE (p, name))" \
    "INSERT INTO p VALUES (1, 'a'), (2, 'a'); INSERT INTO c VALUES (1, 'c1', 1, 'n'), (2, 'c2', 2, 'n'), (3, 'c3', 2, 'm')" \
    "ALTER TABLE p ADD UNIQUE (k)" "p 1/0/0/0/1, c 2/0/0/0/1" $'p lineage other\nc lineage other\nc key code'
e="CREATE TABLE t (id int PRIMARY KEY, r int4range, n int)"
foresees "by an exclusion constraint" "$e" "INSERT INTO t VALUES (1, '[1,5)'), (2, '[3,8)'), (3, '[6,9)'), (4, '[20,21)'), (5, NULL)" \
    "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)" "t 4/0/0/0/1"
foresees "by two exclusion constraints, of an expression and of some rows" "$e" \
    "INSERT INTO t VALUES (1, '[1,5)', 1), (2, '[3,8)', -1), (3, '[50,60)', 3), (4, '[4,5)', 4), (5, '[70,80)', -3), (6, 'empty', -4)" \
    "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&) WHERE (n > 0), ADD EXCLUDE ((abs(n)) WITH =)" "t 3/0/0/0/3"
foresees "by an exclusion constraint, many rows" "$e" \
    "INSERT INTO t SELECT g, int4range(g * 2, g * 2 + CASE g % 10 WHEN 0 THEN 3 ELSE 1 END), g % 100 FROM generate_series(1, 20000) g; UPDATE t SET r = '[1,9)' WHERE n = 7" \
    "CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE t ADD EXCLUDE USING gist (n WITH =, r WITH &&)" "t 19801/0/0/0/199"

# ---- foreign keys that lead nowhere
p="CREATE TABLE p (a int, b int, n int, PRIMARY KEY (a, b))"
c="CREATE TABLE c (id int PRIMARY KEY, a int, b int"
foresees "a foreign key of two columns" "$p; $c)" "INSERT INTO p VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, NULL, 3), (5, 7, 7)" \
    "ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p; INSERT INTO p VALUES (7, 7)" "p 2/0/0/0/0, c 4/0/0/0/1"
foresees "MATCH FULL" "$p; $c)" "INSERT INTO p VALUES (1, 1); INSERT INTO c VALUES (1, 1, 1), (2, NULL, NULL), (3, NULL, 1)" \
    "ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p MATCH FULL" "p 1/0/0/0/0, c 2/0/0/0/1"
foresees "of changed rows" "$p; $c)" "INSERT INTO p VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, NULL, 3)" \
    "INSERT INTO p VALUES (7, 7); INSERT INTO c SELECT g, 7, 7 FROM generate_series(1, 4) g; ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p" "p 2/0/0/0/0, c 0/3/0/0/1"
foresees "to rows that are refused" "$p; $c, FOREIGN KEY (a, b) REFERENCES p)" "INSERT INTO p VALUES (1, 1, 1), (2, 2, -1); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2)" \
    "ALTER TABLE p ADD CHECK (n > 0)" "p 1/0/0/0/1, c 1/0/0/0/1"
foresees "of tables whose names are keywords" "CREATE TABLE \"user\" (a int, b int, n int, PRIMARY KEY (a, b)); CREATE TABLE \"order\" (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES \"user\")" \
    "INSERT INTO \"user\" VALUES (1, 1, 1), (2, 2, -1); INSERT INTO \"order\" VALUES (1, 1, 1), (2, 2, 2)" "ALTER TABLE \"user\" ADD CHECK (n > 0)" "user 1/0/0/0/1, order 1/0/0/0/1"
parts="CREATE TABLE p (a int, b int, n int, PRIMARY KEY (a, b)) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)"
foresees "to rows of partitions that are refused" "$parts; $c, FOREIGN KEY (a, b) REFERENCES p)" "INSERT INTO p VALUES (1, 1, 1), (2, 2, -1), (11, 1, 1); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2), (3, 11, 1)" \
    "ALTER TABLE p ADD CHECK (n > 0)" "p1 1/0/0/0/1, p2 1/0/0/0/0, c 2/0/0/0/1"
foresees "to rows of partitions that are not there" "$parts; $c)" "INSERT INTO p VALUES (1, 1, 1), (2, 2, -1), (11, 1, 1); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2), (3, 11, 1), (4, 7, 7)" \
    "ALTER TABLE p ADD CHECK (n > 0); ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p" "p1 1/0/0/0/1, p2 1/0/0/0/0, c 2/0/0/0/2"
foresees "by columns of other types" "CREATE TABLE p (a int PRIMARY KEY, u numeric UNIQUE); CREATE TABLE c (id int PRIMARY KEY, a bigint, u numeric(8,3))" \
    "INSERT INTO p VALUES (1, 1.5), (2, 2.50); INSERT INTO c VALUES (1, 1, 1.5), (2, 2, 2.5), (3, 7, 1.5), (4, 1, 1.7)" \
    "ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES p, ADD FOREIGN KEY (u) REFERENCES p (u)" "p 2/0/0/0/0, c 2/0/0/0/2"
i="CREATE TABLE p (id serial PRIMARY KEY, v text); CREATE TABLE c (id int PRIMARY KEY, p int"
foresees "to ids that are kept" "$i)" "INSERT INTO p VALUES (1, 'x'), (2, 'y'), (3, 'z'); INSERT INTO c VALUES (1, 1), (2, 2), (3, 9), (4, 3), (5, 4)" \
    "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p; INSERT INTO p VALUES (1, 'x'), (2, 'y'), (4, 'l')" "p 1/0/2/0/0, c 4/0/0/0/1"
foresees "to a table that a rule leaves out" "$i REFERENCES p)" "INSERT INTO p VALUES (1, 'x'), (2, 'y'), (3, 'z'); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)" \
    "INSERT INTO p VALUES (1, 'x'), (2, 'y')" "c 2/0/0/0/1, p 0/0/0/0/0" "p skip"
k="CREATE TABLE p (id int PRIMARY KEY, k text, code text UNIQUE); CREATE TABLE c (id int PRIMARY KEY, code text REFERENCES p (code))"
foresees "to a value that a parent gets" "$k" "INSERT INTO p VALUES (1, '', 'new'), (2, '', 'b2'); INSERT INTO c VALUES (1, 'new')" "INSERT INTO p VALUES (1, '', 'old'), (2, '', 'b')" "p 0/2/0/0/0, c 1/0/0/0/0"
foresees "to a value that a parent does not get, by a rule" "$k" "INSERT INTO p VALUES (1, '', 'new'), (2, '', 'b2'); INSERT INTO c VALUES (1, 'new'), (2, 'b2')" \
    "INSERT INTO p VALUES (1, '', 'old'), (2, '', 'b2')" "p 0/0/1/1/0, c 1/0/0/0/1" "p conflict keep"
foresees "to a value that a parent does not get, for it is refused" "$k" "INSERT INTO p VALUES (1, 'odd', 'new'), (2, '', 'b2'); INSERT INTO c VALUES (1, 'new'), (2, 'b2')" \
    "INSERT INTO p VALUES (1, '', 'old'), (2, '', 'b'); ALTER TABLE p ADD CHECK (k <> 'odd')" "p 0/1/0/0/1, c 1/0/0/0/1"
foresees "to a value that a parent gets no more" "$k" "ALTER TABLE c DROP CONSTRAINT c_code_fkey; INSERT INTO p VALUES (1, '', 'new'); INSERT INTO c VALUES (1, 'old'), (2, 'new')" \
    "INSERT INTO p VALUES (1, '', 'old')" "p 0/1/0/0/0, c 1/0/0/0/1"
foresees "to a row that is a duplicate" "$k" "INSERT INTO p VALUES (1, 'k', 'x'), (2, 'k', 'y'); INSERT INTO c VALUES (1, 'y'), (2, 'x')" \
    "ALTER TABLE p ADD UNIQUE (k)" "p 1/0/0/0/1, c 1/0/0/0/1" "p key k"
foresees "to a refused row, but a live one has its value" "$k" "INSERT INTO p VALUES (5, '', 'x'); INSERT INTO c VALUES (1, 'x')" "INSERT INTO p VALUES (1, '', 'x')" "p 0/0/0/0/1, c 1/0/0/0/0"
foresees "a value that live rows refer to cannot change" "$k" "INSERT INTO p VALUES (1, '', 'new'), (2, '', 'b2'), (3, 'v', 'c'); INSERT INTO c VALUES (1, 'new'), (3, 'c')" \
    "INSERT INTO p VALUES (1, '', 'old'), (2, '', 'b'), (3, '', 'c'); INSERT INTO c VALUES (1, 'old'), (3, 'c')" "p 0/2/0/0/1, c 0/0/1/0/1"
foresees "but where the foreign key takes it along" "${k//(code)/(code) ON UPDATE CASCADE}" "INSERT INTO p VALUES (1, '', 'new'); INSERT INTO c VALUES (2, 'new')" \
    "INSERT INTO p VALUES (1, '', 'old'); INSERT INTO c VALUES (1, 'old')" "p 0/1/0/0/0, c 1/0/0/0/0"
foresees "also where the parent is partitioned" "${parts//n int/n int, UNIQUE (n, a)}; CREATE TABLE c (id int PRIMARY KEY, n int, a int, FOREIGN KEY (n, a) REFERENCES p (n, a))" \
    "INSERT INTO p VALUES (1, 1, 5), (2, 2, 5); INSERT INTO c VALUES (1, 5, 1), (2, 5, 2)" \
    "INSERT INTO p VALUES (1, 1, 6), (2, 2, 6); INSERT INTO c VALUES (1, 6, 1)" "p1 0/1/0/0/1, p2 0/0/0/0/0, c 1/0/0/0/1"
foresees "a row that refers to nothing keeps no other out" "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int, u int)" \
    "INSERT INTO c VALUES (1, 9, 5), (2, NULL, 5), (3, NULL, 6)" "ALTER TABLE c ADD UNIQUE (u), ADD FOREIGN KEY (p) REFERENCES p" "p 0/0/0/0/0, c 2/0/0/0/1"

# ---- tables that refer to one another
ab="CREATE TABLE a (id int PRIMARY KEY, n int, b int, u int); CREATE TABLE b (id int PRIMARY KEY, n int, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b"
rows="INSERT INTO a VALUES (1, 1, NULL, 1), (2, -1, NULL, 1), (3, 1, NULL, 3), (4, 1, NULL, 4); INSERT INTO b VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3); UPDATE a SET b = id WHERE id < 4; UPDATE a SET b = 2 WHERE id = 4"
foresees "a circle, a row of it refused" "$ab" "$rows" "ALTER TABLE a ADD CHECK (n > 0)" "a 2/0/0/0/2, b 2/0/0/0/1"
foresees "a circle, changed rows refer to the refused one" "$ab" "$rows" "ALTER TABLE a ADD CHECK (n > 0); INSERT INTO a VALUES (3, 1, NULL, 9); INSERT INTO b VALUES (2, 1, 3)" "a 2/1/0/0/1, b 2/0/0/0/1"
foresees "a tree, a changed row refers by a translated id to the refused one" "CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, n int, up int REFERENCES a)" \
    "INSERT INTO a VALUES (1, 'new', -1, NULL), (2, 'old', 1, 1), (3, 'older', 2, 2)" "ALTER TABLE a ADD CHECK (n > 0); INSERT INTO a VALUES (7, 'old', 1, NULL), (8, 'older', 1, NULL)" \
    "a 0/1/0/0/2" 'a lineage other'
pair="CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, b int); CREATE TABLE b (id serial PRIMARY KEY, k text UNIQUE NOT NULL, a int REFERENCES a)"
foresees "a circle, rows refer to one that lacks a row itself" "$pair" \
    "INSERT INTO a VALUES (1, 'lacks', 99), (2, 'good', NULL); INSERT INTO b VALUES (1, 'new', 1), (2, 'old', 1), (3, 'good', 2); UPDATE a SET b = 3 WHERE id = 2" \
    "INSERT INTO b VALUES (7, 'old', NULL)" "a 1/0/0/0/1, b 1/0/0/0/2" $'a.b refers-to b\na lineage other\nb lineage other'
foresees "and rows behind the circle" "$pair; CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, a int REFERENCES a)" \
    "INSERT INTO a VALUES (1, 'lacks', 99), (2, 'good', NULL); INSERT INTO b VALUES (3, 'good', 2); UPDATE a SET b = 3 WHERE id = 2; INSERT INTO c VALUES (1, 'x', 1), (2, 'y', 2)" "" \
    "a 1/0/0/0/1, b 1/0/0/0/0, c 1/0/0/0/1" $'a.b refers-to b\na lineage other\nb lineage other'
foresees "a circle, two rows of it clash" "$ab" "$rows" "ALTER TABLE a ADD UNIQUE (u)" "a 0/0/0/0/4, b 0/0/0/0/3"
foresees "a tree, two rows of it clash" "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a, u int)" \
    "INSERT INTO a VALUES (1, 1, 1), (2, 1, 1), (3, 2, 3), (4, NULL, 4), (5, 4, 5)" "ALTER TABLE a ADD UNIQUE (u)" "a 3/0/0/0/2"
foresees "a circle, the live database has a foreign key more" "$ab" "$rows" \
    "CREATE TABLE x (id int PRIMARY KEY); INSERT INTO x VALUES (1), (3); ALTER TABLE a ADD FOREIGN KEY (u) REFERENCES x" "a 3/0/0/0/1, b 3/0/0/0/0"
soft="CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE NOT NULL, n int, b int, xs int[], x int); CREATE TABLE b (id serial PRIMARY KEY, k text UNIQUE NOT NULL, a int REFERENCES a, x int, xs int[]); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b"
for n in 5 5000; do # what is known late is known late of few rows and of many
    foresees "a circle, $n rows, some refused, named by no foreign key" "$soft" \
        "INSERT INTO a SELECT g, 'a' || g, CASE g % 5 WHEN 2 THEN -1 ELSE 1 END, NULL, ARRAY[g], g - 1 FROM generate_series(1, $n) g; INSERT INTO b SELECT g, 'b' || g, CASE WHEN g % 5 <> 2 THEN g END, g, ARRAY[g] FROM generate_series(1, $n) g; UPDATE a SET b = id WHERE id % 5 <> 2" \
        "ALTER TABLE a ADD CHECK (n > 0); INSERT INTO a (id, k, n) VALUES (100000, 'a1', 1)" "a $((n * 4 / 5 - 1))/0/0/0/$((n / 5 + 1)), b $n/0/0/0/0" \
        $'b.x refers-to a\na.x refers-to a\na.xs array-of b\nb.xs array-of a\na lineage other\nb lineage other'
done

# ---- what cannot be foreseen is said
said() { grep -o 'a dry run does not foresee .*' "$T/dry.out" | cut -d' ' -f7- | sort -u | tr '\n' ';'; }
refusing="CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.n < 0 THEN RAISE EXCEPTION \$\$no\$\$; END IF; RETURN new; END'; CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
foresees "a trigger that is switched off" "$t" "INSERT INTO t VALUES (1, 20), (2, -20)" "$refusing" "t 2/0/0/0/0"
equal "a trigger that is switched off: nothing is said" "" "$(said)"
two_dbs "$t"
sql origin "INSERT INTO t VALUES (1, 20), (2, -20)" >/dev/null
sql live "$refusing ALTER TABLE t ENABLE ALWAYS TRIGGER f" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
cp "$T/out" "$T/dry.out"
equal "a trigger that fires is said" "what its triggers, which will fire, refuse or change;" "$(said)"
sql live "DROP TRIGGER f ON t; INSERT INTO t VALUES (1, 20); CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER f" >/dev/null
sql origin "UPDATE t SET u = 'changed'; DELETE FROM t WHERE id = 2" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
cp "$T/out" "$T/dry.out"
equal "but not where it fires for no row" "" "$(said)"
foresees "too many rows for an exclusion constraint" "$e" "INSERT INTO t SELECT g, int4range(g * 2, g * 2 + 1) FROM generate_series(1, 5000) g" \
    "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)" "t 5000/0/0/0/0"
equal "too many rows for an exclusion constraint: that is said" "which new rows clash by an exclusion constraint: there are too many of them;" "$(said)"

# ---- rows of a parent that the dump left out
two_dbs "CREATE TABLE par (id serial PRIMARY KEY, name text); CREATE TABLE ch (id serial PRIMARY KEY, par_id int REFERENCES par, k text UNIQUE)"
sql origin "INSERT INTO par (name) SELECT 'p' || g FROM generate_series(1, 6) g; INSERT INTO ch (par_id, k) SELECT g, 'k' || g FROM generate_series(1, 6) g" >/dev/null
sql live "INSERT INTO par (name) SELECT 'p' || g FROM generate_series(1, 4) g; INSERT INTO ch (par_id, k) SELECT g, 'k' || g FROM generate_series(1, 4) g" >/dev/null
pg_dump --no-owner --exclude-table-data=par origin >"$T/origin.sql"
quiet_merge "$T/origin.sql" live --dry-run
dry="$status $(counts)"
quiet_merge "$T/origin.sql" live
equal "a dump without the parents' rows: the dry run's counts" "$status $(counts)" "$dry"
equal "a dump without the parents' rows: those without a live parent are rejects" 2 "$(($(cat "$folder"/rejects/public.ch*.tsv | wc -l) - 1))"
