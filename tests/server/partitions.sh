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

[ "$failures" -eq 0 ]
