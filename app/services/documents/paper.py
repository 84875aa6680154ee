"""What is said in writing, on paper: who writes, to whom, and the words as they were rendered."""

from datetime import date
from uuid import UUID

from app.services.context import Context
from app.services.documents.addresses import address_of
from app.services.guards import known_account
from app.services.paper.letters import (
    Letterhead,
    PaperLetter,
    check_drawable,
    drawn_letters,
)
from app.services.paper.slips import Slip
from app.services.templates.identity import Identity, identity_of
from app.services.templates.written import pen_of
from app.storage.persons import persons

__all__ = ["check_drawable", "drawn_letters", "letterhead_of", "paper_letter", "said_on_paper"]


def letterhead_of(identity: Identity) -> Letterhead:
    """The head of every letter in this name."""
    return Letterhead(
        name=identity.name, address=identity.address, phone=identity.phone, logo=identity.logo
    )


def paper_letter(
    *,
    identity: Identity,
    to: tuple[str, ...],
    title: str | None,
    text: str,
    locale: str,
    dated_on: date,
    slip: Slip | None = None,
) -> PaperLetter:
    """A letter ready to be drawn, alone or with others. Raises `InvalidInput` as `pen_of`."""
    pen = pen_of(locale)
    return PaperLetter(
        head=letterhead_of(identity),
        to=to,
        dated=pen.writer.day(dated_on),
        dated_on=dated_on,
        title=title,
        text=text,
        locale=locale,
        pages=pen.phrases["paper"]["page"],
        slip=slip,
    )


async def said_on_paper(
    ctx: Context,
    *,
    account_id: UUID,
    person_id: UUID | None,
    locale: str,
    title: str | None,
    text: str,
    dated_on: date,
    point_id: UUID | None = None,
) -> bytes:
    """What was said about an account, drawn as every letter is, to the person's present address.

    `point_id`: to that one of theirs, where it is still valid.

    Raises `NotFound`, `CannotDraw`.
    """
    account = await known_account(ctx, account_id)
    identity = await identity_of(ctx, account.creditor_reference)
    person = await persons.read(ctx.tx, person_id) if person_id else None
    letter = paper_letter(
        identity=identity,
        to=await address_of(
            ctx, person, locale=locale, sent_from=identity.country, point_id=point_id
        ),
        title=title,
        text=text,
        locale=locale,
        dated_on=dated_on,
    )
    return drawn_letters([letter])
