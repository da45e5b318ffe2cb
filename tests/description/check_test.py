"""That the checks of this folder see faults: each test makes one, in an answer that is right or in the description.
    check_test.py ROOT"""

import copy
import io
import json
import pathlib
import sys
import tempfile
import unittest
from contextlib import redirect_stdout

import check
import description
import document_check
import exchange_check

ROOT = pathlib.Path(sys.argv.pop(1))
VERSION = "0.1.0"
DOCUMENT = description.read(ROOT / "docs/openapi.yaml")
LIST = "/_matrix/client/v3/pushers"
PUSHER = DOCUMENT["components"]["responses"]["Pushers"]["content"]["application/json"]["examples"]["one"]["value"]
SET = DOCUMENT["components"]["requestBodies"]["Set"]["content"]["application/json"]["examples"]["create"]["value"]
FIELDS = {
    "cache-control": "no-store",
    "date": "Sun, 22 Nov 2026 21:04:31 GMT",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
    "access-control-allow-headers": "X-Requested-With, Content-Type, Authorization",
}
EXPOSED = {"access-control-expose-headers": "Pusherd-Outcome, Retry-After"}


def exchange(status: int, answer, method="GET", target=LIST, body="", more=None, without=()) -> dict:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    fields = {**FIELDS, "content-type": "application/json", "content-length": str(len(text)), **(more or {})}
    kept = [[name, value] for name, value in fields.items() if name not in without]
    return {"listener": "127.0.0.1:1", "method": method, "target": target, "body": body, "status": status,
            "fields": kept, "answer": text}


def set_of(body, status=200, answer="{}", outcome="created") -> dict:
    more = {**EXPOSED, "pusherd-outcome": outcome} if outcome else {}
    return exchange(status, answer, "POST", LIST + "/set", json.dumps(body), more)


def error(errcode: str, **more) -> dict:
    return {"errcode": errcode, "error": "Why.", **more}


def changed(value, **changes):
    """A copy of the first pusher's list with a member more or another, or without those that are `...`."""
    copied = copy.deepcopy(value)
    pusher = copied["pushers"][0]
    for name, new in changes.items():
        if new is ...:
            del pusher[name]
        else:
            pusher[name] = new
    return copied


def faults(*exchanges: dict) -> list[str]:
    judge = exchange_check.Judge(description.Description(DOCUMENT))
    judge.look_at(list(exchanges))
    return list(judge.faults)


class Answers(unittest.TestCase):
    def is_right(self, *exchanges: dict) -> None:
        self.assertEqual(faults(*exchanges), [])

    def is_wrong(self, text: str, *exchanges: dict) -> None:
        found = faults(*exchanges)
        self.assertEqual(len(found), 1, found)
        self.assertIn(text, found[0])

    def test_right_answers_have_no_faults(self):
        self.is_right(exchange(200, PUSHER), exchange(200, "", "HEAD"), set_of(SET), set_of({**SET, "kind": ""}))
        self.is_right(exchange(401, error("M_UNKNOWN_TOKEN", soft_logout=False)))
        self.is_right(exchange(401, error("M_MISSING_TOKEN")))
        self.is_right(exchange(404, error("M_UNRECOGNIZED"), target="/nowhere"))
        self.is_right(exchange(204, "", "OPTIONS", "/nowhere", without=("content-type", "content-length")))
        limited = error("M_LIMIT_EXCEEDED", retry_after_ms=1)
        self.is_right(exchange(429, limited, "POST", LIST + "/set", "{}", {**EXPOSED, "retry-after": "1"}))
        self.is_right(exchange(405, error("M_UNRECOGNIZED"), "PUT", more={"allow": "GET, HEAD, OPTIONS"}))

    def test_statuses(self):
        self.is_wrong("not described", exchange(201, PUSHER))
        self.is_wrong("not described", exchange(404, error("M_UNRECOGNIZED")))
        self.is_wrong("not described", exchange(429, error("M_LIMIT_EXCEEDED", retry_after_ms=1)))
        self.is_wrong("not described", exchange(200, "{}", target="/nowhere"))
        self.is_wrong("not described", exchange(200, "{}", "PUT"))

    def test_paths_that_not_every_server_has(self):
        call = "/_synapse/mas/delete_user"
        body = json.dumps({"localpart": "alice"})
        self.is_right(exchange(200, {}, "POST", call, body), exchange(404, error("M_UNRECOGNIZED"), "POST", call, body))
        self.is_right(exchange(404, error("M_UNRECOGNIZED"), "GET", call))
        self.is_right(exchange(409, error("M_OTHER", more=1), "POST", call, body), exchange(201, {}, "POST", call, body))
        self.is_wrong("errcode", exchange(409, {"error": "Why."}, "POST", call, body))
        self.is_wrong("not described", exchange(302, {}, "POST", call, body))
        self.is_right(exchange(405, error("M_UNRECOGNIZED"), "GET", call, more={"allow": "POST, OPTIONS"}))
        self.is_wrong("not described", exchange(404, error("M_UNRECOGNIZED"), "PUT"))

    def test_header_fields(self):
        self.is_wrong("has no cache-control", exchange(200, PUSHER, without=("cache-control",)))
        self.is_wrong("has no date", exchange(200, PUSHER, without=("date",)))
        self.is_wrong("cache-control", exchange(200, PUSHER, more={"cache-control": "public"}))
        self.is_wrong("server is not described", exchange(200, PUSHER, more={"server": "pusherd"}))
        self.is_wrong("content-length", exchange(200, PUSHER, more={"content-length": "many"}))
        self.is_wrong("Content-Type", exchange(200, PUSHER, more={"content-type": "text/plain"}))
        self.is_wrong("pusherd-outcome", set_of(SET, outcome="stored"))
        self.is_wrong("Allow is GET", exchange(405, error("M_UNRECOGNIZED"), "PUT", more={"allow": "GET, OPTIONS"}))
        twice = exchange(200, PUSHER)
        twice["fields"].append(["date", FIELDS["date"]])
        self.is_wrong("several date", twice)

    def test_bodies(self):
        self.is_wrong("no JSON", exchange(200, '{"pushers":[]'))
        self.is_wrong("no JSON", exchange(200, '{"pushers":[NaN]}'))
        self.is_wrong("does not fit", exchange(200, {"pushers": [], "total": 0}))
        self.is_wrong("does not fit", exchange(200, changed(PUSHER, created_ts=1)))
        self.is_wrong("does not fit", exchange(200, changed(PUSHER, device_id=...)))
        self.is_wrong("does not fit", exchange(200, changed(PUSHER, profile_tag=None)))
        self.is_wrong("does not fit", exchange(200, changed(PUSHER, kind="email")))
        self.is_wrong("does not fit", exchange(200, changed(PUSHER, data={})))
        self.is_wrong("does not fit", set_of(SET, answer='{"a":1}'))
        self.is_wrong("answers HEAD", exchange(200, PUSHER, "HEAD"))

    def test_error_objects(self):
        self.is_wrong("does not fit", exchange(401, error("M_FORBIDDEN")))
        self.is_wrong("does not fit", exchange(401, error("M_UNKNOWN_TOKEN")))
        self.is_wrong("does not fit", exchange(401, error("M_MISSING_TOKEN", soft_logout=False)))
        self.is_wrong("does not fit", exchange(500, {"errcode": "M_UNKNOWN"}))
        self.is_wrong("does not fit", exchange(500, {"errcode": "M_UNKNOWN", "error": ""}))
        self.is_wrong("does not fit", set_of({}, 400, error("M_USER_LIMIT_EXCEEDED"), None))
        self.is_wrong("does not fit", set_of({}, 400, error("M_NOT_FOUND"), None))

    def test_requests(self):
        self.is_wrong("carried out does not fit", set_of({**SET, "lang": 1}))
        self.is_wrong("carried out does not fit", set_of({**SET, "data": {"url": "https://push.example.org/"}}))
        self.is_wrong("lacks a key fits", set_of(SET, 400, error("M_MISSING_PARAM"), None))
        found = {"target": "/_pusherd/v1/admin/pushers?user_name=a"}
        self.is_wrong("user_name was taken", exchange(200, {"pushers": []}) | found)
        found = {"target": "/_pusherd/v1/admin/pushers?limit=1001"}
        self.is_wrong("limit was taken", exchange(200, {"pushers": []}) | found)

    def test_requests_that_are_none(self):
        garbage = exchange(400, error("M_UNKNOWN"))
        del garbage["method"], garbage["target"], garbage["body"]
        self.is_right(garbage)
        self.is_wrong("not described", garbage | {"status": 418})
        self.is_wrong("does not fit", garbage | {"answer": json.dumps(error("M_BAD"))})

    def test_what_is_served(self):
        served = exchange(200, DOCUMENT, target="/_pusherd/v1/openapi.json")
        self.is_right(served)
        other = DOCUMENT | {"tags": []}
        self.is_wrong("another document", served | {"answer": json.dumps(other)})

    def test_metrics_are_served_on_a_listener_of_their_own(self):
        kind = "text/plain; version=0.0.4; charset=utf-8"
        cors = [name for name in FIELDS if name.startswith("access-control")]
        page = exchange(200, "# HELP pusherd_a b\n", target="/metrics", more={"content-type": kind}, without=cors)
        no_list = exchange(404, error("M_UNRECOGNIZED"))
        self.is_right(page, no_list, exchange(404, error("M_UNRECOGNIZED"), target="/metrics"))
        self.is_wrong("not described", page, no_list | {"listener": "127.0.0.1:2"})
        self.is_wrong("is not described", exchange(200, "# HELP pusherd_a b\n", target="/metrics",
                                                   more={"content-type": kind}, without=cors[1:]))


class Recordings(unittest.TestCase):
    def judge(self, *exchanges: dict) -> list[str]:
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
            file = pathlib.Path(folder) / "1.ndjson"
            file.write_text("".join(json.dumps(each) + "\n" for each in exchanges), encoding="utf-8")
            return check.check_exchanges(ROOT, pathlib.Path(folder), set())

    def test_nothing_written_down_is_a_fault(self):
        self.assertIn("nothing was written down", self.judge()[0])

    def test_an_operation_that_was_never_seen_is_a_fault(self):
        found = self.judge(exchange(200, PUSHER))
        self.assertIn(f"HEAD {LIST}: was never seen", found)
        self.assertNotIn(f"GET {LIST}: was never seen", found)

    def test_a_fault_is_told_with_the_exchange(self):
        found = self.judge(exchange(201, PUSHER), exchange(201, PUSHER))
        self.assertRegex(found[0], r"^GET /_matrix/client/v3/pushers, 201: .*\(2 times\)\n    GET .* -> 201 ")


class Documents(unittest.TestCase):
    def is_wrong(self, text: str, change) -> None:
        document = copy.deepcopy(DOCUMENT)
        change(document)
        found = document_check.faults_of(document, ROOT, VERSION)
        self.assertTrue(any(text in fault for fault in found), found)

    def test_the_description_has_no_faults(self):
        self.assertEqual(document_check.faults_of(DOCUMENT, ROOT, DOCUMENT["info"]["version"]), [])

    def test_routes(self):
        self.is_wrong(f"GET {LIST}: is served and not described", lambda it: it["paths"][LIST].pop("get"))
        self.is_wrong("is described and not served", lambda it: it["paths"][LIST].update(put=operation("put")))
        self.is_wrong("DELETE /_pusherd/v1/admin/pushers/{}/{}/{*}: is served",
                      lambda it: it["paths"].pop("/_pusherd/v1/admin/pushers/{userId}/{appId}/{pushkey}"))

    def test_names_and_versions(self):
        self.is_wrong("operationId", lambda it: it["paths"][LIST]["head"].update(operationId="listPushers"))
        self.is_wrong("needs a tag", lambda it: it["paths"][LIST]["head"].update(tags=["others"]))
        self.is_wrong("no security scheme", lambda it: it.update(security=[{"password": []}]))
        self.is_wrong("#/info/version", lambda it: it["info"].update(version="0.0.0"))
        self.is_wrong("#/openapi", lambda it: it.update(openapi="3.0.3"))

    def test_keys_and_schemas(self):
        schemas = DOCUMENT["components"]["schemas"].keys()
        self.assertIn("Pusher", schemas)
        pusher = ("components", "schemas", "Pusher")
        self.is_wrong("a key that no schema has", lambda it: at(it, *pusher).update(requird=["lang"]))
        self.is_wrong("is no schema", lambda it: at(it, *pusher).update(required="lang"))
        self.is_wrong("a key that no operation has", lambda it: it["paths"][LIST]["get"].update(response={}))
        self.is_wrong("needs a description", lambda it: at(it, "components", "responses", "Failed").pop("description"))
        self.is_wrong("has no paths", lambda it: it.pop("paths"))

    def test_references_parameters_and_examples(self):
        self.is_wrong("which is not there", lambda it: it["components"]["schemas"].pop("Pusher"))
        self.is_wrong("is not used", lambda it: it["components"]["schemas"].update(Other={"type": "object"}))
        self.is_wrong("its example", lambda it: at(it, "components", "schemas", "Counts")["required"].append("more"))
        deletion = "/_matrix/client/unstable/pusherd/pushers/{appId}/{pushkey}"
        self.is_wrong("its parameters are", lambda it: it["paths"][deletion]["parameters"].pop())

    def test_errcodes(self):
        limit = ("components", "schemas", "UserLimitError", "properties")
        self.is_wrong("M_USER_LIMIT_EXCEEDED: is sent", lambda it: at(it, *limit).update(errcode={"type": "string"}))


def at(document: dict, *names: str) -> dict:
    for name in names:
        document = document[name]
    return document


def operation(name: str) -> dict:
    return {"operationId": name, "tags": ["server"], "summary": name, "responses": {}}


if __name__ == "__main__":
    unittest.main()
