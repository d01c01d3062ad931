# shellcheck shell=bash
# rejects.sh: the files of rejects in a merge's folder. To be sourced.
#
# rejects_files FOLDER: the files that upserter -t takes, a line each: the table's name, a tab, and the file's name without
# .tsv; parents first. Those with the backup's ids are left out.
rejects_files() {
    local table file name
    [ -e "$1/counts.tsv" ] || return 0
    while IFS= read -r table; do
        for file in "$1"/rejects/*.tsv; do
            file=${file##*/} file=${file%.tsv}
            printf -v name '%b' "${file//%/\\x}"
            [ "$name" != "$table" ] || printf '%s\t%s\n' "$table" "$file"
        done
    done < <(awk -F '\t' 'NR > 1 { print $1 }' "$1/counts.tsv")
}
# Whether there are some with the backup's ids.
rejects_have_backup_ids() { # FOLDER
    [ -n "$(find "$1/rejects" -name '*.backup-ids.tsv' -print -quit 2>/dev/null)" ]
}
# Whether an undo stream was written to its end, as it is just before COMMIT.
is_sealed() { # FILE
    [ -e "$1" ] && tail -n 1 "$1" | grep -q '^\\\.trailer'
}
