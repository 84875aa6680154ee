"""Where an account stood at the end of a closed day, in a row that caches keep.

Reports of many accounts are answered from sums of these rows. They are what the reports' own
functions say of an account, so a cache can be held against the facts at any time.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from app.domain.account.promise import PromiseStatus
from app.domain.money import Component
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Entry
from app.domain.reports.aging import OWING_STATUSES
from app.domain.standing.promises import promise_status
from app.domain.values import Value
from app.domain.vocabulary import CURRENT

#: What a position may be grouped and narrowed by; the currency first.
DIMENSIONS: Final = (
    "currency", "creditor", "product", "policy", "placement_batch", "bucket", "status", "standing",
    "plan_kind", "assigned_to", "team",
)  # fmt: skip
#: Those that an account keeps all its life, so that what it moved may be summed by them.
LASTING: Final = ("currency", "creditor", "product", "policy", "placement_batch")
COMPONENTS: Final = tuple(f"{one}_minor" for one in Component)
FIGURES: Final = (
    "accounts", *COMPONENTS, "unapplied_minor", "overdue_minor", "plans_minor", "promises_open",
    "promised_minor",
)  # fmt: skip
#: Of a row that stands for many there is no id to lead to.
OF_MANY: Final = UUID(int=0)

Key = tuple[str | None, ...]


class Position(Value, kw_only=True):
    """An account's dimensions, in the order of `DIMENSIONS`, and its figures by name."""

    account_id: UUID
    key: Key
    figures: dict[str, int]

    @property
    def owes(self) -> bool:
        owed = sum(self.figures[one] for one in COMPONENTS)
        return owed > 0 and self.key[DIMENSIONS.index("status")] in OWING_STATUSES


def position_of(seen: Seen, question: Question) -> Position:
    """The position of an account on the day looked from."""
    at = seen.at
    key = [seen.currency, *(seen.group(name, question) for name in DIMENSIONS[1:])]
    return Position(account_id=seen.id, key=tuple(key), figures={"accounts": 1, **figures(at)})


def figures(at: Looked) -> dict[str, int]:
    """What reports of a day add up of an account that owes."""
    plan = at.state.live_plan
    promised = [
        one.amount_minor
        for one in at.state.promises
        if promise_status(one, on=at.on) is PromiseStatus.OPEN and one.made_on <= at.on
    ]
    under = sum(one.open_minor for one in plan.owing) if plan else 0
    return {
        **{f"{one}_minor": at.balance[one] for one in Component},
        "unapplied_minor": at.unapplied_minor,
        "overdue_minor": at.overdue_minor,
        "plans_minor": min(at.balance.total_minor, under),
        "promises_open": len(promised),
        "promised_minor": sum(promised),
    }


def rolled_up(positions: Iterable[Position]) -> dict[Key, dict[str, int]]:
    """The figures of those that owe, by everything they may be grouped by."""
    sums: dict[Key, dict[str, int]] = {}
    for one in positions:
        if one.owes:
            cell = sums.setdefault(one.key, dict.fromkeys(FIGURES, 0))
            for name, minor in one.figures.items():
                cell[name] += minor
    return sums


def aging_entries(sums: Mapping[Key, Mapping[str, int]], question: Question) -> Iterable[Entry]:
    """Aging by account, of sums by `groups_of(question)`."""
    for key, cell in sums.items():
        named = dict(zip(groups_of(question), key, strict=True))
        yield _entry(named, question, {
            "accounts": cell["accounts"],
            "balance_minor": _balance(cell),
            **{one: cell[one] for one in COMPONENTS},
            "overdue_minor": cell["overdue_minor"],
            "unapplied_minor": cell["unapplied_minor"],
        })  # fmt: skip


def portfolio_entries(sums: Mapping[Key, Mapping[str, int]], question: Question) -> Iterable[Entry]:
    """The page of key figures, of sums by `groups_of(question)`."""
    for key, cell in sums.items():
        named = dict(zip(groups_of(question), key, strict=True))
        balance, accounts = _balance(cell), cell["accounts"]
        late, written = named["bucket"] != CURRENT, named["status"] == "charged_off"
        yield _entry(named, question, {
            "accounts": accounts,
            "balance_minor": balance,
            "overdue_minor": cell["overdue_minor"],
            "unapplied_minor": cell["unapplied_minor"],
            "delinquent_accounts": accounts * late,
            "delinquent_minor": balance * late,
            "charged_off_accounts": accounts * written,
            "charged_off_minor": balance * written,
            "plans": accounts * (named["plan_kind"] is not None),
            "plans_minor": cell["plans_minor"],
            "promises_open": cell["promises_open"],
            "promised_minor": cell["promised_minor"],
        })  # fmt: skip


def figures_of(question: Question) -> tuple[str, ...]:
    """Which figures a report of a day shows."""
    beside = ("plans_minor", "promises_open", "promised_minor")
    return (
        FIGURES
        if question.report == "portfolio"
        else tuple(one for one in FIGURES if one not in beside)
    )


def groups_of(question: Question) -> tuple[str, ...]:
    """What sums must be told apart by: key figures ask for more than their groups."""
    more = ("bucket", "status", "plan_kind") if question.report == "portfolio" else ()
    return tuple(dict.fromkeys(("currency", *question.by, *more)))


def _balance(cell: Mapping[str, int]) -> int:
    return sum(cell[one] for one in COMPONENTS)


def _entry(named: Mapping[str, str | None], question: Question, adds: dict[str, int]) -> Entry:
    return Entry(
        id=OF_MANY,
        currency=str(named["currency"]),
        key=tuple(named[name] for name in question.by),
        adds=adds,
        accounts=adds["accounts"],
    )
