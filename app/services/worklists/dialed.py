"""What came of a dialer list: results become contacts, and what nobody dialed is released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.contact.words import Channel, Direction, Outcome, Purpose
from app.domain.errors import DomainError, NotFound
from app.domain.values import replace
from app.services.contacts.beside.views import ContactView
from app.services.contacts.decide import RELEASED
from app.services.contacts.record import RecordContact, record_contact
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.services.worklists.dialer import claimant
from app.storage.contacts import contacts, decisions
from app.storage.database.nested import nested
from app.storage.worklists import dialer, items
from app.storage.worklists.dialer import StoredDialerList, StoredDialerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerResult:
    """What came of a row, as the dialer says, which names the row, or else its decision."""

    row_id: UUID | None
    decision_id: UUID | None
    reference: str
    started_at: datetime
    outcome: Outcome | None = None
    disposition: str | None = None
    duration_seconds: int | None = None
    actor: str | None = None
    summary: str | None = None
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The contact that a result became, and whether it is new."""

    view: ContactView
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerSummary:
    """How a list stands: its rows, those dialed by outcome, those released."""

    stored: StoredDialerList
    rows: int
    dialed: int
    released: int
    outcomes: tuple[tuple[str | None, int], ...]


async def add_results(
    ctx: Context, list_id: UUID, results: Sequence[DialerResult]
) -> list[Recorded | DomainError]:
    """A contact a result, in their order; one refused keeps no other from it. Raises `NotFound`.

    A result after the list closed is recorded, too, and judged by what is known then.
    """
    named_actor(ctx)
    stored = await _locked(ctx, list_id)
    rows = {one.id: one for one in await dialer.rows_of(ctx.tx, list_id)}
    by_decision = {one.decision_id: one.id for one in rows.values()}
    done = list[Recorded | DomainError]()
    for result in results:
        row_id = result.row_id
        if row_id is None and result.decision_id is not None:
            row_id = by_decision.get(result.decision_id)
        row = None if row_id is None else rows.get(row_id)
        if row is None:
            named = str(result.row_id or result.decision_id)
            done.append(NotFound(resource="dialer row", key=named))
            continue
        try:
            async with nested(ctx.tx):
                recorded = await _record(ctx, stored, row, result)
        except DomainError as refusal:
            done.append(refusal)
            continue
        rows[row.id] = replace(row, contact_id=row.contact_id or recorded.view.contact.id)
        done.append(recorded)
    return done


async def _record(
    ctx: Context, stored: StoredDialerList, row: StoredDialerRow, result: DialerResult
) -> Recorded:
    """One reservation is one call: a row dialed again is recorded, and judged like any contact."""
    reserved = await _is_reserved_for(ctx, row, result.reference)
    view, new = await record_contact(
        replace(ctx, actor=result.actor or ctx.actor),
        RecordContact(
            account_ids=(row.account_id,),
            channel=Channel.CALL,
            direction=Direction.OUT,
            started_at=result.started_at,
            purpose=Purpose(stored.purpose),
            reference=result.reference,
            person_id=row.person_id,
            point_id=row.point_id,
            duration_seconds=result.duration_seconds,
            outcome=result.outcome,
            disposition=result.disposition,
            decision_id=row.decision_id if reserved else None,
            summary=result.summary,
            more=result.more,
        ),
    )
    if new and row.contact_id is None:
        await dialer.mark(ctx.tx, row, view.contact.id)
        await items.end_claims(
            ctx.tx, stored.worklist, [row.account_id], by=claimant(stored.id), worked=True
        )
    return Recorded(view=view, new=new)


async def _is_reserved_for(ctx: Context, row: StoredDialerRow, reference: str) -> bool:
    """Whether the row's decision is, or becomes, that of the contact with this reference."""
    decision = await decisions.read(ctx.tx, row.decision_id)
    if decision is None or decision.ended_because == RELEASED:
        return False
    if decision.contact_id is None:
        return True
    used_by = await contacts.read(ctx.tx, decision.contact_id)
    return used_by is not None and used_by.reference == reference


async def close_dialer_list(ctx: Context, list_id: UUID) -> DialerSummary:
    """Release what nobody dialed; its items are offered again. Closed twice is once."""
    named_actor(ctx)
    stored = await _locked(ctx, list_id)
    if stored.closed_at is None:
        gone = await dialer.close(ctx.tx, list_id, ctx.instant)
        await items.end_claims(
            ctx.tx, stored.worklist, [one.account_id for one in gone],
            by=claimant(list_id), worked=False,
        )  # fmt: skip
    return await summarize(ctx, list_id)


async def summarize(ctx: Context, list_id: UUID) -> DialerSummary:
    """How a list stands. Raises `NotFound`."""
    stored = await dialer.read(ctx.tx, list_id)
    if stored is None:
        raise NotFound(resource="dialer list", key=str(list_id))
    rows = await dialer.rows_of(ctx.tx, list_id)
    return DialerSummary(
        stored=stored,
        rows=len(rows),
        dialed=sum(one.contact_id is not None for one in rows),
        released=sum(one.released_at is not None for one in rows),
        outcomes=tuple(await dialer.outcomes(ctx.tx, list_id)),
    )


async def _locked(ctx: Context, list_id: UUID) -> StoredDialerList:
    stored = await dialer.read(ctx.tx, list_id, lock=True)
    if stored is None:
        raise NotFound(resource="dialer list", key=str(list_id))
    return stored
