#!/usr/bin/env bash
# The targets that look after a database: their values reach nobody but psql, list and status say what
# is there, a planted password comes to nobody's eyes, and what the README gives for cron and CI works.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset TYPE DESC FORMATS DATA_ONLY SCHEMA_ONLY BACKUPS SCRATCH QUERY TABLES
export VIA=local TMPDIR=$T/tmp BUILD=$build PGDATABASE=look_after
mkdir "$TMPDIR" bin
fresh_db look_after
sql look_after "CREATE TABLE city (id int PRIMARY KEY, name text); INSERT INTO city SELECT g, md5(g::text) FROM generate_series(1, 2000) g;
    CREATE SCHEMA \"App\"; CREATE TABLE \"App\".\"T x\" (a int); INSERT INTO \"App\".\"T x\" VALUES (1)" >/dev/null
ai() { make -s --no-print-directory -f "$root/Makefile.ai" "$@"; }

# ---- query and shell
bait="touch $T/pwned"
for value in "\$(shell $bait)" "\`$bait\`" "\$($bait)" ";$bait" "\$\$(HOME)" "a\"b" '%s\n' 'a'$'\n''b' '#x' '$HOME' '*'; do
    shown=${value//\'/\'\'}
    equal "a query with ${value//$'\n'/ }" "$value" "$(ai ai-db-query QUERY="\\pset format unaligned
        \\pset tuples_only on
        SELECT '$shown'" 2>/dev/null)"
    QUERY="SELECT '$shown'" ai ai-db-query >/dev/null 2>&1 || fail "a query from the environment" "$value"
    ai ai-db-backup DESC="$value" TYPE=x FORMATS=sql BACKUPS=values >/dev/null 2>&1 || fail "a description" "$value"
    ai ai-db-backup TYPE="$value" BACKUPS=none >/dev/null 2>&1 && fail "a type" "$value"
    ai ai-db-backup FORMATS="$value" BACKUPS=none >/dev/null 2>&1 && fail "a format" "$value"
    ai ai-db-verify-backup BACKUP="$value" >/dev/null 2>&1 && fail "a backup that is not there" "$value"
    ai ai-db-list-backups BACKUPS="$value" >/dev/null 2>&1 && fail "a folder that is not there" "$value"
    ai ai-db-status BACKUPS="$value" TABLES="$value" >/dev/null 2>&1 && fail "a number of tables" "$value"
done
if [ -e pwned ]; then fail "hostile values" "a value was run as a command"; else pass "hostile values are never run"; fi
query() { QUERY=$1 "$root/scripts/query" 2>&1; }
contains "several statements, the last without a semicolon" "(1 row)" "$(query 'SELECT 1; SELECT 2')"
status_is "an error stops it" 1 env QUERY='SELECT 1/0; DROP TABLE city' "$root/scripts/query"
equal "what stands behind an error is not run" 2000 "$(sql look_after 'SELECT count(*) FROM city')"
status_is "no query" 2 env QUERY=' ' "$root/scripts/query"
status_is "no server" 5 env PGHOST="$T" QUERY='SELECT 1' "$root/scripts/query"
contains "commands of psql" "Table \"public.city\"" "$(query '\d city')"
url="postgresql://$PGUSER@/look_after?host=$PGHOST&port=$PGPORT&schema=App"
contains "names are looked up in the URL's schema" "(1 row)" "$(
    unset PGHOST PGPORT PGDATABASE
    DATABASE_URL=$url QUERY='TABLE "T x"' "$root/scripts/query" 2>&1)"
contains "the shell reads standard input" "2000" "$(echo 'SELECT count(*) FROM city' | ai ai-db-shell 2>/dev/null)"
equal "the shell stops at an error" 1 "$(echo 'SELECT 1/0; DROP TABLE city' | "$root/scripts/shell" >/dev/null 2>&1; echo $?)"
output=$(script -qec "$root/scripts/shell" /dev/null <<<$'\\conninfo\n\\q' 2>/dev/null)
contains "the shell on a terminal" "connected to database \"look_after\"" "$output"

# ---- list and status
status_is "no folder to list" 2 "$root/scripts/list-backups"
contains "status without a backup" "last backup NONE" "$("$root/scripts/status")"
for i in 1 2 3; do
    TYPE=s$i FORMATS=sql DESC="no. $i" "$root/scripts/backup" -q
    sleep 1
done
list=$("$root/scripts/list-backups")
equal "the newest first" "s3 s2 s1" "$(sed -n 's/^backup_\(s[0-9]\)_.*/\1/p' <<<"$list" | paste -sd' ')"
contains "descriptions" "no. 2" "$list"
equal "as TSV" "s3 2001 sql all look_after ok no no. 3" \
    "$("$root/scripts/list-backups" --tsv | awk -F '\t' 'NR == 2 { print $3, $5, $6, $7, $8, $9, $10, $11 }')"
status=$("$root/scripts/status")
contains "status: rows" "2000 rows" "$status"
contains "status: a name with capitals and blanks" '  "App"."T x"' "$status"
contains "status: one row" "      1 row " "$status"
contains "status: the last backup" "last backup backup_s3_" "$status"
contains "status: its state" "its files are there" "$status"
[[ $status != *WARNING* ]] || fail "status" "it warns without reason: $status"
contains "status: only the largest tables" "and 1 smaller one" "$(TABLES=1 "$root/scripts/status")"
sql look_after 'INSERT INTO city SELECT g, md5(g::text) FROM generate_series(2001, 6000) g' >/dev/null
TYPE=s4 FORMATS=sql "$root/scripts/backup" -q
contains "status: a backup of twice the size" "WARNING     its size is unusual" "$("$root/scripts/status")"
PGDATABASE=postgres "$root/scripts/backup" -q
contains "status: another database's backup does not count" "last backup backup_s4" "$("$root/scripts/status")"
truncate -s 1000 backups/backup_s4_*.sql
contains "status: a damaged one" "it is damaged: backup_s4_" "$("$root/scripts/status")"
contains "list: a damaged one" "DAMAGED: " "$("$root/scripts/list-backups")"
printf 'backup-info: 1\ndescription: \033[2Jx\n' >backups/backup_x_20200101_000000.info
equal "list: no control characters" "" "$("$root/scripts/list-backups" | grep -a $'\033')"
contains "list: a broken .info" "DAMAGED: it has no end" "$("$root/scripts/list-backups")"
mkdir -p "$T/backups/backup_y_20200101_000000.info"
status_is "list: a folder named like one" 0 "$root/scripts/list-backups"
output=$(PGHOST=$T "$root/scripts/status" 2>&1)
equal "status without a server" 5 $?
contains "status without a server shows the backups" "last backup" "$output"

# ---- a folder of sets is merged set by set
rm -rf backups
PGDATABASE=look_after FORMATS="sql.gz dump dir" TYPE=m "$root/scripts/backup" -q
contains "status: one set" "backups     1 set, " "$("$root/scripts/status")"
PGDATABASE=look_after FORMATS="sql" TYPE=n "$root/scripts/backup" -q
output=$(MERGES=merges ai ai-smart-merge-all-backups-dryrun 2>&1)
contains "merge-all takes one file of a set" "2 backups in" "$output"

# ---- secrets: a role that the server asks for its password, and one that no server takes
secret=Pl4nt3dS3cr3t
psql -qX 2>/dev/null <<SQL
DROP ROLE IF EXISTS look_after_secret;
SET log_statement = 'none';
CREATE ROLE look_after_secret SUPERUSER LOGIN PASSWORD '$secret';
SQL
hba=$(sql postgres 'SHOW hba_file')
cp "$hba" hba.before
{ echo 'local all look_after_secret scram-sha-256'; cat hba.before; } >"$hba"
sql postgres 'SELECT pg_reload_conf()' >/dev/null
sleep 0.5
log=$(dirname "$(dirname "$hba")")/server.log
sample() { # until the file "enough" is there: what all processes were called with
    while [ ! -e enough ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' '; sleep 0.02; done >cmdlines
}
at() { # URL SCRIPT: the only thing that it knows is the URL
    (unset PGHOST PGPORT PGUSER PGDATABASE; export DATABASE_URL=$1; shift; "$@")
}
server="host=$PGHOST&port=$PGPORT"
right="postgresql://look_after_secret:$secret@/look_after?$server"
rm -rf backups && mkdir told
sample &
sampler=$!
{
    at "$right" "$root/scripts/backup"
    echo "status $?"
    SCRATCH=1 at "$right" "$root/scripts/verify-backup" backups/latest
    at "$right" "$root/scripts/status"
    QUERY='\conninfo' at "$right" "$root/scripts/query"
    echo 'SELECT 1/0' | at "$right" "$root/scripts/shell"
    at "${right/$secret/${secret}wrong}" "$root/scripts/backup"
    echo "wrong password: status $?"
    for url in "postgresql://u:${secret}%zz@h/d" "postgresql://u:$secret@$secret@h/d" "postgresql://u:$secret@/d?host=$T" \
        "postgresql://u:$secret@/d?host=$T&sslmode=require" "postgresql://u:${secret}%20@/d?$server"; do
        at "$url" "$root/scripts/backup"
        at "$url" "$root/scripts/status"
        QUERY='SELECT 1' at "$url" "$root/scripts/query"
        echo 'SELECT 1' | at "$url" "$root/scripts/shell"
    done
    printf 'DATABASE_URL="%s"\n' "$right" >secret.env
    (unset PGHOST PGPORT PGUSER PGDATABASE; ENV_FILE=secret.env "$root/scripts/backup"; echo ".env: status $?")
} >told/out 2>told/err
touch enough
wait "$sampler"
cat hba.before >"$hba"
sql postgres 'SELECT pg_reload_conf()' >/dev/null
check "a password in a URL" grep -qx 'status 0' told/out
check "a wrong one" grep -qx 'wrong password: status 5' told/out
check "one in a file of variables" grep -qx '.env: status 0' told/out
check "PASS with a trial restore" grep -q ^PASS told/out
contains "psql and pg_dump were seen at work" "pg_dump -w" "$(tr -d '\0' <cmdlines)"
equal "a password is in no message and no file" "" "$(grep -rl "$secret" told backups "$TMPDIR")"
equal "nor in the server's log" "" "$(grep -a "$secret" "$log")"
equal "nor on an argument list" "" "$(grep -ao "[^ ]*${secret}[^ ]*" cmdlines | head -n 3)"
sql postgres 'DROP OWNED BY look_after_secret; DROP ROLE look_after_secret' >/dev/null
equal "no temporary file is left" "" "$(find "$TMPDIR" -mindepth 1)"

# ---- what the README gives: the line for cron, in cron's poor surroundings, and the steps of a workflow
example() { # FIRST-WORDS: the indented block of the README that starts so
    awk -v first="$1" 'index($0, "    " first) == 1 { on = 1 } on && !/^    / { exit } on { print substr($0, 5) }' "$root/README.md"
}
line=$(example '15 2 * * *')
contains "a line for cron" ai-db-backup-auto "$line"
mkdir -p app
printf 'DATABASE_URL=postgresql:///look_after?%s&user=%s\n' "$server" "$PGUSER" >app/.env
line=${line#15 2 \* \* \* } line=${line//\/srv\/app/$T/app} line=${line//\/usr\/local\/share\/pgbraid/$root}
output=$(env -i HOME="$T" PATH="$PATH" BUILD="$build" TMPDIR="$TMPDIR" SHELL=/bin/sh sh -c "$line" 2>&1 </dev/null)
equal "cron: it says nothing when all is well" "0 " "$? $output"
equal "cron: it made a backup" 1 "$(find app/backups -name 'backup_auto_*.info' | wc -l)"
printf 'DATABASE_URL=postgresql:///nowhere?%s\n' "$server" >app/.env
output=$(env -i HOME="$T" PATH="$PATH" BUILD="$build" TMPDIR="$TMPDIR" SHELL=/bin/sh sh -c "$line" 2>&1 </dev/null)
equal "cron: and fails when it is not" "2 no" "$? $(grep -o 'no backup was made' <<<"$output" | cut -c 1-2)"
example 'jobs:' | awk '/run: \|/ { on = 1; next } on && /^ *- / { on = 0 } on { sub(/^ */, ""); print }' >steps
contains "a workflow" ai-db-backup "$(cat steps)"
sed -i '/^sudo\|^git clone/d; s|make -C pgbraid|true|; s|pgbraid/Makefile.ai|'"$root"'/Makefile.ai|' steps
(cd app && unset PGHOST PGPORT PGUSER PGDATABASE && DATABASE_URL="postgresql:///look_after?$server&user=postgres" bash -e "$T/steps") >told/out 2>&1
equal "its steps, but for installing" 0 $?
equal "make a backup for the artifact" 1 "$(find app/backups -name 'backup_ci_*.info' | wc -l)"
exit 0
