"""The API as a document: what integrators read first, and what all operations share in it."""

from typing import Any

from fastapi import FastAPI

from app.routers.openapi.components import (
    name_headers,
    operations,
    share_parameters,
    share_responses,
)
from app.routers.openapi.examples import place_examples
from app.routers.openapi.schema_names import name_schemas
from app.schemas.edge.problems import Problem
from app.schemas.events.document import share_base
from app.services.tenancy.authentication import SCOPES

TITLE = "Accord"
DESCRIPTION = """
Payment plans on overdue debt: accounts, schedules, plans, payments, and what is missed as of
any day.

**Money** is an integer in the currency's minor unit (`*_minor`), **dates** are `YYYY-MM-DD`
(`*_on`), **instants** are UTC with `Z` (`*_at`), **shares** are basis points (`*_bps`).
Fields nobody knows are refused. Days lie between 1900-01-01 and 2100-12-31, where the holidays
of our calendars end; a schedule that would go further is refused, with a calendar or without.

**Keys.** Press *Authorize* and paste an API key (`accord keys create`). Each operation names
the scope it needs. Who acts behind the key goes into `Accord-Actor`.

**A 2xx means stored.** The database has committed before the answer is sent. If an answer is
lost, send the request again: with the same `Idempotency-Key` nothing is done twice, and the
first answer comes back with `Idempotency-Replayed: true`.

**Refusals** are problem documents (RFC 9457). Their `type` leads to an explanation, their
members are the facts that decided. `errors[].pointer` is a JSON pointer into the body, `?name`
for a query parameter, `Name:` for a header.

**Lists** are pages: pass `next_cursor` as `cursor` until it is null.
""".strip()
TAGS = [
    {"name": "accounts", "description": "Debts: what is owed, and everything that moved it."},
    {"name": "schedules", "description": "What terms would look like. Nothing is stored."},
    {"name": "quotes", "description": "Terms in writing: what may be offered, and what was."},
    {"name": "plans", "description": "Agreed installments on an account, and how they stand."},
    {"name": "settlements", "description": "A part taken for the whole, and what that forgives."},
    {"name": "approvals", "description": "What waits for somebody else to decide, oldest first."},
    {"name": "re-aging", "description": "Delinquent accounts called current, by the book."},
    {"name": "payments", "description": "Money received, where each cent went, and returns."},
    {"name": "imports", "description": "Files as they come, imported by a worker."},
    {"name": "persons", "description": "Who owes, how they are reached, and what they allow."},
    {"name": "assignments", "description": "Teams, and who works which account."},
    {"name": "escalations", "description": "What another desk is to look at, and its course."},
    {"name": "worklists", "description": "Who is worked next, by whom, and why."},
    {"name": "links", "description": "What a debtor may do alone, by an address of their own."},
    {"name": "contacts", "description": "Whether a person may be contacted now, and why not."},
    {"name": "templates", "description": "What is said to debtors, in versions and languages."},
    {"name": "messages", "description": "What is sent to debtors, and what became of it."},
    {"name": "policies", "description": "The creditor's rules, in versions."},
    {"name": "events", "description": "Everything that happened, in order, at least once."},
    {"name": "webhooks", "description": "Endpoints of yours that are told, signed, in order."},
    {"name": "reports", "description": "What other departments take away."},
    {"name": "sweeps", "description": "The day close for every account, started and watched."},
    {"name": "keys", "description": "Who is asking, and what that key may do."},
    {"name": "sandbox", "description": "A tenant for trying things moves its own clock."},
]

_KEY = """
An API key, made by `accord keys create`. It has a role and scopes; what an
operation needs stands in its description, as `security` and as `x-required-scope`.

Scopes: {scopes}.
""".strip()
#: What a good answer means, where its route does not say.
_ANSWERED = {
    "get": "As it stands.",
    "200": "Done; as it stands now.",
    "201": "Stored; this is what it made.",
    "202": "Taken on; ask for it by its id.",
    "204": "Done; there is nothing to say.",
}
#: Where one of these stands beside it, `title` is JSON Schema's.
_KEYWORDS = {"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"}


class Documented(FastAPI):
    """The application, with a document that says what ours answers and nothing else."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    parts["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": _KEY.format(scopes=", ".join(f"`{one}`" for one in sorted(SCOPES))),
        }
    }
    place_examples(document)
    share_base(schemas)
    _say_scopes(document)
    _tidy(document)
    name_schemas(document)
    name_headers(document)
    share_responses(document)
    share_parameters(document)
    _in_order(document)
    return document


def _say_scopes(document: dict[str, Any]) -> None:
    """The scope in words too, where every reader looks; and what a good answer means."""
    for method, operation in operations(document):
        scope = operation.get("x-required-scope")
        if scope is not None:
            operation["description"] += f"\n\nScope: `{scope}`"
        for status, response in operation["responses"].items():
            if response.get("description") == "Successful Response":
                response["description"] = _ANSWERED["get" if method == "get" else status]


def _tidy(node: object, *, named: bool = False) -> None:
    """Schemas as short as they can be said; tuples with the `items` that older readers want.

    Titles that say a name again go, and `null` is one of the types. `named`: the node's members
    are named by us (properties), not by JSON Schema.
    """
    if isinstance(node, list):
        for one in node:
            _tidy(one)
    if not isinstance(node, dict):
        return
    for name, inner in node.items():
        if named or name not in {"example", "examples"}:
            _tidy(inner, named=not named and name in {"properties", "schemas"})
    if not named:
        _tidy_one(node)


def _tidy_one(node: dict[str, Any]) -> None:
    if isinstance(node.get("title"), str) and node.keys() & _KEYWORDS:
        del node["title"]
    if "prefixItems" in node:
        first, *others = node["prefixItems"]
        node.setdefault("items", first if all(one == first for one in others) else {})
    _with_null_as_a_type(node)
    if node.get("format") in {"date", "date-time"}:
        node.pop("examples", None)  # the format says it
    for limit in ("minimum", "maximum"):
        if isinstance(node.get(limit), float) and node[limit].is_integer():
            node[limit] = int(node[limit])


def _with_null_as_a_type(node: dict[str, Any]) -> None:
    match node.get("anyOf"):
        case [{"type": str(kind)} as one, {"type": "null"}] if not one.keys() & {"enum", "const"}:
            del node["anyOf"]
            own = {**one, **node, "type": [kind, "null"]}
            node.clear()
            node.update(own)


def _in_order(document: dict[str, Any]) -> None:
    """Paths in the order of their tags: many readers go by that."""
    places = {tag["name"]: i for i, tag in enumerate(TAGS)}
    paths = document["paths"]

    def place(path: str) -> int:
        return min(
            places.get(tag, len(places)) for one in paths[path].values() for tag in one["tags"]
        )

    document["paths"] = {path: paths[path] for path in sorted(paths, key=place)}
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    document["tags"] = [tag for tag in TAGS if tag["name"] in used]
