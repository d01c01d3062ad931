#!/usr/bin/env bash
# foo.c exports only foo and foo_*, so that a name says where it lives. A module too large for one file
# may have foo_bar.c beside it, which belongs to foo.
set -u
for object in "$BUILD"/lib/*/*.o; do
    source=${object#"$BUILD"/}
    source=${source%.o}.c
    [ -e "$source" ] || continue
    module=$(basename "$object" .o)
    while [[ $module = *_* && -e ${source%/*}/${module%_*}.h ]]; do module=${module%_*}; done
    nm -g --defined-only "$object" | awk -v module="$module" -v source="$source" '
        NF == 3 && $3 != module && index($3, module "_") != 1 {
            print source ": exports " $3
        }'
done | tests/lint/allowed prefixes
