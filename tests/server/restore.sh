#!/usr/bin/env bash
# scripts/restore: every format into a database, what it asks, and what becomes of restores that fail.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export BACKUPS=$T/backups
mkdir -m 700 "$BACKUPS"
psql -qX -d postgres >/dev/null 2>&1 <<'SQL'
CREATE ROLE restore_reader; CREATE ROLE restore_owner LOGIN; CREATE ROLE restore_other LOGIN;
SQL
fill() { # DB: tables whose names come before their parents', triggers, sequences, two schemas
    psql -qX -v ON_ERROR_STOP=1 -d "$1" <<'SQL'
CREATE SCHEMA sales;
CREATE TYPE public.size AS ENUM ('s', 'l');
CREATE TABLE public.package (id serial PRIMARY KEY, name text NOT NULL UNIQUE, size public.size DEFAULT 's');
CREATE TABLE public.arrival (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, package_id int NOT NULL REFERENCES public.package,
    twice int GENERATED ALWAYS AS (package_id * 2) STORED);
CREATE TABLE sales."Order" (id int PRIMARY KEY, note text, parent int REFERENCES sales."Order");
CREATE TABLE public.part (a int, b text) PARTITION BY LIST (a);
CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES IN (1);
CREATE VIEW public.v AS SELECT p.name, count(*) FROM public.package p JOIN public.arrival a ON a.package_id = p.id GROUP BY 1;
CREATE FUNCTION public.loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.name := upper(new.name); RETURN new; END $$;
CREATE FUNCTION public.two() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
INSERT INTO public.package (name, size) VALUES ('lyon', 's'), ('turin', 'l'), ('a;b \! touch pwned', NULL);
INSERT INTO public.arrival (package_id) SELECT 1 + g % 3 FROM generate_series(1, 1000) g;
INSERT INTO sales."Order" VALUES (2, E'tab\there\\', NULL), (1, '\.', 2);
INSERT INTO public.part VALUES (1, 'x');
CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON public.package FOR EACH ROW EXECUTE FUNCTION public.loud();
GRANT SELECT ON public.package TO restore_reader;
SQL
}
content() { # DB
    { psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -c "TABLE public.package" -c "TABLE public.arrival" -c 'TABLE sales."Order"' \
        -c "TABLE public.part" -c "SELECT last_value, is_called FROM public.package_id_seq"; pg_dump -s "$1" | grep -vE '^(\\|--|$)'; } 2>&1 | md5sum
}
digest() { pg_dump "$1" | grep -v 'restrict ' | md5sum; } # DB
rows() { sql "$1" 'SELECT (SELECT count(*) FROM public.package), (SELECT count(*) FROM public.arrival), (SELECT count(*) FROM sales."Order")'; }
restore() { # DB [VARIABLE=VALUE...]: without questions
    local db=$1
    shift
    timeout 60 env PGDATABASE="$db" FORCE=1 SAFETY=0 PAUSE=0 "$@" "$root/scripts/restore" </dev/null
}
fresh_db restore_a
fill restore_a
want=$(content restore_a)
set_info=$(PGDATABASE=restore_a FORMATS="sql sql.gz dump tar dir" DESC="a test" "$root/scripts/backup" -q 2>&1; ls "$BACKUPS"/*.info)
base=${set_info%.info}
for format in sql sql.gz dump tar dir; do cp -r "$base.$format" "$T/plain.$format"; done
pg_dump --inserts restore_a >"$T/inserts.sql"
pg_dump --clean --if-exists --create restore_a >"$T/create.sql"

# ---- every format
for format in sql sql.gz dump tar dir; do
    fresh_db restore_b
    output=$(restore restore_b BACKUP="$T/plain.$format" 2>&1)
    equal "a $format into an empty database" "$want" "$(content restore_b)"
done
contains "says the rows of each table" "1000          1000  public.arrival" "$output"
for file in inserts.sql create.sql; do
    fresh_db restore_b
    restore restore_b BACKUP="$T/$file" >/dev/null 2>&1
    equal "$file" "$want" "$(content restore_b)"
done
fresh_db restore_b
output=$(restore restore_b BACKUP="$set_info" 2>&1)
equal "a set by its .info" "$want" "$(content restore_b)"
contains "says what .info says" "a test" "$output"
contains "warns of another database" "another database: \"restore_a\"" "$output"

# ---- a database that is not empty
before=$(content restore_b)
status_is "tables that are there: refused without CLEAN" 2 restore restore_b BACKUP="$T/plain.sql"
equal "and nothing has changed" "$before" "$(content restore_b)"
psql -qX -d restore_b <<'SQL'
DELETE FROM public.arrival; INSERT INTO public.package VALUES (77, 'extra'); CREATE TABLE public.later (x int);
CREATE EXTENSION IF NOT EXISTS citext; ALTER SCHEMA sales OWNER TO restore_owner;
GRANT SELECT, INSERT ON sales."Order" TO restore_reader WITH GRANT OPTION; GRANT UPDATE (note) ON sales."Order" TO PUBLIC;
GRANT USAGE ON SEQUENCE public.package_id_seq TO restore_reader; GRANT USAGE ON SCHEMA sales TO restore_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO restore_reader;
SQL
output=$(restore restore_b BACKUP="$T/plain.dump" CLEAN=1 PAUSE=3 2>&1)
equal "CLEAN: the rows are the backup's" "3|1000|2" "$(rows restore_b)"
equal "CLEAN: what was not in it has gone" "" "$(sql restore_b "SELECT to_regclass('public.later')")"
equal "CLEAN: grants are kept" "t|t|t|t|t" "$(sql restore_b "SELECT has_table_privilege('restore_reader', 'sales.\"Order\"', 'INSERT WITH GRANT OPTION'),
    has_sequence_privilege('restore_reader', 'public.package_id_seq', 'USAGE'), has_schema_privilege('restore_reader', 'sales', 'USAGE'),
    has_column_privilege('restore_other', 'sales.\"Order\"', 'note', 'UPDATE'), has_table_privilege('restore_reader', 'public.package', 'SELECT')")"
equal "CLEAN: default privileges and extensions stay" "1|1" "$(sql restore_b "SELECT (SELECT count(*) FROM pg_default_acl), (SELECT count(*) FROM pg_extension WHERE extname = 'citext')")"
contains "CLEAN: waits" "in 3 seconds" "$output"
psql -qX -d restore_b -c "CREATE SCHEMA apart; CREATE TABLE apart.t (s public.size, p int REFERENCES public.package)"
before=$(content restore_b)
output=$(restore restore_b BACKUP="$T/plain.sql" CLEAN=1 2>&1)
equal "CLEAN: refused where other schemas would lose" 1 $?
contains "and says what" "column apart.t.s" "$output"
equal "and nothing has changed" "$before" "$(content restore_b)"

# ---- parts
fresh_db restore_c
status_is "SCHEMA_ONLY of a plain script" 0 restore restore_c BACKUP="$T/plain.sql.gz" SCHEMA_ONLY=1
equal "tables without rows" "0|0|0" "$(rows restore_c)"
status_is "DATA_ONLY of a plain script" 0 restore restore_c BACKUP="$T/plain.sql" DATA_ONLY=1
equal "rows, and triggers did not fire" "$want" "$(content restore_c)"
status_is "DATA_ONLY twice: duplicates are refused" 1 restore restore_c BACKUP="$T/plain.dump" DATA_ONLY=1
equal "as if nothing had been" "$want" "$(content restore_c)"
sql restore_c "INSERT INTO sales.\"Order\" VALUES (9, 'x', 1); DELETE FROM public.arrival WHERE id > 500"
status_is "DATA_ONLY with CLEAN replaces the rows" 0 restore restore_c BACKUP="$T/plain.tar" DATA_ONLY=1 CLEAN=1
equal "of all tables" "$want" "$(content restore_c)"
sql restore_c "ALTER TABLE public.package DISABLE TRIGGER loud; UPDATE public.package SET name = 'wrong ' || id; ALTER TABLE public.package ENABLE ALWAYS TRIGGER loud;
    DELETE FROM sales.\"Order\" WHERE id = 1"
status_is "TABLES with CLEAN: one table that others refer to" 0 restore restore_c BACKUP="$T/plain.sql" TABLES=package CLEAN=1
equal "has its rows again, the others are left" "lyon|1000|1" "$(sql restore_c 'SELECT min(name COLLATE "C") FILTER (WHERE id = 1), (SELECT count(*) FROM arrival), (SELECT count(*) FROM sales."Order") FROM package')"
equal "triggers and keys are as before" "A|f|f" "$(sql restore_c "SELECT tgenabled, condeferrable, condeferred FROM pg_trigger, pg_constraint WHERE tgname = 'loud' AND conname = 'arrival_package_id_fkey'")"
sql restore_c 'DELETE FROM sales."Order"'
status_is "TABLES: names in quotes" 0 restore restore_c BACKUP="$T/plain.dir" TABLES='sales."Order"'
equal "have their rows" "3|1000|2" "$(rows restore_c)"
sql restore_c "INSERT INTO public.package VALUES (50, 'kept'); INSERT INTO public.arrival (package_id) VALUES (50)"
before=$(content restore_c)
status_is "rows that others need do not go" 1 restore restore_c BACKUP="$T/plain.sql" TABLES=package CLEAN=1
equal "and nothing has changed" "$before" "$(content restore_c)"
sql restore_c "ALTER TABLE public.arrival DROP CONSTRAINT arrival_package_id_fkey, ADD FOREIGN KEY (package_id) REFERENCES public.package ON DELETE CASCADE"
before=$(content restore_c)
output=$(restore restore_c BACKUP="$T/plain.sql" TABLES=package CLEAN=1 2>&1)
contains "nor do they go by ON DELETE CASCADE" "arrival_package_id_fkey of public.arrival" "$output"
equal "really not" "$before" "$(content restore_c)"
status_is "TABLES: an unknown one is status 2" 2 restore restore_c BACKUP="$T/plain.sql" TABLES="package nope"
status_is "parts that exclude one another are status 2" 2 restore restore_c BACKUP="$T/plain.sql" TABLES=package SCHEMA_ONLY=1
fresh_db restore_c
pg_dump -a restore_a >"$T/rows.sql" 2>/dev/null
pg_dump -s restore_a >"$T/tables.sql"
status_is "a backup without rows" 0 restore restore_c BACKUP="$T/tables.sql"
status_is "and one of rows only, which needs no word" 0 restore restore_c BACKUP="$T/rows.sql"
equal "are the whole" "$want" "$(content restore_c)"
status_is "SCHEMA_ONLY of rows is status 2" 2 restore restore_c BACKUP="$T/rows.sql" SCHEMA_ONLY=1
status_is "DATA_ONLY of none is status 2" 2 restore restore_c BACKUP="$T/tables.sql" DATA_ONLY=1
fresh_db restore_d
status_is "DATA_ONLY without the tables is status 2" 2 restore restore_d BACKUP="$T/plain.sql" DATA_ONLY=1

# ---- backups that are damaged or hostile: nothing is touched
fresh_db restore_d
sql restore_d "CREATE TABLE mine (x int); INSERT INTO mine VALUES (1)"
before=$(digest restore_d)
for format in sql sql.gz dump tar; do
    for part in 10 50 95; do
        size=$(stat -c %s "$T/plain.$format")
        head -c $((size * part / 100)) "$T/plain.$format" >"$T/cut.$format"
        status_is "a $format cut at $part% is status 4" 4 restore restore_d BACKUP="$T/cut.$format" CLEAN=1
    done
done
cp -r "$T/plain.dir" "$T/cut.dir"
rm "$(find "$T/cut.dir" -name '*.dat.gz' | head -n 1)"
status_is "a dir without one of its files is status 4" 4 restore restore_d BACKUP="$T/cut.dir" CLEAN=1
tr lyon LYON <"$base.sql" >"$T/x" && cp "$base.sql" "$T/good" && cp "$T/x" "$base.sql"
status_is "a set with wrong checksums is status 4" 4 restore restore_d BACKUP="$set_info"
cp "$T/good" "$base.sql"
done_comment=$'--\n-- PostgreSQL database dump complete\n--'
hostile() { # NAME SCRIPT
    printf 'CREATE TABLE public.t (x text);\n%s\n%s\n' "$2" "$done_comment" >"$T/hostile.sql"
    restore restore_d BACKUP="$T/hostile.sql" >"$T/said" 2>&1
    local status=$?
    if [ "$status" -eq 4 ] || [ "$status" -eq 1 ]; then pass "$1 (status $status)"; else fail "$1" "status $status: $(tail -n 2 "$T/said")"; fi
}
bait="touch $T/pwned"
hostile "psql's \\! is refused" "\\! $bait"
hostile "behind a statement too" "SELECT 1; \\! $bait"
hostile "\\copy is refused" "\\copy t from program '$bait'"
hostile "COPY of a program is refused" "COPY public.t FROM PROGRAM '$bait';"
hostile "a COMMIT in it commits nothing" "COMMIT; SELECT 1/0;"
hostile "a ROLLBACK is refused" "ROLLBACK; CREATE TABLE public.left_over (x int);"
hostile "other strings do not hide a command" "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);
SELECT 'a\\'';
\\! $bait
SELECT '';"
hostile "nor do strings set by a function" "DO \$\$ BEGIN PERFORM set_config('standard_conforming_strings', 'off', false); END \$\$;
SELECT '\\'; \\! $bait
SELECT ';'; --'"
check "nothing was run" test ! -e "$T/pwned"
equal "nothing was touched by any of them" "$before" "$(digest restore_d)"

# ---- a restore that fails at its end
sed '/^COPY sales/,/^\\\.$/{/^1\t/d}' "$T/plain.sql" >"$T/fewer.sql"
fresh_db restore_e
sql restore_e "CREATE TABLE keep (x int)"
{ cat "$T/plain.sql"; } | sed 's/^ALTER TABLE ONLY public.package$/SELECT 1\/0;\n&/' >"$T/error.sql"
output=$(restore restore_e BACKUP="$T/error.sql" CLEAN=1 2>&1)
equal "an error in the middle is status 1" 1 $?
contains "it says so" "the restore failed; the database is unchanged" "$output"
contains "and why" "division by zero" "$output"
equal "everything is back" "keep" "$(sql restore_e "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")"
sed 's/^ALTER TABLE ONLY public.package$/DELETE FROM public.arrival WHERE id < 10;\n&/' "$T/plain.sql" >"$T/loses.sql"
output=$(restore restore_e BACKUP="$T/loses.sql" CLEAN=1 2>&1)
equal "rows that are missing at the end are status 1" 1 $?
contains "it says which" "public.arrival has 991, not 1000" "$output"
equal "everything is back again" "keep" "$(sql restore_e "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")"

# ---- a server that goes away, a lock, a signal
sed 's/^ALTER TABLE ONLY public.package$/SELECT pg_terminate_backend(pg_backend_pid());\n&/' "$T/plain.sql" >"$T/dies.sql"
status_is "a session that is ended is no success" 1 restore restore_e BACKUP="$T/dies.sql" CLEAN=1
psql -qX -d restore_e -c "BEGIN; LOCK TABLE keep; SELECT pg_sleep(6)" >/dev/null &
sleep 0.5
status_is "a table in use is status 6" 6 restore restore_e BACKUP="$T/plain.sql" CLEAN=1 LOCK_WAIT=1
wait
sed 's/^ALTER TABLE ONLY public.package$/SELECT pg_sleep(60);\n&/' "$T/plain.sql" >"$T/slow.sql"
mkdir "$T/bin"
# shellcheck disable=SC2016 # for the recorder
printf '%s\n' '#!/bin/sh' 'echo "$@" >>"$RECORD"' >"$T/bin/docker"
chmod +x "$T/bin/docker"
export RECORD=$T/record
(exec env PATH="$T/bin:$PATH" PGDATABASE=restore_e FORCE=1 SAFETY=0 PAUSE=0 BACKUP="$T/slow.sql" CLEAN=1 STOP_SERVICES="web worker" \
    "$root/scripts/restore" </dev/null >"$T/said" 2>&1) &
slow=$!
for _ in $(seq 100); do
    sleep 0.2
    [ "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep.60' AND state = 'active'")" = 0 ] || break
done
kill -TERM "$slow"
wait "$slow"
equal "a signal is status 143" 143 $?
contains "it says that nothing has changed" "the database is unchanged" "$(<"$T/said")"
equal "services are stopped, and started after a signal" "compose stop web worker,compose start web worker" "$(grep -v version "$RECORD" | paste -sd ,)"
: >"$RECORD"
PATH=$T/bin:$PATH restore restore_e BACKUP="$T/error.sql" CLEAN=1 STOP_SERVICES=web >/dev/null 2>&1
equal "and after a failure" "compose stop web,compose start web" "$(grep -v version "$RECORD" | paste -sd ,)"
for _ in $(seq 50); do
    [ "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 'restore_e'")" != 0 ] || break
    sleep 0.2
done
equal "nothing has changed" "keep" "$(sql restore_e "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")"

# ---- the question, the list, the safety backup
ask() { PGDATABASE=restore_e PAUSE=0 timeout 60 "$root/scripts/restore"; }
export SAFETY=0
equal "without yes nothing is done" 2 "$(ask <<<"no" >/dev/null 2>&1 || echo $?)"
equal "nor with an empty answer" 2 "$(BACKUP=$T/plain.sql CLEAN=1 ask </dev/null >/dev/null 2>&1 || echo $?)"
equal "nor with half a yes" 2 "$(BACKUP=$T/plain.sql CLEAN=1 ask <<<"ye" >/dev/null 2>&1 || echo $?)"
unset SAFETY
output=$(BACKUP=$T/plain.sql CLEAN=1 ask <<<"yes" 2>&1)
equal "with yes it is" "3|1000|2" "$(rows restore_e)"
contains "a safety backup was made first" "the way back" "$output"
safety=$(compgen -G "$BACKUPS/backup_pre-restore_*.info")
restore restore_e BACKUP="$safety" CLEAN=1 >/dev/null 2>&1
equal "which is the way back" "keep" "$(sql restore_e "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")"
output=$(restore restore_a CLEAN=1 2>&1)
contains "no BACKUP: the newest set of this database" "taking the newest set of this database, $set_info" "$output"
equal "is restored" "$want" "$(content restore_a)"
latest=$(readlink "$BACKUPS/latest")
equal "a safety backup of it is made" 0 "$(restore restore_a CLEAN=1 SAFETY=1 >/dev/null 2>&1; echo $?)"
safety=$(grep -lx 'database: restore_a' "$BACKUPS"/backup_pre-restore_*.info)
equal "latest does not point to that" "$latest" "$(readlink "$BACKUPS/latest")"
contains "nor does a restore take it by itself" "taking the newest set of this database, $set_info" "$(restore restore_a CLEAN=1 2>&1)"
output=$(restore restore_a CLEAN=1 BACKUP="$BACKUPS/latest" 2>&1)
equal "by latest the set's own file is named, with its size" 1 \
    "$(grep -c "^restore: backup    .*$latest, [1-9]" <<<"$output")"
rm -f "$safety" "${safety%.info}.dump"
status_is "none of this database is status 2" 2 restore restore_d
sleep 1 # another second, another name
newest=$(PGDATABASE=restore_a SCHEMA_ONLY=1 FORMATS=sql TYPE=schema "$root/scripts/backup" 2>/dev/null)
output=$(restore restore_a CLEAN=1 2>&1)
equal "a newer set without rows is not taken for one with rows" "$want" "$(content restore_a)"
output=$(BACKUP=$newest CLEAN=1 restore restore_a 2>&1)
contains "one that is named is said to have none" ", schema only" "$output"
restore restore_a BACKUP="$set_info" CLEAN=1 >/dev/null 2>&1
rm -f "${newest%.info}".*
if command -v script >/dev/null; then
    output=$(printf '2\nno\n' | PGDATABASE=restore_a TERM=dumb timeout 30 script -qec "$root/scripts/restore" /dev/null 2>&1)
    contains "a terminal gets a list" "Which one (1-2" "$output"
    contains "and the set of that number" "${set_info##*/}" "$(grep -a backup_manual <<<"$output")$set_info"
else
    skip "a terminal gets a list" "script(1) is not there"
fi
mkdir "$T/unwritable" && : >"$T/unwritable/file"
before=$(content restore_a)
restore restore_a BACKUP="$T/plain.sql" CLEAN=1 SAFETY=1 BACKUPS="$T/unwritable/file/none" >/dev/null 2>&1
equal "without a safety backup nothing is done" "7|$before" "$?|$(content restore_a)"

# ---- a role that is no superuser
fresh_db restore_f
sql restore_f "GRANT CREATE ON SCHEMA public TO restore_owner; GRANT CREATE ON DATABASE restore_f TO restore_owner"
output=$(restore restore_f PGUSER=restore_owner BACKUP="$T/plain.dump" 2>&1)
equal "owners that it may not set are status 5" 5 $?
contains "and it says what helps" "NO_OWNER=1" "$output"
status_is "NO_OWNER" 0 restore restore_f PGUSER=restore_owner BACKUP="$T/plain.dump" NO_OWNER=1
equal "everything is its own" restore_owner "$(sql restore_f "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace")"
status_is "an owner of tables, not of the schema, may CLEAN" 0 restore restore_f PGUSER=restore_owner BACKUP="$T/plain.sql" NO_OWNER=1 CLEAN=1
status_is "and replace rows" 0 restore restore_f PGUSER=restore_owner BACKUP="$T/plain.sql" DATA_ONLY=1 CLEAN=1
before=$(content restore_f)
status_is "a role without rights is status 5" 5 restore restore_f PGUSER=restore_other BACKUP="$T/plain.sql" NO_OWNER=1 CLEAN=1
equal "and has changed nothing" "$before" "$(content restore_f)"
status_is "no server is status 5" 5 restore restore_f PGHOST="$T/nowhere" BACKUP="$T/plain.sql"
exit 0
