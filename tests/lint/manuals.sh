#!/usr/bin/env bash
# Every tool has a man page whose SYNOPSIS names the options of its --help, and no others; mandoc
# finds nothing to warn of; --help and --version work; every tool has end-to-end cases and a line
# in the README.
set -u
# Options as a sorted list; -abc are three; those that every tool has need not stand in a SYNOPSIS.
options() {
    grep -oE '(^|[[ |,])--?[A-Za-z][A-Za-z-]*' | tr -d '[ |,' | awk '
        /^--/ { print; next }
        { for (i = 2; i <= length($0); i++) print "-" substr($0, i, 1) }' | sort -u
}
{
    for source in tools/*.c; do
        [ -e "$source" ] || continue
        tool=$(basename "$source" .c)
        page=tools/$tool.1
        if ! [ -e "$page" ]; then echo "$source: has no man page $page"; continue; fi
        ls "tests/e2e/$tool"/*/cmd >/dev/null 2>&1 || echo "$source: has no case in tests/e2e/$tool"
        grep -q "$tool" README.md || echo "$source: README.md does not name it"
        help=$("$BUILD/bin/$tool" --help 2>/dev/null) || echo "$source: --help failed"
        "$BUILD/bin/$tool" --version | grep -q "^$tool (pgbraid) " || echo "$source: --version prints something else"
        synopsis=$(mandoc -Tascii -Owidth=500 "$page" 2>/dev/null | col -b | sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | options)
        # An option line of the help: "  -t, --table=T  text"; either spelling counts.
        while read -r names; do
            found=
            for option in $names; do
                [[ $option = --help || $option = --version ]] && found=1
                grep -qxe "$option" <<<"$synopsis" && found=1
            done
            [ -n "$found" ] || echo "$page: SYNOPSIS lacks $names"
        done < <(grep -E '^ +-' <<<"$help" | sed -E 's/^ +//; s/  .*//; s/[=[ ][^,]*//g; s/,/ /g' | grep -- -)
        while read -r option; do
            [ -z "$option" ] || grep -qE -- "(^|[ ,|[])$option([ ,=|[]|\]|\$)" <<<"$help" ||
                echo "$page: SYNOPSIS names $option, which --help does not"
        done <<<"$synopsis"
    done
    for page in tools/*.[1-9]; do
        mandoc -Tlint -Wwarning "$page" 2>&1 | grep -vE 'STYLE|outdated mandoc|lower case|referenced manual not found' |
            sed -E 's/^mandoc: //; s/^([^ ]+): /\1: /'
    done
} | tests/lint/allowed manuals
