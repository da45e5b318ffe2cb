#!/usr/bin/env bash
# coverage.sh BUILD_FOLDER JOBS: counts the lines that the tests of that build have reached, by folder. Fails below 95 % in
# domain or persistence.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the compiler adds for exceptions is no line of ours.
gcovr --root . --object-directory "$1" -j "$2" --exclude-throw-branches \
    --filter "$PWD/(domain|persistence|net|app)/" --csv "$1/lines.csv" --txt "$1/lines.txt"
status=0
awk -F , '
    NR > 1 {
        split($1, path, "/")
        lines[path[1]] += $2
        covered[path[1]] += $3
    }
    END {
        for (folder in lines) {
            percent = 100 * covered[folder] / lines[folder]
            printf "%-12s %5d of %5d lines  %6.2f %%\n", folder, covered[folder], lines[folder], percent
            if ((folder == "domain" || folder == "persistence") && percent < 95) poor = poor " " folder
        }
        if (!("domain" in lines) || !("persistence" in lines)) poor = poor " nothing-measured"
        if (poor != "") print "below 95 %:" poor
        exit poor != ""
    }' "$1/lines.csv" || status=1
printf '%s\n' "$1/lines.txt lists the lines that no test reaches" >&2
exit "$status"
