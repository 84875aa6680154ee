"""Settlements read: the offer as it was made, and how it stands on a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.settlement import Settlement
from app.domain.agreement.settlement import paid_minor, remaining_minor
from app.domain.errors import NotFound
from app.domain.limits import LimitBreach
from app.domain.schedule.build import Schedule
from app.domain.vocabulary import PolicyRef, SettlementStatus
from app.services.context import Context
from app.services.guards import owner_of
from app.services.judging import Judged, judge_behind
from app.services.reading import Reading, read_account, reading_after, readings_of
from app.services.work import Work, begin
from app.storage.accounts import judging
from app.storage.accounts.narrowing import narrowed
from app.storage.settlements import settlements
from app.storage.settlements.settlements import StoredSettlement


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementView:
    """A settlement as of a day."""

    stored: StoredSettlement
    settlement: Settlement
    reading: Reading

    @property
    def policy(self) -> PolicyRef:
        """The version it was offered under, and its plan lives under."""
        return self.settlement.policy

    @property
    def schedule(self) -> Schedule:
        """The parts as they were worked out, and bind once it is accepted."""
        return self.stored.schedule

    @property
    def refusals(self) -> tuple[LimitBreach, ...]:
        """What its author might not agree to alone."""
        return self.stored.refusals

    @property
    def superseded_by(self) -> UUID | None:
        """The offer that countered it."""
        later = (one.id for one in self.reading.state.settlements
                 if one.supersedes == self.settlement.id)  # fmt: skip
        return next(later, None)

    @property
    def paid_minor(self) -> int:
        return paid_minor(self.reading.state, self.settlement)

    @property
    def remaining_minor(self) -> int:
        return remaining_minor(self.reading.state, self.settlement)


async def locked_settlement(
    ctx: Context, settlement_id: UUID
) -> tuple[Work, StoredSettlement, Settlement]:
    """A settlement's account, locked, its days closed, and the settlement. Raises `NotFound`."""
    account_id, stored = await _stored(ctx, settlement_id)
    work = await begin(ctx, account_id)
    settlement = work.state.settlement(settlement_id)
    if settlement is None:
        raise NotFound(resource="settlement", key=str(settlement_id))
    return work, stored, settlement


def view_after(work: Work, stored: StoredSettlement) -> SettlementView:
    """The settlement as a command leaves it."""
    return _view(stored, reading_after(work))


async def view_settlement(
    ctx: Context, settlement_id: UUID, *, as_of: date | None = None
) -> SettlementView:
    """A settlement as of a day (default: the business date).

    Raises `NotFound`, also where it had not been offered by that day.
    """
    account_id, stored = await _stored(ctx, settlement_id)
    return _view(stored, await read_account(ctx, account_id, as_of=as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementsFound:
    """A page of settlements; of a list by status, how far the days that change it are judged."""

    views: tuple[SettlementView, ...]
    judged: Judged
    last: UUID | None  # the last settlement looked at, where more follow


async def find_settlements(
    ctx: Context,
    *,
    account_id: UUID | None,
    status: SettlementStatus | None,
    after: UUID | None,
    limit: int,
) -> SettlementsFound:
    """A page of settlements by id, as they stand on the business date, `status` too."""
    judged = Judged(readings={}, through_on=ctx.business_date)
    if status is not None:
        mine = (judging.of_settlements(), *narrowed(account_id=account_id))
        judged = await judge_behind(ctx, mine)
    found = await settlements.find(
        ctx.tx,
        account_id=account_id,
        status=status,
        judged={
            owner: [one.id for one in reading.state.settlements if one.status is status]
            for owner, reading in judged.readings.items()
        },
        after=after,
        limit=limit + 1,
    )
    last = found[limit - 1].settlement.id if len(found) > limit else None
    found = found[:limit]
    others = {one.account.id: one.account for one in found if one.account.id not in judged.readings}
    read = {one.account.id: one for one in await readings_of(ctx, tuple(others.values()))}
    readings = {**judged.readings, **read}
    views = tuple(
        _view(one.settlement, readings[one.account.id])
        for one in found  # where a sandbox clock was moved back, a later one is hidden
        if readings[one.account.id].state.settlement(one.settlement.id) is not None
    )
    shown = tuple(one for one in views if status in {None, one.settlement.status})
    return SettlementsFound(views=shown, judged=judged, last=last)


def _view(stored: StoredSettlement, reading: Reading) -> SettlementView:
    settlement = reading.state.settlement(stored.id)
    if settlement is None:
        raise NotFound(resource="settlement", key=str(stored.id))
    return SettlementView(stored=stored, settlement=settlement, reading=reading)


async def _stored(ctx: Context, settlement_id: UUID) -> tuple[UUID, StoredSettlement]:
    account_id = await owner_of(ctx, "settlement", settlement_id)
    stored = await settlements.read(ctx.tx, account_id, settlement_id)
    if stored is None:
        raise NotFound(resource="settlement", key=str(settlement_id))
    return account_id, stored
