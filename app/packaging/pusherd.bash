# Completes the command lines of pusherd and pusherd-bench: commands, options, and files where an option takes one. What
# there is, the program itself tells (--help), so that this is never out of date.

_pusherd() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word help offered
    local -a command=("${COMP_WORDS[0]}")
    COMPREPLY=()

    # The command so far. Never an argument of it, which may be a token: others would see it while the help is asked for.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        offered=$("${command[@]}" --help 2> /dev/null | sed -n '/^Subcommands:/,$ s/^  \([a-z]\{1,\}\) .*/\1/p')
        grep -q -x -F -e "$word" <<< "$offered" || break
        command+=("$word")
    done
    help=$("${command[@]}" --help 2> /dev/null) || return 0

    case $previous in
        --data | --folder) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
        --config | --tls-cert | --tls-key | --auth-secret-file | --auth-ca | --gateway-ca | --mas-secret-file | --ca | --tokens | --json | --report | --dump | --pusherd) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --log-level) offered='debug info warning error' ;;
        --log-format) offered='text json' ;;
        --query-token | --log-requests | --pokes) offered='on off' ;;
        --email-pushers) offered='accept refuse owned' ;;
        --auth) offered='tokens homeserver: introspection:' ;;
        *)
            if [[ $current == -* ]]; then
                offered=$(grep -o -E -e '--[a-z][a-z-]*' <<< "$help")
            else
                offered=$(sed -n '/^Subcommands:/,$ s/^  \([a-z]\{1,\}\) .*/\1/p' <<< "$help")
            fi
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
    # `import FILE`
    if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]] && grep -q -E '^  FILE ' <<< "$help"; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _pusherd pusherd pusherd-bench
