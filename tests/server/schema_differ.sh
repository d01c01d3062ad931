#!/usr/bin/env bash
# schema-differ against a server: the catalog as facts, plans for other and same lineage, rules, drift,
# edited plans, missing privileges, and which database it is.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

scene() { # DB: a schema with a bit of everything, without rows
    fresh_db "$1" && psql -qX -v ON_ERROR_STOP=1 -d "$1" <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'o''k', 'happy');
CREATE DOMAIN email AS varchar(100) NOT NULL CHECK (VALUE LIKE '%@%');
CREATE SCHEMA "My Schema";
CREATE TABLE package (
    id serial PRIMARY KEY, purl text NOT NULL UNIQUE, feeling mood DEFAULT 'sad', mail email,
    size int GENERATED ALWAYS AS (length(purl)) STORED, CHECK (length(purl) > 0));
CREATE TABLE dataset (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, "Odd Name" text);
CREATE UNIQUE INDEX dataset_name ON dataset (name);
CREATE UNIQUE INDEX dataset_some ON dataset ("Odd Name") WHERE id > 3;
CREATE UNIQUE INDEX dataset_lower ON dataset (lower("Odd Name"));
CREATE UNIQUE INDEX dataset_more ON dataset ("Odd Name", id) INCLUDE (name);
CREATE TABLE finding (
    package_id int REFERENCES package, dataset_id bigint REFERENCES dataset DEFERRABLE, line int,
    PRIMARY KEY (package_id, dataset_id, line));
CREATE TABLE note (
    id serial PRIMARY KEY, p int, d bigint, l int,
    FOREIGN KEY (p, d, l) REFERENCES finding (package_id, dataset_id, line));
CREATE TABLE "My Schema"."T" (
    id uuid PRIMARY KEY, parent uuid REFERENCES "My Schema"."T", "Na""me" text, UNIQUE (parent, "Na""me"));
CREATE TABLE measure (t date PRIMARY KEY, v int) PARTITION BY RANGE (t);
CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measure_2 PARTITION OF measure DEFAULT;
CREATE TABLE measured (t date REFERENCES measure);
CREATE TABLE parted (a int, b timestamp, c text) PARTITION BY LIST (lower(c));
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN ('it''s', NULL) PARTITION BY RANGE (b, a);
CREATE TABLE parted_1_1 PARTITION OF parted_1 FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2024-01-01', 7);
CREATE TABLE parted_2 PARTITION OF parted DEFAULT PARTITION BY HASH (a);
CREATE TABLE parted_2_1 PARTITION OF parted_2 FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TABLE base (a int);
CREATE TABLE child (b int) INHERITS (base);
CREATE TABLE metrics (id serial PRIMARY KEY, dataset_id bigint REFERENCES dataset, package_ids int[]);
CREATE VIEW seen AS SELECT id FROM package;
SQL
}
fill() { # DB OFFSET: the same rows by key, with ids moved by the offset
    psql -qX -v ON_ERROR_STOP=1 -d "$1" <<SQL
INSERT INTO package (id, purl, mail) SELECT i + $2, 'p' || i, 'a@b' FROM generate_series(1, 20) i;
INSERT INTO dataset (id, name) OVERRIDING SYSTEM VALUE SELECT i + $2, 'd' || i FROM generate_series(1, 5) i;
INSERT INTO finding SELECT i + $2, 1 + $2, i FROM generate_series(1, 9) i;
INSERT INTO note (p, d, l) SELECT i + $2, 1 + $2, i FROM generate_series(1, 9) i;
INSERT INTO metrics (dataset_id, package_ids) VALUES (1 + $2, ARRAY[1 + $2, 2 + $2]);
INSERT INTO measure VALUES ('2024-05-05', 1);
SQL
}
plan_of() { # STREAM DB [OPTIONS]: the plan in plan.tsv, messages in messages, the exit status
    local stream=$1 db=$2
    shift 2
    schema-differ -d "$db" "$@" "$stream" >plan.tsv 2>messages
}
# record table column: action target
decided() { awk -F'\t' -v t="$1" -v c="${2--}" '$2 == t && $3 == c { print $4, $5 }' plan.tsv; }
reason_of() { awk -F'\t' -v t="$1" -v c="${2--}" '$2 == t && $3 == c { print $8 }' plan.tsv; }
says() { # NAME WORDS FILE
    if grep -qF -- "$2" "$3"; then pass "$1"; else fail "$1" "no '$2' in: $(head -c 600 "$3")"; fi
}

scene source && fill source 0 && pg_dump -d source >backup.sql && dump-splitter --schema backup.sql >stream || exit 1

# ---- facts
schema-differ -d source --facts >facts 2>messages
while read -r what line; do
    says "facts: ${what//_/ }" "$(printf '%b' "$line")" facts
done <<'EOF2'
a_serial column\tpublic.package\tid\tinteger\tyes\tnextval('public.package_id_seq'::regclass)\tno\tno\tpublic.package_id_seq
an_identity column\tpublic.dataset\tid\tbigint\tyes\t\\N\talways\tno\tpublic.dataset_id_seq
a_generated_column column\tpublic.package\tsize\tinteger\tno\t(length(purl))\tno\tyes\t\\N
an_enum enum\tpublic.mood\tsad\to'k\thappy
a_domain domain\tpublic.email\tcharacter varying(100)\tyes
a_default column\tpublic.package\tfeeling\tpublic.mood\tno\t'sad'::public.mood\tno\tno\t\\N
a_check check\tpublic.package\tpackage_purl_check\t((length(purl) > 0))
a_unique_index key\tpublic.dataset\tdataset_name\tindex\t(name)\tno\tno
an_index_that_includes_a_column key\tpublic.dataset\tdataset_more\tindex\t("Odd Name", id)\tno\tno
a_composite_reference reference\tpublic.note\tnote_p_d_l_fkey\t(p, d, l)\tpublic.finding\t(package_id, dataset_id, line)\tno
a_deferrable_reference reference\tpublic.finding\tfinding_dataset_id_fkey\t(dataset_id)\tpublic.dataset\t(id)\tyes
quoted_names key\t"My Schema"."T"\tT_parent_Na"me_key\tunique\t(parent, "Na""me")\tno\tno
a_partition table\tpublic.measure_1\ttable\tpublic.measure
a_partitioned_table table\tpublic.measure\tpartitioned
a_child table\tpublic.child\ttable\tpublic.base
a_view table\tpublic.seen\tview
a_sequence sequence\tpublic.note_id_seq\t9\tyes\tpublic.note.id
EOF2
equal "facts: indexes with a condition or an expression are no keys" "" "$(grep -E 'dataset_(some|lower)' facts)"
equal "facts: a reference to a partitioned table is one reference" 1 "$(grep -c '^reference.public.measured' facts)"
equal "facts: a dump says the same of partitions as the catalog" "$(grep ^partition- facts)" \
    "$(grep '^\\.fact.partition-' stream | cut -f2-)"
equal "facts: by what tables are partitioned, and which rows partitions take" "4 6" \
    "$(grep -c ^partition-key facts) $(grep -c ^partition-bound facts)"
if [ "$(sql source 'SHOW server_version_num')" -ge 150000 ]; then
    sql source 'CREATE UNIQUE INDEX nulls ON base (a) NULLS NOT DISTINCT'
    schema-differ -d source --facts >facts
    says "facts: nulls not distinct" "$(printf 'key\tpublic.base\tnulls\tindex\t(a)\tyes\tno')" facts
    sql source 'DROP INDEX nulls'
fi

# ---- lineages
scene other && fill other 1000
plan_of stream other
equal "other lineage: equal schemas end with 0" 0 $?
equal "other lineage: is seen" "lineage other" "$(awk -F'\t' '$1 == "lineage" { print $1, $4 }' plan.tsv)"
says "other lineage: has its figures" "0 of 25 sampled pairs agree" plan.tsv
equal "decisions have codes" unique-key,pairs "$(awk -F"\t" '$1 == "table" && $2 == "public.package" { sub(/.*why=/, "", $7); print $7 }' plan.tsv)"
equal "other lineage: a natural key" "merge (purl)" "$(decided public.package)"
equal "other lineage: the id is replaced" "id public.package_id_seq" "$(decided public.package id)"
equal "other lineage: a unique index is a key" "merge (name)" "$(decided public.dataset)"
equal "other lineage: a keyless table is append-only" "append -" "$(decided public.note)"
equal "other lineage: references go over keys" "reference public.package" "$(decided public.note p)"
equal "other lineage: a tree is merged by its key" 'merge (parent, "Na""me")' "$(decided '"My Schema"."T"')"
equal "other lineage: partitions have their own keys" "merge (t)" "$(decided public.measure_1)"
equal "other lineage: generated columns are no part" "" "$(decided public.package size)"
says "each table has a line on standard error" "public.package: merge by purl" messages

scene same && fill same 0
plan_of stream same
equal "same lineage: is seen" "lineage same" "$(awk -F'\t' '$1 == "lineage" { print $1, $4 }' plan.tsv)"
equal "same lineage: a keyless table merges by id" "merge (id)" "$(decided public.note)"
equal "same lineage: the sequence is moved up" "set public.note_id_seq" "$(decided public.note id)"

scene empty
plan_of stream empty
says "no evidence is said loudly" "warning: lineage unknown" messages

plan_of stream other
schema-differ -q -d other --explain stream >explained
says "a plan is explained: tables" "public.package: merge by purl (unique package_purl_key); other lineage" explained
says "a plan is explained: rules" "# columns that tell its rows apart: public.note key COLUMN" explained
schema-differ -q -d other --plan plan.tsv --explain stream >again
check "an edited plan is explained alike" diff <(grep '^public.package:' explained) <(grep '^public.package:' again)
status_is "--explain with --facts" 2 schema-differ -d other --explain --facts

# ---- rules
cat >merge.rules <<'EOF2'
# what the schema does not say
metrics.package_ids  array-of  package
note                 append    # always
EOF2
plan_of stream other
says "merge.rules of the folder is used, and named" "rules of merge.rules" messages
equal "rules: an array" "array public.package" "$(decided public.metrics package_ids)"
equal "rules: are named in reasons" "rule merge.rules:2" "$(reason_of public.metrics package_ids)"
printf '%s\n' 'package append' 'nothing skip' 'package key purl' 'package.size frob' >bad.rules
plan_of stream other --rules bad.rules
equal "bad rules end with 2" 2 $?
equal "bad rules: every line is named" "2 3 4" "$(grep -oE 'bad.rules:[0-9]+' messages | cut -d: -f2 | xargs)"
equal "bad rules: no plan" "" "$(cat plan.tsv)"

# ---- words that are wrong whatever the schemas hold are named before the backup is read
printf '%s\n' 'nowhere conflict kep' 'nowhere key' 'a key x' 'a append' 'public.a key x' '# x' 'x.y.z aray-of a' 'x renamed-to y' >words.rules
echo 'CREATE TABLE cut (' >cut.sql
output=$(RULES=$PWD/words.rules PGDATABASE=live MERGES=$PWD/merges "$root/scripts/merge" --dry-run cut.sql 2>&1)
equal "wrong words end with 2" 2 $?
equal "wrong words: all are named, before the backup is read" "1 2 4 7 0" "$(grep -oE 'words.rules:[0-9]+' <<<"$output" | cut -d: -f2 | xargs) $(grep -c 'cut.sql' <<<"$output")"
output=$(RULES=$PWD/words.rules PGDATABASE=live "$root/scripts/explain" cut.sql 2>&1)
equal "explain: the same" "2 0" "$? $(grep -c 'cut.sql' <<<"$output")"
printf 'record\ttable\tcolumn\taction\ttarget\ttype\toptions\treason\nplan\t-\t-\t1\t-\t-\t-\t-\ntable\tpublic.a\t-\tmege\t-\t-\t-\t-\n' >words.plan
output=$(PLAN=$PWD/words.plan PGDATABASE=live MERGES=$PWD/merges "$root/scripts/merge" --dry-run cut.sql 2>&1)
equal "a plan as well" "2 words.plan:3 0" "$? $(grep -oE 'words.plan:[0-9]+' <<<"$output") $(grep -c 'cut.sql' <<<"$output")"
equal "rules in a pipe are left for later" 0 "$(schema-differ --check-words --rules=<(echo 'a key') >/dev/null 2>&1; echo $?)"
rm merge.rules

# ---- edited plans
plan_of stream other
cp plan.tsv edited.tsv
plan_of stream other --plan edited.tsv
equal "a plan that is fed back comes out the same" "$(cat edited.tsv)" "$(cat plan.tsv)"
sed 's/^\(column\tpublic.package\tmail\t\)set/\1frob/; s/^\(column\tpublic.dataset\t\)name/\1nome/' edited.tsv >broken.tsv
plan_of stream other --plan broken.tsv
equal "a broken plan ends with 2" 2 $?
equal "a broken plan: every bad line is named" \
    "$(grep -nE 'frob|nome' broken.tsv | cut -d: -f1 | xargs)" "$(grep -oE 'broken.tsv:[0-9]+' messages | cut -d: -f2 | xargs)"

# ---- drift
scene drift && fill drift 1000 && psql -qX -d drift <<'SQL'
DROP TABLE note, metrics;
CREATE VIEW metrics AS SELECT 1 AS id;
ALTER TABLE finding DROP COLUMN line;
ALTER TABLE package ADD extra int DEFAULT 1;
ALTER TABLE dataset ALTER name TYPE varchar(50);
ALTER TABLE measured ADD must int NOT NULL;
ALTER TYPE mood ADD VALUE 'new';
SQL
plan_of stream drift
equal "drift ends with 3" 3 $?
equal "drift: a missing table" "not in the live database" "$(reason_of public.note)"
equal "drift: a view" "a view in the live database" "$(reason_of public.metrics)"
equal "drift: a missing column" "skip -" "$(decided public.finding)"
says "drift: a column that needs a value" "must must have a value" <(reason_of public.measured)
says "drift: a type that converts" "text in the backup" <(reason_of public.dataset name)
schema-differ -q -d drift --differences stream >differences
while IFS='|' read -r what line; do
    says "differences: $what" "$(printf '%b' "$line")" differences
done <<'EOF2'
a table|table\tpublic.note\t\\N\ttable\t\\N
a column|column\tpublic.finding\tline\tinteger\t\\N
a new column|column\tpublic.package\textra\t\\N\tinteger
a type|type\tpublic.dataset\tname\ttext\tcharacter varying(50)
a key|key\tpublic.finding\tfinding_pkey\t(package_id, dataset_id, line)\t\\N
labels|enum\t\\N\tpublic.mood\t(sad, "o'k", happy)\t(sad, "o'k", happy, new)
EOF2
schema-differ -q -d same --differences stream >differences
equal "differences: none between equal schemas" "0 1" "$? $(wc -l <differences)"

# ---- data only
pg_dump -d source --data-only >data.sql 2>messages && dump-splitter --schema data.sql >data.stream
plan_of data.stream other
equal "data only: ends with 0" 0 $?
equal "data only: the live declaration is taken" "merge (purl)" "$(decided public.package)"
says "data only: is said" "no DDL in the backup" <(reason_of public.package)
pg_dump -d source --data-only -t finding >part.sql && dump-splitter --schema part.sql >part.stream
printf 'package lineage other\n' >part.rules
plan_of part.stream other --rules part.rules
equal "ids of a table that is not in the backup are not taken as they are" "reference public.package" \
    "$(decided public.finding package_id)"

# ---- privileges
sql other "SET client_min_messages = error; DROP ROLE IF EXISTS pgbraid_poor; CREATE ROLE pgbraid_poor LOGIN; REVOKE TEMPORARY ON DATABASE other FROM PUBLIC;
    GRANT SELECT ON package TO pgbraid_poor; REVOKE USAGE ON SCHEMA public FROM PUBLIC" >/dev/null
plan_of stream other -U pgbraid_poor
equal "missing privileges end with 5" 5 $?
for grant in 'GRANT TEMPORARY ON DATABASE other TO pgbraid_poor;' 'GRANT USAGE ON SCHEMA public TO pgbraid_poor;' \
    'GRANT INSERT, UPDATE ON public.package TO pgbraid_poor;' \
    'GRANT SELECT, UPDATE, USAGE ON SEQUENCE public.package_id_seq TO pgbraid_poor;'; do
    says "missing privileges: $grant" "$grant" messages
done
equal "missing privileges: one message" 1 "$(grep -c error: messages)"
grep -o 'GRANT .*;' messages >grants.sql
check "missing privileges: the statements are SQL" psql -qX -v ON_ERROR_STOP=1 -d other -f grants.sql
plan_of stream other -U pgbraid_poor
equal "with them the plan is made" 0 $?
sql other 'DROP OWNED BY pgbraid_poor; DROP ROLE pgbraid_poor' >/dev/null

# ---- nothing is written, and which database it is
before=$(versions other)
plan_of stream other
equal "the live database is only read" "$before" "$(versions other)"
url="postgresql://$PGUSER:s3cret@/other?host=$PGHOST&port=$PGPORT&schema=public&connection_limit=1"
check "DATABASE_URL with Prisma's keys" env -u PGHOST -u PGPORT -u PGUSER DATABASE_URL="$url" schema-differ --facts
check "DATABASE_URL that agrees with PG*" env DATABASE_URL="$url" schema-differ --facts
printf 'export DATABASE_URL="%s" # why\n' "$url" >env.file
check ".env" env -u PGHOST -u PGPORT -u PGUSER ENV_FILE=env.file schema-differ --facts
status_is "DATABASE_URL that contradicts PG*" 2 env PGDATABASE=source DATABASE_URL="$url" schema-differ --facts
check "-d decides" env DATABASE_URL="postgresql://u:s3cret@nowhere/x" schema-differ -d source --facts
env PGDATABASE=source DATABASE_URL="$url" schema-differ --facts >/dev/null 2>messages
equal "no password is shown" "" "$(grep s3cret messages)"
