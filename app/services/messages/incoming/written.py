"""Contacts as people take them down, and the messages that what they say in writing stops.

A dispute in time stops an account by itself; what waits about it and is forbidden is suppressed in
the same transaction, as by any hold.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.domain.errors import DomainError
from app.services.contacts import correct, record, record_many
from app.services.contacts.beside.views import ContactView
from app.services.contacts.record import RecordContact
from app.services.context import Context
from app.services.messages.intervening import of_account
from app.storage.messages import messages


async def record_contact(ctx: Context, command: RecordContact) -> tuple[ContactView, bool]:
    """The contact, and whether it is new. Raises as `record` does."""
    view, new = await record.record_contact(ctx, command)
    await _suppress(ctx, [view])
    return view, new


async def record_contacts(
    ctx: Context, commands: Sequence[RecordContact]
) -> list[tuple[ContactView, bool] | DomainError]:
    """A contact each, and whether it is new. Raises as `record_many` does."""
    made = await record_many.record_contacts(ctx, commands)
    await _suppress(ctx, [one[0] for one in made if not isinstance(one, DomainError)])
    return made


async def correct_contact(
    ctx: Context, contact_id: UUID, values: Mapping[str, Any], reason: str
) -> ContactView:
    """Say how it was in truth. Raises as `correct` does."""
    view = await correct.correct_contact(ctx, contact_id, values, reason)
    await _suppress(ctx, [view])
    return view


async def void_contact(ctx: Context, contact_id: UUID, reason: str) -> ContactView:
    """Say that it never was. Raises as `correct` does."""
    view = await correct.void_contact(ctx, contact_id, reason)
    await _suppress(ctx, [view])
    return view


async def _suppress(ctx: Context, views: Sequence[ContactView]) -> None:
    stopped = {account_id for one in views for account_id in one.stopped}
    for account_id in await messages.waiting_about(ctx.tx, stopped) if stopped else ():
        await of_account(ctx, account_id)
