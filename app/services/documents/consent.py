"""Consent as evidence: how, when and by whom it was given, and the very words it was given to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.vocabulary import PlanKind
from app.services.context import Context
from app.services.documents.letters import Letter, letters_of
from app.services.guards import known_plan
from app.services.plans.quote import as_said
from app.storage import changes
from app.storage.accounts import persons
from app.storage.accounts.persons import Note
from app.storage.plans import quotes
from app.storage.plans.plans import StoredPlan
from app.storage.plans.quotes import StoredQuote
from app.storage.settlements import settlements


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """What was said with a plan, or a rewrite of it. `note`: address and browser, until erased.

    `quote` holds the text, of a settlement the offer's `letter`; neither where nobody here knows
    what was shown: a plan on terms of its own, an offer nobody asked a letter of.
    """

    plan_id: UUID
    consent: Mapping[str, Any]
    note: Note
    quote: StoredQuote | None
    letter: Letter | None = None


async def view_consent(
    ctx: Context, plan_id: UUID, *, revision: int | None = None
) -> ConsentView | None:
    """The consent a plan was opened with, or rewritten with; None where none was.

    `revision`: that of the rewrite; None and 1 are the opening. Raises `NotFound`.
    """
    stored = await known_plan(ctx, plan_id)
    said, quote_id, subject_id = stored.consent, stored.quote_id, plan_id
    if revision is not None and revision > 1:
        made = {
            one.number: one for one in await changes.revisions(ctx.tx, stored.account_id, plan_id)
        }
        if revision not in made:
            raise NotFound(resource="revision", key=str(revision))
        said, subject_id = made[revision].schedule.consent, made[revision].fact_id
        quote_id = made[revision].schedule.quote_id
    if said is None:
        return None
    notes = await persons.notes(ctx.tx, [stored.account_id])
    quote = await quotes.read(ctx.tx, quote_id) if quote_id else None
    return ConsentView(
        plan_id=plan_id,
        consent=said,
        note=notes.get(subject_id, Note(metadata={})),
        quote=await as_said(ctx, quote) if quote else None,
        letter=await _letter(ctx, stored, said) if stored.kind == PlanKind.SETTLEMENT else None,
    )


async def _letter(ctx: Context, plan: StoredPlan, said: Mapping[str, Any]) -> Letter | None:
    """The letter whose words were agreed to."""
    settlement_id = await settlements.of_plan(ctx.tx, plan.account_id, plan.id)
    if settlement_id is None:
        return None
    written = await letters_of(ctx, settlement_id)
    return next((one for one in written if one.stored.text_hash == said["text_hash"]), None)
