#!/usr/bin/env bash
# Shows that man_page.sh finds what is missing from a page, and what is too much:
#     man_page_test.sh PROGRAM PAGE WORK_FOLDER
set -euo pipefail

program=$1 page=$2 work=$3
check=$(dirname "${BASH_SOURCE[0]}")/man_page.sh
mkdir -p "$work"

faults=0
# expect WHAT IS_SAID: a page without it, or with it, is refused for that reason
expect() {
    local said
    if said=$(bash "$check" "$program" "$work/page"); then
        echo "a page $1 passes"
        faults=$((faults + 1))
    elif [[ $said != *"$2"* ]]; then
        echo "a page $1 is refused for another reason: $said"
        faults=$((faults + 1))
    fi
}

sed '/\\-\\-set\\-rate/d' "$page" > "$work/page"
expect 'without --set-rate' 'does not tell of --set-rate'
sed '/verify/d' "$page" > "$work/page"
expect 'without verify' 'does not tell of the command verify'
{ cat "$page"; printf '.TP\n.BI \\-\\-no\\-such " N"\n'; } > "$work/page"
expect 'with --no-such' 'tells of --no-such'
((faults == 0))
