"""What may be said when an account is placed, or of a placement that is corrected."""

from collections.abc import Iterator
from datetime import date

from app.domain.errors import FieldProblem
from app.domain.facts.accounts import Placed


def placement_problems(placed: Placed, *, placed_on: date) -> Iterator[FieldProblem]:
    """What cannot be meant, by field; the fields of another fact's account are not asked."""
    total = placed.balance.total_minor
    since = placed.delinquent_since_on
    if placed.opened_on > placed_on:
        yield _problem("/opened_on", f"must not lie after the placement, {placed_on}")
    if placed.owed_late_minor > total:
        yield _problem("/past_due_minor", f"must not exceed the balance of {total}")
    if since is not None and since > placed_on:
        yield _problem("/delinquent_since_on", f"must not lie after the placement, {placed_on}")
    if since is not None and not placed.owed_late_minor:
        yield _problem("/delinquent_since_on", "needs an amount past due")


def _problem(pointer: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=pointer, detail=detail)
