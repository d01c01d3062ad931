#!/usr/bin/env bash
# scripts/prune: what it removes, and what it never touches.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 1
fresh_db prune_app
sql prune_app "CREATE TABLE city (id int PRIMARY KEY); INSERT INTO city VALUES (1)"
export PGDATABASE=prune_app BACKUPS=$T/backups
mkdir -m 700 "$BACKUPS"
host=$PGHOST
prune() { "$root/scripts/prune" "$@"; }

# A set as backup-info(5) has it, of one file.
make_set() { # TYPE "YYYY-MM-DD HH:MM:SS" [DATABASE [HOST]]
    local name
    name=backup_$1_$(date -d "$2" +%Y%m%d_%H%M%S)
    echo "-- $name" >"$BACKUPS/$name.sql"
    write_info "$name" "$1" "$2" "${3:-prune_app}" "${4:-$host}"
}
write_info() { # NAME TYPE DATE DATABASE HOST
    (
        cd "$BACKUPS" || exit
        printf '%s\n' "backup-info: 1" "name: $1" "date: $3+00:00" "type: $2" "description: " "database: $4" "host: $5" \
            "port: 5432" "user: postgres" "server: 15" "pg_dump: 15" "contents: all" "file: sql $(stat -c %s "$1.sql") $1.sql" \
            "rows: 1 public.city"
        sha256sum "$1.sql"
        echo "end: $1"
    ) >"$BACKUPS/$1.info"
}
sets() { find "$BACKUPS" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | paste -sd ' '; }
fresh() { rm -rf "$BACKUPS" && mkdir -m 700 "$BACKUPS"; }

status_is "an empty folder is status 0" 0 prune
status_is "no folder is status 2" 2 env BACKUPS="$T/none" "$root/scripts/prune"
status_is "a rule that is no number is status 2" 2 env KEEP_DAILY=x "$root/scripts/prune"
status_is "an unknown argument is status 2" 2 prune -x

# ---- a history of 60 nights
for i in $(seq 60); do make_set auto "$(date -u -d "2026-01-01 + $i days" +%Y-%m-%d) 02:00:00"; done
before=$(sets)
output=$(DRYRUN=1 prune 2>&1)
equal "a dry run removes nothing" "$before" "$(sets)"
contains "a dry run says how many" "would remove" "$output"
contains "every set has its reason" "backup_auto_20260302_020000" "$output"
contains "the reasons are the rules" "the last good one, last 1 of 3, daily 2026-03-02, weekly 2026-W10, monthly 2026-03" "$output"
status_is "prune" 0 prune
equal "what is left is what the rules say" \
    "auto_20260131 auto_20260215 auto_20260222 auto_20260224 auto_20260225 auto_20260226 auto_20260227 auto_20260228 auto_20260301 auto_20260302" \
    "$(cd "$BACKUPS" && printf '%s\n' *.info | sed 's/^backup_//; s/_020000.info//' | paste -sd ' ')"
equal "files go with their sets" 10 "$(find "$BACKUPS" -name '*.sql' | wc -l)"
equal "twice is once" "$(sets)" "$(prune >/dev/null 2>&1; sets)"
output=$(prune -q 2>&1)
equal "quiet is quiet" "" "$output"
status_is "without rules the last good one is left" 0 env KEEP_LAST=0 KEEP_DAILY=0 KEEP_WEEKLY=0 KEEP_MONTHLY=0 "$root/scripts/prune"
equal "it is the newest" "backup_auto_20260302_020000.info backup_auto_20260302_020000.sql" "$(sets)"

# ---- what is never touched
export KEEP_LAST=1 KEEP_DAILY=0 KEEP_WEEKLY=0 KEEP_MONTHLY=0
fresh
make_set auto "2020-01-01 00:00:00"
make_set auto "2020-01-02 00:00:00" prune_app-staging
make_set auto "2020-01-03 00:00:00" prune_ap
make_set auto "2020-01-04 00:00:00" prune_app elsewhere
make_set manual "2020-01-05 00:00:00"
make_set auto "2026-11-01 00:00:00"
: >"$BACKUPS/backup_manual_20200105_000000.pin"
make_set pre-migrate "2026-10-20 00:00:00"
echo mine >"$BACKUPS/notes.sql"
echo mine >"$BACKUPS/backup_auto_20190101_000000.sql" # of no set
make_set auto "2019-01-02 00:00:00"
mv "$BACKUPS/backup_auto_20190102_000000.info" "$T/outside"
ln -s "$T/outside" "$BACKUPS/backup_auto_20190102_000000.info"
mkdir "$BACKUPS/backup_auto_20190103_000000.info"
printf '%s\n' "backup-info: 1" "database: prune_app" "host: $host" "port: 5432" "file: sql 5 ../../outside" \
    "end: backup_auto_20190104_000000" >"$BACKUPS/backup_auto_20190104_000000.info"
printf '%s\n' "backup-info: 1" "database: prune_app" >"$BACKUPS/backup_auto_20190105_000000.info" # cut
hostile="backup_auto_20190106_000000"$'\n'"touch pwned;\$(touch pwned).info"
cp "$BACKUPS/backup_auto_20200101_000000.info" "$BACKUPS/$hostile"
expected=$(sets | sed 's/ backup_auto_20200101_000000[a-z.]*//g')
expected=${expected//backup_auto_20200101_000000.info /} expected=${expected//backup_auto_20200101_000000.sql /}
output=$(prune 2>&1)
equal "only the one set goes" "$expected" "$(sets)"
contains "other databases are counted apart" "3 sets of other databases left alone" "$output"
contains "a pin is said" "pinned" "$output"
contains "pre-migrate is said" "pre-migrate: kept" "$output"
check "what a link or a name points to is there" test -s "$T/outside"
check "nothing was run" test ! -e "$BACKUPS/pwned" -a ! -e pwned

# ---- sets without rows, or without the schema, push out no whole one
fresh
make_set auto "2026-01-01 00:00:00"
make_set manual "2026-01-02 01:00:00"
make_set manual "2026-01-02 02:00:00"
make_set manual "2026-01-02 03:00:00"
make_set manual "2026-01-02 04:00:00"
sed -i 's/^contents: all/contents: schema only/' "$BACKUPS"/backup_manual_20260102_0[12]*.info
sed -i 's/^contents: all/contents: data only/' "$BACKUPS"/backup_manual_20260102_0[34]*.info
echo spoiled >>"$BACKUPS/backup_manual_20260102_040000.sql"
output=$(prune 2>&1)
equal "whole, schema only and data only: one of each is left" \
    "backup_auto_20260101_000000.info backup_manual_20260102_020000.info backup_manual_20260102_030000.info backup_manual_20260102_040000.info" \
    "$(cd "$BACKUPS" && printf '%s\n' *.info | paste -sd ' ')"
contains "which kind is said" "(schema only)" "$output"

# ---- sets that are not whole
fresh
make_set auto "2026-01-01 00:00:00"
make_set auto "2026-01-02 00:00:00"
make_set auto "2026-01-03 00:00:00"
echo more >>"$BACKUPS/backup_auto_20260103_000000.sql"
output=$(prune 2>&1)
equal "a set of another size does not count" \
    "backup_auto_20260102_000000.info backup_auto_20260102_000000.sql backup_auto_20260103_000000.info backup_auto_20260103_000000.sql" "$(sets)"
contains "it is said why" "bytes, not" "$output"
fresh
make_set auto "2026-01-01 00:00:00"
make_set auto "2026-01-02 00:00:00"
make_set auto "2026-01-03 00:00:00"
tr a b <"$BACKUPS/backup_auto_20260103_000000.sql" >"$T/x" && cp "$T/x" "$BACKUPS/backup_auto_20260103_000000.sql"
output=$(prune 2>&1)
check "checksums of the last good one are read" test -e "$BACKUPS/backup_auto_20260102_000000.info"
contains "wrong ones are said" "its checksums are wrong" "$output"
check "the older one goes" test ! -e "$BACKUPS/backup_auto_20260101_000000.info"
fresh
make_set auto "2026-01-02 00:00:00"
rm "$BACKUPS"/*.sql && ln -s "$T/outside" "$BACKUPS/backup_auto_20260102_000000.sql"
make_set auto "2026-01-03 00:00:00"
prune >/dev/null 2>&1
equal "a link in a set goes as a link" "backup_auto_20260103_000000.info backup_auto_20260103_000000.sql" "$(sets)"
check "what it points to stays" test -s "$T/outside"

# ---- clocks
fresh
make_set auto "2026-01-01 00:00:00"
for i in 1 2 3 4 5; do make_set auto "2099-01-0$i 00:00:00"; done
make_set auto "2026-01-02 00:00:00"
prune >/dev/null 2>&1
check "sets of the future push out none" test -e "$BACKUPS/backup_auto_20260102_000000.info"
equal "and are kept" 5 "$(compgen -G "$BACKUPS/backup_auto_2099*.info" | wc -l)"

# ---- a prune that is killed between any two steps, and the next one
fresh
for i in 1 2 3; do make_set auto "2026-01-0$i 00:00:00"; done
cp -r "$BACKUPS" "$T/history"
mkdir "$T/bin"
cat >"$T/bin/mv" <<'SH'
#!/bin/sh
echo >>"$STEPS"
[ "$(wc -l <"$STEPS")" -ne "$KILL" ] || kill -KILL "$PPID"
exec /bin/mv "$@"
SH
sed 's/mv/rm/' "$T/bin/mv" >"$T/bin/rm"
chmod +x "$T/bin/mv" "$T/bin/rm"
torn='' left=''
for kill in 1 2 3 4 5 6; do
    rm -rf "$BACKUPS" && cp -r "$T/history" "$BACKUPS"
    STEPS=$T/steps.$kill KILL=$kill PATH=$T/bin:$PATH prune >/dev/null 2>&1
    for info in "$BACKUPS"/*.info; do
        [ -e "${info%.info}.sql" ] || torn+=" $kill:${info##*/}"
    done
    prune >/dev/null 2>&1
    left+="$(sets);"
done
equal "a killed prune leaves no set in part" "" "$torn"
equal "the next one finishes" 1 "$(tr ';' '\n' <<<"$left" | grep . | sort -u | wc -l)"
equal "and leaves nothing behind" "backup_auto_20260103_000000.info backup_auto_20260103_000000.sql" "${left%%;*}"

# ---- the rest
fresh
make_set auto "2026-01-01 00:00:00"
make_set auto "2026-01-02 00:00:00"
ln -s backup_auto_20260101_000000.sql "$BACKUPS/latest"
PGHOST=$T/nowhere status_is "nothing is removed while there is no server" 5 prune
equal "really nothing" 2 "$(compgen -G "$BACKUPS/*.info" | wc -l)"
flock "$BACKUPS" sleep 3 &
sleep 0.3
status_is "two at once: the second is status 8" 8 prune
wait
prune >/dev/null 2>&1
equal "latest points to a set" backup_auto_20260102_000000.sql "$(readlink "$BACKUPS/latest")"
make_set auto "2026-01-03 00:00:00"
: >"$BACKUPS/.backup_auto_20260102_000000.pruned"
status_is "what cannot be removed is status 7" 7 prune
check "and stays whole" test -e "$BACKUPS/backup_auto_20260102_000000.info" -a -e "$BACKUPS/backup_auto_20260102_000000.sql"
exit 0
