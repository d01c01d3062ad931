#!/usr/bin/env bash
# What the live database would refuse: a dry run counts it as the merge does, table by table, and writes
# nothing, neither WAL nor a sequence.
. "$(dirname "$0")/../lib.sh"

# The counts of the tables: inserted/updated/unchanged/kept/rejected.
count_words() { awk '$1 != "total" { printf "%s%s %d/%d/%d/%d/%d", sep, substr($1, 8), $3, $4, $5, $6, $7; sep = ", " }'; }
foresees() { # NAME SCHEMA ORIGIN LIVE COUNTS [RULES]: SQL for both databases, for the one, for the other
    local before dry lsn now
    two_dbs "$2" 2>"$T/err" && { sql origin "$3" && sql live "$4"; } >/dev/null 2>>"$T/err" ||
        { fail "$1: could not be made" "$(<"$T/err")"; return; }
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
e="CREATE TABLE t (id int PRIMARY KEY, r int4range, n int)"
foresees "by an exclusion constraint" "$e" "INSERT INTO t VALUES (1, '[1,5)'), (2, '[3,8)'), (3, '[6,9)'), (4, '[20,21)'), (5, NULL)" \
    "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)" "t 4/0/0/0/1"
foresees "by two exclusion constraints, of an expression and of some rows" "$e" \
    "INSERT INTO t VALUES (1, '[1,5)', 1), (2, '[3,8)', -1), (3, '[50,60)', 3), (4, '[4,5)', 4), (5, '[70,80)', -3), (6, 'empty', -4)" \
    "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&) WHERE (n > 0), ADD EXCLUDE ((abs(n)) WITH =)" "t 3/0/0/0/3"
foresees "by an exclusion constraint, many rows" "$e" \
    "INSERT INTO t SELECT g, int4range(g * 2, g * 2 + CASE g % 10 WHEN 0 THEN 3 ELSE 1 END), g % 100 FROM generate_series(1, 20000) g; UPDATE t SET r = '[1,9)' WHERE n = 7" \
    "CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE t ADD EXCLUDE USING gist (n WITH =, r WITH &&)" "t 19801/0/0/0/199"
