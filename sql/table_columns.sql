-- The columns of table $1 in order: name, type, place in the primary key (0: none), its sequence,
-- whether it is generated, whether it is an identity that only a fresh value may replace.
SELECT a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       COALESCE(pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum), -1) + 1,
       pg_catalog.pg_get_serial_sequence($1::pg_catalog.text, a.attname),
       a.attgenerated <> '',
       a.attidentity = 'a'
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = $1::pg_catalog.text::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
