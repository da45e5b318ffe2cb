"""docs/openapi.yaml, as far as the checks here need it: operations by path and method, schemas to hold values by."""

import json
import re
import urllib.parse
from dataclasses import dataclass, field

import jsonschema
import yaml

METHODS = ("get", "head", "post", "delete", "options", "put", "patch", "trace")
OTHER_REQUESTS = "x-pusherd-other-requests"
REST_OF_PATH = "x-pusherd-rest-of-path"


@dataclass
class Operation:
    """A method of a path, with everything that stands for a reference."""

    template: str
    method: str
    responses: dict
    parameters: list
    request_schema: dict | None
    node: dict = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.template}"

    @property
    def statuses(self) -> list[str]:
        """Those that are described one by one, and not as a range (`4XX`)."""
        return sorted(status for status in self.responses if status.isdigit())


def read(path: str) -> dict:
    with open(path, encoding="utf-8") as source:
        return yaml.safe_load(source)


def parse_json(text: str):
    """As RFC 8259 has it. The digits of a number may be more than Python takes: `data` comes back to the letter."""

    def refuse(constant: str):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse, parse_int=lambda digits: int(digits[:1000]))


class Description:
    def __init__(self, document: dict) -> None:
        self.document = document
        self.operations = [
            self._operation(template, item, method)
            for template, item in document["paths"].items()
            for method in METHODS
            if method in item
        ]
        self._shapes = {template: re.compile(self._shape(template)) for template in document["paths"]}
        self._validators: dict[int, jsonschema.Draft202012Validator] = {}
        self._schemas: list[dict] = []  # kept, so that no two have the same id()

    def resolve(self, node: dict) -> dict:
        """What a reference stands for; any other node is itself. Raises a KeyError that names one to nowhere."""
        while "$ref" in node:
            reference = node["$ref"]
            target = self.document
            if not reference.startswith("#/"):
                raise KeyError(reference)
            for part in reference[2:].split("/"):
                part = urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")
                if not isinstance(target, dict) or part not in target:
                    raise KeyError(reference)
                target = target[part]
            node = target
        return node

    def responses(self, node: dict) -> dict:
        return {status: self.resolve(response) for status, response in node.items()}

    def other(self, name: str) -> dict:
        """The answers to requests that no operation describes."""
        return self.responses(self.document[OTHER_REQUESTS][name])

    def template_of(self, path: str) -> str | None:
        """The path's template: one without open parts, if there is one."""
        found = [template for template, shape in self._shapes.items() if shape.fullmatch(path)]
        return min(found, key=lambda template: template.count("{"), default=None)

    def path_values(self, template: str, path: str) -> dict:
        matched = self._shapes[template].fullmatch(path)
        return {name: urllib.parse.unquote(value, errors="strict") for name, value in matched.groupdict().items()}

    def operation(self, template: str, method: str) -> Operation | None:
        return next((each for each in self.operations if each.template == template and each.method == method), None)

    def problem(self, schema: dict, value) -> str | None:
        """Why the value does not fit the schema, if so."""
        if id(schema) not in self._validators:
            whole = {"components": self.document["components"], "allOf": [schema]}
            self._validators[id(schema)] = jsonschema.Draft202012Validator(whole)
            self._schemas.append(schema)
        validator = self._validators[id(schema)]
        if validator.is_valid(value):
            return None
        fault = jsonschema.exceptions.best_match(validator.iter_errors(value))
        where = "/".join(str(part) for part in fault.absolute_path)
        return f"{where or 'it'}: {fault.message[:300]}"

    def value_problem(self, schema: dict, text: str) -> str | None:
        """The same for what is written as text: a parameter, a header field."""
        kind = self.resolve(schema).get("type")
        value: object = text
        if kind == "integer" and re.fullmatch(r"\d+", text):
            value = int(text)
        elif kind == "boolean" and text in ("true", "false"):
            value = text == "true"
        return self.problem(schema, value)

    def _operation(self, template: str, item: dict, method: str) -> Operation:
        node = item[method]
        parameters = [self.resolve(each) for each in item.get("parameters", []) + node.get("parameters", [])]
        body = self.resolve(node.get("requestBody", {})).get("content", {}).get("application/json", {})
        return Operation(template, method, self.responses(node["responses"]), parameters, body.get("schema"), node)

    def _shape(self, template: str) -> str:
        rest = {
            parameter["name"]
            for parameter in map(self.resolve, self.document["paths"][template].get("parameters", []))
            if parameter.get(REST_OF_PATH)
        }
        parts = re.split(r"\{(\w+)\}", template)
        for i in range(0, len(parts), 2):
            parts[i] = re.escape(parts[i])
        for i in range(1, len(parts), 2):
            parts[i] = f"(?P<{parts[i]}>{'.+' if parts[i] in rest else '[^/]+'})"
        return "(?s:" + "".join(parts) + ")"
