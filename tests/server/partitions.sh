#!/usr/bin/env bash
# Rows that go into a partitioned table as a whole: single tables, partitions that the live database lacks or
# that take other rows there, dumps made with --load-via-partition-root.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# ---- upserter -t of a partitioned table: new and changed rows of all partitions, and its undo
fresh_db live
sql live "CREATE TABLE kind (id int PRIMARY KEY);
    CREATE TABLE m (day date NOT NULL, sensor int NOT NULL, v int, kind int REFERENCES kind, UNIQUE (day, v), PRIMARY KEY (day, sensor)) PARTITION BY RANGE (day);
    CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
    CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM ('2024-07-01') TO ('2025-01-01') PARTITION BY RANGE (day);
    CREATE TABLE m_2_1 PARTITION OF m_2 FOR VALUES FROM ('2024-07-01') TO ('2024-09-01'); CREATE TABLE m_2_2 PARTITION OF m_2 FOR VALUES FROM ('2024-09-01') TO ('2024-11-01');
    INSERT INTO kind VALUES (1); INSERT INTO m VALUES ('2024-02-02', 1, 1, 1), ('2024-02-02', 9, 9, NULL), ('2024-08-08', 1, 2, NULL), ('2024-08-08', 2, 3, 1), ('2024-09-09', 1, 4, NULL)" >/dev/null
all="SELECT string_agg(concat_ws(' ', tableoid::regclass, to_char(day, 'MMDD'), sensor, v, kind), ',' ORDER BY day, sensor) FROM m"
before=$(sql live "$all")
# unchanged, changed, new, no partition at both levels, a unique value that is taken, of a new and a changed row
printf '%s\t%s\t%s\t%s\n' day sensor v kind 2024-02-02 1 1 1 2024-08-08 1 20 1 2024-08-08 2 3 1 2024-05-05 5 5 '\N' 2024-10-10 2 6 1 2025-05-05 1 7 1 2024-12-12 3 8 1 2024-02-02 3 1 1 2024-02-02 9 1 1 >"$T/m.tsv"
status_is "a single table that is partitioned: the dry run ends with 3" 3 env PGDATABASE=live upserter -n -t m --counts="$T/dry" --rejects="$T/dry-rejects" "$T/m.tsv"
equal "a single table that is partitioned: the dry run writes nothing" "$before" "$(sql live "$all")"
status_is "a single table that is partitioned: so does the merge" 3 env PGDATABASE=live upserter -t m --counts="$T/real" --rejects="$T/rejects" --save-undo="$T/undo" "$T/m.tsv"
equal "a single table that is partitioned: the dry run's counts" "$(cut -f1-8 "$T/real")" "$(cut -f1-8 "$T/dry")"
equal "a single table that is partitioned: every row goes where it belongs" \
    "m_1 0202 1 1 1,m_1 0202 9 9,m_1 0505 5 5,m_2_1 0808 1 20 1,m_2_1 0808 2 3 1,m_2_2 0909 1 4,m_2_2 1010 2 6 1" "$(sql live "$all")"
equal "a single table that is partitioned: what no partition takes is rejected" "23505 23505 23514 23514" \
    "$(sed 1d "$T/rejects/public.m.tsv" | cut -f1 | sort | paste -sd' ')"
contains "and the reason says so" 'no partition of relation "m" found for row' "$(cat "$T/rejects/public.m.tsv")"
status_is "a single table that is partitioned: the merge is undone" 0 env PGDATABASE=live upserter --undo "$T/undo"
equal "a single table that is partitioned: as before" "$before" "$(sql live "$all")"

# ---- what partitions have for themselves: triggers, foreign keys, references
sql live "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''loud''; RETURN new; END';
    CREATE TRIGGER loud AFTER INSERT OR UPDATE ON m_1 FOR EACH ROW EXECUTE FUNCTION loud()" >/dev/null
printf '%s\t%s\t%s\t%s\n' day sensor v kind 2024-05-05 5 5 1 2024-02-02 1 1 '\N' >"$T/m.tsv"
PGDATABASE=live upserter -t m "$T/m.tsv" >"$T/out" 2>&1
equal "a partition's triggers are silent" "0 0 5" "$(grep -c 'loud$' "$T/out") $(grep -c 'will fire' "$T/out") $(sql live "SELECT v FROM m WHERE day = '2024-05-05'")"
sql live "CREATE TABLE place (id int PRIMARY KEY); ALTER TABLE m_1 ADD FOREIGN KEY (sensor) REFERENCES place NOT VALID" >/dev/null
printf '%s\t%s\t%s\t%s\n' day sensor v kind 2024-06-06 6 6 1 2024-10-11 2 7 1 >"$T/m.tsv"
PGDATABASE=live upserter -t m --rejects="$T/rejects" --save-undo="$T/undo" "$T/m.tsv" >"$T/out" 2>&1
equal "a partition's own foreign keys hold" "23503 2024-10-11" \
    "$(sed 1d "$T/rejects/public.m.tsv" | cut -f1) $(sql live "SELECT day FROM m WHERE v = 7")"
sql live "CREATE TABLE seen (day date, sensor int, FOREIGN KEY (day, sensor) REFERENCES m_2_2); INSERT INTO seen VALUES ('2024-10-11', 2)" >/dev/null
status_is "a row of the merge that a row refers to, by its partition, is kept by its undo" 0 env PGDATABASE=live upserter --undo --now-wins "$T/undo"
equal "and stays" 1 "$(sql live "SELECT count(*) FROM m WHERE v = 7")"

# ---- scenes: a partition that the live database lacks, with and without one that takes its rows
planned() { awk -F'\t' -v t="public.$1" '$1 == "table" && $2 == t { print $4, $5, $7 }' "$folder/plan.tsv"; }
reason() { awk -F'\t' -v t="public.$1" '$1 == "table" && $2 == t { print $8 }' "$folder/plan.tsv"; }
rejects() { sed 1d "$folder/rejects/public.$1.tsv" | cut -f1,3-; }
schema="CREATE TABLE m (day date NOT NULL, sensor int NOT NULL, v int, PRIMARY KEY (day, sensor)) PARTITION BY RANGE (day);
    CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
    CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM ('2024-07-01') TO ('2025-01-01')"
rows="SELECT string_agg(concat_ws(' ', tableoid::regclass, day, v), ', ' ORDER BY day) FROM m"
rules=
two_dbs "$schema"
sql origin "CREATE TABLE m_3 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2025-02-02', 1, 20), ('2025-08-08', 1, 30)" >/dev/null
sql live "INSERT INTO m VALUES ('2024-02-02', 1, 1)" >/dev/null
merged_is "no partition takes the rows" 3 "m_1 2024-02-02 10" "$rows"
equal "no partition takes the rows: each is a reject" $'23514\t2025-02-02\t1\t20\n23514\t2025-08-08\t1\t30' "$(rejects m)"
contains "no partition takes the rows: the plan says how they go" "partitioned=yes" "$(planned m)"
contains "no partition takes the rows: and that the partition is no table of its own" "into=public.m why=routed" "$(planned m_3)"
equal "no partition takes the rows: the others are merged partition by partition" "public.m public.m_1 public.m_2" \
    "$(counts | cut -d' ' -f1 | sort | paste -sd' ')"
sql live "CREATE TABLE m_later PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2025-07-01')" >/dev/null
PGDATABASE=live upserter -q -t m --rejects="$T/again" "$folder/rejects/public.m.tsv"
equal "once there is one, the rejects are piped back" "3 m_1 2024-02-02 10, m_later 2025-02-02 20 1" \
    "$? $(sql live "$rows") $(sed 1d "$T/again/public.m.tsv" | wc -l)"
sql live "CREATE TABLE m_rest PARTITION OF m DEFAULT" >/dev/null
merged_is "a default partition takes what others do not" 0 "m_1 2024-02-02 10, m_later 2025-02-02 20, m_rest 2025-08-08 30" "$rows"
sql origin "UPDATE m SET v = v + 1" >/dev/null
merged_is "changed rows are found where they are" 0 "m_1 2024-02-02 11, m_later 2025-02-02 21, m_rest 2025-08-08 31" "$rows"
check "and verify passes" env PGDATABASE=live MERGES="$T/merges" "$root/scripts/verify" "$T/origin.sql"

# ---- partitions of the same name that take other rows by now
two_dbs "$schema; CREATE TABLE m_rest PARTITION OF m DEFAULT"
sql origin "INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2024-08-08', 1, 20), ('2025-02-02', 1, 30), ('2026-02-02', 1, 40)" >/dev/null
sql live "CREATE TABLE m_2025 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); INSERT INTO m VALUES ('2025-02-02', 1, 3), ('2026-02-02', 1, 4)" >/dev/null
merged_is "rows that left the default partition" 0 "m_1 2024-02-02 10, m_2 2024-08-08 20, m_2025 2025-02-02 30, m_rest 2026-02-02 40" "$rows"
equal "rows that left the default partition: the others go by themselves" "merge (day, sensor) skip -" "$(planned m_1 | cut -d' ' -f1-3) $(planned m_rest | cut -d' ' -f1,2)"
contains "rows that left the default partition: the plan says why" "the live partition takes other rows" "$(reason m_rest)"
two_dbs "$schema"
sql origin "INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2024-05-05', 1, 20), ('2024-08-08', 1, 30)" >/dev/null
sql live "ALTER TABLE m DETACH PARTITION m_1; DROP TABLE m_1; CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-04-01') PARTITION BY LIST (sensor);
    CREATE TABLE m_1_1 PARTITION OF m_1 FOR VALUES IN (1, 2); CREATE TABLE m_1b PARTITION OF m FOR VALUES FROM ('2024-04-01') TO ('2024-07-01')" >/dev/null
merged_is "partitions that were split" 0 "m_1_1 2024-02-02 10, m_1b 2024-05-05 20, m_2 2024-08-08 30" "$rows"
two_dbs "$schema"
sql origin "INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2024-08-08', 1, 20)" >/dev/null
sql live "DROP TABLE m; CREATE TABLE m (day date NOT NULL, sensor int NOT NULL, v int, PRIMARY KEY (day, sensor)); INSERT INTO m VALUES ('2024-02-02', 1, 1)" >/dev/null
merged_is "the live table is partitioned no more" 0 "m 2024-02-02 10, m 2024-08-08 20" "$rows"
sql origin "DROP TABLE m; CREATE TABLE m (day date NOT NULL, sensor int NOT NULL, v int, PRIMARY KEY (day, sensor));
    INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2024-08-08', 1, 20), ('2025-08-08', 1, 30)" >/dev/null
sql live "DROP TABLE m; $schema; INSERT INTO m VALUES ('2024-02-02', 1, 1)" >/dev/null
merged_is "the live table is partitioned since" 3 "m_1 2024-02-02 10, m_2 2024-08-08 20" "$rows"

# ---- dumps made with --load-via-partition-root, in all formats
two_dbs "$schema"
sql origin "INSERT INTO m SELECT '2024-01-01'::date + g * 10, g, g FROM generate_series(1, 35) g" >/dev/null
sql live "INSERT INTO m SELECT '2024-01-01'::date + g * 10, g, -g FROM generate_series(1, 50, 3) g WHERE g < 37" >/dev/null
all=$(sql origin "$rows")
for format in p c t d; do
    fresh_db again live
    rm -rf "$T/root"
    pg_dump --load-via-partition-root -F$format -f "$T/root" origin
    quiet_merge "$T/root" again --dry-run
    dry=$(counts)
    quiet_merge "$T/root" again
    equal "--load-via-partition-root, format $format" "0 $all" "$status $(sql again "$rows")"
    equal "--load-via-partition-root, format $format: the dry run's counts" "$(counts)" "$dry"
    before=$(versions again)
    quiet_merge "$T/root" again
    equal "--load-via-partition-root, format $format: twice is once" "0 $before" "$status $(versions again)"
done

# ---- INSERT statements; a table that was renamed; a plan that is used as it is; large tables, of which single rows are asked for
two_dbs "$schema"
sql origin "CREATE TABLE m_3 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2025-02-02', 1, 20), ('2025-08-08', 1, 30)" >/dev/null
sql live "CREATE TABLE m_rest PARTITION OF m DEFAULT; INSERT INTO m VALUES ('2025-08-08', 1, 3)" >/dev/null
fresh_db renamed live
for options in --inserts --load-via-partition-root\ --column-inserts; do
    fresh_db again live
    # shellcheck disable=SC2086 # several options
    pg_dump $options origin >"$T/inserts.sql"
    quiet_merge "$T/inserts.sql" again
    equal "dumps with $options" "0 m_1 2024-02-02 10, m_rest 2025-02-02 20, m_rest 2025-08-08 30" "$status $(sql again "$rows")"
done
dump_origin
sql renamed "ALTER TABLE m RENAME TO n; ALTER TABLE m_1 RENAME TO n_1" >/dev/null
echo 'm renamed-to n' >"$T/merge.rules"
RULES=$T/merge.rules quiet_merge "$T/origin.sql" renamed
equal "a table that was renamed" "0 n_1 2024-02-02 10, m_rest 2025-02-02 20, m_rest 2025-08-08 30" "$status $(sql renamed "${rows/FROM m/FROM n}")"
quiet_merge "$T/origin.sql" live --dry-run
cp "$folder/plan.tsv" "$T/plan.tsv"
PLAN=$T/plan.tsv quiet_merge "$T/origin.sql" live
equal "a plan that is used as it is" "0 m_1 2024-02-02 10, m_rest 2025-02-02 20, m_rest 2025-08-08 30" "$status $(sql live "$rows")"
sed 's/ partitioned=yes//' "$T/plan.tsv" >"$T/other.tsv"
PLAN=$T/other.tsv quiet_merge "$T/origin.sql" live
equal "a plan that takes a partitioned table for an ordinary one is refused" "2 1" "$status $(grep -c 'public.m is no ordinary table' "$T/out")"
sql live "INSERT INTO m SELECT '2026-01-01'::date + g / 50, 100 + g % 50, g FROM generate_series(1, 40000) g; ANALYZE; UPDATE m SET v = 0 WHERE day = '2025-08-08'" >/dev/null
quiet_merge "$T/origin.sql" live
equal "of a large table single rows are asked for" "0 public.m 2 0 1 1 0 0 0 30" "$status $(counts | grep '^public.m ') $(sql live "SELECT v FROM m WHERE day = '2025-08-08'")"

# ---- what refers to a partition comes behind the rows that go by way of the whole
two_dbs "CREATE TABLE a_child (id int PRIMARY KEY, day date, sensor int); $schema; ALTER TABLE a_child ADD FOREIGN KEY (day, sensor) REFERENCES m_2"
sql origin "INSERT INTO m VALUES ('2024-08-08', 1, 20); INSERT INTO a_child VALUES (1, '2024-08-08', 1)" >/dev/null
sql live "ALTER TABLE m DETACH PARTITION m_2; ALTER TABLE m ATTACH PARTITION m_2 FOR VALUES FROM ('2024-07-01') TO ('2025-02-01')" >/dev/null
merged_is "what refers to a partition" 0 "m_2 2024-08-08 20 1" "SELECT string_agg(concat_ws(' ', m.tableoid::regclass, m.day, v, id), ', ') FROM m JOIN a_child USING (day, sensor)"

# ---- what stands in the way
two_dbs "$schema"
sql origin "CREATE TABLE m_3 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2025-02-02', 1, 20)" >/dev/null
dump_origin
why() { # RULES: status, the plan of the missing partition
    printf '%b\n' "$1" >"$T/merge.rules"
    RULES=$T/merge.rules quiet_merge "$T/origin.sql" live
    echo "$status $(planned m_3 | sed 's/.*why=//') $(planned m | cut -d' ' -f1,2): $(reason m_3)"
}
equal "rules of its own" "3 no-live-table : not in the live database; its rows do not go by way of public.m, for it has rules of its own" "$(why 'm_3 append')"
equal "a rule that skips the whole table" "0 rule : it would go by way of public.m, which is left out: rule $T/merge.rules:1" "$(why 'm skip')"
equal "a key that does not decide the partition" \
    "3 no-live-table : not in the live database; its rows do not go by way of public.m, whose key by rule does not say into which partition a row goes" "$(why 'm key sensor')"
equal "a key that does" "3 routed merge (day,: its rows are merged as those of public.m: the live database has no such partition" "$(why 'm key day, v')"
sql live "TRUNCATE m; ALTER TABLE m ADD w int NOT NULL" >/dev/null
equal "a live column that must have a value" \
    "3 value-missing : it would go by way of public.m, which is left out: the live column w must have a value, and the backup has none (a DEFAULT of the live column would fill it)" "$(why '')"
quiet_merge "$T/origin.sql" live
equal "what is left out is counted once" "public.m_1 1 0 0 0 0 0 1|public.m_2 0 0 0 0 0 0 0|public.m_3 1 0 0 0 0 0 1" "$(counts | sort | paste -sd'|')"
sql live "ALTER TABLE m DROP w; CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f; CREATE FOREIGN TABLE m_far (day date NOT NULL, sensor int NOT NULL, v int) SERVER s" >/dev/null
sql live "ALTER TABLE m DROP CONSTRAINT m_pkey; ALTER TABLE m ATTACH PARTITION m_far FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')" >/dev/null
contains "a foreign table among the partitions" "which has foreign tables among its partitions" "$(why '')"

[ "$failures" -eq 0 ]
