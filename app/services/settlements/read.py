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
from app.services.reading import Reading, read_account, reading_after, reading_of
from app.services.work import Work, begin
from app.storage.accounts import accounts
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


async def find_settlements(
    ctx: Context,
    *,
    account_id: UUID | None,
    status: SettlementStatus | None,
    after: UUID | None,
    limit: int,
) -> tuple[SettlementView, ...]:
    """A page of settlements by id, each as of the business date; `status` as last written."""
    found: list[SettlementView] = []
    while len(found) < limit:
        page = await settlements.find(
            ctx.tx, account_id=account_id, status=status, after=after, limit=limit
        )
        owners = await accounts.read_many(ctx.tx, (stored.account_id for stored in page))
        for stored in page:
            reading = await reading_of(ctx, owners[stored.account_id])
            if reading.state.settlement(stored.id) is not None:  # else the clock was moved back
                found.append(_view(stored, reading))
        if len(page) < limit:
            break
        after = page[-1].id
    return tuple(found[:limit])


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
