#!/usr/bin/env bash
# scripts/setup: silent when all is there; names and installs what is missing, by a pretended apt-get.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
equal "silent when nothing is missing" "" "$("$root/scripts/setup" build server test 2>&1)"
status_is "an unknown kind is an error" 2 "$root/scripts/setup" nonsense

mkdir "$T/bin"
for tool in bash env mktemp rm tail id cat sort grep dirname; do
    ln -s "$(command -v "$tool")" "$T/bin/$tool"
done
export apt_log=$T/apt
bare() { env PATH="$T/bin" "$root/scripts/setup" "$@" 2>&1; }
output=$(bare build)
equal "without apt-get it ends with 2" 2 "$?"
contains "without apt-get it names what is missing" "install what these Debian packages hold" "$output"

# shellcheck disable=SC2016 # expanded by the pretended apt-get
printf '#!/bin/sh\necho "$@" >>"$apt_log"\n[ "$1" = update ] && : >"$apt_log.updated" && exit 0\n[ -e "$apt_log.updated" ] || [ -z "$stale" ]\n' >"$T/bin/apt-get"
# shellcheck disable=SC2016 # likewise
printf '#!/bin/sh\necho sudo >>"$apt_log"\nexec "$@"\n' >"$T/bin/sudo"
chmod +x "$T/bin/apt-get" "$T/bin/sudo"
output=$(bare build lint)
equal "with apt-get it succeeds" 0 "$?"
contains "it says what is missing and why" "gcc is missing (to compile)" "$output"
contains "it says what it runs" "apt-get install" "$output"
contains "it installs what is missing" "gcc" "$(cat "$apt_log")"
contains "it installs the tools of lint too" "shellcheck" "$(cat "$apt_log")"
rm -f "$apt_log"
output=$(stale=1 bare build)
equal "with old package lists it succeeds" 0 "$?"
contains "with old package lists it updates them first" "update" "$(cat "$apt_log")"
exit 0
