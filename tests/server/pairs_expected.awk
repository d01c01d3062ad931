# What a merge should come to:
#
#     awk -F '\t' -f pairs_expected.awk is=strict strict is=references references is=policies policies \
#         is=origin origin is=live live
#
# The last two files are as content.sql prints them (table, name, at, v, n, further values). Rows are the same when table
# and name are; of tables that are appended to, equal rows are counted: as many as the one of the two that
# has more. Where the live database is strict, rows with n from 900 on are refused, and so is what refers to
# rows that are not there then.
is == "strict" { is_strict[$1]; next }
is == "references" { n_fields[$1]++; field[$1, n_fields[$1]] = $2; target[$1, n_fields[$1]] = $3; next }
is == "policies" { policy[$1] = $2; next }
{ name = $1 FS $2 }
is == "origin" { backup[name] = $0; times[$0]++; next }
{ live[name] = $0; there[$0]++ }

function is_refused(row, part, table, i, parent) {
    split(row, part, FS)
    table = part[1]
    if (table in is_strict && part[5] != "\\N" && part[5] >= 900) return 1
    for (i = 1; i <= n_fields[table]; i++) {
        parent = target[table, i] FS part[field[table, i]]
        if (parent in refused && !(parent in live)) return 1
    }
    return 0
}
function refuse_all(name, found) { # what refers to refused rows is refused, and so on
    do {
        found = 0
        for (name in backup)
            if (!(name in refused) && is_refused(backup[name])) found = refused[name] = 1
    } while (found)
}
function winner(name, mine, theirs, kind, n, i) {
    n = split(live[name], mine, FS)
    split(backup[name], theirs, FS)
    kind = policy[theirs[1]]
    if (kind == "keep") return live[name]
    # times of one format sort as text; a row without one is the older
    if (kind == "newest(at)") return theirs[3] == "\\N" || (mine[3] != "\\N" && theirs[3] <= mine[3]) ? live[name] : backup[name]
    if (kind != "fill") return backup[name]
    for (i = 1; i <= n; i++) $i = mine[i] == "\\N" ? theirs[i] : mine[i]
    NF = n
    return $0
}
END {
    refuse_all()
    for (name in backup) {
        split(name, part, FS)
        if (policy[part[1]] == "append" || name in refused) continue
        print name in live ? winner(name) : backup[name]
    }
    for (row in there) {
        split(row, part, FS)
        if (policy[part[1]] == "append") {
            for (i = there[row]; i > 0; i--) print row
        } else if (!((part[1] FS part[2]) in backup) || (part[1] FS part[2]) in refused)
            print row
    }
    for (row in times) {
        split(row, part, FS)
        if (policy[part[1]] != "append" || (part[1] FS part[2]) in refused) continue
        for (i = times[row] - there[row]; i > 0; i--) print row
    }
}
