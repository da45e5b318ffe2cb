"""Hostile clients and overload: what is left for the others meanwhile, what it costs, and what remains of it afterwards."""

import contextlib
import pathlib
import statistics
import subprocess
import threading
import time

from servers import memory_of

HOSTILE_CONNECTIONS = 10_000
CHURN_A_SECOND = 50_000 / 60
STORM_CONNECTIONS = 10_000
CALM_AFTER = 5  # seconds


class Watch:
    """The highest resident size of a server, and of the system's TCP buffers, in MB, while it is open."""

    def __init__(self, server):
        self.server, self.resident, self.buffers, self.done = server, 0, 0, threading.Event()
        self.thread = threading.Thread(target=self._look)

    def _look(self):
        while True:
            self.resident = max(self.resident, resident(self.server))
            self.buffers = max(self.buffers, tcp_buffers())
            if self.done.wait(0.1):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def resident(server):
    return memory_of(server.pids())[0] / 1e6


def tcp_buffers():
    """Of all sockets of the machine (proc(5), sockstat): pages."""
    line = next(each for each in pathlib.Path("/proc/net/sockstat").read_text().splitlines() if each.startswith("TCP:"))
    return int(line.split()[-1]) * 4096 / 1e6


@contextlib.contextmanager
def hostile(bench, server, tokens, kind, *arguments):
    """Hostile connections, all of them there."""
    command = bench.tool("hostile", "--url", server.url, "--tokens", tokens, "--kind", kind, "--duration", 600, *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout.readline() != "all are there\n":
                raise RuntimeError(f"{kind}: the hostile connections could not be made")
            wait_until_full()
            yield
        finally:
            process.kill()


def wait_until_full():
    """Until those who do not read what they have asked for can be given no more of it."""
    before, now = -1, tcp_buffers()
    while now > before * 1.01:
        time.sleep(0.5)
        before, now = now, tcp_buffers()


def wait_until_calm(server, others=2):
    """Until the server has let go of the connections that were there."""
    def connections():
        return sum(len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())) for pid in server.pids())
    end = time.monotonic() + 60
    while connections() > 100 + others and time.monotonic() < end:
        time.sleep(0.1)


def compare_hostile(bench):
    data = bench.seed(1_000)
    tokens = data / "tokens.tsv"
    for kind in ("slow-head", "byte-a-second", "slow-body", "never-read", "churn"):
        with bench.pusherd(data) as server:
            compare_one_kind(bench, server, tokens, kind)


def compare_one_kind(bench, server, tokens, kind):
    def lists():
        return bench.load(server, tokens)["all"]["per_second"]

    is_churn = kind == "churn"
    arguments = ["--connect-rate", CHURN_A_SECOND] if is_churn else ["--connections", HOSTILE_CONNECTIONS]
    what = "50,000 connections a minute" if is_churn else f"{HOSTILE_CONNECTIONS:,} {kind}"
    before = resident(server)
    most, buffers, after = [], [], []

    def disturbed():
        with hostile(bench, server, tokens, kind, *arguments), Watch(server) as watch:
            measured = lists()
        most.append(watch.resident)
        buffers.append(watch.buffers)
        wait_until_calm(server)
        time.sleep(CALM_AFTER)
        after.append(resident(server))
        return measured

    lists()  # so that both find it warm
    bench.compare(f"list beside {what}", "requests/s", [("pusherd", disturbed), ("undisturbed", lists)],
                  {"undisturbed": 0.9}, lambda measure: measure())
    bench.add_figure(f"resident beside {what} (before: {before:.1f} MB; TCP buffers of the machine: "
                     f"{max(buffers):.0f} MB)", "MB", most, 1000)
    bench.add_figure(f"resident {CALM_AFTER} s after {what}", "MB", after, before + 16)


def compare_overload(bench):
    data = bench.seed(100_000)
    tokens = data / "tokens.tsv"
    with bench.pusherd(data) as server:
        overload(bench, server, tokens, "set", ["--connections", STORM_CONNECTIONS], warm_up=5)  # to make them all
    # Lists are not refused: what is too much waits with the client. So every request that was due counts.
    with bench.pusherd(data) as server:
        overload(bench, server, tokens, "list", ["--connections", 512], warm_up=0)


def overload(bench, server, tokens, kind, storming, warm_up):
    """An open loop at twice the peak of 512 connections."""
    mix = ["--mix", f"{kind}=1"]

    def peak():
        return bench.load(server, tokens, *mix, "--connections", 512)["all"]["per_second"]

    peak()
    before = resident(server)
    peaks = [peak() for _ in range(3)]
    rate = 2 * statistics.median(peaks)
    storms, afterwards, most, calm = [], [], [], []

    def storm():
        with Watch(server) as watch:
            storms.append(bench.load(server, tokens, *mix, *storming, "--rate", rate, "--refusals-are-fine",
                                     seconds=max(5, bench.seconds), warm_up=warm_up))
        most.append(watch.resident)
        wait_until_calm(server)
        time.sleep(CALM_AFTER)
        calm.append(resident(server))
        afterwards.append(peak())
        return storms[-1]["all"]["per_second"]

    bench.compare(f"{kind}s carried out at twice the peak, {rate:.0f}/s, open loop", f"{kind}s/s",
                  [("pusherd", storm), ("peak", peak)], {"peak": 0.8}, lambda measure: measure())
    if kind == "set":
        bench.add_figure("p99 of a set that is carried out at twice the peak", "ms",
                         [each["all"]["p99_ms"] for each in storms], 1000)
        bench.add_figure("p99 of a set that is refused at twice the peak", "ms",
                         [each["refused"]["p99_ms"] for each in storms], 1000)
    peaks = bench.rows[-1 if kind == "list" else -3].samples["peak"]
    bench.compare_samples(f"{kind}s {CALM_AFTER} s after the storm", f"{kind}s/s", {"pusherd": afterwards, "before": peaks}, {"before": 0.9})
    bench.add_figure(f"resident while {kind}s storm (before: {before:.1f} MB)", "MB", most, 1000)
    bench.add_figure(f"resident {CALM_AFTER} s after {kind}s have stormed", "MB", calm, before + 16)
