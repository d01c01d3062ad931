# shellcheck shell=bash
# compose.sh: the Compose project with the service misc-scripts, for scripts that source this file.
#
# The project is that of COMPOSE_FILE, as Compose itself reads it; else that of the current folder when a
# Compose file there has a service misc-scripts; else that of the folder where Makefile.ai lies.
# Functions say what went wrong on standard error and return the status to end with.
compose_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Sets compose_folder, the project's folder, and compose_file. False, silently, where there is no project.
compose_locate() {
    local name
    if [ -n "${COMPOSE_FILE-}" ]; then
        compose_file=$(realpath -m -- "${COMPOSE_FILE%%"${COMPOSE_PATH_SEPARATOR:-:}"*}")
        compose_folder=${compose_file%/*}
        return 0
    fi
    for compose_folder in "$(pwd -P)" "$compose_root"; do
        for name in compose.yaml compose.yml docker-compose.yml docker-compose.yaml; do
            compose_file=$compose_folder/$name
            ! grep -qsE '^[[:space:]]+"?misc-scripts"?:' "$compose_file" || return 0
        done
    done
    return 1
}

# Runs Compose on that project: version 2 (docker compose) where it is there, else docker-compose.
compose() {
    local command=(docker-compose)
    ! docker compose version >/dev/null 2>&1 || command=(docker compose)
    [ -n "${COMPOSE_FILE-}" ] || cd "$compose_folder" || return 1
    "${command[@]}" "$@"
}

# Sets compose_container to the running misc-scripts of that project, and compose_project to its name. False
# where there is none; 2 where several projects of that folder run one and COMPOSE_PROJECT_NAME does not
# say which.
compose_find() {
    local id project folder found=() format label=com.docker.compose
    format="{{.ID}}"$'\t'"{{.Label \"$label.project\"}}"$'\t'"{{.Label \"$label.project.working_dir\"}}"
    while IFS=$'\t' read -r id project folder; do
        [ "$(realpath -m -- "$folder")" = "$compose_folder" ] || continue
        [ "${COMPOSE_PROJECT_NAME:-$project}" = "$project" ] || continue
        found+=("$id")
        # shellcheck disable=SC2034 # for who sources this
        compose_project=$project
    done < <(timeout 20 docker ps --filter "label=$label.service=misc-scripts" \
        --filter "label=$label.oneoff=False" --format "$format" 2>/dev/null)
    compose_container=${found[0]-}
    [ ${#found[@]} -le 1 ] || return 2
    [ -n "$compose_container" ]
}
