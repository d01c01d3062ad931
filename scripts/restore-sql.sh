# shellcheck shell=bash
# restore-sql.sh: what a restore says to the server before and after the backup's own statements, as
# functions that print SQL. To be sourced by scripts/restore.
#
# All of it is one transaction: restore_begin, one of the functions below, the backup, restore_end.
# Tables are named in display form and found by to_regclass(), so that no name is ever pasted into SQL.

# Text escaped as in COPY text, as names are in facts and .info: E'' has the same escapes.
literal() { printf "E'%s'" "${1//\'/\'\'}"; }

# ROWS are lines of rows and table, as backup_rows prints them: what the backup holds, for the count at the end.
restore_begin() { # ROWS SECONDS-TO-WAIT-FOR-A-LOCK
    cat <<SQL
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET lock_timeout = '$2s';
SET search_path = '';
BEGIN;
CREATE TEMP TABLE pgbraid_rows (name text, backup bigint, before bigint DEFAULT 0, counted bigint) ON COMMIT DROP;
SQL
    local rows name
    while IFS=$'\t' read -r rows name; do
        [ -z "$name" ] || printf 'INSERT INTO pg_temp.pgbraid_rows VALUES (%s, %s);\n' "$(literal "$name")" "$rows"
    done <<<"$1"
}

# Empties schemas: everything goes that is in them, but what belongs to an extension. The schemas stay,
# with their owners, grants and default privileges, for a role that owns the tables may own no schema.
# The grants on what went are kept for restore_regrant. Nothing outside may go: CASCADE would take along
# columns, constraints and views of other schemas that depend on these.
restore_clean() { # SCHEMA...
    local schema
    echo "CREATE TEMP TABLE pgbraid_schemas (id oid) ON COMMIT DROP;"
    for schema; do
        printf "INSERT INTO pg_temp.pgbraid_schemas SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %s;\n" "$(literal "$schema")"
    done
    cat <<'SQL'
CREATE TEMP TABLE pgbraid_grants ON COMMIT DROP AS
    SELECT c.oid::regclass::text AS object, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
        NULL::text AS col, a.grantee, a.privilege_type, a.is_grantable
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
    WHERE c.relnamespace IN (SELECT id FROM pg_temp.pgbraid_schemas) AND a.grantee <> c.relowner
    UNION ALL
    SELECT c.oid::regclass::text, 'TABLE', t.attname, a.grantee, a.privilege_type, a.is_grantable
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped,
        pg_catalog.aclexplode(t.attacl) a
    WHERE c.relnamespace IN (SELECT id FROM pg_temp.pgbraid_schemas)
    UNION ALL -- what PUBLIC may execute is the backup's affair: it may have been taken away
    SELECT p.oid::regprocedure::text, 'ROUTINE', NULL, a.grantee, a.privilege_type, a.is_grantable
    FROM pg_catalog.pg_proc p, pg_catalog.aclexplode(p.proacl) a
    WHERE p.pronamespace IN (SELECT id FROM pg_temp.pgbraid_schemas) AND a.grantee NOT IN (p.proowner, 0);
CREATE TEMP VIEW pgbraid_outside AS
    WITH outside AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
            AND oid NOT IN (SELECT id FROM pg_temp.pgbraid_schemas)),
        class AS (SELECT oid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM outside))
    SELECT 'relation ' || oid::regclass AS what FROM class
    UNION ALL SELECT 'column ' || attrelid::regclass || '.' || pg_catalog.quote_ident(attname)
        FROM pg_catalog.pg_attribute WHERE attrelid IN (SELECT oid FROM class) AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'constraint ' || pg_catalog.quote_ident(conname) || ' of ' || conrelid::regclass
        FROM pg_catalog.pg_constraint WHERE conrelid IN (SELECT oid FROM class)
    UNION ALL SELECT 'default of ' || adrelid::regclass || ', column ' || adnum
        FROM pg_catalog.pg_attrdef WHERE adrelid IN (SELECT oid FROM class)
    UNION ALL SELECT 'trigger ' || pg_catalog.quote_ident(tgname) || ' of ' || tgrelid::regclass
        FROM pg_catalog.pg_trigger WHERE tgrelid IN (SELECT oid FROM class) AND NOT tgisinternal
    UNION ALL SELECT 'function ' || oid::regprocedure
        FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM outside);
CREATE TEMP TABLE pgbraid_before ON COMMIT DROP AS SELECT what FROM pg_temp.pgbraid_outside;
DO $do$
DECLARE
    object record;
    lost text;
BEGIN
    FOR object IN
        SELECT CASE o.type WHEN 'composite type' THEN 'type' WHEN 'statistics object' THEN 'statistics' ELSE o.type END AS type,
            o.identity
        FROM pg_catalog.pg_depend d, pg_catalog.pg_identify_object(d.classid, d.objid, 0) o
        WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid IN (SELECT id FROM pg_temp.pgbraid_schemas)
            AND d.deptype = 'n'
            AND o.type IN ('table', 'foreign table', 'view', 'materialized view', 'sequence', 'function', 'procedure',
                'aggregate', 'type', 'composite type', 'operator', 'operator class', 'operator family', 'collation',
                'conversion', 'statistics object', 'text search configuration', 'text search dictionary',
                'text search parser', 'text search template')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
        ORDER BY o.type <> 'table', o.type = 'sequence', d.objid
    LOOP
        EXECUTE pg_catalog.format('DROP %s IF EXISTS %s CASCADE', object.type, object.identity);
    END LOOP;
    SELECT pg_catalog.string_agg(what, '; ') INTO lost
        FROM (SELECT what FROM pg_temp.pgbraid_before EXCEPT SELECT what FROM pg_temp.pgbraid_outside LIMIT 20) AS l;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'CLEAN would also drop what depends on these schemas elsewhere: %', lost;
    END IF;
END
$do$;
SQL
}
# The grants that restore_clean has kept, on what is there again.
restore_regrant() {
    cat <<'SQL'
DO $do$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT *, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END AS role
        FROM pg_temp.pgbraid_grants
        WHERE CASE WHEN kind = 'ROUTINE' THEN pg_catalog.to_regprocedure(object) IS NOT NULL
            ELSE pg_catalog.to_regclass(object) IS NOT NULL END
            AND (col IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute
                WHERE attrelid = pg_catalog.to_regclass(object) AND attname = col AND NOT attisdropped))
    LOOP
        EXECUTE pg_catalog.format('GRANT %s%s ON %s %s TO %s%s', g.privilege_type,
            CASE WHEN g.col IS NULL THEN '' ELSE pg_catalog.format(' (%I)', g.col) END, g.kind, g.object, g.role,
            CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$do$;
SQL
}

# Before rows come into tables that are there: foreign keys wait for the end, for a backup's tables do not
# come parents first, and the tables' own triggers are off, for its rows are finished rows. Both where the
# role owns the table; where not, they hold as they are.
restore_prepare_rows() { # empty|add
    cat <<'SQL'
CREATE TEMP TABLE pgbraid_keys ON COMMIT DROP AS
    SELECT con.conrelid::regclass AS child, con.conname AS name, con.condeferrable AS deferrable, con.condeferred AS deferred
    FROM pg_catalog.pg_constraint con JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
    WHERE con.contype = 'f' AND con.conparentid = 0 AND NOT con.condeferred AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
        AND (con.conrelid IN (SELECT pg_catalog.to_regclass(name) FROM pg_temp.pgbraid_rows)
            OR con.confrelid IN (SELECT pg_catalog.to_regclass(name) FROM pg_temp.pgbraid_rows));
CREATE TEMP TABLE pgbraid_triggers ON COMMIT DROP AS
    SELECT t.tgrelid::regclass AS relation, t.tgname AS name, t.tgenabled AS enabled
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
        AND t.tgrelid IN (SELECT pg_catalog.to_regclass(name) FROM pg_temp.pgbraid_rows);
DO $do$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT pg_catalog.to_regclass(name) AS relation FROM pg_temp.pgbraid_rows ORDER BY 1 LOOP
        EXECUTE pg_catalog.format('LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE', r.relation);
    END LOOP;
    FOR r IN SELECT * FROM pg_temp.pgbraid_keys LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', r.child, r.name);
    END LOOP;
    FOR r IN SELECT * FROM pg_temp.pgbraid_triggers LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s DISABLE TRIGGER %I', r.relation, r.name);
    END LOOP;
END
$do$;
SQL
    if [ "$1" = empty ]; then restore_empty; else restore_count_before; fi
}
# Tables that others refer to cannot be truncated: their rows are deleted, which the keys, waiting for
# the end, allow, unless a key would do more than to check.
restore_empty() {
    cat <<'SQL'
DO $do$
DECLARE
    tables regclass[] := ARRAY(SELECT pg_catalog.to_regclass(name) FROM pg_temp.pgbraid_rows);
    keys text;
    t regclass;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('%s of %s', conname, conrelid::regclass), ', ') INTO keys
        FROM pg_catalog.pg_constraint
        WHERE contype = 'f' AND confrelid = ANY (tables) AND conrelid <> ALL (tables) AND confdeltype <> 'a';
    IF keys IS NOT NULL THEN
        RAISE EXCEPTION 'rows of other tables would go or change with those that are replaced, by the foreign keys %', keys
            USING HINT = 'Restore those tables too.';
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contype = 'f' AND confrelid = ANY (tables) AND conrelid <> ALL (tables)) THEN
        FOREACH t IN ARRAY tables LOOP
            EXECUTE pg_catalog.format('DELETE FROM ONLY %s', t);
        END LOOP;
    ELSIF tables <> '{}' THEN
        EXECUTE 'TRUNCATE ONLY ' || (SELECT pg_catalog.string_agg(u::text, ', ONLY ')
            FROM unnest(tables) u JOIN pg_catalog.pg_class c ON c.oid = u WHERE c.relkind = 'r');
    END IF;
END
$do$;
SQL
}
restore_count_before() {
    cat <<'SQL'
DO $do$
DECLARE
    r record;
    n bigint;
BEGIN
    FOR r IN SELECT name, oid::regclass AS relation, relkind FROM pg_temp.pgbraid_rows
            JOIN pg_catalog.pg_class ON oid = pg_catalog.to_regclass(name) LOOP
        EXECUTE pg_catalog.format('SELECT count(*) FROM %s %s', CASE r.relkind WHEN 'p' THEN '' ELSE 'ONLY' END, r.relation) INTO n;
        UPDATE pg_temp.pgbraid_rows SET before = n WHERE name = r.name;
    END LOOP;
END
$do$;
SQL
}
restore_finish_rows() {
    cat <<'SQL'
SET CONSTRAINTS ALL IMMEDIATE;
DO $do$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM pg_temp.pgbraid_triggers LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE %s TRIGGER %I', r.relation,
            CASE r.enabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, r.name);
    END LOOP;
    FOR r IN SELECT * FROM pg_temp.pgbraid_keys LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I %s', r.child, r.name,
            CASE WHEN r.deferrable THEN 'DEFERRABLE INITIALLY IMMEDIATE' ELSE 'NOT DEFERRABLE' END);
    END LOOP;
END
$do$;
SQL
}

# What follows the backup's last statement: the session is ours again, whatever it has set.
restore_resume() {
    cat <<'SQL'
SET standard_conforming_strings = on;
RESET SESSION AUTHORIZATION;
SET search_path = '';
SET row_security = on;
SQL
}
# Counts, and commits only when every table has what the backup holds. Prints a line a table behind the
# mark, and the mark alone around COMMIT.
restore_end() { # MARK
    cat <<SQL
DO \$do\$
DECLARE
    r record;
    n bigint;
    wrong text;
BEGIN
    FOR r IN SELECT name, c.oid::regclass AS relation, c.relkind FROM pg_temp.pgbraid_rows
            LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(name) LOOP
        IF r.relation IS NULL THEN
            RAISE EXCEPTION 'the table % is not there after the restore', r.name;
        END IF;
        EXECUTE pg_catalog.format('SELECT count(*) FROM %s %s', CASE r.relkind WHEN 'p' THEN '' ELSE 'ONLY' END, r.relation) INTO n;
        UPDATE pg_temp.pgbraid_rows SET counted = n WHERE name = r.name;
    END LOOP;
    SELECT pg_catalog.string_agg(pg_catalog.format('%s has %s, not %s', name, counted, before + backup), '; ') INTO wrong
        FROM pg_temp.pgbraid_rows WHERE counted <> before + backup;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'tables do not hold the rows of the backup: %', wrong;
    END IF;
END
\$do\$;
SELECT '$1', name, backup, before, counted FROM pg_temp.pgbraid_rows ORDER BY name COLLATE "C";
\\qecho $1 committing
COMMIT;
\\qecho $1 committed
SQL
}
