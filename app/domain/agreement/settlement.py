"""May this be offered, approved, accepted or ended? What a settlement asks of account and policy.

Regulation F lets no deadline overshadow the debt's validation period; the matrix by role, age
and balance is the policy's (`authority`). Every "no" names itself and what decided.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.agreement.authority import (
    ProposedSettlement,
    check_settlement,
    check_terms,
    proposed,
)
from app.domain.errors import InvalidInput
from app.domain.limits import LimitBreach
from app.domain.money import share_at_least
from app.domain.policy.model import Policy, TermLimitsByRole
from app.domain.refusals.accounts import ExceedsBalance
from app.domain.refusals.settlements import (
    OfferInsideValidation,
    OfferTooLong,
    SettlementExpired,
    SettlementNotOpen,
    SettlementOpen,
    SettlementOutdated,
)
from app.domain.schedule.build import Schedule
from app.domain.schedule.terms import Frequency, Terms, Unit
from app.domain.standing.lateness import contract_clock
from app.domain.values import replace
from app.domain.vocabulary import Role, SettlementStatus

#: What binds a role about the days of a schedule, a plan's or a settlement's.
DAY_RULES = frozenset({"max_days_to_first", "max_days_between", "max_term_months"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDays:
    """The days an offer is about: made, over, and when what it asks is first and last due."""

    offered_on: date
    expires_on: date
    first_due_on: date
    last_due_on: date


def amount_of(
    balance_minor: int, *, amount_minor: int | None = None, share_bps: int | None = None
) -> int:
    """The amount of an offer in minor units: as given, or as a share of the balance.

    Of a share it is the first whole unit that is no less: who may take 60 % asks for 60 % and
    is within the limit. Raises `InvalidInput` unless exactly one is given and comes to
    something, `ExceedsBalance` beyond what is owed.
    """
    if (amount_minor is None) == (share_bps is None):
        raise InvalidInput.at("/amount_minor", "give either amount_minor or share_bps")
    if share_bps is not None:
        amount_minor = share_at_least(balance_minor, share_bps)
    minor = amount_minor or 0
    if minor < 1:
        pointer = "/amount_minor" if share_bps is None else "/share_bps"
        raise InvalidInput.at(pointer, "must come to at least 1")
    if minor > balance_minor:
        raise ExceedsBalance(what="The settlement", limit_minor=balance_minor, actual_minor=minor)
    return minor


def check_days(days: OfferDays, *, policy: Policy, validation_ends_on: date | None) -> None:
    """Whether an offer's days are allowed: how long it stays open, and when its parts are due.

    Raises `InvalidInput` for one that is over before it begins or asks for money before it,
    `OfferInsideValidation`, and `OfferTooLong` beyond the policy's days or its own last due date.
    """
    if days.expires_on < days.offered_on:
        raise InvalidInput.at("/expires_on", f"must not lie before {days.offered_on}")
    if days.first_due_on < days.offered_on:
        raise InvalidInput.at("/terms/first_due_on", f"must not lie before {days.offered_on}")
    if validation_ends_on is not None and days.expires_on <= validation_ends_on:
        raise OfferInsideValidation(
            expires_on=days.expires_on, validation_ends_on=validation_ends_on
        )
    latest = days.last_due_on
    if policy.settlement.offer_days is not None:
        latest = min(latest, days.offered_on + timedelta(days=policy.settlement.offer_days))
    if days.expires_on > latest:
        raise OfferTooLong(expires_on=days.expires_on, latest_on=latest)


def check_room(state: State, policy: Policy, *, supersedes: Settlement | None = None) -> None:
    """Whether one more offer may stand open beside those there are. Raises `SettlementOpen`.

    None may beside a settlement that is being paid; one that is countered makes room.
    """
    for one in state.settlements:
        if one.status is SettlementStatus.ACCEPTED:
            raise _already_open(one, limit=1)
    open_offers = [one for one in state.settlements if one.open and one != supersedes]
    limit = policy.settlement.max_open_offers
    if limit is not None and len(open_offers) >= limit:
        raise _already_open(open_offers[-1], limit=limit)


def check_authority(
    state: State, policy: Policy, *, role: Role, amount_minor: int, parts: int, on: date
) -> tuple[LimitBreach, ...]:
    """Every limit of this role that the offer passes; empty when the role may make it.

    The debt's age is the contract's past-due days: no plan and no re-age makes it younger.
    """
    offer = ProposedSettlement(
        balance_minor=state.balance.total_minor,
        amount_minor=amount_minor,
        installment_count=parts,
        past_due_days=contract_clock(state, on=on).days,
    )
    return check_settlement(offer, matrix=policy.settlement.matrix, role=role)


def check_parts(
    schedule: Schedule, *, limits: TermLimitsByRole, role: Role, on: date
) -> tuple[LimitBreach, ...]:
    """Every limit of this role on the days between payments that the parts pass.

    What the matrix says of amounts and counts stands in place of the other limits of terms.
    """
    terms = proposed(schedule, opens_on=on)
    found = check_terms(terms, limits=limits, role=role)
    return tuple(one for one in found if one.rule in DAY_RULES)


def check_acceptable(state: State, settlement: Settlement, *, first_due_on: date, on: date) -> None:
    """Whether an offer can be accepted that day.

    Raises `SettlementExpired`, `SettlementNotOpen`, `SettlementOpen` beside one that is being
    paid, and `SettlementOutdated` once its first part was due.
    """
    check_status(settlement, SettlementStatus.OFFERED, on=on)
    for other in state.settlements:
        if other.status is SettlementStatus.ACCEPTED:
            raise _already_open(other, limit=1)
    if first_due_on < on:
        raise SettlementOutdated(settlement_id=settlement.id, first_due_on=first_due_on)


def check_status(settlement: Settlement, *wanted: SettlementStatus, on: date) -> None:
    """Whether a settlement has one of these statuses on that day.

    Raises `SettlementExpired` or `SettlementNotOpen`.
    """
    over = settlement.open and on > settlement.expires_on
    if over or settlement.status is SettlementStatus.EXPIRED:
        raise SettlementExpired(settlement_id=settlement.id, expires_on=settlement.expires_on)
    if settlement.status not in wanted:
        raise SettlementNotOpen(settlement_id=settlement.id, settlement_status=settlement.status)


def forgives_minor(state: State, settlement: Settlement) -> int:
    """What satisfying the settlement now would forgive: all that is owed beyond its amount."""
    if settlement.status is SettlementStatus.SATISFIED:
        return settlement.forgiven.total_minor
    left = remaining_minor(state, settlement)
    return max(0, state.balance.total_minor - left)


def remaining_minor(state: State, settlement: Settlement) -> int:
    """What is still to be paid to satisfy it: all of an offer, or what its plan has open."""
    if settlement.open:
        return settlement.amount_minor
    plan = state.plan(settlement.plan_id) if settlement.plan_id else None
    return sum(installment.open_minor for installment in plan.installments) if plan else 0


def paid_minor(state: State, settlement: Settlement) -> int:
    """What was paid on the settlement's plan; 0 before it has one."""
    plan = state.plan(settlement.plan_id) if settlement.plan_id else None
    return plan.paid_minor if plan else 0


def _already_open(existing: Settlement, *, limit: int) -> SettlementOpen:
    return SettlementOpen(
        existing_settlement_id=existing.id, existing_status=existing.status, limit=limit
    )


def parts_of(terms: Terms, *, expires_on: date) -> Terms:
    """The terms an offer's amount is split by, what was left out filled in.

    Nothing said: one part, due on the last day of the offer.
    """
    if terms.installments is not None:
        return Terms(installments=terms.installments)
    count = terms.installment_count or 1
    once = Frequency(unit=Unit.MONTH) if count == 1 else None
    return replace(
        terms,
        installment_count=count,
        frequency=terms.frequency or once,
        first_due_on=terms.first_due_on or expires_on,
    )
