"""Whether answers that tests have seen are those that docs/openapi.yaml describes."""

import collections
import json
import pathlib
import re
import urllib.parse
from typing import Iterator

from description import Description, Operation, parse_json


SERVED_DOCUMENT = "GET /_pusherd/v1/openapi.json"
DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


class Judge:
    """Looks at one exchange after another; equal ones are looked at once."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.exchanges = 0
        self.unreadable = 0
        self.seen: collections.Counter = collections.Counter()  # by operation's name and status
        self._metrics_listeners: set[str] = set()
        self._verdicts: dict[str, tuple] = {}
        self.faults: dict[str, list] = {}  # text: how often, an exchange

    def look_at(self, exchanges: list[dict]) -> None:
        """All exchanges of one process."""
        listeners = {each["listener"] for each in exchanges if _is_page_of_metrics(each)}
        for exchange in exchanges:
            self.exchanges += 1
            self._look_at(exchange, exchange["listener"] in listeners)

    def never_seen(self, left_out: set[str]) -> list[str]:
        seen = {name for name, _ in self.seen}
        return [
            each.name
            for each in self.description.operations
            if each.name not in seen and each.template not in left_out
        ]

    def _look_at(self, exchange: dict, serves_metrics: bool) -> None:
        if "method" not in exchange:
            self.unreadable += 1
        key = _key(exchange, serves_metrics)
        if key not in self._verdicts:
            self._verdicts[key] = self._verdict(exchange, serves_metrics)
        name, faults = self._verdicts[key]
        if name:
            self.seen[name, exchange["status"]] += 1
        for fault in faults:
            self.faults.setdefault(f"{name or _line(exchange)}, {exchange['status']}: {fault}", [0, exchange])[0] += 1

    def _verdict(self, exchange: dict, serves_metrics: bool) -> tuple[str | None, list[str]]:
        if "method" not in exchange:
            return None, self._judge_unreadable(exchange)
        path, query = _split(exchange["target"])
        template = self.description.template_of(path)
        operation = template and self.description.operation(template, exchange["method"].lower())
        if operation and exchange["method"].isupper():
            return operation.name, list(self._judge(exchange, operation, path, query, serves_metrics))
        return None, list(self._judge_other(exchange, template, serves_metrics))

    def _judge(
        self, exchange: dict, operation: Operation, path: str, query: str, serves_metrics: bool
    ) -> Iterator[str]:
        responses = dict(operation.responses)
        if serves_metrics and operation.template != "/metrics":
            responses = self.description.other("otherPath")
        yield from self._judge_answer(exchange, responses)
        yield from self._judge_request(exchange, operation, path, query)

    def _judge_other(self, exchange: dict, template: str | None, serves_metrics: bool) -> Iterator[str]:
        responses = self.description.other("unreadable")
        if template is None or serves_metrics or self._may_be_absent(template):
            responses |= self.description.other("otherPath")
        if template is not None:
            responses |= self.description.other("otherMethod")
        if exchange["method"] == "OPTIONS":
            responses |= self.description.other("optionsOfOtherPath")
        yield from self._judge_answer(exchange, responses)
        allow = dict(exchange["fields"]).get("allow")
        if exchange["status"] == 405 and allow is not None:
            known = {each.method.upper() for each in self.description.operations if each.template == template}
            if set(allow.split(", ")) != known:
                yield f"Allow is {allow}, and the methods described are {', '.join(sorted(known))}"

    def _may_be_absent(self, template: str) -> bool:
        """Whether servers that do not have the path are described as well."""
        return any("404" in each.responses for each in self.description.operations if each.template == template)

    def _judge_unreadable(self, exchange: dict) -> list[str]:
        """The server may have read what the recorder could not: any answer is right that is described at all."""
        every = [self.description.other("unreadable"), self.description.other("otherPath")]
        every += [
            {status: each.responses[status] for status in each.statuses} for each in self.description.operations
        ]
        faults: list[str] = []
        for responses in every:
            faults = list(self._judge_answer(exchange, responses))
            if not faults:
                break
        return faults

    def _judge_answer(self, exchange: dict, responses: dict) -> Iterator[str]:
        status = exchange["status"]
        response = responses.get(str(status), responses.get(f"{status // 100}XX"))
        if response is None:
            yield f"this status is not described; {', '.join(sorted(responses))} are"
            return
        yield from self._judge_fields(exchange["fields"], response.get("headers", {}))
        yield from self._judge_body(exchange, response.get("content", {}))

    def _judge_fields(self, fields: list, headers: dict) -> Iterator[str]:
        described = {name.lower(): self.description.resolve(header) for name, header in headers.items()}
        names = [name for name, _ in fields]
        for name, header in described.items():
            if header.get("required") and name not in names:
                yield f"has no {name}"
        for name, value in fields:
            if names.count(name) > 1:
                yield f"has several {name}"
            if name == "content-type":
                continue
            if name not in described:
                yield f"{name} is not described"
                continue
            problem = self.description.value_problem(described[name]["schema"], value)
            if problem:
                yield f"{name}: {problem}"

    def _judge_body(self, exchange: dict, content: dict) -> Iterator[str]:
        kind = dict(exchange["fields"]).get("content-type")
        body = exchange["answer"]
        if not content:
            if body or kind is not None:
                yield "has a body, and none is described"
            return
        if kind not in content:
            yield f"its Content-Type is {kind}, and {', '.join(content)} is described"
            return
        if exchange.get("method") == "HEAD":
            if body and not _was_said_unread(exchange):
                yield "has a body, and answers HEAD"
            return
        if kind == "application/json":
            try:
                body = parse_json(body)
            except ValueError as problem:
                yield f"its body is no JSON: {problem}"
                return
        problem = self.description.problem(content[kind]["schema"], body)
        if problem:
            yield f"its body does not fit: {problem}"

    def _judge_request(self, exchange: dict, operation: Operation, path: str, query: str) -> Iterator[str]:
        """What was carried out must be what is described; what lacks a key must not be."""
        was_done = exchange["status"] == 200
        if was_done and operation.name == SERVED_DOCUMENT and not self._is_the_document(exchange["answer"]):
            yield "what is served is another document"
        if was_done:
            yield from self._judge_parameters(operation, path, query)
        lacks_keys = '"M_MISSING_PARAM"' in exchange["answer"]
        if operation.request_schema and (was_done or lacks_keys):
            problem = self.description.problem(operation.request_schema, parse_json(exchange["body"]))
            if was_done and problem:
                yield f"a request that was carried out does not fit: {problem}"
            if lacks_keys and not problem:
                yield "a request that lacks a key fits"

    def _is_the_document(self, text: str) -> bool:
        return parse_json(text) == self.description.document

    def _judge_parameters(self, operation: Operation, path: str, query: str) -> Iterator[str]:
        in_query = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
        values = self.description.path_values(operation.template, path)
        if in_query:
            values |= dict(urllib.parse.parse_qsl(query.replace("+", "%2B"), keep_blank_values=True, errors="strict"))
            values.pop("access_token", None)
        described = {each["name"]: each for each in operation.parameters}
        for name, value in values.items():
            if name not in described:
                yield f"the parameter {name} was taken, and is not described"
                continue
            problem = self.description.value_problem(described[name]["schema"], value)
            if problem:
                yield f"the parameter {name} was taken: {problem}"


def read_exchanges(file: pathlib.Path) -> list[dict]:
    with open(file, encoding="utf-8", errors="surrogateescape") as lines:
        return [json.loads(line) for line in lines]


def _key(exchange: dict, serves_metrics: bool) -> str:
    """Equal for exchanges that differ in their time and place alone."""
    fields = [[name, "" if name == "date" and DATE.fullmatch(value) else value] for name, value in exchange["fields"]]
    return json.dumps([exchange | {"fields": fields, "listener": ""}, serves_metrics], sort_keys=True)


def _was_said_unread(exchange: dict) -> bool:
    """Whether the server has said it to whoever connects: then it does not know the method."""
    return exchange["status"] == 503 or '"This port speaks TLS' in exchange["answer"]


def _is_page_of_metrics(exchange: dict) -> bool:
    return exchange["status"] == 200 and exchange.get("target") == "/metrics"


def _split(target: str) -> tuple[str, str]:
    """A request target's path and query; that of the absolute form as well."""
    target = re.sub(r"^https?://[^/?]*", "", target, flags=re.IGNORECASE)
    path, _, query = target.partition("?")
    return path, query


def _line(exchange: dict) -> str:
    return f"{exchange['method']} {exchange['target'][:80]!r}" if "method" in exchange else "(unreadable)"
