"""`accord bounces`: one look into the mailboxes of bounces, to see that they are read."""

import asyncio

import typer

from app.cli.console import as_application, explained, out, say, the_installation
from app.config import Settings
from app.outbound.mailbox import MailboxError
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible
from app.workers.bounces import Bounces, boxes_of
from app.workers.running import utc_now


def bounces() -> None:
    """Look once into each mailbox of ACCORD_BOUNCES, as the workers do, and say what was there."""
    with explained():
        settings = Settings()
        if not settings.bounces:
            raise NotPossible("ACCORD_BOUNCES names no mailbox.")
        with the_installation(settings) as place:
            looked_into = asyncio.run(_bounces(place, settings))
    if not looked_into:
        raise typer.Exit(1)


async def _bounces(place: Installation, settings: Settings) -> bool:
    """Whether all could be looked into."""
    whole = True
    async with as_application(place, pool_size=1) as database:
        boxes = boxes_of(settings.bounces)
        work = Bounces(database, boxes, now=utc_now)
        for box in boxes:
            name = f"{box.tenant}/{box.provider}"
            try:
                found = await work.look(box)
            except MailboxError as error:
                say(f"{name}: could not be looked into ({error}).")
                whole = False
                continue
            out.print(
                f"{name}: {found.mails} unread, {found.reports} reports, {found.applied} applied."
            )
    return whole
