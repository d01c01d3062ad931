#!/usr/bin/env bash
# No mutable variable at file scope or static in a function: state is passed.
set -u
for object in "$BUILD"/lib/*.o; do
    module=$(basename "$object" .o)
    [ -e "lib/$module.c" ] || continue
    objdump -t "$object" | awk -v module="$module" '
        $3 == "O" && ($4 == ".data" || $4 == ".bss") || $4 == "O" && ($5 == ".data" || $5 == ".bss") {
            print "lib/" module ".c: mutable variable " $NF
        }'
done | tests/lint/allowed mutable
