"""A placement corrected: a fact of its own, with which the account is folded anew.

What was said at first stays as it was said. What was told because of it is withdrawn by events;
what was agreed since must still be possible, or the correction is refused with every reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.agreement.acts import Office, check_office
from app.domain.books.corrections import against
from app.domain.entries.accounts import changed
from app.domain.errors import InvalidInput
from app.domain.facts.accounts import Placed, Placement, PlacementCorrected
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.kinds import FactKind
from app.domain.limits import LimitBreach
from app.domain.money import MAX_MINOR
from app.domain.refusals.accounts import PlacementFixed
from app.domain.refusals.payments import BalanceTooLarge
from app.domain.values import replace
from app.domain.vocabulary import Product
from app.services.accounts.placement import placement_problems
from app.services.accounts.read import AccountView, views_of
from app.services.context import Context
from app.services.guards import refuse_closed
from app.services.reading import reading_after
from app.services.threads import apart
from app.services.work import Work, begin, enter_fact, finish, queue_fact
from app.storage.accounts import accounts, facts
from app.storage.accounts.accounts import StoredAccount

#: How often the history is folded to answer: as it is, as it was agreed, and corrected.
_FOLDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPlacement:
    """What was said wrongly, and why it is known to be. `said`: the fields that are corrected.

    A day that is said and None is none; of the balance, components left out stay as they were.
    """

    reason: str
    said: frozenset[str]
    opened_on: date | None = None
    delinquent_since_on: date | None = None
    past_due_minor: int | None = None
    product: Product | None = None
    validation_ends_on: date | None = None
    balance: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction that was made, or would be; `view` None: nobody can say what would follow."""

    id: UUID
    account_id: UUID
    changed: Mapping[str, Mapping[str, object]]
    reason: str
    refusals: tuple[LimitBreach, ...]
    view: AccountView | None


async def correct_placement(
    ctx: Context,
    account_id: UUID,
    asked: CorrectPlacement,
    *,
    preview: bool = False,
    again: bool = False,
) -> Correction | None:
    """Enter a correction; a preview says what it would do, and what stands against it.

    None where what was said stands already and that is fine (`again`: of a file given twice).

    Raises `OutsideAuthority`, `AccountClosed`, `PlacementFixed` (not of a preview), `NotFound`,
    `BalanceTooLarge`, `InvalidInput` with every field that cannot be meant.
    """
    if not preview:
        check_office(Office.CORRECT_PLACEMENT, ctx.role)
    work = await begin(ctx, account_id)
    refuse_closed(work)
    work.history = await facts.history(ctx.tx, account_id)
    was = placed_as(work)
    now = _corrected(was, asked)
    if now == was and again:
        return None
    _refuse_unmeant(was, now, work.placed_on)
    body = PlacementCorrected(placement_id=account_id, was=was, now=now, reason=asked.reason)
    fact = queue_fact(work, body, effective_on=work.placed_on)
    work.intended.clear()
    refusals = await _against(work, fact)
    if refusals and not preview:
        raise PlacementFixed(account_id=account_id, refusals=refusals)
    view = None
    if not any(one.rule == "waived_minor" for one in refusals):
        view = await _entered(work, fact, preview=preview)
    return Correction(
        id=fact.id,
        account_id=account_id,
        changed=changed(was, now),
        reason=asked.reason,
        refusals=refusals,
        view=view,
    )


def placed_as(work: Work) -> Placed:
    """What counts as said of the placement of an account whose history was read."""
    known = work.history.facts if work.history else ()
    corrections = tuple(facts_of(known, PlacementCorrected))
    if corrections:
        return corrections[-1].body.now
    return _said(work, next(facts_of(known, Placement)))


async def placed_at_first(ctx: Context, account_ids: Iterable[UUID]) -> dict[UUID, Placed]:
    """What was said of the placements of those of the accounts whose was corrected since."""
    found = (await facts.of_kind(ctx.tx, account_ids, FactKind.PLACEMENT_CORRECTION)).items()
    return {
        account_id: first.body.was
        for account_id, known in found
        if (first := next(facts_of(known, PlacementCorrected), None))
    }


def as_said_first(account: StoredAccount, said: Placed | None) -> StoredAccount:
    """The account's row as it was before its placement was corrected, if it was."""
    if said is None:
        return account
    return replace(
        account,
        opened_on=said.opened_on,
        product=said.product,
        validation_ends_on=said.validation_ends_on,
    )


def _said(work: Work, placement: Fact[Placement]) -> Placed:
    body, account = placement.body, work.account
    return Placed(
        opened_on=account.opened_on,
        product=Product(account.product),
        balance=body.balance,
        past_due_minor=body.past_due_minor,
        delinquent_since_on=body.delinquent_since_on,
        validation_ends_on=account.validation_ends_on,
    )


def _corrected(was: Placed, asked: CorrectPlacement) -> Placed:
    plain = {name: getattr(asked, name) for name in asked.said if name != "balance"}
    for name in ("opened_on", "product"):
        if name in plain and plain[name] is None:
            raise InvalidInput.at(f"/{name}", "is needed: it cannot be nothing")
    return replace(was, balance=replace(was.balance, **asked.balance), **plain)


def _refuse_unmeant(was: Placed, now: Placed, placed_on: date) -> None:
    total = now.balance.total_minor
    if total > MAX_MINOR:
        what = "What is owed"
        raise BalanceTooLarge(what=what, limit_minor=MAX_MINOR, actual_minor=total)
    if problems := tuple(placement_problems(now, placed_on=placed_on)):
        raise InvalidInput(errors=problems)
    if now == was:
        raise InvalidInput.at("", "says what stands already: there is nothing to correct")


async def _against(work: Work, fact: Fact[PlacementCorrected]) -> tuple[LimitBreach, ...]:
    history = work.history.facts if work.history else ()
    through = max(work.ctx.business_date, work.state.judged_on)
    return await apart(
        work.ctx,
        lambda: against(history, fact, work.policies, through=through),
        size=_FOLDS * len(history),
    )


async def _entered(work: Work, fact: Fact[PlacementCorrected], *, preview: bool) -> AccountView:
    """The account after it; of a preview nothing is written."""
    now = fact.body.now
    await enter_fact(work, fact.body, effective_on=fact.effective_on, fact_id=fact.id)
    work.account = replace(
        work.account,
        opened_on=now.opened_on,
        product=now.product,
        validation_ends_on=now.validation_ends_on,
    )
    if not preview:
        await accounts.change_placement(work.ctx.tx, work.account)
        await finish(work.ctx, [work])
    reading = reading_after(work)
    if not preview:
        reading = replace(reading, account=replace(work.account, version=work.account.version + 1))
    return (await views_of(work.ctx, (reading,)))[0]
