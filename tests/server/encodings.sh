#!/usr/bin/env bash
# Backups in other encodings than the live database's, and made under other settings: names and rows
# arrive as they should, a backup merges into its own origin without a change.
. "$(dirname "$0")/../lib.sh"

unchanged() { # NAME: the backup in $T/origin.sql merges into live and writes nothing
    local before
    before="$(stats live) $(versions live) $(snapshot live)"
    quiet_merge "$T/origin.sql" live
    equal "$1" "0 $before" "$status $(stats live) $(versions live) $(snapshot live)"
    [ "$status" -eq 0 ] || cat "$T/out" >&2
}
# ---- encodings: the texts of each that UTF-8 has too
while IFS='|' read -r encoding table texts; do
    fresh_db origin
    sql origin "CREATE TABLE \"$table\" (id serial PRIMARY KEY, \"Näme\" text NOT NULL UNIQUE, note text DEFAULT 'ä', CHECK (note <> 'ö'));
        CREATE TABLE child (id serial PRIMARY KEY, parent integer NOT NULL REFERENCES \"$table\");
        INSERT INTO \"$table\" (\"Näme\", note) SELECT x || E' tab\tback\\\\slash ' || i, x FROM unnest(string_to_array('$texts', ' ')) WITH ORDINALITY u(x, i);
        INSERT INTO child (parent) SELECT id FROM \"$table\"" >/dev/null 2>"$T/err" || { fail "$encoding: made" "$(cat "$T/err")"; continue; }
    if ! pg_dump --no-owner -E "$encoding" origin >"$T/origin.sql" 2>"$T/err"; then
        fail "$encoding: dumped" "$(tail -n 1 "$T/err")"
        continue
    fi
    fresh_db live origin
    unchanged "$encoding: a backup merges into its own origin without a change"
    # ids that mean something else there, and rows that the encoding has no word for
    sql live "TRUNCATE \"$table\", child; SELECT setval('\"${table}_id_seq\"', 100);
        INSERT INTO \"$table\" (\"Näme\") VALUES ('live 😀 only'); CREATE TABLE \"😀\" (\"€\" text DEFAULT '😀')" >/dev/null
    quiet_merge "$T/origin.sql" live
    equal "$encoding: beside live rows that it could not hold" 0 "$status"
    fresh_db restored
    restore restored "$T/origin.sql"
    equal "$encoding: every row is as a restore would have it" \
        "$(sql restored "SELECT \"Näme\", note FROM \"$table\" JOIN child ON parent = \"$table\".id ORDER BY 1")" \
        "$(sql live "SELECT \"Näme\", note FROM \"$table\" JOIN child ON parent = \"$table\".id ORDER BY 1")"
done <<'CASES'
LATIN1|Töñ|café naïve ÿ÷ä
LATIN9|Töñ|café €uro Žš
WIN1252|Töñ|“quoted” €uro – café
EUC_JP|Töñ表|表示 能力 日本語 ソート
UTF8|Töñ表|表示 😀 café
CASES
# Japanese without umlauts, for an encoding whose characters hold bytes that look like backslashes
fresh_db origin
sql origin "CREATE TABLE 表 (id serial PRIMARY KEY, 能 text NOT NULL UNIQUE, note text);
    INSERT INTO 表 (能, note) SELECT x || i, x || E'\t' || x FROM unnest('{表,ソ,能,十表\\\\表,plain}'::text[]) WITH ORDINALITY u(x, i)" >/dev/null
pg_dump --no-owner -E SJIS origin >"$T/origin.sql"
check "SJIS: bytes that look like backslashes are there" env LC_ALL=C grep -qaF $'\x95\\' "$T/origin.sql"
fresh_db live origin
unchanged "SJIS: a backup merges into its own origin without a change"
sql live 'TRUNCATE 表' >/dev/null
quiet_merge "$T/origin.sql" live
fresh_db restored
restore restored "$T/origin.sql"
equal "SJIS: every row is as a restore would have it" "$(sql restored 'SELECT * FROM 表 ORDER BY 1')" "$(sql live 'SELECT * FROM 表 ORDER BY 1')"

# ---- rows that do not convert: rejects, with what refers to them; the others go on
fresh_db origin
sql origin "CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
    CREATE TABLE c (id serial PRIMARY KEY, t integer NOT NULL REFERENCES t);
    INSERT INTO t (name) SELECT 'n' || g || 'é' FROM generate_series(1, 50) g; INSERT INTO c (t) SELECT id FROM t" >/dev/null
fresh_db live origin
sql live "DELETE FROM c; DELETE FROM t" >/dev/null
pg_dump --no-owner -E WIN1252 origin | LC_ALL=C sed -e $'s/n7\xe9/n7\x81/' >"$T/origin.sql" # WIN1252 has no 81
quiet_merge "$T/origin.sql" live
equal "a row that does not convert is a reject, and so is its child" "3 49 49" \
    "$status $(sql live "SELECT (SELECT count(*) FROM t), count(*) FROM c" | tr '|' ' ')"
contains "with the reason" 'n7\x81' "$(cat "$folder"/rejects/public.t*.tsv)"
check "the file of rejects is UTF-8" iconv -f UTF-8 -t UTF-8 "$folder"/rejects/public.t.backup-ids.tsv

# ---- SQL_ASCII: nobody knows what the bytes mean; those that are no UTF-8 are refused
fresh_db origin
psql -qX -d postgres -c "DROP DATABASE IF EXISTS ascii" -c "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
sql ascii "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'caf' || E'\xc3\xa9'), (2, 'caf' || E'\xe9'), (3, 'plain')" >/dev/null
pg_dump --no-owner ascii >"$T/origin.sql"
fresh_db live
sql live "CREATE TABLE t (id int PRIMARY KEY, v text)" >/dev/null
quiet_merge "$T/origin.sql" live
equal "SQL_ASCII: what is UTF-8 is merged, the rest is rejects" "3 café,plain" "$status $(sql live "SELECT string_agg(v, ',' ORDER BY id) FROM t")"
fresh_db live ascii 2>/dev/null || psql -qX -d postgres -c "DROP DATABASE IF EXISTS live" -c "CREATE DATABASE live TEMPLATE ascii"
unchanged "SQL_ASCII into SQL_ASCII: bytes are bytes"
sql live "TRUNCATE t" >/dev/null
quiet_merge "$T/origin.sql" live
equal "SQL_ASCII into SQL_ASCII: all of them" "0 3" "$status $(sql live "SELECT count(*) FROM t")"

# ---- a live database of another encoding
psql -qX -d postgres -c "DROP DATABASE IF EXISTS live" -c "CREATE DATABASE live TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
sql live "CREATE TABLE t (id int PRIMARY KEY, v text)" >/dev/null
fresh_db origin
sql origin "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'café'), (2, '😀'), (3, 'plain')" >/dev/null
pg_dump --no-owner origin >"$T/origin.sql"
quiet_merge "$T/origin.sql" live
equal "into LATIN1: what it can hold" "3 1,3" "$status $(sql live "SELECT string_agg(id::text, ',' ORDER BY id) FROM t")"
equal "and as it is" "café" "$(PGCLIENTENCODING=UTF8 sql live "SELECT v FROM t WHERE id = 1")"

# ---- settings: one value, many texts
fresh_db origin
sql origin "CREATE TABLE s (id serial PRIMARY KEY, at timestamptz NOT NULL UNIQUE, d date, i interval, b bytea, f double precision, r real,
        m money, ts timestamp, x xml, ti timetz, ra tstzrange, ar timestamptz[]);
    INSERT INTO s (at, d, i, b, f, r, m, ts, x, ti, ra, ar)
    SELECT '2024-03-31 00:30+00'::timestamptz + g * interval '1 hour', '2024-02-28'::date + g, g * interval '1 mon -3 days 04:05:06.7', decode(md5(g::text), 'hex'),
        1.0 / (g + 3), 1.0 / (g + 3), g * 1.5, '2024-01-02 03:04:05.678'::timestamp + g * interval '1 day', ('<a>' || g || '</a>')::xml, '12:00+02',
        tstzrange('2024-01-01', '2024-01-02'), ARRAY['2024-01-01 10:00+00'::timestamptz]
    FROM generate_series(1, 20) g" >/dev/null
fresh_db live origin
for settings in timezone=Asia/Kathmandu datestyle=German datestyle=sql,dmy intervalstyle=iso_8601 intervalstyle=sql_standard \
    bytea_output=escape extra_float_digits=0 xmlbinary=hex; do
    PGOPTIONS="-c $settings" pg_dump --no-owner origin >"$T/origin.sql"
    unchanged "a dump made under $settings: no change"
done
pg_dump --no-owner --extra-float-digits=0 origin >"$T/origin.sql"
unchanged "a dump with rounded floats: no change"
sql origin "UPDATE s SET d = '2030-01-01', r = 'Infinity' WHERE id = 2; UPDATE s SET f = 0.125 WHERE id = 3" >/dev/null
pg_dump --no-owner --extra-float-digits=0 origin >"$T/origin.sql"
quiet_merge "$T/origin.sql" live
equal "what changed beside them is merged, and they stay as they are" "0 2030-01-01 Infinity $(sql origin "SELECT f FROM s WHERE id = 2") 0.125" \
    "$status $(sql live "SELECT concat_ws(' ', d, r, f, (SELECT f FROM s WHERE id = 3)) FROM s WHERE id = 2")"
equal "no other row's floats are touched" "$(sql origin "SELECT md5(string_agg(s::text, '' ORDER BY id)) FROM s")" \
    "$(sql live "SELECT md5(string_agg(s::text, '' ORDER BY id)) FROM s")"
pg_dump --no-owner origin | sed '1s/^/\xef\xbb\xbf/' >"$T/origin.sql"
unchanged "a UTF-8 byte order mark in front"

# ---- scripts that set how dates and times are to be read: at their head, between rows, for INSERT and COPY
two_dbs "CREATE TABLE e (id int PRIMARY KEY, d date, ts timestamp, at timestamptz, ti timetz, i interval, ar date[], ra daterange, b bytea, f double precision)"
cat >"$T/origin.sql" <<'SQL'
CREATE TABLE e (id int PRIMARY KEY, d date, ts timestamp, at timestamptz, ti timetz, i interval, ar date[], ra daterange, b bytea, f double precision);
SET datestyle = german;
SET TIME ZONE 'Asia/Tokyo';
SET bytea_output = escape; SET extra_float_digits = 0;
INSERT INTO e VALUES (1, '03.04.2024', '03.04.2024 05:06:07', '03.04.2024 05:06', '12:00', '1 day', '{05.06.2024}', '[01.02.2024,02.03.2024)', '\001a', 0.1),
    (2, '3/4/2024', NULL, '03.04.2024 05:06 Europe/Paris', NULL, '-1 day 2:03', NULL, NULL, NULL, NULL);
SELECT pg_catalog.set_config('DateStyle', 'SQL, MDY', false);
INSERT INTO e (id, d, at) VALUES (3, '03/04/2024', '03/04/2024 05:06');
SET SESSION IntervalStyle TO sql_standard; SET datestyle TO iso, ymd; SET TIME ZONE INTERVAL '-03:30' HOUR TO MINUTE;
COPY e (id, at, i) FROM stdin;
4	24/03/04 05:06:07.5	-1 2:03:04.5
5	2024-03-04 05:06+02	-1-2
\.
RESET ALL; SET timezone = -7;
INSERT INTO e (id, ts, at, i) VALUES (6, '2024-03-04T05:06', '2024-03-04 05:06', '-1 2:03:04'), (7, '2024-13-04', NULL, NULL);
--
-- PostgreSQL database dump complete
--
SQL
quiet_merge "$T/origin.sql" live
psql -qX -d origin -f "$T/origin.sql" >/dev/null 2>&1
sql origin "INSERT INTO e (id, ts, at, i) VALUES (6, '2024-03-04T05:06', '2024-03-04 05:06-07', '-1 2:03:04')" >/dev/null
equal "a script's own settings say how its rows are read; what is no date is a reject" "3 $(sql origin "SELECT * FROM e ORDER BY 1")" \
    "$status $(sql live "SELECT * FROM e ORDER BY 1")"
before=$(versions live)
quiet_merge "$T/origin.sql" live
equal "and a second merge writes nothing" "3 $before" "$status $(versions live)"
