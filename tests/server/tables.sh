#!/usr/bin/env bash
# What tables can be: kinds of relations, types of columns, odd shapes.
. "$(dirname "$0")/../lib.sh"

planned() { # TABLE: action, key and codes
    awk -F'\t' -v t="$1" '$1 == "table" && $2 == t { why = $7; sub(/.*why=/, "", why); print $4, $5, why }' "$folder/plan.tsv"
}
reason() { awk -F'\t' -v t="$1" '$1 == "table" && $2 == t { print $8 }' "$folder/plan.tsv"; }

# ---- partitions, each merged by itself; other ways: partitions.sh
two_dbs "CREATE TABLE m (day date NOT NULL, sensor int NOT NULL, v int, PRIMARY KEY (day, sensor)) PARTITION BY RANGE (day);
    CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
    CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM ('2024-07-01') TO ('2025-01-01')"
sql origin "INSERT INTO m VALUES ('2024-02-02', 1, 10), ('2024-08-08', 1, 20), ('2024-09-09', 1, 30)" >/dev/null
sql live "INSERT INTO m VALUES ('2024-02-02', 1, 1), ('2024-03-03', 2, 2)" >/dev/null
rules=
merged_is "partitions" 0 "2024-02-02=10 2024-03-03=2 2024-08-08=20 2024-09-09=30" \
    "SELECT string_agg(day || '=' || v, ' ' ORDER BY day) FROM m"
equal "partitions: each has its key" "merge (day, sensor) primary-key" "$(planned public.m_1)"
# ---- what a generated column takes is foreseen: unique values and checks
two_dbs "CREATE TABLE g (id serial PRIMARY KEY, mail text NOT NULL, low text GENERATED ALWAYS AS (lower(mail)) STORED UNIQUE, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)"
sql origin "INSERT INTO g (mail, n) VALUES ('Ann', 1), ('bob', 2), ('Cyd', 3), ('dan', 4), ('eve', 5)" >/dev/null
sql live "ALTER TABLE g ADD CHECK (twice < 10); INSERT INTO g (mail, n) VALUES ('zed', 2), ('ann', 1), ('bob', 1)" >/dev/null
rules=$'g lineage other\ng key mail'
merged_is "generated columns" 3 "Cyd 6,ann 2,bob 4,dan 8,zed 4" \
    "SELECT string_agg(mail || ' ' || twice, ',' ORDER BY mail COLLATE \"C\") FROM g"
rules=

# ---- inherited tables: each has rows of its own
two_dbs "CREATE TABLE base (id int PRIMARY KEY, a text); CREATE TABLE child (b text, PRIMARY KEY (id)) INHERITS (base)"
sql origin "INSERT INTO base VALUES (1, 'x'), (2, 'y'); INSERT INTO child VALUES (1, 'cx', 'b'), (3, 'cz', 'b')" >/dev/null
sql live "INSERT INTO base VALUES (2, 'old'); INSERT INTO child VALUES (1, 'old', 'old'), (2, 'live', 'live')" >/dev/null
merged_is "inherited tables" 0 "1x 2y|1cxb 2livelive 3czb" \
    "SELECT (SELECT string_agg(id || a, ' ' ORDER BY id) FROM ONLY base), (SELECT string_agg(id || a || b, ' ' ORDER BY id) FROM child)"

# ---- what is no ordinary table
two_dbs "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE seen (id int PRIMARY KEY); CREATE TABLE far (id int PRIMARY KEY); CREATE TABLE sum (id int PRIMARY KEY);
    CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW mv AS SELECT * FROM t"
sql origin "INSERT INTO t VALUES (1, 'a'); INSERT INTO seen VALUES (1); INSERT INTO far VALUES (1); INSERT INTO sum VALUES (1)" >/dev/null
sql live "DROP TABLE seen, far, sum; CREATE VIEW seen AS SELECT id FROM t; CREATE MATERIALIZED VIEW sum AS SELECT id FROM t;
    CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f; CREATE FOREIGN TABLE far (id int) SERVER s" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "views, materialized views and foreign tables are left out, with their reason" \
    "3|skip - no-ordinary-table|skip - no-ordinary-table|skip - no-ordinary-table|a view in the live database|a foreign table in the live database|a" \
    "$status|$(planned public.seen)|$(planned public.far)|$(planned public.sum)|$(reason public.seen)|$(reason public.far)|$(sql live "SELECT a FROM t")"

# ---- rules that rewrite, row-level security
two_dbs "CREATE TABLE r (id int PRIMARY KEY, a text); CREATE TABLE r_log (id serial PRIMARY KEY, what text);
    CREATE RULE r_ins AS ON INSERT TO r DO ALSO INSERT INTO r_log (what) VALUES ('rule');
    CREATE RULE r_upd AS ON UPDATE TO r DO INSTEAD NOTHING;
    CREATE TABLE s (id int PRIMARY KEY, a text); ALTER TABLE s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
sql origin "INSERT INTO r VALUES (1, 'new'), (2, 'two'); DELETE FROM r_log; INSERT INTO s VALUES (1, 'new')" >/dev/null
sql live "INSERT INTO r VALUES (1, 'old'); DELETE FROM r_log; INSERT INTO s VALUES (1, 'old')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "rules do not rewrite what is merged" "0 1=new,2=two 0" \
    "$status $(sql live "SELECT string_agg(id || '=' || a, ',' ORDER BY id) FROM r") $(sql live "SELECT count(*) FROM r_log")"
equal "row-level security does not hide rows from whom it does not bind" new "$(sql live "SELECT a FROM s")"
sql live "UPDATE r SET a = 'old'; CREATE ROLE plain LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain" >/dev/null

# ---- columns that the database makes
two_dbs "CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, n int, twice int GENERATED ALWAYS AS (n * 2) STORED);
    CREATE TABLE h (g int NOT NULL REFERENCES g, seq int GENERATED BY DEFAULT AS IDENTITY, v text, PRIMARY KEY (g, seq))"
sql origin "INSERT INTO g (name, n) VALUES ('a', 1), ('b', 2), ('c', 3); INSERT INTO h (g, v) VALUES (1, 'x'), (2, 'y')" >/dev/null
sql live "INSERT INTO g (name, n) VALUES ('z', 9), ('b', 0)" >/dev/null
rules='g lineage other'
merged_is "identity ALWAYS and generated columns" 0 "a 1 2,b 2 4,c 3 6,z 9 18 2 a:x b:y" \
    "SELECT (SELECT string_agg(concat_ws(' ', name, n, twice), ',' ORDER BY name) FROM g) || ' ' || (SELECT id FROM g WHERE name = 'b') || ' ' || (SELECT string_agg(name || ':' || v, ' ' ORDER BY name) FROM h JOIN g ON g.id = h.g)"
check "and the next row gets an id of its own" sql live "INSERT INTO g (name) VALUES ('next')"
rules=

two_dbs "CREATE TABLE g (id int PRIMARY KEY, n int, turn int GENERATED ALWAYS AS IDENTITY)"
sql origin "INSERT INTO g (id, n) VALUES (3, 30), (2, 20), (1, 10), (4, 40)" >/dev/null
sql live "INSERT INTO g (id, n) VALUES (1, 10), (2, 0)" >/dev/null
merged_is "identity ALWAYS of no key: new rows bring theirs, live ones keep theirs" 0 "1 10 1,2 20 2,3 30 1,4 40 4" \
    "SELECT string_agg(concat_ws(' ', id, n, turn), ',' ORDER BY id) FROM g"
check "and the next row gets one behind them" sql live "INSERT INTO g (id) VALUES (5); SELECT 1 / (turn > 4)::int FROM g WHERE id = 5"

# ---- types of all kinds: equal values stay unwritten, changed ones are written, new ones come
types="CREATE DOMAIN posint AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, \"B b\" text); CREATE TYPE mood AS ENUM ('sad', 'o''k');
    CREATE TABLE ty (k int PRIMARY KEY, bo boolean, i2 smallint, i8 bigint, nu numeric, nf numeric(10,2), f4 real, f8 double precision, mo money, tx text, vc varchar(9), ch char(5), n name,
        ba bytea, d date, ti time, tz timetz, ts timestamp, tt timestamptz, iv interval, uu uuid, ip inet, ci cidr, ma macaddr, b3 bit(3), vb varbit, js json, jb jsonb, xm xml,
        tv tsvector, tq tsquery, po point, bx box, pa path, pg polygon, li line, ls lseg, cr circle, r4 int4range, rn numrange, rt tstzrange, mr int4multirange, do1 posint, co pair, mo2 mood,
        ai int[], at text[], am int[][], aj jsonb[], ap pair[], ae mood[], ar int4range[], ad posint[], oi oid, rc regclass, ln pg_lsn)"
two_dbs "$types"
values="true, 1, 2^40, 1.50, 2.50, 0.1, 1e-300, 3.14, e'a\\\\tb\\n\\\\', 'v', 'c', 'n', '\\xdeadbeef00', '2024-02-29', '12:30:00.5', '12:30+02', '2024-01-01 00:00:00.123456', '2024-06-01 12:00+05:30', '1 year 2 mons -3 days', '11111111-2222-3333-4444-555555555555', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', B'101', B'10', '{\"b\": 1, \"a\": [1, 2]}', '{\"b\": 1, \"a\": [1, 2.50]}', '<a x=\"1\">t</a>',
    'a:1 fat:2', 'a & b', '(1,2)', '((1,2),(3,4))', '[(1,2),(3,4)]', '((1,2),(3,4),(5,6))', '{1,2,3}', '[(1,2),(3,4)]', '<(1,2),3>', '[1,5)', '(1.5,)', '[2024-01-01 00:00+00,)', '{[1,3),[5,7)}', 7, ROW(1, 'x, \"y\"')::pair, 'o''k',
    '{1,NULL,3}', ARRAY['a,b', 'c\"d', NULL, ''], '{{1,2},{3,4}}', ARRAY['{\"x\": 1}'::jsonb], ARRAY[ROW(1, 'q')::pair], '{sad,\"o''k\"}', ARRAY['[1,2)'::int4range], '{1,2}', 42, 'pg_class', '16/B374D848'"
sql origin "INSERT INTO ty SELECT k, $values FROM generate_series(1, 3) k; INSERT INTO ty (k) VALUES (4), (5)" >/dev/null
sql live "INSERT INTO ty SELECT k, $values FROM generate_series(1, 2) k; UPDATE ty SET js = '{}', xm = '<b/>', po = '(9,9)', ba = '', co = NULL, at = '{}', tv = 'z' WHERE k = 2; INSERT INTO ty (k) VALUES (4)" >/dev/null
sql origin "SELECT * FROM ty ORDER BY k" >"$T/ty"
merged_is "types of all kinds" 0 "$(tr '\n' ' ' <"$T/ty" | sed 's/ $//')" "SELECT * FROM ty ORDER BY k"
dump_origin; quiet_merge "$T/origin.sql" live
equal "types of all kinds: equal rows are seen" "public.ty 5 0 0 5 0 0 0" "$(counts | sed -n 1p)"

# ---- columns without =: a table without a key compares rows as a whole
two_dbs "CREATE TABLE nk (j json, x xml, p point, t text)"
sql origin "INSERT INTO nk VALUES ('{\"a\":1}', '<a/>', '(1,2)', 'one'), ('{\"a\":1}', '<a/>', '(1,2)', 'one'), ('[]', NULL, NULL, NULL), (NULL, NULL, NULL, NULL)" >/dev/null
sql live "INSERT INTO nk VALUES ('{\"a\":1}', '<a/>', '(1,2)', 'one'), ('{}', NULL, NULL, 'live')" >/dev/null
merged_is "rows without key and without =" 0 "5 2" "SELECT count(*) || ' ' || count(*) FILTER (WHERE t = 'one') FROM nk"

# ---- exclusion constraints
two_dbs "CREATE TABLE ex (id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&))"
sql origin "INSERT INTO ex VALUES (1, '[1,5)'), (2, '[5,9)'), (3, '[20,30)')" >/dev/null
sql live "INSERT INTO ex VALUES (7, '[25,26)')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "an exclusion constraint refuses one row" "3 1:[1,5) 2:[5,9) 7:[25,26)" "$status $(sql live "SELECT string_agg(id || ':' || during, ' ' ORDER BY id) FROM ex")"
equal "and the reject has its SQLSTATE" 23P01 "$(sed -n 2p "$folder"/rejects/public.ex.tsv | cut -f1)"

# ---- hstore, where it is installed
if [ -n "$(sql postgres "SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'")" ]; then
    two_dbs "CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext; CREATE TABLE hs (id int PRIMARY KEY, h ext.hstore, a ext.hstore[])"
    sql origin "INSERT INTO hs VALUES (1, 'a=>1, b=>NULL', NULL), (2, '\"x y\"=>\"\\\"q\\\"\"', ARRAY['k=>v'::ext.hstore])" >/dev/null
    sql live "INSERT INTO hs VALUES (1, 'a=>1', NULL)" >/dev/null
    merged_is "hstore" 0 'NULL {k,v}' "SELECT coalesce((SELECT h OPERATOR(ext.->) 'b' FROM hs WHERE id = 1), 'NULL') || ' ' || (SELECT ext.hstore_to_array(a[1])::text FROM hs WHERE id = 2)"
else
    skip "hstore" "the extension is not available"
fi

# ---- keywords as names; a table without columns; one column
two_dbs "CREATE TABLE \"select\" (\"table\" int PRIMARY KEY, \"order\" text, \"user\" int, \"Group By\" text, \"default\" text UNIQUE, ctid_ text, \"all\" text[]);
    CREATE TABLE none (); CREATE TABLE one (id serial PRIMARY KEY)"
sql origin "INSERT INTO \"select\" VALUES (1, 'o', 1, 'g', 'd', 'c', '{a}'), (2, 'p', 2, NULL, NULL, NULL, NULL); INSERT INTO none DEFAULT VALUES; INSERT INTO none DEFAULT VALUES; INSERT INTO one DEFAULT VALUES; INSERT INTO one DEFAULT VALUES" >/dev/null
sql live "INSERT INTO \"select\" VALUES (1, 'old', 0, 'g', 'd', 'c', '{}'); INSERT INTO one DEFAULT VALUES" >/dev/null
merged_is "keywords as names, a table of one column" 0 "o p 1,2 {a}" \
    "SELECT (SELECT string_agg(\"order\", ' ' ORDER BY \"table\") FROM \"select\") || ' ' || (SELECT string_agg(id::text, ',' ORDER BY id) FROM one) || ' ' || (SELECT \"all\"::text FROM \"select\" WHERE \"table\" = 1)"

# ---- a table with 1000 columns, and 1000 tables
wide=$(seq -f 'c%g int' -s ', ' 1 999)
two_dbs "CREATE TABLE wide (id int PRIMARY KEY, $wide)"
sql origin "INSERT INTO wide SELECT g, $(seq -f 'g + %g' -s ', ' 1 999) FROM generate_series(1, 20) g" >/dev/null
sql live "INSERT INTO wide SELECT g, $(seq -f 'g + %g' -s ', ' 1 999) FROM generate_series(1, 10) g; UPDATE wide SET c999 = 0 WHERE id = 5" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a table with 1000 columns" "0 public.wide 20 10 1 9 0 0 0 20 1004" \
    "$status $(counts | sed -n 1p) $(sql live "SELECT count(*) || ' ' || max(c999) FILTER (WHERE id = 5) FROM wide")"
# in the live database every id is another
fresh_db origin
{
    echo "CREATE TABLE t1 (id serial PRIMARY KEY, name text UNIQUE NOT NULL, up int); INSERT INTO t1 VALUES (1, 'a');"
    for ((i = 2; i <= 1000; i++)); do
        echo "CREATE TABLE t$i (id serial PRIMARY KEY, name text UNIQUE NOT NULL, up int REFERENCES t$((i - 1)) ON UPDATE CASCADE); INSERT INTO t$i VALUES (1, 'a', 1);"
    done
} >"$T/thousand.sql"
psql -qX1 -v ON_ERROR_STOP=1 -d origin -f "$T/thousand.sql"
fresh_db live origin
sql live "UPDATE t1 SET id = 10; $(seq -f 'UPDATE t%g SET id = 10;' -s ' ' 2 1000)" >/dev/null
sql origin "$(seq -f "INSERT INTO t%g VALUES (2, 'b', 2);" -s ' ' 1 1000)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "1000 tables, each of which refers to the one before" "0 2 a>a,b>b" \
    "$status $(sql live "SELECT count(*) || ' ' || string_agg(t.name || '>' || p.name, ',' ORDER BY t.name) FROM t1000 t JOIN t999 p ON p.id = t.up")"

# ---- a column that numbers its rows, and no key: rows are compared as a whole
two_dbs "CREATE TABLE log (number int GENERATED ALWAYS AS IDENTITY, what text); INSERT INTO log (what) SELECT 'w' || g FROM generate_series(1, 5) g"
sql origin "INSERT INTO log (what) VALUES ('origin')" >/dev/null
rules=
merged_is "rows without a key whose column numbers them" 0 "1 w1,2 w2,3 w3,4 w4,5 w5,6 origin" "SELECT string_agg(number || ' ' || what, ',' ORDER BY number) FROM log"
