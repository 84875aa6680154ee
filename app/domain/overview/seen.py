"""An account as a report sees it: how it stood on one day, or on two, by what was known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.facts.fact import Fact
from app.domain.money import Amounts
from app.domain.overview.acts import Act, Aim, Offered
from app.domain.overview.question import Question
from app.domain.overview.table import Entry
from app.domain.policy.book import PolicyBook
from app.domain.reports.aging import OWING_STATUSES, band
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.domain.standing.lateness import Delinquency, explain, explain_account
from app.domain.standing.status import account_status, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How an account stood at the end of a day.

    `balance`: booked, what the ledger said; restated, what the facts come to. `fold`: where only
    the stored state was looked at, it tells nothing of payments.
    """

    on: date
    fold: Fold
    balance: Amounts
    unapplied_minor: int
    policies: PolicyBook
    placed: bool  # whether it was known at all

    @property
    def state(self) -> State:
        return self.fold.state

    @property
    def status(self) -> str:
        return account_status(self.state).value

    @property
    def owes(self) -> bool:
        return self.placed and self.balance.total_minor > 0 and self.status in OWING_STATUSES

    @property
    def delinquency(self) -> Delinquency:
        plan = self.state.live_plan
        if plan is not None:
            return explain(self.state, plan, self.policies.of(plan), on=self.on)
        return explain_account(self.state, self.policies.in_force(self.on), on=self.on)

    def bucket(self, *, standard: bool) -> str:
        """The policy's name for its age, or the shipped band of its delinquent days."""
        return band(self.delinquency.delinquent_days) if standard else self.state.bucket

    @property
    def overdue_minor(self) -> int:
        """What is past due, no more than is owed."""
        return min(self.delinquency.overdue_minor, self.balance.total_minor)

    def bucket_names(self) -> tuple[str, ...]:
        """Those of the policy that judges it, by age."""
        plan = self.state.live_plan
        policy = self.policies.of(plan) if plan else self.policies.in_force(self.on)
        return ("current", *(one.name for one in policy.buckets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What the ledger moved of one kind and component in a month of the span.

    Before the span: `kind` and `month` None.
    """

    kind: str | None
    month: str | None
    component: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """To whom an account was given on a day: an actor, a team, or nobody."""

    on: date
    actor: str | None
    team: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An account with its figures at the day looked from, and at the start of the span."""

    id: UUID
    reference: str
    currency: str
    product: str
    policy: str
    creditor: str | None
    given: Sequence[Given] = ()  # in their order, by the day looked from
    at: Looked
    before: Looked | None = None
    ends: Sequence[Looked] = ()  # the month-ends that the report stands on, oldest first
    facts: Sequence[Fact] = ()
    acts: Sequence[Act] = ()  # in their order
    aims: Sequence[Aim] = ()
    quotes: Sequence[Offered] = ()
    holidays: Holidays = NO_HOLIDAYS  # of the tenant
    behind_since: date | None = None  # the first day that is not closed, where one is not
    moved: Sequence[Moved] = field(default=())

    @property
    def assigned_to(self) -> str | None:
        return self.given[-1].actor if self.given else None

    @property
    def team(self) -> str | None:
        return self.given[-1].team if self.given else None

    def owner_on(self, on: date) -> str | None:
        """Who had it on a day."""
        return next((one.actor for one in reversed(self.given) if one.on <= on), None)

    def group(self, name: str, question: Question) -> str | None:
        """Its value of a dimension on the day looked from."""
        if name == "bucket":
            return self.at.bucket(standard=question.standard)
        value: object = _DIMENSIONS[name](self)
        return None if value is None else str(value)

    def key(self, question: Question, **own: str | None) -> tuple[str | None, ...]:
        """The groups of a row; `own`: the report's own values, which go before the account's."""
        return tuple(own[name] if name in own else self.group(name, question)
                     for name in question.by)  # fmt: skip

    def entry(
        self, question: Question, adds: Mapping[str, int], *, id_: UUID | None = None,
        noun: str = "account", why: str | None = None, **own: str | None,
    ) -> Entry:  # fmt: skip
        """What it, or something of it, adds to a row; `own`: the report's own groups."""
        return Entry(
            id=id_ or self.id, currency=self.currency, key=self.key(question, **own),
            adds=dict(adds), noun=noun, reference=self.reference, why=why,
        )  # fmt: skip

    def asked_for(self, question: Question) -> bool:
        """Whether the filters leave it in."""
        return all(
            (self.currency if name == "currency" else self.group(name, question)) == value
            for name, value in question.filters.items()
        )


def _standing(seen: Seen) -> object:
    plan = seen.at.state.live_plan
    policies = seen.at.policies
    return standing(seen.at.state, plan, policies.of(plan), on=seen.at.on) if plan else None


def _plan_kind(seen: Seen) -> object:
    plan = seen.at.state.live_plan
    return plan.kind.value if plan else None


_DIMENSIONS: Mapping[str, Callable[[Seen], object]] = {
    "creditor": lambda seen: seen.creditor,
    "product": lambda seen: seen.at.state.product or seen.product,  # corrected later, not yet
    "policy": lambda seen: seen.policy,
    "assigned_to": lambda seen: seen.assigned_to,
    "team": lambda seen: seen.team,
    "placement_batch": lambda seen: seen.at.state.placement_batch,
    "status": lambda seen: seen.at.status,
    "standing": _standing,
    "plan_kind": _plan_kind,
}
