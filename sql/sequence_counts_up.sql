-- True when the sequence $1 counts upwards and does not start again at its end.
SELECT s.seqincrement > 0 AND NOT s.seqcycle
FROM pg_catalog.pg_sequence s
WHERE s.seqrelid = $1::pg_catalog.regclass
