#!/usr/bin/env bash
# No absolute path of somebody's machine in the tree.
set -u
git ls-files -z --cached --others --exclude-standard | grep -zvE '^tests/(fuzz/corpus|lint/paths\.sh)' |
    xargs -0 grep -InE '(/home/[a-z]|/root/|/work/|/Users/)' -- 2>/dev/null | tests/lint/allowed paths
