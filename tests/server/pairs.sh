#!/usr/bin/env bash
# Generated pairs of databases (pairs.awk), merged, and compared with what the names of their rows say the
# merge should come to (pairs_expected.awk). Also: the dry run counts as the merge does and writes
# nothing, and merging again writes nothing.
#
# PAIRS=300 says how many, FIRST=1 the first seed, LINEAGE=same or other that all are of that lineage. The
# pairs of a batch are schemas of one database.
. "$(dirname "$0")/../lib.sh"
here=$root/tests/server
pairs=${PAIRS:-300} first=${FIRST:-1} batch=20
[[ $pairs =~ ^[0-9]+$ && $first =~ ^[0-9]+$ ]] || { fail "PAIRS and FIRST are numbers"; exit 1; }

content() { # DB
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -f "$T/pair/labels.sql" -f "$T/pair/content.sql" | LC_ALL=C sort
}
make_pairs() { # FIRST LAST LINEAGE
    local seed
    rm -rf "$T/pair"
    mkdir "$T/pair"
    for ((seed = $1; seed <= $2; seed++)); do
        awk -v seed="$seed" -v lineage="$3" -v dir="$T/pair" -f "$here/pairs.awk" || return 1
    done
    for db in origin live; do
        fresh_db "$db"
        psql -qX -v ON_ERROR_STOP=1 -d "$db" -f "$T/pair/schema.sql" -f "$T/pair/$db.sql" \
            -f "$T/pair/constraints.sql" >/dev/null || return 1
    done
    pg_dump --no-owner origin >"$T/origin.sql"
}
differing() { # FILE FILE: the pairs and tables whose lines differ, in a few words
    diff "$1" "$2" | sed -nE 's/^([<>]) (p[0-9]+\.t[0-9]+)\t.*/\2 \1/p' | sort | uniq -c | sort -k2V | head -n 8 | tr -s '\n ' ' '
}
succeeded() { # NAME: of quiet_merge; what it said and the first rejects go to the log
    equal "$1" 0 "$status"
    [ "$status" -eq 0 ] || { tail -n 5 "$T/out"; head -qn 2 "$folder"/rejects/* | head -n 12; } >&2
}
run_batch() { # FIRST LAST LINEAGE
    local name="pairs $1 to $2, $3 lineage" before lsn now dry after
    if ! make_pairs "$@" 2>"$T/err"; then
        fail "$name: could not be made" "$(tail -n 3 "$T/err")"
        return
    fi
    content origin >"$T/origin.content"
    content live >"$T/live.content"
    LC_ALL=C awk -F '\t' -v OFS='\t' -f "$here/pairs_expected.awk" "$T/pair/policies" "$T/origin.content" "$T/live.content" |
        LC_ALL=C sort >"$T/expected"
    export RULES=$T/pair/rules
    before=$(snapshot live)
    for _ in 1 2 3; do # the server's own housekeeping may write a record at any time
        lsn=$(sql live "SELECT pg_current_wal_insert_lsn()")
        quiet_merge "$T/origin.sql" live -q --dry-run
        now=$(sql live "SELECT pg_current_wal_insert_lsn()")
        [ "$lsn" != "$now" ] || break
    done
    succeeded "$name: dry run"
    dry=$(counts)
    equal "$name: the dry run writes nothing" "$lsn $before" "$now $(snapshot live)"
    quiet_merge "$T/origin.sql" live -q
    succeeded "$name: merge"
    check "$name: the dry run's counts are the merge's" diff <(echo "$dry") <(counts)
    content live >"$T/merged"
    if cmp -s "$T/expected" "$T/merged"; then pass "$name: the merged rows"
    else fail "$name: the merged rows" "expected < and merged > differ in $(differing "$T/expected" "$T/merged")"; fi
    after="$(stats live) $(versions live) $(snapshot live)"
    quiet_merge "$T/origin.sql" live -q
    succeeded "$name: merging again"
    equal "$name: merging again writes nothing" "$after" "$(stats live) $(versions live) $(snapshot live)"
    unset RULES
}
for ((seed = first, n = 0; seed < first + pairs; seed += batch, n++)); do
    last=$((seed + batch - 1 < first + pairs - 1 ? seed + batch - 1 : first + pairs - 1))
    case ${LINEAGE:-$((n % 2))} in
    1 | other) run_batch "$seed" "$last" other ;;
    *) run_batch "$seed" "$last" same ;;
    esac
done
