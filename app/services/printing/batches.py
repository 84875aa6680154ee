"""Letters taken to be printed together: one PDF, an address list, a manifest; then posted.

A letter is taken like any message: asked whether it is still true, the gate asked anew. From then
on it counts as on its way: a hold's answer names it. The file is drawn then and kept, so that what
is printed twice is the same letter. Whoever posts the batch says when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from app.domain.contact.words import Channel
from app.domain.errors import InvalidInput, NotFound
from app.domain.messages import address_list
from app.domain.messages.carrying import CarrierKind
from app.domain.refusals.letters import CannotDraw
from app.domain.values import replace
from app.services.context import Context
from app.services.documents.addresses import address_of
from app.services.documents.paper import check_drawable, drawn_letters, paper_letter
from app.services.guards import known_account
from app.services.messages import sending
from app.services.messages.carriers import carrier_for
from app.services.paper.letters import PaperLetter
from app.services.persons.persons import locked, named_actor
from app.services.templates.identity import identity_of
from app.services.threads import apart
from app.storage.accounts import accounts
from app.storage.ids import new_id
from app.storage.messages import batches, contents, messages
from app.storage.messages.batches import Printed, StoredBatch
from app.storage.messages.messages import StoredMessage
from app.storage.persons import persons

__all__ = ["Printed", "StoredBatch", "file_of", "find_batches", "mailed", "print_batch"]

#: Letters a batch: each asks the gate in one request.
MOST_LETTERS: Final = 100
_CANNOT_DRAW: Final = "CANNOT_DRAW"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A letter of a batch, ready to be drawn. `number`: which of the batch's letters it is."""

    number: int
    message: StoredMessage
    letter: PaperLetter


async def print_batch(ctx: Context, limit: int, *, shown: Callable[[UUID], str]) -> StoredBatch:
    """Take what waits, at most so many; what the gate forbids now is left out.

    What our fonts cannot draw has failed (`CANNOT_DRAW`): it keeps no other letter waiting. Raises
    `NotFound` where no provider prints.
    """
    named_actor(ctx)
    carrier = await carrier_for(ctx, Channel.LETTER)
    if carrier is None or carrier.kind != CarrierKind.PRINT:
        raise NotFound(resource="provider", key=CarrierKind.PRINT.value)
    waits = await batches.waiting(ctx.tx, at=ctx.instant, limit=limit)
    await accounts.lock_many(ctx.tx, {one.account_id for one in waits})
    for person_id in sorted({one.person_id for one in waits}):
        await locked(ctx, person_id)
    sheets: list[_Sheet] = []
    for one in waits:
        taken = await sending.claim_letter(ctx, one.id, shown)
        number = len(sheets) + 1
        sheet = None if taken is None else await _drawable(ctx, taken.message, number)
        if sheet is not None:
            sheets.append(sheet)
    batch = StoredBatch(
        id=new_id(),
        letters=len(sheets),
        made_at=ctx.instant,
        business_date=ctx.business_date,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await batches.add(ctx.tx, ctx.tenant_id, batch, [one.message.id for one in sheets])
    if sheets:
        await batches.keep_file(ctx.tx, ctx.tenant_id, batch.id, await _drawn(ctx, sheets, shown))
    return batch


async def _drawable(ctx: Context, message: StoredMessage, number: int) -> _Sheet | None:
    sheet = await _sheet(ctx, message, number)
    if sheet is None:
        return None
    try:
        check_drawable(sheet.letter)
    except CannotDraw:
        await sending.refuse_letter(ctx, message, _CANNOT_DRAW)
        return None
    return sheet


async def find_batches(
    ctx: Context, *, was_mailed: bool | None, after: UUID | None, limit: int
) -> list[StoredBatch]:
    """Batches, the newest first."""
    return await batches.find(ctx.tx, mailed=was_mailed, after=after, limit=limit)


async def mailed(
    ctx: Context, batch_id: UUID, *, mailed_on: date, reference: str | None
) -> StoredBatch:
    """The batch was posted on that day: its letters are sent. Told again, it is the same.

    Raises `NotFound`, `InvalidInput` for a day before it was made, after the business date, or
    another than was told.
    """
    named_actor(ctx)
    batch = await _known(ctx, batch_id, lock=True)
    if batch.mailed_on is not None:
        if (batch.mailed_on, batch.reference) != (mailed_on, reference):
            raise InvalidInput.at("/mailed_on", f"was told already: {batch.mailed_on}")
        return batch
    if not batch.business_date <= mailed_on <= ctx.business_date:
        limit = f"should lie from {batch.business_date} to {ctx.business_date}"
        raise InvalidInput.at("/mailed_on", limit)
    found = await _letters(ctx, batch_id)
    await accounts.lock_many(ctx.tx, {one.account_id for one in found})
    for person_id in sorted({one.person_id for one in found}):
        await locked(ctx, person_id, erased_too=True)
    noon = datetime.combine(mailed_on, time(12), ZoneInfo(ctx.time_zone)).astimezone(UTC)
    for one in found:
        message = await messages.read(ctx.tx, one.id, lock=True)
        if message is not None:
            await sending.accept_letter(ctx, message, min(noon, ctx.instant))
    return await batches.change(
        ctx.tx,
        batch_id,
        {
            "mailed_on": mailed_on,
            "mailed_at": ctx.instant,
            "mailed_actor": ctx.actor,
            "reference": reference,
        },
    )


async def file_of(ctx: Context, batch_id: UUID, *, shown: Callable[[UUID], str]) -> Printed:
    """What the printer is given, as it was drawn when the batch was made.

    Once one of its letters was erased, the others are drawn anew: under their numbers, to where
    they went, in the name of that day. Raises `NotFound`, `CannotDraw`.
    """
    batch = await _known(ctx, batch_id)
    kept = await batches.read_file(ctx.tx, batch_id)
    if kept is not None:
        return kept
    went = await batches.read_addresses(ctx.tx, batch_id)
    to = {} if went is None else address_list.read(went)
    that_day = replace(ctx, business_date=batch.business_date)
    found = [
        await _sheet(that_day, one, number, to.get(number))
        for number, one in enumerate(await _letters(ctx, batch_id), start=1)
    ]
    sheets = [one for one in found if one is not None]
    if not sheets:
        raise NotFound(resource="letter", key=str(batch_id))
    return await _drawn(ctx, sheets, shown)


async def _drawn(ctx: Context, sheets: Sequence[_Sheet], shown: Callable[[UUID], str]) -> Printed:
    """All of them, in their order."""
    letters = [one.letter for one in sheets]
    pdf = await apart(ctx, lambda: drawn_letters(letters), size=len(letters))
    rows = ((one.number, shown(one.message.id), one.letter.to) for one in sheets)
    return Printed(
        pdf=pdf, addresses=address_list.written(rows), manifest=_manifest(sheets, shown, pdf)
    )


async def _known(ctx: Context, batch_id: UUID, *, lock: bool = False) -> StoredBatch:
    found = await batches.read(ctx.tx, batch_id, lock=lock)
    if found is None:
        raise NotFound(resource="print batch", key=str(batch_id))
    return found


async def _letters(ctx: Context, batch_id: UUID) -> list[StoredMessage]:
    found = [await messages.read(ctx.tx, one) for one in await batches.letters_of(ctx.tx, batch_id)]
    return [one for one in found if one is not None]


async def _sheet(
    ctx: Context, message: StoredMessage, number: int, to: tuple[str, ...] | None = None
) -> _Sheet | None:
    """Dated the business date. `to`: where it went, else the person's present address.

    None where its words were erased.
    """
    content = await contents.read(ctx.tx, message.id)
    if content is None or content.text is None:
        return None
    account = await known_account(ctx, message.account_id)
    identity = await identity_of(ctx, account.creditor_reference, account.policy_name)
    locale = message.locale or "en-US"
    if to is None:
        person = await persons.read(ctx.tx, message.person_id)
        to = await address_of(
            ctx, person, locale=locale, sent_from=identity.country, point_id=message.point_id
        )
    letter = paper_letter(
        identity=identity,
        to=to,
        title=content.subject,
        text=content.text,
        locale=locale,
        dated_on=ctx.business_date,
    )
    return _Sheet(number=number, message=message, letter=letter)


def _manifest(sheets: Sequence[_Sheet], shown: Callable[[UUID], str], pdf: bytes) -> bytes:
    """Which letters the file holds, each with the hash of its words, and the hash of the file."""
    letters = [
        {
            "number": one.number,
            "message_id": shown(one.message.id),
            "locale": one.letter.locale,
            "content_hash": (one.message.content_hash or b"").hex(),
        }
        for one in sheets
    ]
    said = {"bytes": len(pdf), "sha256": sha256(pdf).hexdigest(), "letters": letters}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
