"""Quotes through the services: what is bound is what was stored, for ever."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.refusals.plans import QuoteAltered, QuoteExpired, QuoteSuperseded, QuoteUsed
from app.domain.schedule.build import build
from app.domain.values import replace
from app.domain.vocabulary import PolicyRef, Role
from app.services.accounts import place
from app.services.plans import open as plans
from app.services.plans import quote as quotes
from app.services.plans.open import OpenPlan
from app.services.plans.quote import QuoteTerms, hash_of
from app.services.plans.terms import read_terms
from app.services.policies import save
from app.services.wording.terms import text_hash
from app.storage.plans.quotes import StoredQuote
from tests.services.test_books import placed

DAY = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def asked(account_id, **changes):
    said = {"installment_count": 4, "frequency": {"unit": "month"}, "down_payment_minor": 100_00}
    terms = read_terms({**said, "first_due_on": "2026-02-05"})
    return QuoteTerms(account_id=account_id, terms=terms, **changes)


async def quoted(at, **changes):
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        return (await quotes.make_quote(ctx, asked(account.reading.account.id, **changes))).quote


def test_a_quotes_hash_is_what_it_was_when_debtors_were_told_it():
    said = {"installment_count": 3, "frequency": {"unit": "month"}, "annual_rate_bps": 1200}
    said |= {"first_due_on": "2026-02-05"}
    terms = read_terms(said).parsed
    kept = {
        "id": UUID(int=1), "account_id": UUID(int=2), "hash": "", "currency": "USD",
        "opens_on": DAY, "balance_minor": 300_00, "amount_minor": 300_00,
        "policy_name": "default", "policy_version": 1, "terms": said,
        "schedule": build(terms, opens_on=DAY, amount_minor=300_00, holidays=frozenset()),
        "refusals": (), "role": "agent", "actor": None, "locale": "en-US", "text": "",
        "text_hash": "00", "supersedes": None, "reason": None, "created_at": NOON,
        "expires_at": datetime(2026, 1, 12, 12, tzinfo=UTC),
    }  # fmt: skip

    assert hash_of(StoredQuote(**kept)) == (
        "4f9a478f281df70e95aebde47afc774445b665203a2d748aa846894b6490d650"
    )


def opening(quote):
    return OpenPlan(account_id=quote.account_id, quote_id=quote.id, quote_hash=quote.hash)


async def test_what_is_read_back_is_what_was_hashed(at):
    quote = await quoted(at, reason="first offer")
    async with at(date(2031, 1, 5)) as ctx:
        again = await quotes.view_quote(ctx, quote.id)

    assert again.quote == quote
    assert hash_of(again.quote) == quote.hash
    assert text_hash(again.quote.text) == quote.text_hash


#: Another value for each thing the hash binds.
OTHER = {
    "account_id": lambda q: q.id,
    "id": lambda q: q.account_id,
    "currency": lambda _: "EUR",
    "opens_on": lambda q: q.opens_on + timedelta(days=1),
    "balance_minor": lambda q: q.balance_minor + 1,
    "amount_minor": lambda q: q.amount_minor - 1,
    "policy_name": lambda _: "strict",
    "policy_version": lambda _: 2,
    "terms": lambda q: {**q.terms, "installment_count": 5},
    "schedule": lambda q: replace(q.schedule, last_due_on=date(2026, 5, 6)),
    "text_hash": lambda q: q.text_hash[::-1],
    "expires_at": lambda q: q.expires_at + timedelta(microseconds=1),
}


@pytest.mark.parametrize("name", OTHER)
async def test_the_hash_binds(at, name):
    quote = await quoted(at)

    assert hash_of(replace(quote, **{name: OTHER[name](quote)})) != quote.hash


async def test_the_order_of_what_was_sent_does_not_matter(at):
    quote = await quoted(at)
    backwards = dict(reversed(list(quote.terms.items())))

    assert hash_of(replace(quote, terms=backwards)) == quote.hash


@pytest.mark.parametrize("change", ["UPDATE quote SET amount_minor = 1", "DELETE FROM quote"])
async def test_the_database_keeps_a_quote_as_it_is(at, change):
    quote = await quoted(at)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with at(DAY) as ctx:
            await ctx.tx.execute(text(f"{change} WHERE id = :id"), {"id": quote.id})
    async with at(DAY) as ctx:
        assert (await quotes.view_quote(ctx, quote.id)).quote == quote


async def test_an_altered_row_is_found_out(at, monkeypatch):
    quote = await quoted(at)

    async def tampered(_tx, _quote_id):
        return replace(quote, amount_minor=1)

    monkeypatch.setattr("app.storage.plans.quotes.read", tampered)
    with pytest.raises(QuoteAltered):
        async with at(DAY) as ctx:
            await plans.open_plan(ctx, opening(quote))


async def test_it_stands_until_its_very_end(at):
    ends = NOON + timedelta(hours=1)
    quote = await quoted(at, expires_at=ends)
    with pytest.raises(QuoteExpired):
        async with at(DAY, now=ends) as ctx:
            await plans.open_plan(ctx, opening(quote))
    async with at(DAY, now=ends - timedelta(microseconds=1)) as ctx:
        view = await plans.open_plan(ctx, opening(quote))
    assert view.stored.quote_id == quote.id


async def test_thirty_days_where_nobody_says(at):
    assert (await quoted(at)).expires_at == NOON + timedelta(days=30)


async def test_a_new_wording_changes_no_text_that_was_shown(at, monkeypatch):
    quote = await quoted(at)
    monkeypatch.setattr("app.services.plans.quote.terms_text", lambda **_: "Quite other words.\n")
    async with at(DAY) as ctx:
        assert (await quotes.view_quote(ctx, quote.id)).quote.text == quote.text
        new = await quotes.make_quote(ctx, asked(quote.account_id))
        assert new.quote.text == "Quite other words.\n"
        await plans.open_plan(ctx, opening(quote))


async def test_a_plan_is_pinned_to_the_policy_it_was_quoted_under(at):
    monthly = {"installment_count": 4, "frequency": {"unit": "month"}}
    later = read_terms({**monthly, "first_due_on": "2026-02-05"})
    async with at(DAY) as ctx:
        account = await place.open_account(ctx, placed())
        ask = replace(asked(account.reading.account.id), terms=later)
        quote = (await quotes.make_quote(ctx, ask)).quote
        await save.save_policy(ctx, "default", {"grace_days": 9}, None)
    async with at(DAY + timedelta(days=1), policy_epoch=1) as ctx:
        newer = await quotes.preview(ctx, ask)
        view = await plans.open_plan(ctx, opening(quote))

    assert newer.agreement.policy.ref == PolicyRef(name="default", version=2)
    assert view.plan.policy == PolicyRef(name="default", version=1)


async def test_refusals_are_those_of_whoever_redeems_it(at):
    """An admin's quote in an agent's hands is no way around the agent's limits."""
    quote = await quoted(at)
    long = read_terms({"installment_count": 90, "frequency": {"unit": "week"}})
    async with at(DAY) as ctx:
        ask = replace(asked(quote.account_id), terms=long)
        made = await quotes.make_quote(ctx, ask)
        assert made.within_authority
    async with at(DAY, role=Role.AGENT) as ctx:
        view = await plans.open_plan(ctx, opening(made.quote))
    assert view.plan.status == "pending_approval"


async def test_a_quote_is_countered_or_used_once(at):
    first = await quoted(at)
    async with at(DAY) as ctx:
        second = await quotes.make_quote(ctx, asked(first.account_id, supersedes=first.id))
    with pytest.raises(QuoteSuperseded) as caught:
        async with at(DAY) as ctx:
            await plans.open_plan(ctx, opening(first))
    assert caught.value.superseding_quote_id == second.quote.id
    async with at(DAY) as ctx:
        view = await plans.open_plan(ctx, opening(second.quote))
    with pytest.raises(QuoteUsed) as used:
        async with at(DAY) as ctx:
            await quotes.make_quote(ctx, asked(first.account_id, supersedes=second.quote.id))
    assert used.value.existing_plan_id == view.plan.id
