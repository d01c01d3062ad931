-- True when the column $2 of table $1, or of a part of it, decides into which partition a row goes;
-- also when an expression does, which may use any column.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p
    JOIN pg_catalog.pg_partitioned_table k ON k.partrelid = p.relid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.relid
        AND (a.attnum = ANY (k.partattrs::pg_catalog.int2[]) OR 0 = ANY (k.partattrs::pg_catalog.int2[]))
    WHERE a.attname = $2
)
