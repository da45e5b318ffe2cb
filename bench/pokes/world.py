"""A pusherd, push gateways that speak TLS, and many users with a pusher each: what the measurements of pokes share."""

import http.client
import json
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "compare"))
from servers import Certificate, free_port, memory_of  # noqa: E402

GATEWAY_PATH = "/_matrix/push/v1/notify"


class Process:
    """A program that says "listening on", and is stopped by SIGTERM."""

    def __init__(self, command, log):
        self.log = pathlib.Path(log)
        self.began = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([str(each) for each in command], stdout=out, stderr=subprocess.STDOUT)
        while b"listening on" not in self.log.read_bytes():
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.001)
        self.start_seconds = time.monotonic() - self.began

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return self.log.read_text()

    def stop_at_once(self):
        """Twice: what is under way is not waited for."""
        self.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def memory(self):
        """Private bytes: what is mapped from the database is the system's."""
        return memory_of([self.process.pid])[1]


class World:
    def __init__(self, binaries, folder):
        self.folder = pathlib.Path(folder)
        self.pusherd, self.bench = (pathlib.Path(binaries) / name for name in ("pusherd", "pusherd-bench"))
        self.certificate = Certificate(self.folder)
        self.data = self.folder / "data"
        self.port = free_port()
        self.numbers = 0

    def command(self, *words):
        return subprocess.run([str(each) for each in (self.pusherd, *words, "--data", self.data)], check=True,
                              capture_output=True, text=True).stdout.strip()

    def start(self, *more):
        self.numbers += 1
        return Process([self.pusherd, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
                        "--gateway-ca", self.certificate.chain, "--gateway-allow-range", "127.0.0.0/8",
                        "--gateway-allow-range", "::1", "--set-rate", "0", "--log-level", "error", *more],
                       self.folder / f"pusherd{self.numbers}.log")

    def gateway(self, port, *more):
        self.numbers += 1
        return Process([self.bench, "gateway", "--listen", f"127.0.0.1:{port}", "--tls-cert", self.certificate.chain,
                        "--tls-key", self.certificate.key, *more], self.folder / f"gateway{self.numbers}.log")

    @staticmethod
    def url(port):
        return f"https://127.0.0.1:{port}{GATEWAY_PATH}"

    def seed(self, users, ports):
        """Imports a pusher for each of so many users, at one gateway after the other; a token for a service."""
        example = {"app_id": "org.example.app", "pushkey": "key", "kind": "http", "app_display_name": "Example",
                   "device_display_name": "Phone", "lang": "en", "data": {"url": self.url(ports[0])}}
        token = self.command("token", "issue", "@template:localhost")
        server = self.start("--pokes", "off")
        self.call(token, "POST", "/_matrix/client/v3/pushers/set", example)
        server.stop()
        line = json.loads(self.command("export").splitlines()[0])
        self.command("user", "remove", "@template:localhost")
        lines = self.folder / "pushers"
        with open(lines, "w", encoding="utf-8") as out:
            for number in range(users):
                text = json.dumps(line).replace("@template:", f"@user{number}:").replace('"key"', f'"key{number}"')
                out.write(text.replace(self.url(ports[0]), self.url(ports[number % len(ports)])) + "\n")
        self.command("import", lines)
        self.service = self.command("token", "issue", "--service", "bench")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def call(self, token, method, path, body=None, connection=None):
        connection = connection or self.connect()
        connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body,
                           {"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text)

    @staticmethod
    def notifications(items):
        """What hands over (user number, event id) pairs."""
        return json.dumps({"notifications": [
            {"user_id": f"@user{user}:localhost",
             "notification": {"event_id": event, "room_id": "!room:localhost", "type": "m.room.message",
                              "sender": "@bob:localhost", "prio": "high", "counts": {"unread": 2},
                              "content": {"msgtype": "m.text", "body": "hello, how are you?"}}}
            for user, event in items]})

    def notify(self, items, connection=None):
        return self.call(self.service, "POST", "/_pusherd/v1/notify", self.notifications(items), connection)["queued"]

    def notify_all(self, users, each, batch=1000, name=""):
        """So many events for each user, user after user in a batch."""
        connection = self.connect()
        events = [(user, f"${name}{number}.{user}") for number in range(each) for user in range(users)]
        return sum(self.notify(events[first:first + batch], connection) for first in range(0, len(events), batch))
