#!/usr/bin/env bash
# C files are as clang-format leaves them; `make format` mends it. No tabs.
set -u
{
    find lib tools tests -name '*.[ch]' -print0 | sort -z | xargs -0 clang-format --dry-run --Werror 2>&1 |
        grep -E 'error:' | awk -F: '!seen[$1]++ { print $1 ": line " $2 " differs from clang-format" }'
    find lib tools tests -name '*.[ch]' -print0 | xargs -0 grep -lP '\t' | sed 's/$/: has tabs/'
} | tests/lint/allowed format
