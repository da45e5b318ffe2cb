#!/usr/bin/env python3
"""pusherd beside its peers, on this machine: ./dev bench

Each server runs alone on one core while it is measured, the load tool on another. The rounds of a row are interleaved
(pusherd, nginx, fastify, pusherd, …), because a shared machine drifts: what counts is the ratio of the medians.
"""

import argparse
import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import time

from report import Row, replace_rows, write_markdown
from servers import LOAD_CORE, Certificate, Fastify, Nginx, Postgres, Pusherd, body_of, memory_of, pinned
from storms import compare_hostile, compare_overload


class Bench:
    """The tools, the data and the servers of one comparison."""

    def __init__(self, options):
        self.options = options
        self.binaries = pathlib.Path(options.binaries)
        self.work = pathlib.Path(options.work)
        self.rounds = options.rounds or (3 if options.quick else 5)
        self.seconds = options.seconds or (0.3 if options.quick else 3)
        self.warm_up = 0.2 if options.quick else 0.5
        self.rows = []
        self.seeded = {}

    # --- tools --------------------------------------------------------------------------------------------------------

    def tool(self, *arguments):
        return pinned(LOAD_CORE, [self.binaries / "pusherd-bench", *arguments])

    def load(self, server, tokens, *arguments, seconds=None, warm_up=None):
        """A run of the load tool; its result as an object."""
        result = self.work / "run.json"
        done = subprocess.run(self.tool("run", "--url", server.url, "--tokens", tokens, "--json", result, "--busy-poll", "--warm-up", self.warm_up if warm_up is None else warm_up,
                                        "--duration", seconds or self.seconds,
                                        *(part for pid in server.pids() for part in ("--server-pid", pid)), *arguments),
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"wrong answers from {server.name}:\n{done.stdout}{done.stderr}")
        return json.loads(result.read_text())

    def seed(self, users, pushers=2):
        """A database of so many users; made once."""
        if (users, pushers) not in self.seeded:
            folder = self.work / f"users-{users}-{pushers}"
            dump = ["--dump", folder.with_suffix(".ndjson")] if users <= 200_000 else []
            began = time.monotonic()
            subprocess.run(self.tool("seed", "--data", folder, "--users", users, "--pushers", pushers, *dump), check=True)
            say(f"seeded {users:,} users with {pushers} pushers each in {time.monotonic() - began:.1f} s")
            self.seeded[users, pushers] = folder
        return self.seeded[users, pushers]

    # --- servers ------------------------------------------------------------------------------------------------------

    def pusherd(self, data, certificate=None):
        return Pusherd(self.work, self.binaries / "pusherd", data, certificate)

    def nginx(self, data, certificate=None):
        """Serves the list of that database's first user."""
        token = (data / "tokens.tsv").open(encoding="utf-8").readline().split("\t")[0]
        with self.pusherd(data) as server:
            return Nginx(self.work, body_of(server.url, token), certificate)

    def fastify(self, data):
        program = self.work / "fastify" / "server.mjs"
        return Fastify(self.work / data.name, program, data.with_suffix(".ndjson")) if program.exists() else None

    # --- rows ---------------------------------------------------------------------------------------------------------

    def compare(self, what, unit, contenders, goals, measure, better=max):
        """Measures each contender once a round, and adds the row."""
        samples = {name: [] for name, _ in contenders}
        for _ in range(self.rounds):
            for name, subject in contenders:
                samples[name].append(measure(subject))
        self.compare_samples(what, unit, samples, goals, better)

    def compare_samples(self, what, unit, samples, goals, better=max):
        """Adds a row of what has been measured already."""
        self.rows.append(Row(what, unit, samples, goals, better))
        say(self.rows[-1].to_line())

    def add_figure(self, what, unit, values, limit):
        """A figure of pusherd alone, with its limit."""
        self.rows.append(Row(what, unit, {"pusherd": values}, {"limit": limit}, min))
        say(self.rows[-1].to_line())


def say(text):
    print(text, flush=True)


def running(stack, servers):
    """Those that are to be had, started."""
    return [(server.name, stack.enter_context(server)) for server in servers if server is not None]


def per_second(bench, tokens, *arguments):
    return lambda server: bench.load(server, tokens, *arguments)["all"]["per_second"]


def compare_lists(bench):
    with contextlib.ExitStack() as stack:
        data = bench.seed(1_000)
        tokens = data / "tokens.tsv"
        servers = running(stack, [bench.pusherd(data), bench.nginx(data), bench.fastify(data)])
        bench.compare("list, 1,000 hot users, 64 connections", "requests/s", servers, {"nginx": 1.0, "fastify": 4.5},
                      per_second(bench, tokens))
        bench.compare("list, 16 in flight a connection", "requests/s", servers[:2], {"nginx": 2.5},
                      per_second(bench, tokens, "--in-flight", 16))
        compare_latency(bench, tokens, servers[:2])
        bench.compare("a connection a request, server CPU", "µs", servers[:2], {"nginx": 1.15},
                      lambda server: bench.load(server, tokens, "--no-keep-alive")["server_cpu_us_per_request"], min)
        pusherd = servers[0][1]
        lists = [bench.load(pusherd, tokens)["all"]["per_second"] for _ in range(bench.rounds)]
        bench.compare("sets that change nothing", "requests/s", [("pusherd", pusherd), ("list", None)], {"list": 0.7},
                      lambda server: lists.pop() if server is None else
                      bench.load(server, tokens, "--mix", "unchanged=1")["all"]["per_second"])


def compare_latency(bench, tokens, servers):
    peak = min(bench.load(server, tokens)["all"]["per_second"] for _, server in servers)
    bench.compare(f"p99 of a list at {peak / 2:.0f}/s, half the peak, open loop", "ms", servers, {"nginx": 1.2},
                  lambda server: bench.load(server, tokens, "--rate", peak / 2)["all"]["p99_ms"], min)


def compare_tls(bench):
    """Both with the same certificate, on P-256. A handshake costs its client more than its server, so what the server spends
    is what can be told apart."""
    if shutil.which("openssl") is None:
        return say("openssl is not to be had: TLS is not compared")
    with contextlib.ExitStack() as stack:
        data = bench.seed(1_000)
        tokens = data / "tokens.tsv"
        certificate = Certificate(bench.work)
        servers = running(stack, [bench.pusherd(data, certificate), bench.nginx(data, certificate)])
        bench.compare("list over TLS, 64 connections", "requests/s", servers, {"nginx": 1.0}, per_second(bench, tokens))
        bench.compare("list over TLS, server CPU", "µs", servers, {"nginx": 1.0},
                      lambda server: bench.load(server, tokens)["server_cpu_us_per_request"], min)
        bench.compare("a TLS handshake and a list, server CPU", "µs", servers, {"nginx": 1.0},
                      lambda server: bench.load(server, tokens, "--no-keep-alive")["server_cpu_us_per_request"], min)
        bench.compare("TLS handshakes, each with a list", "connections/s", servers, {"nginx": 1.0},
                      per_second(bench, tokens, "--no-keep-alive"))


def compare_many_users(bench):
    with contextlib.ExitStack() as stack:
        data = bench.seed(100_000)
        tokens = data / "tokens.tsv"
        servers = running(stack, [bench.pusherd(data), bench.nginx(data), bench.fastify(data)])
        bench.compare("list, 100,000 users at random", "requests/s", servers, {"nginx": 0.9, "fastify": 4.0},
                      per_second(bench, tokens))
        bench.compare("90 % lists, 10 % durable sets", "requests/s",
                      servers, {"nginx": 0.45, "fastify": 3.5}, lambda server: mixed(bench, server, tokens))
        postgres = None if shutil.which("psql") is None else stack.enter_context(
            Postgres(pathlib.Path(__file__).with_name("set.pgbench"), 100_000))
        for connections, goals in ((64, {"fastify": 1.4, "postgresql": 2.0}), (512, {"fastify": 2.5, "postgresql": 3.0})):
            contenders = [servers[0], *servers[2:]] + ([("postgresql", postgres)] if postgres else [])
            bench.compare(f"durable sets, {connections} connections", "sets/s", contenders, goals,
                          lambda server, n=connections: server.sets_per_second(n, bench.seconds) if server is postgres else
                          bench.load(server, tokens, "--mix", "set=1", "--connections", n)["all"]["per_second"])


def mixed(bench, server, tokens):
    mix = "list=1" if server.name == "nginx" else "list=90,set=10"
    return bench.load(server, tokens, "--mix", mix)["all"]["per_second"]


def compare_growth(bench):
    """CPU a list with 25 times as many pushers, warm."""
    small, large = (10_000, 250_000) if bench.options.quick else (100_000, 2_500_000)
    with contextlib.ExitStack() as stack:
        servers = [(f"{2 * users:,} pushers", (stack.enter_context(bench.pusherd(bench.seed(users))), bench.seed(users) / "tokens.tsv"))
                   for users in (large, small)]
        for _, (server, tokens) in servers:
            bench.load(server, tokens, seconds=1 if bench.options.quick else 20)  # every page into the server's memory
        bench.compare(f"CPU a list at {2 * large:,} pushers", "µs", servers, {servers[1][0]: 1.5},
                      lambda subject: bench.load(*subject)["server_cpu_us_per_request"], min)


def measure_memory(bench):
    data = bench.seed(1_000)
    tokens = data / "tokens.tsv"
    with bench.pusherd(data) as server:
        time.sleep(1)
        resident, private = memory_of(server.pids())
        bench.add_figure("resident while idle, one thread", "MB", [resident / 1e6], 9)
        bench.add_figure("private while idle, one thread", "MB", [private / 1e6], 1.5)
        bench.load(server, tokens)
        _, before = memory_of(server.pids())
        count = 10_000
        with subprocess.Popen(bench.tool("run", "--url", server.url, "--tokens", tokens, "--connections", 1, "--rate", 1,
                                         "--idle-connections", count, "--duration", 6), stdout=subprocess.DEVNULL) as idle:
            time.sleep(4)
            _, after = memory_of(server.pids())
            bench.add_figure("memory of one of 10,000 idle connections", "bytes", [(after - before) / count], 1024)
            idle.wait()
        bench.compare("list beside 10,000 idle connections", "requests/s",
                      [("pusherd", ["--idle-connections", count]), ("none idle", [])], {"none idle": 0.95},
                      lambda arguments: bench.load(server, tokens, *arguments)["all"]["per_second"])


def measure_start(bench):
    large = 100_000 if bench.options.quick else 1_000_000
    for what, data, limit in (("an empty database", bench.work / "empty", 8),
                              (f"{large:,} users", bench.seed(large, 1), 12)):
        server = bench.pusherd(data)
        times = []
        for _ in range(2 * bench.rounds + 1):
            # Not pinned: to start taskset would take a part of it.
            done = subprocess.run([bench.binaries / "pusherd-bench", "start", "--url", server.url, "--", *map(str, server.command())],
                                  check=True, capture_output=True, text=True)
            times.append(float(done.stdout.split()[0]))
        bench.add_figure(f"start to first 200 on {what}", "ms", times[1:], limit)


def measure_size(bench):
    stripped = bench.work / "pusherd-stripped"
    subprocess.run(["strip", "-o", stripped, bench.binaries / "pusherd"], check=True)
    bench.add_figure("stripped binary", "MB", [stripped.stat().st_size / 1e6], 2.5)


def compare_load_tools(bench):
    """pusherd-bench and wrk on the same nginx: the load tool must not be the bottleneck."""
    if shutil.which("wrk") is None:
        return say("wrk is not to be had: the load tool is not compared with it")
    data = bench.seed(1_000)
    with bench.nginx(data) as server:
        def wrk(_):
            done = subprocess.run(pinned(LOAD_CORE, ["wrk", "-t1", "-c64", f"-d{max(1, round(bench.seconds))}s",
                                                     server.url + "/_matrix/client/v3/pushers"]), check=True, capture_output=True, text=True)
            line = next(each for each in done.stdout.splitlines() if each.startswith("Requests/sec"))
            return float(line.split()[1])
        bench.compare("pusherd-bench against nginx", "requests/s", [("pusherd-bench", server), ("wrk", None)], {"wrk": 1.1},
                      lambda subject: wrk(None) if subject is None else bench.load(subject, data / "tokens.tsv")["all"]["per_second"])


PARTS = {"lists": compare_lists, "tls": compare_tls, "many": compare_many_users, "growth": compare_growth, "memory": measure_memory,
         "start": measure_start, "size": measure_size, "tool": compare_load_tools, "hostile": compare_hostile,
         "overload": compare_overload}

SLOW_PARTS = {"hostile", "overload"}  # connections by the thousand, and waits until the server is calm again: not with --quick


def carry_out(bench, name):
    """A part. What fails in one is no reason to lose the others."""
    try:
        PARTS[name](bench)
        return True
    except Exception as failure:  # pylint: disable=broad-except
        say(f"FAILED {name}: {failure}")
        return False


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds of a third of a second, and smaller databases: two minutes")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part, whose rows replace those of the table; repeatable")
    parser.add_argument("--rounds", type=int, help="rounds a row (5)")
    parser.add_argument("--seconds", type=float, help="seconds a measurement (3)")
    parser.add_argument("--binaries", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--markdown", help=argparse.SUPPRESS)
    bench = Bench(parser.parse_args())
    options = bench.options
    chosen = options.only or (PARTS.keys() - SLOW_PARTS if options.quick else PARTS)
    failures = sum(not carry_out(bench, name) for name in PARTS if name in chosen)
    if options.markdown and not (options.quick or options.rounds or options.seconds):
        if options.only is None and not failures:
            write_markdown(options.markdown, bench.rows, bench.rounds, bench.seconds)
        elif bench.rows:
            replace_rows(options.markdown, bench.rows)
        say(f"written to {options.markdown}")
    return 0 if not failures and all(row.holds() for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
