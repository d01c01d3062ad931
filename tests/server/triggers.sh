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
else
    skip "a reference of other letters than its citext" "the extension is not installed"
fi
