"""What can happen to an account. Facts are appended, in order of entry, and never changed.

A fact's id is the id of the thing it makes: a payment's fact is the payment, a charge's the
charge, a plan's opening the plan. What each kind does is registered in `replay.kinds`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Generic, overload
from uuid import UUID

from typing_extensions import TypeIs, TypeVar

from app.domain.facts.accounts import AccountBody
from app.domain.facts.body import Happened
from app.domain.facts.changes import Change, ChangeBody
from app.domain.facts.kinds import FactKind
from app.domain.facts.payments import PaymentBody
from app.domain.facts.plans import PlanBody
from app.domain.facts.settlements import SettlementBody
from app.domain.values import Value
from app.domain.vocabulary import Role

Body = AccountBody | PaymentBody | PlanBody | ChangeBody | SettlementBody

#: The body of a fact whose kind is known; a `Fact` without it may be any.
B_co = TypeVar("B_co", bound=Body, default=Body, covariant=True)
#: A kind of body that facts are looked for by.
K = TypeVar("K", bound=Body)
L = TypeVar("L", bound=Body)


class Fact(Value, Generic[B_co], kw_only=True):
    """One thing that happened: what (`body`), when it counts, and when it was entered."""

    id: UUID
    sequence: int  # order of entry within the account, from 1
    effective_on: date
    business_date: date  # the tenant's day on which it was entered
    body: B_co
    actor: str | None = None
    key_id: UUID | None = None  # with which it was entered; None: without, or before it was kept
    role: Role | None = None  # of that key then
    origin: str | None = None  # the system it came from, as that one calls itself

    @property
    def kind(self) -> FactKind:
        return self.body.kind


def is_of(fact: Fact, body: type[K]) -> TypeIs[Fact[K]]:
    """Whether the fact is of this kind."""
    return isinstance(fact.body, body)


def is_change(fact: Fact) -> TypeIs[Fact[Change]]:
    """Whether the fact changed a plan's schedule."""
    return isinstance(fact.body, Change)


@overload
def facts_of(facts: Iterable[Fact], body: type[K], /) -> Iterator[Fact[K]]: ...


@overload
def facts_of(
    facts: Iterable[Fact], body: type[K], other: type[L], /
) -> Iterator[Fact[K] | Fact[L]]: ...


def facts_of(facts: Iterable[Fact], *bodies: type[Happened]) -> Iterator[Fact]:
    """Those of the facts that are of this kind, or of these two."""
    return (fact for fact in facts if isinstance(fact.body, bodies))


def installment_id(fact_id: UUID, ordinal: int) -> UUID:
    """The id of the `ordinal`-th installment (from 1) that a fact made.

    Derived, not drawn, so that it survives every replay: the fact's id plus the ordinal.
    """
    return UUID(int=fact_id.int + ordinal)
