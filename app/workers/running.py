"""Running workers for as long as a block lasts: inside a server, or as a process of their own."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.messages.carrying import CarrierKind
from app.domain.webhooks.addresses import Network
from app.outbound.carriers import HttpCarrier, SmtpCarrier
from app.outbound.folders import Folders
from app.outbound.http import HttpSender
from app.outbound.mail import MailServer
from app.routers.edge.deps import here_and_now
from app.services.messages.transports import Transport
from app.storage.database.engine import Database
from app.workers.bounces import Bounces, boxes_of
from app.workers.following import Following
from app.workers.imports import Imports
from app.workers.loop import Pace, Work, keep_working
from app.workers.messages import Messages
from app.workers.notices import Notices
from app.workers.reports import MIN_CELL, Reports
from app.workers.sheets import Sheets
from app.workers.webhooks import Webhooks

#: Connections of the workers' own: one takes, some record.
POOL_SIZE = 4
#: A job waits for its turn at the database rather than fail: what it knows, nobody else does.
POOL_TIMEOUT_S = 60


def utc_now() -> datetime:
    """The instant of an attempt."""
    return here_and_now("UTC")


def sender(allowed: Collection[Network] = ()) -> HttpSender:
    """What speaks to endpoints in this process."""
    return HttpSender(now=utc_now, allowed=allowed)


def mail_server(url: str | None, sender: str | None) -> MailServer | None:
    """Where mail is handed in, if both are named."""
    return MailServer(url=url, sender=sender) if url and sender else None


def folders(root: Path | None) -> Folders | None:
    """Where reports are put, if anywhere."""
    return None if root is None else Folders(root=root)


def transports(speaks: HttpSender, allowed: Collection[Network] = ()) -> dict[str, Transport]:
    """What speaks to each kind of carrier in this process."""
    return {
        CarrierKind.HTTP.value: HttpCarrier(speaks),
        CarrierKind.SMTP.value: SmtpCarrier(allowed),
    }


@asynccontextmanager
async def working(works: Sequence[Work[Any]], pace: Pace | None = None) -> AsyncIterator[None]:
    """A loop for each kind of work. At the end each lets what it has under way end."""
    loops = [asyncio.create_task(keep_working(one, pace or Pace())) for one in works]
    try:
        yield
    finally:
        for one in loops:
            one.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


@asynccontextmanager
async def workers(
    url: str,
    *,
    allowed: Collection[Network],
    lock_timeout_s: float,
    statement_timeout_s: float,
    mail: MailServer | None = None,
    secrets: Mapping[str, str] | None = None,
    public_url: str | None = None,
    bounces: Mapping[str, str] | None = None,
    folders: Folders | None = None,
    min_cell: int = MIN_CELL,
    fiscal_month: int = 1,
) -> AsyncIterator[None]:
    """Every kind of work there is, on connections of its own; without `mail` nobody is written.

    `bounces`: mailboxes by tenant and provider, as `boxes_of` reads them.
    """
    async with AsyncExitStack() as parts:
        database = Database(
            url,
            pool_size=POOL_SIZE,
            pool_timeout_s=POOL_TIMEOUT_S,
            lock_timeout_s=lock_timeout_s,
            statement_timeout_s=statement_timeout_s,
            application_name="accord-workers",
        )
        parts.push_async_callback(database.dispose)
        speaks = sender(allowed)
        parts.push_async_callback(speaks.close)
        works: list[Work[Any]] = [
            Webhooks(database, speaks, now=utc_now),
            Following(database, now=utc_now),
            Reports(
                database,
                mail,
                public_url=public_url,
                folders=folders,
                min_cell=min_cell,
                fiscal_month=fiscal_month,
                now=utc_now,
            ),
            Messages(
                database,
                transports(speaks, allowed),
                secrets=secrets,
                public_url=public_url,
                now=utc_now,
            ),
            Imports(database, now=utc_now),
            Sheets(database, now=utc_now),
        ]
        if bounces:
            works.append(Bounces(database, boxes_of(bounces), now=utc_now))
        if mail is not None:
            works.append(Notices(database, mail, now=utc_now))
        await parts.enter_async_context(working(works))
        yield
