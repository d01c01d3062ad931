#!/usr/bin/env bash
# For every backup of the corpus a line that says what dump-splitter read of it, its format, tables and rows,
# against what psql or pg_restore gives of the same file: all rows are equal, or there is a reason. No file
# of the corpus is left without a line.
. "$(dirname "$0")/../lib.sh"

need_corpus all || exit 0

harmless='role ".*" (does not|already) exist|unrecognized configuration parameter|(schema|extension) ".*" already exists'

# The files, each a backup of its own, and the folders that are one; not what only tells about them.
list_files() {
    find "$CORPUS" \( -type d -exec test -e '{}/toc.dat' \; -prune -o -type f ! -name 'LICENSE*' ! -name 'README*' \
        ! -name '*.md' ! -name manifest.tsv ! -name '*_case.sh' \) -print | LC_ALL=C sort
}
format_of() { # FILE
    case $1 in
    *.sql) echo script ;;
    *.sql.gz) echo "script, gzip" ;;
    *.tar) echo tar ;;
    *) if [ -d "$1" ]; then echo directory; else echo "custom 1.$(od -An -tu1 -j 6 -N 1 "$1" | tr -d ' ')"; fi ;;
    esac
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
    local table columns rows form tables=0 count=0 status n reason='' differing=() said
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
    said="$2: script, $tables tables, $count rows"
    if [ "${#differing[@]}" -eq 0 ]; then
        same=$((same + 1))
        pass "$said, as psql restores them"
        return
    fi
    [ "$errors" -eq 0 ] || reason="psql says $(grep 'ERROR:' "$T/log" | grep -vE "$harmless" | head -n 1 | sed 's/.*ERROR: *//')"
    if [ -n "$reason" ]; then
        skip "$said" "$reason"
    else
        fail "$said" "${differing[*]:0:4}"
    fi
}

only_tables() { awk -F '\t' '$5 != "unread"'; } # large objects are no table
compare_script() { # FILE WHAT: restored on its own, table by table
    if ! dump-splitter -q --list "$1" >"$T/list.all" 2>"$T/why"; then
        total=$((total + 1))
        fail "$2" "$(tail -n 1 "$T/why")"
        return
    fi
    tail -n +2 "$T/list.all" | only_tables >"$T/list"
    dump-splitter -q --schema --sample=0 "$1" >"$T/schema"
    fresh_db corpus
    load "$1"
    errors=$(grep 'ERROR:' "$T/log" | grep -cvE "$harmless")
    compare "$1" "$2"
}

# ---- archives, and the cases' copies of one database: all rows as text, each with its table in front

# A plan that takes all that the list has; rows without columns are no text.
plan_of() {
    printf 'plan\t-\t-\t1\t-\t-\t-\t-\nlineage\t-\t-\tsame\t-\t-\t-\t-\n'
    awk -F '\t' 'NR > 1 && $2 == "()" { print "table\t" $1 "\t-\tskip\t-\t-\t-\t-" }
        NR > 1 && $5 != "none" && $2 != "()" {
        print "table\t" $1 "\t-\tappend\t-\t-\t-\t-"
        n = split(substr($2, 2, length($2) - 2), columns, ", ")
        for (i = 1; i <= n; i++) print "column\t" $1 "\t" columns[i] "\tset\t-\ttext\t-\t-"
    }'
    printf 'end\t-\t-\t-\t-\t-\t-\t-\n'
}
our_rows() { # FILE
    dump-splitter -q --list "$1" >"$T/list.all" && only_tables <"$T/list.all" >"$T/list" && plan_of <"$T/list" >"$T/plan" &&
        dump-splitter -q --plan "$T/plan" "$1" >"$T/stream" || return
    awk -F '\t' '$1 == "\\.table" { table = $2 } /^\\\./ { next } { print table "\t" $0 }' "$T/stream" | LC_ALL=C sort
}
script_rows() { # of a script with COPY
    awk 'inside && $0 == "\\." { inside = 0; next }
        inside { print table "\t" $0; next }
        /^COPY .* \(.*\) FROM stdin;$/ { table = substr($0, 6); sub(/ \(.*$/, "", table); inside = 1 }' | LC_ALL=C sort
}

compare_text() { # FILE WHAT ORACLE, the oracle's rows in $T/theirs
    local said
    our_rows "$1" >"$T/ours" || { total=$((total + 1)); fail "$2" "cannot be read"; return; }
    said="$2: $(format_of "$1"), $(awk -F '\t' 'NR > 1 && $5 != "none"' "$T/list" | wc -l) tables, $(wc -l <"$T/ours") rows"
    total=$((total + 1))
    if [ "$3" = none ]; then
        skip "$said" "$4"
    elif cmp -s "$T/ours" "$T/theirs"; then
        same=$((same + 1))
        pass "$said, as $3"
    else
        fail "$said" "not as $3: $(LC_ALL=C comm -3 "$T/ours" "$T/theirs" | head -n 2)"
    fi
}
# A tar file that was packed again, in a folder, pg_restore takes only unpacked.
restore_archive() { # FILE
    pg_restore -a -f "$T/restored" "$1" 2>"$T/why" && return
    rm -rf "$T/unpacked" && mkdir "$T/unpacked" && tar -xf "$1" -C "$T/unpacked" 2>/dev/null &&
        pg_restore -a -f "$T/restored" "$(dirname "$(find "$T/unpacked" -name toc.dat)")" 2>/dev/null
}
compare_archive() { # FILE WHAT
    if restore_archive "$1"; then
        script_rows <"$T/restored" >"$T/theirs"
        compare_text "$1" "$2" "pg_restore gives them"
    else
        compare_text "$1" "$2" none "pg_restore here cannot read it: $(head -n 1 "$T/why")"
    fi
}

restored_rows() { # FILE: restored by psql, then dumped by the server
    fresh_db corpus && restore corpus "$1" && pg_dump corpus | script_rows
}
# Scripts of the cases hold all the rows of one database, but for those without any.
compare_copy() { # FILE WHAT
    local case=${1%/*}
    case $1 in
    */live.sql.gz) restored_rows "$1" >"$T/theirs" ;;
    */backup.schemaonly.sql) grep -E '^(COPY|INSERT) ' "$1" >"$T/theirs" ;;
    *)
        [ -e "$T/rows-${case##*/}" ] || restored_rows "$case/backup.copy.sql" >"$T/rows-${case##*/}"
        cp "$T/rows-${case##*/}" "$T/theirs"
        ;;
    esac
    compare_text "$1" "$2" "psql restores them"
}

files=0
while read -r file; do
    files=$((files + 1)) what=${file#"$CORPUS"/}
    case $what in
    cases/*.sql | cases/*.sql.gz) compare_copy "$file" "$what" ;;
    *.sql) compare_script "$file" "$what" ;;
    *) compare_archive "$file" "$what" ;;
    esac
done < <(list_files)
equal "a line for every file" "$files" "$total"
echo "corpus_rows: of $total files $same are read as they are restored"
