"""What each row of the books keeps to, asked once, before the rows go to the database.

The fold's answer keeps to it already: its words are enumerations, its amounts are taken from what
there is. This holds a row against that once more, for what the fold or whoever words its rows may
have got wrong: then nothing is written at all. The database could ask the same, and did: a CHECK
is kept there as text and made an expression again at every statement, which took more of a posting
than appending its ledger row. It still holds what no single row shows (keys, references), that
nothing is missing, and the ledger's one equation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import call, itemgetter, le
from typing import Any, Final

from app.domain.account.plan import PlanStatus
from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.domain.standing.status import Standing
from app.domain.vocabulary import (
    FundedBy,
    FutureRule,
    InstallmentKind,
    PaymentKind,
    PaymentMethod,
    PlanKind,
)
from app.storage.tables.accounts import (
    ACCOUNT_STATUSES,
    HANDLE_KINDS,
    PAYMENT_STATUSES,
    POSTING_KINDS,
    UNAPPLIED,
)
from app.storage.tables.columns import cells

Row = Mapping[str, Any]
Rule = Callable[[Row], bool]


class BrokenRule(Exception):
    """A row that the books may not hold; it is our own mistake, and nothing of it is written."""

    def __init__(self, part: str, rule: str) -> None:
        super().__init__(f"{part}: {rule}")


def hold(rows: Mapping[str, Sequence[Row]]) -> None:
    """Hold rows, by part, to the rules of their part. Raises `BrokenRule`."""
    for part, many in rows.items():
        if many and part in _AT_ONCE:
            kept = _AT_ONCE[part]
            for row in many:
                if not kept(row):
                    broken = next(name for name, rule in RULES[part].items() if not rule(row))
                    raise BrokenRule(part, broken)


@dataclass(frozen=True, slots=True)
class _OneOf:
    """A column has one of these words."""

    column: str
    known: frozenset[str | None]

    def __call__(self, row: Row) -> bool:
        return row[self.column] in self.known


@dataclass(frozen=True, slots=True)
class _AtLeast:
    """None of these columns is less."""

    least: int
    columns: tuple[str, ...]

    def __call__(self, row: Row) -> bool:
        return all(row[column] >= self.least for column in self.columns)


def _one_of(column: str, words: Iterable[str], *, or_none: bool = False) -> dict[str, Rule]:
    return {column: _OneOf(column, frozenset({*words, None} if or_none else words))}


def _at_least(least: int, *columns: str) -> dict[str, Rule]:
    return {f"at least {least}: {', '.join(columns)}": _AtLeast(least, columns)}


def _at_once(rules: Mapping[str, Rule]) -> Rule:
    """All rules of a part as one: words, and amounts with the same least, are asked together."""
    words = [rule for rule in rules.values() if isinstance(rule, _OneOf)]
    known = [rule.known.__contains__ for rule in words]
    said = _taking([rule.column for rule in words])
    amounts = [
        (least, _taking([c for rule in same for c in rule.columns]))
        for least in (0, 1)
        if (same := [r for r in rules.values() if isinstance(r, _AtLeast) and r.least == least])
    ]
    others = [rule for rule in rules.values() if not isinstance(rule, _OneOf | _AtLeast)]

    def kept(row: Row) -> bool:
        if not all(map(call, known, said(row))):
            return False
        for least, values in amounts:
            if min(values(row)) < least:
                return False
        return not others or all(rule(row) for rule in others)

    return kept


def _taking(columns: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """The values of these columns of a row."""
    match columns:
        case []:
            return lambda _: ()
        case [one]:
            return itemgetter(one, one)
        case _:
            return itemgetter(*columns)


def _paid_of_due() -> dict[str, Rule]:
    """No component has more paid on it than is due, nor more paid early and late than paid."""
    due, paid = itemgetter(*cells()), itemgetter(*cells("paid_"))

    def of_due(row: Row) -> bool:
        return all(map(le, paid(row), due(row)))

    def when(row: Row) -> bool:
        return bool(row["paid_in_advance_minor"] + row["paid_late_minor"] <= sum(paid(row)))

    return {"paid of due": of_due, "paid when": when}


_PLAN: Final = {
    **_one_of("status", PlanStatus),
    **_one_of("standing", Standing, or_none=True),
    **_at_least(0, "total_minor", "paid_minor", "outstanding_minor"),
    **_at_least(1, "revision"),
    "next_due_minor": lambda row: (row["next_due_minor"] or 0) >= 0,
}
_CHANGED_PAYMENT: Final = {
    **_one_of("status", PAYMENT_STATUSES),
    **_at_least(0, "unapplied_minor", "generation"),
}
#: By part, as `write.py` names them.
RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "handles": _one_of("kind", HANDLE_KINDS),
    "facts": {**_one_of("kind", FactKind), **_at_least(1, "sequence")},
    "plans": {**_PLAN, **_one_of("kind", PlanKind)},
    "plan_changes": _PLAN,
    "installments": {
        **_one_of("kind", InstallmentKind),
        **_at_least(0, *cells("paid_"), "paid_in_advance_minor", "paid_late_minor"),
        **_paid_of_due(),
        **_at_least(1, "number"),
    },
    "payments": {
        **_CHANGED_PAYMENT,
        **_one_of("method", PaymentMethod),
        **_one_of("kind", PaymentKind),
        **_one_of("funded_by", FundedBy),
        **_one_of("future", FutureRule, or_none=True),
        **_one_of("component", Component, or_none=True),
        **_at_least(1, "amount_minor"),
        "unapplied of amount": lambda row: row["unapplied_minor"] <= row["amount_minor"],
    },
    "payment_changes": _CHANGED_PAYMENT,
    "postings": {
        **_one_of("kind", POSTING_KINDS),
        **_at_least(0, "balance_after_minor"),
        **_at_least(1, "sequence"),
    },
    "allocations": {
        **_one_of("component", (*Component, UNAPPLIED)),
        **_one_of("cell", Component, or_none=True),
        **_at_least(1, "amount_minor", "generation", "line"),
    },
    "events": {
        **_at_least(1, "sequence"),
        "type": lambda row: row["type"].find(".") > 0,
    },
    "standings": _one_of("standing", Standing, or_none=True),
    "accounts": {
        **_one_of("status", ACCOUNT_STATUSES),
        **_at_least(
            0,
            *cells(),
            "unapplied_minor",
            "fact_sequence",
            "posting_sequence",
            "event_sequence",
            "replays",
        ),
    },
}
_AT_ONCE: Final = {part: _at_once(rules) for part, rules in RULES.items()}
