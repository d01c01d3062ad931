#!/usr/bin/env bash
# Damaged backups: cut and with flipped bits, in every format. What --salvage takes of a table are exactly
# the rows that the server copied out of it; every other table is named. Without it nothing is taken.
# Then merges: the whole tables of a cut backup, and the intact one behind it.
. "$(dirname "$0")/../lib.sh"

fresh_db source
psql -qX -v ON_ERROR_STOP=1 -d source <<'SQL' >/dev/null
CREATE TABLE b_city (id serial PRIMARY KEY, name text, tags text[]);
CREATE TABLE c_empty (x integer);
CREATE TABLE d_log (at integer, what text);
CREATE TABLE e_part (id integer, v text) PARTITION BY RANGE (id);
CREATE TABLE e_part_1 PARTITION OF e_part FOR VALUES FROM (0) TO (100);
CREATE TABLE e_part_2 PARTITION OF e_part FOR VALUES FROM (100) TO (200);
CREATE TABLE f_user (id serial PRIMARY KEY, name text UNIQUE, city_id integer REFERENCES b_city);
CREATE TABLE a_note (id serial PRIMARY KEY, title text UNIQUE, user_id integer REFERENCES f_user);
INSERT INTO b_city (name, tags) SELECT 'city ' || md5(i::text), ARRAY['a,b', 'x' || i] FROM generate_series(1, 60) i;
INSERT INTO d_log SELECT i, E'line\n\\. ' || i FROM generate_series(1, 40) i;
INSERT INTO e_part SELECT i, 'v' || i FROM generate_series(0, 199, 10) i;
INSERT INTO f_user (name, city_id) SELECT 'user' || i, 1 + i % 60 FROM generate_series(1, 50) i;
INSERT INTO a_note (title, user_id) SELECT 'note' || i, nullif(i % 5, 0) FROM generate_series(1, 20) i;
SQL
tables="a_note b_city c_empty d_log e_part_1 e_part_2 f_user"
for table in $tables; do
    psql -qX -d source -c "COPY $table TO STDOUT" | sed "s/^/public.$table\t/"
done >"$T/oracle"

# What is wrong with what was taken: rows that are not the server's, declared tables of which nothing is said.
judge() { # STREAM
    awk -F '\t' '
        NR == FNR { rows[$1] = rows[$1] substr($0, length($1) + 2) "\n"; next }
        $1 == "\\.sample" { table = $2; next }
        $1 == "\\.end" { table = ""; next }
        table != "" { got[table] = got[table] $0 "\n"; next }
        $1 == "\\.fact" && $2 == "table" && $4 == "table" { declared[$3] = 1 }
        $1 == "\\.fact" && $2 == "data" { taken[$3] = 1 }
        $1 == "\\.fact" && $2 == "damaged" { named[$3] = 1 }
        $1 == "\\.trailer" { whole = 1 }
        END {
            for (table in taken) if (got[table] != rows[table]) print "other rows of " table
            for (table in declared) if (rows[table] != "" && !(table in taken) && !(table in named)) print "nothing is said of " table
            for (table in taken) if (table in named) print "taken and left out: " table
            if (!whole) print "no trailer"
        }' "$T/oracle" "$1"
}
# Both ways of reading a damaged backup; adds to $wrong what is not as it should be, to $saved tables that were taken.
try() { # WHAT BACKUP: the damage may be none, where the status is 0
    local status=0
    dump-splitter -q --salvage --schema --sample=1000 "$2" >"$T/out" 2>"$T/errors" || status=$?
    case $status in
    0 | 3)
        local why
        why=$(judge "$T/out")
        [ -z "$why" ] || wrong+="$1: $why; "
        [ "$status" -eq 0 ] || saved=$((saved + $(grep -c $'^\\\\.fact\tdata' "$T/out"))) ;;
    4) ! grep -q '^\\.trailer' "$T/out" || wrong+="$1: status 4 and a trailer; " ;;
    *) wrong+="$1: status $status: $(head -n 1 "$T/errors"); " ;;
    esac
    local plain=0
    dump-splitter -q --schema "$2" >"$T/out" 2>/dev/null || plain=$?
    tried=$status$plain
    case $tried in
    00 | 34 | 44) ;;
    30 | 40) grep -q $'^\\\\.source\tcomplete\tno' "$T/out" || wrong+="$1: only --salvage finds damage; " ;;
    *) wrong+="$1: status $status with --salvage, $plain without; " ;;
    esac
}
cuts() { # NAME FILE STEP
    local size n
    wrong='' saved=0
    size=$(stat -c %s "$2")
    for ((n = 1; n < size; n += $3)); do
        head -c "$n" "$2" >"$T/damaged"
        try "cut at $n" "$T/damaged"
    done
    equal "$1: what is taken of cut ones are whole tables" "" "$wrong"
    some "$1, cut"
}
some() { # NAME: some tables were taken
    if [ "$saved" -gt 0 ]; then pass "$1: tables are taken"; else fail "$1: tables are taken" "none was"; fi
}
flip() { # FILE AT: flips a bit
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    printf '%b' "\\x$(printf %02x $((byte ^ (1 << $2 % 8))))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
flips() { # NAME FILE STEP [START]: in what has checksums
    local size n
    wrong='' saved=0
    size=$(stat -c %s "$2")
    for ((n = ${4:-0}; n < size; n += $3)); do
        cp "$2" "$T/damaged"
        flip "$T/damaged" "$n"
        try "bit at $n" "$T/damaged"
    done
    equal "$1: flipped bits never change the rows that are taken" "" "$wrong"
}

folder() { # WHAT DAMAGE: that shell code, run in a copy of the folder
    rm -rf "$T/damaged.dir"
    cp -r "$T/dir" "$T/damaged.dir"
    (cd "$T/damaged.dir" && eval "$2")
    try "$1" "$T/damaged.dir"
    [ "$tried" != 44 ] || wrong+="$1: the other tables are not taken; "
}

pg_dump -d source -f "$T/plain.sql"
pg_dump --inserts -d source -f "$T/inserts.sql"
pg_dump -Fc -d source -f "$T/custom.dump"
pg_dump -Fc --inserts -Z0 -d source -f "$T/inserts.dump"
pg_dump -Fc -d source | cat >"$T/pipe.dump"
pg_dump -Ft -d source -f "$T/app.tar"
gzip -c "$T/plain.sql" >"$T/plain.sql.gz"
half=$(($(grep -abo '^COPY public.e_part_1' "$T/plain.sql" | cut -d: -f1) + 30))
{ head -c "$half" "$T/plain.sql" | gzip -c; tail -c +$((half + 1)) "$T/plain.sql" | gzip -c; } >"$T/members.sql.gz"
cuts "plain" "$T/plain.sql" 773
cuts "INSERT" "$T/inserts.sql" 1109
cuts "gzip" "$T/plain.sql.gz" 373
cuts "gzip, two members" "$T/members.sql.gz" 373
cuts "custom" "$T/custom.dump" 1021
cuts "custom, INSERT" "$T/inserts.dump" 2221
cuts "custom, without offsets" "$T/pipe.dump" 1021
cuts "tar" "$T/app.tar" 3023
flips "gzip" "$T/plain.sql.gz" 373
equal "gzip of one member: nothing is proven where a bit is wrong" 0 "$saved"
flips "gzip, two members" "$T/members.sql.gz" 373
some "gzip, two members"
data=$(grep -abo $'x\x9c' "$T/custom.dump" | head -n 1 | cut -d: -f1) # zlib's first header
flips "custom" "$T/custom.dump" 301 "$data"
some "custom"
flips "custom, without offsets" "$T/pipe.dump" 301 "$data"
some "custom, without offsets"
if command -v zstd >/dev/null && zstd -qf "$T/plain.sql" -o "$T/plain.sql.zst" && dump-splitter -q -l "$T/plain.sql.zst" >/dev/null 2>&1; then
    { head -c "$half" "$T/plain.sql" | zstd -qc; tail -c +$((half + 1)) "$T/plain.sql" | zstd -qc; } >"$T/frames.sql.zst"
    cuts "zstd, two frames" "$T/frames.sql.zst" 373
    flips "zstd, two frames" "$T/frames.sql.zst" 373
else
    skip "zstd" "zstd is not there, or not built in"
fi

# A folder: each file alone.
pg_dump -Fd -d source -f "$T/dir"
wrong='' saved=0
for file in "$T"/dir/*.dat.gz; do
    folder "without ${file##*/}" "rm ${file##*/}"
    for n in 0 40; do folder "${file##*/} cut to $n" "truncate -s $n ${file##*/}"; done
    folder "a bit of ${file##*/}" "flip ${file##*/} 12"
done
equal "directory, gzip: what is taken are whole tables" "" "$wrong"
some "directory, gzip"
rm -r "$T/dir"
pg_dump -Fd -Z0 --inserts -d source -f "$T/dir"
wrong='' saved=0
for file in "$T"/dir/[0-9]*.dat; do
    folder "without ${file##*/}" "rm ${file##*/}"
    for n in 1 2; do folder "${file##*/} cut by $n bytes" "truncate -s -$n ${file##*/}"; done
    folder "${file##*/} cut behind a statement" "head -n 10 ${file##*/} >x; mv x ${file##*/}"
    folder "${file##*/} empty" ": >${file##*/}"
done
equal "directory, INSERT: what is taken are whole tables" "" "$wrong"
some "directory, INSERT"

# What is said, without and with --salvage.
at=$(grep -abo '^user30' <(tr '\t' '\n' <"$T/plain.sql") | cut -d: -f1)
head -c "$at" "$T/plain.sql" >"$T/cut.sql"
status_is "a cut dump is refused" 4 dump-splitter --list "$T/cut.sql"
said=$(dump-splitter --list "$T/cut.sql" 2>&1)
contains "what is whole is said" "whole        public.b_city, 60 rows" "$said"
contains "what is damaged is said, with its place" "damaged      public.f_user: line " "$said"
contains "what to do is said" "--salvage" "$said"
equal "nothing more is said with -q" 1 "$(dump-splitter -q --list "$T/cut.sql" 2>&1 | wc -l)"
status_is "a list of what is whole" 3 dump-splitter --salvage --list "$T/cut.sql"
equal "it has the whole tables" "public.a_note public.b_city public.c_empty public.d_log public.e_part public.e_part_1 public.e_part_2" \
    "$(dump-splitter -q --salvage --list "$T/cut.sql" | tail -n +2 | cut -f1 | sort | xargs)"
status_is "a table that is whole" 3 dump-splitter -q --salvage -t b_city "$T/cut.sql"
status_is "a table that is not" 4 dump-splitter -q --salvage -t f_user "$T/cut.sql"
status_is "an intact backup: --salvage changes nothing" 0 dump-splitter --salvage --list "$T/plain.sql"
head -c "$(($(grep -abo '^COPY public.d_log' "$T/plain.sql" | cut -d: -f1) + 200))" "$T/plain.sql" >"$T/early.sql"
contains "what was not reached is said" "not reached  public.e_part_1" "$(dump-splitter --list "$T/early.sql" 2>&1)"

# Merges, into a database in which the ids of users mean something else.
fresh_db live
pg_dump -s -d source | psql -qX -v ON_ERROR_STOP=1 -d live >/dev/null
psql -qX -v ON_ERROR_STOP=1 -d live <<'SQL'
INSERT INTO b_city (id, name) SELECT i, 'city ' || md5(i::text) FROM generate_series(1, 10) i;
INSERT INTO f_user (name) SELECT 'user' || 100 - i FROM generate_series(1, 99) i;
SQL
before=$(snapshot live)
status_is "merge: a cut backup is refused" 4 merge "$T/cut.sql" live -q
equal "merge: nothing was written" "$before" "$(snapshot live)"
contains "merge: SALVAGE=1 is advised" "SALVAGE=1" "$(merge "$T/cut.sql" live 2>&1)"
sed '/^COPY /q' "$T/plain.sql" >"$T/nothing.sql"
equal "merge: but not where no table is whole" 0 "$(merge "$T/nothing.sql" live 2>&1 | grep -c SALVAGE=1)"
mkdir "$T/no.dir"
equal "merge: nor for what is no backup" 0 "$(merge "$T/no.dir" live 2>&1 | grep -c SALVAGE=1)"
status=0
said=$(SALVAGE=1 merge "$T/cut.sql" live 2>&1) || status=$?
equal "merge: with SALVAGE=1 it is done in part" 3 "$status"
contains "merge: it says which table is skipped, and why" "public.f_user is skipped: not whole in the backup: line " "$said"
contains "merge: what to do about rows with the backup's ids" "then merge the backup again" "$said"
equal "merge: no list of commands where there is none" 0 "$(grep -c "once mended" <<<"$said")"
equal "merge: whole tables are merged" "60 40 20" "$(sql live "SELECT (SELECT count(*) FROM b_city), (SELECT count(*) FROM d_log), (SELECT count(*) FROM e_part)" | tr '|' ' ')"
equal "merge: a row that refers to lost ones is given to no stranger" "4|0" "$(sql live "SELECT count(*), count(user_id) FROM a_note")"
contains "merge: it is rejected, with the reason" "note1" "$(cat "$T"/merges/*/rejects/*a_note*)"
status_is "verify: what is whole is merged, and what is not is said: status 3" 3 env SALVAGE=1 PGDATABASE=live MERGES="$T/merges" "$root/scripts/verify" "$T/cut.sql"
contains "explain: why it is skipped" "not whole in the backup" "$(SALVAGE=1 PGDATABASE=live "$root/scripts/explain" "$T/cut.sql" 2>&1)"
said=$(cd "$root" && PGDATABASE=live MERGES=$T/merges VIA=local make -s -f Makefile.ai ai-smart-merge-backup-dryrun BACKUP="$T/cut.sql" SALVAGE=1 2>&1)
contains "make: SALVAGE=1" "public.f_user is skipped: not whole in the backup" "$said"
status_is "merge: then the intact backup" 0 merge "$T/plain.sql" live -q
wrong_users="SELECT count(*) FROM a_note n JOIN f_user u ON u.id = n.user_id WHERE u.name <> 'user' || substr(n.title, 5)::int % 5"
equal "merge: all its rows are there" "60 40 20 99 20 16" "$(sql live "SELECT (SELECT count(*) FROM b_city), (SELECT count(*) FROM d_log), (SELECT count(*) FROM e_part),
    (SELECT count(*) FROM f_user), (SELECT count(*) FROM a_note), (SELECT count(user_id) FROM a_note)" | tr '|' ' ')"
equal "merge: with their own users" 0 "$(sql live "$wrong_users")"
before=$(stats live)
status_is "merge: and again" 0 merge "$T/plain.sql" live -q
equal "merge: which writes nothing" "$before" "$(stats live)"
dump-splitter -q --schema "$T/plain.sql" | PGDATABASE=live schema-differ -q >"$T/plan"
dump-splitter -q --salvage --plan "$T/plan" "$T/cut.sql" >"$T/out" 2>/dev/null
equal "a plan of the intact backup is refused for the damaged one" "4 0" "$? $(grep -c '^\\.trailer' "$T/out")"

# By rule the lost ids mean the same here: rows that name live users are merged, the others are rejects.
fresh_db live
pg_dump -s -d source | psql -qX -v ON_ERROR_STOP=1 -d live >/dev/null
psql -qX -v ON_ERROR_STOP=1 -d live <<'SQL'
INSERT INTO f_user (name) SELECT 'user' || i FROM generate_series(1, 2) i;
SQL
echo 'f_user lineage same' >"$T/same.rules"
export RULES=$T/same.rules SALVAGE=1
quiet_merge "$T/cut.sql" live --dry-run
dry=$(counts)
quiet_merge "$T/cut.sql" live
equal "ids kept: the dry run foresees rows whose users are nowhere" "$(counts)" "$dry"
equal "ids kept: the others are merged" "12 8" "$(awk '$1 == "public.a_note" { print $3, $7 }' <(counts))"
status=0
said=$(PGDATABASE=live MERGES=$T/merges "$root/scripts/verify" "$T/cut.sql" 2>&1) || status=$?
equal "ids kept: verify right after the merge: status 3" "3 INCOMPLETE" "$status $(tail -n 1 <<<"$said" | cut -d: -f1)"
unset RULES SALVAGE

# Rows alone, cut before those of the users: no word tells that there were any.
fresh_db alone
pg_dump -s -d source | psql -qX -v ON_ERROR_STOP=1 -d alone >/dev/null
sql alone "INSERT INTO f_user (name) SELECT 'user' || 100 - i FROM generate_series(1, 99) i"
sed -n '/^COPY public.f_user/q;/^COPY /,/^\\\.$/p' "$T/plain.sql" >"$T/alone.sql"
status_is "rows alone: done in part" 3 env SALVAGE=1 PGDATABASE=alone MERGES="$T/merges" "$root/scripts/merge" -q "$T/alone.sql"
equal "rows alone: a row that refers to lost ones is given to no stranger" "60|4|0" \
    "$(sql alone "SELECT (SELECT count(*) FROM b_city), count(*), count(user_id) FROM a_note")"

# Cut before its rows: whole by what was said, and yet nothing of it is merged; a schema alone holds none.
head -c "$(grep -abo '^COPY ' "$T/plain.sql" | head -n 1 | cut -d: -f1)" "$T/plain.sql" >"$T/cut.sql"
for options in --allow-incomplete "--allow-incomplete --salvage"; do
    # shellcheck disable=SC2086 # options
    quiet_merge "$T/cut.sql" alone $options
    equal "cut before its rows, $options: refused" "4 1" "$status $(grep -c '^dump-splitter: error: .* and no rows' "$T/out")"
done
pg_dump -s -d source -f "$T/schema.sql"
quiet_merge "$T/schema.sql" alone
equal "a schema alone: status 0, and it is said that it holds no rows" "0 1" "$status $(grep -c '^merge: the backup holds no rows' "$T/out")"
[ "$failures" -eq 0 ]
