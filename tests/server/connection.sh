#!/usr/bin/env bash
# The connection that scripts hand to psql, pg_dump and pg_restore: the tools' own target, whatever
# the environment says; nothing left behind, no password on an argument list; and the default schema.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
fresh_db one
dropdb --if-exists "it's a \"two\"" 2>/dev/null # fresh_db takes plain names
createdb -T template0 "it's a \"two\""
two=it%27s%20a%20%22two%22
socket=${PGHOST//\//%2F} port=$PGPORT host=$PGHOST user=$PGUSER
unset PGHOST PGPORT PGUSER PGDATABASE
export TMPDIR=$T/tmp
mkdir "$TMPDIR"
# COMMAND... in a script that has opened the connection; $root and the functions are there.
connected() {
    root=$root bash -c '. "$root/scripts/connection.sh" && set -e && connection_open && trap connection_close EXIT; "$@"' _ "$@"
}
url() { echo "postgresql://$user:s3cret@$socket:$port/$1"; }
which_database() { connected psql -XAtc 'SELECT current_database()'; }

equal "psql goes where DATABASE_URL says" "it's a \"two\"" "$(DATABASE_URL=$(url "$two") which_database)"
printf 'export DATABASE_URL="%s"\n' "$(url one)" >one.env
equal "and where a file of variables says" one "$(ENV_FILE=one.env which_database)"
mkdir -p packages/database
cp one.env packages/database/.env
equal "and where packages/database/.env says" one "$(unset ENV_FILE; which_database)"
rm -r packages
equal "and where PG* say" one "$(PGHOST=$host PGPORT=$port PGUSER=$user PGDATABASE=one which_database)"
printf '[s]\nhost=%s\nport=%s\nuser=%s\ndbname=one\n' "$host" "$port" "$user" >services
equal "and where a service says" one "$(PGSERVICEFILE=$T/services PGSERVICE=s which_database)"
equal "a URL completed by PG*" one "$(DATABASE_URL=postgresql:///one PGHOST=$host PGPORT=$port PGUSER=$user which_database)"
DATABASE_URL=$(url one) connected pg_dump >dump.sql
check "pg_dump connects" grep -q 'PostgreSQL database dump complete' dump.sql
DATABASE_URL=$(url one) connected pg_dump -Fc -f dump.custom
check "pg_restore connects" env DATABASE_URL="$(url "$two")" root="$root" bash -c '
    . "$root/scripts/connection.sh"; connection_open; trap connection_close EXIT; pg_restore -d service=pgbraid dump.custom'
equal "tools called from there go there too" 'database "one"' \
    "$(DATABASE_URL=$(url one) connected service-writer --describe | grep -o 'database "one"')"
status_is "contradicting targets" 2 env DATABASE_URL="$(url one)" PGDATABASE=two root="$root" bash -c '
    . "$root/scripts/connection.sh"; connection_open; psql'
equal "nothing is left behind" "" "$(ls -A "$TMPDIR")"
equal "the service file is private" "700 600" "$(DATABASE_URL=$(url one) connected bash -c '
    stat -c %a "${PGSERVICEFILE%/*}" "$PGSERVICEFILE"' | paste -sd' ')"
DATABASE_URL=$(url one) connected bash -c 'psql -XAtc "SELECT pg_sleep(1)" & sleep 0.5; cat /proc/*/cmdline 2>/dev/null | tr "\0" " "' >seen
contains "psql was seen at work" pg_sleep "$(tr -d '\0' <seen)"
equal "no password on an argument list" "" "$(grep -o 's3cre[t]' seen)"

# The schema of names without one.
export DATABASE_URL
DATABASE_URL="$(url one)?schema=App%20One"
connected psql -qXc 'CREATE SCHEMA "App One"; CREATE TABLE "App One".city (id int PRIMARY KEY, name text); CREATE TABLE public.city (id int PRIMARY KEY, name text)'
printf 'id\tname\n1\tLyon\n' | upserter -q -t city
equal "a table without a schema is that of the URL's" "1|Lyon" "$(connected psql -XAtc 'SELECT * FROM "App One".city')"
connected pg_dump >dump.sql
echo 'city append' >rules
dump-splitter --schema dump.sql | schema-differ -q --rules rules >plan 2>/dev/null
equal "so it is in rules" '"App One".city append' "$(awk -F '\t' '$1 == "table" && $4 == "append" { print $2, $4 }' plan)"
equal "search_path where it is asked for" '"App One", public' "$(root=$root bash -c '
    . "$root/scripts/connection.sh"; connection_open --search-path; trap connection_close EXIT
    psql -XAtc "SHOW search_path"' | sed 's/,public/, public/')"

# verify goes the same way.
cd "$T" && mkdir -p merges && export MERGES=$T/merges
sql_here() { connected psql -qXAtc "$1"; }
sql_here 'CREATE TABLE public.ship (id serial PRIMARY KEY, city int REFERENCES public.city); INSERT INTO public.city VALUES (1); INSERT INTO public.ship VALUES (1, 1)'
sql_here "SELECT setval('public.ship_id_seq', 1)" >/dev/null
connected pg_dump >dump.sql
status_is "verify passes with a URL" 0 "$root/scripts/verify" dump.sql
sql_here 'SELECT setval($$public.ship_id_seq$$, 1, false)' >/dev/null
output=$("$root/scripts/verify" dump.sql 2>&1)
contains "verify sees what is wrong" "is behind public.ship.id" "$output"
output=$(env -u DATABASE_URL ENV_FILE=/dev/null PGHOST="$T/nowhere" "$root/scripts/verify" dump.sql 2>&1)
equal "verify without a server" 5 $?
equal "nothing is left behind by verify" "" "$(ls -A "$TMPDIR")"

# What a killed script leaves holds a password: the next one removes it, but nothing of one that is alive.
open_and() { # COMMAND
    root=$root bash -c '. "$root/scripts/connection.sh"; connection_open; '"$1"
}
open_and 'sleep 30 & echo $!; kill -KILL $$' >child 2>/dev/null
alive=$(ls "$TMPDIR")
open_and 'kill -KILL $$' 2>/dev/null
equal "killed scripts leave their folders" 2 "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)"
open_and connection_close
equal "a folder that is new is left" 2 "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)"
touch -d '5 minutes ago' "$TMPDIR"/pgbraid-connection.*
open_and connection_close
equal "of the old ones that which is in use" "$alive" "$(ls "$TMPDIR")"
kill "$(cat child)" && while kill -0 "$(cat child)" 2>/dev/null; do sleep 0.1; done
open_and connection_close
equal "and in the end none" "" "$(ls -A "$TMPDIR")"
exit 0
