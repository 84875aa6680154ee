"""`docs/policies.md`: every figure, what it may be, and what the shipped policies say and why.

Made of the model that documents are read by and of the documents we ship, so that it cannot say
anything else than they do.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.errors import pointer_to
from app.domain.policy.document import PolicyDocument
from app.domain.policy.shipped import DOCUMENTS
from app.services.policy_documents.reader import shipped
from app.services.policy_documents.sections import PolicyFigures

_HEAD = """\
# Policies

Every figure a policy may set, what it may be, and what the shipped policies say. `accord figures`
writes this page from the code; a test compares them.

A document says only what differs: a figure left out is inherited from the policy it `extends`,
and at last from the shipped `default`. Null means that there is no limit, and may be said only
where a limit may be absent. Any figure may be written as `{"value": 5, "source": "…"}`, and any
section may carry one `source` or `sources` by name. `creditors` holds figures by creditor
reference, which win one by one. How it all looks over HTTP is in [openapi.json](openapi.json).

Sources are tagged: [S] read in the source named, [S2] read in a secondary source, [M] recalled
and unverified, [I] our interpretation or choice. An [M] or [I] figure is a starting point to
configure, not a rule of law.
"""

_TAKEN = {
    "boolean": "`true`, `false`",
    "null": "`null`",
    "object": "an object",
    "string": "a text",
}


def page() -> str:
    """The whole page."""
    schema = PolicyFigures.model_json_schema()
    parts = [_HEAD, *_section(schema, schema, ""), *map(_differences, list(DOCUMENTS)[1:])]
    return "\n".join(parts)


def _section(root: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """A table of a section's own figures, then the sections within it."""
    members = {
        name: (member, _within(root, member))
        for name, member in schema["properties"].items()
        if name not in {"source", "sources"}
    }
    own = [
        _row(root, f"{path}/{name}", member)
        for name, (member, within) in members.items()
        if not within
    ]
    if own:
        title = path.removeprefix("/").replace("/", ".") or "By themselves"
        about = schema.get("description", "") if path else "Figures that are in no section."
        head = "| figure | what it is | may be | `default` says | source |\n|---|---|---|---|---|"
        yield f"## {title}\n\n{about}\n\n{head}\n" + "\n".join(own) + "\n"
    for name, (_, within) in members.items():
        if within:
            yield from _section(root, within, f"{path}/{name}")


def _within(root: Mapping[str, Any], member: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The section a member is, where it is one."""
    ways = (_way(root, one) for one in member.get("anyOf", [member]))
    return next((way for way in ways if "sources" in way.get("properties", {})), None)


def _way(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = root["$defs"][name] if name else schema
    return found


def _row(root: Mapping[str, Any], path: str, member: Mapping[str, Any]) -> str:
    document = shipped("default")
    cells = (
        f"`{path.rpartition('/')[2]}`",
        member["description"],
        ", ".join(_allowed(_way(root, one)) for one in member["anyOf"][:-1]),
        _value(document, path),
        _source(document, path),
    )
    return f"| {' | '.join(cells)} |"


def _allowed(way: Mapping[str, Any]) -> str:
    """What one way of writing a figure takes, in words."""
    if "enum" in way:
        return ", ".join(f"`{word}`" for word in way["enum"])
    if way["type"] == "integer":
        return f"{way['minimum']:,} to {way['maximum']:,}"
    return _TAKEN.get(way["type"]) or f"a list of at most {way['maxItems']}"


def _differences(name: str) -> str:
    """What another shipped policy says itself; the rest it inherits."""
    document = shipped(name)
    rows = [
        f"| `{path.removeprefix('/').replace('/', '.')}` | {_value(document, path)} "
        f"| {_source(document, path)} |"
        for path in document.figures
    ]
    about = "What it says itself. The rest is as in the shipped `default`."
    return f"## Shipped: {name}\n\n{about}\n\n| figure | says | source |\n|---|---|---|\n" + (
        "\n".join(rows) + "\n"
    )


def _value(document: PolicyDocument, path: str) -> str:
    """A figure as the document writes it; of a row, what limits."""
    raw: Any = DOCUMENTS[document.name]
    for step in path.removeprefix("/").split("/"):
        raw = raw[step] if raw is not None else None  # a role that is null as a whole
    if isinstance(raw, list) and raw and isinstance(raw[0], Mapping):
        lines = ({k: v for k, v in row.items() if k != "source" and v is not None} for row in raw)
        return "<br>".join(f"`{json.dumps(line)}`" for line in lines)
    return f"`{json.dumps(raw)}`"


def _source(document: PolicyDocument, path: str) -> str:
    """Where a figure comes from: its own source, else that of the section around it."""
    steps = path.removeprefix("/").split("/")
    pointers = [pointer_to("", *steps[:end]) if end else "" for end in range(len(steps), -1, -1)]
    return next(document.sources[one] for one in pointers if one in document.sources)
