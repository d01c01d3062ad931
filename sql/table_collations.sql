-- Whether one of the columns $2 of the table $1 has a collation under which texts of other bytes are equal.
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation AND NOT c.collisdeterministic
    WHERE a.attrelid = $1::pg_catalog.regclass AND a.attname = ANY ($2::pg_catalog.text[])
)
