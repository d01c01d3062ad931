#!/usr/bin/env bash
# scripts/verify-backup: sets and other backups that are damaged in every way a file can be.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset TYPE DESC FORMATS DATA_ONLY SCHEMA_ONLY BACKUPS SCRATCH
export PGDATABASE=verify_app TMPDIR=$T/tmp
mkdir "$TMPDIR"
fresh_db verify_app
sql verify_app "CREATE TABLE city (id int PRIMARY KEY, name text); INSERT INTO city SELECT g, 'c' || g FROM generate_series(1, 3000) g;
    CREATE SCHEMA \"user\"; CREATE TABLE \"user\".\"a b\" AS SELECT 1 AS x; CREATE EXTENSION IF NOT EXISTS pg_trgm" >/dev/null
info=$(BACKUPS=good FORMATS="sql sql.gz dump tar dir" "$root/scripts/backup" 2>/dev/null)
name=$(basename "$info" .info)
verify() { timeout 60 "$root/scripts/verify-backup" "$@"; }
fresh() { rm -rf b && cp -r good b; }
# NAME [PART-OF-OUTPUT]: the set in b is found damaged.
damaged() {
    local output status=0
    output=$(verify "b/$name.info" 2>&1) || status=$?
    equal "$1: status" 4 "$status"
    [[ $(tail -n 1 <<<"$output") = "FAIL: "* ]] || fail "$1" "the last line is no FAIL: $output"
    [ -z "${2-}" ] || contains "$1: what it says" "$2" "$output"
}

fresh
status_is "a whole set, by its .info" 0 verify "b/$name.info"
status_is "by its name" 0 verify "b/$name"
status_is "by latest" 0 verify b/latest
for format in sql sql.gz dump tar dir; do status_is "by its .$format" 0 verify "b/$name.$format"; done
equal "without a server" 0 "$(PGHOST=$T/nowhere verify -q "b/$name.info" >/dev/null 2>&1; echo $?)"
output=$(verify -q "b/$name")
equal "quiet: only the verdict" "PASS: $name.info is whole" "$output"
status_is "no such backup" 2 verify b/nothing
status_is "no argument" 2 verify

# .info rewritten with right checksums, so that only reading the files can tell.
sealed() {
    (cd b && { grep -vE '^[0-9a-f]{64}  |^end: ' "$name.info" | while IFS= read -r line; do
        case $line in
        "file: "*) read -r _ format _ file <<<"$line"; echo "file: $format $(find "$file" -type f -printf '%s\n' | paste -sd+ | bc) $file" ;;
        *) printf '%s\n' "$line" ;;
        esac
    done; find "$name".* -type f ! -name '*.info' -print0 | sort -z | xargs -0 sha256sum; echo "end: $name"; } >new && mv new "$name.info")
}
for format in sql sql.gz dump tar; do
    size=$(stat -c %s "good/$name.$format")
    for part in 0 1 3 5 7 9; do
        fresh
        truncate -s $((size * part / 10)) "b/$name.$format"
        sealed
        damaged "$format cut to $part tenths"
    done
    fresh
    printf X | dd of="b/$name.$format" bs=1 seek=$((size / 2)) conv=notrunc status=none
    damaged "$format with another byte" "SHA-256"
    rm -r "b/$name.$format"
    damaged "$format not there" "is not there"
done
for file in toc.dat $(cd "good/$name.dir" && printf '%s\n' ./*.dat.gz); do
    fresh
    rm "b/$name.dir/$file"
    sealed
    damaged "dir without $file"
    fresh
    truncate -s 20 "b/$name.dir/$file"
    sealed
    damaged "dir with a cut $file"
done
fresh
: >"b/$name.dir/more"
damaged "a file more than .info knows" "more"
fresh
rm "b/$name.sql" && ln -s "../good/$name.sql" "b/$name.sql"
damaged "a link in place of a file"
fresh
sed -i '/^rows: .*city/s/3000/2999/' "b/$name.info"
damaged "a row more than .info says" "public.city"
fresh
sed -i '/^rows: .*city/d' "b/$name.info"
damaged "a table that .info does not know"
for lines in 1 5 12 20; do
    fresh
    head -n "$lines" "good/$name.info" >"b/$name.info"
    damaged "an .info of $lines lines" "no end"
done
fresh
: >"b/$name.info"
damaged "an empty .info"
fresh
sed -i "s|^file: sql .*|file: sql 1 ../../etc/passwd|" "b/$name.info"
damaged "an .info that names another file" "another set"
fresh
sed -i "s|  $name.sql\$|  /etc/passwd|" "b/$name.info"
damaged "a checksum of another file" "another set"
fresh
sed -i "/  $name.sql\$/d" "b/$name.info"
damaged "a file without checksum"

# Backups that are no set.
cp "good/$name.sql" plain.sql
status_is "a dump alone" 0 verify plain.sql
head -c 30000 plain.sql >cut.sql
status_is "a cut dump alone" 4 verify cut.sql
cp "good/$name.dump" archive.dump
status_is "an archive alone" 0 verify archive.dump
truncate -s -500 archive.dump
equal "a cut archive alone, which pg_restore -l passes" "0 4" \
    "$(pg_restore -l archive.dump >/dev/null 2>&1; echo $?) $(verify archive.dump >/dev/null 2>&1; echo $?)"
: >empty.sql
status_is "an empty file" 4 verify empty.sql
status_is "something else" 4 verify "$root/LICENSE"
cp plain.sql "./-it's a \"dump\" \$(touch pwned).sql"
status_is "a hostile name" 0 verify "-it's a \"dump\" \$(touch pwned).sql"
[ ! -e pwned ] || fail "a hostile name" "it was run as a command"

# The trial restore.
fresh
databases=$(sql postgres 'SELECT datname FROM pg_database ORDER BY 1')
output=$(SCRATCH=1 verify "b/$name.info" 2>&1)
equal "a trial restore: status" 0 $?
equal "of every format" 5 "$(grep -c 'restored into a scratch' <<<"$output")"
cp plain.sql hostile.sql
sed -i "s|^CREATE SCHEMA \"user\";|\\\\! touch '$T/pwned'\n&|" hostile.sql
check "the hostile script is one" grep -q '^\\! touch' hostile.sql
status_is "a script with a command of psql's is refused" 4 env SCRATCH=1 "$root/scripts/verify-backup" hostile.sql
[ ! -e pwned ] || fail "a command of psql's" "it was run"
# Where a string ends is a matter of settings, which a statement can change in ways that no reader follows.
{
    printf '%s\n' "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);" "SELECT 'a\\' || '" \
        "\\! touch '$T/pwned'" "';"
    cat plain.sql
} >settings.sql
if psql -qX -d postgres <<<'\restrict key' >/dev/null 2>&1; then
    status_is "a command of psql's behind a setting of a function's" 4 env SCRATCH=1 "$root/scripts/verify-backup" settings.sql
    [ ! -e pwned ] || fail "a command of psql's behind a setting" "it was run"
else
    skip "a command of psql's behind a setting of a function's" "this psql has no restricted mode"
fi
sed 's|^CREATE SCHEMA "user";|SELECT 1/0;|' plain.sql >broken.sql
status_is "a dump that cannot be restored" 4 env SCRATCH=1 "$root/scripts/verify-backup" broken.sql
psql -qX -d postgres -c 'DROP ROLE IF EXISTS verify_poor' -c 'CREATE ROLE verify_poor LOGIN' 2>/dev/null
status_is "a role that may not make databases" 5 env PGUSER=verify_poor SCRATCH=1 "$root/scripts/verify-backup" plain.sql
status_is "no server for a trial restore" 5 env PGHOST="$T" SCRATCH=1 "$root/scripts/verify-backup" plain.sql
sql postgres 'DROP ROLE verify_poor' >/dev/null
equal "no scratch database is left" "$databases" "$(sql postgres 'SELECT datname FROM pg_database ORDER BY 1')"
equal "the database itself is as it was" 3000 "$(sql verify_app 'SELECT count(*) FROM city')"
equal "no temporary file is left" "" "$(find "$TMPDIR" -mindepth 1)"
exit 0
