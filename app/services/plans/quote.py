"""Quotes: terms in writing, immutable, expiring, bound by their hash; counter-offers chain."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import orjson

from app.domain.account.state import State
from app.domain.entries.events import Event, EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.plans import (
    QuoteAltered,
    QuoteExpired,
    QuoteStale,
    QuoteSuperseded,
    QuoteUsed,
)
from app.domain.values import plain, replace
from app.domain.vocabulary import PolicyRef
from app.services.context import Context
from app.services.guards import known_account
from app.services.naming import Named, named, note_names, noted_names
from app.services.plans.agreement import Agreement, agree, refusals_of
from app.services.plans.terms import SentTerms, read_terms
from app.services.wording.locale import Names
from app.services.wording.terms import terms_text, text_hash, with_both_sides
from app.services.work import Work, begin, check_date, finish, state_on
from app.storage.accounts import persons
from app.storage.ids import new_id
from app.storage.plans import quotes
from app.storage.plans.quotes import Fate, StoredQuote

#: How long a quote stands when nobody says otherwise.
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTerms:
    """Terms to be worked out and put in writing; `supersedes` names the offer it counters."""

    account_id: UUID
    terms: SentTerms
    expires_at: datetime | None = None
    supersedes: UUID | None = None
    reason: str | None = None
    locale: str = "en-US"
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """A quote as it was given, and what became of it."""

    quote: StoredQuote
    fate: Fate

    @property
    def within_authority(self) -> bool:
        return not self.quote.refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePreview:
    """What a quote would say of an account that owes `balance_minor`."""

    account_id: UUID
    currency: str
    opens_on: date
    balance_minor: int
    agreement: Agreement


async def make_quote(ctx: Context, command: QuoteTerms) -> QuoteView:
    """Put terms in writing.

    Raises what `agree` raises, and `NotFound`, `QuoteSuperseded`, `QuoteUsed`.
    """
    work = await begin(ctx, command.account_id)
    on = check_date(work, command.effective_on)
    if command.supersedes is not None:
        await _check_countered(ctx, command)
    then = await state_on(work, on)
    agreement = agree(work, then, command.terms, on=on)
    who = await named(ctx, work.account)
    quote = _quote(work, then, command, agreement, on=on, who=who)
    await quotes.append(ctx.tx, ctx.tenant_id, quote)
    await note_names(ctx, quote.account_id, quote.id, who.names)
    event = Event(
        type=EventType.QUOTE_CREATED,
        business_date=ctx.business_date,
        data={"quote_id": quote.id, "supersedes_quote_id": quote.supersedes, "hash": quote.hash},
    )
    work.tell(event)
    await finish(ctx, [work])
    return QuoteView(quote=_worded(quote, who.names), fate=Fate(superseded_by=None, plan_id=None))


async def preview(ctx: Context, command: QuoteTerms) -> QuotePreview:
    """What a quote or plan on these terms would be; nothing is stored. Raises as `make_quote`."""
    work = await begin(ctx, command.account_id)
    on = check_date(work, command.effective_on)
    if command.supersedes is not None:
        await _check_countered(ctx, command)
    then = await state_on(work, on)
    agreement = agree(work, then, command.terms, on=on)
    who = await named(ctx, work.account)
    # What is wrong with its text or end is said here too.
    _quote(work, then, command, agreement, on=on, who=who)
    return QuotePreview(
        account_id=work.account.id,
        currency=work.account.currency,
        opens_on=on,
        balance_minor=then.balance.total_minor,
        agreement=agreement,
    )


async def view_quote(ctx: Context, quote_id: UUID) -> QuoteView:
    """A quote as it was given, and what became of it. Raises `NotFound`."""
    quote = await as_said(ctx, await _found(ctx, quote_id))
    return QuoteView(quote=quote, fate=await quotes.fate(ctx.tx, quote))


async def quotes_of(ctx: Context, account_id: UUID) -> tuple[QuoteView, ...]:
    """The account's offers and counter-offers, oldest first. Raises `NotFound`."""
    await known_account(ctx, account_id)
    found = await quotes.chain(ctx.tx, account_id)
    return tuple([QuoteView(quote=quote, fate=await quotes.fate(ctx.tx, quote)) for quote in found])


async def redeem(
    work: Work, then: State, quote_id: UUID, quote_hash: str, *, on: date
) -> tuple[StoredQuote, Agreement]:
    """The terms a quote binds, checked against the account as it stood on that day; it is locked.

    Raises `NotFound`, `QuoteAltered`, `QuoteExpired`, `QuoteSuperseded`, `QuoteUsed`,
    `QuoteStale`. Refusals are those of the role that redeems it now.
    """
    quote = await _found(work.ctx, quote_id)
    if quote.account_id != work.account.id:
        raise NotFound(resource="quote", key=str(quote_id))
    if quote_hash != quote.hash or hash_of(quote) != quote.hash:
        raise QuoteAltered(quote_id=quote_id)
    fate = await quotes.fate(work.ctx.tx, quote)
    if fate.plan_id is not None:
        raise QuoteUsed(quote_id=quote_id, existing_plan_id=fate.plan_id)
    if fate.superseded_by is not None:
        raise QuoteSuperseded(quote_id=quote_id, superseding_quote_id=fate.superseded_by)
    if work.ctx.instant >= quote.expires_at:
        raise QuoteExpired(quote_id=quote_id, expires_at=quote.expires_at)
    _check_fresh(then, quote, on)
    policy = work.policies.pinned(PolicyRef(name=quote.policy_name, version=quote.policy_version))
    terms = read_terms(quote.terms)
    rate_bps = terms.parsed.annual_rate_bps
    refusals = refusals_of(
        quote.schedule, policy, work.ctx.role, on=quote.opens_on, rate_bps=rate_bps
    )
    agreement = Agreement(
        amount_minor=quote.amount_minor,
        policy=policy,
        schedule=quote.schedule,
        refusals=refusals,
        terms=terms,
    )
    return quote, agreement


def _check_fresh(then: State, quote: StoredQuote, on: date) -> None:
    total = then.balance.total_minor
    if total != quote.balance_minor:
        raise QuoteStale(
            quote_id=quote.id,
            reason="the balance",
            quoted=str(quote.balance_minor),
            actual=str(total),
        )
    first = quote.schedule.installments[0].due_on
    if first < on:
        raise QuoteStale(
            quote_id=quote.id,
            reason="the first due date against the opening day",
            quoted=str(first),
            actual=str(on),
        )


async def _check_countered(ctx: Context, command: QuoteTerms) -> None:
    """A counter-offer takes the place of the newest offer of the same account."""
    if command.supersedes is None:
        return
    countered = await _found(ctx, command.supersedes)
    if countered.account_id != command.account_id:
        raise NotFound(resource="quote", key=str(command.supersedes))
    fate = await quotes.fate(ctx.tx, countered)
    if fate.superseded_by is not None:
        raise QuoteSuperseded(quote_id=countered.id, superseding_quote_id=fate.superseded_by)
    if fate.plan_id is not None:
        raise QuoteUsed(quote_id=countered.id, existing_plan_id=fate.plan_id)


async def as_said(ctx: Context, quote: StoredQuote) -> StoredQuote:
    """The quote with all of its text: who is owed and who owes is noted beside it."""
    notes = await persons.notes(ctx.tx, [quote.account_id])
    return _worded(quote, noted_names(notes, quote.id))


def _worded(quote: StoredQuote, names: Names) -> StoredQuote:
    return replace(quote, text=with_both_sides(quote.text, names, locale=quote.locale))


def _quote(
    work: Work, then: State, command: QuoteTerms, agreement: Agreement, *, on: date, who: Named
) -> StoredQuote:
    ctx, account = work.ctx, work.account
    expires_at = command.expires_at or ctx.instant + timedelta(days=DEFAULT_DAYS)
    if expires_at <= ctx.instant:
        raise InvalidInput.at("/expires_at", f"must lie after {ctx.instant:%Y-%m-%dT%H:%M:%SZ}")
    policy, schedule = agreement.policy, agreement.schedule
    text = terms_text(
        locale=command.locale,
        currency=account.currency,
        account_reference=account.reference,
        total_minor=then.balance.total_minor,
        schedule=schedule,
        terms=command.terms.parsed,
        grace_days=policy.grace_days,
        expires_at=expires_at,
        time_zone=who.time_zone,
    )
    draft = StoredQuote(
        id=new_id(),
        account_id=account.id,
        hash="",
        currency=account.currency,
        opens_on=on,
        balance_minor=then.balance.total_minor,
        amount_minor=agreement.amount_minor,
        policy_name=policy.ref.name,
        policy_version=policy.ref.version,
        terms=agreement.terms.as_sent,
        schedule=schedule,
        refusals=agreement.refusals,
        role=ctx.role,
        actor=ctx.actor,
        locale=command.locale,
        text=text,
        text_hash=text_hash(with_both_sides(text, who.names, locale=command.locale)),
        supersedes=command.supersedes,
        reason=command.reason,
        created_at=ctx.instant,
        expires_at=expires_at,
    )
    return replace(draft, hash=hash_of(draft))


#: What the hash binds: who owes what, on which terms, by which schedule, until when.
_BOUND = (
    "id", "account_id", "currency", "opens_on", "balance_minor", "amount_minor", "policy_name",
    "policy_version", "terms", "schedule", "text_hash", "expires_at",
)  # fmt: skip


def hash_of(quote: StoredQuote) -> str:
    """The SHA-256 of everything a quote binds, in canonical JSON."""
    bound = {name: getattr(quote, name) for name in _BOUND}
    option = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z
    return sha256(orjson.dumps(bound, default=plain, option=option)).hexdigest()


async def _found(ctx: Context, quote_id: UUID) -> StoredQuote:
    quote = await quotes.read(ctx.tx, quote_id)
    if quote is None:
        raise NotFound(resource="quote", key=str(quote_id))
    return quote
