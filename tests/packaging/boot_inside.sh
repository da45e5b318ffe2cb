#!/usr/bin/env bash
# What boot_test.sh runs in its virtual machine, as root, at every boot: the way of somebody who has the package and
# docs/operations.md, by the commands that stand there. Where it says `recipe`, they are taken out of the page that the
# package has brought along, so that what is shown here is what is written there.
set -euo pipefail

work=/var/lib/boot-test
docs=/usr/share/doc/pusherd/operations.md
http=http://127.0.0.1:8008
api=_matrix/client/v3/pushers
state=/var/lib/private/pusherd
exposed_at_most=1.5
export SYSTEMD_COLORS=0 SYSTEMD_URLIFY=0 SYSTEMD_PAGER=cat COLUMNS=160

step() { printf '== %s\n' "$*"; }
fail() {
    printf 'boot-test: %s\n' "$*"
    journalctl --no-pager --quiet --boot --lines=40 --unit='pusherd*'
    exit 1
}
# Whatever goes wrong, the machine does not stay on.
trap 'printf "boot-test: the command of line %s failed\n" $LINENO' ERR
trap 'if [[ ! -e $work/goes-on ]]; then systemctl poweroff; fi' EXIT

# until_true SECONDS WHAT COMMAND…
until_true() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < end)) || fail "$what"
        sleep 0.2
    done
}

# recipe HEADING [NUMBER]: the commands, or the file, that stand indented under the line that begins so.
recipe() {
    awk -v heading="$1" -v number="${2:-1}" '
        index($0, heading) == 1 { found = 1; next }
        found && /^(#|\*\*)/ { exit }
        found && !/^    / { within = 0 }
        found && /^    / { if (!within++) ++blocks; if (blocks == number) { print substr($0, 5); ++lines } }
        END { exit lines == 0 }' "$work/operations.md" || fail "no recipe under '$1' in operations.md"
}

# Shows the commands that it is told on standard input, and carries them out.
follow() {
    local commands
    commands=$(cat)
    sed 's/^/# /' <<< "$commands"
    bash -euo pipefail <<< "$commands" || fail "that does not work"
}

# edit UNIT: `systemctl edit` by somebody who types what comes on standard input. It wants a terminal.
edit() {
    cat > "$work/typed"
    printf '#!/bin/sh\nsed -i "/^### Anything between here/r %s" "$1"\n' "$work/typed" > "$work/editor"
    chmod 755 "$work/editor"
    SYSTEMD_EDITOR=$work/editor script --quiet --return --command "systemctl edit $1" /dev/null \
        > "$work/edited" < /dev/null || { cat "$work/edited"; fail "systemctl edit $1"; }
}

main_pid() { systemctl show --property=MainPID --value pusherd; }
service_uid() { ps -o uid= -p "$(main_pid)" | tr -d ' '; }
is_another_than() { [[ $(main_pid) != "$1" && $(main_pid) != 0 ]]; }
states() {
    systemctl show --property=ActiveState,Result,ExecMainStatus,NRestarts pusherd.service | tr '\n' ' '
    systemctl show --property=ActiveState,Result pusherd.socket | tr '\n' ' '
    echo
}
# As operations.md says: a socket that stays open would have the service started again.
stop_all() { systemctl stop "$@" pusherd.socket; }
is_healthy() { [[ $(curl --silent --max-time 10 "$http/health") == OK ]]; }
# Not by `grep -q`, which would end the pipe too early.
logged() { journalctl --unit=pusherd --boot --output=cat --since="$since" | grep -F -e "$1" > /dev/null; }
now() { since=$(date '+%F %T.%6N'); }

set_pusher() {  # TOKEN PUSHKEY [URL]
    curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer $1" --data '{
        "kind":"http","app_id":"org.example.app","pushkey":"'"$2"'","app_display_name":"App",
        "device_display_name":"Phone","lang":"'"${lang:-en}"'",
        "data":{"url":"https://push.example.org/_matrix/push/v1/notify"}}' \
        "${3:-$http}/$api/set"
}
lists() {  # TOKEN PUSHKEY
    curl --silent --header "Authorization: Bearer $1" "$http/$api" | grep -F -e "\"pushkey\":\"$2\"" > /dev/null
}

# Connects all the time, anew for every request.
start_clients() {  # [curl's arguments,] URL
    stdbuf --output=L curl --silent --rate 30/s --header 'Connection: close' --max-time 60 --output /dev/null \
        --write-out '%{http_code} %{exitcode} %{errormsg}\n' "${@:1:$#-1}" "${*: -1}?[1-100000000]" > "$work/clients" &
    clients=$!
    sleep 0.5
}
# How it was for them. Nobody may be refused. A connection that the server has just taken when it is told to stop, and
# on which no request has been read, may be closed, as an idle one; that happens once in a while.
stop_clients() {
    local answered refused closed
    sleep 2  # some that are answered by the last process
    kill "$clients"
    wait "$clients" || true
    answered=$(grep -c '^200 0' "$work/clients" || true)
    refused=$(grep -c '^000 7 ' "$work/clients" || true)
    closed=$(grep -c -E '^000 (35|52|55|56) ' "$work/clients" || true)
    printf 'clients: %s answered, %s refused, %s closed without an answer\n' "$answered" "$refused" "$closed"
    ((answered > 20 && refused == 0 && closed <= 2 && answered + closed == $(wc -l < "$work/clients"))) || {
        sort "$work/clients" | uniq -c | head
        fail "clients were not answered"
    }
}

# --- the first boot: from the package to a service --------------------------------------------------------------------

install_package() {
    step "Installation"
    systemctl is-system-running --wait || fail "the machine is not well by itself: $(systemctl --failed)"
    # What else Debian has is of no use without a network, and takes long to read.
    find /var/lib/apt/lists /var/cache/apt -type f -delete
    cp /payload/pusherd_*.deb /root/
    (cd /root && sudo apt-get install --yes ./pusherd_*.deb) > "$work/install.log" 2>&1 < /dev/null ||
        { cat "$work/install.log"; fail "it is not installed"; }
    cp "$docs" "$work/operations.md"
    is_healthy || fail "it does not answer"
    systemctl is-active pusherd.service pusherd.socket
    systemctl is-enabled pusherd.service pusherd.socket
    systemctl status --no-pager --lines=5 pusherd
}

judge_units() {
    local said
    step "What systemd says of the units, and of the service that runs"
    said=$(systemd-analyze verify --man=no /lib/systemd/system/pusherd*.{service,socket} 2>&1)
    [[ -z $said ]] || fail "systemd-analyze verify says: $said"
    said=$(systemd-analyze security --no-pager pusherd.service | tail -n 1)
    echo "$said"
    awk -v most="$exposed_at_most" '{ sub(/.*pusherd.service: /, ""); exit !($1 > 0 && $1 <= most) }' <<< "$said" ||
        fail "not at most $exposed_at_most"
    # shellcheck disable=SC2012 # the columns of ls are what a person sees
    ls -ld /var/lib/pusherd "$state" | awk '{ print $1, $3, $4, $9, $10, $11 }'
    [[ $(readlink /var/lib/pusherd) == private/pusherd ]] || fail "/var/lib/pusherd is no link into private/"
    ps -o uid=,user=,args= -p "$(main_pid)"
    [[ $(stat --format=%u "$state/data.mdb") == "$(service_uid)" ]] || fail "the database is not the service's"
    (($(service_uid) >= 61184)) || fail "that is no user of DynamicUser="
    grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' "/proc/$(main_pid)/status"
}

use_it() {
    step "A token by root on the service's data, a set, a list"
    sudo pusherd token issue @alice:example.org > "$work/token"
    [[ $(set_pusher "$(< "$work/token")" first) == 200 ]] || fail "a set is refused"
    lists "$(< "$work/token")" first || fail "a set is not there"
    sudo pusherd stat | head -n 3
    sudo pusherd verify
}

check_journal() {
    step "Priorities in the journal"
    now
    sed -i 's/^#max-pushers = 100/max-pushers = "many"/' /etc/pusherd/pusherd.toml
    systemctl reload pusherd
    until_true 10 "nothing is said about a bad configuration" logged 'the configuration stays as it was'
    journalctl --unit=pusherd --since="$since" --output=json --output-fields=PRIORITY,MESSAGE |
        sed 's/.*\("PRIORITY":"[0-9]"\).*/\1/' | sort | uniq -c
    journalctl --unit=pusherd --since="$since" --output=cat --priority=warning
    journalctl --unit=pusherd --since="$since" --output=cat --priority=warning |
        grep -F 'stays as it was' > /dev/null || fail "what needs somebody is not shown by -p warning"
    if journalctl --unit=pusherd --output=cat --priority=warning | grep -F -e 'listening on' > /dev/null; then
        fail "-p warning shows what needs nobody"
    fi
}

reload() {
    step "Reload"
    now
    sed -i 's/^max-pushers = "many"/max-pushers = 2/' /etc/pusherd/pusherd.toml
    systemctl reload pusherd
    until_true 10 "no reload" logged 'changed: max-pushers'
    journalctl --unit=pusherd --since="$since" --output=cat
    [[ $(set_pusher "$(< "$work/token")" second) == 200 ]] || fail "a set is refused"
    [[ $(set_pusher "$(< "$work/token")" third) == 400 ]] || fail "the changed file does not hold"
}

restart_and_upgrade() {
    local before
    step "Restarts while clients connect"
    start_clients "$http/health"
    for _ in 1 2 3 4 5; do
        systemctl restart pusherd
        sleep 0.3
    done
    stop_clients

    step "The same package again while clients connect"
    before=$(main_pid)
    start_clients "$http/health"
    (cd /root && sudo apt-get install --yes --reinstall ./pusherd_*.deb) > "$work/again.log" 2>&1 < /dev/null ||
        { cat "$work/again.log"; fail "not installed again"; }
    stop_clients
    [[ $(main_pid) != "$before" ]] || fail "no restart"

    step "An upgrade while clients connect"
    before=$(main_pid)
    start_clients "$http/health"
    sudo apt-get install --yes /payload/newer.deb > "$work/upgrade.log" 2>&1 < /dev/null ||
        { cat "$work/upgrade.log"; fail "no upgrade"; }
    stop_clients
    [[ $(main_pid) != "$before" ]] || fail "no restart"
    [[ $(systemctl show --property=WatchdogUSec --value pusherd) == 45s &&
        $(systemctl show --property=NeedDaemonReload --value pusherd) == no ]] || fail "the unit is still the old one"
    dpkg-query --show pusherd
    grep -x 'max-pushers = 2' /etc/pusherd/pusherd.toml || fail "the upgrade forgot what stood in the configuration"
    lists "$(< "$work/token")" second || fail "a pusher is lost"
}

kill_it() {
    local before
    step "kill -9: systemd starts it anew, and nothing is lost"
    before=$(main_pid)
    [[ $(set_pusher "$(< "$work/token")" second) == 200 ]] || fail "a set is refused"
    kill -KILL "$before"
    is_healthy || fail "a client does not wait for the new process"
    is_another_than "$before" || fail "it was not started anew"
    lists "$(< "$work/token")" second || fail "a pusher is lost"
    journalctl --unit=pusherd --boot --output=cat --lines=8
}

bad_option() {
    step "Options that cannot be used: it stays down until it is restarted"
    sed -i 's/^max-pushers = 2/no-such-option = 2/' /etc/pusherd/pusherd.toml
    systemctl restart pusherd && fail "it starts in spite of a bad option"
    sleep 5
    states
    [[ $(systemctl show --property=ExecMainStatus,NRestarts --value pusherd | sort | tr '\n' ' ') == '0 2 ' ]] ||
        fail "it did not end with 2, and stay so"
    journalctl --unit=pusherd --boot --output=cat --priority=err | grep -F 'no-such-option' ||
        fail "why it is down is not shown by -p err"
    sed -i 's/^no-such-option = 2/max-pushers = 2/' /etc/pusherd/pusherd.toml
    systemctl restart pusherd
    is_healthy || fail "it does not recover"
}

# The service has a mount of its own for its folder, which goes along with it.
move_its_folder() {
    step "Its folder is moved away under it"
    mv "$state" "$state.elsewhere"
    [[ $(lang=de set_pusher "$(< "$work/token")" first) == 500 ]] || fail "a set is answered that would be lost"
    cp -a "$state.elsewhere" "$state"
    [[ $(lang=de set_pusher "$(< "$work/token")" first) == 500 ]] || fail "a set is answered that would be lost"
    journalctl --unit=pusherd --boot --output=cat --priority=err | grep -F 'the data folder: Stale file handle' ||
        fail "the log does not say why"
    rm -r "$state"
    mv "$state.elsewhere" "$state"
    [[ $(lang=de set_pusher "$(< "$work/token")" first) == 200 ]] || fail "sets are refused though it is back"
}

watch() {
    local before
    step "A process that stands still: the watchdog"
    edit pusherd << 'UNIT'
[Service]
WatchdogSec=4s
UNIT
    systemctl restart pusherd
    before=$(main_pid)
    sleep 10
    [[ $(main_pid) == "$before" ]] || fail "the watchdog ends a service that is well"
    now
    kill -STOP "$before"
    until_true 30 "the watchdog does not see it" is_another_than "$before"
    until_true 30 "it does not come back" is_healthy
    journalctl --unit=pusherd --since="$since" --output=cat | sed -n 1,8p
    logged 'Watchdog timeout' || fail "it was not the watchdog"
    rm /etc/systemd/system/pusherd.service.d/override.conf
    systemctl daemon-reload
    systemctl restart pusherd
}

# --- TLS, metrics, backups: the recipes -------------------------------------------------------------------------------

# make_certificate: a new one of the same authority, where certbot would put it
make_certificate() {
    local live=/etc/letsencrypt/live/example.org archive=/etc/letsencrypt/archive/example.org serial
    mkdir -p "$live" "$archive" "$work/ca"
    chmod 700 /etc/letsencrypt/live /etc/letsencrypt/archive
    [[ -e $work/ca/ca.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
        -subj '/CN=An authority' -keyout "$work/ca/ca.key" -out "$work/ca/ca.pem" 2> "$work/openssl.log"
    serial=$(date +%s%N)
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=example.org' \
        -keyout "$archive/privkey$serial.pem" -out "$work/ca/request" 2>> "$work/openssl.log"
    openssl x509 -req -in "$work/ca/request" -CA "$work/ca/ca.pem" -CAkey "$work/ca/ca.key" -set_serial "$serial" \
        -days 20 -extfile <(echo 'subjectAltName=DNS:example.org') -out "$archive/cert$serial.pem" \
        2>> "$work/openssl.log"
    cat "$archive/cert$serial.pem" "$work/ca/ca.pem" > "$archive/fullchain$serial.pem"
    chmod 600 "$archive/privkey$serial.pem"
    ln -sf "../../archive/example.org/privkey$serial.pem" "$live/privkey.pem"
    ln -sf "../../archive/example.org/fullchain$serial.pem" "$live/fullchain.pem"
}
served_certificate() {
    openssl s_client -connect 127.0.0.1:8443 -servername example.org < /dev/null 2> /dev/null |
        openssl x509 -noout -serial
}

serve_tls() {
    local before
    export CURL_CA_BUNDLE=$work/ca/ca.pem
    step "TLS"
    make_certificate
    now
    recipe '### A certificate' | edit pusherd
    recipe '### A certificate' 2 | follow
    echo
    journalctl --unit=pusherd --since="$since" --output=cat | grep listening
    logged 'warn' && fail "it warns of something"
    [[ $(set_pusher "$(< "$work/token")" second https://example.org:8443) == 200 ]] || fail "no set by TLS"
    curl --silent --max-time 5 --cacert /etc/ssl/openssl.cnf https://example.org:8443/health &&
        fail "a stranger's certificate is taken"
    ls -l "/run/credentials/pusherd.service/"

    step "Renewal while clients connect"
    before=$(served_certificate)
    start_clients https://example.org:8443/health
    make_certificate
    systemctl restart pusherd  # the deploy hook
    stop_clients
    printf 'before: %s\nafter: %s\n' "$before" "$(served_certificate)"
    [[ $(served_certificate) != "$before" ]] || fail "still the old certificate"

    unusable_certificate
}

# It ends with 1, and each client that connects has systemd try again at once. Where that is too often (20 times in two
# seconds by default; less here), systemd closes the socket; with the next start after RestartSec= it is there again.
unusable_certificate() {
    step "A certificate that cannot be used, while clients connect"
    echo nonsense > /etc/letsencrypt/archive/example.org/nonsense.pem
    ln -sf ../../archive/example.org/nonsense.pem /etc/letsencrypt/live/example.org/fullchain.pem
    printf '[Socket]\nTriggerLimitIntervalSec=60s\nTriggerLimitBurst=2\n' | edit pusherd.socket
    now
    start_clients --max-time 5 "$http/health"
    systemctl restart pusherd && fail "it starts in spite of it"
    sleep 15
    journalctl --unit=pusherd --unit=pusherd.socket --since="$since" --output=cat |
        sort | uniq -c | sort -rn | sed -n 1,8p
    states
    make_certificate
    until_true 60 "it does not come back by itself" is_healthy
    kill "$clients"
    cut -d ' ' -f 1-2 "$work/clients" | sort | uniq -c
    curl --silent https://example.org:8443/health || fail "TLS did not come back"
    echo
    rm -r /etc/systemd/system/pusherd.socket.d
    systemctl daemon-reload
}

measure() {
    step "Metrics"
    systemctl start pusherd-metrics.socket || echo "a socket for a service that runs: refused, as operations.md says"
    recipe '## Metrics' | follow > "$work/metrics"
    grep -E '^(# systemctl|pusherd_build_info|pusherd_store_pushers|process_open_fds)' "$work/metrics"
    grep -x 'pusherd_store_pushers 2' "$work/metrics" > /dev/null || fail "no metrics"
    [[ $(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:9108/health) == 404 ]] ||
        fail "the metrics' port serves more"

    step "Prometheus, with its configuration and the alert rules that come along"
    { echo 'rule_files: [alerts.yml]'; recipe '## Metrics' 2; } > /etc/prometheus/prometheus.yml
    sed -i '1i global: { scrape_interval: 1s, evaluation_interval: 1s }' /etc/prometheus/prometheus.yml
    cp /usr/share/doc/pusherd/monitoring/alerts.yml /etc/prometheus/
    promtool check config /etc/prometheus/prometheus.yml
    systemctl start prometheus
    prometheus_says 'up{job="pusherd"}' '"1"'
    prometheus_says 'sum(pusherd_store_pushers)' '"2"'
    stop_all
    prometheus_says 'up{job="pusherd"}' '"0"'
    prometheus_says 'ALERTS{alertname="PusherdDown"}' '"alertstate":"pending"'
    systemctl start pusherd
    prometheus_says 'up{job="pusherd"}' '"1"'
    systemctl stop prometheus
}
asked() {
    curl --silent --get --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query | grep -F -e "$2" > /dev/null
}
prometheus_says() {
    until_true 30 "Prometheus does not say that $1 is $2" asked "$1" "$2"
    printf '%s: %s\n' "$1" "$2"
}

unix_socket() {
    step "A Unix socket"
    recipe '## Unix sockets' 2 | edit pusherd.socket
    systemctl restart pusherd.socket
    until_true 10 "the service did not come back with its socket" is_healthy
    ls -l /run/pusherd.http
    setpriv --reuid=www-data --regid=www-data --clear-groups \
        curl --silent --unix-socket /run/pusherd.http http://localhost/health || fail "www-data does not get in"
    echo
    setpriv --reuid=nobody --regid=nogroup --clear-groups \
        curl --silent --unix-socket /run/pusherd.http http://localhost/health && fail "anybody gets in"
    curl --silent https://example.org:8443/health || fail "TLS did not come back with it"
    echo
    curl --silent --fail http://127.0.0.1:9108/metrics > /dev/null || fail "metrics did not come back with it"
}

back_up() {
    local day backup
    step "A backup by hand, and its restore"
    recipe '## Backups' | follow
    day=$(date +%F)
    set_pusher "$(< "$work/token")" second > "$work/status"  # as before
    curl --silent --header "Authorization: Bearer $(< "$work/token")" "$http/$api/set" \
        --data '{"kind":null,"app_id":"org.example.app","pushkey":"first"}'
    echo
    lists "$(< "$work/token")" first && fail "a deleted pusher is there"
    recipe '### Restore' | bash -euo pipefail && fail "a backup that is not there has been restored"
    lists "$(< "$work/token")" second || fail "an attempt to restore what is not there has changed something"
    start_clients "$http/health" # who connects meanwhile does no harm
    recipe '### Restore' | sed "s/2026-11-24.031530/$day/" | follow
    kill "$clients"
    is_healthy || fail "it does not answer"
    lists "$(< "$work/token")" first || fail "the restore brought nothing back"
    [[ $(set_pusher "$(< "$work/token")" second) == 200 ]] || fail "a set is refused"
    ls -ln "$state"
    [[ $(find "$state" ! -uid "$(service_uid)") == '' ]] || fail "not all is the service's own"

    step "Stops while clients wait at every socket"
    for _ in 1 2 3 4 5 6; do
        (for _ in 1 2 3 4 5 6; do
            curl --silent --max-time 5 "$http/health" http://127.0.0.1:9108/metrics https://example.org:8443/health &
        done
        wait) > /dev/null 2>&1 &
        sleep 0.2
        systemctl reset-failed 'pusherd*' # also the count of starts, of which a socket has few
        stop_all || fail "a stop was cancelled"
        [[ $(systemctl show --property=ActiveState --value pusherd) == inactive ]] || fail "it goes on"
        systemctl start pusherd
    done
    wait

    step "A backup that belongs to root"
    stop_all
    rm -rf "$state.damaged"
    chown -R root: "$state"
    systemctl start pusherd
    is_healthy || fail "it does not answer"
    ls -ln "$state"
    [[ $(set_pusher "$(< "$work/token")" second) == 200 ]] || fail "a set is refused"

    step "A backup every night"
    recipe '### A backup every night' | follow
    mkdir -p /var/backups/pusherd/2026-01-01.030000 /var/backups/pusherd/keep-me
    touch -d '20 days ago' /var/backups/pusherd/*
    recipe '### A backup every night' 2 | follow
    [[ ! -e /var/backups/pusherd/2026-01-01.030000 && -e /var/backups/pusherd/keep-me ]] ||
        fail "the wrong ones are removed"
    systemctl list-timers --no-pager 'pusherd*'
    systemctl is-active pusherd-backup.timer
    systemd-analyze security --no-pager pusherd-backup.service | tail -n 1
    backup=$(find /var/backups/pusherd -name '????-??-??.*' | head -n 1)
    cmp <(pusherd export --data "$backup") <(sudo pusherd export) || fail "that is no copy"
}

# --- the end ----------------------------------------------------------------------------------------------------------

is_down() { [[ $(systemctl show --property=ActiveState --value pusherd) == inactive ]]; }

stop_it() {
    local answer port
    step "A stop answers what is in flight"
    exec 3<> /dev/tcp/127.0.0.1/8008
    printf 'POST /%s/set HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 58\r\n\r\n{"kind":null,' \
        "$api" "$(< "$work/token")" >&3
    sleep 0.3
    stop_all --no-block
    sleep 1
    printf '"app_id":"org.example.app","pushkey":"first"}' >&3
    answer=$(timeout 5 cat <&3)
    exec 3>&-
    head -n 1 <<< "$answer"
    [[ $answer == 'HTTP/1.1 200 OK'* && $answer == *'Connection: close'* ]] || fail "it was answered: $answer"
    until_true 20 "no end" is_down
    systemctl show --property=Result,ExecMainStatus pusherd
    [[ $(systemctl show --property=Result,ExecMainStatus --value pusherd | sort | tr '\n' ' ') == '0 success ' ]] ||
        fail "no clean end"
    for port in 8008 8443 9108; do
        (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && fail "port $port is still open"
    done
    systemctl start pusherd
    is_healthy || fail "it does not start again"
}

remove_it() {
    local left
    step "Removal"
    sudo apt-get remove --yes pusherd > "$work/remove.log" 2>&1 < /dev/null ||
        { cat "$work/remove.log"; fail "no removal"; }
    [[ ! -e /usr/bin/pusherd && -e /etc/pusherd/pusherd.toml && -e $state/data.mdb ]] ||
        fail "a removal keeps configuration and database, and nothing else"
    systemctl list-units --all --no-pager --no-legend 'pusherd*'
    step "Purge"
    sudo apt-get purge --yes pusherd > "$work/purge.log" 2>&1 < /dev/null || { cat "$work/purge.log"; fail "no purge"; }
    left=$(find / -xdev -name '*pusherd*' ! -path '/root/*' ! -path '/payload/*' ! -path '/var/backups/pusherd*' \
        ! -path "$work/*" ! -path '/var/cache/*' ! -path '/var/lib/prometheus/*' ! -path '/var/lib/apt/*')
    printf 'left: %s\n' "$left"
    systemctl list-units --all --no-pager --no-legend 'pusherd*'
    systemctl is-system-running || systemctl --failed
}

begin_again() { touch "$work/goes-on"; }

mkdir -p "$work"
boot=$(($(cat "$work/boot" 2> /dev/null || echo 0) + 1))
echo "$boot" > "$work/boot"
rm -f "$work/goes-on"
case $boot in
    1)
        install_package
        judge_units
        use_it
        check_journal
        reload
        restart_and_upgrade
        kill_it
        move_its_folder
        bad_option
        watch
        serve_tls
        measure
        unix_socket
        back_up
        begin_again
        step "A reboot"
        systemctl reboot
        ;;
    2)
        step "After the reboot"
        until_true 60 "it does not come up with the machine" is_healthy
        systemctl is-system-running --wait
        export CURL_CA_BUNDLE=$work/ca/ca.pem
        curl --silent --fail https://example.org:8443/health
        curl --silent --fail http://127.0.0.1:9108/metrics | grep -x 'pusherd_store_pushers 2'
        systemctl is-active pusherd-backup.timer
        [[ $(set_pusher "$(< "$work/token")" only) == 400 ]] || fail "the configuration is forgotten"
        begin_again
        sync  # of what is not pusherd's
        curl --silent --header "Authorization: Bearer $(< "$work/token")" "$http/$api/set" \
            --data '{"kind":null,"app_id":"org.example.app","pushkey":"second"}' > /dev/null
        [[ $(set_pusher "$(< "$work/token")" last) == 200 ]] || fail "a set is refused"
        step "The power is off, just after a set was answered"
        echo b > /proc/sysrq-trigger
        sleep 60
        ;;
    3)
        step "After the loss of power"
        until_true 60 "it does not come up with the machine" is_healthy
        lists "$(< "$work/token")" last || fail "a set that was answered is lost"
        lists "$(< "$work/token")" second && fail "a delete that was answered is undone"
        sudo pusherd verify
        stop_it
        remove_it
        step "All is well"
        ;;
esac
