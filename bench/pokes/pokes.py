"""Measures how pusherd takes notifications and sends pokes. Every figure stands beside its peer, measured in turn.

    python3 bench/pokes/pokes.py --binaries build/release/bin [throughput intake isolation restart lists]

Everything listens on 127.0.0.1, and ends by itself."""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

from world import GATEWAY_PATH, World, free_port


def median_ratio(name, ours, peers, unit):
    ratio = statistics.median(a / b for a, b in zip(ours, peers))
    print(f"{name}: {statistics.median(ours):.4g} {unit}, beside {statistics.median(peers):.4g}: "
          f"{ratio:.3f} (median of {len(ours)} rounds, each in turn)")
    return ratio


def received(log):
    """The pokes that a gateway has counted."""
    found = re.findall(r"(\d+) pokes?", log)
    return int(found[-1]) if found else 0


def wrk_rate(world, port, seconds=5):
    """Requests a second that wrk posts to the gateway, by as many connections as pusherd has."""
    script = world.folder / "post.lua"
    body = json.dumps({"notification": {"event_id": "$1", "room_id": "!room:localhost", "type": "m.room.message",
                                        "sender": "@bob:localhost", "prio": "high", "counts": {"unread": 2},
                                        "content": {"msgtype": "m.text", "body": "hello, how are you?"},
                                        "devices": [{"app_id": "org.example.app", "pushkey": "key1",
                                                     "pushkey_ts": 1700000000, "data": {}}]}})
    script.write_text(f"wrk.method = 'POST'\nwrk.body = [==[{body}]==]\n"
                      "wrk.headers['Content-Type'] = 'application/json'\n")
    out = subprocess.run(["wrk", "-t", "1", "-c", "8", "-d", f"{seconds}s", "-s", script,
                          f"https://127.0.0.1:{port}{GATEWAY_PATH}"], check=True, capture_output=True, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def drain_rate(world, port, users, each, name=""):
    """Pokes a second, from a queue that is full."""
    server = world.start("--pokes", "off")
    queued = world.notify_all(users, each, name=name)
    server.stop()
    gateway = world.gateway(port, "--count", "--pokes", str(queued), "--for", "120")
    server = world.start()
    began = time.monotonic()
    gateway.process.wait(130)
    took = time.monotonic() - began
    server.stop()
    return queued / took


def throughput(world, rounds):
    port = free_port()
    users, each = 5000, 8
    world.seed(users, [port])
    ours, peers = [], []
    for number in range(rounds):
        ours.append(drain_rate(world, port, users, each, f"r{number}."))
        gateway = world.gateway(port, "--count")
        peers.append(wrk_rate(world, port))
        gateway.stop()
    median_ratio("throughput: pokes by TLS, beside wrk", ours, peers, "pokes/s")


def intake(world, rounds):
    users = 5000
    world.seed(users, [free_port()])
    token = world.command("token", "issue", "@setter:localhost")
    server = world.start("--pokes", "off")
    connection = world.connect()

    def rate(bearer, path, bodies, seconds=2):
        """Sets or queued pokes a second; the requests have been written before."""
        began, done = time.monotonic(), 0
        for body in bodies:
            done += world.call(bearer, "POST", path, body, connection).get("queued", 1)
            if time.monotonic() - began > seconds:
                break
        return done / (time.monotonic() - began)

    ours, peers = [], []
    for number in range(rounds):
        sets = [json.dumps({"app_id": "org.example.app", "pushkey": "key", "kind": "http", "lang": "en",
                            "app_display_name": "Example", "device_display_name": f"Phone {number}.{each}",
                            "data": {"url": "https://push.example.org" + GATEWAY_PATH}}) for each in range(10_000)]
        peers.append(rate(token, "/_matrix/client/v3/pushers/set", sets))
        batches = [world.notifications([((batch * 100 + each) % users, f"${number}.{batch}.{each}")
                                        for each in range(100)]) for batch in range(1000)]
        ours.append(rate(world.service, "/_pusherd/v1/notify", batches))
    server.stop()
    median_ratio(f"intake: notifications in batches of 100, for {users} users in turn, beside the sets of one client",
                 ours, peers, "a second")


def latencies(world, hosts, rules, seconds, rate):
    """Milliseconds from hand-over to the gateway, for the gateways without a rule."""
    gateways = [world.gateway(port, *(["--count", "--rule", rules[port]] if port in rules else ["--print"]))
                for port in hosts]
    server = world.start()
    connection = world.connect()
    users = list(range(10_000))
    began = time.time()
    batch = max(rate // 50, 1)
    sent = 0
    while time.time() - began < seconds:
        now = time.time()
        items = [(users[(sent + i) * 7919 % len(users)], f"$t{int(now * 1000)}.{sent + i}") for i in range(batch)]
        world.notify(items, connection)
        sent += batch
        time.sleep(max(0, began + sent / rate - time.time()))
    time.sleep(3)
    server.stop()
    took = []
    for port, gateway in zip(hosts, gateways):
        log = gateway.stop()
        if port not in rules:
            took += arrivals(log)
    return took


def arrivals(log):
    """Of each line, when it came less when it was handed over, in milliseconds."""
    took = []
    for hours, minutes, seconds, sent in re.findall(r"^(\d\d):(\d\d):(\d\d\.\d+) .*?\$t(\d+)\.", log, re.M):
        came = (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000
        took.append((came - int(sent)) % 86_400_000)
    return [each if each < 43_200_000 else each - 86_400_000 for each in took]


def p99(values):
    return sorted(values)[int(len(values) * 0.99)]


def isolation(world, rounds):
    hosts = [free_port() for _ in range(10)]
    world.seed(10_000, hosts)
    bad = {hosts[0]: "all: silent", hosts[1]: "all: status=500"}
    well = {hosts[0]: "all: ok", hosts[1]: "all: ok"}
    ours, peers = [], []
    for _ in range(rounds):
        ours.append(p99(latencies(world, hosts, bad, 15, 400)))
        peers.append(p99(latencies(world, hosts, well, 15, 400)))
    median_ratio("isolation: p99 of delivery beside a black hole and a 500, and without", ours, peers, "ms")


def restart(world, _):
    port = free_port()
    users = 10_000
    world.seed(users, [port])
    server = world.start("--pokes", "off")
    empty = server.memory()
    world.notify_all(users, 100)
    server.stop()
    gateway = world.gateway(port, "--count", "--rule", "all: silent")
    starts = []
    for _ in range(5):
        server = world.start()
        starts.append(server.start_seconds * 1000)
        time.sleep(5)
        full = server.memory()
        server.stop_at_once()
    gateway.stop()
    print(f"restart: {users * 100} pokes wait: {statistics.median(starts):.1f} ms to a listener (median of 5); private "
          f"memory {full / 1e6:.1f} MB, with none that wait {empty / 1e6:.1f} MB")


def list_rate(world, token, seconds=5):
    out = subprocess.run(["wrk", "-t", "1", "-c", "16", "-d", f"{seconds}s", "-H", f"Authorization: Bearer {token}",
                          f"http://127.0.0.1:{world.port}/_matrix/client/v3/pushers"], check=True, capture_output=True,
                         text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def lists(world, rounds):
    """The gateway lets eight connections have half of the peak, or a little more; what the cores do is told."""
    port = free_port()
    users, seconds = 5000, 5
    world.seed(users, [port])
    peak = drain_rate(world, port, users, 8)
    delay = max(1, int(8 / (peak / 2) * 1000))
    token = world.command("token", "issue", "@user1:localhost")
    ours, peers, delivered = [], [], []
    for number in range(rounds):
        server = world.start("--pokes", "off")
        peers.append(list_rate(world, token, seconds))
        world.notify_all(users, int(peak * (seconds + 3) / users) + 1, name=f"r{number}.")
        server.stop()
        gateway = world.gateway(port, "--count", "--rule", f"all: delay={delay}ms")
        server = world.start()
        time.sleep(1.5)
        before, began = received(gateway.log.read_text()), time.monotonic()
        ours.append(list_rate(world, token, seconds))
        delivered.append((received(gateway.log.read_text()) - before) / (time.monotonic() - began))
        server.stop_at_once()
        gateway.stop()
    median_ratio(f"lists: while {statistics.median(delivered):.0f} pokes/s are delivered (half of the peak: "
                 f"{peak / 2:.0f}), and alone", ours, peers, "lists/s")


MEASUREMENTS = {each.__name__: each for each in (throughput, intake, isolation, restart, lists)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help="the folder of pusherd and pusherd-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("what", nargs="*", choices=[*MEASUREMENTS, []], help="all if left out")
    arguments = parser.parse_args()
    for name in arguments.what or MEASUREMENTS:
        with tempfile.TemporaryDirectory() as folder:
            MEASUREMENTS[name](World(arguments.binaries, folder), arguments.rounds)


main()
