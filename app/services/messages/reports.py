"""What carriers say became of messages: in any order, twice, and before we know them.

Only what is of a higher rank moves a message; every report is kept. One of a message that is not
known by that name is kept a day and matched when it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.words import Channel, InvalidBecause
from app.domain.errors import InvalidInput
from app.domain.messages.lifecycle import MessageStatus, Reported
from app.domain.persons.facts import Revoked, Validated
from app.domain.values import replace
from app.services.context import Context
from app.services.messages.change import held
from app.services.messages.contacting import put_right, record_sent
from app.services.messages.moving import fact_of, move
from app.services.messages.surroundings import TenantRecord, inside
from app.services.persons.persons import enter, locked
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.database.engine import Database
from app.storage.messages import facts, messages, providers
from app.storage.messages.messages import StoredMessage

#: How long a report of what is not known is kept to be matched.
KEPT: Final = timedelta(days=1)
#: Deleted in one transaction, and how often at one asking; what is left is the next one's.
_BATCH, _MOST_BATCHES = 1_000, 100
_ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")
_OPENED: Final = "opened"
_SOFT_DAYS: Final = 3
_SOFT_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a carrier says of a message, by its name for it or by ours. `hard`: of a bounce."""

    provider: str
    status: str
    at: datetime
    provider_message_id: str | None = None
    message_id: UUID | None = None
    code: str | None = None
    detail: str | None = None
    hard: bool = True

    @property
    def body(self) -> dict[str, Any]:
        """As it is kept: facts hold nobody's address."""
        return {
            "status": self.status, "provider": self.provider, "code": self.code,
            "detail": self.detail and _ADDRESS.sub("[address]", self.detail), "hard": self.hard,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a report did. `message_id` None: it is not known yet."""

    message_id: UUID | None
    applied: bool


async def report(ctx: Context, told: Report) -> Applied:
    """Take down a report. Raises `NotFound` for an id of ours nobody has, `InvalidInput`."""
    if (told.message_id is None) == (told.provider_message_id is None):
        raise InvalidInput.at("/message_id", "either message_id or provider_message_id is needed")
    if told.at > ctx.instant:
        raise InvalidInput.at("/at", f"must not lie after {ctx.instant:%Y-%m-%dT%H:%M:%SZ}")
    if told.message_id is not None:
        return await _apply(ctx, await held(ctx, told.message_id), told)
    name = told.provider_message_id or ""
    seen = await messages.by_provider_id(ctx.tx, told.provider, name)
    if seen is None:
        await providers.keep_early(
            ctx.tx, ctx.tenant_id, told.provider, name, told.body,
            at=told.at, received_at=ctx.instant,
        )  # fmt: skip
        return Applied(message_id=None, applied=False)
    return await _apply(ctx, await held(ctx, seen.id), told)


async def report_many(ctx: Context, told: Sequence[Report]) -> list[Applied]:
    """Take down several, in their order. Raises as `report`.

    Their accounts are locked first, by id, and then their persons: one order for all.
    """
    seen: list[StoredMessage] = []
    for one in told:
        found = await _seen(ctx, one)
        if found is not None:
            seen.append(found)
    await accounts.lock_many(ctx.tx, {one.account_id for one in seen})
    for person_id in sorted({one.person_id for one in seen}):
        await locked(ctx, person_id)
    return [await report(ctx, one) for one in told]


async def hear(
    database: Database, tenant: TenantRecord, told: Report, *, now: datetime
) -> Applied | None:
    """Take down what a mailbox told of a message; None where it is not one of that provider's.

    Whoever writes to a mailbox says what they like: of another's messages it is not believed.
    """
    async with inside(database, tenant, now) as ctx:
        seen = await _seen(ctx, told)
        if seen is None or seen.provider != told.provider:
            return None
        return await report(ctx, replace(told, at=min(told.at, ctx.instant)))


async def _seen(ctx: Context, told: Report) -> StoredMessage | None:
    if told.message_id is not None:
        return await messages.read(ctx.tx, told.message_id)
    return await messages.by_provider_id(ctx.tx, told.provider, told.provider_message_id or "")


async def match_early(ctx: Context, message: StoredMessage) -> StoredMessage:
    """What was reported of a message before its carrier's name for it was known."""
    if message.provider is None or message.provider_message_id is None:
        return message
    since = ctx.instant - KEPT
    found = await providers.early(
        ctx.tx, message.provider, message.provider_message_id, since=since
    )
    for at, body in found:
        told = Report(
            provider=message.provider, at=at, status=body["status"], code=body["code"],
            detail=body["detail"], hard=body["hard"],
        )  # fmt: skip
        await _apply(ctx, message, told)
        message = await messages.read(ctx.tx, message.id) or message
    return message


async def forget_early(database: Database, tenant_id: UUID, on: date, time_zone: str) -> int:
    """Delete reports that no message will be matched with from that day on; how many there were.

    Any number of processes may: each passes over what another is deleting.
    """
    before = datetime.combine(on, time.min, ZoneInfo(time_zone)) - KEPT
    forgotten = 0
    for _ in range(_MOST_BATCHES):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            found = await providers.forget_early(tx, before=before, limit=_BATCH)
        forgotten += found
        if found < _BATCH:
            break
    return forgotten


async def _apply(ctx: Context, message: StoredMessage, told: Report) -> Applied:
    if told.status == _OPENED:  # kept, and means nothing to us
        kept = fact_of(ctx, message, "reported", told.body, at=told.at)
        await facts.append(ctx.tx, ctx.tenant_id, [kept])
        await messages.change(ctx.tx, message.id, {"sequence": message.sequence + 1})
        return Applied(message_id=message.id, applied=False)
    heard = Reported(at=told.at, status=MessageStatus(told.status), code=told.code)
    moved = await move(ctx, message, "reported", heard, told.body, then=_contact_of(told.at))
    applied = moved.status != message.status
    if applied:
        await _follow(ctx, moved, told)
    return Applied(message_id=message.id, applied=applied)


def _contact_of(at: datetime) -> Any:  # noqa: ANN401 - what `move` calls
    async def contact(ctx: Context, moved: StoredMessage) -> StoredMessage:
        if moved.contact_id is None:
            return await record_sent(ctx, moved, min(at, ctx.instant))
        await put_right(ctx, moved)
        return moved

    return contact


async def _follow(ctx: Context, message: StoredMessage, told: Report) -> None:
    """What becomes of its point: a complaint takes the channel back, a bounce the address."""
    if message.point_id is None:
        return
    if message.status == MessageStatus.COMPLAINED.value:
        channel = Channel(message.channel)
        revoked = Revoked(
            point_id=message.point_id, channels=(channel,), received_at=told.at, how="provider",
            contact_id=message.contact_id,
        )  # fmt: skip
        await enter(ctx, await locked(ctx, message.person_id), revoked)
        return
    because: Mapping[str, InvalidBecause] = {
        MessageStatus.BOUNCED.value: InvalidBecause.BOUNCED,
        MessageStatus.RETURNED.value: InvalidBecause.RETURNED_MAIL,
    }
    if message.status not in because:
        return
    validity = "invalid"
    if message.status == MessageStatus.BOUNCED.value and not told.hard:
        since = told.at - _SOFT_WITHIN
        days = await messages.days_bounced(ctx.tx, message.person_id, message.point_id, since=since)
        if len(days | {told.at.date()}) < _SOFT_DAYS:
            return
        validity = "suspect"
    judged = Validated(
        point_id=message.point_id,
        validity=validity,
        because=str(because[message.status]),
        on=ctx.business_date,
    )
    await enter(ctx, await locked(ctx, message.person_id), judged)
