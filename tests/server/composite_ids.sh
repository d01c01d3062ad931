#!/usr/bin/env bash
# Made ids that are one column of several of a primary key, and ids in partitions, in another lineage: they
# are replaced as ids of their own are, with all that refers to them. The oracle reads both databases by the
# names of their rows, before the merge, and puts them together.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

planned() { # TABLE: action, key and codes
    awk -F'\t' -v t="$1" '$1 == "table" && $2 == t { why = $7; sub(/.*why=/, "", why); print $4, $5, why }' "$folder/plan.tsv"
}
reason() { awk -F'\t' -v t="$1" '$1 == "table" && $2 == t { print $8 }' "$folder/plan.tsv"; }
undone_is() { # NAME: the last merge of a scene, undone; it must have written something
    local undone=0
    rows live >"$T/merged.rows"
    if cmp -s "$T/had.rows" "$T/merged.rows"; then fail "$1: the merge changed nothing"; fi
    PGDATABASE=live "$root/scripts/merge-undo" "$first" >"$T/undone" 2>&1 || undone=$?
    equal "$1: undone, row for row" "0 " "$undone $(rows live | diff "$T/had.rows" - | head -n 3)"
}
rejected() { # TABLE SQLSTATE: how many of its rows, for that reason
    cat "$folder/rejects/$1".* 2>/dev/null | grep -c "^$2"
}
rows() { # DB: every row, with its ids
    psql -qXAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL' | sort
SELECT format('SELECT %L, t::text FROM ONLY %s t', c.oid::regclass, c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'
\gexec
SQL
}
dump_options=()
# The rows of both databases by their names are those of the merged one; $names is SQL that gives them.
united_is() { # NAME STATUS
    local dry before
    printf '%s\n' "${rules-}" >"$T/merge.rules"
    export RULES=$T/merge.rules
    pg_dump --no-owner "${dump_options[@]}" origin >"$T/origin.sql"
    rows live >"$T/had.rows"
    { sql origin "$names"; sql live "$names"; } | sort -u >"$T/expected"
    quiet_merge "$T/origin.sql" live --dry-run
    dry=$(counts)
    quiet_merge "$T/origin.sql" live
    first=$folder
    equal "$1: status" "$2" "$status"
    [ "$status" = "$2" ] || { tail -n 20 "$T/out"; head -qn 3 "$folder"/rejects/*; } >&2
    equal "$1: the rows of both" "" "$(sql live "$names" | sort | diff "$T/expected" - | head -n 6)"
    equal "$1: the dry run's counts" "$(counts)" "$dry"
    before="$(versions live) $(snapshot live)"
    quiet_merge "$T/origin.sql" live
    equal "$1: twice is once" "$2 $before" "$status $(versions live) $(snapshot live)"
    unset RULES
}

# ---- tenants: (tenant_id, id) with a natural key and without, children by composite keys, numbers and arrays
tenants() { # DB START: ids from START on, in an order of the database's own
    sql "$1" "ALTER SEQUENCE tenant_id_seq RESTART $2; ALTER SEQUENCE project_id_seq RESTART $2; ALTER SEQUENCE task_id_seq RESTART $2;
        INSERT INTO tenant (name) SELECT 't' || g FROM generate_series(1, 6) g ORDER BY md5('$1' || g);
        INSERT INTO project (tenant_id, code, title) SELECT t.id, 'p' || g, t.name || 'p' || g FROM tenant t, generate_series(1, 5) g ORDER BY md5('$1' || t.name || g);
        INSERT INTO project (tenant_id, code, title) SELECT t.id, '$1', '$1' || t.name FROM tenant t ORDER BY md5('$1' || t.name);
        INSERT INTO task (tenant_id, project_id, what) SELECT p.tenant_id, p.id, '$1' || p.title || g FROM project p, generate_series(1, 3) g ORDER BY md5('$1' || p.title || g);
        INSERT INTO task (tenant_id, project_id, what) SELECT p.tenant_id, NULL, 'both' || p.title FROM project p WHERE p.code = 'p1' ORDER BY md5('$1' || p.title);
        INSERT INTO remark (task_id, projects, body) SELECT min(k.id), array_agg(DISTINCT p.id ORDER BY p.id), '$1' || t.name
            FROM tenant t JOIN project p ON p.tenant_id = t.id JOIN task k ON k.tenant_id = t.id AND k.project_id = p.id GROUP BY t.name" >/dev/null
}
schema="CREATE TABLE tenant (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE project (tenant_id int NOT NULL REFERENCES tenant, id serial, code text NOT NULL, title text, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, code));
    CREATE TABLE task (tenant_id int NOT NULL REFERENCES tenant, id bigint GENERATED ALWAYS AS IDENTITY, project_id int, what text, PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, project_id) REFERENCES project (tenant_id, id));
    CREATE TABLE remark (id serial PRIMARY KEY, task_id bigint, projects int[], body text)"
two_dbs "$schema"
tenants origin 1
tenants live 4
rules='remark.task_id refers-to task
remark.projects array-of project'
names="SELECT concat_ws('|', 'project', t.name, p.code, p.title) FROM project p JOIN tenant t ON t.id = p.tenant_id
    UNION ALL SELECT concat_ws('|', 'task', t.name, p.code, p.title, k.what) FROM task k JOIN tenant t ON t.id = k.tenant_id LEFT JOIN project p ON (p.tenant_id, p.id) = (k.tenant_id, k.project_id)
    UNION ALL SELECT concat_ws('|', 'remark', k.what, r.body, (SELECT string_agg(p.title, ',' ORDER BY a.n) FROM unnest(r.projects) WITH ORDINALITY a(id, n) JOIN project p USING (id)))
        FROM remark r LEFT JOIN task k ON k.id = r.task_id"
united_is "tenants" 0
equal "tenants: a natural key beside the primary key decides" "merge (tenant_id, code) unique-key,content" "$(planned public.project)"
equal "tenants: without one rows are appended" "append - id-only,content" "$(planned public.task)"
sql live "INSERT INTO task (tenant_id, what) SELECT min(id), 'later' FROM tenant" >/dev/null
equal "tenants: the next id is one of its own" 0 "$(sql live "SELECT count(*) - count(DISTINCT id) FROM task")"
sql live "DELETE FROM task WHERE what = 'later'" >/dev/null
undone_is "tenants"

# ---- a changed row is found by its natural key, and keeps its id; so its children stay where they are
two_dbs "$schema"
sql origin "INSERT INTO tenant VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO project VALUES (1, 1, 'x', 'new'), (2, 2, 'x', 'two')" >/dev/null
sql live "INSERT INTO tenant VALUES (1, 'c'), (2, 'a'), (3, 'b'); INSERT INTO project VALUES (2, 2, 'x', 'old'), (1, 1, 'z', 'z')" >/dev/null
rules=
merged_is "a changed row keeps its id" 0 "2ax=new t=b,x=two 1cz=z" \
    "SELECT CASE WHEN title = 'two' THEN 't=b' || ',x=two' ELSE concat(p.id, t.name, code, '=', title) END FROM project p JOIN tenant t ON t.id = p.tenant_id ORDER BY t.name"

# ---- the made member is no key by itself
two_dbs "$schema"
sql origin "INSERT INTO tenant VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO project VALUES (1, 1, 'x', 'o'), (2, 1, 'x', 'p');
    INSERT INTO task OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'o'), (2, 2, 1, 'p')" >/dev/null
sql live "INSERT INTO tenant VALUES (4, 'c'), (5, 'a'), (6, 'b')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "an id that the backup has twice: the second row is a reject, and what means it is not given to the first" "3 ax ao 1 1" \
    "$status $(sql live "SELECT (SELECT string_agg(t.name || code, ',') FROM project p JOIN tenant t ON t.id = tenant_id), (SELECT string_agg(t.name || what, ',') FROM task k JOIN tenant t ON t.id = tenant_id)" |
        tr '|' ' ') $(rejected public.project 23505) $(rejected public.task 23503)"
sql live "TRUNCATE project CASCADE; INSERT INTO project VALUES (4, 1, 'l', 'l'), (5, 1, 'l', 'l')" >/dev/null
quiet_merge "$T/origin.sql" live
equal "an id that the live table has twice: skipped" "3 skip - made-ids l,l" "$status $(planned public.project) $(sql live "SELECT string_agg(code, ',') FROM project")"
contains "and the reason says so" "several live rows have the same one" "$(reason public.project)"
equal "and what refers to it is not given to strangers" 0 "$(sql live "SELECT count(*) FROM task")"

# ---- partitions: one lineage, one map; keys of leaves; children by composite key, number and array
partitions() { # DB START
    sql "$1" "ALTER SEQUENCE kind_id_seq RESTART $2; ALTER SEQUENCE event_id_seq RESTART $2; ALTER SEQUENCE visit_id_seq RESTART $2;
        INSERT INTO kind (name) SELECT 'k' || g FROM generate_series(1, 5) g ORDER BY md5('$1' || g);
        INSERT INTO event (created_at, kind_id, code, body) SELECT '2024-01-15'::date + g * 10, k.id, k.name || 'e' || g, 'event' || g FROM kind k, generate_series(1, 15) g ORDER BY md5('$1' || k.name || g);
        INSERT INTO event (created_at, kind_id, code, body) SELECT '2024-01-15'::date + g * 10, min(id), '$1' || g, '$1' || g FROM kind, generate_series(1, 15) g GROUP BY g ORDER BY md5('$1' || g);
        INSERT INTO visit (day, event_id, event_at, who) SELECT created_at, id, created_at, '$1' || code FROM event ORDER BY md5('$1' || code);
        INSERT INTO visit (day, event_id, event_at, who) SELECT created_at, id, created_at, 'both' || code FROM event WHERE code ~ '^k' ORDER BY md5('$1' || code);
        INSERT INTO note (visit, events, text) SELECT v.id, ARRAY[e.id, v.event_id], '$1' || v.who FROM visit v, event e WHERE e.code = 'k1e' || extract(day FROM v.day)::int % 9 + 1" >/dev/null
}
schema="CREATE TABLE kind (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE event (id bigserial, created_at date NOT NULL, kind_id int REFERENCES kind, code text, body text, PRIMARY KEY (id, created_at), UNIQUE (code, created_at)) PARTITION BY RANGE (created_at);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
    CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2024-04-01') TO ('2024-08-01');
    CREATE TABLE visit (id int GENERATED BY DEFAULT AS IDENTITY, day date NOT NULL, event_id bigint, event_at date, who text, PRIMARY KEY (day, id), FOREIGN KEY (event_id, event_at) REFERENCES event (id, created_at)) PARTITION BY RANGE (day);
    CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2024-05-01');
    CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2024-05-01') TO ('2024-08-01');
    CREATE TABLE note (id serial PRIMARY KEY, visit int, events bigint[], text text)"
two_dbs "$schema"
partitions origin 1
partitions live 30
rules='note.visit refers-to visit
note.events array-of event'
names="SELECT concat_ws('|', e.tableoid::regclass, e.created_at, k.name, e.code, e.body) FROM event e JOIN kind k ON k.id = e.kind_id
    UNION ALL SELECT concat_ws('|', v.tableoid::regclass, v.day, e.code, v.who) FROM visit v LEFT JOIN event e ON (e.id, e.created_at) = (v.event_id, v.event_at)
    UNION ALL SELECT concat_ws('|', 'note', v.who, n.text, (SELECT string_agg(e.code, ',' ORDER BY a.n) FROM unnest(n.events) WITH ORDINALITY a(id, n) JOIN event e USING (id)))
        FROM note n LEFT JOIN visit v ON v.id = n.visit"
sql live "SELECT setval('event_id_seq', 31)" >/dev/null # it lags behind ids that were written by hand
united_is "partitions" 0
equal "partitions: each is merged by its natural key, else appended" "merge (code, created_at) append -" \
    "$(planned public.event_2 | sed 's/ [^ ]*$//') $(planned public.visit_1 | cut -d' ' -f1,2)"
equal "partitions: no id is there twice" "0 0" "$(sql live "SELECT (SELECT count(*) - count(DISTINCT id) FROM event), (SELECT count(*) - count(DISTINCT id) FROM visit)" | tr '|' ' ')"
undone_is "partitions"

# ---- the live database has other partitions: some are merged by themselves, the other rows by way of the whole
two_dbs "$schema"
partitions origin 1
sql live "DROP TABLE event CASCADE; DROP TABLE visit, note, kind"
live_schema=${schema/"event_2 PARTITION OF event FOR VALUES FROM ('2024-04-01') TO ('2024-08-01')"/"event_2 PARTITION OF event FOR VALUES FROM ('2024-04-01') TO ('2024-06-01'); CREATE TABLE event_rest PARTITION OF event DEFAULT"}
sql live "${live_schema/visit_2 PARTITION/visit_late PARTITION}" >/dev/null
partitions live 30
with_places=$names
names="SELECT concat_ws('|', e.created_at, k.name, e.code, e.body) FROM event e JOIN kind k ON k.id = e.kind_id
    UNION ALL SELECT concat_ws('|', v.day, e.code, v.who) FROM visit v LEFT JOIN event e ON (e.id, e.created_at) = (v.event_id, v.event_at)
    UNION ALL SELECT concat_ws('|', 'note', v.who, n.text, (SELECT string_agg(e.code, ',' ORDER BY a.n) FROM unnest(n.events) WITH ORDINALITY a(id, n) JOIN event e USING (id)))
        FROM note n LEFT JOIN visit v ON v.id = n.visit"
united_is "other partitions" 0
equal "other partitions: what has its place is merged by itself" "merge append merge append skip skip" \
    "$(for t in event_1 visit_1 event visit event_2 visit_2; do planned public.$t | cut -d' ' -f1; done | paste -sd' ')"
equal "other partitions: no id is there twice" "0 0" "$(sql live "SELECT (SELECT count(*) - count(DISTINCT id) FROM event), (SELECT count(*) - count(DISTINCT id) FROM visit)" | tr '|' ' ')"
undone_is "other partitions"

# ---- the same ids, of a dump that puts all rows into the whole tables
two_dbs "$schema"
partitions origin 1
partitions live 30
dump_options=(--load-via-partition-root)
united_is "a dump by way of the whole tables" 0
equal "a dump by way of the whole tables: so are they merged" "merge append" "$(for t in event visit; do planned public.$t | cut -d' ' -f1; done | paste -sd' ')"
undone_is "a dump by way of the whole tables"
dump_options=()
names=$with_places

# ---- a partition that is not there: its rows are rejects, and what refers to them is not given to strangers
two_dbs "$schema"
partitions origin 1
partitions live 30
sql origin "CREATE TABLE event_3 PARTITION OF event FOR VALUES FROM ('2024-08-01') TO ('2025-01-01');
    INSERT INTO event (id, created_at, kind_id, code, body) VALUES (5000, '2024-09-09', 1, 'far', 'far');
    INSERT INTO visit (day, event_id, event_at, who) VALUES ('2024-07-07', 5000, '2024-09-09', 'far'); INSERT INTO note (visit, events, text) VALUES (NULL, '{5000}', 'far')" >/dev/null
sql live "INSERT INTO event (id, created_at, code) VALUES (5000, '2024-03-03', 'stranger')" >/dev/null
dump_origin
printf '%s\n' "$rules" >"$T/merge.rules"
RULES=$T/merge.rules quiet_merge "$T/origin.sql" live
equal "a partition that is not there" "3 skip - routed 1 1 1" \
    "$status $(planned public.event_3) $(rejected public.event 23514) $(rejected public.visit_2 23503) $(rejected public.note 23503)"

# ---- rows that refer to rows of their own table: trees by composite keys, chains in partitions
trees_schema="CREATE TABLE tenant (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE node (tenant_id int NOT NULL REFERENCES tenant, id serial, parent_id int, name text NOT NULL, PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, parent_id) REFERENCES node (tenant_id, id), UNIQUE (tenant_id, parent_id, name));
    CREATE TABLE step (id bigserial, at date NOT NULL, before_id bigint, before_at date, what text, PRIMARY KEY (id, at), FOREIGN KEY (before_id, before_at) REFERENCES step (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE step_1 PARTITION OF step FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE step_2 PARTITION OF step FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')"
two_dbs "$trees_schema"
trees() { # DB START
    sql "$1" "ALTER SEQUENCE tenant_id_seq RESTART $2; ALTER SEQUENCE node_id_seq RESTART $2; ALTER SEQUENCE step_id_seq RESTART $2;
        INSERT INTO tenant (name) SELECT 't' || g FROM generate_series(1, 4) g ORDER BY md5('$1' || g);
        INSERT INTO node (tenant_id, name) SELECT t.id, n FROM tenant t, unnest('{both,$1}'::text[]) n ORDER BY md5('$1' || t.name || n);
        INSERT INTO node (tenant_id, parent_id, name) SELECT p.tenant_id, p.id, n FROM node p, unnest('{both,$1}'::text[]) n ORDER BY md5('$1' || p.id || n);
        INSERT INTO node (tenant_id, parent_id, name) SELECT p.tenant_id, p.id, 'leaf' FROM node p WHERE p.parent_id IS NOT NULL ORDER BY md5('$1' || p.id);
        INSERT INTO step (at, what) SELECT '2024-01-01'::date + g, n || g FROM generate_series(0, 9) g, unnest('{both,$1}'::text[]) n ORDER BY md5('$1' || n || g);
        INSERT INTO step (at, before_id, before_at, what) SELECT at + 31, id, at, what || '+' FROM step ORDER BY md5('$1' || what);
        INSERT INTO step (at, before_id, before_at, what) SELECT at - 31, id, at, what || '+' FROM step WHERE before_id IS NOT NULL ORDER BY md5('$1' || what)" >/dev/null
}
trees origin 1
trees live 7
rules=
names="WITH RECURSIVE w AS (SELECT n.tenant_id, n.id, t.name || '/' || n.name AS path FROM node n JOIN tenant t ON t.id = n.tenant_id WHERE parent_id IS NULL
        UNION ALL SELECT n.tenant_id, n.id, path || '/' || name FROM node n JOIN w ON (w.tenant_id, w.id) = (n.tenant_id, n.parent_id)) SELECT path FROM w
    UNION ALL SELECT concat_ws('|', s.tableoid::regclass, s.at, s.what, b.what, b.at) FROM step s LEFT JOIN step b ON (b.id, b.at) = (s.before_id, s.before_at)"
united_is "rows that refer to their own table" 0
undone_is "rows that refer to their own table"
for triggers in "" "CREATE TRIGGER quiet BEFORE INSERT ON step FOR EACH ROW EXECUTE FUNCTION quiet()"; do
    scene="rows that refer to their own table, in other partitions${triggers:+, with triggers switched off}"
    two_dbs "$trees_schema"
    trees origin 1
    sql live "DROP TABLE step, node, tenant; ${trees_schema/step_2 PARTITION/step_b PARTITION};
        CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''loud''; END'" >/dev/null
    trees live 7
    sql live "$triggers"
    names="SELECT concat_ws('|', s.at, s.what, b.what, b.at) FROM step s LEFT JOIN step b ON (b.id, b.at) = (s.before_id, s.before_at)"
    united_is "$scene" 0
    equal "$scene: both ways" "append append" "$(planned public.step | cut -d' ' -f1) $(planned public.step_1 | cut -d' ' -f1)"
    undone_is "$scene"
done

# ---- where ids mean the same, a rule says when they do not; a rule for the whole table counts for its partitions
two_dbs "CREATE TABLE kind (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE log (id bigserial, at date NOT NULL, what text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
    INSERT INTO kind (name) SELECT 'k' || g FROM generate_series(1, 9) g; INSERT INTO log (at, what) SELECT '2024-01-01'::date + g, 'both' || g FROM generate_series(0, 39) g"
for db in origin live; do # the last ids of one, in the last partition, are free in the other
    sql "$db" "INSERT INTO log (at, what) SELECT '2024-02-01'::date + CASE WHEN g < 4 THEN -g ELSE g END, '$db' || g FROM generate_series(-3, 3 * length('$db') - 9) g" >/dev/null
done
rules='log append'
names="SELECT concat_ws('|', tableoid::regclass, at, what) FROM log"
united_is "the rule append for a whole table" 0
equal "the rule append for a whole table: no id is there twice" 0 "$(sql live "SELECT count(*) - count(DISTINCT id) FROM log")"

# ---- a fork of such ids, whose tenants have other ids here: what is written there says nothing about clashes
two_dbs "CREATE TABLE contact (id serial PRIMARY KEY, email text UNIQUE); CREATE TABLE tenant (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE project (tenant_id int NOT NULL REFERENCES tenant ON UPDATE CASCADE, id serial, title text, at timestamptz, PRIMARY KEY (tenant_id, id));
    INSERT INTO contact (email) SELECT 'e' || g FROM generate_series(1, 300) g; INSERT INTO tenant (name) SELECT 't' || g FROM generate_series(1, 12) g;
    INSERT INTO project (tenant_id, title, at) SELECT g % 12 + 1, 'start ' || g, timestamptz '2024-01-01' + g * interval '1 hour' FROM generate_series(1, 60) g"
sql live "UPDATE tenant SET id = id + 20" >/dev/null
sql origin "INSERT INTO project (tenant_id, title, at) SELECT g % 12 + 1, 'origin ' || g, timestamptz '2024-05-01' + g * interval '1 hour' FROM generate_series(1, 12) g" >/dev/null
sql live "INSERT INTO project (tenant_id, title, at) SELECT g % 12 + 21, 'live ' || g, timestamptz '2024-06-01' + g * interval '1 hour' FROM generate_series(1, 8) g" >/dev/null
rules=
dump_origin
quiet_merge "$T/origin.sql" live
equal "a fork below other tenants is left to a rule: no live row is overwritten" "3 skip - forked 68 8" \
    "$status $(planned public.project) $(sql live "SELECT count(*), count(*) FILTER (WHERE title LIKE 'live%') FROM project" | tr '|' ' ')"
rules='project append'
names="SELECT concat_ws('|', name, title) FROM project JOIN tenant ON tenant.id = tenant_id"
united_is "a fork below other tenants, by append" 0

# ---- ids that decide the partition cannot be replaced
two_dbs "CREATE TABLE kind (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
    CREATE TABLE h (id serial PRIMARY KEY, v text) PARTITION BY HASH (id); CREATE TABLE h_1 PARTITION OF h FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
sql origin "INSERT INTO kind VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO h VALUES (1, 'origin')" >/dev/null
sql live "INSERT INTO kind VALUES (4, 'a'), (5, 'b'), (6, 'c'); INSERT INTO h VALUES (1, 'live')" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "ids that decide the partition: skipped" "3 skip - made-ids live" "$status $(planned public.h_1) $(sql live "SELECT string_agg(v, ',') FROM h")"
contains "and the reason says so" "they decide the partition" "$(reason public.h_1)"
