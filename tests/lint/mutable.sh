#!/usr/bin/env bash
# No mutable variable at file scope or static in a function: state is passed.
set -u
for object in "$BUILD"/lib/*/*.o; do
    source=${object#"$BUILD"/}
    source=${source%.o}.c
    [ -e "$source" ] || continue
    objdump -t "$object" | awk -v source="$source" '
        $3 == "O" && ($4 == ".data" || $4 == ".bss") || $4 == "O" && ($5 == ".data" || $5 == ".bss") {
            print source ": mutable variable " $NF
        }'
done | tests/lint/allowed mutable
