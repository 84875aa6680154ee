"""Mailboxes of bounces as a kind of work: looked into each minute, what they say is reported."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.messages.bouncing import Heard
from app.outbound.bounces import read_bounce
from app.outbound.mailbox import Arrived, Mailbox, MailboxError
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, decode
from app.services.messages import reports
from app.services.messages.reports import Report
from app.services.tenancy.tenants import NotPossible, find_tenant
from app.storage.database.engine import Database
from app.workers.loop import Batch

#: Mails a look; the next look takes the next.
MOST_MAILS: Final = 50
_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A mailbox, and whose provider's bounces come to it."""

    tenant: str
    provider: str
    mailbox: Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look came to: mails there were, reports of ours among them, and those that moved."""

    mails: int = 0
    reports: int = 0
    applied: int = 0


def boxes_of(said: Mapping[str, str]) -> tuple[Box, ...]:
    """The setting `ACCORD_BOUNCES`: `{"Northbridge/mail": "imaps://…"}`."""
    return tuple(
        Box(tenant=name.rpartition("/")[0], provider=name.rpartition("/")[2], mailbox=Mailbox(url))
        for name, url in sorted(said.items())
    )


class Bounces:
    """One process's part in reading what came back. Two that read the same mail report it twice."""

    name = "bounces"

    def __init__(
        self, database: Database, boxes: Sequence[Box], *, now: Callable[[], datetime]
    ) -> None:
        self._database, self._boxes, self._now = database, boxes, now
        self._next = dict.fromkeys((id(one) for one in boxes), 0.0)

    async def take(self, most: int) -> Batch[Box]:
        """The mailboxes whose minute is over."""
        at = time.monotonic()
        due = [one for one in self._boxes if self._next[id(one)] <= at][:most]
        for one in due:
            self._next[id(one)] = at + _EVERY_S
        return Batch(jobs=due)

    async def do(self, job: Box) -> None:
        """Read it; what cannot be looked into is logged, and looked into again in a minute."""
        try:
            await self.look(job)
        except MailboxError as error:
            log.error("bounces", provider=job.provider, error=str(error))
        except NotPossible:  # its message names tenants, and logs name nobody
            log.error("bounces", provider=job.provider, error="no-such-tenant")

    async def look(self, box: Box) -> Looked:
        """Report what its unread mails say, and mark them read.

        A mail is marked once its report is kept: one that is read twice moves nothing twice. Raises
        `MailboxError`, and `NotPossible` where there is no such tenant.
        """
        tenant = await find_tenant(self._database, box.tenant)
        arrived = await box.mailbox.look(MOST_MAILS)
        seen, puzzling, applied = list[str](), list[str](), 0
        for mail in arrived:
            told = self._told(box, mail)
            try:
                done = told and await reports.hear(self._database, tenant, told, now=self._now())
            except Exception as error:  # noqa: BLE001 - it is read again at the next look
                log.error("bounce", provider=box.provider, **exception_facts(error))
                continue
            (seen if done else puzzling).append(mail.uid)
            applied += bool(done and done.applied)
        await box.mailbox.mark(seen, puzzling)
        return Looked(mails=len(arrived), reports=len(seen), applied=applied)

    def _told(self, box: Box, mail: Arrived) -> Report | None:
        heard = read_bounce(mail.raw)
        message_id = None if heard is None else _known(heard)
        if heard is None or message_id is None:
            return None
        return Report(
            provider=box.provider, status=heard.status.value, at=mail.at or self._now(),
            message_id=message_id, code=heard.code, detail=heard.detail, hard=heard.hard,
        )  # fmt: skip


def _known(heard: Heard) -> UUID | None:
    try:
        return decode(PREFIXES["message"], heard.message)
    except ValueError:
        return None
