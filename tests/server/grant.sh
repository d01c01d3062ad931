#!/usr/bin/env bash
# scripts/grant: what a role may do afterwards, by doing it; names that need quoting; what may not be granted.
# shellcheck disable=SC2016 # $ in SQL and in names is meant as it is
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
fresh_db grant_app
app='app "user'\''s" $(touch pwned)'
psql -qX -d postgres -v app="$app" >/dev/null 2>&1 <<'SQL'
CREATE ROLE :"app" LOGIN; CREATE ROLE grant_owner LOGIN; CREATE ROLE grant_other LOGIN; CREATE ROLE grant_reader LOGIN;
SQL
psql -qX -v ON_ERROR_STOP=1 -d grant_app <<'SQL'
REVOKE CONNECT ON DATABASE grant_app FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE grant_app TO grant_owner WITH GRANT OPTION;
CREATE SCHEMA "My Schema";
CREATE TABLE "My Schema"."T"";x" (id serial PRIMARY KEY, x text);
CREATE TABLE public.city (id int);
CREATE VIEW public.v AS SELECT * FROM public.city;
CREATE FUNCTION public.secret() RETURNS int LANGUAGE sql AS 'SELECT 42';
REVOKE EXECUTE ON FUNCTION public.secret() FROM PUBLIC;
SQL
export PGDATABASE=grant_app
grant() { env "$@" "$root/scripts/grant"; }
as() { PGUSER=$1 psql -qXAtw -v ON_ERROR_STOP=1 -c "$2" 2>&1; }

cd "$T" || exit 1
status_is "no role named is status 2" 2 grant APP_USER=
status_is "an unknown role is status 2" 2 grant APP_USER=nobody_of_that_name
status_is "an unknown schema is status 2" 2 grant APP_USER="$app" SCHEMAS="public nope"
status_is "no server is status 5" 5 grant APP_USER="$app" PGHOST="$T/nowhere"
contains "before: nothing may be done" "permission denied" "$(as "$app" 'SELECT 1')"
output=$(grant APP_USER="$app" 2>&1)
equal "granted" 0 $?
contains "what it has is shown" "tables" "$output"
equal "read and write where names need quotes" 7 \
    "$(as "$app" 'INSERT INTO "My Schema"."T"";x" (x) VALUES ($$a$$); UPDATE "My Schema"."T"";x" SET id = 7; SELECT id FROM "My Schema"."T"";x"')"
equal "sequences" 5 "$(as "$app" "SELECT setval('\"My Schema\".\"T\"\";x_id_seq\"', 5)")"
equal "functions" 42 "$(as "$app" 'SELECT public.secret()')"
equal "views" 0 "$(as "$app" 'SELECT count(*) FROM public.v')"
sql grant_app 'CREATE TABLE "My Schema".later (id serial); CREATE FUNCTION public.later() RETURNS int LANGUAGE sql AS $$SELECT 43$$; REVOKE EXECUTE ON FUNCTION public.later() FROM PUBLIC'
equal "what is made later too" 1 "$(as "$app" 'INSERT INTO "My Schema".later DEFAULT VALUES; SELECT id FROM "My Schema".later')"
equal "functions too" 43 "$(as "$app" 'SELECT public.later()')"
check "no name was run" test ! -e "$T/pwned"
status_is "twice is once" 0 grant APP_USER="$app"
equal "quiet is quiet" "" "$("$root/scripts/grant" --help >/dev/null; APP_USER=$app "$root/scripts/grant" -q 2>&1)"

status_is "READ_ONLY, of one schema" 0 grant APP_USER=grant_reader READ_ONLY=1 SCHEMAS=public
equal "may read" 0 "$(as grant_reader 'SELECT count(*) FROM public.city')"
contains "may not write" "permission denied" "$(as grant_reader 'DELETE FROM public.city')"
contains "nor look into other schemas" "permission denied" "$(as grant_reader 'SELECT * FROM "My Schema".later')"
contains "nor call what is not everybody's" "permission denied" "$(as grant_reader 'SELECT public.secret()')"

sql grant_app 'CREATE TABLE public.theirs (id int); ALTER TABLE public.theirs OWNER TO grant_owner; GRANT USAGE ON SCHEMA public TO grant_owner'
output=$(grant APP_USER=grant_other PGUSER=grant_owner SCHEMAS=public 2>&1)
equal "what the role may not grant is status 5" 5 $?
contains "it is named" "lacks SELECT on table public.city" "$output"
equal "the rest is granted" 0 "$(as grant_other 'SELECT count(*) FROM public.theirs')"
exit 0
