#!/usr/bin/env bash
# Merges beside a live application that inserts, updates and deletes rows of the same tables all the time
# (live_app.awk): no wrong result, no lock that stops it, hardly a failure of its transactions.
# alone: its merges and its application want both processors
#
# MERGES_BESIDE=50 says how many merges.
. "$(dirname "$0")/../lib.sh"
here=$root/tests/server
merges=${MERGES_BESIDE:-50}

make_app() { # DB FIRST LAST SEED CHANGED
    fresh_db "$1"
    psql -qX -v ON_ERROR_STOP=1 -d "$1" -v first="$2" -v last="$3" -v seed="$4" -v changed="$5" -f "$here/app.sql" >/dev/null
}
content() { psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -f "$here/app_content.sql" | LC_ALL=C sort; }
# The rows whose numbers the application never touches: packages and findings of odd numbers.
odd() { grep -E '^(package\|pkg:generic/p[0-9]*[13579]\||finding\|F-[0-9]*[13579]\|)'; }

printf '%s\n' 'metrics append' 'metrics.package_ids array-of package' >"$T/rules"
export RULES=$T/rules RETRIES=8 RETRY_WAIT=0.1
make_app live 1 400 1 0
make_app other1 200 600 2 30
make_app other2 200 600 3 60
for n in 1 2; do
    pg_dump --no-owner "other$n" >"$T/other$n.sql"
    content "other$n" | odd >"$T/other$n.odd"
done
sql live "CREATE TABLE ledger (id bigserial PRIMARY KEY, purl text NOT NULL, version text)" >/dev/null

# The application: two sessions. Their failures and commits are counted.
workers=()
for name in a b; do
    awk -v seed="$((RANDOM + 1))" -v name="$name" -f "$here/live_app.awk" 2>/dev/null |
        psql -qX -d live >/dev/null 2>"$T/app.$name" &
    workers+=($!)
done
# Every 20 ms: locks of the merges on the application's tables that would stop a reader or a writer.
watch="SELECT a.application_name, l.mode, l.relation::regclass FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    JOIN pg_class c ON c.oid = l.relation
    WHERE a.application_name LIKE 'pgbraid%' AND l.locktype = 'relation' AND c.relkind = 'r' AND c.relpersistence = 'p'
    AND l.relation >= 16384 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') \\watch 0.02"
psql -qXAt -d live <<<"$watch" 2>/dev/null | grep . >"$T/locks" &
workers+=($!)

committed() { sql live "SELECT pg_stat_force_next_flush(); SELECT xact_commit FROM pg_stat_database WHERE datname = 'live'" | tail -n 1; }
before=$(committed)
wrong='' statuses=' '
for ((i = 1; i <= merges; i++)); do
    n=$((i % 2 + 1))
    quiet_merge "$T/other$n.sql" live
    statuses+="$status "
    [ "$status" -ne 0 ] && [ "$status" -ne 3 ] && continue
    content live | odd | LC_ALL=C sort | LC_ALL=C comm -13 - "$T/other$n.odd" >"$T/missing"
    [ ! -s "$T/missing" ] || wrong+="merge $i: $(wc -l <"$T/missing") rows, as $(head -n 1 "$T/missing"); "
done
transactions=$(($(committed) - before))
sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'live' AND application_name = 'psql' AND pid <> pg_backend_pid()" >/dev/null
wait "${workers[@]}" 2>/dev/null
failed=$(cat "$T"/app.? | grep '^ERROR' | grep -vc 'terminating connection')
retried=$(cat "$T"/merges/*/merge.log | grep -c 'trying again')
echo "# $merges merges beside $transactions transactions, of which $failed failed; $retried times a merge tried again" >&2
check "the application was at work" test "$transactions" -gt 1000
equal "every merge came to its end" "" "$(tr ' ' '\n' <<<"$statuses" | grep -vxE '0?' | sort | uniq -c | tr -s '\n ' ' ')"
equal "after each merge the rows that nobody else touched are the backup's" "" "$wrong"
check "fewer than one of 200 of the application's transactions failed ($failed of $transactions)" test $((failed * 200)) -lt "$transactions"
equal "no lock of a merge stands in the way of readers and writers" "" "$(sort "$T/locks" | uniq -c | head -n 3)"

# What the application wrote last is there, and nothing else under its names.
equal "every row of the application is as it left it" "" "$(sql live "
    SELECT purl, p.version, l.version FROM (SELECT purl, version FROM package WHERE purl LIKE 'app-%') p
        FULL JOIN (SELECT DISTINCT ON (purl) purl, version FROM ledger ORDER BY purl, id DESC) l USING (purl)
    WHERE p.version IS DISTINCT FROM l.version LIMIT 3")"

# Once it is quiet, one merge brings the rest, and a second one finds nothing to do.
quiet_merge "$T/other1.sql" live
equal "a last merge" 0 "$status"
content other1 | grep -Ev '^(metrics|category)' >"$T/expected"
equal "and every row of the backup is there" "" "$(content live | LC_ALL=C sort | LC_ALL=C comm -13 - "$T/expected" | head -n 3)"
before="$(stats live) $(snapshot live)"
quiet_merge "$T/other1.sql" live
equal "and again: nothing to do" "0 $before" "$status $(stats live) $(snapshot live)"

# ---- two merges at once: one waits for nothing and says so, both backups are in at the end
make_app live 1 400 1 0
merge "$T/other1.sql" live >"$T/first" 2>&1 &
first=$!
RETRIES=0 quiet_merge "$T/other2.sql" live
second=$status status=0
wait "$first" || status=$?
check "two merges at once: the first or second may find the other's lock, nothing else ($status, $second)" \
    grep -qxE '0 0|0 8|8 0|0 6|6 0' <<<"$status $second"
quiet_merge "$T/other2.sql" live
equal "and the next one merges" 0 "$status"
