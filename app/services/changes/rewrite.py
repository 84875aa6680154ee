"""A live plan on new terms, those of a quote: it keeps its id and everything that was paid."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.facts.changes import Rewrite
from app.domain.refusals.changes import NothingToMove
from app.domain.refusals.plans import QuoteStale
from app.domain.replay.installments import movable
from app.domain.values import replace
from app.services.changes.change import (
    Changed,
    Changing,
    carry_out,
    once_a_day,
    take_up,
    within_limits,
)
from app.services.context import Context
from app.services.guards import refuse_military_rate
from app.services.plans.open import Consent, check_consent, evidence_of
from app.services.plans.quote import redeem
from app.services.plans.terms import cadence_of
from app.storage.accounts import persons
from app.storage.accounts.persons import Note
from app.storage.plans.quotes import StoredQuote


@dataclass(frozen=True, slots=True, kw_only=True)
class RewritePlan:
    """The quote whose terms the plan goes on with, and how the debtor agreed to them."""

    quote_id: UUID
    quote_hash: str
    reason: str
    consent: Consent | None = None


async def rewrite(
    ctx: Context, plan_id: UUID, asked: RewritePlan, *, preview: bool = False
) -> Changed:
    """Move the open principal to the installments of a quote, from the business date on.

    Past its last due date, a plan is renewed so. What the quote's terms pass of the role's
    limits refuses the rewrite by name. Raises `NothingToMove`, `ChangedToday`,
    `ChangeLimitReached`, `ConsentMismatch`, `MilitaryRate`, what `redeem` raises for a quote,
    `QuoteStale` also where it is not about what the plan has open, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, None, asked=_kept(asked))
    once_a_day(changing, Rewrite, "rewrite")
    open_minor = movable(changing.plan.installments)
    if not open_minor:
        raise NothingToMove(plan_id=plan_id, reason="no principal is open on the plan")
    quote, agreement = await redeem(
        changing.work, changing.work.state, asked.quote_id, asked.quote_hash, on=changing.on
    )
    if agreement.amount_minor != open_minor:
        raise QuoteStale(
            quote_id=quote.id,
            reason="the plan's open principal",
            quoted=str(agreement.amount_minor),
            actual=str(open_minor),
        )
    refuse_military_rate(changing.work, agreement.interest)
    if asked.consent is not None:
        check_consent(quote, asked.consent)
    within_limits(changing, Rewrite)
    changing.refusals += agreement.refusals
    terms = cadence_of(agreement.terms.parsed)
    body = Rewrite(
        plan_id=plan_id,
        number=changing.number,
        quote_id=quote.id,
        policy=agreement.policy.ref,
        installments=agreement.installments,
        interest=agreement.interest,
        anchor_on=terms.anchor_on or quote.opens_on,
        renewal=changing.plan.last_due_on < changing.on,
        reason=asked.reason,
    )
    return await _entered(changing, body, quote, asked, preview=preview)


def _kept(asked: RewritePlan) -> RewritePlan:
    """What is asked, without what identifies a device: that is beside, erasable."""
    if asked.consent is None:
        return asked
    return replace(asked, consent=replace(asked.consent, ip=None, user_agent=None))


async def _entered(
    changing: Changing, body: Rewrite, quote: StoredQuote, asked: RewritePlan, *, preview: bool
) -> Changed:
    """The rewrite settled, its evidence beside it; what identifies a device is kept apart."""
    changing.beside = replace(
        changing.beside, quote_id=quote.id, consent=evidence_of(asked.consent)
    )
    made = await carry_out(changing, body, quote.terms, preview=preview)
    said = asked.consent
    if said is not None and (said.ip or said.user_agent) and not preview:
        note = Note(metadata={}, ip=said.ip, user_agent=said.user_agent)
        ctx, account = changing.work.ctx, changing.work.account
        await persons.annotate(ctx.tx, ctx.tenant_id, account.id, {made.fact.id: note})
    return made
