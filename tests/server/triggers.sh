#!/usr/bin/env bash
# Constraints hold though a merge switches the live database's own triggers off: those that PostgreSQL keeps
# by triggers of its own too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
nothing="CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
on() { echo "CREATE TRIGGER nothing BEFORE INSERT OR UPDATE ON $1 FOR EACH ROW EXECUTE FUNCTION nothing();"; }

# ---- DEFERRABLE unique keys
two_dbs "$nothing CREATE TABLE t (code text PRIMARY KEY, place int UNIQUE DEFERRABLE); $(on t)"
sql origin "ALTER TABLE t DROP CONSTRAINT t_place_key; INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3), ('d', 3)" >/dev/null
sql live "INSERT INTO t VALUES ('x', 1), ('b', 7), ('y', 2)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a deferrable unique key holds, for new and for changed rows" "3 b7 c3 x1 y2" \
    "$status $(sql live "SELECT string_agg(code || place, ' ' ORDER BY code) FROM t")"
contains "and that the triggers fire for it is said" "its triggers will fire" "$(<"$T/out")"

two_dbs "$nothing CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, place int UNIQUE DEFERRABLE);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; $(on a)"
sql origin "ALTER TABLE b DROP CONSTRAINT b_place_key; INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1, 5), (2, 1, 5)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "also where it is another table of the circle that has triggers" "3 1 1 1" \
    "$status $(sql live "SELECT count(*), count(DISTINCT place), (SELECT count(*) FROM a) FROM b" | tr '|' ' ')"

# ---- foreign keys: MATCH FULL, to a partitioned table, by the operators of an extension's type
two_dbs "$nothing CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1);
    CREATE TABLE k (code text PRIMARY KEY, a int, b int); $(on k)"
sql origin "INSERT INTO k VALUES ('half', 1, NULL), ('none', NULL, NULL), ('whole', 1, 1), ('old', NULL, 7)" >/dev/null
sql live "ALTER TABLE k ADD FOREIGN KEY (a, b) REFERENCES p MATCH FULL; INSERT INTO k VALUES ('old', 1, 1)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "MATCH FULL holds, for new and for changed rows" "3 none old11 whole11" \
    "$status $(sql live "SELECT string_agg(concat(code, a, b), ' ' ORDER BY code) FROM k")"

two_dbs "$nothing CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
    CREATE TABLE k (code text PRIMARY KEY, p int REFERENCES p); $(on k)"
sql origin "INSERT INTO p VALUES (1), (11); INSERT INTO k VALUES ('a', 1), ('b', 11), ('c', NULL)" >/dev/null
sql live "INSERT INTO p VALUES (1); INSERT INTO k VALUES ('a', NULL)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "rows that refer to a partitioned table" "0 a1 b11 c" "$status $(sql live "SELECT string_agg(concat(code, p), ' ' ORDER BY code) FROM k")"

if [ "$(sql postgres "SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'")" = 1 ]; then
    two_dbs "$nothing CREATE EXTENSION citext; CREATE TABLE p (name citext PRIMARY KEY); INSERT INTO p VALUES ('Lyon');
        CREATE TABLE k (code text PRIMARY KEY, p citext REFERENCES p); $(on k)"
    sql origin "INSERT INTO k VALUES ('a', 'LYON')" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live
    equal "a reference of other letters than its citext" "0 LYON" "$status $(sql live "SELECT p FROM k")"
    contains "which verify finds sound" "PASS" "$(PGDATABASE=live MERGES=$T/verified "$root/scripts/verify" "$T/origin.sql" 2>&1)"
else
    skip "a reference of other letters than its citext" "the extension is not installed"
fi

# ---- those that fire in any case
two_dbs "$nothing CREATE TABLE t (code text PRIMARY KEY, n int); $(on t)"
sql origin "INSERT INTO t VALUES ('a', 1)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "triggers that are switched off are not spoken of" 0 "$(grep -c 'will fire' "$T/out")"
for how in ALWAYS REPLICA; do
    two_dbs "$nothing CREATE TABLE t (code text PRIMARY KEY, n int); $(on t) CREATE TRIGGER other BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing(); ALTER TABLE t ENABLE $how TRIGGER other"
    sql origin "INSERT INTO t VALUES ('a', 1)" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live
    contains "ENABLE $how is said" "public.t: its triggers will fire for the rows that are written: some are ENABLE ALWAYS or ENABLE REPLICA" "$(cat "$T/out")"
done

# ---- triggers that keep rows as they are, and that the role may not switch off
sql postgres "CREATE ROLE pgbraid_app LOGIN" >/dev/null
keeps="CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN CASE
    WHEN TG_OP = ''DELETE'' THEN CASE WHEN OLD.v <> ''stay'' THEN OLD END
    WHEN NEW.v NOT LIKE ''no%'' AND (TG_OP = ''INSERT'' OR OLD.v NOT LIKE ''locked%'') THEN NEW END; END';"
guarded() { echo "CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON $1 FOR EACH ROW WHEN (current_user = 'pgbraid_app') EXECUTE FUNCTION keeps();"; }
grants="GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pgbraid_app"
app_merge() { PGUSER=pgbraid_app quiet_merge "$@"; }
kept_rows() { grep -o 'public.*a trigger of the live database kept.*' "$T/out" | tr '\n' ' ' | sed 's/ $//'; }
rows_of_t() { sql live "SELECT string_agg(id || v, ' ' ORDER BY id) FROM t"; }

two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text); $keeps $(guarded t) $grants"
sql origin "INSERT INTO t SELECT g, 'new' FROM generate_series(1, 6) g; INSERT INTO t VALUES (7, 'no'), (8, 'no'), (9, 'same'), (10, 'new'), (11, 'stay')" >/dev/null
sql live "INSERT INTO t VALUES (1, 'old'), (2, 'locked'), (3, 'old'), (4, 'locked'), (5, 'locked'), (7, 'old'), (9, 'same')" >/dev/null
dump_origin
app_merge "$T/origin.sql" live
equal "rows that a trigger keeps are left, the others are written" "0 1new 2locked 3new 4locked 5locked 6new 7old 9same 10new 11stay" \
    "$status $(rows_of_t)"
equal "and counted as kept" "public.t 11 3 2 1 5 0 0" "$(counts | head -n 1)"
equal "which is said, once for each thing that was not done" \
    "public.t: a trigger of the live database kept 1 row from being inserted public.t: a trigger of the live database kept 4 rows from being updated" \
    "$(kept_rows)"
merged=$folder
output=$(PGUSER=pgbraid_app PGDATABASE=live MERGES=$T/merges "$root/scripts/verify" "$T/origin.sql" 2>&1)
equal "verify finds them again" "1 public.t: 1 to insert, 4 to update" "$? $(grep -o 'public.t: .* to update' <<<"$output")"
contains "and says that a trigger may have kept them" "public.t: its BEFORE triggers (keeps) may keep rows from being written" "$output"
printf 'id\tv\n1\tnewer\n2\tnewer\n9\tsame\n' | PGUSER=pgbraid_app PGDATABASE=live upserter -t t >"$T/out" 2>&1
equal "the same for rows that are piped back" "0 1newer 2locked public.t: a trigger of the live database kept 1 row from being updated" \
    "$? $(rows_of_t | cut -d' ' -f1,2) $(kept_rows)"
contains "and the third one is unchanged" "(3 read, 1 unchanged, 1 kept)" "$(<"$T/out")"

# The merge put new into 1 and 3; now the trigger lets neither 3 be put back nor 11 be deleted.
sql live "UPDATE t SET v = 'new' WHERE id = 1; ALTER TABLE t DISABLE TRIGGER keeps; UPDATE t SET v = 'newlocked' WHERE v LIKE 'locked%'" >/dev/null
sql live "ALTER TABLE t ENABLE TRIGGER keeps; CREATE OR REPLACE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN CASE WHEN TG_OP = ''DELETE'' THEN CASE WHEN OLD.v <> ''stay'' THEN OLD END WHEN OLD.id <> 3 THEN NEW END; END'" >/dev/null
status=0
PGUSER=pgbraid_app PGDATABASE=live "$root/scripts/merge-undo" "$merged" >"$T/out" 2>&1 || status=$?
equal "undoing goes on where a trigger keeps rows" "0 1old 3new 11stay" \
    "$status $(sql live "SELECT string_agg(id || v, ' ' ORDER BY id) FROM t WHERE id NOT IN (2, 4, 5, 7, 9)")"
equal "and says so" \
    "public.t: a trigger of the live database kept 1 row from being put back public.t: a trigger of the live database kept 1 row from being deleted" \
    "$(kept_rows)"
contains "and counts them" "(5 read, 0 unchanged, 2 kept)" "$(<"$T/out")"

# ---- a row that a trigger keeps has its unique value still: who wants that is rejected, and no other move is
kept_moves() { # NAME SQL-FOR-ORIGIN EXPECTED
    two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text, u int UNIQUE); $keeps $(guarded t) $grants"
    for db in origin live; do sql "$db" "INSERT INTO t SELECT g, 'v', g FROM generate_series(1, 7) g; UPDATE t SET v = 'locked' WHERE id = 4" >/dev/null; done
    sql origin "UPDATE t SET u = CASE id WHEN 1 THEN -2 WHEN 2 THEN -1 WHEN 3 THEN -4 WHEN 4 THEN -5 WHEN 5 THEN -3 WHEN 7 THEN -70 ELSE -u END; UPDATE t SET u = -u; $2" >/dev/null
    dump_origin
    app_merge "$T/origin.sql" live
    equal "$1" "3 $3" "$status $(sql live "SELECT string_agg(id || v || u, ' ' ORDER BY id) FROM t") $(counts | head -n 1)"
}
kept_moves "a row that a trigger keeps, and rows that exchange their values" "" \
    "1v2 2v1 3v3 4locked4 5v5 6v6 7v70 public.t 7 0 3 1 1 2 0"
handed_on="UPDATE t SET u = 40 WHERE id = 4; UPDATE t SET u = 5 WHERE id = 5; INSERT INTO t VALUES (8, 'new', 7), (9, 'new', 3)"
kept_moves "and new rows that take some" "$handed_on" "1v2 2v1 3v3 4locked4 5v5 6v6 7v70 8new7 public.t 9 1 3 2 1 2 0"
keeps_last=${keeps/"OLD.v NOT LIKE ''locked%''"/"(OLD.v NOT LIKE ''locked%'' OR OLD.u = OLD.id)"} # but for the first of two steps
[ "$keeps_last" != "$keeps" ] || fail "the trigger that keeps rows has changed"
keeps=$keeps_last kept_moves "a trigger that keeps what was set aside lets the row itself change" "$handed_on" \
    "1v2 2v1 3v3 4locked40 5v5 6v6 7v70 8new7 public.t 9 1 4 2 0 2 0"

# ---- beside them one row that another session changes at that moment, and a policy
two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text, w text); $keeps $(guarded t) $grants"
sql origin "INSERT INTO t SELECT g, 'new', 'w' FROM generate_series(1, 20) g" >/dev/null
sql live "INSERT INTO t SELECT g, CASE WHEN g % 2 = 0 THEN 'locked' ELSE 'old' END, 'w' FROM generate_series(1, 20) g" >/dev/null
dump_origin
changes_at_once="BEGIN; UPDATE t SET v = v || '!' WHERE id IN (4, 7); SELECT 1;
    DO \$\$ BEGIN FOR i IN 1..200 LOOP EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)));
        PERFORM pg_sleep(0.05), pg_stat_clear_snapshot(); END LOOP; END \$\$; COMMIT"
psql -qXAt -v ON_ERROR_STOP=1 -d live <<<"$changes_at_once" >"$T/other" &
until grep -q 1 "$T/other"; do sleep 0.02; done
app_merge "$T/origin.sql" live
wait $!
equal "a row that another session changes meanwhile is no such row" "0 10 1 0" \
    "$status $(sql live "SELECT count(*) FILTER (WHERE v = 'new'), count(*) FILTER (WHERE v = 'locked!'), count(*) FILTER (WHERE v LIKE 'old%') FROM t" | tr '|' ' ')"
equal "and the others are counted" "public.t 20 0 10 0 10 0 0" "$(counts | head -n 1)"

two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text, w text); $keeps $(guarded t) $grants"
sql origin "INSERT INTO t VALUES (1, 'new', 'a'), (2, 'new', 'a'), (3, 'same', 'a')" >/dev/null
sql live "INSERT INTO t VALUES (1, 'old', NULL), (2, 'locked', NULL), (3, 'same', 'b')" >/dev/null
printf '%s\n' 't.w conflict keep' >"$T/scene.rules"
dump_origin
RULES=$T/scene.rules app_merge "$T/origin.sql" live
equal "what a policy keeps and what a trigger keeps add up" "0 public.t 3 0 1 0 2 0 0 public.t: a trigger of the live database kept 1 row from being updated" \
    "$status $(counts | head -n 1) $(kept_rows)"

# ---- triggers of the application: they name things as its sessions find them
two_dbs "CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO pgbraid_app;
    CREATE TABLE app.t (id int PRIMARY KEY, v text NOT NULL, CHECK (v <> 'bad'));
    CREATE FUNCTION app.words(text, text) RETURNS text LANGUAGE sql AS 'SELECT \$1 || \$2';
    CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
        INSERT INTO audit_log (what) VALUES (words(TG_NAME, TG_OP)); RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END \$\$"
sql postgres "ALTER DATABASE live SET search_path = app" >/dev/null
sql live "CREATE TABLE app.audit_log (what text); ${grants//public/app};
    CREATE TRIGGER s BEFORE INSERT OR UPDATE OR DELETE ON app.t FOR EACH STATEMENT EXECUTE FUNCTION app.note();
    CREATE TRIGGER r BEFORE INSERT OR UPDATE OR DELETE ON app.t FOR EACH ROW EXECUTE FUNCTION app.note();
    CREATE CONSTRAINT TRIGGER c AFTER INSERT OR UPDATE OR DELETE ON app.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.note()" >/dev/null
audited() { # what was noted since, and how often
    sql live "SELECT string_agg(what || n, ' ' ORDER BY what) FROM (SELECT what, count(*) AS n FROM app.audit_log GROUP BY what) a; TRUNCATE app.audit_log"
}
sql origin "INSERT INTO app.t VALUES (1, 'new'), (2, 'new'), (3, 'new'), (4, 'new')" >/dev/null
sql live "INSERT INTO app.t VALUES (1, 'old'), (2, 'old')" >/dev/null; audited >/dev/null
dump_origin
app_merge "$T/origin.sql" live
equal "an audit trigger finds its table while rows are written" "0 cINSERT2 cUPDATE2 rINSERT2 rUPDATE2 sINSERT1 sUPDATE1" "$status $(audited)"
merged=$folder
status=0
PGUSER=pgbraid_app PGDATABASE=live "$root/scripts/merge-undo" "$merged" >"$T/out" 2>&1 || status=$?
equal "and while they are taken back" "0 cDELETE2 cUPDATE2 rDELETE2 rUPDATE2 sDELETE2 sUPDATE1" "$status $(audited)"
piped() { # ROWS: of one table, by the role
    printf 'id\tv\n%b\n' "$1" | PGUSER=pgbraid_app PGDATABASE=live upserter -t app.t --rejects "$T/left" >"$T/out" 2>&1
    echo "$?"
}
equal "the same for rows that are piped back" "0 cINSERT1 cUPDATE1 rINSERT1 rUPDATE1 sINSERT1 sUPDATE1" \
    "$(piped '2\tpiped\n3\tpiped') $(audited)"
bad_rows() { for ((i = $1; i < $1 + 30; i++)); do printf "%d\t%s\n" "$i" "$([ $((i % 3)) -eq 0 ] && echo good || echo bad)"; done; }
equal "where the server refuses most of the new rows, too" "3 cINSERT10 rINSERT" "$(piped "$(bad_rows 300)") $(audited | grep -oE 'cINSERT[0-9]+|rINSERT' | paste -sd' ')"
sql live "INSERT INTO app.t SELECT g, 'old' FROM generate_series(400, 429) g" >/dev/null; audited >/dev/null
equal "and of the changed ones" "3 cUPDATE10 rUPDATE" "$(piped "$(bad_rows 400)") $(audited | grep -oE 'cUPDATE[0-9]+|rUPDATE' | paste -sd' ')"
sql postgres "ALTER DATABASE live RESET search_path" >/dev/null
contains "without that path they do not find it" "audit_log" "$(piped '2\tby nobody' >/dev/null; cat "$T/out")"
equal "the schema that DATABASE_URL names is the first in the path" "0 cINSERT1 cUPDATE1 rINSERT1 rUPDATE1 sINSERT1 sUPDATE1" \
    "$(DATABASE_URL="postgresql://pgbraid_app@/live?host=$PGHOST&port=$PGPORT&schema=app" piped '2\tby url\n6\tby url') $(audited)"
sql postgres "ALTER DATABASE live SET search_path = app" >/dev/null
sql origin "INSERT INTO app.t SELECT g, 'new' FROM generate_series(500, 529) g; ALTER TABLE app.t DROP CONSTRAINT t_v_check; UPDATE app.t SET v = 'bad' WHERE id % 3 > 0 AND id >= 500" >/dev/null
dump_origin
app_merge "$T/origin.sql" live
merged=$folder
equal "and of those that wait in a temporary table" "3 cINSERT11 rINSERT" "$status $(audited | grep -oE 'cINSERT[0-9]+|rINSERT' | paste -sd' ')"

# It is at COMMIT where a trigger itself puts constraints off.
sql live "CREATE FUNCTION app.put_off() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN SET CONSTRAINTS ALL DEFERRED; RETURN NULL; END';
    CREATE TRIGGER b BEFORE INSERT ON app.t FOR EACH STATEMENT EXECUTE FUNCTION app.put_off()" >/dev/null
equal "a trigger that fires at COMMIT" "0 cINSERT1 rINSERT1 sINSERT1" "$(piped '600\tlast') $(audited)"

# What is no row's fault stops the merge, and names what failed.
sql live "ALTER TABLE app.audit_log RENAME TO lost" >/dev/null
equal "a trigger that fails: status" 1 "$(piped '601\tnew')"
contains "new rows: table, reason and function are named" \
    'app.t: a trigger failed: relation "audit_log" does not exist (SQLSTATE 42P01), in PL/pgSQL function' "$(<"$T/out")"
equal "changed rows: status" 1 "$(piped '600\tchanged')"
contains "changed rows: likewise" 'app.t: a trigger failed: relation "audit_log" does not exist (SQLSTATE 42P01), in PL/pgSQL function' "$(<"$T/out")"
app_merge "$T/origin.sql" live
contains "rows that wait in a temporary table: likewise" 'app.t: a trigger failed: relation "audit_log" does not exist' "$(<"$T/out")"
PGUSER=pgbraid_app PGDATABASE=live "$root/scripts/merge-undo" "$merged" >"$T/out" 2>&1
contains "rows that are taken back: likewise" 'app.t: cannot be undone: a trigger failed: relation "audit_log" does not exist (SQLSTATE 42P01), in PL/pgSQL' "$(<"$T/out")"
sql live "ALTER TABLE app.lost RENAME TO audit_log" >/dev/null

# ---- the same as a superuser, where a constraint holds by triggers
sql live "DROP TRIGGER b ON app.t; ALTER TABLE app.t ADD UNIQUE (id, v) DEFERRABLE; DELETE FROM app.t; INSERT INTO app.t VALUES (1, 'old')" >/dev/null; audited >/dev/null
sql origin "DELETE FROM app.t; INSERT INTO app.t VALUES (1, 'new'), (2, 'new')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a superuser's, where a constraint is DEFERRABLE" "0 cINSERT1 cUPDATE1 rINSERT1 rUPDATE1 sINSERT1 sUPDATE1" "$status $(audited)"

# ---- where unique values move among the rows, forth and back
sql live "ALTER TABLE app.t ADD u int UNIQUE; DELETE FROM app.t; INSERT INTO app.t VALUES (1, 'x', 1), (2, 'x', 2)" >/dev/null; audited >/dev/null
sql origin "ALTER TABLE app.t ADD u int UNIQUE; DELETE FROM app.t; INSERT INTO app.t VALUES (1, 'x', 2), (2, 'x', 1), (3, 'x', 3)" >/dev/null
dump_origin
app_merge "$T/origin.sql" live
equal "rows that exchange a value" "0 1-2 2-1 3-3 cINSERT1 rINSERT1" \
    "$status $(sql live "SELECT string_agg(id || '-' || u, ' ' ORDER BY id) FROM app.t") $(audited | grep -oE '[cr]INSERT[0-9]+' | paste -sd' ')"
status=0
PGUSER=pgbraid_app PGDATABASE=live "$root/scripts/merge-undo" "$folder" >"$T/out" 2>&1 || status=$?
equal "and back" "0 1-1 2-2 cDELETE1 rDELETE1" \
    "$status $(sql live "SELECT string_agg(id || '-' || u, ' ' ORDER BY id) FROM app.t") $(audited | grep -oE '[cr]DELETE[0-9]+' | paste -sd' ')"

# ---- meanwhile nothing of public is taken for the catalog's
hostile="CREATE FUNCTION public.lie(\"char\", \"char\") RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.= was called'; END \$\$;"
for type in text int4 int8 tid; do
    hostile+="CREATE FUNCTION public.lie($type, $type) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.= was called'; END \$\$;"
    for operator in '=' '<>' '>' '~'; do hostile+="CREATE OPERATOR public.$operator (LEFTARG = $type, RIGHTARG = $type, FUNCTION = public.lie);"; done
done
hostile+="CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.unnest was called'; END \$\$;
    CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.set_config was called'; END \$\$;
    CREATE FUNCTION public.count(text) RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'public.count was called'; END \$\$;"
two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL, w text, CHECK (v <> 'bad'));
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO audit_log (what) VALUES (TG_NAME || TG_OP);
        RETURN CASE WHEN TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN OLD ELSE NEW END; END \$\$"
sql origin "ALTER TABLE t DROP CONSTRAINT t_v_check; INSERT INTO t SELECT g, CASE g % 3 WHEN 0 THEN 'new' ELSE 'bad' END, 'w' FROM generate_series(1, 60) g" >/dev/null
sql live "CREATE TABLE audit_log (what text); $grants; INSERT INTO t SELECT g, 'old', NULL FROM generate_series(31, 60) g;
    CREATE TRIGGER r BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION note(); $hostile" >/dev/null
sql postgres "ALTER DATABASE live SET search_path = public, pg_catalog" >/dev/null
printf '%s\n' 't.w conflict fill' >"$T/scene.rules"
dump_origin
safe() { PGOPTIONS='-c search_path=pg_catalog' sql live "$1"; }
RULES=$T/scene.rules app_merge "$T/origin.sql" live
equal "operators and functions of public are not called where triggers fire" "3 20 20 public.t 60 10 10 0 0 40 0 " \
    "$status $(safe "SELECT count(*) FILTER (WHERE v = 'new'), count(*) FILTER (WHERE v = 'old') FROM public.t" | tr '|' ' ') $(counts | head -n 1) $(grep 'was called' "$T/out")"
