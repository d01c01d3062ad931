# shellcheck shell=bash
# backup-set.sh: backup sets as backup-info(5) has them, for scripts that read them. To be sourced, with
# the tools in PATH. Values of .info are escaped as in COPY text; nothing here unescapes them.

# What a set may be called, and its members; the parts of BASH_REMATCH: 1 type, 2 date, 3 time.
set_pattern='^backup_([a-z0-9][a-z0-9-]*)_([0-9]{8})_([0-9]{6})$'
set_formats=(sql sql.gz dump tar dir)

# The set that a name means: a .info, a member, a link to one (latest), or the name without an ending.
# Prints the path of its .info; fails when there is none.
set_of() { # PATH
    local path=$1 suffix
    [ ! -L "$path" ] || path=$(readlink -f -- "$path") || return 1
    path=${path%/}
    if [[ $path = *.info && -f $path ]]; then printf '%s\n' "$path"; return; fi
    for suffix in '' "${set_formats[@]/#/.}"; do
        if [ -f "${path%"$suffix"}.info" ]; then printf '%s\n' "${path%"$suffix"}.info"; return; fi
    done
    return 1
}
# The value of a key, as it is written; of the first line with it.
set_value() { # INFO KEY
    awk -v key="$2: " 'index($0, key) == 1 { print substr($0, length(key) + 1); exit }' <"$1"
}
# The members: format, bytes and name between tabs.
set_members() { # INFO
    sed -n 's/^file: \([a-z.]*\) \([0-9]*\) \([^ ]*\)$/\1\t\2\t\3/p' <"$1"
}
# Is it a .info that was written to its end and speaks of nothing but the set of its name? If not, says
# what is wrong.
set_is_wellformed() { # INFO
    local name=${1##*/} format file members=0
    name=${name%.info}
    [[ $name =~ $set_pattern ]] || { echo "'$name' is no name of a backup set"; return 1; }
    [ "$(head -n 1 <"$1")" = "backup-info: 1" ] || { echo "it is no backup-info of version 1"; return 1; }
    [ "$(tail -n 1 <"$1")" = "end: $name" ] || { echo "it has no end: it is cut, or of another set"; return 1; }
    while IFS=$'\t' read -r format _ file; do
        if [ "$file" != "$name.$format" ] || [[ " ${set_formats[*]} " != *" $format "* ]]; then
            echo "it names a file '$file' of another set"
            return 1
        fi
        members=$((members + 1))
    done < <(set_members "$1")
    [ "$members" -gt 0 ] || { echo "it names no file"; return 1; }
    if set_checksums "$1" | cut -c 67- | grep -vE "^$name\.(sql|sql\.gz|dump|tar|dir/[A-Za-z0-9_.-]+)\$" | grep -q .; then
        echo "it has the checksum of a file of another set"
        return 1
    fi
}
# The lines that sha256sum -c reads.
set_checksums() { # INFO
    grep -E '^[0-9a-f]{64}  ' <"$1" || true
}
# Bytes of a file, or of all files of a folder.
size_of() { # PATH
    find "$1" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf("%.0f\n", sum) }'
}
# Is every member there, of the size that .info says? Reads no content. If not, says what is wrong.
set_sizes_hold() { # INFO
    local folder format bytes file there
    folder=$(dirname -- "$1")
    while IFS=$'\t' read -r format bytes file; do
        there=$folder/$file
        if [ -L "$there" ] || ! [ -e "$there" ]; then echo "$file is not there"; return 1; fi
        there=$(size_of "$there")
        [ "$there" = "$bytes" ] || { echo "$file has $there bytes, not $bytes"; return 1; }
    done < <(set_members "$1")
}
# Reads a backup from front to end. Prints rows and table, between a tab, of every table whose data it
# holds, sorted; fails, and says why, when it is not whole.
backup_rows() { # FILE
    local facts
    facts=$(dump-splitter --schema --sample=0 -q -- "$1") || return 4
    grep -qx $'\\\\.source\tcomplete\tyes' <<<"$facts" ||
        { echo "error: '$1' is not whole: it has no closing comment of pg_dump" >&2; return 4; }
    awk -F '\t' '$1 == "\\.fact" && $2 == "data" { print $5 "\t" $3 }' <<<"$facts" | LC_ALL=C sort -t $'\t' -k2
}
# SQL for psql that prints the same of a database, by counting; x instead of a number for tables of
# extensions, of which a backup holds a part at most.
rows_sql() {
    cat <<'SQL'
SELECT format(CASE WHEN d.objid IS NULL THEN 'COPY (SELECT count(*), %L FROM ONLY %I.%I) TO STDOUT;'
            ELSE 'COPY (SELECT ''x'', %L) TO STDOUT;' END,
        concat_ws('.', CASE WHEN n.nspname ~ '^[a-z_][a-z0-9_$]*$' THEN n.nspname
                ELSE '"' || replace(n.nspname, '"', '""') || '"' END,
            CASE WHEN c.relname ~ '^[a-z_][a-z0-9_$]*$' THEN c.relname
                ELSE '"' || replace(c.relname, '"', '""') || '"' END),
        n.nspname, c.relname)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_depend d ON d.objid = c.oid AND d.deptype = 'e'
            AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY c.oid
\gexec
SQL
}
is_archive() { # FILE
    [ -d "$1" ] || case $(head -c 7 -- "$1" 2>/dev/null | tr -d '\0') in PGDMP* | toc.dat) true ;; *) false ;; esac
}
# 12.3 MB
human_size() { # BYTES
    numfmt --to=si --round=nearest --suffix=B --format='%.1f' -- "$1" | sed -E 's/([0-9.]+)([a-zA-Z]+)/\1 \2/; s/K/k/; s/\.0 / /'
}
# 1 row, 2 rows
counted() { # N NOUN
    printf '%s %s' "$1" "$2"
    [ "$1" = 1 ] || printf s
}
# ROWS, as backup_rows prints them, in words.
rows_in_words() {
    awk -F '\t' 'NF { n++; sum += $1 }
        END { printf("%.0f row%s in %d table%s", sum, sum == 1 ? "" : "s", n, n == 1 ? "" : "s") }' <<<"$1"
}
# The sets of a folder, the newest first, a line each, fields between tabs: seconds since 1970, name, date,
# type, bytes, rows, formats, contents, database, state (ok, or what is wrong with .info or the sizes of
# the files; nothing is read), pinned (yes or no), description. No field is empty.
sets_of() { # FOLDER
    local info problem
    for info in "$1"/backup_*.info; do
        [[ -f $info && $(basename "$info" .info) =~ $set_pattern ]] || continue
        problem=$(set_is_wellformed "$info" && set_sizes_hold "$info") || problem=${problem:-damaged}
        set_line "$info" "${problem:-ok}"
    done | LC_ALL=C sort -t $'\t' -k1,1nr -k2,2r
}
set_line() { # INFO STATE
    local name=${1##*/} date seconds pinned=no
    name=${name%.info}
    date=$(set_value "$1" date)
    seconds=$(date -d "${date:-none}" +%s 2>/dev/null) || seconds=$(stat -c %Y -- "$1")
    [ ! -e "${1%.info}.pin" ] || pinned=yes
    awk -v seconds="$seconds" -v name="$name" -v state="$2" -v pinned="$pinned" '
        function shown(text) { gsub(/[[:cntrl:]]/, "?", text); return text == "" ? "-" : text }
        { at = index($0, ": "); key = substr($0, 1, at - 1); value = substr($0, at + 2) }
        !at { next }
        key == "file" { split(value, part, " "); formats = formats (formats ? "," : "") part[1]; bytes += part[2]; next }
        key == "rows" { rows += value; next }
        !(key in of) { of[key] = value }
        END {
            OFS = "\t"
            print seconds, name, shown(of["date"]), shown(of["type"]), sprintf("%.0f", bytes), sprintf("%.0f", rows),
                shown(formats), shown(of["contents"]), shown(of["database"]), shown(state), pinned, shown(of["description"])
        }' <"$1"
}
# 3 h
age_in_words() { # SECONDS-SINCE-1970
    local age=$(($(date +%s) - $1))
    if [ "$age" -lt -60 ]; then echo "in the future"
    elif [ "$age" -lt 120 ]; then echo "$((age < 0 ? 0 : age)) s"
    elif [ "$age" -lt 7200 ]; then echo "$((age / 60)) min"
    elif [ "$age" -lt 172800 ]; then echo "$((age / 3600)) h"
    else echo "$((age / 86400)) days"; fi
}
# Lines with fields between tabs as columns; those whose numbers RIGHT lists stand to the right.
in_columns() { # RIGHT
    awk -F '\t' -v right=" $1 " '
        { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } fields = NF }
        END {
            for (row = 1; row <= NR; row++)
                for (i = 1; i <= fields; i++) {
                    side = index(right, " " i " ") ? "" : "-"
                    printf(i < fields ? "%" side width[i] "s  " : side ? "%s\n" : "%" width[i] "s\n", cell[row, i])
                }
        }'
}
