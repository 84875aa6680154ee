"""Examples in the API's document, placed where tools look: beside each body, `content.*.example`.

Models show themselves by an example of their own. The framework puts those on the schemas, where
hardly a tool reads them, and drops members that are null. Here each body gets the example of its
schema, whole again; without one of its own, an example is put together from its members'.
"""

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]


def place_examples(document: Node) -> None:
    """Give every request and every good answer its example; schemas of objects lose theirs."""
    schemas: Node = document["components"]["schemas"]
    for content in _bodies(document):
        for said in content.values():
            if "schema" in said and "example" not in said:
                said["example"] = _example(schemas, said["schema"])
    for schema in schemas.values():
        if "properties" in schema:
            schema.pop("examples", None)


def _bodies(document: Node) -> Iterator[Node]:
    for path in document["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                yield operation["requestBody"]["content"]
            for status, response in operation["responses"].items():
                if status < "300":
                    yield response.get("content", {})


def _example(schemas: Node, schema: Node) -> Any:  # noqa: ANN401 - any JSON
    """A schema's own example with all its members, else one put together from its parts'."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return _whole(schemas, schema, schema["examples"][0])
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return _example(schemas, schema[either][0])
    if schema.get("type") == "array":
        return [_example(schemas, schema["items"])]
    if "properties" in schema:
        return {name: _example(schemas, one) for name, one in schema["properties"].items()}
    return _simple(schema)


def _simple(schema: Node) -> Any:  # noqa: ANN401 - any JSON
    """A value of a schema without parts."""
    if "default" in schema:
        return schema["default"]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    least = max(schema.get("minimum", 0), 0)
    by_type: Node = {"boolean": True, "integer": int(least), "string": "…", "object": {}}
    return by_type.get(schema.get("type", "null"))


def _whole(schemas: Node, schema: Node, shown: Any) -> Any:  # noqa: ANN401 - any JSON
    """An example with the members that are required and null, at every depth."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if isinstance(shown, list):
        return [_whole(schemas, schema.get("items", {}), one) for one in shown]
    if not isinstance(shown, dict):
        return shown
    schema = _fitting(schemas, schema, shown)
    members: Node = schema.get("properties", {})
    missing = {name: None for name in schema.get("required", ()) if name not in shown}
    others = schema.get("additionalProperties")
    of_others: Node = others if isinstance(others, dict) else {}
    found = {
        name: _whole(schemas, members.get(name, of_others), one) for name, one in shown.items()
    }
    order = dict.fromkeys(name for name in members if name in found or name in missing)
    return {**order, **found, **missing}


def _fitting(schemas: Node, schema: Node, shown: Node) -> Node:
    """Of several schemas the one that knows most of the members shown, constants among them."""
    choices = schema.get("anyOf") or schema.get("oneOf") or [schema]
    whole = [schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in choices]

    def known(one: Node) -> tuple[int, int]:
        members: Node = one.get("properties", {})
        both = members.keys() & shown.keys()
        return sum(members[name].get("const") == shown[name] for name in both), len(both)

    return max(whole, key=known)
