"""The servers that are compared: each is started on its core, says which processes it is, and is stopped."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

SERVER_CORE = 0
LOAD_CORE = 1


def pinned(core, command):
    """The command, on one core alone."""
    return ["taskset", "--cpu-list", str(core), *map(str, command)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    """A process and all that it has started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += descendants(int(child))
    return found


def memory_of(pids):
    """Resident and private (anonymous) bytes of processes together."""
    total = {"VmRSS": 0, "RssAnon": 0}
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in total:
                total[name] += int(rest.split()[0]) * 1024
    return total["VmRSS"], total["RssAnon"]


class Certificate:
    """A certificate on P-256 and its key, good for the day."""

    def __init__(self, folder):
        self.chain, self.key = pathlib.Path(folder) / "chain.pem", pathlib.Path(folder) / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
                        "-keyout", self.key, "-out", self.chain],
                       check=True, stderr=subprocess.DEVNULL)
        self.key.chmod(0o600)


class Server:
    """A server process on SERVER_CORE, listening on a free port of 127.0.0.1; with a certificate, it speaks TLS there."""

    name = ""

    def __init__(self, folder, certificate=None):
        self.folder = pathlib.Path(folder)
        self.certificate = certificate
        self.port = free_port()
        self.process = None

    def command(self):
        raise NotImplementedError

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"{self.name}.log", "wb") as log:
            self.process = subprocess.Popen(pinned(SERVER_CORE, self.command()), stdout=log, stderr=log)
        self._wait_until_it_listens()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def pids(self):
        return descendants(self.process.pid)

    def _wait_until_it_listens(self, patience=180):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} has ended: see {self.folder}/{self.name}.log")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen")


class Pusherd(Server):
    name = "pusherd"

    def __init__(self, folder, binary, data, certificate=None):
        super().__init__(folder, certificate)
        self.binary, self.data = binary, data

    def command(self):
        tls = ["--tls-cert", self.certificate.chain, "--tls-key", self.certificate.key] if self.certificate else []
        return [self.binary, "serve", "--data", self.data, "--listen", f"{'tls:' if tls else ''}127.0.0.1:{self.port}",
                *tls, "--threads", "1", "--set-rate", "0", "--max-connections", "20000", "--log-level", "warning"]


class Nginx(Server):
    """One worker that returns the bytes of a list, its header fields included, whoever asks: no token, no database."""

    name = "nginx"

    def __init__(self, folder, body, certificate=None):
        super().__init__(folder, certificate)
        self.body = body

    def command(self):
        quoted = self.body.replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
        tls = f"""
        ssl_certificate {self.certificate.chain}; ssl_certificate_key {self.certificate.key};
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1;""" if self.certificate else ""
        (self.folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx-error.log;
worker_rlimit_nofile 32768;
events {{ worker_connections 16384; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; default_type application/json;
    client_body_temp_path {self.folder}/nginx-body; proxy_temp_path {self.folder}/nginx-proxy;
    fastcgi_temp_path {self.folder}/nginx-fastcgi; uwsgi_temp_path {self.folder}/nginx-uwsgi;
    scgi_temp_path {self.folder}/nginx-scgi;
    geo $dollar {{ default "$"; }}
    server {{
        listen 127.0.0.1:{self.port} {"ssl" if tls else ""} backlog=4096;{tls}
        add_header Cache-Control no-store;
        add_header Access-Control-Allow-Origin *;
        add_header Access-Control-Allow-Methods "GET, POST, PUT, DELETE, OPTIONS";
        add_header Access-Control-Allow-Headers "X-Requested-With, Content-Type, Authorization";
        location / {{ return 200 '{quoted}'; }}
    }}
}}
""")
        return ["nginx", "-c", self.folder / "nginx.conf", "-p", self.folder, "-e", self.folder / "nginx-error.log"]


class Fastify(Server):
    name = "fastify"

    def __init__(self, folder, program, dump):
        super().__init__(folder)
        self.program, self.dump = program, dump

    def command(self):
        data = self.folder / "fastify-data"
        data.mkdir(exist_ok=True)
        return ["node", self.program, data, self.dump, self.port]


class Postgres:
    """PostgreSQL with the same pushers in a table; pgbench sets them, straight through its protocol."""

    name = "postgresql"
    most_connections = 64  # each is a process: more of them make it slower, and a pooler would stand in front

    def __init__(self, script, users):
        self.script, self.users = script, users
        self.binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.port = free_port()

    def __enter__(self):
        # It refuses to run as root.
        self.user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        # Its user must reach its folder, which the checkout may lie too deep for; not /tmp, which may be in memory.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pusherd-bench-", dir="/var/tmp"))
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.data = self.folder / "data"
        subprocess.run([*self.user, self.binaries / "initdb", "--pgdata", self.data, "--auth", "trust", "--username", "bench"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.process = subprocess.Popen(
            [*pinned(SERVER_CORE, [*self.user, self.binaries / "postgres", "-D", self.data, "-p", self.port, "-h", "127.0.0.1",
                                   "-k", self.folder, "-c", "max_connections=100",
                                   "-c", "shared_buffers=512MB"])],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self._wait_until_ready()
        self._load()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _psql(self, *arguments, **more):
        subprocess.run([self.binaries / "psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", "-d", "postgres",
                        "-v", "ON_ERROR_STOP=1", *arguments], check=True, **more)

    def _wait_until_ready(self):
        for _ in range(600):
            if subprocess.run([self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("postgresql does not start")

    def _load(self):
        self._psql("-c", "CREATE TABLE pushers (id bigserial, user_id text, app_id text, pushkey text, body jsonb NOT NULL,"
                         " PRIMARY KEY (user_id, app_id, pushkey))",
                   "-c", "INSERT INTO pushers (user_id, app_id, pushkey, body)"
                         " SELECT '@bench' || lpad(number::text, 8, '0') || ':localhost', 'org.example.bench', "
                         " 'APA91bHPRgkF3JUikC4EN-bench-pushkey-' || which || '-' || lpad(number::text, 8, '0'),"
                         " jsonb_build_object('kind', 'http', 'app_display_name', 'Bench', 'device_display_name', 'Device', 'lang',"
                         " 'en', 'data', '{\"url\":\"https://push.example.org/_matrix/push/v1/notify\"}'::jsonb)"
                         f" FROM generate_series(0, {self.users - 1}) AS number, generate_series(0, 1) AS which",
                   "-c", "CREATE INDEX holders ON pushers (app_id, pushkey)", "-c", "VACUUM ANALYZE")

    def sets_per_second(self, connections, seconds):
        done = subprocess.run(
            [*pinned(LOAD_CORE, [self.binaries / "pgbench", "-n", "-h", "127.0.0.1", "-p", self.port, "-U", "bench", "-M", "prepared",
                                 "-c", min(connections, self.most_connections), "-j", 1, "-T", max(2, round(seconds)), "-D", f"users={self.users}",
                                 "-f", self.script, "postgres"])], check=True, capture_output=True, text=True, cwd="/")
        line = next(each for each in done.stdout.splitlines() if each.startswith("tps = "))
        return float(line.split()[2])


def body_of(url, token):
    """A list, as its bytes."""
    request = urllib.request.Request(url + "/_matrix/client/v3/pushers", headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()
