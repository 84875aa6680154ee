"""The API as a document: what integrators read first, and what all operations share in it."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI

from app.schemas.edge.problems import Problem

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
    {"name": "re-aging", "description": "Delinquent accounts called current, by the book."},
    {"name": "payments", "description": "Money received, where each cent went, and returns."},
    {"name": "policies", "description": "The creditor's rules, in versions."},
    {"name": "events", "description": "Everything that happened, in order, at least once."},
    {"name": "reports", "description": "What other departments take away."},
    {"name": "sweeps", "description": "The day close for every account, started and watched."},
    {"name": "sandbox", "description": "A tenant for trying things moves its own clock."},
]


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
            "description": "An API key: `accord keys create`.",
        }
    }
    used = {
        tag for path in document["paths"].values() for op in path.values() for tag in op["tags"]
    }
    document["tags"] = [tag for tag in TAGS if tag["name"] in used]
    return document


def release() -> str:
    """This release's number."""
    try:
        return version("accord")
    except PackageNotFoundError:
        return "0.0.0"
