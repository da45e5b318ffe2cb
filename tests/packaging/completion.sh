#!/usr/bin/env bash
# Checks the completion of bash, as a shell that has loaded it would use it:
#     completion.sh FOLDER_OF_THE_PROGRAMS COMPLETION_FILE
set -euo pipefail

PATH=$1:$PATH
# shellcheck source=/dev/null
source "$2"

faults=0
# expect 'WORDS SO FAR' OFFERED...: the last word is the one that is completed; nothing: an empty one
expect() {
    local line=$1 offered
    shift
    read -r -a COMP_WORDS <<< "$line"
    if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _pusherd
    offered=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' ')
    if [[ ${offered% } != "$*" ]]; then
        echo "'$line' is completed to '$offered', not to '$*'"
        faults=$((faults + 1))
    fi
}

expect 'pusherd t' token
expect 'pusherd ser' serve
expect 'pusherd token ' import issue list revoke
expect 'pusherd token issue --de' --device
expect 'pusherd token issue @alice:example.org --adm' --admin
expect 'pusherd serve --set-' --set-burst --set-rate
expect 'pusherd serve --log-level ' debug error info warning
expect 'pusherd serve --log-format j' json
expect 'pusherd serve --query-token o' off on
expect 'pusherd serve --gateway-' --gateway-allow-range --gateway-ca --gateway-deny --gateway-hosts
expect 'pusherd serve --email-pushers ' accept owned refuse
expect 'pusherd stat --js' --json
expect 'pusherd stat --set-'
expect 'pusherd-bench ru' run
expect 'pusherd-bench run --dur' --duration

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir folder
touch file.toml
expect 'pusherd serve --data f' folder
expect 'pusherd serve --config f' file.toml folder
expect 'pusherd token import f' file.toml folder
((faults == 0))
