#!/usr/bin/env bash
# The variables of Makefile.ai's targets: a value that cannot be meant, and a variable that the target has not, are
# refused by their name, with status 2, before anything is done: no server is asked, no folder made.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset BACKUP BACKUPS MERGE MERGES RULES PLAN RETRIES RETRY_WAIT SALVAGE ALLOW_INCOMPLETE FROM_DATABASE SHOW UNDO TYPE DESC FORMATS DATA_ONLY \
    SCHEMA_ONLY LOCK_WAIT SCRATCH QUERY TABLES FORCE CLEAN NO_OWNER SAFETY STOP_SERVICES PAUSE DRYRUN SCHEMAS READ_ONLY
export VIA=local BUILD=$build PGDATABASE=variables PGHOST=$T # where no server is
# As from a shell, not from the make that runs the tests.
ai() { env -u MAKELEVEL -u MAKEFLAGS -u MFLAGS make -s --no-print-directory -f "$root/Makefile.ai" "$@"; }
mkdir folder backups
echo '-- x' >backups/x.sql
: >empty
: >backups/latest.info

refused() { # TARGET VARIABLE=VALUE [VARIABLE=VALUE...]: the first is the wrong one
    local output status=0 shown=${2%%=*}
    output=$(ai "$@" 2>&1) || status=$?
    shown+=$(printf '=%q' "${2#*=}")
    if [ "$status" -ne 2 ]; then fail "$1 $2" "status $status: $output"
    elif [[ $output != *": error: $shown: "* ]]; then fail "$1 $2" "it is not named: $output"
    elif [ "$(printf '%s\n' *)" != $'backups\nempty\nfolder' ]; then fail "$1 $2" "it left something: $(echo *)"
    else pass "$1 $2"; fi
}
backup=BACKUP=backups/x.sql
for target in ai-smart-merge-backup ai-smart-merge-backup-dryrun; do
    for value in SHOW=x SHOW=-1 SHOW=3.5 SHOW=99999999999999999999 RETRIES=x RETRY_WAIT=soon SALVAGE=maybe ALLOW_INCOMPLETE=perhaps \
        RULES=nowhere RULES=folder PLAN=nowhere PLAN=folder PLAN=empty MERGES=empty; do
        refused "$target" "$value" "$backup"
    done
done
for value in SALVAGE=maybe RULES=nowhere RULES=folder PLAN=nowhere PLAN=folder; do
    refused ai-smart-merge-explain "$value" "$backup"
    refused ai-smart-merge-verify "$value" "$backup"
done
refused ai-smart-merge-all-backups BACKUPS=empty
refused ai-db-backup DATA_ONLY=maybe
refused ai-db-backup SCHEMA_ONLY=2
refused ai-db-backup LOCK_WAIT=1m
refused ai-db-backup BACKUPS=empty
refused ai-db-list-backups BACKUPS=empty
refused ai-db-status TABLES=x
refused ai-db-status BACKUPS=empty
refused ai-db-verify-backup SCRATCH=maybe "$backup"
for value in FORCE=maybe CLEAN=please DATA_ONLY=x SCHEMA_ONLY=x NO_OWNER=x SAFETY=x LOCK_WAIT=x PAUSE=3s BACKUPS=empty; do
    refused ai-db-restore "$value" "$backup"
    refused ai-db-restore "$value" "$backup" STOP_SERVICES=web VIA=compose
done
refused ai-db-prune DRYRUN=maybe
refused ai-db-prune KEEP_DAILY=many
refused ai-db-prune KEEP_LAST=-1
refused ai-db-prune BACKUPS=empty
refused ai-db-grant READ_ONLY=maybe APP_USER=x

# ---- what is said otherwise, with its status
said() { # NAME MESSAGE TARGET...
    local name=$1 message=$2 output status=0
    shift 2
    output=$(ai "$@" 2>&1) || status=$?
    if [ "$status" -eq 2 ]; then contains "$name" "$message" "$output"; else fail "$name" "status $status: $output"; fi
}
said "a wrong word in UNDO" "UNDO=all: dry-run" ai-smart-merge-undo UNDO=all MERGE=folder
said "no MERGE" "MERGE=merges/DATE-TIME-NAME" ai-smart-merge-undo
said "a MERGE that is not there" "there is no folder MERGE='nowhere'" ai-smart-merge-undo MERGE=nowhere
said "a MERGE that is none" "MERGE='folder' is no folder of a merge" ai-smart-merge-undo MERGE=folder
equal "a BACKUP that is not there: nothing of a folder that is not asked for" "There is no file BACKUP=nowhere" \
    "$(cd "$T" && BACKUP=nowhere BACKUPS=empty "$root/scripts/backup-named" 2>&1)"
said "a BACKUP that is not there" "There is no file BACKUP=nowhere" ai-smart-merge-backup BACKUP=nowhere
said "a BACKUP that is a folder" "BACKUP=folder is a folder" ai-smart-merge-backup BACKUP=folder
said "an empty BACKUP" "BACKUP=empty is empty" ai-smart-merge-backup BACKUP=empty
said "restore: a BACKUP that is not there" "error: there is no backup BACKUP=nowhere" ai-db-restore BACKUP=nowhere
said "verify: a BACKUP that is not there" "error: there is no backup BACKUP=nowhere" ai-db-verify-backup BACKUP=nowhere
for script in merge explain verify; do status_is "$script: a backup that is not there" 2 "$root/scripts/$script" nowhere; done

# ---- variables that a target has not
for value in DRY_RUN=1 DRYRUN=1 STRICT=maybe DATABASE=x N=4 TYPE=x Y=; do
    said "a merge takes no ${value%=*}" "no variable ${value%=*};" ai-smart-merge-backup "$backup" "$value"
done
said "prune takes no DRY_RUN, and says what it takes" "DRYRUN KEEP_DAILY" ai-db-prune DRY_RUN=1
said "no variable of two targets" "no variable BACKUP;" ai-db-list-backups ai-db-status BACKUP=x
said "what the connection needs is taken" "prune: error: there is no folder" ai-db-prune PGHOST=x PGPORT=1 \
    DATABASE_URL=x ENV_FILE=/dev/null BUILD="$build" BACKUPS=none
said "a target that is none is make's to say" "No rule to make target" ai-smart-merge BACKUP=x
status=0
output=$(DRY_RUN=1 TYPE=x SHOW=x ai ai-db-prune BACKUPS=none 2>&1) || status=$?
equal "what the environment holds for others is left alone" "2 none" "$status $(grep -o "none" <<<"$output" | head -n 1)"
status_is "a variable of a make above is not the user's" 0 env MAKELEVEL=1 MAKEFLAGS="T=x" make -s -f "$root/Makefile.ai" help

# ---- of the other makefile
output=$(N=x "$root/tests/bench/run" 2>&1)
equal "bench: N" "2 bench: error: N=x: a number of packages is wanted" "$? $output"
output=$(FUZZ_SECONDS=soon "$root/tests/fuzz/run" 2>&1)
equal "fuzz: FUZZ_SECONDS" "2 fuzz: error: FUZZ_SECONDS=soon: a number of seconds is wanted" "$? $output"
exit 0
