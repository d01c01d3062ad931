#!/usr/bin/env bash
# A module includes only its own layer or lower ones, no two include each other in a circle, and the
# pure layers (formats, subject) include nothing that does I/O. The tables are lib/README.md's, where
# every file has its line.
set -u
table=$(awk -F'[| `]+' '/^\| `/ { print $2, $3 }' lib/README.md)
{
    grep -Ho '^#include "[a-z0-9_]*\.h"' lib/*.c lib/*.h |
        sed -E 's|lib/([a-z0-9_]+)\.([ch]):#include "(.*)\.h"|\1 \3 lib/\1.\2|' |
        awk -v table="$table" '
            BEGIN {
                rank["ground"] = 1; rank["formats"] = 2; rank["subject"] = 3; rank["world"] = 4
                n = split(table, line, "\n")
                for (i = 1; i <= n; i++) { split(line[i], word, " "); layer[word[1]] = word[2] }
            }
            $2 == "sql" { next } # generated from sql/*.sql: only text
            { # foo_bar is of the module foo
                while (!($1 in layer) && sub(/_[a-z0-9]+$/, "", $1)) ;
                while (!($2 in layer) && sub(/_[a-z0-9]+$/, "", $2)) ;
            }
            !($1 in layer) { print $3 ": lib/README.md has no line for " $1; next }
            !($2 in layer) { print $3 ": lib/README.md has no line for " $2; next }
            rank[layer[$2]] > rank[layer[$1]] {
                print $3 ": " layer[$1] " module includes " $2 ".h of the layer " layer[$2]
            }'
    awk -F'[| `]+' '
        BEGIN { rank["ground"] = 1; rank["formats"] = 2; rank["subject"] = 3; rank["world"] = 4 }
        /^\| `/ && rank[$3] < last { print "lib/README.md: " $2 " stands below a higher layer" }
        /^\| `/ { last = rank[$3] }' lib/README.md
    for source in lib/*.c; do # the decompressors stand in one line
        module=$(basename "$source" .c)
        grep -q "^|.*\`$module\`" lib/README.md || echo "$source: lib/README.md has no line for it"
    done
    while read -r module layer; do
        [ -e "lib/$module.h" ] || [ -e "lib/$module.c" ] || echo "lib/README.md: no module $module"
        case $layer in
        formats | subject)
            grep -HnE '^#include <(unistd|fcntl|sys/.*|libpq-fe|zlib|poll|dirent)\.h>' "lib/$module".[ch] \
                2>/dev/null | sed 's/$/ in a pure layer/' ;;
        ground | world) ;;
        *) echo "lib/README.md: $module has no known layer ('$layer')" ;;
        esac
    done <<<"$table"
    grep -Ho '^#include "[a-z0-9_]*\.h"' lib/*.h |
        sed -E 's|lib/([a-z0-9_]+)\.h:#include "(.*)\.h"|\1 \2|' | tsort 2>&1 >/dev/null
} | sort -u | tests/lint/allowed layers
