"""Consent as evidence: how, when and by whom it was given, and the very words it was given to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.errors import NotFound
from app.services.context import Context
from app.services.plans import PLANS
from app.storage import accounts, persons, plans, quotes
from app.storage.persons import Note
from app.storage.quotes import StoredQuote


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """What was said with a plan. `note` holds the address and the browser until erased.

    `quote` holds the text; None where the plan was opened on terms of its own.
    """

    plan_id: UUID
    consent: Mapping[str, Any]
    note: Note
    quote: StoredQuote | None


async def view_consent(ctx: Context, plan_id: UUID) -> ConsentView | None:
    """The consent a plan was opened with; None where none was. Raises `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, plan_id, *PLANS)
    stored = await plans.read(ctx.tx, account_id, plan_id) if account_id else None
    if stored is None:
        raise NotFound(resource="plan", key=str(plan_id))
    if stored.consent is None:
        return None
    notes = await persons.notes(ctx.tx, [stored.account_id])
    quote = await quotes.read(ctx.tx, stored.quote_id) if stored.quote_id else None
    return ConsentView(
        plan_id=plan_id,
        consent=stored.consent,
        note=notes.get(plan_id, Note(metadata={})),
        quote=quote,
    )
