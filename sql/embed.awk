# Turns sql/*.sql into one C header: sql/catalog_tables.sql becomes sql_catalog_tables.
# Comment lines and indents are for the reader of the file and are left out.
FNR == 1 {
    if (NR > 1) print "    ;"
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.sql$/, "", name)
    printf "static const char sql_%s[] __attribute__((unused)) =\n", name
}
/^--/ { next }
{
    sub(/^ +/, "")
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    printf "    \"%s\\n\"\n", $0
}
END { if (NR > 0) print "    ;" }
