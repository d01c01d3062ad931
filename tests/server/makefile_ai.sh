#!/usr/bin/env bash
# The targets of Makefile.ai: hostile and missing values of BACKUP, and what they say.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 1
mkdir "$T/backups"
export BACKUPS=$T/backups MERGES=$T/merges BUILD=$build
fresh_db makefile_ai
export PGDATABASE=makefile_ai
ai() { make -s --no-print-directory -f Makefile.ai "$@"; }

bait="touch $T/pwned"
hostile=("x\$(shell $bait)" "\$(shell $bait)" "\`$bait\`" "\$($bait)" "x;$bait" "\"; $bait; \"" "'; $bait; '" "a'b" 'a"b' 'a b'
    -f --help "new"$'\n'"$bait" "x|$bait" '*' "\$\$(HOME)" 'x#y' '%s')
for value in "${hostile[@]}"; do
    output=$(ai ai-smart-merge-backup-dryrun BACKUP="$value" 2>&1)
    [[ $output = *"There is no file"* ]] || fail "a file that is not there" "BACKUP=$value: $output"
    PATH=${PATH#"$build/bin:"} ai ai-smart-merge-backup BACKUP="$value" >/dev/null 2>&1 &&
        fail "while the tools are built" "BACKUP=$value"
    BACKUP=$value ai ai-smart-merge-backup-dryrun >/dev/null 2>&1 && fail "in the environment" "BACKUP=$value"
    BACKUP=$value make -s -e -f Makefile.ai ai-smart-merge-verify >/dev/null 2>&1 && fail "with make -e" "BACKUP=$value"
    BACKUPS=$value ai ai-smart-merge-all-backups >/dev/null 2>&1 && fail "BACKUPS" "$value"
    ai ai-smart-merge-all-backups VIA="$value" >/dev/null 2>&1 && fail "VIA" "$value"
done
if [ -e "$T/pwned" ]; then fail "hostile values" "a value was run as a command"; else pass "hostile values are never run"; fi

status_is "no BACKUP is status 2" 2 ai ai-smart-merge-backup
status_is "a folder as BACKUP is status 2" 2 ai ai-smart-merge-backup BACKUP="$T"
status_is "no backup at all is status 2" 2 ai ai-smart-merge-all-backups
for name in MERGES RULES PLAN RETRIES; do
    ai ai-smart-merge-backup-dryrun BACKUP="$T/absent" "$name=\$(shell $bait)" >/dev/null 2>&1
done
check "variables of the scripts are never run either" test ! -e "$T/pwned"
# tests/server/compose.sh has the rest.
status_is "VIA=compose without the service is status 5" 5 env VIA=compose via merge-all
contains "it says how to start it" "ai-misc-up" "$(VIA=compose via merge-all 2>&1)"
contains "the first line says where" "via: local" "$(ai ai-smart-merge-all-backups 2>&1 | head -n 1)"
output=$(ai ai-smart-merge-all-backups 2>&1)
contains "says that there is no backup" "there is no backup in" "$output"
contains "help lists the targets" ai-smart-merge-verify "$(ai help)"

sql makefile_ai "CREATE TABLE city (id int PRIMARY KEY, name text NOT NULL); INSERT INTO city VALUES (1, 'Lyon'), (2, 'Turin')"
pg_dump makefile_ai >"$T/dump.sql"
sql makefile_ai "DELETE FROM city WHERE id = 2; UPDATE city SET name = 'Lugdunum'"
: >"$T/backups/README.md"
cp "$T/dump.sql" "$BACKUPS/it's a \$(shell touch pwned) \"dump\".sql"
gzip -c "$T/dump.sql" >"$BACKUPS/-weird.sql.gz"
output=$(ai ai-smart-merge-backup 2>&1)
contains "lists the backups there are" "weird.sql.gz" "$output"

before=$(snapshot makefile_ai)
for file in "$BACKUPS"/*.sql*; do
    status_is "dry run of ${file##*/}" 0 ai ai-smart-merge-backup-dryrun BACKUP="$file"
done
equal "a dry run writes nothing" "$before" "$(snapshot makefile_ai)"
file=$BACKUPS/-weird.sql.gz
output=$(cd "$BACKUPS" && make -s -C "$root" -f Makefile.ai ai-smart-merge-backup BACKUP="$file" 2>&1)
equal "merge" "1|Lyon 2|Turin" "$(sql makefile_ai 'SELECT * FROM city ORDER BY 1' | paste -sd' ')"
folder=$(tail -n 1 <<<"$output")
for name in plan.tsv map.tsv merge.log counts.tsv; do
    [ -e "$folder/$name" ] || fail "the merge leaves $name" "in $folder"
done
check "the merge leaves a folder" test -d "$folder"
status_is "verify passes" 0 ai ai-smart-merge-verify BACKUP="$file"
sql makefile_ai "UPDATE city SET name = 'x' WHERE id = 1"
status_is "verify fails after a change" 2 ai ai-smart-merge-verify BACKUP="$file"

echo "-- PostgreSQL database dump" >"$BACKUPS/broken-20200101.sql"
output=$(ai ai-smart-merge-all-backups 2>&1)
status=$?
equal "all backups: honest exit after a failure" 2 "$status" # make's own
equal "all backups: goes on after a failure" "1|Lyon 2|Turin" "$(sql makefile_ai 'SELECT * FROM city ORDER BY 1' | paste -sd' ')"
contains "all backups: says how many failed" "1 of 3 backups failed" "$output"
first=$(grep -m 1 -e '---' <<<"$output")
contains "all backups: the oldest first" "broken-20200101" "$first"
rm "$BACKUPS/broken-20200101.sql"
status_is "all backups: dry run" 0 ai ai-smart-merge-all-backups-dryrun
status_is "all backups" 0 ai ai-smart-merge-all-backups

# ---- of a script of pg_dumpall one database; a dump without its closing comment
fresh_db behind
sql behind "CREATE TABLE other (id int PRIMARY KEY)"
pg_dumpall >"$T/all.sql"
sql makefile_ai "DELETE FROM city WHERE id = 2"
output=$(ai ai-smart-merge-backup BACKUP="$T/all.sql" 2>&1)
contains "several databases: says which there are" "makefile_ai" "$(grep -o 'it holds [0-9]* databases: .*;' <<<"$output")"
contains "several databases: says how one is taken" "FROM_DATABASE=NAME" "$output"
contains "several databases: explains one" "public.city: merge" "$(ai ai-smart-merge-explain BACKUP="$T/all.sql" FROM_DATABASE=makefile_ai 2>&1)"
for database in makefile_ai behind; do # there is one behind the first, and none behind the other
    output=$(ai ai-smart-merge-backup BACKUP="$T/all.sql" FROM_DATABASE="$database" 2>&1) || true
    case $database in
    makefile_ai) equal "several databases: takes one" "1|Lyon 2|Turin" "$(sql makefile_ai 'SELECT * FROM city ORDER BY 1' | paste -sd' ')" ;;
    behind) contains "several databases: takes the other" "holds no rows" "$output" ;;
    esac
done
sed '/dump complete/d' "$T/dump.sql" >"$T/edited.sql"
output=$(ai ai-smart-merge-backup BACKUP="$T/edited.sql" 2>&1)
contains "no closing comment: refused, and says what takes it" "ALLOW_INCOMPLETE=1" "$output"
status_is "no closing comment: taken when told" 0 ai ai-smart-merge-backup BACKUP="$T/edited.sql" ALLOW_INCOMPLETE=1
status_is "no closing comment: and verified" 0 ai ai-smart-merge-verify BACKUP="$T/edited.sql" ALLOW_INCOMPLETE=1
exit 0
