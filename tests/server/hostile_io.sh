#!/usr/bin/env bash
# Every tool in build/bin where input and output misbehave: a full or closed standard output, a reader
# that goes away, a closed or empty standard input, folders for files, long fields, zero bytes.
# shellcheck disable=SC2016,SC2154 # redirections are text for eval; $build is lib.sh's
. "$(dirname "$0")/../lib.sh"
fresh_db io

readers=" array-fixer stream-sealer idmap-builder upserter " # of merge streams of rows
filters=" array-fixer stream-sealer idmap-builder "          # that also write them

arguments() { # TOOL: what it needs besides FILE
    case $1 in
    dump-splitter) echo --plan "$T/plan" ;;
    idmap-builder | upserter | schema-differ) echo -d io ;;
    esac
}

# Checks the status, and that there is a message when it is not 0. Several statuses: 4|7.
ends() { # NAME STATUS TOOL ARGUMENTS REDIRECTION
    local status=0
    eval "$3 $4 >\"$T/out\" $5" 2>"$T/err" || status=$?
    if [[ "|$2|" != *"|$status|"* ]]; then
        fail "$1" "status $status, expected $2: $(head -n 1 "$T/err")"
    elif [ "$status" -ne 0 ] && ! grep -qE "^$3: |^Try " "$T/err"; then
        fail "$1" "no message"
    else
        pass "$1"
    fi
}

# One table of ROWS rows with a field of WIDTH bytes each, a plan, a map and arrays.
stream() { # ROWS WIDTH
    {
        printf '\\.merge-stream\t1\trows\n'
        printf '\\.plan\tplan\t-\t-\t1\t-\t-\t-\t-\n\\.plan\tlineage\t-\t-\tother\t-\t-\t-\t-\n'
        printf '\\.plan\ttable\tpublic.p\t-\tappend\t-\t-\tlineage=other\t-\n'
        printf '\\.plan\tcolumn\tpublic.p\tid\tid\tpublic.p_id_seq\tbigint\t-\t-\n'
        printf '\\.plan\ttable\tpublic.m\t-\tappend\t-\t-\tlineage=other\t-\n'
        printf '\\.plan\tcolumn\tpublic.m\tids\tarray\tpublic.p\tbigint[]\tunresolved=keep\t-\n'
        printf '\\.plan\tcolumn\tpublic.m\tnote\tset\t-\ttext\t-\t-\n'
        printf '\\.plan\tend\t-\t-\t-\t-\t-\t-\t-\n'
        printf '\\.map\tpublic.p\tbigint\n1\t11\n\\.end\t0\n\\.table\tpublic.m\tids\tnote\n'
        head -c "$2" /dev/zero | tr '\0' x >"$T/field"
        for ((i = 0; i < $1; i++)); do printf '{1,2}\t' && cat "$T/field" && echo; done
        printf '\\.end\t0\n\\.trailer\t0\t0\t0\n'
    } | stream-sealer
}

printf '\\.merge-stream\t1\trows\n\\.plan\tplan\t-\t-\t1\t-\t-\t-\t-\n\\.plan\tend\t-\t-\t-\t-\t-\t-\t-\n\\.trailer\t0\t0\t0\n' |
    stream-sealer >"$T/empty.stream"
stream 2000 1000 >"$T/rows.stream"
mkdir "$T/folder"
sed -n 's/^\\.plan\t//p' "$T/empty.stream" >"$T/plan"

for path in "$build"/bin/*; do
    tool=${path##*/}
    arguments=$(arguments "$tool")
    for option in --help --version; do
        ends "$tool$option" 0 "$tool" $option ''
        check "$tool$option-on-stdout" test -s "$T/out" -a ! -s "$T/err"
        ends "$tool$option-full" 7 "$tool" $option '>/dev/full'
        ends "$tool$option-closed" 7 "$tool" $option '>&-'
    done
    ends "$tool-unknown-option" 2 "$tool" --no-such-option '</dev/null'
    if [ "$tool" = service-writer ]; then # it reads nothing
        ends "$tool-full" 7 "$tool" '-d io' '>/dev/full'
        ends "$tool-closed" 7 "$tool" '-d io' '>&-'
        continue
    fi
    ends "$tool-missing-file" 2 "$tool" "$arguments $T/gone" ''
    ends "$tool-folder" 4 "$tool" "$arguments $T/folder" ''
    ends "$tool-empty-input" 4 "$tool" "$arguments" '</dev/null'
    ends "$tool-closed-input" 4 "$tool" "$arguments" '<&-'
    [[ $readers = *" $tool "* ]] || continue
    ends "$tool-not-a-stream" 4 "$tool" "$arguments" '<<<"some text"'
    ends "$tool-cut" 4 "$tool" "$arguments" '< <(head -n -1 "$T/empty.stream")'
    [[ $filters = *" $tool "* ]] || continue
    ends "$tool-full" 7 "$tool" "$arguments" '<"$T/empty.stream" >/dev/full'
    ends "$tool-closed" 7 "$tool" "$arguments" '<"$T/empty.stream" >&-'
    ends "$tool-file-full" 7 "$tool" "$arguments $T/empty.stream" '>/dev/full'
    ends "$tool-file-closed" 7 "$tool" "$arguments $T/empty.stream" '>&-'
    ends "$tool-both-closed" '4|7' "$tool" "$arguments" '<&- >&-'
done

for tool in array-fixer stream-sealer; do
    ends "$tool-rows-full" 7 "$tool" "$T/rows.stream" '>/dev/full'
    "$tool" "$T/rows.stream" 2>"$T/err" | head -n 1 >/dev/null
    case ${PIPESTATUS[0]} in
    0 | 141) pass "$tool-reader-gone" ;;
    *) fail "$tool-reader-gone" "status ${PIPESTATUS[0]}: $(head -n 1 "$T/err")" ;;
    esac
    check "$tool-reader-gone-silently" test ! -s "$T/err"
    yes '\.merge-stream' | head -c 300000 | tr -d '\n' >"$T/long"
    ends "$tool-endless-first-line" 4 "$tool" "$T/long" ''
done

# Zero bytes and bytes that are no UTF-8 come through.
{
    head -n 7 "$T/empty.stream" | grep -v trailer
    printf '\\.table\tpublic.other\ta\tb\n\0\t\0\\N\n\377\376\t\\N\n\\.end\t0\n\\.trailer\t0\t0\t0\n'
} >"$T/bytes"
stream-sealer "$T/bytes" >"$T/bytes.sealed"
array-fixer "$T/bytes.sealed" >"$T/bytes.fixed" 2>"$T/err"
check zero-bytes cmp "$T/bytes.sealed" "$T/bytes.fixed"
equal zero-bytes-are-kept "$(grep -c . -a "$T/bytes")" "$(grep -c . -a "$T/bytes.fixed")"

# Peak memory in kilobytes while TOOL reads FILE.
peak() { # TOOL FILE
    /usr/bin/time -f %M -o "$T/peak" "$1" "$2" >"$T/out" 2>"$T/err"
    tail -n 1 "$T/peak"
}
if [ -x /usr/bin/time ]; then
    stream 1 1000000 >"$T/mega.stream"
    stream 3 100000000 >"$T/huge.stream"
    for tool in array-fixer stream-sealer; do
        peak=$(peak "$tool" "$T/mega.stream")
        check "$tool-1MB-field-$peak-kB" test "$peak" -lt 16000
        equal "$tool-1MB-field-is-whole" "$(grep -c '^{[12,]*}.x\{1000\}' "$T/mega.stream")" \
            "$(grep -c '^{[12,]*}.x\{1000\}' "$T/out")"
        peak=$(peak "$tool" "$T/huge.stream")
        check "$tool-100MB-field-$peak-kB" test "$peak" -lt 300000
        equal "$tool-100MB-field-is-whole" trailer "$(tail -n 1 "$T/out" | grep -o trailer)"
    done
else
    skip long-fields "/usr/bin/time is not there"
fi
