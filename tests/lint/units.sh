#!/usr/bin/env bash
# Every module has a unit test, or a reason why it is tested otherwise; every unit test has a module.
set -u
{
    for source in lib/*/*.c; do
        module=$(basename "$source" .c)
        while [[ $module = *_* && -e ${source%/*}/${module%_*}.h ]]; do module=${module%_*}; done
        [ -e "tests/unit/${module}_test.c" ] || echo "${source%/*}/$module.c: has no tests/unit/${module}_test.c"
    done | sort -u
    for test in tests/unit/*_test.c; do
        [ -e "$test" ] || continue
        module=$(basename "$test" _test.c)
        compgen -G "lib/*/$module.h" >/dev/null || echo "$test: there is no $module.h in lib"
    done
} | tests/lint/allowed units
