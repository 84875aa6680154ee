"""One case while it is played: where its clock stands, and what its names stand for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from tests.scenarios.client import Api, Document, Unknown

Step = Mapping[str, Any]

CURRENCY = "EUR"
_CENTS = 100
_TOLD = {"op", "note", "comment", "as_of"}  # what any step may say without meaning more by it


def minor(amount: object) -> int:
    """Decimal text to minor units: `12.50` → 1250."""
    units = Decimal(str(amount)) * _CENTS
    if units != units.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return int(units)


def money(amount_minor: int) -> str:
    """Minor units as they are written in a table: 1250 → `12.50`."""
    return f"{Decimal(amount_minor) / _CENTS:.2f}"


def understood(step: Mapping[str, Any], known: Collection[str], *, what: str) -> None:
    """Refuse a step that says something nobody here understands; null says nothing."""
    for name, value in step.items():
        if name not in known and name not in _TOLD and value is not None:
            raise Unknown(f"{what}.{name}")


@dataclass(slots=True)
class Entry:
    """Something that stands in the case's own list of transactions."""

    type: str  # as the case calls it: Repayment, Down Payment, …
    on: date
    amount_minor: int
    id: str | None = None  # ours; None for what nobody can take back
    undone: bool = False


@dataclass(slots=True)
class Life:
    """The account, the plan and the memory of one case."""

    api: Api
    buckets: list[dict[str, Any]]
    reference: str
    today: date | None = None
    told: date | None = None  # the day that is told of; what happened on it may be entered later
    agreed: dict[str, Any] = field(default_factory=dict)  # the step create_plan
    rules: dict[str, str] = field(default_factory=dict)  # for money ahead, by transaction type
    account_id: str = ""
    plan_id: str = ""
    settlement_id: str = ""
    entries: list[Entry] = field(default_factory=list)
    charges: list[tuple[str, str, date, int]] = field(default_factory=list)
    pauses: dict[str, tuple[date, date]] = field(default_factory=dict)
    re_ages: list[str] = field(default_factory=list)
    rows_before: set[str] = field(default_factory=set)
    judged: list[date] = field(default_factory=list)  # the days the case's own system looked
    changed: bool = False  # whether an earlier fact was changed after it counted
    unchanged: list[Document] | None = None  # the rows before the newest act
    preview: Document | None = None  # the plan a preview showed, until the next act
    waiting: list[Step] = field(default_factory=list)  # what was charged before there was a plan
    names: dict[str, str] = field(default_factory=dict)
    table: dict[str, Document] = field(default_factory=dict)  # offers and quotes, by name
    numbers: Any = field(default_factory=lambda: count(1))

    async def move(self, to: date) -> None:
        """Set the sandbox clock, where it does not stand there already."""
        if to != self.today:
            await self.api.put("/v1/sandbox/clock", {"business_date": to.isoformat()})
            self.today = to

    async def take_up(self, step: Step) -> date:
        """The day a step happens on: the one it names, else the clock's."""
        if step.get("business_date"):
            await self.move(date.fromisoformat(step["business_date"]))
        if self.today is None:
            raise Unknown("a step before any date")
        return self.today

    def dated(self, step: Step, *names: str) -> str | None:
        """`effective_on` for a command: the step's own day where it is not the clock's."""
        for name in names:
            if step.get(name) and step[name] != str(self.today):
                return str(step[name])
        return None

    def new_reference(self, kind: str) -> str:
        return f"{self.reference}-{kind}-{next(self.numbers)}"

    def judge(self, *, even_paused: bool = False) -> None:
        """Remember that the case's own system put the account in a bucket today."""
        today = self.today
        paused = any(start <= today <= end for start, end in self.pauses.values() if today)
        if today and (even_paused or not paused):
            self.judged.append(today)

    def judged_by(self, on: date) -> date | None:
        """The last day up to this one on which the case's own system looked."""
        return max((day for day in self.judged if day <= on), default=None)

    async def plan(self, step: Step) -> Document:
        """The plan on the day a step speaks of."""
        if not self.plan_id:
            raise Unknown("a step that needs a plan, before there is one")
        return await self.api.get(f"/v1/plans/{self.plan_id}", as_of=self.dated(step, "as_of"))

    async def account(self, step: Step) -> Document:
        if not self.account_id:
            raise Unknown("a step that needs an account, before there is one")
        return await self.api.get(
            f"/v1/accounts/{self.account_id}", as_of=self.dated(step, "as_of")
        )

    async def settlement(self, step: Step) -> Document:
        """The newest settlement, on the day a step speaks of."""
        if not self.settlement_id:
            raise Unknown("a step that needs a settlement, before there is one")
        where = f"/v1/settlement-offers/{self.settlement_id}"
        return await self.api.get(where, as_of=self.dated(step, "as_of"))
