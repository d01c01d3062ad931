#!/usr/bin/env bash
# Every module has a unit test, or a reason why it is tested otherwise; every unit test has a module.
set -u
{
    for source in lib/*.c; do
        module=$(basename "$source" .c)
        while [[ $module = *_* && -e lib/${module%_*}.h ]]; do module=${module%_*}; done
        [ -e "tests/unit/${module}_test.c" ] || echo "lib/$module.c: has no tests/unit/${module}_test.c"
    done | sort -u
    for test in tests/unit/*_test.c; do
        [ -e "$test" ] || continue
        module=$(basename "$test" _test.c)
        [ -e "lib/$module.h" ] || echo "$test: there is no lib/$module.h"
    done
} | tests/lint/allowed units
