#!/usr/bin/env bash
# The four real merge cases of the corpus: every backup into both live databases, once from a file and then from
# standard input, once the other way round: the second merge writes nothing. The oracle is the corpus's own
# verify_case.sh, which compares the rows of a restored original with the merged database in SQL.
. "$(dirname "$0")/../lib.sh"
export PGBIN
PGBIN=$(pg_config --bindir)
[ -x "$PGBIN/psql" ] || PGBIN=$(dirname "$(command -v psql)")

# The extra rows of liveb: those whose primary key the original does not have. (The manifest counts
# three more, which got the ids of rows deleted before; the backup's rows rightly win over these.)
keys() { # DB: table and key of every row of a table with a primary key
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL' | LC_ALL=C sort
SELECT format('SELECT %L, (%s)::text FROM ONLY %s', c.oid::regclass,
        (SELECT 'ROW(' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)), c.oid::regclass)
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)'
\gexec
SQL
}
extra_rows() { # CASE
    keys "orig_$1" >"$T/keys"
    keys "liveb_$1" | LC_ALL=C comm -13 "$T/keys" - | wc -l
}

# The whole pipeline with the backup on standard input each time: a pipe, for a file could be sought in.
# shellcheck disable=SC2002
merge_from_pipe() { # BACKUP DB
    PGDATABASE=$2
    export PGDATABASE
    cat "$1" | dump-splitter --schema -q >"$T/schema" || return
    schema-differ -q "$T/schema" >"$T/plan" || [ $? -eq 3 ] || return 1
    cat "$1" | dump-splitter --plan "$T/plan" | idmap-builder | array-fixer | upserter -q
}

merge_from() { # HOW BACKUP DB
    if [ "$1" = pipe ]; then merge_from_pipe "$2" "$3"; else merge "$2" "$3" -q; fi >"$T/out" 2>&1
}

state() { echo "$(stats merged) $(versions merged) $(snapshot merged)"; }

merge_case() { # CASE LIVE BACKUP FIRST SECOND TOTAL: how it comes the first time and the second, file or pipe
    local case=$1 file=$CORPUS/cases/$1/$3 name before status=0
    name="$1 $3 into $2 from $4"
    fresh_db merged "$2_$case"
    merge_from "$4" "$file" merged || status=$?
    equal "$name: status" 0 "$status"
    [ "$status" -eq 0 ] || tail -n 5 "$T/out"
    equal "$name is complete" "$6" "$("$CORPUS/cases/verify_case.sh" "orig_$case" merged | tail -n 1)"
    before=$(state) status=0
    merge_from "$5" "$file" merged || status=$?
    equal "$name: a second merge, from $5, writes no row" "0 $before" "$status $(state)"
}

nothing_to_do() { # CASE BACKUP: of the database that a merge has just left
    local status=0
    merge "$CORPUS/cases/$1/$2" merged --dry-run --exit-code -q >"$T/out" 2>&1 || status=$?
    equal "$1 $2: the dry run of a second merge finds nothing to do" 0 "$status"
}

merge_schema() { # CASE: the backup without rows
    local before status=0
    fresh_db merged "live_$1"
    before=$(state)
    merge_from file "$CORPUS/cases/$1/backup.schemaonly.sql" merged || status=$?
    equal "$1 backup.schemaonly.sql: there are no rows to write" "0 $before" "$status $(state)"
}

for case in neon_pagila chinook_lerocha northwind_pthom pagila09; do
    need_corpus "$case" "$CORPUS/cases/$case" || continue
    for name in orig live liveb; do
        fresh_db "${name}_$case"
        file=$name.dump
        [ "$name" != orig ] || file=backup.custom.dump
        restore "${name}_$case" "$CORPUS/cases/$case/$file"
    done
    tables=$(sql "orig_$case" "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'")
    total="TOTAL tables=$tables missing=0"
    extra=$(extra_rows "$case")
    for file in "$CORPUS/cases/$case"/backup.*; do
        backup=${file##*/} pipe=pipe
        [ "$backup" != backup.schemaonly.sql ] || { merge_schema "$case"; continue; }
        [ ! -d "$file" ] || pipe="file"
        merge_case "$case" live "$backup" file "$pipe" "$total extra=0"
        nothing_to_do "$case" "$backup"
        merge_case "$case" liveb "$backup" "$pipe" file "$total extra=$extra"
    done
done
