"""The module for Synapse that docs/operations.md shows, as it stands there, in front of a real pusherd. What it uses of
Synapse is stood in for: callbacks, an HTTP client that raises for what is no 2xx, tasks in the background, a sleep that
does not sleep.
    synapse_module_test.py ROOT PUSHERD"""

import asyncio
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types
import unittest
import urllib.error
import urllib.request

ROOT, PUSHERD = pathlib.Path(sys.argv[1]), sys.argv[2]
LIST = "/_matrix/client/v3/pushers"
ENVIRONMENT = {**os.environ, "PUSHERD_CONFIG": "/dev/null"}


def module_of_the_docs() -> types.ModuleType:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    synapse, api = types.ModuleType("synapse"), types.ModuleType("synapse.module_api")
    api.ModuleApi = object
    api.run_in_background = lambda function, *arguments: asyncio.ensure_future(function(*arguments))
    sys.modules.update({"synapse": synapse, "synapse.module_api": api})
    module = types.ModuleType("pusherd_sessions")
    exec(compile(code, "pusherd_sessions.py", "exec"), module.__dict__)
    return module


class HttpClient:
    async def post_json_get_json(self, uri, post_json, headers=None):
        fields = {name.decode(): b", ".join(values).decode() for name, values in headers.items()}
        request = urllib.request.Request(uri, json.dumps(post_json).encode(), fields)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


class ModuleApi:
    """What a module is given; `before_retry` is called whenever it would sleep."""

    def __init__(self):
        self.http_client = HttpClient()
        self.slept = []
        self.before_retry = lambda: None

    def register_password_auth_provider_callbacks(self, *, on_logged_out):
        self.on_logged_out = on_logged_out

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.before_retry()


class Server:
    def __init__(self, data: str):
        self.data, self.port, self.process = data, 0, None

    def run(self, *arguments: str) -> str:
        command = [PUSHERD, *arguments, "--data", self.data]
        return subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()

    def start(self) -> None:
        command = [PUSHERD, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        raise RuntimeError("pusherd did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)

    def ask(self, token: str, path: str = LIST, body: dict | None = None) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         None if body is None else json.dumps(body).encode(),
                                         {"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


def pusher(pushkey: str) -> dict:
    return {"kind": "http", "app_id": "org.example.app", "pushkey": pushkey, "app_display_name": "App", "lang": "en",
            "device_display_name": "Phone", "data": {"url": "https://push.example.org/_matrix/push/v1/notify"}}


class Logouts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(folder.name + "/data")
        self.phone = self.issue("--device", "PHONE")
        self.web = self.issue("--device", "WEB")
        self.nowhere, self.nowhere_too = self.issue(), self.issue()
        service = self.server.run("token", "issue", "--service", "homeserver")
        self.server.start()
        self.addCleanup(self.server.stop)
        for token in (self.phone, self.web):
            self.assertEqual(self.server.ask(token, LIST + "/set", pusher(token[-8:]))[0], 200)
        self.api = ModuleApi()
        url = f"http://127.0.0.1:{self.server.port}/_pusherd/v1/sessions/end"
        MODULE.PusherdSessions({"url": url, "token": service}, self.api)

    def issue(self, *more: str) -> str:
        return self.server.run("token", "issue", "@alice:example.org", *more)

    def log_out(self, device: str | None, token: str) -> None:
        async def all_of_it():
            await self.api.on_logged_out("@alice:example.org", device, token)
            self.assertEqual(self.api.slept, [], "a logout waits for pusherd")
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

        asyncio.run(all_of_it())

    def statuses(self) -> list[int]:
        return [self.server.ask(token)[0] for token in (self.phone, self.web, self.nowhere, self.nowhere_too)]

    def test_a_device_goes_with_its_pushers(self):
        self.log_out("PHONE", "a homeserver's own token")
        self.assertEqual(self.statuses(), [401, 200, 200, 200])
        pushers = json.loads(self.server.ask(self.web)[1])["pushers"]
        self.assertEqual([each["pushkey"] for each in pushers], [self.web[-8:]])

    def test_a_token_without_a_device_goes_alone(self):
        self.log_out(None, self.nowhere)
        self.assertEqual(self.statuses(), [200, 200, 401, 200])

    def test_it_tries_again_until_pusherd_is_there(self):
        self.server.stop()
        self.api.before_retry = lambda: self.server.start() if len(self.api.slept) == 3 else None
        with self.assertLogs("pusherd_sessions", "WARNING") as told:
            self.log_out("PHONE", "a homeserver's own token")
        self.assertEqual(self.api.slept, [1, 2, 4])
        self.assertEqual(len(told.records), 3)
        self.assertEqual(self.statuses(), [401, 200, 200, 200])

    def test_it_gives_up_after_minutes_and_says_so(self):
        self.server.stop()
        with self.assertLogs("pusherd_sessions", "ERROR") as told:
            self.log_out("PHONE", "a-token-that-no-log-may-show")
        self.assertEqual(sum(self.api.slept), 255)
        self.assertIn("@alice:example.org", told.output[0])
        self.assertNotIn("a-token-that-no-log-may-show", str(told.output))
        self.server.start()
        self.assertEqual(self.statuses(), [200, 200, 200, 200])


MODULE = module_of_the_docs()

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
