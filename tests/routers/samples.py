"""What the OpenAPI document shows as examples, as a reader of it would put them together."""

import re

_ID = re.compile(r"\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
_JSON = "application/json"


def operations(document):
    """Every operation as (METHOD, path, operation), in the document's order."""
    return [
        (method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


def request_example(document, operation):
    """The first example of an operation's JSON body; None where it has no body."""
    body = operation.get("requestBody")
    return _example(document, body["content"][_JSON]["schema"]) if body else None


def answer_example(document, operation):
    """The first example of an operation's first good answer."""
    status = min(s for s in operation["responses"] if s < "300")
    said, *_ = operation["responses"][status]["content"].values()
    return _example(document, said["schema"])


def _example(document, schema):
    """A schema's own example, else one put together from its members'."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return _example(document, schema[either][0])
    if schema.get("type") == "array":
        return [_example(document, schema["items"])]
    if schema.get("type") == "object" and "properties" in schema:
        return {name: _example(document, one) for name, one in schema["properties"].items()}
    return schema.get("default", schema.get("enum", [{"boolean": True}.get(schema.get("type"))])[0])


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
