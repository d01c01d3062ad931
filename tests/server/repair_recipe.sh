#!/usr/bin/env bash
# docs/repair.md: its commands, as they stand there, repair what a careless merge by hand has left.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export PGTZ=UTC BUILD=$build MERGES=merges
run() { psql -qXAt -v ON_ERROR_STOP=1 "$@"; }
for database in live staging; do
    fresh_db "repair_$database"
    [ "$database" = live ] && scene=production || scene=staging
    run -d "repair_$database" -f "$root/tests/demo/schema.sql" -f "$root/tests/demo/$scene.sql" || exit 1
done
# An id that is nobody's in the live database, null and empty elements, and a row of the time before, whose ids
# are right in the live database although staging has the same numbers.
run -d repair_staging <<'SQL'
INSERT INTO package VALUES (100000, 'pkg:npm/far-away@1', 'MIT');
INSERT INTO dataset_metrics (dataset_id, commit_time, package_indexes)
    SELECT d.id, m.time::timestamptz, m.ids::bigint[] FROM dataset d, (VALUES
        ('2024-06-03 10:00Z', '{100000,NULL,1,2}'), ('2024-06-04 10:00Z', '{}'), ('2024-05-01 10:00Z', '{201,202,203}'))
        AS m(time, ids) WHERE d.name = 'shop';
SQL

# The merge by hand: packages and datasets found new ids, metrics came over as they were.
mkdir -p "$T/clone/backups"
cd "$T/clone" || exit 1
ln -s "$root/scripts" scripts
ln -s "$build" build
pg_dump repair_staging | gzip >backups/staging.sql.gz
run -d repair_staging -c "COPY (SELECT purl, license FROM package) TO STDOUT" >"$T/packages"
run -d repair_staging -c "COPY (SELECT name, updated_at FROM dataset) TO STDOUT" >"$T/datasets"
run -d repair_staging -c "COPY (SELECT d.name, m.commit_time, m.package_indexes FROM dataset_metrics m
    JOIN dataset d ON d.id = m.dataset_id WHERE m.commit_time >= '2024-06-01') TO STDOUT" >"$T/metrics"
cd "$T" && run -d repair_live <<'SQL'
CREATE TEMP TABLE p (purl text, license text);
CREATE TEMP TABLE d (name text, updated_at timestamptz);
CREATE TEMP TABLE m (name text, commit_time timestamptz, package_indexes bigint[]);
\copy p FROM packages
\copy d FROM datasets
\copy m FROM metrics
INSERT INTO package (purl, license) SELECT * FROM p ON CONFLICT DO NOTHING;
INSERT INTO dataset (name, updated_at) SELECT * FROM d ON CONFLICT DO NOTHING;
INSERT INTO dataset_metrics (dataset_id, commit_time, package_indexes)
    SELECT dataset.id, m.commit_time, m.package_indexes FROM m JOIN dataset USING (name);
SQL
cd "$T/clone" || exit 1

# What the arrays name, by SQL alone.
named() { # DATABASE CONDITION
    sql "$1" "SELECT d.name, m.commit_time, (SELECT array_agg(p.purl ORDER BY e.n)
            FROM unnest(m.package_indexes) WITH ORDINALITY AS e(id, n) LEFT JOIN package p ON p.id = e.id)
        FROM dataset_metrics m JOIN dataset d ON d.id = m.dataset_id WHERE $2 ORDER BY 1, 2"
}
recent="m.commit_time >= '2024-06-01'"
mine=$(sql repair_live "SELECT m, ctid, xmin FROM dataset_metrics m WHERE commit_time < '2024-06-01'")
broken=$(named repair_live "$recent")
[ "$(named repair_staging "$recent")" != "$broken" ] ||
    fail "the scene" "nothing is to be repaired"

sed -n 's/^    //p' "$root/docs/repair.md" >"$T/recipe"
recipe() { PGDATABASE=repair_live bash -euo pipefail "$T/recipe" >"$T/out" 2>"$T/err"; }
status=0
recipe || status=$?
equal "the commands of docs/repair.md run" 0 "$status"
[ "$status" -eq 0 ] || cat "$T/err" >&2
dangling() { awk '/elements/ { getline; getline; print $3 }' "$T/out" | paste -sd' '; }
equal "an element dangled, none does any more" "1 0" "$(dangling)"
equal "the arrays name what they named in the other database" \
    "$(named repair_staging "$recent")" "$(named repair_live "$recent")"
equal "rows that were not chosen are not touched" "$mine" \
    "$(sql repair_live "SELECT m, ctid, xmin FROM dataset_metrics m WHERE commit_time < '2024-06-01'")"
equal "no row was added" 4 "$(sql repair_live "SELECT count(*) FROM dataset_metrics m WHERE $recent")"

before=$(versions repair_live)
status=0
recipe || status=$?
equal "again" 0 "$status"
equal "running it twice changes nothing" "$before" "$(versions repair_live)"
equal "nothing is chosen the second time, but for the empty array" 1 "$(($(wc -l <"$(find merges -name chosen.tsv -printf "%T@ %p\n" | sort -n | tail -n 1 | cut -d" " -f2-)") - 1))"
undo=$(find merges -name repair.undo -printf "%T@ %p\n" | sort -n | head -n 1 | cut -d" " -f2-)
status_is "undo" 0 env PGDATABASE=repair_live upserter --undo "$undo"
equal "undo brings back what was there" "$broken" "$(named repair_live "$recent")"
exit 0
