#!/usr/bin/env bash
# No cut of a larger dump gives a stream that ends well. (That the rows of whole ones are the server's is told by
# corpus_rows.sh.)
. "$(dirname "$0")/../lib.sh"

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
cut_at_random "$CORPUS/cases/northwind_pthom/backup.copy.sql" 500
cut_at_random "$CORPUS/cases/northwind_pthom/backup.copy.sql.gz" 500
