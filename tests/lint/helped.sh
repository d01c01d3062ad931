#!/usr/bin/env bash
# `make help` lists every target, in both Makefiles; the Makefile stays short.
set -u
{
    for file in Makefile Makefile.ai; do
        [ -e "$file" ] || { echo "$file: is missing"; continue; }
        awk -v file="$file" '
            /^\.PHONY:/ { on = 1 }
            on { line = $0; sub(/^\.PHONY:/, "", line); more = sub(/\\$/, "", line); phony = phony " " line; on = more }
            /^[a-z-]+:.*## / { sub(/:.*/, ""); helped[$0] }
            END {
                n = split(phony, target, " ")
                for (i = 1; i <= n; i++)
                    if (!(target[i] in helped) && target[i] !~ /^(unit-tests|fuzz-drivers|fuzzers)$/)
                        print file ": target " target[i] " has no ## help"
            }' "$file"
    done
    [ "$(wc -l <Makefile)" -le 160 ] || echo "Makefile: more than 160 lines"
} | tests/lint/allowed helped
