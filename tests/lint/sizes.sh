#!/usr/bin/env bash
# A function of more than 80 lines, a file of more than 600 and a tool of more than 250 need a reason.
set -u
{
    awk '
        FNR == 1 { name = "" }
        /^[a-z_][a-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
        /^\{/ { start = FNR }
        /^\}/ && start {
            if (FNR - start - 1 > 80)
                print FILENAME ":" name ": " FNR - start - 1 " lines, more than 80"
            start = 0
        }' lib/*/*.c tools/*.c
    wc -l lib/*/*.[ch] tools/*.[ch] 2>/dev/null | awk '
        $2 == "total" { next }
        $1 > 600 { print $2 ": " $1 " lines, more than 600"; next }
        $2 ~ /^tools\// && $1 > 250 { print $2 ": " $1 " lines, more than 250" }'
} 2>/dev/null | tests/lint/allowed sizes
