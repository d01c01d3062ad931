#!/usr/bin/env bash
# A module includes only its own folder and those above it in lib/README.md's table of folders, where
# lower layers stand first; no two include each other in a circle; the pure layers (formats, subject)
# include nothing that does I/O; and every module has its line in the README, under its folder.
set -u
folders=$(awk -F'[| `]+' '/^\| `[a-z]+\/` / { sub("/", "", $2); print $2, $3 }' lib/README.md)
{
    grep -Ho '^#include "[a-z0-9_]*\.h"' lib/*/*.[ch] |
        awk -F'[/:"]' -v folders="$folders" '
            BEGIN {
                n = split(folders, line, "\n")
                for (i = 1; i <= n; i++) { split(line[i], word, " "); rank[word[1]] = i }
                while (("ls lib/*/*.h" | getline path) > 0) { split(path, part, "/"); home[part[3]] = part[2] }
            }
            $5 == "sql.h" { next } # generated from sql/*.sql: only text
            !($2 in rank) { print "lib/README.md has no line for the folder " $2; next }
            !($5 in home) { print "lib/" $2 "/" $3 ": no module has the header " $5; next }
            rank[home[$5]] > rank[$2] {
                print "lib/" $2 "/" $3 ": includes " $5 " of " home[$5] "/, which stands below " $2 "/"
            }'
    awk '
        BEGIN { rank["ground"] = 1; rank["formats"] = 2; rank["subject"] = 3; rank["world"] = 4 }
        !($2 in rank) { print "lib/README.md: " $1 " has no known layer: " $2 }
        rank[$2] < last { print "lib/README.md: " $1 " stands below a higher layer" }
        { last = rank[$2] }' <<<"$folders"
    while read -r folder layer; do
        case $layer in formats | subject)
            grep -HnE '^#include <(unistd|fcntl|sys/.*|libpq-fe|zlib|poll|dirent)\.h>' "lib/$folder"/*.[ch] |
                sed 's/$/ in a pure layer/' ;;
        esac
    done <<<"$folders"
    diff <(awk -F'|' '
            /^### [a-z]+\/$/ { folder = substr($1, 5) }
            /^\| `/ && folder {
                n = split($2, part, "`")
                for (i = 2; i <= n; i += 2) print "lib/" folder part[i]
            }' <(sed '/^## Glossary/,$d' lib/README.md) | sort) \
        <(printf '%s\n' lib/*/*.[ch] | sed 's/\.[ch]$//' | sort -u) |
        sed -n 's/^< \(.*\)/lib\/README.md: no module \1/p; s/^> \(.*\)/\1: lib\/README.md has no line for it/p'
    grep -Ho '^#include "[a-z0-9_]*\.h"' lib/*/*.h |
        sed -E 's|lib/[a-z]+/([a-z0-9_]+)\.h:#include "(.*)\.h"|\1 \2|' | tsort 2>&1 >/dev/null
} | sort -u | tests/lint/allowed layers
