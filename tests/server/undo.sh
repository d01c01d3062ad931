#!/usr/bin/env bash
# Undoing a merge: row for row what was there before, whatever the merge did; and what happens where
# rows have changed since.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
undo() { # FOLDER DB [OPTIONS of merge-undo]: status in $undone, messages in $T/undone
    local folder=$1 db=$2
    shift 2
    undone=0
    PGDATABASE=$db "$root/scripts/merge-undo" "$folder" "$@" >"$T/undone" 2>&1 || undone=$?
}
content() { # DB: every row of every table, sequences aside
    pg_dump --data-only --no-owner -d "$1" | grep -vE '^(--|SET |SELECT pg_catalog.setval|\\(un)?restrict )' |
        awk '/^COPY /{ table = $2 } { print table "\t" $0 }' | LC_ALL=C sort
}
there_and_back() { # NAME: merges origin into live, undoes that, twice
    dump_origin
    content live >"$T/before"
    quiet_merge "$T/origin.sql" live
    content live >"$T/merged"
    if cmp -s "$T/before" "$T/merged"; then fail "$1: the merge changed nothing"; fi
    cp "$folder/undo.stream" "$T/undo.stream"
    undo "$folder" live --dry-run
    equal "$1: dry run of undoing" "0 0" "$undone $(content live | diff - "$T/merged" | wc -l)"
    undo "$folder" live
    equal "$1: undone" 0 "$undone"
    [ "$undone" -eq 0 ] || tail -n 3 "$T/undone" >&2
    content live >"$T/after"
    check "$1: every row is as before" diff "$T/before" "$T/after"
    undo "$folder" live
    equal "$1: a second time does nothing" "0 0" "$undone $(content live | diff - "$T/before" | wc -l)"
    contains "$1: and says so" "nothing to undo" "$(cat "$T/undone")"
}

# ---- new rows, changed rows, arrays, a tree, a circle, tables without a key, many types
export RULES=$T/merge.rules
printf '%s\n' 'metrics append' 'metrics.package_ids array-of package' 'log append' >"$RULES"
make_app() { # DB FIRST LAST SEED CHANGED
    fresh_db "$1"
    psql -qX -v ON_ERROR_STOP=1 -d "$1" -v first="$2" -v last="$3" -v seed="$4" -v changed="$5" \
        -f "$root/tests/server/app.sql" >/dev/null
    sql "$1" "CREATE TABLE log (at timestamp, line text);
        INSERT INTO log SELECT '2024-01-01', 'line ' || g % 4 FROM generate_series(1, CASE WHEN '$1' = 'origin' THEN 30 ELSE 11 END) g;
        CREATE TABLE team (id serial PRIMARY KEY, name text UNIQUE NOT NULL, lead integer NOT NULL);
        CREATE TABLE person (id serial PRIMARY KEY, name text UNIQUE NOT NULL, team integer NOT NULL REFERENCES team, boss integer REFERENCES person);
        WITH t AS (INSERT INTO team SELECT g, 't' || g + $2, g FROM generate_series(1, 5) g)
            INSERT INTO person SELECT g, 'p' || g + $2, g, nullif(g, 1) - 1 FROM generate_series(1, 5) g;
        ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person;
        CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES;
        CREATE TABLE kinds (id int PRIMARY KEY, b bytea, j json, jb jsonb, n numeric, f float8, i interval, t timestamptz, a text[], r int4range, u uuid, x xml, bt bit(5), c char(4));
        INSERT INTO kinds SELECT g, decode(md5('$1' || g), 'hex'), '{\"a\":  1, \"a\": $2}', '{\"b\": [1,\"$1\"]}', g + 0.10, g / 3.0, g * interval '1 month', '2024-01-01'::timestamptz + g * interval '1 hour',
            ARRAY['a', NULL, E'\\\\', 'q\"', ''], int4range(g, g + $2), md5('$1' || g)::uuid, '<a>$1</a>', '10101', 'c' FROM generate_series(1, 9 + $2 % 7) g" >/dev/null
}
make_app live 1 300 1 0
make_app origin 150 500 2 40
there_and_back "an application of another lineage"
equal "and its stream is one that ended well" 0 "$(stream-sealer "$T/undo.stream" | cmp - "$T/undo.stream" >/dev/null; echo $?)"
unset RULES

# ---- triggers that cannot be switched off: what they made of the rows goes too
two_dbs "CREATE TABLE t (id int PRIMARY KEY, v text, touched int DEFAULT 0);
    CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE)"
sql origin "ALTER TABLE t DROP touched; INSERT INTO t SELECT g, 'new ' || g FROM generate_series(1, 20) g; INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1)" >/dev/null
sql live "INSERT INTO t SELECT g, 'old ' || g FROM generate_series(1, 10) g;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS \$\$BEGIN NEW.touched := coalesce(NEW.touched, 0) + 1; RETURN CASE WHEN NEW.id <> 13 THEN NEW END; END\$\$;
    CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (current_setting('application_name') !~ 'psql') EXECUTE FUNCTION touch();
    ALTER TABLE t ENABLE ALWAYS TRIGGER touch" >/dev/null
sql live "ALTER TABLE t DISABLE TRIGGER touch" >/dev/null
content live >"$T/before"
sql live "ALTER TABLE t ENABLE ALWAYS TRIGGER touch" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a trigger that fires always did so" "0 19 19" "$status $(sql live "SELECT count(*), sum(touched) FROM t" | tr '|' ' ')"
sql live "ALTER TABLE t DISABLE TRIGGER touch" >/dev/null
undo "$folder" live
equal "what triggers did to the rows is undone with them" "0 0" "$undone $(content live | diff - "$T/before" | wc -l)"

# ---- what changed since
two_dbs "CREATE TABLE p (id serial PRIMARY KEY, k text UNIQUE NOT NULL, v text, extra text); CREATE TABLE c (id serial PRIMARY KEY, k text UNIQUE NOT NULL, p int REFERENCES p)"
sql origin "ALTER TABLE p DROP extra; INSERT INTO p SELECT g, 'k' || g, 'backup' FROM generate_series(1, 12) g; INSERT INTO c SELECT g, 'c' || g, g FROM generate_series(1, 12) g" >/dev/null
sql live "INSERT INTO p SELECT g, 'k' || g, 'live' FROM generate_series(1, 6) g; INSERT INTO c SELECT g, 'c' || g, g FROM generate_series(1, 6) g;
    SELECT setval('p_id_seq', 20), setval('c_id_seq', 20)" >/dev/null
dump_origin
content live >"$T/before"
quiet_merge "$T/origin.sql" live
sql live "UPDATE p SET v = 'now' WHERE id = 1; DELETE FROM c WHERE id = 2; DELETE FROM p WHERE id = 2;
    UPDATE p SET v = 'now' WHERE id = 7; UPDATE p SET extra = 'now' WHERE id = 8; INSERT INTO c VALUES (99, 'new', 9); DELETE FROM c WHERE id = 10; UPDATE c SET p = 3 WHERE id = 11" >/dev/null
content live >"$T/changed"
undo "$folder" live
equal "rows changed since: refused" "4 0" "$undone $(content live | diff - "$T/changed" | wc -l)"
for text in "p (1) was updated by the merge and has changed since" "p (2) was updated by the merge and is gone by now" \
    "p (7) was inserted by the merge and has changed since" "p (8) was inserted by the merge and has changed since" \
    "p (9) was inserted by the merge, and other rows refer to it by now: public.c (p)=(9)" "--undo-wins" "--now-wins"; do
    contains "it says: $text" "$text" "$(cat "$T/undone")"
done
fresh_db changed live
sql postgres "ALTER DATABASE live RENAME TO kept" >/dev/null
sql postgres "ALTER DATABASE changed RENAME TO live" >/dev/null
undo "$folder" live --now-wins
equal "--now-wins: what changed stays, with what it needs; the rest is undone" \
    "0|1=now 3=live 4=live 5=live 6=live 7=now 8=backup 9=backup|1 3 4 5 6 11 99" \
    "$undone|$(sql live "SELECT (SELECT string_agg(id || '=' || v, ' ' ORDER BY id) FROM p), (SELECT string_agg(id::text, ' ' ORDER BY id) FROM c)")"
sql postgres "DROP DATABASE live" >/dev/null
sql postgres "ALTER DATABASE kept RENAME TO live" >/dev/null
undo "$folder" live --undo-wins
equal "--undo-wins: the merge is gone but for what others refer to, which is a reject" \
    "3|1=live 3=live 4=live 5=live 6=live 9=backup|1 3 4 5 6 99" \
    "$undone|$(sql live "SELECT (SELECT string_agg(id || '=' || v, ' ' ORDER BY id) FROM p), (SELECT string_agg(id::text, ' ' ORDER BY id) FROM c)")"
equal "the counts of undoing add up" ok "$(awk -F'\t' 'NR > 1 && $2 != $3 + $4 + $5 + $6 + $7 + $8 { bad = 1 } END { print bad ? "bad" : "ok" }' "$folder/undo.tsv")"

# ---- what changed since, in rows whose unique values moved
moved() { # NAME SQL-SINCE MESSAGE NOW-WINS UNDO-WINS: statuses and rows
    two_dbs "CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE, v int)" >/dev/null
    sql live "INSERT INTO t SELECT g, chr(96 + g), 0 FROM generate_series(1, 6) g" >/dev/null # 1 2 3 rotate, 4 5 exchange theirs, 6 gives up f
    sql origin "INSERT INTO t SELECT g, translate(chr(96 + g), 'abcdef', 'bcaedz'), 0 FROM generate_series(1, 6) g; INSERT INTO t VALUES (7, 'f', 0)" >/dev/null
    dump_origin
    echo 't key id' >"$T/moved.rules"
    content live >"$T/before"
    RULES=$T/moved.rules quiet_merge "$T/origin.sql" live
    sql live "$2" >/dev/null
    content live >"$T/changed"
    fresh_db changed live
    undo "$folder" live --dry-run
    equal "$1: the dry run is refused" 4 "$undone"
    undo "$folder" live
    equal "$1: refused" "4 0" "$undone $(content live | diff - "$T/changed" | wc -l)"
    contains "$1: it says why" "$3" "$(<"$T/undone")"
    contains "$1: and what to do" "UNDO=undo-wins (or UNDO=now-wins)" "$(<"$T/undone")"
    undo "$folder" live --now-wins
    equal "$1: --now-wins" "$4" "$undone $(rows)"
    fresh_db live changed
    undo "$folder" live --undo-wins
    equal "$1: --undo-wins" "$5" "$undone $(rows)"
}
rows() { sql live "SELECT string_agg(concat(id, u, v), ' ' ORDER BY id) FROM t"; }
taken="was updated by the merge, and another row has its old value by now: u"
moved "a row that moved has changed otherwise" "UPDATE t SET v = 9 WHERE id = 1" "public.t (1) was updated by the merge and has changed since" \
    "0 1b9 2c0 3a0 4d0 5e0 6f0" "0 1a0 2b0 3c0 4d0 5e0 6f0"
moved "another row has the old value of one" "UPDATE t SET u = 'x' WHERE id = 1; INSERT INTO t VALUES (8, 'b', 0)" "public.t (2) $taken" \
    "0 1x0 2c0 3a0 4d0 5e0 6f0 8b0" "3 1x0 2c0 3a0 4d0 5e0 6f0 8b0"
moved "another row has what a new one had" "UPDATE t SET u = 'y' WHERE id = 7; INSERT INTO t VALUES (8, 'f', 0)" "public.t (6) $taken" \
    "0 1a0 2b0 3c0 4d0 5e0 6z0 7y0 8f0" "3 1a0 2b0 3c0 4d0 5e0 6z0 8f0"
moved "a new row that has an old value has changed" "UPDATE t SET v = 9 WHERE id = 7" "public.t (7) was inserted by the merge and has changed since" \
    "0 1a0 2b0 3c0 4d0 5e0 6z0 7f9" "0 1a0 2b0 3c0 4d0 5e0 6f0"

# ---- unique values that foreign keys refer to: they cannot be set aside, and go back the way they came
two_dbs "CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE c (id int PRIMARY KEY, p text REFERENCES p (code) ON UPDATE CASCADE);
    INSERT INTO p SELECT g, chr(96 + g) FROM generate_series(1, 9) g; INSERT INTO c SELECT g, chr(96 + g) FROM generate_series(1, 9) g" >/dev/null
for id in 1 2 3 4 5 6 7; do sql origin "UPDATE p SET code = chr($((id == 1 ? 122 : 95 + id))) WHERE id = $id" >/dev/null; done
echo 'p key id' >"$T/by_id"
RULES=$T/by_id there_and_back "a referred value that was handed on"
equal "and all of it was" 0 "$status"

# ---- many rows to delete, to which a table without an index may refer
two_dbs "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, \"to\" int REFERENCES parent, v text)"
sql origin "INSERT INTO parent SELECT generate_series(1, 2000)" >/dev/null
sql live "INSERT INTO child SELECT g, NULL, repeat('x', 600) FROM generate_series(1, 1500) g;
    DO \$\$ BEGIN CREATE ROLE pgbraid_app LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$;
    GRANT ALL ON ALL TABLES IN SCHEMA public TO pgbraid_app; GRANT TEMPORARY ON DATABASE live TO pgbraid_app" >/dev/null
dump_origin
PGUSER=pgbraid_app quiet_merge "$T/origin.sql" live
hint="public.parent: deleting 2000 rows takes long, for each of them all of public.child is read; an index helps: CREATE INDEX ON public.child (\"to\")"
PGUSER=pgbraid_app undo "$folder" live --dry-run
contains "the index that would help is said before" "$hint" "$(head -n 2 "$T/undone")"
sql live 'CREATE INDEX helps ON child ("to", id)' >/dev/null
PGUSER=pgbraid_app undo "$folder" live --dry-run
equal "with that index nothing is said" "0 0" "$undone $(grep -c 'takes long' "$T/undone")"
sql live 'DROP INDEX helps; CREATE INDEX ON child ("to") WHERE v IS NULL; CREATE INDEX ON child (v, "to")' >/dev/null
PGUSER=pgbraid_app undo "$folder" live --dry-run
contains "no index of some rows helps, nor one that begins otherwise" "$hint" "$(cat "$T/undone")"
undo "$folder" live
equal "a role that may switch triggers off needs none" "0 0 0" "$undone $(grep -c 'takes long' "$T/undone") $(sql live "SELECT count(*) FROM parent")"
sql live "DROP OWNED BY pgbraid_app; DROP ROLE pgbraid_app" >/dev/null

# ---- rows that have no value in their key, and to which others refer by another one
two_dbs "CREATE TABLE t (id int UNIQUE, code text UNIQUE); CREATE TABLE child (t int REFERENCES t (id))"
echo 't key code' >"$T/by_code"
sql origin "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, NULL)" >/dev/null
dump_origin
for own in "" "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'; CREATE TRIGGER f BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()"; do
    sql live "$own" >/dev/null
    RULES=$T/by_code quiet_merge "$T/origin.sql" live
    sql live "INSERT INTO child VALUES (2)" >/dev/null
    undo "$folder" live
    equal "a row without its key, that others refer to${own:+, with a trigger}: not undone" "4 3 1" \
        "$undone $(sql live "SELECT count(*) FROM t") $(sql live "SELECT count(*) FROM child JOIN t ON t.id = child.t")"
    sql live "DELETE FROM child" >/dev/null
    undo "$folder" live
    equal "a row without its key${own:+, with a trigger}: undone" "0 0" "$undone $(sql live "SELECT count(*) FROM t")"
done

# ---- without superuser
sql postgres "DROP ROLE IF EXISTS pgbraid_app; CREATE ROLE pgbraid_app LOGIN" >/dev/null
two_dbs "CREATE TABLE a (id int PRIMARY KEY, b int, v text); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, v text)"
for db in origin live; do sql "$db" "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b" >/dev/null; done
sql origin "INSERT INTO a VALUES (1, NULL, 'new'); INSERT INTO b VALUES (1, 1, 'new'); UPDATE a SET b = 1; INSERT INTO a VALUES (2, 1, 'x'); INSERT INTO b VALUES (2, 2, 'x'), (3, NULL, 'new')" >/dev/null
sql live "INSERT INTO b VALUES (3, NULL, 'old'); INSERT INTO a VALUES (1, 3, 'old')" >/dev/null
sql live "GRANT ALL ON ALL TABLES IN SCHEMA public TO pgbraid_app; GRANT TEMPORARY ON DATABASE live TO pgbraid_app" >/dev/null
dump_origin
content live >"$T/before"
PGUSER=pgbraid_app quiet_merge "$T/origin.sql" live
equal "a circle, by a role without rights over triggers: merged" 0 "$status"
PGUSER=pgbraid_app undo "$folder" live
equal "and undone" "0 0" "$undone $(content live | diff - "$T/before" | wc -l)"
sql live "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM pgbraid_app" >/dev/null
sql live "REVOKE ALL ON DATABASE live FROM pgbraid_app" >/dev/null
sql postgres "DROP ROLE pgbraid_app" >/dev/null

# ---- wrong hands
fresh_db other live
undo "$folder" other
equal "another database: refused" 4 "$undone"
head -n -2 "$folder/undo.stream" >"$T/cut"
status_is "a stream that breaks off: refused" 4 upserter --undo -d live "$T/cut"
status_is "a stream of rows is none of undoing" 4 upserter --undo -d live "$root/tests/e2e/stream-sealer/a_sealed_stream_stays_as_it_is/in"
quiet_merge "$T/origin.sql" live --dry-run
undo "$folder" live
equal "a dry run's folder has nothing to undo" 2 "$undone"
undo "$T/nowhere" live
equal "no such folder" 2 "$undone"

# ---- by make
quiet_merge "$T/origin.sql" live
target() { (cd "$T" && PGDATABASE=live VIA=local make -s -f "$root/Makefile.ai" "$@") >"$T/undone" 2>&1; }
check "make: a dry run" target ai-smart-merge-undo MERGE="$folder" UNDO=dry-run
contains "make: it would delete rows" "would delete 3 rows" "$(cat "$T/undone")"
check "make: undone" target ai-smart-merge-undo MERGE="$folder"
equal "make: every row is as before" 0 "$(content live | diff - "$T/before" | wc -l)"
status_is "make: without MERGE" 2 target ai-smart-merge-undo
