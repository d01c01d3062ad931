-- One way of printing values, no limits of the role in the way, locks not waited for without end.
-- What a server of another version does not know is left out.
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
    ('lock_timeout', '3s'),
    ('statement_timeout', '0'),
    ('transaction_timeout', '0'),
    ('idle_in_transaction_session_timeout', '0'),
    ('idle_session_timeout', '0'),
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off')
) AS w (name, value)
WHERE EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE pg_catalog.lower(s.name) = w.name)
