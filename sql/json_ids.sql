-- Where JSON texts ($1) hold numbers under keys such as user_id, userId or package_ids: the path, as
-- a rule writes it, and whether an array of them stands there. Arrays are not looked into on the way.
WITH RECURSIVE member(path, key, value) AS (
    SELECT NULL::pg_catalog.text, NULL::pg_catalog.text, t.text::pg_catalog.jsonb
        FROM pg_catalog.unnest($1::pg_catalog.text[]) t(text)
    UNION ALL
    SELECT pg_catalog.concat_ws('.', m.path, pg_catalog.quote_ident(e.key)), e.key, e.value
        FROM member m, pg_catalog.jsonb_each(
            CASE pg_catalog.jsonb_typeof(m.value) WHEN 'object' THEN m.value ELSE '{}' END) e)
SELECT m.path, pg_catalog.jsonb_typeof(m.value) = 'array' AS is_array
    FROM member m
    WHERE m.key ~ '(_ids?|[a-z]Ids?)$' AND pg_catalog.jsonb_typeof(
        CASE pg_catalog.jsonb_typeof(m.value) WHEN 'array' THEN m.value -> 0 ELSE m.value END) = 'number'
    GROUP BY 1, 2
    ORDER BY 1, 2
