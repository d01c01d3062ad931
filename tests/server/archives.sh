#!/usr/bin/env bash
# Archives of pg_dump: one database in every format and compression that pg_dump here writes, from a file
# and from standard input. The oracles: the facts of its plain dump, and its rows as the server copies
# them out. Then damage: no archive that is cut or has a flipped bit gives a part of its rows as a whole.
. "$(dirname "$0")/../lib.sh"

fresh_db app
psql -qX -v ON_ERROR_STOP=1 -d app -v first=1 -v last=2000 -v seed=1 -v changed=0 -f "$(dirname "$0")/app.sql" >/dev/null
psql -qX -v ON_ERROR_STOP=1 -d app <<'SQL' >/dev/null
CREATE SCHEMA "Odd S";
CREATE TABLE "Odd S"."t;b" ("a b" integer PRIMARY KEY, "C" text, j jsonb, b bytea, a text[]);
INSERT INTO "Odd S"."t;b"
    SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE repeat(E'x\t\\.\n', i % 50) END, jsonb_build_object('k', i),
        decode(md5(i::text), 'hex'), ARRAY['a,b', NULL, E'q"\\'] FROM generate_series(1, 20000) i;
CREATE TABLE nothing (x integer);
SELECT lo_from_bytea(0, 'bytes of a large object');
SQL

facts() { grep -v -e $'^\\\\.source\tname' -e $'^\\\\.trailer' | sort; }
# Of INSERT statements the bytes and the columns that pg_dump lists are others.
data_less() { sed -E 's/^(\\\.fact\tdata\t[^\t]*)\t.*/\1/' | grep -v -e '^\\\.sample' -e '^[^\\]' | sort; }
tables=$(sql app "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1")
rows_of() { # FILE: every table's rows, by dump-splitter
    local table
    while IFS= read -r table; do
        echo "== $table"
        dump-splitter -q -t "$table" "$1" | tail -n +2 | LC_ALL=C sort
    done <<<"$tables"
}
server_rows() {
    local table
    while IFS= read -r table; do
        echo "== $table"
        psql -qX -d app -c "COPY (SELECT * FROM $table) TO STDOUT" | LC_ALL=C sort
    done <<<"$tables"
}
server_rows >"$T/rows"
pg_dump -d app -f "$T/plain.sql"
dump-splitter --schema -q "$T/plain.sql" | facts >"$T/facts"

compare() { # NAME FILE
    equal "$1: the facts are those of the plain dump" "$(md5sum <"$T/facts")" \
        "$(dump-splitter --schema -q "$2" | facts | md5sum)"
    equal "$1: the rows are the server's" "$(md5sum <"$T/rows")" "$(rows_of "$2" | md5sum)"
}
compare_pipe() { # NAME FILE
    equal "$1 from a pipe: the facts are those of the plain dump" "$(md5sum <"$T/facts")" \
        "$(dump-splitter --schema -q - <"$2" | facts | md5sum)"
}
can_compress() { pg_dump -Fc -Z "$1" -s -d postgres -f /dev/null 2>/dev/null; } # pg_dump 16 and later

pg_dump -Fc -d app -f "$T/gzip.dump" && compare "custom, gzip" "$T/gzip.dump"
compare_pipe "custom, gzip" <(cat "$T/gzip.dump")
pg_dump -Fc -Z0 -d app -f "$T/plain.dump" && compare "custom" "$T/plain.dump"
pg_dump -Fc -d app | cat >"$T/pipe.dump" && compare "custom, without offsets" "$T/pipe.dump"
compare_pipe "custom, without offsets" <(cat "$T/pipe.dump")
pg_dump -Ft -d app -f "$T/app.tar" && compare "tar" "$T/app.tar"
compare_pipe "tar" <(cat "$T/app.tar")
pg_dump -Fd -d app -f "$T/dir" && compare "directory, gzip" "$T/dir"
pg_dump -Fd -Z0 -j 2 -d app -f "$T/dir0" && compare "directory" "$T/dir0"
for how in lz4 zstd; do
    if can_compress "$how"; then
        pg_dump -Fc -Z "$how" -d app -f "$T/$how.dump" && compare "custom, $how" "$T/$how.dump"
        pg_dump -Fd -Z "$how" -d app -f "$T/dir-$how" && compare "directory, $how" "$T/dir-$how"
    else
        skip "custom and directory, $how" "pg_dump here is older than 16"
    fi
done
cp -r "$T/dir0" "$T/mixed" && (cd "$T/mixed" && lz4 -q --rm -m -- *0.dat *1.dat *2.dat 2>/dev/null; zstd -q --rm -- *3.dat *4.dat *5.dat 2>/dev/null; true)
compare "directory, each file its own compression" "$T/mixed"
(cd "$T" && tar -cf again.tar --transform 's,^dir0,folder,' dir0) && compare "directory packed by tar" "$T/again.tar"
gzip -c "$T/again.tar" >"$T/again.tar.gz" && compare "directory packed by tar and gzip" "$T/again.tar.gz"
zstd -q "$T/plain.dump" -o "$T/plain.dump.zst" && compare_pipe "custom, in zstd" "$T/plain.dump.zst"

# INSERT statements: the same declarations, and rows.
for options in --inserts "--column-inserts --rows-per-insert=10"; do
    # shellcheck disable=SC2086 # two options
    pg_dump -Fc $options -d app -f "$T/inserts.dump"
    equal "custom with $options: declares the same" "$(data_less <"$T/facts" | grep -v $'\tdata\t' | md5sum)" \
        "$(dump-splitter --schema -q "$T/inserts.dump" | facts | data_less | grep -v $'\tdata\t' | md5sum)"
    equal "custom with $options: the rows are the server's" "$(md5sum <"$T/rows")" "$(rows_of "$T/inserts.dump" | md5sum)"
done

# What is not wanted is not read: a list does not touch the data.
read_bytes() { strace -qqf -e trace=read,pread64 -o "$T/calls" "$@" >/dev/null 2>&1 && awk -F '= ' '{ sum += $NF } END { print sum + 0 }' "$T/calls"; }
if command -v strace >/dev/null; then
    listed=$(read_bytes dump-splitter -q -l "$T/plain.dump")
    if [ "$listed" -lt $(($(stat -c %s "$T/plain.dump") / 2)) ]; then pass "a list does not read the data"
    else fail "a list does not read the data" "$listed bytes"; fi
else
    skip "a list does not read the data" "strace is not there"
fi

# Cut: at any of 30 places, status 4, or all rows where only padding is gone.
cut_at() { # NAME FILE
    local size n wrong=0 status
    size=$(stat -c %s "$2")
    for n in $(seq 1 30); do
        head -c $((size * n / 31)) "$2" >"$T/cut"
        for from in file pipe; do
            status=0
            if [ "$from" = file ]; then dump-splitter --schema --sample=0 -q "$T/cut" >"$T/out" 2>/dev/null || status=$?
            else dump-splitter --schema --sample=0 -q >"$T/out" 2>/dev/null < <(cat "$T/cut") || status=$?; fi
            [ "$status" -eq 4 ] || grep -q $'^\\\\.source\tcomplete\tno' "$T/out" || wrong=$((wrong + 1))
        done
    done
    equal "$1: cut anywhere is noticed" 0 "$wrong"
}
cut_at "custom, gzip" "$T/gzip.dump"
cut_at "custom" "$T/plain.dump"
cut_at "custom, without offsets" "$T/pipe.dump"
cut_at "tar" "$T/app.tar"

# Flipped bits in compressed data: refused, or of no consequence (levels, times, what is not read).
wrong=0
size=$(stat -c %s "$T/gzip.dump")
start=$(($(grep -abo $'PGDMP' "$T/gzip.dump" | head -n 1 | cut -d: -f1) + size / 2))
for n in $(seq 1 30); do
    cp "$T/gzip.dump" "$T/flip"
    at=$((start + (size - start) * n / 31))
    byte=$(od -An -tu1 -j "$at" -N 1 "$T/flip" | tr -d ' ')
    printf '%b' "\\x$(printf %02x $((byte ^ 16)))" | dd of="$T/flip" bs=1 seek="$at" conv=notrunc status=none
    if dump-splitter --schema -q "$T/flip" 2>/dev/null >"$T/out"; then
        [ "$(facts <"$T/out" | md5sum)" = "$(md5sum <"$T/facts")" ] || wrong=$((wrong + 1))
    fi
done
equal "custom, gzip: a flipped bit never changes the rows" 0 "$wrong"

# A folder that lacks a file, or has a short one: said by the table's name.
lost=$T/dir0/$(pg_restore -l "$T/dir0" | sed -n 's/^\([0-9]*\);.* TABLE DATA Odd S t;b .*/\1/p').dat
cp -r "$T/dir0" "$T/lost" && rm "$T/lost/${lost##*/}"
status_is "directory: a missing file is refused" 4 dump-splitter -l "$T/lost"
contains "directory: it says which table" 'the data of table "Odd S"."t;b" is not there' "$(dump-splitter -l "$T/lost" 2>&1)"
cp -r "$T/dir0" "$T/short" && head -c 1000 "$lost" >"$T/short/${lost##*/}"
status_is "directory: a short file is refused" 4 dump-splitter --schema "$T/short"
contains "large objects are said to be left out" "1 large object of" "$(dump-splitter -l "$T/gzip.dump" 2>&1 >/dev/null)"

# merge-all takes one member of a set, archives and folders, the oldest first.
mkdir "$T/backups" && fresh_db live app
cp "$T/gzip.dump" "$T/backups/backup_manual_20260101_000000.dump"
gzip -c "$T/plain.sql" >"$T/backups/backup_manual_20260101_000000.sql.gz"
touch "$T/backups/backup_manual_20260101_000000.info"
ln -s backup_manual_20260101_000000.dump "$T/backups/latest"
cp -r "$T/dir" "$T/backups/b.dir"
cp "$T/app.tar" "$T/backups/c.tar"
output=$(PGDATABASE=live BACKUPS=$T/backups MERGES=$T/merges merge-all --dry-run 2>&1) || true
contains "merge-all finds archives, and one of a set" "3 backups in" "$output"
contains "merge-all: they went through" "all went through (3 backups)" "$output"
contains "merge-all: warnings are counted" "$(grep -c '^[a-z-]*: warning: ' <<<"$output") warnings, above and in merge.log of their folders" "$output"
