"""Which terms a plan lives by: those it opened with, or those its newest rewrite bound it to."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from app.domain.state import Plan
from app.storage import plans
from app.storage.engine import Transaction
from app.storage.entry import Beside
from app.storage.plans import StoredPlan

_JUST_NOW: Mapping[UUID, Beside] = {}


async def with_terms(
    tx: Transaction, stored: StoredPlan, plan: Plan, entering: Mapping[UUID, Beside] = _JUST_NOW
) -> StoredPlan:
    """The plan as stored, its terms and quote those that hold on the day it was folded to.

    Only a plan that was rewritten costs a look. `entering`: what a command has with it, and has
    not written, or never will.
    """
    by = plan.terms_by
    if by is None:
        return stored
    said = entering.get(by)
    if said is not None:
        return replace(stored, terms=said.terms, quote_id=said.quote_id)
    found = await plans.revision_by(tx, stored.account_id, by)
    quote_id = found.schedule["quote_id"]
    return replace(stored, terms=found.terms, quote_id=UUID(quote_id))
