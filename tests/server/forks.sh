#!/usr/bin/env bash
# Forks: both databases have a common start, then rows of their own under the same ids. Rows behind it are left to a rule,
# where the id is all there is to tell them, for the backup's would overwrite the live ones; so are whole tables of which it
# is but one column of the key.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

forked() { # TABLE: "forked", if that is why the plan skips it, and how many rows show it
    awk -F'\t' -v table="public.$1" '$1 == "table" && $2 == table && $7 ~ /why=([a-z,-]*,)?forked/ {
        sub(/.* common start: /, "", $8); print "forked", $8 + 0 }' "$folder/plan.tsv"
}
warnings() { grep -c ': warning: ' "$T/out"; }

# ---- a table with nothing but its id
fork="CREATE TABLE dataset (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE event (id serial PRIMARY KEY, at timestamptz, what text, level text DEFAULT 'info');
    CREATE TABLE detail (event int NOT NULL REFERENCES event, line int, PRIMARY KEY (event, line));
    INSERT INTO dataset (name) SELECT 'd' || g FROM generate_series(1, 10) g;
    INSERT INTO event (at, what) SELECT timestamptz '2024-01-01' + g * interval '1 hour', 'e' || g % 7 FROM generate_series(1, 100) g;
    INSERT INTO detail SELECT g, 1 FROM generate_series(1, 100) g"
fork_dbs() {
    two_dbs "$fork"
    sql origin "INSERT INTO event (at, what) SELECT timestamptz '2024-03-01' + g * interval '1 hour', 'origin' FROM generate_series(1, 6) g; INSERT INTO detail SELECT g, 2 FROM generate_series(95, 106) g" >/dev/null
    sql live "INSERT INTO event (at, what) SELECT timestamptz '2024-02-01' + g * interval '1 hour', 'live' FROM generate_series(1, 4) g" >/dev/null
}
sum="SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE what = 'live'), count(*) FILTER (WHERE what = 'origin')) || ' | ' || (SELECT count(*) FROM detail) || ' ' || (SELECT coalesce(string_agg(what, ',' ORDER BY e.id), '-') FROM detail JOIN event e ON e.id = event WHERE line = 2) FROM event"
fork_dbs
merged_is "a fork: rows from before it are merged, and no live row is overwritten" 3 "104 4 0 | 106 e4,e5,e6,e0,e1,e2" "$sum"
contains "the plan shows the fork" "merge by id up to 100; rows of greater ids are rejected, for its ids parted after a common start: 4 of the 104 sampled rows" "$(decided event)"
contains "the plan names the rules" '"public.event key at" finds them by what tells the sampled ones apart, "public.event append" keeps both, and as two what was changed since, "public.event merge" lets the backup win' "$(decided event)"
equal "rows behind it are rejected" 6 "$(tail -qn +2 "$folder"/rejects/public.event*.tsv | wc -l)"
equal "what refers to them is rejected, not given to strangers" 6 "$(tail -qn +2 "$folder"/rejects/public.detail*.tsv | wc -l)"
fork_dbs
rules='event append'
merged_is "a fork by append: both are kept" 0 "110 4 6 | 112 e4,e5,e6,e0,e1,e2,origin,origin,origin,origin,origin,origin" "$sum"
fork_dbs
dump_origin
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
equal "a fork by append: no row was changed, and nothing is said" 0 "$(grep -c 'warning: public.event' "$T/out")"
changed="UPDATE event SET what = 'changed' WHERE id IN (3, 50, 98)"
sql origin "$changed" >/dev/null
dump_origin
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "a fork by append: changed rows are a warning" "warning: public.event: 3 of 104 sampled rows differ from the live row of their id" "$(cat "$T/out")"
contains "a fork by append: which names the key" '"public.event key at" finds them' "$(cat "$T/out")"
merged_is "a fork by append: what was changed since is there twice" 0 "113 4 6 | 115 e4,e5,e6,e1,e2,origin,origin,origin,origin,origin,origin,changed" "$sum"
fork_dbs
sql origin "$changed" >/dev/null
rules='event key at'
merged_is "a fork by the key that the plan names: both are kept, and changed rows updated" 0 "110 4 6 | 112 e4,e5,e6,changed,e1,e2,origin,origin,origin,origin,origin,origin" "$sum"
equal "which is no warning" 0 "$(grep -c 'warning: public.event' "$folder/merge.log")"
fork_dbs
rules='event merge'
merged_is "a fork by merge: the backup wins" 0 "106 0 6 | 112 e4,e5,e6,e0,e1,e2,origin,origin,origin,origin,origin,origin" "$sum"
fork_dbs
rules='event conflict keep'
merged_is "a fork by keep: the live rows win" 0 "106 4 2 | 112 e4,e5,e6,e0,e1,e2,live,live,live,live,origin,origin" "$sum"
contains "which says what becomes of the backup's rows" "such rows of the backup are not merged, and what refers to them comes to the live rows" "$(cat "$folder/merge.log")"
fork_dbs
rules='* conflict keep'
merged_is "a rule for all tables is no answer to a fork" 3 "104 4 0 | 106 e4,e5,e6,e0,e1,e2" "$sum"

# ---- what the rows before it come to, and what refers to them
two_dbs "$fork; CREATE TABLE shelf (name text PRIMARY KEY, events int[]); ALTER TABLE event ADD parent int REFERENCES event; UPDATE event SET parent = id - 1 WHERE id > 1"
sql origin "UPDATE event SET what = 'changed' WHERE id IN (3, 50); INSERT INTO event (at, what, parent) SELECT timestamptz '2024-03-01' + g * interval '1 hour', 'origin', 100 + g - 1 FROM generate_series(1, 6) g; INSERT INTO shelf VALUES ('before', '{3,50}'), ('behind', '{3,103}')" >/dev/null
sql live "UPDATE detail SET event = 1, line = 40 WHERE event = 40; UPDATE event SET parent = 39 WHERE parent = 40; DELETE FROM event WHERE id = 40; INSERT INTO event (at, what) SELECT timestamptz '2024-02-01' + g * interval '1 hour', 'live' FROM generate_series(1, 4) g" >/dev/null
rules='shelf.events array-of event'
dump_origin
printf '%s\n' "$rules" >"$T/scene.rules"
before=$(sql live "SELECT md5(string_agg(e::text, ' ' ORDER BY id)) FROM event e")
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live
PGDATABASE=live "$root/scripts/merge-undo" "$folder" >"$T/undone" 2>&1
equal "a fork is undone" "$before" "$(sql live "SELECT md5(string_agg(e::text, ' ' ORDER BY id)) FROM event e")"
merged_is "rows before a fork are updated, and inserted under their ids" 3 "104 4 0 2 e5 99 | before" \
    "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE what = 'live'), count(*) FILTER (WHERE what = 'origin'), count(*) FILTER (WHERE what = 'changed'), max(what) FILTER (WHERE id = 40), count(*) FILTER (WHERE parent = id - 1)) || ' | ' || (SELECT string_agg(name, ',') FROM shelf) FROM event"
equal "verify says what is left" 3 "$(RULES=$T/scene.rules MERGES=$T/merges PGDATABASE=live "$root/scripts/verify" "$T/origin.sql" >"$T/verified" 2>&1; echo $?)"
contains "with the reason" "public.event: 1 rejected: its id is greater than 100, behind which both databases gave ids to rows of their own" "$(cat "$T/verified")"
rules='shelf.events array-of event
event key at'
merged_is "then a rule says what the others are" 0 "110 4 6 2 | before,behind" \
    "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE what = 'live'), count(*) FILTER (WHERE what = 'origin'), count(*) FILTER (WHERE what = 'changed')) || ' | ' || (SELECT string_agg(name, ',' ORDER BY name) FROM shelf) FROM event"
rules=

# ---- jobs in turn, which agree row by row in both databases; only their moments tell them apart
two_dbs "CREATE TABLE job_log (id bigserial PRIMARY KEY, at timestamptz, job text, ok bool, ms int); CREATE TABLE contact (id serial PRIMARY KEY, email text UNIQUE);
    INSERT INTO contact (email) SELECT 'e' || g FROM generate_series(1, 50) g;
    INSERT INTO job_log (at, job, ok, ms) SELECT timestamptz '2024-01-01' + g * interval '1 hour', 'job' || g % 7, true, 0 FROM generate_series(1, 70) g"
sql origin "INSERT INTO job_log (at, job, ok, ms) SELECT timestamptz '2025-03-01' + g * interval '1 hour', 'job' || g % 7, true, 0 FROM generate_series(1, 10) g" >/dev/null
sql live "INSERT INTO job_log (at, job, ok, ms) SELECT timestamptz '2025-02-01' + g * interval '1 hour', 'job' || g % 7, true, 0 FROM generate_series(1, 10) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "rows that go on in turn are no updates" "3 forked 10" "$status $(forked job_log)"
# but a moment of the last change tells no rows apart that agree by much
two_dbs "CREATE TABLE token (id bigserial PRIMARY KEY, word text, seen_at timestamptz); INSERT INTO token (word, seen_at) SELECT md5(g::text), timestamptz '2024-01-01' + g * interval '1 hour' FROM generate_series(1, 80) g"
sql live "UPDATE token SET seen_at = seen_at + interval '1 year' WHERE id > 70" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "rows that were all changed at the end are updates" "0 " "$status $(forked token)"

# ---- rows that hold nothing but references: a fork shows by these
links="CREATE TABLE tag (id serial PRIMARY KEY, name text UNIQUE NOT NULL); CREATE TABLE post (id serial PRIMARY KEY, title text UNIQUE NOT NULL); CREATE TABLE tagging (id serial PRIMARY KEY, tag_id int REFERENCES tag, post_id int REFERENCES post);
    INSERT INTO tag (name) SELECT 't' || g FROM generate_series(1, 20) g; INSERT INTO post (title) SELECT 'p' || g FROM generate_series(1, 30) g; INSERT INTO tagging (tag_id, post_id) SELECT g % 20 + 1, g % 30 + 1 FROM generate_series(1, 60) g"
taggings() { echo "INSERT INTO tagging (tag_id, post_id) SELECT (g * $1) % 20 + 1, (g * $2) % 30 + 1 FROM generate_series(1, 5) g"; }
two_dbs "$links"
sql origin "$(taggings 3 7); UPDATE tagging SET tag_id = 9 WHERE id IN (7, 23, 41)" >/dev/null
sql live "$(taggings 7 11)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a fork of rows that hold nothing but references is seen" "3 forked 5" "$status $(forked tagging)"
rules='tagging append'
merged_is "by append both are kept" 0 70 "SELECT count(*) FROM tagging"
# new rows refer to rows that got fresh ids: once merged, they look as if they referred to others
two_dbs "$links"
new_tags() { echo "INSERT INTO tag (name) SELECT '$1' || g FROM generate_series(1, $2) g"; }
sql origin "$(new_tags origin 4); INSERT INTO tagging (tag_id) SELECT 20 + g FROM generate_series(1, 4) g" >/dev/null
sql live "$(new_tags live 6)" >/dev/null
rules=
merged_is "rows whose references were translated are no fork" 0 "64 origin1,origin2,origin3,origin4" \
    "SELECT count(*) || ' ' || string_agg(name, ',' ORDER BY name) FILTER (WHERE tagging.id > 60) FROM tagging JOIN tag ON tag.id = tag_id"
equal "also when they are merged again" "0 " "$status $(forked tagging)"
sql live "UPDATE tagging SET tag_id = 1, post_id = 30 WHERE id > 60" >/dev/null
quiet_merge "$T/origin.sql" live --dry-run
equal "where they refer to others by now they may be a fork's" "3 forked 4" "$status $(forked tagging)"
contains "a dry run with rejects asks for rules first" "write the rules that are named above, those that are right, into merge.rules" "$(cat "$T/out")"
two_dbs "${links/name text UNIQUE NOT NULL/name text NOT NULL}"
sql origin "$(new_tags origin 4); INSERT INTO tagging (tag_id) SELECT 20 + g FROM generate_series(1, 4) g" >/dev/null
sql live "$(new_tags live 6); INSERT INTO tagging (tag_id, post_id) SELECT 3, g FROM generate_series(1, 4) g" >/dev/null
rules='tag key name'
dump_origin
printf '%s\n' "$rules" >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
equal "strangers among those that refer to rows by a rule's key are seen" "3 forked 4" "$status $(forked tagging)"
rules=

# ---- rows that nothing tells apart, but that refer to rows which both databases added
two_dbs "CREATE TABLE orders (id serial PRIMARY KEY, ref text UNIQUE NOT NULL); CREATE TABLE shipment (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, carrier text, sent date); CREATE TABLE step (id serial PRIMARY KEY, shipment_id int NOT NULL REFERENCES shipment, what text UNIQUE NOT NULL);
    INSERT INTO orders (ref) SELECT 'o' || g FROM generate_series(1, 100) g; INSERT INTO shipment (order_id, carrier, sent) SELECT g, (ARRAY['DHL', 'UPS'])[1 + g % 2], '2025-02-01'::date + g / 10 FROM generate_series(1, 100) g"
for db in live origin; do sql "$db" "INSERT INTO orders (ref) SELECT '$db' || g FROM generate_series(1, 20) g; INSERT INTO shipment (order_id, carrier, sent) SELECT 100 + g, 'DHL', '2026-02-01' FROM generate_series(1, 20) g; INSERT INTO step (shipment_id, what) SELECT g, '$db ' || g FROM generate_series(100, 120) g" >/dev/null; done
sql origin "UPDATE shipment SET carrier = 'GLS' WHERE id = 7" >/dev/null
shipped="SELECT concat_ws(' ', (SELECT count(*) FROM orders), count(*), count(*) FILTER (WHERE ref LIKE 'live%'), count(*) FILTER (WHERE carrier = 'GLS'), (SELECT count(*) || '/' || count(*) FILTER (WHERE split_part(what, ' ', 1) = regexp_replace(ref, '[0-9]+$', '')) FROM step JOIN shipment s ON s.id = shipment_id JOIN orders ON orders.id = order_id)) FROM shipment JOIN orders o ON o.id = order_id"
rules=
merged_is "children of rows that both added overwrite none" 3 "140 120 20 1 22/20" "$shipped"
rules='shipment key order_id'
merged_is "by a rule they are added" 0 "140 140 20 1 42/40" "$shipped"
rules=

rules='tagging key id'
two_dbs "$links"
merged_is "a rule that takes the id, beside parents that are known" 0 60 "SELECT count(*) FROM tagging"
rules=

# ---- keys that both counted on; and such as were all changed
for type in text int; do
    two_dbs "CREATE TABLE orders (id serial PRIMARY KEY, no $type UNIQUE NOT NULL, buyer text); INSERT INTO orders (no, buyer) SELECT g, md5('both' || g) FROM generate_series(1001, 1040) g"
    for db in live origin; do sql "$db" "INSERT INTO orders (no, buyer) SELECT g, md5('$db' || g) FROM generate_series(1041, 1045) g" >/dev/null; done
    dump_origin
    quiet_merge "$T/origin.sql" live --dry-run
    contains "numbers of orders that both counted on ($type) are a warning" "warning: public.orders: 5 of 45 sampled rows, those with the greatest ids, have the key (no) of a live row that is quite another one" "$(cat "$T/out")"
done
two_dbs "CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE NOT NULL, made timestamptz); INSERT INTO person (email, made) SELECT md5(g::text), timestamptz '2025-01-01' + g * interval '7 h' FROM generate_series(1, 20) g"
sql origin "UPDATE person SET email = 'anon ' || md5(email)" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "keys that were all changed are a warning" "public.person: no live row has the key (email) of one of 20 sampled rows, but 20 of 20 are like the live row of their id" "$(cat "$T/out")"
rules='person merge'
merged_is "and a rule takes the ids" 0 20 "SELECT count(*) FROM person"
rules=

# ---- at the very end of many rows, which a sample of all of them would miss
two_dbs "CREATE TABLE event (id serial PRIMARY KEY, at timestamptz, what text); INSERT INTO event (at, what) SELECT timestamptz '2024-01-01' + g * interval '1 minute', 'e' || g % 7 FROM generate_series(1, 30000) g"
sql origin "INSERT INTO event (at, what) SELECT timestamptz '2025-03-01' + g * interval '1 hour', 'origin' FROM generate_series(1, 4) g" >/dev/null
sql live "INSERT INTO event (at, what) SELECT timestamptz '2025-02-01' + g * interval '1 hour', 'live' FROM generate_series(1, 6) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
contains "a fork at the end of many rows is seen" "merge by id up to 30000; rows of greater ids are rejected, for its ids parted" "$(decided event)"
# in the middle of the backup, to which the live database came: the backup has many more rows
many="CREATE TABLE event (id serial PRIMARY KEY, at timestamptz, what text); INSERT INTO event (at, what) SELECT timestamptz '2024-01-01' + g * interval '1 minute', 'e' || g % 7 FROM generate_series(1, 30000) g"
two_dbs "$many"
sql origin "INSERT INTO event (at, what) SELECT timestamptz '2025-03-01' + g * interval '1 hour', 'origin' || g % 5 FROM generate_series(1, 5000) g" >/dev/null
sql live "INSERT INTO event (at, what) SELECT timestamptz '2025-02-01' + g * interval '1 hour', 'live' FROM generate_series(1, 5) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a fork of a few live rows is seen" "3 forked 5" "$status $(forked event)"
equal "and explained" 1 "$(PGDATABASE=live "$root/scripts/explain" "$T/origin.sql" | grep -c 'event: merge by id up to [0-9]*; rows of greater ids are rejected, for its ids parted')"
# where rows were updated since, those with the last ids do not stand last
two_dbs "$many"
sql origin "INSERT INTO event (at, what) SELECT timestamptz '2025-03-01' + g * interval '1 hour', 'origin' FROM generate_series(1, 5) g; UPDATE event SET what = what WHERE id BETWEEN 100 AND 30000" >/dev/null
sql live "INSERT INTO event (at, what) SELECT timestamptz '2025-02-01' + g * interval '1 hour', 'live' FROM generate_series(1, 7) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "a fork is seen wherever its rows stand" "3 forked 5" "$status $(forked event)"
# updated rows among them are no fork
two_dbs "CREATE TABLE event (id serial PRIMARY KEY, what text); INSERT INTO event (what) SELECT 'e' || g FROM generate_series(1, 100) g"
sql origin "UPDATE event SET what = 'new' || id WHERE id IN (7, 40, 77, 99, 100)" >/dev/null
rules=
merged_is "changed rows are no fork" 0 "100 5" "SELECT count(*) || ' ' || count(*) FILTER (WHERE what LIKE 'new%') FROM event"

# ---- (tenant_id, id), told apart by nothing else
tenants() { # COLUMN...: more columns of project
    echo "CREATE TABLE tenant (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
        CREATE TABLE project (tenant_id int NOT NULL REFERENCES tenant, id serial, code text NOT NULL, title text, at timestamptz, PRIMARY KEY (tenant_id, id)${1:+, $1});
        CREATE TABLE task (tenant_id int, project_id int, what text PRIMARY KEY, FOREIGN KEY (tenant_id, project_id) REFERENCES project (tenant_id, id));
        INSERT INTO tenant (name) SELECT 't' || g FROM generate_series(1, 4) g;
        INSERT INTO project (tenant_id, code, title, at) SELECT g % 4 + 1, 'c' || g, 'start ' || g, timestamptz '2024-01-01' + g * interval '1 hour' FROM generate_series(1, 60) g;
        INSERT INTO task SELECT tenant_id, id, 'start ' || id FROM project"
}
add_projects() { # DB N DAY: so many rows, every third in the same tenant
    sql "$1" "INSERT INTO project (tenant_id, code, title, at) SELECT g * (length('$1') - 2) % 3 + 1, '$1' || g, '$1 ' || g, timestamptz '$3' + g * interval '1 hour' FROM generate_series(1, $2) g;
        INSERT INTO task SELECT tenant_id, id, '$1 ' || id FROM project WHERE title LIKE '$1%'" >/dev/null
}
fork_tenants() { # COLUMN...
    two_dbs "$(tenants "${1-}")"
    add_projects origin 9 2024-05-01
    add_projects live 6 2024-06-01
    sql origin "UPDATE project SET title = 'new ' || id WHERE id IN (5, 30)" >/dev/null
}
projects="SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE title LIKE 'live%'), count(*) FILTER (WHERE title LIKE 'origin%'), count(*) FILTER (WHERE title LIKE 'new%'),
        '|', (SELECT count(*) FROM task), (SELECT count(*) FROM task JOIN project USING (tenant_id) WHERE project.id = project_id AND split_part(what, ' ', 1) <> split_part(title, ' ', 1) AND title !~ '^new')) FROM project"
rules=
fork_tenants
merged_is "tenants: no live row is overwritten" 3 "66 6 0 0 | 66 0" "$projects"
equal "tenants: the fork is seen" "forked 6" "$(forked project)"
contains "tenants: the rules are named" '"public.project append" keeps both, and as two what was changed since, "public.project merge" lets the backup win' "$(decided project)"
equal "tenants: what refers to its rows is rejected" 69 "$(tail -qn +2 "$folder"/rejects/public.task*.tsv | wc -l)"
fork_tenants
rules='project append'
merged_is "tenants by append: both are kept, and changed rows too" 0 "77 6 9 2 | 75 0" "$projects"
equal "tenants by append: no id is there twice" 0 "$(sql live "SELECT count(*) - count(DISTINCT id) FROM project")"
fork_tenants
rules='project merge'
merged_is "tenants by merge: the backup wins" 0 "73 4 9 2 | 75 2" "$projects"
fork_tenants
rules='project conflict keep'
merged_is "tenants by keep: the live rows win" 0 "73 6 7 0 | 75 2" "$projects"

# the same with a unique key beside it: by a rule rows are found by that
rules=
fork_tenants "UNIQUE (tenant_id, code)"
merged_is "tenants with a key: no live row is overwritten" 3 "66 6 0 0 | 66 0" "$projects"
contains "tenants with a key: the rule for it is named" '"public.project key tenant_id, code" tells them apart by that key' "$(decided project)"
fork_tenants "UNIQUE (tenant_id, code)"
rules='project key tenant_id, code'
merged_is "tenants by key: both are kept, and changed rows updated" 0 "75 6 9 2 | 75 0" "$projects"
rules=
fork_tenants "UNIQUE (code)"
merged_is "tenants with a key without references: no live row is overwritten" 3 "66 6 0 0 | 66 0" "$projects"
equal "tenants with a key without references: the fork is seen" "forked 6" "$(forked project)"

# without a fork all stays as it is
for key in "" "UNIQUE (tenant_id, code)" "UNIQUE (code)"; do
    two_dbs "$(tenants "$key")"
    add_projects origin 9 2024-05-01
    sql origin "UPDATE project SET title = 'new ' || id WHERE id IN (5, 30, 59)" >/dev/null
    merged_is "tenants without a fork${key:+, $key}" 0 "69 0 9 3 | 69 0" "$projects"
    equal "tenants without a fork${key:+, $key}: merged by the primary key, without a warning" "merge 0" "$(decided project | sed 's/ by tenant_id, id .*//') $(warnings)"
done

# ids that each tenant counts for itself are there several times, which is no fork
two_dbs "$(tenants)"
sql origin "TRUNCATE project, task; INSERT INTO project SELECT t, g, t || 'c' || g, 'start ' || t || ' ' || g, timestamptz '2024-01-01' + (t * 100 + g) * interval '1 hour' FROM generate_series(1, 4) t, generate_series(1, 20 * t) g" >/dev/null
sql live "TRUNCATE project, task; INSERT INTO project SELECT t, g, t || 'c' || g, 'start ' || t || ' ' || g, timestamptz '2024-01-01' + (t * 100 + g) * interval '1 hour' FROM generate_series(1, 4) t, generate_series(1, 16 * t) g" >/dev/null
merged_is "ids that each tenant counts for itself" 0 200 "SELECT count(*) FROM project"
equal "ids that each tenant counts for itself: no warning" 0 "$(warnings)"

# tenants to which only one of the databases added rows: ids are there twice, but none is overwritten
two_dbs "$(tenants)"
sql origin "INSERT INTO project (tenant_id, code, title) SELECT g % 2 + 1, 'o' || g, 'origin ' || g FROM generate_series(1, 8) g" >/dev/null
sql live "INSERT INTO project (tenant_id, code, title) SELECT g % 2 + 3, 'l' || g, 'live ' || g FROM generate_series(1, 8) g" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "ids that are there twice afterwards are a warning" "0 1 76 8" "$status $(warnings) $(sql live "SELECT count(*) || ' ' || count(*) FILTER (WHERE title LIKE 'live%') FROM project")"
contains "ids that are there twice afterwards are a warning: which names the rule" 'which the rule "public.project append" replaces' "$(cat "$T/out")"
before=$(versions live)
quiet_merge "$T/origin.sql" live
equal "and then they are what they are" "0 0 $before" "$status $(warnings) $(versions live)"

# ---- partitions, whose ids are those of the whole table
partitions() { # KEY...: of event
    echo "CREATE TABLE event (id bigserial, day date NOT NULL, at timestamptz NOT NULL, code text NOT NULL, what text, $1) PARTITION BY RANGE (${2-day});
        CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
        CREATE TABLE event_3 PARTITION OF event FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
        INSERT INTO event (day, at, code, what) SELECT '2024-01-01'::date + g / 3, timestamptz '2024-01-01' + g * interval '8 hours', 'c' || g, 'start' FROM generate_series(1, 150) g"
}
add_events() { # DB N PACE: from the end of February on, so many a day
    sql "$1" "INSERT INTO event (day, at, code, what) SELECT '2024-02-28'::date + g / $3, timestamptz '2024-02-28' + g * interval '1 day' / $3 + $3 * interval '1 second', '$1' || g, '$1' FROM generate_series(1, $2) g" >/dev/null
}
fork_partitions() { # KEY... [PARTITIONED BY]
    two_dbs "$(partitions "$@")"
    add_events origin 20 5
    add_events live 12 4
}
events="SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE what = 'live'), count(*) FILTER (WHERE what = 'origin'), count(DISTINCT id)) FROM event"
rules=
for key in "" ", UNIQUE (code, day)"; do
    fork_partitions "PRIMARY KEY (id, day)$key"
    merged_is "partitions$key: no live row is overwritten" 3 "162 12 0 162" "$events"
    equal "partitions$key: the fork of all together is seen, in pairs of one partition" "forked 10,forked 10" "$(forked event_2),$(forked event_3)"
    contains "partitions$key: the rule for the whole table is named" '"public.event append" keeps both' "$(decided event_3)"
done
contains "partitions: so is that for the key" '"public.event key code, day" tells them apart' "$(decided event_3)"
rules='event append'
fork_partitions "PRIMARY KEY (id, day)"
merged_is "partitions by append: both are kept" 0 "182 12 20 182" "$events"
rules='event key code, day'
fork_partitions "PRIMARY KEY (id, day), UNIQUE (code, day)"
merged_is "partitions by key: both are kept" 0 "182 12 20 182" "$events"
rules='event merge'
fork_partitions "PRIMARY KEY (id, day)"
merged_is "partitions by merge: the backup wins" 0 "174 4 20 170" "$events"

# moments differ: nothing is overwritten
rules=
fork_partitions "PRIMARY KEY (id, at)" at
dump_origin
quiet_merge "$T/origin.sql" live
equal "partitions by moments: both are kept, with a warning" "0 1 182 12 20 170" "$status $(warnings) $(sql live "$events")"
contains "partitions by moments: said of the whole table" "warning: public.event: its ids parted" "$(cat "$T/out")"
quiet_merge "$T/origin.sql" live
equal "partitions by moments: once" "0 0" "$status $(warnings)"

# the same moments, written in another zone
two_dbs "CREATE TABLE reading (id bigserial, at timestamptz(3), value text, PRIMARY KEY (id, at));
    INSERT INTO reading (at, value) SELECT timestamptz '2024-01-01' + g * interval '1 hour', 'start ' || g FROM generate_series(1, 60) g"
for db in origin live; do sql "$db" "INSERT INTO reading (at, value) SELECT timestamptz '2024-02-01' + g * interval '1 hour', '$db ' || g FROM generate_series(1, 8) g" >/dev/null; done
PGTZ=Asia/Tokyo dump_origin
quiet_merge "$T/origin.sql" live
equal "moments of another zone are the same" "3 forked 8" "$status $(forked reading)"

# no fork: new rows, and changed ones at the end of one partition, which is not the end of all
for key in "" ", UNIQUE (code, day)"; do
    two_dbs "$(partitions "PRIMARY KEY (id, day)$key")"
    add_events origin 20 5
    sql origin "UPDATE event SET code = 'new' || id, at = at + interval '1 hour', what = 'changed' WHERE id BETWEEN 85 AND 91" >/dev/null
    merged_is "partitions$key without a fork" 0 "170 0 20 170" "$events"
    equal "partitions$key without a fork: not taken for one" "" "$(forked event_1)$(forked event_2)"
done

# by hash of the id, which is the primary key then
two_dbs "CREATE TABLE note (id bigserial PRIMARY KEY, at timestamptz, what text) PARTITION BY HASH (id);
    CREATE TABLE note_0 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE note_1 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO note (at, what) SELECT timestamptz '2024-01-01' + g * interval '1 hour', 'start' FROM generate_series(1, 60) g"
for db in origin live; do
    sql "$db" "INSERT INTO note (at, what) SELECT timestamptz '2024-0${#db}-01' + g * interval '1 hour', '$db' FROM generate_series(1, 5) g" >/dev/null
done
merged_is "partitions by hash: no live row is overwritten" 3 "65 5" "SELECT count(*) || ' ' || count(*) FILTER (WHERE what = 'live') FROM note"
equal "partitions by hash: the fork is seen" "forked 5" "$(forked note_1)"

# ---- a member of the key that holds ids of the table that another column names
two_dbs "CREATE TABLE k (id serial PRIMARY KEY, k text UNIQUE); CREATE TABLE note (kind text, target_id int, seq serial, x text, PRIMARY KEY (kind, target_id, seq)); INSERT INTO k (k) SELECT 'k' || g FROM generate_series(1, 30) g; INSERT INTO note SELECT 'a', g, g, md5('x' || g) FROM generate_series(1, 30) g"
sql origin "INSERT INTO note SELECT 'a', g, g, md5('o' || g) FROM generate_series(31, 34) g; INSERT INTO k VALUES (31, 'k31')" >/dev/null
sql live "INSERT INTO note SELECT 'a', 1, g, md5('l' || g) FROM generate_series(31, 34) g" >/dev/null
dump_origin
echo 'note.target_id refers-by kind(a=k)' >"$T/scene.rules"
RULES=$T/scene.rules quiet_merge "$T/origin.sql" live --dry-run
contains "a rule refers-by for a member of the key: rows of other members are kept beside the live ones" "merge by kind, target_id, seq" "$(decided note)"

# ---- rows without a value of their key are found by their ids, so a fork among them counts as well
guests() { # ROWS: those that each database adds
    two_dbs "CREATE TABLE customer (id bigserial PRIMARY KEY, user_id int UNIQUE, name text NOT NULL, city text, created timestamp NOT NULL);
        CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer_id bigint NOT NULL REFERENCES customer, note text);
        INSERT INTO customer (user_id, name, city, created) SELECT CASE WHEN i % 3 = 0 THEN i END, 'g' || i, 'city' || i % 7, timestamp '2026-01-01' + i * interval '5 hours' FROM generate_series(1, 60) i"
    sql origin "INSERT INTO customer (name, city, created) SELECT 'backup guest ' || i, 'Bonn', timestamp '2026-07-01' + i * interval '5 hours' FROM generate_series(1, $1) i;
        UPDATE customer SET city = 'moved' WHERE id IN (7, 8); INSERT INTO orders (customer_id, note) SELECT id, 'of ' || name FROM customer WHERE id > 60" >/dev/null
    sql live "INSERT INTO customer (name, city, created) SELECT 'live guest ' || i, 'Rome', timestamp '2026-08-01' + i * interval '5 hours' FROM generate_series(1, $1) i" >/dev/null
}
named="SELECT count(*) || ' ' || count(*) FILTER (WHERE name LIKE 'live%') || ' ' || count(*) FILTER (WHERE name LIKE 'backup%') || ' ' || count(*) FILTER (WHERE city = 'moved') || ' ' || (SELECT count(*) FROM orders JOIN customer c ON c.id = customer_id WHERE note = 'of ' || name) FROM customer"
guests 20
rules='customer.user_id no-ids'
merged_is "guests that both databases took in are no rows of one another" 3 "80 20 0 0 0" "$named"
contains "the plan says whose ids parted" "sampled rows without a key that are in both databases" "$(decided customer)"
guests 20
rules='customer.user_id no-ids
customer key created'
merged_is "guests by a key that tells them apart" 0 "100 20 20 2 20" "$named"
guests 0
rules='customer.user_id no-ids'
merged_is "guests that were changed since are no fork" 0 "60 0 0 2 0" "$named"
guests 2
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
contains "two such guests are a warning" "warning: public.customer: 2 of 42 sampled rows have the id of a live row that is quite another one" "$(cat "$T/out")"
