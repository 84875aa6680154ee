"""What a link shows to the debtor: the account, its schedule, and what may be agreed to."""

from dataclasses import dataclass
from hashlib import sha256

from app.domain.letters import LetterKind
from app.domain.links.link import LinkPurpose
from app.domain.refusals.accounts import OnHold
from app.domain.standing.status import AccountStatus
from app.domain.vocabulary import SettlementStatus
from app.services.accounts.read import AccountView, view_account
from app.services.documents.letters import letters_of
from app.services.guards import TERMS_REFUSED
from app.services.links.visit import Visit
from app.services.persons.points import PointView, points_of
from app.services.plans.quote import QuoteView, quotes_of
from app.services.plans.read import PlanView, view_plan
from app.services.reading import Reading
from app.services.settlements.read import SettlementView, view_settlement
from app.services.templates.identity import Identity, identity_of
from app.services.wording.pages import PageWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text to agree to, and what its bytes hash to."""

    text: str
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All a page may hold; each part is None where the link is not made for it.

    `against`: what forbids that anything is agreed to now, by the name of the API's refusal.
    """

    account: AccountView
    plan: PlanView | None
    quotes: tuple[QuoteView, ...]
    settlement: SettlementView | None
    settlement_words: Words | None
    points: tuple[PointView, ...]
    against: str | None
    us: Identity  # whom they may call, or write to


async def shown(visit: Visit) -> Shown:
    """What a visitor who is known sees. Raises `NotFound`."""
    account = await view_account(visit.ctx, visit.link.account_id)
    live = account.reading.state.live_plan
    stored = account.reading.account
    settlement = await _settlement(visit)
    wanted = {LinkPurpose.PREFERENCES, LinkPurpose.UPDATE_POINTS, LinkPurpose.CONSENT}
    points = wanted & set(visit.link.purposes)
    return Shown(
        account=account,
        plan=await view_plan(visit.ctx, live.id) if live else None,
        quotes=await _quotes(visit),
        settlement=settlement,
        settlement_words=await settlement_words(visit, settlement) if settlement else None,
        points=tuple(await points_of(visit.ctx, visit.link.person_id)) if points else (),
        against=_against(visit, account.reading),
        us=await identity_of(visit.ctx, stored.creditor_reference, stored.policy_name),
    )


def _against(visit: Visit, reading: Reading) -> str | None:
    if reading.status is AccountStatus.CLOSED:
        return "account-closed"
    if reading.state.balance.total_minor <= 0:
        return "nothing-owed"
    today = visit.ctx.business_date
    held = any(one.kind in TERMS_REFUSED and one.stands(today) for one in reading.state.holds)
    return OnHold.problem if held else None


async def _quotes(visit: Visit) -> tuple[QuoteView, ...]:
    """Offers of this link that can still be agreed to: those it names, and those it made."""
    if not {LinkPurpose.CHOOSE, LinkPurpose.CONSENT} & set(visit.link.purposes):
        return ()
    found = await quotes_of(visit.ctx, visit.link.account_id)
    return tuple(
        one
        for one in found
        if (one.quote.id in visit.link.quote_ids or one.quote.actor == visit.ctx.actor)
        and one.quote.expires_at > visit.ctx.instant
        and one.fate.plan_id is None
        and one.fate.superseded_by is None
    )


async def _settlement(visit: Visit) -> SettlementView | None:
    wanted = LinkPurpose.ACCEPT_SETTLEMENT in visit.link.purposes
    if not wanted or visit.link.settlement_id is None:
        return None
    found = await view_settlement(visit.ctx, visit.link.settlement_id)
    offered = found.settlement.status is SettlementStatus.OFFERED
    return found if offered and found.settlement.expires_on >= visit.ctx.business_date else None


async def settlement_words(visit: Visit, known: SettlementView | None = None) -> Words:
    """The words a settlement is accepted by: its newest letter's, else those of this page."""
    if visit.link.settlement_id is None:
        raise ValueError("the link offers no settlement")
    written = await letters_of(visit.ctx, visit.link.settlement_id)
    offers = [one for one in written if one.stored.kind == LetterKind.OFFER]
    if offers:
        return Words(text=offers[-1].text, text_hash=offers[-1].stored.text_hash)
    view = known or await view_settlement(visit.ctx, visit.link.settlement_id)
    account = view.reading.account
    writer = PageWriter.of(visit.link.locale, account.currency)
    schedule = view.schedule
    parts = "\n".join(
        f"{writer.day(one.due_on)}: {writer.money(one.amount_minor)}"
        for one in schedule.installments
    )
    text = writer.words.settlement_text.format(
        reference=account.reference,
        amount=writer.money(view.stored.amount_minor),
        forgives=writer.money(view.stored.forgives_minor),
        expires=writer.day(view.stored.expires_on),
        parts=parts,
    )
    return Words(text=text, text_hash=sha256(text.encode()).hexdigest())
