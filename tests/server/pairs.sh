#!/usr/bin/env bash
# Generated pairs of databases (pairs.awk), merged, and compared with what the names of their rows say the
# merge should come to (pairs_expected.awk). Also: the dry run counts as the merge does and writes
# nothing, merging again writes nothing, and undoing the merge brings every row back as it was. In the
# end half of the seeds make pairs whose live database has wild constraints, of which only the counts of the dry run
# and the merge are compared; and a few are merged from dumps whose tables stand in another order (shuffle.awk).
#
# PAIRS=300 says how many, FIRST=1 the first seed, LINEAGE=same or other that all are of that lineage,
# STRICT=1 that the live database is stricter than the backup (0: that it is not). The pairs of a batch are
# schemas of one database.
. "$(dirname "$0")/../lib.sh"
here=$root/tests/server
pairs=${PAIRS:-300} first=${FIRST:-1} batch=20
[[ $pairs =~ ^[0-9]+$ && $first =~ ^[0-9]+$ ]] || { fail "PAIRS and FIRST are numbers"; exit 1; }

content() { # DB
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -f "$T/pair/labels.sql" -f "$T/pair/content.sql" | LC_ALL=C sort
}
make_pairs() { # FIRST LAST LINEAGE plain|strict|wild
    local seed
    rm -rf "$T/pair"
    mkdir "$T/pair"
    touch "$T/pair/strict" "$T/pair/strict.sql" "$T/pair/references"
    for ((seed = $1; seed <= $2; seed++)); do
        awk -v seed="$seed" -v lineage="$3" -v "$4=1" -v dir="$T/pair" -f "$here/pairs.awk" || return 1
    done
    for db in origin live; do
        fresh_db "$db"
        psql -qX -v ON_ERROR_STOP=1 -d "$db" -f "$T/pair/schema.sql" -f "$T/pair/$db.sql" \
            -f "$T/pair/constraints.sql" >/dev/null || return 1
    done
    psql -qX -v ON_ERROR_STOP=1 -d live -f "$T/pair/strict.sql" -c VACUUM || return 1 # or readers prune the catalog
    pg_dump --no-owner origin >"$T/origin.sql"
}
rows() { # DB: a digest of all rows of all tables, sequences aside
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL' | sort | md5sum | cut -d' ' -f1
SELECT format('SELECT %L, md5(string_agg(t::text, chr(10) ORDER BY t::text COLLATE "C")) FROM ONLY %s t', c.oid::regclass, c.oid::regclass)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace >= 16384
\gexec
SQL
}
differing() { # FILE FILE: the pairs and tables whose lines differ, in a few words
    diff "$1" "$2" | sed -nE 's/^([<>]) (p[0-9]+\.t[0-9]+)\t.*/\2 \1/p' | sort | uniq -c | sort -k2V | head -n 8 | tr -s '\n ' ' '
}
succeeded() { # NAME: of quiet_merge; what it said and the first rejects go to the log
    equal "$1" "$good" "$status"
    [ "$status" -eq "$good" ] || { tail -n 5 "$T/out"; head -qn 2 "$folder"/rejects/* | head -n 12; } >&2
}
run_batch() { # FIRST LAST LINEAGE plain|strict
    local name="pairs $1 to $2, $3 lineage" good=0 before had merged lsn now dry after
    [ "$4" = plain ] || name="$name, strict" good=3 # with rejects
    if ! make_pairs "$@" 2>"$T/err"; then
        fail "$name: could not be made" "$(tail -n 3 "$T/err")"
        return
    fi
    content origin >"$T/origin.content"
    content live >"$T/live.content"
    (cd "$T/pair" && LC_ALL=C awk -F '\t' -v OFS='\t' -f "$here/pairs_expected.awk" is=strict strict \
        is=references references is=policies policies is=origin ../origin.content is=live ../live.content) | LC_ALL=C sort >"$T/expected"
    export RULES=$T/pair/rules
    before=$(snapshot live) had=$(rows live)
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
    merged=$folder
    check "$name: the dry run's counts are the merge's" diff <(echo "$dry") <(counts)
    content live >"$T/merged"
    if cmp -s "$T/expected" "$T/merged"; then pass "$name: the merged rows"
    else fail "$name: the merged rows" "expected < and merged > differ in $(differing "$T/expected" "$T/merged")"; fi
    after="$(versions live) $(content live | md5sum)"
    [ "$4" = strict ] || after+=" $(stats live) $(snapshot live)" # what is refused again takes ids again
    quiet_merge "$T/origin.sql" live -q
    succeeded "$name: merging again"
    now="$(versions live) $(content live | md5sum)"
    [ "$4" = strict ] || now+=" $(stats live) $(snapshot live)"
    equal "$name: merging again writes nothing" "$after" "$now"
    PGDATABASE=live "$root/scripts/merge-undo" -q "$merged" >"$T/out" 2>&1
    equal "$name: undoing the merge brings every row back" "0 $had" "$? $(rows live)"
    unset RULES
}
for ((seed = first, n = 0; seed < first + pairs; seed += batch, n++)); do
    last=$((seed + batch - 1 < first + pairs - 1 ? seed + batch - 1 : first + pairs - 1))
    lineage=${LINEAGE:-$([ $((n % 2)) -eq 0 ] && echo same || echo other)}
    strict=${STRICT:-$((n % 3 == 2))}
    run_batch "$seed" "$last" "$lineage" "$([ "$strict" -eq 1 ] && echo strict || echo plain)"
done

# The live database has constraints of every kind that the backup lacks: a dry run foresees what they refuse.
run_wild() { # FIRST LAST LINEAGE
    local name="pairs $1 to $2, $3 lineage, wild" dry
    if ! make_pairs "$@" wild 2>"$T/err"; then
        fail "$name: could not be made" "$(tail -n 3 "$T/err")"
        return
    fi
    export RULES=$T/pair/rules
    quiet_merge "$T/origin.sql" live -q --dry-run
    check "$name: dry run" test "$status" -eq 0 -o "$status" -eq 3 # few pairs may have no rejects
    dry="$status $(counts)"
    quiet_merge "$T/origin.sql" live -q
    check "$name: the dry run's status and counts are the merge's" diff <(echo "$dry") <(echo "$status $(counts)")
    unset RULES
}
wild=$(((pairs + 1) / 2))
for ((seed = first, n = 0; seed < first + wild; seed += 75, n++)); do
    last=$((seed + 74 < first + wild - 1 ? seed + 74 : first + wild - 1))
    run_wild "$seed" "$last" "${LINEAGE:-$([ $((n % 2)) -eq 0 ] && echo same || echo other)}"
done

# The order of tables in the dump does not matter: to the rows, and to what became of each.
run_shuffled() { # FIRST LAST LINEAGE
    local name="pairs $1 to $2, $3 lineage" good=0 expected seed
    if ! make_pairs "$@" plain 2>"$T/err" || ! fresh_db before live; then
        fail "$name: could not be made" "$(tail -n 3 "$T/err")"
        return
    fi
    export RULES=$T/pair/rules
    quiet_merge "$T/origin.sql" live -q
    succeeded "$name, to be shuffled: merge"
    expected="$(counts | sort) $(content live)"
    for seed in "$1" "$2"; do
        awk -v seed="$seed" -f "$here/shuffle.awk" "$T/origin.sql" >"$T/shuffled.sql"
        check "$name, shuffled by $seed: the same lines in another order" shuffled
        fresh_db live before
        quiet_merge "$T/shuffled.sql" live -q
        succeeded "$name, shuffled by $seed: merge"
        equal "$name, shuffled by $seed: the counts and the rows" "$(md5sum <<<"$expected")" \
            "$(md5sum <<<"$(counts | sort) $(content live)")"
    done
    unset RULES
}
shuffled() {
    ! cmp -s "$T/origin.sql" "$T/shuffled.sql" && cmp <(sort "$T/origin.sql") <(sort "$T/shuffled.sql")
}
run_shuffled "$first" $((first + 4)) same
run_shuffled $((first + 5)) $((first + 9)) other
