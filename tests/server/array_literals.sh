#!/usr/bin/env bash
# array-fixer against PostgreSQL itself: random arrays of three types, mapped by the tool and by SQL.
# PostgreSQL writes them, reads what the tool made of them, and compares.
. "$(dirname "$0")/../lib.sh"
rows=${ARRAY_ROWS:-3000}

fresh_db arrays
sql arrays "
    CREATE FUNCTION value_of(kind text, n int) RETURNS text IMMUTABLE LANGUAGE sql AS \$\$
        SELECT CASE kind
            WHEN 'bigint' THEN (n * 7919 - 300000)::text
            WHEN 'uuid' THEN md5(n::text)::uuid::text
            ELSE (ARRAY['', 'NULL', 'null', 'a,b', '{', '}', '\"', E'\\\\\\\\', ' ', 'a b', E'tab\\there', E'line\\nbreak',
                E'\\r', E'\\\\\\\\N', 'é', E'\\x01', '[1:2]=', E'back\\\\\\\\\"slash'])[n % 18 + 1] || CASE WHEN n < 18 THEN '' ELSE n::text END
        END \$\$;
    CREATE FUNCTION random_array(kind text, seed int) RETURNS text LANGUAGE plpgsql AS \$\$
    DECLARE made text[]; lower int := 1; width int := (seed * 31 + 7) % 6;
    BEGIN
        IF seed % 29 = 0 THEN RETURN NULL; END IF;
        SELECT array_agg(CASE WHEN (i * 13 + seed * 7) % 11 = 0 THEN NULL
                ELSE value_of(kind, (i * 101 + seed * 17) % 60) END ORDER BY i)
            INTO made FROM generate_series(1, width) i;
        made := coalesce(made, '{}');
        IF seed % 5 = 0 AND width > 0 THEN made := ARRAY[made, made]; END IF;
        IF seed % 7 = 0 AND width > 0 THEN -- bounds other than 1
            RETURN format('[%s:%s]', seed % 4 - 2, seed % 4 - 3 + array_length(made, 1))
                || CASE WHEN array_ndims(made) = 2 THEN format('[%s:%s]', 5, 4 + width) ELSE '' END
                || '=' || made::text;
        END IF;
        RETURN made::text;
    END \$\$;
    CREATE FUNCTION mapped(kind text, value text) RETURNS text IMMUTABLE LANGUAGE sql AS \$\$
        SELECT value_of(kind, (n + 1) % 60) FROM generate_series(0, 59) n
        WHERE value_of(kind, n) = value AND n % 9 <> 0 \$\$;" >/dev/null

# What SQL makes of an array: element by element, whatever its shape.
sql arrays "
    CREATE FUNCTION expected(kind text, literal text, unresolved text) RETURNS text LANGUAGE plpgsql AS \$\$
    DECLARE a text[] := literal; ndims int := array_ndims(a); made text[]; value text; i int; j int;
    BEGIN
        IF ndims IS NULL THEN RETURN a::text; END IF;
        IF unresolved = 'drop' THEN
            SELECT array_agg(CASE WHEN e IS NULL THEN NULL ELSE mapped(kind, e) END ORDER BY o) INTO made
                FROM unnest(a) WITH ORDINALITY u(e, o) WHERE e IS NULL OR mapped(kind, e) IS NOT NULL;
            IF made IS NULL THEN RETURN '{}'; END IF;
            IF array_lower(a, 1) = 1 THEN RETURN made::text; END IF;
            RETURN format('[%s:%s]=', array_lower(a, 1), array_lower(a, 1) + array_length(made, 1) - 1) || made::text;
        END IF;
        FOR i IN array_lower(a, 1) .. array_upper(a, 1) LOOP
            IF ndims = 1 THEN
                value := coalesce(mapped(kind, a[i]), CASE WHEN unresolved = 'keep' THEN a[i] END);
                a[i] := value;
            ELSE
                FOR j IN array_lower(a, 2) .. array_upper(a, 2) LOOP
                    value := coalesce(mapped(kind, a[i][j]), CASE WHEN unresolved = 'keep' THEN a[i][j] END);
                    a[i][j] := value;
                END LOOP;
            END IF;
        END LOOP;
        RETURN a::text;
    END \$\$;" >/dev/null

for kind in bigint uuid text; do
    sql arrays "
        CREATE TABLE source_$kind AS
            SELECT i AS id, random_array('$kind', i)::${kind}[] AS ids FROM generate_series(1, $rows) i" >/dev/null
    # The map holds what mapped() knows.
    psql -XAtqd arrays -c "COPY (SELECT value_of('$kind', n) AS old, value_of('$kind', (n + 1) % 60) AS live
        FROM generate_series(0, 59) n WHERE n % 9 <> 0) TO STDOUT" >"$T/map.$kind"
    for unresolved in keep null drop; do
        # Nothing can be dropped from several dimensions.
        condition=true
        [ "$unresolved" != drop ] || condition="array_ndims(ids) IS DISTINCT FROM 2"
        {
            printf 'id\tids\n'
            psql -XAtqd arrays -c "COPY (SELECT * FROM source_$kind WHERE $condition) TO STDOUT"
        } >"$T/rows"
        check "$kind-$unresolved" sh -c "array-fixer -c ids -m '$T/map.$kind' --type $kind -u $unresolved '$T/rows' >'$T/fixed'"
        sql arrays "SET client_min_messages = warning; DROP TABLE IF EXISTS fixed; CREATE TABLE fixed (id int, ids ${kind}[])" >/dev/null
        tail -n +2 "$T/fixed" | psql -XAtqd arrays -c 'COPY fixed FROM STDIN'
        equal "$kind-$unresolved-as-sql" "0 differ" "$(psql -XAtqd arrays -c "
            SELECT count(*) || ' differ'
            FROM (SELECT * FROM source_$kind WHERE $condition) s FULL JOIN fixed f USING (id)
            WHERE s.id IS NULL OR f.id IS NULL OR f.ids::text IS DISTINCT FROM
                expected('$kind', s.ids::text, '$unresolved')::${kind}[]::text" 2>&1)"
        # Byte for byte what PostgreSQL would write, too.
        psql -XAtqd arrays -c "COPY (SELECT id, ids FROM fixed ORDER BY id) TO STDOUT" >"$T/again"
        tail -n +2 "$T/fixed" | sort -n >"$T/sorted"
        check "$kind-$unresolved-bytes" cmp "$T/again" "$T/sorted"
    done
done
