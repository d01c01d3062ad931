#!/usr/bin/env bash
# cppcheck's errors, warnings and portability findings. Only what changed is looked at again.
set -u
mkdir -p "$BUILD/lint/cppcheck"
cppcheck -q -j "$JOBS" --enable=warning,portability --std=c11 --inline-suppr --cppcheck-build-dir="$BUILD/lint/cppcheck" \
    -Ilib -D_GNU_SOURCE --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=normalCheckLevelMaxBranches \
    --template='{file}:{line}: {id}: {message}' lib tools 2>&1 | tests/lint/allowed cppcheck
