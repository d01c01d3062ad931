# shellcheck shell=bash
# connection.sh: the live database, for scripts that call psql, pg_dump or pg_restore. To be sourced,
# with $root set; it puts the tools into PATH.
#
#     connection_open [OPTION of service-writer...]
#     trap connection_close EXIT
#
# From then on psql and pg_dump connect to what the tools connect to, and so do the tools and scripts
# that are called from here, whatever else the environment says; pg_restore wants -d service=pgbraid.
# Password and all stand in a service file in a private folder: nothing is on an argument list.
# Do not rely on PGOPTIONS: what the target says of `options` wins. Use SET.
# shellcheck disable=SC2154 # root: see above
case ${BUILD:=build} in /*) ;; *) BUILD=$root/$BUILD ;; esac
PATH=$BUILD/bin:$PATH
connection_folder=

# What scripts that were killed have left may hold a password. The lock of one that is alive, or of a psql
# that it has started, cannot be taken; in its first moment it has none yet.
connection_sweep() {
    local old lock
    for old in "${TMPDIR:-/tmp}"/pgbraid-connection.*; do
        if [ -L "$old" ] || ! [ -d "$old" ] || ! [ -O "$old" ] || [ -z "$(find "$old" -maxdepth 0 -mmin +1)" ]; then continue; fi
        exec {lock}<"$old" || continue
        ! flock -n "$lock" || rm -rf -- "$old"
        exec {lock}<&-
    done
}
# Ends the script with service-writer's status when there is no telling which database is meant.
connection_open() {
    local folder lock
    command -v service-writer >/dev/null || { echo "error: service-writer is not in PATH; run 'make' first" >&2; exit 2; }
    folder=$(mktemp -d "${TMPDIR:-/tmp}/pgbraid-connection.XXXXXX") || exit 7
    connection_folder=$folder
    exec {lock}<"$folder" && flock -n "$lock" || exit 7 # held to the end
    connection_sweep
    (umask 077 && service-writer "$@" >"$folder/service") || { set -- $?; connection_close; exit "$1"; }
    export PGSERVICEFILE=$folder/service PGSERVICE=pgbraid ENV_FILE=/dev/null
    unset DATABASE_URL
}
connection_close() {
    [ -z "$connection_folder" ] || rm -rf -- "$connection_folder"
    connection_folder=
}
# Which database, without password.
connection_describe() { service-writer --describe; }
# Runs the SQL of standard input: unaligned rows, fields between tabs, nothing found by search_path,
# no password asked for. Arguments go to psql.
connection_query() {
    { echo "SET search_path = '';"; cat; } | psql -qXAtw -F $'\t' -v ON_ERROR_STOP=1 "$@"
}
# A key for psql's \restrict: from there to \unrestrict with the same key psql runs no command but that.
restrict_key() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
# Has this psql a restricted mode? Those before August 2025 have none.
can_restrict() { psql -qXw <<<"\\restrict key"$'\n'"\\unrestrict key" >/dev/null 2>&1; }
# Runs psql; its statuses (3: a statement failed; 2: no connection) become the suite's.
connection_run() { # psql ARG...
    local status=0
    "$@" || status=$?
    case $status in
    2) return 5 ;;
    3) return 1 ;;
    *) return "$status" ;;
    esac
}
