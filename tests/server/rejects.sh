#!/usr/bin/env bash
# Ten thousand rows that the live database refuses: each cause, with the counts that add up, the same in
# the dry run, and in bounded time beside the same merge without them.
# alone: it measures times
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
timed() { # leaves $took, in milliseconds
    local start
    start=$(date +%s%3N)
    quiet_merge "$T/origin.sql" live -q
    took=$(($(date +%s%3N) - start))
}
schema="CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE r (id int PRIMARY KEY, n int, s varchar(20), u int, p int)"

# ---- new rows: the ratio is printed; its bound is generous, for machines are busy
new_schema="CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE r (id int PRIMARY KEY, n int, s text, u int, p int)"
ratio() { # NAME MOST: of $took and $clean
    echo "# $test_name: $1: $took ms, without them $clean ms"
    if [ "$took" -le $(($2 * clean + 1000)) ]; then pass "$1: at most $2 times the clean merge"
    else fail "$1: at most $2 times the clean merge" "$took ms, without them $clean ms"; fi
}
while IFS='|' read -r name sqlstate most stricter bad; do
    two_dbs "$new_schema"
    sql live "INSERT INTO r SELECT -g, 1, 'x', -g FROM generate_series(1, 20000) g; $stricter" >/dev/null
    sql origin "INSERT INTO r SELECT g, g, 's' || g, g, NULL FROM generate_series(1, 20000) g" >/dev/null
    fresh_db live0 live
    dump_origin
    timed
    clean=$took
    fresh_db live live0
    sql origin "UPDATE r SET $bad WHERE id % 2 = 0" >/dev/null
    dump_origin
    timed
    equal "10,000 new rows with $name: rejected, the others merged" "3 public.r 20000 10000 0 0 0 10000 0 10000" \
        "$status $(counts | grep '^public.r ') $(sql live "SELECT count(*) FROM r WHERE id > 0 AND id % 2 = 1")"
    equal "10,000 new rows with $name: each with its SQLSTATE" "10000 $sqlstate" "$(sed 1d "$folder/rejects/public.r.tsv" | cut -f1 | sort | uniq -c | xargs)"
    ratio "10,000 new rows with $name" "$most"
done <<'CASES'
a CHECK that fails|23514|4|ALTER TABLE r ADD CHECK (n > 0)|n = -1
a null where none may be|23502|4|ALTER TABLE r ALTER n SET NOT NULL|n = NULL
a text that is too long|22001|4|ALTER TABLE r ALTER s TYPE varchar(10)|s = 'much too long for this'
a domain's CHECK that fails|23514|12|CREATE DOMAIN small AS int CHECK (VALUE > 0); ALTER TABLE r ALTER n TYPE small|n = -1
a reference to nothing|23503|4|ALTER TABLE r ADD FOREIGN KEY (p) REFERENCES q|p = id
a unique value that is taken|23505|4|ALTER TABLE r ADD UNIQUE (u)|u = -id
a unique expression that is taken|23505|4|CREATE UNIQUE INDEX ON r (abs(u * 3)) WHERE u < 0|u = -id
an exclusion that holds|23P01|4|ALTER TABLE r ADD EXCLUDE (u WITH =)|u = -id
a unique value that is taken, with triggers switched off|23505|8|CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER f BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE r ADD UNIQUE (u)|u = -id
CASES

# ---- changed rows
while IFS='|' read -r name sqlstate stricter bad; do
    two_dbs "$schema; INSERT INTO r SELECT g, g, 'old ' || g, g, NULL FROM generate_series(1, 20000) g"
    sql live "$stricter" >/dev/null
    fresh_db live0 live
    sql origin "UPDATE r SET s = 'new ' || id" >/dev/null
    dump_origin
    timed
    clean=$took
    fresh_db live live0
    sql origin "UPDATE r SET $bad WHERE id % 2 = 0" >/dev/null
    dump_origin
    quiet_merge "$T/origin.sql" live -q --dry-run
    dry=$(counts | grep '^public.r ')
    timed
    equal "10,000 changed rows with $name: rejected, the others merged" "3 public.r 20000 0 10000 0 0 10000 0 10000" \
        "$status $(counts | grep '^public.r ') $(sql live "SELECT count(*) FROM r WHERE s ~ '^new' AND id % 2 = 1 AND id > 0")"
    equal "10,000 changed rows with $name: each with its SQLSTATE" "10000 $sqlstate" "$(sed 1d "$folder/rejects/public.r.tsv" | cut -f1 | sort | uniq -c | xargs)"
    [ "$sqlstate" = 23503 ] || equal "10,000 changed rows with $name: the dry run foresaw them" "$(counts | grep '^public.r ')" "$dry"
    if [ "$took" -le $((3 * clean + 500)) ]; then pass "10,000 changed rows with $name: at most thrice the clean merge"
    else fail "10,000 changed rows with $name: at most thrice the clean merge" "$took ms, without them $clean ms"; fi
done <<'CASES'
a CHECK that fails|23514|ALTER TABLE r ADD CHECK (n > 0)|n = -1
a null where none may be|23502|ALTER TABLE r ALTER n SET NOT NULL|n = NULL
a reference to nothing|23503|ALTER TABLE r ADD FOREIGN KEY (p) REFERENCES q|p = id
a unique value that is taken|23505|ALTER TABLE r ADD UNIQUE (u); INSERT INTO r SELECT -g, 1, 'x', -g FROM generate_series(1, 20000) g|u = -id
CASES
