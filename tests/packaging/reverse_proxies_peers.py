#!/usr/bin/env python3
"""What reverse_proxies.sh needs beside curl: a homeserver's stand-in, a keeper of a socket as systemd is one, and
clients that hold their connections. Every command talks to 127.0.0.1 alone.

    homeserver PORT                        answers whatever is asked with the request's target, as it came; refuses
                                           tokens, saying for whom they were forwarded
    breaking PORT FILE                     breaks each connection at its second request; the file tells what has come
    keeper PORT COMMAND...                 listens, and hands the socket to the command; SIGHUP: starts it anew
    target PORT TARGET [METHOD]            a request with this target, to the letter; prints status and body
    slow-body PORT TOKEN SECONDS           a set whose body does not come; prints what comes of it
    kept PORT TOKEN REQUESTS               so many requests on one connection; prints what became of them
    storm PORT TOKEN SECONDS CLIENTS FILE  lists and sets in turn, each client on a connection that it keeps; the same,
                                           and makes the file once all are at it
    idle PORT TOKEN SERVER_PORT ROUNDS     sets at the very moment at which the server closes idle connections; the same
"""
import collections
import http.client
import http.server
import json
import os
import select
import signal
import socket
import ssl
import sys
import threading
import time

PREFIX = "/_matrix/client/v3/pushers"


def body_of_a_set(pushkey):
    return json.dumps({"kind": "http", "app_id": "org.example.app", "pushkey": pushkey, "app_display_name": "App",
                       "device_display_name": "Phone", "lang": "en",
                       "data": {"url": "https://push.example.org/_matrix/push/v1/notify"}})


def connect(port):
    """To the proxy, which has a certificate of the test's own, and a name."""
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["http/1.1"])
    connection = http.client.HTTPSConnection("localhost", int(port), timeout=60, context=context)
    connection._create_connection = lambda _, *more: socket.create_connection(("127.0.0.1", int(port)), *more)
    return connection


# --- servers ---------------------------------------------------------------------------------------------------------

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = ("homeserver " + self.command + " " + self.path).encode("latin-1")
        if self.path.startswith("/_matrix/client/v3/account/whoami"):
            asked_for = "forwarded for " + self.headers.get("X-Forwarded-For", "nobody")
            body = json.dumps({"errcode": "M_FORBIDDEN", "error": asked_for}).encode()
            self.send_response(403)
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Homeserver(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a proxy that is stopped leaves its connections


def homeserver(port):
    Homeserver(("127.0.0.1", int(port)), Echo).serve_forever()


class Breaking(http.server.BaseHTTPRequestHandler):
    """Answers the first request of a connection, and breaks the connection at the second."""
    protocol_version = "HTTP/1.1"
    seen = None

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with open(self.seen, "a") as seen:
            print(self.command, file=seen)
        self.close_connection = hasattr(self, "is_second")
        if not self.close_connection:
            self.is_second = True
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def breaking(port, seen):
    Breaking.seen = seen
    Homeserver(("127.0.0.1", int(port)), Breaking).serve_forever()


def keeper(port, *command):
    """Ends with the status of the command, which SIGTERM stops."""
    listener = socket.create_server(("127.0.0.1", int(port)), backlog=4096)
    wanted = collections.deque()
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda seen, _: wanted.append(seen))

    def hand_over():  # sd_listen_fds(3)
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_FDNAMES="http", LISTEN_PID=str(os.getpid()))
        os.execv(command[0], command)

    def start():
        child = os.fork()
        if child == 0:
            hand_over()
        return child

    child = start()
    while True:
        while not wanted:
            time.sleep(0.05)
        os.kill(child, signal.SIGTERM)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != 0 or wanted.popleft() == signal.SIGTERM:
            sys.exit(status)
        child = start()


# --- clients ---------------------------------------------------------------------------------------------------------

def target(port, wanted, method="GET"):
    connection = connect(port)
    connection.connect()
    connection.sock.sendall(f"{method} {wanted} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection.sock, method=method)
    answer.begin()
    print(answer.status, answer.read().decode("latin-1"))


def slow_body(port, token, seconds):
    connection = connect(port)
    connection.timeout = float(seconds)
    connection.putrequest("POST", PREFIX + "/set")
    connection.putheader("Authorization", "Bearer " + token)
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"{")
    try:
        answer = connection.getresponse()
        print(answer.status, answer.read().decode())
    except OSError as failure:
        print("nothing" if isinstance(failure, TimeoutError) else "closed")


def has_ended(connection):
    ends = select.poll()
    ends.register(connection, select.POLLRDHUP)
    return bool(ends.poll(0))


class Client:
    """Counts what becomes of its requests: a status, or how the connection ended. `closed` is an end without an answer
    of a connection that had answered before: a client sends such a request again (RFC 9110, 9.2.2), if it may."""

    def __init__(self, port, token, seen):
        self.port, self.token, self.seen = port, token, seen
        self.connection, self.is_fresh = None, True

    def ask(self, method, path, body=None):
        self.send(method, path, body)
        self.receive(method)

    def send(self, method, path, body=None):
        # One that the proxy has closed meanwhile is not used again, as by any client.
        if self.connection is not None and has_ended(self.connection.sock):
            self.connection.close()
            self.connection = None
        if self.connection is None:
            self.connection, self.is_fresh = connect(self.port), True
        try:
            self.connection.request(method, path, body, {"Authorization": "Bearer " + self.token})
        except OSError:
            pass  # receive() tells

    def receive(self, method):
        try:
            answer = self.connection.getresponse()
            answer.read()
            self.seen[f"{method} {answer.status}"] += 1
            self.is_fresh = False
            if answer.will_close:
                self.connection.close()
                self.connection = None
        except (OSError, http.client.HTTPException) as failure:
            self.seen[f"{method} {type(failure).__name__}" if self.is_fresh else f"{method} closed"] += 1
            self.connection.close()
            self.connection = None


def show(seen):
    print(" ".join(f"{what}:{times}" for what, times in sorted(
        (key.replace(" ", "_"), count) for key, count in seen.items())))


def kept(port, token, requests):
    seen = collections.Counter()
    client = Client(port, token, seen)
    for number in range(int(requests)):
        if number % 2:
            client.ask("POST", PREFIX + "/set", body_of_a_set(f"key-{number % 3}"))
        else:
            client.ask("GET", PREFIX)
    show(seen)


def storm(port, token, seconds, clients, begun):
    seen = [collections.Counter() for _ in range(int(clients))]
    over = threading.Event()

    def one(mine, number):
        client = Client(port, token, mine)
        while not over.is_set():
            client.ask("GET", PREFIX)
            client.ask("POST", PREFIX + "/set", body_of_a_set(f"storm-{number}"))

    threads = [threading.Thread(target=one, args=(mine, i)) for i, mine in enumerate(seen)]
    for thread in threads:
        thread.start()
    while not all(seen):
        time.sleep(0.01)
    open(begun, "w").close()
    time.sleep(float(seconds))
    over.set()
    for thread in threads:
        thread.join()
    show(sum(seen, collections.Counter()))


def idle(port, token, server_port, rounds):
    """The server, on one thread, closes in one go what has been idle for long enough, the eldest first. A connection of
    our own tells when that begins, and a thousand behind it make it last until the proxy's turn comes."""
    seen = collections.Counter()
    clients = [Client(port, token, seen) for _ in range(32)]
    sets = [body_of_a_set(f"idle-{number}") for number in range(len(clients))]

    for _ in range(int(rounds)):
        own = [socket.create_connection(("127.0.0.1", int(server_port))) for _ in range(1000)]
        send_all(clients, sets)  # so that the proxy has as many connections to the server,
        receive_all(clients)     # which fall idle now
        own[0].recv(1)           # its end
        send_all(clients, sets)
        receive_all(clients)
        for each in own:
            each.close()
    show(seen)


def send_all(clients, sets):
    for client, body in zip(clients, sets):
        client.send("POST", PREFIX + "/set", body)


def receive_all(clients):
    for client in clients:
        client.receive("POST")


COMMANDS = {each.__name__.replace("_", "-"): each
            for each in (homeserver, breaking, keeper, target, slow_body, kept, storm, idle)}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
