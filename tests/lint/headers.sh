#!/usr/bin/env bash
# Every header compiles alone.
set -u
mapfile -t includes < <(printf -- "-I%s\n" lib/*/)
for header in lib/*/*.h tests/unit/*.h; do
    [ -e "$header" ] || continue
    echo "#include \"$header\"" | gcc -std=c11 -D_GNU_SOURCE -Wall -Wno-unused-function -Werror -I. "${includes[@]}" -I"$BUILD/gen" \
        -I"$(pg_config --includedir)" -fsyntax-only -x c - 2>&1 | sed "s|^|$header: |" | head -n 3
done | tests/lint/allowed headers
