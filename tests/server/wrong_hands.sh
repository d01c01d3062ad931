#!/usr/bin/env bash
# Wrong hands: rules that cannot be meant, a role without rights, a hostile search_path, odd names.
. "$(dirname "$0")/../lib.sh"

# Tries rules: status, and the first message that is not of the tool's progress.
try() { # RULES
    printf '%b' "$1" >"$T/rules"
    schema-differ -d live --rules "$T/rules" "$T/stream" >"$T/plan.tsv" 2>"$T/out"
    echo "$? $(grep -m 1 -E 'error: ' "$T/out" | sed "s|.*rules:||; s|.*error: ||")"
}

# ---- rules
two_dbs "CREATE TABLE node (id serial PRIMARY KEY, parent int REFERENCES node, name text NOT NULL, kind text, at timestamptz, doc jsonb, ids int[]);
    CREATE TABLE \"User\" (id int PRIMARY KEY, \"eMail\" text UNIQUE NOT NULL)"
sql origin "INSERT INTO node (name) VALUES ('x'); INSERT INTO \"User\" VALUES (1, 'u')" >/dev/null
dump_origin
dump-splitter -q --schema "$T/origin.sql" >"$T/stream"
n=0
while IFS='|' read -r rules expected; do
    n=$((n + 1))
    contains "rules $n: $expected" "2 $expected" "$(try "$rules")"
done <<'EOF2'
nobody skip\n|1: neither the backup nor the live database has one table "nobody"
User key "eMail"\n|1: capitals count in double quotes only
"User" key email\n|1: the table has no column "email"
node.nothing skip\n|1: neither the backup nor the live database has a column "node.nothing"
node is nice\n|1: key, append, merge, skip
node key name\nnode append\n|2: line 1 says how its rows are identified already
node skip\nnode conflict keep\n|2: line 1 skips the whole table
node key name\nnode.name skip\n|1: line 2 skips the column name
node key parent\n|1: the key holds only references to the table itself
node.id refers-to node\n|1: the column is the table's own primary key
node append\nnode duplicates reject\n|2: line 1 says append
node.kind unresolved drop\n|1: drop is for arrays
node.parent refers-by kind(x=nothing)\n|1: neither the backup nor the live database has one table "nothing"
node.doc.Ids array-of node\n|1: capitals of a key in json
node.name.x array-of node\n|1: keys lead into columns of json or jsonb
node renamed-to "User"\n|1: the backup has a table of that name
node.name renamed-to kind\n|1: the backup's table has a column of that name
node.name renamed-to title\n|1: the live table has no column
EOF2
equal "all bad lines are named, not only the first" 3 \
    "$(try 'nobody skip\nnode skip\nnode.x skip\n"User" key z\n' >/dev/null; grep -c 'rules:[0-9]*: ' "$T/out")"
equal "rules of zero bytes, comments and CRLF are rules" "0 " "$(try '# nothing\r\n\r\nnode conflict newest(at)\r\n')"
printf 'node conflict keep\0\n' >"$T/rules"
status_is "a rules file with a zero byte" 2 schema-differ -q -d live --rules "$T/rules" "$T/stream"
status_is "a rules file that is a folder" 2 schema-differ -q -d live --rules "$T" "$T/stream"

# ---- a role without rights: all grants at once, and they are enough
two_dbs "CREATE SCHEMA app; CREATE TABLE app.parent (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE app.\"Child\" (id serial PRIMARY KEY, parent int NOT NULL REFERENCES app.parent, v text, UNIQUE (parent, v))"
sql origin "INSERT INTO app.parent (name) VALUES ('a'), ('b'), ('c'), ('d'); INSERT INTO app.\"Child\" (parent, v) VALUES (1, 'x'), (2, 'y')" >/dev/null
sql live "INSERT INTO app.parent VALUES (7, 'a'), (8, 'b'), (9, 'c'); SELECT setval('app.parent_id_seq', 9);
    DO \$\$ BEGIN CREATE ROLE clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$" >/dev/null
dump_origin
PGUSER=clerk quiet_merge "$T/origin.sql" live
equal "a role without rights" 5 "$status"
grep -E '^ *GRANT .*;$' "$T/out" >"$T/grants"
equal "the message holds statements for all that the plan needs" \
    "parent,parent_id_seq,Child,Child_id_seq schema" \
    "$(for name in parent parent_id_seq '"Child"' '"Child_id_seq"'; do grep -qE "$name" "$T/grants" && echo "${name//\"/}"; done | paste -sd,) $(grep -qiE 'on schema' "$T/grants" && echo schema)"
equal "and nothing more" "" "$(grep -E 'SUPERUSER|CREATE|DELETE|TRUNCATE' "$T/grants")"
psql -qX -v ON_ERROR_STOP=1 -d live -f "$T/grants" >/dev/null
PGUSER=clerk quiet_merge "$T/origin.sql" live
equal "with the grants it merges" "0 4 2" "$status $(sql live "SELECT (SELECT count(*) FROM app.parent) || ' ' || (SELECT count(*) FROM app.\"Child\")")"
sql live "DROP OWNED BY clerk; DROP ROLE clerk" >/dev/null

# ---- a hostile search_path: what public defines is not what the catalog means
hostile="CREATE TABLE t (id serial PRIMARY KEY, name text UNIQUE NOT NULL, n int, at timestamptz, js json, ref int REFERENCES t);
    CREATE FUNCTION public.lie(text, text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.= was called'; END \$\$;
    CREATE FUNCTION public.lie(int, int) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.= was called'; END \$\$;
    CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.lie);
    CREATE OPERATOR public.= (LEFTARG = int, RIGHTARG = int, FUNCTION = public.lie);
    CREATE OPERATOR public.<> (LEFTARG = int, RIGHTARG = int, FUNCTION = public.lie);
    CREATE FUNCTION public.count(text) RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.count was called'; END \$\$;
    CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.unnest was called'; END \$\$;
    CREATE FUNCTION public.nextval(regclass) RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.nextval was called'; END \$\$;
    CREATE FUNCTION public.setval(regclass, bigint) RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.setval was called'; END \$\$;
    CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.set_config was called'; END \$\$;
    CREATE FUNCTION public.format_type(oid, int) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.format_type was called'; END \$\$;
    CREATE TABLE public.pg_class (relname text); CREATE TABLE public.pg_attribute (attname text); CREATE TYPE public.int4 AS (x text); CREATE DOMAIN public.text AS int"
two_dbs "${hostile//name text/name pg_catalog.text}"
for db in origin live; do sql postgres "ALTER DATABASE $db SET search_path = public, pg_catalog" >/dev/null; done
sql origin "SET search_path = pg_catalog; INSERT INTO public.t VALUES (1, 'a', 1, now(), '{}', NULL), (2, 'b', 2, now(), '[]', 1), (3, 'c', 3, NULL, NULL, 2)" >/dev/null
sql live "SET search_path = pg_catalog; INSERT INTO public.t VALUES (3, 'a', 9, NULL, NULL, NULL), (2, 'z', 9, NULL, NULL, 3); SELECT setval('public.t_id_seq', 3)" >/dev/null
dump_origin
printf '%s\n' 't lineage other' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "a hostile search_path: status, and nothing of public was called" "0 " "$status $(grep 'was called' "$T/out")"
equal "a hostile search_path: the rows" "a1-,b2a,c3b,z9a" \
    "$(sql live "SET search_path = pg_catalog; SELECT string_agg(t.name || t.n || coalesce(p.name, '-'), ',' ORDER BY t.name) FROM public.t LEFT JOIN public.t p ON p.id = t.ref")"

# ---- names that need quoting everywhere
fresh_db origin; fresh_db live
odd() { # KIND: a name with everything in it
    printf "%s \"q\" 'a' \\\\ \$x\$ é 😀 ; -- /*\n\ttab, (line 2)" "$1"
}
for db in origin live; do
    psql -qX -v ON_ERROR_STOP=1 -d "$db" -v s="$(odd schema)" -v t="$(odd table)" -v u="$(odd child)" -v id="$(odd id)" -v c="$(odd col)" \
        -v ref="$(odd ref)" -v arr="$(odd arr)" -v k="$(odd key)" -v f="$(odd fk)" -v e="$(odd enum)" -v l="$(odd label)" -v sq="$(odd seq)" <<'SQL' >/dev/null
CREATE SCHEMA :"s"; CREATE TYPE :"s".:"e" AS ENUM (:'l', 'plain');
CREATE SEQUENCE :"s".:"sq";
CREATE TABLE :"s".:"t" (:"id" int PRIMARY KEY, :"c" text NOT NULL, :"e" :"s".:"e", CONSTRAINT :"k" UNIQUE (:"c"));
SELECT format('ALTER TABLE %1$I.%2$I ALTER %3$I SET DEFAULT nextval(%4$L::regclass)', :'s', :'t', :'id', format('%I.%I', :'s', :'sq')) \gexec
ALTER SEQUENCE :"s".:"sq" OWNED BY :"s".:"t".:"id";
CREATE TABLE :"s".:"u" (:"ref" int NOT NULL, :"c" text NOT NULL, :"arr" int[], PRIMARY KEY (:"ref", :"c"), CONSTRAINT :"f" FOREIGN KEY (:"ref") REFERENCES :"s".:"t");
SQL
done
fill() { # DB FIRST
    psql -qX -v ON_ERROR_STOP=1 -d "$1" -v first="$2" -v s="$(odd schema)" -v t="$(odd table)" -v u="$(odd child)" -v l="$(odd label)" -v sq="$(odd seq)" <<'SQL' >/dev/null
INSERT INTO :"s".:"t" SELECT g + :first, 'row ' || g, :'l' FROM generate_series(:first + 1, :first + 8) g;
INSERT INTO :"s".:"u" SELECT g + :first, 'child', ARRAY[g + :first, :first + :first + 1] FROM generate_series(:first + 1, :first + 8) g;
SELECT setval(format('%I.%I', :'s', :'sq')::regclass, 100);
SQL
}
fill origin 2; fill live 0
dump_origin
quote() { printf '"%s"' "${1//\"/\"\"}"; }
if [ -n "$(sql live "SELECT 1")" ]; then
    quiet_merge "$T/origin.sql" live
    contains "names that need quoting: merged" "0 10 10" \
        "$status $(sql live "SELECT count(*) FROM $(quote "$(odd schema)").$(quote "$(odd table)")") $(sql live "SELECT count(*) FROM $(quote "$(odd schema)").$(quote "$(odd child)")")"
    equal "names that need quoting: references follow the key" 10 \
        "$(sql live "SELECT count(*) FROM $(quote "$(odd schema)").$(quote "$(odd child)") c JOIN $(quote "$(odd schema)").$(quote "$(odd table)") t ON t.$(quote "$(odd id)") = c.$(quote "$(odd ref)")")"
    before="$(versions live) $(snapshot live)"
    PLAN=$folder/plan.tsv quiet_merge "$T/origin.sql" live
    equal "names that need quoting: the plan is read back, and twice is once" "0 $before" "$status $(versions live) $(snapshot live)"
fi
