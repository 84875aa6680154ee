"""The figures of a 1099-C: what a settlement forgave, if it stands satisfied on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.policy.model import DebtReliefRules
from app.domain.reporting.form_1099c import DebtRelief, debt_relief
from app.services.context import Context
from app.services.settlements.read import SettlementView, view_settlement
from app.storage.books import events

#: No account is settled and unsettled more often.
_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDischarge:
    """What an event told of a discharge; `forgiven_minor` None: that it no longer holds."""

    event_id: UUID
    occurred_at: datetime
    discharged_on: date
    forgiven_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtReliefView:
    """A settlement and what it discharged; `figures` is None while nothing stands forgiven.

    `told`: all that was ever told of it, in order, for whoever filed a form in between.
    """

    view: SettlementView
    rules: DebtReliefRules
    figures: DebtRelief | None
    told: tuple[ToldDischarge, ...]


async def of_settlement(
    ctx: Context, settlement_id: UUID, *, as_of: date | None = None
) -> DebtReliefView:
    """The figures as of a day (default: the business date), with today's knowledge.

    A satisfaction that a returned payment took away was on no day, so its figures are gone; that
    they were told, and withdrawn, the account's events keep. The rules are those of the account's
    own policy in force when it was satisfied. Raises `NotFound`.
    """
    view = await view_settlement(ctx, settlement_id, as_of=as_of)
    settlement, reading = view.settlement, view.reading
    on = settlement.satisfied_on or reading.as_of
    rules = reading.policies.in_force(on).settlement.debt_relief
    figures = None
    if settlement.satisfied_on is not None and settlement.forgave:
        figures = debt_relief(
            settlement.forgiven,
            satisfied_on=settlement.satisfied_on,
            currency=reading.account.currency,
            rules=rules,
        )
    told = await _discharges_told(ctx, reading.account.id, settlement_id)
    return DebtReliefView(view=view, rules=rules, figures=figures, told=told)


async def _discharges_told(
    ctx: Context, account_id: UUID, settlement_id: UUID
) -> tuple[ToldDischarge, ...]:
    found = await events.timeline(
        ctx.tx, account_id, types={EventType.SETTLEMENT_SATISFIED}, limit=_MOST
    )
    discharges = list[ToldDischarge]()
    for event in found:
        data = event.data
        was, now = (data["before"], data["after"]) if event.corrects else (None, data)
        if str(settlement_id) not in {str(one["settlement_id"]) for one in (was, now) if one}:
            continue
        # Satisfied with nothing forgiven is no discharge: only that an earlier one is gone is told.
        forgiven_minor = (now["forgiven_minor"] or None) if now else None
        if forgiven_minor is not None or (discharges and discharges[-1].forgiven_minor is not None):
            discharges.append(
                ToldDischarge(
                    event_id=event.id,
                    occurred_at=event.occurred_at,
                    discharged_on=event.business_date,
                    forgiven_minor=forgiven_minor,
                )
            )
    return tuple(discharges)
