"""Which installments a day's notices may be about, read by due date, page by page."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, select, tuple_

from app.storage.database.engine import Transaction
from app.storage.tables import Account, Installment, Message, Plan, table

_ACCOUNT, _INSTALLMENT = table(Account), table(Installment)
_MESSAGE, _PLAN = table(Message), table(Plan)
_I = _INSTALLMENT.c
_OPEN = (
    _I.principal_minor + _I.interest_minor + _I.fees_minor + _I.penalties_minor + _I.costs_minor
    > _I.paid_principal_minor + _I.paid_interest_minor + _I.paid_fees_minor
    + _I.paid_penalties_minor + _I.paid_costs_minor
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a notice may be about: its date, its id, and whose account it is of.

    `policy_name`, `creditor_reference`: by which the account's contact policy is found.
    """

    on: date
    id: UUID
    account_id: UUID
    policy_name: str
    creditor_reference: str | None


async def candidates(
    tx: Transaction,
    notice: str,
    *,
    missed: bool,
    since: date,
    through: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Candidate]:
    """Open installments of live plans of somebody, by due date: those due in the span.

    Only those that have no such notice yet. `missed`: those that are missed, else those not.
    """
    about_on = _I.missed_on if missed else _I.due_on
    made = exists().where(
        _MESSAGE.c.tenant_id == _I.tenant_id,
        _MESSAGE.c.notice == notice,
        _MESSAGE.c.subject_id == _I.id,
        _MESSAGE.c.about_on == about_on,
    )
    same = and_(_PLAN.c.tenant_id == _I.tenant_id, _PLAN.c.account_id == _I.account_id)
    query = (
        select(
            _I.due_on.label("on"), _I.id, _I.account_id, _ACCOUNT.c.policy_name,
            _ACCOUNT.c.creditor_reference,
        )
        .join(_PLAN, and_(same, _PLAN.c.id == _I.plan_id))
        .join(
            _ACCOUNT, and_(_ACCOUNT.c.tenant_id == _I.tenant_id, _ACCOUNT.c.id == _I.account_id)
        )
        .where(
            _I.due_on.between(since, through), _I.voided_on.is_(None), _OPEN,
            _PLAN.c.status == "active", _ACCOUNT.c.debtor_id.is_not(None), ~made,
            _I.missed_on.is_not(None) if missed else _I.missed_on.is_(None),
        )
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(_I.due_on, _I.id) > after)
    rows = await tx.execute(query.order_by(_I.due_on, _I.id).limit(limit))
    return [Candidate(**row) for row in rows.mappings()]
