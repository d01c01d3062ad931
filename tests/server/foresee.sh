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
