#!/usr/bin/env bash
# What a merge does to a database, scenario by scenario, compared in SQL with what it should do.
. "$(dirname "$0")/../lib.sh"
here=$root/tests/server

make_app() { # DB FIRST LAST SEED CHANGED
    fresh_db "$1"
    psql -qX -v ON_ERROR_STOP=1 -d "$1" -v first="$2" -v last="$3" -v seed="$4" -v changed="$5" \
        -f "$here/app.sql" >/dev/null
}
content() { psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -f "$here/app_content.sql" | LC_ALL=C sort; }

# ---- another lineage: keys, references, link tables, append-only rows, arrays, a tree
export RULES=$T/merge.rules
printf '%s\n' 'metrics append' 'metrics.package_ids array-of package' >"$RULES"
make_app live 1 300 1 0
make_app origin 150 500 2 40
dump_origin
# the backup's rows, and the live rows whose key the backup does not have
awk -F'|' '{ key = $1 == "metrics" ? $0 : $1 == "dataset_package" ? $1 FS $2 FS $3 : $1 FS $2 }
    FNR == NR { seen[key]; print; next } !(key in seen)' <(content origin) <(content live) | LC_ALL=C sort >"$T/expected"
quiet_merge "$T/origin.sql" live --dry-run
equal "other lineage: dry run" 0 "$status"
dry=$(counts)
quiet_merge "$T/origin.sql" live
equal "other lineage: status" 0 "$status"
content live >"$T/merged"
check "other lineage: every row of both is there once, the backup's values win" diff "$T/expected" "$T/merged"
equal "other lineage: the dry run had the same counts" "$dry" "$(counts)"
for table in package finding dataset metrics category; do
    check "a plain INSERT into $table works after the merge" sql live "BEGIN; INSERT INTO $table SELECT (t).* FROM
        (SELECT jsonb_populate_record(t, jsonb_build_object('id', nextval(pg_get_serial_sequence('$table', 'id')))) AS t FROM $table t LIMIT 1) x
        ON CONFLICT DO NOTHING; ROLLBACK"
done
before="$(stats live) $(versions live) $(snapshot live)"
quiet_merge "$T/origin.sql" live
equal "twice is once: status, and no row, version or sequence moves" "0 $before" "$status $(stats live) $(versions live) $(snapshot live)"
sql live "UPDATE package SET version = 'x' WHERE id < 20; DELETE FROM finding WHERE id < 10" >/dev/null
for _ in 1 2 3; do # the server's own housekeeping may write a record at any time
    sql live "CHECKPOINT" >/dev/null
    lsn=$(sql live "SELECT pg_current_wal_lsn()")
    quiet_merge "$T/origin.sql" live --dry-run --exit-code
    now=$(sql live "SELECT pg_current_wal_lsn()")
    [ "$lsn" != "$now" ] || break
done
equal "a dry run with something to do: --exit-code" 10 "$status"
equal "a dry run writes no WAL" "$lsn" "$now"
check "a dry run leaves the SQL that a merge would run" grep -q '^UPDATE ONLY "public"."package"' "$folder/merge.sql"
unset RULES

# ---- sequences that lag behind, ids that are taken
two_dbs "CREATE TABLE t (id serial PRIMARY KEY, name text UNIQUE NOT NULL)"
sql origin "INSERT INTO t (name) SELECT 'n' || g FROM generate_series(1, 40) g" >/dev/null
sql live "INSERT INTO t SELECT g, 'n' || g FROM generate_series(1, 20) g; INSERT INTO t SELECT g, 'live ' || g FROM generate_series(21, 30) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "same lineage: taken ids" 0 "$status"
equal "rows whose id is taken get fresh ones, the others keep theirs" "50 10 10" \
    "$(sql live "SELECT count(*), count(*) FILTER (WHERE name ~ '^n' AND name <> 'n' || id), count(*) FILTER (WHERE id > 40) FROM t" | tr '|' ' ')"
check "and the sequence is above them all" sql live "INSERT INTO t (name) VALUES ('next')"

# ---- a sequence that counts down
two_dbs "CREATE SEQUENCE down INCREMENT -1; CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('down'), name text UNIQUE NOT NULL); ALTER SEQUENCE down OWNED BY t.id"
sql origin "INSERT INTO t (name) VALUES ('a'), ('b'), ('c')" >/dev/null
sql live "INSERT INTO t (name) VALUES ('c'), ('d'), ('b')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
check "a sequence that counts down stays below its ids" sql live "INSERT INTO t (name) VALUES ('e')"
equal "and no row is lost by it" "0 a b c d e" "$status $(sql live "SELECT string_agg(name, ' ' ORDER BY name) FROM t")"

# ---- foreign keys in a circle that nothing defers
two_dbs "CREATE TABLE team (id serial PRIMARY KEY, name text UNIQUE NOT NULL, lead integer NOT NULL);
    CREATE TABLE person (id serial PRIMARY KEY, name text UNIQUE NOT NULL, team integer NOT NULL REFERENCES team, boss integer REFERENCES person);
    INSERT INTO team VALUES (1, 'red', 1); INSERT INTO person VALUES (1, 'ann', 1, NULL);
    ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person; SELECT setval('team_id_seq', 1), setval('person_id_seq', 1)"
sql origin "DELETE FROM person WHERE false;
    WITH t AS (INSERT INTO team VALUES (2, 'blue', 2), (3, 'green', 4)),
         p AS (INSERT INTO person VALUES (2, 'bob', 2, 3), (3, 'cyd', 2, 2), (4, 'dan', 3, 1)) SELECT 1;
    UPDATE person SET boss = 4 WHERE id = 1" >/dev/null
sql live "WITH t AS (INSERT INTO team VALUES (7, 'black', 7)), p AS (INSERT INTO person VALUES (7, 'eve', 7, 1)) SELECT 1;
    UPDATE team SET id = 5 WHERE false" >/dev/null
printf '%s\n' 'team lineage other' 'person lineage other' >"$T/rules"
dump_origin
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "a circle of NOT NULL references: status" 0 "$status"
equal "a circle of NOT NULL references" "ann>red>dan bob>blue>cyd cyd>blue>bob dan>green>ann eve>black>ann|blue=bob green=dan red=ann black=eve" \
    "$(sql live "SELECT (SELECT string_agg(p.name || '>' || t.name || coalesce('>' || b.name, ''), ' ' ORDER BY p.name)
        FROM person p JOIN team t ON t.id = p.team LEFT JOIN person b ON b.id = p.boss),
        (SELECT string_agg(t.name || '=' || p.name, ' ' ORDER BY t.name = 'black', t.name) FROM team t JOIN person p ON p.id = t.lead)")"

# ---- rows that the live database refuses
two_dbs "CREATE TYPE color AS ENUM ('red', 'blue');
    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE r (id int PRIMARY KEY, n int, s varchar(20), c color, u int UNIQUE, p int REFERENCES parent)"
sql origin "ALTER TABLE r ALTER n TYPE text; ALTER TYPE color ADD VALUE 'green'; ALTER TABLE r DROP CONSTRAINT r_p_fkey, DROP CONSTRAINT r_u_key" >/dev/null
sql origin "INSERT INTO r SELECT g, g, 's' || g, 'red', g, NULL FROM generate_series(1, 200) g;
    UPDATE r SET n = 'x' WHERE id = 10; UPDATE r SET n = NULL WHERE id = 20; UPDATE r SET s = repeat('y', 20) WHERE id = 30;
    UPDATE r SET c = 'green' WHERE id = 40; UPDATE r SET u = 1000 WHERE id = 50; UPDATE r SET p = 77 WHERE id IN (60, 61); UPDATE r SET n = -5 WHERE id = 70" >/dev/null
sql live "ALTER TABLE r ALTER n SET NOT NULL, ADD CHECK (n > 0), ALTER s TYPE varchar(10);
    INSERT INTO r VALUES (5, 1, 's', 'red', 1000, NULL), (6, 6, 'old', 'blue', 6, NULL)" >/dev/null
sql origin "DELETE FROM r WHERE id = 5" >/dev/null
printf 'r merge\n' >"$T/rules"
dump_origin
RULES=$T/rules quiet_merge "$T/origin.sql" live --dry-run
dry=$(counts)
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "rejects: status" 3 "$status"
equal "rejects: the dry run foresaw them" "public.r 199 190 1 0 0 8 0" "$(grep public.r <<<"$dry")"
equal "rejects: each bad row with its SQLSTATE, the others are merged" \
    "10 22P02;20 23502;30 22001;40 22P02;50 23505;60 23503;61 23503;70 23514;" \
    "$(cut -f1,3 "$folder/rejects/public.r.tsv" | sed 1d | sort -n -k2 | awk '{ printf "%s %s;", $2, $1 }')"
equal "rejects: and only these are missing" "192 1" "$(sql live "SELECT count(*), count(*) FILTER (WHERE id = 6 AND s = 's6') FROM r" | tr '|' ' ')"
sql live "INSERT INTO parent VALUES (77)" >/dev/null
sed -e 's/\tx\t/\t10\t/' -e 's/\tgreen\t/\tred\t/' -e 's/y\{20\}/yy/' -e 's/\t1000\t/\t50\t/' -e 's/\t-5\t/\t5\t/' \
    -e 's/^\(23502\t[^\t]*\t20\t\)\\N/\120/' "$folder/rejects/public.r.tsv" >"$T/mended.tsv"
check "the reject file, mended, is merged by upserter -t" env PGDATABASE=live upserter -t r "$T/mended.tsv"
equal "and now all are there" "200" "$(sql live "SELECT count(*) FROM r")"
sql live "TRUNCATE r" >/dev/null
before=$(snapshot live)
RULES=$T/rules quiet_merge "$T/origin.sql" live --strict
equal "--strict stops, nothing is committed" "1 $before" "$status $(snapshot live)"

# ---- triggers
two_dbs "CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE t (id int PRIMARY KEY, v text, p int REFERENCES p, touched timestamptz DEFAULT '2000-01-01');
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.touched := now(); RETURN NEW; END';
    CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
    INSERT INTO p VALUES (1)"
sql origin "ALTER TABLE t DISABLE TRIGGER touch; ALTER TABLE t DROP CONSTRAINT t_p_fkey;
    INSERT INTO t SELECT g, 'v' || g, CASE WHEN g = 5 THEN 99 WHEN g < 9 THEN 1 END, '2000-01-01' FROM generate_series(1, 20) g" >/dev/null
sql live "ALTER TABLE t DISABLE TRIGGER touch; INSERT INTO t VALUES (1, 'old', 1, '2000-01-01'), (7, 'old', NULL, '2000-01-01'); ALTER TABLE t ENABLE TRIGGER touch" >/dev/null
sql origin "UPDATE t SET p = 98 WHERE id = 7" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "triggers do not fire for merged rows" "3 0" "$status $(sql live "SELECT count(*) FROM t WHERE touched <> '2000-01-01'")"
equal "foreign keys are checked all the same, for new and for changed rows" "5 23503;7 23503;" \
    "$(cut -f1,3 "$folder/rejects/public.t.tsv" | sed 1d | sort -n -k2 | awk '{ printf "%s %s;", $2, $1 }')"
equal "and the triggers are on again" "t" "$(sql live "UPDATE t SET v = 'x' WHERE id = 2; SELECT touched > '2020-01-01' FROM t WHERE id = 2")"

# ---- one value, many texts
two_dbs "CREATE TABLE ev (id serial PRIMARY KEY, at timestamptz NOT NULL, note text, UNIQUE (at, note));
    CREATE TABLE log (at timestamptz, f double precision);
    CREATE TABLE slot (at timestamptz PRIMARY KEY, v int);
    INSERT INTO ev (at, note) SELECT '2024-06-01 12:00+00'::timestamptz + g * interval '1 hour', 'n' || g FROM generate_series(1, 30) g;
    INSERT INTO log SELECT '2024-06-01 12:00+00'::timestamptz + g % 5 * interval '1 hour', 0.1 FROM generate_series(1, 30) g;
    INSERT INTO slot SELECT '2024-06-01 12:00+00'::timestamptz + g * interval '1 hour', g FROM generate_series(1, 30) g"
sql origin "ALTER DATABASE origin SET timezone = 'Asia/Tokyo'" >/dev/null
PGTZ=Asia/Tokyo dump_origin
check "a dump of another time zone has other texts" grep -q '+09' "$T/origin.sql"
before="$(stats live) $(versions live) $(snapshot live)"
quiet_merge "$T/origin.sql" live
equal "and merges into its own origin without a change" "0 $before" "$status $(stats live) $(versions live) $(snapshot live)"

# ---- a small backup into a large table: single rows are asked for
two_dbs "CREATE TABLE big (id int PRIMARY KEY, v text)"
sql origin "INSERT INTO big SELECT g * 7, 'v' || g FROM generate_series(1, 500) g" >/dev/null
sql live "INSERT INTO big SELECT g, 'v' || g / 7 FROM generate_series(8, 60000) g; ANALYZE" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a small backup into a large table" "0 public.big 500 1 0 499 0 0 0" "$status $(counts)"

# ---- conflict policies
two_dbs "CREATE TABLE c (id int PRIMARY KEY, a text, b text, at timestamp)"
sql origin "INSERT INTO c VALUES (1, 'new', NULL, '2024-02-01'), (2, 'new', 'new', '2024-01-01'), (3, 'new', 'new', NULL)" >/dev/null
sql live "INSERT INTO c VALUES (1, 'old', 'old', '2024-01-01'), (2, NULL, 'old', '2024-02-01'), (3, 'old', NULL, '2024-01-01')" >/dev/null
fresh_db live0 live
dump_origin
for policy in "update:new,-,2024-02-01 new,new,2024-01-01 new,new,-:c 3 0 3 0 0" \
    "keep:old,old,2024-01-01 -,old,2024-02-01 old,-,2024-01-01:c 3 0 0 0 3" \
    "fill:old,old,2024-01-01 new,old,2024-02-01 old,new,2024-01-01:c 3 0 2 0 1" \
    "newest(at):new,-,2024-02-01 -,old,2024-02-01 old,-,2024-01-01:c 3 0 1 0 2"; do
    IFS=: read -r name rows numbers <<<"$policy"
    fresh_db live live0
    echo "c conflict $name" >"$T/rules"
    RULES=$T/rules quiet_merge "$T/origin.sql" live --dry-run
    dry=$(counts | cut -d' ' -f1-6)
    RULES=$T/rules quiet_merge "$T/origin.sql" live
    equal "conflict $name" "$rows" "$(sql live "SELECT string_agg(concat_ws(',', coalesce(a, '-'), coalesce(b, '-'), coalesce(at::date::text, '-')), ' ' ORDER BY id) FROM c")"
    equal "conflict $name: its counts, and the dry run's" "public.$numbers public.$numbers" "$(counts | cut -d' ' -f1-6) $dry"
done

# ---- wrong hands
(PGDATABASE=live exec psql -qXAt -c "SELECT pg_advisory_lock(hashtext('pgbraid'), 1); SELECT pg_sleep(30)") >"$T/locked" 2>/dev/null &
locker=$!
while [ "$(sql live "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")" = 0 ]; do sleep 0.05; done
quiet_merge "$T/origin.sql" live
equal "while another merge runs: status 8" 8 "$status"
kill "$locker" 2>/dev/null
sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid()" >/dev/null
sql postgres "DROP ROLE IF EXISTS pgbraid_nobody; CREATE ROLE pgbraid_nobody LOGIN" >/dev/null
PGUSER=pgbraid_nobody quiet_merge "$T/origin.sql" live
equal "a role without rights: status 5" 5 "$status"
contains "and what to grant" "GRANT" "$(cat "$T/out")"
sql postgres "DROP ROLE pgbraid_nobody" >/dev/null
quiet_merge "$T/nowhere.sql" live
equal "no such backup: status 2" 2 "$status"
PGPORT=1 quiet_merge "$T/origin.sql" live
equal "no server: status 5" 5 "$status"

# ---- outputs that fail
dump-splitter --schema -q "$T/origin.sql" >"$T/schema"
schema-differ -q -d live0 "$T/schema" >"$T/plan" || true
dump-splitter -q --plan "$T/plan" "$T/origin.sql" | idmap-builder -d live0 | array-fixer >"$T/stream"
before=$(snapshot live0)
status_is "a full disk for the counts: status 7" 7 upserter -q -d live0 --counts=/dev/full "$T/stream"
equal "and nothing is committed" "$before" "$(snapshot live0)"
# ---- the server goes away in the middle
{ head -n -3 "$T/stream"; sleep 1; sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'live0'" >/dev/null
    tail -n 3 "$T/stream"; } | upserter -q -d live0 >"$T/out" 2>&1
equal "a session that is ended: status 1" 1 "${PIPESTATUS[1]}"
equal "and nothing is committed then" "$before" "$(snapshot live0)"
check "afterwards it merges" upserter -q -d live0 "$T/stream"

# ---- what must not pass with a stranger's id
two_dbs "CREATE TABLE package (id bigserial PRIMARY KEY, url text UNIQUE NOT NULL);
    CREATE TABLE \"Other\" (id bigserial PRIMARY KEY, \"theKey\" text UNIQUE NOT NULL);
    CREATE TABLE m (id bigserial PRIMARY KEY, at int, ids bigint[]);
    CREATE TABLE f (id bigserial PRIMARY KEY, code text UNIQUE NOT NULL, package_id bigint REFERENCES package)"
sql origin "INSERT INTO \"Other\" SELECT g, 'p' || g FROM generate_series(1, 20) g" >/dev/null
sql live "INSERT INTO \"Other\" SELECT g, 'p' || 21 - g FROM generate_series(1, 20) g; SELECT setval('\"Other_id_seq\"', 20)" >/dev/null
sql origin "INSERT INTO package SELECT g, 'p' || g FROM generate_series(1, 20) g; INSERT INTO m VALUES (1, 1, '{1,2}'), (2, 2, '{}');
    INSERT INTO f VALUES (1, 'f1', 3)" >/dev/null
sql live "INSERT INTO package SELECT g, 'p' || 21 - g FROM generate_series(1, 20) g; SELECT setval('package_id_seq', 20)" >/dev/null
dump_origin
printf '%s\n' 'package skip' 'm append' 'm.ids array-of package' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "mixed-case names: the lineage is seen" other "$(awk -F'\t' '$1 == "lineage" { print $4 }' "$folder/plan.tsv")"
equal "an array and a reference to a table that is not merged are rejected in another lineage" "3 2|0" \
    "$status $(sql live "SELECT (SELECT string_agg(at::text, ',') FROM m), (SELECT count(*) FROM f)")"
contains "their file says that it carries the backup's ids" backup_ids "$(head -n 1 "$folder/rejects/public.m.backup-ids.tsv")"
status_is "and upserter -t refuses it" 4 env PGDATABASE=live upserter -q -t m "$folder/rejects/public.m.backup-ids.tsv"

two_dbs "CREATE TABLE u (id serial PRIMARY KEY, email text UNIQUE, name text)"
sql origin "INSERT INTO u VALUES (1, 'a@x', 'a2'), (2, NULL, 'nobody'), (3, NULL, 'nobody else')" >/dev/null
sql live "INSERT INTO u VALUES (1, 'a@x', 'a'), (2, NULL, 'live nobody')" >/dev/null
dump_origin
echo 'u key email' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "a row with a null key is found by its id where ids mean the same" "0 a2,nobody,nobody else" "$status $(sql live "SELECT string_agg(name, ',' ORDER BY id) FROM u")"

two_dbs "CREATE TABLE p (id int PRIMARY KEY, k text UNIQUE NOT NULL, v text); CREATE TABLE c (id int PRIMARY KEY, p int)"
sql origin "INSERT INTO p VALUES (50, 'x', 'x'), (51, 'y', 'y'); INSERT INTO c VALUES (1, 50), (2, 51)" >/dev/null
sql live "ALTER TABLE p DROP CONSTRAINT p_k_key; INSERT INTO p VALUES (1, 'x', '1'), (2, 'x', '2'), (50, 'stranger', 's'), (51, 'y', 'old')" >/dev/null
dump_origin
printf '%s\n' 'p key k' 'c.p refers-to p' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "children of a rejected row are rejected, not given to the live row of its id" "3 2=51" \
    "$status $(sql live "SELECT string_agg(id || '=' || p, ' ') FROM c")"

# ---- append-only rows of columns whose type has changed
two_dbs "CREATE TABLE l (d date, n integer, j json)"
sql origin "INSERT INTO l VALUES ('2024-01-01', 5, '{\"b\":1,  \"a\":2}'), ('2024-01-01', 5, '{\"b\":1,  \"a\":2}')" >/dev/null
sql live "ALTER TABLE l ALTER d TYPE timestamp, ALTER n TYPE numeric(10,2), ALTER j TYPE jsonb" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
quiet_merge "$T/origin.sql" live
equal "append-only rows of converted columns are there once after two merges" "0 2" "$status $(sql live "SELECT count(*) FROM l")"

# ---- a tree with a trigger, one of whose rows is refused: its children are not left as orphans
two_dbs "CREATE TABLE t (id int PRIMARY KEY, u int UNIQUE, parent int REFERENCES t);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER nothing BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()"
sql origin "ALTER TABLE t DROP CONSTRAINT t_u_key; INSERT INTO t VALUES (10, 1, NULL), (11, 2, 10), (12, 3, 11), (13, 4, NULL), (14, 5, 13)" >/dev/null
sql live "INSERT INTO t VALUES (1, 1, NULL)" >/dev/null
dump_origin
echo 't merge' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "a refused parent takes its children to the rejects, triggers off or not" "3 1,13,14" \
    "$status $(sql live "SELECT string_agg(id::text, ',' ORDER BY id) FROM t")"

# ---- foreign keys that are checked at COMMIT, and types of an extension
two_dbs "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE d (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)"
sql origin "ALTER TABLE d DROP CONSTRAINT d_p_fkey; INSERT INTO d VALUES (1, 99), (2, NULL)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "an orphan of a deferred foreign key is one reject" "3 2" "$status $(sql live "SELECT string_agg(id::text, ',') FROM d")"
if [ "$(sql postgres "SELECT count(*) FROM pg_available_extensions WHERE name IN ('hstore', 'citext')")" = 2 ]; then
    two_dbs "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE TABLE h (id int PRIMARY KEY, h hstore, c citext)"
    sql origin "INSERT INTO h VALUES (1, 'a=>1', 'New'), (2, 'b=>2', 'b')" >/dev/null
    sql live "INSERT INTO h VALUES (1, 'a=>0', 'old')" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live
    equal "columns of an extension's types" '0 "a"=>"1"/New "b"=>"2"/b' "$status $(sql live "SELECT string_agg(h::text || '/' || c, ' ' ORDER BY id) FROM h")"
else
    skip "columns of an extension's types" "hstore and citext are not installed"
fi

# ---- a tool that was left out of the pipeline
two_dbs "CREATE TABLE a (id bigserial PRIMARY KEY, k text UNIQUE NOT NULL); CREATE TABLE b (id int PRIMARY KEY, ids bigint[])"
sql origin "INSERT INTO a VALUES (1, 'x'), (2, 'y'), (3, 'z'); INSERT INTO b VALUES (1, '{1,2}')" >/dev/null
sql live "INSERT INTO a VALUES (1, 'z'), (2, 'x'), (3, 'y')" >/dev/null
dump_origin
printf '%s\n' 'b.ids array-of a' >"$T/rules"
dump-splitter --schema -q "$T/origin.sql" >"$T/schema"
schema-differ -q -d live --rules "$T/rules" "$T/schema" >"$T/plan" || true
before=$(snapshot live)
dump-splitter -q --plan "$T/plan" "$T/origin.sql" >"$T/rows"
idmap-builder -q -d live "$T/rows" >"$T/translated"
idmap-builder -q -d live --dry-run "$T/rows" | array-fixer >"$T/provisional"
status_is "without idmap-builder: status 4" 4 upserter -q -d live "$T/rows"
status_is "without array-fixer: status 4" 4 upserter -q -d live "$T/translated"
status_is "with the ids of a dry run: status 4" 4 upserter -q -d live "$T/provisional"
equal "and nothing is committed in any case" "$before" "$(snapshot live)"
check "with all of them it merges" sh -c "array-fixer '$T/translated' | upserter -q -d live"

# ---- lineage: seed rows that agree prove nothing about the rest, and made numbers prove nothing at all
two_dbs "CREATE TABLE role (id serial PRIMARY KEY, name text UNIQUE NOT NULL); INSERT INTO role (name) VALUES ('a'), ('b'), ('c');
    CREATE TABLE note (id serial PRIMARY KEY, body text, who text);
    CREATE TABLE inv (id serial PRIMARY KEY, no serial UNIQUE NOT NULL, who text)"
for db in origin live; do
    sql "$db" "INSERT INTO note (body, who) SELECT '$db' || g, '$db' FROM generate_series(1, 50) g; INSERT INTO inv (who) SELECT '$db' || g FROM generate_series(1, 50) g" >/dev/null
done
dump_origin
quiet_merge "$T/origin.sql" live
# (the backup's invoices are rejects: their made numbers are taken)
equal "unrelated rows under equal ids are not overwritten, though seed rows agree" "3 50 50 50 0" \
    "$status $(sql live "SELECT count(*) FILTER (WHERE who = 'live'), count(*) FILTER (WHERE who = 'origin') FROM note" | tr '|' ' ') $(
        sql live "SELECT count(*) FILTER (WHERE who ~ 'live'), count(*) FILTER (WHERE who ~ 'origin') FROM inv" | tr '|' ' ')"
before=$(sql live "SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM inv)")
quiet_merge "$T/origin.sql" live
equal "nor appended twice" "3 $before" "$status $(sql live "SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM inv)")"

two_dbs "CREATE TABLE k (id serial PRIMARY KEY, n text UNIQUE NOT NULL);
    CREATE TABLE pay (id bigserial, day int, who text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
    CREATE TABLE pay1 PARTITION OF pay FOR VALUES FROM (0) TO (100);
    CREATE TABLE it (tenant int, id serial, n text, v text, PRIMARY KEY (tenant, id), UNIQUE (tenant, n))"
sql origin "INSERT INTO k VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO pay VALUES (1, 1, 'origin'); INSERT INTO it VALUES (1, 1, 'zed', 'origin')" >/dev/null
sql live "INSERT INTO k VALUES (13, 'a'), (12, 'b'), (11, 'c'); INSERT INTO pay VALUES (1, 1, 'live'); INSERT INTO it VALUES (1, 1, 'w', 'live')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "made ids in a key of several columns, or of a partition: no strangers are overwritten" "0 live,origin live,origin" \
    "$status $(sql live "SELECT (SELECT string_agg(who, ',' ORDER BY id) FROM pay), (SELECT string_agg(v, ',' ORDER BY id) FROM it)" | tr '|' ' ')"

# ---- append-only parents of equal content keep their children, merge after merge
two_dbs "CREATE TABLE customer (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE ord (id serial PRIMARY KEY, customer_id int REFERENCES customer, status text);
    CREATE TABLE item (id serial PRIMARY KEY, ord_id int REFERENCES ord, what text)"
sql origin "INSERT INTO customer VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO ord VALUES (1, 1, 'new'), (2, 1, 'new'), (3, 1, 'new');
    INSERT INTO item VALUES (1, 1, 'book'), (2, 2, 'car'), (3, 3, 'pen')" >/dev/null
sql live "INSERT INTO customer VALUES (11, 'c'), (12, 'b'), (13, 'a')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
before=$(snapshot live)
quiet_merge "$T/origin.sql" live
equal "parents of equal content keep their children" "0 $before 1,1,1" "$status $(snapshot live) $(
    sql live "SELECT string_agg(n::text, ',') FROM (SELECT count(*) AS n FROM item GROUP BY ord_id) x")"

# ---- a key that would have to be cut to match
two_dbs "CREATE TABLE t (id serial PRIMARY KEY, code varchar(3) UNIQUE NOT NULL, v text); CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)"
sql origin "ALTER TABLE t ALTER code TYPE varchar(10); INSERT INTO t VALUES (1, 'abcdef', 'x'); INSERT INTO c VALUES (1, 1)" >/dev/null
sql live "INSERT INTO t VALUES (1, 'abc', 'live')" >/dev/null
dump_origin
echo 't lineage other' >"$T/rules"
RULES=$T/rules quiet_merge "$T/origin.sql" live
equal "a key that is too long is not cut to match another row's" "3 live 0" "$status $(sql live "SELECT v, (SELECT count(*) FROM c) FROM t" | tr '|' ' ')"

# ---- a table without columns, a sequence that counts down
two_dbs "CREATE TABLE nothing (); CREATE SEQUENCE down INCREMENT -1; CREATE TABLE d (id bigint PRIMARY KEY DEFAULT nextval('down'), n text UNIQUE NOT NULL)"
sql origin "INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES; INSERT INTO d (n) VALUES ('n1'), ('n2'), ('l1'), ('l2'), ('l3')" >/dev/null
sql live "INSERT INTO d (n) VALUES ('l1'), ('l2'), ('l3'); SELECT setval('down', -1)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a table without columns, and ids that count down" "0 2 l1,l2,l3,n1,n2" "$status $(sql live "SELECT (SELECT count(*) FROM nothing), string_agg(n, ',' ORDER BY n) FROM d" | tr '|' ' ')"

# ---- a signal to the script ends the whole merge, and nothing is committed
make_app origin 1 3000 1 0
make_app live 1 100 1 0
dump_origin
before=$(content live | md5sum)
fresh_db live0 live
merge "$T/origin.sql" live0 -q >/dev/null 2>&1
after=$(content live0 | md5sum)
PGDATABASE=live MERGES=$T/merges "$root/scripts/merge" "$T/origin.sql" -q >"$T/out" 2>&1 &
victim=$!
sleep 0.25
kill -TERM "$victim" 2>/dev/null
wait "$victim" 2>/dev/null
while [ "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 'live'")" != 0 ]; do sleep 0.05; done
now=$(content live | md5sum)
if [ "$now" = "$before" ] || [ "$now" = "$after" ]; then pass "a merge that is ended by a signal is whole or nothing"; else fail "a merge that is ended by a signal is whole or nothing"; fi
