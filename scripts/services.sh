# shellcheck shell=bash
# services.sh: Compose services that use the database, stopped for a while. To be sourced, with $root set,
# by scripts that have a function `say`.
#
#     services_stop NAME...      fails, and says so, when they cannot be stopped
#     trap services_start EXIT   starts what was stopped, whatever has happened since
#
# shellcheck disable=SC2154 # root: see above
. "$root/scripts/compose.sh"
services_stopped=()

# In a shell of its own: it goes to the project's folder. Where no project has misc-scripts, Compose looks
# for one itself.
services_compose() { # ARGUMENT...
    (
        compose_locate || compose_folder=.
        compose "$@" >&2
    )
}
services_stop() { # NAME...
    [ $# -gt 0 ] || return 0
    say "stopping $*"
    services_stopped=("$@") # those that were stopped before one failed too
    services_compose stop "$@" && return 0
    say "error: the services could not be stopped: $*"
    return 1
}
services_start() {
    [ ${#services_stopped[@]} -gt 0 ] || return 0
    say "starting ${services_stopped[*]}"
    services_compose start "${services_stopped[@]}" && services_stopped=() && return 0
    say "error: the services could not be started: ${services_stopped[*]}"
    return 1
}
