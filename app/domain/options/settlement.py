"""Which settlement may be offered to a person who can pay so much? The fewest parts that do.

As much as the person can pay in each part, once that comes to the least the matrix lets this
role take for the whole, and less than the whole. A grant without a floor suggests nothing: how
far to go below is for whoever holds it to say, so the floors of lesser roles count for it.
"""

from dataclasses import dataclass
from datetime import date

from app.domain.agreement.authority import ProposedSettlement, check_settlement, settlement_limits
from app.domain.agreement.settlement import check_parts
from app.domain.money import round_down, share_at_least
from app.domain.options.fitting import Ask, Option, OptionName
from app.domain.policy.model import MatrixRow
from app.domain.schedule import build as schedules
from app.domain.schedule.terms import Terms
from app.domain.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What may be settled on an account: the matrix, the debt's age, when an offer may end."""

    matrix: tuple[MatrixRow, ...]
    past_due_days: int
    validation_ends_on: date | None = None


def settlement_option(ask: Ask, grants: Grants) -> Option | None:
    """The settlement a role may offer within what can be paid; None where it may none.

    None, too, where the person can pay the whole in as many payments. Parts are whole units
    where those come to enough. `terms` name no amount: that is the schedule's total.
    """
    rows = _matrix_rows(ask, grants)
    round_part = round_down(ask.affordable_minor, 1, unit_minor=ask.unit_minor)
    for count in range(1, len(ask.due_on) + 1):
        if ask.affordable_minor * count >= ask.balance_minor:
            return None
        floor = _floor(rows, ask.balance_minor, count)
        if floor is None:
            continue
        for part in (round_part, ask.affordable_minor):
            if part * count >= max(floor, 1):
                return _checked(ask, grants, count, part * count)
    return None


def _matrix_rows(ask: Ask, grants: Grants) -> tuple[MatrixRow, ...]:
    """The matrix rows of this role and of lesser ones, for a debt of this age and size."""
    return tuple(
        row
        for role in Role
        if role.rank <= ask.role.rank
        for row in settlement_limits(
            grants.matrix,
            role=role,
            past_due_days=grants.past_due_days,
            balance_minor=ask.balance_minor,
        )
    )


def _floor(rows: tuple[MatrixRow, ...], balance_minor: int, count: int) -> int | None:
    """The least amount that any matrix row allows in so many parts; None where none limits it."""
    floors = []
    for row in rows:
        bounds = []
        if row.min_share_bps is not None:
            bounds.append(share_at_least(balance_minor, row.min_share_bps))
        if row.max_forgiven_minor is not None:
            bounds.append(balance_minor - row.max_forgiven_minor)
        if bounds and (row.max_count is None or count <= row.max_count):
            floors.append(max(bounds))
    return min(floors, default=None)


def _checked(ask: Ask, grants: Grants, count: int, amount_minor: int) -> Option | None:
    """The settlement as an option; None where a limit or the validation period forbids it."""
    terms = Terms(
        installment_count=count,
        frequency=ask.frequency,
        first_due_on=ask.first_due_on,
        business_days=ask.business_days,
    )
    schedule = schedules.build(
        terms, opens_on=ask.opens_on, amount_minor=amount_minor, holidays=ask.holidays
    )
    offer = ProposedSettlement(
        balance_minor=ask.balance_minor,
        amount_minor=amount_minor,
        installment_count=count,
        past_due_days=grants.past_due_days,
    )
    against = (
        *check_settlement(offer, matrix=grants.matrix, role=ask.role),
        *check_parts(schedule, limits=ask.kept, role=ask.role, on=ask.opens_on),
    )
    ends_on = grants.validation_ends_on
    if against or (ends_on is not None and schedule.last_due_on <= ends_on):
        return None
    return Option(
        name=OptionName.SETTLEMENT,
        rank=0,
        terms=terms,
        schedule=schedule,
        forgives_minor=ask.balance_minor - amount_minor,
    )
