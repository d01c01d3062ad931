#!/usr/bin/env bash
# What a module exports, another file uses: a module, a tool, or a test of it alone; else it is static.
set -u
objects=()
for object in "$BUILD"/lib/*/*.o; do
    source=${object#"$BUILD"/}
    [ -e "${source%.o}.c" ] && objects+=("$object")
done
{
    nm -A -u "${objects[@]}" | awk '{ print "used", $NF }'
    grep -ohE '\b[a-z0-9]+(_[a-z0-9]+)+\b' tools/*.c tests/unit/*.[ch] tests/fuzz/*.c |
        sort -u | sed 's/^/used /'
    nm -A -g --defined-only "${objects[@]}" | awk '$2 != "R" { print $1, $NF }'
} | awk '
    $1 == "used" { used[$2]; next }
    !($2 in used) {
        sub(/.*\/lib\//, "", $1); sub(/\.o:.*/, ".c", $1)
        print "lib/" $1 ": exports " $2 ", which no other file uses"
    }' | tests/lint/allowed exports
