#!/usr/bin/env bash
# scripts/merge with tools that fail on purpose: whose status counts, who is named, and retries.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
mkdir -p "$T/bin"
fake() { # TOOL SHELL-COMMANDS
    printf '#!/bin/sh\n%s\n' "$2" >"$T/bin/$1"
    chmod +x "$T/bin/$1"
}
reset() {
    fake dump-splitter 'case $* in *--schema*) echo schema ;; *) echo rows ;; esac'
    fake schema-differ 'case $* in *--facts* | *--check-words*) exit ;; esac; echo plan; exit 3'
    fake idmap-builder 'exec cat'
    fake array-fixer 'exec cat'
    fake upserter 'cat >/dev/null; echo "upserter: counted" >&2'
}
run() { # leaves $status, $output, $folder
    status=0
    output=$(BUILD=$T MERGES=$T/merges "$root/scripts/merge" "$@" 2>"$T/err" </dev/null) || status=$?
    folder=$output
    output=$(cat "$T/err")
}
backup=$T/some.sql
echo x >"$backup"
reset
run "$backup"
equal "all is well" 0 "$status"
check "the log has what the terminal had" cmp "$T/err" "$folder/merge.log"
equal "the plan is kept" plan "$(cat "$folder/plan.tsv")"
equal "the last line names the folder" "merge: report: $folder" "$(tail -n 1 "$T/err")"

fake upserter 'cat >/dev/null; exit 3'
run "$backup"
equal "the verdict is the upserter's" 3 "$status"
# Warnings that scrolled away are said once more.
reset
fake schema-differ 'case $* in *--facts* | *--check-words*) exit ;; esac; echo plan; echo "schema-differ: warning: one" >&2; echo "schema-differ: no warning: two" >&2'
run "$backup"
equal "a warning is said again in the last line" "merge: report: $folder; 1 warning, above and in $folder/merge.log" "$(tail -n 1 "$T/err")"
check "which the log has, too" cmp "$T/err" "$folder/merge.log"
fake upserter 'cat >/dev/null; for i in 1 2 3; do echo "upserter: warning: $i" >&2; done; exit 3'
run "$backup"
contains "so are several" "; 4 warnings, above and in $folder/merge.log" "$(tail -n 1 "$T/err")"
fake upserter 'cat >/dev/null; exit 5'
run "$backup"
contains "and after a failure" "; 1 warning, above and in $folder/merge.log" "$(tail -n 1 "$T/err")"
reset
fake dump-splitter 'case $* in *--plan*) exit 3 ;; esac'
run "$backup"
equal "what dump-splitter left aside is no failure, and is not forgotten" 3 "$status"
contains "it is said where to look" "in part: dump-splitter's warnings in $folder/merge.log" "$output"
reset
fake idmap-builder 'exit 5'
fake upserter 'cat >/dev/null; exit 5'
run "$backup"
equal "a failure upstream" 5 "$status"
contains "the culprit is named" "first idmap-builder (status 5)" "$output"
reset
fake dump-splitter 'case $* in *--schema*) exit 4 ;; esac'
run "$backup"
equal "a backup that cannot be read" 4 "$status"
equal "without a plan no folder is left, and none is named" " " "$(find "$T/merges" -newer "$T/bin/dump-splitter" -mindepth 1) $folder"
reset
fake dump-splitter 'case $* in *--live*live.facts*) test -s "$3" || exit 4 ;; esac'
fake schema-differ 'case $* in *--check-words*) ;; *--facts*) echo fact ;; *) echo plan ;; esac'
run "$backup"
equal "the live database's facts are there for dump-splitter" "0 " "$status $(find "$folder" -name live.facts)"
fake schema-differ 'case $* in *--check-words*) ;; *--facts*) exit 5 ;; esac'
run "$backup"
equal "a database that cannot be reached" 5 "$status"
reset
fake schema-differ 'exit 2'
run "$backup"
equal "a plan that cannot be made" 2 "$status"
reset
fake upserter "cat >/dev/null; echo x >>'$T/tries'; [ \$(wc -l <'$T/tries') -ge 2 ] || exit 6"
run "$backup"
equal "tries again after a temporary failure" "0 2" "$status $(wc -l <"$T/tries")"
fake upserter "cat >/dev/null; exit 6"
status_is "gives up in the end" 6 env RETRIES=0 BUILD="$T" MERGES="$T/merges" "$root/scripts/merge" "$backup"
reset
echo edited >"$T/plan"
PLAN=$T/plan run "$backup"
equal "an edited plan is used" "0 edited" "$status $(cat "$folder/plan.tsv")"
fake schema-differ 'case $* in *--plan*) echo "plan:13: unknown word" >&2; exit 2 ;; esac'
PLAN=$T/plan run "$backup"
equal "a mistake in an edited plan" 2 "$status"
contains "is named" "plan:13: unknown word" "$output"
equal "and leaves no folder" "" "$folder"
for name in PLAN RULES; do
    status_is "$name: a file that is not there" 2 env "$name=$T/absent" MERGES="$T/none" BUILD="$T" "$root/scripts/merge" "$backup"
done
fake schema-differ 'exit 2'
status_is "rules that are none" 2 env RULES="$T/plan" MERGES="$T/none" BUILD="$T" "$root/scripts/merge" "$backup"
check "a folder of merges that was made for nothing goes, too" test ! -e "$T/none"
reset
# shellcheck disable=SC2016
fake upserter 'while [ "$1" != --counts ]; do shift; done
    printf "table\tread\tskipped\npublic.a\t2\t2\n" >"$2"; cat >/dev/null; exit 3'
run "$backup"
contains "all is skipped: asks for the database" "is it the right database?" "$output"
# shellcheck disable=SC2016
fake upserter 'while [ "$1" != --rejects ]; do shift; done
    mkdir "$2"; : >"$2/a.x.tsv"; : >"$2/b.%22Y%22.tsv"; cat >/dev/null
    while [ "$1" != --counts ]; do shift; done
    printf "table\tread\tskipped\nb.\"Y\"\t2\t0\na.x\t2\t0\n" >"$2"; exit 3'
run "$backup"
contains "rejects: what is to be done" "ai-smart-merge-mended MERGE=$folder" "$output"
fake upserter 'while [ "$1" != -t ]; do shift; done
    echo "$2" >>"'"$T"'/order"; while [ "$1" != --counts ]; do shift; done
    printf "table\tread\tinserted\tupdated\trejected\n-\t1\t0\t0\t1\n" >"$2"; exit 3'
: >"$folder/undo.stream"
BUILD=$T "$root/scripts/merge-mended" "$folder" >/dev/null 2>&1 || true
equal "rejects: parents first" 'b."Y" a.x' "$(paste -sd' ' "$T/order")"
reset
fake upserter 'echo "$@"; cat >/dev/null'
run --dry-run --exit-code "$backup"
contains "a dry run says so to the upserter" "--dry-run --exit-code --sql" "$output"
run "$T/absent.sql"
equal "a file that is not there" 2 "$status"
run --nonsense "$backup"
equal "an unknown option" 2 "$status"
reset
from_stdin() { echo x | BUILD=$T MERGES=$T/merges "$root/scripts/merge" -; }
status_is "standard input" 0 from_stdin
equal "standard input is not left behind" "" "$(find "$T/merges" -name backup)"

# A signal while COMMIT is under way, which the sealed undo stream tells.
reset
saves='while [ "$1" != --save-undo ]; do shift; done; cat >/dev/null; printf "\\.merge-stream\t1\tundo\n%b" "$END" >"$2"'
fake upserter "$saves; kill -KILL \$\$"
END='\\.trailer\t0\t0\t1' run "$backup"
equal "killed during COMMIT: status" 137 "$status"
contains "killed during COMMIT: says that it is not known" "whether the merge took effect is not known" "$output"
check "killed during COMMIT: what undoes it is kept" test -s "$folder/undo.stream"
fake upserter "$saves; exit 7"
END='\\.trailer\t0\t0\t1' run "$backup"
equal "failed after COMMIT: status" 9 "$status"
contains "failed after COMMIT: says that it is not known" "upserter ended with status 7 after or during COMMIT: whether the merge took effect is not known" "$output"
check "failed after COMMIT: what undoes it is kept" test -s "$folder/undo.stream"
fake upserter "$saves; kill -KILL \$PPID"
END='\\.trailer\t0\t0\t1' run "$backup"
equal "nothing is known of the tools: status" 9 "$status"
check "nothing is known of the tools: what undoes it is kept" test -s "$folder/undo.stream"
fake upserter "$saves; kill -KILL \$\$"
END='\\.end\t0' run "$backup"
contains "killed before: says that nothing has changed" "the database is unchanged" "$output"
check "killed before: nothing is left to undo" test ! -e "$folder/undo.stream"
fake upserter "$saves; echo >'$T/waits'; sleep 60"
stopped() { # END: what the script says when it is told to stop
    rm -f "$T/waits"
    END=$1 BUILD=$T MERGES=$T/merges "$root/scripts/merge" "$backup" >/dev/null 2>"$T/err" </dev/null &
    for _ in {1..100}; do [ -e "$T/waits" ] && break; sleep 0.1; done
    kill -TERM $!
    status=0
    wait $! || status=$?
    echo "$status $(<"$T/err")"
}
contains "stopped during COMMIT" "143 merge: stopped by a signal during COMMIT: whether the merge took effect is not known" "$(stopped '\\.trailer\t0\t0\t1')"
contains "stopped before" "143 merge: stopped by a signal; the database is unchanged" "$(stopped '\\.end\t0')"

# On a terminal, as script(1) makes one.
reset
fake dump-splitter 'echo "the terminal is ${PGBRAID_TTY-none}" >&2; echo rows'
export TERM=xterm T root
rm -rf "$T/merges"
script -qec 'BUILD=$T MERGES=$T/merges "$root/scripts/merge" -- "$T/some.sql" >"$T/folder"' "$T/seen" >/dev/null </dev/null
folder=$(cat "$T/folder")
contains "a terminal: each message erases the line of progress" $'\r\033[Kupserter: counted' "$(cat "$T/seen")"
contains "a terminal: so does the last one" $'\r\033[Kmerge: report: '"$folder"$'\r' "$(cat "$T/seen")"
contains "a terminal: its name reaches dump-splitter" "the terminal is /dev/tty" "$(cat "$folder/merge.log")"
check "a terminal: the log has no control characters" sh -c '! grep -q "[[:cntrl:]]" "$0"' "$folder/merge.log"
run "$backup"
contains "no terminal: dump-splitter is told of none" "the terminal is none" "$output"
exit 0
