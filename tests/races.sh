#!/usr/bin/env bash
# races.sh BINARIES WORK_FOLDER [SECONDS]: a server and a load tool, both built with the thread sanitizer, on four threads
# each; and commands on the same database meanwhile. Fails if the sanitizer has anything to say.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
fail() { say "races: $*"; exit 1; }

binaries=$1 work=$2 seconds=${3:-60}
if [[ ! $seconds =~ ^[0-9]+$ || $seconds -lt 4 || $# -gt 3 ]]; then fail "it takes a number of seconds, 4 or more"; fi

# The thread sanitizer of GCC 12 cannot place its shadow memory where a newer kernel spreads the mappings far.
under=()
if setarch --addr-no-randomize true 2> /dev/null; then under=(setarch --addr-no-randomize); fi
export TSAN_OPTIONS="halt_on_error=0:second_deadlock_stack=1:log_path=$PWD/$work/report"

start_server() {
    "${under[@]}" "$binaries/pusherd" serve --data "$work/data" --listen 127.0.0.1:0 --threads 4 --set-rate 0 \
        2> "$work/log" &
    server=$!
    # shellcheck disable=SC2064 # as it is now
    trap "kill $server 2> /dev/null || true" EXIT
    until port=$(sed -n 's/.*listening on 127\.0\.0\.1://p' "$work/log") && [[ -n $port ]]; do
        kill -0 "$server" 2> /dev/null || fail "the server does not start: $(< "$work/log")"
        sleep 0.1
    done
}

load() {
    "${under[@]}" "$binaries/pusherd-bench" run --url "http://127.0.0.1:$port" --tokens "$work/data/tokens.tsv" \
        --mix list=40,set=25,unchanged=15,shared=15,delete=5 --threads 4 --warm-up 0 --duration "$((seconds / 2))" \
        --connections 32 "$@" || fail "answers were wrong, see above"
}

commands_while_it_runs() {
    local token
    while kill -0 "$server" 2> /dev/null; do
        token=$("${under[@]}" "$binaries/pusherd" token issue @guest:localhost --data "$work/data")
        "${under[@]}" "$binaries/pusherd" token revoke - --data "$work/data" <<< "$token"
        "${under[@]}" "$binaries/pusherd" verify --data "$work/data"
    done > "$work/commands" 2>&1
}

rm -rf "$work"
mkdir -p "$work"
"${under[@]}" "$binaries/pusherd-bench" seed --data "$work/data" --users 500
start_server
commands_while_it_runs &
load --in-flight 2
load --no-keep-alive
kill "$server"
status=0
wait "$server" || status=$?
trap - EXIT
wait

reports=$(find "$work" -name 'report*' -size +0 -print)
if [[ -n $reports ]]; then
    # shellcheck disable=SC2086 # a name each
    cat $reports >&2
    fail "the thread sanitizer has something to say"
fi
if ((status != 0)); then fail "the server ended with $status: $(< "$work/log")"; fi
count=$(grep -c '^ok' "$work/commands") || fail "no command was carried out meanwhile"
say "No report of the thread sanitizer; $count times token issue, token revoke and verify meanwhile"
