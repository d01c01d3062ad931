# shellcheck shell=bash
# tests/lib.sh: what the server tests share. Source it first:
#
#     . "$(dirname "$0")/../lib.sh"
#
# It gives: $root (the project), $T (a scratch folder, removed at the end), the built tools in PATH
# (BUILD, default build), a running private cluster in PGHOST, PGPORT and PGUSER (the one of
# tests/run, else an own one), $SHARED (where the corpus may lie), and the functions below. A test
# prints one line a result; the script ends non-zero when one failed. PGDATABASE is not set.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
export PATH="$build/bin:$root/scripts:$PATH" TZ=UTC LC_ALL=C.UTF-8
export ENV_FILE=/dev/null # no .env of the developer's decides
SHARED=${PGBRAID_SHARED:-$root/../shared}
CORPUS=$SHARED/corpus
test_name=$(basename "${0%.sh}")
T=$(mktemp -d "${TMPDIR:-/tmp}/pgbraid-test.XXXXXX")
failures=0
own_cluster=

finish() {
    local status=$?
    trap - EXIT
    [ -z "$own_cluster" ] || "$root/scripts/cluster" stop "$own_cluster"
    rm -rf "$T"
    [ "$status" -ne 0 ] || [ "$failures" -eq 0 ] || status=1
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${PGBRAID_TEST_CLUSTER-}" ]; then
    mkdir -p "$build/test"
    own_cluster=$build/test/cluster-$test_name
    "$root/scripts/cluster" start "$own_cluster" || exit 1
    eval "$("$root/scripts/cluster" env "$own_cluster")"
fi

pass() { echo "ok $test_name/$1"; }
fail() { # NAME [WHY]
    failures=$((failures + 1))
    echo "not ok $test_name/$1${2:+: ${2//$'\n'/ | }}"
}
skip() { echo "skip $test_name/$1: ${2:-no reason given}"; } # NAME WHY
check() { # NAME COMMAND...: passes when the command succeeds; its output is shown when it fails
    local what=$1 output status
    shift
    if output=$("$@" 2>&1); then
        pass "$what"
    else
        status=$?
        fail "$what" "'$*' ended with status $status: $(tail -n 3 <<<"$output")"
    fi
}
equal() { # NAME EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected '${2:0:300}', got '${3:0:300}'"; fi
}
contains() { # NAME NEEDLE TEXT
    if [[ $3 = *"$2"* ]]; then pass "$1"; else fail "$1" "'$2' is not in '${3:0:300}'"; fi
}
status_is() { # NAME STATUS COMMAND...: passes when the command ends with that status
    local what=$1 expected=$2 output status=0
    shift 2
    output=$("$@" 2>&1) || status=$?
    if [ "$status" -eq "$expected" ]; then
        pass "$what"
    else
        fail "$what" "'$*' ended with status $status, expected $expected: $(tail -n 3 <<<"$output")"
    fi
}
need_corpus() { # NAME [FILE...]: a visible skip and false when the shared corpus is not there
    local what=$1 file
    shift
    for file in "$CORPUS" "$@"; do
        [ -e "$file" ] || { skip "$what" "$file is not there"; return 1; }
    done
}

sql() { # DB SQL: rows as unaligned text, fields separated by |
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}
fresh_db() { # NAME [TEMPLATE]
    psql -qX -v ON_ERROR_STOP=1 -d postgres >/dev/null 2>&1 \
        -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" \
        -c "CREATE DATABASE \"$1\" TEMPLATE \"${2:-template0}\""
}
restore() { # DB FILE: psql for .sql and .sql.gz, pg_restore for the rest
    case $2 in
    *.sql) psql -qX -v ON_ERROR_STOP=1 -d "$1" -f "$2" >/dev/null ;;
    *.sql.gz) gzip -dc "$2" | psql -qX -v ON_ERROR_STOP=1 -d "$1" >/dev/null ;;
    *) pg_restore --no-owner --no-privileges -d "$1" "$2" ;;
    esac
}
merge() { # BACKUP DB [OPTIONS of scripts/merge]: folders and logs go to $T/merges
    local backup=$1 db=$2
    shift 2
    PGDATABASE=$db MERGES=$T/merges "$root/scripts/merge" "$backup" "$@"
}
# One digest of everything that a merge could change: all rows of all tables, and all sequences.
snapshot() { # DB
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL' | sort | md5sum | cut -d' ' -f1
SELECT format('SELECT %L, md5(string_agg(r, chr(10) ORDER BY r COLLATE "C")) FROM (SELECT t::text AS r FROM ONLY %s t) AS rows',
        c.oid::regclass, c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)'
    UNION ALL
    SELECT format('SELECT %L, last_value, is_called FROM %s', c.oid::regclass, c.oid::regclass)
    FROM pg_class c WHERE c.relkind = 'S'
\gexec
SQL
}
# Inserted, updated and deleted tuples of all user tables so far: equal before and after = nothing written. A session
# hands in its counts when it ends.
stats() { # DB
    sql "$1" "DO \$\$ BEGIN FOR i IN 1..40 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend');
        PERFORM pg_sleep(0.05), pg_stat_clear_snapshot();
    END LOOP; END \$\$" >/dev/null
    sql "$1" "SELECT pg_stat_force_next_flush()" >/dev/null 2>&1 || sleep 1
    sql "$1" "SELECT coalesce(sum(n_tup_ins), 0) || ' ' || coalesce(sum(n_tup_upd), 0) || ' ' ||
        coalesce(sum(n_tup_del), 0) FROM pg_stat_user_tables"
}
# A digest of the places and versions of all rows: it differs when a row was written, even alike.
versions() { # DB
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL' | sort | md5sum | cut -d' ' -f1
SELECT format('SELECT %L, md5(string_agg(ctid::text || xmin::text, '','' ORDER BY ctid)) FROM ONLY %s',
        c.oid::regclass, c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)'
\gexec
SQL
}

# ---- a scene: databases "origin" and "live", the backup $T/origin.sql of the one merged into the other
two_dbs() { # SQL: both anew, with that schema
    fresh_db origin; fresh_db live
    sql origin "$1" >/dev/null; sql live "$1" >/dev/null
}
dump_origin() { pg_dump --no-owner origin >"$T/origin.sql"; }
# The exit status in $status, messages in $T/out, the merge's folder in $folder.
quiet_merge() { # BACKUP DB [OPTIONS of scripts/merge]
    status=0
    merge "$@" >"$T/out" 2>&1 || status=$?
    folder=$(tail -n 1 "$T/out")
}
# What became of the rows, a line a table: read inserted updated unchanged kept rejected skipped.
counts() { awk -F'\t' 'NR > 1 { print $1, $2, $3, $4, $5, $6, $7, $8 }' "$folder/counts.tsv"; }
# What the merge's plan says of a table of the schema public: its action and the reason.
decided() { # TABLE
    awk -F'\t' -v table="public.$1" '$1 == "table" && $2 == table { print $4, $8 }' "$folder/plan.tsv"
}
# A scene's merge: its dry run has the same counts, the rows are those a careful person would have
# written by hand, and merging again writes nothing (but for sequences: a row that is rejected each
# time takes a number each time). $rules holds the rules.
merged_is() { # NAME STATUS ROWS SQL
    local dry before
    dump_origin
    printf '%s\n' "${rules-}" >"$T/scene.rules"
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
    dry=$(counts)
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
    equal "$1" "$2 $3" "$status $(sql live "$4" | tr '\n' ' ' | sed 's/ $//')"
    equal "$1: the dry run's counts" "$(counts)" "$dry"
    before="$(versions live) $([ "$2" != 0 ] || snapshot live)"
    RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
    equal "$1: twice is once" "$before" "$(versions live) $([ "$2" != 0 ] || snapshot live)"
}
