"""docs/events.md: every type of event, what it carries, and one that a test has seen."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from app.schemas.events.base import EventBase
from app.schemas.events.catalog import KINDS, EventKind

_HEAD = """\
# Events

<!-- Made by `accord events`, of `app/schemas/events`; the examples are of tests/scenarios. -->

`GET /v1/events` is the feed of everything that happened, and a webhook is sent the same. Keep
`next_cursor` (it is never null) and ask with it as `after`; with `wait=25` the answer comes as
soon as there is something, or after 25 seconds with nothing. Events of one account come in order
of `sequence`, which has no gaps. An event may come twice: its `id` tells.

**Who and why.** `actor`, `role`, `origin` and `reason` are of the act that an event came of. All
are null where nobody did anything and a day passed. A reason that names the debtor stays where it
was entered; no name, e-mail or phone of a debtor is in an event. What you choose yourself
(`Accord-Actor`, `Accord-Origin`, references, reason codes) is told as it is: put no person in it.

**What is owed.** The last event of whatever changed it has `balance_after_minor` and
`unapplied_after_minor`; elsewhere they are null. So a mirror of balances takes what it finds.

**Corrections.** What was judged and no longer holds is told again, by an event of the same type
that `corrects` it. Its `data` is `{"before": …, "after": …}`: what was said, and what is true now;
`after` null says that it is no longer so, `before` null that it is so again.

**Of no account.** What a person says, and whatever else belongs to no account, has `account_id`
null; it comes in one row of the tenant's, and `sequence` counts in that without gaps. Money that
waits in suspense has `account_id` null too, and `sequence` counts for each `payment_id` by itself.

What is told now has all fields below. Events told by an earlier version keep the fields they had.

## What every event carries

"""


def events_page() -> str:
    """The page, of the catalog and its examples."""
    seen = examples()
    parts = [_HEAD, *_table(EventBase.model_json_schema()), ""]
    for of, kind in KINDS.items():
        parts += ["", f"## {of}", "", (kind.data.__doc__ or "").strip()]
        if kind.corrigible:
            parts += ["", "May come as a correction."]
        parts += ["", *_fields(kind)]
        if of in seen:
            parts += ["", "```json", json.dumps(seen[of], indent=2, ensure_ascii=False), "```"]
    return "\n".join(parts) + "\n"


def examples() -> Mapping[str, Any]:
    """An event of each type, as a test has seen it."""
    text = files("app.schemas.events").joinpath("examples.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _fields(kind: EventKind) -> Iterator[str]:
    schema = kind.data.model_json_schema()
    if not schema.get("properties"):
        yield "`data` says nothing more."
        return
    yield from _table(schema)


def _table(schema: Mapping[str, Any]) -> Iterator[str]:
    yield "| field | is | |"
    yield "|---|---|---|"
    needed = schema.get("required", ())
    for name, one in schema["properties"].items():
        said = one.get("description", "")
        left_out = "" if name in needed else " Left out elsewhere."
        yield f"| `{name}` | {_kind(one, schema)} | {said}{left_out} |".replace("|  |", "| |")


def _kind(one: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """A field's type in a word or two."""
    if "$ref" in one:
        return _kind(whole["$defs"][one["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in one:
        kinds = [_kind(inner, whole) for inner in one["anyOf"]]
        return ", or ".join(dict.fromkeys(kinds))
    if one.get("type") == "array":
        return f"list of {_kind(one['items'], whole)}"
    return _word(one)


def _word(one: Mapping[str, Any]) -> str:
    listed = one.get("enum") or [one[name] for name in ("const",) if name in one]
    if listed:
        return ", ".join(f"`{value}`" for value in listed)
    prefix, is_id, _ = one.get("pattern", "").partition("_[")
    if is_id:
        return f"`{prefix.removeprefix('^')}_…`"
    forms = {"date": "date", "date-time": "instant", "uuid": "id"}
    return forms.get(one.get("format", ""), str(one.get("type", "any")))
