#!/usr/bin/env bash
# dump-splitter's rows are the server's: each table of a dump, and the table as COPY gives it after psql
# has restored the same dump. And no cut of a larger dump gives a stream that ends well.
. "$(dirname "$0")/../lib.sh"

compare_case() { # CASE
    local file table columns form differing tables
    fresh_db rows
    restore rows "$CORPUS/cases/$1/backup.copy.sql"
    for file in backup.copy.sql.gz backup.inserts.sql backup.colinserts100.sql backup.quoteall.sql; do
        differing=0 tables=0
        dump-splitter --list "$CORPUS/cases/$1/$file" >"$T/list"
        while IFS=$'\t' read -r table columns _ _ form; do
            [ "$form" != none ] || continue
            tables=$((tables + 1))
            dump-splitter -t "$table" "$CORPUS/cases/$1/$file" | tail -n +2 | sort >"$T/ours"
            psql -qXAt -d rows -c "COPY $table $columns TO STDOUT" | sort >"$T/theirs"
            cmp -s "$T/ours" "$T/theirs" || differing=$((differing + 1))
        done <"$T/list"
        equal "rows of $tables tables of $1/$file" 0 "$differing"
    done
}

# A plan that takes every table, in the reverse order of the dump.
plan_of() { # FILE
    local table columns column
    printf 'plan\t-\t-\t1\t-\t-\t-\t-\nlineage\t-\t-\tsame\t-\t-\t-\t-\n'
    dump-splitter --list "$1" | tail -n +2 | awk -F'\t' '$5 == "copy"' | tac |
        while IFS=$'\t' read -r table columns _; do
            printf 'table\t%s\t-\tappend\t-\t-\t-\t-\n' "$table"
            columns=${columns#(}
            columns=${columns%)}
            while IFS= read -r column; do
                printf 'column\t%s\t%s\tset\t-\ttext\t-\t-\n' "$table" "$column"
            done <<<"${columns//, /$'\n'}"
        done
    printf 'end\t-\t-\t-\t-\t-\t-\t-\n'
}

cut_at_random() { # FILE CUTS
    local size cut bad=0
    size=$(wc -c <"$1")
    plan_of "$CORPUS/cases/northwind_pthom/backup.copy.sql" >"$T/plan"
    check "the whole of $(basename "$1")" dump-splitter --plan "$T/plan" "$1"
    for ((i = 0; i < $2; i++)); do
        cut=$((RANDOM * 32768 + RANDOM))
        head -c $((cut % (size - 3))) "$1" >"$T/cut"
        if dump-splitter -q --plan "$T/plan" "$T/cut" 2>/dev/null >"$T/stream" ||
            grep -qa '^\\\.trailer' "$T/stream"; then
            bad=$((bad + 1))
        fi
    done
    equal "$2 cuts of $(basename "$1")" 0 "$bad"
}

need_corpus all || exit 0
for case in neon_pagila chinook_lerocha northwind_pthom pagila09; do
    compare_case "$case"
done
cut_at_random "$CORPUS/cases/northwind_pthom/backup.copy.sql" 500
cut_at_random "$CORPUS/cases/northwind_pthom/backup.copy.sql.gz" 500
