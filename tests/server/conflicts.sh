#!/usr/bin/env bash
# Which side wins where rows differ: conflict policies of tables and of columns, with equal, null and
# missing timestamps; the same result whatever the order of two backups; and changed rows as people
# are shown them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
with_rules() { # RULES-LINES BACKUP DB [OPTIONS]
    printf '%s\n' "$1" >"$T/rules"
    shift
    RULES=$T/rules quiet_merge "$@"
}
rows() { # DB: the rows of c, dates as day numbers
    sql "$1" "SELECT string_agg(concat_ws(',', coalesce(a, '-'), coalesce(b, '-'), coalesce(extract(day FROM at)::text, '-')), ' ' ORDER BY id) FROM c"
}

# ---- columns that differ from their table's policy
two_dbs "CREATE TABLE c (id int PRIMARY KEY, a text, b text, at date)"
sql origin "INSERT INTO c VALUES (1, 'new', 'new', '2024-01-02'), (2, 'new', 'new', '2024-01-01'), (3, 'new', NULL, '2024-01-01'),
    (4, 'new', 'new', NULL), (5, 'new', 'new', '2024-01-05'), (6, 'new', 'new', NULL)" >/dev/null
sql live "INSERT INTO c VALUES (1, 'old', NULL, '2024-01-01'), (2, 'old', 'old', '2024-01-02'), (3, NULL, 'old', '2024-01-01'),
    (4, 'old', NULL, '2024-01-04'), (5, 'old', 'old', NULL), (6, 'old', 'old', NULL)" >/dev/null
fresh_db live0 live
dump_origin
while IFS='|' read -r name rules expected numbers; do
    fresh_db live live0
    with_rules "${rules//;/$'\n'}" "$T/origin.sql" live --dry-run
    [ "$status" -ne 2 ] || { skip "$name" "the rules have no such word yet"; continue; }
    dry=$(counts)
    with_rules "${rules//;/$'\n'}" "$T/origin.sql" live
    equal "$name" "0 $expected" "$status $(rows live)"
    equal "$name: the counts, and the dry run's" "public.c 6 0 $numbers 0 0"$'\n'"$dry" "$(counts | head -n 1)"$'\n'"$(counts)"
    with_rules "${rules//;/$'\n'}" "$T/origin.sql" live --dry-run --exit-code
    equal "$name: and nothing is left to do" 0 "$status"
done <<'CASES'
equal and missing timestamps leave the live row|c conflict newest(at)|new,new,2 old,old,2 -,old,1 old,-,4 new,new,5 old,old,-|2 0 4
a column that is kept|c.a conflict keep|old,new,2 old,new,1 -,-,1 old,new,- old,new,5 old,new,-|6 0 0
a column that is filled|c conflict keep;c.b conflict fill|old,new,1 old,old,2 -,old,1 old,new,4 old,old,- old,old,-|2 0 4
a column of the newer row|c conflict keep;c.b conflict newest(at)|old,new,1 old,old,2 -,old,1 old,-,4 old,new,- old,old,-|2 0 4
a column that the backup gives in a table of the newest|c conflict newest(at);c.a conflict update|new,new,2 new,old,2 new,old,1 new,-,4 new,new,5 new,old,-|6 0 0
CASES

# ---- a rule for all tables; one's own wins, and where it cannot count the backup wins
two_dbs "CREATE TABLE a (id int PRIMARY KEY, x text, at date); CREATE TABLE b (id int PRIMARY KEY, x text, at date); CREATE TABLE d (id int PRIMARY KEY, x text, at date)"
for t in a b d; do
    sql origin "INSERT INTO $t VALUES (1, 'new', '2024-01-01'), (2, 'new', '2024-01-03')" >/dev/null
    sql live "INSERT INTO $t VALUES (1, 'old', '2024-01-02'), (2, 'old', '2024-01-02')" >/dev/null
done
sql live "ALTER TABLE d RENAME at TO since" >/dev/null
sql origin "ALTER TABLE d DROP at" >/dev/null
of_all="SELECT (SELECT string_agg(x, ',' ORDER BY id) FROM a) || ' ' || (SELECT string_agg(x, ',' ORDER BY id) FROM b) || ' ' || (SELECT string_agg(x, ',' ORDER BY id) FROM d)"
dump_origin
fresh_db live0 live
while IFS='|' read -r name rules expected; do
    fresh_db live live0
    with_rules "${rules//;/$'\n'}" "$T/origin.sql" live
    equal "$name" "0 $expected" "$status $(sql live "$of_all")"
done <<'CASES'
a rule for all tables counts for each|* conflict keep|old,old old,old old,old
a table's own wins, wherever it stands|b conflict update;* conflict keep|old,old new,new old,old
so does a column's|* conflict keep;b.x conflict update|old,old new,new old,old
a table without the column of newest keeps the default|* conflict newest(at)|old,new old,new new,new
a table to which rows are only added has no conflict|* conflict keep;b append|old,old old,old,new,new old,old
CASES
contains "the plan says by which rule" "conflict by rule $T/rules:1" "$(decided a)"
with_rules "* conflict newest(at)" "$T/origin.sql" live --dry-run
contains "and where it does not count" "rule $T/rules:1 does not count: there is no column at to be merged" "$(decided d)"

# ---- a row whose timestamp column the backup lacks is never newer
fresh_db live live0
sql origin "ALTER TABLE c DROP at" >/dev/null
dump_origin
with_rules "c conflict newest(at)" "$T/origin.sql" live
if [ "$status" -eq 2 ]; then
    pass "newest by a column that the backup lacks: refused as a wrong rule"
else
    equal "newest by a column that the backup lacks: the live rows stay" "$(rows live0)" "$(rows live)"
fi

# ---- the order of two backups does not matter
version_of() { # DB SEED: rows of a database whose content follows from key and timestamp alone
    sql "$1" "INSERT INTO v SELECT k, d || ' of ' || k, CASE WHEN d > 0 THEN '2024-01-01'::timestamp + d * interval '1 day' END
        FROM (SELECT k, ('x' || left(md5('$2 ' || k), 4))::bit(16)::int % 5 AS d FROM generate_series(1, 400) k
              WHERE ('x' || right(md5('$2 ' || k), 4))::bit(16)::int % 10 < 7) x" >/dev/null
}
same=0 kept=0 seeds="1 2 3 4 5"
for seed in $seeds; do
    for name in one two live0; do
        fresh_db "$name"
        sql "$name" "CREATE TABLE v (k int PRIMARY KEY, x text, at timestamp)" >/dev/null
        version_of "$name" "$name $seed"
    done
    pg_dump one >"$T/one.sql"
    pg_dump two >"$T/two.sql"
    for policy in "newest(at)" keep; do
        for order in "one two" "two one"; do
            fresh_db live live0
            for name in $order; do with_rules "v conflict $policy" "$T/$name.sql" live -q; done
            sql live "SELECT k, x FROM v ORDER BY k" >"$T/${order%% *}"
        done
        if [ "$policy" = keep ]; then # what live had stays
            sql live0 "SELECT k, x FROM v ORDER BY k" >"$T/had"
            ! cat "$T/one" "$T/two" | sort | uniq -d | LC_ALL=C sort | LC_ALL=C comm -13 - <(LC_ALL=C sort "$T/had") | grep -q . || continue
            kept=$((kept + 1))
        elif cmp -s "$T/one" "$T/two"; then same=$((same + 1)); fi
    done
done
equal "newest: the same whatever the order of two backups (seeds $seeds)" 5 "$same"
equal "keep: the live rows stay whatever the order (seeds $seeds)" 5 "$kept"

# ---- changed rows, shown
two_dbs "CREATE TABLE s (id int PRIMARY KEY, \"First Name\" text, n numeric, doc json)"
sql live "INSERT INTO s SELECT g, 'old ' || g, g, '{}' FROM generate_series(1, 10) g" >/dev/null
sql origin "INSERT INTO s SELECT g, CASE WHEN g % 2 = 0 THEN 'new ' || g ELSE 'old ' || g END, nullif(g, 4), '{}' FROM generate_series(1, 12) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run --show 2
shown=$(grep -A 6 '^public.s ' "$T/out" | sed -n '2,6p')
equal "--show in a dry run: two of the changed rows, column by column" \
    '  public.s id = "2"
    "First Name": "old 2" -> "new 2"
  public.s id = "4"
    "First Name": "old 4" -> "new 4"
    n: "4" -> (null)' "$shown"
quiet_merge "$T/origin.sql" live --show=2
equal "--show of a merge: the same" "$shown" "$(grep -A 6 '^public.s ' "$T/out" | sed -n '2,6p')"
quiet_merge "$T/origin.sql" live --show=2
equal "--show where nothing changed: nothing" "" "$(grep -e '->' "$T/out")"
