#!/usr/bin/env bash
# Schemas that drifted apart: older backups into newer schemas and the other way round, one change at a
# time, then a chain of three versions of one schema.
. "$(dirname "$0")/../lib.sh"
rules=

planned() { # TABLE: action, key and codes
    awk -F'\t' -v t="$1" '$1 == "table" && $2 == t { why = $7; sub(/.*why=/, "", why); print $4, $5, why }' "$folder/plan.tsv"
}
# One table in both, then a change of the live one (or, with -, of the backup's).
drifted() { # SQL OF BOTH | SQL OF THE CHANGE IN live | ROWS OF origin | ROWS OF live
    two_dbs "$1"
    sql live "$2" >/dev/null
    sql origin "$3" >/dev/null
    sql live "$4" >/dev/null
}
t="CREATE TABLE t (id serial PRIMARY KEY, name text UNIQUE NOT NULL, n int, s varchar(10), old text)"
from="INSERT INTO t (name, n, s, old) VALUES ('a', 1, 'x', 'o'), ('b', 2, 'y', 'p')"
to="INSERT INTO t (id, name, n) VALUES (5, 'a', 0)"

# ---- older backup, newer schema
drifted "$t" "ALTER TABLE t ADD plain int, ADD with_default int DEFAULT 7, ADD must int NOT NULL DEFAULT 8, ADD made int GENERATED ALWAYS AS (n * 2) STORED, ADD seen bigint GENERATED ALWAYS AS IDENTITY" \
    "$from" "INSERT INTO t (id, name, n, plain, with_default, must) VALUES (5, 'a', 0, 1, 1, 1)"
merged_is "added columns keep their values, and take their defaults" 0 "a 1 1 1 1 2,b 2 - 7 8 4" \
    "SELECT string_agg(concat_ws(' ', name, n, coalesce(plain::text, '-'), with_default, must, made), ',' ORDER BY name) FROM t"
equal "and the plan says so" "merge (name) unique-key,other-tables,defaults" "$(planned public.t)"
drifted "$t" "ALTER TABLE t ADD must int NOT NULL" "$from" ""
dump_origin; quiet_merge "$T/origin.sql" live
equal "an added column that must have a value" "3 skip - value-missing" "$status $(planned public.t)"
drifted "$t" "ALTER TABLE t DROP old" "$from" "$to"
dump_origin; quiet_merge "$T/origin.sql" live
equal "a dropped column: the table is left out, and said" "3 skip - no-live-column" "$status $(planned public.t)"
rules='t.old skip'
merged_is "a dropped column by rule" 0 "a1 b2" "SELECT string_agg(name || n, ' ' ORDER BY name) FROM t"
rules=
drifted "$t" "DROP TABLE t; CREATE TABLE t (old text, s varchar(10), name text UNIQUE NOT NULL, n int, id serial PRIMARY KEY)" "$from" "$to"
merged_is "reordered columns" 0 "a1xo b2yp" "SELECT string_agg(name || n || s || old, ' ' ORDER BY name) FROM t"
drifted "$t" "ALTER TABLE t ALTER n TYPE bigint, ALTER s TYPE text" "$from" "$to"
merged_is "widened types" 0 "a1x b2y" "SELECT string_agg(name || n || s, ' ' ORDER BY name) FROM t"
drifted "$t" "ALTER TABLE t ALTER n TYPE smallint, ALTER s TYPE varchar(3)" "$from, ('c', 70000, 'z', NULL), ('d', 4, 'long', NULL)" "$to"
merged_is "narrowed types: what does not fit is rejected" 3 "a1x b2y" "SELECT string_agg(name || n || s, ' ' ORDER BY name) FROM t"
equal "with the reason of each" "22001 22003" "$(sed -n '2,$p' "$folder"/rejects/public.t.tsv | cut -f1 | sort | paste -sd' ')"
drifted "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE e (id int PRIMARY KEY, m mood, ms mood[])" "ALTER TYPE mood ADD VALUE 'great'; ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'" \
    "INSERT INTO e VALUES (1, 'ok', '{ok}'), (2, 'sad', NULL)" "INSERT INTO e VALUES (3, 'great', NULL)"
merged_is "enum labels: those that are there still" 3 "1ok 3great" "SELECT string_agg(id || m::text, ' ' ORDER BY id) FROM e"
drifted "$t" "ALTER TABLE t DROP CONSTRAINT t_name_key, ADD UNIQUE (name, n)" "$from" "INSERT INTO t (id, name, n, s) VALUES (5, 'a', 1, 'old'), (6, 'a', 9, 'live')"
merged_is "another key: the live one counts" 0 "a1x a9live b2y" "SELECT string_agg(name || n || s, ' ' ORDER BY name, n) FROM t"
shippers="CREATE TABLE shipper (id smallint PRIMARY KEY, name text NOT NULL, phone text); CREATE TABLE parcel (id int PRIMARY KEY, shipper_id smallint NOT NULL REFERENCES shipper)"
six="INSERT INTO shipper SELECT g, 'shipper ' || g, substr(md5('phone' || g), 1, 8) FROM generate_series(1, 6) g; INSERT INTO parcel SELECT g, 1 + g % 6 FROM generate_series(1, 30) g"
drifted "$shippers" "ALTER TABLE shipper ADD UNIQUE (name)" "$six; UPDATE shipper SET name = 'new ' || id WHERE id > 4" "$six; UPDATE shipper SET name = 'live ' || id WHERE id < 3"
merged_is "a key that only the live database has: rows keep the ids by which the backup tells them apart" 0 "1shipper 1 2shipper 2 3shipper 3 4shipper 4 5new 5 6new 6 30" \
    "SELECT string_agg(id || name, ' ' ORDER BY id) || ' ' || (SELECT count(*) FROM parcel) FROM shipper"
equal "and the plan says why" "merge (name) unique-key,pairs" "$(planned public.shipper)"
drifted "$t" "ALTER TABLE t ALTER id DROP DEFAULT, ALTER id ADD GENERATED ALWAYS AS IDENTITY (START 100)" "$from" "INSERT INTO t (id, name, n) OVERRIDING SYSTEM VALUE VALUES (2, 'z', 0)"
merged_is "a serial that became an identity" 0 "1 a,2 z,100 b" "SELECT string_agg(id || ' ' || name, ',' ORDER BY id) FROM t"
drifted "$t" "ALTER TABLE t ALTER n TYPE date USING NULL" "$from" ""
dump_origin; quiet_merge "$T/origin.sql" live
equal "types that do not convert: left out" "3 skip - type-differs" "$status $(planned public.t)"

# ---- newer backup, older schema
two_dbs "$t"
sql origin "ALTER TABLE t ADD later int DEFAULT 3; CREATE TABLE later (id int PRIMARY KEY, t int REFERENCES t); $from; INSERT INTO later VALUES (1, 1)" >/dev/null
sql live "$to" >/dev/null
dump_origin; quiet_merge "$T/origin.sql" live
equal "a newer backup: tables and columns that are not there yet" "3 skip - no-live-column skip - no-live-table" "$status $(planned public.t) $(planned public.later)"
rules='t.later skip'
merged_is "a newer backup, by rule" 3 "a1 b2" "SELECT string_agg(name || n, ' ' ORDER BY name) FROM t"
equal "what is not there is still said" "skip - no-live-table" "$(planned public.later)"

# ---- renamed: the backup's names on the left
two_dbs "CREATE TABLE author (id serial PRIMARY KEY, mail text UNIQUE NOT NULL); CREATE TABLE \"Article\" (id serial PRIMARY KEY, slug text UNIQUE NOT NULL, headline text, author_id int NOT NULL REFERENCES author)"
sql origin "INSERT INTO author (mail) VALUES ('a@x'), ('b@x'), ('c@x'), ('d@x'); INSERT INTO \"Article\" (slug, headline, author_id) VALUES ('s1', 'new', 1), ('s2', 'two', 4)" >/dev/null
sql live "ALTER TABLE author RENAME TO users; ALTER TABLE users RENAME mail TO email; ALTER TABLE \"Article\" RENAME TO post; ALTER TABLE post RENAME headline TO title; ALTER TABLE post RENAME author_id TO \"userId\";
    INSERT INTO users VALUES (31, 'a@x'), (32, 'b@x'), (33, 'c@x'); INSERT INTO post VALUES (9, 's1', 'old', 32); SELECT setval('author_id_seq', 40), setval('\"Article_id_seq\"', 9)" >/dev/null
rules='author renamed-to users
author.mail renamed-to email
"Article" renamed-to post
"Article".headline renamed-to title
"Article".author_id renamed-to "userId"
users conflict keep'
merged_is "renamed tables and columns" 0 "s1 new a@x,s2 two d@x 31,32,33,41" \
    "SELECT (SELECT string_agg(concat_ws(' ', slug, title, email), ',' ORDER BY slug) FROM post JOIN users u ON u.id = \"userId\") || ' ' || (SELECT string_agg(id::text, ',' ORDER BY id) FROM users)"
equal "renames are seen in the plan, and lineage through them" "merge (email) unique-key,pairs,renamed" "$(planned public.users)"
cp "$folder/plan.tsv" "$T/edited.tsv"
sql live "DELETE FROM post" >/dev/null
unset RULES
PLAN=$T/edited.tsv quiet_merge "$T/origin.sql" live
equal "an edited plan brings its renames" "0 2" "$status $(sql live "SELECT count(*) FROM post")"
rules=

# ---- three versions of one schema, as Prisma writes them: quoted capitals, texts for ids
v1='CREATE TABLE "User" ("id" text NOT NULL, "email" text NOT NULL, "name" text, "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
    CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
    CREATE TABLE "Team" ("id" text NOT NULL, "slug" text NOT NULL, CONSTRAINT "Team_pkey" PRIMARY KEY ("id"));
    CREATE UNIQUE INDEX "Team_slug_key" ON "Team" ("slug");
    CREATE TABLE "Membership" ("userId" text NOT NULL, "teamId" text NOT NULL, "role" text NOT NULL DEFAULT '"'MEMBER'"', CONSTRAINT "Membership_pkey" PRIMARY KEY ("userId", "teamId"));
    ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE, ADD CONSTRAINT "Membership_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
    CREATE TABLE "_prisma_migrations" (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, migration_name varchar(255) NOT NULL)'
v2='CREATE TYPE "Role" AS ENUM ('"'OWNER', 'MEMBER'"'); ALTER TABLE "Membership" ALTER "role" DROP DEFAULT, ALTER "role" TYPE "Role" USING "role"::"Role", ALTER "role" SET DEFAULT '"'MEMBER'"';
    ALTER TABLE "User" ADD "emailVerified" timestamp(3), ADD "updatedAt" timestamp(3);
    CREATE TABLE "Event" ("id" text NOT NULL, "userId" text NOT NULL, "teamId" text NOT NULL, "no" int NOT NULL, "title" text NOT NULL, "tags" text[] DEFAULT ARRAY[]::text[], CONSTRAINT "Event_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "Event_member_fkey" FOREIGN KEY ("userId", "teamId") REFERENCES "Membership" ("userId", "teamId") ON UPDATE CASCADE);
    CREATE UNIQUE INDEX "Event_teamId_no_key" ON "Event" ("teamId", "no")'
v3='ALTER TABLE "Team" RENAME TO "Organization"; ALTER TABLE "Membership" RENAME "teamId" TO "organizationId"; ALTER TABLE "Event" RENAME "teamId" TO "organizationId"; ALTER TABLE "User" DROP "emailVerified";
    ALTER TABLE "Organization" ADD "plan" text NOT NULL DEFAULT '"'free'"'; ALTER TYPE "Role" ADD VALUE '"'GUEST'"''
people() { # PREFIX FIRST LAST: users, teams and memberships with ids of that prefix, the same people
    echo "INSERT INTO \"User\" (id, email, name) SELECT '$1u' || g, 'u' || g || '@x', '$1' FROM generate_series($2, $3) g;
        INSERT INTO \"Team\" (id, slug) SELECT '$1t' || g, 't' || g FROM generate_series($2, $3) g;
        INSERT INTO \"Membership\" (\"userId\", \"teamId\", \"role\") SELECT '$1u' || g, '$1t' || g, 'OWNER' FROM generate_series($2, $3) g;
        INSERT INTO \"_prisma_migrations\" VALUES ('$1', 'c', 'm')"
}
events() { echo "INSERT INTO \"Event\" (id, \"userId\", \"teamId\", no, title) SELECT '$1e' || g, '$1u' || g, '$1t' || g, g, '$1' FROM generate_series($2, $3) g"; }
fresh_db one; fresh_db two; fresh_db live
sql one "$v1; $(people ca 1 12)" >/dev/null
sql two "$v1" >/dev/null; sql two "$v2" >/dev/null; sql two "$(people cb 5 16); $(events cb 5 16)" >/dev/null
sql live "$v1" >/dev/null; sql live "$v2" >/dev/null; sql live "$(people cc 9 20); $(events cc 9 20)" >/dev/null; sql live "$v3" >/dev/null
for db in one two; do pg_dump --no-owner "$db" >"$T/$db.sql"; done
printf '%s\n' '_prisma_migrations skip' '"Team" renamed-to "Organization"' '"Membership"."teamId" renamed-to "organizationId"' >"$T/rules.1"
{ cat "$T/rules.1"; printf '%s\n' '"Event"."teamId" renamed-to "organizationId"' '"User"."emailVerified" skip'; } >"$T/rules.2"
RULES=$T/rules.1 quiet_merge "$T/one.sql" live
equal "the first version into the third" 0 "$status"
equal "a table that a rule skips is shown, and no warning" "1 " \
    "$(grep -c '^public._prisma_migrations .* 1    0.00$' "$T/out") $(grep '_prisma_migrations is skipped' "$T/out")"
RULES=$T/rules.2 quiet_merge "$T/two.sql" live
equal "the second version into the third" 0 "$status"
equal "rejects: none" "" "$(head -c 900 "$folder"/rejects/* 2>/dev/null)"
equal "each person, team, membership and event is there once" "20 20 20 16" \
    "$(sql live 'SELECT (SELECT count(*) FROM "User"), (SELECT count(*) FROM "Organization"), (SELECT count(*) FROM "Membership"), (SELECT count(*) FROM "Event")' | tr '|' ' ')"
equal "the ids of live rows stay, those of new ones are the backup's" "cau1 cau4 cau5 cau8 ccu9 ccu20" \
    "$(sql live 'SELECT string_agg(id, '"' '"' ORDER BY substring(email FROM '"'[0-9]+'"')::int) FROM "User" WHERE email IN ('"'u1@x', 'u4@x', 'u5@x', 'u8@x', 'u9@x', 'u20@x'"')')"
equal "every membership and event is that of the same person and team" "20 16" \
    "$(sql live 'SELECT (SELECT count(*) FROM "Membership" m JOIN "User" u ON u.id = "userId" JOIN "Organization" o ON o.id = "organizationId" WHERE substring(email FROM '"'[0-9]+'"') = substring(slug FROM '"'[0-9]+'"')),
        (SELECT count(*) FROM "Event" e JOIN "User" u ON u.id = "userId" JOIN "Organization" o ON o.id = "organizationId" WHERE substring(email FROM '"'[0-9]+'"') = no::text AND slug = '"'t'"' || no)' | tr '|' ' ')"
before="$(versions live) $(snapshot live)"
RULES=$T/rules.2 quiet_merge "$T/two.sql" live
equal "the second version again writes nothing" "0 $before" "$status $(versions live) $(snapshot live)"

# ---- values that the live type rounds without refusing them
two_dbs "CREATE TABLE r (id int PRIMARY KEY, price numeric(12,4), at timestamp, day timestamptz, n numeric(12,4))"
sql origin "INSERT INTO r VALUES (1, 1.2345, '2024-01-01 10:00:00.75', '2024-01-01 10:00:00Z', 1.5)" >/dev/null
sql live "ALTER TABLE r ALTER price TYPE numeric(8,2), ALTER at TYPE timestamp(0), ALTER day TYPE date" >/dev/null
dump_origin
quiet_merge "$T/origin.sql" live
equal "values are rounded" "0 1|1.23|2024-01-01 10:00:01|2024-01-01|1.5000" "$status $(sql live "SELECT * FROM r")"
equal "and it is said of each such column" "public.r.price: its values are rounded to 2 digits after the point: it is numeric(12,4) in the backup, numeric(8,2) in the live database
public.r.at: its values are rounded to 0 digits of a second: it is timestamp without time zone in the backup, timestamp(0) without time zone in the live database
public.r.day: its values become dates of UTC, and lose their time of day: it is timestamp with time zone in the backup, date in the live database" \
    "$(grep -o 'public.r[.].* its values .*\|public.r[.].*: its values.*' "$folder/merge.log")"
contains "also in the plan" "numeric(12,4) in the backup; values are rounded to 2 digits after the point" "$(cat "$folder/plan.tsv")"

# ---- moments keep their zone or become times of UTC, whatever zone the dump is written in
two_dbs "CREATE TABLE m (id serial PRIMARY KEY, at timestamptz UNIQUE, t timetz, many timestamptz[], day timestamptz, back timestamp)"
sql origin "INSERT INTO m (at, t, many, day, back) VALUES ('2024-01-01 00:00Z', '09:00+09', '{2024-01-01 00:00Z, NULL, infinity}', '2023-12-31 23:00Z', '2024-01-01 00:00'), ('infinity', NULL, NULL, NULL, NULL), ('0044-03-15 12:00:00Z BC', NULL, NULL, NULL, NULL)" >/dev/null
sql live "ALTER TABLE m ALTER at TYPE timestamp(3), ALTER t TYPE time, ALTER many TYPE timestamp[], ALTER day TYPE date, ALTER back TYPE timestamptz; INSERT INTO m (id, at) VALUES (7, '2024-01-01 00:00')" >/dev/null
tokyo() { PGOPTIONS='-c TimeZone=Asia/Tokyo' pg_dump --no-owner "$@" origin >"$T/origin.sql"; }
moments="0044-03-15 12:00:00 BC|||| 2024-01-01 00:00:00|00:00:00|{\"2024-01-01 00:00:00\",NULL,infinity}|2023-12-31|2024-01-01 00:00:00+00 infinity||||"
rules=
tokyo
contains "the dump is written in another zone" "2024-01-01 09:00:00+09" "$(cat "$T/origin.sql")"
quiet_merge "$T/origin.sql" live
equal "moments are the same ones" "0 $moments" "$status $(sql live "SELECT at, t, many, day, back FROM m ORDER BY at" | paste -sd' ')"
contains "which is said" "public.m.at: its values become times of UTC: it is timestamp with time zone in the backup, timestamp(3) without time zone in the live database" "$(cat "$T/out")"
contains "also of those that get one" "public.m.back: its values are taken for times of UTC" "$(cat "$T/out")"
before=$(versions live)
quiet_merge "$T/origin.sql" live
equal "and found again" "0 $before" "$status $(versions live)"
tokyo --inserts
quiet_merge "$T/origin.sql" live
equal "in INSERT statements" "0 $before" "$status $(versions live)"

# ---- the backup of another application of the same framework: a few tables have the same names
framework="CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, name text); CREATE TABLE schema_migrations (version text PRIMARY KEY)"
two_dbs "$framework"
sql origin "INSERT INTO users (email, name) SELECT 'shop' || g, 'Shop ' || g FROM generate_series(1, 20) g; INSERT INTO schema_migrations VALUES ('1'), ('2')" >/dev/null
sql live "INSERT INTO users (email, name) SELECT 'blog' || g, 'Blog ' || g FROM generate_series(1, 20) g; INSERT INTO schema_migrations VALUES ('1'), ('3')" >/dev/null
for t in cart item price stock; do sql origin "CREATE TABLE $t (id serial PRIMARY KEY, n int); INSERT INTO $t (n) VALUES (1)" >/dev/null; done
asked() { grep -c 'warning: 4 of 6 tables of the backup are not in the live database, and no sampled row .* is it the right backup' "$T/out"; }
dump_origin
quiet_merge "$T/origin.sql" live --dry-run
equal "a backup of another application is asked about" "3 1" "$status $(asked)"
sql live "UPDATE users SET email = 'shop' || id WHERE id < 4" >/dev/null
quiet_merge "$T/origin.sql" live --dry-run
equal "not where rows are the same" "3 0" "$status $(asked)"
