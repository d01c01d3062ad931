# shellcheck shell=bash
# variables.sh: the variables that a script takes, looked at before it does anything. To be sourced.
#
#     variables_switch CLEAN SAFETY=1    1, or nothing when it is off (0, no, false, off)
#     variables_number LOCK_WAIT=60      a whole number
#     variables_file RULES PLAN          a file that can be read
#     variables_folder BACKUPS=backups   a folder, or one that is still to be made
#
# Each variable named is set then; without a value to what stands behind its =, or to nothing. A value that cannot be
# meant ends the script with status 2, and the message names the variable, as it was typed.
variables_wrong() { # NAME WHAT
    printf '%s: error: %s=%q: %s\n' "${0##*/}" "$1" "${!1}" "$2" >&2
    exit 2
}
variables_default() { # NAME[=VALUE]: sets name
    local value=''
    name=${1%%=*}
    [ "$name" = "$1" ] || value=${1#*=}
    [ -n "${!name-}" ] || printf -v "$name" %s "$value"
}
variables_switch() { # NAME[=VALUE]...
    local name word
    for word; do
        variables_default "$word"
        case ${!name,,} in
        '' | 0 | no | false | off) printf -v "$name" '' ;;
        1 | yes | true | on) printf -v "$name" 1 ;;
        *) variables_wrong "$name" "1 or 0 is wanted" ;;
        esac
    done
}
variables_number() { # NAME[=VALUE]...
    local name word
    for word; do
        variables_default "$word"
        if [ -n "${!name}" ]; then
            [[ ${!name} =~ ^[0-9]{1,6}$ ]] || variables_wrong "$name" "a whole number is wanted, 999999 at most"
            printf -v "$name" %d "$((10#${!name}))"
        fi
    done
}
variables_file() { # NAME...
    local name
    for name; do
        variables_default "$name"
        [ -n "${!name}" ] || continue
        [ -e "${!name}" ] || variables_wrong "$name" "there is no such file"
        [ ! -d "${!name}" ] || variables_wrong "$name" "is a folder, not a file"
        [ -r "${!name}" ] || variables_wrong "$name" "cannot be read by $(id -un)"
        variables_behind_options
    done
}
variables_folder() { # NAME[=VALUE]...
    local name word
    for word; do
        variables_default "$word"
        if [ -e "${!name}" ] && ! [ -d "${!name}" ]; then variables_wrong "$name" "is no folder"; fi
        variables_behind_options
    done
}
# No program takes the path for an option.
variables_behind_options() {
    case ${!name} in -*) printf -v "$name" %s "./${!name}" ;; esac
}
# restore's, which services-stopped looks at before it stops a service.
variables_of_restore() {
    variables_switch FORCE CLEAN DATA_ONLY SCHEMA_ONLY NO_OWNER SAFETY=1
    variables_number LOCK_WAIT=60 PAUSE=3
    variables_folder BACKUPS=backups
}
