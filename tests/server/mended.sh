#!/usr/bin/env bash
# Each cause for which the live database refuses a row, once; and a file of rejects that is mended with an
# editor and merged again.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
rejected() { # TABLE: the SQLSTATEs and keys
    sed 1d "$folder/rejects/public.$1.tsv" 2>/dev/null | awk -F'\t' '{ print $1, $3 }' | sort | paste -sd,
}

# ---- every cause once
two_dbs "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN small AS int;
    CREATE TABLE q (id int PRIMARY KEY);
    CREATE TABLE r (id int PRIMARY KEY, n int, m mood, d small, u int, x int, p int, s text, w numeric, raises bool)"
sql origin "INSERT INTO r SELECT g, g, 'good', g, g, g, NULL, 's', 1, false FROM generate_series(1, 20) g;
    UPDATE r SET w = 1e9 WHERE id = 1; UPDATE r SET n = NULL WHERE id = 2; UPDATE r SET n = -1 WHERE id = 3;
    UPDATE r SET d = -1 WHERE id = 5; UPDATE r SET u = -6 WHERE id = 6; UPDATE r SET x = -7 WHERE id = 7;
    UPDATE r SET p = 8 WHERE id = 8; UPDATE r SET s = 'much too long' WHERE id = 9; UPDATE r SET raises = true WHERE id = 10" >/dev/null
sql live "ALTER TABLE r ALTER n SET NOT NULL, ADD CHECK (n > 0), ADD UNIQUE (u), ADD EXCLUDE (x WITH =), ADD FOREIGN KEY (p) REFERENCES q,
    ALTER s TYPE varchar(5), ALTER w TYPE numeric(4, 1); ALTER DOMAIN small ADD CHECK (VALUE > 0);
    CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.raises THEN RAISE EXCEPTION ''never''; END IF; RETURN new; END';
    CREATE TRIGGER no BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION no();
    INSERT INTO r VALUES (-1, 1, 'good', 1, -6, -7, NULL, 's', 1, false)" >/dev/null
sql live "ALTER TABLE r ENABLE ALWAYS TRIGGER no" >/dev/null
fresh_db silent live
sql silent "ALTER TABLE r DISABLE TRIGGER no" >/dev/null
sql origin "ALTER TYPE mood ADD VALUE 'odd'" >/dev/null
sql origin "UPDATE r SET m = 'odd' WHERE id = 4" >/dev/null
dump_origin
causes="22001 9,22003 1,22P02 4,23502 2,23503 8,23505 6,23514 3,23514 5,23P01 7"
for db in live silent; do
    all=$causes
    [ $db = silent ] || all=$causes,"P0001 10"
    quiet_merge "$T/origin.sql" $db
    equal "every cause once ($db): each is one reject" "3 $all" "$status $(rejected r)"
    n=$(tr ',' '\n' <<<"$all" | wc -l)
    equal "every cause once ($db): the counts add up" "public.r 20 $((20 - n)) 0 0 0 $n 0" "$(counts | grep '^public.r ')"
done
quiet_merge "$T/origin.sql" live --strict
equal "--strict stops at the first, and nothing is written" "1 11" "$status $(sql live "SELECT count(*) FROM r")"
quiet_merge "$T/origin.sql" silent
equal "and again: the same rows are refused" "3 $causes" "$status $(rejected r)"

# ---- no partition, row security
two_dbs "CREATE TABLE p (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (100)"
sql origin "INSERT INTO p SELECT g, g FROM generate_series(1, 60) g" >/dev/null
sql live "ALTER TABLE p DETACH PARTITION p_1; ALTER TABLE p ATTACH PARTITION p_1 FOR VALUES FROM (0) TO (41)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "rows that no partition takes are rejects" "3 20 40" "$status $(sed 1d "$folder"/rejects/public.p.tsv | grep -c '^23514') $(sql live "SELECT count(*) FROM p")"
two_dbs "CREATE TABLE r (id int PRIMARY KEY, n int)"
sql origin "INSERT INTO r SELECT g, g FROM generate_series(1, 20) g" >/dev/null
sql live "CREATE ROLE mended_app LOGIN; GRANT ALL ON r TO mended_app; ALTER TABLE r ENABLE ROW LEVEL SECURITY;
    CREATE POLICY p ON r USING (true) WITH CHECK (n < 10)" >/dev/null
dump_origin
PGUSER=mended_app quiet_merge "$T/origin.sql" live
equal "row security hides rows from a role: nothing is merged by it" "5 0" "$status $(sql live "SELECT count(*) FROM r")"
contains "and it says so" "row-level security policy for table \"r\"" "$(cat "$T/out")"
fresh_db live
sql postgres "DROP ROLE mended_app" >/dev/null

# ---- mended with an editor
two_dbs "CREATE TABLE r (id int PRIMARY KEY, n int, s text)"
sql live "ALTER TABLE r ADD CHECK (n > 0)" >/dev/null
sql origin "INSERT INTO r VALUES (1, 1, 'a'), (2, -2, 'b\\c'), (3, -3, E'tab\\there\\r')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
fresh_db live0 live
file=$folder/rejects/public.r.tsv
sed '1!s/\t-/\t/' "$file" >"$T/mended"
expected=$(printf '1|1|a\n2|2|b\\c\n3|3|tab\there\r')
while read -r how command; do
    fresh_db live live0
    eval "$command" <"$T/mended" >"$T/edited"
    status=0
    PGDATABASE=live upserter -q -t r "$T/edited" 2>"$T/err" || status=$?
    equal "mended with an editor: $how" "0 $expected" "$status $(sql live "SELECT id, n, s FROM r ORDER BY id")"
done <<'EDITORS'
as_it_is cat
CRLF sed 's/$/\r/'
blank_lines sed '$a\\n'
CRLF_and_blank_lines sed -e '$a\\n' -e 's/$/\r/' | sed 's/\r*$/\r/'
byte_order_mark sed '1s/^/\xEF\xBB\xBF/'
EDITORS
fresh_db live live0
head -c -1 "$T/mended" >"$T/edited"
status_is "a last line without a newline may be cut off: refused" 4 env PGDATABASE=live upserter -q -t r "$T/edited"
contains "and it says which, and what to do" "line 3: there is no newline at its end" "$(PGDATABASE=live upserter -q -t r "$T/edited" 2>&1)"
sed 's/\t/    /g' "$T/mended" >"$T/edited"
status_is "tabs that became blanks are refused" 4 env PGDATABASE=live upserter -q -t r "$T/edited"
: >"$T/edited"
status_is "an empty file is refused" 4 env PGDATABASE=live upserter -q -t r "$T/edited"
equal "and nothing was written" 1 "$(sql live "SELECT count(*) FROM r")"

# ---- all files of a merge, by the merge's folder: parents first, and again where tables refer to one another
mended() { # of $folder
    status=0
    PGDATABASE=live "$root/scripts/merge-mended" "$folder" >"$T/out" 2>&1 || status=$?
}
two_dbs "CREATE TABLE head (id int PRIMARY KEY, name text, chief int); CREATE TABLE line (id int PRIMARY KEY, head int NOT NULL REFERENCES head, n int);
    CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree, n int)"
sql live "ALTER TABLE head ADD CHECK (name <> ''); ALTER TABLE line ADD CHECK (n > 0); ALTER TABLE tree ADD CHECK (n > 0);
    INSERT INTO head VALUES (1, 'live')" >/dev/null
sql origin "INSERT INTO head VALUES (1, 'origin'), (2, ''), (3, ''), (4, 'd'); INSERT INTO line VALUES (1, 2, 1), (2, 4, -1), (3, 4, 1);
    INSERT INTO tree VALUES (1, NULL, -1), (2, 1, -1), (3, 2, 1)" >/dev/null
dump_origin
before=$(sql live "SELECT * FROM head")
quiet_merge "$T/origin.sql" live
equal "by folder: what was rejected" "3 2 2 3" "$status $(wc -l <"$folder/rejects/public.head.tsv" | awk '{ print $1 - 1 }') $(($(wc -l <"$folder/rejects/public.line.tsv") - 1)) $(($(wc -l <"$folder/rejects/public.tree.tsv") - 1))"
contains "by folder: the merge says how" "ai-smart-merge-mended MERGE=$folder" "$(cat "$T/out")"
mended
equal "by folder: what was not mended is rejected again" "3 $(sql live "SELECT count(*) FROM head")" "$status 2"
check "by folder: nor is there a folder of mended rows" test ! -e "$folder/mended"
sed -i '1!s/\t-1/\t1/' "$folder"/rejects/*.tsv
sed -i "s/\t2\t\t/\t2\tb\t/" "$folder/rejects/public.head.tsv"
mended
equal "by folder: what is mended is merged, what is not stays" "3 3 3 3 1" "$status $(sql live "SELECT (SELECT count(*) FROM head), (SELECT count(*) FROM line), (SELECT count(*) FROM tree)" | tr '|' ' ') $(($(cat "$folder"/rejects/*.tsv | wc -l) - 1))"
contains "by folder: it says how many rows" "merge-mended: 6 rows were inserted or updated" "$(cat "$T/out")"
contains "by folder: it says what stays" "rejects/public.head.tsv" "$(cat "$T/out")"
sed -i "s/\t3\t\t/\t3\tc\t/" "$folder/rejects/public.head.tsv"
equal "by folder: beside mended rows stands what undoes them, and nothing else" "" "$(find "$folder/mended" -type f ! -name '*.tsv' ! -name '*.undo.stream')"
mv "$folder/rejects/public.head.tsv" "$folder/mended/0099-public.head.tsv.merging" # as a signal leaves it
: >"$folder/mended/0099-public.head.undo.stream"
status=0
PGDATABASE=live "$root/scripts/merge-undo" --dry-run "$folder" >"$T/out" 2>&1 || status=$?
equal "by folder: after a signal: what did not take effect is not undone" 0 "$status"
cp "$folder/rejects/public.line.tsv" "$folder/rejects/line.tsv" 2>/dev/null || echo x >"$folder/rejects/line.tsv"
(exec 9>>"$folder/undo.stream" && flock 9 && mended 9>&- && echo "$status" >"$T/busy")
equal "by folder: two at once: the second is refused" 8 "$(cat "$T/busy")"
mended
contains "by folder: a file of no table is left aside, and said" "rejects/line.tsv is left aside" "$(cat "$T/out")"
rm "$folder/rejects/line.tsv"
equal "by folder: then the rest" "0 4 0" "$status $(sql live "SELECT count(*) FROM head") $(find "$folder/rejects" -type f | wc -l)"
contains "by folder: verify says that mended rows still count" "were mended and merged since count too" \
    "$(PGDATABASE=live MERGES=$T/verified "$root/scripts/verify" "$T/origin.sql" 2>&1)"
mended
equal "by folder: once there is nothing left" "0 merge-mended: there are no rejects to be merged in $folder/rejects" "$status $(cat "$T/out")"
status=0
PGDATABASE=live "$root/scripts/merge-undo" --dry-run "$folder" >"$T/out" 2>&1 || status=$?
equal "by folder: nothing is in the way of undoing it" "0 4" "$status $(sql live "SELECT count(*) FROM head")"
sql live "UPDATE tree SET n = 7 WHERE id = 3" >/dev/null
status=0
PGDATABASE=live "$root/scripts/merge-undo" "$folder" >"$T/out" 2>&1 || status=$?
equal "by folder: all of it or nothing" "4 4 3" "$status $(sql live "SELECT (SELECT count(*) FROM head), (SELECT count(*) FROM line)" | tr '|' ' ')"
sql live "UPDATE tree SET n = 1 WHERE id = 3" >/dev/null
status=0
PGDATABASE=live "$root/scripts/merge-undo" "$folder" >"$T/out" 2>&1 || status=$?
equal "by folder: undo takes it all back" "0 $before 0 0" "$status $(sql live "SELECT * FROM head") $(sql live "SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM tree)" | tr '|' ' ')"
quiet_merge "$T/origin.sql" live --dry-run
mended
equal "by folder: not of a dry run" "2" "$status"

# ---- by the merge's own plan: its conflict rules hold for mended rows
two_dbs "CREATE TABLE acct (id int PRIMARY KEY, email text UNIQUE, pw text, nick text, n int, seen int);
    CREATE TABLE note (tag text UNIQUE, body text, n int)"
sql origin "INSERT INTO acct VALUES (1, 'a', 'theirs', 'theirs', -1, 5), (2, 'b', 'theirs', 'theirs', -1, 5), (3, 'c', 'theirs', 'theirs', -1, 5);
    INSERT INTO note VALUES ('x', 'theirs', -1)" >/dev/null
sql live "ALTER TABLE acct ADD CHECK (n > 0); ALTER TABLE note ADD CHECK (n > 0); INSERT INTO note VALUES ('x', 'ours', 2);
    INSERT INTO acct VALUES (1, 'a', 'ours', NULL, 2, 1), (7, 'b', 'ours', 'ours', 2, 9)" >/dev/null
printf '%s\n' 'acct key email' 'acct.pw conflict keep' 'acct.nick conflict fill' 'acct.n conflict newest(seen)' 'acct.seen conflict newest(seen)' \
    'note conflict keep' >"$T/rules"
dump_origin
RULES=$T/rules quiet_merge "$T/origin.sql" live
sed -i '1!s/\t-1/\t1/' "$folder"/rejects/*.tsv
mended
equal "by its plan: conflict rules hold" "0 a|ours|theirs|1|5,b|ours|ours|2|9,c|theirs|theirs|1|5" \
    "$status $(sql live "SELECT email, pw, nick, n, seen FROM acct ORDER BY email" | paste -sd,)"
equal "by its plan: and its key, where a table has no primary key" "x|ours|2" "$(sql live "SELECT * FROM note")"

# ---- the application goes on before they are mended: it is not given their ids
two_dbs "CREATE TABLE bill (id serial PRIMARY KEY, status text, memo text); INSERT INTO bill (status, memo) SELECT 'open', 'm' || g FROM generate_series(1, 5) g"
sql origin "INSERT INTO bill (status, memo) VALUES ('odd', 'origin'), ('open', 'origin'), ('odd', 'origin')" >/dev/null
sql live "ALTER TABLE bill ADD CHECK (status IN ('open', 'paid'))" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
sql live "INSERT INTO bill (status, memo) SELECT 'paid', 'live' FROM generate_series(1, 3) g" >/dev/null
sed -i 's/\todd\t/\topen\t/' "$folder"/rejects/*.tsv
mended
equal "mended rows overwrite none that came since" "0 6 origin,7 origin,8 origin,9 live,10 live,11 live" \
    "$status $(sql live "SELECT string_agg(id || ' ' || memo, ',' ORDER BY id) FROM bill WHERE id > 5")"

# ---- killed after COMMIT: what was merged can be undone
two_dbs "CREATE TABLE head (id int PRIMARY KEY); CREATE TABLE line (id int PRIMARY KEY, head_id int)"
sql origin "INSERT INTO line VALUES (1, 7)" >/dev/null
sql live "ALTER TABLE line ADD FOREIGN KEY (head_id) REFERENCES head" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
sql live "INSERT INTO head VALUES (7)" >/dev/null
mkdir -p "$T/killed/bin"
ln -s "$build"/bin/* "$T/killed/bin"
rm "$T/killed/bin/upserter"
printf '#!/bin/sh\n"%s" "$@"\nkill -KILL $$\n' "$build/bin/upserter" >"$T/killed/bin/upserter"
chmod +x "$T/killed/bin/upserter"
BUILD=$T/killed mended
equal "killed after COMMIT: it is not known" "9 1" "$status $(sql live "SELECT count(*) FROM line")"
mended
equal "killed after COMMIT: the next one goes on" "0 1" "$status $(sql live "SELECT count(*) FROM line")"
status=0
PGDATABASE=live "$root/scripts/merge-undo" "$folder" >"$T/out" 2>&1 || status=$?
equal "killed after COMMIT: it is undone" "0 0" "$status $(sql live "SELECT count(*) FROM line")"
