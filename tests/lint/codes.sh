#!/usr/bin/env bash
# The codes of decisions (lib/plan/why.c) are those of schema-differ(1), REASON CODES, and no others.
set -u
listed() { sed -n '/^\.Sh REASON CODES/,/^\.Sh ENVIRONMENT/s/^\.It Cm //p' tools/schema-differ.1 | tr -s ' ,' '\n' | sort; }
coded() { sed -n 's/^ *\[WHY_[A-Z_]*\] = "\(.*\)",$/\1/p' lib/plan/why.c | sort; }
{
    comm -23 <(coded) <(listed) | sed 's|^|tools/schema-differ.1: REASON CODES lacks |'
    comm -13 <(coded) <(listed) | sed 's|^|lib/plan/why.c: has no code |'
    [ -n "$(coded)" ] || echo "lib/plan/why.c: no codes were found"
} | tests/lint/allowed codes
