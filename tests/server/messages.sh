#!/usr/bin/env bash
# What a merge says: each thing once, and behind that which it is about.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
lines() { grep -nE "$1" "$T/out" | cut -d: -f1; } # PATTERN: the numbers of the lines that it is in
said() { grep -cE "$1" "$T/out"; }                # PATTERN: in how many lines

# ---- rows that are rejected while they are read, when the table before is not written to its end
two_dbs "CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (id int PRIMARY KEY, v text); CREATE TABLE c (id int PRIMARY KEY, v text)"
sql origin "INSERT INTO a SELECT g, 'new' FROM generate_series(1, 9) g; INSERT INTO b SELECT g, 'bad' FROM generate_series(1, 9) g; INSERT INTO c VALUES (1, 'x')" >/dev/null
sql live "INSERT INTO a SELECT g, 'old' FROM generate_series(1, 5) g" >/dev/null
pg_dump --inserts --no-owner origin | sed "s/'bad'/lower('bad')/" >"$T/origin.sql"
for way in "" --dry-run; do
    # shellcheck disable=SC2086 # nothing, or an option
    quiet_merge "$T/origin.sql" live $way
    equal "rejects${way:+ of a dry run}: 3 of them, then that there are more, behind the counts of their table" "3 $(($(lines '^public.b ') + 1)) 1" \
        "$(said 'public.b: a row is rejected') $(lines 'public.b: a row is rejected' | head -n 1) $(said 'public.b: more rows')"
    equal "rejects${way:+ of a dry run}: before the counts of the next" 1 "$(($(lines '^public.c ') - $(lines 'public.b: more rows')))"
done

# ---- what is left aside, and what is whole of a damaged backup: the backup is read twice
pg_dump --no-owner origin | sed "0,/^ALTER TABLE ONLY public.a$/s//UPDATE public.a SET v = 'x';\n&/" >"$T/origin.sql"
quiet_merge "$T/origin.sql" live --dry-run
equal "what is left aside is said once" "3 1" "$status $(said 'UPDATE changes the data of public.a and is left aside')"
contains "and it is said where" "dump-splitter's warnings in $folder/merge.log" "$(cat "$T/out")"
quiet_merge "$T/origin.sql" live --dry-run -v
equal "with -v by each reading" 2 "$(said 'UPDATE changes the data of public.a and is left aside')"
head -c "$(($(grep -abo '^COPY public.b' "$T/origin.sql" | cut -d: -f1) + 60))" "$T/origin.sql" >"$T/cut.sql"
quiet_merge "$T/cut.sql" live --dry-run --salvage
equal "salvage: what is whole is said once" "3 1 1 1" "$status $(said 'cut.sql is damaged') $(said '  whole        public.a, 9 rows') $(said '  damaged      public.b')"

# ---- large objects: how many are not read
sql origin "SELECT lo_from_bytea(0, 'abc') FROM generate_series(1, 12)" >/dev/null
for form in p c t d; do
    pg_dump -F$form -f "$T/lo.$form" origin
    equal "large objects, pg_dump -F$form: a line of the list" $'large objects\t\\N\t12\t\\N\tunread' "$(dump-splitter -q --list "$T/lo.$form" | tail -n 1)"
    quiet_merge "$T/lo.$form" live --dry-run
    equal "large objects, pg_dump -F$form: said once in a merge" 1 "$(said "12 large objects of $T/lo.$form are not read")"
done
sql origin "SELECT lo_unlink(oid) FROM pg_largeobject_metadata" >/dev/null
exit 0
