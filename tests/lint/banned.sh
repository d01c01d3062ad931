#!/usr/bin/env bash
# Functions that overflow, truncate in silence, hide errors or run a shell, and words that the style
# leaves out: typedef of structs, boolean parameters of public functions.
set -u
{
    grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strncpy|strncat|gets|strtok|system|popen|atoi|atol|atoll|atof|alloca|sscanf|scanf|tmpnam|mktemp|rand)\(' \
        lib/*/*.[ch] tools/*.[ch] 2>/dev/null | grep -vE ':[0-9]+: *(/?\*|//)'
    grep -nE '^ *typedef (struct|enum|union)\b' lib/*/*.[ch] tools/*.[ch] 2>/dev/null
    grep -nE '[(,] *bool [a-z_]+ *[,)]' lib/*/*.h | grep -v 'static inline'
} | tests/lint/allowed banned
