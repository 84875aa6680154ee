"""Terms read from JSON, and those in force: what a plan opened with, or its newest rewrite's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from app.domain.account.plan import Plan
from app.domain.schedule.terms import Frequency, Terms
from app.domain.values import replace
from app.storage import changes
from app.storage.books.entry import Attachment
from app.storage.database.engine import Transaction
from app.storage.plans.plans import StoredPlan

_JUST_NOW: Mapping[UUID, Attachment] = {}


async def with_terms(
    tx: Transaction, stored: StoredPlan, plan: Plan, entering: Mapping[UUID, Attachment] = _JUST_NOW
) -> StoredPlan:
    """The plan as stored, its terms and quote those that hold on the day it was folded to.

    Only a plan that was rewritten costs a look. `entering`: what a command has with it, and has
    not written, or never will.
    """
    by = plan.terms_by
    if by is None:
        return stored
    attached = entering.get(by)
    if attached is not None:
        return replace(stored, terms=attached.terms, quote_id=attached.quote_id)
    found = await changes.revision_by(tx, stored.account_id, by)
    return replace(stored, terms=found.terms, quote_id=found.schedule.quote_id)


# --- Terms as clients send them -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTerms:
    """Terms, and the JSON they were sent as: that is stored and shown, never read again."""

    parsed: Terms
    as_sent: Mapping[str, Any]


def read_terms(as_sent: Mapping[str, Any]) -> SentTerms:
    """Terms as a client sends them, or as they were stored; what is left out has its default.

    The one reader there is. Whether they can be meant is for the domain to say.
    """
    given = {name: value for name, value in as_sent.items() if value is not None}
    return SentTerms(parsed=_TERMS.validate_python(given), as_sent=as_sent)


def read_frequency(as_sent: Mapping[str, Any]) -> Frequency | None:
    """The frequency that a change of a schedule named, of whatever else it was asked."""
    named = as_sent.get("frequency")
    return None if named is None else _FREQUENCY.validate_python(named)


def frequency_as_sent(frequency: Frequency) -> dict[str, Any]:
    """A frequency as a client would have sent it."""
    sent: dict[str, Any] = _FREQUENCY.dump_python(frequency, mode="json")
    return sent


def cadence_of(terms: Terms) -> Terms:
    """What of a plan's terms the dates and splits of a change go by: neither amounts nor counts."""
    return Terms(
        frequency=terms.frequency,
        anchor_on=terms.anchor_on or terms.first_due_on,
        month_end=terms.month_end,
        business_days=terms.business_days,
        rounding_unit_minor=terms.rounding_unit_minor,
        remainder=terms.remainder,
    )


_TERMS: TypeAdapter[Terms] = TypeAdapter(Terms)
_FREQUENCY: TypeAdapter[Frequency] = TypeAdapter(Frequency)
