"""Whatever a body may hold has an end, and the published contract shows it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
_ENDS = {"string": "maxLength", "array": "maxItems", "object": "maxProperties"}
_NESTED = ("items", "additionalProperties")


def endless(schema: dict[str, Any], at: str, seen: set[str], schemas: dict) -> Iterator[str]:
    """Where a string, a list or a free object in this schema has no maximum."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            yield from endless(schemas[name], name, seen, schemas)
        return
    kinds = schema.get("type", ())
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        closed = "enum" in schema or "const" in schema
        members = kind == "object" and "properties" in schema
        if kind in _ENDS and _ENDS[kind] not in schema and not closed and not members:
            yield f"{at} ({kind})"
    inner = {f".{name}": one for name, one in schema.get("properties", {}).items()}
    inner |= {f".{key}": schema[key] for key in _NESTED if isinstance(schema.get(key), dict)}
    for key in ("anyOf", "oneOf", "allOf"):
        inner |= {f"|{number}": one for number, one in enumerate(schema.get(key, ()))}
    for name, one in inner.items():
        yield from endless(one, f"{at}{name}", seen, schemas)


def of_bodies(document: dict[str, Any]) -> list[str]:
    found, seen = list[str](), set[str]()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                at = f"{method.upper()} {path}"
                found += endless(content["schema"], at, seen, document["components"]["schemas"])
    return found


def test_every_string_and_list_in_a_body_has_a_maximum():
    assert of_bodies(_DOCUMENT) == []


@pytest.mark.parametrize("kind", _ENDS)
def test_one_without_would_be_noticed(kind):
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    field = {"anyOf": [{"type": kind}, {"type": "null"}]}
    document = {
        "paths": {"/v1/a": {"post": {"requestBody": body}}},
        "components": {"schemas": {"A": {"type": "object", "properties": {"b": field}}}},
    }

    assert of_bodies(document) == [f"A.b|0 ({kind})"]
