"""The ledger's rows: what a fact did to the balance, and what it moved of earlier payments."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID, uuid5

from app.domain.account.fold import Fold
from app.domain.account.lines import lowered_by
from app.domain.entries.accounts import charge_of
from app.domain.entries.postings import Posting, PostingKind
from app.domain.facts.accounts import Closed, ClosureUndone
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Reversal
from app.domain.money import NOTHING, Amounts
from app.domain.replay.kinds import KINDS
from app.domain.values import replace


def postings_of(
    facts: Sequence[Fact], before: Fold, after: Fold, *, given: Sequence[Posting] = ()
) -> tuple[Posting, ...]:
    """The rows that facts of one kind add, in ledger order, with the running balance.

    Rows that raise what is owed come first, so the running balance is never negative. What was
    moved of earlier payments is told of the last fact. `given`: what a settlement forgave or took
    back by them.
    """
    fact = facts[-1]
    main = tuple(posting for one in facts for posting in _own(one, before, after))
    interest = interest_rows(before, after, fact=fact)
    moved = (
        *_withdrawn(fact, before, after),
        *_reallocations(fact, before, after),
        *interest,
        *given,
        *_write_offs(fact, before, after),
        *_barred(facts, before, after),
    )
    in_order = (
        *(posting for posting in moved if posting.components.total_minor > 0),
        *main,
        *(posting for posting in moved if posting.components.total_minor <= 0),
    )
    rows, balance = list[Posting](), before.state.balance.total_minor
    for number, posting in enumerate(in_order, start=1):
        balance += posting.components.total_minor
        # What a fact itself did has the fact's id. What it moved of others takes those that follow
        # it: the same ones at every replay, and nobody else's, since an id ends in random bits.
        own = posting.id if posting in main else UUID(int=fact.id.int + number)
        rows.append(replace(posting, id=own, balance_after_minor=balance))
    if balance != after.state.balance.total_minor:
        raise ValueError(f"the ledger says {balance}, the fold {after.state.balance.total_minor}")
    return tuple(rows)


def interest_rows(before: Fold, after: Fold, *, fact: Fact | None = None) -> tuple[Posting, ...]:
    """What was earned since, by installment and day; with a fact, how it changed what was.

    Without a fact the days were closed: each row is its plan's, numbered by installment and day.
    """
    if not before.earned and not after.earned:
        return ()
    was, now = _earned(before), _earned(after)
    rows: list[Posting] = []
    for key in {**was, **now}:
        change = now.get(key, 0) - was.get(key, 0)
        if change:
            plan_id, installment_id, on = key
            rows.append(
                Posting(
                    id=fact.id if fact else uuid5(installment_id, f"interest {on}"),
                    fact_id=fact.id if fact else plan_id,
                    kind=PostingKind.INTEREST,
                    effective_on=on,
                    business_date=fact.business_date if fact else on,
                    components=Amounts(interest_minor=change),
                    plan_id=plan_id,
                    reason="earned" if key not in was else f"{fact.kind} entered" if fact else None,
                )
            )
    return tuple(rows)


def _earned(fold: Fold) -> dict[tuple[UUID, UUID, date], int]:
    sums: dict[tuple[UUID, UUID, date], int] = {}
    for one in fold.earned:
        key = (one.plan_id, one.installment_id, one.on)
        sums[key] = sums.get(key, 0) + one.amount_minor
    return sums


def _own(fact: Fact, before: Fold, after: Fold) -> tuple[Posting, ...]:
    """The row that says what the fact itself did; none when it moved no money."""
    return tuple(KINDS[type(fact.body)].posts(fact, before, after))


def _withdrawn(fact: Fact, before: Fold, after: Fold) -> Iterator[Posting]:
    """Rows that take back what was tolerated because of a payment that never was."""
    if not isinstance(fact.body, Reversal):
        return
    for adjustment_id, tolerated in before.tolerated.items():
        if adjustment_id not in after.tolerated:
            yield Posting(
                id=fact.id,
                fact_id=fact.id,
                kind=PostingKind.REVERSAL,
                effective_on=tolerated.effective_on,
                business_date=fact.business_date,
                components=tolerated.amounts,
                payment_id=tolerated.payment_id,
                reverses=adjustment_id,
                reason=fact.body.reason_code,
                actor=fact.actor,
            )


def _reallocations(fact: Fact, before: Fold, after: Fold) -> Iterator[Posting]:
    """Rows of amount 0 for earlier money that counts otherwise now.

    A payment may be split anew; a chargeback may restore other components of its payment.
    """
    for payment_id, lines in after.splits.items():
        was = before.splits.get(payment_id)
        if was is not None and was != lines:
            yield _moved(fact, payment_id, lowered_by(was) - lowered_by(lines))
    for fact_id, now in after.restored.items():
        earlier = before.restored.get(fact_id)
        if earlier is not None and earlier.amounts != now.amounts:
            yield _moved(fact, now.payment_id, now.amounts - earlier.amounts)


def _moved(fact: Fact, payment_id: UUID, components: Amounts) -> Posting:
    return Posting(
        id=fact.id,
        fact_id=fact.id,
        kind=PostingKind.REALLOCATION,
        effective_on=fact.effective_on,
        business_date=fact.business_date,
        components=components,
        unapplied_minor=-components.total_minor,
        payment_id=payment_id,
        reason=f"{fact.kind} entered",
        actor=fact.actor,
    )


def _write_offs(fact: Fact, before: Fold, after: Fold) -> Iterator[Posting]:
    """What a closed account no longer has to be paid, by what made it owed; taken back if undone.

    Where a later fact changes it, a further row carries the difference.
    """
    for cause, one in {**before.written_off, **after.written_off}.items():
        was, now = before.written_off.get(cause), after.written_off.get(cause)
        change = (now.amounts if now else NOTHING) - (was.amounts if was else NOTHING)
        if change:
            own = fact.body.reason if isinstance(fact.body, Closed | ClosureUndone) else None
            yield Posting(
                id=fact.id,
                fact_id=fact.id,
                kind=PostingKind.WRITE_OFF,
                effective_on=one.on,
                business_date=fact.business_date,
                components=-change,
                reason=own or f"{fact.kind} entered",
                actor=fact.actor,
            )


def _barred(facts: Sequence[Fact], before: Fold, after: Fold) -> Iterator[Posting]:
    """Charges that a breathing space took away, with what was waived of them, or gave back."""
    fact, own = facts[-1], {charge_of(one) for one in facts}
    for fact_id, one in {**before.barred, **after.barred}.items():
        was, now = before.barred.get(fact_id), after.barred.get(fact_id)
        change = (now.amounts if now else NOTHING) - (was.amounts if was else NOTHING)
        if fact_id in own or not change:
            continue
        charge, gone = one.amounts.total_minor > 0, now is not None
        kind = PostingKind.CHARGE if charge else PostingKind.ADJUSTMENT
        yield Posting(
            id=fact.id,
            fact_id=fact.id,
            kind=PostingKind.REVERSAL if gone and charge else kind,
            effective_on=one.on,
            business_date=fact.business_date,
            components=-change,
            reverses=fact_id if gone and charge else None,
            reason=f"{fact.kind} entered",
            actor=fact.actor,
        )
