"""One account's books through the services: what is stored is what the fold says."""

from datetime import date, timedelta

import pytest

from app.domain.money import Amounts, Component
from app.domain.refusals.commands import ReferenceTaken
from app.domain.refusals.payments import PaymentReturned
from app.domain.refusals.plans import PlanExists
from app.domain.schedule.terms import Frequency, Terms, Unit
from app.domain.vocabulary import ChargeKind, HoldKind, Product
from app.services.accounts import charge, hold, place, read
from app.services.accounts.charge import AddCharge, Adjust
from app.services.accounts.hold import PlaceHold
from app.services.accounts.place import OpenAccount
from app.services.books import ledger
from app.services.payments import post, returns, reverse
from app.services.payments.post import PostPayment
from app.services.payments.read import view_payment
from app.services.payments.returns import ReturnMoney
from app.services.plans import open as plans
from app.services.plans.decide import cancel_plan
from app.services.plans.open import OpenPlan
from app.services.plans.read import view_plan
from app.services.plans.terms import SentTerms

DAY = date(2026, 1, 5)


def placed(reference="INV-1", **changes):
    return OpenAccount(
        **{
            "reference": reference,
            "currency": "USD",
            "product": Product.CLOSED_END,
            "opened_on": date(2025, 1, 1),
            "balance": Amounts(principal_minor=900_00, interest_minor=40_00, fees_minor=60_00),
            **changes,
        }
    )


def monthly(account_id, count=4, **changes):
    terms = Terms(
        installment_count=count,
        frequency=Frequency(every=1, unit=Unit.MONTH),
        first_due_on=date(2026, 2, 5),
        **changes,
    )
    sent = SentTerms(parsed=terms, as_sent={"installment_count": count})
    return OpenPlan(account_id=account_id, terms=sent)


def paid(account_id, minor, reference, **changes):
    return PostPayment(
        account_id=account_id, amount_minor=minor, reference=reference, currency="USD", **changes
    )


async def check(ctx, account_id):
    found = await ledger.self_check(ctx, account_id)
    assert [i for i in found.identities if not i.ok] == []


async def test_a_life(at):
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        account_id = account.reading.account.id
        await check(ctx, account_id)
    async with at(DAY) as ctx:
        plan = await plans.open_plan(ctx, monthly(account_id))
        await check(ctx, account_id)
    with pytest.raises(PlanExists):
        async with at(DAY) as ctx:
            await plans.open_plan(ctx, monthly(account_id))
    async with at(date(2026, 2, 5)) as ctx:
        first = await post.post_payment(ctx, paid(account_id, 250_00, "P-1"))
        assert first.payment.unapplied_minor == 0
        await check(ctx, account_id)
    async with at(date(2026, 3, 20)) as ctx:
        view = await view_plan(ctx, plan.plan.id)
        assert [s.value for s in view.installment_statuses] == [
            "paid", "missed", "upcoming", "upcoming",
        ]  # fmt: skip
        assert view.delinquency.past_due_days == 15
        await post.post_payment(ctx, paid(account_id, 300_00, "P-2"))
        await check(ctx, account_id)
    async with at(date(2026, 3, 25)) as ctx:
        # Backdated: it had come in time, so the second installment was never missed.
        again = paid(account_id, 250_00, "P-3", effective_on=date(2026, 3, 1))
        await post.post_payment(ctx, again)
        await check(ctx, account_id)
        view = await view_plan(ctx, plan.plan.id)
        assert view.plan.missed_total == 0
    async with at(date(2026, 3, 26)) as ctx:
        await reverse.reverse_payment(ctx, first.payment.id, reason_code="R01")
        await check(ctx, account_id)
        fee = AddCharge(kind=ChargeKind.FEE, amount_minor=25_00, plan_id=plan.plan.id)
        charged = await charge.add_charge(ctx, account_id, fee)
        await check(ctx, account_id)
        waived = Adjust(component=Component.FEES, amount_minor=5_00, reason="courtesy")
        await charge.adjust(ctx, account_id, waived)
        await check(ctx, account_id)
    async with at(date(2026, 4, 1)) as ctx:
        other = AddCharge(kind=ChargeKind.COST, amount_minor=10_00)
        charged = await charge.add_charge(ctx, account_id, other)
        await charge.reverse_charge(ctx, charge.ReverseCharge(charge_id=charged.fact.id))
        await check(ctx, account_id)
        dispute = PlaceHold(kind=HoldKind.DISPUTE, starts_on=date(2026, 4, 1), reason="not mine")
        held = await hold.place_hold(ctx, account_id, dispute)
        kept = await post.post_payment(ctx, paid(account_id, 100_00, "P-4"))
        assert kept.payment.unapplied_minor == 100_00
        await check(ctx, account_id)
        await hold.release_hold(ctx, account_id, held.id)
        await check(ctx, account_id)
        assert (await view_payment(ctx, kept.payment.id)).payment.unapplied_minor == 0
        await cancel_plan(ctx, plan.plan.id, reason="changed their mind")
        await check(ctx, account_id)
    async with at(date(2026, 4, 2)) as ctx:
        rest = (await read.view_account(ctx, account_id)).reading.state.balance.total_minor
        last = await post.post_payment(ctx, paid(account_id, rest + 1_00, "P-5"))
        assert last.payment.unapplied_minor == 1_00
        assert last.reading.status == "paid"
        await check(ctx, account_id)


async def test_a_reference_is_posted_once(at):
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        account_id = account.reading.account.id
        first = await post.post_payment(ctx, paid(account_id, 1_00, "P-1"))
    async with at(DAY) as ctx:
        again = await post.post_payment(ctx, paid(account_id, 1_00, "P-1"))
        assert again.repeated
        assert again.payment == first.payment
    with pytest.raises(ReferenceTaken):
        async with at(DAY) as ctx:
            await post.post_payment(ctx, paid(account_id, 2_00, "P-1"))
    with pytest.raises(ReferenceTaken):
        async with at(DAY) as ctx:
            await place.open_account(ctx, placed())


async def test_a_verdict_withdrawn_and_given_again_is_told_each_time(at):
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        account_id = account.reading.account.id
        await plans.open_plan(ctx, monthly(account_id))
    day = date(2026, 2, 5)
    for number in range(3):
        async with at(day) as ctx:
            posted = await post.post_payment(ctx, paid(account_id, 250_00, f"P-{number}"))
            await reverse.reverse_payment(ctx, posted.payment.id, reason_code="R01")
            await check(ctx, account_id)
    async with at(day + timedelta(days=1)) as ctx:
        found = await read.view_account(ctx, account_id)
        assert found.reading.state.balance.total_minor == 1000_00


async def test_money_that_leaves_again(at):
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        account_id = account.reading.account.id
        plan = await plans.open_plan(ctx, monthly(account_id))
    async with at(date(2026, 2, 5)) as ctx:
        first = await post.post_payment(ctx, paid(account_id, 250_00, "P-1"))
        rest = await post.post_payment(ctx, paid(account_id, 850_00, "P-2"))
        assert rest.payment.unapplied_minor == 100_00
        assert rest.reading.state.plan(plan.plan.id).status == "completed"
        await check(ctx, account_id)
    async with at(date(2026, 2, 10)) as ctx:
        back = ReturnMoney(payment_id=rest.payment.id, amount_minor=30_00)
        refunded = (await returns.refund(ctx, back)).view
        assert (refunded.payment.status, refunded.payment.unapplied_minor) == (
            "partially_refunded", 70_00,
        )  # fmt: skip
        await check(ctx, account_id)
        small = ReturnMoney(payment_id=first.payment.id, amount_minor=20_00, reason_code="10.4")
        won = await returns.charge_back(ctx, small)
        charged_back = won.view
        assert charged_back.payment.status == "charged_back"
        assert charged_back.reading.status == "paid"  # the overpayment stood in
        await check(ctx, account_id)
        large = ReturnMoney(payment_id=first.payment.id, amount_minor=200_00, reason_code="10.4")
        charged_back = (await returns.charge_back(ctx, large)).view
        assert charged_back.reading.state.balance.total_minor == 150_00
        assert charged_back.reading.state.live_plan.id == plan.plan.id  # it reopened
        await check(ctx, account_id)
        with pytest.raises(PaymentReturned):
            await reverse.reverse_payment(ctx, first.payment.id, reason_code="R01")
    async with at(date(2026, 2, 12)) as ctx:
        undoing = returns.WinChargeback(chargeback_id=won.fact.id)
        after = (await returns.win_chargeback(ctx, undoing)).view
        assert after.reading.state.balance.total_minor == 130_00
        await check(ctx, account_id)
