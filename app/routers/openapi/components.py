"""What operations share in the API's document, said once: problems, parameters, headers.

The framework writes everything out at each operation. Here what is the same twice moves under
`components`, named by what it is, so that the document stays readable and generated clients get
one type for one thing. Every function changes the document it is given.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

Node = dict[str, Any]

PROBLEM_TYPE: Final = "application/problem+json"
_REF: Final = "#/components"
_IN_A_NAME: Final = 3  # more problems than these make no name anybody reads
#: What an answer carries besides its body, by the names of `components.headers`.
HEADERS: Final[Node] = {
    "ETag": {
        "description": "The version that was read. Sent as `If-Match`, a change is refused where "
        "somebody else was faster.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "`true` where this answer was given before, for the same `Idempotency-Key`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "RateLimit": {
        "description": "What is left of the policy: `r` requests, and in `t` seconds all again.",
        "schema": {"type": "string", "examples": ['"key";r=59999;t=60']},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) a key may send in so many seconds (`w`).",
        "schema": {"type": "string", "examples": ['"key";q=60000;w=60']},
    },
    "Retry-After": {
        "description": "Ask again after so many seconds.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}},
}
#: Problems that say when to come again.
_LATER: Final = {"unavailable", "rate-limited", "idempotency-in-flight"}
#: Answers that carry their version.
_VERSIONED: Final = {"AccountRead", "PolicyRead"}


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    """Every operation with its method, in the document's order."""
    for path in document["paths"].values():
        yield from path.items()


def share_responses(document: Node) -> None:
    """Move what answers two operations alike into `components`: problems, and good answers.

    A good answer is called as its schema; where a route describes it in other words, these stand
    beside the reference, as OpenAPI 3.1 has it.
    """
    made: dict[str, list[Node]] = {}
    for name, holder, status in _responses(document):
        if name:
            made.setdefault(name, []).append(holder[status])
    shared = {name: _common(all_) for name, all_ in sorted(made.items()) if len(all_) > 1}
    for name, holder, status in list(_responses(document)):
        common = shared.get(name or "")
        if common and common["content"] == holder[status]["content"]:
            own = holder[status]["description"]
            beside = {} if own == common["description"] else {"description": own}
            holder[status] = {"$ref": f"{_REF}/responses/{name}", **beside}
        else:
            _lighten(holder[status])
    for response in shared.values():
        _lighten(response)
    document["components"]["responses"] = shared


def _common(responses: list[Node]) -> Node:
    """The usual one of them, with the headers that any of them carries."""
    first = max(responses, key=responses.count)
    headers: Node = {}
    for response in responses:
        headers |= response.get("headers", {})
    return {**first, **({"headers": headers} if headers else {})}


def _responses(document: Node) -> Iterator[tuple[str | None, Node, str]]:
    """Every response by what it would be called, what holds it, and its status."""
    for _, operation in operations(document):
        answers: Node = operation["responses"]
        for status, response in answers.items():
            yield _name(response), answers, status


def _name(response: Node) -> str | None:
    """What a response is called among the shared ones; None where it cannot be one of them."""
    said = response.get("content", {})
    if PROBLEM_TYPE in said:
        problems = sorted(said[PROBLEM_TYPE]["examples"])
        few = len(problems) <= _IN_A_NAME
        return "Or".join(_capitals(name) for name in problems) if few else None
    schema = said.get("application/json", {}).get("schema", {})
    parts = [one.get("$ref", "") for one in schema.get("anyOf", [schema])]
    named = [_capitals(part.rpartition("/")[2]) for part in parts]
    return "Or".join(named) if all(named) else None


def _capitals(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))


def _lighten(response: Node) -> None:
    """At most one example, where all are one problem, and the headers that these carry."""
    said = response.get("content", {}).get(PROBLEM_TYPE)
    if said is None:
        return
    examples: Node = said.pop("examples")
    if len(examples) == 1 or "invalid-input" in examples:
        said["example"] = examples.get("invalid-input", next(iter(examples.values())))["value"]
    headers = []
    if _LATER & examples.keys():
        headers.append("Retry-After")
    if "unauthenticated" in examples:
        headers.append("WWW-Authenticate")
    if "rate-limited" in examples:
        headers += ["RateLimit", "RateLimit-Policy"]
    if headers:
        response["headers"] = {name: _header(name) for name in headers}


def _header(name: str) -> Node:
    return {"$ref": f"{_REF}/headers/{name}"}


def share_parameters(document: Node) -> None:
    """Move parameters that are the same at two operations into `components`.

    Of those with one name the most frequent gets it; the others stay where they are.
    """
    texts: Counter[str] = Counter()
    for _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            parameter["schema"].pop("description", None)  # said once, beside the schema
            texts[_text(parameter)] += 1
    named: dict[str, str] = {}
    for text, count in texts.most_common():
        one = json.loads(text)
        if count > 1:
            must = "Required" if one["in"] == "header" and one["required"] else ""
            named.setdefault(must + _capitals(one["name"]), text)
    names = {text: name for name, text in named.items()}
    for _, operation in operations(document):
        operation["parameters"] = [
            {"$ref": f"{_REF}/parameters/{names[_text(one)]}"} if _text(one) in names else one
            for one in operation.get("parameters", ())
        ]
        if not operation["parameters"]:
            del operation["parameters"]
    document["components"]["parameters"] = {name: json.loads(named[name]) for name in sorted(named)}


def _text(node: Node) -> str:
    return json.dumps(node, sort_keys=True)


def name_headers(document: Node) -> None:
    """Say of every good answer which headers it carries."""
    document["components"]["headers"] = HEADERS
    for method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "300" or "$ref" in response:
                continue
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            headers = []
            if schema.get("$ref", "").rpartition("/")[2] in _VERSIONED:
                headers.append("ETag")
            if method == "post":
                headers.append("Idempotency-Replayed")
            for name in headers:
                response.setdefault("headers", {})[name] = _header(name)
