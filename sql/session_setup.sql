-- One way of printing values, no limits of the role in the way, locks not waited for without end.
-- What a server of another version does not know is left out. Joins of a few thousand rows with a large
-- table look these up by its index, and what they hash stays in memory, unless the role has set even more.
SELECT pg_catalog.set_config(w.name, w.value, false)
FROM (VALUES
    ('timezone', 'UTC'),
    ('datestyle', 'ISO, YMD'),
    ('intervalstyle', 'postgres'),
    ('extra_float_digits', '3'),
    ('bytea_output', 'hex'),
    ('xmloption', 'content'),
    ('standard_conforming_strings', 'on'),
    ('quote_all_identifiers', 'off'),
    ('client_min_messages', 'warning'),
    ('row_security', 'off'),
    ('jit', 'off'),
    ('work_mem', greatest(pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')) / 1024,
        65536)::pg_catalog.text || 'kB'),
    ('random_page_cost', least(pg_catalog.current_setting('random_page_cost')::pg_catalog.float8,
        1.1)::pg_catalog.text),
    ('lock_timeout', '3s'),
    ('statement_timeout', '0'),
    ('transaction_timeout', '0'),
    ('idle_in_transaction_session_timeout', '0'),
    ('idle_session_timeout', '0'),
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off')
) AS w (name, value)
WHERE pg_catalog.current_setting(w.name, true) IS NOT NULL
