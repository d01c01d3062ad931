#!/usr/bin/env bash
# The demo ends well: it merges, finds nothing to do the second time, verifies, and leaves no server.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export BUILD=$T/build
mkdir "$BUILD"
ln -s "$build/bin" "$BUILD/bin"
output=$(env -u PGHOST -u PGPORT -u PGUSER "$root/scripts/demo" 2>&1)
equal "it ends well" 0 "$?"
contains "it verifies" "PASS" "$output"
contains "it shows the rules" "dataset_metrics.package_indexes  array-of" "$output"
contains "the commands that it shows are whole" "\$ make -f Makefile.ai ai-smart-merge-verify BACKUP=$BUILD/demo/staging.sql.gz RULES=tests/demo/merge.rules" "$output"
contains "the second merge writes nothing" "nothing to do" "$output"
check "its server is stopped" test ! -e "$BUILD/demo/cluster/cluster"
exit 0
