#!/usr/bin/env bash
# Puts the real nginx, HAProxy and Caddy in front of pusherd and of a homeserver's stand-in, with the very files of
# docs/reverse-proxies (addresses, paths and names of this test in place of theirs), and checks what clients see, what
# goes where, what the proxies log, and what restarts and idle connections cost.
#     reverse_proxies.sh PUSHERD WORK_FOLDER [PROXY...]
# RECIPES names other files, and KEPT=60 keeps connections for longer than the server: to see this fail.
# As root, each proxy is a user of its own and pusherd's Unix socket its group's; else all is the caller's.
set -euo pipefail

pusherd=$(realpath "$1") work=$2
shift 2
proxies=("$@")
if (($# == 0)); then proxies=(nginx haproxy caddy); fi
tests=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
recipes=${RECIPES:-$(realpath "$tests/../../docs/reverse-proxies")}
prefix=/_matrix/client/v3
secret=query-token-that-must-not-be-logged
export PUSHERD_CONFIG=/dev/null PYTHONDONTWRITEBYTECODE=1

faults=0
step() { printf '== %s\n' "$*"; }
fault() {
    printf '%s over %s: %s\n' "$proxy" "$transport" "$*"
    faults=$((faults + 1))
}
fail() { printf 'reverse_proxies: %s\n' "$*" >&2; exit 1; }
# In the background, a signal reaches python itself.
peers() { exec python3 "$tests/reverse_proxies_peers.py" "$@"; }

# --- processes -------------------------------------------------------------------------------------------------------

started=()
stop_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2> /dev/null || true; done
    started=()
}

# Everything runs in a folder that the proxies' users get into, and is put into the work folder at the end.
run=$(mktemp -d)
chmod 755 "$run"
end() {
    stop_all
    rm -rf "$work"
    mkdir -p "$(dirname "$work")"
    mv "$run" "$work"
}
trap end EXIT

# shellcheck source=tests/packaging/local_servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/local_servers.sh"

# start_pusherd [OPTION...]: on its TCP port, and on a Unix socket of the proxy's group
start_pusherd() {
    local group=()
    if ((EUID == 0)); then group=(--unix-group "$(id -gn "$user")"); fi
    "$pusherd" serve --data "$run/data" --listen "127.0.0.1:$server_port" --listen "unix:$run/http" \
        "${group[@]}" "$@" 2>> "$run/pusherd.log" &
    server=$!
    started+=("$server")
    wait_for pusherd curl -sf "http://127.0.0.1:$server_port/health"
}

stop_server() {
    local status=0
    kill "$server"
    wait "$server" || status=$?
    ((status == 0)) || fault "pusherd ends with $status"
}

# --- a proxy with its file -------------------------------------------------------------------------------------------

# use PROXY TRANSPORT [SECONDS]: writes its configuration, with kept connections that last as long in place of 60 s
use() {
    proxy=$1 transport=$2 kept=${3:-60}
    folder=$run/$proxy-$transport-$kept
    rm -rf "$folder"
    mkdir -p "$folder/log"
    user=$(id -un)
    "write_$proxy"
    if grep -n -E '/etc/|/var/|/dev/log|:443|:8008|:8108|example\.org' "$folder/configuration"; then
        fail "the configuration of $proxy still has what is not this test's"
    fi
    if ((EUID == 0)); then chown -R "$user" "$folder"; fi
}

# Swaps the line of the TCP address for that of the Unix socket, which stands behind it as a comment.
over_transport() {
    if [[ $transport == tcp ]]; then
        sed '/#.*unix/d'
    else
        sed "/127\.0\.0\.1:8008/d; s,#\(.*\)/run/pusherd.http,\1$run/http,"
    fi
}

write_nginx() {
    local each
    if ((EUID == 0)); then user=www-data; fi
    over_transport < "$recipes/nginx.conf" | sed -e '/^#/d' -e '/listen \[::\]/d' \
        -e "s,/etc/letsencrypt.*fullchain.pem,$run/certificate.pem," \
        -e "s,/etc/letsencrypt.*privkey.pem,$run/key.pem," \
        -e "s,listen 443,listen 127.0.0.1:$port," -e 's,matrix\.example\.org,localhost,' \
        -e "s,127\.0\.0\.1:8008,127.0.0.1:$server_port," -e "s,127\.0\.0\.1:8108,127.0.0.1:$homeserver_port," \
        -e "s,/var/log/nginx,$folder/log," \
        -e "s,keepalive_timeout 60s,keepalive_timeout ${kept}s," > "$folder/configuration"
    {
        if ((EUID == 0)); then echo "user $user;"; fi
        printf '%s\n' 'worker_processes 2;' "pid $folder/pid;" "error_log $folder/log/error.log;" \
            'events { worker_connections 512; }' 'http {'
        for each in client_body proxy fastcgi uwsgi scgi; do echo "${each}_temp_path $folder/$each;"; done
        printf '%s\n' "include $folder/configuration;" '}'
    } > "$folder/main.conf"
    command=(nginx -p "$folder" -e "$folder/log/start.log" -c "$folder/main.conf" -g 'daemon off;')
}

write_haproxy() {
    local as_is=''
    if ((EUID == 0)); then user=haproxy; else as_is='/^ *\(user\|group\) haproxy/d'; fi
    over_transport < "$recipes/haproxy.cfg" | sed -e '/^#/d' -e "$as_is" -e "s,bind :443,bind 127.0.0.1:$port," \
        -e "s,127\.0\.0\.1:8008,127.0.0.1:$server_port," -e "s,127\.0\.0\.1:8108,127.0.0.1:$homeserver_port," \
        -e "s,/etc/haproxy.*pem ,$run/both.pem ," -e 's,/dev/log,stdout format raw,' \
        -e "s,http-keep-alive 60s,http-keep-alive ${kept}s," > "$folder/configuration"
    command=(haproxy -db -f "$folder/configuration")
}

write_caddy() {
    if ((EUID == 0)); then user=caddy; fi
    local names="https://localhost:$port {\n\tbind 127.0.0.1\n\ttls $run/certificate.pem $run/key.pem"
    over_transport < "$recipes/Caddyfile" | sed -e '/^#/d' -e "s,^matrix\.example\.org {,$names," \
        -e "0,/^{/ s,^{,{\n\tadmin off\n\tauto_https disable_redirects," -e 's,read_body 10m,read_body 40s,' \
        -e "s,127\.0\.0\.1:8008,127.0.0.1:$server_port," -e "s,127\.0\.0\.1:8108,127.0.0.1:$homeserver_port," \
        -e "s,/var/log/caddy,$folder/log," -e "s,keepalive 60s,keepalive ${kept}s," > "$folder/configuration"
    command=(env "HOME=$folder" "XDG_DATA_HOME=$folder" caddy run --adapter caddyfile --config "$folder/configuration")
    if ((EUID == 0)); then command=(setpriv --reuid "$user" --regid "$user" --clear-groups "${command[@]}"); fi
}

start_proxy() {
    (cd "$folder" && exec "${command[@]}" > log/output.log 2>&1) &
    front=$!
    started+=("$front")
    kill -0 "$front" 2> /dev/null && wait_for "$proxy" curl -skf "https://localhost:$port/health"
}

stop_proxy() {
    kill "$front"
    wait "$front" 2> /dev/null || true
}

# --- what a client sees ----------------------------------------------------------------------------------------------

# ask EXPECTED_STATUS [CURL_ARGUMENT...] PATH: leaves the head in $head and the body in $body
ask() {
    local expected=$1 status
    shift
    status=$(curl -sk --max-time 60 -D "$folder/head" -o "$folder/body" -w '%{http_code}' "${@:1:$#-1}" \
        "https://localhost:$port${*: -1}") || true
    head=$(tr -d '\r' < "$folder/head" | tr '[:upper:]' '[:lower:]')
    body=$(cat "$folder/body")
    if [[ ! $status =~ ^$expected$ ]]; then fault "$* is $status, not $expected: $body"; fi
}
has() { if ! grep -q -x -E -e "$1" <<< "$head"; then fault "no field '$1' in: $head"; fi }
has_cors_once() {
    if (($(grep -c '^access-control-allow-origin:' <<< "$head") != 1)); then fault "CORS is not there once: $head"; fi
}
says() { if [[ $body != *"$1"* ]]; then fault "'$1' is not in: $body"; fi }
asked_homeserver() { if [[ $body != "homeserver $1" ]]; then fault "not asked of the homeserver: $1 ($body)"; fi }

# pusher PUSHKEY [MORE_OF_ITS_DATA], pusher_gone PUSHKEY: bodies of a set
pusher() {
    printf '{"kind":"http","app_id":"org.example.app","pushkey":"%s","app_display_name":"App","lang":"en",' "$1"
    printf '"device_display_name":"Phone","data":{"url":"https://push.example.org/_matrix/push/v1/notify"%s}}' "${2:-}"
}
pusher_gone() { printf '{"kind":null,"app_id":"org.example.app","pushkey":"%s"}' "$1"; }

check_pushers() {
    local each long alice=(-H "Authorization: Bearer $token")
    rm -f "$folder/body"
    for each in v3 r0 unstable api/v1; do
        ask 200 "${alice[@]}" -d "$(pusher "$proxy-$transport-$each")" "/_matrix/client/$each/pushers/set"
        has 'pusherd-outcome: created'
        ask 200 "${alice[@]}" "/_matrix/client/$each/pushers"
        says "\"$proxy-$transport-$each\""
    done
    curl -s "${alice[@]}" "http://127.0.0.1:$server_port$prefix/pushers" | cmp - "$folder/body" ||
        fault 'a list is another one'
    has 'cache-control: no-store'
    has 'content-type: application/json'
    has_cors_once
    # A list and a body that do not fit into a proxy's usual buffers.
    long=$(head -c 15000 /dev/zero | tr '\0' x)
    for each in 1 2 3 4 5 6; do
        ask 200 "${alice[@]}" -d "$(pusher "long-$each" ",\"long\":\"$long\"")" $prefix/pushers/set
    done
    ask 200 "${alice[@]}" $prefix/pushers
    if ((${#body} < 90000)); then fault "a long list is cut off: ${#body}"; fi
    for each in 1 2 3 4 5 6; do
        ask 200 "${alice[@]}" -d "$(pusher_gone "long-$each")" $prefix/pushers/set
    done
    ask 200 "${alice[@]}" -I $prefix/pushers
    has 'content-length: [1-9][0-9]*'
    ask 204 -X OPTIONS -H 'Origin: https://app.example.org' -H 'Access-Control-Request-Method: POST' \
        $prefix/pushers/set
    has_cors_once
    ask 200 "${alice[@]}" -H 'Expect: 100-continue' --http1.1 -d "$(pusher "$proxy-expect")" $prefix/pushers/set
    ask 200 "$prefix/pushers?access_token=$token"
    ask 200 "${alice[@]}" -H 'X-Forwarded-For: 203.0.113.7' $prefix/pushers
    # What a pushkey may have in it goes through as it was encoded.
    ask 200 "${alice[@]}" -d "$(pusher "a/b+c%2F//d")" $prefix/pushers/set
    ask 200 "${alice[@]}" -X DELETE \
        /_matrix/client/unstable/pusherd/pushers/org.example.app/a%2Fb%2Bc%252F%2F%2Fd
    has 'pusherd-outcome: deleted'
}

# The stand-in refuses every token, and says of whom it was asked: of the client, and not of what the client says.
check_forwarded() {
    start_pusherd --server-name localhost --auth "homeserver:http://127.0.0.1:$homeserver_port"
    ask 403 -H 'Authorization: Bearer nobodys' -H 'X-Forwarded-For: 203.0.113.7' $prefix/pushers
    says 'forwarded for 127.0.0.1"'
    stop_server
}

check_refusals() {
    local alice=(-H "Authorization: Bearer $token") tries=0
    ask 401 $prefix/pushers
    says M_MISSING_TOKEN
    ask 401 -H 'Authorization: Bearer nobodys' $prefix/pushers
    says M_UNKNOWN_TOKEN
    ask 401 -H 'Authorization: Bearer nobodys' -d "$(pusher one)" $prefix/pushers/set
    ask 403 -H "Authorization: Bearer $service_token" $prefix/pushers
    says M_FORBIDDEN
    ask 405 "${alice[@]}" -X DELETE $prefix/pushers
    has 'allow: get, head, options'
    ask 405 "${alice[@]}" $prefix/pushers/set
    says M_UNRECOGNIZED
    ask 400 "${alice[@]}" -d '{' $prefix/pushers/set
    says M_NOT_JSON
    head -c 70000 /dev/zero > "$folder/large"
    ask 413 "${alice[@]}" --data-binary "@$folder/large" $prefix/pushers/set
    says M_TOO_LARGE
    ask 413 "${alice[@]}" --http1.1 -H 'Transfer-Encoding: chunked' --data-binary "@$folder/large" $prefix/pushers/set
    says M_TOO_LARGE
    # 1 a second, 50 at once.
    until [[ $body == *M_LIMIT_EXCEEDED* ]] || ((++tries > 500)); do
        ask '(200|429)' -H "Authorization: Bearer $busy_token" -d "$(pusher one)" $prefix/pushers/set
    done
    says M_LIMIT_EXCEEDED
    says retry_after_ms
    has 'retry-after: 1'
    has 'access-control-expose-headers: pusherd-outcome, retry-after'
}

check_routes() {
    local each said
    for each in /_matrix/client/versions /health /_matrix/client/unstable/pusherd/pushers "$prefix/sync?timeout=30000" "$prefix/pushers/" \
        "$prefix/pushers/set/" "$prefix/pushersx" "$prefix/x/pushers" /_matrix/client/v1/pushers \
        /_matrix/client/pushers /_MATRIX/client/v3/pushers "$prefix/profile/%40a%3Ab.org/x%2Fy?q=%20%2B+"; do
        ask 200 "$each"
        asked_homeserver "GET $each"
    done
    head -c 1000000 /dev/zero > "$folder/large"
    ask 200 --data-binary "@$folder/large" /_matrix/media/v3/upload
    asked_homeserver 'POST /_matrix/media/v3/upload'
    # Other spellings of the same: a proxy may take them for it or not, but must not change them.
    for each in "$prefix/%70ushers" "$prefix//pushers" "$prefix/./pushers" "$prefix/x/../pushers"; do
        said=$(peers target "$port" "$each")
        if [[ $said != "200 homeserver GET $each" && $said != '404 {"errcode":"M_UNRECOGNIZED"'* ]]; then
            fault "$each is changed: $said"
        fi
    done
}

# --- what a proxy logs -----------------------------------------------------------------------------------------------

check_logs() {
    local each
    for each in "$prefix/pushers?access_token=$secret" "$prefix/pushers?a=b&access%5Ftoken=$secret" \
        "$prefix/sync?access_token=$secret"; do
        ask '(200|401)' -H "Referer: https://localhost/?access_token=$secret" "$each"
    done
    stop_server
    ask 50. "$prefix/pushers?access_token=$secret"
    # Over HTTP/2, HAProxy ends such a stream by CANCEL, and curl shows no status.
    ask 50. --http1.1 -d "$(pusher one)" "$prefix/pushers/set?access_token=$secret"
    start_pusherd
    grep -r -q -F "$prefix/pushers" "$folder/log" || fault "no request is logged"
    if grep -r -F -e "$secret" -e "$token" "$folder/log"; then fault "a token is logged"; fi
}

# --- what it costs that connections are kept, and that pusherd is restarted ------------------------------------------

# counted WHAT FINE AT_MOST COUNTS: what is not fine may have happened so many times
counted() {
    local each others=0
    echo "$proxy over $transport, $1: $4"
    for each in $4; do
        if [[ ! ${each%:*} =~ ^($2)$ ]]; then others=$((others + ${each#*:})); fi
    done
    if [[ -z $4 ]] || ((others > $3)); then fault "$1: $others of $4"; fi
}

answered='(GET|POST)_200'

check_kept() { counted '1000 requests on one connection' "$answered" 0 "$(peers kept "$port" "$token" 1000)"; }

# begin_storm SECONDS: of eight clients, in the background
begin_storm() {
    rm -f "$folder/begun"
    peers storm "$port" "$token" "$1" 8 "$folder/begun" > "$folder/storm" &
    storm=$!
    started+=("$storm")
    wait_for 'the storm' test -e "$folder/begun"
}

# Who comes while nobody listens: nginx says 502 at once, HAProxy and Caddy try again.
check_restart() {
    begin_storm 2
    stop_server
    start_pusherd --set-rate 0
    wait "$storm"
    counted 'a restart' "$answered|.*_50[23]|.*_closed" 0 "$(cat "$folder/storm")"
}

# As by systemd, which keeps the socket. What is left is the moment at which a connection that the proxy keeps is closed
# just as a request comes: a POST is not sent again.
check_inherited_restarts() {
    local status=0 keeper
    stop_server
    peers keeper "$server_port" "$pusherd" serve --data "$run/data" --set-rate 0 2>> "$run/pusherd.log" &
    keeper=$!
    started+=("$keeper")
    wait_for pusherd curl -sf "http://127.0.0.1:$server_port/health"
    begin_storm 3
    for _ in 1 2 3; do
        kill -HUP "$keeper"
        sleep 1
    done
    wait "$storm"
    # A connection of each of eight clients at each of three restarts, at the very most.
    counted 'three restarts behind a socket that stays' "$answered" 24 "$(cat "$folder/storm")"
    kill "$keeper"
    wait "$keeper" || status=$?
    ((status == 0)) || fault "pusherd ends with $status"
}

check_idle_connections() {
    counted 'sets while idle connections are closed' "$answered" 0 "$(peers idle "$port" "$token" "$server_port" 3)"
}

# A set whose connection breaks once it was sent: nobody knows whether it was carried out, so it must not go out again.
check_sent_once() {
    local upstream
    peers breaking "$server_port" "$folder/seen" &
    upstream=$!
    started+=("$upstream")
    wait_for 'what breaks connections' curl -sf "http://127.0.0.1:$server_port/"
    : > "$folder/seen"
    counted 'a set whose connection breaks' 'GET_200|POST_(50.|closed)' 0 "$(peers kept "$port" "$token" 2)"
    if [[ $(grep -c POST "$folder/seen") != 1 ]]; then fault "a set was sent more than once: $(cat "$folder/seen")"; fi
    kill "$upstream"
    wait "$upstream" || true
}

# check_timeout ANSWER: what a set came to whose body did not come; nginx waits for it itself, and closes
check_timeout() {
    if [[ $1 != '408 {"errcode":"M_UNKNOWN"'* && $proxy:$1 != nginx:closed ]]; then fault "a slow body: $1"; fi
}

# All connections of the server are busy with bodies that do not come.
check_full() {
    local each one two
    start_pusherd --max-connections 2
    exec {one}<> "/dev/tcp/127.0.0.1/$server_port" {two}<> "/dev/tcp/127.0.0.1/$server_port"
    for each in "$one" "$two"; do
        printf '%s\r\n' "POST $prefix/pushers/set HTTP/1.1" 'Host: localhost' "Authorization: Bearer $token" \
            'Content-Length: 100' '' >&"$each"
    done
    sleep 0.3
    ask 503 "$prefix/pushers"
    says 'as many connections as it may have'
    has 'retry-after: 1'
    exec {one}>&- {two}>&-
}

# --- all of it -------------------------------------------------------------------------------------------------------

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$run/key.pem" -out "$run/certificate.pem" 2> /dev/null
cat "$run/certificate.pem" "$run/key.pem" > "$run/both.pem"
chmod 644 "$run"/*.pem  # keys of a test
port=$(free_port) server_port=$(free_port) homeserver_port=$(free_port)
token=$("$pusherd" token issue @alice:localhost --data "$run/data")
service_token=$("$pusherd" token issue --service homeserver --data "$run/data")
busy_token=$("$pusherd" token issue @busy:localhost --data "$run/data")
peers homeserver "$homeserver_port" &
started+=($!)

for each in "${proxies[@]}"; do
    for way in tcp unix; do
        step "$each over $way"
        use "$each" "$way"
        start_pusherd --set-rate 1  # less than curl is capable of, on a slow machine as well
        start_proxy
        check_pushers
        check_refusals
        check_routes
        check_logs
        stop_server
        check_forwarded
        start_pusherd --set-rate 0
        check_kept
        check_restart
        if [[ $way == tcp ]]; then check_inherited_restarts; else stop_server; fi
        stop_proxy
    done

    step "$each, whose connections to a server that closes after 3 s are kept for 1 s"
    use "$each" tcp "${KEPT:-1}"
    start_pusherd --set-rate 0 --idle-timeout 3 --threads 1
    start_proxy
    peers slow-body "$port" "$token" 60 > "$folder/slow" &
    slow=$!
    started+=("$slow")
    check_idle_connections
    wait "$slow"
    check_timeout "$(cat "$folder/slow")"
    stop_server
    check_full
    stop_server
    check_sent_once
    stop_proxy
done
((faults == 0)) || fail "$faults faults; see $work"
step "All is well"
