"""What the OpenAPI document shows as examples, as a reader of it would put them together."""

import copy
import json
import re
from pathlib import Path

_ID = re.compile(r"\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
_JSON = "application/json"
_PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"


def published():
    """The document as it stands in docs, a fresh copy: made of the code it takes seconds.

    One test holds the two equal, so that all others may ask the file.
    """
    return json.loads(_PUBLISHED.read_text("utf-8"))


def inlined(document):
    """The document with each operation's shared answers, headers and parameters in their place."""
    document = copy.deepcopy(document)

    def whole(part):
        if "$ref" not in part:
            return part
        _, _, kind, name = part["$ref"].split("/")
        beside = {key: value for key, value in part.items() if key != "$ref"}
        return copy.deepcopy(document["components"][kind][name]) | beside

    for _, _, one in operations(document):
        one["parameters"] = [whole(part) for part in one.get("parameters", ())]
        one["responses"] = {status: whole(part) for status, part in one["responses"].items()}
        for response in one["responses"].values():
            headers = response.get("headers", {})
            response["headers"] = {name: whole(part) for name, part in headers.items()}
    return document


def operations(document):
    """Every operation as (METHOD, path, operation), in the document's order."""
    return [
        (method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


def request_example(operation):
    """The example of an operation's JSON body; None where it has no body."""
    body = operation.get("requestBody")
    return next(iter(body["content"].values()))["example"] if body else None


def answer_example(operation):
    """The example of an operation's first good answer."""
    status = min(s for s in operation["responses"] if s < "300")
    shown = operation["responses"][status].get("content")
    if not shown:
        return None
    said, *_ = shown.values()
    return said["example"]


def ids_in(value):
    """Every id in an answer, by prefix."""
    return {match[1]: match[0] for match in _ID.finditer(str(value))}


def with_ids(value, known):
    """An example, or a path, with ids that exist in place of its made-up ones."""
    if isinstance(value, dict):
        return {name: with_ids(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_ids(inner, known) for inner in value]
    if isinstance(value, str):
        return _ID.sub(lambda match: known.get(match[1], match[0]), value)
    return value
