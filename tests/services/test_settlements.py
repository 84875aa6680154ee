"""Settlements through the services: whatever happens in whatever order, the books agree.

Lives at random on the real database: after every command the account's books are held against
each other, what stands forgiven stands satisfied, and a read says what the command had said.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from app.domain.errors import DomainError
from app.domain.money import Amounts
from app.domain.vocabulary import ChargeKind, HoldKind, PaymentMethod, Role, SettlementStatus
from app.services.accounts import charge as charges
from app.services.accounts import hold as holds
from app.services.accounts import place
from app.services.accounts.charge import AddCharge
from app.services.accounts.hold import PlaceHold
from app.services.books import ledger
from app.services.changes import reinstate as reinstating
from app.services.payments import post, returns, reverse
from app.services.payments.returns import ReturnMoney
from app.services.plans import open as plans
from app.services.plans.decide import cancel_plan
from app.services.plans.terms import read_terms
from app.services.policies import save
from app.services.references import Claim
from app.services.settlements import decide, read
from app.services.settlements import offer as settlements
from app.services.settlements.offer import OfferSettlement
from app.storage.accounts import accounts as stored_accounts
from app.storage.settlements import settlements as stored_settlements
from tests.services.test_books import monthly, paid, placed

DAY = date(2026, 1, 5)
POLICIES = (
    {},
    {"on_return": "void", "clearing_days": {"ach": 2}},
    {"cure_days": 20, "tolerance_minor": 5_00, "max_open_offers": 2},
)
#: What is likely to come next, by whether an offer stands, a settlement is being paid, or neither.
OPEN = {"accept": 8, "counter": 2, "decline": 1, "withdraw": 1, "wait": 2, "pay": 1, "plan": 1}
PAYING = {
    "pay": 4, "pay_rest": 6, "pay_late": 2, "reverse": 3, "charge_back": 2, "win": 1, "refund": 1,
    "charge": 1, "wait": 5, "cancel": 1, "hold": 1, "release": 1,
}  # fmt: skip
NEITHER = {
    "offer": 6, "reverse": 5, "charge_back": 3, "win": 3, "refund": 1, "charge": 2, "plan": 1,
    "reinstate": 1, "pay": 1, "pay_late": 1, "wait": 2, "release": 4,
}  # fmt: skip


def parts(count, first_due_on):
    weekly = {"installment_count": count, "frequency": {"unit": "week"}}
    return read_terms({**weekly, "first_due_on": first_due_on.isoformat()})


@dataclass
class Life:
    """One account, its day, and what there is of it by now."""

    at: object
    account_id: object
    chance: random.Random
    day: date = DAY
    offers: list = field(default_factory=list)
    payments: list = field(default_factory=list)
    chargebacks: list = field(default_factory=list)
    plans: list = field(default_factory=list)
    holds: list = field(default_factory=list)
    done: list = field(default_factory=list)

    def reference(self):
        return f"{self.account_id}-{len(self.done)}"

    async def state(self, ctx):
        return (await stored_accounts.read(ctx.tx, self.account_id)).state

    async def offer(self, ctx, supersedes=None):
        count = self.chance.choice((1, 2, 3))
        expires_on = self.day + timedelta(self.chance.randrange(8))
        ask = OfferSettlement(
            account_id=self.account_id,
            terms=parts(count, expires_on),
            expires_on=expires_on,
            share_bps=self.chance.choice((3000, 5000, 7000, 10_000)),
            supersedes=supersedes,
        )
        self.offers.append((await settlements.offer(ctx, ask)).settlement.id)

    async def counter(self, ctx):
        await self.offer(ctx, supersedes=self.offers[-1])

    async def accept(self, ctx):
        late = self.day - timedelta(self.chance.choice((0, 0, 0, 2)))
        await decide.accept(ctx, self.offers[-1], consent=None, effective_on=late)

    async def decline(self, ctx):
        await decide.decline(ctx, self.offers[-1], reason=None)

    async def withdraw(self, ctx):
        await decide.withdraw(ctx, self.offers[-1], reason="r")

    async def pay(self, ctx, minor=None, back=0):
        command = paid(
            self.account_id,
            minor or self.chance.randrange(1, 400_00),
            self.reference(),
            effective_on=max(DAY, self.day - timedelta(back)),
            method=self.chance.choice((PaymentMethod.ACH, PaymentMethod.CARD)),
        )
        self.payments.append((await post.post_payment(ctx, command)).payment.id)

    async def pay_late(self, ctx):
        await self.pay(ctx, back=self.chance.randrange(1, 12))

    async def pay_rest(self, ctx):
        state = await self.state(ctx)
        plan = state.live_plan
        owed = sum(row.open_minor for row in plan.owing) if plan else state.balance.total_minor
        await self.pay(ctx, max(1, owed + self.chance.choice((0, 0, 0, -4_00, 10_00))))

    async def reverse(self, ctx):
        one = self.chance.choice(self.payments)
        wanted = Claim(kind="reversal", reference=self.reference(), content_hash=b"")
        await reverse.reverse_payment(ctx, one, reason_code="R01", wanted=wanted)

    def back(self):
        minor = self.chance.randrange(1, 200_00)
        one = self.chance.choice(self.payments)
        return ReturnMoney(
            payment_id=one, amount_minor=minor, reason_code="10.4", reference=self.reference()
        )

    async def charge_back(self, ctx):
        self.chargebacks.append((await returns.charge_back(ctx, self.back())).fact.id)

    async def win(self, ctx):
        one = self.chance.choice(self.chargebacks)
        await returns.win_chargeback(ctx, returns.WinChargeback(chargeback_id=one))

    async def refund(self, ctx):
        await returns.refund(ctx, self.back())

    async def charge(self, ctx):
        command = AddCharge(kind=ChargeKind.FEE, amount_minor=self.chance.randrange(1, 50_00))
        await charges.add_charge(ctx, self.account_id, command)

    async def plan(self, ctx):
        self.plans.append((await plans.open_plan(ctx, monthly(self.account_id))).plan.id)

    async def cancel(self, ctx):
        live = (await self.state(ctx)).live_plan
        if live is not None:
            await cancel_plan(ctx, live.id, reason="r")

    async def reinstate(self, ctx):
        ended = [p.id for p in (await self.state(ctx)).plans if not p.live]
        await reinstating.reinstate_plan(ctx, self.chance.choice(ended), reason="r")

    async def hold(self, ctx):
        kind = self.chance.choice((HoldKind.DISPUTE, HoldKind.HARDSHIP, HoldKind.DECEASED))
        command = PlaceHold(kind=kind, starts_on=self.day, reason="r")
        self.holds.append((await holds.place_hold(ctx, self.account_id, command)).id)

    async def release(self, ctx):
        await holds.release_hold(ctx, self.account_id, self.holds[-1])

    async def wait(self, _ctx):
        self.day += timedelta(self.chance.randrange(1, 10))

    async def live(self, steps):
        for _ in range(steps):
            try:
                async with self.at(self.day, policy_epoch=1) as ctx:
                    deed = self.likely(await self.state(ctx))
                    self.done.append((self.day.isoformat(), deed))
                    await getattr(self, deed)(ctx)
                    await self.agrees(ctx)
            except (DomainError, IndexError):
                continue  # refused, or there is nothing to do it to; nothing was stored

    def likely(self, state):
        statuses = {one.status for one in state.settlements}
        weights = NEITHER
        if SettlementStatus.OFFERED in statuses:
            weights = OPEN
        if SettlementStatus.ACCEPTED in statuses:
            weights = PAYING
        return self.chance.choices(tuple(weights), tuple(weights.values()))[0]

    async def agrees(self, ctx):
        """The books, and what is forgiven, satisfied and told."""
        checked = await ledger.self_check(ctx, self.account_id)
        assert [one for one in checked.identities if not one.ok] == [], self.done
        state = await self.state(ctx)
        for one in state.settlements:
            satisfied = one.status is SettlementStatus.SATISFIED
            assert bool(one.forgiven) <= satisfied, self.done
            assert (one.satisfied_on is not None) is satisfied, self.done
            assert (one.voided_on is not None) is (one.status is SettlementStatus.VOID)
            plan = state.plan(one.plan_id) if one.plan_id else None
            assert (one.status is SettlementStatus.ACCEPTED) is bool(plan and plan.live)
        paying = [one for one in state.settlements if one.status is SettlementStatus.ACCEPTED]
        assert len(paying) <= 1, self.done
        rows = await ledger.ledger_of(ctx, self.account_id)
        assert all(row.balance_after_minor >= 0 for row in rows), self.done
        await self.reads_the_same(ctx, state)

    async def reads_the_same(self, ctx, state):
        """What a read says of the business date is what was stored of it."""
        if self.offers:
            view = await read.view_settlement(ctx, self.offers[-1])
            if view.reading.state.latest_on == state.latest_on:
                assert view.settlement == state.settlement(self.offers[-1]), self.done


async def begun(at, seed, settlement):
    async with at(DAY) as ctx:
        document = {"extends": "unlimited", "effective_from": "2020-01-01",
                    "settlement": {"void_after_grace_days": 3, **settlement}}  # fmt: skip
        await save.save_policy(ctx, "own", document, None)
    async with at(DAY, policy_epoch=1) as ctx:
        account = await place.open_account(ctx, placed(policy="own"))
    return Life(at=at, account_id=account.reading.account.id, chance=random.Random(seed))


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_the_books_agree(at, seed):
    life = await begun(at, seed, POLICIES[seed % len(POLICIES)])
    await life.live(40)
    async with at(life.day, policy_epoch=1) as ctx:
        await life.agrees(ctx)


async def test_what_is_stored_with_an_offer_is_what_it_was_worked_out_from(at):
    life = await begun(at, 0, {})
    async with at(DAY, role=Role.AGENT, policy_epoch=1) as ctx:
        ask = OfferSettlement(
            account_id=life.account_id,
            terms=parts(2, date(2026, 1, 12)),
            expires_on=date(2026, 1, 12),
            amount_minor=600_00,
            reason="first offer",
        )
        shown = await settlements.preview(ctx, ask)
        made = await settlements.offer(ctx, ask)
    async with at(DAY, policy_epoch=1) as ctx:
        account_id, own = life.account_id, made.settlement.id
        stored = await stored_settlements.read(ctx.tx, account_id, own)

    assert stored is not None
    assert (stored.balance_minor, stored.forgives_minor) == (1000_00, 400_00)
    assert (stored.role, stored.actor, stored.reason) == ("agent", "jane", "first offer")
    assert stored.terms == shown.terms.as_sent
    assert stored.refusals == shown.refusals == ()
    assert stored.schedule == shown.schedule == made.schedule
    assert Amounts(principal_minor=made.stored.amount_minor).total_minor == 600_00
