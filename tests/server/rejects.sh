#!/usr/bin/env bash
# Ten thousand rows that the live database refuses: each cause, with the counts that add up, the same in
# the dry run, and in bounded time beside the same merge without them.
# alone: it measures times
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
timed() { # DB: leaves $took, in milliseconds
    local start
    start=$(date +%s%3N)
    quiet_merge "$T/origin.sql" "$1" -q
    took=$(($(date +%s%3N) - start))
}
schema="CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE r (id int PRIMARY KEY, n int, s varchar(20), u int, p int)"

# ---- new rows (exceptions of triggers are not foreseen): the ratio is printed; half a second more is allowed, for machines are busy
new_schema="CREATE TYPE label AS ENUM ('fine', 'odd'); CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE r (id int PRIMARY KEY, n int, s text, u int, p int, e label DEFAULT 'fine')"
ratio() { # NAME MOST: of $took and $clean
    echo "# $test_name: $1: $took ms, without them $clean ms"
    if [ "$took" -le $(($2 * clean + 500)) ]; then pass "$1: at most $2 times the clean merge"
    else fail "$1: at most $2 times the clean merge" "$took ms, without them $clean ms"; fi
}
while IFS='|' read -r name sqlstate most stricter bad; do
    two_dbs "$new_schema"
    sql live "INSERT INTO r SELECT -g, 1, 'x', -g FROM generate_series(1, 20000) g; $stricter" >/dev/null
    sql origin "INSERT INTO r SELECT g, g, 's' || g, g, NULL FROM generate_series(1, 20000) g" >/dev/null
    fresh_db live0 live
    dump_origin
    timed live0
    clean=$took
    sql origin "UPDATE r SET $bad WHERE id % 2 = 0" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live -q --dry-run
    dry=$(counts | grep '^public.r ')
    timed live
    [ "$sqlstate" = P0001 ] || equal "10,000 new rows with $name: the dry run foresaw them" "$(counts | grep '^public.r ')" "$dry"
    equal "10,000 new rows with $name: rejected, the others merged" "3 public.r 20000 10000 0 0 0 10000 0 10000" \
        "$status $(counts | grep '^public.r ') $(sql live "SELECT count(*) FROM r WHERE id > 0 AND id % 2 = 1")"
    equal "10,000 new rows with $name: each with its SQLSTATE" "10000 $sqlstate" "$(sed 1d "$folder/rejects/public.r.tsv" | cut -f1 | sort | uniq -c | xargs)"
    ratio "10,000 new rows with $name" "$most"
done <<'CASES'
a CHECK that fails|23514|3|ALTER TABLE r ADD CHECK (n > 0)|n = -1
a null where none may be|23502|3|ALTER TABLE r ALTER n SET NOT NULL|n = NULL
a text that is too long|22001|3|ALTER TABLE r ALTER s TYPE varchar(10)|s = 'much too long for this'
a domain's CHECK that fails|23514|3|CREATE DOMAIN small AS int CHECK (VALUE > 0); ALTER TABLE r ALTER n TYPE small|n = -1
a reference to nothing|23503|3|ALTER TABLE r ADD FOREIGN KEY (p) REFERENCES q|p = id
a unique value that is taken|23505|3|ALTER TABLE r ADD UNIQUE (u)|u = -id
a unique value that another new row has|23505|3|ALTER TABLE r ADD UNIQUE (u)|u = id - 1
a number that is too large for its column|22003|3|ALTER TABLE r ALTER n TYPE smallint|n = 32768
an exception of a trigger that always fires|P0001|3|CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.n < 0 THEN RAISE EXCEPTION $$not %$$, new.n; END IF; RETURN new; END'; CREATE TRIGGER f BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE r ENABLE ALWAYS TRIGGER f|n = -1
a unique expression that is taken|23505|3|CREATE UNIQUE INDEX ON r (abs(u * 3)) WHERE u < 0|u = -id
an exclusion that holds|23P01|3|ALTER TABLE r ADD EXCLUDE (u WITH =)|u = -id
a label that the enum has not|22P02|3|ALTER TYPE label RENAME VALUE 'odd' TO 'even'|e = 'odd'
a unique value that is taken, with triggers switched off|23505|3|CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER f BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE r ADD UNIQUE (u)|u = -id
CASES

# ---- changed rows
while IFS='|' read -r name sqlstate stricter bad; do
    two_dbs "$schema; INSERT INTO r SELECT g, g, 'old ' || g, g, NULL FROM generate_series(1, 20000) g"
    sql live "$stricter" >/dev/null
    fresh_db live0 live
    sql origin "UPDATE r SET s = 'new ' || id" >/dev/null
    dump_origin
    timed live0
    clean=$took
    sql origin "UPDATE r SET $bad WHERE id % 2 = 0" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live -q --dry-run
    dry=$(counts | grep '^public.r ')
    timed live
    equal "10,000 changed rows with $name: rejected, the others merged" "3 public.r 20000 0 10000 0 0 10000 0 10000" \
        "$status $(counts | grep '^public.r ') $(sql live "SELECT count(*) FROM r WHERE s ~ '^new' AND id % 2 = 1 AND id > 0")"
    equal "10,000 changed rows with $name: each with its SQLSTATE" "10000 $sqlstate" "$(sed 1d "$folder/rejects/public.r.tsv" | cut -f1 | sort | uniq -c | xargs)"
    [[ $sqlstate = P0001 || $name = *"another changed"* ]] || equal "10,000 changed rows with $name: the dry run foresaw them" "$(counts | grep '^public.r ')" "$dry"
    ratio "10,000 changed rows with $name" 3
done <<'CASES'
a CHECK that fails|23514|ALTER TABLE r ADD CHECK (n > 0)|n = -1
a null where none may be|23502|ALTER TABLE r ALTER n SET NOT NULL|n = NULL
an exception of a trigger that always fires|P0001|CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.n < 0 THEN RAISE EXCEPTION $$not %$$, new.n; END IF; RETURN new; END'; CREATE TRIGGER f BEFORE UPDATE ON r FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE r ENABLE ALWAYS TRIGGER f|n = -1
a unique value that another changed row has|23505|ALTER TABLE r ADD UNIQUE (u)|u = id - 1
a domain's CHECK that fails|23514|CREATE DOMAIN small AS int CHECK (VALUE > 0); ALTER TABLE r ALTER n TYPE small|n = -1
a reference to nothing|23503|ALTER TABLE r ADD FOREIGN KEY (p) REFERENCES q|p = id
a unique value that is taken|23505|ALTER TABLE r ADD UNIQUE (u); INSERT INTO r SELECT -g, 1, 'x', -g FROM generate_series(1, 20000) g|u = -id
CASES

# ---- where there is no PL/pgSQL, rows are tried from here
two_dbs "CREATE TABLE t (id int PRIMARY KEY, n int, u int, up int REFERENCES t)"
sql live "CREATE DOMAIN small AS int CHECK (VALUE > 0); ALTER TABLE t ALTER n TYPE small, ADD UNIQUE (u)" >/dev/null
sql origin "ALTER TABLE t DROP CONSTRAINT t_up_fkey;
    INSERT INTO t SELECT g, CASE g % 3 WHEN 0 THEN -1 ELSE g END, g / 2 * 2, CASE WHEN g % 5 = 0 AND g > 5 THEN g - 5 END FROM generate_series(5, 200) g WHERE g <> 15" >/dev/null
dump_origin
fresh_db live0 live
quiet_merge "$T/origin.sql" live -q
with=$(counts; sql live "SELECT * FROM t ORDER BY id")
fresh_db live live0
sql live "DROP EXTENSION plpgsql" >/dev/null
quiet_merge "$T/origin.sql" live -q
equal "without PL/pgSQL: the same rows are rejected" "3 $with" "$status $(counts; sql live "SELECT * FROM t ORDER BY id")"

# ---- another session inserts what was found to be new: not a reject, but try again
for key in "code text UNIQUE NOT NULL" "code text NOT NULL"; do
    two_dbs "CREATE TABLE t (id serial PRIMARY KEY, $key, v text); CREATE TABLE c (id serial PRIMARY KEY, t int REFERENCES t)"
    [ "$key" = "code text UNIQUE NOT NULL" ] || for db in origin live; do sql "$db" "CREATE UNIQUE INDEX ON t (code)" >/dev/null; done
    sql live "INSERT INTO t (code) SELECT 'live' || g FROM generate_series(1, 9) g" >/dev/null
    sql origin "INSERT INTO t (code) SELECT 'new' || g FROM generate_series(1, 30) g; INSERT INTO c (t) SELECT id FROM t" >/dev/null
    dump_origin
    dump-splitter --schema -q "$T/origin.sql" >"$T/schema"
    schema-differ -q -d live "$T/schema" >"$T/plan" || true
    dump-splitter -q --plan "$T/plan" "$T/origin.sql" | idmap-builder -d live | array-fixer >"$T/stream"
    sql live "INSERT INTO t (code) VALUES ('new7')" >/dev/null
    before=$(snapshot live)
    status_is "a key that another session inserted meanwhile ($key): status 6" 6 upserter -q -d live "$T/stream"
    equal "and nothing is committed ($key)" "$before" "$(snapshot live)"
    quiet_merge "$T/origin.sql" live -q
    equal "the next merge finds it ($key)" "0 39 30" "$status $(sql live "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM c)" | tr '|' ' ')"
done

# Another session runs SQL, and commits it when somebody waits for it. $held is its process.
hold() { # DB SQL
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<<"BEGIN; $2; SELECT 1;
        DO \$\$ BEGIN FOR i IN 1..200 LOOP EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)));
            PERFORM pg_sleep(0.05), pg_stat_clear_snapshot(); END LOOP; END \$\$; COMMIT" >"$T/held" &
    held=$!
    until grep -q 1 "$T/held"; do sleep 0.02; done
}

# ---- another session gives a live row another key: the values that are meant for the old one are not written
two_dbs "CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE NOT NULL, v text, w text UNIQUE)"
sql live "CREATE EXTENSION citext; ALTER TABLE t ALTER code TYPE citext; INSERT INTO t (code, v, w) SELECT 'c' || g, 'old', 'w' || g FROM generate_series(1, 20) g" >/dev/null
sql origin "INSERT INTO t (code, v, w) SELECT 'C' || g, 'new', CASE WHEN g < 5 THEN 'w' || g % 4 + 1 ELSE 'w' || g END FROM generate_series(1, 20) g" >/dev/null
dump_origin
fresh_db live0 live
rekeys="UPDATE t SET code = 'mine', v = 'mine' WHERE id ="
for id in 3 7; do # the third moves its unique value
    for undo in "" "--save-undo=$T/undo.stream"; do
        fresh_db live live0
        dump-splitter --schema -q "$T/origin.sql" >"$T/schema"
        schema-differ -q -d live "$T/schema" >"$T/plan" || true
        dump-splitter -q --plan "$T/plan" "$T/origin.sql" | idmap-builder -q -d live | array-fixer >"$T/stream"
        fresh_db before live
        sql live "$rekeys $id" >/dev/null
        # shellcheck disable=SC2086 # no option, or one
        status_is "a live row whose key was changed before the UPDATE ($id ${undo:+with undo}): status 6" 6 upserter -q -d live $undo "$T/stream"
        equal "and nothing of it is overwritten ($id ${undo:+with undo})" "1 mine old" "$(sql live "SELECT count(*) FILTER (WHERE v = 'mine'), string_agg(DISTINCT v, ' ' ORDER BY v) FROM t" | tr '|' ' ')"
        fresh_db live before
        hold live "$rekeys $id"
        # shellcheck disable=SC2086
        status_is "a live row whose key is changed during the UPDATE ($id ${undo:+with undo}): status 6" 6 upserter -q -d live $undo "$T/stream"
        wait "$held"
        equal "and nothing of it is overwritten either ($id ${undo:+with undo})" "1 mine old" "$(sql live "SELECT count(*) FILTER (WHERE v = 'mine'), string_agg(DISTINCT v, ' ' ORDER BY v) FROM t" | tr '|' ' ')"
        fresh_db live before
        hold live "UPDATE t SET v = 'mine' WHERE id = $id"
        # shellcheck disable=SC2086
        status_is "beside it a change of another column is overwritten ($id ${undo:+with undo})" 0 upserter -q -d live $undo "$T/stream"
        wait "$held"
        equal "and so are all others ($id ${undo:+with undo})" "new" "$(sql live "SELECT string_agg(DISTINCT v, ' ') FROM t")"
    done
done

# ---- verify says what is not in the live database
two_dbs "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE s (id int PRIMARY KEY); CREATE TABLE w (id int PRIMARY KEY)"
sql live "ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0); DROP TABLE w" >/dev/null
sql origin "INSERT INTO t SELECT g, g - 2 FROM generate_series(1, 9) g; INSERT INTO s VALUES (1); INSERT INTO w VALUES (1), (2)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live -q
output=$(PGDATABASE=live MERGES=$T/merges "$root/scripts/verify" "$T/origin.sql" 2>/dev/null)
equal "verify after rejects and skipped tables: status 3" "3 INCOMPLETE: of $T/origin.sql: 2 rows rejected, 1 table skipped; the rest is in the live database" "$? $(tail -n 1 <<<"$output")"
contains "verify lists the rejects" "public.t: 2 rejected: new row violates check constraint \"positive\" (SQLSTATE 23514)" "$output"
contains "verify lists the skipped tables" "public.w: skipped, 2 rows" "$output"
sql live "DELETE FROM s" >/dev/null
status_is "verify where a row is missing besides: status 1" 1 env PGDATABASE=live MERGES="$T/merges" "$root/scripts/verify" "$T/origin.sql"

# ---- a table that a rule skips is no trouble
two_dbs "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE obsolete (id int PRIMARY KEY, n int)"
sql origin "INSERT INTO t VALUES (1), (2); INSERT INTO obsolete VALUES (1), (2), (3)" >/dev/null
sql live "ALTER TABLE obsolete DROP n" >/dev/null
dump_origin
echo 'obsolete skip' >"$T/rules"
export RULES=$T/rules
status=0
PGDATABASE=live MERGES=$T/merges "$root/scripts/merge" --dry-run "$T/origin.sql" >"$T/out" 2>&1 || status=$?
equal "a rule skips a table: the dry run is whole, without a warning" "0 0" "$status $(grep -c 'warning: .*obsolete' "$T/out")"
quiet_merge "$T/origin.sql" live
equal "and the merge, which counts its rows" "0 2 public.obsolete 3 0 0 0 0 0 3" \
    "$status $(grep -cE '^(public.obsolete +3 .* 3 |.* 1 table skipped by rule\)$)' "$T/out") $(counts | grep obsolete)"
output=$(PGDATABASE=live MERGES=$T/merges "$root/scripts/verify" "$T/origin.sql" 2>/dev/null)
equal "verify passes" "0 PASS: $T/origin.sql is in the live database" "$? $(tail -n 1 <<<"$output")"
contains "and says what the rule leaves out" "skipped by rule: public.obsolete (3 rows)" "$output"
mkdir "$T/backups" && cp "$T/origin.sql" "$T/backups"
BACKUPS=$T/backups PGDATABASE=live MERGES=$T/merges status_is "all backups of a folder: whole" 0 "$root/scripts/merge-all"
sql origin "CREATE TABLE later (id int PRIMARY KEY); INSERT INTO later VALUES (1)" >/dev/null
dump_origin
output=$(PGDATABASE=live MERGES=$T/merges "$root/scripts/verify" "$T/origin.sql" 2>/dev/null)
equal "beside one that is not there: in part, and that one alone counts" \
    "3 INCOMPLETE: of $T/origin.sql: 0 rows rejected, 1 table skipped; the rest is in the live database public.later: skipped, 1 rows" \
    "$? $(tail -n 1 <<<"$output") $(grep -oE 'public.*: skipped, .*' <<<"$output")"
unset RULES
