"""How an account leaves the books: charged off, closed, and either taken back.

Both are decided by a supervisor or an admin. What a closure asks first, that no plan is live and
no money unapplied, is asked under the account's lock, so a payment comes before it or not at all.
"""

from datetime import date
from uuid import UUID

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import InvalidInput
from app.domain.facts.accounts import ChargedOff, ChargeOffUndone, Closed, ClosureUndone
from app.domain.facts.fact import Fact
from app.domain.refusals.accounts import (
    AlreadyChargedOff,
    NotChargedOff,
    NotClosed,
    NothingOwed,
    UnappliedMoneyLeft,
)
from app.domain.refusals.plans import PlanExists
from app.domain.replay.replay import in_force
from app.services.accounts.read import AccountView, view_account
from app.services.context import Context
from app.services.guards import refuse_closed
from app.services.work import Work, begin, check_date, enter_fact, finish
from app.storage.accounts import facts


async def charge_off(
    ctx: Context, account_id: UUID, *, reason: str, effective_on: date | None = None
) -> AccountView:
    """Book a debt as a loss; the debtor owes what he owed.

    Raises `OutsideAuthority`, `AccountClosed`, `AlreadyChargedOff`, `NothingOwed`, `NotFound`,
    `InvalidInput`.
    """
    check_office(Office.CHARGE_OFF, ctx.role)
    work = await begin(ctx, account_id)
    refuse_closed(work)
    if work.state.charged_off_on is not None:
        raise AlreadyChargedOff(account_id=account_id, charged_off_on=work.state.charged_off_on)
    if not work.state.balance:
        raise NothingOwed(account_id=account_id)
    return await _entered(work, ChargedOff(reason=reason), effective_on)


async def undo_charge_off(ctx: Context, account_id: UUID, *, reason: str | None) -> AccountView:
    """As if never charged off.

    Raises `OutsideAuthority`, `AccountClosed`, `NotChargedOff`, `NotFound`.
    """
    check_office(Office.CHARGE_OFF, ctx.role)
    work = await begin(ctx, account_id)
    refuse_closed(work)
    done = await _standing(work, ChargedOff)
    if done is None:
        raise NotChargedOff(account_id=account_id, charged_off_on=work.state.charged_off_on)
    return await _entered(work, ChargeOffUndone(charge_off_id=done.id, reason=reason))


async def close(
    ctx: Context, account_id: UUID, *, reason: str, effective_on: date | None = None
) -> AccountView:
    """End collection; what is still owed is written off.

    Not before the latest day of which anything was entered: what came later would have come to
    a closed account. Raises `OutsideAuthority`, `AccountClosed`, `PlanExists`,
    `UnappliedMoneyLeft`, `NotFound`, `InvalidInput`.
    """
    check_office(Office.CLOSE_ACCOUNT, ctx.role)
    work = await begin(ctx, account_id)
    refuse_closed(work)
    if (plan := work.state.one_plan) is not None:
        raise PlanExists(existing_plan_id=plan.id)
    if work.state.unapplied:
        raise UnappliedMoneyLeft(account_id=account_id, unapplied_minor=work.state.unapplied_minor)
    on = check_date(work, effective_on)
    if on < work.state.latest_on:
        latest = max(fact.effective_on for fact in await _counting(work))
        if on < latest:
            raise InvalidInput.at("/effective_on", f"must not lie before the latest fact, {latest}")
    return await _entered(work, Closed(reason=reason), on)


async def undo_closure(ctx: Context, account_id: UUID, *, reason: str | None) -> AccountView:
    """As if never closed: what was written off is owed again, to the cent.

    Raises `OutsideAuthority`, `NotClosed`, `NotFound`.
    """
    check_office(Office.CLOSE_ACCOUNT, ctx.role)
    work = await begin(ctx, account_id)
    done = await _standing(work, Closed)
    if done is None:
        raise NotClosed(account_id=account_id)
    return await _entered(work, ClosureUndone(closure_id=done.id, reason=reason))


async def _entered(
    work: Work,
    body: ChargedOff | ChargeOffUndone | Closed | ClosureUndone,
    effective_on: date | None = None,
) -> AccountView:
    await enter_fact(work, body, effective_on=effective_on)
    await finish(work.ctx, [work])
    return await view_account(work.ctx, work.account.id)


async def _counting(work: Work) -> tuple[Fact, ...]:
    """The facts of the account that count, in order."""
    if work.history is None:
        work.history = await facts.history(work.ctx.tx, work.account.id)
    return in_force(work.history.facts)


async def _standing(work: Work, kind: type[ChargedOff | Closed]) -> Fact | None:
    """The charge-off or closure in force."""
    found = (fact for fact in await _counting(work) if isinstance(fact.body, kind))
    return next(found, None)
