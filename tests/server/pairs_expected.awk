# What a merge should come to: awk -F '\t' -f pairs_expected.awk policies origin live, both as content.sql
# prints them (table, name, at, further values). Rows are the same when table and name are; of tables that
# are appended to, equal rows are counted: as many as the one of the two that has more.
FILENAME != file { file = FILENAME; number++ }
number == 1 { policy[$1] = $2; next }
{ name = $1 FS $2 }
policy[$1] == "append" { count[number, $0]++; appended[$0]; next }
number == 2 { backup[name] = $0; next }
!(name in backup) { print; next }
policy[$1] == "keep" { print; delete backup[name]; next }
policy[$1] == "newest(at)" {
    split(backup[name], theirs, FS)
    # times of one format sort as text; a row without one is the older
    if (theirs[3] == "\\N" || ($3 != "\\N" && theirs[3] <= $3)) backup[name] = $0
    next
}
policy[$1] == "fill" {
    n = split(backup[name], theirs, FS)
    for (i = 3; i <= n; i++) if ($i == "\\N") $i = theirs[i]
    backup[name] = $0
}
END {
    for (name in backup) print backup[name]
    for (row in appended)
        for (i = count[2, row] > count[3, row] ? count[2, row] : count[3, row]; i > 0; i--) print row
}
