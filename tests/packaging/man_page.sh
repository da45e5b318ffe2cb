#!/usr/bin/env bash
# Checks that a manual page tells of every command and option that a program's help shows:
#     man_page.sh PROGRAM PAGE
# and that it names no option that there is not. Prints what differs, a line each, and exits 1.
set -euo pipefail

program=${1:?usage: man_page.sh PROGRAM PAGE}
page=${2:?usage: man_page.sh PROGRAM PAGE}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The help of a command and of all commands below it.
show_help() {
    local command
    "$@" --help
    for command in $("$@" --help | sed -n '/^Subcommands:/,$ s/^  \([a-z]\{1,\}\) .*/\1/p'); do
        echo "$command" >> "$work/commands"
        show_help "$@" "$command"
    done
}

: > "$work/commands"
show_help "$program" > "$work/help"
options_in() { grep -o -E -e '(^|[^a-zA-Z-])--[a-z][a-z-]*' | grep -o -e '--.*' | LC_ALL=C sort -u; }
sed -n 's/^  //p' "$work/help" | grep -e '^-' | options_in > "$work/options"
sed 's/\\-/-/g' "$page" > "$work/page"
options_in < "$work/page" > "$work/told"
if [[ ! -s $work/options || ! -s $work/commands ]]; then
    echo "$program: its help shows no options, or no commands"
    exit 1
fi

faults=0
while read -r option; do
    echo "$page: does not tell of $option"
    faults=$((faults + 1))
done < <(LC_ALL=C comm -23 "$work/options" "$work/told")
while read -r option; do
    echo "$page: tells of $option, which $program does not know"
    faults=$((faults + 1))
done < <(LC_ALL=C comm -13 "$work/options" "$work/told")
while read -r command; do
    if ! grep -q -E "^\.(B|BI|BR|SS) .*\b$command\b" "$work/page"; then
        echo "$page: does not tell of the command $command"
        faults=$((faults + 1))
    fi
done < "$work/commands"
((faults == 0))
