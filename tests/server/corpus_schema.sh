#!/usr/bin/env bash
# Every plain SQL schema of the corpus goes through dump-splitter, and the facts of those that load in
# this PostgreSQL equal the catalog after psql has restored the same file.
. "$(dirname "$0")/../lib.sh"

need_corpus all || exit 0

# What must not fail a load: roles and settings of another server, and what is there already.
harmless='role ".*" (does not|already) exist|unrecognized configuration parameter|(schema|extension) ".*" already exists'

# The file without what leaves the database it is restored into.
script() { # FILE
    sed -E -e '1s/^\xef\xbb\xbf//' -e '/^\\(c|connect)([ ;]|$)/d' -e '/^(CREATE|DROP|ALTER) DATABASE /Id' "$1"
}

facts_of_dump() { # FILE
    dump-splitter -q --schema --sample=0 "$1" >"$T/stream" || return 1
    awk -F'\t' -v OFS='\t' '
        $1 != "\\.fact" { next }
        $2 == "table" { p = ""; for (i = 5; i <= NF; i++) p = p (i > 5 ? " " : "") $i
                        print $2, $3, $4, p == "" ? "-" : p; kind[$3] = $4 }
        $2 == "column" { print $2, $3, $4, $5, $6, $8, $9 }
        $2 == "key" || $2 == "reference" { print $2, $3, $4, $5, $6, $7, $8 }
        $2 == "enum" { p = ""; for (i = 4; i <= NF; i++) p = p (i > 4 ? " " : "") $i
                       print $2, $3, p }
        $2 == "sequence" { print $2, $3, $4, $5 }' "$T/stream" | sort
}

facts_of_catalog() { # DATABASE
    psql -XqAt -d "$1" -f "$root/tests/server/catalog_facts.sql" 2>"$T/oracle-errors" | sort
}

total=0 agreeing=0 loading=0
while read -r file; do
    total=$((total + 1))
    what=${file#"$CORPUS"/}
    if ! dump-splitter -q --list "$file" >"$T/list" 2>"$T/why" || ! facts_of_dump "$file" >"$T/ours" 2>"$T/why"; then
        if grep -q 'COPY has options' "$T/why"; then
            skip "$what" "COPY with options, which is refused"
        else
            fail "$what" "$(tail -n 1 "$T/why")"
        fi
        continue
    fi
    fresh_db corpus
    script "$file" | psql -Xq -d corpus >"$T/log" 2>&1
    errors=$(grep 'ERROR:' "$T/log" | grep -cvE "$harmless")
    facts_of_catalog corpus >"$T/theirs"
    if ! grep -q setval "$file"; then
        # Its sequences move with the INSERTs, which only the server runs.
        sed -i -E '/^sequence/s/\t[^\t]*\t[^\t]*$//' "$T/ours" "$T/theirs"
    fi
    [ "$errors" -gt 0 ] || loading=$((loading + 1))
    if cmp -s "$T/ours" "$T/theirs"; then
        agreeing=$((agreeing + 1))
        pass "$what"
    elif [ "$errors" -gt 0 ]; then
        skip "$what" "does not load: $errors errors, the first is $(grep 'ERROR:' "$T/log" | grep -vE "$harmless" | head -n 1 | sed 's/.*ERROR: *//')"
    else
        fail "$what" "$(diff "$T/ours" "$T/theirs" | grep -c '^[<>]') lines differ: $(diff "$T/ours" "$T/theirs" | grep '^[<>]' | head -n 4)"
    fi
    [ -z "${KEEP-}" ] || cmp -s "$T/ours" "$T/theirs" || {
        cp "$T/ours" "$KEEP/${what//\//_}.ours"
        cp "$T/theirs" "$KEEP/${what//\//_}.theirs"
    }
done < <(find "$CORPUS" -name '*.sql' -type f -size -30M | sort)
echo "corpus_schema: the facts of $agreeing of $total files agree with the catalog; $loading load without an error"
