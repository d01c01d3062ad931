#!/usr/bin/env bash
# clang-tidy with the small set of checks below; only files that changed since they last passed.
set -u
checks='-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions'
checks+=',-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,-bugprone-branch-clone'
checks+=',-bugprone-sizeof-expression,misc-redundant-expression,misc-unused-parameters,misc-misplaced-const'
checks+=',readability-misleading-indentation,readability-redundant-declaration'
checks+=',cert-err34-c,cert-flp30-c,portability-*'
stamps=$BUILD/lint/tidy
mkdir -p "$stamps"
newest=$(find lib -name '*.h' -newer "$stamps/headers" 2>/dev/null | head -n 1)
if [ -n "$newest" ] || [ ! -e "$stamps/headers" ] || [ tests/lint/tidy.sh -nt "$stamps/headers" ]; then
    rm -f "$stamps"/*
    touch "$stamps/headers"
fi
one() { # FILE
    local stamp=$stamps/${1//\//-} output
    [ "$stamp" -nt "$1" ] && return
    # shellcheck disable=SC2086 # a list of options
    output=$(clang-tidy --quiet --checks="$checks" "$1" -- -std=c11 -D_GNU_SOURCE $includes -I"$BUILD/gen" \
        -I"$(pg_config --includedir)" 2>/dev/null | grep -E 'warning:|error:')
    if [ -n "$output" ]; then echo "${output//$PWD\//}"; else touch "$stamp"; fi
}
export -f one
includes=$(printf -- "-I%s " lib/*/)
export stamps checks includes
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\n' lib/*/*.c tools/*.c | grep -v '\*' | xargs -P "$JOBS" -I{} bash -c 'one "$1"' _ {} | tests/lint/allowed tidy
