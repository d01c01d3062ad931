#!/usr/bin/env bash
# Foreign keys of new rows, which upserter looks up many at a time where it may switch their triggers off:
# the same rows are refused as by the triggers, and parents that are there stay there.
. "$(dirname "$0")/../lib.sh"

schema="CREATE TABLE p (a int, b text, c numeric(6,2) UNIQUE, PRIMARY KEY (a, b));
    CREATE TABLE q (id int PRIMARY KEY);
    CREATE TABLE full_child (id int PRIMARY KEY, a int, b text, FOREIGN KEY (a, b) REFERENCES p MATCH FULL);
    CREATE TABLE child (id int PRIMARY KEY, a int, b text, c numeric, q int REFERENCES q,
        FOREIGN KEY (a, b) REFERENCES p, FOREIGN KEY (c) REFERENCES p (c));
    CREATE TABLE later (id int PRIMARY KEY, n int, q int REFERENCES q, UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"
two_dbs "$schema"
sql origin "ALTER TABLE child DROP CONSTRAINT child_q_fkey, DROP CONSTRAINT child_a_b_fkey, DROP CONSTRAINT child_c_fkey;
    ALTER TABLE full_child DROP CONSTRAINT full_child_a_b_fkey; ALTER TABLE later DROP CONSTRAINT later_n_key;
    INSERT INTO p SELECT g, E'b\\\\\\t' || g, g / 4.0 FROM generate_series(1, 300) g; INSERT INTO q SELECT generate_series(1, 50);
    INSERT INTO child SELECT g, g % 300 + 1, E'b\\\\\\t' || (g % 300 + 1), trim_scale(((g % 300 + 1) / 4.0)::numeric), g % 50 + 1 FROM generate_series(1, 5000) g;
    UPDATE child SET q = 77 WHERE id = 1000; UPDATE child SET b = 'nobody' WHERE id = 2000; UPDATE child SET c = 1000 WHERE id = 3000;
    UPDATE child SET a = NULL, b = 'half' WHERE id = 4000; UPDATE child SET q = NULL, c = NULL WHERE id = 4001;
    INSERT INTO full_child VALUES (1, 1, E'b\\\\\\t1'), (2, NULL, NULL), (3, NULL, 'half'), (4, 5, 'nobody');
    INSERT INTO later VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)" >/dev/null
sql live "INSERT INTO q VALUES (1); INSERT INTO later VALUES (9, 2, 1)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "status" 3 "$status"
equal "rows with a parent, or with part of a key that needs no match, are there" "4997 1000 2000 3000" \
    "$(sql live "SELECT count(*) || ' ' || (SELECT string_agg(g::text, ' ' ORDER BY g) FROM generate_series(1, 5000) g WHERE g NOT IN (SELECT id FROM child)) FROM child")"
equal "each of the others is a reject, by the foreign key that it breaks" "1000 child_q_fkey 2000 child_a_b_fkey 3000 child_c_fkey " \
    "$(sed -nE 's/^23503\t.*constraint "([a-z_]*)"[^\t]*\t([0-9]+)\t.*/\2 \1/p' "$folder"/rejects/public.child*.tsv | sort -n | tr '\n' ' ')"
equal "MATCH FULL: all or nothing of a key" "1,2" "$(sql live "SELECT string_agg(id::text, ',' ORDER BY id) FROM full_child")"
equal "a DEFERRABLE unique key holds" "1 2" "$(sql live "SELECT count(*) FILTER (WHERE n = 2), count(*) FILTER (WHERE id IN (1, 3)) FROM later" | tr '|' ' ')"
equal "all foreign keys hold" "0" "$(sql live "SELECT count(*) FROM child x WHERE q IS NOT NULL AND NOT EXISTS (SELECT FROM q WHERE q.id = x.q)
    OR num_nulls(a, b) = 0 AND NOT EXISTS (SELECT FROM p WHERE (p.a, p.b) = (x.a, x.b)) OR c IS NOT NULL AND NOT EXISTS (SELECT FROM p WHERE p.c = x.c)")"

# Parents that somebody deletes while the merge writes: he waits for it, or it for him; no child is left alone.
two_dbs "CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, q int REFERENCES q)"
sql origin "INSERT INTO q SELECT generate_series(1, 200); INSERT INTO child SELECT g, g % 200 + 1 FROM generate_series(1, 20000) g" >/dev/null
dump_origin
sql live "INSERT INTO q SELECT generate_series(1, 200)" >/dev/null
(for id in {1..200}; do echo "DELETE FROM q WHERE id = $id; SELECT pg_sleep(0.002);"; done | psql -qXAt -d live >/dev/null 2>&1) &
deleting=$!
RETRIES=8 RETRY_WAIT=0.1 quiet_merge "$T/origin.sql" live
wait "$deleting"
equal "deleted beside the merge: it comes to an end" "yes" "$(case $status in 0 | 3) echo yes ;; *) tail -n 3 "$T/out" ;; esac)"
equal "and no child is left without its parent" "0" "$(sql live "SELECT count(*) FROM child c WHERE NOT EXISTS (SELECT FROM q WHERE q.id = c.q)")"
