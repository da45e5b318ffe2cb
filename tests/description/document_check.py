"""Whether docs/openapi.yaml is what it is to be. Debian has no validator of OpenAPI 3.1, so this is what is looked at:
the keys of each object, that schemas are those of JSON Schema 2020-12, references, examples, names, and that it
describes the routes and the errcodes of net/api, no more and no less."""

import pathlib
import re
from typing import Iterator

import jsonschema

from description import METHODS, OTHER_REQUESTS, REST_OF_PATH, Description

KEYS = {  # of OpenAPI 3.1.0, 4.8
    "document": "openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs",
    "info": "title summary description termsOfService contact license version",
    "path": "$ref summary description servers parameters " + " ".join(METHODS),
    "operation": "tags summary description externalDocs operationId parameters requestBody responses callbacks "
    "deprecated security servers",
    "parameter": "name in description required deprecated allowEmptyValue style explode allowReserved schema example "
    "examples content",
    "header": "description required deprecated style explode schema example examples content",
    "response": "description headers content links",
    "media": "schema example examples encoding",
    "body": "description content required",
    "components": "schemas responses parameters examples requestBodies headers securitySchemes links callbacks "
    "pathItems",
    "schema": "$ref type enum const properties required additionalProperties maxProperties minProperties items "
    "minItems maxItems uniqueItems minLength maxLength pattern minimum maximum allOf oneOf anyOf not if then else "
    "default description example examples format",
}
ROUTE = re.compile(r'\{"(/[^"]*)", verb::(\w+), endpoint::\w+(, endpoint::\w+)?\}')
CONTENT_OF_EVENT = "/(properties|example|value)/"  # what a schema or an example calls so
ERRCODE = re.compile(r'"(M_[A-Z_]+)"')


def faults_of(document: dict, root: pathlib.Path, version: str) -> list[str]:
    missing = [f"#: has no {key}" for key in ("openapi", "info", "paths", "components") if key not in document]
    if missing:
        return missing
    unresolved = list(_references(document))
    if unresolved:
        return unresolved
    description = Description(document)
    return [
        *_names(document, version),
        *_keys(document),
        *_schemas(document),
        *_parameters(description),
        *_examples(description, document, "#"),
        *_unused(document),
        *_routes(description, (root / "net/api/routes.cpp").read_text(encoding="utf-8")),
        *_errcodes(document, root / "net/api"),
    ]


def _walk(node, at: str) -> Iterator[tuple[str, dict]]:
    if isinstance(node, dict):
        yield at, node
        for key, value in node.items():
            yield from _walk(value, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _walk(value, f"{at}/{i}")


def _references(document: dict) -> Iterator[str]:
    resolving = Description({"paths": {}, **{key: document[key] for key in document if key != "paths"}})
    resolving.document = document
    for at, node in _walk(document, "#"):
        if isinstance(node.get("$ref"), str):
            try:
                resolving.resolve(node)
            except KeyError as nowhere:
                yield f"{at}: refers to {nowhere}, which is not there"


def _names(document: dict, version: str) -> Iterator[str]:
    if not re.fullmatch(r"3\.1\.\d+", str(document["openapi"])):
        yield f"#/openapi: is {document['openapi']}"
    if document["info"].get("version") != version:
        yield f"#/info/version: is {document['info'].get('version')}, and the project's {version}"
    tags = {tag["name"] for tag in document.get("tags", [])}
    schemes = document["components"].get("securitySchemes", {})
    seen: set[str] = set()
    for at, operation in _operations(document):
        name = operation.get("operationId")
        if not name or name in seen:
            yield f"{at}: needs an operationId of its own"
        seen.add(name)
        if not operation.get("summary"):
            yield f"{at}: has no summary"
        if not operation.get("tags") or not tags.issuperset(operation["tags"]):
            yield f"{at}: needs a tag that is listed"
        for wanted in operation.get("security", document.get("security", [])):
            for scheme in wanted.keys() - schemes.keys():
                yield f"{at}: wants {scheme}, which is no security scheme"
        if not operation.get("responses"):
            yield f"{at}: has no responses"


def _operations(document: dict) -> Iterator[tuple[str, dict]]:
    for template, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {template}", item[method]


def _keys(document: dict) -> Iterator[str]:
    components = document["components"]
    places = [("document", "#", document), ("info", "#/info", document["info"])]
    places += [("components", "#/components", components)]
    places += [("path", at, item) for at, item in document["paths"].items()]
    places += [("operation", at, operation) for at, operation in _operations(document)]
    for kind, section in (("parameter", "parameters"), ("header", "headers"), ("response", "responses"),
                          ("body", "requestBodies")):
        places += [(kind, f"#/components/{section}/{name}", node) for name, node in components.get(section, {}).items()]
    for at, node in _walk(document, "#"):
        if at.endswith("/content") and re.search(CONTENT_OF_EVENT, at) is None:
            places += [("media", f"{at}/{name}", media) for name, media in node.items()]
    places += [("schema", at, schema) for at, schema in _each_schema(document)]
    for kind, at, node in places:
        for key in node.keys() - set(KEYS[kind].split()):
            if not str(key).startswith("x-") or (kind == "document" and key != OTHER_REQUESTS):
                yield f"{at}: {key} is a key that no {kind} has"
    for name, response in components.get("responses", {}).items():
        if not response.get("description") or "headers" not in response:
            yield f"#/components/responses/{name}: needs a description and headers"


def _each_schema(document: dict) -> Iterator[tuple[str, dict]]:
    """Schemas and what they consist of; never what stands in an example."""

    def within(at: str, schema) -> Iterator[tuple[str, dict]]:
        if not isinstance(schema, dict):
            return
        yield at, schema
        for key in ("items", "additionalProperties", "not", "if", "then", "else"):
            yield from within(f"{at}/{key}", schema.get(key))
        for key in ("allOf", "oneOf", "anyOf"):
            for i, part in enumerate(schema.get(key, [])):
                yield from within(f"{at}/{key}/{i}", part)
        for name, part in schema.get("properties", {}).items():
            yield from within(f"{at}/properties/{name}", part)

    for name, schema in document["components"].get("schemas", {}).items():
        yield from within(f"#/components/schemas/{name}", schema)
    for at, node in _walk(document, "#"):
        if at.endswith("/schema"):
            yield from within(at, node)


def _schemas(document: dict) -> Iterator[str]:
    for at, schema in _each_schema(document):
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.exceptions.SchemaError as fault:
            yield f"{at}: is no schema: {fault.message[:200]}"


def _parameters(description: Description) -> Iterator[str]:
    for operation in description.operations:
        in_path = [each["name"] for each in operation.parameters if each["in"] == "path"]
        if sorted(in_path) != sorted(re.findall(r"\{(\w+)\}", operation.template)):
            yield f"{operation.name}: its parameters are {in_path}"
        for each in operation.parameters:
            if each["in"] == "path" and each.get("required") is not True:
                yield f"{operation.name}: {each['name']} stands in the path and is not required"
            if "schema" not in each or each["in"] not in ("path", "query"):
                yield f"{operation.name}: {each['name']} needs a schema, and a place in the path or the query"


def _examples(description: Description, document: dict, root: str) -> Iterator[str]:
    for at, node in _walk(document, root):
        if "schema" not in node or not isinstance(node["schema"], dict):
            continue
        values = [("example", node["example"])] if "example" in node else []
        values += [(name, each["value"]) for name, each in node.get("examples", {}).items()]
        for name, value in values:
            problem = description.problem(node["schema"], value)
            if problem:
                yield f"{at}: its example {name} does not fit: {problem}"


def _unused(document: dict) -> Iterator[str]:
    used = {node["$ref"] for _, node in _walk(document, "#") if isinstance(node.get("$ref"), str)}
    for section, members in document["components"].items():
        if section == "securitySchemes":
            continue
        for name in members:
            if f"#/components/{section}/{name}" not in used:
                yield f"#/components/{section}/{name}: is not used"


def _routes(description: Description, source: str) -> Iterator[str]:
    """The table of net/api/routes.cpp, `{}` for an open part and `{*}` for the rest of the path."""
    routes = ROUTE.findall(source)
    if len(routes) < 10 or len(routes) != len(re.findall(r"\bverb::\w+, endpoint::", source)):
        yield "net/api/routes.cpp: its table of routes is not to be read"
    wanted = set()
    for path, method, on_delete in routes:
        methods = {"get", "head"} if method == "get" else {method.rstrip("_")}
        if on_delete:
            methods.add("delete")
        if path != "/metrics":  # on the listener that serves nothing else
            methods.add("options")
        wanted |= {(path, each) for each in methods}
    described = {(_as_route(description, each.template), each.method): each.name for each in description.operations}
    for path, method in sorted(wanted - described.keys()):
        yield f"{method.upper()} {path}: is served and not described"
    for route in sorted(described.keys() - wanted):
        yield f"{described[route]}: is described and not served"


def _as_route(description: Description, template: str) -> str:
    names = description.document["paths"][template].get("parameters", [])
    rest = {each["name"] for each in map(description.resolve, names) if each.get(REST_OF_PATH)}
    return re.sub(r"\{(\w+)\}", lambda part: "{*}" if part[1] in rest else "{}", template)


def _errcodes(document: dict, folder: pathlib.Path) -> Iterator[str]:
    described = {
        code
        for _, schema in _each_schema(document)
        for code in (schema.get("enum") or [schema.get("const")])
        if isinstance(code, str)
    }
    sent = {code for source in folder.glob("*.cpp") for code in ERRCODE.findall(source.read_text(encoding="utf-8"))}
    if not sent:
        yield f"{folder}: has no errcodes"
    for code in sorted(sent - described):
        yield f"{code}: is sent and not described"
