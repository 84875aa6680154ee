"""A callback: when somebody is to be called, and what it is where they asked for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.words import ConsentKind, PointKind, Validity
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.persons.facts import ConsentGiven
from app.services.context import Context
from app.services.persons.consents import MAX_MORE_CALLS_DAYS, give_consent
from app.services.persons.points import points_of
from app.services.worklists.held import (
    ItemState,
    hold,
    note_done,
    put,
    refuse_giving,
    refuse_instant,
    state_of,
    tell_done,
)
from app.storage.accounts.accounts import StoredAccount
from app.storage.persons import facts, persons


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """When somebody is to be called, and whether they asked for it."""

    at: datetime
    time_zone: str
    asked_for_by_person: bool
    consent_id: UUID | None = None
    assigned_to: str | None = None


async def call_back(ctx: Context, item_id: UUID, command: CallBack) -> ItemState:
    """Call at an instant: the item waits until then, and goes first from then on.

    One the person asked for, within seven days, is their consent to be called more often about
    this account until then. Somebody else is given it by a supervisor. Raises `WorkItemClaimed`,
    `OutsideAuthority`, `InvalidInput`.
    """
    held = await hold(ctx, item_id)
    if held.account is None:
        raise InvalidInput.at("/at", "nobody knows whom to call: the message is about no account")
    refuse_instant(ctx, command.at, "/at")
    if command.assigned_to is not None:
        refuse_giving(ctx, held, command.assigned_to)
    if command.consent_id is not None:
        await _refuse_consent(ctx, held.account, command.consent_id)
    consent_id = command.consent_id or await _consented(ctx, held.account, held.id, command)
    await put(
        ctx, held, claimed_by=None, claimed_until_at=None, skipped_until_at=None,
        callback_at=command.at, callback_time_zone=command.time_zone,
        assigned_to=command.assigned_to or held.stored.assigned_to,
    )  # fmt: skip
    told = {
        "callback_at": command.at.isoformat(),
        "asked_for_by_person": command.asked_for_by_person,
        **({} if consent_id is None else {"consent_id": str(consent_id)}),
    }
    await note_done(ctx, held, "called_back", told)
    await tell_done(ctx, held, EventType.WORK_CALLBACK_SET, told)
    return await state_of(ctx, held)


async def _refuse_consent(ctx: Context, account: StoredAccount, consent_id: UUID) -> None:
    """One that was taken down must be the debtor's, and to be called more often about this."""
    fact = await facts.read(ctx.tx, consent_id)
    whose = None if account.debtor_id is None else await persons.read(ctx.tx, account.debtor_id)
    theirs = [] if whose is None else await persons.ids_of(ctx.tx, whose.id)
    body = None if fact is None or fact.person_id not in theirs else fact.body
    if not isinstance(body, ConsentGiven) or body.consent is not ConsentKind.MORE_CALLS:
        raise InvalidInput.at("/consent_id", "is no consent of the debtor's to more calls")
    if body.account_ids is not None and account.id not in body.account_ids:
        raise InvalidInput.at("/consent_id", "is a consent about other accounts")


async def _consented(
    ctx: Context, account: StoredAccount, item_id: UUID, command: CallBack
) -> UUID | None:
    """The consent that a callback is which the person asked for; None where it is none."""
    day = command.at.astimezone(ZoneInfo(ctx.time_zone)).date()
    days = (day - ctx.business_date).days + 1
    if not command.asked_for_by_person or days > MAX_MORE_CALLS_DAYS:
        return None
    if account.debtor_id is None:
        return None
    phone = next(
        (
            one.point.id
            for one in await points_of(ctx, account.debtor_id)
            if one.point.kind == PointKind.PHONE
            and one.validity is not Validity.INVALID
            and not one.suppressed
        ),
        None,
    )
    if phone is None:
        return None
    given = ConsentGiven(
        consent=ConsentKind.MORE_CALLS, point_id=phone, given_at=ctx.instant,
        channel_given="call", evidence={"work_item": str(item_id)},
        account_ids=(account.id,), days=days,
    )  # fmt: skip
    return (await give_consent(ctx, phone, given)).id
