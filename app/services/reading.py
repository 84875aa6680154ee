"""An account as of a day: from its stored state where nothing came later, else from its facts.

A read that finds the account behind computes the same day close a command would store.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.policy.book import PolicyBook
from app.domain.replay.replay import close_days, rewound
from app.domain.standing.classification import Classification, classified
from app.domain.standing.lateness import Delinquency, explain, explain_account
from app.domain.standing.status import AccountStatus, account_status
from app.domain.values import replace
from app.domain.vocabulary import Product
from app.services.context import Context
from app.services.guards import known_account
from app.services.policy_books import book_of
from app.services.refold import outdated, state_of
from app.services.threads import folded
from app.services.work import Work
from app.storage.accounts import facts
from app.storage.accounts.accounts import StoredAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An account and its state as of a day."""

    account: StoredAccount
    policies: PolicyBook
    state: State
    as_of: date

    @property
    def status(self) -> AccountStatus:
        return account_status(self.state)

    @property
    def delinquency(self) -> Delinquency:
        """The live plan's clock, or the account's own."""
        plan = self.state.live_plan
        if plan is not None:
            return self.clock_of(plan)
        return explain_account(self.state, self.policies.in_force(self.as_of), on=self.as_of)

    @property
    def classification(self) -> Classification | None:
        """When an examiner would call it substandard, and a loss; None where no clock runs."""
        return classified(self.state, Product(self.account.product), on=self.as_of)

    def clock_of(self, plan: Plan) -> Delinquency:
        """One plan's clock."""
        return explain(self.state, plan, self.policies.of(plan), on=self.as_of)

    def at(self, state: State) -> "Reading":
        """The same account with another state, as a command leaves it."""
        return replace(self, state=state)


def reading_after(work: Work) -> Reading:
    """The account as a command leaves it."""
    return Reading(
        account=work.account,
        policies=work.policies,
        state=work.state,
        as_of=work.ctx.business_date,
    )


#: Accounts judged in memory before other requests have their turn.
_TURN = 20


async def closed_draft(ctx: Context, account: StoredAccount) -> Draft:
    """What the next command would add to the books before it does anything: the missing close.

    One function for all who read: what a command or sweep stores is what was read before it.
    """
    policies = await book_of(ctx, account.policy_name, account.creditor_reference)
    state = await state_of(ctx, account, policies)
    return close_draft(Draft(state=state), policies, business_date=ctx.business_date)


async def read_account(ctx: Context, account_id: UUID, *, as_of: date | None = None) -> Reading:
    """The account as of a day (default: the business date). Raises `NotFound`."""
    account = await known_account(ctx, account_id)
    return await reading_of(ctx, account, as_of=as_of)


async def reading_of(ctx: Context, account: StoredAccount, *, as_of: date | None = None) -> Reading:
    """What `read_account` answers, for an account read already."""
    return (await readings_of(ctx, (account,), as_of=as_of))[0]


async def readings_of(
    ctx: Context, stored: Sequence[StoredAccount], *, as_of: date | None = None
) -> tuple[Reading, ...]:
    """`reading_of` for several accounts; the histories some need are read all at once."""
    on = as_of or ctx.business_date
    behind = [one.id for one in stored if not _goes_on(ctx, one, on)]
    known = await facts.histories(ctx.tx, behind)
    readings = list[Reading]()
    for number, account in enumerate(stored, start=1):
        if number % _TURN == 0:
            await asyncio.sleep(0)
        policies = await book_of(ctx, account.policy_name, account.creditor_reference)
        if account.id in known:
            # On a sandbox clock moved back, what was entered later is hidden.
            entered = known[account.id].facts
            told = [f for f in entered if f.business_date <= ctx.business_date]
            state = await folded(ctx, told, policies, on)
        else:
            made = Fold(state=rewound(account.state, on))
            state = close_days(made, policies, through=on).state
        readings.append(Reading(account=account, policies=policies, state=state, as_of=on))
    return tuple(readings)


def _goes_on(ctx: Context, account: StoredAccount, on: date) -> bool:
    """Whether the stored state goes on to that day: nothing of it came later."""
    if outdated(account):
        return False
    return account.latest_business_date <= ctx.business_date and on >= account.state.latest_on
