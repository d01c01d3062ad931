#!/usr/bin/env bash
# scripts/backup: what it leaves when all is well, and that it leaves nothing when anything is not.
# shellcheck disable=SC2016,SC1003 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export TMPDIR=$T/tmp PGDATABASE=backup_app
mkdir "$TMPDIR" bin
unset TYPE DESC FORMATS DATA_ONLY SCHEMA_ONLY BACKUPS SCRATCH
fresh_db backup_app
psql -qX >/dev/null <<'SQL'
CREATE TABLE city (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO city (name) SELECT 'c' || g FROM generate_series(1, 500) g;
CREATE SCHEMA "user";
CREATE TABLE "user"."Odd
	name\t'" (x text);
INSERT INTO "user"."Odd
	name\t'" VALUES (E'a\nb\t\\'), (NULL);
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
CREATE TABLE part (a int) PARTITION BY LIST (a);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
INSERT INTO part VALUES (1);
CREATE VIEW big AS SELECT * FROM city;
CREATE MATERIALIZED VIEW seen AS SELECT * FROM city;
SQL
backup() { "$root/scripts/backup" "$@"; }
verify() { "$root/scripts/verify-backup" "$@"; }
value() { sed -n "s/^$2: //p" "$1"; } # INFO KEY
left() { find "$1" -mindepth 1 2>/dev/null | sort; }
# NAME STATUS COMMAND...: it ends so, and the folder "none" holds nothing.
leaves_nothing() {
    local what=$1 expected=$2 output status=0
    shift 2
    rm -rf none
    output=$(BACKUPS=none "$@" 2>&1) || status=$?
    equal "$what: status" "$expected" "$status"
    equal "$what: nothing is left" "" "$(left none)"
    said=$output
}

# ---- all is well
info=$(BACKUPS=b FORMATS="sql sql.gz dump tar dir" DESC=$'two\nlines: "x" \\' backup 2>messages)
equal "the path of .info is the only line on standard output" 1 "$(grep -c . <<<"$info")"
name=$(basename "$info" .info)
contains "its name" "manual $(date +%Y%m%d)" "$(sed -E 's/^backup_([a-z]+)_([0-9]{8})_[0-9]{6}$/\1 \2/' <<<"$name")"
equal "its files" "dir dump info sql sql.gz tar" "$(cd b && printf '%s\n' "$name".* | sed "s/^$name\.//" | sort | paste -sd' ')"
equal "files are private" "" "$(find b -mindepth 1 -type f ! -perm 600)"
equal "folders are private" "" "$(find b -type d ! -perm 700)"
equal "latest is a relative link" "$name.sql" "$(readlink b/latest)"
check "sha256sum -c reads .info" bash -c "cd b && sha256sum --status -c $name.info"
equal "every file has its checksum" "$(cd b && find "$name".* -type f ! -name '*.info' | sort)" \
    "$(grep -E '^[0-9a-f]{64}  ' "$info" | cut -c 67- | sort)"
equal "a description of two lines" 'two\nlines: "x" \\' "$(value "$info" description)"
equal "database, user, contents" "backup_app postgres all" "$(value "$info" database) $(value "$info" user) $(value "$info" contents)"
contains "the server's version" "$(sql backup_app 'SHOW server_version')" "$(value "$info" server)"
check "the date" date -d "$(value "$info" date)"
equal "rows per table" '0 public.x
1 public.nothing
1 public.part1
2 "user"."Odd\n\tname\\t'"'"'"
500 public.city' "$({ value "$info" rows; echo '0 public.x'; } | LC_ALL=C sort | sed 's/^2 user\./2 "user"./')"
for format in sql sql.gz dump tar dir; do
    fresh_db backup_back
    restore backup_back "b/$name.$format" 2>/dev/null
    equal "what is restored from $format" "$(snapshot backup_app)" "$(snapshot backup_back)"
done
check "verify-backup passes" verify "$info"
equal "its last line" "PASS: $name.info is whole" "$(verify b/latest | tail -n 1)"
check "quiet says nothing" bash -c '[ -z "$(BACKUPS=b FORMATS=sql "$0" -q 2>&1)" ]' "$root/scripts/backup"
equal "nothing else is left" "" "$(left "$TMPDIR"; find b -name '.*' -mindepth 1)"

# ---- other contents, types, places
info=$(BACKUPS=b TYPE=pre-migrate DATA_ONLY=1 backup 2>/dev/null)
contains "a type in the name" b/backup_pre-migrate_ "$info"
equal "data only" "data only 500" "$(value "$info" contents) $(value "$info" rows | awk '/city/ { print $1 }')"
check "data only is whole" verify "$info"
info=$(BACKUPS=b TYPE=auto SCHEMA_ONLY=1 backup 2>/dev/null)
equal "schema only" "schema only 0" "$(value "$info" contents) $(grep -c ^rows: "$info")"
check "schema only is whole" verify "$info"
fresh_db backup_empty
check "an empty database" env PGDATABASE=backup_empty BACKUPS=b FORMATS="sql dump" TYPE=empty "$root/scripts/backup"
hostile="-it's a \$(touch pwned) \"[b]*"$'\n'"folder"
info=$(BACKUPS=$hostile FORMATS="dump dir" backup 2>/dev/null; echo x)
info=${info%$'\nx'}
check "a hostile folder" verify "./$info"
name='it'\''s; "$(touch pwned)" db'
dropdb --if-exists "$name" 2>/dev/null
createdb -T template0 "$name"
PGDATABASE=$name psql -qXc 'CREATE TABLE "a b" AS SELECT 1 AS x'
info=$(PGDATABASE=$name BACKUPS=b TYPE=hostile backup 2>/dev/null)
equal "a hostile database name" "$name" "$(value "$info" database)"
check "its trial restore" env PGDATABASE="$name" SCRATCH=1 "$root/scripts/verify-backup" "$info"
[ ! -e pwned ] || fail "a hostile name was run as a command"
mkdir -m 755 open
contains "a folder open to others is said" "others can look into" "$(BACKUPS=open FORMATS=sql backup 2>&1)"

# ---- two at once, and a clock that is set back
pids=()
for i in 1 2 3; do
    BACKUPS=many FORMATS="sql dump" backup -q 2>"many.$i" &
    pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
equal "three at once: all are made" "0 3" "$failed $(find many -name '*.info' | wc -l)"
for file in many/*.info; do verify "$file" >/dev/null || fail "three at once" "$file is not whole"; done
cat >bin/date <<'SH'
#!/bin/sh
[ "${1#+%Y%m%d_}" = "$1" ] || { # the clock of the names stands, then goes on
    n=$(cat "$0.n" 2>/dev/null || echo 0); echo $((n + 1)) >"$0.n"
    [ "$n" -ge 3 ] && exec /bin/date -d '2020-01-01 00:00:01' "$@" || exec /bin/date -d '2020-01-01 00:00:00' "$@"; }
exec /bin/date "$@"
SH
chmod +x bin/date
for i in 1 2; do BACKUPS=clock FORMATS=sql PATH=$T/bin:$PATH backup -q; done
equal "a clock set back overwrites nothing" "backup_manual_20200101_000000 backup_manual_20200101_000001" \
    "$(cd clock && printf '%s\n' *.info | sed 's/\.info//' | paste -sd' ')"
rm bin/date

# ---- one snapshot
psql -qXc 'CREATE TABLE moving (a int)'
(while psql -qXc 'INSERT INTO moving SELECT generate_series(1, 10)' 2>/dev/null && [ ! -e enough ]; do :; done) &
writer=$!
info=$(BACKUPS=b TYPE=moving FORMATS="sql dump tar dir" backup 2>/dev/null)
touch enough
wait "$writer"
check "rows that come in meanwhile: all formats are alike" verify "$info"
contains "and of one snapshot" "0 public.moving" "$(value "$info" rows | sed 's/^[0-9]*0 public.moving/0 public.moving/')"
psql -qXc 'DROP TABLE moving'

# ---- breaking it
leaves_nothing "an unknown format" 2 env FORMATS="sql zip" "$root/scripts/backup"
leaves_nothing "a format that is a pattern" 2 env FORMATS="*" "$root/scripts/backup"
leaves_nothing "a type that is a path" 2 env TYPE=../x "$root/scripts/backup"
leaves_nothing "data only and schema only" 2 env DATA_ONLY=1 SCHEMA_ONLY=1 "$root/scripts/backup"
leaves_nothing "an unknown argument" 2 "$root/scripts/backup" --all
leaves_nothing "no such server" 5 env PGHOST="$T" "$root/scripts/backup"
leaves_nothing "no such database" 5 env PGDATABASE=nowhere "$root/scripts/backup"
leaves_nothing "contradicting targets" 2 env DATABASE_URL=postgresql://h/x PGHOST=other "$root/scripts/backup"
fake() { printf '#!/bin/bash\n%s\n' "$1" >bin/pg_dump; chmod +x bin/pg_dump; } # COMMANDS
real=$(command -v pg_dump)
fake 'echo "pg_dump (PostgreSQL) 11.22"'
leaves_nothing "a pg_dump older than the server" 2 env PATH="$T/bin:$PATH" "$root/scripts/backup"
contains "it says what to do" "in PATH" "${said//install/in PATH}"
fake "[ \"\$1\" != --version ] || exec $real --version; $real \"\$@\"; f=\${*: -1}; truncate -s -30 \"\$f\""
leaves_nothing "a pg_dump that cuts" 4 env PATH="$T/bin:$PATH" FORMATS=sql "$root/scripts/backup"
leaves_nothing "a pg_dump that cuts an archive" 4 env PATH="$T/bin:$PATH" FORMATS=dump "$root/scripts/backup"
fake "[ \"\$1\" != --version ] || exec $real --version; exec $real -T city \"\$@\""
leaves_nothing "a pg_dump that leaves out a table" 4 env PATH="$T/bin:$PATH" FORMATS=dump "$root/scripts/backup"
contains "the table is named" "500	public.city" "$said"
# Killed in the middle: pg_dump itself, and the script by every signal that it can catch.
fake "[ \"\$1\" != --version ] || exec $real --version; echo half >\"\${*: -1}\"; kill -9 \$\$"
leaves_nothing "pg_dump killed in the middle" 1 env PATH="$T/bin:$PATH" "$root/scripts/backup"
fake "[ \"\$1\" != --version ] || exec $real --version; echo half >\"\${*: -1}\"; echo \$\$ >'$T/started.new'; mv '$T/started.new' '$T/started'; exec sleep 60"
killed() { # SIGNAL
    rm -f started
    PATH=$T/bin:$PATH "$root/scripts/backup" &
    local pid=$! i
    for ((i = 0; i < 100; i++)); do [ ! -e started ] || break; sleep 0.1; done
    kill -"$1" "$pid"
    wait "$pid"
}
leaves_nothing "stopped by TERM" 143 killed TERM
leaves_nothing "stopped by HUP" 129 killed HUP
BACKUPS=none killed KILL >said 2>&1
equal "killed for good: nothing looks like a backup" "" "$(find none -mindepth 1 -maxdepth 1 ! -name '.*')"
kill "$(cat started)" # the fake pg_dump: it holds the lock, as a living one would
rm -r "$TMPDIR"/pgbraid-connection.* # nobody could
touch -d '2 minutes ago' none/.backup_*.partial
check "the next one" env BACKUPS=none FORMATS=sql "$root/scripts/backup"
equal "clears what a killed one left" "" "$(find none -name '.*.partial')"
rm bin/pg_dump

# A role without rights, and a wrong password.
psql -qX -c 'DROP ROLE IF EXISTS backup_poor' -c "CREATE ROLE backup_poor LOGIN PASSWORD 'right'"
leaves_nothing "a role without rights" 5 env PGUSER=backup_poor "$root/scripts/backup"
contains "the server's reason is shown" "permission denied" "$said"
psql -qX -c 'ALTER TABLE city ENABLE ROW LEVEL SECURITY' -c 'GRANT SELECT ON ALL TABLES IN SCHEMA public, "user" TO backup_poor' -c 'GRANT USAGE ON SCHEMA "user" TO backup_poor'
leaves_nothing "rows that a policy hides" 5 env PGUSER=backup_poor "$root/scripts/backup"
psql -qX -c 'ALTER TABLE city DISABLE ROW LEVEL SECURITY' -c 'DROP OWNED BY backup_poor'
# A locked table.
(psql -qX -c 'BEGIN; LOCK city; SELECT pg_sleep(4)' >/dev/null 2>&1) &
sleep 0.5
leaves_nothing "a locked table" 6 env LOCK_WAIT=1 "$root/scripts/backup"
wait
# A server that goes away.
fake "[ \"\$1\" != --version ] || exec $real --version; psql -qXAtd postgres -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'backup_app'\" >/dev/null; exec $real \"\$@\""
leaves_nothing "a server that goes away before pg_dump" 1 env PATH="$T/bin:$PATH" "$root/scripts/backup"
fake "[ \"\$1\" != --version ] || exec $real --version; $real \"\$@\"; psql -qXAtd postgres -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'backup_app'\" >/dev/null"
leaves_nothing "a server that goes away behind pg_dump" 1 env PATH="$T/bin:$PATH" FORMATS=sql "$root/scripts/backup"
rm bin/pg_dump

# A full disk.
mkdir full
if mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
    head -c 60000 /dev/zero >full/filler
    said=$(BACKUPS=full FORMATS="sql dump" backup 2>&1)
    equal "a full disk" "7 filler" "$? $(find full -mindepth 1 -printf '%P')"
    head -c 40000 /dev/zero >full/filler
    said=$(BACKUPS=full FORMATS="sql tar" backup 2>&1)
    equal "a disk that fills at the second file" "7 filler" "$? $(find full -mindepth 1 -printf '%P')"
    umount full
else
    skip "a full disk" "no tmpfs can be mounted here"
fi
equal "no temporary file is left" "" "$(left "$TMPDIR")"
exit 0
