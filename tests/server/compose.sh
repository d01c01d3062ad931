#!/usr/bin/env bash
# The targets of Makefile.ai in Docker Compose, with a real engine: from the image to data that outlive the service.
#
# Images cannot be pulled everywhere: the one of PostgreSQL is made here of Debian's packages by debootstrap,
# with an entrypoint that does what the official one does. Its tree is kept, packed, under the build
# folder. Containers, networks, volumes and images are removed at the end.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
run=pgbraid-test-$$
label=pgbraid.test=$run
user=1234
chmod 755 "$T"
project=$T/$run\'s\ folder

leave() { skip "all" "$1"; exit 0; }
command -v docker >/dev/null || leave "there is no docker"
docker info >/dev/null 2>&1 || leave "no Docker engine is running"
if docker compose version >/dev/null 2>&1; then compose=(docker compose)
elif docker-compose version >/dev/null 2>&1; then compose=(docker-compose)
else leave "there is no Compose"; fi
[ "$(id -u)" -eq 0 ] || leave "debootstrap wants root"

# Everything that an image made here led to has its label.
clean_up() {
    local status=$? ids
    if [ -d "$T/user/own" ]; then (in_folder "$T/user/own" "${compose[@]}" down -v) >/dev/null 2>&1; fi
    if [ -d "$project" ]; then (in_folder "$project" "${compose[@]}" down -v) >/dev/null 2>&1; fi
    for ((try = 0; try < 30; try++)); do # children go before parents
        ids=$(docker images -aq --filter "label=$label" | sort -u)
        [ -n "$ids" ] || break
        # shellcheck disable=SC2086 # ids are words
        docker rmi -f $ids >/dev/null 2>&1
    done
    return "$status"
}
trap 'clean_up; finish' EXIT

volumes=$(docker volume ls -q)

# The user has no rights but those of Docker's group, and a shell that says nothing of the test's database.
plain() {
    env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE -u ENV_FILE -u BUILD -u BACKUPS -u MERGES -u VIA HOME="$T/user" \
        PATH="$T/bin:$outer_path" PGBRAID_POSTGRES="$run" \
        setpriv --reuid "$user" --regid "$user" --groups "$(stat -Lc %g /var/run/docker.sock)" "$@"
}
in_folder() { # FOLDER COMMAND...: in a shell of its own
    (cd "$1" && shift && plain "$@")
}
ai() { in_folder "$project" make -s --no-print-directory -f Makefile.ai "$@"; }
via() { in_folder "$project" scripts/via "$@"; }
outer_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

make_tree() { # FILE: Debian with a server and all that the Dockerfile asks for, packed
    local packages suite=bookworm
    packages=$("$root/scripts/setup" --list build client | paste -sd,)
    ! grep -qx ID=debian /etc/os-release || suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    "$root/scripts/setup" image || return 1
    debootstrap --variant=minbase --include="postgresql,$packages" "$suite" "$T/tree" \
        "${PGBRAID_DEBIAN:-http://deb.debian.org/debian}" >&2 || return 1
    install -m 755 "$root/tests/server/compose_entry" "$T/tree/usr/local/bin/docker-entrypoint.sh"
    tar -C "$T/tree" --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
        --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/lib/postgresql/*' \
        --exclude='*/libLLVM*' --exclude='*/lto1' --exclude='*lto-dump*' --exclude='./dev/*' --exclude='./proc/*' \
        -cf "$1.part" . && mv "$1.part" "$1"
    status=$?
    rm -rf "$T/tree"
    return "$status"
}
mkdir -p "$build/test"
base=$({ "$root/scripts/setup" --list build client; declare -f make_tree; cat "$root/tests/server/compose_entry"; } | md5sum)
base=$build/test/base-${base:0:12}.tar
if ! [ -e "$base" ]; then
    rm -f "$build"/test/base-*.tar*
    make_tree "$base" || leave "debootstrap could not make a base image (no network?)"
fi
docker import -c "LABEL $label" -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["postgres"]' \
    -c 'VOLUME /var/lib/postgresql/data' "$base" "$run" >/dev/null || { fail "import of the base image"; exit 1; }

mkdir -p "$T/bin" "$T/user" "$project"
cp "$build"/bin/* "$T/bin"
(cd "$root" && git ls-files -co --exclude-standard | tar -cT - 2>/dev/null) | tar -xC "$project"
chown -R "$user:$user" "$T/user" "$project"

# A service of one's own beside them, as docker-compose.override.yml adds it.
plain sh -c 'cat >"$0/docker-compose.override.yml"' "$project" <<YML
services:
  web:
    image: "$run"
    init: true
    command: [sleep, infinity]
    tmpfs: [/var/lib/postgresql/data]
YML

# From nothing to a running service.
status_is "VIA=compose before the service is there" 5 in_folder "$project" env VIA=compose scripts/via misc-shell -c true
status_is "ai-misc-up makes the image and starts the service" 0 ai ai-misc-up
container=$(docker ps -q --filter "label=com.docker.compose.project.working_dir=$project" --filter label=com.docker.compose.service=misc-scripts)
db=$(docker ps -q --filter "label=com.docker.compose.project.working_dir=$project" --filter label=com.docker.compose.service=db)
if [ -z "$container" ] || [ -z "$db" ]; then
    fail "the service" "$(ai ai-misc-up 2>&1 | tail -n 5)"
    exit 1
fi
live() { docker exec "$container" psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }
equal "the database is healthy before the service starts" healthy "$(docker inspect -f '{{.State.Health.Status}}' "$db")"
equal "it runs as who started it" "$user:$user" "$(docker exec "$container" sh -c 'echo "$(id -u):$(id -g)"')"
equal "it has no capabilities" 0000000000000000 "$(docker exec "$container" sed -n 's/^CapEff:\s*//p' /proc/self/status)"
equal "no port is open" "" "$(docker port "$container")$(docker port "$db")"
equal "it brings no volume of its own" "" "$(docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{end}}{{end}}' "$container")"
equal "pg_dump is the server's" "$(live 'SHOW server_version' | cut -d' ' -f1)" "$(docker exec "$container" pg_dump --version | awk '{ print $3 }')"

secret=$(cat "$project/secrets/db_password")
equal "the password is its owner's alone" "600 700 $user" "$(stat -c %a "$project/secrets/db_password") $(stat -c '%a %u' "$project/secrets")"
unknown() { ! grep -qF -- "$secret"; }
check "docker inspect does not show the password" unknown < <(docker inspect "$container" "$db")
check "nor do the variables inside" unknown < <(docker exec "$container" env)
check "the image does not hold it" unknown < <(docker history --no-trunc "$(docker inspect -f '{{.Image}}' "$container")")
ai ai-misc-up >/dev/null 2>&1
equal "starting again keeps the password" "$secret" "$(cat "$project/secrets/db_password")"

(in_folder "$project" "${compose[@]}" up -d web) >/dev/null 2>&1

# Where the targets run.
where() { in_folder "$project" "$@" 2>&1 | grep -m 1 '^via: '; }
contains "the service is the default while it is running" "via: compose: misc-scripts" "$(where scripts/via misc-shell -c true)"
equal "VIA=local is here" "via: local" "$(where env VIA=local scripts/via misc-shell -c true)"
equal "VIA=local runs here" "$(uname -n)" "$(in_folder "$project" env VIA=local scripts/via misc-shell -c 'uname -n' 2>/dev/null)"
status_is "another VIA is status 2" 2 in_folder "$project" env VIA=elsewhere scripts/via misc-shell -c true
status_is "a shell that names a database has to say where" 2 in_folder "$project" env PGHOST=x scripts/via misc-shell -c true
equal "and then the service's database it is" db \
    "$(in_folder "$project" env PGHOST=x VIA=compose scripts/via misc-shell -c 'echo "$PGHOST"' 2>/dev/null)"
for code in 0 1 3 10 143; do
    status_is "exit code $code passes" "$code" via misc-shell -c "exit $code"
done
status_is "a script that the image lacks is status 2" 2 via no-such-script

# Data through the service: standard input, and bytes as they are.
equal "a shell reads its commands" app "$(ai ai-misc-shell 2>/dev/null <<<'psql -Atc "SELECT current_database()"')"
head -c 300000 /dev/urandom >"$T/bytes"
in_folder "$project" scripts/via -i misc-shell -c cat <"$T/bytes" >"$T/echoed" 2>/dev/null
check "bytes go in and out as they are" cmp "$T/bytes" "$T/echoed"
equal "scripts that read nothing leave standard input alone" rest \
    "$({ via misc-shell -c cat; cat; } 2>/dev/null <<<rest)"
seen=$(cd "$project" && plain script -qec 'scripts/via misc-shell -c "tty; echo \$TERM"' "$T/user/typescript" </dev/null 2>&1)
contains "on a terminal there is one inside" /dev/pts/ "$seen"

live "CREATE TABLE city (id int PRIMARY KEY, name text NOT NULL);
    INSERT INTO city VALUES (1, 'Lyon'), (2, E'Tu\rin'), (3, 'Łódź')"
hostile="it's a \"dump\" \$(shell touch pwned) \`x\`"$'\n'"; touch pwned #.sql"
docker exec "$container" pg_dump | plain sh -c 'cat >"$0"' "$project/backups/$hostile"
live "DELETE FROM city WHERE id = 2; UPDATE city SET name = 'Lugdunum' WHERE id = 1"
rows() { live "SELECT id || ' ' || quote_literal(name) FROM city ORDER BY id" | paste -sd' '; }
changed="1 'Lugdunum' 3 'Łódź'"
whole=$'1 \'Lyon\' 2 \'Tu\rin\' 3 \'Łódź\''
equal "the story begins" "$changed" "$(rows)"

status_is "dry run" 0 ai ai-smart-merge-backup-dryrun BACKUP="backups/$hostile"
status_is "dry run of all" 0 ai ai-smart-merge-all-backups-dryrun
status_is "dry run with --exit-code" 10 in_folder "$project" env BACKUP="backups/$hostile" scripts/via merge --dry-run --exit-code "backups/$hostile"
equal "a dry run changes nothing" "$changed" "$(rows)"
output=$(ai ai-smart-merge-backup BACKUP="$project/backups/$hostile" 2>&1)
equal "merge, its name absolute" "$whole" "$(rows)"
contains "the database is the service's" 'database "app" at db:5432' "$output"
check "names are never run" test ! -e "$project/pwned"
folder=$(find "$project/merges" -mindepth 1 -maxdepth 1 | sort | tail -n 1)
equal "the merge's folder is the user's" "$user" "$(stat -c %u "$folder")"
contains "its path means the same here" "merges/${folder##*/}" "$output"
status_is "verify" 0 ai ai-smart-merge-verify BACKUP="backups/$hostile"
live "UPDATE city SET name = 'x' WHERE id = 1"
status_is "verify fails after a change" 1 in_folder "$project" env VARIABLES=BACKUP BACKUP="backups/$hostile" scripts/via verify "backups/$hostile"
status_is "all backups" 0 ai ai-smart-merge-all-backups
equal "all backups are merged" "$whole" "$(rows)"

# The rest of a working life with backups.
status_is "mended rejects: there are none" 0 ai ai-smart-merge-mended MERGE="$folder"
status_is "undo" 0 ai ai-smart-merge-undo MERGE="$folder" UNDO=--dry-run
bait='a "description" of $(shell touch pwned), it'\''s'
status_is "backup" 0 ai ai-db-backup DESC="$bait" FORMATS="sql.gz dump"
set=$(find "$project/backups" -name 'backup_manual_*.info')
contains "a description reaches .info as it is" "$bait" "$(cat "$set")"
equal "the backup is the user's alone" "600 $user" "$(stat -c '%a %u' "${set%.info}.sql.gz")"
check "its lines end as they should" sh -c '! gzip -dc "$0" | grep -v Tu | grep -q "$(printf "\\r")"' "${set%.info}.sql.gz"
status_is "verify of the backup, restored on trial" 0 ai ai-db-verify-backup BACKUP="$set" SCRATCH=1
contains "list" "${set##*/backup_manual_}" "$(ai ai-db-list-backups 2>/dev/null | sed 's/\( \|$\)/.info\1/')"
contains "status" "misc-scripts" "$(ai ai-db-status 2>/dev/null)"
equal "query" "it's \$(shell touch pwned) \"here\"" \
    "$(ai ai-db-query QUERY="SELECT 'it''s \$(shell touch pwned) \"here\"'" 2>/dev/null | grep -m 1 here | sed 's/^ *//; s/ *$//')"
equal "psql reads standard input" 3 "$(ai ai-db-shell 2>/dev/null <<<'\t \\ SELECT count(*) FROM city' | tr -d ' \n')"
live "DROP TABLE city"
status_is "restore" 0 ai ai-db-restore BACKUP="$set" FORCE=1 CLEAN=1 PAUSE=0
equal "what was lost is there again" "$whole" "$(rows)"
live "DELETE FROM city"
plain sh -c 'head -c 300 "$0" >"$1/backups/cut.dump"' "${set%.info}.dump" "$project"
status_is "a damaged backup is not restored" 4 in_folder "$project" env BACKUP=backups/cut.dump VARIABLES="BACKUP FORCE CLEAN" FORCE=1 CLEAN=1 scripts/via restore
rm "$project/backups/cut.dump"
answered() { ai ai-db-restore BACKUP="$set" CLEAN=1 PAUSE=0 <<<"$1"; }
status_is "a restore that is not confirmed ends" 2 answered no
equal "and changes nothing" "" "$(rows)"
status_is "a restore that is confirmed by standard input" 0 answered yes
equal "puts the rows back" "$whole" "$(rows)"
started() { docker inspect -f '{{.State.StartedAt}} {{.State.Running}}' "$(docker ps -aq --filter "label=com.docker.compose.project.working_dir=$project" --filter label=com.docker.compose.service=web)"; }
before=$(started)
status_is "a restore with services stopped meanwhile" 0 ai ai-db-restore BACKUP="$set" FORCE=1 CLEAN=1 PAUSE=0 SAFETY=0 STOP_SERVICES=web
check "the service was stopped and runs again" test "$(started)" != "$before" -a "$(started | cut -d' ' -f2)" = true
output=$(ai ai-db-prune KEEP_LAST=1 KEEP_DAILY=0 KEEP_WEEKLY=0 KEEP_MONTHLY=0 DRYRUN=1 2>&1)
contains "prune, a dry run" remove "$output"
sets() { find "$project/backups" -name 'backup_*.info' | wc -l; }
before=$(sets)
status_is "prune" 0 ai ai-db-prune KEEP_LAST=1 KEEP_DAILY=0 KEEP_WEEKLY=0 KEEP_MONTHLY=0
check "prune removed sets, and left some" test "$(sets)" -ge 1 -a "$(sets)" -lt "$before"
live "CREATE ROLE \"it's an app\""
status_is "grant" 0 ai ai-db-grant APP_USER="it's an app"
equal "the role may read" t "$(live "SELECT has_table_privilege('it''s an app', 'city', 'SELECT')")"
check "no value was ever run" test ! -e "$project/pwned"
check "no password in what is kept" sh -c '! grep -rqF -- "$0" "$1/backups" "$1/merges"' "$secret" "$project"

# Files that the service does not see, and rules and plans that it does.
plain cp "$project/backups/$hostile" "$T/user/outside.sql"
output=$(ai ai-smart-merge-backup BACKUP="$T/user/outside.sql" 2>&1)
contains "a file outside is refused" "lies where misc-scripts does not see it" "$output"
contains "with the folders it sees" "$run" "$output"
plain ln -s "$T/user/outside.sql" "$project/backups/link.sql"
status_is "so is a link to the outside" 2 in_folder "$project" env BACKUP=backups/link.sql scripts/via merge backups/link.sql
rm "$project/backups/link.sql"
plain sh -c 'echo "city skip" >"$0/merge.rules"; echo "city keep" >"$0/other rules"' "$project"
output=$(in_folder "$project" env BACKUP="backups/$hostile" scripts/via merge "backups/$hostile" 2>&1)
contains "rules are found" "1 table skipped by rule" "$output"
rm "$project/merge.rules"
output=$(ai ai-smart-merge-backup BACKUP="backups/$hostile" RULES="other rules" 2>&1)
contains "RULES is handed over" "other rules:1: " "$output"
plain sh -c 'head -c 300 "$0/backups/$1" >"$0/cut.sql"' "$project" "$hostile"
status_is "a backup cut short is status 4" 4 in_folder "$project" env BACKUP=cut.sql scripts/via merge cut.sql

# A signal ends what runs inside.
in_folder "$project" sh -c 'echo $$ >"$0"; exec scripts/via misc-shell -c "sleep 4321; true"' "$T/user/pid" >/dev/null 2>&1 &
victim=$!
sleeping() { docker top "$container" | grep -q 'sleep 432[1]'; }
for ((i = 0; i < 100; i++)); do ! sleeping || break; sleep 0.1; done
kill -TERM "$(cat "$T/user/pid")"
wait "$victim"
equal "a signal is the exit code" 143 "$?"
not_sleeping() { ! sleeping; }
check "and the script inside is gone" not_sleeping

# A project of one's own, whose service calls the folders otherwise.
image=$(docker inspect -f '{{.Image}}' "$container")
plain mkdir -p "$T/user/own/dumps"
plain cp "$T/user/outside.sql" "$T/user/own/dumps/a b.sql"
cat >"$T/user/own/docker-compose.yml" <<YML
services:
  misc-scripts:
    image: "$image"
    init: true
    volumes: ["./dumps:/elsewhere/in"]
    tmpfs: [/var/lib/postgresql/data]
YML
own() { in_folder "$T/user/own" "$project/scripts/$1" "${@:2}"; }
status_is "a project of one's own is started" 0 own misc up
equal "files are called as its service calls them" "/elsewhere/in/a b.sql" \
    "$(VARIABLES=BACKUP BACKUP="dumps/a b.sql" own via misc-shell -c 'echo "$BACKUP"' 2>/dev/null)"
status_is "it is stopped" 0 own misc down

# Down and up.
status_is "ai-misc-down" 0 ai ai-misc-down
equal "nothing runs any more" "" "$(docker ps -aq --filter "label=com.docker.compose.project.working_dir=$project")"
equal "the targets run here now" "via: local" "$(where scripts/via misc-shell -c true)"
status_is "VIA=compose is status 5 now" 5 in_folder "$project" env VIA=compose scripts/via misc-shell -c true
status_is "ai-misc-up again" 0 ai ai-misc-up
container=$(docker ps -q --filter "label=com.docker.compose.project.working_dir=$project" --filter label=com.docker.compose.service=misc-scripts)
equal "the data are still there" "$whole" "$(rows)"

clean_up
left() { # nothing of this run, and no volume without a name; other runs on the same engine have theirs
    docker ps -aq --filter "label=$label"
    docker images -aq --filter "label=$label"
    docker network ls --format '{{.Name}}' | grep "^${run}[^0-9]"
    docker volume ls -q | grep -vxF "$volumes" | grep -E "^(${run}[^0-9]|[0-9a-f]{64}\$)"
}
equal "the test leaves nothing behind" "" "$(left)"
exit 0
