-- Where JSON texts ($1) hold what may be an id, a number or a text: the path, as a rule writes it; whether an
-- array of them stands there; and whether it looks like ids, being numbers under keys such as user_id, userId,
-- package_ids or owner.id. Objects in an array are looked into.
WITH RECURSIVE member(path, key, value) AS (
    SELECT NULL::pg_catalog.text, NULL::pg_catalog.text, t.text::pg_catalog.jsonb
        FROM pg_catalog.unnest($1::pg_catalog.text[]) t(text)
    UNION ALL
    SELECT NULLIF(pg_catalog.concat_ws('.', m.path, pg_catalog.quote_ident(e.key)), ''), e.key, e.value
        FROM member m, LATERAL (
            SELECT o.key, o.value
                FROM pg_catalog.jsonb_each(
                    CASE pg_catalog.jsonb_typeof(m.value) WHEN 'object' THEN m.value ELSE '{}' END) o
            UNION ALL
            SELECT NULL, a.value
                FROM pg_catalog.jsonb_array_elements(
                    CASE pg_catalog.jsonb_typeof(m.value) WHEN 'array' THEN m.value ELSE '[]' END) a
                WHERE pg_catalog.jsonb_typeof(a.value) = 'object') e),
place(path, is_array, key, kind) AS (
    SELECT m.path, pg_catalog.jsonb_typeof(m.value) = 'array', m.key, pg_catalog.jsonb_typeof(
        CASE pg_catalog.jsonb_typeof(m.value) WHEN 'array' THEN m.value -> 0 ELSE m.value END)
    FROM member m)
SELECT p.path, p.is_array, pg_catalog.bool_or(p.kind = 'number' AND
        (p.key ~ '(_ids?|[a-z]Ids?)$' OR p.key = 'id' AND p.path LIKE '%.%'))
    FROM place p
    WHERE p.kind IN ('number', 'string')
    GROUP BY 1, 2
    ORDER BY 1, 2
