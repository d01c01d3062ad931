#!/usr/bin/env bash
# The four real merge cases of the corpus: every backup with COPY data, from a file and from standard input,
# into both live databases; those of other forms once. The oracle is the corpus's own verify_case.sh, which compares the rows of
# a restored original with the merged database in SQL.
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
    local allow=()
    PGDATABASE=$2
    export PGDATABASE
    cat "$1" | dump-splitter --schema -q >"$T/schema" || return
    schema-differ -q "$T/schema" >"$T/plan" || [ $? -eq 3 ] || return 1
    cat "$1" | dump-splitter --plan "$T/plan" "${allow[@]}" | idmap-builder | array-fixer | upserter -q
}

verify() { # NAME CASE DB EXTRA
    local total
    total=$("$CORPUS/cases/verify_case.sh" "orig_$2" "$3" | tail -n 1)
    contains "$1 is complete" "missing=0 extra=$4" "$total"
}

merge_case() { # CASE LIVE BACKUP HOW
    local case=$1 live=$2 file=$CORPUS/cases/$1/$3 db=merged extra=0 name before places status=0
    name="$1 $3 into $2 from $4"
    [ "$live" = live ] || extra=$(extra_rows "$case")
    fresh_db "$db" "${live}_$case"
    if [ "$4" = file ]; then merge "$file" "$db" -q >"$T/out" 2>&1 || status=$?
    else merge_from_pipe "$file" "$db" >"$T/out" 2>&1 || status=$?; fi
    equal "$name: status" 0 "$status"
    [ "$status" -eq 0 ] || tail -n 5 "$T/out"
    verify "$name" "$case" "$db" "$extra"
    [ "$4" = file ] || return 0
    before=$(stats "$db") places=$(versions "$db") all=$(snapshot "$db")
    status=0
    merge "$file" "$db" --dry-run --exit-code -q >"$T/out" 2>&1 || status=$?
    equal "$name: the dry run of a second merge finds nothing to do" 0 "$status"
    merge "$file" "$db" -q >"$T/out" 2>&1
    equal "$name: a second merge writes no row" "$before $places $all" \
        "$(stats "$db") $(versions "$db") $(snapshot "$db")"
}

for case in neon_pagila chinook_lerocha northwind_pthom pagila09; do
    need_corpus "$case" "$CORPUS/cases/$case" || continue
    for name in orig live liveb; do
        fresh_db "${name}_$case"
        file=$name.dump
        [ "$name" != orig ] || file=backup.custom.dump
        restore "${name}_$case" "$CORPUS/cases/$case/$file"
    done
    plain=(backup.copy.sql backup.copy.sql.gz backup.clean-create.sql backup.dataonly.sql)
    archives=(backup.custom.dump backup.custom-z0.dump backup.tar backup.dir)
    for live in live liveb; do
        for backup in "${plain[@]}" "${archives[@]}"; do
            merge_case "$case" "$live" "$backup" file
        done
    done
    for backup in "${plain[@]}" backup.custom.dump backup.tar; do
        merge_case "$case" live "$backup" pipe
    done
    merge_case "$case" live backup.inserts.sql file
    merge_case "$case" liveb backup.colinserts100.sql pipe
    merge_case "$case" liveb backup.quoteall.sql pipe
done
