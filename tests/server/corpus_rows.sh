#!/usr/bin/env bash
# For every file of the corpus a line that says what dump-splitter read of it, tables and rows, against
# what psql restores of the same file: all rows are equal to the server, or there is a reason. Another kind
# of backup adds its files to list_files and its oracle to load.
. "$(dirname "$0")/../lib.sh"

need_corpus all || exit 0

harmless='role ".*" (does not|already) exist|unrecognized configuration parameter|(schema|extension) ".*" already exists'

# The files, each a backup of its own; the cases' copies of one database are those of dump_rows.sh.
list_files() {
    find "$CORPUS" -path "$CORPUS/cases" -prune -o -name '*.sql' -type f -size -30M -print | sort
}
# The file as the oracle reads it: within one database.
load() { # FILE
    sed -E -e '1s/^\xef\xbb\xbf//' -e '/^\\(c|connect)([ ;]|$)/d' -e '/^(CREATE|DROP|ALTER) DATABASE /Id' "$1" |
        psql -Xq -d corpus >"$T/log" 2>&1
}

# How many rows of the table only one side has. Ours go through the server as well: 5.0 may be 5 there.
differences() { # TABLE COLUMNS, the rows in $T/ours with their header
    local table columns=${2:1:-1} encoding
    printf -v table %b "$1"
    encoding=$(awk -F'\t' '$1 == "\\.source" && $2 == "client_encoding" { print $3 }' "$T/schema")
    {
        echo "SET client_encoding = '${encoding:-UTF8}';"
        echo "CREATE TEMP TABLE ours AS SELECT $columns FROM ONLY $table LIMIT 0;"
        echo 'COPY ours FROM STDIN;'
        tail -n +2 "$T/ours"
        printf '%s\n' '\.'
        echo "WITH a AS (SELECT o::text AS r FROM ours o), b AS (SELECT t::text AS r FROM (SELECT $columns FROM ONLY $table) t)
            SELECT (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x) + (SELECT count(*) FROM (TABLE b EXCEPT ALL TABLE a) x);"
    } | psql -qXAt -v ON_ERROR_STOP=1 -d corpus 2>"$T/oracle" || head -n 1 "$T/oracle"
}

total=0 same=0
compare() { # FILE WHAT
    local table columns rows form tables=0 count=0 status n reason='' differing=()
    while IFS=$'\t' read -r table columns rows _ form; do
        if [ "$form" = none ] || [ "$columns" = '()' ]; then continue; fi
        tables=$((tables + 1)) count=$((count + rows)) status=0
        dump-splitter -q -t "$(printf %b "$table")" "$1" >"$T/ours" 2>"$T/why" || status=$?
        n=$(differences "$table" "$columns")
        [ "$n" != 0 ] || continue
        differing+=("$table: ${n:-psql failed}")
        [ "$status" -ne 3 ] || reason="not constants: $(dump-splitter -t "$table" "$1" 2>&1 >/dev/null | head -n 1)"
    done <"$T/list"
    total=$((total + 1))
    if [ "${#differing[@]}" -eq 0 ]; then
        same=$((same + 1))
        pass "$2: $tables tables, $count rows"
        return
    fi
    [ "$errors" -eq 0 ] || reason="psql says $(grep 'ERROR:' "$T/log" | grep -vE "$harmless" | head -n 1 | sed 's/.*ERROR: *//')"
    if [ -n "$reason" ]; then
        skip "$2: $tables tables, $count rows" "$reason"
    else
        fail "$2: $tables tables, $count rows" "${differing[*]:0:4}"
    fi
}

while read -r file; do
    what=${file#"$CORPUS"/}
    if ! dump-splitter -q --list "$file" >"$T/list.all" 2>"$T/why"; then
        fail "$what" "$(tail -n 1 "$T/why")"
        continue
    fi
    tail -n +2 "$T/list.all" >"$T/list"
    dump-splitter -q --schema --sample=0 "$file" >"$T/schema"
    fresh_db corpus
    load "$file"
    errors=$(grep 'ERROR:' "$T/log" | grep -cvE "$harmless")
    compare "$file" "$what"
done < <(list_files)
echo "corpus_rows: of $total files $same are read as they are restored"
