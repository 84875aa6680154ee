"""Names for what the API's document would write out again and again: ids, references, texts.

A model has a component of its own; a kind of text has none, and an item of a batch is written
out where it is read by hand. Here both get a name, which generated clients then show as a type.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from app.schemas.edge.ids import PREFIXES, Prefixed
from app.schemas.edge.words import Line, Metadata, Reference
from app.services.policy_documents.kinds import Source

Node = dict[str, Any]

_REF: Final = "#/components/schemas/"
#: What belongs to the place where a schema is used, not to the schema.
_OF_THE_PLACE: Final = {"title", "description", "default", "examples"}
_TEXTS: Final[Mapping[str, tuple[Any, str]]] = {
    "Reference": (Reference, "Somebody else's id: one line of printable characters."),
    "Line": (Line, "One line for people."),
    "Metadata": (Metadata, "The caller's own labels; kept, given back, never read."),
    "Source": (Source, "Where a figure comes from, as its author wrote it."),
}


def name_schemas(document: Node) -> None:
    """Put a reference where a schema is written out that has a name, and say what it names."""
    schemas: Node = document["components"]["schemas"]
    words = _words()
    names = {_text(one): name for name, one in (schemas | words).items() if _is_worth(one)}
    used: set[str] = set()
    for schema in schemas.values():
        for part in ("properties", "items", "additionalProperties", "$defs"):
            _refer(schema.get(part), names, used, named=part in {"properties", "$defs"})
    schemas |= {name: words[name] for name in words if name in used}
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _words() -> Node:
    made: Node = {}
    for noun, prefix in PREFIXES.items():
        name = "".join(part.capitalize() for part in noun.split("_")) + "Id"
        shown = TypeAdapter[UUID](Annotated[UUID, Prefixed(noun)]).json_schema()
        made[name] = {**shown, "description": f"An id that begins with `{prefix}_`."}
    for name, (kind, meaning) in _TEXTS.items():
        made[name] = {**TypeAdapter[Any](kind).json_schema(), "description": meaning}
    return made


def _is_worth(schema: Node) -> bool:
    return bool(schema.keys() & {"properties", "pattern", "patternProperties"})


def _refer(node: object, names: dict[str, str], used: set[str], *, named: bool = False) -> None:
    """Put references in place below a node; `named`: its members are named by us."""
    if isinstance(node, list):
        for one in node:
            _refer(one, names, used)
    if not isinstance(node, dict):
        return
    name = None if named else _name_of(node, names)
    if name:
        used.add(name)
        _replace(node, name)
        return
    for key, inner in node.items():
        if named or key not in {"example", "examples", "default", "enum", "const", "required"}:
            _refer(inner, names, used, named=not named and key == "properties")


def _name_of(node: Node, names: dict[str, str]) -> str | None:
    if not _is_worth(node):
        return None
    return names.get(_text({**node, "type": _kind(node)}))


def _kind(node: Node) -> object:
    kinds = node.get("type")
    return kinds[0] if isinstance(kinds, list) else kinds


def _replace(node: Node, name: str) -> None:
    may_be_null = isinstance(node["type"], list)
    kept: Node = {key: node[key] for key in ("description", "default") if key in node}
    reference = {"$ref": _REF + name}
    node.clear()
    node.update({"anyOf": [reference, {"type": "null"}]} if may_be_null else reference)
    node.update(kept)


def _text(schema: Node) -> str:
    own = {key: value for key, value in schema.items() if key not in _OF_THE_PLACE}
    return json.dumps(own, sort_keys=True)
