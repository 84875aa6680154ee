"""What a debtor does by a link: choose, agree, accept, ask, and say how to be reached.

Each lands in the same service as the API's own operation, and is refused as that refuses. A link
agrees to one thing, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.opt_out_words import Meaning
from app.domain.contact.words import (
    Channel,
    ConsentKind,
    Direction,
    Outcome,
    PointKind,
    Purpose,
    RestrictionKind,
)
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.links import link as rules
from app.domain.links.link import Answer
from app.domain.links.link import LinkPurpose as For
from app.domain.options.options import Option, OptionName
from app.domain.persons.facts import ConsentGiven, Restricted
from app.domain.schedule.terms import Frequency, Terms
from app.domain.values import replace
from app.services.contacts.record import RecordContact, record_contact
from app.services.guards import known_account
from app.services.links.links import ruled
from app.services.links.page import settlement_words
from app.services.links.visit import Visit, refuse_unopened
from app.services.messages.intervening import restrict
from app.services.persons.consents import give_consent
from app.services.persons.persons import amend_person
from app.services.persons.points import NewPoint, PointView, add_point, points_of
from app.services.plans.open import Consent, OpenPlan, open_plan
from app.services.plans.options import FindOptions, Offers, offers
from app.services.plans.quote import QuoteTerms, QuoteView, make_quote, quotes_of, view_quote
from app.services.plans.terms import SentTerms
from app.services.settlements.decide import accept
from app.services.telling.tell import event, tell_of
from app.services.wording.pages import quote_locale, spoken
from app.storage.contacts import contacts
from app.storage.contacts.contacts import FindContacts
from app.storage.links import links

REASON = "said on the debtor's own page"
#: What one link may put in writing in all, and say in 24 hours: a page is no place to fill.
MOST_QUOTES = 20
MOST_MESSAGES_A_DAY = 20
MOST_TEXT = 2_000


class Enough(Exception):
    """The link has done so much of this that nobody reads it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanPay:
    """What a debtor says they can pay, how often, and from when."""

    affordable_minor: int
    frequency: Frequency
    first_due_on: date


async def find_options(visit: Visit, ask: CanPay) -> Offers:
    """What the policy lets this link offer. Raises as `offers`, and `InvalidInput`."""
    await _refuse_unless(visit, For.CHOOSE)
    least, most = visit.link.least_minor, visit.link.most_minor
    if ask.affordable_minor < (least or 1) or (most and ask.affordable_minor > most):
        raise InvalidInput.at("/affordable_minor", "is outside what this link allows")
    made = await offers(
        visit.ctx,
        FindOptions(
            account_id=visit.link.account_id,
            frequency=ask.frequency,
            first_due_on=ask.first_due_on,
            affordable_minor=ask.affordable_minor,
        ),
    )
    within = tuple(one for one in made.found.options if _is_within(one, least, most))
    return replace(made, found=replace(made.found, options=within))


def _is_within(option: Option, least: int | None, most: int | None) -> bool:
    """Whether what is paid each time is what the link allows; the last may be a remainder.

    A settlement is paid otherwise.
    """
    if option.name is OptionName.SETTLEMENT:
        return True
    each = [row.amount_minor for row in option.schedule.installments]
    return (least or 1) <= min(each[:-1] or each) and (most is None or max(each) <= most)


async def choose(
    visit: Visit, ask: CanPay, name: OptionName, as_sent: Callable[[Terms], Mapping[str, Any]]
) -> QuoteView:
    """Have one of the options put in writing, in place of the one before, if that still stands.

    Raises `Enough`, and as `find_options` and `make_quote`.
    """
    found = await find_options(visit, ask)
    option = next((one for one in found.found.options if one.name == name), None)
    if option is None or name is OptionName.SETTLEMENT:
        raise InvalidInput.at("/choose", "is none of the options")
    known = await quotes_of(visit.ctx, visit.link.account_id)
    own = [one for one in known if one.quote.actor == visit.ctx.actor]
    if len(own) >= MOST_QUOTES:
        raise Enough
    standing = [one for one in own if not (one.fate.superseded_by or one.fate.plan_id)]
    command = QuoteTerms(
        account_id=visit.link.account_id,
        terms=SentTerms(parsed=option.terms, as_sent=as_sent(option.terms)),
        locale=quote_locale(visit.link.locale),
        supersedes=standing[-1].quote.id if standing else None,
    )
    return await make_quote(visit.ctx, command)


async def agree(visit: Visit, quote_id: UUID, quote_hash: str, text_hash: str) -> Answer:
    """Agree to a quote by the hash of the words shown, once: a plan opens.

    Raises `NotFound` for a quote this link does not offer, and as `open_plan`.
    """
    await _refuse_unless(visit, For.CHOOSE, For.CONSENT)
    quote = (await view_quote(visit.ctx, quote_id)).quote
    mine = quote_id in visit.link.quote_ids or quote.actor == visit.ctx.actor
    if quote.account_id != visit.link.account_id or not mine:
        raise NotFound(resource="quote", key=str(quote_id))
    found = _accepted(visit, shown=quote.text_hash, given=text_hash)
    if found.shown != rules.Shown.ACCEPTED:
        return found
    command = OpenPlan(
        account_id=quote.account_id,
        quote_id=quote_id,
        quote_hash=quote_hash,
        consent=_consent(visit, text_hash),
    )
    plan = await open_plan(visit.ctx, command)
    await _use(visit, {"plan_id": plan.plan.id})
    return found


async def accept_settlement(visit: Visit, text_hash: str) -> Answer:
    """Accept the settlement this link offers, once. Raises as `decide.accept`."""
    await _refuse_unless(visit, For.ACCEPT_SETTLEMENT)
    if visit.link.settlement_id is None:
        raise NotFound(resource="settlement", key="")
    words = await settlement_words(visit)
    found = _accepted(visit, shown=words.text_hash, given=text_hash)
    if found.shown != rules.Shown.ACCEPTED:
        return found
    await accept(
        visit.ctx,
        visit.link.settlement_id,
        consent=_consent(visit, text_hash),
        effective_on=None,
    )
    await _use(visit, {"settlement_id": visit.link.settlement_id})
    return found


def _accepted(visit: Visit, *, shown: str, given: str) -> Answer:
    link = ruled(visit.link, text_hash=shown, verified=visit.verified)
    return rules.accept(link, visit.ctx.instant, method="POST", text_hash=given)


def _consent(visit: Visit, text_hash: str) -> Consent:
    """How the debtor agreed: by this link, whose name is that of who took it down."""
    return Consent(
        channel="link",
        captured_at=visit.ctx.instant,
        captured_by=visit.ctx.actor or "",
        text_hash=text_hash,
        ip=visit.ip,
        user_agent=visit.user_agent,
    )


async def _use(visit: Visit, what: Mapping[str, UUID]) -> None:
    ctx, link = visit.ctx, visit.link
    await links.mark(ctx.tx, link, opened_at=link.opened_at or ctx.instant, used_at=ctx.instant)
    told = {"link_id": link.id, "person_id": link.person_id, **what}
    await tell_of(ctx, link.account_id, event(ctx, EventType.LINK_USED, told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer:
    """How somebody wants to be reached; None and nothing: as it was."""

    language: str | None = None
    preferred: Channel | None = None
    stop: tuple[Channel, ...] = ()
    allow_email: UUID | None = None
    text_hash: str | None = None


async def set_preferences(visit: Visit, said: Prefer) -> None:
    """Take down how the debtor wants to be reached; the page speaks their language from then on.

    Raises as the services it lands in.
    """
    await _refuse_unless(visit, For.PREFERENCES, For.CONSENT)
    ctx, person_id = visit.ctx, visit.link.person_id
    if said.language is not None:
        await amend_person(ctx, person_id, {"language": said.language}, None)
        await links.mark(ctx.tx, visit.link, locale=spoken(said.language))
    for channel in said.stop:
        body = Restricted(restriction=RestrictionKind.OPT_OUT, reason=REASON, channel=channel)
        await restrict(ctx, person_id, body)
    if said.preferred is not None:
        wanted = RestrictionKind.PREFERRED_CHANNEL
        body = Restricted(restriction=wanted, reason=REASON, channel=said.preferred)
        await restrict(ctx, person_id, body)
    if said.allow_email is not None and said.text_hash:
        await _allow_email(visit, said.allow_email, said.text_hash)


async def _allow_email(visit: Visit, point_id: UUID, text_hash: str) -> None:
    mine = [one.point.id for one in await own_points(visit) if one.point.kind == PointKind.EMAIL]
    if point_id not in mine:
        raise NotFound(resource="contact point", key=str(point_id))
    evidence = {"text_hash": text_hash, "link_id": visit.ctx.actor or ""}
    await give_consent(
        visit.ctx,
        point_id,
        ConsentGiven(
            consent=ConsentKind.ELECTRONIC,
            point_id=point_id,
            given_at=visit.ctx.instant,
            channel_given="web",
            evidence=evidence,
            channels=(Channel.EMAIL,),
            written=True,
        ),
    )


async def own_points(visit: Visit) -> list[PointView]:
    """How the debtor is reached, as known."""
    return await points_of(visit.ctx, visit.link.person_id)


async def add_own_point(visit: Visit, kind: PointKind, value: str) -> None:
    """Take down a number or an address of theirs. Raises `InvalidInput`."""
    await _refuse_unless(visit, For.UPDATE_POINTS)
    if kind not in (PointKind.PHONE, PointKind.EMAIL):
        raise InvalidInput.at("/kind", "should be phone or email")
    point = NewPoint(
        kind=kind, value=value, normalized=None, source="person",
        obtained_on=visit.ctx.business_date,
    )  # fmt: skip
    await add_point(visit.ctx, visit.link.person_id, point)


async def leave_message(visit: Visit, text: str) -> None:
    """Take down what the debtor writes, as a contact that came in and that somebody must read.

    Raises `InvalidInput`, `Enough`.
    """
    await _refuse_unless(visit, For.MESSAGE)
    if not 0 < len(text) <= MOST_TEXT:
        raise InvalidInput.at("/text", f"should have 1 to {MOST_TEXT:,} characters")
    since = visit.ctx.instant - timedelta(days=1)
    about = FindContacts(
        account_id=visit.link.account_id, actor=visit.ctx.actor, entered_after=since
    )
    if len(await contacts.find(visit.ctx.tx, about, limit=MOST_MESSAGES_A_DAY)) == (
        MOST_MESSAGES_A_DAY
    ):
        raise Enough
    command = RecordContact(
        account_ids=(visit.link.account_id,),
        person_id=visit.link.person_id,
        channel=Channel.CHAT,
        direction=Direction.IN,
        outcome=Outcome.RECEIVED,
        purpose=Purpose.REPLY,
        started_at=visit.ctx.instant,
        right_party=True,
        language=visit.link.locale,
        summary=text,
        needs_reading=True,
        more={"disclosures_given": [], "reading": {"meaning": str(Meaning.READ), "done": []}},
    )
    await record_contact(visit.ctx, command)


async def _refuse_unless(visit: Visit, *purposes: For) -> None:
    """Who has not answered sees nothing; what a link is not made for, it does not have."""
    await refuse_unopened(visit)
    if not any(str(one) in visit.link.purposes for one in purposes):
        raise NotFound(resource="link", key=str(visit.link.id))


async def currency_of(visit: Visit) -> str:
    """In what the debt is kept. Raises as `refuse_unopened`."""
    await refuse_unopened(visit)
    return (await known_account(visit.ctx, visit.link.account_id)).currency


async def again(visit: Visit) -> Visit:
    """The same visit with its link as it is now."""
    link = await links.read(visit.ctx.tx, visit.link.id)
    return visit if link is None else replace(visit, link=link)
