"""What people did about an account besides its facts, and what they are to reach.

Contacts, quotes, decisions and refusals are told by the feed and by the records of contacts; what
somebody only looked at is nowhere, and not counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.reports.targets import Target, TargetScope
from app.domain.values import Value

_MINUTE = timedelta(minutes=1)


class ActKind(StrEnum):
    CONTACT = "contact"
    QUOTE = "quote"
    PROPOSAL = "proposal"  # of a change that waits
    APPROVAL = "approval"
    REFUSAL = "refusal"
    ITEM = "item"  # of a worklist, worked


class Act(Value, kw_only=True):
    """One thing somebody did. `what`: a contact's channel, a refusal's rule, a plan's revision.

    `waited_minutes`: how long what was decided had waited.
    """

    id: UUID
    noun: str
    kind: ActKind
    on: date
    actor: str | None
    what: str | None = None
    waited_minutes: int | None = None


class ToldEvent(NamedTuple):
    """An event of an account as far as acts are asked for."""

    id: UUID
    type: str
    on: date
    at: datetime
    plan_id: UUID | None
    data: Mapping[str, Any]
    actor: str | None


_ASKED = (EventType.PLAN_CREATED, EventType.REVISION_PROPOSED, EventType.SETTLEMENT_OFFERED)
_DECIDED = (
    EventType.PLAN_APPROVED, EventType.PLAN_REJECTED, EventType.REVISION_APPROVED,
    EventType.REVISION_REJECTED, EventType.SETTLEMENT_APPROVED,
)  # fmt: skip
#: The events that acts are made of.
TELLING = (*_ASKED, *_DECIDED, EventType.QUOTE_CREATED, EventType.RE_AGE_REFUSED)


def acts_told(events: Iterable[ToldEvent]) -> Iterator[Act]:
    """The acts that an account's events tell, which come in their order."""
    asked: dict[tuple[object, ...], datetime] = {}
    for one in events:
        what = (one.plan_id, one.data.get("revision"), one.data.get("settlement_id"))
        change = f"{one.plan_id} {what[1]}" if what[1] else None
        if one.type in _ASKED:
            asked[what] = one.at
            if change is not None:
                yield _act(one, ActKind.PROPOSAL, what=change)
        elif one.type in _DECIDED:
            since = asked.get(what)
            waited = None if since is None else (one.at - since) // _MINUTE
            yield _act(one, ActKind.APPROVAL, what=change, waited_minutes=waited)
        elif one.type == EventType.QUOTE_CREATED:
            yield _act(one, ActKind.QUOTE)
        elif one.type == EventType.RE_AGE_REFUSED:
            for rule in one.data["failed"]:
                yield _act(one, ActKind.REFUSAL, what=rule)


def _act(
    one: ToldEvent, kind: ActKind, *, what: str | None = None, waited_minutes: int | None = None
) -> Act:
    return Act(
        id=one.id, noun="event", kind=kind, on=one.on, actor=one.actor, what=what,
        waited_minutes=waited_minutes,
    )  # fmt: skip


class Offered(NamedTuple):
    """Terms offered in writing. `plan_id`: of the plan that was opened on them."""

    id: UUID
    made_on: date
    ends_on: date
    amount_minor: int
    supersedes: UUID | None
    plan_id: UUID | None


class Membership(NamedTuple):
    """Who belonged to a team from a day on."""

    on: date
    actors: Sequence[str]


class Aim(Value, kw_only=True):
    """A target that stands on the day looked from. `teams`: of a team's, its members by day.

    `business_days`: of its span; `elapsed_business_days`: of them by the day looked from.
    """

    id: UUID
    target: Target
    teams: tuple[Membership, ...] = ()  # in their order
    business_days: int = 0
    elapsed_business_days: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Whose, of what, and of which days: its row."""
        one = self.target
        return f"{one.scope} {one.whose}", str(one.metric), f"{one.from_on}/{one.to_on}"

    def counts(self, creditor: str | None, actor: str | None, on: date) -> bool:
        """Whether what an actor did that day, on such an account, counts for it."""
        one = self.target
        if not one.from_on <= on <= one.to_on:
            return False
        if one.scope is TargetScope.CREDITOR:
            return creditor == one.whose
        if one.scope is TargetScope.ACTOR:
            return actor == one.whose
        members = next((each.actors for each in reversed(self.teams) if each.on <= on), ())
        return actor in members
