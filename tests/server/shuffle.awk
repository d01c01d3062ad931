# A dump of pg_dump with the data of its tables in another order: awk -v seed=17 -f shuffle.awk DUMP
function rnd(n) { # 0 .. n - 1, by the generator of Park and Miller
    state = state * 16807 % 2147483647
    return state % n
}
BEGIN { state = seed * 7919 % 2147483646 + 1; n_parts = 0 }
!inside && /^COPY .* FROM stdin;$/ { inside = 1; part[++n_parts] = ++n_blocks }
inside { block[n_blocks] = block[n_blocks] $0 "\n" }
!inside { if (part[n_parts] != "") n_parts++; text[n_parts] = text[n_parts] $0 "\n" }
inside && /^\\\.$/ { inside = 0 }
END {
    for (i = 1; i <= n_blocks; i++) place[i] = i
    for (i = n_blocks; i > 1; i--) { j = 1 + rnd(i); k = place[i]; place[i] = place[j]; place[j] = k }
    for (i = 0; i <= n_parts; i++) printf "%s", part[i] != "" ? block[place[part[i]]] : text[i]
}
