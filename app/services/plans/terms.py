"""Which terms a plan lives by: those it opened with, or those its newest rewrite bound it to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.money import Remainder
from app.domain.schedule.build import Schedule, ScheduledInstallment
from app.domain.schedule.terms import BusinessDays, Convention, Frequency, MonthEnd, Terms, Unit
from app.domain.vocabulary import InstallmentKind
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
    said = entering.get(by)
    if said is not None:
        return replace(stored, terms=said.terms, quote_id=said.quote_id)
    found = await changes.revision_by(tx, stored.account_id, by)
    quote_id = found.schedule["quote_id"]
    return replace(stored, terms=found.terms, quote_id=UUID(quote_id))


def schedule_from(said: Mapping[str, Any]) -> Schedule:
    """A schedule as JSON keeps it."""
    rows = tuple(
        ScheduledInstallment(
            **{
                **row,
                "kind": InstallmentKind(row["kind"]),
                "nominal_due_on": date.fromisoformat(row["nominal_due_on"]),
                "due_on": date.fromisoformat(row["due_on"]),
            }
        )
        for row in said["installments"]
    )
    return Schedule(
        **{
            **said,
            "last_due_on": date.fromisoformat(said["last_due_on"]),
            "installments": rows,
        }
    )


def terms_of(said: Mapping[str, Any]) -> Terms:
    """What of stored terms dates and splits go by."""
    days = said.get("business_days")
    anchor = said.get("anchor_on") or said.get("first_due_on")
    return Terms(
        frequency=frequency_of(said.get("frequency")),
        anchor_on=date.fromisoformat(anchor) if anchor else None,
        month_end=MonthEnd(said.get("month_end") or MonthEnd.LAST_DAY),
        business_days=BusinessDays(
            calendar=days["calendar"],
            convention=Convention(days.get("convention") or Convention.FOLLOWING),
        )
        if days
        else None,
        rounding_unit_minor=int(said.get("rounding_unit_minor") or 1),
        remainder=Remainder(said.get("remainder") or Remainder.LAST),
    )


def frequency_of(said: Mapping[str, Any] | None) -> Frequency | None:
    """A stored frequency."""
    if not said:
        return None
    days = said.get("days")
    return Frequency(
        every=int(said.get("every") or 1),
        unit=Unit(said["unit"]),
        days=(int(days[0]), int(days[1])) if days else None,
    )
