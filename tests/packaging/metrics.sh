#!/usr/bin/env bash
# Holds the metrics, the alert rules and the dashboard against Prometheus' own tools:
#     metrics.sh PUSHERD PUSHERD_BENCH WORK_FOLDER
# promtool judges a page of a busy server and the rules, and tests each of these; then a Prometheus scrapes the server
# for a while, and must have an answer to every expression of the rules and of the dashboard.
set -euo pipefail

pusherd=$(realpath "$1") bench=$(realpath "$2") work=$3
tests=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
monitoring=${MONITORING:-$(realpath "$tests/../../docs/monitoring")}  # another, to see this fail
prefix=/_matrix/client/v3
export PUSHERD_CONFIG=/dev/null

faults=0
fault() {
    printf '%s\n' "$*"
    faults=$((faults + 1))
}
fail() { printf 'metrics: %s\n' "$*" >&2; exit 1; }

rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")
started=()
stop_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2> /dev/null || true; done
}
trap stop_all EXIT

# shellcheck source=tests/packaging/local_servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/local_servers.sh"

# --- rules, by themselves --------------------------------------------------------------------------------------------

check_rules() {
    local alert
    promtool check rules "$monitoring/alerts.yml" > "$work/rules" 2>&1 || fault "$(cat "$work/rules")"
    sed "s,\.\./\.\./docs/monitoring,$monitoring," "$tests/alerts_test.yml" > "$work/alerts_test.yml"
    promtool test rules "$work/alerts_test.yml" > "$work/tested" 2>&1 || fault "$(cat "$work/tested")"
    # shellcheck disable=SC2013 # names have no spaces
    for alert in $(sed -n 's/.*- alert: //p' "$monitoring/alerts.yml"); do
        grep -q "name: $alert$" "$tests/alerts_test.yml" || fault "alerts_test.yml does not test $alert"
    done
}

# --- a busy server ---------------------------------------------------------------------------------------------------

start_server() {
    "$bench" seed --data "$work/data" --users 20 > "$work/seed"
    port=$(free_port) metrics_port=$(free_port)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=localhost \
        -keyout "$work/key.pem" -out "$work/certificate.pem" 2> "$work/openssl.log" || fail "$(cat "$work/openssl.log")"
    "$pusherd" serve --data "$work/data" --listen "127.0.0.1:$port" --metrics-listen "127.0.0.1:$metrics_port" \
        --listen tls:127.0.0.1:0 --tls-cert "$work/certificate.pem" --tls-key "$work/key.pem" --set-rate 5 --set-burst 5 2> "$work/pusherd.log" &
    started+=($!)
    wait_for pusherd curl -sf "http://127.0.0.1:$port/health"
}

ask() { curl -s -o /dev/null --max-time 10 "${@:1:$#-1}" "http://127.0.0.1:$port${*: -1}" || true; }

# Every kind of request that there is, and what is refused for one reason or another; until it is stopped.
keep_busy() {
    local token
    token=$(head -n 1 "$work/data/tokens.tsv" | cut -f 1)
    while true; do
        ask /health
        ask -I /_matrix/client/versions
        ask -X OPTIONS $prefix/pushers
        ask $prefix/pushers
        ask -H 'Authorization: Bearer nobodys' $prefix/pushers
        ask -H "Authorization: Bearer $token" $prefix/pushers
        ask -X DELETE $prefix/pushers
        ask /no-such-path
        ask -H "Authorization: Bearer $token" -d '{' $prefix/pushers/set
        ask -H "Authorization: Bearer $token" -d '{"kind":null}' $prefix/pushers/set
        ask -H "Authorization: Bearer $token" -d '{"kind":null,"app_id":"a","pushkey":"b"}' $prefix/pushers/set
        ask -H "Authorization: Bearer $token" -H 'Content-Length: 100000' -d x $prefix/pushers/set
        sleep 0.2
    done
}

start_load() {
    keep_busy &
    started+=($!)
    "$bench" run --url "http://127.0.0.1:$port" --tokens "$work/data/tokens.tsv" --rate 500 --connections 8 \
        --mix list=60,set=20,unchanged=15,delete=5 --refusals-are-fine --warm-up 0 --duration 40 > "$work/load" 2>&1 &
    started+=($!)
}

check_page() {
    curl -s -D "$work/head" -o "$work/page" "http://127.0.0.1:$metrics_port/metrics"
    promtool check metrics < "$work/page" > "$work/judged" 2>&1 || fault "promtool check metrics: $(cat "$work/judged")"
    grep -q -i '^content-type: text/plain; version=0.0.4' "$work/head" || fault "another format: $(cat "$work/head")"
    # So that the judge has seen something.
    for each in 'list",status="200' 'set",status="200' 'set",status="429' 'set",status="413' 'unknown",status="404'; do
        grep -q -F "pusherd_requests_total{route=\"$each\"} " "$work/page" || fault "no requests of $each"
    done
}

# --- a Prometheus ----------------------------------------------------------------------------------------------------

start_prometheus() {
    prometheus_port=$(free_port)
    cat > "$work/prometheus.yml" << END
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [$monitoring/alerts.yml]
scrape_configs:
  - job_name: pusherd
    static_configs: [{ targets: ["127.0.0.1:$metrics_port"] }]
END
    prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
        --web.listen-address="127.0.0.1:$prometheus_port" > "$work/prometheus.log" 2>&1 &
    started+=($!)
    wait_for prometheus curl -sf "http://127.0.0.1:$prometheus_port/-/ready"
}

# expressions: those that must have data, a line each. A rule says when something is wrong, so what it compares with is
# left out.
expressions() {
    python3 - "$monitoring" << 'END'
import json, re, sys

def inside(part):
    if isinstance(part, dict):
        if "expr" in part:
            yield part["expr"]
        part = list(part.values())
    for each in part if isinstance(part, list) else []:
        yield from inside(each)

dashboard = list(inside(json.load(open(sys.argv[1] + "/grafana.json"))))
rules = re.findall(r"^ *expr: (.*)$", open(sys.argv[1] + "/alerts.yml").read(), re.MULTILINE)
assert len(dashboard) > 10 and len(rules) > 5
for each in dashboard:
    print(each.replace("$instance", ".*").replace("$__rate_interval", "10s"))
for each in rules:
    print(re.sub(r" (==|<|>) [0-9.]+$", "", each))
END
}

# query EXPRESSION: prints `success N`, N being how many series it has, or what is wrong
query() {
    curl -s --data-urlencode "query=$1" "http://127.0.0.1:$prometheus_port/api/v1/query" | python3 -c '
import json, math, sys
said = json.load(sys.stdin)
series = said.get("data", {}).get("result", [])
print(said.get("error") or "success %d" % sum(not math.isnan(float(each["value"][1])) for each in series))'
}

check_expressions() {
    local expression said count=0
    while read -r expression; do
        count=$((count + 1))
        said=$(query "$expression")
        if [[ ! $said =~ ^success\ [1-9] ]]; then fault "$expression: $said"; fi
    done < <(expressions)
    echo "$count expressions"
    said=$(curl -s "http://127.0.0.1:$prometheus_port/api/v1/rules")
    if [[ $said != *PusherdDown* || $said == *'"health":"err"'* ]]; then fault "rules: $said"; fi
    # Nothing is wrong with this server, though it refuses much.
    said=$(query ALERTS)
    if [[ $said != 'success 0' ]]; then
        fault "an alert is on its way: $(curl -s "http://127.0.0.1:$prometheus_port/api/v1/alerts")"
    fi
    said=$(query 'count_over_time(up{job="pusherd"}[1m]) > 10 and min_over_time(up{job="pusherd"}[1m]) == 1')
    if [[ $said != 'success 1' ]]; then fault "the scrapes went wrong: $said"; fi
}

check_rules
start_server
start_load
start_prometheus
sleep 20
check_page
check_expressions
((faults == 0)) || fail "$faults faults"
echo "All is well"
