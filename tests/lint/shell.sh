#!/usr/bin/env bash
# Every script, whatever its name, is clean under shellcheck.
set -u
{
    grep -rlE '^#!.*\b(ba)?sh\b' scripts tests .ci 2>/dev/null | grep -v '/corpus/'
    ls scripts/*.sh tests/server/*.sh tests/bench/*.sh tests/lib.sh 2>/dev/null
} | sort -u | xargs shellcheck -x -P SCRIPTDIR -s bash -f gcc -e SC1091 2>&1 | tests/lint/allowed shell
