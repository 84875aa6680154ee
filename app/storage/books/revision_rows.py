"""The rows of a changed schedule: a revision for each change, and installments that are gone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.facts.changes import Change
from app.domain.money import Component
from app.domain.schedule.agreed import RevisedInstallment
from app.domain.vocabulary import AGREED
from app.storage.books.entry import Attachment, Entry
from app.storage.database.documents import RevisedSchedule

Row = tuple[str, dict[str, Any]]


def revision_rows(entry: Entry) -> Iterator[Row]:
    """What each change made of its plan: the schedule before and after, and by what authority.

    Several changes of one command share what was before the first and after the last.
    """
    before = {plan.id: plan for plan in entry.account.state.plans}
    for fact in entry.draft.facts:
        body = fact.body
        if not isinstance(body, Change):
            continue
        beside = entry.beside.get(fact.id, Attachment())
        after = entry.draft.state.plan(body.plan_id)
        schedule = RevisedSchedule(
            installments=agreed_installments(after),
            before=agreed_installments(before.get(body.plan_id)),
            reason=body.reason,
            role=beside.role,
            quote_id=beside.quote_id,
            consent=beside.consent,
        )
        yield (
            "revisions",
            {
                "plan_id": body.plan_id,
                "number": body.number,
                "fact_id": fact.id,
                "cause": body.kind,
                "effective_on": fact.effective_on,
                "actor": fact.actor,
                "terms": dict(beside.terms),
                "schedule": schedule,
            },
        )


def agreed_installments(plan: Plan | None) -> tuple[RevisedInstallment, ...]:
    """The installments that principal stands on; charges have no place in an agreement."""
    return tuple(
        RevisedInstallment(
            id=one.id,
            kind=one.kind,
            nominal_due_on=one.nominal_due_on,
            due_on=one.due_on,
            principal_minor=one.due.principal_minor,
        )
        for one in (plan.installments if plan else ())
        if one.kind in AGREED and one.voided_on is None
    )


def gone_rows(entry: Entry) -> Iterator[Row]:
    """Empty the rows of installments that an undone change, or a reversed charge, took away."""
    for plan in entry.account.state.plans:
        after = entry.draft.state.plan(plan.id)
        if after is None or _ids(after) == _ids(plan):
            continue
        left = set(_ids(after))
        for number, gone in enumerate(plan.installments, start=1):
            if gone.id not in left:
                yield "installments", {**_empty(gone.id, number), "plan_id": plan.id,
                                       "kind": gone.kind, "nominal_due_on": gone.nominal_due_on,
                                       "due_on": gone.due_on,
                                       "voided_on": entry.draft.state.judged_on}  # fmt: skip


def _ids(plan: Plan) -> list[UUID]:
    return [installment.id for installment in plan.installments]


def _empty(installment_id: UUID, number: int) -> dict[str, Any]:
    return {
        "id": installment_id,
        "number": number,
        **{f"{c}_minor": 0 for c in Component},
        **{f"paid_{c}_minor": 0 for c in Component},
        "paid_in_advance_minor": 0,
        "paid_late_minor": 0,
        "satisfied_on": None,
        "missed_on": None,
    }
