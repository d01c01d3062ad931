#!/usr/bin/env bash
# Nothing that breaks off ever merges: a dump and a stream cut at every byte, a larger dump at random
# places, and any of the four processes killed at any moment.
. "$(dirname "$0")/../lib.sh"
here=$root/tests/server
KILLS=${KILLS:-200} CUTS=${CUTS:-1000}

make_app() { # DB FIRST LAST SEED CHANGED
    fresh_db "$1"
    psql -qX -v ON_ERROR_STOP=1 -d "$1" -v first="$2" -v last="$3" -v seed="$4" -v changed="$5" \
        -f "$here/app.sql" >/dev/null
}
plan_for() { # BACKUP DB: the rules make metrics append-only with an array
    printf '%s\n' 'metrics append' 'metrics.package_ids array-of package' >"$T/merge.rules"
    dump-splitter --schema -q "$1" >"$T/schema"
    PGDATABASE=$2 schema-differ -q --rules "$T/merge.rules" "$T/schema"
}

# ---- a small dump, and the stream made of it, cut at every byte
fresh_db small
sql small "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'one'), (2, E'tw\to')"
pg_dump --no-owner small | grep -v -e '^SET' -e '^$' >"$T/small.sql"
sql small "UPDATE t SET name = 'live'"
dump-splitter --schema -q "$T/small.sql" >"$T/schema"
schema-differ -q -d small "$T/schema" >"$T/small.plan"
dump-splitter --plan "$T/small.plan" "$T/small.sql" >"$T/small.stream"
before=$(snapshot small)

bad=0
size=$(stat -c %s "$T/small.sql")
for ((cut = 0; cut < size; cut++)); do
    status=0
    head -c "$cut" "$T/small.sql" | dump-splitter -q --plan "$T/small.plan" >"$T/out" 2>/dev/null || status=$?
    # only the newline behind the closing comment may be missed
    [ "$status" -eq 4 ] || [ "$cut" -ge $((size - 1)) ] || bad=$((bad + 1))
    if [ "$status" -ne 0 ] && grep -q '^\\\.trailer' "$T/out"; then bad=$((bad + 1)); fi
done
equal "a dump of $size bytes cut at every byte ends with status 4 and without a trailer" 0 "$bad"

bad=0
size=$(stat -c %s "$T/small.stream")
for ((cut = 0; cut < size; cut++)); do
    status=0
    head -c "$cut" "$T/small.stream" | PGDATABASE=small upserter -q 2>/dev/null || status=$?
    [ "$status" -eq 4 ] || bad=$((bad + 1))
done
equal "a stream of $size bytes cut at every byte ends with status 4" 0 "$bad"
equal "and leaves the database as it was" "$before" "$(snapshot small)"
check "uncut it merges" env PGDATABASE=small upserter -q "$T/small.stream"
equal "which is seen" "1|one 2|tw	o" "$(sql small 'SELECT * FROM t ORDER BY 1' | paste -sd' ')"

# ---- a larger dump, cut at random places, through the whole pipeline for some of them
make_app live 1 400 1 0
make_app other 200 600 2 30
pg_dump other >"$T/other.sql"
plan_for "$T/other.sql" live >"$T/plan"
content() { psql -qXAt -d "$1" -f "$here/app_content.sql" | sort | md5sum; }
before=$(content live)
pipeline() { # FILE
    dump-splitter -q --plan "$T/plan" "$1" | idmap-builder -q -d "$2" | array-fixer | upserter -q -d "$2"
}
size=$(stat -c %s "$T/other.sql") bad=0
RANDOM=7
for ((i = 0; i < CUTS; i++)); do
    cut=$(((RANDOM * 32768 + RANDOM) % (size - 2)))
    status=0
    if ((i % 10 == 0)); then
        head -c "$cut" "$T/other.sql" >"$T/cut.sql"
        pipeline "$T/cut.sql" live 2>/dev/null || status=$?
    else
        head -c "$cut" "$T/other.sql" | dump-splitter -q --plan "$T/plan" 2>/dev/null >"$T/out" || status=$?
        if grep -q '^\\\.trailer' "$T/out"; then bad=$((bad + 1)); fi
    fi
    [ "$status" -eq 4 ] || bad=$((bad + 1))
done
equal "$CUTS random cuts of a dump of $size bytes end with status 4" 0 "$bad"
equal "and leave the database as it was" "$before" "$(content live)"

# ---- kill -9 of one of the four at a random moment
make_app live 1 400 1 0
before=$(content live)
fresh_db template live
started=$(date +%s%N)
pipeline "$T/other.sql" live 2>/dev/null
lasted=$((($(date +%s%N) - started) / 1250)) # microseconds; the last fifth is too often too late
after=$(content live)
fresh_db live template
bad=0 whole=0
for ((i = 0; i < KILLS; i++)); do
    mkfifo "$T/a" "$T/b" "$T/c"
    dump-splitter -q --plan "$T/plan" "$T/other.sql" >"$T/a" 2>/dev/null & pids=($!)
    idmap-builder -q -d live <"$T/a" >"$T/b" 2>/dev/null & pids+=($!)
    array-fixer <"$T/b" >"$T/c" 2>/dev/null & pids+=($!)
    upserter -q -d live <"$T/c" 2>/dev/null & pids+=($!)
    sleep "$(printf '0.%06d' $(((RANDOM * 32768 + RANDOM) % (lasted < 999999 ? lasted : 999999))))"
    kill -9 "${pids[RANDOM % 4]}" 2>/dev/null
    # one that was killed before it opened its end leaves its neighbour waiting for it
    while kill -0 "${pids[@]}" 2>/dev/null; do
        for fifo in a b c; do : <>"$T/$fifo"; done
        sleep 0.02
        alive=()
        for pid in "${pids[@]}"; do ! kill -0 "$pid" 2>/dev/null || alive+=("$pid"); done
        [ ${#alive[@]} -gt 0 ] || break
        pids=("${alive[@]}")
    done 2>/dev/null
    wait 2>/dev/null
    rm -f "$T/a" "$T/b" "$T/c"
    # a killed client's session may still be ending, and its COMMIT still under way
    while [ "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 'live'")" != 0 ]; do sleep 0.02; done
    now=$(content live)
    if [ "$now" = "$after" ]; then
        whole=$((whole + 1))
        fresh_db live template
    elif [ "$now" != "$before" ]; then
        bad=$((bad + 1))
        fresh_db live template
    fi
done
equal "$KILLS kills: the database is as before or as after ($whole times), never between" 0 "$bad"
