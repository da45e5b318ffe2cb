#!/usr/bin/env bash
# Measures what docs/operations.md says under "How large, how fast": bytes on disk, memory, descriptors, CPU, syncs, and
# how long commands take. Prints a table. ./dev sizes
#     sizes.sh FOLDER_OF_THE_BINARIES WORK_FOLDER [USERS]
set -euo pipefail

pusherd=$(realpath "$1/pusherd") bench=$(realpath "$1/pusherd-bench") work=$2 users=${3:-100000}
export PUSHERD_CONFIG=/dev/null

fail() { printf 'sizes: %s\n' "$*" >&2; exit 1; }
row() { printf '| %s | %s |\n' "$1" "$2"; }
# of FIGURE...: awk's arithmetic, with the digits that mean something
of() { awk "BEGIN { x = $*; printf (x >= 100 || x == int(x)) ? \"%d\" : (x >= 1 ? \"%.1f\" : \"%.3f\"), x }"; }

rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")
server=''
stop_server() {
    if [[ -z $server ]]; then return; fi
    kill "$server" 2> /dev/null || true
    wait "$server" || true
    server=''
}
trap stop_server EXIT

# start_server DATA [OPTION...]
start_server() {
    : > "$work/log"
    "$pusherd" serve --data "$1" --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0 --set-rate 0 "${@:2}" \
        2> "$work/log" &
    server=$!
    local tries=0
    until grep -q 'metrics on' "$work/log"; do
        ((++tries < 200)) || fail "the server does not start: $(< "$work/log")"
        sleep 0.05
    done
    port=$(sed -n 's/.*listening on 127\.0\.0\.1://p' "$work/log")
    metrics_port=$(sed -n 's/.*metrics on 127\.0\.0\.1://p' "$work/log")
}

load() { "$bench" run --url "http://127.0.0.1:$port" "$@" > "$work/load" || fail "$(< "$work/load")"; }
seed() { "$bench" seed --data "$work/$1" --users "$2" --pushers "$3" > /dev/null; }
# stat_of DATA KEY
stat_of() { "$pusherd" stat --json --data "$work/$1" | sed "s/.*\"$2\":\([0-9]*\).*/\1/"; }
used() { echo $(($(stat_of "$1" map_bytes) - $(stat_of "$1" map_free_bytes))); }
private() { awk '/^Private/ { sum += $2 } END { print sum * 1024 }' "/proc/$server/smaps_rollup"; }
resident() { awk '/^Rss/ { print $2 * 1024 }' "/proc/$server/smaps_rollup"; }
descriptors() { find "/proc/$server/fd" -mindepth 1 | wc -l; }
metric() { curl -s "http://127.0.0.1:$metrics_port/metrics" | sed -n "s/^$1 //p"; }
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }
seconds_of() {
    local begin end
    begin=$(date +%s.%N)
    "$@" > "$work/said" || fail "$*: $(< "$work/said")"
    end=$(date +%s.%N)
    of "$end - $begin"
}

on_disk() {
    local one two four eight
    "$pusherd" token import --data "$work/tokens" "$1" > /dev/null
    row "a token (imported; of $users)" "$(of "$(used tokens) / $users") bytes"
    seed one "$users" 1
    seed two "$users" 2
    seed four "$users" 4
    seed eight "$users" 8
    one=$(used one) two=$(used two) four=$(used four) eight=$(used eight)
    row 'a user with a token and 1, 2, 4, 8 pushers' "$(of "$one / $users"), $(of "$two / $users"), \
$(of "$four / $users"), $(of "$eight / $users") bytes"
    row "the file, $users users with two pushers" "$(of "$(stat_of two file_bytes) / 1000000") MB"
    # What was made in order is packed; what comes and goes is not.
    start_server "$work/two"
    load --tokens "$work/two/tokens.tsv" --mix set=50,delete=50 --connections 256 --warm-up 0 --duration 30
    stop_server
    row 'the same, after 30 s of sets and deletes of any users' "$(of "$(stat_of two file_bytes) / 1000000") MB"
}

in_memory() {
    local before active seen
    start_server "$work/one" --threads 2
    load --tokens "$work/one/tokens.tsv" --users 1 --connections 1 --warm-up 0 --duration 1
    before=$(private)
    row 'without connections: private, resident' "$(of "$before / 1e6"), $(of "$(resident) / 1e6") MB"
    row 'descriptors without connections, with 1,000' "$(descriptors), $(with_connections 1000 0 descriptors)"
    seen=$(with_connections 5000 0 private)
    row '1,000 connections that are idle, private' "$(of "($seen - $before) / 5e6") MB"
    stop_server
    start_server "$work/one" --threads 2
    load --tokens "$work/one/tokens.tsv" --users 1 --connections 1 --warm-up 0 --duration 1
    before=$(private)
    active=$(with_connections 1 1000 private)
    row '1,000 connections that ask without a pause, private' "$(of "($active - $before) / 1e6") MB"
    stop_server
    start_server "$work/one" --threads 2
    before=$(resident)
    load --tokens "$work/one/tokens.tsv" --connections 256 --warm-up 0 --duration 20
    row "resident once most users were listed, for a user (pages of the file, which the system takes back)" \
        "$(of "($(resident) - $before) / $users") bytes"
    stop_server
}

# with_connections IDLE ACTIVE FUNCTION: what it prints while there are so many
with_connections() {
    local idle=$1 active=$2 figure
    local load=(--connections "$active")
    if ((active == 0)); then load=(--connections 1 --rate 1); fi
    "$bench" run --url "http://127.0.0.1:$port" --tokens "$work/one/tokens.tsv" --users 1000 "${load[@]}" \
        --idle-connections "$idle" --warm-up 0 --duration 5 > /dev/null &
    sleep 3.5
    figure=$("$3")
    wait $!
    echo "$figure"
}

of_load() {
    local sets commits syncs before tracer
    start_server "$work/one" --threads 1
    local of_server=(--connections 64 --duration 8 --server-pid "$server")
    load --tokens "$work/one/tokens.tsv" "${of_server[@]}" --users 1000
    row 'CPU of 1,000 lists' "$(cpu_of_thousand)"
    load --tokens "$work/one/tokens.tsv" "${of_server[@]}" --users 1000 --mix unchanged=1
    row 'CPU of 1,000 sets that change nothing' "$(cpu_of_thousand)"
    load --tokens "$work/one/tokens.tsv" "${of_server[@]}" --mix set=1
    row 'CPU of 1,000 sets that change something, from 64 connections' "$(cpu_of_thousand)"
    for each in 1 64; do
        sets=$(metric pusherd_commit_batch_sets_sum) commits=$(metric pusherd_commit_batch_sets_count)
        if command -v strace > /dev/null; then
            strace -f -c -e trace=fsync,fdatasync,msync -o "$work/calls" -p "$server" 2> /dev/null &
            tracer=$!
            sleep 1
        fi
        load --tokens "$work/one/tokens.tsv" --connections "$each" --warm-up 0 --duration 5 --mix set=1
        sets=$(of "$(metric pusherd_commit_batch_sets_sum) - $sets")
        commits=$(of "$(metric pusherd_commit_batch_sets_count) - $commits")
        syncs='not counted: no strace'
        if [[ -n ${tracer:-} ]]; then
            kill "$tracer"
            wait "$tracer" || true
            syncs=$(awk '/sync/ { sum += $4 } END { print sum + 0 }' "$work/calls")
            tracer=''
        fi
        row "sets, commits, syncs of the disk in 5 s, from $each connection(s)" "$sets, $commits, $syncs"
    done
    stop_server
}
# Microseconds a request are milliseconds a thousand.
cpu_of_thousand() { sed -n 's/^server: \([0-9.]*\) .*/\1 ms/p' "$work/load"; }

while_backup_runs() {
    local before sets grown
    start_server "$work/four"
    load --tokens "$work/four/tokens.tsv" --connections 64 --rate 1000 --warm-up 0 --duration 5 --mix set=1
    before=$(stat_of four file_bytes) sets=$(metric pusherd_commit_batch_sets_sum)
    load --tokens "$work/four/tokens.tsv" --connections 64 --rate 1000 --warm-up 0 --duration 10 --mix set=1
    grown=$(($(stat_of four file_bytes) - before))
    sets=$(of "$(metric pusherd_commit_batch_sets_sum) - $sets")
    row 'growth of the file by a set, while nothing else reads' "$(of "$grown / $sets") bytes"
    # As a backup that takes 12 s.
    "$pusherd" export --data "$work/four" | { head -c 1 > /dev/null; sleep 12; cat > /dev/null; } &
    sleep 1
    before=$(stat_of four file_bytes) sets=$(metric pusherd_commit_batch_sets_sum)
    load --tokens "$work/four/tokens.tsv" --connections 64 --rate 1000 --warm-up 0 --duration 10 --mix set=1
    grown=$(($(stat_of four file_bytes) - before))
    sets=$(of "$(metric pusherd_commit_batch_sets_sum) - $sets")
    row 'the same while a backup or an export runs, at 1,000 sets a second' "$(of "$grown / $sets") bytes"
    wait %% || true
    stop_server
}

commands() {
    local tokens=$1
    row 'token import' "$(seconds_of "$pusherd" token import "$tokens" --data "$work/timed") s"
    row 'backup (two pushers each)' "$(seconds_of "$pusherd" backup "$work/copy" --data "$work/two") s"
    row 'verify' "$(seconds_of "$pusherd" verify --data "$work/two") s"
    row 'export' "$(seconds_of "$pusherd" export --data "$work/two") s, $(of "$(stat -c %s "$work/said") / 1e6") MB"
    mv "$work/said" "$work/export"
    row 'import, into an empty database' "$(seconds_of "$pusherd" import "$work/export" --data "$work/imported") s"
    row 'stat' "$(seconds_of "$pusherd" stat --data "$work/two") s"
}

printf '%s, %s cores, %s users\n\n| what | figure |\n|---|---|\n' "$("$pusherd" --version)" "$(nproc)" "$users"
seq "$users" | awk '{ printf "token-of-a-homeserver-%032d\t@user%d:localhost\tDEVICE%d\n", $1, $1, $1 }' \
    > "$work/tokens.tsv"
on_disk "$work/tokens.tsv"
commands "$work/tokens.tsv"
in_memory
of_load
while_backup_runs
