"""The ledger's rows of what settlements forgave, and of what of it is owed again."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID, uuid5

from app.domain.account.settlement import Settlement
from app.domain.account.state import State, with_settlement
from app.domain.entries.postings import Posting, PostingKind
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, Refund
from app.domain.money import NOTHING
from app.domain.values import Value, replace

#: Why a row of the ledger forgives.
SETTLED = "settled"


class ForgivenessChange(Value, kw_only=True):
    """A settlement whose forgiven amount changed: the ledger posts the difference."""

    settlement: Settlement  # as it is after
    was: Settlement | None  # as it was, where anything stood forgiven


def rows_of_fact(fact: Fact, before: State, after: State) -> tuple[Posting, ...]:
    """What a fact had settlements forgive or take back, by their plans; ids are still to come.

    What changed is taken back whole and given anew, so that each row is reversed by its own id.
    """
    return tuple(row for one in changed_forgiveness(before, after) for row in _rows(fact, one))


def rows_of_days(before: State, after: State) -> tuple[Posting, ...]:
    """What was forgiven while days were closed: money on it had cleared. Nothing is taken back."""
    return tuple(
        Posting(
            id=uuid5(one.settlement.id, f"forgiveness {on}"),
            fact_id=plan_id,
            kind=PostingKind.FORGIVENESS,
            effective_on=on,
            business_date=on,
            components=-one.settlement.forgiven,
            payment_id=one.settlement.paid_by,
            plan_id=plan_id,
            reason=SETTLED,
        )
        for one in changed_forgiveness(before, after)
        if (on := one.settlement.satisfied_on) and (plan_id := one.settlement.plan_id)
    )


def _rows(fact: Fact, one: ForgivenessChange) -> Iterator[Posting]:
    now, was = one.settlement, one.was
    if was is not None:
        if was.forgiveness_id is None:
            raise ValueError(f"no row of the ledger says what {was.id} forgave")
        yield Posting(
            id=fact.id,
            fact_id=fact.id,
            kind=PostingKind.REVERSAL,
            effective_on=_back_on(fact, was),
            business_date=fact.business_date,
            components=was.forgiven,
            payment_id=was.paid_by,
            plan_id=was.plan_id,
            reverses=was.forgiveness_id,
            reason=f"{fact.kind} entered",
            actor=fact.actor,
        )
    if now.forgiven and now.satisfied_on is not None:
        yield Posting(
            id=fact.id,
            fact_id=fact.id,
            kind=PostingKind.FORGIVENESS,
            effective_on=now.satisfied_on,
            business_date=fact.business_date,
            components=-now.forgiven,
            payment_id=now.paid_by,
            plan_id=now.plan_id,
            reason=SETTLED,
            actor=fact.actor,
        )


def _back_on(fact: Fact, was: Settlement) -> date:
    """The day it is owed again: that of the money that left, else as if it had never been given."""
    given_on = was.satisfied_on or fact.effective_on
    left = isinstance(fact.body, Chargeback | Refund)
    return max(given_on, fact.effective_on) if left else given_on


def changed_forgiveness(before: State, after: State) -> Iterator[ForgivenessChange]:
    """The settlements whose forgiven amount, or day of satisfaction, is another than before."""
    was = {one.id: one for one in before.settlements if one.forgiven}
    for one in after.settlements:
        earlier = was.get(one.id)
        same = earlier.forgiven if earlier else NOTHING
        if one.forgiven != same or (earlier and earlier.satisfied_on != one.satisfied_on):
            yield ForgivenessChange(settlement=one, was=earlier)


def with_forgiveness_ids(state: State, known: State, rows: Mapping[UUID, UUID]) -> State:
    """The state with each forgiveness row's id: the new one of its plan, else the known one."""
    for one in state.settlements:
        row = None
        if one.forgiven:
            earlier = known.settlement(one.id)
            row = rows.get(one.plan_id) if one.plan_id else None
            row = row or (earlier.forgiveness_id if earlier else None)
        if row != one.forgiveness_id:
            state = with_settlement(state, replace(one, forgiveness_id=row))
    return state
