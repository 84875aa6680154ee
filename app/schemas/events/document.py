"""The events in the document of the API: what all of them carry stands there once."""

from typing import Any

from app.schemas.events.base import EventBase
from app.schemas.events.catalog import KINDS


def share_base(schemas: dict[str, Any]) -> None:
    """Say of each type of event only its own fields, and by reference what all carry."""
    named = [kind.model.__name__ for kind in KINDS.values() if kind.model.__name__ in schemas]
    if not named:
        return
    base = EventBase.model_json_schema(ref_template="#/components/schemas/{model}")
    base.pop("$defs", None)
    schemas["EventBase"] = base
    for name in named:
        whole = schemas[name]
        own = {
            "type": "object",
            "properties": {name: whole["properties"][name] for name in ("type", "data")},
            "required": ["type", "data"],
        }
        schemas[name] = {
            "title": name,
            "description": whole["description"],
            "allOf": [{"$ref": "#/components/schemas/EventBase"}, own],
        }
